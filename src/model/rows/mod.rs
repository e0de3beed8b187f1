//! The rows that records were made from, fetched again from both sources: how they compare now.

pub(crate) mod compared;
pub(crate) mod fetch;
pub(crate) mod page;
pub(crate) mod steps;
