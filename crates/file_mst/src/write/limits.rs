//! The limits of keys and values.

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

fn within(what: &'static str, found: usize, max: usize) -> Result<(), Error> {
    match found > max {
        true => Err(Error::Limit { what, found: found as u64, most: max as u64 }),
        false => Ok(()),
    }
}
