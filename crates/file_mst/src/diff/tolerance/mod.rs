//! Tolerances: how far two values of a field may lie apart without being drift.
//!
//! Roots and bytes stay exact. A tolerance only decides how a record is called whose bytes differ:
//! [`Item::Changed`](super::Item::Changed) or [`Item::WithinTolerance`](super::Item::WithinTolerance).

mod distance;
mod fields;
mod given;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use distance::{Digits, compare};
use mst_types::escape_text;

pub(super) use fields::resolve;
pub use fields::{Tolerances, ToleratedField};
pub use given::{GivenTolerances, TOLERANCE_NOTE};

/// How far two values of a field may lie apart: a number such as `0.01`, or a time such as `1s`, `250ms`, `1 day`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tolerance {
    amount: Amount,
    /// The tolerance as it was written, without blanks at its ends.
    text: String,
}

/// The size of a tolerance.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Amount {
    Number(Digits),
    /// In seconds.
    Time(Digits),
}

/// How the distance of two values of a type is measured.
///
/// Exhaustive on purpose: each kind of type needs a decision of whoever names a tolerance for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// As a number.
    Number,
    /// As a time in seconds.
    Time,
    /// As a whole number of days.
    Days,
}

/// Why a text is no tolerance, or not one for a field.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToleranceError {
    /// The text is no tolerance.
    #[error("{:?} is no tolerance: write a number such as 0.01, or a time such as 1s, 250ms or 1d", escape_text(text))]
    Form {
        /// The text.
        text: String,
    },
    /// The unit of a time is unknown.
    #[error("the unit {:?} of a tolerance is unknown: the units are ns, us, ms, s, min, h and d", escape_text(unit))]
    Unit {
        /// The unit.
        unit: String,
    },
    /// The text is not `FIELD=TOLERANCE`.
    #[error("{:?} is not FIELD=TOLERANCE, as in amount=0.01", escape_text(text))]
    Assignment {
        /// The text.
        text: String,
    },
    /// A field has two tolerances.
    #[error("the field {} has two tolerances", escape_text(field))]
    Twice {
        /// The field.
        field: String,
    },
    /// The tolerance does not measure the values of the field.
    #[error("{}", mismatch(field, *measure, text))]
    Measure {
        /// The field.
        field: String,
        /// How its values are measured.
        measure: Measure,
        /// The tolerance.
        text: String,
    },
    /// The trees have no such field.
    #[error("there is no field {} to have a tolerance{}", escape_text(field), those(have))]
    Field {
        /// The field.
        field: String,
        /// The fields that can have a tolerance.
        have: Vec<String>,
    },
    /// The values of the field cannot have a tolerance.
    #[error("{} is {}, which has no distance for a tolerance{}", escape_text(field), escape_text(ty), those(have))]
    Type {
        /// The field.
        field: String,
        /// Its type.
        ty: String,
        /// The fields that can have a tolerance.
        have: Vec<String>,
    },
    /// The field has types on the two sides between which there is no distance.
    #[error(
        "{} is {left} on the left and {right} on the right: a tolerance needs values of one kind",
        escape_text(field)
    )]
    Sides {
        /// The field.
        field: String,
        /// Its type on the left.
        left: String,
        /// Its type on the right.
        right: String,
    },
    /// The types of a tree are unknown or guessed: a wrong guess would hide drift.
    #[error(
        "the types of the {side} are not named, and a tolerance on guessed types could hide drift: give --key and --value"
    )]
    Untyped {
        /// `left` or `right`.
        side: &'static str,
    },
    /// Bytes are compared, which have no fields.
    #[error("bytes are compared, and a tolerance compares fields: omit --bytes or --tolerance")]
    Bytes,
}

fn mismatch(field: &str, measure: Measure, text: &str) -> String {
    let (field, text) = (escape_text(field), escape_text(text));
    match measure {
        Measure::Number => format!("{field} is a number, and its tolerance has no unit: write 0.01 instead of {text}"),
        Measure::Time => {
            format!("{field} is a time, and its tolerance has a unit: write 1s or 250ms instead of {text}")
        }
        Measure::Days => format!("{field} is a date, and its tolerance is in whole days: write 1d instead of {text}"),
    }
}

fn those(have: &[String]) -> String {
    match have {
        [] => "; no field of these trees can have one".to_owned(),
        have => {
            let have: Vec<_> = have.iter().map(|field| escape_text(field)).collect();
            format!("; the fields that can have one: {}", have.join(", "))
        }
    }
}

impl Tolerance {
    /// The tolerance as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether only equal values are within it.
    pub fn is_zero(&self) -> bool {
        self.digits().is_zero()
    }

    fn digits(&self) -> &Digits {
        match &self.amount {
            Amount::Number(digits) | Amount::Time(digits) => digits,
        }
    }

    /// Checks whether it can be the tolerance of a field whose values are measured like this.
    ///
    /// # Errors
    /// [`ToleranceError::Measure`].
    pub fn check(&self, field: &str, measure: Measure) -> Result<(), ToleranceError> {
        let fits = match (&self.amount, measure) {
            (Amount::Number(_), Measure::Number) | (Amount::Time(_), Measure::Time) => true,
            (Amount::Time(seconds), Measure::Days) => seconds.in_days().is_some(),
            // A bare zero is zero in every unit.
            (Amount::Number(digits), Measure::Time | Measure::Days) => digits.is_zero(),
            (Amount::Time(_), Measure::Number) => false,
        };
        match fits {
            true => Ok(()),
            false => Err(ToleranceError::Measure { field: field.to_owned(), measure, text: self.text.clone() }),
        }
    }

    /// The stricter of two tolerances of one field; the first if they are equal.
    pub(super) fn stricter<'t>(&'t self, other: &'t Self) -> &'t Self {
        match compare(self.digits(), other.digits()) {
            Ordering::Greater => other,
            _ => self,
        }
    }

    /// Whether both allow the same distance.
    pub(super) fn equals(&self, other: &Self) -> bool {
        compare(self.digits(), other.digits()).is_eq()
    }
}

/// As it was written.
impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Tolerance {
    type Err = ToleranceError;

    fn from_str(text: &str) -> Result<Self, ToleranceError> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let wrong = || ToleranceError::Form { text: text.to_owned() };
        let digits = Digits::parse(number).ok_or_else(wrong)?;
        let unit = unit.trim();
        let amount = match unit {
            "" => Amount::Number(digits),
            unit => {
                let (factor, power) = seconds(unit).ok_or_else(|| match unit.chars().all(char::is_alphabetic) {
                    true => ToleranceError::Unit { unit: unit.to_owned() },
                    false => wrong(),
                })?;
                Amount::Time(digits.times(factor, power))
            }
        };
        Ok(Self { amount, text: text.to_owned() })
    }
}

/// A unit as a factor and a power of ten, in seconds.
fn seconds(unit: &str) -> Option<(u32, i32)> {
    Some(match unit {
        "ns" => (1, -9),
        "us" | "µs" => (1, -6),
        "ms" => (1, -3),
        "s" | "sec" | "second" | "seconds" => (1, 0),
        "min" | "minute" | "minutes" => (60, 0),
        "h" | "hour" | "hours" => (3600, 0),
        "d" | "day" | "days" => (86_400, 0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use mst_types::{ItemType, Type, Value};
    use proptest::prelude::*;

    use super::distance::measure;
    use super::*;

    fn value(ty: &str, text: &str) -> Value {
        let item = ItemType::postcard(ty.parse::<Type>().unwrap());
        item.decode(&item.parse(text).unwrap_or_else(|error| panic!("{ty} {text}: {error}"))).unwrap()
    }

    /// Each kind of type with a tolerance, and values at a distance below, at and above it.
    const KINDS: [(&str, &str, &str, [&str; 3]); 24] = [
        ("u8", "2", "250", ["251", "252", "253"]),
        ("u64", "1", "18446744073709551615", ["18446744073709551615", "18446744073709551614", "18446744073709551613"]),
        (
            "u128",
            "1.5",
            "340282366920938463463374607431768211455",
            [
                "340282366920938463463374607431768211455",
                "340282366920938463463374607431768211454",
                "340282366920938463463374607431768211453",
            ],
        ),
        ("i8", "255", "-128", ["126", "127", "0"]),
        ("i128", "3", "-2", ["0", "1", "2"]),
        ("decimal(2)", "0.01", "12.50", ["12.50", "12.51", "12.52"]),
        ("decimal(2)", "0.015", "12.50", ["12.50", "12.51", "12.52"]),
        ("decimal(2)", "1", "-0.50", ["0.49", "0.50", "0.51"]),
        ("i64 as decimal(3)", "0.002", "1", ["1.001", "1.002", "1.003"]),
        (
            "decimal(38)",
            "0.00000000000000000000000000000000000001",
            "1",
            ["1", "1.00000000000000000000000000000000000001", "1.00000000000000000000000000000000000002"],
        ),
        ("f64", "0.1", "0.2", ["0.29", "0.3", "0.30000000000000004"]),
        ("f64", "1", "1e300", ["1e300", "1e300", "1.0000001e300"]),
        ("f32", "0.1", "0.2", ["0.29", "0.3", "0.31"]),
        (
            "timestamp(s)",
            "1s",
            "2026-03-29T00:30:00Z",
            ["2026-03-29T00:30:00Z", "2026-03-29T00:30:01Z", "2026-03-29T00:30:02Z"],
        ),
        (
            "timestamp(ms)",
            "250ms",
            "2026-03-29T00:30:00Z",
            ["2026-03-29T00:30:00.249Z", "2026-03-29T00:29:59.75Z", "2026-03-29T00:30:00.251Z"],
        ),
        (
            "timestamp(us)",
            "1.5 ms",
            "1969-12-31T23:59:59.999Z",
            ["1970-01-01T00:00:00.000499Z", "1970-01-01T00:00:00.0005Z", "1970-01-01T00:00:00.000501Z"],
        ),
        (
            "timestamp(ns)",
            "2ns",
            "2026-03-29T00:30:00Z",
            ["2026-03-29T00:30:00.000000001Z", "2026-03-29T00:30:00.000000002Z", "2026-03-29T00:30:00.000000003Z"],
        ),
        (
            "timestamp(s)",
            "1 day",
            "2026-03-29T00:30:00Z",
            ["2026-03-30T00:29:59Z", "2026-03-30T00:30:00Z", "2026-03-30T00:30:01Z"],
        ),
        ("time(s)", "1min", "10:00:00", ["10:00:59", "10:01:00", "10:01:01"]),
        ("duration(s)", "1h", "PT-1S", ["PT59M58S", "PT59M59S", "PT1H"]),
        ("date", "1d", "2024-02-28", ["2024-02-28", "2024-02-29", "2024-03-01"]),
        ("date", "2 days", "2024-02-28", ["2024-02-29", "2024-03-01", "2024-03-02"]),
        ("date", "48h", "2024-02-28", ["2024-02-29", "2024-03-01", "2024-03-02"]),
        ("u16 as date", "1d", "2024-02-28", ["2024-02-28", "2024-02-29", "2024-03-01"]),
    ];

    #[test]
    fn exactly_at_the_tolerance_is_within() {
        for (ty, text, base, others) in KINDS {
            let tolerance: Tolerance = text.parse().unwrap();
            let measured = measure(&ty.parse().unwrap()).unwrap();
            tolerance.check("it", measured).unwrap();
            let is_signed_wrap = ty == "i8";
            for (other, expected) in others.iter().zip([true, true, is_signed_wrap]) {
                let (a, b) = (value(ty, base), value(ty, other));
                assert_eq!(tolerance.holds(&a, &b), expected, "{ty} {text}: {base} {other}");
                assert_eq!(tolerance.holds(&b, &a), expected, "{ty} {text}: {other} {base}");
            }
            // Null is at no distance from a value, whatever the tolerance.
            let optional = format!("Option<{ty}>");
            let [null, some] = [value(&optional, "null"), optional_value(&optional, base)];
            assert!(!tolerance.holds(&null, &some) && !tolerance.holds(&some, &null), "{ty}");
            assert!(tolerance.holds(&some, &value(ty, base)), "{ty}");
            assert_eq!(measure(&optional.parse().unwrap()), Some(measured));
        }
    }

    fn optional_value(ty: &str, inner: &str) -> Value {
        let inner_type = ty.trim_start_matches("Option<").trim_end_matches('>');
        Value::new(mst_types::ValueKind::Some(Box::new(value(inner_type, inner))))
    }

    #[test]
    fn kinds_without_distance_are_within_nothing() {
        let all: Tolerance = "99999999999999999999999999".parse().unwrap();
        for (ty, a, b) in [
            ("String", "\"a\"", "\"b\""),
            ("bool", "true", "false"),
            ("Vec<u8>", "\"00\"", "\"01\""),
            ("u128 as uuid", "\"00000000-0000-0000-0000-000000000000\"", "\"00000000-0000-0000-0000-000000000001\""),
            ("u32 as ip", "\"0.0.0.0\"", "\"0.0.0.1\""),
            ("json", "\"1\"", "\"2\""),
            ("char", "\"a\"", "\"b\""),
            ("enum {A, B}", "\"A\"", "\"B\""),
            ("f64", "\"NaN\"", "1"),
            ("f64", "\"inf\"", "\"inf\""),
        ] {
            let ty: Type = ty.parse().unwrap();
            let item = ItemType::postcard(ty.clone());
            let (Ok(a), Ok(b)) = (item.parse(a), item.parse(b)) else { continue };
            assert!(!all.holds(&item.decode(&a).unwrap(), &item.decode(&b).unwrap()), "{ty}");
            assert_eq!(measure(&ty).is_some(), ty == Type::F64, "{ty}");
        }
        // There is no distance between two kinds either.
        let day: Tolerance = "99999d".parse().unwrap();
        assert!(!day.holds(&value("date", "1970-01-01"), &value("timestamp(s)", "1970-01-01T00:00:00Z")));
        assert!(!day.holds(&value("duration(s)", "PT1S"), &value("time(s)", "00:00:01")));
        assert!(!all.holds(&value("timestamp(s)", "1970-01-01T00:00:00Z"), &value("i64", "0")));
        // Two units and two scales have one.
        let second: Tolerance = "1s".parse().unwrap();
        let (a, b) = (value("timestamp(s)", "1970-01-01T00:00:00Z"), value("timestamp(ns)", "1970-01-01T00:00:01Z"));
        assert!(second.holds(&a, &b));
        let cent: Tolerance = "0.01".parse().unwrap();
        assert!(cent.holds(&value("decimal(2)", "1.01"), &value("u8", "1")));
        assert!(!cent.holds(&value("decimal(3)", "1.011"), &value("u8", "1")));
    }

    #[test]
    fn texts_that_are_no_tolerance_are_refused() {
        for text in ["", "-1", "1e3", "1.2.3", "+1", "0x1", "one", "s", "1 s s", "1 500", "∞"] {
            let error = text.parse::<Tolerance>().unwrap_err();
            assert!(matches!(error, ToleranceError::Form { .. }), "{text}: {error}");
        }
        for text in ["1m", "1 weeks", "1S"] {
            assert!(matches!(text.parse::<Tolerance>(), Err(ToleranceError::Unit { .. })), "{text}");
        }
        for (text, measure) in [
            ("1", Measure::Time),
            ("1", Measure::Days),
            ("1s", Measure::Number),
            ("1s", Measure::Days),
            ("36h", Measure::Days),
            ("0.1d", Measure::Days),
        ] {
            let tolerance: Tolerance = text.parse().unwrap();
            assert!(matches!(tolerance.check("x", measure), Err(ToleranceError::Measure { .. })), "{text}");
        }
        for measure in [Measure::Number, Measure::Time, Measure::Days] {
            "0".parse::<Tolerance>().unwrap().check("x", measure).unwrap();
        }
    }

    #[test]
    fn notes_are_read_back() {
        let given: GivenTolerances = "amount=0.01, a=b =1 day".parse().unwrap();
        assert_eq!(
            given.iter().map(|(name, it)| (name, it.text())).collect::<Vec<_>>(),
            [("amount", "0.01"), ("a=b", "1 day")]
        );
        assert_eq!(GivenTolerances::of_note(&given.note().unwrap()), Some(given));
        for broken in ["amount 0.01", "\"amount\"", "\"amount\" x", "\"amount\" 1\n\"amount\" 2"] {
            assert_eq!(GivenTolerances::of_note(broken.as_bytes()), None, "{broken}");
        }
        assert!("none".parse::<GivenTolerances>().unwrap().ignores_notes);
        assert!(matches!("amount".parse::<GivenTolerances>(), Err(ToleranceError::Assignment { .. })));
        assert!(matches!("a=1,a=2".parse::<GivenTolerances>(), Err(ToleranceError::Twice { .. })));
    }

    proptest! {
        /// The decision is that of whole numbers, of any size and sign.
        #[test]
        fn distances_are_those_of_whole_numbers(a: i64, b: i64, allowed: u64, scale in 0_u8..4) {
            let ty = format!("i64 as decimal({scale})");
            let item = ItemType::postcard("i64".parse::<Type>().unwrap());
            let read = |number: i64| {
                let bytes = item.parse(&number.to_string()).unwrap();
                ItemType::postcard(ty.parse::<Type>().unwrap()).decode(&bytes).unwrap()
            };
            let unit = 10_u64.pow(u32::from(scale));
            let text = format!("{}.{:0width$}", allowed / unit, allowed % unit, width = usize::from(scale));
            let tolerance: Tolerance = text.parse().unwrap();
            prop_assert_eq!(tolerance.holds(&read(a), &read(b)), a.abs_diff(b) <= allowed);
            prop_assert!(tolerance.holds(&read(a), &read(a)));
            let exact: Tolerance = "0".parse().unwrap();
            prop_assert_eq!(exact.holds(&read(a), &read(b)), a == b);
        }
    }
}
