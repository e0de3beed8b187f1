//! Exact distances of numbers and times, in decimal digits: nothing is rounded, and nothing overflows.

use std::cmp::Ordering;

use mst_types::{LogicalType, TimeUnit, Value, ValueKind};

use super::{Amount, Measure, Tolerance};

/// A number from zero up: decimal digits, most significant first, times a power of ten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Digits {
    digits: Vec<u8>,
    power: i32,
}

/// The most digits of a tolerance that is written out.
const MAX_WRITTEN: usize = 64;

/// Seconds of a day.
const DAY: u32 = 86_400;

impl Digits {
    fn of(number: u128, power: i32) -> Self {
        Self { digits: number.to_string().bytes().map(|byte| byte - b'0').collect(), power }
    }

    /// Reads digits with at most one point.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte.wrapping_sub(b'0')).collect();
        let is_number = !digits.is_empty() && digits.len() <= MAX_WRITTEN && digits.iter().all(|digit| *digit < 10);
        // The length is at most that of all digits.
        is_number.then(|| Self { power: -(fraction.len() as i32), digits })
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == 0)
    }

    /// The number times a small factor and a power of ten.
    pub(super) fn times(&self, factor: u32, power: i32) -> Self {
        let (mut digits, mut carry) = (Vec::new(), 0);
        for digit in self.digits.iter().rev() {
            carry += u32::from(*digit) * factor;
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
        digits.reverse();
        Self { digits, power: self.power.saturating_add(power) }
    }

    /// A number of seconds as a number of days, if it is a whole one.
    pub(super) fn in_days(&self) -> Option<Self> {
        let seconds = self.aligned(self.power.min(0));
        // Fractions of a second are no whole day.
        let fraction = usize::try_from(-self.power.min(0)).ok()?;
        let (whole, fraction) = seconds.split_at_checked(seconds.len().checked_sub(fraction)?)?;
        let (mut days, mut rest) = (Vec::new(), 0_u32);
        for digit in whole {
            rest = rest * 10 + u32::from(*digit);
            // The rest is less than ten days.
            days.push((rest / DAY) as u8);
            rest %= DAY;
        }
        let is_whole = rest == 0 && fraction.iter().all(|digit| *digit == 0);
        is_whole.then_some(Self { digits: days, power: 0 })
    }

    /// The digits down to a power of ten that is not greater than its own.
    fn aligned(&self, power: i32) -> Vec<u8> {
        let zeros = usize::try_from(self.power.saturating_sub(power)).unwrap_or(0);
        self.digits.iter().copied().chain(std::iter::repeat_n(0, zeros)).collect()
    }
}

/// Two lists of digits in one length, with zeros before the shorter one.
fn padded(a: Vec<u8>, b: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let length = a.len().max(b.len());
    let pad = |digits: Vec<u8>| {
        let mut padded = vec![0; length - digits.len()];
        padded.extend(digits);
        padded
    };
    (pad(a), pad(b))
}

/// Compares two numbers exactly.
pub(super) fn compare(a: &Digits, b: &Digits) -> Ordering {
    let power = a.power.min(b.power);
    let (a, b) = padded(a.aligned(power), b.aligned(power));
    a.cmp(&b)
}

/// A value whose distance to others of its kind can be told.
struct Position {
    kind: Kind,
    negative: bool,
    digits: Digits,
}

/// The kinds of values; there is no distance between two kinds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Moment,
    TimeOfDay,
    Duration,
    Date,
}

impl Position {
    /// `None` if the value is null, or not of a kind with distances.
    fn of(value: &ValueKind) -> Option<Self> {
        let (kind, power) = match value {
            ValueKind::Some(inner) => return Self::of(&inner.kind),
            ValueKind::As(_, LogicalType::Decimal(scale)) => (Kind::Number, -i32::from(*scale)),
            ValueKind::As(_, LogicalType::Timestamp(unit)) => (Kind::Moment, power(*unit)),
            ValueKind::As(_, LogicalType::Time(unit)) => (Kind::TimeOfDay, power(*unit)),
            ValueKind::As(_, LogicalType::Duration(unit)) => (Kind::Duration, power(*unit)),
            ValueKind::As(_, LogicalType::Date) => (Kind::Date, 0),
            ValueKind::As(..) => return None,
            _ => (Kind::Number, 0),
        };
        let (negative, digits) = match value.plain() {
            ValueKind::Uint(number) => (false, Digits::of(*number, power)),
            ValueKind::Int(number) => (*number < 0, Digits::of(number.unsigned_abs(), power)),
            ValueKind::F32(number) if number.is_finite() => float(&format!("{number:e}"))?,
            ValueKind::F64(number) if number.is_finite() => float(&format!("{number:e}"))?,
            _ => return None,
        };
        Some(Self { kind, negative, digits })
    }
}

/// The power of ten of a unit, in seconds.
fn power(unit: TimeUnit) -> i32 {
    match unit {
        TimeUnit::Second => 0,
        TimeUnit::Milli => -3,
        TimeUnit::Micro => -6,
        TimeUnit::Nano => -9,
    }
}

/// The shortest decimal number that is read back as the same float, from its text with an exponent.
fn float(text: &str) -> Option<(bool, Digits)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (number, exponent) = text.split_once('e')?;
    let digits = Digits::parse(number)?;
    let power = exponent.parse::<i32>().ok()?.checked_add(digits.power)?;
    Some((negative, Digits { power, ..digits }))
}

impl Tolerance {
    /// Whether the distance of two values is at most the tolerance. Null is at no distance from a value, and so is a
    /// value of another kind, NaN or an infinity.
    pub fn holds(&self, left: &Value, right: &Value) -> bool {
        let (Some(left), Some(right)) = (Position::of(&left.kind), Position::of(&right.kind)) else { return false };
        if left.kind != right.kind {
            return false;
        }
        let days;
        let allowed = match (&self.amount, left.kind) {
            (Amount::Number(digits), Kind::Number) => digits,
            (Amount::Time(digits), Kind::Moment | Kind::TimeOfDay | Kind::Duration) => digits,
            (Amount::Time(digits), Kind::Date) => match digits.in_days() {
                Some(found) => {
                    days = found;
                    &days
                }
                None => return false,
            },
            (Amount::Number(digits), _) if digits.is_zero() => digits,
            _ => return false,
        };
        compare(&distance(&left, &right), allowed).is_le()
    }
}

fn distance(a: &Position, b: &Position) -> Digits {
    let power = a.digits.power.min(b.digits.power);
    let (x, y) = padded(a.digits.aligned(power), b.digits.aligned(power));
    let mut digits = Vec::with_capacity(x.len() + 1);
    if a.negative == b.negative {
        let (high, low) = if x >= y { (x, y) } else { (y, x) };
        let mut borrowed = 0;
        for (high, low) in high.iter().rev().zip(low.iter().rev()) {
            let less = low + borrowed;
            borrowed = u8::from(*high < less);
            digits.push(high + 10 * borrowed - less);
        }
    } else {
        let mut carry = 0;
        for (x, y) in x.iter().rev().zip(y.iter().rev()) {
            let sum = x + y + carry;
            digits.push(sum % 10);
            carry = sum / 10;
        }
        digits.push(carry);
    }
    digits.reverse();
    Digits { digits, power }
}

/// How the distance of values of a type is measured; `None` if there is none.
pub(super) fn measure(ty: &mst_types::Type) -> Option<Measure> {
    use mst_types::Type;
    match ty {
        Type::Named(_, inner) | Type::Option(inner) => measure(inner),
        Type::As(wire, logical) if logical.fits(wire) => match logical {
            LogicalType::Decimal(_) => Some(Measure::Number),
            LogicalType::Timestamp(_) | LogicalType::Time(_) | LogicalType::Duration(_) => Some(Measure::Time),
            LogicalType::Date => Some(Measure::Days),
            _ => None,
        },
        Type::As(wire, _) => measure(wire),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::U128 => Some(Measure::Number),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::I128 => Some(Measure::Number),
        Type::F32 | Type::F64 => Some(Measure::Number),
        _ => None,
    }
}
