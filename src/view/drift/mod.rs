//! The drift of two trees as it is shown: the trees, what was found so far, and what one difference looks like.

pub(crate) mod contracts;
pub(crate) mod detail;
pub(crate) mod entry;
pub(crate) mod found;
pub(crate) mod inside;
mod json;
pub(crate) mod marks;
pub(crate) mod pair;
pub(crate) mod path;
pub(crate) mod strip;
pub(crate) mod summary;
pub(crate) mod verdict;
pub(crate) mod why;
