//! Any bytes under any type are a value or an error; all readers agree on them.
//!
//! The input is the text of a type, a newline, and the bytes.
#![no_main]

use std::str;

use mst_types::{
    DecodeOptions, ItemType, Limits, Type, compare, decode, decode_prefix, decode_with_remarks, encode, measure,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let Some(ty) = str::from_utf8(&data[..end]).ok().and_then(|text| text.parse::<Type>().ok()) else { return };
    let bytes = &data[end + 1..];
    let limits = Limits { items: 4096, ..Limits::default() };
    let strict = DecodeOptions { limits, ..DecodeOptions::default() };
    for options in [strict, DecodeOptions { limits, ..DecodeOptions::as_postcard_reads() }] {
        let prefix = decode_prefix(&ty, bytes, &options).map(|(_, length)| length);
        assert_eq!(measure(&ty, bytes, &options), prefix, "{ty}");
    }

    let strictly = decode(&ty, bytes, &strict);
    match decode_with_remarks(&ty, bytes, &DecodeOptions { limits, ..DecodeOptions::lenient() }) {
        Ok((value, remarks)) => {
            assert_eq!(strictly.as_ref().err(), remarks.first.first(), "{ty}");
            assert_eq!(value.span.start, 0);
            let _ = (value.to_string(), serde_json::to_string(&value).is_ok());
        }
        Err(_) => assert!(strictly.is_err(), "{ty}"),
    }
    if let Ok(value) = &strictly {
        assert_eq!(encode(&ty, value).as_deref(), Ok(bytes), "{ty}");
        assert_eq!(value.span, 0..bytes.len());
        // The cost of the order is exponential if maps are keys of maps.
        if !ty.to_string().contains("Map<") {
            assert!(compare(&ty, bytes, bytes, &strict).is_ok_and(|order| order.is_eq()), "{ty}");
        }
    }

    let ordered = ItemType::ordered(ty);
    if let Ok(key) = ordered.decode(bytes) {
        assert_eq!(ordered.encode(&key).as_deref(), Ok(bytes), "{ordered} as a key");
    }
});
