//! Bytes with wrong lengths, counts and tags.

use super::super::{DecodeError as E, DecodeOptions, Limits, Type, Value, ValueKind, encode, measure};
use super::{decode, ty};

/// The error of decoding, as offset, path and message.
fn fails(text: &str, bytes: &[u8]) -> (usize, String, String) {
    let error = decode(text, bytes).expect_err(text);
    let measured = measure(&ty(text), bytes, &DecodeOptions::default());
    if !matches!(error, E::TrailingBytes { .. }) {
        assert_eq!(measured, Err(error.clone()));
    }
    (error.offset(), error.at().to_owned(), error.to_string())
}

#[test]
fn each_error_has_its_name_offset_and_path() {
    let at = String::new();
    for (text, bytes, expected) in [
        ("u16", &[0x80, 0][..], E::PaddedVarint { offset: 0, at: at.clone() }),
        ("u16", &[0xff, 0xff, 4], E::VarintOverflow { offset: 0, at: at.clone(), bits: 16 }),
        ("u16", &[0xff, 0xff, 0x83], E::VarintOverflow { offset: 0, at: at.clone(), bits: 16 }),
        ("bool", &[2], E::BadBool { offset: 0, at: at.clone(), found: 2 }),
        ("Option<u8>", &[2, 0], E::BadOption { offset: 0, at: at.clone(), found: 2 }),
        ("String", &[2, b'a', 0xff], E::BadUtf8 { offset: 2, at: at.clone(), found: 0xff }),
        ("char", &[2, b'a', b'b'], E::BadChar { offset: 0, at: at.clone(), length: 2 }),
        ("char", &[0], E::BadChar { offset: 0, at: at.clone(), length: 0 }),
        ("char", &[5, 0, 0, 0, 0, 0], E::BadChar { offset: 0, at: at.clone(), length: 5 }),
        ("enum {A, B}", &[2], E::UnknownVariant { offset: 0, at: at.clone(), expected: 2, found: 2 }),
        ("enum {}", &[0], E::UnknownVariant { offset: 0, at: at.clone(), expected: 0, found: 0 }),
        ("u8", &[1, 2, 3], E::TrailingBytes { offset: 1, at: at.clone(), count: 2 }),
        ("f64", &[1, 2, 3], E::UnexpectedEnd { offset: 0, at, needed: 8, available: 3 }),
    ] {
        assert_eq!(decode(text, bytes), Err(expected), "{text}");
    }
}

#[test]
fn the_path_leads_to_the_part() {
    let text = "{id: u8, items: Vec<{n: u8, name: Option<String>}>}";
    let bytes = [7, 2, 1, 1, 1, b'x', 2, 1, 1, 0xfe];
    let (offset, at, message) = fails(text, &bytes);
    assert_eq!((offset, at.as_str()), (9, ".items[1].name"));
    assert_eq!(message, "byte 9, .items[1].name: expected UTF-8 text, found the byte 0xfe");
    assert_eq!(fails("Map<u8, (u8, bool)>", &[1, 3, 4, 9]).1, "[0].value.1");
    assert_eq!(fails("Map<bool, u8>", &[1, 3]).1, "[0].key");
    assert_eq!(fails("enum {A(u8, bool)}", &[0, 3, 9]).1, ".A.1");
    assert_eq!(fails("bool", &[9]).2, "byte 0, the value: expected a bool (0 or 1), found 9");
}

#[test]
fn counts_are_not_trusted() {
    const HUGE: [u8; 10] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    for text in ["Vec<()>", "Vec<u64>", "Map<(), ()>", "Vec<[(); 0]>", "Vec<{}>"] {
        let error = decode(text, &HUGE).expect_err(text);
        assert!(matches!(error, E::TooManyItems { offset: 0, .. }), "{text}: {error}");
    }
    for text in ["String", "bytes"] {
        let error = decode(text, &HUGE).expect_err(text);
        assert!(matches!(error, E::UnexpectedEnd { needed: u64::MAX, .. }), "{text}: {error}");
    }
    for text in ["[(); 4294967295]", "[[(); 65536]; 65536]", "[[[(); 1024]; 1024]; 1024]"] {
        let error = decode(text, &[]).expect_err(text);
        assert!(matches!(error, E::TooManyItems { .. }), "{text}: {error}");
    }
    let error = decode("[u8; 4294967295]", &[1]).unwrap_err();
    assert!(matches!(error, E::UnexpectedEnd { offset: 0, .. }), "{error}");
}

#[test]
fn limits_are_exact() {
    let ty = ty("Vec<Option<u8>>");
    let bytes = [2, 1, 5, 0];
    let with =
        |depth, items, bytes| DecodeOptions { limits: Limits { depth, items, bytes }, ..DecodeOptions::default() };
    // The list, its two options and the item of one option are four values, nested two containers deep.
    assert_eq!(measure(&ty, &bytes, &with(2, 4, 4)), Ok(4));
    let error = |options| measure(&ty, &bytes, &options).unwrap_err();
    assert!(matches!(error(with(1, 4, 4)), E::TooDeep { limit: 1, .. }));
    assert!(matches!(error(with(2, 3, 4)), E::TooManyItems { limit: 3, .. }));
    assert!(matches!(error(with(2, 4, 3)), E::TooManyBytes { limit: 3, .. }));
}

#[test]
fn nesting_is_limited_whatever_the_options() {
    let deep = (0..300).fold(Type::U8, |inner, _| Type::Option(Box::new(inner)));
    let mut options = DecodeOptions::default();
    options.limits.depth = usize::MAX;
    let error = measure(&deep, &[1; 301], &options).unwrap_err();
    assert!(matches!(error, E::TooDeep { limit: 128, .. }), "{error}");

    let value = (0..300).fold(Value::new(ValueKind::Uint(1)), |inner, _| Value::new(ValueKind::Some(Box::new(inner))));
    assert!(encode(&deep, &value).is_err());
}

#[test]
fn spans_cover_each_part() {
    let value = decode("(u16, String, Option<u8>)", &[0x80, 1, 2, b'h', b'i', 1, 9]).unwrap();
    let ValueKind::Tuple(parts) = &value.kind else { panic!("{value}") };
    let spans: Vec<_> = parts.iter().map(|part| part.span.clone()).collect();
    assert_eq!(spans, [0..2, 2..5, 5..7]);
    let ValueKind::Some(inner) = &parts[2].kind else { panic!("{value}") };
    assert_eq!(inner.span, 6..7);
}
