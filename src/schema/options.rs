//! How strictly and how far bytes are decoded.

/// The greatest depth to which values nest, whatever [`Limits::depth`] says: a value is shown, compared and dropped
/// by recursion, which must fit the stack of a thread.
pub const MAX_DEPTH: usize = 128;

/// Bounds on the work and the memory that one decoding may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many containers (lists, options, structs, ...) may stand within each other; at most [`MAX_DEPTH`] counts.
    pub depth: usize,
    /// How many values in all, each container and each item counting as one and a byte string as one.
    pub items: usize,
    /// How many bytes may be read.
    pub bytes: usize,
}

impl Default for Limits {
    /// Depth 64, 2^20 items, 64 MiB.
    fn default() -> Self {
        Self { depth: 64, items: 1 << 20, bytes: 64 << 20 }
    }
}

/// How bytes are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeOptions {
    /// Whether only the bytes that postcard itself writes are accepted. When not, what postcard's own reader lets pass
    /// is let pass too: padded varints, trailing bytes, and further characters behind a `char`.
    pub strict: bool,
    /// Bounds on work and memory.
    pub limits: Limits,
}

impl DecodeOptions {
    /// What postcard's own reader accepts, under the default limits.
    pub fn lenient() -> Self {
        Self { strict: false, limits: Limits::default() }
    }
}

impl Default for DecodeOptions {
    /// Strict, under the default limits.
    fn default() -> Self {
        Self { strict: true, limits: Limits::default() }
    }
}
