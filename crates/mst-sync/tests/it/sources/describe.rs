//! What sources declare.

use mst_sync::draft::UniqueKey;
use mst_sync::source::{Description, Settings, SourceError, Wanted, describe, open};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{server, unique};

/// The columns as `name type!`, with an exclamation mark if they are declared to be never null.
fn columns(description: &Description) -> Vec<String> {
    let text = |column: &mst_sync::draft::Column| {
        let not_null = if column.not_null { "!" } else { "" };
        format!("{} {}{not_null}", column.name, column.declared.as_deref().unwrap_or("-"))
    };
    description.columns.iter().map(text).collect()
}

/// The keys as `a,b`, with an asterisk before the primary key.
fn keys(description: &Description) -> Vec<String> {
    let text = |key: &UniqueKey| format!("{}{}", if key.is_primary { "*" } else { "" }, key.columns.join(","));
    let mut keys: Vec<String> = description.unique.iter().map(text).collect();
    keys.sort();
    keys
}

fn described(name: &str) -> Description {
    let settings = Settings::from_name(name).unwrap_or_else(|error| panic!("{name}: {error}")).unwrap();
    let found = describe(&settings).unwrap_or_else(|error| panic!("{name}: {error}"));
    // All columns that are described can be read together.
    let names = found.columns.iter().map(|column| column.name.clone()).collect();
    open(&settings, &Wanted { columns: Some(names), ..Wanted::default() }).unwrap();
    found
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn text_files_declare_only_names() {
    let folder = tempfile::tempdir().unwrap();
    let csv = described(&file(&folder, "a.csv", "id,na.me,twice,twice,last\n1,2,3,4,5\n"));
    assert_eq!(columns(&csv), ["id -", "na.me -", "last -"]);
    assert_eq!(csv.unreadable.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["twice"]);
    assert_eq!((keys(&csv).len(), csv.rows), (0, None));
    assert_eq!(columns(&described(&file(&folder, "empty.csv", ""))).len(), 0);

    // A member that only the last line has is a column. A broken line is none.
    let mut lines: String = (0..5000).map(|id| format!("{{\"id\":{id},\"a\":{{\"in\":1}}}}\n")).collect();
    lines += "no object\n\n{\"b\\u0061d\":1,\"id\":null}\n";
    let ndjson = described(&file(&folder, "a.ndjson", &lines));
    assert_eq!(columns(&ndjson), ["id -", "a -", "bad -"]);
    assert_eq!(ndjson.rows, Some(5001));

    let input = Settings::Ndjson { path: None, encoding: None };
    assert!(matches!(describe(&input), Err(SourceError::StandardInput)));
}

#[test]
fn sqlite_declares_types_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.sqlite");
    let connection = Connection::open(&path).unwrap();
    for (table, body, expected_columns, expected_keys) in [
        ("row_id", "id integer PRIMARY KEY, name TEXT NOT NULL", &["id INTEGER!", "name TEXT!"][..], &["*id"][..]),
        // These are not the number of the row, so they may be null.
        ("int_key", "id INT PRIMARY KEY", &["id INT"], &["*id"]),
        ("descending", "id INTEGER PRIMARY KEY DESC", &["id INTEGER"], &["*id"]),
        ("text_key", "id TEXT PRIMARY KEY", &["id TEXT"], &["*id"]),
        ("without", "id INTEGER, b, PRIMARY KEY (b, id)", &["id INTEGER!", "b -!"], &["*b,id"]),
        ("several", "a, b, c UNIQUE, UNIQUE (b, a)", &["a -", "b -", "c -"], &["b,a", "c"]),
        ("made", "a INT, b AS (a + 1), c AS (a * 2) STORED", &["a INT", "b -", "c -"], &[]),
        ("The \"\"odd.Table'", "\"it's\" numeric(10,2) UNIQUE", &["it's numeric(10,2)"], &["it's"]),
        ("none", "a, b", &["a -", "b -"], &[]),
    ] {
        let options = if table == "without" { "WITHOUT ROWID" } else { "" };
        connection.execute_batch(&format!("CREATE TABLE \"{table}\" ({body}) {options}")).unwrap();
        let found = described(&format!("{}#\"{table}\"", path.display()));
        assert_eq!(columns(&found), expected_columns, "{table}");
        assert_eq!(keys(&found), expected_keys, "{table}");
    }
    connection
        .execute_batch(
            "CREATE UNIQUE INDEX part ON none (a) WHERE b > 0; CREATE UNIQUE INDEX made_of ON none (lower(a)); \
             CREATE INDEX plain ON none (b); INSERT INTO row_id VALUES (7, 'x'); CREATE VIEW v AS SELECT * FROM row_id; \
             CREATE VIEW broken AS SELECT * FROM gone",
        )
        .unwrap();
    assert!(keys(&described(&format!("{}#none", path.display()))).is_empty());
    assert_eq!(described(&format!("{}#row_id", path.display())).rows, Some(7));
    let view = described(&format!("{}#v", path.display()));
    assert_eq!((columns(&view), keys(&view).len()), (vec!["id INTEGER".to_owned(), "name TEXT".to_owned()], 0));
    // The table that is missing is not the one that was named.
    let broken = Settings::from_name(&format!("{}#broken", path.display())).unwrap().unwrap();
    let error = describe(&broken).unwrap_err();
    assert!(matches!(&error, SourceError::Database { message, .. } if message.contains("gone")), "{error}");
}

#[test]
#[cfg(feature = "postgres")]
fn postgres_declares_types_and_keys() {
    let Some(mut table) = super::postgres::Table::empty() else { return };
    let schema = table.schema.clone();
    let name = |table: &str| format!("{}#{schema}.{table}", server(super::postgres::VARIABLE).unwrap());
    table
        .client
        .batch_execute(
            "CREATE DOMAIN amount AS numeric(38, 8); CREATE DOMAIN must AS amount NOT NULL; CREATE TYPE pair AS (a int); \
             CREATE TABLE \"The.Table\" (\"It's \"\"odd\"\"\" int, \"UP\" varchar(3) NOT NULL, up text, a amount, m must, \
             l int[], p pair, cash money, dropped int, PRIMARY KEY (\"UP\", \"It's \"\"odd\"\"\"), \
             UNIQUE (up) DEFERRABLE INITIALLY DEFERRED, UNIQUE (m) INCLUDE (a), UNIQUE (cash)); \
             ALTER TABLE \"The.Table\" DROP COLUMN dropped; \
             CREATE TABLE indexed (a int NOT NULL, b int, c text); \
             CREATE UNIQUE INDEX ON indexed (a) WHERE b > 0; CREATE UNIQUE INDEX ON indexed (lower(c)); \
             CREATE INDEX ON indexed (b); CREATE UNIQUE INDEX ON indexed (b) NULLS NOT DISTINCT; \
             CREATE UNIQUE INDEX ON indexed (c DESC, a); \
             CREATE TABLE parent (id int PRIMARY KEY, n int NOT NULL); CREATE TABLE child () INHERITS (parent); \
             CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id); \
             CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9); \
             CREATE VIEW v AS SELECT * FROM indexed; \
             CREATE MATERIALIZED VIEW mv AS SELECT 1 AS id; CREATE UNIQUE INDEX ON mv (id); \
             INSERT INTO indexed SELECT n, n, n::text FROM generate_series(1, 1000) AS n; ANALYZE indexed",
        )
        .unwrap();
    let odd = described(&name("\"The.Table\""));
    assert_eq!(
        columns(&odd),
        [
            "It's \"odd\" integer!",
            "UP character varying(3)!",
            "up text",
            "a numeric(38,8)",
            "m numeric(38,8)!",
            "l integer[]",
            &format!("p {schema}.pair")
        ]
    );
    assert_eq!(keys(&odd), ["*UP,It's \"odd\"", "m", "up"]);
    let unreadable: Vec<_> = odd.unreadable.iter().map(|column| (column.name.as_str(), column.why.as_str())).collect();
    assert!(matches!(unreadable[..], [("cash", why)] if why.starts_with("of the type money")), "{unreadable:?}");
    let indexed = described(&name("indexed"));
    assert_eq!(columns(&indexed), ["a integer!", "b integer", "c text"]);
    assert_eq!((keys(&indexed), indexed.rows), (vec!["b".to_owned(), "c,a".to_owned()], Some(1000)));
    for (table, expected_columns, expected_keys) in [
        // The rows of the children are not covered by the key of the parent.
        ("parent", &["id integer", "n integer"][..], &[][..]),
        ("child", &["id integer", "n integer!"], &[]),
        ("parts", &["id integer!"], &["*id"]),
        ("v", &["a integer", "b integer", "c text"], &[]),
        ("mv", &["id integer"], &["id"]),
    ] {
        let mut found = described(&name(table));
        if table == "child" {
            // Newer servers let children inherit that a key is never null.
            found.columns[0].not_null = false;
        }
        assert_eq!(
            (columns(&found), keys(&found)),
            (
                expected_columns.iter().map(|text| (*text).to_owned()).collect(),
                expected_keys.iter().map(|text: &&str| (*text).to_owned()).collect(),
            ),
            "{table}"
        );
    }
    let settings = Settings::from_name(&name("index")).unwrap().unwrap();
    let Err(SourceError::Table { name: database, table: wanted, have }) = describe(&settings) else { panic!() };
    assert!(database.starts_with("postgres ") && !database.contains("index"), "{database}");
    assert_eq!((wanted, &have[0]), (format!("{schema}.index"), &name("indexed")));
}

#[test]
#[cfg(feature = "mysql")]
fn mysql_declares_types_and_keys() {
    use mysql::prelude::Queryable;
    let Some(url) = server("MST_TEST_MYSQL_URL") else { return };
    let mut connection = mysql::Conn::new(mysql::Opts::from_url(&url).unwrap()).unwrap();
    let prefix = unique("described");
    let create = [
        format!(
            "CREATE TABLE `{prefix}_a.b` (`It's ``odd``` INT, UP VARCHAR(3) NOT NULL, b DECIMAL(10,2) NOT NULL, t TEXT, \
             g GEOMETRY, u INT UNSIGNED, PRIMARY KEY (UP, `It's ``odd```), UNIQUE (b), UNIQUE (t(5)), INDEX (u))"
        ),
        format!("CREATE TABLE {prefix}_ab (id INT)"),
        format!("CREATE TABLE {prefix}_AB (id INT PRIMARY KEY)"),
        format!("CREATE VIEW {prefix}_v AS SELECT * FROM {prefix}_AB"),
    ];
    for statement in &create {
        connection.query_drop(statement).unwrap();
    }
    let name = |table: &str| format!("{url}#{table}");
    let odd = described(&name(&format!("`{prefix}_a.b`")));
    let qualified = described(&name(&format!("test.{prefix}_AB")));
    let lower = described(&name(&format!("{prefix}_ab")));
    let view = described(&name(&format!("{prefix}_v")));
    let missing = describe(&Settings::from_name(&name(&format!("{prefix}_vv"))).unwrap().unwrap());
    connection.query_drop(format!("DROP VIEW {prefix}_v")).unwrap();
    connection.query_drop(format!("DROP TABLE `{prefix}_a.b`, {prefix}_ab, {prefix}_AB")).unwrap();

    assert_eq!(
        columns(&odd),
        ["It's `odd` int(11)!", "UP varchar(3)!", "b decimal(10,2)!", "t text", "u int(10) unsigned"]
    );
    assert_eq!(keys(&odd), ["*UP,It's `odd`", "b", "t"]);
    let unreadable: Vec<_> = odd.unreadable.iter().map(|column| (column.name.as_str(), column.why.as_str())).collect();
    assert!(matches!(unreadable[..], [("g", why)] if why.contains("geometry")), "{unreadable:?}");
    assert_eq!(keys(&qualified), ["*id"]);
    // Another table whose name differs only in case has the key.
    assert!(keys(&lower).is_empty());
    assert!(keys(&view).is_empty() && view.columns.len() == 1);
    let Err(SourceError::Table { table, have, .. }) = missing else { panic!("{missing:?}") };
    assert_eq!((table, &have[0]), (format!("{prefix}_vv"), &name(&format!("{prefix}_v"))));
}

#[test]
#[cfg(feature = "parquet")]
fn parquet_declares_types() {
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let schema = "message t { required int64 id; optional binary name (UTF8); required int32 price (DECIMAL(9,2)); \
                  optional int64 at (TIMESTAMP(MICROS,true)); required group inner { required int32 x; } \
                  optional int32 small (INTEGER(8,false)); repeated int32 many; }";
    let schema = std::sync::Arc::new(parse_message_type(schema).unwrap());
    let file = std::fs::File::create(&path).unwrap();
    SerializedFileWriter::new(file, schema, Default::default()).unwrap().close().unwrap();
    let found = described(path.to_str().unwrap());
    assert_eq!(
        columns(&found),
        ["id int64!", "name string", "price decimal(9,2)!", "at timestamp(us, utc)", "small uint8"]
    );
    let unreadable: Vec<_> = found.unreadable.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(unreadable, ["inner", "many"]);
    assert!(found.unreadable.iter().all(|column| column.why.contains("struct")), "{:?}", found.unreadable);
}
