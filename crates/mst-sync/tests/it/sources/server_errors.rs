//! The message of a server reaches the user in its own words, also while rows are read.

use super::Bench;

const CONTRACT: &str =
    "version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"v\"\ntype = \"text\"\n";
const FIELDS: &str = "[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n";

#[cfg(feature = "postgres")]
#[test]
fn postgres_reports_what_is_wrong() {
    let Some(table) = super::postgres::Table::empty() else { return };
    let bench = Bench::new(CONTRACT);
    for (query, words) in [
        ("select g as id, (100/(5-g))::text as v from generate_series(1,9) g", &["division by zero (22012)"][..]),
        ("select g as id, (1/0)::text as v from generate_series(1,9) g", &["division by zero (22012)"]),
        (
            "select g as id, ('x' || g)::int::text as v from generate_series(1,9) g",
            &["invalid input syntax", "x1", "22P02"],
        ),
        (
            "select g as id, 'x' as v from generate_series(1,3) g where nope",
            &["column \\\"nope\\\" does not exist (42703)"],
        ),
        ("select 1 as id, 'x' as v from nowhere", &["relation \\\"nowhere\\\" does not exist (42P01)"]),
        ("select 1 as id, 'x' as v, 'y' as v", &["several columns \"v\""]),
        ("select 1 as id, lower(1) as v", &["function lower(integer) does not exist (42883)", "hint: "]),
        ("insert into x values (1) returning 1 as id, 'x' as v", &["postgres"]),
    ] {
        let words: Vec<String> = words.iter().map(|word| word.replace("\\\"", "\"")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        bench.refused(&(table.query(query) + FIELDS), &words);
    }
    // A time limit expires while rows are read.
    let slow = table.query("select g as id, pg_sleep(0.01)::text as v from generate_series(1, 500) g");
    let url = std::env::var(super::postgres::VARIABLE).unwrap();
    let limited = format!("{url}{}options=-c%20statement_timeout%3D300", if url.contains('?') { "&" } else { "?" });
    let slow = slow.replace(&format!("url-env = \"{}\"", super::postgres::VARIABLE), &format!("url = \"{limited}\""));
    bench.refused(&(slow + FIELDS), &["canceling statement due to statement timeout (57014)"]);
    // Names and messages are escaped.
    let name = table.query("select 1 as id, 2 as U&\"w\\001b[31m\" ");
    bench.refused(&(name.replace("\"\"\"", "'''") + FIELDS), &["it has id, w\\u{1b}[31m"]);
    let value = table.query("select 1 as id, (U&'\\001b[31m')::int::text as v").replace("\"\"\"", "'''");
    bench.refused(&(value + FIELDS), &["invalid input syntax", "\\u{1b}[31m"]);
}

#[cfg(feature = "postgres")]
#[test]
fn a_postgres_that_cannot_be_reached_is_named() {
    let bench = Bench::new(CONTRACT);
    let at = |url: &str| format!("[source]\nkind = \"postgres\"\nurl = \"{url}\"\ntable = \"t\"\n{FIELDS}");
    bench.refused(&at("postgres://nobody@127.0.0.1:1/x"), &["postgres 127.0.0.1:1/x", "refused"]);
    if super::server(super::postgres::VARIABLE).is_some() {
        let url = std::env::var(super::postgres::VARIABLE).unwrap();
        let (server, _) = url.rsplit_once('/').unwrap();
        bench.refused(
            &at(&format!("{server}/no_such_database")),
            &["database \"no_such_database\" does not exist (3D000)"],
        );
    }
}

#[cfg(feature = "mysql")]
#[test]
fn mysql_reports_what_is_wrong_in_words() {
    let Some(_table) = super::mysql::Table::empty() else { return };
    let bench = Bench::new(CONTRACT);
    let query = |query: &str| {
        format!("[source]\nkind = \"mysql\"\nurl-env = \"{}\"\nquery = \"{query}\"\n{FIELDS}", super::mysql::VARIABLE)
    };
    bench.refused(&query("select 1 as id, 'x' as v from nowhere"), &["nowhere' doesn't exist (1146, 42S02)"]);
    bench.refused(&query("selec 1"), &["You have an error in your SQL syntax", "(1064, 42000)"]);
    bench.refused(
        &query("select seq as id, if(seq = 5, (select 1 union select 2), 'x') as v from seq_1_to_9"),
        &["Subquery returns more than 1 row (1242, 21000)"],
    );
    let at = |url: &str| format!("[source]\nkind = \"mysql\"\nurl = \"{url}\"\ntable = \"t\"\n{FIELDS}");
    bench.refused(&at("mysql://nobody@127.0.0.1:1/x"), &["mysql 127.0.0.1:1/x", "refused"]);
    let url = std::env::var(super::mysql::VARIABLE).unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    bench.refused(&at(&format!("{server}/no_such_database")), &["Unknown database 'no_such_database' (1049, 42000)"]);
    for error in [
        bench.try_root(&query("selec 1")).unwrap_err().to_string(),
        bench.try_root(&at("mysql://nobody@127.0.0.1:1/x")).unwrap_err().to_string(),
        bench.try_root(&at(&format!("{}/x", server.replace("root", "nobody_at_all")))).unwrap_err().to_string(),
    ] {
        assert!(!error.contains("Error {") && !error.contains("MySqlError"), "{error}");
    }
}

#[cfg(feature = "mysql")]
#[test]
fn views_of_mysql_are_read_like_tables() {
    use mysql::prelude::Queryable;
    let Some(mut table) = super::mysql::Table::empty() else { return };
    let bench = Bench::new(CONTRACT);
    let name = table.name.clone();
    let base: String = table.connection.query_first("SELECT DATABASE()").unwrap().unwrap();
    table.connection.query_drop(format!("CREATE TABLE {name} (id INT PRIMARY KEY, v VARCHAR(9))")).unwrap();
    table.connection.query_drop(format!("INSERT INTO {name} VALUES (1, 'a'), (2, 'b')")).unwrap();
    table.connection.query_drop(format!("CREATE VIEW {name}_v AS SELECT * FROM {name}")).unwrap();
    let root = |source: &str| bench.try_root(&(source.to_owned() + FIELDS));
    let expected = root(&table.source()).unwrap();
    let found: Vec<_> =
        [format!("{name}_v"), format!("{base}.{name}"), format!("{base}.{name}_v"), format!("`{base}`.`{name}_v`")]
            .iter()
            .map(|other| root(&table.source().replace(&format!("\"{name}\""), &format!("\"{other}\""))))
            .collect();
    table.connection.query_drop(format!("DROP VIEW {name}_v")).unwrap();
    for found in found {
        assert_eq!(found.unwrap(), expected);
    }
}
