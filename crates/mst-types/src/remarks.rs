//! What decoding let pass that strict decoding would not have.

use super::decode_error::DecodeError;

/// So many remarks are kept of one decoding; those behind them are counted.
const MOST: usize = 64;

/// What decoding let pass, in the order of the bytes. Each is the error that strict decoding would have been, had it got
/// so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// The first of them.
    pub first: Vec<DecodeError>,
    /// How many more there were.
    pub more: u64,
}

impl Remarks {
    /// Whether strict decoding would have given the same.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    #[cold]
    pub(super) fn push(&mut self, remark: DecodeError) {
        if self.first.len() < MOST {
            self.first.push(remark);
        } else {
            self.more += 1;
        }
    }
}
