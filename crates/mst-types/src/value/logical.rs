//! Values written, and texts read, in the notation of their logical type.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use serde::de::IgnoredAny;

use crate::civil::{
    DAY, Iso, Rest, civil, parse_duration, parse_iso, parse_time_of_day, write_date, write_duration, write_time,
    write_time_of_day,
};
use crate::escape::escape_text;
use crate::json::cbor;
use crate::types::logical_type::{LogicalType, TimeUnit};
use crate::types::ty::Type;
use crate::value::kinds::ValueKind;
use crate::value::literal::{hex_bytes, integer};

/// A value in the notation of its logical type; `None` if the notation cannot express it.
pub(crate) fn show(logical: LogicalType, value: &ValueKind) -> Option<String> {
    match logical {
        LogicalType::Timestamp(unit) => moment(unit, value).map(moment_text),
        LogicalType::Date => day(value).map(|day| written(|f| write_date(f, day))),
        LogicalType::Time(unit) => {
            let nanos = number(value)?.checked_mul(unit.nanos()).filter(|nanos| (0..DAY).contains(nanos))?;
            Some(written(|f| write_time_of_day(f, nanos)))
        }
        LogicalType::Duration(unit) => {
            let nanos = number(value)?.checked_mul(unit.nanos()).filter(|nanos| *nanos > i128::MIN)?;
            Some(written(|f| write_duration(f, nanos)))
        }
        LogicalType::Uuid => uuid_digits(value),
        LogicalType::Decimal(scale) => {
            let (negative, digits) = match value {
                ValueKind::Int(v) => (*v < 0, v.unsigned_abs()),
                ValueKind::Uint(v) => (false, *v),
                _ => return None,
            };
            Some(decimal(negative, digits, scale))
        }
        LogicalType::Hash => match value {
            ValueKind::Bytes(bytes) if !bytes.is_empty() => Some(hex::encode(bytes)),
            _ => None,
        },
        LogicalType::Json => match value {
            ValueKind::String(text) if is_json(text) => Some(escape_text(text).into_owned()),
            _ => None,
        },
        LogicalType::Cbor => match value {
            ValueKind::Bytes(bytes) => cbor::line(bytes),
            _ => None,
        },
        LogicalType::Ip => match value {
            ValueKind::Uint(v) => match u32::try_from(*v) {
                // A 128-bit number this small would be an unassigned IPv6 address, so it is shown as IPv4.
                Ok(v) => Some(Ipv4Addr::from_bits(v).to_string()),
                Err(_) => Some(Ipv6Addr::from_bits(*v).to_string()),
            },
            ValueKind::Bytes(bytes) => {
                match (<[u8; 4]>::try_from(bytes.as_slice()), <[u8; 16]>::try_from(bytes.as_slice())) {
                    (Ok(v4), _) => Some(Ipv4Addr::from(v4).to_string()),
                    (_, Ok(v6)) => Some(Ipv6Addr::from(v6).to_string()),
                    _ => None,
                }
            }
            _ => None,
        },
    }
}

/// Parses a text in the notation of a logical type, or in that of the underlying type.
pub(crate) fn parse(logical: LogicalType, wire: &Type, text: &str) -> Option<ValueKind> {
    let text = text.trim();
    match logical {
        LogicalType::Timestamp(unit) => {
            let int = wire.int()?;
            integer(int.signed, text).or_else(|| int.of(units(unit, text)?))
        }
        LogicalType::Date => {
            let int = wire.int()?;
            let days = || match parse_iso(text)? {
                Iso::Date(days) => Some(days.into()),
                _ => None,
            };
            integer(int.signed, text).or_else(|| int.of(days()?))
        }
        LogicalType::Time(unit) => {
            let int = wire.int()?;
            integer(int.signed, text).or_else(|| int.of(whole_units(unit, parse_time_of_day(text)?)?))
        }
        LogicalType::Duration(unit) => {
            let int = wire.int()?;
            integer(int.signed, text).or_else(|| int.of(whole_units(unit, parse_duration(text)?)?))
        }
        LogicalType::Decimal(scale) => {
            let int = wire.int()?;
            let (negative, digits) = unscaled(text, scale)?;
            match (int.signed, negative) {
                (true, true) => 0_i128.checked_sub_unsigned(digits).map(ValueKind::Int),
                (true, false) => i128::try_from(digits).ok().map(ValueKind::Int),
                (false, negative) => (!negative || digits == 0).then_some(ValueKind::Uint(digits)),
            }
        }
        LogicalType::Uuid => {
            let digits = text.strip_prefix("urn:uuid:").unwrap_or(text).replace('-', "");
            let bytes = hex_bytes(&digits).ok()?;
            if *wire == Type::U128 {
                return <[u8; 16]>::try_from(bytes).ok().map(|bytes| ValueKind::Uint(u128::from_be_bytes(bytes)));
            }
            Some(ValueKind::Bytes(bytes))
        }
        LogicalType::Hash | LogicalType::Cbor => hex_bytes(text).ok().map(ValueKind::Bytes),
        LogicalType::Json => is_json(text).then(|| ValueKind::String(text.to_owned())),
        LogicalType::Ip => match wire {
            Type::U32 => text.parse::<Ipv4Addr>().ok().map(|ip| ValueKind::Uint(ip.to_bits().into())),
            Type::U128 => match text.parse::<Ipv6Addr>() {
                Ok(ip) => Some(ValueKind::Uint(ip.to_bits())),
                Err(_) => text.parse::<Ipv4Addr>().ok().map(|ip| ValueKind::Uint(ip.to_bits().into())),
            },
            Type::Array(_, 4) => text.parse::<Ipv4Addr>().ok().map(|ip| ValueKind::Bytes(ip.octets().to_vec())),
            _ => text.parse::<Ipv6Addr>().ok().map(|ip| ValueKind::Bytes(ip.octets().to_vec())),
        },
    }
}

/// An example in the notation of a logical type, to show how a value is written.
pub(crate) fn example(logical: LogicalType) -> Option<&'static str> {
    match logical {
        LogicalType::Timestamp(_) => Some("2026-11-21T09:18:04Z"),
        LogicalType::Date => Some("2026-11-21"),
        LogicalType::Time(_) => Some("09:18:04"),
        LogicalType::Duration(_) => Some("PT9H18M4S"),
        LogicalType::Uuid => Some("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        LogicalType::Decimal(_) => Some("12"),
        LogicalType::Ip => Some("192.0.2.1"),
        LogicalType::Json => Some("{}"),
        _ => None,
    }
}

/// The years that are displayed. A year in text has four digits, or a sign and six.
const DISPLAYED_YEARS: std::ops::RangeInclusive<i64> = -999_999..=999_999;

/// A count of units since 1970 as nanoseconds; `None` outside the years that are displayed.
pub(crate) fn moment(unit: TimeUnit, value: &ValueKind) -> Option<i128> {
    let nanos = number(value)?.checked_mul(unit.nanos())?;
    let (year, ..) = civil(i64::try_from(nanos.div_euclid(DAY)).ok().filter(is_countable)?);
    DISPLAYED_YEARS.contains(&year).then_some(nanos)
}

/// A moment, in nanoseconds since 1970-01-01T00:00:00Z, as text in UTC: `2026-11-21T09:18:04.5Z`.
pub fn moment_text(nanos: i128) -> String {
    written(|f| write_time(f, nanos).and_then(|()| f.write_str("Z")))
}

/// A count of days since 1970; `None` outside the years that are displayed.
fn day(value: &ValueKind) -> Option<i64> {
    let days = i64::try_from(number(value)?).ok().filter(is_countable)?;
    let (year, ..) = civil(days);
    DISPLAYED_YEARS.contains(&year).then_some(days)
}

/// Whether a count of days is small enough for `civil` not to overflow.
fn is_countable(days: &i64) -> bool {
    (-1_000_000_000..1_000_000_000).contains(days)
}

fn number(value: &ValueKind) -> Option<i128> {
    match value {
        ValueKind::Int(v) => Some(*v),
        ValueKind::Uint(v) => i128::try_from(*v).ok(),
        _ => None,
    }
}

/// The text that a function writes.
fn written(write: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> String {
    WriteWith(write).to_string()
}

struct WriteWith<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for WriteWith<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

/// The number of units of a time; a time without a zone is UTC, a date alone is its start.
fn units(unit: TimeUnit, text: &str) -> Option<i128> {
    let nanos = match parse_iso(text) {
        Some(Iso::Date(days)) => i128::from(days) * DAY,
        Some(Iso::Local(nanos) | Iso::Instant(nanos)) => nanos,
        // A time with a zone in brackets.
        None if text.ends_with(']') => text.parse::<Timestamp>().ok()?.as_nanosecond(),
        None => return None,
    };
    whole_units(unit, (nanos, Rest::None))
}

/// Nanoseconds as a number of units; `None` if they are not a whole number of them.
fn whole_units(unit: TimeUnit, (nanos, rest): (i128, Rest)) -> Option<i128> {
    (rest == Rest::None && nanos % unit.nanos() == 0).then_some(nanos / unit.nanos())
}

fn uuid_digits(value: &ValueKind) -> Option<String> {
    let digits = match value {
        ValueKind::Bytes(bytes) if bytes.len() == 16 => hex::encode(bytes),
        ValueKind::Uint(v) => hex::encode(v.to_be_bytes()),
        _ => return None,
    };
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Some(format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)))
}

fn decimal(negative: bool, digits: u128, scale: u8) -> String {
    let scale = usize::from(scale);
    let sign = if negative { "-" } else { "" };
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// The digits of a decimal with `scale` digits after the point. Further digits must be zeros: nothing is rounded.
fn unscaled(text: &str, scale: u8) -> Option<(bool, u128)> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (whole, scale) = (whole.replace('_', ""), usize::from(scale));
    let (kept, beyond) = fraction.split_at_checked(scale).unwrap_or((fraction, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(&whole) || !is_digits(fraction) || beyond.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let digits = format!("{whole}{kept:0<scale$}");
    digits.parse().ok().map(|digits| (negative, digits))
}

/// Whether a text is JSON.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}
