//! Deviations that lenient decoding accepted.

use crate::postcard_bytes::decode_error::DecodeError;

/// The number of remarks kept per decoding; further ones are only counted.
const MAX_REMARKS: usize = 64;

/// The deviations that decoding accepted, in the order of the bytes. Each is the error that strict decoding would have
/// reported had it got that far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// The first deviations, at most 64.
    pub first: Vec<DecodeError>,
    /// How many more there were.
    pub more: u64,
}

impl Remarks {
    /// Whether strict decoding would have given the same value.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    #[cold]
    pub(crate) fn push(&mut self, remark: DecodeError) {
        if self.first.len() < MAX_REMARKS {
            self.first.push(remark);
        } else {
            self.more += 1;
        }
    }
}
