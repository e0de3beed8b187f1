//! Numbers of cells, exact and in one form.

use crate::cell::Cell;

/// A number as `mantissa` times 10^`exponent`, without zeros at the end of the mantissa.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Decimal {
    pub(super) mantissa: i128,
    pub(super) exponent: i32,
}

impl Decimal {
    /// The number of a cell; `None` if it is none or has more than 38 digits.
    pub(super) fn of(cell: &Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Int(number) => Some(Self { mantissa: *number, exponent: 0 }.reduced()),
            Cell::Number { text, shift } => Self::parse(text)?.scaled(*shift),
            Cell::Text(text) => Self::parse(text),
            Cell::Float32(float) => Self::parse(&float.to_string()),
            Cell::Float64(float) => Self::parse(&float.to_string()),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok().filter(|e| e.abs() < 1000)?),
            None => (unsigned, 0),
        };
        let (whole, point) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = !(whole.is_empty() && point.is_empty())
            && whole.bytes().chain(point.bytes()).all(|byte| byte.is_ascii_digit());
        let all = format!("{whole}{point}");
        let significant = all.trim_start_matches('0');
        if !is_number || significant.len() > 38 {
            return None;
        }
        let size: i128 = if significant.is_empty() { 0 } else { significant.parse().ok()? };
        let mantissa = if text.starts_with('-') { -size } else { size };
        Some(Self { mantissa, exponent: exponent - i32::try_from(point.len()).ok()? }.reduced())
    }

    fn reduced(mut self) -> Self {
        if self.mantissa == 0 {
            return Self { mantissa: 0, exponent: 0 };
        }
        while self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.exponent += 1;
        }
        self
    }

    /// Times a power of ten.
    pub(super) fn scaled(self, power: i32) -> Option<Self> {
        Some(Self { mantissa: self.mantissa, exponent: self.exponent.checked_add(power)? }.reduced())
    }

    /// The power of ten by which `other` is larger; `None` if it is not this number times a power of ten.
    pub(super) fn power_to(self, other: Self) -> Option<i32> {
        (self.mantissa != 0 && self.mantissa == other.mantissa).then(|| other.exponent - self.exponent)
    }

    /// The digits after the point.
    pub(super) fn digits(self) -> u32 {
        (-self.exponent).max(0).unsigned_abs()
    }

    /// Whether it is a whole number of 64 bits.
    pub(super) fn fits_i64(self) -> bool {
        let power = u32::try_from(self.exponent).ok().and_then(|exponent| 10_i128.checked_pow(exponent));
        power.and_then(|power| self.mantissa.checked_mul(power)).is_some_and(|number| i64::try_from(number).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_number_are_one() {
        let of = |text: &'static str| Decimal::of(&Cell::Text(text.into()));
        for text in ["12.50", "+012.5", "1250e-2", ".125e2"] {
            assert_eq!(of(text), of("12.5"), "{text}");
        }
        assert_eq!(of("-0.00"), of("0"));
        assert_eq!(Decimal::of(&Cell::Float64(0.1)), of("0.1"));
        assert_eq!(of("1250").unwrap().power_to(of("12.5").unwrap()), Some(-2));
        assert_eq!(of("12.5").unwrap().digits(), 1);
        for text in ["", ".", "1 2", "0x1", "1e", "--1"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
