//! Decoding text into bytes and bytes into text, and reordering the bytes of UUIDs.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::model::{Decode, UuidOrder};
use crate::source::Cell;

/// Padding is optional.
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

impl Decode {
    pub(super) fn apply(self, cell: Cell<'_>) -> Result<Cell<'_>, String> {
        match (self, cell) {
            (Self::Hex, Cell::Text(text)) => {
                let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("\\x")).unwrap_or(&text);
                let bytes = hex::decode(digits).map_err(|_| "not an even number of hex digits".to_owned())?;
                Ok(Cell::Bytes(bytes.into()))
            }
            (Self::Base64, Cell::Text(text)) => base64(&text, &base64::alphabet::STANDARD, "base64"),
            (Self::Base64url, Cell::Text(text)) => base64(&text, &base64::alphabet::URL_SAFE, "base64url"),
            (Self::Utf8, Cell::Bytes(bytes)) => {
                let text = String::from_utf8(bytes.into_owned()).map_err(|_| "not UTF-8".to_owned())?;
                Ok(Cell::Text(text.into()))
            }
            // A source may have both text and bytes in a column; text needs no decoding.
            (Self::Utf8, cell @ Cell::Text(_)) => Ok(cell),
            (Self::Json, Cell::Text(text)) => Ok(Cell::Json(text)),
            // A source may have several kinds of JSON values in a column.
            (
                Self::Json | Self::String,
                cell @ (Cell::Text(_) | Cell::Json(_) | Cell::Int(_) | Cell::Number { .. } | Cell::Bool(_)),
            ) => Ok(cell),
            (decode, cell) => Err(format!("{} cannot be decoded by decode = \"{}\"", cell.kind(), decode.name())),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
            Self::Utf8 => "utf-8",
            Self::Json => "json",
            Self::String => "string",
        }
    }
}

/// Decodes base64 text (RFC 4648), on one or several lines, with or without padding; leftover bits must be zero.
fn base64(text: &str, alphabet: &base64::alphabet::Alphabet, what: &str) -> Result<Cell<'static>, String> {
    let joined: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let engine = GeneralPurpose::new(alphabet, CONFIG);
    let bytes = engine.decode(&joined).map_err(|error| format!("not {what}: {error}"))?;
    Ok(Cell::Bytes(bytes.into()))
}

impl UuidOrder {
    /// The bytes of a UUID in the order of its digits.
    pub(super) fn apply(self, cell: Cell<'_>) -> Result<Cell<'_>, String> {
        let Cell::Bytes(bytes) = &cell else {
            return Err(format!(
                "{} has no byte order (remove uuid = … if the source writes UUIDs as text, or convert it to bytes: decode \
                                 = \"hex\")",
                cell.kind()
            ));
        };
        let Ok([a, b, c, d, e, f, g, h, rest @ ..]) = <[u8; 16]>::try_from(&**bytes) else {
            return Err("not the 16 bytes of a UUID".to_owned());
        };
        let front = match self {
            // time_hi, time_mid, time_low
            Self::TimeSwapped => [e, f, g, h, c, d, a, b],
            Self::LittleEndian => [d, c, b, a, f, e, h, g],
        };
        Ok(Cell::Bytes(front.into_iter().chain(rest).collect::<Vec<_>>().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_in_its_spellings() {
        let bytes = Cell::Bytes(vec![0xfb, 0xff, 0xfe, 0x01].into());
        for (decode, text) in [
            (Decode::Base64, "+//+AQ=="),
            (Decode::Base64, "+//+AQ"),
            (Decode::Base64, "+//+\r\nAQ==\n"),
            (Decode::Base64url, "-__-AQ=="),
            (Decode::Base64url, "-__-AQ"),
            (Decode::Hex, "fbfffe01"),
            (Decode::Hex, "0xFBFFFE01"),
        ] {
            assert_eq!(decode.apply(Cell::Text(text.into())), Ok(bytes.clone()), "{text}");
        }
        for (decode, text) in [
            (Decode::Base64, "-__-AQ=="),
            (Decode::Base64url, "+//+AQ=="),
            (Decode::Base64, "+//+AR=="),
            (Decode::Base64, "+//+A"),
            (Decode::Base64, "+//+ AQ=="),
            (Decode::Hex, "fbf"),
        ] {
            assert!(decode.apply(Cell::Text(text.into())).is_err(), "{text}");
        }
        for decode in [Decode::Hex, Decode::Base64, Decode::Base64url, Decode::Utf8] {
            assert!(decode.apply(Cell::Int(7)).is_err());
        }
    }

    #[test]
    fn a_uuid_has_the_same_digits_whatever_its_byte_order() {
        let written = "00112233445566778899aabbccddeeff";
        for (order, stored) in [
            // SELECT HEX(UUID_TO_BIN('00112233-4455-6677-8899-aabbccddeeff', 1))
            (UuidOrder::TimeSwapped, "66774455001122338899aabbccddeeff"),
            // new Guid("00112233-4455-6677-8899-aabbccddeeff").ToByteArray()
            (UuidOrder::LittleEndian, "33221100554477668899aabbccddeeff"),
        ] {
            let cell = Cell::Bytes(hex::decode(stored).unwrap().into());
            assert_eq!(order.apply(cell), Ok(Cell::Bytes(hex::decode(written).unwrap().into())));
            assert!(order.apply(Cell::Text(written.into())).is_err());
            assert!(order.apply(Cell::Bytes(vec![1; 15].into())).is_err());
        }
    }
}
