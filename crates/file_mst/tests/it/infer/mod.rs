//! Types of files that do not name them: how often they are found, and that no boundary is ever wrong.
#![allow(clippy::print_stdout, reason = "figures are printed for whoever asks for them")]

mod realistic;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use file_mst::open::Opened;
use mst_test_support::published::Record;
use mst_test_support::shapes::{ShapedFile, shape_cases};
use mst_test_support::trees::{at, list, open_bytes};
use mst_types::{ItemType, Value, ValueKind};

/// The result for one file.
struct Outcome {
    what: String,
    found: String,
    /// Every key and value has the right ends.
    delimited: bool,
    /// The fields of every value do.
    divided: bool,
    took: Duration,
}

/// Where the fields of a value end, with tuples split into their parts.
fn field_ends(value: &Value, ends: &mut Vec<usize>) {
    match &value.kind {
        ValueKind::Tuple(parts) => parts.iter().for_each(|part| field_ends(part, ends)),
        ValueKind::Struct(fields) => fields.iter().for_each(|(_, part)| field_ends(part, ends)),
        _ => ends.push(value.span.end),
    }
}

fn try_file(file: &ShapedFile) -> Outcome {
    let what = file.what.clone();
    let only: Vec<Record> = file.records.iter().map(|(record, _)| record.clone()).collect();
    let (bytes, root) = file.write();
    let start = Instant::now();
    let Opened { tree, typing, .. } = open_bytes(bytes, &at(root)).unwrap();
    let took = start.elapsed();
    let listing = list(&tree);
    // Every record that is shown was written: no key and no value has a wrong end.
    let known: HashMap<&[u8], &Record> = only.iter().map(|record| (record.key_stored.as_slice(), record)).collect();
    for record in &listing.records {
        assert_eq!(known.get(record.key_stored.as_slice()), Some(&record), "{what}: a record that nobody wrote");
    }
    let delimited = listing.damage.is_empty() && listing.records == only;
    let divided =
        delimited && typing.value.as_ref().is_some_and(|ty| file.records.iter().all(|pair| is_divided(ty, pair)));
    let name = |ty: &Option<ItemType>| ty.as_ref().map_or("?".to_owned(), ToString::to_string);
    let found = format!("{} → {} ({} of {})", name(&typing.key), name(&typing.value), typing.proved, typing.sampled);
    Outcome { what, found, delimited, divided, took }
}

fn is_divided(ty: &ItemType, (record, ends): &(Record, Vec<usize>)) -> bool {
    let mut found = Vec::new();
    let Ok(value) = ty.decode(&record.value) else { return false };
    field_ends(&value, &mut found);
    found.dedup();
    found == *ends || found == [0] && ends.is_empty()
}

/// Tries that many files, and counts how many were delimited and divided correctly.
fn try_files(seeds: impl Iterator<Item = u64>, records: Option<u64>) -> (usize, usize, usize) {
    let outcomes: Vec<Outcome> = seeds.map(|seed| try_file(&ShapedFile::sized(seed, records))).collect();
    for outcome in outcomes.iter().filter(|outcome| outcome.took > Duration::from_millis(900)) {
        println!("slow: {:?}: {}", outcome.took, outcome.what);
    }
    for outcome in outcomes.iter().filter(|outcome| !outcome.divided) {
        let fault = if outcome.delimited { "divided otherwise" } else { "not delimited" };
        println!("{fault}: {}\n    as {}", outcome.what, outcome.found);
    }
    let count = |fits: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| fits(outcome)).count();
    let (delimited, divided) = (count(|outcome| outcome.delimited), count(|outcome| outcome.divided));
    let slowest = outcomes.iter().map(|outcome| outcome.took).max().unwrap_or_default();
    let total: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    println!(
        "{} files: {delimited} delimited, {divided} divided as written; opening took {:?} on average, {slowest:?} at most",
        outcomes.len(),
        total / outcomes.len().max(1) as u32,
    );
    (outcomes.len(), delimited, divided)
}

/// Each shape of the table in `docs/TYPES.md` opens without given types, with all boundaries proved.
#[test]
fn every_shape_opens_without_types() {
    for case in shape_cases() {
        for (count, file) in case.files(&[400, 4000]) {
            let outcome = try_file(&file);
            assert!(outcome.delimited && outcome.divided, "{}: {}", outcome.what, outcome.found);
            let (types, _) = outcome.found.rsplit_once(" (").unwrap();
            let value = types.split_once(" → ").unwrap().1;
            assert_eq!(value, case.found, "{}, {count}", outcome.what);
        }
    }
}

#[test]
fn random_structs_are_delimited_and_never_wrongly() {
    // A sample this small says little about the rate; the test of a thousand files below requires 95 in 100.
    let (files, delimited, divided) = try_files(0..40, None);
    assert!(delimited * 100 >= files * 90, "{delimited} of {files} delimited");
    assert!(divided * 100 >= files * 80, "{divided} of {files} divided as written");
}

/// The same for 1,000 files: `cargo test --release -p file_mst --test it a_thousand_random_structs -- --ignored --nocapture`. `RECORDS` in the environment
/// sets the number of records in each; a lower rate in small files is no failure.
#[test]
#[ignore = "takes minutes"]
fn a_thousand_random_structs() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let (first, records) = (number("FIRST").unwrap_or(0), number("RECORDS"));
    let (files, delimited, divided) = try_files(first..first + number("COUNT").unwrap_or(1000), records);
    if records.is_none() {
        assert!(delimited * 100 >= files * 95, "{delimited} of {files} delimited");
        assert!(divided * 100 >= files * 80, "{divided} of {files} divided as written");
    }
}
