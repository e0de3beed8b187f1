//! The tour of two services: the program finds the drift that its README lists.
#![cfg(all(feature = "csv", feature = "sqlite"))]

use std::collections::BTreeMap;

use crate::program::{Ran, Scratch, good, json_lines, refused, run};
use serde_json::{Value as Json, json};

fn tour(name: &str) -> String {
    format!("{}/samples/tour/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The differences, by key and then by field.
fn drift(lines: &str) -> (BTreeMap<String, Vec<String>>, Json) {
    let mut lines = json_lines(lines);
    let summary = lines.pop().unwrap();
    let found = lines.iter().map(|line| {
        let fields = line["fields"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap().to_owned());
        let fields: Vec<_> = fields.collect();
        let kind = line["kind"].as_str().unwrap().to_owned();
        (line["key"].as_str().unwrap().to_owned(), if fields.is_empty() { vec![kind] } else { fields })
    });
    (found.collect(), summary)
}

/// The drift that the README beside the samples lists.
fn expected() -> BTreeMap<String, Vec<String>> {
    let mut expected = BTreeMap::new();
    let mut add = |numbers: &[u32], what: &[&str]| {
        for number in numbers {
            expected.insert(format!("ORD-{number}"), what.iter().map(|what| (*what).to_owned()).collect());
        }
    };
    add(&[10_057, 10_058, 10_311], &["only_left"]);
    add(&[10_901, 10_902], &["only_right"]);
    add(&[10_023, 10_140, 10_141, 10_142, 10_388], &["status"]);
    add(&[10_077, 10_264], &["amount"]);
    add(&[10_190], &["currency"]);
    add(&[10_305], &["ordered_at"]);
    add(&[10_350], &["amount", "status"]);
    expected
}

#[test]
fn three_commands_lead_from_two_services_to_the_fields_that_differ() {
    let scratch = Scratch::new();
    let (orders, billing) = (scratch.path("orders.mst"), scratch.path("billing.mst"));
    for (mapping, out, rows) in [("orders", &orders, "400"), ("billing", &billing, "399")] {
        let said = good(&["build", &tour(&format!("{mapping}.toml")), "-o", out]);
        assert!(said.contains(&format!("rows      {rows}\n")), "{said}");
        // The same rows from a CSV file are the same tree.
        let said = good(&["build", &tour(&format!("{mapping}-csv.toml")), "-o", out]);
        assert!(said.contains("nothing changed since #1"), "{said}");
    }
    let Ran { code, out, err } = run(&["diff", &orders, &billing, "--json"]);
    assert_eq!((code, err.as_str()), (1, ""));
    let (found, summary) = drift(&out);
    assert_eq!(found, expected());
    assert_eq!(summary["fields"][0], json!({"path": "status", "records": 6}));
    assert_eq!(summary["contract_left"], summary["contract_right"]);
    let text = run(&["diff", &orders, &billing, "--stat"]).out;
    assert!(text.contains("fields: status 6, amount 3, currency 1, ordered_at 1\n"), "{text}");
}

#[test]
fn one_command_compares_two_sources() {
    let scratch = Scratch::new();
    let (orders, billing) = (tour("orders.toml"), tour("billing.toml"));
    let Ran { code, out, err } = run(&["compare", &orders, &billing, "--json"]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(drift(&out).0, expected());
    let kept = [scratch.path("left.mst"), scratch.path("right.mst")];
    let args = ["compare", &orders, &orders, "--left-tree", &kept[0], "--right-tree", &kept[1]];
    for _ in 0..2 {
        let said = good(&args);
        assert!(said.starts_with("same\n"), "{said}");
    }
    assert!(good(&["log", &kept[0]]).lines().count() == 1, "nothing changed, no commit");
}

#[test]
fn fingerprints_are_explained_by_the_rows_from_which_they_were_made() {
    let scratch = Scratch::new();
    let mappings = [tour("orders-fingerprints.toml"), tour("billing-fingerprints.toml")];
    let trees = [scratch.path("orders.mst"), scratch.path("billing.mst")];
    for (mapping, tree) in mappings.iter().zip(&trees) {
        good(&["build", mapping, "-o", tree]);
    }
    // The trees have nothing but hashes.
    let Ran { code, out, .. } = run(&["diff", &trees[0], &trees[1], "--json"]);
    assert_eq!(code, 1);
    assert!(
        json_lines(&out).iter().all(|line| line["fields"].as_array().unwrap().iter().all(|field| field["path"] == ""))
    );
    let args = ["diff", &trees[0], &trees[1], "--left-mapping", &mappings[0], "--right-mapping", &mappings[1]];
    let Ran { code, out, err } = run(&[&args[..], &["--json"]].concat());
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(drift(&out).0, expected());
    let text = run(&args).out;
    let at = text.find("~ ORD-10350\n").unwrap();
    for words in
        ["    status: paid → refunded\n", "    left row 350: {id: 10350, ", "    right row 5: {invoice_no: 7004, "]
    {
        assert!(text[at..].contains(words), "no {words:?} in {text}");
    }
    assert_eq!(drift(&run(&["compare", &mappings[0], &mappings[1], "--json"]).out).0, expected());
    // Rows of another contract explain nothing.
    let wrong = ["diff", &trees[0], &trees[1], "--left-mapping", &tour("orders.toml"), "--right-mapping", &mappings[1]];
    refused(&wrong, &["orders.mst", "does not follow the contract"]);
}

#[test]
fn trees_under_different_contracts_say_so_first() {
    let scratch = Scratch::new();
    let (fields, hashes) = (scratch.path("fields.mst"), scratch.path("hashes.mst"));
    good(&["build", &tour("orders.toml"), "-o", &fields]);
    good(&["build", &tour("orders-fingerprints.toml"), "-o", &hashes]);
    let Ran { code, out, .. } = run(&["diff", &fields, &hashes, "--stat"]);
    assert_eq!(code, 2);
    assert!(out.starts_with("could not tell: different contracts: left "), "{out}");
    assert!(out.contains("a struct versus a hash"), "{out}");
    let summary = json_lines(&run(&["diff", &fields, &hashes, "--stat", "--json"]).out).pop().unwrap();
    assert_ne!(summary["contract_left"], summary["contract_right"]);
    refused(
        &["build", &tour("orders.toml"), "-o", &hashes],
        &["hashes.mst", "follows the contract", "build into a new file"],
    );
}

#[test]
fn a_row_is_explained_step_by_step() {
    let said = good(&["contract", "explain", &tour("orders.toml"), "--row", "ORD-10057"]);
    for words in [
        "row 57\n",
        "key order: text\n",
        "concat → \"ord-10057\"",
        "column amount_cents → 195981",
        "map → \"refunded\"",
        "time → 2026-04-07T",
    ] {
        assert!(said.contains(words), "no {words:?} in {said}");
    }
    let lines = json_lines(&good(&["contract", "explain", &tour("billing.toml"), "--json"]));
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line["broken"].is_null() && line["bytes"].is_string()));
    refused(&["contract", "explain", &tour("billing.toml"), "--row", "ORD-10057"], &["no row with the key"]);
}

#[test]
fn contracts_and_mappings_are_checked() {
    let said = good(&["contract", "check", &tour("contract.toml"), &tour("orders.toml"), &tour("billing-csv.toml")]);
    assert_eq!(said.lines().count(), 4);
    let Ran { code, out, .. } = run(&["contract", "check", &tour("contract.toml"), &tour("orders-fingerprints.toml")]);
    assert_eq!(code, 1);
    assert!(out.contains("a mapping of another contract"), "{out}");
    let scratch = Scratch::new();
    let broken = scratch.file("broken.toml", b"version = 1\nname = \"x\"\n[[key]]\nname = \"id\"\ntype = \"int\"\n");
    let Ran { code, out, .. } = run(&["contract", "check", &broken]);
    assert_eq!(code, 1);
    assert!(out.contains("broken.toml:5:8: no type \"int\""), "{out}");
}

#[test]
fn broken_rows_are_reported_and_change_the_exit_code() {
    let scratch = Scratch::new();
    scratch.file(
        "c.toml",
        b"version = 1\nname = \"x\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n[[field]]\nname = \"n\"\ntype = \"i32\"\n",
    );
    let mapping = scratch.file(
        "m.toml",
        b"version = 1\ncontract = \"c.toml\"\n[source]\nkind = \"csv\"\npath = \"t.csv\"\n[field.id]\ncolumn = \"id\"\n[field.n]\ncolumn = \"n\"\n",
    );
    scratch.file("t.csv", b"id,n\n1,one\n2,2\n2,3\n4,\x1b[31m\n5,5\n");
    let tree = scratch.path("t.mst");
    let Ran { code, out, err } = run(&["build", &mapping, "-o", &tree]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("t.csv, row 2 (key 1), column n: \"one\": not a decimal number (field n)"), "{err}");
    let Ran { code, out, err } = run(&["build", &mapping, "-o", &tree, "--on-error", "list"]);
    assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 4), "{err}");
    assert!(
        err.contains("rows 3 and 4: both have the key 2")
            && err.contains("4 rows violate the contract; nothing was written")
    );
    assert!(!err.contains('\u{1b}'), "nothing that disturbs a terminal");
    let Ran { code, out, .. } = run(&["build", &mapping, "-o", &tree, "--on-error", "skip", "--json"]);
    assert_eq!(code, 1);
    let lines = json_lines(&out);
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[0]["kind"], &lines[2]["kind"]), (&json!("violation"), &json!("duplicate")));
    assert_eq!(
        (&lines[3]["rows"], &lines[3]["left_out"], &lines[3]["commit"]["records"]),
        (&json!(5), &json!(4), &json!(1))
    );
    assert_eq!(run(&["build", &mapping, "--check"]).code, 1);
    refused(&["build", &scratch.path("none.toml"), "-o", &tree], &["none.toml: cannot open"]);
    refused(&["build", &mapping], &["--output"]);
}
