//! Lenient decoding accepts certain deviations and reports them.

use proptest::prelude::*;

use super::super::{DecodeError as E, DecodeOptions, Remarks, Value, ValueKind, compare, decode_with_remarks, encode};
use super::strategy::{typed, types};
use super::{decode, ty};

fn lenient(text: &str, bytes: &[u8]) -> (Value, Remarks) {
    decode_with_remarks(&ty(text), bytes, &DecodeOptions::lenient()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Lenient decoding displays `shown` with this one remark, for which strict decoding refuses the bytes.
fn one(text: &str, bytes: &[u8], shown: &str, remark: E) {
    let (value, remarks) = lenient(text, bytes);
    assert_eq!(value.to_string(), shown, "{text}");
    assert_eq!(remarks, Remarks { first: vec![remark.clone()], more: 0 }, "{text}");
    assert_eq!(decode(text, bytes).unwrap_err(), remark, "{text}");
}

#[test]
fn each_deviation_is_accepted_and_reported() {
    let at = |at: &str| at.to_owned();
    one("{a: u8, b: u64}", &[9, 0x85, 0], "{a: 9, b: 5}", E::PaddedVarint { offset: 1, at: at(".b") });
    one("Vec<(u8,)>", &[0x81, 0, 7], "[(7,)]", E::PaddedVarint { offset: 0, at: at("") });
    one("(u8, bool)", &[9, 2], "(9, true)", E::BadBool { offset: 1, at: at(".1"), found: 2 });
    let bad = E::BadUtf8 { offset: 2, at: at("[0]"), found: 0xff };
    one("Vec<String>", &[1, 2, 0xff, b'a'], "[ff61]", bad);
    one("{c: char}", &[2, 0xc3, 0x28], "{c: c328}", E::BadChar { offset: 0, at: at(".c"), length: 2 });
    one("char", &[0], "0x", E::BadChar { offset: 0, at: at(""), length: 0 });
    one("char", &[2, b'a', b'b'], "6162", E::BadChar { offset: 0, at: at(""), length: 2 });
    one("char", &[5, 1, 2, 3, 4, 5], "0102030405", E::BadChar { offset: 0, at: at(""), length: 5 });
    one("u8", &[7, 8, 9], "7", E::TrailingBytes { offset: 1, at: at(""), count: 2 });
}

/// A count or the number of a variant belongs to the value that it opens, whatever the content; the content has its own
/// path.
#[test]
fn an_error_at_the_start_of_a_value_has_the_path_of_that_value() {
    let padded = |offset, at: &str| E::PaddedVarint { offset, at: at.to_owned() };
    let bool_at = |offset, at: &str| E::BadBool { offset, at: at.to_owned(), found: 2 };
    one("enum {A, B{}}", &[0x80, 0], "A", padded(0, ""));
    one("enum {A, B{}}", &[0x81, 0], "B{}", padded(0, ""));
    one("enum {A, B(u8)}", &[0x81, 0, 3], "B(3)", padded(0, ""));
    one("{e: enum {A, B(bool)}}", &[0x81, 0, 1], "{e: B(true)}", padded(0, ".e"));
    one("{e: enum {A, B(bool)}}", &[1, 2], "{e: B(true)}", bool_at(1, ".e.B.0"));
    one("{e: enum {A, B{c: bool}}}", &[1, 2], "{e: B{c: true}}", bool_at(1, ".e.B.c"));
    one("enum {A(enum {B, C(bool)})}", &[0, 0x81, 0, 1], "A(C(true))", padded(1, ".A.0"));
    one("Vec<bool>", &[0x81, 0, 1], "[true]", padded(0, ""));
    one("{m: Map<u8, bool>}", &[0x81, 0, 7, 1], "{m: {7: true}}", padded(0, ".m"));
    one("Option<enum {A}>", &[1, 0x80, 0], "Some(A)", padded(1, ""));
    one("enum E {A}", &[0x80, 0], "A", padded(0, ""));
}

#[test]
fn lenient_decoding_is_strict_about_boundaries() {
    let refused =
        |text: &str, bytes: &[u8]| decode_with_remarks(&ty(text), bytes, &DecodeOptions::lenient()).expect_err(text);
    assert!(matches!(refused("Option<u8>", &[2, 1]), E::BadOption { found: 2, .. }));
    assert!(matches!(refused("enum {A}", &[1]), E::UnknownVariant { found: 1, .. }));
    assert!(matches!(refused("u16", &[0xff, 0xff, 0x7f]), E::VarintOverflow { bits: 16, .. }));
    assert!(matches!(refused("String", &[3, b'a']), E::UnexpectedEnd { needed: 3, .. }));
    assert!(matches!(refused("char", &[5, b'a']), E::UnexpectedEnd { needed: 5, .. }));
}

#[test]
fn parts_after_a_deviation_are_read_and_have_their_spans() {
    let (value, remarks) = lenient("(bool, u16, String, u8)", &[3, 0x81, 0, 1, 0x80, 5, 6]);
    assert_eq!(value.to_string(), "(true, 1, 80, 5)");
    let ValueKind::Tuple(parts) = &value.kind else { panic!("{value}") };
    assert_eq!(parts.iter().map(|part| part.span.clone()).collect::<Vec<_>>(), [0..1, 1..3, 3..5, 5..6]);
    let positions: Vec<_> = remarks.first.iter().map(|remark| (remark.offset(), remark.at())).collect();
    assert_eq!(positions, [(0, ".0"), (1, ".1"), (4, ".2"), (6, "")]);
}

#[test]
fn remarks_are_bounded() {
    let mut bytes = vec![0x80 | 100, 0];
    bytes.extend([2; 100]);
    let (_, remarks) = lenient("Vec<bool>", &bytes);
    assert_eq!((remarks.first.len(), remarks.more), (64, 37));
}

#[test]
fn compared_leniently_text_is_ordered_as_its_bytes() {
    let order = |text: &str, a: &[u8], b: &[u8]| compare(&ty(text), a, b, &DecodeOptions::lenient()).unwrap();
    assert!(order("String", &[1, b'a'], &[1, 0xff]).is_lt());
    assert!(order("String", &[1, 0xff], &[1, b'a']).is_gt());
    assert!(order("char", &[1, b'a'], &[1, 0xff]).is_lt());
    assert!(order("bool", &[9], &[1]).is_eq());
}

proptest! {
    #[test]
    fn valid_bytes_have_no_remarks((ty, value, _) in typed()) {
        let bytes = encode(&ty, &value).unwrap();
        let strict = super::super::decode(&ty, &bytes, &DecodeOptions::default()).unwrap();
        let (value, remarks) = decode_with_remarks(&ty, &bytes, &DecodeOptions::lenient()).unwrap();
        prop_assert_eq!(value.to_string(), strict.to_string());
        prop_assert!(remarks.is_empty());
    }

    /// Strict decoding refuses bytes for the first remark, or for the error that ends both.
    #[test]
    fn strict_and_lenient_decoding_agree_on_the_first_error(ty in types(), bytes: Vec<u8>) {
        let strict = super::super::decode(&ty, &bytes, &DecodeOptions::default()).err();
        match decode_with_remarks(&ty, &bytes, &DecodeOptions::lenient()) {
            Ok((_, remarks)) => prop_assert_eq!(strict.as_ref(), remarks.first.first()),
            Err(_) => prop_assert!(strict.is_some()),
        }
    }

    /// The same for valid bytes with one number that is a byte too long.
    #[test]
    fn a_padded_number_has_one_path((ty, value, _) in typed(), at: prop::sample::Index) {
        let mut bytes = encode(&ty, &value).unwrap();
        // An empty value has no number.
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] |= 0x80;
            bytes.insert(at + 1, 0);
        }
        let strict = super::super::decode(&ty, &bytes, &DecodeOptions::default()).err();
        if let Ok((_, remarks)) = decode_with_remarks(&ty, &bytes, &DecodeOptions::lenient()) {
            prop_assert_eq!(strict.as_ref(), remarks.first.first());
        }
    }
}
