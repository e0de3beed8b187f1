//! Numbers in several bases, and the times that numbers may stand for.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mst_types::{TimeUnit, ValueKind, moment_text};

use crate::model::text::group;

/// Numbers that mean a time lie within these years, unless their type says that they are times.
const PLAUSIBLE: std::ops::RangeInclusive<i16> = 1990..=2099;

/// A number in the bases 10, 16, 8 and 2; bytes as the number that they are from either end.
pub(crate) fn bases(kind: Option<&ValueKind>, bytes: &[u8]) -> Vec<String> {
    match kind {
        Some(ValueKind::Uint(number)) => in_bases("", *number),
        Some(ValueKind::Int(number)) => in_bases(if *number < 0 { "-" } else { "" }, number.unsigned_abs()),
        _ => {
            let mut lines = vec!["big-endian".to_owned()];
            lines.extend(in_bases("", whole(bytes.iter())).into_iter().map(|line| format!("  {line}")));
            lines.push("little-endian".to_owned());
            lines.extend(in_bases("", whole(bytes.iter().rev())).into_iter().map(|line| format!("  {line}")));
            lines
        }
    }
}

fn in_bases(sign: &str, number: u128) -> Vec<String> {
    vec![
        format!("decimal      {sign}{}", group(&number.to_string())),
        format!("hexadecimal  {sign}0x{number:x}"),
        format!("octal        {sign}0o{number:o}"),
        format!("binary       {sign}0b{number:b}"),
    ]
}

/// The number whose digits in base 256 these are, as far as it fits.
fn whole<'a>(bytes: impl Iterator<Item = &'a u8>) -> u128 {
    bytes.fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// A moment in UTC and in a zone. Without one, the times that a number may mean, by the unit that it would count.
pub(crate) fn times(moment: Option<i128>, kind: Option<&ValueKind>, bytes: &[u8], zone: &TimeZone) -> Vec<String> {
    if let Some(nanos) = moment {
        return match Timestamp::from_nanosecond(nanos) {
            Ok(moment) => both(moment, zone).into(),
            // The last hours of the year 9999, and more: a zone of this machine says nothing of them.
            Err(_) => vec![format!("UTC    {}", moment_text(nanos))],
        };
    }
    let numbers = match kind {
        Some(ValueKind::Uint(number)) => vec![("", i128::try_from(*number).ok())],
        Some(ValueKind::Int(number)) => vec![("", Some(*number))],
        _ => vec![
            (", big-endian", i128::try_from(whole(bytes.iter())).ok()),
            (", little-endian", i128::try_from(whole(bytes.iter().rev())).ok()),
        ],
    };
    let mut lines = Vec::new();
    for (order, number) in numbers {
        for (unit, name) in TimeUnit::ALL.into_iter().zip(["seconds", "milliseconds", "microseconds", "nanoseconds"]) {
            let nanos = number.and_then(|number| number.checked_mul(unit.nanos()));
            let Some(moment) = nanos.and_then(|nanos| Timestamp::from_nanosecond(nanos).ok()) else { continue };
            if PLAUSIBLE.contains(&moment.to_zoned(TimeZone::UTC).year()) {
                lines.push(format!("as {name} since 1970{order}"));
                lines.extend(both(moment, zone).map(|line| format!("  {line}")));
            }
        }
    }
    if lines.is_empty() {
        let (first, last) = (PLAUSIBLE.start(), PLAUSIBLE.end());
        lines.push(format!("no time from {first} to {last}, whatever it counts since 1970"));
    }
    lines
}

fn both(moment: Timestamp, zone: &TimeZone) -> [String; 2] {
    let local = moment.to_zoned(zone.clone());
    let zone = match zone.iana_name() {
        Some(name) => format!("  {name}"),
        None => String::new(),
    };
    let offset = local.offset();
    [format!("UTC    {moment}"), format!("local  {}{zone}", moment.display_with_offset(offset))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_their_bases() {
        let lines = ["decimal      1,000", "hexadecimal  0x3e8", "octal        0o1750", "binary       0b1111101000"];
        assert_eq!(bases(Some(&ValueKind::Uint(1000)), &[]), lines);
        assert_eq!(bases(Some(&ValueKind::Int(-8)), &[])[1], "hexadecimal  -0x8");
        let bytes = bases(None, &[0x12, 0x34]);
        assert_eq!(bytes[2], "  hexadecimal  0x1234");
        assert_eq!(bytes[7], "  hexadecimal  0x3412");
    }

    #[test]
    fn a_moment_in_utc_and_in_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let lines = times(Some(1_795_252_684_000_000_000), None, &[], &zone);
        assert_eq!(lines, ["UTC    2026-11-21T09:18:04Z", "local  2026-11-21T11:18:04+02:00"]);
    }

    #[test]
    fn a_moment_that_no_zone_reaches_is_shown_in_utc() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let last = times(Some(253_402_300_799_999_999_999), None, &[], &zone);
        assert_eq!(last, ["UTC    9999-12-31T23:59:59.999999999Z"]);
        let beyond = times(Some(253_402_318_799_000_000_000), None, &[], &zone);
        assert_eq!(beyond, ["UTC    +010000-01-01T04:59:59Z"]);
    }

    #[test]
    fn a_number_is_tried_with_each_unit() {
        let lines = times(None, Some(&ValueKind::Uint(1_795_252_684)), &[], &TimeZone::UTC);
        assert_eq!(lines[..2], ["as seconds since 1970", "  UTC    2026-11-21T09:18:04Z"]);
        assert_eq!(lines.len(), 3);
        let lines = times(None, None, &1_795_252_684_u64.to_le_bytes(), &TimeZone::UTC);
        assert_eq!(lines[0], "as seconds since 1970, little-endian");
        assert!(times(None, Some(&ValueKind::Int(-5)), &[], &TimeZone::UTC)[0].starts_with("no time"));
    }
}
