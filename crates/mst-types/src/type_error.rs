//! What can be wrong with the text of a type.

use std::fmt;

use thiserror::Error;

/// How many types may stand within each other in a type's text.
pub const MAX_NESTING: usize = 64;
/// How many types and variants a type's text may have in all.
pub const MAX_PARTS: usize = 4096;
/// The greatest length of an array in a type's text.
pub const MAX_ARRAY: u64 = u32::MAX as u64;

/// A place in the text of a type; shown as `column N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// In bytes, from 0.
    pub offset: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}", self.column)
    }
}

/// Why a text is not a type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "`position` is where the trouble begins, the others are told below")]
pub enum TypeParseError {
    /// Something else should stand there.
    #[error("at {position}: expected {expected}, found {found}")]
    Unexpected { position: Position, expected: &'static str, found: String },
    /// A name that is no type.
    #[error("at {position}: expected a type such as u64, String or Vec<u8>, found `{found}`")]
    UnknownType { position: Position, found: String },
    /// Two fields of a struct, or two variants of an enum, have one name.
    #[error("at {position}: expected names that differ, found `{found}` again")]
    DuplicateName { position: Position, found: String },
    /// A type that cannot be read as what is asked for.
    #[error("at {position}: {reading} reads {expected}, found {found}")]
    NotReadable { position: Position, reading: String, expected: &'static str, found: String },
    /// An array is longer than [`MAX_ARRAY`].
    #[error("at {position}: expected an array length of at most {MAX_ARRAY}, found {found}")]
    ArrayTooLong { position: Position, found: String },
    /// Types stand within each other more than [`MAX_NESTING`] deep.
    #[error("at {position}: expected at most {MAX_NESTING} levels of nesting, found more")]
    TooDeep { position: Position },
    /// There are more than [`MAX_PARTS`] types and variants.
    #[error("at {position}: expected a type of at most {MAX_PARTS} parts, found more")]
    TooLarge { position: Position },
}

impl TypeParseError {
    /// Where in the text the trouble begins.
    pub fn position(&self) -> Position {
        match self {
            Self::Unexpected { position, .. }
            | Self::UnknownType { position, .. }
            | Self::DuplicateName { position, .. }
            | Self::NotReadable { position, .. }
            | Self::ArrayTooLong { position, .. }
            | Self::TooDeep { position }
            | Self::TooLarge { position } => *position,
        }
    }
}
