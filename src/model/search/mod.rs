//! Searching: the query, what it matches, and a search through one tree.

pub(crate) mod highlight;
pub(crate) mod hits;
pub(crate) mod query;
pub(crate) mod scan;
