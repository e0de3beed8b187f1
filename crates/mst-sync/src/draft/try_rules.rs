//! All rules that are tried for two columns, and the choice among them.

use super::adjust::map_text;
use super::decimal::Decimal;
use super::model::{Mark, MarkKind, ProposedEntry, Steps};
use super::reading::{ColumnView, Kind, MAX_CLASSES, Reading, TEXT_RULES, Value, code, text_code, text_rules};
use super::rule::{Columns, Strictness, TriedRule, codes_of};
use super::time_text::TimeText;
use super::try_durations::{number_and_duration, two_units};
use super::{value_map, zones};
use crate::contract::{FieldType, Floats, Rounding, Unit};
use mst_types::civil::{DAY, NANOS};

/// A stricter rule is kept if this share of the rows agrees under it.
const MIN_STRICT_SHARE: f64 = 0.9;
/// The rows that a more lenient rule must gain: this share of them, and at least so many.
const MIN_GAIN_SHARE: f64 = 0.05;
const MIN_GAIN: usize = 4;

/// The best rule for two columns; `None` if no rule makes half of the rows agree.
pub(super) fn best_rule(left: &ColumnView, right: &ColumnView) -> Option<TriedRule> {
    choose(tried(&Columns::new(left, right)), left.texts.len())
}

/// Two columns as text, however few rows agree; `None` if that would overlook something.
pub(super) fn text_rule(left: &ColumnView, right: &ColumnView) -> Option<TriedRule> {
    let columns = Columns::new(left, right);
    let codes = left.text_codes.first().zip(right.text_codes.first());
    let (left, right) = codes?;
    let mut rule = columns.any_rule(Strictness::Exact, FieldType::Text, left.as_slice(), right.as_slice());
    cast_to_text(&columns, &mut rule);
    rule.marks.is_empty().then_some(rule)
}

fn tried(columns: &Columns<'_>) -> Vec<TriedRule> {
    let mut all = Vec::new();
    for left in &columns.left.readings {
        for right in &columns.right.readings {
            typed(columns, left, right, &mut all);
        }
    }
    texts(columns, &mut all);
    all.extend(affixes(columns));
    all.extend(mapped(columns));
    all
}

fn typed(columns: &Columns<'_>, left: &Reading, right: &Reading, all: &mut Vec<TriedRule>) {
    let strictness = if left.bad + right.bad == 0 { Strictness::Typed } else { Strictness::Notation };
    let plain = |strictness, ty: FieldType| columns.rule_of(strictness, ty, left, right);
    match (left.kind, right.kind) {
        (Kind::Number, Kind::Number) => {
            let found = numbers(columns, left, right);
            if found.is_none() {
                all.extend(two_units(columns, left, right));
            }
            all.extend(found);
        }
        (Kind::Number, Kind::Duration) | (Kind::Duration, Kind::Number) => {
            all.extend(number_and_duration(columns, left, right));
        }
        (Kind::Duration, Kind::Duration) => {
            all.extend(plain(strictness, FieldType::Duration(unit_of([left, right]))));
        }
        (Kind::Date(l), Kind::Moment(r)) => {
            all.extend(day_in_zone(left, right, |fit| {
                let days = Reading { kind: right.kind, bad: right.bad, values: fit.days.clone() };
                day_rule(columns, left, &days).map(|mut rule| {
                    (rule.left.format, rule.right.format) = (date_format(l), r.format());
                    (rule.right.cast, rule.right.zone) = (Some("date"), Some(fit.name.to_owned()));
                    rule
                })
            }));
        }
        (Kind::Moment(l), Kind::Date(r)) => {
            all.extend(day_in_zone(right, left, |fit| {
                let days = Reading { kind: left.kind, bad: left.bad, values: fit.days.clone() };
                day_rule(columns, &days, right).map(|mut rule| {
                    (rule.left.format, rule.right.format) = (l.format(), date_format(r));
                    (rule.left.cast, rule.left.zone) = (Some("date"), Some(fit.name.to_owned()));
                    rule
                })
            }));
        }
        (Kind::Uuid(l), Kind::Uuid(r)) => all.extend(plain(strictness, FieldType::Uuid).map(|mut rule| {
            (rule.left.uuid, rule.right.uuid) = (l, r);
            rule
        })),
        (Kind::Moment(l), Kind::Moment(r)) => {
            // Counts of the same unit are numbers.
            let same_unit = l == r && matches!(l, TimeText::Unix(..));
            all.extend(
                (!same_unit)
                    .then(|| times(columns, left, right, strictness, (l, None), (r, None)))
                    .into_iter()
                    .flatten(),
            );
        }
        (Kind::Local(l), Kind::Local(r)) => {
            // Without a zone on either side, both clocks are read as one; UTC changes nothing.
            let utc = || Some("UTC".to_owned());
            let same_clock = times(columns, left, right, strictness, (l, utc()), (r, utc()));
            if same_clock.is_empty() {
                all.extend(two_zones(columns, (left, l), (right, r)));
            }
            all.extend(same_clock);
        }
        (Kind::Local(l), Kind::Moment(r)) => {
            let Some(fit) = zones::fit(&left.values, &right.values) else { return };
            let zoned = Reading { kind: left.kind, bad: left.bad, values: fit.moments.clone() };
            let tried = times(columns, &zoned, right, Strictness::Notation, (l, Some(fit.name.clone())), (r, None));
            all.extend(tried.into_iter().map(|mut rule| {
                rule.left.fold = fit.fold.map(|(fold, _)| fold);
                note_zone(&mut rule, &fit);
                rule
            }));
        }
        (Kind::Moment(l), Kind::Local(r)) => {
            let Some(fit) = zones::fit(&right.values, &left.values) else { return };
            let zoned = Reading { kind: right.kind, bad: right.bad, values: fit.moments.clone() };
            let tried = times(columns, left, &zoned, Strictness::Notation, (l, None), (r, Some(fit.name.clone())));
            all.extend(tried.into_iter().map(|mut rule| {
                rule.right.fold = fit.fold.map(|(fold, _)| fold);
                note_zone(&mut rule, &fit);
                rule
            }));
        }
        (Kind::Date(l), Kind::Date(r)) => all.extend(plain(strictness, FieldType::Date).map(|mut rule| {
            (rule.left.format, rule.right.format) = (date_format(l), date_format(r));
            rule
        })),
        (Kind::Date(l), Kind::Local(r)) => {
            let days = Reading { kind: right.kind, bad: right.bad, values: days(&right.values) };
            all.extend(day_rule(columns, left, &days).map(|mut rule| {
                (rule.left.format, rule.right.format, rule.right.cast) = (date_format(l), r.format(), Some("date"));
                rule
            }));
        }
        (Kind::Local(l), Kind::Date(r)) => {
            let days = Reading { kind: left.kind, bad: left.bad, values: days(&left.values) };
            all.extend(day_rule(columns, &days, right).map(|mut rule| {
                (rule.left.format, rule.left.cast, rule.right.format) = (l.format(), Some("date"), date_format(r));
                rule
            }));
        }
        (Kind::Time, Kind::Time) => {
            let unit = unit_of([left, right]);
            all.extend(plain(strictness, FieldType::Time(unit)));
        }
        (Kind::Bool, Kind::Bool) => {
            let has_bools = columns.left.has_bools || columns.right.has_bools;
            all.extend(plain(if has_bools { strictness } else { Strictness::Notation }, FieldType::Bool));
        }
        (Kind::Json, Kind::Json) => all.extend(plain(strictness, FieldType::Json).map(|mut rule| {
            (rule.left.decode_json, rule.right.decode_json) = (columns.left.has_text, columns.right.has_text);
            rule
        })),
        (Kind::Bytes, Kind::Bytes) => all.extend(plain(strictness, FieldType::Bytes)),
        _ => {}
    }
}

fn numbers(columns: &Columns<'_>, left: &Reading, right: &Reading) -> Option<TriedRule> {
    let number = |value: &Value| match value {
        Value::Number(number) => Some(*number),
        _ => None,
    };
    let pairs = left.values.iter().zip(&right.values).filter_map(|(l, r)| number(l).zip(number(r)));
    let mut powers: Vec<i32> = pairs.filter_map(|(l, r)| l.power_to(r)).collect();
    powers.sort_unstable();
    let power = powers.chunk_by(|a, b| a == b).max_by_key(|rows| rows.len()).and_then(|rows| rows.first().copied());
    // The larger of both numbers is scaled down, so that the field has the natural unit.
    let power = power.filter(|power| power.abs() <= 12).unwrap_or(0);
    let (left_scale, right_scale) = (power.min(0), (-power).min(0));
    let scaled = |reading: &Reading, scale: i32| {
        let of = |value: &Value| match value {
            Value::Number(number) => number.scaled(scale).map_or(Value::Bad, Value::Number),
            other => other.clone(),
        };
        Reading { kind: reading.kind, bad: reading.bad, values: reading.values.iter().map(of).collect() }
    };
    let (left, right) = (scaled(left, left_scale), scaled(right, right_scale));
    let all = || left.values.iter().chain(&right.values).filter_map(number);
    let digits = all().map(Decimal::digits).max().unwrap_or(0).max(power.unsigned_abs());
    let ty = match digits {
        0 if all().all(Decimal::fits_i64) => FieldType::Int { signed: true, bits: 64 },
        digits if digits <= 38 => FieldType::Decimal { scale: digits },
        _ => return None,
    };
    let zeros = columns.left.has_leading_zeros || columns.right.has_leading_zeros;
    let is_plain = columns.left.is_plainly_numeric || columns.right.is_plainly_numeric;
    // A typed number on one side says that the texts of the other side are numbers.
    let are_texts = [columns.left, columns.right].iter().all(|view| view.has_text);
    let spellings = [columns.left, columns.right].into_iter().find_map(|view| view.spellings.as_ref());
    let spellings = spellings.filter(|_| are_texts && !zeros);
    let strictness = match power {
        _ if zeros || spellings.is_some() => Strictness::Lenient,
        0 if is_plain && left.bad + right.bad == 0 => Strictness::Typed,
        _ => Strictness::Notation,
    };
    let mut rule = columns.rule_of(strictness, ty, &left, &right)?;
    (rule.left.scale, rule.right.scale) = (left_scale, right_scale);
    if columns.left.has_floats || columns.right.has_floats {
        rule.rules.floats = Floats::Shortest;
        rule.notes.push("floating-point numbers are read as the shortest decimal that denotes them".to_owned());
    }
    if let Some([one, other]) = spellings {
        let text = format!("texts are read as numbers: {one:?} and {other:?} become the same");
        rule.marks.push(Mark::new(MarkKind::Spelling, text, rule.agreement.agreeing));
    }
    if zeros {
        let text = "leading zeros are ignored: \"007\" and \"7\" become the same".to_owned();
        rule.marks.push(Mark::new(MarkKind::LeadingZeros, text, rule.agreement.agreeing));
    }
    Some(rule)
}

/// Two columns of counts of nanoseconds, exact and with the digits that only one side has cut off.
fn times(
    columns: &Columns<'_>,
    left: &Reading,
    right: &Reading,
    strictness: Strictness,
    (left_text, left_zone): (TimeText, Option<String>),
    (right_text, right_zone): (TimeText, Option<String>),
) -> Vec<TriedRule> {
    let steps = |rule: &mut TriedRule| {
        (rule.left.format, rule.right.format) = (left_text.format(), right_text.format());
        (rule.left.zone, rule.right.zone) = (left_zone.clone(), right_zone.clone());
    };
    let ty = FieldType::Timestamp(unit_of([left, right]));
    let exact = columns.rule_of(strictness, ty, left, right);
    let (left_unit, right_unit) = (unit_of([left]), unit_of([right]));
    let mut tried: Vec<TriedRule> = exact.into_iter().collect();
    if left_unit != right_unit {
        let unit = if left_unit.nanos() > right_unit.nanos() { left_unit } else { right_unit };
        let cut = |reading: &Reading| {
            let of = |value: &Value| match value {
                Value::Count(nanos) => Value::Count(nanos - nanos % unit.nanos()),
                other => other.clone(),
            };
            Reading { kind: reading.kind, bad: reading.bad, values: reading.values.iter().map(of).collect() }
        };
        let rule = columns.rule_of(Strictness::Lenient, FieldType::Timestamp(unit), &cut(left), &cut(right));
        tried.extend(rule.map(|mut rule| {
            rule.rules.rounding = Rounding::Down;
            let text = format!("what is shorter than 1 {} is cut off, and differences in it are not seen", unit.name());
            rule.marks.push(Mark::new(MarkKind::Rounding, text, rule.agreement.agreeing));
            rule
        }));
    }
    tried.iter_mut().for_each(steps);
    tried
}

/// Times without zone on both sides, whose clocks are in different zones. Only the difference of the clocks can be
/// told.
fn two_zones(
    columns: &Columns<'_>,
    (left, left_text): (&Reading, TimeText),
    (right, right_text): (&Reading, TimeText),
) -> Vec<TriedRule> {
    let Some((left_fit, right_fit)) = zones::fit_two(&left.values, &right.values) else { return Vec::new() };
    let zoned = |reading: &Reading, fit: &zones::ZoneFit| Reading {
        kind: reading.kind,
        bad: reading.bad,
        values: fit.moments.clone(),
    };
    let (left, right) = (zoned(left, &left_fit), zoned(right, &right_fit));
    let (left_zone, right_zone) = (Some(left_fit.name.clone()), Some(right_fit.name.clone()));
    let mut tried =
        times(columns, &left, &right, Strictness::Notation, (left_text, left_zone), (right_text, right_zone));
    for rule in &mut tried {
        rule.left.fold = left_fit.fold.map(|(fold, _)| fold);
        rule.right.fold = right_fit.fold.map(|(fold, _)| fold);
        note_zone(rule, &right_fit);
        let text = format!(
            "no side says its zone: {} and {} fit, and others with the same difference would",
            left_fit.name, right_fit.name
        );
        rule.marks.push(Mark::new(MarkKind::Zone, text, rule.agreement.agreeing));
    }
    tried
}

fn note_zone(rule: &mut TriedRule, fit: &zones::ZoneFit) {
    if let Some((fold, rows)) = fit.fold {
        let text = format!("a time that clocks showed twice is the {fold} one");
        rule.marks.push(Mark::new(MarkKind::Fold, text, rows));
    }
    if let Some((rival, rows)) = &fit.rival {
        let text = format!("the zone could be {} or {rival}, which fits {rows} rows", fit.name);
        rule.marks.push(Mark::new(MarkKind::Zone, text, rule.agreement.agreeing));
    } else if fit.is_fixed && fit.name != "UTC" {
        let text = format!("{} is used all year, as if summer time had been forgotten", fit.name);
        rule.marks.push(Mark::new(MarkKind::Zone, text, rule.agreement.agreeing));
    }
    rule.runner_up = fit.rival.clone();
}

fn day_rule(columns: &Columns<'_>, left: &Reading, right: &Reading) -> Option<TriedRule> {
    let mut rule = columns.rule_of(Strictness::Lenient, FieldType::Date, left, right)?;
    let text = "only the days of times are compared: differences within a day are not seen".to_owned();
    rule.marks.push(Mark::new(MarkKind::Day, text, rule.agreement.agreeing));
    Some(rule)
}

/// The days of moments in the zone in which most of them are the days beside them.
fn day_in_zone(
    days: &Reading,
    moments: &Reading,
    rule: impl Fn(&zones::DayFit) -> Option<TriedRule>,
) -> Option<TriedRule> {
    let fit = zones::fit_days(&days.values, &moments.values)?;
    let mut rule = rule(&fit)?;
    let rival = match &fit.rival {
        Some((rival, rows)) => format!(", and {rival} fits {rows} rows"),
        None => String::new(),
    };
    let text = format!("the day of a moment is that of {}{rival}", fit.name);
    rule.marks.push(Mark::new(MarkKind::Zone, text, rule.agreement.agreeing));
    rule.runner_up = fit.rival.map(|(rival, rows)| (rival.to_owned(), rows));
    Some(rule)
}

fn days(values: &[Value]) -> Vec<Value> {
    let of = |value: &Value| match value {
        Value::Count(nanos) => Value::Count(nanos.div_euclid(DAY)),
        other => other.clone(),
    };
    values.iter().map(of).collect()
}

/// Dates in ISO need no format, since the contract reads them.
fn date_format(text: TimeText) -> Option<&'static str> {
    text.format().filter(|format| *format != "iso")
}

/// The coarsest unit that holds all counts of nanoseconds exactly.
pub(super) fn unit_of<const N: usize>(readings: [&Reading; N]) -> Unit {
    let holds = |unit: &Unit| {
        let whole = |value: &Value| !matches!(value, Value::Count(nanos) if nanos % unit.nanos() != 0);
        readings.iter().all(|reading| reading.values.iter().all(whole))
    };
    debug_assert_eq!(Unit::Second.nanos(), NANOS);
    [Unit::Second, Unit::Milli, Unit::Micro].into_iter().find(holds).unwrap_or(Unit::Nano)
}

fn texts(columns: &Columns<'_>, all: &mut Vec<TriedRule>) {
    let mut best = 0;
    let codes = columns.left.text_codes.iter().zip(&columns.right.text_codes);
    for (rules, (left, right)) in TEXT_RULES.into_iter().zip(codes) {
        let (trim, nfc, case) = rules;
        let strictness = match usize::from(trim) + usize::from(nfc) + usize::from(case) {
            0 => Strictness::Exact,
            1 => Strictness::Lenient,
            _ => Strictness::MoreLenient,
        };
        let Some(mut rule) = columns.rule(strictness, FieldType::Text, left.as_slice(), right.as_slice()) else {
            continue;
        };
        // A rule that changes nothing is no rule of its own.
        if strictness != Strictness::Exact && rule.agreement.agreeing <= best {
            continue;
        }
        best = rule.agreement.agreeing;
        rule.rules = text_rules(rules);
        mark_text_rules(&mut rule, rules);
        cast_to_text(columns, &mut rule);
        all.push(rule);
    }
}

fn cast_to_text(columns: &Columns<'_>, rule: &mut TriedRule) {
    for (view, steps) in [(columns.left, &mut rule.left), (columns.right, &mut rule.right)] {
        if view.needs_cast && steps.before.is_none() && steps.after.is_none() {
            steps.cast = Some("text");
        }
    }
}

/// A constant text at an end of one side, or another one on each side; what remains is compared as text, if need be
/// under more lenient rules.
fn affixes(columns: &Columns<'_>) -> Vec<TriedRule> {
    let [left_ends, right_ends] = different_ends(&columns.left.affix, &columns.right.affix);
    let mut tried = Vec::new();
    if left_ends == right_ends {
        return tried;
    }
    for rules in TEXT_RULES {
        let (trim, nfc, case) = rules;
        // Blanks at the end are no text that a side puts there if they are dropped anyway.
        let ends = |(prefix, suffix): &(String, String)| match trim {
            true => (prefix.trim_start().to_owned(), suffix.trim_end().to_owned()),
            false => (prefix.clone(), suffix.clone()),
        };
        let (left_ends, right_ends) = (ends(&left_ends), ends(&right_ends));
        if left_ends == right_ends {
            continue;
        }
        let inner = |view: &ColumnView, (prefix, suffix): &(String, String)| {
            codes_of(view, |text| {
                let text = text.strip_prefix(prefix.as_str())?.strip_suffix(suffix.as_str())?;
                text_code(text, rules)
            })
        };
        let (left, right) = (inner(columns.left, &left_ends), inner(columns.right, &right_ends));
        let strictness = match usize::from(trim) + usize::from(nfc) + usize::from(case) {
            0 => Strictness::Notation,
            1 => Strictness::Lenient,
            _ => Strictness::MoreLenient,
        };
        let Some(mut rule) = columns.rule(strictness, FieldType::Text, left, right) else { continue };
        let best = tried.iter().map(|rule: &TriedRule| rule.agreement.agreeing).max().unwrap_or(0);
        if strictness != Strictness::Notation && rule.agreement.agreeing <= best {
            continue;
        }
        affix_steps(&mut rule.left, &mut rule.right, &left_ends, &right_ends);
        rule.rules = text_rules(rules);
        mark_text_rules(&mut rule, rules);
        cast_to_text(columns, &mut rule);
        let is_good = rule.agreement.share() >= MIN_STRICT_SHARE;
        tried.push(rule);
        if is_good {
            break;
        }
    }
    tried
}

/// The marks of the text rules that are set.
fn mark_text_rules(rule: &mut TriedRule, (trim, nfc, case): (bool, bool, bool)) {
    let rows = rule.agreement.agreeing;
    for (is_set, kind, text) in [
        (trim, MarkKind::Trim, "white space around text is ignored"),
        (nfc, MarkKind::NormalForm, "the normal form of letters is ignored"),
        (case, MarkKind::Case, "the case of letters is ignored: \"abc\" and \"ABC\" become the same"),
    ] {
        rule.marks.extend(is_set.then(|| Mark::new(kind, text, rows)));
    }
}

/// The texts at the ends of both sides without what both have next to the rest of the text.
pub(super) fn different_ends(left: &(String, String), right: &(String, String)) -> [(String, String); 2] {
    let same = |left: &mut dyn Iterator<Item = char>, right: &mut dyn Iterator<Item = char>| {
        left.zip(right).take_while(|(l, r)| l == r).map(|(c, _)| c.len_utf8()).sum::<usize>()
    };
    let prefix = same(&mut left.0.chars().rev(), &mut right.0.chars().rev());
    let suffix = same(&mut left.1.chars(), &mut right.1.chars());
    [left, right].map(|(before, after)| {
        let before = before.get(..before.len() - prefix).unwrap_or_default();
        (before.to_owned(), after.get(suffix..).unwrap_or_default().to_owned())
    })
}

/// The steps for texts that differ in what stands at their ends. What one side lacks is put there, and what both sides
/// have, each its own, is taken off.
pub(super) fn affix_steps(
    left: &mut Steps,
    right: &mut Steps,
    (left_prefix, left_suffix): &(String, String),
    (right_prefix, right_suffix): &(String, String),
) {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let is_one_sided = |one: &str, other: &str| one.is_empty() || other.is_empty();
    // `concat` is the first step, so a side whose other end is stripped cannot be given its text first.
    if is_one_sided(left_prefix, right_prefix) && is_one_sided(left_suffix, right_suffix) {
        (left.before, left.after) = (text(right_prefix), text(right_suffix));
        (right.before, right.after) = (text(left_prefix), text(left_suffix));
    } else {
        (left.strip_prefix, left.strip_suffix) = (text(left_prefix), text(left_suffix));
        (right.strip_prefix, right.strip_suffix) = (text(right_prefix), text(right_suffix));
    }
}

/// A map of values; if it must be, one that ignores case.
fn mapped(columns: &Columns<'_>) -> Option<TriedRule> {
    let classes = |view: &ColumnView| view.classes.filter(|classes| (2..=MAX_CLASSES).contains(classes));
    classes(columns.left).and(classes(columns.right))?;
    let exact = map_rule(columns, false);
    if exact.as_ref().is_some_and(|rule| rule.agreement.share() >= MIN_STRICT_SHARE) {
        return exact;
    }
    let rows = exact.as_ref().map_or(0, |rule| rule.agreement.agreeing);
    let folded = map_rule(columns, true).filter(|rule| {
        let gain = rule.agreement.agreeing.saturating_sub(rows);
        gain >= MIN_GAIN && gain as f64 >= MIN_GAIN_SHARE * rule.agreement.of as f64
    });
    folded.or(exact)
}

fn map_rule(columns: &Columns<'_>, is_folded: bool) -> Option<TriedRule> {
    let fold = |text: &str| if is_folded { text.to_uppercase() } else { text.to_owned() };
    let texts = |view: &ColumnView| -> Vec<Option<String>> {
        view.texts.iter().map(|text| text.as_deref().map(fold)).collect()
    };
    let map = value_map::learn(&texts(columns.left), &texts(columns.right));
    if map.entries.is_empty() {
        return None;
    }
    // A value that is not in the map is kept, so that it is a difference that everybody sees.
    let mapped = |text: &str| {
        let text = fold(text);
        code(&map.entries.get(&text).unwrap_or(&text).clone())
    };
    let left = codes_of(columns.left, |text| Some(mapped(text)));
    let right = codes_of(columns.right, |text| Some(code(&fold(text))));
    let mut rule = columns.rule(Strictness::Learnt, FieldType::Text, left, right)?;
    // A word that means itself needs no entry. Each spelling has an entry of its own.
    rule.left.map = match is_folded {
        false => map.entries.clone(),
        true => {
            let spellings = columns.left.texts.iter().flatten();
            spellings.filter_map(|text| Some((text.clone(), map.entries.get(&fold(text))?.clone()))).collect()
        }
    };
    rule.marks.push(Mark::new(MarkKind::Map, map_text(&rule.left.map), rule.agreement.agreeing));
    if is_folded {
        rule.rules = text_rules((false, false, true));
        mark_text_rules(&mut rule, (false, false, true));
    }
    for (left, right, rows) in &map.seldom {
        rule.proposed.push(ProposedEntry { left: left.clone(), right: right.clone(), rows: *rows });
    }
    if !map.without_partner.is_empty() {
        rule.notes.push(format!("values without a partner: {}", map.without_partner.join(", ")));
    }
    if map.contradicts_words() {
        rule.doubts.push("the same words would stand for different things".to_owned());
    }
    if map.turns_truth() {
        rule.doubts.push("a word for true would stand for a word for false".to_owned());
    }
    cast_to_text(columns, &mut rule);
    // The map reads values of every kind and makes text.
    rule.left.cast = None;
    Some(rule)
}

/// The strictest rule, unless a more lenient one makes many more rows agree. Small gains stay differences.
fn choose(mut tried: Vec<TriedRule>, rows: usize) -> Option<TriedRule> {
    tried.sort_by_key(|rule| (rule.strictness, std::cmp::Reverse(rule.agreement.agreeing)));
    let mut tried = tried.into_iter();
    let mut best = tried.next()?;
    let mut kept: Vec<(usize, String)> = Vec::new();
    for rule in tried {
        let gain = rule.agreement.agreeing.saturating_sub(best.agreement.agreeing);
        let is_large = gain >= MIN_GAIN && gain as f64 >= MIN_GAIN_SHARE * rows as f64;
        if is_large && best.agreement.share() < MIN_STRICT_SHARE {
            let runner_up = (best.description(), best.agreement.agreeing);
            best = TriedRule { gain: Some(gain), runner_up: rule.runner_up.clone().or(Some(runner_up)), ..rule };
            kept.clear();
        } else if gain > 0 && rule.strictness > best.strictness && rule.strictness != Strictness::Learnt {
            kept.push((gain, rule.description()));
        }
    }
    if let Some((gain, what)) = kept.into_iter().max() {
        best.notes.push(format!("kept as differences: {gain} rows would agree as {what}"));
    }
    Some(best)
}

impl TriedRule {
    /// The rule in a few words.
    pub(super) fn description(&self) -> String {
        let marks: Vec<&str> = self
            .marks
            .iter()
            .map(|mark| match mark.kind {
                MarkKind::Case => "any case",
                MarkKind::Trim => "trimmed text",
                MarkKind::NormalForm => "normal form C",
                MarkKind::NullText => "with a text for null",
                MarkKind::Map => "a map of values",
                MarkKind::Zone => "another zone",
                MarkKind::Fold => "times shown twice",
                MarkKind::Rounding => "cut times",
                MarkKind::Day => "days",
                MarkKind::LeadingZeros => "numbers with leading zeros",
                MarkKind::Spelling => "numbers in any spelling",
                MarkKind::Name => "by name",
                MarkKind::Affix => "with a constant text",
                MarkKind::Scale => "scaled",
                MarkKind::Crossed => "across names",
            })
            .collect();
        if marks.is_empty() { self.ty.to_string() } else { format!("{} ({})", self.ty, marks.join(", ")) }
    }
}
