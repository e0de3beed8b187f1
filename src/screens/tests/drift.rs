//! The screen of two trees.

use std::sync::atomic::AtomicBool;

use file_mst::Options;
use file_mst::TreeWriter;
use file_mst::diff::verdict;
use insta::assert_debug_snapshot;
use mst_types::ItemType;

use super::*;
use crate::model::diff::list::Batch;
use crate::screens::diff::DiffScreen;
use crate::screens::diff::compare::{Limits, compare};

fn upstream_pair(left: (&str, u64, &str), right: (&str, u64, &str)) -> Pair {
    pair([left.0, right.0], open_upstream(left), open_upstream(right))
}

pub(super) fn orders() -> Pair {
    upstream_pair(ORDERS, ORDERS_B)
}

/// Two files of our own: 300 orders, of which the right has two with other fields, one less and one more.
pub(super) fn own_pair() -> (tempfile::TempDir, Pair) {
    type Order = (u64, String, Vec<String>);
    let dir = tempfile::tempdir().unwrap();
    let order = |number: u64| {
        let tags = vec!["new".to_owned(), format!("lot-{}", number / 10)];
        (format!("order-{number:03}"), (number * 100, "paid".to_owned(), tags))
    };
    let open_file = |name: &str, change: &dyn Fn(&mut MerkleSearchTree<String, Order>)| {
        let path = dir.path().join(name);
        let mut tree: MerkleSearchTree<String, Order> = MerkleSearchTree::open(&path).unwrap();
        tree.insert_many((0..300).map(order)).unwrap();
        change(&mut tree);
        tree.commit_at("", UNIX_EPOCH + Duration::from_secs(1_795_219_200)).unwrap();
        let value = Some("{amount: u64, status: String, tags: Vec<String>}".parse().unwrap());
        let options = OpenOptions { value, ..OpenOptions::default() };
        open(Arc::new(FileStorage::open(&path).unwrap()), &options).unwrap()
    };
    let left = open_file("monday.mst", &|_| {});
    let right = open_file("tuesday.mst", &|tree| {
        let (key, (amount, _, tags)) = order(40);
        tree.insert(key, (amount, "open".to_owned(), tags)).unwrap();
        let (key, (amount, status, mut tags)) = order(41);
        tags[0] = "old".to_owned();
        tree.insert(key, (amount + 5, status, tags)).unwrap();
        tree.remove(&"order-200".to_owned()).unwrap();
        tree.insert("order-200b".to_owned(), order(200).1).unwrap();
    });
    (dir, pair(["monday.mst", "tuesday.mst"], left, right))
}

/// The line under the cursor, its glyph, and what lies over it.
pub(super) fn place(screen: &mut Offscreen) -> String {
    let app = drift_app(screen);
    let glyph = app.list.row(app.cursor.selected).map_or("nothing", |row| app.list.kind(row).glyph());
    let layer = app.layers.top().map_or_else(String::new, |layer| format!(" {}", layer.name()));
    format!("{}{glyph}{layer}", app.cursor.selected)
}

/// The drift of the orders is `=−=~~=+=−=~=++` where the nodes are not shown.
#[test]
fn keys_lead_where_they_should() {
    for (keys, expected) in [
        ("", "0="),
        ("j", "1−"),
        ("jk", "0="),
        ("]", "1−"),
        ("]]", "3~"),
        ("]]]", "4~"),
        ("]]]]", "6+"),
        ("]]]][", "4~"),
        ("[", "0="),
        ("G", "13+"),
        ("G]", "13+"),
        ("G{", "12+"),
        ("G{{", "10~"),
        ("Ggg", "0="),
        ("}}", "3~"),
        ("}}}", "6+"),
        ("}}}{", "3~"),
        ("<Ctrl-f>", "13+"),
        ("<Enter>j", "1="),
        ("<Enter><Enter>j", "1−"),
        ("]<Enter>", "1− record"),
        ("]<Enter>]", "3~ record"),
        ("]<Enter>]q", "3~"),
        ("]<Enter><Esc>", "1−"),
        ("]<Enter><Enter>", "1−"),
        ("]<Enter>jj", "1− record"),
        ("?", "0= help"),
        ("?]", "0= help"),
        ("?q", "0="),
        ("w", "0= why"),
        ("]w", "1− why"),
        ("]w]", "3~ why"),
        ("]wjw", "1−"),
        ("]wq", "1−"),
        ("s", "0= fields"),
        ("t", "0= doubts"),
        ("tt", "0="),
        ("s]", "0= fields"),
        ("ss", "0="),
        ("]<Enter>s<Esc>", "1−"),
        ("&-<Enter>", "0−"),
        ("&only right<Enter>", "0+"),
        ("&ch<Tab><Enter>", "0~"),
        ("&~<Enter>&<Ctrl-u><Enter>", "0="),
        ("&~<Enter><Esc>", "0="),
        // The cursor stays near what it was on.
        ("G&left<Enter>", "1−"),
        ("]]&~<Enter>", "0~"),
        ("]]&~<Enter>j&<Ctrl-u><Enter>", "4~"),
        ("]&~<Enter>}", "2~"),
    ] {
        let mut screen = two_trees(orders(), Theme::Dark, 120, 30);
        press(&mut screen, keys);
        assert_eq!(place(&mut screen), expected, "after {keys:?}\n{}", screen.text());
        assert!(!screen.stack.is_over(), "after {keys:?}");
    }
    for (keys, quits) in [("q", true), ("?q", false), ("]<Enter>qq", true), ("?<Ctrl-c>", true), ("<Esc>", false)] {
        let mut screen = two_trees(orders(), Theme::Dark, 80, 24);
        press(&mut screen, keys);
        assert_eq!(screen.stack.is_over(), quits, "after {keys:?}");
    }
}

#[test]
fn screens() {
    for (name, theme, width, height, keys) in [
        ("wide_dark", Theme::Dark, 120, 30, "T"),
        ("wide_light", Theme::Light, 120, 30, "T]]"),
        ("wide_mono", Theme::Mono, 120, 40, "T]]"),
        ("records_dark", Theme::Dark, 120, 24, "]]"),
        ("folded", Theme::Dark, 120, 16, "Tjj<Space>jj<Space>"),
        ("unfolded", Theme::Dark, 120, 24, "jj<Space>"),
        ("unified_nodes", Theme::Dark, 80, 24, "T]]"),
        ("record_unified", Theme::Dark, 80, 24, "]]<Enter>"),
        ("wide_low", Theme::Dark, 120, 10, "TG"),
        ("standard", Theme::Light, 80, 24, "]]"),
        ("filtered", Theme::Dark, 120, 16, "&~<Enter>l"),
        ("small", Theme::Dark, 20, 5, "]"),
        ("one_cell", Theme::Dark, 1, 1, ""),
        ("why_only_left", Theme::Dark, 120, 14, "]w"),
        ("why_changed", Theme::Mono, 120, 14, "]]w"),
        ("record_bytes", Theme::Dark, 100, 16, "]]<Enter>"),
    ] {
        let mut screen = two_trees(orders(), theme, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(format!("drift_{name}"), screen.buffer());
    }
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Dark, 120, 20);
    assert_debug_snapshot!("drift_fields", screen.buffer());
    press(&mut screen, "T");
    assert_debug_snapshot!("drift_fields_trees", screen.buffer());
    press(&mut screen, "|");
    assert_debug_snapshot!("drift_fields_unified", screen.buffer());
    press(&mut screen, "s");
    assert_debug_snapshot!("drift_fields_summary", screen.buffer());
    press(&mut screen, "q]]<Enter>");
    assert_debug_snapshot!("drift_fields_record", screen.buffer());
}

#[test]
fn the_same_records_in_two_shapes_are_no_drift() {
    let screen = two_trees(upstream_pair(SORTED, SHUFFLED), Theme::Dark, 120, 16);
    let text = screen.text();
    assert!(text.contains("SAME RECORDS, different shape") && text.contains("keyless node on the right"), "{text}");
    assert_debug_snapshot!("drift_same_set", screen.buffer());
    let screen = two_trees(upstream_pair(ORDERS, ORDERS), Theme::Dark, 120, 16);
    let text = screen.text();
    assert!(
        text.contains(" SAME, the roots are equal, nothing below was read   ") && text.contains("read 0 + 0 nodes"),
        "{text}"
    );
    assert!(text.contains("1 subtree equal   start … end   13c1813f"), "nobody counted it: {text}");
    let (_dir, Pair { left, .. }) = own_pair();
    let text = two_trees(pair(["monday.mst", "monday.mst"], left.clone(), left), Theme::Dark, 120, 16).text();
    assert!(text.contains(" 300 records equal   start … end   L"), "{text}");
}

#[test]
fn both_sides_scroll_sideways_together_to_the_end_of_every_line() {
    let mut screen = two_trees(orders(), Theme::Dark, 112, 30);
    press(&mut screen, "T");
    let ends = |text: &str| text.contains("7f9e37929f3e") && text.contains("fd16ac64d3d3");
    assert!(!ends(&screen.text()), "{}", screen.text());
    press(&mut screen, "llllll");
    assert!(ends(&screen.text()), "{}", screen.text());
    press(&mut screen, "hhhhhhhh");
    assert!(screen.text().contains(" 12,700  bc9603"), "{}", screen.text());
}

/// The screen shows differences while the rest is still being compared; Esc ends it there.
#[test]
fn what_was_found_is_shown_at_once_until_stopped() {
    let pair = Arc::new(orders());
    let mut batches: Vec<Batch> = Vec::new();
    compare(&pair, Limits::default(), &AtomicBool::new(false), &mut |batch| {
        batches.push(batch);
        true
    });
    assert!(batches.len() >= 2 && !batches[0].over, "the first difference is sent before the rest");
    let last = batches.pop().unwrap();
    let mut app = DiffScreen::new(Arc::clone(&pair), start());
    app.resize(ratatui::layout::Rect::new(0, 0, 120, 30));
    let text = |app: &DiffScreen| {
        let mut buffer = ratatui::buffer::Buffer::empty(app.areas.whole);
        app.draw(&mut buffer);
        crate::runtime::offscreen::text_of(&buffer)
    };
    assert!(text(&app).contains("COMPARING"), "{}", text(&app));
    app.take_batch(batches.remove(0));
    assert!(text(&app).contains("DRIFTED   − 1 only left") && text(&app).contains("Esc stops"), "{}", text(&app));
    app.key("Esc".to_owned());
    app.take_batch(last);
    assert!(text(&app).contains("stopped: not all compared"), "{}", text(&app));
    assert_eq!(app.list.differences(), 1, "nothing came in after it was stopped");
}

#[test]
fn what_is_kept_is_bounded_and_what_is_counted_is_not() {
    let pair = orders();
    let both = [Limits { differences: 3, bytes: usize::MAX }, Limits { differences: 100, bytes: 2500 }];
    for (most, kept) in both.into_iter().zip([3..4, 1..8]) {
        let mut app = DiffScreen::new(Arc::new(orders()), start());
        compare(&pair, most, &AtomicBool::new(false), &mut |batch| {
            app.take_batch(batch);
            true
        });
        assert!(app.list.cut && kept.contains(&app.list.differences()), "{most:?}: {}", app.list.differences());
        assert_eq!(app.list.counts.drifted(), 8, "{most:?}");
    }
}

#[test]
fn the_screen_reads_what_the_diff_needs() {
    let tree = |changed: &[u64]| {
        let value = |number: u64| u64_value(if changed.contains(&number) { 0 } else { number });
        let records: Vec<_> = (0..60_000)
            .map(|number| Record::new(string_key(Layout::V0_2, &format!("key-{number:05}")), value(number)))
            .collect();
        let mut writer = PublishedWriter::new(Layout::V0_2);
        let root = writer.append_tree(&records);
        (writer.into_bytes(), root.offset)
    };
    let (left, right) = (tree(&[]), tree(&[77, 30_000, 59_000]));
    let open = || {
        let one = |(bytes, offset): &(Vec<u8>, u64)| open_bytes(bytes.clone(), *offset, None);
        pair(["a", "b"], one(&left), one(&right))
    };
    let read = |pair: &Pair| [&pair.left, &pair.right].map(|opened| opened.tree.store().read_counts().nodes);
    let plain = open();
    let found = verdict(&plain.left.tree, &plain.right.tree);
    assert!(matches!(found, file_mst::diff::Verdict::Drifted(counts) if counts.changed == 3));
    let mut screen = two_trees(open(), Theme::Dark, 120, 30);
    press(&mut screen, "]]]<Enter>q&~<Enter>&<Ctrl-u><Enter>||<Space><Space>TTTsqgg/7<Enter>?");
    assert_eq!(read(&drift_app(&mut screen).pair), read(&plain));
}

#[test]
fn what_is_shown_is_exported_and_no_file_replaced() {
    use file_mst::diff::DriftLine;
    let dir = tempfile::tempdir().unwrap();
    let mut screen = two_trees(orders(), Theme::Dark, 160, 30);
    press(&mut screen, "e");
    assert!(screen.text().contains(":export drift-orders-a-orders-b.json"), "{}", screen.text());
    let mut export = |keys: &str, name: &str| {
        let path = dir.path().join(name);
        press(&mut screen, &format!("{keys}:export {}<Enter>", path.display()));
        let said = drift_app(&mut screen).shared.input.message.clone().unwrap_or_default();
        (said, std::fs::read_to_string(path).unwrap_or_default())
    };
    let (said, text) = export("<Esc>", "all.json");
    assert!(said.starts_with("8 differences written to ") && !said.contains("patch"), "{said}");
    let lines: Vec<_> = text.lines().map(|line| DriftLine::parse(line).unwrap()).collect();
    assert!(lines.len() == 9 && lines.ends_with(&[DriftLine::Summary]), "whole, so that it can be applied: {text}");
    let (said, text) = export("", "all.csv");
    assert!(said.starts_with("8 differences written to "), "{said}");
    let mut rows = text.lines();
    assert_eq!(rows.next(), Some("kind,key,key_hex,left,right,fields"));
    let first = rows.next().unwrap();
    assert!(
        first.starts_with("only_left,00000000000027f7,00000000000027f7,43ad9d") && first.ends_with(",,"),
        "{first}"
    );
    assert_eq!(rows.count(), 7);
    let (said, text) = export("&+<Enter>", "right.json");
    assert!(said.contains("3 differences") && said.contains("not the whole drift, so that patch refuses it"), "{said}");
    let is_right = |line: &str| matches!(DriftLine::parse(line), Ok(DriftLine::Record(drift)) if drift.left.is_none());
    assert!(text.lines().all(is_right), "{text}");
    let (said, again) = export("", "right.json");
    assert!(said.contains("nothing was exported to ") && again == text, "no file is replaced: {said}");
}

#[test]
fn nodes_that_differ_are_shown_folded_and_unfolded() {
    let mut screen = two_trees(orders(), Theme::Dark, 140, 60);
    press(&mut screen, "Tgg");
    let lines = |screen: &mut Offscreen| drift_app(screen).list.len();
    let all = lines(&mut screen);
    // Root to leaf, the way to the first difference stands in order.
    let text = screen.text();
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in\n{text}"));
    let way = ["3  13c1813f  8 differences", "ea9b82fb", "53956561", "2e7be9a7", "10,231  43ad9d"];
    assert!(way.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{text}");
    press(&mut screen, "<Space>");
    assert_eq!(lines(&mut screen), 1, "the root is folded");
    assert!(
        screen.text().contains("▸ 3  13c1813f  8 differences  start … 24,997  2 keys  @689,494"),
        "{}",
        screen.text()
    );
    press(&mut screen, "<Space>");
    assert_eq!(lines(&mut screen), all);
    // Folding from a difference folds the node in which it stands; a search opens it again.
    press(&mut screen, "]<Space>");
    assert_eq!(place(&mut screen), "4≠");
    press(&mut screen, "gg/43ad9d<Enter>");
    assert!(place(&mut screen).ends_with('−') && lines(&mut screen) == all, "{}", screen.text());
    // The records, the differences, and back: the cursor stays where it is.
    press(&mut screen, "TT");
    assert_eq!(place(&mut screen), "1−");
    press(&mut screen, "T");
    assert!(place(&mut screen).ends_with('−') && lines(&mut screen) == all);
}

#[test]
fn what_is_equal_unfolds_a_part_at_a_time() {
    let (_dir, pair) = own_pair();
    let equal = |screen: &mut Offscreen| {
        let list = &drift_app(screen).list;
        (0..list.len()).filter(|line| list.inside_record(list.row(*line).unwrap()).is_some()).count()
    };
    let read = |screen: &mut Offscreen| {
        let pair = &drift_app(screen).pair;
        pair.left.tree.store().read_counts().nodes + pair.right.tree.store().read_counts().nodes
    };
    let mut screen = two_trees(pair, Theme::Dark, 140, 30);
    let before = read(&mut screen);
    press(&mut screen, "gg<Space>");
    assert!(screen.text().contains("order-000   {amount: 0"), "{}", screen.text());
    assert_eq!(equal(&mut screen), 40, "as many as there are before the first difference");
    assert!(read(&mut screen) > before, "its nodes are read only now");
    press(&mut screen, "jj<Enter>");
    assert!(screen.text().contains("= both "), "{}", screen.text());
    press(&mut screen, "qw");
    assert!(screen.text().contains("Why the hashes differ"), "{}", screen.text());
    press(&mut screen, "q<Space>");
    assert_eq!((equal(&mut screen), place(&mut screen).as_str()), (0, "0="));

    // A long stretch: the first part only, and more when one comes to its end.
    let tree = |last: u64| {
        let records: Vec<_> = (0..3000)
            .map(|number| Record::new(string_key(Layout::V0_2, &format!("key-{number:05}")), u64_value(number)))
            .chain([Record::new(string_key(Layout::V0_2, "z"), u64_value(last))])
            .collect();
        let mut writer = PublishedWriter::new(Layout::V0_2);
        let root = writer.append_tree(&records);
        open_bytes(writer.into_bytes(), root.offset, None)
    };
    let mut screen = two_trees(super::pair(["a", "b"], tree(1), tree(2)), Theme::Dark, 120, 30);
    press(&mut screen, "<Space>");
    assert_eq!(equal(&mut screen), 256);
    assert_eq!(drift_app(&mut screen).list.len(), 1 + 256 + 1 + 1, "the stretch, its part, the rest, the difference");
    press(&mut screen, "G");
    let mut parts = 1;
    while equal(&mut screen) < 3000 {
        press(&mut screen, "k");
        parts += 1;
        assert!(parts < 30, "{}", screen.text());
        press(&mut screen, "G");
    }
    assert_eq!(drift_app(&mut screen).list.len(), 1 + 3000 + 1);
}

#[test]
fn texts_are_found_in_the_differences() {
    for (keys, expected) in [
        ("/ad053<Enter>", "10~"),
        ("/0<Enter>n", "3~"),
        ("/000000000000319c<Enter>", "3~"),
        ("/ad053<Enter>n", "10~"),
        ("G/43ad9d<Enter>", "1−"),
        ("/nonsense<Enter>", "0="),
        ("&right<Enter>/ad053<Enter>", "0+"),
    ] {
        let mut screen = two_trees(orders(), Theme::Dark, 120, 30);
        press(&mut screen, keys);
        assert_eq!(place(&mut screen), expected, "after {keys}\n{}", screen.text());
    }
    let mut screen = two_trees(orders(), Theme::Dark, 120, 30);
    press(&mut screen, "/nonsense<Enter>");
    assert!(screen.text().contains("no record has \"nonsense\", neither"), "{}", screen.text());
    press(&mut screen, "]yk");
    assert_eq!(screen.stack.copied(), Some("00000000000027f7"));
    press(&mut screen, "yc");
    let expected = "mst-tui diff orders-a.mst orders-b.mst --range 00000000000027f7..=00000000000027f7";
    assert_eq!(screen.stack.copied(), Some(expected));
    press(&mut screen, "Tggyh");
    assert!(screen.stack.copied().is_some_and(|hash| hash.starts_with("13c1813f")));
}

#[test]
fn damage_stands_in_its_place_under_every_filter() {
    let (mut writer, root) = written(300);
    let sound = open_bytes(writer.bytes().to_vec(), root.offset, None);
    let mut leaf = sound.tree.root().unwrap().unwrap();
    while let Some(link) = leaf.children().last().copied().filter(|link| !link.is_empty()) {
        leaf = sound.tree.store().node(&link).unwrap();
    }
    writer.flip_bit(leaf.offset() + 8, 0);
    let left = open_bytes(writer.into_bytes(), root.offset, None);
    // One more record after the last one: the last leaf is another, and so is read.
    let (writer, root) = written(301);
    let right = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = two_trees(pair(["left.mst", "right.mst"], left, right), Theme::Dark, 140, 12);
    let text = screen.text();
    assert!(text.contains(" COULD NOT TELL") && text.contains("✗ 1 damaged"), "{text}");
    press(&mut screen, "&right<Enter>]<Enter>");
    assert!(
        screen.text().contains("left: the node @30557") && screen.text().contains("are missing"),
        "{}",
        screen.text()
    );
}

/// No size makes the program panic, whatever is open.
#[test]
fn any_size_with_anything_open() {
    let sizes = [0, 1, 2, 3, 5, 9, 12, 20, 39, 40, 110, 130];
    for keys in [
        "",
        "]]<Enter>",
        "?",
        "|",
        "s",
        "]w",
        "|llll",
        "&~<Enter>G",
        "&",
        "&~ field:a<Enter>",
        "gw",
        "gwl",
        "g",
        "T",
        "T<Space>",
        "<Space>",
        ":",
        "/ab",
        "e",
    ] {
        let mut screen = two_trees(orders(), Theme::Dark, 100, 30);
        press(&mut screen, keys);
        for width in sizes {
            for height in sizes {
                screen.resize(width, height);
                let buffer = screen.buffer();
                assert_eq!((buffer.area.width, buffer.area.height), (width, height));
            }
        }
    }
}

#[test]
fn open_values_have_the_views_that_make_sense_for_both() {
    let dir = tempfile::tempdir().unwrap();
    let opened = ["paid", "open"].map(|status| {
        let path = dir.path().join(status);
        let mut writer = TreeWriter::open(&path, Options::default()).unwrap();
        let ty = ItemType::postcard("{status: String, items: Vec<u16>}".parse().unwrap());
        let value = ty.parse(&format!("{{\"status\": \"{status}\", \"items\": [1, 300]}}")).unwrap();
        writer.put(b"alike", &ty.parse("{\"status\": \"\", \"items\": []}").unwrap()).unwrap();
        writer.put(b"one", &value).unwrap();
        // Its text has a length that is longer than it need be, and a byte follows.
        writer.put(b"two", &[&[0x84, 0][..], status.as_bytes(), &[0, 9]].concat()).unwrap();
        writer.commit("", None).unwrap();
        let options = OpenOptions {
            key: Some("String".parse().unwrap()),
            value: Some(ty.ty),
            lenient: true,
            ..OpenOptions::default()
        };
        open(Arc::new(FileStorage::open(&path).unwrap()), &options).unwrap()
    });
    let [left, right] = opened;
    let mut screen = two_trees(pair(["a.mst", "b.mst"], left, right), Theme::Dark, 120, 20);
    press(&mut screen, "]<Enter>");
    assert_debug_snapshot!("drift_values_tree", screen.buffer());
    for (aspect, said) in
        [("json", "\"status\": \"paid\""), ("text", "{status: \"paid\", items"), ("hex", "04 70 61 69 64")]
    {
        press(&mut screen, "v");
        let text = screen.text();
        assert!(text.contains(&format!("· {aspect} ·")) && text.contains(said), "{aspect}: {text}");
    }
    // The way stays for the next difference, which breaks rules.
    press(&mut screen, "]");
    assert!(screen.text().contains("· hex ·"), "{}", screen.text());
    press(&mut screen, "v");
    assert_debug_snapshot!("drift_values_lenient", screen.buffer());
    press(&mut screen, "<Esc>T|");
    assert!(!drift_app(&mut screen).areas.two, "no value is open: one list instead of two sides");
    press(&mut screen, "]<Enter>v");
    assert!(!drift_app(&mut screen).areas.two && screen.text().contains("· json ·"), "{}", screen.text());
}

/// A tree of one record under these types, which are given as they are typed in.
fn one_record(dir: &std::path::Path, name: &str, value: &str, literal: &str) -> Opened {
    use mst_types::{ItemType, schema_bytes};
    let (path, ty) = (dir.join(name), value.parse().unwrap());
    let options = Options { schema: Some(schema_bytes(&"String".parse().unwrap(), &ty)), ..Options::default() };
    let mut tree = TreeWriter::open(&path, options).unwrap();
    tree.put(b"k", &ItemType::postcard(ty).parse(literal).unwrap()).unwrap();
    tree.commit("made", None).unwrap();
    open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap()
}

#[test]
fn two_types_are_compared_by_value_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let left = one_record(dir.path(), "left.mst", "{v: enum {open, paid}}", r#"{"v": "open"}"#);
    let other = one_record(dir.path(), "other.mst", "{v: enum {paid, open}}", r#"{"v": "paid"}"#);
    let same = one_record(dir.path(), "same.mst", "{v: enum {paid, open}}", r#"{"v": "open"}"#);
    let number = one_record(dir.path(), "number.mst", "{v: u8}", r#"{"v": 0}"#);
    let show = |right: &Opened, keys: &str| {
        let pair = pair(["left.mst", "right.mst"], left.clone(), right.clone());
        let mut screen = two_trees(pair, Theme::Dark, 120, 16);
        press(&mut screen, keys);
        screen.text()
    };
    // The bytes are equal, and the values are not.
    assert_eq!(left.tree.root_link().hash, other.tree.root_link().hash);
    let text = show(&other, "");
    assert!(text.contains(" DRIFTED ") && text.contains("~ 1 changed"), "{text}");
    assert!(text.contains("v         open") && text.contains("paid"), "{text}");
    let text = show(&other, "t");
    assert!(text.contains("compared by value: all records of both trees are read and decoded"), "{text}");
    assert!(text.contains("types differ: value.v: the variants are in a different order"), "{text}");
    // The other way round; what is equal shows the same on both sides.
    let text = show(&same, "T<Space>j");
    assert!(text.contains(" SAME BY VALUE ") && text.contains("1 record equal"), "{text}");
    assert_eq!(text.matches("{v: open}").count(), 2, "{text}");
    let text = show(&number, "");
    assert!(text.contains(" COULD NOT TELL (t: why) "), "{text}");
    let text = show(&number, "t");
    assert!(text.contains("not certain: different types of value.v: an enum versus a whole number"), "{text}");
}
