//! Strictness and limits of decoding.

/// The maximum nesting depth of values, whatever [`Limits::depth`] says: values are displayed, compared and dropped
/// recursively, which must fit the stack of a thread.
pub const MAX_DEPTH: usize = 128;

/// Limits on the work and memory of one decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep containers (lists, options, structs, ...) may be nested; values above [`MAX_DEPTH`] are lowered to it.
    pub depth: usize,
    /// The total number of values: each container, each item and each byte string counts as one.
    pub items: usize,
    /// The number of bytes that may be read.
    pub bytes: usize,
}

impl Default for Limits {
    /// Depth 64, 2^20 items, 64 MiB.
    fn default() -> Self {
        Self { depth: 64, items: 1 << 20, bytes: 64 << 20 }
    }
}

/// Which encodings of a value are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Strictness {
    /// Only the bytes that postcard itself writes.
    #[default]
    Strict,
    /// The bytes that postcard's own reader accepts: in addition padded varints, trailing bytes, and further characters
    /// after a `char`, which are dropped.
    Postcard,
    /// All bytes whose parts have certain boundaries: in addition a bool above 1, which is read as true, and text that
    /// is not UTF-8 or a `char` that is not one character, which become [`Bytes`](crate::ValueKind::Bytes). Everything
    /// that determines boundaries is still strict: the tags of options, the numbers of variants, the width of varints,
    /// and lengths.
    Lenient,
}

/// How bytes are decoded; strictly and with the default limits by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DecodeOptions {
    /// The encodings accepted.
    pub strictness: Strictness,
    /// Limits on work and memory.
    pub limits: Limits,
}

impl DecodeOptions {
    /// Accepts everything that makes sense, with the default limits.
    /// [`decode_with_remarks`](crate::decode_with_remarks) also reports what strict decoding would not have accepted.
    pub fn lenient() -> Self {
        Self { strictness: Strictness::Lenient, ..Self::default() }
    }

    /// Accepts what postcard's own reader accepts, with the default limits.
    pub fn as_postcard_reads() -> Self {
        Self { strictness: Strictness::Postcard, ..Self::default() }
    }
}
