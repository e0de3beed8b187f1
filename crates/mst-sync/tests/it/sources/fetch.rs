//! Rows fetched again by key: a query of some rows finds what a read of all rows finds.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use mst_sync::ingest::{BuildError, FetchedRows, fetch, fetch_by_query};
use mst_sync::mapping::{Mapper, Mapping};
use mst_sync::source::{Wanted, open};

use super::Bench;

/// The rows with these keys, and the number of rows that were read for them.
fn fetched(mapping: &Mapping, keys: &BTreeSet<Vec<u8>>) -> (FetchedRows, u64) {
    let mut read = 0;
    let rows = fetch(mapping, keys, &mut |rows| {
        read = rows;
        ControlFlow::Continue(())
    });
    (rows.unwrap(), read)
}

fn contract(key: &str) -> String {
    format!(
        "version = 1\nname = \"stock\"\nunicode = \"16.0.0\"\n[[key]]\nname = \"id\"\n{key}\n[[field]]\nname = \"amount\"\ntype = \"decimal(2)\"\n"
    )
}

const MAPPING: &str = "[source]\nkind = \"csv\"\npath = \"stock.csv\"\n[field.id]\ncolumn = \"id\"\n[field.amount]\ncolumn = \"amount\"\n";

#[test]
fn rows_are_fetched_by_their_keys() {
    let bench = Bench::new(&contract("type = \"u32\""));
    bench.write("stock.csv", "id,amount,note\n1,1,a\n2,2.50,b\n3,x,c\n");
    let mapping = bench.mapping(MAPPING);
    let keys: BTreeSet<Vec<u8>> = [2_u32, 3, 9].map(|id| id.to_be_bytes().to_vec()).into();
    let (found, read) = fetched(&mapping, &keys);
    assert_eq!((found.found.len(), read), (2, 3));
    let two = &found.found[&2_u32.to_be_bytes().to_vec()];
    assert_eq!(two.fields.as_deref(), Ok(&[0xf4, 0x03][..]));
    assert_eq!((two.row, two.line().as_str()), (Some(3), "{id: \"2\", amount: \"2.50\", note: \"b\"}"));
    let columns: Vec<_> = two.columns().map(|(column, cell)| format!("{column}={cell}")).collect();
    assert_eq!(columns, ["id=\"2\"", "amount=\"2.50\"", "note=\"b\""], "columns that are not mapped are there too");
    let steps = two.explain(&mapping).unwrap();
    let field = steps.last().unwrap();
    assert_eq!((field.field.as_str(), field.bytes.as_deref()), ("amount", Ok(&[0xf4, 0x03][..])));
    assert!(found.found[&3_u32.to_be_bytes().to_vec()].fields.as_ref().unwrap_err().contains("not a decimal number"));
}

#[test]
fn standard_input_is_not_read_twice() {
    let bench = Bench::new(&contract("type = \"u32\""));
    let mapping = bench.mapping(&MAPPING.replace("stock.csv", "-"));
    let error = fetch(&mapping, &[vec![0, 0, 0, 1]].into(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().contains("standard input can be read only once"), "{error}");
}

#[test]
fn a_break_stops_the_reading() {
    let bench = Bench::new(&contract("type = \"u32\""));
    let rows: String = (0..100_000).map(|id| format!("{id},1\n")).collect();
    bench.write("stock.csv", format!("id,amount\n{rows}"));
    let mut read = 0;
    let stopped = fetch(&bench.mapping(MAPPING), &[vec![0, 0, 0, 1]].into(), &mut |rows| {
        read = rows;
        if rows > 5000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(BuildError::Stopped)), "{stopped:?}");
    assert!((5000..10_000).contains(&read), "{read} rows were read");
}

/// The lines of a contract's key and of a mapping's key, for every way in which keys are led back to a column and some
/// that are not.
const KEYS: [(&str, &str); 14] = [
    ("type = \"u32\"", "column = \"id\""),
    ("type = \"i64\"", "column = \"id\""),
    ("type = \"i64\"", "column = \"id\"\nnull = [\"7\"]"),
    ("type = \"text\"", "column = \"id\""),
    ("type = \"text\"\nempty = \"refuse\"", "column = \"id\""),
    ("type = \"text\"\ntrim = true\ncase = \"upper\"", "column = \"id\""),
    ("type = \"text\"", "concat = [{ text = \"ord-\" }, { column = \"id\" }]"),
    ("type = \"text\"", "concat = [{ text = \"7\" }, { column = \"id\" }, { text = \"/1\" }]"),
    ("type = \"text\"\ntrim = true\ncase = \"upper\"", "concat = [{ text = \" ord-\" }, { column = \"id\" }]"),
    ("type = \"text\"", "column = \"id\"\nstrip-prefix = \"ord-\""),
    ("type = \"text\"", "column = \"id\"\nstrip-prefix = \"7\""),
    ("type = \"text\"\ncase = \"lower\"", "column = \"id\"\nstrip-suffix = \"7\""),
    ("type = \"i64\"", "column = \"id\"\nstrip-prefix = \"ord-\""),
    ("type = \"uuid\"", "column = \"id\""),
];

const INTS: [&str; 9] = ["0", "7", "77", "7", "-7", "107", "770", "2147483647", "NULL"];
const TEXTS: [&str; 16] = [
    "'ord-7'",
    "'ORD-7'",
    "' ord-7'",
    "'7'",
    "'7 '",
    "'77'",
    "'07'",
    "'ord-07'",
    "'o''rd'",
    "''",
    "'é'",
    "'É'",
    "'a7'",
    "NULL",
    "'{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}'",
    "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'",
];

/// All rows: by key their number and the fields of the first one, and the number of rows without a readable key.
type AllRows = (BTreeMap<Vec<u8>, (u64, Result<Vec<u8>, String>)>, u64);

fn all_rows(mapping: &Mapping) -> AllRows {
    let mut source = open(&mapping.source, &Wanted::default()).unwrap();
    let columns = source.columns().to_vec();
    let mapper = Mapper::new(mapping, source.name(), &columns).unwrap();
    let (mut rows, mut without_key) = (BTreeMap::new(), 0);
    source
        .each(&mut |row| {
            let row = row.unwrap();
            let (mut key, mut fields) = (Vec::new(), Vec::new());
            match mapper.key(row, &mut key) {
                Err(_) => without_key += 1,
                Ok(()) => {
                    let made = mapper.fields(row, &key, &mut fields);
                    let first = made.map(|()| fields).map_err(|violation| violation.to_string());
                    rows.entry(key).or_insert((0, first)).0 += 1;
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    (rows, without_key)
}

/// Fetches each key alone, all at once, and keys that have no row, and compares with a read of all rows. Gives the number
/// of keys that were found by a query.
fn check(mapping: &Mapping, name: &str) -> usize {
    let (all, without_key) = all_rows(mapping);
    let mut tried: Vec<BTreeSet<Vec<u8>>> = all.keys().map(|key| BTreeSet::from([key.clone()])).collect();
    tried.push(all.keys().cloned().collect());
    let is_text = mapping.contract.key[0].ty.to_string() == "text";
    let absent = [b"ORD-999".to_vec(), b"no".to_vec(), 999_u32.to_be_bytes().to_vec()];
    tried.extend(absent.into_iter().filter(|key| is_text || key.len() == 4).map(|key| BTreeSet::from([key])));
    let mut queried = 0;
    for keys in &tried {
        let (rows, _) = fetched(mapping, keys);
        queried += usize::from(fetch_by_query(mapping, keys, &mut |_| ControlFlow::Continue(())).unwrap().is_some());
        for key in keys {
            let found = rows.found.get(key).map(|row| (row.rows, row.fields.clone()));
            let text = String::from_utf8_lossy(key);
            // The message of a row names its number.
            let outline =
                |found: Option<(u64, Result<Vec<u8>, String>)>| found.map(|(rows, fields)| (rows, fields.ok()));
            assert_eq!(outline(found), outline(all.get(key).cloned()), "{name}, key {text:?} of {}", keys.len());
        }
        if rows.found.len() < keys.len() {
            assert_eq!(rows.rows_without_key > 0, without_key > 0, "{name}: a key without a row is certain, or not");
        }
    }
    queried
}

/// Checks every way of making a key with a source of each type of column.
fn check_all(source: &str, column: &str, least_queried: usize) {
    let mut queried = 0;
    for (key, map) in KEYS {
        let bench = Bench::new(&contract(key));
        let mapping = bench.mapping(&format!("{source}[field.id]\n{map}\n[field.amount]\ncolumn = \"amount\"\n"));
        queried += check(&mapping, &format!("{column}, {key}, {map}"));
    }
    assert!(queried >= least_queried, "{column}: only {queried} were answered by a query");
}

fn inserts(table: &str, ids: &[&str]) -> String {
    let rows = ids.iter().enumerate().map(|(index, id)| format!("({id}, {index})"));
    format!("INSERT INTO {table} (id, amount) VALUES {};", rows.collect::<Vec<_>>().join(", "))
}

#[test]
fn a_query_in_sqlite_finds_what_a_full_read_finds() {
    let both = [&INTS[..], &TEXTS, &["7.0", "x'37'", "9223372036854775807"]].concat();
    let once: Vec<&str> =
        INTS.iter().copied().filter(|id| *id != "NULL").collect::<BTreeSet<_>>().into_iter().collect();
    for (column, ids, least) in [
        ("id INTEGER PRIMARY KEY", once.as_slice(), 60),
        ("id", both.as_slice(), 60),
        ("id INTEGER", both.as_slice(), 60),
        ("id TEXT COLLATE NOCASE", both.as_slice(), 60),
        ("id NUMERIC", both.as_slice(), 60),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stock.sqlite");
        let database = rusqlite::Connection::open(&path).unwrap();
        database.execute_batch(&format!("CREATE TABLE stock ({column}, amount); {}", inserts("stock", ids))).unwrap();
        let source = format!("[source]\nkind = \"sqlite\"\npath = '{}'\ntable = \"stock\"\n", path.display());
        check_all(&source, column, least);
    }
}

#[test]
fn one_row_of_many_is_read_where_the_key_leads_back_to_it() {
    let bench = Bench::new(&contract("type = \"text\"\ntrim = true\ncase = \"upper\""));
    let database = rusqlite::Connection::open(bench.path("stock.sqlite")).unwrap();
    database.execute_batch("CREATE TABLE stock (id INTEGER PRIMARY KEY, ref TEXT, amount)").unwrap();
    database
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
             INSERT INTO stock SELECT i, 'ord-' || i, i FROM n",
        )
        .unwrap();
    let mapping = |map: &str| {
        bench.mapping(&format!(
            "[source]\nkind = \"sqlite\"\npath = \"stock.sqlite\"\ntable = \"stock\"\n[field.id]\n{map}\n\
             [field.amount]\ncolumn = \"amount\"\n"
        ))
    };
    let key = |text: &str| BTreeSet::from([text.as_bytes().to_vec()]);
    let by_number = mapping("concat = [{ text = \"ord-\" }, { column = \"id\" }]");
    let by_text = mapping("column = \"ref\"");
    assert_eq!(fetched(&by_number, &key("ORD-4711")).1, 1);
    assert_eq!(fetched(&by_text, &key("ORD-4711")).1, 5000, "trim and case have no inverse");
    let many: BTreeSet<_> = (1..=2500).map(|id| format!("ORD-{id}").into_bytes()).collect();
    let (rows, read) = fetched(&by_number, &many);
    assert_eq!((rows.found.len(), read), (2500, 2500));
}

#[cfg(feature = "postgres")]
#[test]
fn a_query_in_postgres_finds_what_a_full_read_finds() {
    let Some(mut table) = super::postgres::Table::empty() else { return };
    for (index, (ty, ids, least)) in [
        ("int", INTS.as_slice(), 60),
        ("bigint", &[&INTS[..], &["-9223372036854775808", "9223372036854775807"]].concat(), 60),
        ("numeric", &INTS, 0),
        ("text", &TEXTS, 60),
        ("varchar(60)", &TEXTS, 60),
        ("char(40)", &TEXTS, 60),
        ("uuid", &TEXTS[13..], 2),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("t{index}");
        let create = format!("CREATE TABLE {name} (id {ty}, amount int); {}", inserts(&name, ids));
        table.client.batch_execute(&create).unwrap();
        check_all(&table.source(&name), ty, least);
    }
}

#[cfg(feature = "mysql")]
#[test]
fn a_query_in_mysql_finds_what_a_full_read_finds() {
    use mysql::prelude::Queryable;
    let Some(mut table) = super::mysql::Table::empty() else { return };
    for (ty, ids, least) in [
        ("INT", INTS.as_slice(), 60),
        ("BIGINT", &[&INTS[..], &["-9223372036854775808", "9223372036854775807"]].concat(), 60),
        ("DECIMAL(20)", &INTS, 0),
        ("VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", &TEXTS, 60),
        ("VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", &TEXTS, 60),
        ("VARCHAR(60) CHARACTER SET latin1", &TEXTS, 60),
        ("CHAR(40) CHARACTER SET utf8mb4", &TEXTS, 60),
        ("ENUM('7', 'ord-7', '77')", &["'7'", "'ord-7'", "'77'", "NULL"], 0),
    ] {
        let name = table.name.clone();
        table.connection.query_drop(format!("DROP TABLE IF EXISTS {name}")).unwrap();
        table.connection.query_drop(format!("CREATE TABLE {name} (id {ty}, amount INT)")).unwrap();
        table.connection.query_drop(inserts(&name, ids)).unwrap();
        check_all(&table.source(), ty, least);
    }
}
