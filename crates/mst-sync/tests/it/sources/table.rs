//! The logical table, with all awkward values.

use mst_sync::source::Cell;

pub(crate) const CONTRACT: &str = r#"
version = 1
name = "awkward"
unicode = "15.0.0"

[[key]]
name = "id"
type = "i64"

[[key]]
name = "part"
type = "text"
nfc = true
trim = true

[[field]]
name = "amount"
type = "decimal(8)"

[[field]]
name = "note"
type = "text"
nfc = true
null = "allow"

[[field]]
name = "flag"
type = "bool"
null = "allow"

[[field]]
name = "payload"
type = "bytes"

[[field]]
name = "at"
type = "timestamp(us)"

[[field]]
name = "day"
type = "date"

[[field]]
name = "ref"
type = "uuid"

[[field]]
name = "state"
type = "enum"
names = ["open", "paid", "über"]
case = "lower"
nfc = true

[[field]]
name = "doc"
type = "json"

[[field]]
name = "most"
type = "u64"
"#;

/// A row by its meaning.
#[derive(Clone, Debug)]
pub(crate) struct Meant {
    pub(crate) id: i64,
    pub(crate) part: &'static str,
    /// In units of 10^-8.
    pub(crate) amount: i128,
    pub(crate) note: Option<&'static str>,
    pub(crate) flag: Option<bool>,
    pub(crate) payload: &'static [u8],
    /// In microseconds since 1970.
    pub(crate) at: i64,
    /// In days since 1970.
    pub(crate) day: i32,
    pub(crate) uuid: u128,
    pub(crate) state: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) most: u64,
}

const HOUR: i64 = 3_600_000_000;
/// 2026-03-29T01:00:00Z, when the clocks of Berlin were put forward.
const SPRING: i64 = 1_774_746_000_000_000;

/// The rows of all tables.
pub(crate) fn rows() -> Vec<Meant> {
    let plain = Meant {
        id: 1,
        part: "a",
        amount: 100_000_000,
        note: Some("plain"),
        flag: Some(true),
        payload: b"\x01",
        at: SPRING,
        day: 20_000,
        uuid: 1,
        state: "open",
        doc: "1",
        most: 0,
    };
    vec![
        plain.clone(),
        Meant { id: 1, part: "B", flag: None, ..plain.clone() },
        Meant { id: i64::MIN, part: "", amount: 0, note: None, payload: b"", state: "paid", ..plain.clone() },
        Meant { id: i64::MAX, note: Some(""), flag: Some(false), most: u64::MAX, ..plain.clone() },
        Meant { id: -1, amount: 12_345_678_901_234_567_890_123_456_789_012_345_678, state: "über", ..plain.clone() },
        Meant {
            id: 0,
            amount: -1,
            note: Some("Åse né\u{e8} 👩\u{200d}💻 \u{1f1e9}\u{1f1ea}"),
            at: SPRING - 1,
            ..plain.clone()
        },
        Meant {
            id: 2,
            part: "né",
            at: SPRING + HOUR,
            day: 19_782,
            doc: r#"{"a":[1,2.5,null],"b":{"x":"é\n"}}"#,
            ..plain.clone()
        },
        Meant { id: 3, note: Some("tab\tquote\"'back\\slash,comma\nline"), at: -1, day: -25_509, ..plain.clone() },
        Meant {
            id: 4,
            payload: b"\x00\xff\\\n",
            at: 951_782_399_999_999,
            day: 11_016,
            uuid: u128::MAX,
            ..plain.clone()
        },
        Meant {
            id: 5,
            note: Some("\\N"),
            amount: 50_000_000,
            doc: r#"[true,"\\",{}]"#,
            at: 1_792_890_000_000_000 - 1,
            ..plain
        },
    ]
}

impl Meant {
    pub(crate) fn amount_text(&self) -> String {
        let digits = format!("{:09}", self.amount.unsigned_abs());
        let (whole, rest) = digits.split_at(digits.len() - 8);
        format!("{}{whole}.{rest}", if self.amount < 0 { "-" } else { "" })
    }

    /// `2026-03-29T01:00:00Z`
    pub(crate) fn at_text(&self) -> String {
        Cell::Instant(i128::from(self.at) * 1000).to_string()
    }

    /// `2026-03-29T01:00:00`
    #[cfg(feature = "mysql")]
    pub(crate) fn at_utc(&self) -> String {
        Cell::Local(i128::from(self.at) * 1000).to_string()
    }

    /// The time that a clock in Berlin showed; one moment of the table is the first of two at which it showed this.
    pub(crate) fn at_berlin(&self) -> String {
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let moment = jiff::Timestamp::from_microsecond(self.at).unwrap();
        moment.to_zoned(zone).strftime("%d.%m.%Y %H:%M:%S%.f").to_string()
    }

    pub(crate) fn day_text(&self) -> String {
        Cell::Date(self.day).to_string()
    }

    pub(crate) fn uuid_text(&self) -> String {
        let digits = format!("{:032x}", self.uuid);
        format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
    }
}

pub(crate) fn nfd(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfd().collect()
}

/// Mappings of fields whose columns have their names.
pub(crate) fn by_name(more: &str) -> String {
    let mut text = String::new();
    for name in ["id", "part", "amount", "note", "flag", "payload", "at", "day", "ref", "state", "doc", "most"] {
        if !more.contains(&format!("[field.{name}]")) {
            text += &format!("[field.{name}]\ncolumn = \"{name}\"\n");
        }
    }
    text + more
}
