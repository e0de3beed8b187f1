//! Rows without a key, compared as how many there are of each.
#![cfg(feature = "csv")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use crate::program::{good, json_lines, run};
use crate::two_tables::{TwoTables, listed};

const ROWS: &str = "multiset=true\n[[field]]\nname=\"name\"\ntype=\"text\"\nnull=\"allow\"\n\
    [[field]]\nname=\"amount\"\ntype=\"decimal(2)\"\nnull=\"allow\"\n\
    [[field]]\nname=\"state\"\ntype=\"enum\"\nnames=[\"open\",\"paid\"]\ndefault=\"open\"\n\
    [[field]]\nname=\"more\"\ntype=\"json\"\nnull=\"allow\"\n";
const COLUMNS: [&str; 4] = ["name", "amount", "state", "more"];

fn tables() -> TwoTables {
    TwoTables::new(ROWS, &COLUMNS)
}

#[test]
fn equal_rows_are_counted() {
    let both = tables();
    both.rows(
        "a,1,open,\na,1.00,,\na,1,open,\nb,,paid,\nc,3,paid,[1.0]\n",
        "a,1,open,\na,1,open,\nc,3,paid,\"[1]\"\nd,4,open,{}\n",
    );
    let told = both.compare(&[]);
    assert_eq!(told.code, 1, "{}{}", told.out, told.err);
    assert!(told.out.contains("count: 3 → 2"), "{}", told.out);
    assert!(told.out.contains("1 only left, 1 only right, 1 changed, 1 equal"), "{}", told.out);
    let lines = json_lines(&both.diff(&["--json"]).out);
    let key = json!({"name": "a", "amount": "1.00", "state": "open", "more": null});
    let changed = lines.iter().find(|line| line["kind"] == "changed").unwrap();
    assert_eq!(changed["key"]["name"], key["name"], "{changed}");
    assert_eq!(changed["fields"], json!([{"path": "count", "left": 3, "right": 2}]));
    let tree = both.path("l.mst");
    good(&["verify", &tree]);
    let all = good(&["ls", &tree]);
    for key in all.lines().map(|line| line.split("  ").next().unwrap()) {
        good(&["get", &tree, key]);
    }
    // A row less is a commit on the tree that is there, and the counts follow.
    both.side("l", "a,1,open,\na,1.00,,\nd,4,open,{}\nc,3,paid,[1]\n");
    assert_eq!(both.compare(&[]).code, 0);
    let again = good(&["build", &both.path("l.toml"), "-o", &tree]);
    assert!(again.contains("nothing") || again.contains("unchanged") || again.contains('0'), "{again}");
}

#[test]
fn rows_that_cannot_be_read_leave_it_open_whether_a_count_is_too_low() {
    // The rows of the left and of the right, the kinds that are listed, and the exit code.
    for (left, right, kinds, code) in [
        // One more on the right may be the row of the left that broke the contract.
        ("a,1,,\na,x,,\n", "a,1,,\na,1,,\n", &["not_compared"][..], 2),
        // Two more are not all it.
        ("a,1,,\na,x,,\n", "a,1,,\na,1,,\na,1,,\n", &["changed"], 1),
        // The side that has more may only have more still.
        ("a,1,,\na,1,,\na,x,,\n", "a,1,,\n", &["changed"], 1),
        ("a,x,,\n", "a,1,,\n", &["not_compared"], 2),
        ("a,1,,\na,x,,\n", "a,1,,\n", &[], 2),
        ("a,1,,\n", "a,1,,\na,1,,\na,x,,\n", &["changed"], 1),
        ("a,1,,\n", "a,1,,\nb,1,,\nb,x,,\n", &["only_right"], 1),
    ] {
        let both = tables();
        both.rows(left, right);
        let told = both.compare(&["--json", "--on-error", "skip"]);
        let told_kinds: Vec<String> = json_lines(&told.out)
            .iter()
            .map(|line| line["kind"].as_str().unwrap().to_owned())
            .filter(|kind| kind != "summary" && kind != "violation")
            .collect();
        assert_eq!(
            (told_kinds.as_slice(), told.code),
            (&kinds.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()[..], code),
            "{left:?} {right:?}: {}",
            told.out
        );
    }
}

#[test]
fn rows_are_fetched_and_counted_again() {
    let both = tables();
    both.rows("a,1,,\na,1,,\nb,1,,\n", "a,1,,\nb,1,,\n");
    assert_eq!(both.compare(&[]).code, 1);
    let fetching = both.fetching();
    let fetching: Vec<&str> = fetching.iter().map(String::as_str).chain(["--json"]).collect();
    for (now, verdict, code) in [
        ("a,1,,\na,1,,\nb,1,,\n", "agrees_now", 0),
        ("a,1,,\na,1,,\na,1,,\nb,1,,\n", "drifted", 1),
        ("b,1,,\n", "drifted", 1),
        ("a,1,,\na,1,,\na,x,,\n", "could_not_tell", 2),
    ] {
        both.side("r", now);
        let told = both.diff(&fetching);
        assert_eq!((listed(&told).1["verdict"].as_str(), told.code), (Some(verdict), code), "{now:?}: {}", told.out);
    }
}

#[test]
fn a_row_that_is_too_long_for_a_key_is_an_error_that_says_so() {
    let both = tables();
    both.rows(&format!("{},1,,\n", "a".repeat(100_000)), "a,1,,\n");
    let told = run(&["build", &both.path("l.toml"), "-o", &both.path("l.mst")]);
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.err.contains("key length") && told.err.contains("name, amount, state, more"), "{}", told.err);
    assert_eq!(both.compare(&["--on-error", "skip"]).code, 2, "it may be any row");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// The drift is that of counting the rows of each text.
    #[test]
    fn the_drift_is_that_of_a_naive_count(
        left in prop::collection::vec((0_u8..4, 0_u8..3, 0_u8..3), 0..60),
        right in prop::collection::vec((0_u8..4, 0_u8..3, 0_u8..3), 0..60),
    ) {
        type Row = (u8, u8, u8);
        let both = tables();
        // Null, empty text, and texts of which one begins the other.
        let text = |rows: &[Row]| -> String {
            let row = |(name, amount, state): &Row| {
                let name = ["", "\"\"", "a", "ab"][usize::from(*name)];
                let amount = ["", "-1", "0.50"][usize::from(*amount)];
                format!("{name},{amount},{},\n", ["", "open", "paid"][usize::from(*state)])
            };
            rows.iter().map(row).collect()
        };
        both.rows(&text(&left), &text(&right));
        let count = |rows: &[Row]| {
            let mut counts = BTreeMap::new();
            for (name, amount, state) in rows {
                // An empty state is open by default.
                *counts.entry((*name, *amount, (*state).max(1))).or_insert(0_u64) += 1;
            }
            counts
        };
        let (l, r) = (count(&left), count(&right));
        let of = |test: &dyn Fn(u64, u64) -> bool| {
            let keys: std::collections::BTreeSet<_> = l.keys().chain(r.keys()).collect();
            let each = |key: &&&Row| test(l.get(**key).copied().unwrap_or(0), r.get(**key).copied().unwrap_or(0));
            keys.iter().filter(each).count() as u64
        };
        let told = both.compare(&["--json"]);
        let (_, summary) = listed(&told);
        let found = |name: &str| summary[name].as_u64().unwrap();
        prop_assert_eq!(
            (found("only_left"), found("only_right"), found("changed"), found("equal")),
            (of(&|a, b| b == 0 && a > 0), of(&|a, b| a == 0 && b > 0), of(&|a, b| a != b && a > 0 && b > 0), of(&|a, b| a == b)),
            "{}", told.out
        );
        prop_assert_eq!(told.code, i32::from(l != r));
        // The records are in the order of the values, null first.
        let keys: Vec<_> = l.keys().copied().collect();
        prop_assert_eq!(good(&["ls", &both.path("l.mst")]).lines().count(), keys.len());
    }
}
