//! The spelling of key values, and the normalised forms by whose hash rows are sampled.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

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
            let hash = hash(&digits);
            return Self { fine: hash, coarse: hash };
        }
        let trimmed = text.trim();
        let upper: Cow<'_, str> = match trimmed.chars().any(char::is_lowercase) {
            true => trimmed.to_uppercase().into(),
            false => trimmed.into(),
        };
        Self { fine: hash(&upper), coarse: hash(longest_digits(&upper)) }
    }
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

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
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
    }
}
