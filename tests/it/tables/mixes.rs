//! Any side can be a tree, a mapping or a table.

use super::{compare, drift_of};
use crate::program::{Ran, Scratch, good, run};

const LEFT: [(u32, &str, &str); 60] = rows(0);
const RIGHT: [(u32, &str, &str); 60] = rows(1);

/// Sixty rows; in version 1 two of them differ.
const fn rows(version: u32) -> [(u32, &'static str, &'static str); 60] {
    const AMOUNTS: [&str; 7] = ["10.50", "20.25", "3.99", "100.00", "7.10", "55.05", "0.99"];
    const STATES: [&str; 3] = ["open", "paid", "lost"];
    let mut rows = [(0, "", ""); 60];
    let mut at = 0;
    while at < 60 {
        rows[at] = (1000 + 7 * at as u32, AMOUNTS[at % 7], STATES[at * at % 3]);
        at += 1;
    }
    if version == 1 {
        rows[4].1 = "8.10";
        rows[30].2 = "held";
    }
    rows
}

fn csv(rows: &[(u32, &str, &str)]) -> String {
    let lines: String = rows.iter().map(|(id, amount, state)| format!("{id},{amount},{state}\n")).collect();
    format!("id,amount,state\n{lines}")
}

fn ndjson(rows: &[(u32, &str, &str)]) -> String {
    rows.iter()
        .map(|(id, amount, state)| format!("{{\"state\":\"{state}\",\"amount\":{amount},\"id\":{id}}}\n"))
        .collect()
}

/// Every way to name these rows.
fn ways(scratch: &Scratch, name: &str, rows: &[(u32, &str, &str)]) -> Vec<String> {
    let plain = scratch.file(&format!("{name}.csv"), csv(rows).as_bytes());
    let semicolons = scratch.file(&format!("{name}-semicolon.csv"), csv(rows).replace(',', ";").as_bytes());
    let lines = scratch.file(&format!("{name}.ndjson"), ndjson(rows).as_bytes());
    let database = scratch.path(&format!("{name}.sqlite"));
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, amount TEXT, state TEXT NOT NULL)").unwrap();
    for (id, amount, state) in rows {
        connection.execute("INSERT INTO t VALUES (?1, ?2, ?3)", (id, amount, state)).unwrap();
    }
    let folder = scratch.path(&format!("{name}-draft"));
    good(&["contract", "draft", &plain, &plain, "--key", "id", "-o", &folder]);
    let tree = scratch.path(&format!("{name}.mst"));
    good(&["build", &plain, "--key", "id", "-o", &tree]);
    vec![plain, semicolons, lines, format!("{database}#t"), format!("{folder}/left.toml"), tree]
}

#[test]
fn every_way_to_name_a_table_gives_the_same_drift_in_any_mix() {
    let scratch = Scratch::new();
    let (left, right) = (ways(&scratch, "left", &LEFT), ways(&scratch, "right", &RIGHT));
    let expected = drift_of(&[("1028", &["amount"]), ("1210", &["state"])]);
    for left in &left {
        for right in &right {
            let found = compare(left, right, &["--key", "id"]);
            assert_eq!((found.code, &found.drift), (1, &expected), "{left} {right}: {}", found.err);
        }
    }
    for (index, one) in left.iter().enumerate() {
        for other in &left[index..] {
            let found = compare(one, other, &["--key", "id"]);
            assert_eq!((found.code, found.drift.len()), (0, 0), "{one} {other}: {} {}", found.err, found.summary);
        }
    }
}

#[test]
fn a_single_table_is_built_and_browsed_as_a_tree() {
    let scratch = Scratch::new();
    for way in ways(&scratch, "left", &LEFT) {
        let tree = scratch.path("one.mst");
        let args = ["build", &way, "--key", "id", "-o", &tree];
        if way.ends_with(".mst") {
            assert_eq!(run(&args).code, 2);
        } else if !way.ends_with(".toml") {
            good(&args);
            let record = good(&["get", &tree, "1028"]);
            assert!(record.contains("7.10") && record.contains("state: \"paid\""), "{way}: {record}");
            std::fs::remove_file(&tree).unwrap();
        }
        // Without a terminal the opening view is printed.
        let more: &[&str] = if way.ends_with(".mst") { &[] } else { &["--key", "id"] };
        let Ran { code, out, err } = run(&[&[way.as_str()], more].concat());
        assert_eq!((code, err.as_str()), (0, ""), "{way}");
        assert!(out.contains("60 records"), "{way}: {out}");
    }
}
