//! Contracts: the program agrees with the page that specifies their bytes, and reports errors with their position.

use std::path::Path;

use mst_sync::contract::{Canonical, Contract, Field, RuleViolation};
use mst_sync::source::Cell;
use mst_types::{ItemType, Type, Value, ValueKind};
use proptest::prelude::*;

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONTRACT.md")).unwrap()
}

fn block<'p>(page: &'p str, name: &str) -> &'p str {
    page.split(&format!("```{name}\n")).nth(1).unwrap().split("```").next().unwrap()
}

fn parse(text: &str) -> Contract {
    Contract::parse(text, Path::new("contract.toml")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A contract with one field, and only a number as its key.
fn one(settings: &str) -> String {
    format!(
        "version = 1\nname = \"one\"\nunicode = \"15\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n[[field]]\nname = \"x\"\n{settings}\n"
    )
}

fn field(settings: &str) -> Field {
    parse(&one(settings)).fields.remove(0)
}

/// `decimal(0) rounding=half-even` as settings.
fn settings(words: &str) -> String {
    let (ty, rules) = words.split_once(' ').unwrap_or((words, ""));
    let mut text = match ty.strip_prefix("enum(").and_then(|names| names.strip_suffix(')')) {
        Some(names) => format!("type = \"enum\"\nnames = [\"{}\"]\n", names.replace(',', "\", \"")),
        None => format!("type = \"{ty}\"\n"),
    };
    for rule in rules.split_whitespace() {
        text += &match rule.split_once('=') {
            Some((name, value)) => format!("{name} = \"{value}\"\n"),
            None if rule == "null" => "null = \"allow\"\n".to_owned(),
            None if rule == "lower" => "case = \"lower\"\n".to_owned(),
            None => format!("{rule} = true\n"),
        };
    }
    text
}

/// The spellings of a line, which are written as in JSON except for bytes.
fn spellings(mut text: &str) -> Vec<Cell<'static>> {
    let mut cells = Vec::new();
    while !text.trim_start_matches([',', ' ']).is_empty() {
        text = text.trim_start_matches([',', ' ']);
        let quoted = text.starts_with('"');
        let mut reader = serde_json::Deserializer::from_str(text).into_iter::<String>();
        if quoted {
            cells.push(Cell::Text(reader.next().unwrap().unwrap().into()));
            text = &text[reader.byte_offset()..];
            continue;
        }
        let word = text.split(',').next().unwrap();
        text = &text[word.len()..];
        cells.push(match word.trim() {
            "null" => Cell::Null,
            "true" => Cell::Bool(true),
            "false" => Cell::Bool(false),
            word => match (word.strip_prefix("0x"), word.parse()) {
                (Some(digits), _) => Cell::Bytes(hex::decode(digits).unwrap().into()),
                (None, Ok(number)) => Cell::Int(number),
                (None, Err(_)) => Cell::Number { text: word.to_owned().into(), shift: 0 },
            },
        });
    }
    cells
}

#[test]
fn the_frozen_vectors_hold() {
    let page = page();
    let lines: Vec<_> = block(&page, "vectors").lines().collect();
    assert!(lines.len() > 25);
    let mut wrong = Vec::new();
    for line in lines {
        let [words, spelled, value, key] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let field = field(&settings(words));
        let cells = spellings(spelled);
        assert!(!cells.is_empty());
        for cell in cells {
            let shown = cell.to_string();
            let canonical = field.canonical(cell).unwrap_or_else(|error| panic!("{words}: {shown}: {error}"));
            let (mut as_value, mut as_key) = (Vec::new(), Vec::new());
            field.push_value(&canonical, &mut as_value);
            field.push_key(&canonical, false, &mut as_key);
            let hex = |bytes: &[u8]| if bytes.is_empty() { "(none)".to_owned() } else { hex::encode(bytes) };
            let key_is = if key == "-" { key.to_owned() } else { hex(&as_key) };
            if (hex(&as_value).as_str(), key_is.as_str()) != (value, key) {
                wrong.push(format!("{words} | {spelled} | {} | {key_is}", hex(&as_value)));
            }
        }
    }
    assert!(wrong.is_empty(), "not as written:\n{}", wrong.join("\n"));
}

#[test]
fn the_hash_of_the_contract_on_the_page_is_correct() {
    let page = page();
    let contract = parse(block(&page, "toml"));
    let (text, hash) = block(&page, "hash").split_once("= ").unwrap();
    assert_eq!(contract.canonical_text(), text);
    assert_eq!(hex::encode(contract.hash()), hash.trim());
}

#[test]
fn an_equivalent_text_has_the_same_hash() {
    let plain = parse(&one("type = \"decimal(2)\"")).hash();
    for (same, other) in [
        ("names = [\"open\", \"paid\"]\ncase = \"lower\"", "names = [\"Open\", \"PAID\"]\ncase = \"lower\""),
        ("names = [\"\u{e9}\"]\nnfc = true", "names = [\"e\\u0301\"]\nnfc = true"),
    ] {
        let hash = |names: &str| parse(&one(&format!("type = \"enum\"\n{names}"))).hash();
        assert_eq!(hash(same), hash(other), "the names are those that values become");
    }
    // The tolerance of a field does not belong to its bytes.
    assert_eq!(parse(&one("type = \"decimal(2)\"\ntolerance = \"0.01\"")).hash(), plain);
    for same in [
        "type = \"decimal(2)\"\nnull = \"refuse\"\nrounding = \"refuse\" # as ever",
        "rounding = \"refuse\"\ndescription = \"what was paid\"\ntype = \"decimal(2)\"\ntrim = false",
    ] {
        assert_eq!(parse(&one(same)).hash(), plain, "{same}");
    }
    let fields = one("type = \"decimal(2)\"");
    let mut others = vec![plain];
    for other in [
        one("type = \"decimal(3)\""),
        one("type = \"decimal(2)\"\nnull = \"allow\""),
        one("type = \"decimal(2)\"\ndefault = 0"),
        one("type = \"decimal(2)\"\nrounding = \"down\""),
        one("type = \"decimal(2)\"\nfloats = \"shortest\""),
        one("type = \"decimal(2)\"\ntrim = true"),
        fields.replace("\"x\"", "\"y\""),
        fields.replace("\"one\"", "\"two\""),
        fields.replace("\"15\"", "\"14\""),
        fields.replace("unicode", "values = \"fingerprint\"\nunicode"),
        fields.replace("unicode", "values = \"fingerprint\"\nfingerprint = \"sha256\"\nunicode"),
        fields.replace("[[field]]", "[[key]]"),
        fields.replace("unicode", "tzdb = \"2025b\"\nunicode"),
        fields.replace("unicode", "tzdb = \"2026a\"\nunicode"),
        one("type = \"enum\"\nnames = [\"a\", \"b\"]"),
        one("type = \"time(s)\""),
        one("type = \"duration(s)\""),
        fields.replace("\"u32\"", "\"u32\"\nnull = \"key\""),
        fields.replace("unicode", "multiset = true\nunicode"),
        one("type = \"decimal(2)\"\nnull = \"allow\"").replace("unicode", "multiset = true\nunicode"),
    ] {
        let hash = parse(&other).hash();
        assert!(!others.contains(&hash), "{other}");
        others.push(hash);
    }
}

#[test]
fn errors_are_reported_with_line_and_column() {
    for (text, place, words) in [
        (one("type = \"text\"\ncolour = 1"), "10:1", "unknown field `colour`"),
        (one("type = \"float\""), "9:8", "unknown type \"float\""),
        (one("type = \"decimal(39)\""), "9:8", "0 to 38"),
        (one("type = \"enum\""), "9:8", "an enum has names"),
        (one("type = \"enum\"\nnames = [\"a\", \"a\"]"), "10:9", "all different"),
        (one("type = \"text\"\nnames = [\"a\"]"), "10:9", "only an enum"),
        (one("type = \"u8\"\ncase = \"upper\""), "10:8", "case has no effect on whole number"),
        (one("type = \"text\"\nrounding = \"down\""), "10:12", "rounding has no effect"),
        (one("type = \"bool\"\nfloats = \"shortest\""), "10:10", "floats has no effect on bool"),
        (one("type = \"date\"\nrounding = \"down\""), "10:12", "rounding has no effect on date"),
        (one("type = \"time(h)\""), "9:8", "the unit of a time is s, ms, us or ns"),
        (one("type = \"duration\""), "9:8", "unknown type \"duration\""),
        (one("type = \"timestamp(s)\"\ndefault = 0"), "10:11", "write it as \"2026-03-29T00:30:00Z\""),
        (one("type = \"text\"\nempty = \"null\"\ndefault = \"\""), "11:11", "not null"),
        (
            one("type = \"enum\"\nnames = [\"Open\", \"OPEN\"]\ncase = \"lower\""),
            "10:9",
            "are the same under the rules",
        ),
        (one("type = \"enum\"\nnames = [\"ß\", \"SS\"]\ncase = \"upper\""), "10:9", "are the same under the rules"),
        (one("type = \"enum\"\nnames = [\"é\", \"e\\u0301\"]\nnfc = true"), "10:9", "are the same under the rules"),
        (one("type = \"enum\"\nnames = [\"a\", \" a\"]\ntrim = true"), "10:9", "are the same under the rules"),
        (one("type = \"enum\"\nnames = [\" \"]\ntrim = true"), "10:9", "nothing is left"),
        (one("type = \"text\"").replace("unicode", "tzdb = \"9999z\"\nunicode"), "3:8", "nothing newer"),
        (one("type = \"text\"").replace("unicode", "tzdb = \"2025\"\nunicode"), "3:8", "a year and a letter"),
        (
            one("type = \"text\"").replace("\"u32\"", "\"text\"\nempty = \"null\""),
            "7:9",
            "add null = \"key\", or set empty = \"refuse\"",
        ),
        (one("type = \"text\"").replace("\"u32\"", "\"u32\"\ndefault = 0"), "7:11", "default = …"),
        (one("type = \"u8\"\ndefault = 256"), "10:11", "the default: out of the range of u8"),
        (one("type = \"u8\"\nnull = \"maybe\""), "10:8", "unknown variant `maybe`"),
        (one("type = \"text\"\nnfc = true").replace("unicode = \"15\"\n", ""), "9:7", "add unicode = "),
        (one("type = \"text\"").replace("\"15\"", "\"99\""), "3:11", "nothing newer"),
        (one("type = \"text\"").replace("\"x\"", "\"id\""), "8:8", "duplicate field name"),
        (one("type = \"text\"").replace("version = 1", "version = 2"), "1:11", "version 2"),
        (one("type = \"text\"").replace("\"u32\"", "\"json\""), "6:8", "json has no order"),
        (
            one("type = \"text\"").replace("\"u32\"", "\"u32\"\nnull = \"allow\""),
            "7:8",
            "takes null with null = \"key\"",
        ),
        (one("type = \"text\"\nnull = \"key\""), "10:8", "takes null with null = \"allow\""),
        (
            one("type = \"text\"").replace("unicode", "multiset = true\nvalues = \"fingerprint\"\nunicode"),
            "4:10",
            "whose trees hold counts",
        ),
        ("version = 1\nname = \"none\"\nmultiset = true\n".to_owned(), "2:8", "at least one field"),
        (
            one("type = \"u8\"\ntolerance = \"1\"").replace("unicode", "multiset = true\nunicode"),
            "11:13",
            "omit the tolerance",
        ),
        (one("type = \"text\"").replace("[[key]]", "[[field]]"), "2:8", "at least one field of the key"),
        (
            one("type = \"text\"").replace("version = 1", "version = 1\nfingerprint = \"sha256\""),
            "2:15",
            "has no effect",
        ),
        ("version = 1\nname = \"ä\" \"".to_owned(), "2:12", ""),
    ] {
        let error = Contract::parse(&text, Path::new("c.toml")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("c.toml:{place}: ")), "{place}: {error}\n{text}");
        assert!(error.contains(words), "{words:?}: {error}");
    }
    assert!(Contract::parse("version = 1\nkey = 3", Path::new("c.toml")).is_err());
    assert!(
        Contract::read(Path::new("/nowhere/c.toml")).unwrap_err().to_string().contains("/nowhere/c.toml: cannot open")
    );
}

#[test]
fn a_tree_has_the_types_of_its_contract() {
    let contract = parse(block(&page(), "toml"));
    assert_eq!(contract.key_type().to_string(), "String");
    assert_eq!(
        contract.value_type().to_string(),
        "{amount: decimal(2), status: enum {open, paid, cancelled}, paid_at: Option<timestamp(s)>}"
    );
    let clocks = one("type = \"time(ms)\"").replace("\"u32\"", "\"duration(ns)\"");
    assert_eq!(parse(&clocks).key_type().to_string(), "duration(ns)");
    assert_eq!(parse(&clocks).value_type().to_string(), "{x: time(ms)}");
    let nullable = one("type = \"u8\"").replace("\"u32\"", "\"u32\"\nnull = \"key\"");
    assert_eq!(parse(&nullable).key_type().to_string(), "Option<u32>");
    assert!(parse(&nullable).canonical_text().contains("null=key"));
    // Without a key, and with fields that cannot be in one.
    let rows = "version = 1\nname = \"rows\"\nmultiset = true\nfields = { a = \"json\", b = { type = \"enum\", names = [\"x\"], null = \"allow\" } }";
    let rows = parse(rows);
    assert_eq!(rows.key_type().to_string(), "{a: json, b: Option<enum {x}>}");
    assert_eq!(rows.value_type().to_string(), "{count: u64}");
    assert_eq!(rows.value_type(), rows.record_type());
}

/// The bytes according to the types of the schema, from an independent encoder.
fn oracle(ty: &Type, kind: ValueKind) -> (Vec<u8>, Vec<u8>) {
    let value = Value::new(kind);
    let item = |item: ItemType| item.encode(&value).unwrap();
    (item(ItemType::postcard(ty.clone())), item(ItemType::ordered(ty.clone())))
}

fn bytes_of(field: &Field, canonical: &Canonical<'_>) -> (Vec<u8>, Vec<u8>) {
    let (mut value, mut key) = (Vec::new(), Vec::new());
    field.push_value(canonical, &mut value);
    field.push_key(canonical, false, &mut key);
    (value, key)
}

/// A field of each type, with and without null and a default, and values of it.
const KEY_FIELDS: [(&str, [&str; 3]); 12] = [
    ("type = \"i16\"", ["-7", "0", "300"]),
    ("type = \"u64\"", ["0", "1", "18446744073709551615"]),
    ("type = \"decimal(2)\"", ["-0.01", "0", "12.5"]),
    ("type = \"text\"", ["", "\0", "a"]),
    ("type = \"bool\"", ["false", "true", "true"]),
    ("type = \"bytes\"", ["", "00", "00ff"]),
    ("type = \"timestamp(ms)\"", ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-03-29T00:30:00.5Z"]),
    ("type = \"date\"", ["1969-12-31", "1970-01-01", "2026-03-29"]),
    ("type = \"time(s)\"", ["00:00", "00:00:01", "23:59:59"]),
    (
        "type = \"uuid\"",
        [
            "00112233-4455-6677-8899-aabbccddeeff",
            "10112233-4455-6677-8899-aabbccddeeff",
            "ff112233-4455-6677-8899-aabbccddeeff",
        ],
    ),
    ("type = \"enum\"\nnames = [\"b\", \"a\"]", ["b", "a", "a"]),
    ("type = \"json\"", ["[1]", "[2]", "{}"]),
];

/// The order of keys as bytes is that of the values, null first, in a key of one field and of several; and the bytes are
/// those of the schema's types.
#[test]
fn null_is_the_first_value_of_a_key() {
    let row = |settings: &str| one(settings).replace("unicode", "multiset = true\nunicode");
    for (settings, values) in KEY_FIELDS {
        for null in ["allow", "key"] {
            let contract = parse(&row(&format!("{settings}\nnull = \"{null}\"")));
            let field = &contract.key[1];
            let ty = match contract.key_type() {
                Type::Struct(fields) => fields[1].ty.clone(),
                ty => panic!("{ty}"),
            };
            let item = ItemType::ordered(ty.clone());
            let mut before: Option<(Vec<u8>, Vec<u8>)> = None;
            for cell in std::iter::once(Cell::Null).chain(values.map(|value| Cell::Text(value.into()))) {
                let shown = format!("{settings}: {cell}");
                let canonical = field.canonical(cell).unwrap();
                let (mut alone, mut part) = (Vec::new(), Vec::new());
                field.push_key(&canonical, false, &mut alone);
                field.push_key(&canonical, true, &mut part);
                let value = item.decode(&alone).unwrap_or_else(|error| panic!("{shown}: {error}"));
                assert_eq!(item.encode(&value).unwrap(), alone, "{shown}");
                assert_eq!(alone == [0], canonical == Canonical::Null, "{shown}");
                // As a part it is delimited, so what follows does not matter.
                part.push(0);
                if let Some(before) = before.filter(|(earlier, _)| *earlier != alone) {
                    assert!(before.0 < alone && before.1 < part, "{shown}");
                }
                part.pop();
                part.push(0xff);
                before = Some((alone, part));
            }
        }
        // A default replaces null before the key is made: it has the bytes of the value that it names.
        let default = if settings.contains("i16") { "300".to_owned() } else { format!("{:?}", values[2]) };
        if settings.contains("bool") || settings.contains("u64") {
            continue;
        }
        for null in ["", "\nnull = \"allow\""] {
            let contract = parse(&row(&format!("{settings}{null}\ndefault = {default}")));
            let field = &contract.key[1];
            for part in [false, true] {
                let (mut replaced, mut named) = (Vec::new(), Vec::new());
                field.push_key(&Canonical::Null, part, &mut replaced);
                field.push_key(&field.canonical(Cell::Text(values[2].into())).unwrap(), part, &mut named);
                assert_eq!(replaced, named, "{settings}{null} {part}");
            }
        }
    }
}

proptest! {
    #[test]
    fn every_spelling_of_a_number_has_its_bytes(number: i128, scale in 0_u32..=38, zeros in 0_usize..50, exponent in -60_i32..60) {
        prop_assume!(number != i128::MIN);
        let field = field(&format!("type = \"decimal({scale})\""));
        let expected = oracle(&Type::I128, ValueKind::Int(number));
        let sign = if number < 0 { "-" } else { "" };
        let digits = number.unsigned_abs().to_string();
        let shifted = format!("{sign}{}{digits}e{}", "0".repeat(zeros), -i64::from(scale));
        let moved = format!("{sign}{digits}{}E{}", "0".repeat(zeros), -i64::from(scale) - zeros as i64);
        let padded = format!("{:0>width$}", digits, width = scale as usize + 1);
        let (whole, rest) = padded.split_at(padded.len() - scale as usize);
        let point = format!("{sign}{whole}.{rest}{}", "0".repeat(zeros));
        let scaled = Cell::Number { text: format!("{sign}{digits}e{exponent}").into(), shift: -(scale as i32) - exponent };
        for cell in [Cell::Text(shifted.into()), Cell::Text(moved.into()), Cell::Text(point.into()), scaled] {
            let shown = cell.to_string();
            let canonical = field.canonical(cell).map_err(|error| TestCaseError::fail(format!("{shown}: {error}")))?;
            prop_assert_eq!(bytes_of(&field, &canonical), expected.clone(), "{}", shown);
        }
        // The next number has different bytes.
        if number < i128::MAX {
            let other = field.canonical(Cell::Number { text: (number + 1).to_string().into(), shift: -(scale as i32) }).unwrap();
            prop_assert_ne!(bytes_of(&field, &other), expected);
        }
    }

    #[test]
    fn every_zone_of_a_moment_has_its_bytes(seconds in -60_000_000_000_i64..250_000_000_000, micros in 0_i64..1_000_000, minutes in -720_i64..=840) {
        let field = field("type = \"timestamp(us)\"");
        let count = seconds * 1_000_000 + micros;
        let expected = oracle(&Type::I64, ValueKind::Int(count.into()));
        let local = Cell::Local((i128::from(count) + i128::from(minutes) * 60_000_000) * 1000).to_string();
        let offset = format!("{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
        for text in [format!("{local}{offset}"), format!("{}{}", local.replace('T', " "), offset.replace(':', ""))] {
            let canonical = field.canonical(Cell::Text(text.clone().into())).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
            prop_assert_eq!(bytes_of(&field, &canonical), expected.clone(), "{}", text);
        }
    }

    #[test]
    fn every_spelling_of_a_clock_has_its_bytes(nanos in 0_i64..86_400_000_000_000, hours in 0_i64..2_000_000, negative: bool) {
        let time = field("type = \"time(ns)\"");
        let shown = Cell::Time(nanos.into()).to_string();
        let expected = oracle(&Type::U64, ValueKind::Uint(nanos.unsigned_abs().into()));
        for text in [shown.clone(), format!("{shown}{}", if nanos % 1_000_000_000 == 0 { ".000" } else { "0000000000000" })] {
            let canonical = time.canonical(Cell::Text(text.clone().into())).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
            prop_assert_eq!(bytes_of(&time, &canonical), expected.clone(), "{}", text);
        }
        let duration = field("type = \"duration(ns)\"");
        let sign = if negative { "-" } else { "" };
        let (minutes, seconds, below) = (nanos / 1_000_000_000 / 60 % 60, nanos / 1_000_000_000 % 60, nanos % 1_000_000_000);
        let count = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000 + below;
        let count = if negative { -count } else { count };
        let expected = oracle(&Type::I64, ValueKind::Int(count.into()));
        for text in [
            format!("{sign}{hours}:{minutes:02}:{seconds:02}.{below:09}"),
            format!("{sign}PT{hours}H{minutes}M{seconds}.{below:09}S"),
            format!("PT{sign}{hours}H{sign}{minutes}M{sign}{seconds}.{below:09}S"),
            format!("{sign}P{}DT{}H{}M{seconds},{below:09}S", hours / 24, hours % 24, minutes),
            Cell::Duration(count.into()).to_string(),
        ] {
            let canonical = duration.canonical(Cell::Text(text.clone().into())).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
            prop_assert_eq!(bytes_of(&duration, &canonical), expected.clone(), "{}", text);
        }
    }

    #[test]
    fn text_has_the_bytes_of_its_normal_form(text in "\\PC{0,20}") {
        use unicode_normalization::UnicodeNormalization;
        let field = field("type = \"text\"\nnfc = true\ntrim = true");
        let canonical = |text: String| field.canonical(Cell::Text(text.into())).map(|canonical| bytes_of(&field, &canonical));
        let plain = canonical(text.clone());
        prop_assert_eq!(canonical(text.nfd().collect()), plain.clone());
        prop_assert_eq!(canonical(format!(" \t{}\u{2003}", text.nfc().collect::<String>())), plain.clone());
        match plain {
            Ok(bytes) => {
                let normal = text.trim().nfc().collect::<String>();
                prop_assert_eq!(bytes, oracle(&Type::String, ValueKind::String(normal)));
            }
            Err(error) => prop_assert!(matches!(error, RuleViolation::Unassigned { .. }), "refused for another reason"),
        }
    }

    #[test]
    fn integers_bytes_and_days_have_the_bytes_of_their_types(number: i64, bytes: Vec<u8>, day in -700_000_i32..3_000_000, id: [u8; 16]) {
        for (ty, settings) in [(Type::I64, "i64"), (Type::I32, "i32"), (Type::I16, "i16"), (Type::I8, "i8"),
                               (Type::U64, "u64"), (Type::U32, "u32"), (Type::U16, "u16"), (Type::U8, "u8")] {
            let field = field(&format!("type = \"{settings}\""));
            let number = i128::from(number);
            let kind = if settings.starts_with('u') { ValueKind::Uint(number.cast_unsigned()) } else { ValueKind::Int(number) };
            let fits = ItemType::postcard(ty.clone()).encode(&Value::new(kind.clone())).is_ok();
            match field.canonical(Cell::Int(number)) {
                Ok(canonical) => prop_assert_eq!(bytes_of(&field, &canonical), oracle(&ty, kind)),
                Err(_) => prop_assert!(!fits),
            }
        }
        let of = |settings: &str, cell: Cell<'_>| {
            let field = field(settings);
            let canonical = field.canonical(cell).unwrap();
            bytes_of(&field, &canonical)
        };
        let byte_type = Type::Vec(Box::new(Type::U8));
        prop_assert_eq!(of("type = \"bytes\"", Cell::Text(hex::encode_upper(&bytes).into())), oracle(&byte_type, ValueKind::Bytes(bytes.clone())));
        let shown = Cell::Date(day).to_string();
        if (0..=9999).contains(&shown.split('-').next().unwrap().parse().unwrap_or(-1)) {
            prop_assert_eq!(of("type = \"date\"", Cell::Text(shown.into())), oracle(&Type::I32, ValueKind::Int(day.into())));
        }
        let array = Type::Array(Box::new(Type::U8), 16);
        prop_assert_eq!(of("type = \"uuid\"", Cell::Text(hex::encode(id).into())), oracle(&array, ValueKind::Bytes(id.to_vec())));
    }

    #[test]
    fn json_has_one_spelling(value in json()) {
        let field = field("type = \"json\"\nnull = \"allow\"");
        let plain = serde_json::to_string(&value).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let canonical = |text: &str| field.canonical(Cell::Json(text.to_owned().into())).unwrap();
        prop_assert_eq!(canonical(&plain), canonical(&pretty));
        if let Canonical::Text(text) = canonical(&plain) {
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
            prop_assert_eq!(canonical(&text), Canonical::Text(text.clone()));
        } else {
            prop_assert!(value.is_null());
        }
    }

    #[test]
    fn no_cell_makes_a_field_panic(text in "\\PC{0,40}", number in "[-+0-9.eE]{0,50}", ty in 0_usize..16) {
        let types = ["time(s)", "time(ns)", "duration(ms)", "duration(ns)", "u8", "i64", "decimal(5)", "text", "bool", "bytes", "timestamp(s)", "timestamp(ns)", "date", "uuid", "json", "decimal(38)"];
        let field = field(&format!("type = \"{}\"\nnull = \"allow\"", types[ty]));
        for cell in [Cell::Text(text.clone().into()), Cell::Text(number.clone().into()), Cell::Number { text: number.into(), shift: i32::MIN },
                     Cell::Json(text.into()), Cell::Instant(i128::MIN + 1), Cell::Duration(i128::MIN + 1), Cell::Time(i128::MAX), Cell::Int(i128::MIN), Cell::Int(i128::MAX)] {
            let _ = field.canonical(cell);
        }
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,8}".prop_map(serde_json::Value::from),
        "[\\x00-\\x1f\"\\\\]{0,4}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map("\\PC{0,4}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
