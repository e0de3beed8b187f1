//! Realistic kinds of values, and how many of their types are found.
//!
//! The independent writer writes each kind six times: 60 to 2,000 records, text and byte keys in both published
//! layouts, numbers, identifiers and pairs as keys in the later one. A file is found if every key, every value and
//! every field of every value has the right ends, including the fields in options, lists and enums, whatever the names
//! are.

mod kinds;
mod part;

use std::collections::HashMap;
use std::time::Duration;

use file_mst::open::Opened;
use mst_test_support::published::{Layout, PublishedWriter, Record};
use mst_test_support::shapes::{KeyKind, Random};
use mst_types::{ItemType, Value, ValueKind};
use rustix::time::{ClockId, clock_gettime};

use kinds::{KINDS, Kind};
use mst_test_support::trees::{at, list, open_bytes};
use part::{Fill, Part, Written};

/// The files of a kind: how many records, and how they are written.
const FILES: [(u64, Layout, KeyKind); 6] = [
    (60, Layout::V0_2, KeyKind::Text),
    (120, Layout::Git, KeyKind::Numbers),
    (300, Layout::Git, KeyKind::Array),
    (600, Layout::V0_2, KeyKind::Bytes),
    (1200, Layout::Git, KeyKind::TextAndNumber),
    (2000, Layout::Git, KeyKind::Text),
];

/// The result for one file.
struct Outcome {
    what: String,
    found: String,
    /// Every key and value has the right ends.
    delimited: bool,
    /// The fields of every value have, too.
    divided: bool,
    /// The fields within options, lists and enums have, too.
    divided_deeply: bool,
    took: Duration,
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}

fn try_file(number: u64, kind: &Kind, (count, layout, key): (u64, Layout, KeyKind)) -> Outcome {
    let mut random = Random::new(0x5eed_0000 + number);
    let keys = key.keys(layout, count, &mut random);
    let mut fill = Fill(random);
    let values: Vec<Written> = keys.iter().map(|_| (kind.fill)(&mut fill)).map(|part: Part| part.write()).collect();
    let records: Vec<Record> =
        keys.into_iter().zip(&values).map(|(key, value)| Record::new(key, value.bytes.clone())).collect();
    let mut file = PublishedWriter::new(layout);
    let root = file.append_tree(&records);
    let bytes = file.into_bytes();

    let start = processor_time();
    let Opened { tree, typing, .. } = open_bytes(bytes, &at(root)).unwrap();
    let took = processor_time() - start;
    let listing = list(&tree);
    let what = format!("{count} {layout:?} {key:?} → {}", kind.what);
    // A wrong boundary is the worst error: no record is shown that was not written.
    let known: HashMap<&[u8], &Record> = records.iter().map(|record| (record.key_stored.as_slice(), record)).collect();
    for record in &listing.records {
        assert_eq!(known.get(record.key_stored.as_slice()), Some(&record), "{what}: a record that nobody wrote");
    }
    let delimited = listing.damage.is_empty() && listing.records == records;
    let divided = |ends: fn(&Written) -> &[usize], is_deep: bool| {
        let fits = |ty: &ItemType| values.iter().all(|value| field_ends(ty, &value.bytes, is_deep) == ends(value));
        delimited && typing.value.as_ref().is_some_and(fits)
    };
    let name = |ty: &Option<ItemType>| ty.as_ref().map_or("?".to_owned(), ToString::to_string);
    Outcome {
        what,
        delimited,
        divided: divided(|value| &value.ends, false),
        divided_deeply: divided(|value| &value.deep_ends, true),
        found: format!("{} → {} ({} of {})", name(&typing.key), name(&typing.value), typing.proved, typing.sampled),
        took,
    }
}

/// Where the fields of a value end under a type: with tuples split, or with all types that have parts.
fn field_ends(ty: &ItemType, bytes: &[u8], is_deep: bool) -> Vec<usize> {
    let mut ends = Vec::new();
    if let Ok(value) = ty.decode(bytes) {
        push_ends(&value, is_deep, &mut ends);
    }
    ends.dedup();
    if bytes.is_empty() {
        ends.clear();
    }
    ends
}

fn push_ends(value: &Value, is_deep: bool, ends: &mut Vec<usize>) {
    use mst_types::Payload;
    let mut all = |parts: &[Value]| parts.iter().for_each(|part| push_ends(part, is_deep, ends));
    match &value.kind {
        ValueKind::Tuple(parts) => all(parts),
        ValueKind::Seq(parts) if is_deep && !parts.is_empty() => all(parts),
        ValueKind::Some(part) if is_deep => push_ends(part, is_deep, ends),
        ValueKind::Variant { payload: Payload::Tuple(parts), .. } if is_deep => all(parts),
        _ => ends.push(value.span.end),
    }
}

/// Tries that many files of each kind; returns how many there were, were delimited, and were divided deeply.
fn try_kinds(files: &[(u64, Layout, KeyKind)]) -> (usize, usize, usize) {
    let only = std::env::var("KIND").unwrap_or_default();
    let mut outcomes = Vec::new();
    for (number, kind) in (0..).zip(&KINDS).filter(|(_, kind)| kind.what.contains(&only)) {
        outcomes.extend((0..).zip(files).map(|(file, how)| try_file(100 * number + file, kind, *how)));
    }
    for outcome in outcomes.iter().filter(|outcome| !outcome.divided_deeply) {
        let fault = match (outcome.delimited, outcome.divided) {
            (false, _) => "not delimited",
            (true, false) => "divided otherwise",
            (true, true) => "divided otherwise inside",
        };
        println!("{fault}, {:?}: {}\n    as {}", outcome.took, outcome.what, outcome.found);
    }
    let count = |fits: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| fits(outcome)).count();
    let (delimited, divided) = (count(|outcome| outcome.delimited), count(|outcome| outcome.divided));
    let deeply = count(|outcome| outcome.divided_deeply);
    println!(
        "{} files of {} kinds: {delimited} delimited, {divided} divided as written, {deeply} inside too; wrong boundaries 0; \
         opening took {:?} of processor time in total, {:?} at most",
        outcomes.len(),
        outcomes.len() / files.len(),
        outcomes.iter().map(|outcome| outcome.took).sum::<Duration>(),
        outcomes.iter().map(|outcome| outcome.took).max().unwrap_or_default(),
    );
    (outcomes.len(), delimited, deeply)
}

/// Two files of each kind.
#[test]
fn realistic_types_are_found() {
    let (files, delimited, _) = try_kinds(&FILES[3..5]);
    assert!(delimited * 100 >= files * 90, "{delimited} of {files} delimited");
}

/// All six: `cargo test --release -p file_mst --test it six_files -- --ignored --nocapture --test-threads 1`. With `KIND` in the
/// environment only the kinds with that text in their names.
#[test]
#[ignore = "takes a while"]
fn six_files_of_each_realistic_type() {
    let (files, delimited, _) = try_kinds(&FILES);
    assert!(delimited * 100 >= files * 90, "{delimited} of {files} delimited");
}
