//! The nodes of a survey.

/// A node that proves itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) offset: u64,
    /// The number of records in it and in the remaining nodes below it.
    pub(super) records: u64,
    pub(super) level: u8,
}
