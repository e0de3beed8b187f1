//! The canonical spelling of JSON.

use std::fmt::Write;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::broken::Broken;

/// The maximum nesting of values.
const MAX_DEPTH: usize = 100;
/// Numbers of at most this many digits, including zeros, are written without an exponent.
const MAX_PLAIN_DIGITS: i64 = 40;

/// The one canonical spelling of a JSON text: no blanks, members sorted by the bytes of their names, numbers as exact
/// decimals without superfluous zeros, strings with the fewest escapes. `None` for the JSON null.
pub(super) fn canonical(text: &str) -> Result<Option<String>, Broken> {
    let broken = |reason: String| Broken::Json { reason };
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    let mut out = String::with_capacity(text.len());
    write(raw.get(), &mut out, 0).map_err(broken)?;
    Ok(Some(out).filter(|out| out != "null"))
}

fn write(text: &str, out: &mut String, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("nested more than {MAX_DEPTH} levels deep"));
    }
    match text.as_bytes().first() {
        Some(b'{') => write_object(text, out, depth),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
            out.push('[');
            for (index, item) in items.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item.get(), out, depth + 1)?;
            }
            out.push(']');
            Ok(())
        }
        Some(b'"') => {
            let string: String = serde_json::from_str(text).map_err(|error| error.to_string())?;
            write_string(&string, out)
        }
        Some(b'-' | b'0'..=b'9') => write_number(text, out),
        _ => {
            out.push_str(text);
            Ok(())
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "canonical bytes, which are shown as text of their own")]
fn write_string(string: &str, out: &mut String) -> Result<(), String> {
    out.push_str(&serde_json::to_string(string).map_err(|error| error.to_string())?);
    Ok(())
}

/// The members of an object, including repeated ones.
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        reader.deserialize_map(All)
    }
}

fn write_object(text: &str, out: &mut String, depth: usize) -> Result<(), String> {
    let Members(mut members) = serde_json::from_str(text).map_err(|error| error.to_string())?;
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    out.push('{');
    let mut last: Option<&str> = None;
    for (name, value) in &members {
        if last == Some(name) {
            return Err(format!("duplicate member {name:?}"));
        }
        if last.is_some() {
            out.push(',');
        }
        write_string(name, out)?;
        out.push(':');
        write(value.get(), out, depth + 1)?;
        last = Some(name);
    }
    out.push('}');
    Ok(())
}

/// Writes the digits without zeros at either end, and a power of ten; without an exponent if that is short.
fn write_number(text: &str, out: &mut String) -> Result<(), String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let too_large = || format!("the exponent of {text} is too large");
    let exponent: i64 = exponent.parse().map_err(|_| too_large())?;
    let negative = mantissa.starts_with('-');
    let (whole, point) =
        mantissa.trim_start_matches('-').split_once('.').unwrap_or((mantissa.trim_start_matches('-'), ""));
    let all = format!("{whole}{point}");
    let significant = all.trim_start_matches('0');
    let digits = significant.trim_end_matches('0');
    if digits.is_empty() {
        out.push('0');
        return Ok(());
    }
    let zeros = (significant.len() - digits.len()) as i64;
    let power = exponent.checked_sub(point.len() as i64).and_then(|power| power.checked_add(zeros));
    let power = power.ok_or_else(too_large)?;
    if negative {
        out.push('-');
    }
    let length = digits.len() as i64;
    // The number of digits before the point.
    let before = length.saturating_add(power);
    if power >= 0 && before <= MAX_PLAIN_DIGITS {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', power as usize));
    } else if power < 0 && before > 0 {
        let (whole, rest) = digits.split_at_checked(before as usize).unwrap_or((digits, ""));
        out.push_str(whole);
        out.push('.');
        out.push_str(rest);
    } else if power < 0 && power > -MAX_PLAIN_DIGITS {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', before.unsigned_abs() as usize));
        out.push_str(digits);
    } else {
        write!(out, "{digits}e{power}").map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> String {
        canonical(text).unwrap().unwrap()
    }

    #[test]
    fn objects_have_one_spelling() {
        assert_eq!(
            one(r#" { "b" : [1.0, -0, "\u00e9\n"], "a": {"z":null,"y":true} } "#),
            r#"{"a":{"y":true,"z":null},"b":[1,0,"é\n"]}"#
        );
        assert_eq!(canonical(" null "), Ok(None));
        for text in [r#"{"a":1,"a":1}"#, "[1,]", "", "NaN", "{\"a\":1} x", &"[".repeat(200)] {
            assert!(matches!(canonical(text), Err(Broken::Json { .. })), "{text}");
        }
        assert!(canonical(&format!("{}{}", "[".repeat(120), "]".repeat(120))).is_err());
    }

    #[test]
    fn numbers_are_exact_and_have_one_spelling() {
        for (spellings, expected) in [
            (&["100", "1e2", "100.00", "1.00E+2", "0.1e3"][..], "100"),
            (&["0.001", "1e-3", "10e-4"], "0.001"),
            (&["12.5", "125e-1", "1.250e1"], "12.5"),
            (&["-0.0", "0e5", "-0"], "0"),
            (&["9007199254740993", "9007199254740993.0"], "9007199254740993"),
            (&["1e300", "10e299"], "1e300"),
            (&["12e-60", "1.2e-59"], "12e-60"),
        ] {
            for text in spellings {
                assert_eq!(one(text), expected, "{text}");
                assert_eq!(one(&one(text)), expected, "{text}");
            }
        }
        assert!(canonical("1e99999999999999999999").is_err());
    }
}
