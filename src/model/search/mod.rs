//! Searching: the query, and the parts of a record that it is matched against.

#[allow(dead_code, reason = "the screens begin to use it with their next change")]
pub(crate) mod highlight;
#[allow(dead_code, reason = "the screens begin to use it with their next change")]
pub(crate) mod query;
