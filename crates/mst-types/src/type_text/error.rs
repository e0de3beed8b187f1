//! Errors in the text of a type.

use std::fmt;

use thiserror::Error;

/// How deep types may be nested in a type's text.
pub const MAX_NESTING: usize = 64;
/// The maximum number of types and variants in a type's text.
pub const MAX_PARTS: usize = 4096;
/// The maximum length of an array in a type's text.
pub const MAX_ARRAY: u64 = u32::MAX as u64;

/// A position in the text of a type; displayed as `column N`.
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
#[allow(missing_docs, reason = "`position` is where the error begins, the others are described below")]
#[non_exhaustive]
pub enum TypeParseError {
    /// Another token is expected there.
    #[error("at {position}: expected {expected}, found {found}")]
    Unexpected { position: Position, expected: &'static str, found: String },
    /// The name is not the name of a type.
    #[error("at {position}: expected a type such as u64, String or Vec<u8>, found `{found}`")]
    UnknownType { position: Position, found: String },
    /// Two fields of a struct, or two variants of an enum, have one name.
    #[error("at {position}: expected names that differ, found `{found}` again")]
    DuplicateName { position: Position, found: String },
    /// The logical type does not fit the type.
    #[error("at {position}: {logical} is read from {expected}, found {found}")]
    NotReadable { position: Position, logical: String, expected: &'static str, found: String },
    /// An array is longer than [`MAX_ARRAY`].
    #[error("at {position}: expected an array length of at most {MAX_ARRAY}, found {found}")]
    ArrayTooLong { position: Position, found: String },
    /// Types are nested more than [`MAX_NESTING`] deep.
    #[error("at {position}: expected at most {MAX_NESTING} levels of nesting, found more")]
    TooDeep { position: Position },
    /// There are more than [`MAX_PARTS`] types and variants.
    #[error("at {position}: expected a type of at most {MAX_PARTS} parts, found more")]
    TooLarge { position: Position },
}

impl TypeParseError {
    /// The position in the text where the error begins.
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
