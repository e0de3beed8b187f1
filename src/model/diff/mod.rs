//! Two trees compared: the trees, the differences found so far, and one difference in full.

pub(crate) mod around;
pub(crate) mod basis;
pub(crate) mod changes;
mod csv;
pub(crate) mod detail;
pub(crate) mod entry;
pub(crate) mod export;
pub(crate) mod filter;
mod hidden;
pub(crate) mod inside;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod lookup;
pub(crate) mod marks;
pub(crate) mod pair;
pub(crate) mod path;
pub(crate) mod prefixes;
pub(crate) mod record_fields;
pub(crate) mod report;
pub(crate) mod search;
pub(crate) mod seat;
pub(crate) mod strip;
pub(crate) mod summary;
pub(crate) mod summary_text;
pub(crate) mod text;
pub(crate) mod verdict;
pub(crate) mod why;
