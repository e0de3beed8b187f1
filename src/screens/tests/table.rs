//! The table of records of one tree.

use file_mst::storage::FileStorage;
use insta::assert_debug_snapshot;

use super::*;
use crate::runtime::input::action::{Action, TreeAction};
use crate::runtime::input::commands::Command;
use crate::runtime::offscreen::text_of;

fn ledger() -> Opened {
    let path = format!("{}/samples/ledger.mst", env!("CARGO_MANIFEST_DIR"));
    open(Arc::new(FileStorage::open(path.as_ref()).unwrap()), &OpenOptions::default()).unwrap()
}

/// A file of our own format, whose nodes count the records below them.
fn counted(records: u64) -> (tempfile::TempDir, Opened) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.mst");
    let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    tree.insert_many((0..records).map(|number| (format!("key-{number:05}"), number))).unwrap();
    tree.commit_at("all", UNIX_EPOCH + Duration::from_secs(1_795_219_200)).unwrap();
    let opened = open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap();
    (dir, opened)
}

fn selected(screen: &mut Offscreen) -> String {
    let key = app(screen).selected_key().expect("a record");
    String::from_utf8_lossy(key.hashed()).into_owned()
}

#[test]
fn the_table_at_every_size() {
    let opened = ledger();
    for (name, width, height, keys) in [
        ("wide", 160, 50, "T"),
        ("standard", 80, 24, "Tjjj"),
        ("middle", 120, 30, "T:nth 200<Enter>ll"),
        ("end", 80, 24, "TG"),
        ("sideways", 40, 10, "Tll"),
        ("tiny", 20, 5, "Tj"),
        ("redacted", 80, 24, "TXXXX"),
        ("columns", 80, 24, "Tlc"),
        ("columns_changed", 80, 24, "Tc<Space>jlkk)))<Esc>"),
        ("filtered", 120, 30, "T&status:Open<Enter>"),
        ("light", 80, 24, "Tjl"),
    ] {
        let theme = if name == "light" { Theme::Light } else { Theme::Dark };
        let mut screen = browse("ledger.mst", &opened, theme, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(format!("table_{name}"), screen.buffer());
    }
}

#[test]
fn a_page_reads_only_the_nodes_of_its_rows() {
    let (_dir, opened) = counted(60_000);
    let height = u64::from(opened.tree.height().unwrap());
    let mut screen = browse("large.mst", &opened, Theme::Dark, 100, 40);
    press(&mut screen, "T");
    let read = || opened.tree.store().read_counts().nodes;
    for (keys, number) in
        [("G", 60_000), ("gg", 1), (":nth 30000<Enter>", 30_000), ("<Ctrl-f>", 0), (":nth 12345<Enter>", 12_345)]
    {
        let before = read();
        press(&mut screen, keys);
        let app = app(&mut screen);
        let table = app.table.as_ref().unwrap();
        let (mut nodes, mut rows): (Vec<u64>, u64) = (Vec::new(), 0);
        for at in table.window() {
            let key = table.rows.get(at).and_then(|row| row.key()).expect("a row in sight is loaded");
            assert_eq!(String::from_utf8_lossy(key.hashed()), format!("key-{at:05}"));
            nodes.push(key.node().offset());
            rows += 1;
        }
        nodes.sort_unstable();
        nodes.dedup();
        assert!(rows > 30, "{keys}: {rows} rows");
        if number > 0 {
            assert_eq!(app.inspected_number(), Some(number), "{keys}");
        }
        // A jump finds its place by one path, and loads a page on either side at most.
        let allowed = 3 * nodes.len() as u64 + 3 * height;
        assert!(read() - before <= allowed, "{keys}: {} read, {allowed} allowed", read() - before);
    }
    // A line further costs the node of that line at most, and the path to it.
    press(&mut screen, ":nth 40000<Enter>");
    for _ in 0..100 {
        let before = read();
        press(&mut screen, "j");
        assert!(read() - before <= height);
    }
    assert_eq!(selected(&mut screen), "key-40099");
    assert!(screen.text().contains("of 60,000"), "{}", screen.text());
}

#[test]
fn a_tree_that_does_not_count_is_scrolled_by_keys() {
    let (writer, root) = written(3000);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("large.mst", &opened, Theme::Dark, 80, 24);
    press(&mut screen, ":key key-01500<Enter>");
    let before = opened.tree.store().read_counts().nodes;
    press(&mut screen, "T");
    assert_eq!(selected(&mut screen), "key-01500");
    assert!(screen.text().contains("numbers unknown"), "{}", screen.text());
    let read = opened.tree.store().read_counts().nodes - before;
    assert!(read < 10, "{read} nodes read");
    for number in 1501..1600 {
        press(&mut screen, "j");
        assert_eq!(selected(&mut screen), format!("key-{number:05}"));
    }
    for number in (1450..1599).rev() {
        press(&mut screen, "k");
        assert_eq!(selected(&mut screen), format!("key-{number:05}"));
    }
    press(&mut screen, "G");
    assert_eq!(selected(&mut screen), "key-02999");
    press(&mut screen, "j");
    assert_eq!(selected(&mut screen), "key-02999");
    press(&mut screen, "gg");
    assert_eq!((selected(&mut screen).as_str(), app(&mut screen).inspected_number()), ("key-00000", Some(1)));
    press(&mut screen, "k");
    assert_eq!(selected(&mut screen), "key-00000");
    // The start tells the positions of all rows that follow.
    press(&mut screen, "jj");
    assert_eq!(app(&mut screen).inspected_number(), Some(3));
}

#[test]
fn after_a_count_the_end_tells_the_positions_too() {
    let (writer, root) = written(3000);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("large.mst", &opened, Theme::Dark, 80, 24);
    press(&mut screen, "CTG");
    assert_eq!((selected(&mut screen).as_str(), app(&mut screen).inspected_number()), ("key-02999", Some(3000)));
    assert!(screen.text().contains("of 3,000"), "{}", screen.text());
}

#[test]
fn the_start_comes_into_sight_from_the_middle() {
    let (writer, root) = written(3000);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("large.mst", &opened, Theme::Dark, 80, 24);
    press(&mut screen, ":key key-00100<Enter>T");
    for _ in 0..20 {
        press(&mut screen, "<Ctrl-b>");
    }
    assert_eq!((selected(&mut screen).as_str(), app(&mut screen).inspected_number()), ("key-00000", Some(1)));
}

#[test]
fn a_filter_lists_what_passes_it_in_the_order_of_keys() {
    let opened = ledger();
    let mut screen = browse("ledger.mst", &opened, Theme::Dark, 120, 30);
    // The scan begins in the middle; what stands before is found last, and listed first.
    press(&mut screen, "T:nth 200<Enter>&status:Open<Enter>");
    let hits = |screen: &mut Offscreen| app(screen).table.as_ref().unwrap().filtered.as_ref().unwrap().hits.len();
    let open = hits(&mut screen);
    assert!((50..300).contains(&open), "{open}");
    press(&mut screen, "gg");
    let first = selected(&mut screen);
    press(&mut screen, "G");
    assert!(first < selected(&mut screen));
    let mut keys = vec![];
    press(&mut screen, "gg");
    for _ in 0..open {
        keys.push(selected(&mut screen));
        assert!(screen.text().contains("status         Open") || screen.text().contains("Open"));
        press(&mut screen, "j");
    }
    assert!(keys.is_sorted() && keys.len() == open);
    assert!(screen.text().contains(&format!("{open} of 360 records")), "{}", screen.text());
    // A prefix finds its place by the keys.
    press(&mut screen, "&<Ctrl-u>prefix:INV-20261 status:Open<Enter>gg");
    assert!(hits(&mut screen) < open && selected(&mut screen).starts_with("INV-20261"));
    press(&mut screen, "&<Ctrl-u>nobody has this<Enter>");
    assert!(screen.text().contains("no record passes the filter"), "{}", screen.text());
    // An empty filter shows all again.
    press(&mut screen, "&<Ctrl-u><Enter>");
    assert!(screen.text().contains("of 360"), "{}", screen.text());
}

#[test]
fn the_view_is_remembered_within_the_run() {
    let opened = ledger();
    let mut screen = browse("ledger.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, "Tc<Space><Esc>l)))");
    let columns = app(&mut screen).table.as_ref().unwrap().columns.clone();
    assert_eq!(columns.count_shown(), 3);
    press(&mut screen, "T");
    assert!(!app(&mut screen).has_table());
    press(&mut screen, "T");
    assert_eq!(app(&mut screen).table.as_ref().unwrap().columns, columns);
    // Another version of the file has the same view, and the cursor on the same key.
    press(&mut screen, ":nth 100<Enter>");
    let key = selected(&mut screen);
    press(&mut screen, "<");
    assert_eq!(app(&mut screen).table.as_ref().unwrap().columns, columns);
    assert_eq!(selected(&mut screen), key);
    // So it has the filter.
    press(&mut screen, "&status:Open<Enter>>");
    let filtered = app(&mut screen).table.as_ref().unwrap().filtered.as_ref().expect("the filter stays");
    assert!(!filtered.hits.is_empty() && filtered.task.is_none());
    assert!(selected(&mut screen).starts_with("INV-"));
}

#[test]
fn outline_and_table_lead_to_the_same_record() {
    let opened = ledger();
    let mut screen = browse("ledger.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, ":nth 77<Enter>");
    let key = selected(&mut screen);
    press(&mut screen, "T");
    assert_eq!(selected(&mut screen), key);
    // The path to its node is the same one.
    press(&mut screen, "yp");
    let path = screen.stack.copied().map(str::to_owned);
    press(&mut screen, "Typ");
    assert!(path.as_ref().is_some_and(|path| path.contains('/')) && screen.stack.copied() == path.as_deref());
    press(&mut screen, "T");
    press(&mut screen, "]]]T");
    assert!(!app(&mut screen).has_table());
    assert_eq!(selected(&mut screen), "INV-2026079");
    // A record opens from the table, and steps go on inside.
    press(&mut screen, "T<Enter>]");
    assert!(screen.text().contains("┌ INV-2026080"), "{}", screen.text());
}

#[test]
fn rows_that_cannot_be_read_stand_in_their_places() {
    let path = format!("{}/samples/broken.mst", env!("CARGO_MANIFEST_DIR"));
    let opened = open(Arc::new(FileStorage::open(path.as_ref()).unwrap()), &OpenOptions::default()).unwrap();
    let mut screen = browse("broken.mst", &opened, Theme::Dark, 100, 24);
    press(&mut screen, "TG");
    assert_eq!(app(&mut screen).inspected_number(), Some(360));
    press(&mut screen, "gg");
    let mut unreadable = 0;
    for _ in 0..360 {
        unreadable += u32::from(app(&mut screen).selected_key().is_none());
        press(&mut screen, "j");
    }
    assert!(unreadable > 0);
}

/// Nothing is said of the numbers before the first rows are there.
#[test]
fn rows_that_are_still_being_read_have_no_numbers() {
    let area = ratatui::layout::Rect::new(0, 0, 80, 24);
    let mut screen = TreeScreen::start(shown("ledger.mst", &ledger()), Start { area, ..start() });
    let toggle = Action::Tree(TreeAction::ToggleTable);
    Screen::execute(&mut screen, Command::Do(toggle)).expect("a table");
    let mut buffer = ratatui::buffer::Buffer::empty(area);
    Screen::draw(&screen, &mut buffer);
    let text = text_of(&buffer);
    assert!(text.contains("Records · being read …"), "{text}");
}
