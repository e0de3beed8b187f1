//! Two tables without a key, whose rows are counted.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::compare;
use crate::program::{Ran, Scratch, good, json_lines, run};

const LEFT: &str = "name,amount,at\na,1.0,2024-01-01\na,1.0,2024-01-01\na,1.0,2024-01-01\nb,2.5,\nc,,2024-02-29\n";

#[test]
fn equal_rows_are_counted() {
    let scratch = Scratch::new();
    let left = scratch.file("a.csv", LEFT.as_bytes());
    let right = scratch.file("b.csv", LEFT.replacen("a,1.0,2024-01-01\n", "", 1).as_bytes());
    let Ran { code, out, err } = run(&["compare", &left, &right, "--multiset", "--json"]);
    assert_eq!(code, 1, "{out}{err}");
    let lines = json_lines(&out);
    let changed: Vec<&Json> = lines.iter().filter(|line| line["kind"] == "changed").collect();
    assert_eq!(changed.len(), 1, "{out}");
    assert_eq!(changed[0]["key"]["name"], "a", "{out}");
    assert_eq!(changed[0]["fields"], json!([{"path": "count", "left": 3, "right": 2}]));
    assert_eq!(compare(&left, &left, &["--multiset"]).code, 0);
}

/// The same five rows, one of them twice, in other spellings, orders of columns and kinds of sources.
#[test]
fn rows_agree_however_they_are_spelled() {
    let scratch = Scratch::new();
    let csv = |name: &str, text: &str| scratch.file(name, text.as_bytes());
    let rows = [("a", Some(1.0), "x"), ("a", Some(1.0), "x"), ("b", Some(2.5), "y"), ("c", None, "")];
    let database = scratch.path("d.sqlite");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.execute_batch("create table t (NOTE text, name text, amount real)").unwrap();
    for (name, amount, note) in rows {
        let note = Some(note).filter(|note| !note.is_empty());
        connection.execute("insert into t values (?, ?, ?)", (note, name, amount)).unwrap();
    }
    drop(connection);
    // Whether the spelling of numbers has to be confirmed: texts with different numbers of digits beside numbers.
    let sides = [
        (csv("a.csv", "name,amount,note\na,1.0,x\na,1.0,x\nb,2.5,y\nc,,\n"), false),
        (csv("b.csv", "AMOUNT,no_te,name\n,,c\n1.00,x,a\n2.50,y,b\n1.00,x,a\n"), false),
        (csv("c.csv", "amount,note,name\n,,c\n1,x,a\n2.5,y,b\n1.0,x,a\n"), true),
        (format!("{database}#t"), false),
        (
            csv(
                "e.ndjson",
                "{\"name\":\"a\",\"amount\":1,\"note\":\"x\"}\n{\"note\":\"x\",\"name\":\"a\",\"amount\":1.0}\n\
                 {\"name\":\"b\",\"amount\":2.50,\"note\":\"y\"}\n{\"name\":\"c\",\"amount\":null,\"note\":null}\n",
            ),
            false,
        ),
    ];
    for (left, is_left_mixed) in &sides {
        for (right, is_right_mixed) in &sides {
            let found = compare(left, right, &["--multiset"]);
            // Texts on both sides stay texts: there 1 and 1.0 are two values.
            let equal = if *is_left_mixed && *is_right_mixed { 4 } else { 3 };
            let told = (found.code, found.summary["equal"].as_u64());
            assert_eq!(told, (0, Some(equal)), "{left} {right}: {}", found.summary);
            let needs_confirmation = is_left_mixed != is_right_mixed;
            let is_told = found.summary.to_string().contains("reading of text as numbers");
            assert_eq!(is_told, needs_confirmation, "{left} {right}: {}", found.summary);
        }
    }
}

/// Without a key a sample by the values of a column has no row of a large table with few values.
#[test]
fn a_large_table_of_few_values_has_the_types_of_its_rows() {
    let scratch = Scratch::new();
    let text = |one: &str, other: &str| -> String {
        let rows = (0..9000).map(|row| if row % 3 == 0 { one } else { other });
        std::iter::once("state,amount\n").chain(rows).collect()
    };
    let left = scratch.file("a.csv", text("open,1.0\n", "paid,2.5\n").as_bytes());
    let right = scratch.file("b.csv", text("open,1.00\n", "paid,2.50\n").as_bytes());
    let found = compare(&left, &right, &["--multiset"]);
    assert_eq!((found.code, found.summary["equal"].as_u64()), (0, Some(2)), "{}", found.summary);
}

#[test]
fn columns_are_chosen_and_those_without_a_partner_are_named() {
    let scratch = Scratch::new();
    let left = scratch.file("a.csv", b"name,amount,old\na,1,x\na,1,y\n");
    let right = scratch.file("b.csv", b"amount,name,new\n1,a,x\n2,a,x\n");
    // Further arguments, the exit code, and the columns of both sides that are not compared.
    for (more, code, not_compared) in [
        (&[][..], 1, [&["old"][..], &["new"][..]]),
        (&["--columns", "name"], 0, [&["amount", "old"], &["amount", "new"]]),
        (&["--except", "amount"], 0, [&["amount", "old"], &["amount", "new"]]),
        (&["--except", "name"], 1, [&["name", "old"], &["name", "new"]]),
    ] {
        let found = compare(&left, &right, &[&["--multiset"], more].concat());
        let told = json!({"left": not_compared[0], "right": not_compared[1]});
        assert_eq!((found.code, &found.summary["columns_not_compared"]), (code, &told), "{more:?} {}", found.summary);
    }
}

#[test]
fn values_that_no_type_of_both_sides_holds_are_not_compared() {
    let scratch = Scratch::new();
    let left = scratch.file("a.csv", b"name,amount\na,much\nb,2.5\n");
    let database = scratch.path("b.sqlite");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute_batch("create table t (name, amount real); insert into t values ('a', 1.5), ('b', 2.5)")
        .unwrap();
    drop(connection);
    let found = compare(&left, &format!("{database}#t"), &["--multiset"]);
    assert_eq!(found.code, 2, "both sides have the column: {}", found.summary);
    assert!(found.summary["columns_not_compared"].to_string().contains("amount"), "{}", found.summary);
    // Nothing else is left to compare.
    let args = ["compare", &left, &format!("{database}#t"), "--multiset", "--columns", "amount"];
    let Ran { code, out, err } = run(&args);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("no columns are compared") && err.contains("amount: no type holds"), "{err}");
}

#[test]
fn a_written_draft_and_a_kept_comparison_give_the_same_drift() {
    let scratch = Scratch::new();
    let left = scratch.file("a.csv", LEFT.as_bytes());
    let right = scratch.file("b.csv", LEFT.replacen("b,2.5,\n", "", 1).as_bytes());
    let expected = compare(&left, &right, &["--multiset"]);
    assert_eq!((expected.code, expected.drift.len()), (1, 1));
    let drafted = scratch.path("drafted");
    good(&["contract", "draft", &left, &right, "--multiset", "-o", &drafted]);
    let contract = std::fs::read_to_string(format!("{drafted}/contract.toml")).unwrap();
    assert!(contract.contains("multiset = true") && !contract.contains("[[key]]"), "{contract}");
    let [l, r] = ["left.toml", "right.toml"].map(|file| format!("{drafted}/{file}"));
    for more in [&[][..], &["--multiset"]] {
        let found = compare(&l, &r, more);
        assert_eq!((found.code, &found.drift), (1, &expected.drift), "{more:?}");
    }
    let kept = scratch.path("kept");
    for _ in 0..2 {
        let found = compare(&left, &right, &["--multiset", "--keep", &kept]);
        assert_eq!((found.code, &found.drift), (1, &expected.drift));
    }
    // A tree of the left side has a record for equal rows, and means each of them.
    let found = compare(&format!("{kept}/left.mst"), &right, &["--multiset"]);
    assert_eq!((found.code, &found.drift), (1, &expected.drift), "{}", found.summary);
}

#[test]
fn what_cannot_be_counted_is_refused_in_words() {
    let scratch = Scratch::new();
    let left = scratch.file("a.csv", LEFT.as_bytes());
    let other = scratch.file("b.csv", b"x,y\n1,2\n");
    let keyed = scratch.path("keyed");
    let unique = scratch.file("c.csv", b"name,amount\na,1\nb,2\n");
    good(&["contract", "draft", &unique, &unique, "--key", "name", "-o", &keyed]);
    let [l, r] = ["left.toml", "right.toml"].map(|file| format!("{keyed}/{file}"));
    for (args, words) in [
        (&["compare", &left, &left, "--multiset", "--key", "name"][..], "omit --key or --multiset"),
        (&[&left, &left, "--multiset", "--key", "name"], "omit --key or --multiset"),
        (&["contract", "draft", &left, &left, "--multiset", "--key", "name"], "omit --key or --multiset"),
        (&["compare", &left, &other, "--multiset"], "no column that may be compared has the same name"),
        (&["compare", &left, &left, "--multiset", "--columns", "nope"], "no column nope"),
        (&["compare", &l, &r, "--multiset"], "set multiset = true in the contract"),
        (&[&left, "--multiset"], "name the other one too"),
    ] {
        let Ran { code, out, err } = run(args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.contains(words), "{args:?}: {err}");
    }
}

#[test]
fn rows_that_repeat_lead_to_the_way_to_count_them() {
    let scratch = Scratch::new();
    let left = scratch.file("a.csv", LEFT.as_bytes());
    let Ran { code, err, .. } = run(&["compare", &left, &left]);
    assert_eq!(code, 2, "{err}");
    let advice = format!("try: mst-tui compare {left} {left} --multiset");
    assert!(err.contains(&advice), "{err}");
    assert!(!err.contains("--key name"), "a column of equal rows is no key: {err}");
    let single = scratch.file("b.csv", b"name,amount\na,1\nb,1\n");
    let Ran { err, .. } = run(&["compare", &single, &single]);
    assert!(!err.contains("--multiset"), "these rows do not repeat: {err}");
}

/// A row of the property: a name, halves of an amount, and a state; 0 is null.
type Row = (u8, u8, u8);

const NAMES: [Option<&str>; 5] = [None, Some(""), Some("a"), Some("ab"), Some("7")];
const STATES: [Option<&str>; 3] = [None, Some("open"), Some("paid")];

fn amount(row: &Row, digits: usize) -> Option<String> {
    (row.1 > 0).then(|| format!("{:.digits$}", f64::from(row.1) / 2.0))
}

/// Writes the rows as a CSV file, lines of JSON or a database, and gives the name of the table.
fn table(scratch: &Scratch, side: &str, kind: u8, rows: &[Row]) -> String {
    let text = |row: &Row| (NAMES[usize::from(row.0)], STATES[usize::from(row.2)]);
    match kind {
        0 | 1 => {
            let cell = |text: Option<&str>| text.map_or(String::new(), |text| format!("\"{text}\""));
            let digits = usize::from(kind) + 1;
            let line = |row: &Row| {
                let (name, state) = text(row);
                format!("{},{},{}\n", amount(row, digits).unwrap_or_default(), cell(state), cell(name))
            };
            let lines: String = rows.iter().map(line).collect();
            scratch.file(&format!("{side}.csv"), format!("Amount,state,na_me\n{lines}").as_bytes())
        }
        2 => {
            let line = |row: &Row| {
                let (name, state) = text(row);
                let amount = amount(row, 1).unwrap_or("null".to_owned());
                format!("{{\"name\":{},\"state\":{},\"amount\":{amount}}}\n", json!(name), json!(state))
            };
            let lines: String = rows.iter().map(line).collect();
            scratch.file(&format!("{side}.ndjson"), lines.as_bytes())
        }
        _ => {
            let path = scratch.path(&format!("{side}.sqlite"));
            let connection = rusqlite::Connection::open(&path).unwrap();
            connection.execute_batch("create table t (state text, name text, amount real)").unwrap();
            for row in rows {
                let (name, state) = text(row);
                let amount = (row.1 > 0).then(|| f64::from(row.1) / 2.0);
                connection.execute("insert into t values (?, ?, ?)", (state, name, amount)).unwrap();
            }
            format!("{path}#t")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    /// The drift is that of counting equal rows, whatever the kinds of both sources are.
    #[test]
    fn the_drift_is_that_of_a_naive_count(
        kinds in (0_u8..4, 0_u8..4),
        left in prop::collection::vec((0_u8..5, 0_u8..4, 0_u8..3), 1..40),
        right in prop::collection::vec((0_u8..5, 0_u8..4, 0_u8..3), 1..40),
        is_shared in any::<bool>(),
    ) {
        // Half of the pairs differ in few rows, as tables do that should agree.
        let right = if is_shared { left.iter().chain(right.iter().take(2)).copied().collect() } else { right };
        let scratch = Scratch::new();
        let (l, r) = (table(&scratch, "l", kinds.0, &left), table(&scratch, "r", kinds.1, &right));
        let found = compare(&l, &r, &["--multiset"]);
        let count = |rows: &[Row]| {
            let mut counts = BTreeMap::new();
            rows.iter().for_each(|row| *counts.entry(*row).or_insert(0_u64) += 1);
            counts
        };
        let (left, right) = (count(&left), count(&right));
        let rows: BTreeSet<&Row> = left.keys().chain(right.keys()).collect();
        let of = |test: &dyn Fn(u64, u64) -> bool| {
            let counts = |row: &&&Row| {
                test(left.get(**row).copied().unwrap_or(0), right.get(**row).copied().unwrap_or(0))
            };
            rows.iter().filter(counts).count() as u64
        };
        let told = ["only_left", "only_right", "changed", "equal"].map(|name| found.summary[name].as_u64().unwrap());
        let expected = [
            of(&|left, right| right == 0 && left > 0),
            of(&|left, right| left == 0 && right > 0),
            of(&|left, right| left > 0 && right > 0 && left != right),
            of(&|left, right| left == right),
        ];
        prop_assert_eq!(told, expected, "{} {:?}", found.summary, kinds);
        prop_assert_eq!(found.code, i32::from(left != right));
    }
}
