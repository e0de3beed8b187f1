//! Questions to the screen of two trees: which differences, in which field, under which keys, and where.

use insta::assert_debug_snapshot;

use super::drift::own_pair;
use super::*;

/// The keys of the differences that are listed.
fn listed(screen: &mut Offscreen) -> Vec<String> {
    let app = drift_app(screen);
    let keys = (0..app.list.len()).filter_map(|line| app.list.difference(line)).filter_map(|entry| {
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
