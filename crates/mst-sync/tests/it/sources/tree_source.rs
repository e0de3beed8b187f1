//! Trees and mappings as tables.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use file_mst::{Options, TreeWriter};
use mst_sync::ingest::{BuildError, BuildOptions, OnError, build};
use mst_sync::mapping::Mapping;
use mst_sync::source::{Cell, Description, Settings, SourceError, TreeSettings, Wanted, describe, open};
use mst_types::{ItemType, Type, schema_bytes};

use super::table::{CONTRACT, by_name};
use super::{Bench, spelled};

/// The rows of a source, or the messages of those that are broken.
fn rows(settings: &Settings, wanted: &Wanted) -> Result<Vec<Result<Vec<Cell<'static>>, String>>, SourceError> {
    let mut rows = Vec::new();
    open(settings, wanted)?.each(&mut |row| {
        let owned = |row: mst_sync::source::Row<'_>| row.cells.iter().map(|cell| cell.clone().into_owned()).collect();
        rows.push(row.map(owned).map_err(|broken| broken.to_string()));
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn tree(bench: &Bench, name: &str) -> Settings {
    Settings::Tree(TreeSettings::newest(bench.path(name)))
}

#[test]
fn a_tree_and_a_mapping_have_the_root_of_their_table() {
    let bench = Bench::new(CONTRACT);
    let table = spelled::csv(&bench, "");
    let built = bench.build(&bench.mapping(&table), &bench.path("table.mst")).unwrap();
    let expected = built.commit.unwrap().root.hash;
    bench.write("table.toml", format!("version = 1\ncontract = \"contract.toml\"\n{table}"));
    let source = |kind: &str, path: &str| by_name(&format!("[source]\nkind = \"{kind}\"\npath = \"{path}\"\n"));
    assert_eq!(bench.root(&source("tree", "table.mst")), expected);
    assert_eq!(bench.root(&source("mapping", "table.toml")), expected);
    // A mapping of a mapping.
    let outer = source("mapping", "table.toml");
    bench.write("outer.toml", format!("version = 1\ncontract = \"contract.toml\"\n{outer}"));
    assert_eq!(bench.root(&source("mapping", "outer.toml")), expected);
    // The version of the tree that its commit or root names.
    let at = |more: &str| by_name(&format!("[source]\nkind = \"tree\"\npath = \"table.mst\"\n{more}\n"));
    assert_eq!(bench.root(&at("commit = 1")), expected);
    assert_eq!(bench.root(&at(&format!("hash = \"{expected}\""))), expected);
    bench.refused(&at("commit = 2"), &["table.mst#2", "commit"]);
    bench.refused(&at(&format!("hash = \"{}\"", "ab".repeat(32))), &["table.mst"]);
    let mapped = Settings::Mapping { path: bench.path("table.toml") };
    for settings in [tree(&bench, "table.mst"), mapped.clone()] {
        let Description { columns, unique, unreadable, .. } = describe(&settings).unwrap();
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        let expected = ["id", "part", "amount", "note", "flag", "payload", "at", "day", "ref", "state", "doc", "most"];
        assert_eq!((names, unreadable.len()), (expected.to_vec(), 0));
        let nullable: Vec<_> = columns.iter().filter(|column| !column.not_null).map(|column| &column.name).collect();
        assert_eq!(nullable, ["note", "flag"]);
        let declared =
            |name: &str| columns.iter().find(|column| column.name == name).unwrap().declared.clone().unwrap();
        assert_eq!(
            (declared("amount"), declared("at"), declared("doc")),
            ("decimal(38,8)".to_owned(), "timestamp(us)".to_owned(), "json".to_owned(),)
        );
        assert!(matches!(&unique[..], [key] if key.is_primary && key.columns == ["id", "part"]));
    }
    // The zones of a mapping are those in which its rows were read, however often they were read again.
    let outer = bench.mapping(&source("mapping", "outer.toml"));
    assert_eq!(outer.notes()["zones"], b"Europe/Berlin");
    let from_tree = bench.mapping(&source("tree", "table.mst"));
    assert_eq!(
        (&from_tree.notes()["zones"], &from_tree.notes()["tzdb"]),
        (&outer.notes()["zones"], &outer.notes()["tzdb"])
    );
    assert_eq!(
        rows(&tree(&bench, "table.mst"), &Wanted::default()).unwrap(),
        rows(&mapped, &Wanted::default())
            .map(|mut rows| {
                rows.sort_by_key(|row| match &row.as_ref().unwrap()[..] {
                    [Cell::Int(id), Cell::Text(part), ..] => (*id, part.clone().into_owned()),
                    other => panic!("{other:?}"),
                });
                rows
            })
            .unwrap()
    );
}

const STOCK: &str = "version = 1\nname = \"stock\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n[[field]]\nname = \"amount\"\ntype = \"decimal(2)\"\n";
const FIELDS: &str = "[field.id]\ncolumn = \"id\"\n[field.amount]\ncolumn = \"amount\"\n";

fn stock(kind: &str, path: &str) -> String {
    format!("[source]\nkind = \"{kind}\"\npath = \"{path}\"\n{FIELDS}")
}

/// A key that is no struct has the name that the contract gives it, and `key` in a tree without a contract.
#[test]
fn columns_are_named_by_the_contract() {
    let bench = Bench::new(STOCK);
    bench.write("stock.csv", "id,amount\n7,1.5\n");
    bench.build(&bench.mapping(&stock("csv", "stock.csv")), &bench.path("stock.mst")).unwrap();
    assert_eq!(open(&tree(&bench, "stock.mst"), &Wanted::default()).unwrap().columns(), ["id", "amount"]);
    let wanted = |names: &[&str]| Wanted {
        columns: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        ..Wanted::default()
    };
    let found = rows(&tree(&bench, "stock.mst"), &wanted(&["amount"])).unwrap();
    assert_eq!(found, [Ok(vec![Cell::Number { text: "150".into(), shift: -2 }])]);
    let Err(SourceError::Column { have, .. }) = rows(&tree(&bench, "stock.mst"), &wanted(&["gone"])) else { panic!() };
    assert_eq!(have, ["id", "amount"]);
    // A fingerprint is bytes.
    bench.write("contract.toml", STOCK.replace("[[key]]", "values = \"fingerprint\"\n[[key]]"));
    bench.build(&bench.mapping(&stock("csv", "stock.csv")), &bench.path("prints.mst")).unwrap();
    let found = rows(&tree(&bench, "prints.mst"), &wanted(&["id", "value"])).unwrap();
    assert!(
        matches!(&found[..], [Ok(cells)] if matches!(&cells[..], [Cell::Int(7), Cell::Bytes(hash)] if hash.len() == 32))
    );
    // The rows of a mapping have the fields, whatever its trees store.
    bench.write("prints.toml", format!("version = 1\ncontract = \"contract.toml\"\n{}", stock("csv", "stock.csv")));
    let mapped = Settings::Mapping { path: bench.path("prints.toml") };
    assert_eq!(open(&mapped, &Wanted::default()).unwrap().columns(), ["id", "amount"]);
}

/// Each damaged byte gives an error or is not part of the tree; rows are never missing.
#[test]
fn damage_never_means_fewer_rows() {
    let bench = Bench::new(STOCK);
    let lines: String = (0..3000).map(|id| format!("{id},{id}.25\n")).collect();
    bench.write("stock.csv", format!("id,amount\n{lines}"));
    let path = bench.path("stock.mst");
    bench.build(&bench.mapping(&stock("csv", "stock.csv")), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let expected = rows(&tree(&bench, "stock.mst"), &Wanted::default()).unwrap();
    assert_eq!(expected.len(), 3000);
    let mut refused = 0;
    for at in (0..whole.len()).step_by(whole.len() / 150) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x41;
        bench.write("damaged.mst", &damaged);
        match rows(&tree(&bench, "damaged.mst"), &Wanted::default()) {
            Ok(found) => assert!(found == expected, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 100, "{refused}");
}

/// What a build left out is no row of its tree, and is left out again by whoever reads it.
#[test]
fn keys_that_were_left_out_stay_left_out() {
    let bench = Bench::new(STOCK);
    let csv = bench.mapping(&stock("csv", "stock.csv"));
    let skip = BuildOptions { on_error: OnError::Skip, ..BuildOptions::default() };
    bench.write("stock.csv", "id,amount\n1,1\n2,2\n3,3\n5,5\n");
    build(&csv, &bench.path("stock.mst"), &skip, &mut |_| {}).unwrap();
    // 2 breaks the contract and keeps its old record, 3 occurs twice, 4 is new and breaks it, one has no key.
    bench.write("stock.csv", "id,amount\n1,1\n2,many\n3,3\n3,4\n4,none\nx,1\n6,6\n");
    let report = build(&csv, &bench.path("stock.mst"), &skip, &mut |_| {}).unwrap();
    assert!(report.keys.kept() > 0);
    let found = rows(&tree(&bench, "stock.mst"), &Wanted::default()).unwrap();
    let text = |row: &Result<Vec<Cell<'_>>, String>| match row {
        Ok(cells) => cells[0].to_string(),
        Err(message) => message.split(": ").skip(1).collect::<Vec<_>>().join(": "),
    };
    let left_out = |key: u32, why: &str| format!("the key {key} was left out when the tree was built: {why}");
    let breaks = "its row breaks the contract";
    assert_eq!(
        found.iter().map(text).collect::<Vec<_>>(),
        [
            "1".to_owned(),
            left_out(2, breaks),
            left_out(3, "several rows have this key"),
            left_out(4, breaks),
            left_out(5, "no row of it was seen, and the keys of some rows could not be read"),
            "6".to_owned(),
            "a row that was left out when the tree was built, and whose key is not known".to_owned(),
        ]
    );
    let again = bench.mapping(&stock("tree", "stock.mst"));
    let stopped = bench.build(&again, &bench.path("again.mst"));
    assert!(matches!(&stopped, Err(BuildError::Problem(_))), "{stopped:?}");
    let report = build(&again, &bench.path("again.mst"), &skip, &mut |_| {}).unwrap();
    assert_eq!((report.changes.added, report.left_out, report.keys.rows_without_key()), (2, 5, 5));
    // A mapping passes its broken rows on.
    bench.write("stock.toml", format!("version = 1\ncontract = \"contract.toml\"\n{}", stock("csv", "stock.csv")));
    let found = rows(&Settings::Mapping { path: bench.path("stock.toml") }, &Wanted::default()).unwrap();
    let broken: Vec<_> = found.iter().filter_map(|row| row.as_ref().err()).collect();
    assert!(
        matches!(&broken[..], [two, four, x] if two.contains("stock.toml, line 3: key 2, column amount: \"many\"")
        && four.contains("line 6") && x.contains("line 7: column id")),
        "{broken:?}"
    );
}

/// A tree of a multiset gives each row as often as it counts it, and so does a mapping.
#[test]
fn rows_of_a_multiset_are_repeated() {
    let bench =
        Bench::new("version = 1\nname = \"log\"\nmultiset = true\n[[field]]\nname = \"line\"\ntype = \"text\"\n");
    bench.write("log.csv", "line\nb\na\nb\nb\n");
    let source = |kind: &str, path: &str| {
        format!("[source]\nkind = \"{kind}\"\npath = \"{path}\"\n[field.line]\ncolumn = \"line\"\n")
    };
    bench.write("log.toml", format!("version = 1\ncontract = \"contract.toml\"\n{}", source("csv", "log.csv")));
    let built = bench.build(&bench.mapping(&source("csv", "log.csv")), &bench.path("log.mst")).unwrap();
    let expected = built.commit.unwrap().root.hash;
    assert_eq!(bench.root(&source("tree", "log.mst")), expected);
    assert_eq!(bench.root(&source("mapping", "log.toml")), expected);
    for settings in [tree(&bench, "log.mst"), Settings::Mapping { path: bench.path("log.toml") }] {
        let found = describe(&settings).unwrap();
        assert_eq!((found.columns.len(), found.columns[0].name.as_str(), found.unique.len()), (1, "line", 0));
        assert_eq!(rows(&settings, &Wanted::default()).unwrap().len(), 4);
    }
}

#[test]
fn what_cannot_be_read_as_a_table_is_refused() {
    let bench = Bench::new(STOCK);
    bench.write("text.mst", "some text\n");
    bench.refused(&stock("tree", "text.mst"), &["text.mst"]);
    bench.refused(&stock("tree", "gone.mst"), &["gone.mst"]);
    bench.refused(&stock("mapping", "gone.toml"), &["gone.toml"]);
    bench.write("self.toml", format!("version = 1\ncontract = \"contract.toml\"\n{}", stock("mapping", "self.toml")));
    bench.refused(&stock("mapping", "self.toml"), &["self.toml", "read itself"]);
    // The notes of a mapping that reads itself end too.
    assert!(!bench.mapping(&stock("mapping", "self.toml")).notes().contains_key("zones"));
    // The types of a foreign tree are a guess.
    let foreign = concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/head-u64.mst");
    bench.refused(&stock("tree", foreign), &["key-type = ", "value-type"]);
    let typed = Settings::Tree(TreeSettings {
        key: Some(Type::U64),
        value: Some(Type::Array(Box::new(Type::U8), 32)),
        ..TreeSettings::newest(foreign)
    });
    let found = rows(&typed, &Wanted::default()).map(|rows| rows.len());
    assert_eq!(found.unwrap(), 3000);
    // Other types do not have the hashes of the tree.
    let mistyped = Settings::Tree(TreeSettings { key: Some(Type::String), ..TreeSettings::newest(foreign) });
    assert!(rows(&mistyped, &Wanted::default()).is_err());
    let mistyped = "[source]\nkind = \"tree\"\npath = \"t.mst\"\nkey-type = \"u6\"\n";
    let mistyped = format!("version = 1\ncontract = \"contract.toml\"\n{mistyped}{FIELDS}");
    let error = Mapping::parse(&mistyped, &bench.path("mapping.toml")).unwrap_err();
    assert!(error.line == 6 && error.message.contains("not a type"), "{error}");
}

#[test]
fn each_type_becomes_its_cell() {
    let bench = Bench::new(STOCK);
    let text = |text: &str| Cell::Text(text.to_owned().into());
    let json = |text: &str| Cell::Json(text.to_owned().into());
    let bytes = |bytes: &[u8]| Cell::Bytes(bytes.to_vec().into());
    let number = |text: &str, shift| Cell::Number { text: text.to_owned().into(), shift };
    for (ty, literal, expected) in [
        ("bool", "true", Cell::Bool(true)),
        ("u8", "255", Cell::Int(255)),
        ("u128", "340282366920938463463374607431768211455", number("340282366920938463463374607431768211455", 0)),
        ("i128", "-170141183460469231731687303715884105728", Cell::Int(i128::MIN)),
        ("f32", "0.1", Cell::Float32(0.1)),
        ("f64", "0.1", Cell::Float64(0.1)),
        ("char", "'é'", text("é")),
        ("String", "\"{}\"", text("{}")),
        ("bytes", "\"00ff\"", bytes(&[0, 255])),
        ("[u8; 2]", "\"00ff\"", bytes(&[0, 255])),
        ("Option<u8>", "null", Cell::Null),
        ("Option<u8>", "7", Cell::Int(7)),
        ("Option<Option<u8>>", "null", Cell::Null),
        ("Option<Option<u8>>", "{\"some\": null}", json("{\"some\":null}")),
        ("Vec<u8>", "\"01\"", bytes(&[1])),
        ("Vec<u16>", "[1, 2]", json("[1,2]")),
        ("(u8, String)", "[1, \"a\"]", json("[1,\"a\"]")),
        ("{a: u8}", "{\"a\": 1}", json("{\"a\":1}")),
        ("Map<String, u8>", "{\"a\": 1}", json("{\"a\":1}")),
        ("enum {A, B(u8)}", "\"A\"", text("A")),
        ("enum {A, B(u8)}", "{\"B\": 1}", json("{\"B\":1}")),
        ("enum State {Open}", "\"Open\"", text("Open")),
        ("timestamp(ms)", "1500", Cell::Instant(1_500_000_000)),
        ("u128 as timestamp(s)", "1", Cell::Instant(1_000_000_000)),
        ("date", "-1", Cell::Date(-1)),
        ("time(s)", "86399", Cell::Time(86_399_000_000_000)),
        ("duration(us)", "-1", Cell::Duration(-1000)),
        ("decimal(2)", "\"-0.01\"", number("-1", -2)),
        ("u64 as decimal(0)", "5", number("5", 0)),
        ("uuid", "\"67e55044-10b1-426f-9247-bb680e5fe0c8\"", text("67e55044-10b1-426f-9247-bb680e5fe0c8")),
        ("Vec<u8> as uuid", "\"01\"", bytes(&[1])),
        ("hash", &format!("\"{}\"", "ab".repeat(32)), bytes(&[0xab; 32])),
        ("json", "\"[1, 2]\"", json("[1, 2]")),
        ("cbor", "\"f6\"", bytes(&[0xf6])),
        ("ipv4", "\"192.0.2.1\"", text("192.0.2.1")),
    ] {
        let value: Type = format!("{{only: {ty}}}").parse().unwrap();
        let key: Type = "(u8, String)".parse().unwrap();
        let path = bench.path("types.mst");
        let _ = std::fs::remove_file(&path);
        let options = Options { schema: Some(schema_bytes(&key, &value)), ..Options::default() };
        let mut writer = TreeWriter::open(&path, options).unwrap();
        let item =
            |item: ItemType, text: &str| item.parse_json(text).unwrap_or_else(|error| panic!("{ty} {text}: {error}"));
        let stored = item(ItemType::postcard(value), &format!("{{\"only\": {literal}}}").replace('\'', "\""));
        writer.put(&item(ItemType::ordered(key), "[7, \"k\"]"), &stored).unwrap();
        writer.commit("", None).unwrap();
        drop(writer);
        let settings = tree(&bench, "types.mst");
        assert_eq!(open(&settings, &Wanted::default()).unwrap().columns(), ["key.0", "key.1", "only"], "{ty}");
        assert_eq!(rows(&settings, &Wanted::default()).unwrap(), [Ok(vec![Cell::Int(7), text("k"), expected])], "{ty}");
        assert_eq!(describe(&settings).unwrap().columns[2].not_null, !ty.starts_with("Option"));
    }
}

/// Values that their type cannot express break their row; others of the same tree are rows.
#[test]
fn impossible_values_break_their_row() {
    let bench = Bench::new(STOCK);
    let (key, value): (Type, Type) = ("u8".parse().unwrap(), "time(s)".parse().unwrap());
    let options = Options { schema: Some(schema_bytes(&key, &value)), ..Options::default() };
    let mut writer = TreeWriter::open(bench.path("times.mst"), options).unwrap();
    let stored: BTreeMap<u8, &str> = BTreeMap::from([(1, "86399"), (2, "86400"), (3, "18446744073709551615")]);
    for (key, value_text) in stored {
        writer.put(&[key], &ItemType::postcard(value.clone()).parse_json(value_text).unwrap()).unwrap();
    }
    writer.commit("", None).unwrap();
    drop(writer);
    let found = rows(&tree(&bench, "times.mst"), &Wanted::default()).unwrap();
    assert!(
        matches!(&found[..], [Ok(_), Err(two), Err(three)] if two.contains("row 2: the field value is a time of day")
        && three.contains("row 3")),
        "{found:?}"
    );
    // Without the column nothing is wrong.
    let keys = Wanted { columns: Some(vec!["key".to_owned()]), ..Wanted::default() };
    assert!(rows(&tree(&bench, "times.mst"), &keys).unwrap().iter().all(Result::is_ok));
}
