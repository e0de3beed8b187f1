//! The spelling of key values, and the normalised forms by whose hash rows are sampled.

use std::borrow::Cow;

use crate::cell::Cell;

/// The text of a cell that may be part of a key; `None` for null and for values that are no keys.
pub(super) fn key_text<'c>(cell: &'c Cell<'_>) -> Option<Cow<'c, str>> {
    Some(match cell {
        Cell::Text(text) | Cell::TextOrJson(text) => Cow::Borrowed(text),
        Cell::Number { text, shift: 0 } => Cow::Borrowed(text),
        Cell::Bytes(bytes) => hex::encode(bytes).into(),
        Cell::Int(_) | Cell::Date(_) | Cell::Local(_) | Cell::Instant(_) | Cell::Time(_) => cell.to_string().into(),
        _ => return None,
    })
}

/// The digits of a UUID in small letters, whether it is text or 16 bytes.
pub(super) fn uuid_digits(text: &str) -> Option<String> {
    // Nearly all texts are none, and this is asked for every cell.
    if !(32..=64).contains(&text.len()) {
        return None;
    }
    let text = text.trim().trim_start_matches("urn:uuid:").trim_start_matches('{').trim_end_matches('}');
    let digits: String = text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    let is_uuid = digits.len() == 32 && (text.len() == 32 || text.len() == 36);
    (is_uuid && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

/// Two hashes of a key value, equal for values that may be spellings of one key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct KeyHashes {
    /// Without regard to case, blanks around the text, and the notation of UUIDs.
    pub(super) fine: u64,
    /// In addition without regard to what stands around the longest run of digits, and to leading zeros.
    pub(super) coarse: u64,
}

impl KeyHashes {
    pub(super) fn of(text: &str) -> Self {
        if let Some(digits) = uuid_digits(text) {
            let hash = hash(digits.as_bytes());
            return Self { fine: hash, coarse: hash };
        }
        let trimmed = text.trim();
        if trimmed.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_lowercase()) {
            return Self::of_upper(trimmed);
        }
        Self::of_upper(&trimmed.to_uppercase())
    }

    fn of_upper(text: &str) -> Self {
        let fine = hash(text.as_bytes());
        let digits = longest_digits(text);
        Self { fine, coarse: if digits.len() == text.len() { fine } else { hash(digits.as_bytes()) } }
    }

    /// The hashes of a cell; `None` for null and for values that are no keys.
    pub(super) fn of_cell(cell: &Cell<'_>) -> Option<Self> {
        if let Cell::Int(number) = cell
            && let Ok(number) = u64::try_from(*number)
        {
            let mut digits = [0; MAX_DIGITS];
            let hash = hash(decimal(number, &mut digits));
            return Some(Self { fine: hash, coarse: hash });
        }
        key_text(cell).map(|text| Self::of(&text))
    }
}

/// The digits of the largest number of 64 bits.
const MAX_DIGITS: usize = 20;

/// The digits of a number, without allocating: this is done for every whole number of a table.
fn decimal(mut number: u64, digits: &mut [u8; MAX_DIGITS]) -> &[u8] {
    let mut start = MAX_DIGITS;
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        start = at;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

/// The longest run of digits without its leading zeros, the last one of several; the text itself if it has no digits.
fn longest_digits(text: &str) -> &str {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    match runs.max_by_key(|run| run.len()).filter(|run| !run.is_empty()) {
        Some(run) => match run.trim_start_matches('0') {
            "" => "0",
            run => run,
        },
        None => text,
    }
}

/// A hash whose low values are a fair sample. Nobody gains from choosing keys that collide.
fn hash(bytes: &[u8]) -> u64 {
    let mut state = bytes.len() as u64 ^ 0x9e37_79b9_7f4a_7c15;
    for chunk in bytes.chunks(8) {
        let word = chunk.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        state = (state ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        state ^= state >> 32;
    }
    state = (state ^ (state >> 29)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_key_have_one_hash() {
        let fine = |text| KeyHashes::of(text).fine;
        let coarse = |text| KeyHashes::of(text).coarse;
        assert_eq!(fine(" ord-7 "), fine("ORD-7"));
        assert_ne!(fine("ord-7"), fine("7"));
        for text in ["ord-7", "PO:00007", "7/a", "007"] {
            assert_eq!(coarse(text), coarse("7"), "{text}");
        }
        let uuid = "00112233-4455-6677-8899-AABBCCDDEEFF";
        assert_eq!(KeyHashes::of(uuid), KeyHashes::of("00112233445566778899aabbccddeeff"));
        assert_ne!(coarse(uuid), coarse("00112233-4455-6677-8899-aabbccddeefe"));
        for number in [0, 7, 10, 12_345, u64::MAX] {
            let of_cell = KeyHashes::of_cell(&Cell::Int(number.into()));
            assert_eq!(of_cell, Some(KeyHashes::of(&number.to_string())), "{number}");
        }
    }

    #[test]
    fn hashes_are_spread_evenly() {
        let mut low = 0;
        for number in 0..100_000_u64 {
            low += u32::from(KeyHashes::of(&format!("ORD-{number}")).fine < u64::MAX / 10);
        }
        assert!((9_700..10_300).contains(&low), "{low}");
    }
}
