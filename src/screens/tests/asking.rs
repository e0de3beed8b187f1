//! Questions to the screen of two trees: which differences, in which field, under which keys, and where.

use file_mst::diff::Side;
use insta::assert_debug_snapshot;

use super::drift::own_pair;
use super::*;
use crate::model::diff::list::Row;

/// The keys of the differences that are listed.
fn listed(screen: &mut Offscreen) -> Vec<String> {
    let app = drift_app(screen);
    let keys = (0..app.list.len()).filter(|line| app.list.part(*line) == 0);
    let keys = keys.filter_map(|line| app.list.difference(line)).filter_map(|entry| {
        let (stored, side) = entry.first_key()?;
        Some(app.pair.key_texts(stored, side).0)
    });
    keys.collect()
}

/// The drift is: order-040 (status), order-041 (amount and the first tag), order-200 only left, order-200b only right.
#[test]
fn a_filter_shows_what_it_asks_for() {
    let all = ["order-040", "order-041", "order-200", "order-200b"];
    for (filter, expected) in [
        ("", &all[..]),
        ("changed", &all[..2]),
        ("~ -", &all[..3]),
        ("only right", &all[3..]),
        ("field:status", &all[..1]),
        ("field:amount", &all[1..2]),
        ("field:tags", &all[1..2]),
        ("field:tags[]", &all[1..2]),
        ("field:amount field:tags", &all[1..2]),
        ("field:amount field:status", &[]),
        ("field:amoun", &[]),
        ("field:status -", &[]),
        ("open", &all[..1]),
        ("OPEN", &[]),
        ("4105", &all[1..2]),
        // What is alike on both sides is no part of the difference; all of a record is that only one side has.
        ("lot-4", &[]),
        ("lot-20", &all[2..]),
        ("field:tags old", &all[1..2]),
        ("field:amount old", &[]),
        ("prefix:order-20", &all[2..]),
        ("prefix:order-200b", &all[3..]),
        ("prefix:order-04 prefix:order-200b", &["order-040", "order-041", "order-200b"]),
        ("prefix:200", &[]),
        ("keys:order-041..order-200b", &all[1..3]),
        ("keys:order-041..=order-200b -", &all[2..3]),
        ("keys:..order-041 changed open", &all[..1]),
        ("damaged", &[]),
    ] {
        for nodes in ["", "T"] {
            let (_dir, pair) = own_pair();
            let mut screen = two_trees(pair, Theme::Dark, 120, 30);
            press(&mut screen, nodes);
            press(&mut screen, &format!("&{filter}<Enter>"));
            assert_eq!(listed(&mut screen), expected, "{filter:?}");
            let text = screen.text();
            if filter.is_empty() {
                assert!(!text.contains(" of 4 differences"), "{text}");
            } else {
                assert!(text.contains(&format!(": {} of 4 differences", expected.len())), "{filter:?}: {text}");
            }
            press(&mut screen, "<Esc>");
            assert_eq!(listed(&mut screen), all, "{filter:?}");
        }
    }
}

#[test]
fn a_filter_that_cannot_be_read_changes_nothing() {
    for (filter, said) in
        [("field:", "needs the name of a field"), ("keys:a", "a range is A..B"), ("\"open", "a quote is not closed")]
    {
        let (_dir, pair) = own_pair();
        let mut screen = two_trees(pair, Theme::Dark, 120, 30);
        press(&mut screen, "&~<Enter>");
        press(&mut screen, &format!("&<Ctrl-u>{filter}<Enter>"));
        assert!(screen.text().contains(said), "{filter}: {}", screen.text());
        assert_eq!(listed(&mut screen), ["order-040", "order-041"], "{filter}");
    }
}

#[test]
fn the_prompt_offers_what_is_there() {
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Dark, 100, 24);
    press(&mut screen, "&");
    assert_debug_snapshot!("ask_filter_prompt", screen.buffer());
    press(&mut screen, "sta<Tab><Enter>");
    assert_eq!(listed(&mut screen), ["order-040"]);
    // The filter that is on is where the next one begins.
    press(&mut screen, "&only l<Tab>");
    assert!(screen.text().contains("&field:status only left"), "{}", screen.text());
}

#[test]
fn the_summary_leads_to_a_field_and_to_keys() {
    for (keys, filter, expected) in [
        ("s<Enter>", "field:amount", &["order-041"][..]),
        ("sj<Enter>", "field:status", &["order-040"]),
        ("sG<Enter>", "prefix:order-200", &["order-200", "order-200b"]),
        ("&~<Enter>s<Enter>", "changed field:amount", &["order-041"]),
        // Titles lead nowhere.
        ("sgg<Enter>q", "", &["order-040", "order-041", "order-200", "order-200b"]),
    ] {
        let (_dir, pair) = own_pair();
        let mut screen = two_trees(pair, Theme::Dark, 120, 30);
        press(&mut screen, keys);
        assert_eq!(drift_app(&mut screen).list.filter().to_string(), filter, "{keys}");
        assert_eq!(listed(&mut screen), expected, "{keys}");
        assert!(!drift_app(&mut screen).layers.is_open(), "{keys}");
    }
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Dark, 100, 24);
    press(&mut screen, "sj");
    assert_debug_snapshot!("ask_summary", screen.buffer());
}

/// The strip can be gone into: its cells lead through the differences, and to the keys of one of them.
#[test]
fn the_strip_leads_to_the_keys_of_its_columns() {
    for (keys, filter, expected) in [
        ("gw<Enter>", "keys:order-040..=order-041", &["order-040", "order-041"][..]),
        ("gwl<Enter>", "keys:order-200..=order-200b", &["order-200", "order-200b"]),
        ("gwlh<Enter>", "keys:order-040..=order-041", &["order-040", "order-041"]),
        ("gwG<Enter>", "keys:order-200..=order-200b", &["order-200", "order-200b"]),
        ("gwGgg<Enter>", "keys:order-040..=order-041", &["order-040", "order-041"]),
        ("Ggwl<Enter>", "keys:order-200..=order-200b", &["order-200", "order-200b"]),
        ("gw<Esc>", "", &["order-040", "order-041", "order-200", "order-200b"]),
    ] {
        let (_dir, pair) = own_pair();
        let mut screen = two_trees(pair, Theme::Dark, 80, 24);
        press(&mut screen, keys);
        assert_eq!(drift_app(&mut screen).list.filter().to_string(), filter, "{keys}");
        assert_eq!(listed(&mut screen), expected, "{keys}");
    }
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Dark, 80, 24);
    assert!(screen.text().contains("peak 2 at order-04…"), "{}", screen.text());
    press(&mut screen, "gwl");
    assert_debug_snapshot!("ask_strip", screen.buffer());
    let app = drift_app(&mut screen);
    let column = app.strip_cursor.unwrap();
    assert_eq!(app.keys_at_column(column).as_deref(), Some("order-200..=order-200b"));
    assert_eq!(app.keys_at_column(column + 1), None);
    assert!(app.list.difference(app.cursor.selected).is_some(), "the list follows");
}

/// The key in the line of the cursor, and whether it is of a difference (`~`) or an equal record (`=`).
fn here(screen: &mut Offscreen) -> String {
    let app = drift_app(screen);
    let line = app.cursor.selected;
    let key = |stored: &[u8], side| app.pair.key_texts(stored, side).0;
    match app.list.row(line) {
        Some(row @ Row::Inside(..)) => {
            let (stored, _) = app.list.inside_record(row).unwrap().stored();
            format!("= {}", key(stored, Side::Left))
        }
        Some(Row::Difference(place)) => match app.list.entry(place).unwrap().first_key() {
            Some((stored, side)) => format!("~ {}", key(stored, side)),
            None => "damage".to_owned(),
        },
        Some(Row::Equal(..)) => "stretch".to_owned(),
        row => format!("{row:?}"),
    }
}

fn said(screen: &mut Offscreen) -> String {
    drift_app(screen).shared.input.message.clone().unwrap_or_default()
}

#[test]
fn a_key_is_found_in_both_trees_equal_or_not() {
    let equal = r#"order-100 is equal on both sides: {amount: 10000, status: "paid", tags: ["new", "lot-10"]}"#;
    for (keys, place, words) in [
        ("gkorder-100<Enter>", "= order-100", equal),
        (":key order-100<Enter>", "= order-100", equal),
        ("gkorder-000<Enter>", "= order-000", "order-000 is equal on both sides: "),
        ("gkorder-299<Enter>", "= order-299", "order-299 is equal on both sides: "),
        ("gkorder-041<Enter>", "~ order-041", "order-041 differs: left {amount: 4100"),
        ("gkorder-200<Enter>", "~ order-200", "order-200 is only left: {amount: 20000"),
        ("gkorder-200b<Enter>", "~ order-200b", "order-200b is only right: {"),
        // Where it would stand.
        ("]gkorder-1000<Enter>", "stretch", "neither tree has order-1000: it would be between order-100 and order-101"),
        ("]gka<Enter>", "stretch", "neither tree has a: it would be before the first key, order-000"),
        ("]gkz<Enter>", "stretch", "neither tree has z: it would be after the last key, order-299"),
        // A filter that hides the key makes way, and says so.
        ("&left<Enter>gkorder-100<Enter>", "= order-100", "; the filter is off"),
        ("&left<Enter>gkorder-041<Enter>", "~ order-041", "; the filter is off"),
        ("gn3<Enter>", "~ order-200", ""),
        (":nth 4<Enter>", "~ order-200b", ""),
        ("&left<Enter>gn1<Enter>", "~ order-040", "the filter is off: it hides this difference"),
        ("]gn5<Enter>", "~ order-040", "there is no difference 5: 4 differences are listed"),
        // Folded nodes are unfolded around it.
        ("Tgg<Space>gkorder-100<Enter>", "= order-100", equal),
    ] {
        for width in [80, 130] {
            let (_dir, pair) = own_pair();
            let mut screen = two_trees(pair, Theme::Dark, width, 24);
            press(&mut screen, keys);
            let text = screen.text();
            assert_eq!(here(&mut screen), place, "{keys}: {text}");
            let words_now = said(&mut screen);
            assert!(words_now.contains(words) && (words.is_empty() == words_now.is_empty()), "{keys}: {words_now}");
        }
    }
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Dark, 100, 20);
    press(&mut screen, "gkorder-100<Enter>");
    assert_debug_snapshot!("ask_equal_key", screen.buffer());
    // What is equal after it can be read on.
    press(&mut screen, "jjj");
    assert_eq!(here(&mut screen), "= order-103");
}

#[test]
fn a_search_finds_differences_first_and_then_equal_records() {
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Dark, 100, 30);
    press(&mut screen, "/lot-4<Enter>");
    assert_eq!(here(&mut screen), "~ order-040");
    let mut places = Vec::new();
    for _ in 0..11 {
        press(&mut screen, "n");
        places.push(here(&mut screen));
    }
    let equal = (42..50).map(|number| format!("= order-{number:03}"));
    let ends = ["~ order-040", "~ order-041"].map(str::to_owned);
    let expected: Vec<_> = std::iter::once("~ order-041".to_owned()).chain(equal).chain(ends).collect();
    assert_eq!(places, expected);
    press(&mut screen, "n");
    assert!(said(&mut screen).starts_with("order-042 is equal on both sides: "), "{}", said(&mut screen));
    press(&mut screen, "nnNNN");
    assert_eq!(here(&mut screen), "~ order-041", "back through the equal ones to the differences");
    // From the cursor on, and then from the start.
    press(&mut screen, "gkorder-047<Enter>/lot-<Enter>");
    assert_eq!(here(&mut screen), "~ order-200");
    for (text, first, words) in [
        ("order-25", "= order-250", "order-250 is equal on both sides: "),
        ("nonsense", "~ order-040", "no record has \"nonsense\", neither a difference nor an equal one"),
        ("amount:29900", "= order-299", "order-299 is equal on both sides: "),
        ("/^order-29[89]$/", "= order-298", "order-298 is equal on both sides: "),
    ] {
        press(&mut screen, &format!("gkorder-040<Enter>/{text}<Enter>"));
        assert_eq!(here(&mut screen), first, "{text}: {}", screen.text());
        assert!(said(&mut screen).starts_with(words), "{text}: {}", said(&mut screen));
    }
    press(&mut screen, "gkorder-040<Enter>/order-299<Enter>n");
    assert_eq!(
        (here(&mut screen).as_str(), said(&mut screen).as_str()),
        ("= order-299", "no other record has \"order-299\"")
    );
    for (keys, expected) in [("gkorder-040<Enter>/lot-4<Enter>3n", "= order-044"), ("2N", "= order-042")] {
        press(&mut screen, keys);
        assert_eq!(here(&mut screen), expected, "{keys}: {}", said(&mut screen));
    }
    // A filter asks for differences only.
    press(&mut screen, "&left<Enter>/order-25<Enter>");
    assert_eq!(said(&mut screen), "no difference that is shown has \"order-25\"");
}

/// What was not compared, or could not be read, is called neither equal nor absent.
#[test]
fn answers_stay_true_where_nothing_can_be_compared_or_read() {
    use file_mst::{Options, TreeWriter};
    use mst_types::schema_bytes;
    let dir = tempfile::tempdir().unwrap();
    let tree = |name: &str, ty: &str, value: &[u8]| {
        let path = dir.path().join(name);
        let schema = Some(schema_bytes(&"String".parse().unwrap(), &ty.parse().unwrap()));
        let mut tree = TreeWriter::open(&path, Options { schema, ..Options::default() }).unwrap();
        tree.put(b"a", value).unwrap();
        tree.commit("made", None).unwrap();
        open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap()
    };
    let (left, right) = (tree("left.mst", "u8", &[7]), tree("right.mst", "bool", &[1]));
    let both = pair(["left.mst", "right.mst"], left.clone(), right);
    let whole = both.comparison.is_whole();
    let mut screen = two_trees(both, Theme::Dark, 120, 16);
    press(&mut screen, "gka<Enter>");
    let words = said(&mut screen);
    assert!(!whole && !words.contains("equal on both sides: 7"), "{words}");
    assert!(words.contains("left 7, right true"), "{words}");
    press(&mut screen, "/a<Enter>");
    assert!(!said(&mut screen).contains("a is equal on both sides: "), "{}", said(&mut screen));

    let (mut writer, root) = written(300);
    let sound = open_bytes(writer.bytes().to_vec(), root.offset, None);
    let mut leaf = sound.tree.root().unwrap().unwrap();
    while let Some(link) = leaf.children().first().copied().filter(|link| !link.is_empty()) {
        leaf = sound.tree.store().node(&link).unwrap();
    }
    let lost = String::from_utf8(leaf.stored_key(0).unwrap()[1..].to_vec()).unwrap();
    writer.flip_bit(leaf.offset() + 8, 0);
    let left = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = two_trees(pair(["left.mst", "right.mst"], left, sound), Theme::Dark, 120, 16);
    press(&mut screen, &format!("gk{lost}<Enter>"));
    assert!(said(&mut screen).starts_with(&format!("nothing is known of {lost}: left: ")), "{}", said(&mut screen));
    press(&mut screen, "/nonsense<Enter>");
    let words = said(&mut screen);
    assert!(words.contains("in what could be read; 1 node"), "{words}");
}

/// The keys in the table of records, in the order in which they are shown.
fn recorded(screen: &mut Offscreen) -> Vec<String> {
    let app = drift_app(screen);
    let table = app.records.as_ref().expect("the table of records");
    let key = |place: &usize| {
        let (stored, side) = app.list.entry(*place)?.first_key()?;
        Some(app.pair.key_texts(stored, side).0)
    };
    table.order.iter().filter_map(key).collect()
}

/// Presses T until the table of records is shown.
fn to_records(screen: &mut Offscreen) {
    for _ in 0..3 {
        if drift_app(screen).records.is_some() {
            return;
        }
        press(screen, "T");
    }
    panic!("T leads to no table of records: {}", screen.text());
}

#[test]
fn drifted_records_are_a_table_that_sorts_and_filters() {
    let all = ["order-040", "order-041", "order-200", "order-200b"];
    for (keys, expected) in [
        ("", all.to_vec()),
        // amount: 4000, 4100 → 4105, 20000, 20000; status: paid → open, paid, paid, paid.
        (",", vec![all[0], all[1], all[2], all[3]]),
        (",,", vec![all[2], all[3], all[1], all[0]]),
        (",,,", all.to_vec()),
        ("l,", vec![all[0], all[1], all[2], all[3]]),
        ("l,,", vec![all[1], all[2], all[3], all[0]]),
        ("hhllll,,l,", all.to_vec()),
        (",,&changed<Enter>", vec![all[1], all[0]]),
        ("&field:amount<Enter>", vec![all[1]]),
    ] {
        let (_dir, pair) = own_pair();
        let mut screen = two_trees(pair, Theme::Dark, 100, 20);
        to_records(&mut screen);
        press(&mut screen, keys);
        assert_eq!(recorded(&mut screen), expected, "{keys}: {}", screen.text());
    }
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Dark, 100, 20);
    to_records(&mut screen);
    press(&mut screen, ",,ggj");
    assert_debug_snapshot!("ask_records", screen.buffer());
    // The list follows the table, and the table what is asked for.
    assert_eq!(here(&mut screen), "~ order-200b");
    press(&mut screen, "gkorder-041<Enter>");
    assert_eq!((here(&mut screen).as_str(), recorded(&mut screen).len()), ("~ order-041", 4));
    let at = drift_app(&mut screen).records.as_ref().unwrap().cursor.selected;
    assert_eq!(recorded(&mut screen)[at], "order-041");
    press(&mut screen, "gkorder-100<Enter>");
    assert_eq!(here(&mut screen), "= order-100");
    assert!(drift_app(&mut screen).records.is_none(), "an equal record is in the list only");
}

#[test]
fn columns_are_chosen_and_remembered_for_the_next_screen_of_the_pair() {
    let (_dir, pair) = own_pair();
    let again = || {
        let both = (pair.left.clone(), pair.right.clone());
        let mut again = super::pair(["monday.mst", "tuesday.mst"], both.0, both.1);
        again.named = pair.named.clone();
        again
    };
    let mut screen = two_trees(again(), Theme::Dark, 100, 20);
    to_records(&mut screen);
    press(&mut screen, "c");
    assert_debug_snapshot!("ask_columns", screen.buffer());
    // Amount goes to the right of status, tags are hidden, and status is wider.
    press(&mut screen, "ljj<Space>q");
    press(&mut screen, "h))))l,&~<Enter>");
    let titles = |screen: &mut Offscreen| -> Vec<String> {
        let table = drift_app(screen).records.as_ref().unwrap();
        table.columns.shown().map(|(_, column)| column.title().to_owned()).collect()
    };
    assert_eq!(titles(&mut screen), ["status", "amount"], "{}", screen.text());
    let width = drift_app(&mut screen).records.as_ref().unwrap().columns.get(0).unwrap().width;
    assert!(width.is_some());
    screen.stack.show_again(Destination::Pair(Box::new(again())));
    press(&mut screen, "j");
    assert_eq!(titles(&mut screen), ["status", "amount"], "{}", screen.text());
    let app = drift_app(&mut screen);
    let table = app.records.as_ref().unwrap();
    assert_eq!((table.columns.get(0).unwrap().width, table.sort.clone()), (width, Some(("amount".to_owned(), false))));
    assert_eq!(app.list.filter().to_string(), "changed");
    // The last column stays.
    press(&mut screen, "cgg<Space>j<Space>");
    assert!(screen.text().contains("one column stays"), "{}", screen.text());
}

/// Numbers are sorted as numbers; equal values keep the order of keys in both directions.
#[test]
fn records_are_sorted_by_value_and_not_by_text() {
    let dir = tempfile::tempdir().unwrap();
    let tree = |name: &str, add: i64| {
        let path = dir.path().join(name);
        let mut tree: MerkleSearchTree<String, (i64, Option<String>)> = MerkleSearchTree::open(&path).unwrap();
        let numbers = [("a", 10), ("b", 9), ("c", -100), ("d", 100), ("e", 0)];
        let note = |key: &str| (key > "b").then(|| format!("note {key}"));
        tree.insert_many(numbers.map(|(key, number)| (key.to_owned(), (number + add, note(key))))).unwrap();
        tree.commit_at("", UNIX_EPOCH + Duration::from_secs(1_795_219_200)).unwrap();
        let value = Some("{n: i64, note: Option<String>}".parse().unwrap());
        open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions { value, ..OpenOptions::default() }).unwrap()
    };
    for (keys, expected) in [(",", "cebad"), (",,", "dabec"), ("l,", "abcde"), ("l,,", "edcab")] {
        let both = pair(["left.mst", "right.mst"], tree(&format!("left-{keys}"), 0), tree(&format!("right-{keys}"), 1));
        let mut screen = two_trees(both, Theme::Dark, 80, 16);
        to_records(&mut screen);
        press(&mut screen, keys);
        assert_eq!(recorded(&mut screen).concat(), expected, "{keys}");
    }
}
