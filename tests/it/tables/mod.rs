//! From two tables to their drift, in one command.
#![cfg(all(feature = "csv", feature = "ndjson", feature = "sqlite"))]

mod kept;
mod mixes;
mod multiset;
mod options;
mod refusals;
#[cfg(all(feature = "postgres", feature = "mysql"))]
mod servers;
mod tour;
mod uniform;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::program::{Ran, json_lines, run};

fn tour_file(name: &str) -> String {
    format!("{}/samples/tour/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The two databases of the tour, as they are named on a command line.
fn tour_tables() -> [String; 2] {
    [tour_file("orders.sqlite#db_orders"), tour_file("billing.sqlite#db_invoices")]
}

/// What `compare --json` printed: for each key the kind or the fields that differ, and the summary.
struct Compared {
    code: i32,
    drift: BTreeMap<String, Vec<String>>,
    summary: Json,
    err: String,
}

/// Compares with further arguments.
fn compare(left: &str, right: &str, more: &[&str]) -> Compared {
    let Ran { code, out, err } = run(&[&["compare", left, right, "--json"], more].concat());
    let mut lines = json_lines(&out);
    let summary = lines.pop().unwrap_or_else(|| panic!("compare {left} {right} {more:?} printed nothing: {err}"));
    assert_eq!(summary["kind"], "summary", "{summary}");
    let found = lines.iter().filter(|line| line.get("key").is_some()).map(|line| {
        let fields = line["fields"].as_array().into_iter().flatten();
        let fields: Vec<_> = fields.map(|field| field["path"].as_str().unwrap().to_owned()).collect();
        let kind = line["kind"].as_str().unwrap().to_owned();
        let key = line["key"].as_str().map_or_else(|| line["key"].to_string(), str::to_owned);
        (key, if fields.is_empty() { vec![kind] } else { fields })
    });
    Compared { code, drift: found.collect(), summary, err }
}

fn drift_of(pairs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |what: &[&str]| what.iter().map(|what| (*what).to_owned()).collect();
    pairs.iter().map(|(key, what)| ((*key).to_owned(), owned(what))).collect()
}
