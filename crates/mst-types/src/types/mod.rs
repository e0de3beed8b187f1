//! Types: their kinds, what they stand for, and where they come from.

pub(crate) mod commit_schema;
#[cfg(feature = "postcard-schema")]
pub(crate) mod derived;
pub(crate) mod logical_type;
pub(crate) mod rust;
pub(crate) mod ty;
