//! How a side makes a field, in a few words: `'ord-' + id`, `amount_cents × 0.01`, `ordered_at in Europe/Berlin`.

use mst_sync::contract::{Case, Empty, Field, Rounding};
use mst_sync::draft::Steps;
use mst_types::escape_text;

use crate::model::item::redacted;
use crate::model::text::count;

/// The entries of a map that are named.
const NAMED_ENTRIES: usize = 2;

/// The column of a side with its steps. Texts that come from values are hidden on demand.
pub(super) fn expression(column: &str, steps: &Steps, hides_values: bool) -> String {
    let quoted = |text: &String| match hides_values {
        true => redacted(text.as_bytes()),
        false => format!("'{}'", escape_text(text)),
    };
    let ends =
        [steps.before.as_ref().map(quoted), Some(escape_text(column).into_owned()), steps.after.as_ref().map(quoted)];
    let mut text = ends.into_iter().flatten().collect::<Vec<_>>().join(" + ");
    if steps.scale != 0 {
        text += &format!(" × {}", power_of_ten(steps.scale));
    }
    let mut more = Vec::new();
    more.extend(steps.strip_prefix.as_ref().map(|prefix| format!("without {} in front", quoted(prefix))));
    more.extend(steps.strip_suffix.as_ref().map(|suffix| format!("without {} at the end", quoted(suffix))));
    more.extend(steps.decode_json.then(|| "decoded as JSON".to_owned()));
    more.extend(steps.uuid.map(|order| format!("UUID in {order} order")));
    more.extend(steps.format.map(time_format));
    if !steps.map.is_empty() {
        more.push(match hides_values {
            true => format!("{} mapped", count(steps.map.len() as u64, "value")),
            false => {
                let entry = |(from, to): (&String, &String)| format!("{}→{}", escape_text(from), escape_text(to));
                let named: Vec<_> = steps.map.iter().take(NAMED_ENTRIES).map(entry).collect();
                named.join(" ") + if steps.map.len() > NAMED_ENTRIES { " …" } else { "" }
            }
        });
    }
    more.extend(steps.null.iter().map(|null| match null.is_empty() {
        true => "empty is null".to_owned(),
        false => format!("{} is null", quoted(null)),
    }));
    for part in more {
        text += &format!(", {part}");
    }
    if let Some(zone) = &steps.zone {
        text += &format!(" in {}", escape_text(zone));
    }
    text
}

/// What the contract says of a field: its type and the rules that hold for both sides.
pub(super) fn field_words(field: &Field) -> String {
    let rules = &field.rules;
    let parts = [
        (rules.trim, "blanks around it ignored"),
        (rules.nfc, "normal form ignored"),
        (rules.case != Case::Keep, "case ignored"),
        (rules.empty == Empty::Null, "empty is null"),
        (rules.nullable, "may be null"),
        (rules.rounding == Rounding::Down, "excess digits cut off"),
    ];
    let mut words = field.ty.to_string();
    parts.into_iter().filter(|(is_set, _)| *is_set).for_each(|(_, part)| words += &format!(", {part}"));
    words
}

/// A format of times as people write it: `DD.MM.YYYY hh:mm`; as it is if it has more than the usual parts.
fn time_format(format: &str) -> String {
    match format {
        "unix-s" => return "unix seconds".to_owned(),
        "unix-ms" => return "unix milliseconds".to_owned(),
        "unix-us" => return "unix microseconds".to_owned(),
        "unix-ns" => return "unix nanoseconds".to_owned(),
        _ => {}
    }
    let parts = [("%d", "DD"), ("%m", "MM"), ("%Y", "YYYY"), ("%y", "YY"), ("%H", "hh"), ("%M", "mm"), ("%S", "ss")];
    let words = parts.into_iter().fold(format.to_owned(), |text, (part, word)| text.replace(part, word));
    if words.contains('%') { escape_text(format).into_owned() } else { escape_text(&words).into_owned() }
}

/// `0.01`, `1,000`
fn power_of_ten(power: i32) -> String {
    let zeros = |number: u32| "0".repeat(usize::try_from(number).unwrap_or(0));
    match power {
        0.. => crate::model::text::group(&format!("1{}", zeros(power.unsigned_abs()))),
        _ => format!("0.{}1", zeros(power.unsigned_abs() - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_in_the_expression() {
        let text = |text: &str| Some(text.to_owned());
        let plain = Steps::default;
        let map = |words: &[(&str, &str)]| words.iter().map(|(l, r)| ((*l).to_owned(), (*r).to_owned())).collect();
        for (steps, words) in [
            (plain(), "c"),
            (Steps { before: text("ord-"), ..plain() }, "'ord-' + c"),
            (Steps { after: text("\n"), ..plain() }, "c + '\\n'"),
            (Steps { scale: -2, ..plain() }, "c × 0.01"),
            (Steps { scale: 3, ..plain() }, "c × 1,000"),
            (Steps { strip_prefix: text("a"), ..plain() }, "c, without 'a' in front"),
            (Steps { strip_suffix: text("a"), ..plain() }, "c, without 'a' at the end"),
            (Steps { decode_json: true, ..plain() }, "c, decoded as JSON"),
            (Steps { uuid: Some("guid"), ..plain() }, "c, UUID in guid order"),
            (Steps { null: vec!["n/a".to_owned()], ..plain() }, "c, 'n/a' is null"),
            (Steps { null: vec![String::new()], ..plain() }, "c, empty is null"),
            (Steps { format: Some("unix-s"), ..plain() }, "c, unix seconds"),
            (
                Steps { format: Some("%d.%m.%Y"), zone: text("Europe/Berlin"), ..plain() },
                "c, DD.MM.YYYY in Europe/Berlin",
            ),
            (Steps { format: Some("%d.%m.%Y %I %p"), ..plain() }, "c, %d.%m.%Y %I %p"),
            (Steps { format: Some("rfc3339"), ..plain() }, "c, rfc3339"),
            (Steps { map: map(&[("a", "1"), ("b", "2")]), ..plain() }, "c, a→1 b→2"),
            (Steps { map: map(&[("a", "1"), ("b", "2"), ("c", "3")]), ..plain() }, "c, a→1 b→2 …"),
        ] {
            assert_eq!(expression("c", &steps, false), words);
        }
        let steps = Steps { before: text("secret"), map: map(&[("secret", "secret")]), ..plain() };
        let hidden = expression("c", &steps, true);
        assert!(!hidden.contains("secret") && hidden.contains("1 value mapped"), "{hidden}");
    }
}
