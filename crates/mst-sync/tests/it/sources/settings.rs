//! Every setting applies to a field, or is refused when it is read: all settings with all types.

use std::path::Path;

use mst_sync::contract::{Contract, Field};
use mst_sync::mapping::{Mapper, Mapping};
use mst_sync::source::{Cell, Row};

use super::Bench;

/// All types, each with the text of a value.
pub(crate) const TYPES: [(&str, &str); 14] = [
    ("i64", "7"),
    ("u8", "7"),
    ("decimal(2)", "12.50"),
    ("text", "abc"),
    ("bool", "true"),
    ("bytes", "00ff"),
    ("timestamp(s)", "2026-03-29T00:30:00Z"),
    ("date", "2026-03-29"),
    ("time(s)", "10:00:00"),
    ("duration(s)", "26:00:00"),
    ("uuid", "00112233-4455-6677-8899-aabbccddeeff"),
    ("enum", "é"),
    ("json", "[1]"),
    ("decimal(38)", "0"),
];

/// The names of the enum: all results of the values below.
const NAMES: &str =
    "names = [\"é\", \"7\", \"2026-03-29T08:00:00Z\", \"2026-03-29T10:00:00Z\", \"2026-10-25T01:30:00Z\"]\n";

/// The lines of a field of a type.
pub(crate) fn field_lines(ty: &str, more: &str) -> String {
    format!("type = \"{ty}\"\n{}{more}", if ty == "enum" { NAMES } else { "" })
}

pub(crate) fn contract_text(ty: &str, more: &str) -> String {
    format!(
        "version = 1\nname = \"one\"\nunicode = \"15\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n[[field]]\nname = \"x\"\n{}",
        field_lines(ty, more)
    )
}

fn field(ty: &str, more: &str) -> Result<Field, String> {
    let contract = Contract::parse(&contract_text(ty, more), Path::new("c.toml")).map_err(|error| error.to_string());
    contract.map(|contract| contract.fields.into_iter().next().unwrap())
}

/// The result for a cell in a field under these settings.
pub(crate) fn made(bench: &Bench, mapping: &str, cells: &[(&str, Cell<'static>)]) -> Result<Vec<u8>, String> {
    let text = format!(
        "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"csv\"\npath = \"x.csv\"\n[field.id]\nconstant = 7\n[field.x]\n{mapping}"
    );
    let mapping = Mapping::parse(&text, &bench.path("m.toml")).map_err(|error| format!("refused: {error}\n{text}"))?;
    let columns: Vec<String> = cells.iter().map(|(name, _)| (*name).to_owned()).collect();
    let cells: Vec<_> = cells.iter().map(|(_, cell)| cell.clone()).collect();
    let mapper = Mapper::new(&mapping, "table", &columns).unwrap();
    let mut out = Vec::new();
    let row = Row { number: 1, cells: &cells, raw: None };
    mapper.value(row, b"\0\0\0\x07", &mut out).map_err(|violation| violation.rule)?;
    Ok(out)
}

fn text(text: &str) -> Cell<'static> {
    Cell::Text(text.to_owned().into())
}

#[test]
fn every_setting_of_a_contract_applies_to_a_type_or_is_refused() {
    let clocks = ["timestamp(s)", "time(s)", "duration(s)"];
    let mut pairs = 0;
    for (ty, valid) in TYPES {
        let is_number = ty.starts_with(['i', 'u']) && ty != "uuid" || ty.starts_with("decimal");
        let letters = matches!(ty, "text" | "enum");
        // A value with more digits than its type keeps.
        let fraction = match ty {
            "timestamp(s)" => text("2026-03-29T00:30:00.5Z"),
            "time(s)" => text("10:00:00.5"),
            "duration(s)" => text("PT0.5S"),
            "decimal(38)" => text("0.000000000000000000000000000000000000005"),
            _ => text("7.505"),
        };
        let rounded = is_number || clocks.contains(&ty);
        let padded = text(&format!("\u{a0}{valid}"));
        let cases: [(&str, &str, bool, Cell<'static>); 9] = [
            ("", "trim = true\n", true, padded),
            ("", "nfc = true\n", letters, text("e\u{301}")),
            ("", "case = \"lower\"\n", letters, text("É")),
            ("", "empty = \"refuse\"\n", true, text("")),
            ("null = \"allow\"\n", "empty = \"null\"\n", true, text("")),
            ("", "null = \"allow\"\n", true, Cell::Null),
            ("", &format!("default = \"{valid}\"\n"), true, Cell::Null),
            ("", "rounding = \"half-even\"\n", rounded, fraction),
            // A float is a time only if the mapping says what it counts: see below.
            ("", "floats = \"shortest\"\n", rounded || ty == "date", Cell::Float64(7.0)),
        ];
        for (base, setting, applies, cell) in cases {
            pairs += 1;
            let with = field(ty, &format!("{base}{setting}"));
            let name = setting.split(' ').next().unwrap();
            if !applies {
                let error = with.expect_err(&format!("{setting} for {ty} is neither used nor refused"));
                let line = if ty == "enum" { 11 } else { 10 };
                assert!(error.starts_with(&format!("c.toml:{line}:")) && error.contains(name), "{ty}: {error}");
                assert!(error.contains("has no effect on"), "{ty}: {error}");
                continue;
            }
            let with = with.unwrap_or_else(|error| panic!("{setting} for {ty}: {error}"));
            if name == "floats" && !is_number {
                continue;
            }
            let without = field(ty, base).unwrap();
            assert_ne!(
                with.canonical(cell.clone()),
                without.canonical(cell.clone()),
                "{setting} has no effect on {ty}"
            );
        }
        let names = field(ty, "names = [\"a\"]\n");
        assert!(names.unwrap_err().contains(if ty == "enum" { "duplicate key" } else { "only an enum has names" }));
    }
    assert_eq!(pairs, TYPES.len() * 9);
}

/// A setting of a mapping, for one type: what it is added to, the setting, and a cell for which it makes a difference.
struct Case {
    base: &'static str,
    setting: String,
    cell: Cell<'static>,
}

/// A setting and how it is shown to apply to a type; none if it must be refused.
type Setting = (&'static str, Box<dyn Fn(&str, &str) -> Option<Case>>);

fn is_number(ty: &str) -> bool {
    ty.starts_with('i') || ty == "u8" || ty.starts_with("decimal")
}

fn settings() -> Vec<Setting> {
    fn case(base: &'static str, setting: &str, cell: Cell<'static>) -> Option<Case> {
        Some(Case { base, setting: format!("{setting}\n"), cell })
    }
    let bytes = |bytes: &[u8]| Cell::Bytes(bytes.to_vec().into());
    vec![
        ("null", Box::new(|_, valid| case("", &format!("null = [\"{valid}\"]"), text(valid)))),
        (
            "path",
            Box::new(|ty, valid| {
                let inner = if is_number(ty) || matches!(ty, "bool" | "json") {
                    valid.to_owned()
                } else {
                    format!("\"{valid}\"")
                };
                case("", "path = \"/a\"", Cell::Json(format!("{{\"a\": {inner}}}").into()))
            }),
        ),
        (
            "decode",
            Box::new(move |ty, _| {
                // Text of hex digits is bytes either way; a cell that is no text shows that the setting has an effect.
                matches!(ty, "bytes" | "uuid").then(|| case("", "decode = \"hex\"", bytes(&[0; 16])))?
            }),
        ),
        (
            "decode",
            Box::new(|ty, _| {
                matches!(ty, "bytes" | "uuid")
                    .then(|| case("", "decode = \"base64\"", text("ABEiM0RVZneImaq7zN3u/w==")))?
            }),
        ),
        (
            "decode",
            Box::new(|ty, _| {
                matches!(ty, "bytes" | "uuid")
                    .then(|| case("", "decode = \"base64url\"", text("ABEiM0RVZneImaq7zN3u_w==")))?
            }),
        ),
        ("decode", Box::new(move |_, valid| case("", "decode = \"utf-8\"", bytes(valid.as_bytes())))),
        // Text of a CSV file is a JSON text either way; a cell that is no text shows that the setting has an effect.
        ("decode", Box::new(move |ty, _| (ty == "json").then(|| case("", "decode = \"json\"", bytes(&[0])))?)),
        ("decode", Box::new(|ty, _| (ty == "json").then(|| case("", "decode = \"string\"", text("[1]")))?)),
        (
            "uuid",
            Box::new(move |ty, _| {
                (ty == "uuid").then(|| {
                    case("", "uuid = \"time-swapped\"", bytes(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6]))
                })?
            }),
        ),
        (
            "uuid",
            Box::new(move |ty, _| {
                (ty == "uuid").then(|| {
                    case("", "uuid = \"little-endian\"", bytes(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6]))
                })?
            }),
        ),
        (
            "strip-prefix",
            Box::new(|ty, valid| {
                (ty != "json").then(|| case("", "strip-prefix = \"x:\"", text(&format!("x:{valid}"))))?
            }),
        ),
        (
            "strip-suffix",
            Box::new(|ty, valid| {
                (ty != "json").then(|| case("", "strip-suffix = \":x\"", text(&format!("{valid}:x"))))?
            }),
        ),
        ("map", Box::new(|_, valid| case("", &format!("map = {{ \"-\" = '{valid}' }}"), text("-")))),
        ("otherwise", Box::new(|_, valid| case("map = { y = \"x\" }\n", "otherwise = \"keep\"", text(valid)))),
        (
            "unit",
            Box::new(|ty, _| match ty {
                "duration(s)" => case("", "unit = \"s\"", Cell::Int(7)),
                "time(s)" => case("cast = \"time\"\n", "unit = \"s\"", Cell::Int(7)),
                _ => None,
            }),
        ),
        (
            "time",
            Box::new(|ty, _| {
                let format = "time = { format = \"unix-s\", zone = \"UTC\" }";
                match ty {
                    "timestamp(s)" => case("", "time = { format = \"unix-s\" }", Cell::Int(7)),
                    "date" => case("cast = \"date\"\n", format, Cell::Int(7)),
                    "time(s)" => case("cast = \"time\"\n", format, Cell::Int(7)),
                    "text" => case("cast = \"text\"\n", format, Cell::Int(7)),
                    "json" => case("cast = \"text\"\ndecode = \"string\"\n", format, Cell::Int(7)),
                    "enum" => case("cast = \"text\"\n", format, Cell::Int(1_774_778_400)),
                    _ => None,
                }
            }),
        ),
        (
            "time",
            Box::new(|ty, _| {
                let format = "time = { format = \"%d.%m.%Y %H:%M:%S\", zone = \"UTC\" }";
                let cell = text("29.03.2026 10:00:00");
                match ty {
                    "timestamp(s)" => case("", format, cell),
                    "date" => case("cast = \"date\"\n", format, cell),
                    "time(s)" => case("cast = \"time\"\n", format, cell),
                    "text" | "enum" => case("cast = \"text\"\n", format, cell),
                    "json" => case("cast = \"text\"\ndecode = \"string\"\n", format, cell),
                    _ => None,
                }
            }),
        ),
        (
            "time",
            Box::new(|ty, _| {
                let zone = "time = { zone = \"Europe/Berlin\" }";
                match ty {
                    "timestamp(s)" => case("", zone, text("2026-03-29 10:00:00")),
                    "date" => case("cast = \"date\"\n", zone, text("2026-03-29T23:30:00Z")),
                    "time(s)" => case("cast = \"time\"\n", zone, text("2026-03-29T10:00:00Z")),
                    "text" | "enum" => case("cast = \"text\"\n", zone, text("2026-03-29 10:00:00")),
                    "json" => case("cast = \"text\"\ndecode = \"string\"\n", zone, text("2026-03-29 10:00:00")),
                    _ => None,
                }
            }),
        ),
        (
            "cast",
            Box::new(|ty, _| match ty {
                "text" => case("", "cast = \"text\"", Cell::Bool(true)),
                "enum" => case("", "cast = \"text\"", Cell::Int(7)),
                "json" => case("decode = \"string\"\n", "cast = \"text\"", Cell::Int(7)),
                "bytes" => case("", "cast = \"text\"", Cell::Int(1234)),
                "uuid" => case("", "cast = \"text\"", Cell::Int(11_112_222_333_344_445_555_666_677_778_888)),
                _ => None,
            }),
        ),
        ("cast", Box::new(|ty, _| (ty == "date").then(|| case("", "cast = \"date\"", text("2026-03-29 10:00")))?)),
        (
            "cast",
            Box::new(|ty, _| {
                (ty == "timestamp(s)")
                    .then(|| case("time = { zone = \"UTC\" }\n", "cast = \"timestamp\"", text("2026-03-29")))?
            }),
        ),
        ("cast", Box::new(|ty, _| (ty == "time(s)").then(|| case("", "cast = \"time\"", text("2026-03-29 10:00")))?)),
        (
            "cast",
            Box::new(|ty, _| {
                (ty == "duration(s)").then(|| case("", "cast = \"duration\"", Cell::Time(7_000_000_000)))?
            }),
        ),
        (
            "scale",
            Box::new(|ty, _| {
                is_number(ty)
                    .then(|| case("", "scale = 1", Cell::Int(0)).map(|case| Case { cell: text("0.7"), ..case }))?
            }),
        ),
        ("default", Box::new(|_, valid| case("", &format!("default = \"{valid}\""), Cell::Null))),
    ]
}

#[test]
fn every_setting_of_a_mapping_applies_to_a_type_or_is_refused() {
    let settings = settings();
    let mut pairs = 0;
    for (ty, valid) in TYPES {
        let contract = if matches!(ty, "decimal(38)") { "rounding = \"down\"\n" } else { "" };
        for (index, (name, shown)) in settings.iter().enumerate() {
            pairs += 1;
            let Some(Case { base, setting, cell }) = shown(ty, valid) else {
                // In the spelling that applies to another type, with the settings it needs there or alone.
                let (_, case) = TYPES.iter().find_map(|(ty, valid)| shown(ty, valid).map(|case| (ty, case))).unwrap();
                let bench = Bench::new(&contract_text(ty, contract));
                let error =
                    made(&bench, &format!("column = \"c\"\n{}", case.setting), &[("c", Cell::Null)]).unwrap_err();
                assert!(
                    error.starts_with("refused: ") && error.contains("m.toml:"),
                    "{name} {index} for {ty}: {error}"
                );
                assert!(error.contains(":10:") || error.contains(":9:"), "{name} {index} for {ty}: {error}");
                continue;
            };
            let bench = Bench::new(&contract_text(ty, &format!("null = \"allow\"\n{contract}")));
            let column = "column = \"c\"\n";
            let with = made(&bench, &format!("{column}{base}{setting}"), &[("c", cell.clone())]);
            let without = made(&bench, &format!("{column}{base}"), &[("c", cell)]);
            for made in [&with, &without] {
                assert!(
                    !made.as_ref().is_err_and(|error| error.starts_with("refused")),
                    "{name} {index} for {ty}: {made:?}"
                );
            }
            assert_ne!(with, without, "{setting} has no effect on {ty}");
        }
    }
    assert_eq!(pairs, TYPES.len() * settings.len());
}

#[test]
fn settings_without_effect_together_are_refused() {
    for (ty, mapping, place, words) in [
        ("text", "constant = \"a\"\nnull = [\"a\"]\n", "10:8", "null has no effect"),
        ("text", "constant = \"a\"\ndefault = \"a\"\n", "10:11", "default has no effect"),
        ("text", "concat = [{ text = \"a\" }]\nnull = [\"a\"]\n", "10:8", "null has no effect"),
        ("text", "concat = [{ column = \"c\" }]\ndecode = \"utf-8\"\n", "10:10", "no effect on text"),
        ("text", "column = \"c\"\notherwise = \"keep\"\n", "10:13", "without map"),
        ("uuid", "column = \"c\"\nuuid = \"little-endian\"\ndecode = \"utf-8\"\n", "11:10", "no byte order"),
        ("bytes", "column = \"c\"\ndecode = \"hex\"\ncast = \"text\"\n", "11:8", "does not apply to bytes"),
        ("json", "column = \"c\"\ndecode = \"json\"\ncast = \"text\"\n", "11:8", "has no effect with"),
        ("timestamp(s)", "column = \"c\"\ntime = {}\n", "10:8", "without a format or a zone"),
        ("timestamp(s)", "column = \"c\"\ntime = { fold = \"later\" }\n", "10:17", "fold has no effect without a zone"),
        ("timestamp(s)", "column = \"c\"\ntime = { zone = \"+02:00\", fold = \"later\" }\n", "10:34", "never put back"),
        ("date", "column = \"c\"\ntime = { zone = \"UTC\" }\n", "10:17", "without cast = \"date\""),
        ("time(s)", "column = \"c\"\ntime = { zone = \"UTC\" }\n", "10:17", "without cast = \"time\""),
        ("text", "column = \"c\"\ntime = { zone = \"UTC\" }\n", "10:8", "without cast = \"text\""),
        ("date", "column = \"c\"\ntime = { format = \"unix-s\" }\n", "10:8", "add zone"),
        ("date", "column = \"c\"\ncast = \"date\"\ntime = { format = \"unix-s\" }\n", "11:8", "depends on the zone"),
        ("time(s)", "column = \"c\"\nunit = \"s\"\n", "10:8", "cast = \"time\""),
        ("time(s)", "column = \"c\"\nunit = \"s\"\ncast = \"time\"\ntime = { zone = \"UTC\" }\n", "10:8", "not both"),
        ("date", "column = \"c\"\ndefault = 0\n", "10:11", "write it as \"2026-03-29\""),
        ("u8", "column = \"c\"\ndefault = 256\n", "10:11", "out of the range of u8"),
        ("u8", "column = \"c\"\nscale = 101\n", "10:9", "from -100 to 100"),
    ] {
        let bench = Bench::new(&contract_text(ty, ""));
        let error = made(&bench, mapping, &[("c", Cell::Null)]).unwrap_err();
        assert!(error.contains(&format!("m.toml:{place}: ")), "{place}: {error}");
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn a_function_refuses_values_that_it_does_not_apply_to() {
    let moment = || Cell::Instant(0);
    for (ty, mapping, cell, words) in [
        ("timestamp(s)", "time = { format = \"unix-s\" }\n", moment(), "a moment needs no format"),
        ("timestamp(s)", "time = { format = \"%Y\" }\n", Cell::Local(0), "a time without zone needs no format"),
        ("timestamp(s)", "time = { format = \"%Y\" }\n", Cell::Bool(true), "cannot be read by a pattern"),
        ("timestamp(s)", "time = { format = \"unix-s\" }\n", Cell::Bool(true), "is not a number"),
        ("bytes", "decode = \"hex\"\n", Cell::Int(7), "a whole number cannot be decoded"),
        ("text", "decode = \"utf-8\"\n", Cell::Int(7), "a whole number cannot be decoded"),
        ("uuid", "uuid = \"time-swapped\"\n", text("x"), "no byte order"),
        ("duration(s)", "unit = \"s\"\n", Cell::Time(0), "a time of day is not a number"),
        ("decimal(2)", "scale = 1\n", Cell::Date(0), "a date is not a number"),
        ("text", "cast = \"text\"\n", Cell::Float64(0.5), "cannot be text"),
        ("text", "path = \"/a\"\n", Cell::Int(7), "no parts"),
        ("i64", "map = { \"1\" = \"7\", \"1.0\" = \"8\" }\n", Cell::Int(1), "two entries of the map"),
    ] {
        let bench = Bench::new(&contract_text(ty, ""));
        let error = made(&bench, &format!("column = \"c\"\n{mapping}"), &[("c", cell)]).unwrap_err();
        assert!(error.contains(words), "{words}: {error}");
    }
}
