//! What one run of one case came to.

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::peers::PeerName;

/// What one run of one case came to: one line of JSON between the processes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) case: Case,
    pub(crate) peer: PeerName,
    /// Records in the store.
    pub(crate) stored: u32,
    /// Records that the timed part handled.
    pub(crate) handled: u32,
    /// The timed part.
    pub(crate) seconds: f64,
    /// The length of the files afterwards; none of what is only in memory.
    pub(crate) file_bytes: Option<u64>,
    /// How much they grew.
    pub(crate) grown_bytes: Option<u64>,
    /// The most memory that the process had, file pages mapped into it included.
    pub(crate) peak_bytes: Option<u64>,
    /// The hash of all records, where it is the same however they came there.
    pub(crate) root: Option<String>,
}
