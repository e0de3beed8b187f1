//! Tables by name.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

use mst_sync::source::{CsvFormat, Location, NameError, Select, Settings, Wanted, open, tables};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{server, unique};

/// A folder with files of all kinds.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let gzip = |text: &str| {
        let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap()
    };
    let csv = "id,name\n1,a\n";
    let lines = "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":\"b\"}\n";
    write("orders.csv", csv.as_bytes());
    write("semicolon.csv", b"id;name\n1;\"a,b\"\n");
    write("pipe.CSV", b"id|name\n1|a\n");
    write("unclear.csv", b"id,a;b\n");
    write("orders.tsv", b"id\tname\n1\ta\n");
    write("orders.csv.gz", &gzip("id;name\n1;a\n"));
    write("orders.csv.zst", &zstd::encode_all(csv.as_bytes(), 1).unwrap());
    write("orders.ndjson", lines.as_bytes());
    write("orders.jsonl.gz", &gzip(lines));
    write("lines.json", lines.as_bytes());
    write("array.json", b"[{\"id\": 1}]");
    write("object.json", b"{\n  \"id\": 1\n}");
    write("mapping.toml", b"version = 1\n");
    write("tree.mst", b"something else");
    write("tree.db", b"something else");
    write("no.sqlite", b"something else");
    write("no.parquet", b"something else");
    write("named.parquet", b"PAR1....");
    write("columns", b"PAR1....");
    write("orders.gz", &gzip(csv));
    write("table.parquet.gz", &gzip(csv));
    write("orders.xlsx", b"PK\x03\x04");
    write("a#b.csv", csv.as_bytes());
    write("empty.sqlite", b"");
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for name in ["shop.sqlite", "shop", "dir#1.db"] {
        let connection = Connection::open(folder.path().join(name)).unwrap();
        let tables = "CREATE TABLE orders (id INTEGER PRIMARY KEY); CREATE VIEW open_orders AS SELECT * FROM orders; \
                      CREATE TABLE \"a.b\" (id); CREATE TABLE \"odd#\"\"name\" (id); CREATE TABLE x (id INTEGER PRIMARY \
                      KEY AUTOINCREMENT)";
        connection.execute_batch(tables).unwrap();
    }
    folder
}

/// The name in a folder, with a slash.
fn within(folder: &Path, name: &str) -> String {
    format!("{}/{name}", folder.display())
}

#[test]
fn names_of_files_become_their_settings() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let csv = |name: &str, delimiter| Settings::Csv {
        path: Some(path(name)),
        format: CsvFormat { delimiter, ..CsvFormat::default() },
        encoding: None,
    };
    let ndjson = |name: &str| Settings::Ndjson { path: Some(path(name)), encoding: None };
    let sqlite = |name: &str, table: &str| Settings::Sqlite { path: path(name), select: Select::Table(table.into()) };
    let parquet = |name: &str| Settings::Parquet { path: path(name) };
    for (name, expected) in [
        ("orders.csv", Some(csv("orders.csv", b','))),
        ("semicolon.csv", Some(csv("semicolon.csv", b';'))),
        ("pipe.CSV", Some(csv("pipe.CSV", b'|'))),
        ("orders.tsv", Some(csv("orders.tsv", b'\t'))),
        ("orders.csv.gz", Some(csv("orders.csv.gz", b';'))),
        ("orders.csv.zst", Some(csv("orders.csv.zst", b','))),
        ("a#b.csv", Some(csv("a#b.csv", b','))),
        ("orders.ndjson", Some(ndjson("orders.ndjson"))),
        ("orders.jsonl.gz", Some(ndjson("orders.jsonl.gz"))),
        ("lines.json", Some(ndjson("lines.json"))),
        ("named.parquet", Some(parquet("named.parquet"))),
        ("columns", Some(parquet("columns"))),
        ("shop.sqlite#orders", Some(sqlite("shop.sqlite", "orders"))),
        ("shop.sqlite#ORDERS", Some(sqlite("shop.sqlite", "ORDERS"))),
        ("shop.sqlite#main.orders", Some(sqlite("shop.sqlite", "main.orders"))),
        ("shop.sqlite#open_orders", Some(sqlite("shop.sqlite", "open_orders"))),
        ("shop.sqlite#\"a.b\"", Some(sqlite("shop.sqlite", "\"a.b\""))),
        ("shop.sqlite#odd#\"name", Some(sqlite("shop.sqlite", "odd#\"name"))),
        ("shop#orders", Some(sqlite("shop", "orders"))),
        ("dir#1.db#orders", Some(sqlite("dir#1.db", "orders"))),
        ("mapping.toml", None),
        ("tree.mst", None),
        ("tree.mst#3", None),
        ("tree.db", None),
        ("tree.db#3", None),
        ("tree.mst@4096", None),
        ("missing.mst", None),
        ("missing.toml", None),
        ("", None),
    ] {
        let found = Settings::from_name(&within(folder.path(), name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found, expected, "{name}");
        let Some(found) = found else { continue };
        assert_eq!(found.to_name(), Some(within(folder.path(), name)));
        if !matches!(found, Settings::Parquet { .. }) {
            open(&found, &Wanted::default()).unwrap().each(&mut |_| ControlFlow::Continue(())).unwrap();
        }
    }
    assert_eq!(Settings::from_name("-").unwrap(), None);
}

#[test]
fn what_names_no_table_is_refused_with_what_does() {
    let folder = folder();
    for (name, words) in [
        ("unclear.csv", &["',' and ';'", "delimiter = \",\""][..]),
        ("array.json", &["jq -c '.[]'", "array.ndjson"]),
        ("object.json", &["jq"]),
        ("orders.xlsx", &["spreadsheet", "CSV"]),
        ("no.sqlite", &["no SQLite file"]),
        ("no.sqlite#orders", &["no SQLite file"]),
        ("no.parquet", &["no Parquet file"]),
        ("orders.gz", &["orders.csv.gz"]),
        ("table.parquet.gz", &["gzip -dk"]),
        ("orders.csv#orders", &["leave out", "orders.csv"]),
        ("missing.csv", &["missing.csv does not exist"]),
        ("order.csv", &["order.csv does not exist", "/orders.csv"]),
        ("missing.sqlite#orders", &["missing.sqlite does not exist"]),
        ("shop.sqlite", &["database", "shop.sqlite#orders", "shop.sqlite#open_orders", "'", "#\"a.b\"'"]),
        ("shop", &["database", "shop#orders"]),
        ("shop.sqlite#", &["database", "shop.sqlite#orders"]),
        ("empty.sqlite", &["without tables"]),
        ("folder.csv", &["is a folder", "one of the files"]),
        ("empty.sqlite#orders", &["has no table orders"]),
        ("shop.sqlite#order", &["has no table order: ", "shop.sqlite#orders, "]),
    ] {
        let error = Settings::from_name(&within(folder.path(), name)).expect_err(name).to_string();
        for word in words {
            assert!(error.contains(word), "no {word:?} in: {error}");
        }
        assert!(!error.contains("sqlite_sequence"), "{error}");
    }
}

/// Every name that an error lists names a table.
#[test]
fn listed_names_work() {
    let folder = folder();
    let mut count = 0;
    for name in ["shop.sqlite", "dir#1.db", "shop.sqlite#gone"] {
        match Settings::from_name(&within(folder.path(), name)).unwrap_err() {
            NameError::NoTable { names, .. } | NameError::UnknownTable { names, .. } => {
                for name in names {
                    open(&Settings::from_name(&name).unwrap().unwrap(), &Wanted::default()).unwrap();
                    count += 1;
                }
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(count, 15);
}

#[test]
fn urls_become_their_settings() {
    let table = |table: &str| Select::Table(table.to_owned());
    let postgres =
        |url: &str, name| Settings::Postgres { location: Location::Url(url.to_owned()), select: table(name) };
    let mysql = |url: &str, name| Settings::Mysql { location: Location::Url(url.to_owned()), select: table(name) };
    for (name, expected) in [
        ("postgres://ada@db/shop#public.orders", postgres("postgres://ada@db/shop", "public.orders")),
        ("POSTGRES://ada@db/shop#a#b", postgres("postgres://ada@db/shop", "a#b")),
        (
            "postgresql://db:5432/shop?sslmode=require#o@p:q",
            postgres("postgresql://db:5432/shop?sslmode=require", "o@p:q"),
        ),
        ("mysql://ada@db/shop#orders", mysql("mysql://ada@db/shop", "orders")),
        ("mariadb://db/shop#`a.b`", mysql("mysql://db/shop", "`a.b`")),
    ] {
        assert_eq!(Settings::from_name(name).unwrap(), Some(expected), "{name}");
    }
    for (name, words) in [
        ("postgres://ada:secret@db/shop#orders", &["PGPASSWORD"][..]),
        ("mysql://ada:secret@db/shop", &["MYSQL_PWD"]),
        ("postgres://db/shop?password=secret#orders", &["PGPASSWORD"]),
        ("postgres://ada:se#secret@db/shop#orders", &["PGPASSWORD"]),
        ("https://ada:secret@db/orders.csv", &["https://…", "local files"]),
        ("jdbc:postgresql://db/shop?password=secret", &["postgres://USER@HOST/DATABASE#TABLE"]),
        ("sqlite:///shop.sqlite", &["shop.sqlite#orders"]),
        // Nobody listens there.
        #[cfg(feature = "postgres")]
        (
            "postgres://ada@127.0.0.1:1/shop",
            &["name one of its tables", "postgres://ada@127.0.0.1:1/shop#TABLE", "refused"],
        ),
        #[cfg(feature = "mysql")]
        ("mysql://ada@127.0.0.1:1/shop#", &["mysql://ada@127.0.0.1:1/shop#TABLE", "refused"]),
    ] {
        let error = Settings::from_name(name).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "no {word:?} in: {error}");
        }
        assert!(!error.contains("secret"), "{error}");
    }
}

/// The URL of a server without a table lists names, each of which can be read.
#[test]
#[cfg(feature = "postgres")]
fn the_tables_of_a_postgres_database_are_listed() {
    let Some(mut table) = super::postgres::Table::empty() else { return };
    let odd = "CREATE TABLE \"a.b\" (id int); CREATE TABLE \"It's \"\"odd\"\"#\" (id int); CREATE TABLE \"\"\"q\" (id int); \
               CREATE VIEW \"View\" AS SELECT 1 AS id; CREATE TABLE parts (id int) PARTITION BY RANGE (id); \
               CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9)";
    table.client.batch_execute(odd).unwrap();
    let url = server(super::postgres::VARIABLE).unwrap();
    let NameError::NoTable { names, .. } = Settings::from_name(&url).unwrap_err() else { panic!() };
    let own: Vec<_> = names.iter().filter(|name| name.contains(&format!("#{}.", table.schema))).collect();
    assert_eq!(own.len(), 5, "{own:?}");
    for name in own {
        let settings = Settings::from_name(name).unwrap().unwrap();
        open(&settings, &Wanted::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(settings.to_name().as_ref(), Some(name));
    }
}

#[test]
#[cfg(feature = "mysql")]
fn the_tables_of_a_mysql_database_are_listed() {
    use mysql::prelude::Queryable;
    let Some(url) = server("MST_TEST_MYSQL_URL") else { return };
    let mut connection = mysql::Conn::new(mysql::Opts::from_url(&url).unwrap()).unwrap();
    let prefix = unique("names");
    let odd = ["a.b", "It's odd#", "`q", "Upper"].map(|name| format!("{prefix}_{name}"));
    let quoted = |name: &String| format!("`{}`", name.replace('`', "``"));
    for name in &odd {
        connection.query_drop(format!("CREATE TABLE {} (id INT)", quoted(name))).unwrap();
    }
    let error = Settings::from_name(&url).unwrap_err();
    let NameError::NoTable { names, .. } = error else { panic!("{error}") };
    let own: Vec<_> = names.iter().filter(|name| name.contains(&prefix)).collect();
    let opened: Vec<_> = own
        .iter()
        .map(|name| open(&Settings::from_name(name).unwrap().unwrap(), &Wanted::default()).map(|_| ()))
        .collect();
    let listed = tables(&Settings::from_name(&format!("{url}#x")).unwrap().unwrap()).unwrap();
    for name in &odd {
        connection.query_drop(format!("DROP TABLE {}", quoted(name))).unwrap();
    }
    assert_eq!(opened.len(), 4, "{own:?}");
    assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    assert!(listed.contains(&format!("`{prefix}_a.b`")), "{listed:?}");
}
