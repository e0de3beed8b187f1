//! Checks that every setting of a field has an effect: settings that would be silently ignored are refused.

use std::ops::Range;

use super::model::{Cast, Decode, Input, Part, TimeFormat, TimeRule};
use super::parse::RawField;
use crate::contract::FieldType;
use crate::source_span::{SettingsError, Text};

/// Refuses the first setting that has no effect on a field of this type, or with its other settings.
pub(super) fn check(
    text: &Text<'_>,
    raw: &RawField,
    input: &Input,
    time: Option<&TimeRule>,
    ty: &FieldType,
) -> Result<(), SettingsError> {
    let found = null(raw, input)
        .or_else(|| decode(raw, input, ty))
        .or_else(|| uuid(raw, ty))
        .or_else(|| strip(raw, ty))
        .or_else(|| clock(raw, time, ty))
        .or_else(|| cast(raw, ty))
        .or_else(|| scale(raw, ty));
    found.map_or(Ok(()), |(span, reason)| Err(text.error(span, reason)))
}

/// A setting without effect: its span, and the reason.
type NoEffect = Option<(Range<usize>, String)>;

fn null(raw: &RawField, input: &Input) -> NoEffect {
    let from_source = match input {
        Input::Column(_) | Input::Coalesce(_) => true,
        Input::Constant(_) => raw.path.is_some(),
        Input::Concat(parts) => raw.path.is_some() || parts.iter().any(|part| matches!(part, Part::Column(_))),
    };
    let null = raw.null.as_ref().map(|null| ("null", null.span()));
    let (what, span) = null.or_else(|| raw.default.as_ref().map(|default| ("default", default.span())))?;
    (!from_source).then(|| (span, format!("{what} has no effect on a field without a column, which is never null")))
}

fn decode(raw: &RawField, input: &Input, ty: &FieldType) -> NoEffect {
    let setting = raw.decode.as_ref()?;
    let name = setting.get_ref().name();
    let what = format!("decode = \"{name}\"");
    let reason = match setting.get_ref() {
        Decode::Utf8 if raw.uuid.is_some() => format!("{what} makes text, which has no byte order"),
        Decode::Utf8 => match input {
            Input::Concat(_) | Input::Constant(_) if raw.path.is_none() => {
                format!("{what} has no effect on text")
            }
            _ => return None,
        },
        Decode::Json | Decode::String if *ty == FieldType::Json => return None,
        Decode::Json | Decode::String => {
            format!("{what} decides how text of a json field is read, and has no effect on {}", ty.kind())
        }
        _ if !matches!(ty, FieldType::Bytes | FieldType::Uuid) => {
            format!("{what} makes bytes, and {} is not made from bytes", ty.kind())
        }
        _ => return None,
    };
    Some((setting.span(), reason))
}

fn uuid(raw: &RawField, ty: &FieldType) -> NoEffect {
    let setting = raw.uuid.as_ref()?;
    let reason = match ty {
        FieldType::Uuid => return None,
        ty => format!("the byte order of a UUID has no effect on {}", ty.kind()),
    };
    Some((setting.span(), reason))
}

fn strip(raw: &RawField, ty: &FieldType) -> NoEffect {
    let decode = raw.decode.as_ref().map(|decode| *decode.get_ref());
    let is_bytes = raw.uuid.is_some() || matches!(decode, Some(Decode::Hex | Decode::Base64 | Decode::Base64url));
    [("strip-prefix", &raw.strip_prefix), ("strip-suffix", &raw.strip_suffix)].into_iter().find_map(
        |(name, setting)| {
            let setting = setting.as_ref()?;
            let reason = match ty {
                _ if setting.get_ref().is_empty() => format!("{name} of an empty text has no effect"),
                FieldType::Json => format!("{name} has no effect on json"),
                _ if is_bytes => format!("{name} does not apply to bytes"),
                _ => return None,
            };
            Some((setting.span(), reason))
        },
    )
}

fn clock(raw: &RawField, time: Option<&TimeRule>, ty: &FieldType) -> NoEffect {
    let cast = raw.cast.as_ref().map(|cast| *cast.get_ref());
    if let Some(unit) = &raw.unit {
        let reason = match (ty, cast) {
            (FieldType::Duration(_), _) | (FieldType::Time(_), Some(Cast::Time)) if raw.time.is_none() => return None,
            (FieldType::Duration(_) | FieldType::Time(_), _) if raw.time.is_some() => {
                "a number is either a duration (unit) or a time (time), not both".to_owned()
            }
            (FieldType::Time(_), _) => {
                "a number of units is a duration; cast = \"time\" takes it from midnight on".to_owned()
            }
            (ty, _) => format!("unit has no effect on {}", ty.kind()),
        };
        return Some((unit.span(), reason));
    }
    let (setting, rule) = (raw.time.as_ref()?, time?);
    // Whether a moment, or a time without zone, becomes a value of the field.
    let takes_times = match ty {
        FieldType::Timestamp(_) => true,
        FieldType::Date => cast == Some(Cast::Date),
        FieldType::Time(_) => cast == Some(Cast::Time),
        FieldType::Text | FieldType::Enum(_) | FieldType::Json => cast == Some(Cast::Text),
        _ => false,
    };
    let is_clock = matches!(ty, FieldType::Timestamp(_) | FieldType::Date | FieldType::Time(_));
    let needed = match ty {
        FieldType::Date => "date",
        FieldType::Time(_) => "time",
        _ => "text",
    };
    if !is_clock && !takes_times {
        let more = match ty {
            FieldType::Text | FieldType::Enum(_) | FieldType::Json => " without cast = \"text\"",
            _ => "",
        };
        return Some((setting.span(), format!("time has no effect on {}{more}", ty.kind())));
    }
    if takes_times {
        let counted = matches!(rule.format, TimeFormat::Unix(_)) && rule.zone.is_none();
        return (counted && is_clock && !matches!(ty, FieldType::Timestamp(_))).then(|| {
            (
                setting.span(),
                format!("a count since 1970 is a moment, and its {} depends on the zone: zone = \"…\"", ty.kind()),
            )
        });
    }
    if let Some(zone) = &setting.get_ref().zone {
        return Some((zone.span(), format!("zone has no effect on {} without cast = \"{needed}\"", ty.kind())));
    }
    match rule.format {
        TimeFormat::Unix(_) => {
            Some((setting.span(), format!("a count since 1970 is a moment: add zone = \"…\", and cast = \"{needed}\"")))
        }
        _ => None,
    }
}

fn cast(raw: &RawField, ty: &FieldType) -> NoEffect {
    let setting = raw.cast.as_ref()?;
    let (name, fits) = match setting.get_ref() {
        Cast::Text => {
            let takes_text = matches!(
                ty,
                FieldType::Text | FieldType::Enum(_) | FieldType::Json | FieldType::Bytes | FieldType::Uuid
            );
            ("text", takes_text)
        }
        Cast::Date => ("date", *ty == FieldType::Date),
        Cast::Timestamp => ("timestamp", matches!(ty, FieldType::Timestamp(_))),
        Cast::Time => ("time", matches!(ty, FieldType::Time(_))),
        Cast::Duration => ("duration", matches!(ty, FieldType::Duration(_))),
    };
    let decode = raw.decode.as_ref().map(|decode| *decode.get_ref());
    let bytes = raw.uuid.is_some() || matches!(decode, Some(Decode::Hex | Decode::Base64 | Decode::Base64url));
    let reason = match fits {
        false => format!("cast = \"{name}\" has no effect on {}", ty.kind()),
        true if decode == Some(Decode::Json) => "cast = \"text\" has no effect with decode = \"json\"".to_owned(),
        true if *setting.get_ref() == Cast::Text && bytes => "cast = \"text\" does not apply to bytes".to_owned(),
        true => return None,
    };
    Some((setting.span(), reason))
}

fn scale(raw: &RawField, ty: &FieldType) -> NoEffect {
    let setting = raw.scale.as_ref()?;
    let fits = matches!(ty, FieldType::Int { .. } | FieldType::Decimal { .. });
    (!fits).then(|| (setting.span(), format!("scale has no effect on {}", ty.kind())))
}
