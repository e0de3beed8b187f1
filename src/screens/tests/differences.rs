//! The table of differences: what differs is visible at every width.

use file_mst::{Options, TreeWriter};
use insta::assert_debug_snapshot;
use mst_types::{ItemType, schema_bytes};

use super::drift::{orders, own_pair, place};
use super::*;

/// A tree of these records under a type of values.
pub(super) fn typed(dir: &std::path::Path, name: &str, ty: &str, records: &[(&str, String)]) -> Opened {
    let (path, ty) = (dir.join(name), ty.parse().unwrap());
    let options = Options { schema: Some(schema_bytes(&"String".parse().unwrap(), &ty)), ..Options::default() };
    let mut tree = TreeWriter::open(&path, options).unwrap();
    let ty = ItemType::postcard(ty);
    for (key, literal) in records {
        tree.put(key.as_bytes(), &ty.parse(literal).unwrap()).unwrap();
    }
    tree.commit("made", None).unwrap();
    open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap()
}

/// Two trees whose records have 30 fields: one differs in the last field, one in a text that is alike for 500 letters,
/// one in three fields, and one is alike.
pub(super) fn wide_records() -> (tempfile::TempDir, Pair) {
    let dir = tempfile::tempdir().unwrap();
    let fields: Vec<_> = (0..29).map(|number| format!("field_{number:02}: String")).collect();
    let ty = format!("{{{}, amount: u64}}", fields.join(", "));
    let record = |changed: &[(usize, &str)], amount: u64| {
        let value = |number: usize| {
            let own = changed.iter().find(|(field, _)| *field == number).map(|(_, text)| (*text).to_owned());
            own.unwrap_or_else(|| format!("the value of field {number}"))
        };
        let fields: Vec<_> = (0..29).map(|number| format!("\"field_{number:02}\": \"{}\"", value(number))).collect();
        format!("{{{}, \"amount\": {amount}}}", fields.join(", "))
    };
    let long = |end: &str| "all the same ".repeat(39) + end;
    let (long_left, long_right) = (long("LEFT"), long("RIGHT"));
    let left = [
        ("customer-0000001", record(&[], 1_234_567)),
        ("customer-0000002", record(&[(17, &long_left)], 1)),
        ("customer-0000003", record(&[(3, "Vienna"), (4, "open")], 3)),
        ("customer-0000004", record(&[], 4)),
    ];
    let right = [
        ("customer-0000001", record(&[], 1_234_568)),
        ("customer-0000002", record(&[(17, &long_right)], 1)),
        ("customer-0000003", record(&[(3, "Graz"), (4, "paid")], 33)),
        ("customer-0000004", record(&[], 4)),
    ];
    let (left, right) = (typed(dir.path(), "left.mst", &ty, &left), typed(dir.path(), "right.mst", &ty, &right));
    (dir, pair(["left.mst", "right.mst"], left, right))
}

#[test]
fn what_differs_is_visible_at_every_width() {
    let (_dir, pair) = wide_records();
    let pair = Arc::new(pair);
    for width in (20..48).chain([60, 79, 80, 99, 100, 120, 160, 200]) {
        for (view, lines) in [("", 5), ("T", 3)] {
            // A tree needs room for its branches.
            if view == "T" && width < 30 {
                continue;
            }
            let mut screen = two_trees(
                super::pair(["left.mst", "right.mst"], pair.left.clone(), pair.right.clone()),
                Theme::Mono,
                width,
                40,
            );
            press(&mut screen, view);
            // Nothing of the inspector, which would show it too.
            press(&mut screen, "Z");
            let text = screen.text();
            // Both sides show the letter in which they differ, and not their common beginning.
            let body: String = text.lines().skip(2).take(36).collect::<Vec<_>>().join("\n");
            for (left, right) in [("LE", "RI"), ("7", "8")] {
                assert!(body.contains(left) && body.contains(right), "{width}{view}: {left} {right}\n{text}");
            }
            assert!(view == "T" || drift_app(&mut screen).list.len() == lines + 1, "{width}{view}: {text}");
        }
    }
}

#[test]
fn screens_of_wide_records() {
    for (name, width, height, keys) in [
        ("20", 20, 8, "]"),
        ("40", 40, 12, "]]"),
        ("80", 80, 24, "]]"),
        ("80_sideways", 80, 24, "]]lll"),
        ("80_hex", 80, 24, "X]]XX"),
        ("80_redacted", 80, 24, "XXXX]]"),
        ("160", 160, 50, "]]j"),
        ("160_trees", 160, 50, "]]T"),
        ("120_trees_unified", 120, 20, "]]T|"),
    ] {
        let (_dir, pair) = wide_records();
        let mut screen = two_trees(pair, Theme::Dark, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(format!("differences_{name}"), screen.buffer());
    }
}

#[test]
fn a_record_takes_a_line_for_each_field_and_is_one_difference() {
    let (_dir, pair) = wide_records();
    let mut screen = two_trees(pair, Theme::Dark, 80, 24);
    let at = |screen: &mut Offscreen| {
        let app = drift_app(screen);
        (app.cursor.selected, app.list.part(app.cursor.selected), app.list.ordinal(app.cursor.selected))
    };
    // The lines: two records of one field, one of three, and what is equal.
    for (keys, expected) in [
        ("gg", (0, 0, Some(1))),
        ("j", (1, 0, Some(2))),
        ("j", (2, 0, Some(3))),
        ("j", (3, 1, Some(3))),
        ("j", (4, 2, Some(3))),
        ("[", (1, 0, Some(2))),
        ("]", (2, 0, Some(3))),
        ("j", (3, 1, Some(3))),
        ("G", (5, 0, None)),
        ("k", (4, 2, Some(3))),
        // The trees have one line for the record, and the cursor stays on it.
        ("T", (3, 0, Some(3))),
    ] {
        press(&mut screen, keys);
        let found = at(&mut screen);
        let expected = if keys == "T" { (found.0, 0, Some(3)) } else { expected };
        assert_eq!(found, expected, "{keys}: {}", screen.text());
    }
    assert!(screen.text().contains("3 of 3"), "{}", screen.text());
    // Past the table of records.
    press(&mut screen, "TT");
    assert_eq!(at(&mut screen), (2, 0, Some(3)));
    press(&mut screen, "jj");
    assert!(screen.text().contains("amount: 3 → 33   3 of 3, field 3 of 3"), "{}", screen.text());
    // A format that knows no fields has one line for each record.
    press(&mut screen, "X");
    assert_eq!((at(&mut screen), drift_app(&mut screen).list.len()), ((2, 0, Some(3)), 4));
    press(&mut screen, "XXX");
    assert_eq!((at(&mut screen), drift_app(&mut screen).list.len()), ((2, 0, Some(3)), 6));
    let text = screen.text();
    assert!(text.contains("field_03") && !text.contains("Vienna") && !text.contains("Graz"), "{text}");
}

#[test]
fn more_fields_than_lines_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let list = |first: usize| format!("[{}]", (0..200).map(|n| (first + n).to_string()).collect::<Vec<_>>().join(", "));
    let one = |name, first| typed(dir.path(), name, "Vec<u16>", &[("a", list(first)), ("b", list(0))]);
    let mut screen =
        two_trees(pair(["left.mst", "right.mst"], one("left.mst", 0), one("right.mst", 1)), Theme::Dark, 80, 60);
    assert_eq!(drift_app(&mut screen).list.len(), 41, "{}", screen.text());
    press(&mut screen, "G");
    assert!(screen.text().contains("… 161 fields more"), "{}", screen.text());
    assert_eq!(place(&mut screen), "40=");
}

#[test]
fn the_cursor_begins_on_the_first_difference_until_it_is_moved() {
    let mut screen = opened_trees(orders(), Theme::Dark, 120, 24);
    assert_eq!(place(&mut screen), "1−");
    assert_debug_snapshot!("differences_opened", screen.buffer());
    press(&mut screen, "k");
    assert_eq!(place(&mut screen), "0=");
}

/// Fields that hold lists and maps name the part that differs.
#[test]
fn parts_of_fields_are_named() {
    let (_dir, pair) = own_pair();
    let text = two_trees(pair, Theme::Mono, 100, 20).text();
    let line = |part: &str| text.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(line("order-041").contains("amount    4,100"), "{text}");
    let tags = line("tags[0]");
    assert!(tags.contains("new") && tags.contains("old") && !tags.contains("order-041"), "{text}");
    assert!(line("order-200b").contains("(record)  ·"), "{text}");
}
