//! Every advice in a message works: the tests follow each literally.

use std::collections::BTreeSet;
use std::path::Path;

use mst_sync::contract::Contract;
use mst_sync::mapping::Mapping;
use mst_sync::source::Cell;

use super::Bench;
use super::settings::{TYPES, contract_text, made};

/// A cell of each kind.
fn cells() -> Vec<Cell<'static>> {
    vec![
        Cell::Null,
        Cell::Bool(true),
        Cell::Int(7),
        Cell::Number { text: "7.0".into(), shift: 0 },
        Cell::Number { text: "70".into(), shift: -1 },
        Cell::Float32(7.0),
        Cell::Float64(7.0),
        Cell::Text("x".into()),
        Cell::Text("2026-03-29".into()),
        Cell::Text("2026-03-29 10:00:00".into()),
        Cell::Text("2026-03-29T10:00:00Z".into()),
        Cell::Text("10:00:00".into()),
        Cell::Bytes(vec![7].into()),
        Cell::Date(20_000),
        Cell::Local(7_000_000_000),
        Cell::Instant(7_000_000_000),
        Cell::Time(7_000_000_000),
        Cell::Duration(7_000_000_000),
        Cell::Text("2026-03-29T10:00:00.0000000005Z".into()),
        Cell::Text("10:00:00.0000000005".into()),
        Cell::Json("[1]".into()),
    ]
}

/// The lines that an advice adds to the contract, to the mapping and to the columns, with its dots filled in. Several
/// if it says "or".
fn followed(advice: &str, valid: &str, cell: &Cell<'_>) -> Vec<(String, String)> {
    let mut contract = String::new();
    let mut mapping = String::new();
    let says = |words: &str| advice.contains(words);
    if says("floats = \"shortest\"") {
        contract += "floats = \"shortest\"\n";
    }
    if says("(rounding = …)") {
        contract += "rounding = \"down\"\n";
    }
    if says("time = { format = \"unix-s\", zone = \"…\" }") {
        mapping += "time = { format = \"unix-s\", zone = \"UTC\" }\n";
    } else if says("time = { format = \"unix-s\" }") {
        mapping += "time = { format = \"unix-s\" }\n";
    } else if says("time = { zone = \"…\" }") {
        mapping += "time = { zone = \"UTC\" }\n";
    }
    for cast in ["text", "date", "timestamp", "time", "duration"] {
        if says(&format!("cast = \"{cast}\"")) {
            mapping += &format!("cast = \"{cast}\"\n");
        }
    }
    if says("unit = \"s\"") {
        mapping += "unit = \"s\"\n";
    }
    if says("map = { true = \"1\", false = \"0\" }") {
        mapping += "map = { true = \"1\", false = \"0\" }\n";
    } else if says("map = { … }") {
        let shown = match cell {
            Cell::Number { .. } => "7".to_owned(),
            cell => cell.to_string(),
        };
        mapping += &format!("map = {{ \"{shown}\" = '{valid}' }}\n");
    }
    if says("concat = [{ column = \"…\" }, { text = \" \" }, { column = \"…\" }]") {
        mapping += "concat = [{ column = \"day\" }, { text = \" \" }, { column = \"c\" }]\n";
    } else {
        mapping += "column = \"c\"\n";
    }
    if says("null = \"allow\"") {
        // "or give a default"
        assert!(says("or give a default"), "{advice}");
        return vec![
            (format!("{contract}null = \"allow\"\n"), mapping.clone()),
            (format!("{contract}default = \"{valid}\"\n"), mapping),
        ];
    }
    vec![(contract, mapping)]
}

#[test]
fn the_advice_of_a_row_message_makes_the_row_right() {
    let mut advices = BTreeSet::new();
    // A decimal of 38 digits after the point has no room for the numbers here.
    for (ty, valid) in TYPES.into_iter().filter(|(ty, _)| *ty != "decimal(38)") {
        for cell in cells() {
            let bench = Bench::new(&contract_text(ty, ""));
            let row = |cell: &Cell<'static>| [("c", cell.clone()), ("day", Cell::Date(20_000))];
            let Err(rule) = made(&bench, "column = \"c\"\n", &row(&cell)) else { continue };
            let Some((_, advice)) = rule.split_once(" (") else { continue };
            // This is no advice: an explanation in parentheses names no setting.
            if !advice.contains(" = ") {
                continue;
            }
            let form_of_text = matches!(cell, Cell::Text(_)) && rule.starts_with("not a duration");
            advices.insert(advice.to_owned());
            for (contract, mapping) in followed(&rule, valid, &cell) {
                let cell = match form_of_text {
                    // The advice is about numbers.
                    true => Cell::Text("90".into()),
                    false => cell.clone(),
                };
                bench.write("contract.toml", contract_text(ty, &contract));
                if let Err(still) = made(&bench, &mapping, &row(&cell)) {
                    // Rounding is the next question, and its answer another advice.
                    assert!(
                        still.contains("(rounding = …)") && !rule.contains("rounding"),
                        "{ty}, {cell}: {rule}\nthen: {still}\n{contract}{mapping}"
                    );
                    bench.write("contract.toml", contract_text(ty, &format!("{contract}rounding = \"down\"\n")));
                    made(&bench, &mapping, &row(&cell))
                        .unwrap_or_else(|still| panic!("{ty}, {cell}: {rule}\nthen: {still}"));
                }
            }
        }
    }
    // Every advice that `contract::broken` has for a kind of cell was met.
    let source =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract/rule_violation.rs")).unwrap();
    let given = source.split("fn advice(").nth(1).unwrap().matches("\" (").count();
    let of_other_rules = ["rounding = …", "allow it with null", "months and years"];
    advices.retain(|advice| !of_other_rules.iter().any(|words| advice.starts_with(words)));
    assert!(given > 15, "the table of advices is read in another way");
    assert_eq!(advices.len(), given, "an advice that no cell brings out, of which these were met: {advices:#?}");
}

#[test]
fn the_advice_of_other_row_messages_makes_the_row_right() {
    let berlin = "time = { zone = \"Europe/Berlin\" }\n";
    let text = |text: &str| Cell::Text(text.to_owned().into());
    for (ty, mapping, cell, words, contract_then, mapping_then) in [
        (
            "text",
            "map = { a = \"b\" }\n",
            text("c"),
            "(add it, or set otherwise = \"keep\")",
            "",
            "map = { a = \"b\", c = \"d\" }\n",
        ),
        (
            "text",
            "map = { a = \"b\" }\n",
            text("c"),
            "(add it, or set otherwise = \"keep\")",
            "",
            "map = { a = \"b\" }\notherwise = \"keep\"\n",
        ),
        (
            "timestamp(s)",
            berlin,
            text("2026-10-25 02:30:00"),
            "(choose one in time: fold = \"earlier\" or \"later\")",
            "",
            "time = { zone = \"Europe/Berlin\", fold = \"earlier\" }\n",
        ),
        (
            "timestamp(s)",
            berlin,
            text("2026-10-25 02:30:00"),
            "(choose one in time: fold = \"earlier\" or \"later\")",
            "",
            "time = { zone = \"Europe/Berlin\", fold = \"later\" }\n",
        ),
        (
            "date",
            "cast = \"date\"\n",
            text("2026-10-25T02:30:00Z"),
            "depends on the zone: time = { zone = \"…\" }",
            "",
            "cast = \"date\"\ntime = { zone = \"UTC\" }\n",
        ),
        (
            "time(s)",
            "cast = \"time\"\n",
            text("2026-10-25T02:30:00Z"),
            "depends on the zone: time = { zone = \"…\" }",
            "",
            "cast = \"time\"\ntime = { zone = \"UTC\" }\n",
        ),
        (
            "timestamp(s)",
            "time = { format = \"unix-s\" }\n",
            Cell::Float64(7.0),
            "(floats = \"shortest\" in the contract",
            "floats = \"shortest\"\n",
            "time = { format = \"unix-s\" }\n",
        ),
        (
            "duration(s)",
            "unit = \"s\"\n",
            Cell::Float32(7.0),
            "(floats = \"shortest\" in the contract",
            "floats = \"shortest\"\n",
            "unit = \"s\"\n",
        ),
        (
            "i64",
            "scale = 1\n",
            Cell::Float32(7.0),
            "(floats = \"shortest\" in the contract",
            "floats = \"shortest\"\n",
            "scale = 1\n",
        ),
        (
            "timestamp(s)",
            "time = { format = \"unix-s\" }\n",
            Cell::Instant(0),
            "remove format = … from time",
            "",
            "time = { zone = \"UTC\" }\n",
        ),
        (
            "uuid",
            "uuid = \"time-swapped\"\n",
            text("66774455001122338899aabbccddeeff"),
            "convert it to bytes: decode = \"hex\"",
            "",
            "uuid = \"time-swapped\"\ndecode = \"hex\"\n",
        ),
        ("uuid", "uuid = \"time-swapped\"\n", text("66774455001122338899aabbccddeeff"), "remove uuid = …", "", ""),
        ("i64", "", text("7.5"), "(rounding = …)", "rounding = \"half-up\"\n", ""),
        ("time(s)", "", text("10:00:00.5"), "(rounding = …)", "rounding = \"half-even\"\n", ""),
    ] {
        let bench = Bench::new(&contract_text(ty, ""));
        let column = "column = \"c\"\n";
        let rule = made(&bench, &format!("{column}{mapping}"), &[("c", cell.clone())]).unwrap_err();
        assert!(rule.contains(words), "{words}: {rule}");
        bench.write("contract.toml", contract_text(ty, contract_then));
        made(&bench, &format!("{column}{mapping_then}"), &[("c", cell)])
            .unwrap_or_else(|still| panic!("{rule}\nthen: {still}"));
    }
}

#[test]
fn the_advice_of_a_message_on_settings_makes_them_right() {
    let contract =
        |text: &str| Contract::parse(text, Path::new("c.toml")).map(|_| ()).map_err(|error| error.to_string());
    let version = |text: &str| text.replace("unicode = \"15\"\n", "");
    let known = mst_sync::contract::unicode_version().map(|part| part.to_string()).join(".");
    for (before, words, after) in [
        (
            version(&contract_text("text", "nfc = true\n")),
            format!("add unicode = \"{known}\""),
            version(&contract_text("text", "nfc = true\n"))
                .replace("[[key]]", &format!("unicode = \"{known}\"\n[[key]]")),
        ),
        (
            contract_text("text", "").replace("type = \"text\"", "type = \"enum\""),
            "names = [\"open\", \"paid\"]".to_owned(),
            contract_text("text", "names = [\"open\", \"paid\"]\n").replace("type = \"text\"", "type = \"enum\""),
        ),
        (
            "version = 1\nname = \"x\"\n[[field]]\nname = \"x\"\ntype = \"u8\"\n".to_owned(),
            "[[key]]".to_owned(),
            "version = 1\nname = \"x\"\n[[key]]\nname = \"x\"\ntype = \"u8\"\n".to_owned(),
        ),
        (
            "version = 1\nname = \"x\"\n".to_owned(),
            "key = { id = \"u64\" }".to_owned(),
            "version = 1\nname = \"x\"\nkey = { id = \"u64\" }\n".to_owned(),
        ),
        (
            contract_text("text", "").replace("\"u32\"", "\"text\"\nempty = \"null\""),
            "set empty = \"refuse\"".to_owned(),
            contract_text("text", "").replace("\"u32\"", "\"text\"\nempty = \"refuse\""),
        ),
        (
            contract_text("text", "").replace("[[key]]", "fingerprint = \"sha256\"\n[[key]]"),
            "without values = \"fingerprint\"".to_owned(),
            contract_text("text", "").replace("[[key]]", "values = \"fingerprint\"\nfingerprint = \"sha256\"\n[[key]]"),
        ),
    ] {
        let error = contract(&before).unwrap_err();
        assert!(error.contains(&words), "{words}: {error}");
        contract(&after).unwrap_or_else(|still| panic!("{error}\nthen: {still}\n{after}"));
    }
    // A default is written as its message says, for every type.
    for (ty, _) in TYPES {
        for wrong in ["true", "7", "\"x\"", "\"é\""] {
            let Err(error) = contract(&contract_text(ty, &format!("default = {wrong}\n"))) else { continue };
            let Some((_, example)) = error.split_once("write it as ") else { continue };
            contract(&contract_text(ty, &format!("default = {example}\n")))
                .unwrap_or_else(|still| panic!("{ty}: {error}\nthen: {still}"));
        }
    }
    let bench = Bench::new(&contract_text("text", ""));
    let mapping =
        |text: &str| Mapping::parse(text, &bench.path("m.toml")).map(|_| ()).map_err(|error| error.to_string());
    let source = "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"csv\"\npath = \"x.csv\"\n";
    let fields = "[field.id]\ncolumn = \"id\"\n[field.x]\n";
    for (before, words, after) in [
        (
            contract_text("text", ""),
            "a mapping has a [source] and contract = \"…\"",
            format!("{source}{fields}column = \"x\"\n"),
        ),
        (
            format!("{source}{fields}"),
            "made from one of column, constant, concat and coalesce",
            format!("{source}{fields}coalesce = [\"x\", \"y\"]\n"),
        ),
        (
            format!("{source}{fields}concat = [{{}}]\n"),
            "a part is { column = \"…\" } or { text = \"…\" }",
            format!("{source}{fields}concat = [{{ column = \"x\" }}, {{ text = \"y\" }}]\n"),
        ),
        (
            format!("{source}{fields}column = \"x\"\npath = \"a\"\n"),
            "such as /customer/id",
            format!("{source}{fields}column = \"x\"\npath = \"/customer/id\"\n"),
        ),
        (
            format!("{source}{fields}column = \"x\"\ntime = {{ zone = \"UTC\" }}\n"),
            "without cast = \"text\"",
            format!("{source}{fields}column = \"x\"\ncast = \"text\"\ntime = {{ zone = \"UTC\" }}\n"),
        ),
        (
            format!("{source}{fields}column = \"x\"\ncast = \"text\"\ntime = {{ zone = \"+2\" }}\n"),
            "a zone is a name such as UTC or Europe/Berlin, or an offset such as +02:00 with at most 59 minutes",
            format!("{source}{fields}column = \"x\"\ncast = \"text\"\ntime = {{ zone = \"+02:00\" }}\n"),
        ),
        (
            format!("{source}{fields}column = \"x\"\ncast = \"text\"\ntime = {{ format = \"posix\" }}\n"),
            "or a pattern such as %d.%m.%Y %H:%M",
            format!("{source}{fields}column = \"x\"\ncast = \"text\"\ntime = {{ format = \"%d.%m.%Y %H:%M\" }}\n"),
        ),
    ] {
        let error = mapping(&before).unwrap_err();
        assert!(error.contains(words), "{words}: {error}");
        mapping(&after).unwrap_or_else(|still| panic!("{error}\nthen: {still}\n{after}"));
    }
    for (ty, settings, words, then) in [
        (
            "date",
            "time = { zone = \"UTC\" }\n",
            "without cast = \"date\"",
            "time = { zone = \"UTC\" }\ncast = \"date\"\n",
        ),
        (
            "time(s)",
            "time = { zone = \"UTC\" }\n",
            "without cast = \"time\"",
            "time = { zone = \"UTC\" }\ncast = \"time\"\n",
        ),
        (
            "date",
            "time = { format = \"unix-s\" }\n",
            "add zone = \"…\", and cast = \"date\"",
            "time = { format = \"unix-s\", zone = \"UTC\" }\ncast = \"date\"\n",
        ),
        (
            "time(s)",
            "time = { format = \"unix-s\" }\ncast = \"time\"\n",
            "depends on the zone: zone = \"…\"",
            "time = { format = \"unix-s\", zone = \"UTC\" }\ncast = \"time\"\n",
        ),
        ("time(s)", "unit = \"s\"\n", "cast = \"time\" takes it", "unit = \"s\"\ncast = \"time\"\n"),
        (
            "json",
            "time = { zone = \"UTC\" }\n",
            "without cast = \"text\"",
            "time = { zone = \"UTC\" }\ncast = \"text\"\n",
        ),
    ] {
        bench.write("contract.toml", contract_text(ty, ""));
        let text = |settings: &str| format!("{source}{fields}column = \"x\"\n{settings}");
        let error = mapping(&text(settings)).unwrap_err();
        assert!(error.contains(words), "{words}: {error}");
        mapping(&text(then)).unwrap_or_else(|still| panic!("{error}\nthen: {still}"));
    }
    bench.write("contract.toml", contract_text("text", ""));
    for (kind, settings, words, then) in [
        ("postgres", "url = \"postgres://db/x\"\n", "a table or a query", "url = \"postgres://db/x\"\ntable = \"t\"\n"),
        ("postgres", "table = \"t\"\n", "url or url-env", "url-env = \"DATABASE\"\ntable = \"t\"\n"),
        (
            "mysql",
            "url = \"mysql://a:b@db/x\"\ntable = \"t\"\n",
            "name a variable with the whole URL: url-env",
            "url-env = \"DATABASE\"\ntable = \"t\"\n",
        ),
        (
            "postgres",
            "url = \"postgres://db/x\"\ntable = \"t\"\nquery = \"q\"\n",
            "either a table or a query",
            "url = \"postgres://db/x\"\nquery = \"q\"\n",
        ),
        ("csv", "", "needs a path", "path = \"x.csv\"\n"),
        ("csv", "path = \"x\"\ndelimiter = \"ab\"\n", "one ASCII character", "path = \"x\"\ndelimiter = \";\"\n"),
    ] {
        let text = |settings: &str| {
            format!(
                "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"{kind}\"\n{settings}{fields}column = \"x\"\n"
            )
        };
        let error = mapping(&text(settings)).unwrap_err();
        assert!(error.contains(words), "{words}: {error}");
        mapping(&text(then)).unwrap_or_else(|still| panic!("{error}\nthen: {still}"));
    }
}

#[test]
fn the_advice_for_a_null_in_a_key_works() {
    use mst_sync::ingest::{BuildOptions, OnError, build};
    let bench = Bench::new(&contract_text("text", ""));
    drop(rusqlite::Connection::open(bench.path("one.sqlite")).unwrap().execute_batch("PRAGMA user_version = 1"));
    let mapping = |key: &str, more: &str| {
        bench.mapping(&format!(
            "[source]\nkind = \"sqlite\"\npath = \"one.sqlite\"\nquery = \"SELECT {key} AS id, 'x' AS x UNION ALL SELECT 2, 'y'\"\n[field.x]\n\
             column = \"x\"\n[field.id]\ncolumn = \"id\"\n{more}"
        ))
    };
    let stop = bench.build(&mapping("NULL", ""), &bench.path("a.mst")).unwrap_err().to_string();
    assert!(stop.contains("(null = \"key\" in the contract makes it a value of its own; or leave such rows out with --on-error skip, or give a replacement: default = … in the mapping, or coalesce in a query)"), "{stop}");
    let skip = BuildOptions { on_error: OnError::Skip, ..BuildOptions::default() };
    let skipped = build(&mapping("NULL", ""), &bench.path("b.mst"), &skip, &mut |_| {}).unwrap();
    assert_eq!((skipped.left_out, skipped.commit.unwrap().records()), (1, 1));
    let given = bench.build(&mapping("NULL", "default = 0\n"), &bench.path("c.mst")).unwrap();
    let coalesced = bench.build(&mapping("coalesce(NULL, 0)", ""), &bench.path("d.mst")).unwrap();
    assert_eq!(given.commit.unwrap().root.hash, coalesced.commit.unwrap().root.hash);
    // Settings that help in other fields are refused in a key, and the message says what helps there.
    for (setting, helps) in
        [("null = \"allow\"", "null = \"key\""), ("default = 0", "null = \"key\""), ("default = 0", "default = …")]
    {
        let text = contract_text("text", "").replace("\"u32\"", &format!("\"u32\"\n{setting}"));
        let error = Contract::parse(&text, Path::new("c.toml")).unwrap_err().to_string();
        assert!(error.contains(helps), "{error}");
    }
    let nullable = contract_text("text", "").replace("\"u32\"", "\"u32\"\nnull = \"key\"");
    bench.write("contract.toml", nullable);
    let own = bench.build(&mapping("NULL", ""), &bench.path("e.mst")).unwrap();
    assert_eq!((own.left_out, own.commit.unwrap().records()), (0, 2));
}

#[test]
fn the_advice_of_a_message_on_a_file_makes_it_right() {
    let utf_16: Vec<u8> = "id,x\n7,a\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, before, words, after) in [
        (b"id,x\n7,\n".to_vec(), "", "empty = \"text\" or \"null\"", "empty = \"text\"\n"),
        (b"id,x\n7,\n".to_vec(), "", "empty = \"text\" or \"null\"", "empty = \"null\"\n"),
        (b"id,x\n7,Zo\xeb\n".to_vec(), "", "encoding = \"windows-1252\"", "encoding = \"windows-1252\"\n"),
        (b"id,x\r7,a\r".to_vec(), "", "line-end = \"cr\"", "line-end = \"cr\"\n"),
        (b"id,x\n7,\"C:\\\"\n".to_vec(), "", "escape = \"doubled\"", "escape = \"doubled\"\n"),
        (utf_16.clone(), "header = [\"id\", \"x\"]\n", "encoding = \"utf-16le\"", "encoding = \"utf-16le\"\n"),
        (utf_16, "encoding = \"utf-16\"\n", "encoding = \"utf-16le\" or \"utf-16be\"", "encoding = \"utf-16le\"\n"),
    ] {
        let bench = Bench::new(&contract_text("text", "null = \"allow\"\n"));
        bench.write("x.csv", &bytes);
        let mapping = |settings: &str| {
            format!(
                "[source]\nkind = \"csv\"\npath = \"x.csv\"\n{settings}[field.id]\ncolumn = \"id\"\n[field.x]\ncolumn = \"x\"\n"
            )
        };
        let error = bench.try_root(&mapping(before)).expect_err(words).to_string();
        assert!(error.contains(words), "{words}: {error}");
        bench.try_root(&mapping(after)).unwrap_or_else(|still| panic!("{error}\nthen: {still}"));
    }
}

#[test]
fn a_file_of_another_contract_is_answered_with_a_new_one() {
    let bench = Bench::new(&contract_text("text", ""));
    bench.write("x.csv", "id,x\n7,a\n");
    let source = "[source]\nkind = \"csv\"\npath = \"x.csv\"\n[field.id]\ncolumn = \"id\"\n[field.x]\ncolumn = \"x\"\n";
    bench.build(&bench.mapping(source), &bench.path("a.mst")).unwrap();
    bench.write("contract.toml", contract_text("text", "trim = true\n"));
    let error = bench.build(&bench.mapping(source), &bench.path("a.mst")).unwrap_err().to_string();
    assert!(error.contains("build into a new file"), "{error}");
    bench.build(&bench.mapping(source), &bench.path("b.mst")).unwrap();
}
