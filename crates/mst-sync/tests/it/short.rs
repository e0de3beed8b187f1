//! Short contracts and mappings: fields of one line, and fields that are the column of their name.
#![cfg(feature = "csv")]

use std::fmt::Write;
use std::path::Path;

use mst_sync::contract::Contract;
use mst_sync::ingest::{BuildError, BuildOptions, Report, build};
use mst_sync::mapping::Mapping;
use proptest::prelude::*;

fn parse(text: &str) -> Contract {
    Contract::parse(text, Path::new("c.toml")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The types and rules of the random contracts.
const KINDS: [(&str, &str); 6] = [
    ("text", ""),
    ("decimal(2)", ""),
    ("u32", "null = \"allow\""),
    ("enum", "names = [\"open\", \"paid\"], trim = true"),
    ("timestamp(s)", "rounding = \"down\""),
    ("text", "default = \"none\", empty = \"null\""),
];

/// A field in the long form.
fn long(section: &str, name: &str, kind: usize) -> String {
    let (ty, rules) = KINDS[kind];
    let rules = rules.replace(", t", "\nt").replace(", e", "\ne");
    format!("[[{section}]]\nname = \"{name}\"\ntype = \"{ty}\"\n{rules}\n")
}

/// A field in the short form: one line.
fn short(name: &str, kind: usize) -> String {
    match KINDS[kind] {
        (ty, "") => format!("\"{name}\" = \"{ty}\""),
        (ty, rules) => format!("\"{name}\" = {{ type = \"{ty}\", {rules} }}"),
    }
}

proptest! {
    /// Names are dealt in any order, so that a sorted table would show.
    #[test]
    fn a_short_contract_has_the_hash_of_the_long_one(
        kinds in proptest::collection::vec(0_usize..KINDS.len(), 1..12),
        order in Just((0..12).collect::<Vec<usize>>()).prop_shuffle(),
        lines in 0_usize..12,
        keys in 1_usize..4,
        sections: bool,
    ) {
        let name = |index: usize| format!("f{}", order[index]);
        let head = "version = 1\nname = \"c\"\n";
        let (mut long_text, mut line_keys, mut line_fields) = (head.to_owned(), Vec::new(), Vec::new());
        for key in 0..keys {
            let key_name = format!("{}k", 9 - key);
            long_text += &long("key", &key_name, key % 2);
            line_keys.push(short(&key_name, key % 2));
        }
        let mut tables = String::new();
        for (index, kind) in kinds.iter().enumerate() {
            long_text += &long("field", &name(index), *kind);
            if index < lines {
                line_fields.push(short(&name(index), *kind));
            } else {
                tables += &long("field", &name(index), *kind);
            }
        }
        let mut short_text = head.to_owned();
        if sections {
            write!(short_text, "[key]\n{}\n[fields]\n{}\n", line_keys.join("\n"), line_fields.join("\n")).unwrap();
        } else {
            let [keys, fields] = [&line_keys, &line_fields].map(|lines| lines.join(", "));
            write!(short_text, "fields = {{ {fields} }}\nkey = {{ {keys} }}\n").unwrap();
        }
        short_text += &tables;
        let (short, long) = (parse(&short_text), parse(&long_text));
        prop_assert_eq!(short.hash(), long.hash(), "{}", short_text);
        prop_assert_eq!(short, long);
    }
}

#[test]
fn errors_in_one_line_have_their_position() {
    let head = "version = 1\nname = \"c\"\n";
    for (text, place, words) in [
        ("key = {}", "2:8", "at least one field of the key"),
        ("key = 3", "3:7", "expected tables with name and type, or one table"),
        ("key = { id = 3 }", "3:14", "expected a type such as"),
        ("key = { id = \"u33\" }", "3:14", "unknown type \"u33\""),
        ("key = { id = { type = \"u33\" } }", "3:23", "unknown type \"u33\""),
        ("key = { id = { null = \"allow\" } }", "3:14", "missing field `type`"),
        ("key = { id = { type = \"u32\", nul = 1 } }", "3:30", "unknown field `nul`"),
        ("key = { id = { type = \"u32\", name = \"x\" } }", "3:7", "remove name ="),
        ("key = { \"\" = \"u32\" }", "3:9", "the field has no name"),
        ("key = { id = \"u32\", id = \"u32\" }", "3:21", "duplicate key"),
        ("key = { id = \"u32\" }\nfields = { id = \"u32\" }", "4:12", "duplicate field name"),
        (
            "key = { id = \"u32\" }\nfields = { a = \"u32\" }\n[[field]]\nname = \"a\"\ntype = \"u32\"",
            "6:8",
            "duplicate",
        ),
        ("key = { id = \"json\" }", "3:14", "json has no order"),
        ("key = { id = \"u32\" }\n[[field]]\ntype = \"u32\"", "4:1", "the field has no name"),
    ] {
        let error = Contract::parse(&format!("{head}{text}"), Path::new("c.toml")).expect_err(text).to_string();
        assert!(error.starts_with(&format!("c.toml:{place}: ")), "{place}: {error}\n{text}");
        assert!(error.contains(words), "{words:?}: {error}");
    }
}

/// Builds a CSV file under a contract by a mapping that names no field.
fn build_csv(contract: &str, csv: &str, fields: &str) -> Result<(Mapping, Report), BuildError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rows.csv"), csv).unwrap();
    let text = format!("version = 1\ncontract = \"c\"\n{fields}[source]\nkind = \"csv\"\npath = \"rows.csv\"\n");
    let mapping = Mapping::parse_under(&text, &folder.path().join("m.toml"), parse(contract)).unwrap();
    let report = build(&mapping, &folder.path().join("t.mst"), &BuildOptions::default(), &mut |_| {})?;
    Ok((mapping, report))
}

#[test]
fn three_hundred_equal_columns_need_no_line() {
    let names: Vec<_> = (0..300).map(|number| format!("c{number}")).collect();
    let fields: Vec<_> = names.iter().skip(1).map(|name| format!("{name} = \"u32\"")).collect();
    let contract =
        format!("version = 1\nname = \"c\"\nkey = {{ c0 = \"u32\" }}\nfields = {{ {} }}\n", fields.join(", "));
    let values: Vec<_> = (0..300).map(|number| number.to_string()).collect();
    let csv = format!("{}\n{}\n", names.join(","), values.join(","));
    let (mapping, report) = build_csv(&contract, &csv, "").unwrap();
    assert_eq!((report.rows, report.changes.added), (1, 1));
    assert_eq!(mapping.filled_in, names);
    // The same tree as with a line for each column, whose mapping fills nothing in.
    let written: String = names.iter().map(|name| format!("field.{name}.column = \"{name}\"\n")).collect();
    let (explicit, same) = build_csv(&contract, &csv, &written).unwrap();
    assert_eq!(explicit.filled_in, Vec::<String>::new());
    assert_eq!(same.commit.unwrap().root.hash, report.commit.unwrap().root.hash);
}

#[test]
fn a_field_without_its_column_is_an_error_that_lists_the_columns() {
    let contract = "version = 1\nname = \"c\"\nkey = { id = \"u32\" }\nfields = { order_id = \"text\" }\n";
    for (columns, words) in [
        ("id,OrderId", "it has id, OrderId (did you mean \"OrderId\"?)"),
        ("id,order_id ", "it has id, \"order_id \" (did you mean \"order_id \"?)"),
        ("id,ORDERID,Order_Id", "it has id, ORDERID, Order_Id (did you mean \"ORDERID\" or \"Order_Id\"?)"),
        ("id,order", "it has id, order"),
    ] {
        let error = build_csv(contract, &format!("{columns}\n1,a,b\n"), "").map(|_| ()).unwrap_err().to_string();
        assert!(error.ends_with(&format!("has no column \"order_id\"; {words}")), "{error}");
        // With the name that was meant the mapping works.
        if let [_, column] = columns.split(',').collect::<Vec<_>>()[..] {
            let field = format!("field.order_id.column = \"{column}\"\n");
            assert!(build_csv(contract, &format!("{columns}\n1,a\n"), &field).is_ok());
        }
    }
    assert!(build_csv(contract, "id,order_id\n1,a\n", "").is_ok());
}

#[test]
fn the_contracts_on_the_page_are_valid() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/CONTRACT.md");
    let page = std::fs::read_to_string(page).unwrap();
    let contracts: Vec<_> =
        page.split("```toml\n").skip(1).map(|rest| parse(rest.split("```").next().unwrap())).collect();
    assert_eq!(contracts.len(), 2);
    let names: Vec<_> = contracts[1].all_fields().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["order", "amount", "status", "note"]);
}
