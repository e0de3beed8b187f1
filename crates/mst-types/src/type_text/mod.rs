//! The text form of types: parsing, writing, errors.

pub(crate) mod cursor;
pub(crate) mod error;
pub(crate) mod parse;
pub(crate) mod write;
