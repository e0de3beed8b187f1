//! Keys are read back as they are printed.

use proptest::prelude::*;

use super::super::{Encoding, ItemType, Type, parse_literal};
use super::strategy::typed;

fn item(ty: &str) -> ItemType {
    ItemType::ordered(ty.parse().unwrap())
}

proptest! {
    #[test]
    fn a_key_is_read_back_as_it_is_printed((ty, value, _) in typed()) {
        let item = ItemType::postcard(ty);
        let stored = item.encode(&value).unwrap();
        let printed = item.key_text(&stored).unwrap();
        prop_assert_eq!(item.parse_key(&printed), Ok(stored.clone()), "{}: {}", item, printed);
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(item.parse_key(&json), Ok(stored), "{}: {}", item, json);
    }

    #[test]
    fn an_ordered_key_is_read_back_as_it_is_printed((ty, value, _) in typed()) {
        let item = ItemType { ty, encoding: Encoding::Ordered };
        // Not every type can be a key.
        let Ok(stored) = item.encode(&value) else { return Ok(()) };
        let printed = item.key_text(&stored).unwrap();
        prop_assert_eq!(item.parse_key(&printed), Ok(stored), "{}: {}", item, printed);
    }

    #[test]
    fn no_two_keys_are_printed_alike((ty, a, b) in typed()) {
        let item = ItemType::postcard(ty);
        let [a, b] = [a, b].map(|value| item.encode(&value).unwrap());
        prop_assert_eq!(a == b, item.key_text(&a) == item.key_text(&b));
    }

    #[test]
    fn the_example_of_a_type_is_a_key_of_it((ty, ..) in typed()) {
        let item = ItemType::postcard(ty);
        let example = item.key_example();
        prop_assert!(item.parse_key(&example).is_ok(), "{}: {}", item, example);
    }

    #[test]
    fn a_value_can_be_typed_as_it_is_displayed((ty, value, _) in typed()) {
        // A text is typed without quotes, and JSON and CBOR as in the JSON form.
        let text = ty.to_string();
        prop_assume!(*ty.wire() != Type::String && !text.contains("json") && !text.contains("cbor"));
        let displayed = value.to_string();
        let stored = ItemType::postcard(ty.clone()).encode(&value).unwrap();
        prop_assert_eq!(parse_literal(&ty, &displayed), Ok(stored), "{}: {}", text, displayed);
    }

    #[test]
    fn any_text_is_a_key_or_an_error((ty, ..) in typed(), text in "[0-9a-fx_\\-\\[\\]{}()\":,.'\\\\ ]{0,20}|\\PC*") {
        let item = ItemType::postcard(ty);
        if let Ok(stored) = item.parse_key(&text) {
            prop_assert!(item.decode(&stored).is_ok());
        }
    }
}

#[test]
fn every_way_to_write_a_key_means_the_same() {
    for (ty, ways) in [
        ("{a: i64, b: String}", &[r#"{a: 1, b: "A"}"#, r#"{"a":1,"b":"A"}"#, r#"{ b: "A" , a: 1, }"#][..]),
        ("(i64, String)", &[r#"(1, "A")"#, r#"[1,"A"]"#, r#"(1,"A",)"#]),
        ("(u8,)", &["(1,)", "[1]", "(1)"]),
        ("String", &["A", "\"A\"", r"\u{41}", r#""\u0041""#, r#""\u{41}""#]),
        ("u64", &["12345", "12,345", "12_345", "0x3039"]),
        ("i64", &["-12345", "-12,345"]),
        ("char", &["a", "'a'", "\"a\""]),
        ("Vec<u8>", &["dead", "0xdead", "\"dead\"", "DE ad"]),
        (
            "{at: timestamp(ms), day: date}",
            &[
                "{at: 2026-11-21T09:18:04Z, day: 2026-11-21}",
                r#"{"at": "2026-11-21T09:18:04Z", "day": "2026-11-21"}"#,
                "{at: 1795252684000, day: 20778}",
            ],
        ),
        (
            "(uuid, i64 as decimal(2))",
            &["(67e55044-10b1-426f-9247-bb680e5fe0c8, -12.50)", r#"["67e55044-10b1-426f-9247-bb680e5fe0c8", "-12.5"]"#],
        ),
        ("(ipv6, ipv4)", &["(2001:db8::, 192.0.2.1)", r#"["2001:db8::", "192.0.2.1"]"#]),
    ] {
        let item = item(ty);
        let expected = item.parse_key(ways[0]).unwrap_or_else(|error| panic!("{ty}: {error}"));
        for way in ways {
            assert_eq!(item.parse_key(way).as_ref(), Ok(&expected), "{ty}: {way}");
        }
    }
}

#[test]
fn quotes_and_escapes_of_a_text_have_one_meaning() {
    let text = item("String");
    for (key, printed) in [
        ("", "\"\""),
        ("\"", r#""\"""#),
        ("\"a\"", r#""\"a\"""#),
        ("it's 7\"", "it's 7\""),
        ("C:\\new", r"C:\\new"),
        ("two\nlines", r"two\nlines"),
        ("\u{202e}", r"\u{202e}"),
        (" padded ", " padded "),
    ] {
        assert_eq!(text.key_text(key.as_bytes()).as_deref(), Some(printed));
        assert_eq!(text.parse_key(printed).as_deref(), Ok(key.as_bytes()));
    }
    // A backslash that begins no escape, or a quote that ends too soon, would be ambiguous.
    for refused in [r"C:\dir", "\"a\" b", "\"a", r"\ud800", r"\u{110000}"] {
        assert!(text.parse_key(refused).is_err(), "{refused}");
    }
}

#[test]
fn errors_have_their_column() {
    for (ty, key, message) in [
        ("{a: i64, b: String}", "{a: 1, b: A}", "column 11: expected a text in quotes, found \"A}\""),
        ("{a: i64, b: String}", "{a: 1}", "column 1: expected the field b, found \"{a: 1}\""),
        ("{a: i64, b: String}", "{a: 1, c: 2}", "column 8: expected the fields a, b, each once, found \"c: 2}\""),
        ("(u8, u8)", "(1, x)", "column 5: expected u8, found \"x)\""),
        ("(u8, u8)", "(1, 2", "column 6: expected `,` or `)`, found the end"),
        ("u8", "1,2", "expected u8, found \"1,2\""),
    ] {
        assert_eq!(item(ty).parse_key(key).unwrap_err().to_string(), message);
    }
}
