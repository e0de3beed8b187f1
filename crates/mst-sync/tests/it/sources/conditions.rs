//! The same condition on the same rows takes the same ones, whatever the source.

use std::ops::ControlFlow;

use super::Bench;
use mst_sync::condition::Now;
use mst_sync::ingest::{BuildOptions, OnError, build};
use mst_sync::mapping::{Mapping, NOW_NOTE, WHERE_NOTE};
use mst_sync::source::open;

const CONTRACT: &str = "version = 1\nname = \"c\"\nkey = { id = \"i64\" }\nfields = {}\n";

/// id, status, amount, updated_at, day, flag, secs.
type Line = (
    i64,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    Option<bool>,
    Option<i64>,
);

const ROWS: [Line; 5] = [
    (1, Some("paid"), Some("10.50"), Some("2026-01-01T00:00:00Z"), Some("2026-01-01"), Some(true), Some(1_767_225_600)),
    (2, Some("open"), Some("9.00"), Some("2026-01-02T12:00:00Z"), Some("2026-01-02"), Some(false), Some(1_767_355_200)),
    (3, None, None, None, None, None, None),
    (4, Some("PAID"), Some("100.00"), Some("2026-01-03T00:00:00.5Z"), Some("2026-01-03"), Some(true), Some(-1)),
    (5, Some("a_b"), Some("-1.00"), Some("1969-12-31T23:59:59Z"), Some("0001-01-01"), Some(false), Some(0)),
];

/// 2026-01-03T00:00:00Z.
const NOW: i128 = 1_767_398_400 * 1_000_000_000;

const CASES: &[(&str, &[i64])] = &[
    ("id >= 3", &[3, 4, 5]),
    ("status = 'paid'", &[1]),
    ("status <> 'paid'", &[2, 4, 5]),
    ("not status = 'paid'", &[2, 4, 5]),
    ("status is null", &[3]),
    ("status is not null and id <> 2", &[1, 4, 5]),
    ("status like 'p%'", &[1]),
    ("status like '_a%'", &[1]),
    ("status like 'a\\_b'", &[5]),
    ("status not like '%a%'", &[2, 4]),
    ("status in ('open', 'PAID')", &[2, 4]),
    ("status < 'a'", &[4]),
    ("amount >= 10.5", &[1, 4]),
    ("amount in (9, 1e2)", &[2, 4]),
    ("amount not in (9, 1e2)", &[1, 5]),
    ("amount as number > id", &[1, 2, 4]),
    ("amount < 9.5 and flag = true or id = 3", &[3]),
    ("flag = true", &[1, 4]),
    ("flag <> true", &[2, 5]),
    ("updated_at < timestamp '2026-01-02 13:00+01:00'", &[1, 5]),
    ("updated_at < now", &[1, 2, 5]),
    ("updated_at < now - 1d", &[1, 5]),
    ("updated_at >= timestamp '2026-01-03' at 'UTC'", &[4]),
    ("day >= '2026-01-02'", &[2, 4]),
    ("day at 'Europe/Berlin' < now - 48h", &[1, 5]),
    ("secs as unix-s < now - 2d", &[4, 5]),
    ("\"secs\" = 0 or `secs` is null", &[3, 5]),
];

/// The keys of the rows that a condition takes.
fn taken(bench: &Bench, source: &str, condition: &str) -> Vec<i64> {
    let mapping = bench.mapping(&format!("{source}where = '''{condition}'''\n"));
    let mut source = open(&mapping.source, &mapping.wanted(Now::at(NOW))).unwrap();
    let at = source.columns().iter().position(|column| column == "id").unwrap();
    assert!(source.columns().len() == 1 || source.columns().len() == 7, "{:?}", source.columns());
    let mut keys = Vec::new();
    source
        .each(&mut |row| {
            let row = row.unwrap_or_else(|broken| panic!("{broken}\n{condition}"));
            keys.push(row.cells[at].to_string().trim_matches('"').parse().unwrap());
            ControlFlow::Continue(())
        })
        .unwrap_or_else(|error| panic!("{error}\n{condition}"));
    keys.sort_unstable();
    keys
}

fn csv(bench: &Bench) -> String {
    let mut text = "id,status,amount,updated_at,day,flag,secs\n".to_owned();
    for (id, status, amount, at, day, flag, secs) in ROWS {
        let [status, amount, at, day] = [status, amount, at, day].map(Option::unwrap_or_default);
        let flag = flag.map_or("", |flag| if flag { "yes" } else { "no" });
        text +=
            &format!("{id},{status},{amount},{at},{day},{flag},{}\n", secs.map_or(String::new(), |n| n.to_string()));
    }
    bench.write("rows.csv", text);
    "[source]\nkind = \"csv\"\npath = \"rows.csv\"\nempty = \"null\"\n".to_owned()
}

fn ndjson(bench: &Bench) -> String {
    let mut lines = String::new();
    for (id, status, amount, at, day, flag, secs) in ROWS {
        let mut members = vec![format!("\"id\": {id}")];
        for (name, text) in [("status", status), ("updated_at", at), ("day", day)] {
            members.extend(text.map(|text| format!("{name:?}: {text:?}")));
        }
        members.extend(amount.map(|amount| format!("\"amount\": {amount}")));
        members.push(format!("\"flag\": {}", flag.map_or("null".to_owned(), |flag| flag.to_string())));
        members.extend(secs.map(|secs| format!("\"secs\": {secs}")));
        lines += &format!("{{{}}}\n", members.join(", "));
    }
    bench.write("rows.ndjson", lines);
    "[source]\nkind = \"ndjson\"\npath = \"rows.ndjson\"\n".to_owned()
}

/// The rows as SQL literals.
fn values(time: impl Fn(&str) -> String) -> Vec<String> {
    let text = |text: Option<&str>| text.map_or("NULL".to_owned(), |text| format!("'{text}'"));
    let number = |number: Option<String>| number.unwrap_or_else(|| "NULL".to_owned());
    let row = |(id, status, amount, at, day, flag, secs): Line| {
        format!(
            "({id}, {}, {}, {}, {}, {}, {})",
            text(status),
            number(amount.map(str::to_owned)),
            text(at.map(&time).as_deref()),
            text(day),
            number(flag.map(|flag| flag.to_string())),
            number(secs.map(|secs| secs.to_string())),
        )
    };
    ROWS.into_iter().map(row).collect()
}

fn sqlite(bench: &Bench) -> String {
    let database = rusqlite::Connection::open(bench.path("rows.sqlite")).unwrap();
    database
        .execute_batch(&format!(
            "CREATE TABLE t (id INTEGER, status TEXT, amount NUMERIC, updated_at TEXT, day TEXT, flag INTEGER, \
             secs INTEGER); INSERT INTO t VALUES {}",
            values(str::to_owned).join(", ")
        ))
        .unwrap();
    "[source]\nkind = \"sqlite\"\npath = \"rows.sqlite\"\ntable = \"t\"\n".to_owned()
}

#[cfg(feature = "postgres")]
fn postgres(table: &mut super::postgres::Table) -> String {
    let values = values(str::to_owned).join(", ");
    table
        .client
        .batch_execute(&format!(
            "CREATE TABLE t (id bigint, status text, amount numeric(9, 2), updated_at timestamptz, day date, \
             flag boolean, secs int); INSERT INTO t VALUES {values}"
        ))
        .unwrap();
    table.source("t")
}

#[cfg(feature = "mysql")]
fn mysql(table: &mut super::mysql::Table) -> String {
    use mysql::prelude::Queryable;
    // A DATETIME, because TIMESTAMP begins in 1970; the query makes it a moment.
    let name = table.name.clone();
    let values = values(|time| time.trim_end_matches('Z').to_owned()).join(", ");
    for statement in [
        format!(
            "CREATE TABLE {name} (id BIGINT, status VARCHAR(9), amount DECIMAL(9, 2), updated_at VARCHAR(30), day DATE, \
             flag TINYINT(1), secs INT) COLLATE utf8mb4_general_ci"
        ),
        format!("INSERT INTO {name} VALUES {values}"),
        format!("UPDATE {name} SET updated_at = CONCAT(updated_at, 'Z')"),
    ] {
        table.connection.query_drop(statement).unwrap();
    }
    table.source()
}

#[cfg(feature = "parquet")]
fn parquet(bench: &Bench) -> String {
    use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::parquet::column;
    let schema = "message rows { REQUIRED INT64 id; OPTIONAL BYTE_ARRAY status (UTF8);
        OPTIONAL INT64 amount (DECIMAL(9, 2)); OPTIONAL INT64 updated_at (TIMESTAMP(MILLIS, true));
        OPTIONAL INT32 day (DATE); OPTIONAL BOOLEAN flag; OPTIONAL INT64 secs; }";
    let file = std::fs::File::create(bench.path("rows.parquet")).unwrap();
    let mut writer =
        SerializedFileWriter::new(file, parse_message_type(schema).unwrap().into(), Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    column::<Int64Type>(&mut group, ROWS.iter().map(|row| Some(row.0)).collect());
    column::<ByteArrayType>(&mut group, ROWS.iter().map(|row| row.1.map(ByteArray::from)).collect());
    let cents = |amount: &str| amount.replace('.', "").parse().unwrap();
    column::<Int64Type>(&mut group, ROWS.iter().map(|row| row.2.map(cents)).collect());
    let times = [Some(1_767_225_600_000), Some(1_767_355_200_000), None, Some(1_767_398_400_500), Some(-1000)];
    column::<Int64Type>(&mut group, times.to_vec());
    let days = [Some(20_454), Some(20_455), None, Some(20_456), Some(-719_162)];
    column::<Int32Type>(&mut group, days.to_vec());
    column::<BoolType>(&mut group, ROWS.iter().map(|row| row.5).collect());
    column::<Int64Type>(&mut group, ROWS.iter().map(|row| row.6).collect());
    group.close().unwrap();
    writer.close().unwrap();
    "[source]\nkind = \"parquet\"\npath = \"rows.parquet\"\n".to_owned()
}

#[test]
fn a_condition_takes_the_same_rows_from_every_source() {
    let bench = Bench::new(CONTRACT);
    let check = |kind: &str, source: &str| {
        for (condition, expected) in CASES {
            assert_eq!(taken(&bench, source, condition), *expected, "{kind}: {condition}");
        }
    };
    check("csv", &csv(&bench));
    check("ndjson", &ndjson(&bench));
    check("sqlite", &sqlite(&bench));
    #[cfg(feature = "parquet")]
    check("parquet", &parquet(&bench));
    #[cfg(feature = "postgres")]
    if let Some(mut table) = super::postgres::Table::empty() {
        let source = postgres(&mut table);
        check("postgres", &source);
    }
    #[cfg(feature = "mysql")]
    if let Some(mut table) = super::mysql::Table::empty() {
        let source = mysql(&mut table);
        check("mysql", &source);
    }
}

#[test]
fn a_database_takes_sql_and_writes_nothing() {
    let bench = Bench::new(CONTRACT);
    let check = |source: &str| {
        for (condition, expected) in [
            ("sql: amount > 10", &[1, 4][..]),
            ("amount + 1 > 10", &[1, 4]),
            ("amount > 10 -- and so on", &[1, 4]),
            ("sql: amount > 10 or /* not now */ id = 3 -- )", &[1, 3, 4]),
            ("coalesce(status, '-') = '-'", &[3]),
        ] {
            assert_eq!(taken(&bench, source, condition), expected, "{condition}\n{source}");
        }
        for condition in
            ["sql: 1=1; DROP TABLE t", "sql: 1=1) ; DROP TABLE t; --", "sql: 1=1) ; DELETE FROM t; SELECT (1"]
        {
            let text = format!("{source}where = '''{condition}'''\n")
                .replace("TABLE t", &format!("TABLE {}", table_of(source)));
            bench.try_root(&text).map(|_| ()).expect_err(condition);
        }
        for condition in ["sql: \"statsu\" = 'paid'", "sql: statsu = 'paid'", "lower(\"statsu\") = 'paid'", "sql: id ="]
        {
            // In double quotes MySQL has text.
            if !(source.contains("mysql") && condition.contains('"')) {
                let text = format!("{source}where = '''{condition}'''\n");
                bench.try_root(&text).map(|_| ()).expect_err(condition);
            }
        }
        // The table is still there, with all rows.
        assert_eq!(taken(&bench, source, "id > 0").len(), ROWS.len());
    };
    check(&sqlite(&bench));
    #[cfg(feature = "postgres")]
    if let Some(mut table) = super::postgres::Table::empty() {
        let source = postgres(&mut table);
        check(&source);
    }
    #[cfg(feature = "mysql")]
    if let Some(mut table) = super::mysql::Table::empty() {
        let source = mysql(&mut table);
        check(&source);
    }
}

/// The name of the table of a source.
fn table_of(source: &str) -> &str {
    source.split("table = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap()
}

#[test]
fn errors_in_a_condition_have_their_line_and_column() {
    let bench = Bench::new(CONTRACT);
    let source = csv(&bench);
    for (setting, place, words) in [
        ("where = \"status == 'x'\"", "7:18", "expected a column or a value; found ="),
        ("where = '''\nstatus = 'x'\n  and amount >'''", "9:15", "the condition ends here"),
        ("where = \"a = \\\"1\"", "7:9", "at character 5"),
        ("where = \"sql: true\"", "7:10", "a file has no SQL"),
    ] {
        let text = format!("version = 1\ncontract = \"contract.toml\"\n{source}{setting}\n");
        let error = Mapping::parse(&text, &bench.path("m.toml")).unwrap_err();
        assert_eq!(format!("{}:{}", error.line, error.column), place, "{error}");
        assert!(error.message.contains(words), "{error}");
    }
}

#[test]
fn a_column_that_does_not_exist_is_an_error_in_every_source() {
    let bench = Bench::new(CONTRACT);
    for source in [csv(&bench), ndjson(&bench), sqlite(&bench)] {
        bench.refused(
            &format!("{source}where = \"statsu = 'paid'\"\n"),
            &["has no column \"statsu\"; it has id, status, "],
        );
    }
    // A field that is not mentioned is a column of that name, which must exist too.
    bench.write("contract.toml", CONTRACT.replace("{}", "{ remark = { type = \"text\", null = \"allow\" } }"));
    for source in [csv(&bench), ndjson(&bench)] {
        bench.refused(&source, &["has no column \"remark\"; it has id, status, "]);
    }
    // A field that is mentioned may be missing in all lines of NDJSON.
    bench.root(&format!("{}[field.remark]\ncolumn = \"remark\"\n", ndjson(&bench)));
}

#[test]
fn a_row_on_which_a_condition_cannot_decide_is_broken() {
    let bench = Bench::new(CONTRACT);
    bench.write("rows.csv", "id,amount\n1,7\n2,n/a\n3,NULL\n4,\n");
    let source = "[source]\nkind = \"csv\"\npath = \"rows.csv\"\nnull = [\"NULL\"]\nwhere = \"amount > 5\"\n";
    bench.refused(source, &["rows.csv, line 3: where amount > 5: column amount is \"n/a\": this text is no number"]);
    let options = BuildOptions { on_error: OnError::Skip, ..BuildOptions::default() };
    let report = build(&bench.mapping(source), &bench.path("t.mst"), &options, &mut |_| {}).unwrap();
    assert_eq!((report.rows, report.left_out, report.changes.added), (2, 1, 1));
    // Nobody knows which record the row is, so no key counts as missing.
    assert!(!report.keys.is_empty());
}

#[test]
fn a_commit_records_the_condition() {
    let bench = Bench::new(CONTRACT);
    let source = csv(&bench);
    let out = bench.path("t.mst");
    let build = |condition: &str, now: i128| {
        let options = BuildOptions { now: Now::at(now), ..BuildOptions::default() };
        let text = if condition.is_empty() { source.clone() } else { format!("{source}where = \"{condition}\"\n") };
        let report = build(&bench.mapping(&text), &out, &options, &mut |_| {}).unwrap();
        let commit = report.commit.unwrap();
        let note = |name| commit.notes.get(name).map(|note| String::from_utf8(note.clone()).unwrap());
        (report.committed, commit.records(), note(WHERE_NOTE), note(NOW_NOTE))
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(build("amount > 0", NOW), (true, 3, text("amount > 0"), None));
    assert_eq!(build("amount > 0", NOW), (false, 3, text("amount > 0"), None));
    // The same records under another condition.
    assert_eq!(build("amount >= 0", NOW), (true, 3, text("amount >= 0"), None));
    let moment = text("2026-01-03T00:00:00Z");
    assert_eq!(build("updated_at < now", NOW), (true, 3, text("updated_at < now"), moment.clone()));
    // The moment alone is no reason for a commit.
    assert_eq!(build("updated_at < now", NOW + 1), (false, 3, text("updated_at < now"), moment));
    assert_eq!(build("", NOW), (true, 5, None, None));
}
