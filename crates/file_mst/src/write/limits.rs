//! How long keys and values may be.

use super::{MAX_KEY, MAX_VALUE};
use crate::error::Error;

/// Refuses a key of this length if it is too long.
pub(crate) fn check_key(length: usize) -> Result<(), Error> {
    within("a key length", length, MAX_KEY)
}

/// Refuses a value of this length if it is too long.
pub(crate) fn check_value(length: usize) -> Result<(), Error> {
    within("a value length", length, MAX_VALUE)
}

fn within(what: &'static str, found: usize, most: usize) -> Result<(), Error> {
    match found > most {
        true => Err(Error::Limit { what, found: found as u64, most: most as u64 }),
        false => Ok(()),
    }
}
