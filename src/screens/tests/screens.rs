//! Pictures of screens in text, styles included.

use file_mst::NodeHash;
use insta::assert_debug_snapshot;
use mst_types::{Type, parse_literal};

use super::*;

/// A tree with a leaf of which one bit is flipped, one that is cut off, and one whose link leads back to the root.
fn damaged() -> (Vec<u8>, Link) {
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let record = |number: u64| Record::new(string_key(Layout::V0_2, &format!("key-{number}")), u64_value(number));
    let [a, b, c, d, f, g] = [1, 2, 3, 4, 6, 7].map(record);
    let flipped = writer.write_leaf(&[&a]);
    let cut = writer.write_leaf(&[&c]);
    let sound = writer.write_leaf(&[&g]);
    let root = writer.write_looped(|writer, top| {
        let back = Link { offset: top, hash: [7; 32] };
        writer.write_node(1, &[&b, &d, &f], &[flipped, cut, back, sound])
    });
    let key = writer.find(flipped, b"key-1");
    writer.flip_bit(key, 0);
    writer.claim_length(cut, u32::MAX);
    (writer.into_bytes(), root)
}

#[test]
fn browsing() {
    let opened = open_upstream(ORDERS);
    for (name, theme, width, height, keys) in [
        ("wide_dark", Theme::Dark, 120, 40, ""),
        ("wide_light", Theme::Light, 120, 40, "jjjjj"),
        ("wide_mono", Theme::Mono, 120, 40, "jjjjj"),
        ("standard", Theme::Dark, 80, 24, "jjjjj"),
        ("standard_records", Theme::Dark, 80, 24, "jjjjj<Tab>"),
        ("small", Theme::Dark, 20, 5, "j"),
        ("one_cell", Theme::Dark, 1, 1, ""),
        ("half_typed", Theme::Dark, 80, 24, "g"),
        ("command", Theme::Dark, 80, 24, ":h<Tab>"),
        ("command_small", Theme::Mono, 20, 5, ":key service"),
        ("search", Theme::Light, 120, 40, "/10,0"),
        ("hits", Theme::Dark, 80, 24, "/10,1<Enter>n"),
        ("hits_of_a_pattern", Theme::Dark, 120, 24, "//^10,[0-9]{2}7$/<Enter>"),
        ("hits_small", Theme::Mono, 20, 5, "/10,1<Enter>"),
    ] {
        let mut screen = browse("orders-a.mst", &opened, theme, width, height);
        screen.count();
        press(&mut screen, keys);
        assert_debug_snapshot!(format!("browse_{name}"), screen.buffer());
    }
}

#[test]
fn help_and_value() {
    let opened = open_upstream(CONFIG);
    for (name, width, height, keys) in [
        ("help", 80, 40, "?"),
        ("help_small", 20, 5, "?jj"),
        ("value_text", 80, 24, "jj<Enter>"),
        ("value_hex", 80, 24, "jj<Enter>XXX"),
        ("value_small", 20, 5, "jj<Enter>"),
    ] {
        let mut screen = browse("config.mst", &opened, Theme::Dark, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(name, screen.buffer());
    }
}

/// A tree with one value of this type.
fn with_value(ty: &str, literal: &str) -> Opened {
    let ty: Type = ty.parse().unwrap();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let value = parse_literal(&ty, literal).unwrap();
    let root = writer.append_tree(&[Record::new(string_key(Layout::V0_2, "only"), value)]);
    let options = OpenOptions {
        offset: Some(root.offset),
        hash: Some(NodeHash::from(root.hash)),
        key: Some(Type::String),
        value: Some(ty),
        ..OpenOptions::default()
    };
    open(Arc::new(writer.into_bytes()), &options).unwrap()
}

#[test]
fn ways_to_look_at_a_value() {
    let order = "Order{id: uuid, at: timestamp(ms), cents: decimal(2), to: Option<ipv4>, tags: Vec<String>, \
                 state: enum State {New, Sent{by: String}}, extra: json}";
    let literal = r#"{"id": "67e55044-10b1-426f-9247-bb680e5fe0c8", "at": "2026-11-21T09:18:04.123Z",
        "cents": "-12.5", "to": "192.0.2.1", "tags": ["new", "a\tb"], "state": {"Sent": {"by": "x"}}, "extra": "[1, 2]"}"#;
    for (name, ty, literal, keys) in [
        ("tree", order, literal, ""),
        ("json", order, literal, "v"),
        ("redacted", order, literal, "XXXX"),
        ("cbor", "cbor", "a26161820102616280", ""),
        ("json_text", "json", r#"{"b": [1, {}], "a": "x"}"#, ""),
        ("number", "u64", "1000", ""),
        ("number_of_time", "timestamp(s)", "0", "v"),
    ] {
        let mut screen = browse("one.mst", &with_value(ty, literal), Theme::Dark, 80, 24);
        press(&mut screen, &format!("<Tab><Enter>{keys}"));
        assert_debug_snapshot!(format!("value_as_{name}"), screen.buffer());
    }
    // A way that was chosen stays for the next value.
    let mut screen = browse("one.mst", &with_value(order, literal), Theme::Dark, 80, 24);
    press(&mut screen, "<Tab><Enter>v<Esc><Enter>");
    assert!(screen.text().contains("· json ·"), "{}", screen.text());
    press(&mut screen, "<Esc>v");
    assert!(screen.text().contains("open a value first"), "{}", screen.text());
}

#[test]
fn own_files() {
    let (_dir, opened) = own_file();
    for (name, keys) in [("own_file", "jj"), ("own_history", "2j"), ("own_history_marked", "2jmj")] {
        let mut screen = browse("stock.mst", &opened, Theme::Dark, 120, 20);
        press(&mut screen, keys);
        assert_debug_snapshot!(name, screen.buffer());
    }
}

#[test]
fn damage_stands_in_place() {
    let (bytes, root) = damaged();
    let opened = open_bytes(bytes, root.offset, None);
    for (name, theme, keys) in [
        ("damaged_hash", Theme::Dark, "j"),
        ("damaged_length", Theme::Dark, "jjj"),
        ("damaged_loop", Theme::Mono, "jjjjj"),
        ("damaged_unfolded", Theme::Dark, "jlj"),
    ] {
        let mut screen = browse("damaged.mst", &opened, theme, 110, 20);
        screen.count();
        press(&mut screen, keys);
        assert_debug_snapshot!(name, screen.buffer());
    }
}

#[test]
fn empty_tree_and_unknown_types() {
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&[]);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("empty.mst", &opened, Theme::Dark, 100, 16);
    press(&mut screen, "lj<Enter>");
    assert_debug_snapshot!("empty_tree", screen.buffer());

    // Values of three fields each, of which no guess finds the boundaries.
    let value = |number: u8| vec![3, b'a', b'b', number, 0x80 | number, 1, 2, number, number];
    let records: Vec<_> = (0..20)
        .map(|number| {
            let mut value = value(number);
            value.extend(vec![0x81; usize::from(number % 3)]);
            Record::new(string_key(Layout::V0_2, &format!("key-{number:02}")), value)
        })
        .collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let screen = browse("unknown.mst", &opened, Theme::Dark, 100, 16);
    assert_debug_snapshot!("unknown_types", screen.buffer());
}

/// No size and no key makes the program panic, whatever is open.
#[test]
fn any_size_with_anything_open() {
    let (bytes, root) = damaged();
    let trees = [open_upstream(ORDERS), open_bytes(bytes, root.offset, None)];
    let sizes = [0, 1, 2, 3, 5, 9, 20, 39, 40, 89, 90, 130];
    for opened in &trees {
        for keys in [
            "",
            "jjjjj<Enter>",
            "?",
            "oh",
            ":",
            ":key x",
            "/a",
            "<Tab>j<Enter>W",
            "G<Tab>",
            "jljl",
            "b",
            "jb<Tab>jjG",
            "jjjjjw",
        ] {
            let mut screen = browse("any.mst", opened, Theme::Dark, 100, 30);
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
}
