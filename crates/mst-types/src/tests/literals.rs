//! Values typed by a person.

use super::super::{LiteralError, parse_literal};
use super::{decode, json, ty};

fn typed(text: &str, literal: &str) -> Result<Vec<u8>, String> {
    parse_literal(&ty(text), literal).map_err(|e| e.to_string())
}

#[test]
fn scalars_are_read_literally() {
    assert_eq!(typed("String", "\"a\" b"), Ok(b"\x05\"a\" b".to_vec()));
    assert_eq!(typed("u16", "1_000"), Ok(vec![0xe8, 7]));
    assert_eq!(typed("u8", "0xFf"), Ok(vec![255]));
    assert_eq!(typed("i8", "-128"), Ok(vec![0x80]));
    assert_eq!(typed("i32", "-0x1"), Ok(vec![1]));
    assert_eq!(typed("bool", "true"), Ok(vec![1]));
    assert_eq!(typed("char", "\""), Ok(vec![1, b'"']));
    assert_eq!(typed("char", "\"é\""), Ok(vec![2, 0xc3, 0xa9]));
    assert_eq!(typed("bytes", "0xDE ad"), Ok(vec![2, 0xde, 0xad]));
    assert_eq!(typed("[u8; 2]", "dead"), Ok(vec![0xde, 0xad]));
    assert_eq!(typed("[u8; 2]", "\"dead\""), Ok(vec![0xde, 0xad]));
    assert_eq!(typed("f32", "-inf"), Ok(f32::NEG_INFINITY.to_le_bytes().to_vec()));
    assert_eq!(typed("f64", "0.1"), Ok(0.1_f64.to_le_bytes().to_vec()));
}

#[test]
fn the_rest_is_json() {
    let text = "{id: u8, tags: Map<String, u8>, kind: enum {A, B(u8), C{x: Option<()>}}}";
    let literal = r#"{"kind": {"C": {"x": {"some": null}}}, "tags": {"z": 1, "a": 2}, "id": 3}"#;
    let bytes = vec![3, 2, 1, b'z', 1, 1, b'a', 2, 2, 1];
    assert_eq!(typed(text, literal), Ok(bytes));
    assert_eq!(typed("Map<u8, u8>", "{}"), Ok(vec![0]));
    assert_eq!(typed("Map<u8, u8>", "[[1, 2]]"), Ok(vec![1, 1, 2]));
    assert_eq!(typed("Option<u8>", "null"), Ok(vec![0]));
}

#[test]
fn errors_are_specific() {
    for (text, literal, message) in [
        ("u8", "256", "the value: expected a number within u8, found 256"),
        ("u8", "-1", "expected u8, found \"-1\""),
        ("u64", "_1", "expected u64, found \"_1\""),
        ("u64", "", "expected u64, found \"\""),
        ("f32", "1e99", "expected f32, found \"1e99\""),
        ("bytes", "abc", "expected an even number of hex digits, found 3"),
        ("bytes", "ag", "character 2: expected a hex digit, found 'g'"),
        ("[u8; 2]", "ab", "the value: expected 2 parts, found 1"),
        ("Vec<i8>", "[1, 200]", "[1]: expected a number within i8, found 200"),
        ("(u8, u8)", "[1]", "line 1, column 3: expected JSON of (u8, u8): invalid length 1, expected (u8, u8)"),
        ("{a: u8}", "{}", "line 1, column 2: expected JSON of {a: u8}: missing field \"a\""),
    ] {
        assert_eq!(typed(text, literal), Err(message.to_owned()), "{text}");
    }
    for (text, literal) in [
        ("{a: u8}", r#"{"a": 1, "b": 2}"#),
        ("{a: u8}", r#"{"a": 1, "a": 2}"#),
        ("enum {A}", r#"{"A": null}"#),
        ("enum {A(u8)}", r#""A""#),
        ("enum {A(u8), B(u8)}", r#"{"A": 1, "B": 2}"#),
        ("Option<Option<u8>>", "1"),
        ("Option<()>", r#"{"other": null}"#),
        ("(u8,)", "[1] x"),
        ("(u8,)", "[1.5]"),
        ("bool", "1"),
        ("char", "ab"),
    ] {
        let error = parse_literal(&ty(text), literal).expect_err(literal);
        assert!(matches!(error, LiteralError::Json { .. }), "{error}");
    }
}

#[test]
fn deep_json_is_refused_and_not_followed() {
    let text = format!("{}u8{}", "Vec<".repeat(64), ">".repeat(64));
    assert!(typed(&text, &"[".repeat(100_000)).is_err());
}

#[test]
fn nested_options_stay_apart_in_json() {
    for (text, bytes, expected) in [
        ("Option<Option<u8>>", &[0][..], "null"),
        ("Option<Option<u8>>", &[1, 0], r#"{"some":null}"#),
        ("Option<Option<u8>>", &[1, 1, 5], r#"{"some":5}"#),
        ("Option<()>", &[1], r#"{"some":null}"#),
        ("Option<u8>", &[1, 5], "5"),
    ] {
        assert_eq!(json(&decode(text, bytes).unwrap()), expected);
        assert_eq!(typed(text, expected).as_deref(), Ok(bytes));
    }
}
