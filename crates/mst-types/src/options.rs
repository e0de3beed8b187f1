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

/// Which bytes are accepted for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Strictness {
    /// Only those that postcard itself writes.
    #[default]
    Strict,
    /// Those that postcard's own reader lets pass: also padded varints, trailing bytes, and further characters behind a
    /// `char`, which are left out.
    Postcard,
    /// All of which it is certain where each part ends: also a bool above 1, which is taken as true, and text that is not
    /// UTF-8 or a `char` that is not one character, which stand as [`Bytes`](super::ValueKind::Bytes). What
    /// decides where parts end is held to its rules all the same: the tags of options, the numbers of variants, the width
    /// of varints, and lengths.
    Lenient,
}

/// How bytes are decoded; by default strictly, under the default limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DecodeOptions {
    /// Which bytes are accepted.
    pub strictness: Strictness,
    /// Bounds on work and memory.
    pub limits: Limits,
}

impl DecodeOptions {
    /// Whatever can be made sense of, under the default limits. [`decode_with_remarks`](super::decode_with_remarks) also
    /// says what strict decoding would not have accepted.
    pub fn lenient() -> Self {
        Self { strictness: Strictness::Lenient, ..Self::default() }
    }

    /// What postcard's own reader accepts, under the default limits.
    pub fn as_postcard_reads() -> Self {
        Self { strictness: Strictness::Postcard, ..Self::default() }
    }
}
