//! Exact decimal numbers in any spelling.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::model::Rounding;
use mst_types::civil::Rest;

/// Why a text is not a number of so many digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NumberError {
    /// It is not a decimal number.
    Form,
    /// It does not fit without rounding.
    Inexact,
    /// It is too large.
    Range,
}

/// Larger exponents are treated like this one: either way the number is out of every range, or nearly zero.
const MAX_EXPONENT: i64 = 1 << 60;
/// The number of digits that always fit into 128 bits.
const SAFE_DIGITS: usize = 38;
/// The maximum number of places by which a point is moved without an exponent.
const MAX_PLACES: usize = 100;

/// The number `text` times 10^`shift`, in units of 10^-`scale`.
///
/// The text has an optional sign, digits with at most one point, and an optional exponent, as in `-012.50e+3`; no
/// blanks, no separators, no NaN.
pub(crate) fn scaled(text: &str, shift: i32, scale: u32, rounding: Rounding) -> Result<i128, NumberError> {
    let Unrounded { negative, whole, rest } = unrounded(text, shift, scale)?;
    let magnitude = round(whole, rest, rounding)?;
    if magnitude > i128::MAX.unsigned_abs() {
        return Err(NumberError::Range);
    }
    let number = magnitude.cast_signed();
    Ok(if negative { -number } else { number })
}

/// A number before it is rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unrounded {
    pub(crate) negative: bool,
    /// The whole part of its magnitude.
    pub(crate) whole: u128,
    /// The fraction.
    pub(crate) rest: Rest,
}

/// The number that [`scaled`] reads, before rounding.
pub(crate) fn unrounded(text: &str, shift: i32, scale: u32) -> Result<Unrounded, NumberError> {
    let (negative, digits, exponent) = parts(text)?;
    let (whole, point) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && point.is_empty() {
        return Err(NumberError::Form);
    }
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(point) {
        return Err(NumberError::Form);
    }
    let (whole, point) =
        if whole.bytes().all(|byte| byte == b'0') { ("", point) } else { (whole.trim_start_matches('0'), point) };
    // The digits form a whole number, which counts 10^`power` units.
    let power = exponent - point.len() as i64 + i64::from(shift) + i64::from(scale);
    let (whole, rest) = if whole.len() + point.len() <= SAFE_DIGITS {
        short(whole.bytes().chain(point.bytes()), power)?
    } else {
        long(whole.bytes().chain(point.bytes()).collect(), power)?
    };
    Ok(Unrounded { negative, whole, rest })
}

/// A number times 10^`shift` without an exponent, with as many digits after the point as the shift requires; `None` if
/// the text is not a plain number, or the shift is large.
pub(crate) fn plain(text: &str, shift: i32) -> Option<Cow<'_, str>> {
    if shift == 0 {
        return Some(text.into());
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let places = usize::try_from(shift.unsigned_abs()).ok().filter(|places| *places <= MAX_PLACES)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if shift > 0 {
        return Some(format!("{text}{}", "0".repeat(places)).into());
    }
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, point) = digits.split_at_checked(digits.len() - places)?;
    Some(format!("{sign}{whole}.{point}").into())
}

/// Whether two numbers are equal: `text`, and `other` times 10^`shift`.
pub(crate) fn same_number(text: &str, other: &str, shift: i32) -> bool {
    let significant = |text: &str, shift: i32| {
        let (negative, digits, exponent) = parts(text).ok()?;
        if unrounded(text, 0, 0) == Err(NumberError::Form) {
            return None;
        }
        let (whole, point) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{point}");
        let trimmed = all.trim_matches('0');
        let zeros = all.len() - all.trim_end_matches('0').len();
        if trimmed.is_empty() {
            return Some((false, String::new(), 0));
        }
        let power = exponent - point.len() as i64 + zeros as i64 + i64::from(shift);
        Some((negative, trimmed.to_owned(), power))
    };
    let number = significant(text, 0);
    number.is_some() && number == significant(other, shift)
}

/// The sign, the digits with a point, and the exponent.
fn parts(text: &str) -> Result<(bool, &str, i64), NumberError> {
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let Some((digits, exponent)) = rest.split_once(['e', 'E']) else { return Ok((negative, rest, 0)) };
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Form);
    }
    let size = unsigned.trim_start_matches('0');
    let size = if size.is_empty() { 0 } else { size.parse().map_or(MAX_EXPONENT, |size: i64| size.min(MAX_EXPONENT)) };
    Ok((negative, digits, if exponent.starts_with('-') { -size } else { size }))
}

/// Scales a number of at most 38 digits, which fit into 128 bits.
fn short(digits: impl Iterator<Item = u8>, power: i64) -> Result<(u128, Rest), NumberError> {
    let number = digits.fold(0_u128, |number, digit| number * 10 + u128::from(digit - b'0'));
    if number == 0 {
        return Ok((0, Rest::None));
    }
    if power >= 0 {
        let factor = u32::try_from(power).ok().and_then(|power| 10_u128.checked_pow(power));
        let number = factor.and_then(|factor| number.checked_mul(factor)).ok_or(NumberError::Range)?;
        return Ok((number, Rest::None));
    }
    let Some(unit) = u32::try_from(-power).ok().and_then(|power| 10_u128.checked_pow(power)) else {
        // The number is less than a tenth of a unit.
        return Ok((0, Rest::Less));
    };
    let (whole, rest) = (number / unit, number % unit);
    // The unit is a power of ten from 10 up, so it is even and has an exact half.
    Ok((whole, if rest == 0 { Rest::None } else { rest_of(rest.cmp(&(unit / 2))) }))
}

/// A nonzero rest, given how it compares with a half.
pub(super) fn rest_of(half: Ordering) -> Rest {
    match half {
        Ordering::Less => Rest::Less,
        Ordering::Equal => Rest::Half,
        Ordering::Greater => Rest::More,
    }
}

/// Scales a number of any number of digits.
fn long(mut digits: Vec<u8>, mut power: i64) -> Result<(u128, Rest), NumberError> {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.drain(..zeros);
    while digits.last() == Some(&b'0') {
        digits.pop();
        power += 1;
    }
    if digits.len() <= SAFE_DIGITS {
        return short(digits.into_iter(), power);
    }
    if power > 0 {
        // There are at least 39 digits and a trailing zero.
        return Err(NumberError::Range);
    }
    let cut = usize::try_from(-power).unwrap_or(usize::MAX);
    let kept = digits.len().saturating_sub(cut);
    if kept > SAFE_DIGITS + 1 {
        return Err(NumberError::Range);
    }
    let (whole, rest) = digits.split_at_checked(kept).unwrap_or_default();
    let whole = whole.iter().try_fold(0_u128, |number, digit| {
        number.checked_mul(10).and_then(|number| number.checked_add(u128::from(digit - b'0')))
    });
    let rest = match rest.split_first() {
        _ if cut > digits.len() => Rest::Less,
        None => Rest::None,
        Some((b'5', more)) if more.iter().all(|digit| *digit == b'0') => Rest::Half,
        Some((first, _)) => rest_of(first.cmp(&b'5').then(Ordering::Greater)),
    };
    Ok((whole.ok_or(NumberError::Range)?, rest))
}

/// Rounds `whole` and a rest to a whole number.
pub(super) fn round(whole: u128, rest: Rest, rounding: Rounding) -> Result<u128, NumberError> {
    let up = match rounding {
        _ if rest == Rest::None => false,
        Rounding::Refuse => return Err(NumberError::Inexact),
        Rounding::Down => false,
        Rounding::HalfUp => rest != Rest::Less,
        Rounding::HalfEven => rest == Rest::More || rest == Rest::Half && whole % 2 == 1,
    };
    whole.checked_add(u128::from(up)).ok_or(NumberError::Range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use NumberError::{Form, Inexact, Range};

    fn exact(text: &str, scale: u32) -> Result<i128, NumberError> {
        scaled(text, 0, scale, Rounding::Refuse)
    }

    #[test]
    fn every_spelling_of_a_number_is_one_number() {
        for text in
            ["12.5", "+12.50", "012.500000000000000000000000000000000000000000", "1.25e1", "125E-1", "0.0125e+3"]
        {
            assert_eq!(exact(text, 2), Ok(1250), "{text}");
        }
        for text in ["0", "-0", "-0.00", "0e99999999999999999999", ".0", "0."] {
            assert_eq!(exact(text, 2), Ok(0), "{text}");
        }
        assert_eq!(scaled("1250", -2, 2, Rounding::Refuse), Ok(1250));
        assert_eq!(scaled("12.5", 3, 0, Rounding::Refuse), Ok(12_500));
        assert_eq!(exact("123456789012345678901234567890.12", 2), Ok(12_345_678_901_234_567_890_123_456_789_012));
        assert_eq!(exact("170141183460469231731687303715884105727", 0), Ok(i128::MAX));
        assert_eq!(exact("-170141183460469231731687303715884105727", 0), Ok(-i128::MAX));
    }

    #[test]
    fn other_texts_and_numbers_that_do_not_fit_are_refused() {
        for text in ["", "-", ".", "1e", "e1", "1e+", "NaN", "inf", " 1", "1 ", "1,000", "0x10", "1.2.3", "--1", "１"]
        {
            assert_eq!(exact(text, 0), Err(Form), "{text}");
        }
        for text in ["170141183460469231731687303715884105728", "1e39", "1e99999999999999999999", "-1e999999"] {
            assert_eq!(exact(text, 0), Err(Range), "{text}");
        }
        for text in
            ["1e-99999999999999999999", "0.1", "1e-1", "1e-999999", "12.500000000000000000000000000000000000000000001"]
        {
            assert_eq!(exact(text, 0), Err(Inexact), "{text}");
        }
    }

    #[test]
    fn extreme_exponents_are_rounded_like_others() {
        let tiny = ["1e-400", "1e-99999999999999999999", "-9e-400", "123456789012345678901234567890123456789012e-500"];
        for text in tiny {
            for rounding in [Rounding::Down, Rounding::HalfUp, Rounding::HalfEven] {
                assert_eq!(scaled(text, 0, 38, rounding), Ok(0), "{text}");
            }
        }
        for text in ["1e400", "-1e99999999999999999999", "0.1e400"] {
            assert_eq!(scaled(text, 0, 0, Rounding::Down), Err(Range), "{text}");
        }
        assert_eq!(scaled("1e400", -400, 0, Rounding::Refuse), Ok(1));
        assert_eq!(scaled("1e-2147483648", i32::MAX, 0, Rounding::Down), Ok(0));
        assert_eq!(scaled("0e400", 0, 0, Rounding::Refuse), Ok(0));
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for (text, other, shift) in
            [("-1", "-1.00", 0), ("1e2", "100", 0), ("12.5", "1250", -2), ("0", "-0.0", 5), ("1e-400", "10e-401", 0)]
        {
            assert!(same_number(text, other, shift), "{text} {other}");
        }
        for (text, other, shift) in [("1", "-1", 0), ("1", "1", 1), ("", "0", 0), ("x", "x", 0), ("-", "0", 0)] {
            assert!(!same_number(text, other, shift), "{text} {other}");
        }
    }

    #[test]
    fn rounding_considers_all_digits_of_the_rest() {
        let zeros = "0".repeat(50);
        for (text, down, up, even) in [
            ("0.5", 0, 1, 0),
            ("1.5", 1, 2, 2),
            ("2.5", 2, 3, 2),
            ("-2.5", -2, -3, -2),
            ("2.49999", 2, 2, 2),
            (&format!("2.5{zeros}1"), 2, 3, 3),
            (&format!("2.4{zeros}9"), 2, 2, 2),
            (&format!("0.{zeros}9"), 0, 0, 0),
        ] {
            assert_eq!(scaled(text, 0, 0, Rounding::Down), Ok(down), "{text}");
            assert_eq!(scaled(text, 0, 0, Rounding::HalfUp), Ok(up), "{text}");
            assert_eq!(scaled(text, 0, 0, Rounding::HalfEven), Ok(even), "{text}");
        }
    }
}
