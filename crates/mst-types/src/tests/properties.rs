//! Properties of every type and value.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::super::{
    DecodeError, DecodeOptions, Type, Value, ValueKind, compare, decode, decode_prefix, encode, measure, parse_literal,
};
use super::strategy::{typed, types};

/// The value without spans; a NaN becomes text, so that it equals itself.
fn bare(value: &Value) -> Value {
    Value::new(match &value.kind {
        ValueKind::F32(v) if v.is_nan() => ValueKind::String("NaN".to_owned()),
        ValueKind::F64(v) if v.is_nan() => ValueKind::String("NaN".to_owned()),
        kind => kind.map_parts(&bare),
    })
}

/// Asserts that measuring and decoding agree on the length or the error, and returns it.
fn agree(ty: &Type, bytes: &[u8], options: &DecodeOptions) -> Result<usize, DecodeError> {
    let measured = measure(ty, bytes, options);
    let decoded = decode_prefix(ty, bytes, options).map(|(_, length)| length);
    assert_eq!(measured, decoded);
    measured
}

proptest! {
    #[test]
    fn the_text_of_a_type_reads_back(ty in types()) {
        let text = ty.to_string();
        prop_assert_eq!(text.parse::<Type>().map_err(|e| format!("{text}: {e}")), Ok(ty));
    }

    #[test]
    fn bytes_and_values_turn_into_each_other((ty, value, _) in typed()) {
        let options = DecodeOptions::default();
        let bytes = encode(&ty, &value).unwrap();
        let decoded = decode(&ty, &bytes, &options).unwrap();
        prop_assert_eq!(bare(&decoded), bare(&value));
        prop_assert_eq!(decoded.span.clone(), 0..bytes.len());
        prop_assert_eq!(encode(&ty, &decoded).unwrap(), bytes);
    }

    #[test]
    fn the_json_of_a_value_can_be_typed((ty, value, _) in typed()) {
        // Text is typed without quotes, and so is JSON inside a value.
        prop_assume!(*ty.wire() != Type::String);
        let json = serde_json::to_string(&value).unwrap();
        let typed = parse_literal(&ty, &json).map_err(|e| format!("{ty}: {json}: {e}"));
        prop_assert_eq!(typed, Ok(encode(&ty, &value).unwrap()));
    }

    #[test]
    fn a_value_is_one_line_without_anything_hidden((_, value, _) in typed()) {
        let hidden = |c: char| c.is_control() || c == char::from_u32(0x202e).unwrap();
        prop_assert!(!value.to_string().contains(hidden));
    }

    #[test]
    fn measuring_is_decoding_and_truncation_is_an_error((ty, value, _) in typed()) {
        let bytes = encode(&ty, &value).unwrap();
        for options in [DecodeOptions::default(), DecodeOptions::lenient()] {
            prop_assert_eq!(agree(&ty, &bytes, &options), Ok(bytes.len()));
            for cut in 0..bytes.len() {
                let error = agree(&ty, &bytes[..cut], &options).unwrap_err();
                prop_assert!(matches!(error, DecodeError::UnexpectedEnd { .. }), "{}", error);
            }
            let mut capped = options;
            capped.limits.bytes = bytes.len();
            prop_assert_eq!(agree(&ty, &bytes, &capped), Ok(bytes.len()));
            if !bytes.is_empty() {
                capped.limits.bytes -= 1;
                let error = agree(&ty, &bytes, &capped).unwrap_err();
                prop_assert!(matches!(error, DecodeError::TooManyBytes { .. }), "{}", error);
            }
        }
        let mut longer = bytes.clone();
        longer.push(0);
        let error = decode(&ty, &longer, &DecodeOptions::default()).unwrap_err();
        let trailing =
            DecodeError::TrailingBytes { offset: bytes.len(), at: String::new(), count: 1 };
        prop_assert_eq!(error, trailing);
        prop_assert!(decode(&ty, &longer, &DecodeOptions::lenient()).is_ok());
    }

    #[test]
    fn random_bytes_are_a_value_or_an_error(ty in types(), bytes: Vec<u8>) {
        let _ = agree(&ty, &bytes, &DecodeOptions::lenient());
        if let Ok(length) = agree(&ty, &bytes, &DecodeOptions::default()) {
            // Bytes accepted by strict decoding are exactly those that encoding writes.
            let value = decode(&ty, &bytes[..length], &DecodeOptions::default()).unwrap();
            prop_assert_eq!(encode(&ty, &value).unwrap(), &bytes[..length]);
        }
        let _ = compare(&ty, &bytes, &bytes, &DecodeOptions::default());
    }

    #[test]
    fn a_changed_byte_never_panics((ty, value, _) in typed(), at: prop::sample::Index, byte: u8) {
        let mut bytes = encode(&ty, &value).unwrap();
        prop_assume!(!bytes.is_empty());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = agree(&ty, &bytes, &DecodeOptions::default());
        let _ = agree(&ty, &bytes, &DecodeOptions::lenient());
    }

    #[test]
    fn comparing_is_an_order((ty, a, b) in typed()) {
        let (a, b) = (encode(&ty, &a).unwrap(), encode(&ty, &b).unwrap());
        let order = |x: &[u8], y: &[u8]| compare(&ty, x, y, &DecodeOptions::default()).unwrap();
        prop_assert_eq!(order(&a, &a), Ordering::Equal);
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
    }

    #[test]
    fn any_text_is_a_type_or_an_error(text in "[a-zA-Z0-9<>(){}\\[\\];:,&\" ]{0,30}|\\PC*") {
        let _ = text.parse::<Type>();
    }

    #[test]
    fn any_literal_is_a_value_or_an_error(ty in types(), text in "[0-9a-fx_\\-\\[\\]{}\":,. ]{0,20}|\\PC*") {
        if let Ok(bytes) = parse_literal(&ty, &text) {
            prop_assert!(decode(&ty, &bytes, &DecodeOptions::default()).is_ok());
        }
    }
}
