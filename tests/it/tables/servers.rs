//! The tour between PostgreSQL and MariaDB. The servers are those of `MST_TEST_POSTGRES_URL` and `MST_TEST_MYSQL_URL`;
//! without them the test prints that it was skipped.
#![allow(clippy::print_stderr)] // Print which test did not run.

use std::process::Command;

use super::tour::{expected, normal};
use super::{compare, tour_file};

/// The rows of a table of the tour.
fn rows(file: &str, table: &str) -> (Vec<String>, Vec<Vec<rusqlite::types::Value>>) {
    let connection = rusqlite::Connection::open(tour_file(file)).unwrap();
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let width = columns.len();
    let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
    (columns, rows.map(Result::unwrap).collect())
}

/// SQL that makes a table with these rows.
fn script(name: &str, types: &[(&str, &str)], columns: &[String], rows: &[Vec<rusqlite::types::Value>]) -> String {
    use rusqlite::types::Value;
    let declared = |column: &String| {
        let ty = types.iter().find(|(known, _)| known == column).map_or("TEXT", |(_, ty)| ty);
        format!("{column} {ty}")
    };
    let value = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(_) => unreachable!("the tour has no bytes"),
    };
    let row = |row: &Vec<Value>| format!("({})", row.iter().map(value).collect::<Vec<_>>().join(", "));
    let declared: Vec<_> = columns.iter().map(declared).collect();
    let rows: Vec<_> = rows.iter().map(row).collect();
    format!("CREATE TABLE {name} ({});\nINSERT INTO {name} VALUES {};\n", declared.join(", "), rows.join(", "))
}

/// Runs SQL through the client of a server.
fn execute(client: &mut Command, sql: &str) {
    use std::io::Write;
    let mut child = client.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_tour_between_postgresql_and_mariadb() {
    let [Ok(postgres), Ok(mysql)] = ["MST_TEST_POSTGRES_URL", "MST_TEST_MYSQL_URL"].map(std::env::var) else {
        eprintln!("skipped: MST_TEST_POSTGRES_URL and MST_TEST_MYSQL_URL are not set");
        return;
    };
    let has = |client: &str| Command::new(client).arg("--version").output().is_ok();
    if !has("psql") || !has("mariadb") {
        eprintln!("skipped: psql and mariadb are not installed");
        return;
    }
    let name = format!("mst_tour_{}", std::process::id());
    let (columns, orders) = rows("orders.sqlite", "db_orders");
    let sql = script(
        &name,
        &[("id", "BIGINT PRIMARY KEY"), ("amount_cents", "BIGINT"), ("created", "BIGINT")],
        &columns,
        &orders,
    );
    execute(Command::new("psql").args(["-q", "-v", "ON_ERROR_STOP=1", &postgres]), &sql);
    let (columns, invoices) = rows("billing.sqlite", "db_invoices");
    let types = [("invoice_no", "BIGINT PRIMARY KEY"), ("total", "DECIMAL(12,2)"), ("order_ref", "VARCHAR(40)")];
    let rest = mysql.strip_prefix("mysql://").unwrap();
    let (user, host) = rest.split_once('@').unwrap();
    let (host, database) = host.split_once('/').unwrap();
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let client = || {
        let mut client = Command::new("mariadb");
        client.env("MYSQL_PWD", password).args(["-u", user, "-h", host, "--default-character-set=utf8mb4", database]);
        client
    };
    execute(&mut client(), &script(&name, &types, &columns, &invoices));
    let (left, right) = (format!("{postgres}#{name}"), format!("{mysql}#{name}"));
    let (forth, back) = (compare(&left, &right, &[]), compare(&right, &left, &[]));
    execute(Command::new("psql").args(["-q", &postgres]), &format!("DROP TABLE {name}"));
    execute(&mut client(), &format!("DROP TABLE {name}"));
    assert_eq!((forth.code, forth.err.as_str()), (1, ""));
    assert_eq!(normal(forth.drift), expected());
    assert_eq!((back.code, back.drift.len()), (1, expected().len()));
}
