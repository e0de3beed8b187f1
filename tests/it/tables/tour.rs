//! The tour of two services, with nothing written by hand.

use std::collections::BTreeMap;

use serde_json::json;

use super::{compare, tour_file, tour_tables};
use crate::program::{Ran, Scratch, good, run};

/// The drift that the README beside the samples lists, under the names that a draft gives the fields.
pub(super) fn expected() -> BTreeMap<String, Vec<String>> {
    let mut expected = BTreeMap::new();
    let mut add = |numbers: &[u32], what: &[&str]| {
        for number in numbers {
            expected.insert(format!("ord-{number}"), what.iter().map(|what| (*what).to_owned()).collect());
        }
    };
    add(&[10_057, 10_058, 10_311], &["only_left"]);
    add(&[10_901, 10_902], &["only_right"]);
    add(&[10_023, 10_140, 10_141, 10_142, 10_388], &["payment_state"]);
    add(&[10_077, 10_264], &["total"]);
    add(&[10_190], &["currency"]);
    add(&[10_305], &["created"]);
    add(&[10_350], &["payment_state", "total"]);
    expected
}

/// The keys in lower case, and the fields sorted: two drafts may spell and order them in different ways.
pub(super) fn normal(drift: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let sorted = |mut fields: Vec<String>| {
        fields.sort();
        fields
    };
    drift.into_iter().map(|(key, fields)| (key.to_lowercase(), sorted(fields))).collect()
}

#[test]
fn two_databases_lead_to_exactly_the_drift_of_the_tour() {
    let [left, right] = tour_tables();
    let found = compare(&left, &right, &[]);
    assert_eq!((found.code, found.err.as_str()), (1, ""));
    assert_eq!(normal(found.drift), expected());
    let unconfirmed = found.summary["unconfirmed"].as_array().unwrap();
    assert_eq!(unconfirmed.len(), 2, "the map of states and the case of currencies: {unconfirmed:?}");
    assert_eq!(
        found.summary["columns_not_compared"],
        json!({"left": ["customer_name", "channel", "warehouse"], "right": ["invoice_no", "tax_country"]})
    );
    // The files of both are the same tables.
    let found = compare(&tour_file("orders.csv"), &tour_file("billing.csv"), &[]);
    assert_eq!((found.code, normal(found.drift)), (1, expected()));
}

#[test]
fn the_verdict_says_what_nobody_confirmed_and_what_is_not_compared() {
    let [left, right] = tour_tables();
    let Ran { code, out, err } = run(&["compare", &left, &right]);
    assert_eq!((code, err.as_str()), (1, ""));
    for words in ["drifted\n", "1 map of values", "that nobody confirmed", "3 columns of the left and 2 of the right"] {
        assert!(out.contains(words), "no {words:?} in {out}");
    }
    let Ran { code, out, .. } = run(&["compare", &left, &right, "--accept"]);
    assert_eq!(code, 1);
    assert!(!out.contains("confirmed") && out.contains("3 columns of the left"), "{out}");
}

#[test]
fn a_written_draft_is_a_contract_of_the_same_roots() {
    let scratch = Scratch::new();
    let [left, right] = tour_tables();
    let folder = scratch.path("draft");
    let said = good(&["contract", "draft", &left, &right, "-o", &folder]);
    let [contract, left_mapping, right_mapping] =
        ["contract.toml", "left.toml", "right.toml"].map(|file| format!("{folder}/{file}"));
    for path in [&contract, &left_mapping, &right_mapping] {
        assert!(said.contains(path.as_str()), "{said}");
    }
    good(&["contract", "check", &contract, &left_mapping, &right_mapping]);
    let drafted = compare(&left, &right, &[]);
    let written = compare(&left_mapping, &right_mapping, &[]);
    assert_eq!(drafted.drift, written.drift);
    assert_eq!(drafted.summary["contract_left"], written.summary["contract_left"]);
    assert!(written.summary.get("unconfirmed").is_none(), "a written contract is confirmed");
    // Its reasons stand in it.
    let text = std::fs::read_to_string(&contract).unwrap();
    assert!(text.contains("396 of") && text.contains("Europe/Berlin") && text.contains("Confirm"), "{text}");
    // The folder is not written over.
    assert_eq!(run(&["contract", "draft", &left, &right, "-o", &folder]).code, 2);
    assert_eq!(text, std::fs::read_to_string(&contract).unwrap());
    // Without a folder it is printed.
    let printed = good(&["contract", "draft", &left, &right]);
    assert!(printed.contains("[[key]]") && printed.contains("# right.toml"), "{printed}");
}
