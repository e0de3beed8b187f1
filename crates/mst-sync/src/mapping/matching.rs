//! Comparing texts in a mapping with cells.

use crate::contract::same_number;
use crate::source::Cell;
use mst_types::civil::{Rest, parse_duration, parse_time_of_day};

/// Whether a text in a mapping, as in `null = ["-1"]`, denotes this cell. It is read according to the kind of cell:
/// text and JSON are compared literally, numbers, times and bytes by value.
pub(crate) fn stands_for(text: &str, cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Null | Cell::Finer { .. } => false,
        Cell::Text(found) | Cell::TextOrJson(found) | Cell::Json(found) => found == text,
        Cell::Empty => text.is_empty(),
        Cell::Bool(truth) => text == truth.to_string(),
        Cell::Int(number) => same_number(text, &number.to_string(), 0),
        Cell::Number { text: number, shift } => number == text || same_number(text, number, *shift),
        Cell::Float32(float) => float.to_string() == text || same_number(text, &float.to_string(), 0),
        Cell::Float64(float) => float.to_string() == text || same_number(text, &float.to_string(), 0),
        Cell::Bytes(bytes) => {
            text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok()).is_some_and(|read| read == **bytes)
        }
        Cell::Date(_) | Cell::Local(_) | Cell::Instant(_) => Cell::of_iso(text).is_some_and(|read| read == *cell),
        Cell::Time(nanos) => parse_time_of_day(text) == Some((*nanos, Rest::None)),
        Cell::Duration(nanos) => parse_duration(text) == Some((*nanos, Rest::None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_according_to_the_cell() {
        let number = |text: &'static str, shift| Cell::Number { text: text.into(), shift };
        for (text, cell) in [
            ("-1", Cell::Int(-1)),
            ("-1.00", Cell::Int(-1)),
            ("-1", number("-1.00", 0)),
            ("-1", number("-100", -2)),
            ("NaN", number("NaN", 0)),
            ("-1", Cell::Float64(-1.0)),
            ("0.1", Cell::Float32(0.1)),
            ("NaN", Cell::Float64(f64::NAN)),
            ("true", Cell::Bool(true)),
            ("0x00FF", Cell::Bytes(vec![0, 255].into())),
            ("1900-01-01", Cell::Date(-25_567)),
            ("1970-01-01 00:00:00", Cell::Local(0)),
            ("1970-01-01T01:00+01:00", Cell::Instant(0)),
            ("00:00", Cell::Time(0)),
            ("PT0S", Cell::Duration(0)),
            ("-1", Cell::Text("-1".into())),
            ("{}", Cell::Json("{}".into())),
        ] {
            assert!(stands_for(text, &cell), "{text} {cell}");
            assert!(!stands_for("7", &cell), "{cell}");
            assert!(!stands_for(text, &Cell::Null));
        }
        assert!(!stands_for("-1", &Cell::Text("-1.0".into())), "text is text");
        assert!(!stands_for("", &Cell::Int(0)));
        assert!(!stands_for("1970-01-01T00:00Z", &Cell::Local(0)));
    }
}
