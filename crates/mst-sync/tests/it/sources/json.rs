//! A JSON string is a JSON string, whatever the source; and text is a JSON text only if a source has no type for JSON,
//! or the mapping says so.

use super::Bench;

const CONTRACT: &str = "version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"v\"\n\
                        type = \"json\"\nnull = \"allow\"\n";

/// JSON values that all differ.
const VALUES: [&str; 18] = [
    "null",
    r#""null""#,
    "5",
    r#""5""#,
    r#""5.0""#,
    "true",
    r#""true""#,
    r#"{"a":1}"#,
    r#""{\"a\":1}""#,
    r#"{"a":"1"}"#,
    r#""plain""#,
    r#""""#,
    r#"" ""#,
    r#"[1,"2",null]"#,
    r#""[1,\"2\",null]""#,
    r#""\\\"\n\u0001é""#,
    r#""\"5\"""#,
    "12345678901234567890123456789.5",
];

fn mapping(source: &str, field: &str) -> String {
    format!("[source]\n{source}\n[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n{field}\n")
}

fn ndjson(bench: &Bench, values: &[&str]) -> String {
    let lines: Vec<_> =
        values.iter().enumerate().map(|(id, value)| format!("{{\"id\":{id},\"v\":{value}}}\n")).collect();
    bench.write("t.ndjson", lines.concat());
    mapping("kind = \"ndjson\"\npath = \"t.ndjson\"", "")
}

/// A text that is no value, `"x"` as a CSV file has it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[test]
fn json_values_that_differ_never_have_one_root() {
    let bench = Bench::new(CONTRACT);
    let mut seen = Vec::new();
    for value in VALUES {
        let root = bench.root(&ndjson(&bench, &[value]));
        assert!(!seen.contains(&root), "{value}");
        seen.push(root);
    }
    assert_eq!(bench.root(&ndjson(&bench, &["5.0e0"])), bench.root(&ndjson(&bench, &["5"])));
    bench.write("t.ndjson", "{\"id\":0}\n");
    assert_eq!(bench.root(&mapping("kind = \"ndjson\"\npath = \"t.ndjson\"", "")), seen[0], "a missing member is null");
}

#[test]
fn files_that_have_no_type_for_json_have_json_texts() {
    let bench = Bench::new(CONTRACT);
    let expected = bench.root(&ndjson(&bench, &VALUES));
    let lines: Vec<_> = VALUES.iter().enumerate().map(|(id, value)| format!("{id},{}\n", quoted(value))).collect();
    bench.write("t.csv", format!("id,v\n{}", lines.concat()));
    assert_eq!(bench.root(&mapping("kind = \"csv\"\npath = \"t.csv\"", "")), expected, "csv");
    let database = rusqlite::Connection::open(bench.path("t.sqlite")).unwrap();
    database.execute_batch("CREATE TABLE t (id INTEGER, v TEXT)").unwrap();
    for (id, value) in VALUES.iter().enumerate() {
        database.execute("INSERT INTO t VALUES (?, ?)", (i64::try_from(id).unwrap(), value)).unwrap();
    }
    let sqlite = "kind = \"sqlite\"\npath = \"t.sqlite\"\ntable = \"t\"";
    assert_eq!(bench.root(&mapping(sqlite, "")), expected, "sqlite");

    // The mapping says that this text is a string.
    bench.write("t.csv", "id,v\n0,plain\n1,5\n");
    bench.refused(&mapping("kind = \"csv\"\npath = \"t.csv\"", ""), &["row 2", "no JSON"]);
    let strings = bench.root(&ndjson(&bench, &[r#""plain""#, r#""5""#]));
    assert_eq!(bench.root(&mapping("kind = \"csv\"\npath = \"t.csv\"", "decode = \"string\"")), strings);
}

#[test]
fn a_string_that_holds_a_json_text_is_read_if_the_mapping_says_so() {
    let bench = Bench::new(CONTRACT);
    let text = r#""{\"a\":\"5\",\"b\":7}""#;
    let string = ndjson(&bench, &[text]);
    let decoded = string.clone() + "decode = \"json\"\n";
    assert_eq!(bench.root(&decoded), bench.root(&ndjson(&bench, &[r#"{"b":7,"a":"5"}"#])));
    // A part of JSON that is a string stays a string.
    for (path, value) in [("/a", r#""5""#), ("/b", "7")] {
        let expected = bench.root(&ndjson(&bench, &[value]));
        ndjson(&bench, &[r#"{"a":"5","b":7}"#]);
        assert_eq!(bench.root(&format!("{string}path = \"{path}\"\n")), expected);
        bench.write("p.csv", "id,v\n0,\"{\"\"a\"\":\"\"5\"\",\"\"b\"\":7}\"\n");
        let csv = mapping("kind = \"csv\"\npath = \"p.csv\"", &format!("path = \"{path}\""));
        assert_eq!(bench.root(&csv), expected, "csv {path}");
    }
    let text_field = Bench::new(
        "version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"v\"\ntype = \"text\"\n",
    );
    for decode in ["json", "string"] {
        let text = format!("version = 1\ncontract = \"contract.toml\"\n{string}decode = \"{decode}\"\n");
        let error = mst_sync::mapping::Mapping::parse(&text, &text_field.path("m.toml")).unwrap_err().to_string();
        assert!(error.contains("of the type json"), "{error}");
    }
}

#[cfg(feature = "postgres")]
#[test]
fn json_that_postgres_exports_is_what_is_read_from_it() {
    let Some(mut table) = super::postgres::Table::empty() else { return };
    let bench = Bench::new(CONTRACT);
    table.client.batch_execute("CREATE TYPE pair AS (a int, b text); CREATE TYPE mood AS ENUM ('ok', '5')").unwrap();
    table.client.batch_execute("CREATE DOMAIN ints AS int[]").unwrap();
    for (ty, values) in [
        ("jsonb", &[r#""5""#, "5", r#""null""#, "null", r#"{"b": [1, 2.50, "x"], "a": null}"#, r#""{\"a\":1}""#][..]),
        ("json", &[r#" {"b" : 1, "a":"\u00e9"} "#, r#""\"5\"""#, "1e2", "[ ]"]),
        ("text", &["5", "null", "true", "{\"a\":1}", "", "a\"b\\c\nd\te\u{1}", "\\N", "é\u{1f600}"]),
        ("varchar(9)", &["5", "plain"]),
        ("mood", &["ok", "5"]),
        ("uuid", &["00112233-4455-6677-8899-aabbccddeeff"]),
        ("inet", &["10.0.0.1/8"]),
        ("integer", &["-7"]),
        ("bigint", &["9223372036854775807"]),
        ("numeric", &["12.50", "0.000000000000000000001", "1e50"]),
        ("boolean", &["t", "f"]),
        ("int[]", &["{1,2,NULL}", "{}", "{{1,2},{3,4}}"]),
        ("ints", &["{1,2}"]),
        ("text[]", &["{a,5,NULL,\"NULL\",\"x,\\\"y\"}"]),
        ("numeric[]", &["{1.50,2}"]),
        ("boolean[]", &["{t,f}"]),
        ("jsonb[]", &[r#"{"\"5\"","{\"a\": 1}"}"#]),
        ("pair", &["(1,\"x,\"\"y\")", "(,)"]),
        ("pair[]", &["{\"(1,a)\"}"]),
    ] {
        table.client.batch_execute("DROP TABLE IF EXISTS t").unwrap();
        table.client.batch_execute(&format!("CREATE TABLE t (id int, v {ty})")).unwrap();
        for (id, value) in values.iter().enumerate() {
            let insert = format!("INSERT INTO t VALUES ({id}, '{}')", value.replace('\'', "''"));
            table.client.batch_execute(&insert).unwrap();
        }
        table.client.batch_execute(&format!("INSERT INTO t VALUES ({}, NULL)", values.len())).unwrap();
        let lines = table.client.query("SELECT row_to_json(t)::text FROM t", &[]).unwrap();
        let lines: String = lines.iter().map(|line| line.get::<_, String>(0) + "\n").collect();
        bench.write("export.ndjson", lines);
        let exported = bench.root(&mapping("kind = \"ndjson\"\npath = \"export.ndjson\"", ""));
        let fields = "[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n";
        assert_eq!(bench.root(&(table.source("t") + fields)), exported, "{ty}");
        let query = table.query(&format!("SELECT * FROM {}.t -- all", table.schema));
        assert_eq!(bench.root(&(query + fields)), exported, "{ty}, query");
    }
    // The mapping says that a text column holds JSON texts.
    table.client.batch_execute("DROP TABLE t; CREATE TABLE t (id int, v text)").unwrap();
    for (id, value) in VALUES.iter().enumerate() {
        table.client.execute("INSERT INTO t VALUES ($1, $2)", &[&i32::try_from(id).unwrap(), value]).unwrap();
    }
    let source = table.source("t") + "[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\ndecode = \"json\"\n";
    assert_eq!(bench.root(&source), bench.root(&ndjson(&bench, &VALUES)));
}

#[cfg(feature = "mysql")]
#[test]
fn json_of_mysql_is_json_in_tables_views_and_queries() {
    use mysql::prelude::Queryable;
    let Some(mut table) = super::mysql::Table::empty() else { return };
    let bench = Bench::new(CONTRACT);
    let name = table.name.clone();
    table
        .connection
        .query_drop(format!("CREATE TABLE {name} (id INT, v JSON, t LONGTEXT) CHARACTER SET utf8mb4"))
        .unwrap();
    for (id, value) in VALUES.iter().enumerate() {
        let values = (id, Some(*value), Some(*value));
        table.connection.exec_drop(format!("INSERT INTO {name} VALUES (?, ?, ?)"), values).unwrap();
    }
    let fields = |column: &str| format!("[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"{column}\"\n");
    let expected = bench.root(&ndjson(&bench, &VALUES));
    assert_eq!(bench.root(&(table.source() + &fields("v"))), expected, "table");
    let query = |query: &str| {
        format!("[source]\nkind = \"mysql\"\nurl-env = \"{}\"\nquery = \"{query}\"\n", super::mysql::VARIABLE)
    };
    let maria: String = table.connection.query_first("SELECT VERSION()").unwrap().unwrap();
    // MariaDB shows no check in a query and in a view: the mapping has to say what the text is.
    let is_said = if maria.contains("MariaDB") { "decode = \"json\"\n" } else { "" };
    let selected = query(&format!("SELECT * FROM {name}")) + &fields("v");
    assert_eq!(bench.root(&(selected.clone() + is_said)), expected, "query");
    if !is_said.is_empty() {
        bench.refused(&selected, &["text that may be JSON or a string", "decode = \"json\" or decode = \"string\""]);
    }
    table.connection.query_drop(format!("CREATE VIEW {name}_v AS SELECT * FROM {name}")).unwrap();
    let view = table.source().replace(&name, &format!("{name}_v"));
    let viewed = bench.root(&(view + &fields("v") + is_said));
    table.connection.query_drop(format!("DROP VIEW {name}_v")).unwrap();
    assert_eq!(viewed, expected, "view");
    // A column of text is text, unless the mapping says what is in it.
    let strings: Vec<_> = VALUES.iter().map(|value| serde_json::to_string(value).unwrap()).collect();
    let strings: Vec<&str> = strings.iter().map(String::as_str).collect();
    let strings = bench.root(&ndjson(&bench, &strings));
    assert_eq!(bench.root(&(table.source() + &fields("t"))), strings, "text");
    let text = query(&format!("SELECT * FROM {name}")) + &fields("t") + "decode = \"string\"\n";
    assert_eq!(bench.root(&text), strings, "text of a query");
    assert_eq!(bench.root(&(table.source() + &fields("t") + "decode = \"json\"\n")), expected, "decoded text");
}
