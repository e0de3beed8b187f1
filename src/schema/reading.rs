//! What a whole number stands for: a decimal, a moment, a day.

use std::fmt;

use super::ty::{Int, Type};
use crate::civil::{DAY, Iso, parse_iso, write_date, write_time};

/// What a whole number in postcard stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reading {
    /// A decimal number of so many digits behind the point, at most 38: an `i128` in units of the last one.
    Decimal(u8),
    /// A moment: an `i64` of these units since 1970-01-01T00:00:00Z.
    Timestamp(TimeUnit),
    /// A day: an `i32` of days since 1970-01-01.
    Date,
}

/// A unit of time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimeUnit {
    /// A second.
    Second,
    /// A thousandth of a second.
    Milli,
    /// A millionth.
    Micro,
    /// A billionth.
    Nano,
}

/// The most digits behind the point.
pub(super) const MAX_SCALE: u8 = 38;

impl TimeUnit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Second, Self::Milli, Self::Micro, Self::Nano];

    /// `s`, `ms`, `us` or `ns`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Milli => "ms",
            Self::Micro => "us",
            Self::Nano => "ns",
        }
    }

    /// How many nanoseconds it has.
    pub fn nanos(self) -> i128 {
        match self {
            Self::Second => 1_000_000_000,
            Self::Milli => 1_000_000,
            Self::Micro => 1000,
            Self::Nano => 1,
        }
    }
}

impl Reading {
    /// The type of the number.
    pub fn plain(self) -> Type {
        match self {
            Self::Decimal(_) => Type::I128,
            Self::Timestamp(_) => Type::I64,
            Self::Date => Type::I32,
        }
    }

    pub(super) fn int(self) -> Int {
        let bits = match self {
            Self::Decimal(_) => 128,
            Self::Timestamp(_) => 64,
            Self::Date => 32,
        };
        Int { signed: true, bits }
    }

    /// What a number stands for, in words: `-12.50`, `2026-03-29T00:30:00Z`, `2026-03-29`.
    pub fn text(self, number: i128) -> String {
        match self {
            Self::Decimal(scale) => {
                let width = usize::from(scale) + 1;
                let digits = format!("{:0>width$}", number.unsigned_abs());
                let (whole, rest) = digits.split_at_checked(digits.len() - usize::from(scale)).unwrap_or((&digits, ""));
                let sign = if number < 0 { "-" } else { "" };
                if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
            }
            Self::Timestamp(unit) => Written(|f: &mut fmt::Formatter<'_>| {
                write_time(f, number * unit.nanos())?;
                f.write_str("Z")
            })
            .to_string(),
            Self::Date => {
                Written(|f: &mut fmt::Formatter<'_>| write_date(f, i64::try_from(number).unwrap_or(i64::MAX / 2)))
                    .to_string()
            }
        }
    }

    /// The number that a text stands for; none where it is no such text.
    pub(super) fn parse(self, text: &str) -> Option<i128> {
        match (self, text) {
            (Self::Decimal(scale), text) => {
                let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
                let (whole, point) = digits.split_once('.').unwrap_or((digits, ""));
                let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                if whole.is_empty() || point.len() > usize::from(scale) || !are_digits(whole) || !are_digits(point) {
                    return None;
                }
                let zeros = usize::from(scale) - point.len();
                let sign = if negative { "-" } else { "" };
                format!("{sign}{whole}{point}{}", "0".repeat(zeros)).parse().ok()
            }
            (Self::Timestamp(unit), text) => match parse_iso(text)? {
                Iso::Instant(nanos) if nanos % unit.nanos() == 0 => Some(nanos / unit.nanos()),
                _ => None,
            },
            (Self::Date, text) => match parse_iso(text)? {
                Iso::Date(days) => Some(days.into()),
                _ => None,
            },
        }
    }

    /// Whether the text of a number can be read back: it is of the years 0 to 9999.
    pub(super) fn has_text(self, number: i128) -> bool {
        let years = -719_528 * DAY..2_932_897 * DAY;
        match self {
            Self::Decimal(_) => true,
            Self::Timestamp(unit) => years.contains(&(number * unit.nanos())),
            Self::Date => years.contains(&(number * DAY)),
        }
    }
}

/// As it is written in a type.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(scale) => write!(f, "decimal({scale})"),
            Self::Timestamp(unit) => write!(f, "timestamp({})", unit.name()),
            Self::Date => f.write_str("date"),
        }
    }
}

struct Written<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Written<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DecodeOptions, ItemType, Value, ValueKind, decode};

    #[test]
    fn numbers_are_shown_as_what_they_stand_for_and_read_back() {
        for (ty, number, text) in [
            ("decimal(2)", -1250, "-12.50"),
            ("decimal(2)", 5, "0.05"),
            ("decimal(0)", 7, "7"),
            ("decimal(38)", i128::MAX, "1.70141183460469231731687303715884105727"),
            ("timestamp(s)", 1_774_744_200, "2026-03-29T00:30:00Z"),
            ("timestamp(us)", -1, "1969-12-31T23:59:59.999999Z"),
            ("date", 19_782, "2024-02-29"),
        ] {
            let ty: Type = ty.parse().unwrap();
            let Type::Read(reading) = ty else { panic!("{ty}") };
            assert_eq!(ty.to_string().parse(), Ok(ty.clone()));
            let value = Value::new(ValueKind::Read(number, reading));
            assert_eq!(value.to_string(), text);
            assert_eq!(serde_json::to_string(&value).unwrap(), format!("\"{text}\""));
            let plain = Value::new(ValueKind::Int(number));
            for (item, as_number) in [
                (ItemType::postcard(ty.clone()), ItemType::postcard(reading.plain())),
                (ItemType::ordered(ty.clone()), ItemType::ordered(reading.plain())),
            ] {
                let bytes = item.encode(&value).unwrap();
                assert_eq!(bytes, as_number.encode(&plain).unwrap(), "the bytes of the number");
                assert_eq!(item.decode(&bytes).unwrap().kind, value.kind);
                assert_eq!(item.parse(text).unwrap(), bytes);
                assert_eq!(item.parse_json(&format!("\"{text}\"")).unwrap(), bytes);
            }
        }
    }

    #[test]
    fn what_has_no_text_is_a_number_and_what_is_no_text_is_refused() {
        let ty: Type = "{at: timestamp(s), keys: Vec<date>}".parse().unwrap();
        let json = r#"{"at":-99999999999999,"keys":["2024-02-29",9999999]}"#;
        let bytes = ItemType::postcard(ty.clone()).parse_json(json).unwrap();
        let value = decode(&ty, &bytes, &DecodeOptions::default()).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        for (ty, text) in [
            ("decimal(2)", "1.234"),
            ("decimal(2)", "1e3"),
            ("decimal(2)", ".5"),
            ("timestamp(s)", "2026-03-29T00:30:00.5Z"),
            ("timestamp(s)", "2026-03-29 00:30:00"),
            ("date", "2023-02-29"),
        ] {
            let item = ItemType::postcard(ty.parse().unwrap());
            assert!(item.parse(text).is_err() && item.parse_json(&format!("\"{text}\"")).is_err(), "{ty} {text}");
        }
        for text in ["decimal", "decimal(39)", "decimal(x)", "decimal()", "timestamp", "timestamp(m)", "timestamp(s"] {
            assert!(text.parse::<Type>().is_err(), "{text}");
        }
    }
}
