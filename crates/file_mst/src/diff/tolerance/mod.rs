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
