//! Logical types: how values are displayed and typed, without effect on the bytes.

use proptest::prelude::*;

use crate::{DecodeOptions, ItemType, Type, TypeJsonError, Value, compare, decode, measure, parse_literal};

fn ty(text: &str) -> Type {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read(text: &str, bytes: &[u8]) -> Value {
    decode(&ty(text), bytes, &DecodeOptions::default()).unwrap()
}

#[track_caller]
fn assert_shown(text: &str, literal: &str, wire: &[u8], shown: &str, json: &str) {
    let bytes = parse_literal(&ty(text), literal).unwrap();
    assert_eq!(bytes, wire, "{text} {literal}");
    let value = read(text, &bytes);
    assert_eq!(value.to_string(), shown, "{text}");
    assert_eq!(serde_json::to_string(&value).unwrap(), json, "{text}");
    assert_eq!(ItemType::postcard(ty(text)).parse_json(json).unwrap(), wire, "{text}: {json} read back");
    assert_eq!(value.span, 0..wire.len());
}

fn postcard<T: serde::Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap()
}

#[test]
fn each_logical_type_displays_and_parses_its_notation() {
    let moment = 1_795_252_684_123_i64;
    let text = "2026-11-21T09:18:04.123Z";
    assert_shown("timestamp(ms)", text, &postcard(&moment), text, &format!("{text:?}"));
    assert_shown("timestamp(ms)", &moment.to_string(), &postcard(&moment), text, &format!("{text:?}"));
    assert_shown("timestamp(ms)", "2026-11-21T10:18:04.123+01:00", &postcard(&moment), text, &format!("{text:?}"));
    let day = "2026-11-21T00:00:00Z";
    assert_shown("u64 as timestamp(s)", "2026-11-21", &postcard(&1_795_219_200_u64), day, &format!("{day:?}"));
    assert_shown("date", "2026-11-21", &postcard(&20_778_i32), "2026-11-21", "\"2026-11-21\"");
    assert_shown("date", "1969-12-31", &postcard(&-1_i32), "1969-12-31", "\"1969-12-31\"");
    assert_shown("u16 as date", "2024-02-29", &postcard(&19_782_u16), "2024-02-29", "\"2024-02-29\"");
    assert_shown("time(ms)", "10:00:00.5", &postcard(&36_000_500_u64), "10:00:00.5", "\"10:00:00.5\"");
    assert_shown("time(s)", "0", &postcard(&0_u64), "00:00:00", "\"00:00:00\"");
    assert_shown("u32 as time(s)", "23:59:59", &postcard(&86_399_u32), "23:59:59", "\"23:59:59\"");
    assert_shown("duration(ms)", "26:00:00.5", &postcard(&93_600_500_i64), "PT26H0.5S", "\"PT26H0.5S\"");
    assert_shown("duration(s)", "-P1DT1S", &postcard(&-86_401_i64), "-PT24H1S", "\"-PT24H1S\"");
    assert_shown("duration(ns)", "-7", &postcard(&-7_i64), "-PT0.000000007S", "\"-PT0.000000007S\"");
    let last = "9999-12-31T23:59:59Z";
    assert_shown("timestamp(s)", last, &postcard(&253_402_300_799_i64), last, &format!("{last:?}"));
    let beyond = "+010000-01-01T04:59:59Z";
    assert_shown("timestamp(s)", beyond, &postcard(&253_402_318_799_i64), beyond, &format!("{beyond:?}"));
    let before = "-000043-03-15";
    assert_shown("date", before, &postcard(&-735_160_i32), before, &format!("{before:?}"));
    assert_shown("date", "9999-12-31", &postcard(&2_932_896_i32), "9999-12-31", "\"9999-12-31\"");
    assert_shown("date", "0000-01-01", &postcard(&-719_528_i32), "0000-01-01", "\"0000-01-01\"");
    let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let raw = hex::decode(uuid.replace('-', "")).unwrap();
    assert_shown("uuid", uuid, &raw, uuid, &format!("{uuid:?}"));
    assert_shown("Vec<u8> as uuid", uuid, &postcard(&raw), uuid, &format!("{uuid:?}"));
    let number = u128::from_be_bytes(raw.try_into().unwrap());
    assert_shown("u128 as uuid", uuid, &postcard(&number), uuid, &format!("{uuid:?}"));
    assert_shown("decimal(2)", "-12.5", &postcard(&-1250_i128), "-12.50", "\"-12.50\"");
    assert_shown("i64 as decimal(3)", "0.007", &postcard(&7_i64), "0.007", "\"0.007\"");
    assert_shown("u32 as decimal(0)", "12", &postcard(&12_u32), "12", "\"12\"");
    let hash = "ab".repeat(32);
    assert_shown("hash", &hash, &[0xab; 32], &hash, &format!("{hash:?}"));
    assert_shown("json", r#"{"a": [1]}"#, &postcard(&r#"{"a": [1]}"#), r#"{"a": [1]}"#, r#""{\"a\": [1]}""#);
    assert_shown(
        "cbor",
        "a16161f5",
        &postcard(&[0xa1_u8, 0x61, b'a', 0xf5].to_vec()),
        r#"{"a": true}"#,
        "\"a16161f5\"",
    );
    assert_shown("ipv4", "192.0.2.1", &[192, 0, 2, 1], "192.0.2.1", "\"192.0.2.1\"");
    assert_shown("u32 as ip", "192.0.2.1", &postcard(&0xc000_0201_u32), "192.0.2.1", "\"192.0.2.1\"");
    let v6 = "2001:db8::1";
    let octets = v6.parse::<std::net::Ipv6Addr>().unwrap().octets();
    assert_shown("ipv6", v6, &octets, v6, "\"2001:db8::1\"");
    let serde = postcard(&"192.0.2.1".parse::<std::net::IpAddr>().unwrap());
    assert_shown("ip", r#"{"V4": "192.0.2.1"}"#, &serde, "V4(192.0.2.1)", r#"{"V4":"192.0.2.1"}"#);
}

#[test]
fn values_outside_the_notation_are_displayed_plainly() {
    assert_eq!(read("timestamp(s)", &postcard(&i64::MAX)).to_string(), i64::MAX.to_string());
    assert_eq!(read("time(s)", &postcard(&86_400_u64)).to_string(), "86400");
    assert_eq!(read("date", &postcard(&i32::MAX)).to_string(), i32::MAX.to_string());
    assert_eq!(read("json", b"\x02{\"").to_string(), r#""{\"""#);
    assert_eq!(read("cbor", b"\x01\x82").to_string(), "82");
    assert_eq!(read("Vec<u8> as uuid", b"\x02ab").to_string(), "6162");
}

#[test]
fn literals_that_do_not_fit_are_refused() {
    for (text, literal) in [
        ("timestamp(s)", "2026-11-21T09:18:04.5Z"),
        ("timestamp(s)", "yesterday"),
        ("date", "2023-02-29"),
        ("time(s)", "24:00:00"),
        ("time(s)", "10:00:00.5"),
        ("time(s)", "10:00:00Z"),
        ("u32 as time(s)", "-1"),
        ("duration(s)", "P1M"),
        ("duration(s)", "PT0.5S"),
        ("u16 as date", "1969-12-31"),
        ("u64 as timestamp(s)", "1969-12-31"),
        ("decimal(2)", "1.234"),
        ("decimal(2)", "1e3"),
        ("decimal(2)", ""),
        ("decimal(38)", "9999999999999999999"),
        ("u8 as decimal(1)", "-0.1"),
        ("u8 as decimal(1)", "99.9"),
        ("uuid", "67e55044"),
        ("json", "{"),
        ("ipv4", "::1"),
        ("ipv6", "1.2.3.4"),
    ] {
        assert!(parse_literal(&ty(text), literal).is_err(), "{text} {literal}");
    }
}

#[test]
fn types_are_written_in_canonical_form() {
    for (text, canonical) in [
        ("i64 as timestamp(us)", "timestamp(us)"),
        ("u64 as time(us)", "time(us)"),
        ("i64 as time( us )", "i64 as time(us)"),
        ("duration(ns)", "duration(ns)"),
        // Struct names were allowed to be these words before the words denoted types.
        ("time{duration: duration(s), time: time(s)}", "time{duration: duration(s), time: time(s)}"),
        ("duration{}", "duration{}"),
        ("u64 as timestamp( us )", "u64 as timestamp(us)"),
        ("[u8; 16] as uuid", "uuid"),
        ("[u8; 20] as hash", "[u8; 20] as hash"),
        ("ip", "enum {V4(ipv4), V6(ipv6)}"),
        ("Option<i128 as decimal(2)>", "Option<decimal(2)>"),
        ("Order { id : uuid }", "Order{id: uuid}"),
        ("\"Vec\"{id: u8}", "\"Vec\"{id: u8}"),
        ("\"hash\"{}", "\"hash\"{}"),
        ("enum Status{A}", "enum Status {A}"),
        ("enum \"a b\" {A, B}", "enum \"a b\" {A, B}"),
        ("{as: u8, uuid: uuid}", "{as: u8, uuid: uuid}"),
    ] {
        assert_eq!(ty(text).to_string(), canonical);
        assert_eq!(ty(canonical), ty(text));
        let json = serde_json::to_string(&ty(text)).unwrap();
        assert_eq!(Type::from_json(&json).as_ref(), Ok(&ty(text)), "{json}");
    }
    for (text, message) in [
        ("String as uuid", "at column 11: uuid is read from [u8; 16], Vec<u8> or u128, found String"),
        ("i64 as json", "at column 8: json is read from String, found i64"),
        ("i64 as json as json", "at column 8: json is read from String, found i64"),
        ("time(h)", "at column 1: expected time(s), (ms), (us) or (ns), found `time`"),
        ("duration", "at column 1: expected a type such as u64, String or Vec<u8>, found `duration`"),
        ("timestamp(h)", "at column 1: expected timestamp(s), (ms), (us) or (ns), found `timestamp`"),
        ("decimal(39)", "at column 1: expected decimal(N) with at most 38 digits after the point, found `decimal`"),
        (
            "i64 as clock",
            "at column 8: expected timestamp(UNIT), date, time(UNIT), duration(UNIT), uuid, decimal(N), hash, json, cbor or ip, \
             found `clock`",
        ),
    ] {
        assert_eq!(text.parse::<Type>().unwrap_err().to_string(), message);
    }
}

#[test]
fn json_that_is_not_a_type_is_refused_with_its_path() {
    for (json, message) in [
        ("[", "expected JSON: EOF while parsing a list at line 1 column 1"),
        (r#"{"vec": 7}"#, ".vec: expected a type, as a string or an object, found 7"),
        (
            r#"{"struct": [{"name": "a", "type": "u9"}]}"#,
            ".struct[0].type: at column 1: expected a type such as u64, String or Vec<u8>, found `u9`",
        ),
        (r#"{"struct": [{"type": "u8"}]}"#, ".struct[0]: expected the member name, a string, found null"),
        (
            r#"{"enum": [{"name": "a"}, {"name": "a"}]}"#,
            ".enum[1]: expected a name that differs from the others, found {\"name\":\"a\"}",
        ),
        (r#"{"array": "u8", "length": -1}"#, ": expected the member length, a number below 2^32, found -1"),
        (
            r#"{"type": "i64", "as": "uuid"}"#,
            ".as: at column 8: uuid is read from [u8; 16], Vec<u8> or u128, found i64",
        ),
        (
            r#"{"list": "u8"}"#,
            ": expected one of the members vec, array, option, tuple, struct, enum, map and type, found \"list\"",
        ),
    ] {
        assert_eq!(Type::from_json(json).unwrap_err().to_string(), message);
    }
    let deep = format!("{}\"u8\"{}", "{\"vec\":".repeat(70), "}".repeat(70));
    assert!(matches!(Type::from_json(&deep), Err(TypeJsonError::TooLarge { .. })));
}

proptest! {
    /// The bytes, their boundaries and their order are those of the underlying type, and the displayed text leads back
    /// to them.
    #[test]
    fn logical_types_change_no_byte(a in any::<i64>(), b in any::<i64>(), unit in 0_usize..4, scale in 0_u8..=38) {
        let unit = ["s", "ms", "us", "ns"][unit];
        let (left, right) = (postcard(&a), postcard(&b));
        let options = DecodeOptions::default();
        for text in [
            format!("timestamp({unit})"),
            format!("i64 as decimal({scale})"),
            format!("i64 as time({unit})"),
            format!("duration({unit})"),
        ] {
            let ty = ty(&text);
            prop_assert_eq!(measure(&ty, &left, &options), Ok(left.len()));
            prop_assert_eq!(compare(&ty, &left, &right, &options), Ok(a.cmp(&b)));
            let value = decode(&ty, &left, &options).unwrap();
            prop_assert_eq!(parse_literal(&ty, &value.to_string()), Ok(left.clone()));
            let ordered = ItemType::ordered(ty);
            let key = ordered.encode(&value).unwrap();
            prop_assert_eq!(&key, &ItemType::ordered(Type::I64).encode(&read("i64", &left)).unwrap());
            prop_assert_eq!(ordered.decode(&key).unwrap().kind, value.kind);
        }
    }

    #[test]
    fn json_leads_back_to_the_type(ty in super::strategy::types()) {
        let json = serde_json::to_string(&ty).unwrap();
        prop_assert_eq!(Type::from_json(&json), Ok(ty.clone()));
        prop_assert_eq!(ty.to_wire().to_wire(), ty.to_wire());
    }

    #[test]
    fn any_bytes_as_cbor_json_and_hash_survive_a_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..64), text in ".*") {
        for name in ["cbor", "Vec<u8> as hash", "Vec<u8> as uuid"] {
            let item = ItemType::postcard(ty(name));
            let value = item.decode(&postcard(&bytes)).unwrap();
            prop_assert_eq!(item.parse_json(&serde_json::to_string(&value).unwrap()).unwrap(), postcard(&bytes));
            // Nothing a terminal would obey.
            prop_assert!(!value.to_string().contains(char::is_control));
        }
        let item = ItemType::postcard(ty("json"));
        let value = item.decode(&postcard(&text)).unwrap();
        prop_assert_eq!(item.parse_json(&serde_json::to_string(&value).unwrap()).unwrap(), postcard(&text));
    }
}
