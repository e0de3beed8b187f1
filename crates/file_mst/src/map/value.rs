//! Values, encoded as postcard.

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::byte_array::{array_of, bytes_of};
use crate::error::Error;

struct Append<'a>(&'a mut Vec<u8>);

impl Flavor for Append<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Appends the postcard bytes of `value`.
pub(super) fn encode<V: Serialize>(value: &V, to: &mut Vec<u8>) -> Result<(), Error> {
    if let Some(bytes) = bytes_of(value) {
        to.extend_from_slice(bytes);
        return Ok(());
    }
    postcard::serialize_with_flavor(value, Append(to))
        .map_err(|error| Error::Value { doing: "encoded", reason: error.to_string() })
}

/// The value with exactly these bytes.
pub(super) fn decode<V: DeserializeOwned>(bytes: &[u8]) -> Result<V, Error> {
    if let Some(value) = array_of(bytes) {
        return Ok(value);
    }
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(Error::Value { doing: "decoded", reason: format!("{} bytes too many", rest.len()) }),
        Err(error) => Err(Error::Value { doing: "decoded", reason: error.to_string() }),
    }
}
