//! Pairs of notations that need two steps, and the marks of what they overlook.

use mst_sync::draft::{MarkKind, draft};
use mst_sync::source::Cell;

use super::rendered::{data, differing, id, kinds, mixed, text};

type Make = fn(usize) -> Cell<'static>;

fn name(row: usize) -> String {
    format!("Name{} Of{}", mixed(row) % 977, mixed(row) % 13)
}

fn seconds(row: usize) -> i128 {
    1_750_000_000 + i128::from(mixed(row) % 20_000_000)
}

fn span(row: usize) -> i128 {
    i128::from(mixed(row) % 4000) * 60
}

fn local_day(row: usize, zone: &str) -> String {
    let moment = jiff::Timestamp::from_second(seconds(row) as i64).unwrap();
    moment.in_tz(zone).unwrap().strftime("%Y-%m-%d").to_string()
}

/// Each case: the left and the right column, the marks, the type, and the rows that differ.
#[test]
fn notations_that_need_two_steps_are_paired() {
    let cases: [(&str, Make, Make, &[MarkKind], &str); 14] = [
        (
            "a prefix and another case",
            |row| text(name(row)),
            |row| text(format!("C:{}", name(row).to_uppercase())),
            &[MarkKind::Case],
            "text",
        ),
        (
            "a prefix and blanks",
            |row| text(format!("{:<20}", name(row))),
            |row| text(format!("ref/{}", name(row))),
            &[MarkKind::Trim],
            "text",
        ),
        (
            "two prefixes, blanks and another case",
            |row| text(format!("a-{:<20}", name(row))),
            |row| text(format!("b/{}", name(row).to_lowercase())),
            &[MarkKind::Trim, MarkKind::Case],
            "text",
        ),
        (
            "a day and a count of seconds in UTC",
            |row| Cell::Date((seconds(row) / 86_400) as i32),
            |row| Cell::Int(seconds(row)),
            &[MarkKind::Day, MarkKind::Zone],
            "date",
        ),
        (
            "a moment and its day in New York",
            |row| Cell::Instant(seconds(row) * 1_000_000_000),
            |row| text(local_day(row, "America/New_York")),
            &[MarkKind::Day, MarkKind::Zone],
            "date",
        ),
        ("seconds and minutes", |row| Cell::Int(span(row)), |row| Cell::Int(span(row) / 60), &[], "duration(us)"),
        (
            "hours as a decimal number and minutes",
            |row| Cell::Number { text: format!("{}.5", mixed(row) % 90).into(), shift: 0 },
            |row| Cell::Int(i128::from(mixed(row) % 90) * 60 + 30),
            &[],
            "duration(us)",
        ),
        (
            "seconds and a text",
            |row| Cell::Int(span(row) + 90_000),
            |row| {
                let all = span(row) + 90_000;
                text(format!("{:02}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60))
            },
            &[],
            "duration(us)",
        ),
        (
            "a duration and a text in ISO 8601",
            |row| Cell::Duration(span(row) * 1_000_000_000),
            |row| text(format!("PT{}M", span(row) / 60)),
            &[],
            "duration(us)",
        ),
        (
            "minutes and a duration",
            |row| text((span(row) / 60).to_string()),
            |row| Cell::Duration(span(row) * 1_000_000_000),
            &[],
            "duration(us)",
        ),
        (
            "a map from words in two cases",
            |row| text(["open", "OPEN", "paid", "PAID", "void", "VOID"][mixed(row) as usize % 6]),
            |row| text(["1", "1", "2", "2", "3", "3"][mixed(row) as usize % 6]),
            &[MarkKind::Map, MarkKind::Case],
            "text",
        ),
        (
            "a map to words in two cases",
            |row| Cell::Int(i128::from(mixed(row) % 6 / 2)),
            |row| text(["open", "OPEN", "paid", "PAID", "void", "VOID"][mixed(row) as usize % 6]),
            &[MarkKind::Map, MarkKind::Case],
            "text",
        ),
        (
            "truth values and words",
            |row| Cell::Bool(mixed(row).is_multiple_of(3)),
            |row| text(if mixed(row).is_multiple_of(3) { "active" } else { "closed" }),
            &[MarkKind::Map],
            "text",
        ),
        (
            "typed times without declared digits",
            |row| Cell::Local(seconds(row) * 1_000_000_000),
            |row| Cell::Local(seconds(row) * 1_000_000_000),
            &[],
            "timestamp(us)",
        ),
    ];
    for (what, left, right, marks, ty) in cases {
        let amount = |row: usize| Cell::Int(i128::from(mixed(row + 4000) % 9000));
        let left = data("left", 400, &[("id", &id), ("amount", &amount), ("l", &left)]);
        let right = data("right", 400, &[("id", &id), ("amount", &amount), ("r", &right)]);
        let draft = draft(&left.table(), &right.table()).unwrap();
        let pair = draft.pairs.iter().find(|pair| pair.field.left == "l");
        let pair = pair.unwrap_or_else(|| panic!("{what}: {:?}", draft.undecided));
        assert_eq!((pair.field.right.as_str(), pair.field.field.ty.to_string().as_str()), ("r", ty), "{what}");
        // A constant text is marked too.
        let marks: Vec<_> = marks.iter().copied().chain(what.contains("fix").then_some(MarkKind::Affix)).collect();
        assert_eq!(kinds(&draft), marks, "{what}");
        assert_eq!(differing(&draft, &left, &right), 0, "{what}");
        assert_eq!((pair.evidence.agreeing, pair.evidence.broken), (400, 0), "{what}");
    }
}

/// A type of which no sampled row needs more has room for the rest of the table.
#[test]
fn types_have_room_for_rows_that_the_key_did_not_join() {
    // The last rows are only in one table each, and have more digits.
    let number = |row: usize| match row {
        0..300 => Cell::Number { text: format!("{}.5", mixed(row) % 900).into(), shift: 0 },
        _ => Cell::Number { text: format!("{}.1255", mixed(row) % 900).into(), shift: 0 },
    };
    let whole = |row: usize| match row {
        0..300 => Cell::Int(i128::from(mixed(row + 50) % 900)),
        _ => Cell::Number { text: "0.25".into(), shift: 0 },
    };
    let at = |row: usize| {
        let fraction = if row < 300 { String::new() } else { ".123456789".to_owned() };
        text(format!("2026-01-{:02}T10:{:02}:00{fraction}Z", row % 28 + 1, mixed(row) % 60))
    };
    let key = |offset: usize| move |row: usize| Cell::Int(if row < 300 { row + 1 } else { row + offset } as i128);
    let (left_key, right_key) = (key(1000), key(5000));
    let left = data("left", 310, &[("id", &left_key), ("n", &number), ("w", &whole), ("at", &at)]);
    let right = data("right", 310, &[("id", &right_key), ("n", &number), ("w", &whole), ("at", &at)]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    let types: Vec<_> = draft.pairs.iter().map(|pair| pair.field.field.ty.to_string()).collect();
    assert_eq!(types, ["decimal(4)", "decimal(2)", "timestamp(ns)"]);
    let folder = tempfile::tempdir().unwrap();
    let [l, r] = super::mappings(&draft, folder.path());
    for records in [super::records(&l, &left), super::records(&r, &right)] {
        assert!(records.values().all(|fields| fields.values().all(Option::is_some)));
    }
}

/// In a table that was not sampled completely some row may have a time that clocks showed twice.
#[test]
fn a_zone_has_a_fold_unless_every_row_was_seen() {
    let local = |row: usize| {
        let moment = jiff::Timestamp::from_second(1_740_000_000 + row as i64 * 3011).unwrap().in_tz("Europe/Berlin");
        text(moment.unwrap().strftime("%d.%m.%Y %H:%M:%S").to_string())
    };
    for (rows, folds) in [(4000, false), (12_000, true)] {
        let at = |row: usize| Cell::Int(1_740_000_000 + row as i128 * 3011);
        let left = data("left", rows, &[("id", &id), ("at", &at)]);
        let mut right = data("right", rows, &[("id", &id), ("local", &local)]);
        // Without the rows of the doubtful hours.
        let hours = ["26.10.2025 02", "27.10.2024 02"];
        let is_doubtful = |text: &str| hours.iter().any(|hour| text.starts_with(hour));
        right.rows.retain(|row| !matches!(&row[1], Cell::Text(text) if is_doubtful(text)));
        let draft = draft(&left.table(), &right.table()).unwrap();
        let field = &draft.pairs[0].field;
        assert_eq!(field.right_steps.zone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(field.right_steps.fold.is_some(), folds || rows > 4000, "{rows}");
        assert_eq!(kinds(&draft).contains(&MarkKind::Fold), folds, "{rows}");
    }
}
