//! The inspector beside the list of differences.

use insta::assert_debug_snapshot;

use super::differences::{typed, wide_records};
use super::drift::{orders, own_pair, place};
use super::*;

fn title(screen: &mut Offscreen) -> String {
    drift_app(screen).inspector.title.clone()
}

#[test]
fn screens() {
    for (name, width, height, keys) in [
        ("beside", 120, 30, "]]"),
        ("inside", 120, 30, "]]<Tab>j"),
        ("below", 80, 40, "]]"),
        ("opened", 80, 24, "]]<Tab>"),
        ("small", 40, 10, "]]<Tab>"),
        ("tiny", 20, 5, "]]<Tab>"),
        ("zoomed", 120, 30, "]]<Tab>Z"),
        ("only_left", 120, 24, "]]]"),
        ("equal", 120, 24, "gg"),
        ("node", 160, 24, "Tggj"),
        ("json", 120, 30, "]]v"),
        ("redacted", 120, 24, "]]XXXX"),
    ] {
        let (_dir, pair) = own_pair();
        let mut screen = two_trees(pair, Theme::Dark, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(format!("inspector_{name}"), screen.buffer());
    }
}

#[test]
fn it_follows_the_cursor_and_steps_through_differences() {
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Mono, 120, 30);
    for (keys, expected) in [
        ("", "equal on both sides"),
        ("j", "order-040 · changed"),
        ("<Tab>", "order-040 · changed"),
        ("jj", "order-040 · changed"),
        ("]", "order-041 · changed"),
        ("]", "order-200 · only left"),
        ("[", "order-041 · changed"),
    ] {
        press(&mut screen, keys);
        assert_eq!(title(&mut screen), expected, "{keys}: {}", screen.text());
    }
    assert!(drift_app(&mut screen).split.inside);
    press(&mut screen, "q");
    assert!(!drift_app(&mut screen).split.inside && !screen.stack.is_over());
    press(&mut screen, "q");
    assert!(screen.stack.is_over());
}

#[test]
fn its_size_can_be_changed_and_it_can_be_zoomed() {
    let mut screen = two_trees(orders(), Theme::Mono, 140, 30);
    let width = |screen: &mut Offscreen| drift_app(screen).areas.inspector.width;
    let before = width(&mut screen);
    press(&mut screen, "+");
    assert_eq!(width(&mut screen), before + 4);
    press(&mut screen, "--");
    assert_eq!(width(&mut screen), before - 4);
    press(&mut screen, "Z");
    assert_eq!(width(&mut screen), 0, "the list has the keys");
    press(&mut screen, "Z<Tab>Z");
    assert_eq!(width(&mut screen), 140);
    press(&mut screen, "<Esc>");
    assert_eq!(width(&mut screen), before - 4);
    press(&mut screen, &"+".repeat(60));
    assert!(screen.text().contains("gets no wider"), "{}", screen.text());
    screen.resize(60, 20);
    press(&mut screen, "+");
    assert!(screen.text().contains("there is no inspector"), "{}", screen.text());
}

#[test]
fn the_field_under_its_cursor_is_copied() {
    let (_dir, pair) = wide_records();
    let mut screen = two_trees(pair, Theme::Mono, 120, 50);
    press(&mut screen, "]]j<Tab>yv");
    assert_eq!(screen.stack.copied(), Some("paid"));
    press(&mut screen, "kyv");
    assert_eq!(screen.stack.copied(), Some("Graz"));
    press(&mut screen, "XXXXyv");
    assert_eq!(screen.stack.copied(), Some("(hidden)"));
}

/// A field whose two values are long shows both in full, with what differs marked.
#[test]
fn long_values_are_wrapped() {
    let dir = tempfile::tempdir().unwrap();
    let text = |end: &str| format!("{{\"note\": \"{}{end}\", \"n\": 1}}", "a long text that goes on ".repeat(8));
    let one = |name, end| typed(dir.path(), name, "{note: String, n: u8}", &[("k", text(end))]);
    let both = pair(["left.mst", "right.mst"], one("left.mst", "here"), one("right.mst", "there"));
    let screen = two_trees(both, Theme::Dark, 120, 24);
    assert_debug_snapshot!("inspector_wrapped", screen.buffer());
}

#[test]
fn what_holds_no_record_is_told_too() {
    let mut screen = two_trees(orders(), Theme::Mono, 160, 30);
    press(&mut screen, "Tgg");
    let text = screen.text();
    for words in ["≠ node of level 3", "differences", "13c1813f → 38c8553b", "w says why the hashes differ"] {
        assert!(text.contains(words), "no {words:?} in {text}");
    }
    assert_eq!(place(&mut screen), "0≠");
    press(&mut screen, "TTgg");
    assert!(screen.text().contains("nothing was read of it"), "{}", screen.text());
}

#[test]
fn any_size() {
    let sizes = [0, 1, 2, 3, 5, 9, 14, 26, 39, 40, 96, 100, 160];
    for keys in ["", "<Tab>", "<Tab>Z", "Z", "T<Tab>", "<Tab>+++", "<Tab>---", "]]v<Tab>G"] {
        let (_dir, pair) = own_pair();
        let mut screen = two_trees(pair, Theme::Dark, 100, 30);
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
fn enter_on_a_field_filters_to_it() {
    let (_dir, pair) = own_pair();
    let mut screen = two_trees(pair, Theme::Mono, 120, 30);
    press(&mut screen, "]<Tab>");
    assert!(screen.text().contains("Esc close  Enter filter  ]"), "{}", screen.text());
    let field = drift_app(&mut screen).inspector.field().map(|field| field.path.clone()).unwrap();
    press(&mut screen, "<Enter>");
    assert!(screen.text().contains(&format!("& field:{field}: ")), "{}", screen.text());
    assert!(!drift_app(&mut screen).split.inside, "the list has the keys");
    assert_eq!(title(&mut screen), "order-040 · changed");
    press(&mut screen, "<Esc>");
    assert!(screen.text().contains("the filter is off"), "{}", screen.text());
    // The lines of an equal stretch are no fields of a difference.
    press(&mut screen, "gg<Tab><Enter>");
    assert!(!screen.text().contains("& field:"), "{}", screen.text());
}
