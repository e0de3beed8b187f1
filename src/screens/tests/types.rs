//! Other types on the screen: the next guess, and types that are typed.

use mst_test_support::published::{option_i64_value, string_value};
use mst_types::ItemType;

use super::*;
use crate::model::item::plain;
use crate::screens::browse::Pane;

/// A tree of 300 records whose values are options, which look like lists of at most one item too.
fn options() -> Opened {
    let key = |number: u64| string_key(Layout::V0_2, &format!("key-{number:05}"));
    let value = |number: u64| (!number.is_multiple_of(5)).then_some(number as i64 * 7);
    let records: Vec<_> = (0..300).map(|number| Record::new(key(number), option_i64_value(value(number)))).collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    open_bytes(writer.into_bytes(), root.offset, None)
}

fn selected(screen: &mut Offscreen) -> [String; 2] {
    let app = app(screen);
    let record = app.selected_record().expect("a record under the cursor");
    [plain(record.bytes().stored_key, app.typing.key.as_ref()), plain(record.bytes().value, app.typing.value.as_ref())]
}

fn header(screen: &Offscreen) -> String {
    screen.text().lines().next().unwrap_or_default().to_owned()
}

fn status(screen: &Offscreen) -> String {
    screen.text().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn guesses_follow_each_other_and_the_cursor_stays() {
    let opened = options();
    let all = opened.typing.alternatives.len() + 1;
    assert!(all > 1, "{:?}", opened.typing);
    let mut screen = browse("options.mst", &opened, Theme::Dark, 140, 30);
    press(&mut screen, ":key key-00201<Enter>");
    let mut seen = Vec::new();
    for choice in 1..=all {
        assert!(header(&screen).contains(&format!("types guessed ({choice} of {all})")), "{}", header(&screen));
        let [key, value] = selected(&mut screen);
        assert!(key.contains("201") || key.len() > 9, "{key}");
        let types = app(&mut screen).header.types.clone();
        assert!(!seen.iter().any(|(known, _)| *known == types), "{types} comes twice");
        seen.push((types, [key, value]));
        press(&mut screen, "t");
    }
    assert!(header(&screen).contains(&format!("types guessed (1 of {all})")), "{}", header(&screen));
    assert_eq!(selected(&mut screen), seen[0].1, "the same record after all of them");
    let value = |ty: &str| seen.iter().find(|(types, _)| types.ends_with(ty)).map(|(_, [_, value])| value.as_str());
    assert_eq!(value("→ Option<i64>"), Some("Some(1407)"), "{seen:?}");
    assert_eq!(value("→ Vec<i64>"), Some("[1407]"), "{seen:?}");
}

#[test]
fn plain_types_have_alternatives_too_once_they_are_asked_for() {
    let opened = open_upstream(CONFIG);
    assert!(opened.typing.alternatives.is_empty());
    let mut screen = browse("config.mst", &opened, Theme::Dark, 100, 24);
    press(&mut screen, "jj");
    assert_eq!(selected(&mut screen), ["service.00.host", "value-0"]);
    press(&mut screen, "t");
    assert!(header(&screen).contains("types guessed (2 of "), "{}", screen.text());
    let types = app(&mut screen).header.types.clone();
    assert_ne!(types, "String → String");
    // A pane keeps the keys, and a value stays open.
    press(&mut screen, "<Tab>");
    let there = selected(&mut screen);
    press(&mut screen, "t");
    assert_eq!((app(&mut screen).focus, selected(&mut screen)[0].is_empty()), (Pane::Inspector, false));
    while app(&mut screen).typing.choice != 1 {
        press(&mut screen, "t");
    }
    assert_eq!(selected(&mut screen), there);
    press(&mut screen, "<Enter>t");
    assert!(app(&mut screen).layers.is_top("value"), "{}", screen.text());
}

#[test]
fn types_are_typed_and_refused_where_no_hash_comes_out() {
    let mut screen = browse("options.mst", &options(), Theme::Dark, 140, 30);
    press(&mut screen, ":key key-00201<Enter>gt");
    assert!(status(&screen).starts_with(":types String -> Option<"), "{}", screen.text());
    press(&mut screen, "<Ctrl-w>Option<");
    press(&mut screen, "i16><Enter>");
    assert!(header(&screen).contains("String → Option<i16>   boundaries proved, types given"), "{}", screen.text());
    assert_eq!(selected(&mut screen), ["key-00201", "Some(1407)"]);
    let before = screen.text();
    for (keys, why) in [
        ("gt<Ctrl-w>u8<Enter>", "the types do not fit: "),
        (":types String<Enter>", "types are typed as KEY -> VALUE"),
        (":types String -> Strin<Enter>", "\"Strin\" is no type"),
        ("gt<Esc>", ""),
    ] {
        press(&mut screen, keys);
        assert!(status(&screen).contains(why), "after {keys}: {}", screen.text());
        let above = |text: &str| text.lines().take(28).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(above(&screen.text()), above(&before), "after {keys}");
    }
    // From types that were given back to those that are guessed.
    press(&mut screen, "t");
    assert!(header(&screen).contains("types guessed (1 of "), "{}", screen.text());
    assert_eq!(selected(&mut screen)[0], "key-00201");
}

#[test]
fn where_nothing_else_can_be_the_types_that_is_said() {
    let (_dir, opened) = own_file();
    let mut screen = browse("stock.mst", &opened, Theme::Dark, 120, 24);
    let before = header(&screen);
    press(&mut screen, "jjt");
    assert!(status(&screen).contains("T edits the types"), "{}", screen.text());
    press(&mut screen, ":types Vec<");
    press(&mut screen, "u8> -> u64<Enter>");
    assert!(status(&screen).contains("do not fit") || header(&screen) != before, "{}", screen.text());
    // Nothing of it is kept: another opening shows what the file says.
    let records =
        [1, 2].map(|number| Record::new(string_key(Layout::V0_2, &format!("{number}")), string_value("\u{7f}")));
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("two.mst", &opened, Theme::Dark, 120, 24);
    press(&mut screen, "ttt");
    assert!(header(&screen).contains("two.mst"), "{}", screen.text());
}

#[test]
fn a_view_on_the_tree_is_computed_anew() {
    let opened = options();
    let mut screen = browse("options.mst", &opened, Theme::Dark, 140, 30);
    press(&mut screen, ":explain key-00201<Enter>");
    assert!(app(&mut screen).layers.is_top("explain"), "{}", screen.text());
    press(&mut screen, "t");
    assert!(app(&mut screen).layers.top().is_some_and(|layer| layer.name() == "explain" && layer.ticket().is_none()));
    assert!(header(&screen).contains("(2 of "), "{}", screen.text());
}

#[test]
fn typing_on_a_screen() {
    let mut screen = browse("options.mst", &options(), Theme::Dark, 140, 16);
    press(&mut screen, ":key key-00201<Enter>t");
    insta::assert_debug_snapshot!("types_next", screen.buffer());
    press(&mut screen, "gt");
    insta::assert_debug_snapshot!("types_edit", screen.buffer());
}

#[test]
fn a_sound_node_that_the_guess_does_not_fit_is_named_and_t_finds_what_does() {
    let mut opened = options();
    let narrow = ["String", "u8"].map(|ty| ItemType::postcard(ty.parse().unwrap()));
    opened.typing.alternatives = vec![narrow.into()];
    let mut screen = browse("options.mst", &opened, Theme::Dark, 140, 30);
    press(&mut screen, "t");
    assert!(header(&screen).contains("String → u8"), "{}", screen.text());
    let text = screen.text();
    assert!(text.contains("the guessed types do not fit this node, which is"), "{text}");
    assert!(!text.contains("damaged") && !text.contains("malformed"), "{text}");
    press(&mut screen, "t");
    assert!(header(&screen).contains("String → Option<i64>"), "{}", screen.text());
    assert!(!screen.text().contains("do not fit"), "{}", screen.text());
}

#[test]
fn such_a_node_is_no_damage_to_a_check_or_beside_another_tree() {
    let mut opened = options();
    opened.typing.alternatives = vec![["String", "u8"].map(|ty| ItemType::postcard(ty.parse().unwrap())).into()];
    let narrow = opened.next_guess().expect("the other types");
    let mut screen = browse("options.mst", &narrow, Theme::Dark, 140, 30);
    press(&mut screen, "ov");
    let text = screen.text();
    assert!(text.contains("could not tell: nothing found") && text.contains("is left out: it is sound"), "{text}");
    assert!(!text.contains('✗') && !text.contains("damaged"), "{text}");
    press(&mut screen, "os");
    assert!(screen.text().contains("sound node that the guessed types do not fit"), "{}", screen.text());

    let (writer, root) = written(20);
    let other = open_bytes(writer.into_bytes(), root.offset, None);
    let both = pair(["options.mst", "numbers.mst"], narrow, other);
    let screen = two_trees(both, Theme::Dark, 160, 30);
    let text = screen.text();
    assert!(text.contains("? 1 sound, of other types") && text.contains("left: the node @"), "{text}");
    assert!(!text.contains("damaged"), "{text}");
}

/// A file of ours in which one value breaks rules of the type that the file notes.
#[test]
fn a_value_that_breaks_rules_is_shown_with_what_is_wrong() {
    use file_mst::Options;
    use file_mst::TreeWriter;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("values.mst");
    let schema = "{key: String, value: {name: String, paid: bool}}";
    let mut writer =
        TreeWriter::open(&path, Options { schema: Some(schema.as_bytes().to_vec()), ..Options::default() }).unwrap();
    writer.put(b"bad", &[0x83, 0, b'a', b'd', b'a', 7, 9]).unwrap();
    writer.put(b"good", &[3, b'e', b'v', b'e', 1]).unwrap();
    writer.put(b"none", &[9]).unwrap();
    writer.commit("", None).unwrap();
    let options = OpenOptions { lenient: true, ..OpenOptions::default() };
    let opened = open(Arc::new(FileStorage::open(&path).unwrap()), &options).unwrap();
    let mut screen = browse("values.mst", &opened, Theme::Dark, 100, 14);
    press(&mut screen, ":key bad<Enter><Enter>");
    insta::assert_debug_snapshot!("value_lenient", screen.buffer());
    press(&mut screen, "v");
    assert!(screen.text().contains("· json, it breaks rules ✗ ·"), "{}", screen.text());
    assert!(
        screen.text().contains("padded with zeros") && screen.text().contains("\"paid\": true"),
        "{}",
        screen.text()
    );
    press(&mut screen, "<Esc>:key none<Enter><Enter>");
    assert!(screen.text().contains("shown as bytes: byte 1, .name: expected 9 more bytes"), "{}", screen.text());
    press(&mut screen, "<Esc>:key good<Enter><Enter>");
    assert!(!screen.text().contains('✗') && screen.text().contains("\"name\": \"eve\""), "{}", screen.text());
}
