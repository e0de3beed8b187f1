//! The result of one run of one case.

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::peers::PeerName;

/// The result of one run of one case: one line of JSON between the processes.
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
    /// The length of the files afterwards; none for a store that is only in memory.
    pub(crate) file_bytes: Option<u64>,
    /// The growth of the files.
    pub(crate) grown_bytes: Option<u64>,
    /// The peak memory of the process, file pages mapped into it included.
    pub(crate) peak_bytes: Option<u64>,
    /// The hash of all records, if it does not depend on the order of the inserts.
    pub(crate) root: Option<String>,
}
