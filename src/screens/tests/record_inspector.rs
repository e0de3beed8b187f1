//! The inspector beside the outline, and steps from record to record.

use file_mst::storage::FileStorage;
use insta::assert_debug_snapshot;

use super::*;
use crate::model::outline::Row;
use crate::model::record_cursor::{Place, RecordCursor};

/// A sample of this project, whose values have fields.
fn sample(name: &str) -> Opened {
    let path = format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    open(Arc::new(FileStorage::open(path.as_ref()).unwrap()), &OpenOptions::default()).unwrap()
}

#[test]
fn heads_legend_and_the_record_beside_the_list() {
    let opened = sample("ledger.mst");
    for (name, width, height, keys) in [
        ("wide", 160, 50, "jjjj"),
        ("node", 120, 30, "jj"),
        ("standard", 80, 24, "jjjj"),
        ("standard_inside", 80, 24, "jjjj<Tab>j"),
        ("small", 40, 10, "jjjj"),
        ("tiny", 20, 5, "jjjj<Tab>"),
        ("hex", 120, 30, "jjjjXXX"),
        ("json", 120, 30, "jjjjv"),
        ("redacted", 120, 30, "jjjjXXXX"),
        ("zoomed", 120, 30, "jjjj<Tab>Z"),
        ("wider", 120, 30, "jjjj++++"),
    ] {
        let mut screen = browse("ledger.mst", &opened, Theme::Dark, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(format!("inspector_{name}"), screen.buffer());
    }
}

#[test]
fn the_key_of_the_inspector_goes_in_and_back_and_resizes() {
    let opened = sample("ledger.mst");
    let mut screen = browse("ledger.mst", &opened, Theme::Dark, 120, 30);
    let width = |screen: &mut Offscreen| app(screen).areas.inspector.width;
    let before = width(&mut screen);
    press(&mut screen, "++");
    assert!(width(&mut screen) > before);
    press(&mut screen, "---");
    assert!(width(&mut screen) < before);
    press(&mut screen, "Z");
    assert_eq!(width(&mut screen), 0, "the outline has the whole screen");
    press(&mut screen, "<Tab>");
    assert_eq!((width(&mut screen), app(&mut screen).areas.outline.width), (120, 0));
    press(&mut screen, "Z<Tab>");
    assert!(width(&mut screen) > 0 && app(&mut screen).areas.outline.width > 0);
}

fn selected_key(screen: &mut Offscreen) -> String {
    let key = app(screen).selected_key().expect("a record");
    String::from_utf8_lossy(key.hashed()).into_owned()
}

#[test]
fn steps_lead_through_all_records_across_nodes_and_back() {
    let opened = sample("ledger.mst");
    let mut screen = browse("ledger.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, "]");
    for number in 0..360 {
        assert_eq!(selected_key(&mut screen), format!("INV-{}", 2_026_000 + number), "{}", screen.text());
        assert!(matches!(app(&mut screen).selected_row(), Some(Row::Record(..))));
        assert_eq!(app(&mut screen).inspected_number(), Some(number + 1));
        press(&mut screen, "]");
    }
    assert!(screen.text().contains("this is the last record"), "{}", screen.text());
    for number in (0..359).rev() {
        press(&mut screen, "[");
        assert_eq!(selected_key(&mut screen), format!("INV-{}", 2_026_000 + number));
    }
    press(&mut screen, "[");
    assert!(screen.text().contains("this is the first record"), "{}", screen.text());
}

#[test]
fn steps_go_on_inside_an_open_value_and_in_the_inspector() {
    let opened = sample("ledger.mst");
    let mut screen = browse("ledger.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, "jjj<Enter>]]]");
    assert!(screen.text().contains("┌ INV-2026003"), "{}", screen.text());
    press(&mut screen, "[");
    assert!(screen.text().contains("┌ INV-2026002"), "{}", screen.text());
    press(&mut screen, "<Esc><Tab>]");
    assert_eq!(selected_key(&mut screen), "INV-2026003");
    assert!(screen.text().contains("┌ INV-2026003"), "{}", screen.text());
    // Without a search the key for the next hit steps on.
    press(&mut screen, "n");
    assert_eq!(selected_key(&mut screen), "INV-2026004");
}

#[test]
fn a_step_reads_one_path_at_most() {
    let (writer, root) = written(60_000);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("large.mst", &opened, Theme::Dark, 120, 36);
    let read = || opened.tree.store().read_counts().nodes;
    let height = u64::from(opened.tree.height().unwrap());
    // From the last visible record on, where nothing was read.
    press(&mut screen, ":nth 30000<Enter>");
    for _ in 0..40 {
        let before = read();
        press(&mut screen, "]");
        let lines = u64::from(app(&mut screen).areas.outline_inside().height);
        assert!(read() - before <= height + lines, "the path, and the nodes that came into sight");
    }
    let tree = &opened.tree;
    let mut cursor = RecordCursor::first(tree).unwrap().unwrap();
    for _ in 0..500 {
        let before = read();
        assert!(cursor.step(true));
        assert!(read() - before <= height);
    }
}

#[test]
fn a_cursor_meets_all_records_in_both_directions_and_damage_once() {
    let (writer, root) = written(3000);
    let mut bytes = writer.into_bytes();
    let key = bytes.windows(9).position(|part| part == b"key-01234").unwrap();
    bytes[key] ^= 1;
    let opened = open_bytes(bytes, root.offset, None);
    let keys = |forward: bool| {
        let start = if forward { RecordCursor::first(&opened.tree) } else { RecordCursor::last(&opened.tree) };
        let mut cursor = start.unwrap().unwrap();
        let (mut keys, mut damaged) = (Vec::new(), 0);
        loop {
            match cursor.place() {
                Some(Place::Record(key)) => keys.push(key.stored().to_vec()),
                Some(Place::Unreadable(..)) => damaged += 1,
                None => unreachable!("the cursor stands somewhere"),
            }
            if !cursor.step(forward) {
                return (keys, damaged);
            }
        }
    };
    let (forward, damaged) = keys(true);
    assert_eq!(damaged, 1);
    assert!(forward.len() > 2900 && forward.is_sorted());
    let (mut backward, damaged) = keys(false);
    backward.reverse();
    assert_eq!((backward, damaged), (forward, 1));
}

#[test]
fn positions_and_keys_lead_to_the_same_record() {
    let opened = sample("ledger.mst");
    for position in [0, 1, 9, 10, 11, 200, 359] {
        let (cursor, before) = RecordCursor::at_position(&opened.tree, position).unwrap().unwrap();
        let key = cursor.key().unwrap();
        assert_eq!(
            (before, String::from_utf8_lossy(key.hashed()).into_owned()),
            (position, format!("INV-{}", 2_026_000 + position))
        );
        let by_key = RecordCursor::at_key(&opened.tree, key.stored()).unwrap().unwrap();
        assert_eq!((by_key.children(), by_key.record()), (cursor.children(), cursor.record()));
    }
    assert!(RecordCursor::at_position(&opened.tree, 360).unwrap().is_none());
}
