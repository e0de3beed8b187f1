//! Errors in the bytes of a value.

use thiserror::Error;

use crate::postcard_bytes::path::At;

/// Why bytes are not a value of a type.
///
/// In each variant `offset` counts bytes from the start of the slice given, and `at` is the path of the part that was
/// being read, such as `.items[3].name`; it is empty for the whole value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "`offset` and `at` are described above, the others below")]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end too early: `needed` more bytes were to be read at `offset`, but only `available` were left.
    #[error("byte {offset}, {}: expected {needed} more bytes, found {available}", At(.at))]
    UnexpectedEnd { offset: usize, at: String, needed: u64, available: usize },
    /// A varint ends in a zero byte that a shorter one would not need.
    #[error("byte {offset}, {}: expected the shortest varint, found one padded with zeros", At(.at))]
    PaddedVarint { offset: usize, at: String },
    /// A varint holds more than `bits` bits.
    #[error("byte {offset}, {}: expected a varint of {bits} bits, found a larger one", At(.at))]
    VarintOverflow { offset: usize, at: String, bits: u32 },
    /// A bool that is neither 0 nor 1.
    #[error("byte {offset}, {}: expected a bool (0 or 1), found {found}", At(.at))]
    BadBool { offset: usize, at: String, found: u8 },
    /// The tag of an option that is neither 0 nor 1.
    #[error("byte {offset}, {}: expected the tag of an option (0 or 1), found {found}", At(.at))]
    BadOption { offset: usize, at: String, found: u8 },
    /// Text that is not UTF-8; `offset` is that of the first wrong byte.
    #[error("byte {offset}, {}: expected UTF-8 text, found the byte {found:#04x}", At(.at))]
    BadUtf8 { offset: usize, at: String, found: u8 },
    /// A `char` that is not exactly one UTF-8 character; `length` is its length in bytes as stored.
    #[error("byte {offset}, {}: expected one UTF-8 character, found {length} bytes that are not one", At(.at))]
    BadChar { offset: usize, at: String, length: u64 },
    /// The number of a variant that the enum does not have; it has `expected`.
    #[error("byte {offset}, {}: expected a variant below {expected}, found {found}", At(.at))]
    UnknownVariant { offset: usize, at: String, expected: usize, found: u32 },
    /// `count` bytes follow the value.
    #[error("byte {offset}, {}: expected the end, found {count} more bytes", At(.at))]
    TrailingBytes { offset: usize, at: String, count: usize },
    /// More containers are nested than [`Limits::depth`](crate::Limits::depth) allows.
    #[error("byte {offset}, {}: expected at most {limit} levels of nesting, found more", At(.at))]
    TooDeep { offset: usize, at: String, limit: usize },
    /// There are more items than [`Limits::items`](crate::Limits::items) allows.
    #[error("byte {offset}, {}: expected at most {limit} items, found more", At(.at))]
    TooManyItems { offset: usize, at: String, limit: usize },
    /// The value takes more bytes than [`Limits::bytes`](crate::Limits::bytes) allows.
    #[error("byte {offset}, {}: expected at most {limit} bytes, found more", At(.at))]
    TooManyBytes { offset: usize, at: String, limit: usize },
}

/// The two fields that every variant has, by the same kind of reference as `$error`.
macro_rules! location {
    ($error:expr) => {
        match $error {
            DecodeError::UnexpectedEnd { offset, at, .. }
            | DecodeError::PaddedVarint { offset, at }
            | DecodeError::VarintOverflow { offset, at, .. }
            | DecodeError::BadBool { offset, at, .. }
            | DecodeError::BadOption { offset, at, .. }
            | DecodeError::BadUtf8 { offset, at, .. }
            | DecodeError::BadChar { offset, at, .. }
            | DecodeError::UnknownVariant { offset, at, .. }
            | DecodeError::TrailingBytes { offset, at, .. }
            | DecodeError::TooDeep { offset, at, .. }
            | DecodeError::TooManyItems { offset, at, .. }
            | DecodeError::TooManyBytes { offset, at, .. } => (offset, at),
        }
    };
}

impl DecodeError {
    /// The offset of the error, in bytes from the start of the slice given.
    pub fn offset(&self) -> usize {
        *location!(self).0
    }

    /// The path of the part that was being read; empty for the whole value.
    pub fn at(&self) -> &str {
        location!(self).1
    }

    /// The same error with this path.
    pub(crate) fn located(mut self, path: String) -> Self {
        self.set_path(path);
        self
    }

    /// Sets the path.
    pub(crate) fn set_path(&mut self, path: String) {
        *location!(self).1 = path;
    }
}
