//! Records within tolerance are no drift, and are never called equal.
#![cfg(feature = "csv")]

use proptest::prelude::*;

use crate::program::{Ran, good, refused, run};
use crate::two_tables::{TwoTables, listed};

const COLUMNS: [&str; 5] = ["id", "amount", "at", "day", "name"];

fn contract(amount: &str, at: &str, values: &str) -> String {
    format!(
        "{values}\n[[key]]\nname=\"id\"\ntype=\"i64\"\n[[field]]\nname=\"amount\"\ntype=\"decimal(2)\"\nnull=\"allow\"\n{amount}\n\
         [[field]]\nname=\"at\"\ntype=\"timestamp(ms)\"\n{at}\n[[field]]\nname=\"day\"\ntype=\"date\"\n\
         [[field]]\nname=\"name\"\ntype=\"text\"\n"
    )
}

fn tables(amount: &str, at: &str) -> TwoTables {
    TwoTables::new(&contract(amount, at, ""), &COLUMNS)
}

/// Rows that differ from [`RIGHT`] in: nothing, an amount at the tolerance of 0.01, a time at that of 1s, both, an
/// amount beyond it, a name, null.
const LEFT: &str = "1,1,2026-01-01T00:00:00Z,2026-01-01,a\n2,1,2026-01-01T00:00:00Z,2026-01-01,a\n\
    3,1,2026-01-01T00:00:00Z,2026-01-01,a\n4,1,2026-01-01T00:00:00Z,2026-01-01,a\n\
    5,1,2026-01-01T00:00:00Z,2026-01-01,a\n6,1,2026-01-01T00:00:00Z,2026-01-01,a\n\
    7,0,2026-01-01T00:00:00Z,2026-01-01,a\n";
const RIGHT: &str = "1,1,2026-01-01T00:00:00Z,2026-01-01,a\n2,1.01,2026-01-01T00:00:00Z,2026-01-01,a\n\
    3,1,2026-01-01T00:00:01Z,2026-01-01,a\n4,0.99,2025-12-31T23:59:59Z,2026-01-01,a\n\
    5,1.02,2026-01-01T00:00:01Z,2026-01-01,a\n6,1,2026-01-01T00:00:01Z,2026-01-01,b\n\
    7,,2026-01-01T00:00:00Z,2026-01-01,a\n";

fn counts(ran: &Ran) -> (u64, u64, u64) {
    let (_, summary) = listed(ran);
    let count = |name: &str| summary[name].as_u64().unwrap();
    (count("changed"), count("within_tolerance"), count("equal"))
}

#[test]
fn records_within_tolerance_are_counted_apart_and_listed_on_request() {
    let both = tables("tolerance=\"0.01\"", "tolerance=\"1s\"");
    both.rows(LEFT, RIGHT);
    let told = both.compare(&[]);
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("3 records within tolerance"), "{}", told.out);
    assert!(told.out.contains("tolerance: amount 0.01, at 1s"), "{}", told.out);
    for (key, is_listed) in [("~ 5", true), ("~ 6", true), ("~ 7", true), (" 2", false), (" 3", false), (" 4", false)] {
        assert_eq!(told.out.lines().any(|line| line == key || line.ends_with(key)), is_listed, "{key}: {}", told.out);
    }
    let (kinds, summary) = listed(&both.diff(&["--json"]));
    assert_eq!(kinds, ["changed"; 3]);
    assert_eq!(summary["tolerances"], serde_json::json!({"amount": "0.01", "at": "1s"}));
    assert_eq!((summary["verdict"].as_str(), summary["within_tolerance"].as_u64()), (Some("drifted"), Some(3)));
    // On request they are listed, alone.
    let (kinds, _) = listed(&both.diff(&["--json", "--only", "within-tolerance"]));
    assert_eq!(kinds, ["within_tolerance"; 3]);
    let text = both.diff(&["--only", "within-tolerance"]).out;
    assert!(text.contains("≈ 4\n    amount: 1.00 → 0.99"), "{text}");
    // The contract's tolerances can be replaced, and switched off.
    for (given, expected, code) in [
        ("none", (6, 0, 1), 1),
        ("amount=0,at=0", (6, 0, 1), 1),
        ("amount=0.02", (2, 4, 1), 1),
        ("amount=0", (5, 1, 1), 1),
        ("at=999ms", (5, 1, 1), 1),
        ("day=1d", (3, 3, 1), 1),
    ] {
        let told = both.diff(&["--json", "--tolerance", given]);
        assert_eq!((counts(&told), told.code), (expected, code), "{given}: {}", told.out);
        let told = both.compare(&["--json", "--tolerance", given]);
        assert_eq!((counts(&told), told.code), (expected, code), "compare {given}: {}", told.out);
    }
}

#[test]
fn only_records_within_tolerance_are_no_drift_and_no_equal_trees() {
    let both = tables("", "");
    let within = |rows: &str| rows.lines().take(4).map(|line| format!("{line}\n")).collect::<String>();
    both.rows(&within(LEFT), &within(RIGHT));
    assert_eq!(both.compare(&[]).code, 1, "without a tolerance it is drift");
    let tolerance = ["--tolerance", "amount=0.01,at=1s"];
    let told = both.diff(&tolerance);
    assert_eq!(told.code, 0, "{}", told.out);
    assert!(told.out.contains("same within tolerance\n") && !told.out.contains("drifted"), "{}", told.out);
    assert!(told.out.contains("3 records within tolerance"), "{}", told.out);
    let (kinds, summary) = listed(&both.diff(&[&tolerance[..], &["--json"]].concat()));
    assert!(kinds.is_empty());
    assert_eq!(summary["verdict"], "same_within_tolerance");
    let stat = both.diff(&[&tolerance[..], &["--stat"]].concat());
    assert!(
        stat.code == 0 && stat.out.starts_with("tolerance: amount 0.01, at 1s\nsame within tolerance\n"),
        "{}",
        stat.out
    );
    // What is left out stays a reason for doubt.
    both.side("l", &format!("{}9,x,2026-01-01T00:00:00Z,2026-01-01,a\n", within(LEFT)));
    let told = both.compare(&[&tolerance[..], &["--on-error", "skip"]].concat());
    assert_eq!(told.code, 2, "{}", told.out);
    // The drift leaves records out, so it is no patch.
    let drift = both.folder.path("drift.json");
    both.rows(&within(LEFT), &within(RIGHT));
    both.compare(&[]);
    for more in [&["--json"][..], &["--json", "--only", "within-tolerance"]] {
        std::fs::write(&drift, both.diff(&[&tolerance[..], more].concat()).out).unwrap();
        refused(&["patch", &both.path("l.mst"), &drift], &["records within tolerance", "--tolerance none"]);
    }
    std::fs::write(&drift, both.diff(&["--json", "--tolerance", "none"]).out).unwrap();
    good(&["patch", &both.path("l.mst"), &drift]);
    assert_eq!(both.diff(&[]).code, 0);
}

#[test]
fn rows_that_are_fetched_again_are_held_against_the_tolerances() {
    let both = tables("tolerance=\"0.01\"", "");
    let row = |amount: &str| format!("1,{amount},2026-01-01T00:00:00Z,2026-01-01,a\n");
    let fetching = both.fetching();
    let fetching: Vec<&str> = fetching.iter().map(String::as_str).chain(["--json"]).collect();
    // The trees, the rows now, the verdict and the exit code.
    for (trees, now, verdict, code) in [
        (["1", "2"], ["1", "1.01"], "same_within_tolerance", 0),
        (["1", "2"], ["1", "1.02"], "drifted", 1),
        (["1", "1.01"], ["1", "1.02"], "drifted", 1),
        (["1", "1.01"], ["1", "1"], "agrees_now", 0),
        (["1", "1.01"], ["1", ""], "drifted", 1),
    ] {
        both.rows(&row(trees[0]), &row(trees[1]));
        both.compare(&[]);
        both.rows(&row(now[0]), &row(now[1]));
        let told = both.diff(&fetching);
        assert_eq!((listed(&told).1["verdict"].as_str(), told.code), (Some(verdict), code), "{now:?}: {}", told.out);
    }
}

#[test]
fn the_stricter_of_two_tolerances_holds_and_it_is_said() {
    let both = tables("tolerance=\"0.02\"", "");
    both.rows("1,1,2026-01-01T00:00:00Z,2026-01-01,a\n", "1,1.02,2026-01-01T00:00:00Z,2026-01-01,a\n");
    assert_eq!(both.compare(&[]).code, 0);
    let build = |side: &str| {
        good(&["build", &both.path(&format!("{side}.toml")), "-o", &both.path(&format!("{side}.mst"))]);
    };
    // A tolerance that changes is a commit of its own, and the contract keeps its hash.
    for (amount, code, words) in [
        ("tolerance=\"0.01\"", 1, "tolerances of amount differ: left 0.02, right 0.01; the stricter one holds"),
        ("tolerance=\"0.5\"", 0, "tolerances of amount differ: left 0.02, right 0.5; the stricter one holds"),
        ("", 1, "tolerances of amount differ: left 0.02, right none; the stricter one holds"),
        ("tolerance=\"0.020\"", 0, "tolerance: amount 0.02"),
    ] {
        both.contract(&contract(amount, "", ""));
        build("r");
        let told = both.diff(&[]);
        assert_eq!(told.code, code, "{amount}: {}", told.out);
        assert!(told.out.contains(words), "{amount}: {}", told.out);
        assert!(!told.out.contains("contracts"), "{}", told.out);
    }
}

#[test]
fn fingerprints_cannot_tell_whether_a_record_is_within_tolerance() {
    let both = TwoTables::new(&contract("tolerance=\"0.01\"", "", "values=\"fingerprint\""), &COLUMNS);
    let rows = |amount: &str| format!("1,{amount},2026-01-01T00:00:00Z,2026-01-01,a\n");
    both.rows(&rows("1"), &rows("1.01"));
    // The rows are fetched, so they can tell.
    assert_eq!(both.compare(&[]).code, 0);
    let told = both.diff(&[]);
    assert_eq!(told.code, 2, "{}", told.out);
    assert!(
        !told.out.contains("drifted") && told.out.contains("1 changed record may be within tolerance"),
        "{}",
        told.out
    );
    let (_, summary) = listed(&both.diff(&["--json"]));
    assert_eq!(
        (summary["verdict"].as_str(), summary["reasons"][0]["reason"].as_str()),
        (Some("could_not_tell"), Some("tolerance"))
    );
    assert_eq!(both.diff(&["--tolerance", "none"]).code, 1);
    let fetching = both.fetching();
    assert_eq!(both.diff(&fetching.each_ref().map(String::as_str)).code, 0);
    // A record that is missing is drift under any tolerance.
    both.rows(&rows("1"), &format!("{}2,1,2026-01-01T00:00:00Z,2026-01-01,a\n", rows("1.01")));
    both.compare(&[]);
    let told = both.diff(&[]);
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("but not all is certain: 1 changed record"), "{}", told.out);
    refused(
        &["diff", &both.path("l.mst"), &both.path("r.mst"), "--tolerance", "nam=1"],
        &["there is no field nam", "amount, at, day"],
    );
}

#[test]
fn tolerances_that_mean_nothing_are_refused() {
    let both = tables("", "");
    both.rows(LEFT, RIGHT);
    both.compare(&[]);
    let trees = [both.path("l.mst"), both.path("r.mst")];
    for (given, words) in [
        ("amont=1", "there is no field amont to have a tolerance; the fields that can have one: amount, at, day"),
        ("id=1", "there is no field id"),
        ("name=1", "name is String, which has no distance"),
        ("amount=1s", "amount is a number"),
        ("at=1", "at is a time, and its tolerance has a unit: write 1s"),
        ("day=1s", "in whole days: write 1d"),
        ("amount", "is not FIELD=TOLERANCE"),
        ("amount=-1", "is no tolerance"),
        ("at=1 week", "the units are ns, us, ms, s, min, h and d"),
        ("amount=1,amount=2", "two tolerances"),
    ] {
        refused(&["diff", &trees[0], &trees[1], "--tolerance", given], &[words]);
    }
    refused(&["diff", &trees[0], &trees[1], "--bytes", "--tolerance", "amount=1"], &["omit --bytes or --tolerance"]);
    let contracts = [
        (contract("tolerance=\"1s\"", "", ""), "amount is a number"),
        (contract("", "tolerance=\"1\"", ""), "at is a time"),
        (contract("tolerance=\"x\"", "", ""), "is no tolerance"),
        (format!("{}tolerance=\"1\"\n", contract("", "", "")), "text has no distance"),
        (contract("", "", "").replacen("type=\"i64\"\n", "type=\"i64\"\ntolerance=\"1\"\n", 1), "field of the key"),
    ];
    for (text, words) in contracts {
        both.contract(&text);
        let told = run(&["contract", "check", &both.path("c.toml")]);
        assert!(told.code == 1 && (told.out.clone() + &told.err).contains(words), "{words}: {} {}", told.out, told.err);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The counts are those of a naive comparison, and without a tolerance nothing is within it.
    #[test]
    fn counts_are_those_of_a_naive_comparison(
        rows in prop::collection::btree_map(0_u32..200, (0_i64..40, 0_i64..40), 1..80),
        allowed in 0_i64..8,
    ) {
        let both = tables("", "");
        let text = |side: fn(&(i64, i64)) -> i64| -> String {
            let row = |(id, pair): (&u32, &(i64, i64))| {
                format!("{id},{},2026-01-01T00:00:00Z,2026-01-01,a\n", side(pair))
            };
            rows.iter().map(row).collect()
        };
        both.rows(&text(|pair| pair.0), &text(|pair| pair.1));
        let told = both.compare(&["--json", "--tolerance", &format!("amount={allowed}.000")]);
        let count = |wanted: &dyn Fn(i64) -> bool| {
            rows.values().filter(|(a, b)| wanted((a - b).abs())).count() as u64
        };
        let naive = (count(&|d| d > allowed), count(&|d| d > 0 && d <= allowed), count(&|d| d == 0));
        prop_assert_eq!(counts(&told), naive);
        prop_assert_eq!(naive.0 + naive.1 + naive.2, rows.len() as u64);
        prop_assert_eq!(told.code, i32::from(naive.0 > 0));
        let exact = both.diff(&["--json", "--tolerance", "amount=0"]);
        let plain = both.diff(&["--json"]);
        prop_assert_eq!(&exact.out, &plain.out);
        prop_assert_eq!(counts(&plain), (naive.0 + naive.1, 0, naive.2));
    }
}
