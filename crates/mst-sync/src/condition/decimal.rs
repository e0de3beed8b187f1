//! Decimal numbers of any size, compared exactly.

use std::cmp::Ordering;

/// A decimal number: plus or minus 0.`digits` times ten to the power `point`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    is_negative: bool,
    /// The digits without zeros at either end; none if the number is zero.
    digits: String,
    /// The position of the point after the beginning of the digits.
    point: i64,
}

/// The maximum number of digits in an exponent: more have no place in a count of 64 bits.
const MAX_EXPONENT_DIGITS: usize = 17;

impl Decimal {
    /// Reads a number times 10^`shift`: a sign, digits with at most one point, and an exponent. `None` for anything
    /// else, blanks included.
    pub(super) fn parse(text: &str, shift: i32) -> Option<Self> {
        let (is_negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let leading = i64::try_from(all.len() - digits.len()).ok()?;
        let digits = digits.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { is_negative: false, digits, point: 0 });
        }
        let point = i64::try_from(whole.len()).ok()? - leading + exponent + i64::from(shift);
        Some(Self { is_negative, digits, point })
    }
}

fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.trim_start_matches('0');
    let size: i64 = match size.len() {
        0 => 0,
        length if length <= MAX_EXPONENT_DIGITS => size.parse().ok()?,
        _ => return None,
    };
    Some(if text.starts_with('-') { -size } else { size })
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = |a: &Self, b: &Self| a.point.cmp(&b.point).then_with(|| a.digits.cmp(&b.digits));
        match sign(self).cmp(&sign(other)) {
            Ordering::Equal if self.is_negative => size(other, self),
            Ordering::Equal => size(self, other),
            different => different,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn numbers_are_compared_by_value() {
        let ordered = [
            "-1e99999999999999999",
            "-1000000000000000000000000000000000000000.5",
            "-10",
            "-9.99",
            "-0.1",
            "-1e-99999999999999999",
            "0",
            "1e-40",
            "0.099999999999999999999999999999999999999999",
            "0.1",
            "0.10000000000000000000000000000000000000001",
            "9",
            "10",
            "170141183460469231731687303715884105728",
            "1e99999999999999999",
        ]
        .map(|text| Decimal::parse(text, 0).unwrap());
        for (at, number) in ordered.iter().enumerate() {
            for (other_at, other) in ordered.iter().enumerate() {
                assert_eq!(number.cmp(other), at.cmp(&other_at), "{number:?} {other:?}");
            }
        }
    }

    #[test]
    fn spellings_of_a_number_are_equal() {
        for (text, shift, same) in [
            ("12.50", 0, "12.5"),
            ("1250", -2, "+012.5"),
            ("0.00125e4", 0, "12.5"),
            ("-0.00", 0, "0"),
            ("0e99", 0, "-0"),
            (".5", 0, "0.5"),
            ("5.", 0, "5"),
        ] {
            assert_eq!(Decimal::parse(text, shift), Decimal::parse(same, 0), "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "1 ",
            " 1",
            "1,000",
            "0x10",
            "NaN",
            "inf",
            "1e",
            "1e+",
            "1.2.3",
            "--1",
            "１",
            "1e999999999999999999",
        ] {
            assert_eq!(Decimal::parse(text, 0), None, "{text}");
        }
    }
}
