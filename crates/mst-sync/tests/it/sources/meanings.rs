//! One meaning, one value: for each meaning, every source that can hold it gives the same canonical bytes; and a value
//! with several meanings is refused. docs/MAPPING.md states the rules that this table tests.

use super::Bench;

/// A meaning, and how each source holds it; a source that cannot hold it has nothing.
struct Meaning {
    ty: &'static str,
    /// Rules of the field.
    rules: &'static str,
    ndjson: &'static str,
    csv: &'static str,
    /// A type, and a literal.
    sqlite: Option<(&'static str, &'static str)>,
    /// A type, and a literal.
    postgres: &'static [(&'static str, &'static str)],
    /// A type, and a literal.
    #[cfg_attr(not(feature = "mysql"), allow(dead_code))]
    mysql: &'static [(&'static str, &'static str)],
    /// More of the mapping, for SQL only: times without zone.
    zone: &'static str,
}

const NONE: Meaning =
    Meaning { ty: "", rules: "", ndjson: "", csv: "", sqlite: None, postgres: &[], mysql: &[], zone: "" };
const UTC: &str = "time = { zone = \"UTC\" }\n";
const FLOATS: &str = "floats = \"shortest\"\n";

const MEANINGS: &[Meaning] = &[
    Meaning {
        ty: "i64",
        ndjson: "9223372036854775807",
        csv: "9223372036854775807",
        sqlite: Some(("INTEGER", "9223372036854775807")),
        postgres: &[
            ("bigint", "9223372036854775807"),
            ("numeric", "9223372036854775807.00"),
            ("text", "'9223372036854775807'"),
        ],
        mysql: &[("BIGINT", "9223372036854775807"), ("DECIMAL(30,2)", "9223372036854775807")],
        ..NONE
    },
    Meaning {
        ty: "i64",
        ndjson: "-9223372036854775808",
        csv: "-9223372036854775808",
        sqlite: Some(("INT", "-9223372036854775808")),
        postgres: &[("bigint", "'-9223372036854775808'")],
        mysql: &[("BIGINT", "-9223372036854775808")],
        ..NONE
    },
    Meaning {
        ty: "u64",
        ndjson: "18446744073709551615",
        csv: "1.8446744073709551615e19",
        sqlite: Some(("TEXT", "'18446744073709551615'")),
        postgres: &[("numeric(20)", "18446744073709551615"), ("bit(64)", "~0::bit(64)")],
        mysql: &[("BIGINT UNSIGNED", "18446744073709551615"), ("BIT(64)", "18446744073709551615")],
        ..NONE
    },
    Meaning {
        ty: "u8",
        ndjson: "5",
        csv: "5",
        sqlite: Some(("INTEGER", "'5'")),
        postgres: &[("bit(3)", "'101'"), ("bit(8)", "'00000101'"), ("smallint", "5"), ("oid", "5")],
        mysql: &[("BIT(3)", "b'101'"), ("BIT(64)", "5"), ("INT(6) ZEROFILL", "5"), ("TINYINT UNSIGNED", "5")],
        ..NONE
    },
    Meaning { ty: "u16", ndjson: "2026", csv: "2026", mysql: &[("YEAR", "2026"), ("MEDIUMINT", "2026")], ..NONE },
    Meaning {
        ty: "decimal(2)",
        ndjson: "12.5",
        csv: "1250e-2",
        sqlite: Some(("BLOB", "'12.50'")),
        postgres: &[("numeric(10,2)", "12.5"), ("numeric", "12.500"), ("text", "'12.5'")],
        mysql: &[("DECIMAL(10,2)", "12.5"), ("DECIMAL(6,3) ZEROFILL", "12.5"), ("VARCHAR(9)", "'12.5'")],
        ..NONE
    },
    Meaning {
        ty: "decimal(2)",
        rules: FLOATS,
        ndjson: "0.1",
        csv: "0.1",
        sqlite: Some(("REAL", "0.1")),
        postgres: &[("real", "0.1"), ("double precision", "0.1")],
        mysql: &[("FLOAT", "0.1"), ("DOUBLE", "0.1")],
        ..NONE
    },
    Meaning {
        ty: "decimal(2)",
        rules: FLOATS,
        ndjson: "-7",
        csv: "-7",
        sqlite: Some(("REAL", "-7")),
        postgres: &[("real", "-7"), ("integer", "-7")],
        mysql: &[("FLOAT", "-7"), ("INT", "-7")],
        ..NONE
    },
    Meaning {
        ty: "bool",
        ndjson: "true",
        csv: "t",
        sqlite: Some(("BOOLEAN", "TRUE")),
        postgres: &[("boolean", "true"), ("bit(1)", "'1'"), ("text", "'yes'")],
        mysql: &[("BOOLEAN", "TRUE"), ("BIT(1)", "1"), ("CHAR(1)", "'y'")],
        ..NONE
    },
    Meaning {
        ty: "text",
        ndjson: r#""tab\tquote\"'back\\slash,new\nline\r\n\u0001 é👩‍💻 ""#,
        csv: "\"tab\tquote\"\"'back\\slash,new\nline\r\n\u{1} é👩‍💻 \"",
        sqlite: Some(("TEXT", "'tab\tquote\"''back\\slash,new\nline\r\n\u{1} é👩‍💻 '")),
        postgres: &[
            ("text", "E'tab\\tquote\"\\'back\\\\slash,new\\nline\\r\\n\\u0001 é👩‍💻 '"),
            ("varchar(99)", "E'tab\\tquote\"\\'back\\\\slash,new\\nline\\r\\n\\u0001 é👩‍💻 '"),
        ],
        mysql: &[
            ("VARCHAR(99)", "'tab\\tquote\"\\'back\\\\slash,new\\nline\\r\\n\u{1} é👩‍💻 '"),
            ("TEXT COLLATE utf8mb4_bin", "'tab\\tquote\"\\'back\\\\slash,new\\nline\\r\\n\u{1} é👩‍💻 '"),
        ],
        ..NONE
    },
    Meaning {
        ty: "text",
        ndjson: "\"\"",
        csv: "\"\"",
        sqlite: Some(("TEXT", "''")),
        postgres: &[("text", "''")],
        mysql: &[("VARCHAR(9)", "''"), ("CHAR(9)", "''"), ("TEXT", "''")],
        ..NONE
    },
    Meaning {
        ty: "text",
        ndjson: r#""\\N""#,
        csv: "\\N",
        sqlite: Some(("TEXT", "'\\N'")),
        postgres: &[("text", "'\\N'")],
        mysql: &[("VARCHAR(9)", "'\\\\N'")],
        ..NONE
    },
    Meaning {
        ty: "text",
        ndjson: "\"NULL\"",
        csv: "NULL",
        sqlite: Some(("TEXT", "'NULL'")),
        postgres: &[("text", "'NULL'")],
        mysql: &[("ENUM('NULL')", "'NULL'"), ("SET('NULL','b')", "'NULL'")],
        ..NONE
    },
    Meaning {
        ty: "bytes",
        ndjson: "\"00ff5c27\"",
        csv: "0x00FF5C27",
        sqlite: Some(("BLOB", "x'00ff5c27'")),
        postgres: &[("bytea", "'\\x00ff5c27'")],
        mysql: &[("VARBINARY(9)", "x'00ff5c27'"), ("BLOB", "x'00ff5c27'"), ("BINARY(4)", "x'00ff5c27'")],
        ..NONE
    },
    Meaning {
        ty: "date",
        ndjson: "\"2024-02-29\"",
        csv: "2024-02-29",
        sqlite: Some(("DATE", "'2024-02-29'")),
        postgres: &[("date", "'2024-02-29'")],
        mysql: &[("DATE", "'2024-02-29'")],
        ..NONE
    },
    Meaning {
        ty: "timestamp(us)",
        ndjson: "\"2026-03-29T00:30:00.000001Z\"",
        csv: "2026-03-29 02:30:00.000001+02:00",
        sqlite: Some(("TEXT", "'2026-03-29T00:30:00.000001Z'")),
        postgres: &[("timestamptz", "'2026-03-29 05:30:00.000001+05'"), ("timestamp", "'2026-03-29 00:30:00.000001'")],
        mysql: &[("DATETIME(6)", "'2026-03-29 00:30:00.000001'"), ("TIMESTAMP(6)", "'2026-03-29 06:15:00.000001'")],
        zone: UTC,
        ..NONE
    },
    Meaning {
        ty: "time(us)",
        ndjson: "\"12:34:56.5\"",
        csv: "12:34:56.500000",
        sqlite: Some(("TEXT", "'12:34:56.5'")),
        postgres: &[("time", "'12:34:56.5'"), ("text", "'12:34:56.50'")],
        mysql: &[("TIME(6)", "'12:34:56.5'"), ("TIME(1)", "'12:34:56.5'")],
        ..NONE
    },
    Meaning {
        ty: "uuid",
        ndjson: "\"00112233-4455-6677-8899-AABBCCDDEEFF\"",
        csv: "{00112233445566778899aabbccddeeff}",
        sqlite: Some(("BLOB", "x'00112233445566778899aabbccddeeff'")),
        postgres: &[("uuid", "'00112233445566778899aabbccddeeff'"), ("bytea", "'\\x00112233445566778899aabbccddeeff'")],
        mysql: &[
            ("BINARY(16)", "x'00112233445566778899aabbccddeeff'"),
            ("UUID", "'00112233-4455-6677-8899-aabbccddeeff'"),
        ],
        ..NONE
    },
];

fn bench(meaning: &Meaning) -> Bench {
    Bench::new(&format!(
        "version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"v\"\ntype = \"{}\"\nnull = \"allow\"\n{}",
        meaning.ty, meaning.rules
    ))
}

const FIELDS: &str = "[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n";

#[test]
fn one_meaning_has_one_value() {
    #[cfg(feature = "postgres")]
    let mut postgres = super::postgres::Table::empty();
    #[cfg(feature = "mysql")]
    let mut mysql = super::mysql::Table::empty();
    for meaning in MEANINGS {
        let bench = bench(meaning);
        bench.write("t.ndjson", format!("{{\"v\":{},\"id\":1}}\n{{\"id\":2,\"v\":null}}\n", meaning.ndjson));
        let expected = bench.root(&format!("[source]\nkind = \"ndjson\"\npath = \"t.ndjson\"\n{FIELDS}"));
        bench.write("t.csv", format!("id,v\n2,\n1,{}\n", meaning.csv));
        let csv = format!("[source]\nkind = \"csv\"\npath = \"t.csv\"\nempty = \"null\"\n{FIELDS}");
        let what = format!("{} {}", meaning.ty, meaning.ndjson);
        assert_eq!(bench.root(&csv), expected, "{what} in CSV");
        if let Some((ty, literal)) = meaning.sqlite {
            let database = rusqlite::Connection::open(bench.path("t.sqlite")).unwrap();
            let rows = format!(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, v {ty}) ; INSERT INTO t VALUES (2, NULL), (1, {literal})"
            );
            database.execute_batch(&rows).unwrap();
            let sqlite = format!("[source]\nkind = \"sqlite\"\npath = \"t.sqlite\"\ntable = \"t\"\n{FIELDS}");
            assert_eq!(bench.root(&sqlite), expected, "{what} in SQLite {ty}");
        }
        #[cfg(feature = "postgres")]
        if let Some(table) = &mut postgres {
            for (ty, literal) in meaning.postgres {
                let rows = format!(
                    "DROP TABLE IF EXISTS t; CREATE TABLE t (id int, v {ty}); INSERT INTO t VALUES (2, NULL), (1, {literal})"
                );
                table.client.batch_execute(&rows).unwrap();
                assert_eq!(
                    bench.root(&(table.source("t") + FIELDS + meaning.zone)),
                    expected,
                    "{what} in PostgreSQL {ty}"
                );
            }
        }
        #[cfg(feature = "mysql")]
        if let Some(table) = &mut mysql {
            use mysql::prelude::Queryable;
            for (ty, literal) in meaning.mysql {
                table.connection.query_drop(format!("DROP TABLE IF EXISTS {}", table.name)).unwrap();
                let create = format!("CREATE TABLE {} (id INT, v {ty} NULL) CHARACTER SET utf8mb4", table.name);
                // An older server may not have the type.
                if table.connection.query_drop(create).is_err() {
                    assert_eq!(*ty, "UUID");
                    continue;
                }
                table
                    .connection
                    .query_drop(format!("INSERT INTO {} VALUES (2, NULL), (1, {literal})", table.name))
                    .unwrap();
                assert_eq!(bench.root(&(table.source() + FIELDS + meaning.zone)), expected, "{what} in MySQL {ty}");
            }
        }
    }
}

/// Values whose meaning a contract cannot have, or that a source writes in one of several ways.
#[cfg(feature = "postgres")]
#[test]
fn postgres_values_beyond_a_contract_are_refused() {
    let Some(mut table) = super::postgres::Table::empty() else { return };
    for (field, ty, literal, words) in [
        ("u8", "varbit", "'0101'", &["column \"v\"", "bit varying"][..]),
        ("text", "varbit(8)", "'0101'", &["bit varying"]),
        ("i64", "bit(65)", "1::bit(65)", &["row 1", "65 bits"]),
        ("decimal(2)", "money", "'1.5'", &["column \"v\"", "money"]),
        ("decimal(2)", "numeric", "'NaN'", &["row 1", "NaN", "decimal number"]),
        ("decimal(2)", "numeric", "'Infinity'", &["row 1", "decimal number"]),
        ("decimal(2)", "double precision", "'-Infinity'", &["row 1", "floating-point"]),
        ("date", "date", "'infinity'", &["row 1", "infinity"]),
        ("timestamp(s)", "timestamptz", "'-infinity'", &["row 1", "infinity"]),
        ("timestamp(s)", "timestamp", "'2026-01-01 00:00'", &["row 1", "a time without zone"]),
        ("time(s)", "time", "'24:00:00'", &["row 1", "24:00:00"]),
        ("i64", "interval", "'1 month'", &["row 1", "P1M"]),
        ("i64", "int[]", "'{1}'", &["row 1", "JSON"]),
        ("text", "int[]", "'{1}'", &["row 1", "JSON"]),
        ("json", "date", "'2026-01-01'", &["row 1", "a date"]),
        ("json", "bytea", "'\\x00'", &["row 1", "bytes"]),
    ] {
        let bench = bench(&Meaning { ty: field, ..NONE });
        let rows =
            format!("DROP TABLE IF EXISTS t; CREATE TABLE t (v {ty}, id int); INSERT INTO t VALUES ({literal}, 7)");
        table.client.batch_execute(&rows).unwrap_or_else(|error| panic!("{ty}: {error}"));
        bench.refused(&(table.source("t") + FIELDS), words);
    }
    // The advice works.
    let bench = bench(&Meaning { ty: "decimal(2)", ..NONE });
    table
        .client
        .batch_execute("DROP TABLE t; CREATE TABLE t (v money, w varbit, id int); INSERT INTO t VALUES (1.5, '011', 7)")
        .unwrap();
    for (expression, value) in [("v::numeric", "1.50"), ("w::bit(3)", "3"), ("w::text", "11")] {
        bench.write("t.ndjson", format!("{{\"id\":7,\"v\":{value}}}\n"));
        let expected = bench.root(&format!("[source]\nkind = \"ndjson\"\npath = \"t.ndjson\"\n{FIELDS}"));
        let query = table.query(&format!("SELECT id, {expression} AS v FROM {}.t", table.schema));
        assert_eq!(bench.root(&(query + FIELDS)), expected, "{expression}");
    }
}

#[cfg(feature = "postgres")]
#[test]
fn tables_of_every_kind_are_read_in_postgres() {
    let Some(mut table) = super::postgres::Table::empty() else { return };
    let bench = bench(&Meaning { ty: "text", ..NONE });
    bench.write("t.ndjson", "{\"id\":1,\"v\":\"a\"}\n{\"id\":2,\"v\":\"b\"}\n");
    let expected = bench.root(&format!("[source]\nkind = \"ndjson\"\npath = \"t.ndjson\"\n{FIELDS}"));
    table
        .client
        .batch_execute(
            "CREATE TABLE plain (id int, v text); INSERT INTO plain VALUES (1, 'a'), (2, 'b'); \
             CREATE VIEW viewed AS SELECT * FROM plain; CREATE MATERIALIZED VIEW stored AS SELECT * FROM plain; \
             CREATE TABLE parts (id int, v text) PARTITION BY LIST (id); \
             CREATE TABLE part1 PARTITION OF parts FOR VALUES IN (1); CREATE TABLE part2 PARTITION OF parts FOR VALUES IN (2); \
             INSERT INTO parts SELECT * FROM plain; \
             CREATE TABLE made (n int, id int GENERATED ALWAYS AS (n + 0) STORED, v text); \
             INSERT INTO made (n, v) SELECT * FROM plain; \
             CREATE TABLE \"a.b \"\"c\" AS SELECT * FROM plain",
        )
        .unwrap();
    for name in ["plain", "viewed", "stored", "parts", "made"] {
        assert_eq!(bench.root(&(table.source(name) + FIELDS)), expected, "{name}");
    }
    let quoted =
        table.source("X").replace(&format!("\"{}.X\"", table.schema), &format!("'{}.\"a.b \"\"c\"'", table.schema));
    assert_eq!(bench.root(&(quoted + FIELDS)), expected);
}

#[cfg(feature = "mysql")]
#[test]
fn mysql_values_beyond_a_contract_are_refused() {
    use mysql::prelude::Queryable;
    let Some(mut table) = super::mysql::Table::empty() else { return };
    table.connection.query_drop("SET sql_mode = ''").unwrap();
    for (field, ty, literal, words) in [
        ("date", "DATE", "'0000-00-00'", &["row 1", "0000-00-00"][..]),
        ("date", "DATE", "'2026-00-00'", &["row 1", "2026-00-00"]),
        ("timestamp(s)", "DATETIME", "'0000-00-00 00:00:00'", &["row 1", "0000-00-00"]),
        ("timestamp(s)", "DATETIME", "'2026-01-01 00:00:00'", &["row 1", "a time without zone"]),
        ("time(s)", "TIME", "'-00:00:01'", &["row 1", "-00:00:01"]),
        ("time(s)", "TIME", "'838:59:59'", &["row 1", "838:59:59"]),
        ("bytes", "POINT", "POINT(1, 2)", &["column \"v\"", "geometry"]),
        ("decimal(2)", "DOUBLE", "0.1", &["row 1", "floating-point"]),
        ("text", "VARBINARY(9)", "'a'", &["row 1", "bytes"]),
        ("u8", "SMALLINT", "-1", &["row 1", "range"]),
    ] {
        let bench = bench(&Meaning { ty: field, ..NONE });
        table.connection.query_drop(format!("DROP TABLE IF EXISTS {}", table.name)).unwrap();
        table.connection.query_drop(format!("CREATE TABLE {} (v {ty}, id INT)", table.name)).unwrap();
        table.connection.query_drop(format!("INSERT INTO {} VALUES ({literal}, 7)", table.name)).unwrap();
        bench.refused(&(table.source() + FIELDS), words);
    }
}

#[test]
fn sqlite_gives_each_cell_as_it_stores_it() {
    let text = bench(&Meaning { ty: "text", ..NONE });
    let database = rusqlite::Connection::open(text.path("t.sqlite")).unwrap();
    database
        .execute_batch(
            "CREATE TABLE t (id TEXT PRIMARY KEY, v INTEGER, n GENERATED ALWAYS AS (v || '!')) WITHOUT ROWID; \
             INSERT INTO t VALUES (1, 'five'), (2, '5'), (3, NULL); CREATE VIEW w AS SELECT id, v FROM t; \
             CREATE TABLE \"m.n\" AS SELECT * FROM t; CREATE TABLE floats (id, v INTEGER); INSERT INTO floats VALUES (1, 5.5)",
        )
        .unwrap();
    let source = |table: &str| format!("[source]\nkind = \"sqlite\"\npath = \"t.sqlite\"\ntable = '{table}'\n{FIELDS}");
    text.write("t.ndjson", "{\"id\":1,\"v\":\"five\"}\n{\"id\":2,\"v\":\"5\"}\n{\"id\":3}\n");
    let expected = text.root(&format!("[source]\nkind = \"ndjson\"\npath = \"t.ndjson\"\n{FIELDS}"));
    // A whole number in an INTEGER column is a whole number, whatever was written; other text stays text.
    for table in ["t", "w", "main.t", "\"m.n\"", "main.\"m.n\""] {
        assert_eq!(text.root(&source(table)), expected, "{table}");
    }
    assert!(text.root(&source("t").replace("\"v\"", "\"n\"")) != expected);
    text.refused(&source("floats"), &["row 1", "5.5", "floating-point"]);
    text.refused(&source("none"), &["no such table"]);
    text.refused(&source("t").replace("\"v\"", "\"V\""), &["no column \"V\""]);
    let numbers = bench(&Meaning { ty: "i64", ..NONE });
    std::fs::copy(text.path("t.sqlite"), numbers.path("t.sqlite")).unwrap();
    numbers.refused(&source("t"), &["row 1", "five"]);
    let query = "[source]\nkind = \"sqlite\"\npath = \"t.sqlite\"\nquery = \"SELECT 1 AS id, 1 AS v, 2 AS V\"\n";
    numbers.refused(&format!("{query}{FIELDS}"), &["several columns \"v\""]);
}
