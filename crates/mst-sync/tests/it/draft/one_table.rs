//! A contract for a single table: its key, its types, and that it takes the rows that were not sampled.

use mst_sync::draft::{KeyError, OneTable, UniqueKey, draft_one};
use mst_sync::mapping::Mapping;
use mst_sync::source::Cell;

use super::rendered::{data, id, mixed, text};
use super::{Data, records};

fn draft(data: &Data) -> OneTable {
    draft_one(&data.table(), None).unwrap()
}

fn mapping(draft: &OneTable) -> Mapping {
    let folder = tempfile::tempdir().unwrap();
    let rendered = draft.render("[source]\nkind = \"sqlite\"\npath = \"x.sqlite\"\ntable = \"t\"\n");
    std::fs::write(folder.path().join("contract.toml"), &rendered.contract).unwrap();
    Mapping::parse(&rendered.mapping, &folder.path().join("mapping.toml"))
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", rendered.contract, rendered.mapping))
}

fn broken(draft: &OneTable, data: &Data) -> usize {
    let records = records(&mapping(draft), data);
    records.values().flat_map(|fields| fields.values()).filter(|bytes| bytes.is_none()).count()
}

type Make = fn(usize) -> Cell<'static>;

/// The type of a column with these cells; `None` for what is declared if nothing is.
#[test]
fn types_hold_the_values_exactly() {
    let columns: [(&str, Option<&str>, bool, Make); 28] = [
        ("i64", None, false, |row| Cell::Int(row as i128)),
        ("decimal(0)", None, false, |_| Cell::Int(i128::from(u64::MAX))),
        ("decimal(0)", Some("bigint unsigned"), false, |row| Cell::Int(row as i128)),
        ("decimal(4)", Some("numeric(12,4)"), false, |_| Cell::Number { text: "1.5".into(), shift: 0 }),
        ("decimal(2)", None, false, |_| Cell::Number { text: "1.5".into(), shift: 0 }),
        ("decimal(3)", Some("numeric"), false, |_| Cell::Number { text: "1.125".into(), shift: 0 }),
        ("decimal(2)", Some("DECIMAL(10,2)"), false, |_| Cell::Float64(12.5)),
        ("decimal(20)", Some("double precision"), false, |row| Cell::Float64(row as f64 / 3.0)),
        ("decimal(2)", Some("REAL"), false, |row| Cell::Int(row as i128)),
        ("bool", None, false, |row| Cell::Bool(row % 2 == 0)),
        ("bool", Some("BOOLEAN"), false, |row| Cell::Int(row as i128 % 2)),
        ("date", None, false, |row| Cell::Date(row as i32)),
        ("timestamp(us)", None, false, |row| Cell::Instant(row as i128 * 1_000_000_000)),
        ("timestamp(ns)", None, false, |row| Cell::Instant(row as i128)),
        ("text", None, false, |row| Cell::Local(row as i128 * 1_000_000_000)),
        ("time(us)", None, false, |row| Cell::Time(row as i128 * 1_000_000_000)),
        ("bytes", None, false, |row| Cell::Bytes(vec![row as u8; 16].into())),
        ("uuid", Some("uuid"), false, |row| text(format!("00112233-4455-6677-8899-{row:012x}"))),
        ("json", None, false, |row| if row == 0 { Cell::Null } else { Cell::Json("{\"a\": 1}".into()) }),
        ("text", Some("varchar(20)"), false, |row| text(row.to_string())),
        ("text", None, false, |row| if row == 0 { Cell::Int(1) } else { text("x") }),
        // Texts of a source that has nothing but texts.
        ("i64", None, true, |row| text(row.to_string())),
        ("text", None, true, |row| text(format!("{row:05}"))),
        ("decimal(2)", None, true, |row| text(format!("{row}.50"))),
        ("text", None, true, |row| text(if row == 3 { "1.5" } else { "1.50" })),
        ("date", None, true, |row| text(format!("2026-01-{:02}", row % 28 + 1))),
        ("timestamp(us)", None, true, |row| text(format!("2026-01-01T00:00:{:02}Z", row % 60))),
        ("text", None, true, |row| text(if row == 5 { "n/a".to_owned() } else { row.to_string() })),
    ];
    for (index, (expected, declared, is_csv, make)) in columns.into_iter().enumerate() {
        let data = Data { empty_is_open: is_csv, ..data("t", 40, &[("id", &id), ("c", &make)]) };
        let mut table = data.table();
        table.columns[1].declared = declared.map(str::to_owned);
        let draft = draft_one(&table, None).unwrap();
        assert_eq!(draft.fields[0].field.ty.to_string(), expected, "column {index}");
        assert_eq!(broken(&draft, &data), 0, "column {index}: {draft:?}");
    }
}

/// What is declared decides where no row has a value; every such draft is a valid contract and takes the values.
#[test]
fn columns_without_a_value_are_what_is_declared() {
    for (declared, expected) in [
        ("integer", "i64"),
        ("bigint(20) unsigned", "decimal(0)"),
        ("numeric(8,3)", "decimal(3)"),
        ("numeric(8)", "decimal(0)"),
        ("boolean", "bool"),
        ("date", "date"),
        ("timestamp with time zone", "timestamp(us)"),
        ("timestamp without time zone", "text"),
        ("time without time zone", "time(us)"),
        ("jsonb", "json"),
        ("uuid", "uuid"),
        ("bytea", "bytes"),
        ("interval", "text"),
        ("character varying(20)", "text"),
        ("integer[]", "json"),
        ("point", "text"),
        ("", "text"),
    ] {
        let data = data("t", 10, &[("id", &id), ("c", &|_| Cell::Null)]);
        let mut table = data.table();
        table.columns[1].declared = Some(declared.to_owned());
        let draft = draft_one(&table, None).unwrap();
        assert_eq!(draft.fields[0].field.ty.to_string(), expected, "{declared}");
        assert_eq!(broken(&draft, &data), 0, "{declared}");
    }
}

/// Rows that were not sampled are longer than all that were, and still in the type.
#[test]
fn later_rows_are_within_the_types() {
    let sampled = data("t", 200, &[("id", &id), ("n", &id), ("at", &|row| Cell::Instant(row as i128 * 1_000_000_000))]);
    let draft = draft(&sampled);
    let later = data(
        "t",
        200,
        &[
            ("id", &|row| Cell::Int(i128::from(i64::MAX) - row as i128)),
            ("n", &|row| Cell::Int(i128::from(i64::MIN) + row as i128)),
            ("at", &|row| Cell::Instant(row as i128 * 1_000)),
        ],
    );
    assert_eq!(broken(&draft, &later), 0);
}

#[test]
fn the_key_is_found_in_this_order() {
    let email = |row: usize| text(format!("{}@example.org", mixed(row)));
    let state = |row: usize| text(["a", "b"][row % 2]);
    let unique = |columns: &[&str], is_primary| UniqueKey {
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        is_primary,
    };
    let three =
        |names: [&'static str; 3]| data("orders", 60, &[(names[0], &id), (names[1], &email), (names[2], &state)]);
    for (data, declared, given, expected) in [
        (three(["id", "mail", "state"]), vec![], Some("mail"), Ok("mail")),
        (
            three(["id", "mail", "state"]),
            vec![unique(&["mail"], false), unique(&["state", "id"], true)],
            None,
            Ok("state,id"),
        ),
        (three(["id", "mail", "state"]), vec![unique(&["mail"], false)], None, Ok("mail")),
        (three(["id", "mail", "state"]), vec![], None, Ok("id")),
        (three(["number", "x_id", "y"]), vec![], None, Err("several columns could be the key: number; x_id")),
        (three(["order_no", "customer_id", "y"]), vec![], None, Ok("order_no")),
        (three(["a", "mail", "state"]), vec![], None, Err("several columns could be the key: a; mail")),
        (data("t", 60, &[("s", &state), ("m", &email)]), vec![], None, Ok("m")),
        (
            data("t", 60, &[("s", &state)]),
            vec![],
            None,
            Err("no column of t is unique and never null: name the columns of the key"),
        ),
        (three(["id", "mail", "state"]), vec![], Some("mial"), Err("no column mial in orders; there are mail,")),
    ] {
        let mut table = data.table();
        table.unique = declared;
        let key = given.map(|name| vec![name.to_owned()]);
        let found = draft_one(&table, key.as_deref());
        let names = found.map(|draft| draft.key.iter().map(|one| one.column.clone()).collect::<Vec<_>>().join(","));
        match (names.map_err(|error: KeyError| error.to_string()), expected) {
            (Ok(names), Ok(expected)) => assert_eq!(names, expected),
            (Err(error), Err(expected)) => assert!(error.starts_with(expected), "{error}"),
            (found, expected) => panic!("{found:?} and not {expected:?}"),
        }
    }
}

#[test]
fn names_and_values_of_any_kind_are_written() {
    let odd = "a \"b\"\\c\n.[d] = #é\u{7f}";
    let data = data("le\nft", 30, &[("i\"d", &id), (odd, &|row| text(format!("{odd}{row}")))]);
    let draft = draft_one(&data.table(), Some(&["i\"d".to_owned()])).unwrap();
    assert_eq!(broken(&draft, &data), 0);
    assert_eq!(draft.render("[source]").contract.matches("# The key: it was given.\n").count(), 1);
}

/// An empty value of a CSV file is no value, and the draft says what the source needs for that.
#[test]
fn empty_values_of_csv_files_are_null() {
    let sparse = |row: usize| if row.is_multiple_of(3) { Cell::Empty } else { text(row.to_string()) };
    let data = Data { empty_is_open: true, ..data("t", 60, &[("id", &|row| text(row.to_string())), ("c", &sparse)]) };
    let draft = draft(&data);
    assert_eq!(draft.csv_empty, Some(mst_sync::source::EmptyValue::Null));
    assert_eq!((draft.fields[0].field.ty.to_string(), draft.fields[0].field.rules.nullable), ("i64".to_owned(), true));
    assert_eq!(broken(&draft, &data), 0);
}
