//! Types of files that do not name them: how often they are found, and that no boundary is ever wrong.
#![allow(clippy::print_stdout, reason = "figures are printed for whoever asks for them")]

#[path = "../common/mod.rs"]
mod common;
mod shapes;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::{at, list, open_bytes};
use file_mst::open::Opened;
use file_mst::schema::{ItemType, Value, ValueKind};
use mst_test_support::published::{Layout, PublishedWriter, Record};
use shapes::{KeyKind, Kind, Random, Range, any_struct, records};

/// What became of one file.
struct Outcome {
    what: String,
    found: String,
    /// Every key and value has the right ends.
    delimited: bool,
    /// The fields of every value do.
    divided: bool,
    took: Duration,
}

/// Where the fields of a value end once tuples are taken apart.
fn field_ends(value: &Value, ends: &mut Vec<usize>) {
    match &value.kind {
        ValueKind::Tuple(parts) => parts.iter().for_each(|part| field_ends(part, ends)),
        ValueKind::Struct(fields) => fields.iter().for_each(|(_, part)| field_ends(part, ends)),
        _ => ends.push(value.span.end),
    }
}

fn try_file(seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let (layout, key) = KeyKind::ALL[random.below(8) as usize];
    let fields = any_struct(&mut random);
    // From 50 to 3,200, small ones as often as large ones.
    let count = 50 << random.below(7);
    let keys = key.keys(layout, count, &mut random);
    let written = records(keys, &fields, &mut random);
    try_written(format!("{seed}: {count} {layout:?} {key:?} → {fields:?}"), layout, &written)
}

fn try_written(what: String, layout: Layout, written: &[(Record, Vec<usize>)]) -> Outcome {
    let only: Vec<Record> = written.iter().map(|(record, _)| record.clone()).collect();
    let mut file = PublishedWriter::new(layout);
    let root = file.append_tree(&only);
    let bytes = file.into_bytes();
    let start = Instant::now();
    let Opened { tree, typing, .. } = open_bytes(bytes, &at(root)).unwrap();
    let took = start.elapsed();
    let listing = list(&tree);
    // Whatever is shown was written: no key and no value has a wrong end.
    let known: HashMap<&[u8], &Record> = only.iter().map(|record| (record.key_stored.as_slice(), record)).collect();
    for record in &listing.records {
        assert_eq!(known.get(record.key_stored.as_slice()), Some(&record), "{what}: a record that nobody wrote");
    }
    let delimited = listing.damage.is_empty() && listing.records == only;
    let divided = delimited && typing.value.as_ref().is_some_and(|ty| written.iter().all(|pair| is_divided(ty, pair)));
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

/// Tries so many files, and says how many were delimited and divided rightly.
fn try_files(seeds: impl Iterator<Item = u64>) -> (usize, usize, usize) {
    let outcomes: Vec<Outcome> = seeds.map(try_file).collect();
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

/// A shape of values, what is found for it, and how a value is written.
struct ShapeCase {
    name: &'static str,
    found: &'static str,
    fields: Vec<Kind>,
}

fn shape_cases() -> Vec<ShapeCase> {
    let case = |name, found, fields: Vec<Kind>| ShapeCase { name, found, fields };
    let some = |kind: Kind| Box::new(kind);
    let time = Kind::Unsigned(Range::Time(1000));
    vec![
        case("text", "String", vec![Kind::Words(4)]),
        case("bytes", "Vec<u8>", vec![Kind::Bytes(64)]),
        case("array", "[u8; 32]", vec![Kind::Array(32)]),
        case("unsigned integer", "u64", vec![Kind::Unsigned(Range::Bits(64))]),
        case("bool", "bool", vec![Kind::Bool]),
        case("unit", "()", vec![Kind::Unit]),
        case("option of a number", "Option<u64>", vec![Kind::Option(3, some(Kind::Unsigned(Range::Bits(32))))]),
        case("option of text", "Option<String>", vec![Kind::Option(3, some(Kind::Words(4)))]),
        case("tuple", "(u64, String)", vec![Kind::Tuple(vec![Kind::Unsigned(Range::Bits(32)), Kind::Words(3)])]),
        case(
            "struct",
            "(u64, String, f64, bool, [u8; 32])",
            vec![time.clone(), Kind::Words(4), Kind::Float, Kind::Bool, Kind::Array(32)],
        ),
        case("vector of numbers", "Vec<u64>", vec![Kind::List(6, some(Kind::Unsigned(Range::Bits(32))))]),
        case("vector of texts", "Vec<String>", vec![Kind::List(6, some(Kind::Words(2)))]),
        case(
            "vector of structs",
            "Vec<(String, u64)>",
            vec![Kind::List(4, some(Kind::Tuple(vec![Kind::Words(2), Kind::Unsigned(Range::Bits(32))])))],
        ),
        case(
            "enum",
            "enum {V0, V1(u64), V2(String)}",
            vec![Kind::Enum(vec![None, Some(time.clone()), Some(Kind::Words(3))])],
        ),
        case(
            "struct with an enum",
            "(String, enum {V0, V1(u64), V2(String)}, u64)",
            vec![Kind::Code(5), Kind::Enum(vec![None, Some(time.clone()), Some(Kind::Words(3))]), time],
        ),
    ]
}

/// Each shape opens without a word about its types, all boundaries proved; with `--nocapture`, the table of
/// `docs/TYPES.md`.
#[test]
fn every_shape_opens_without_types() {
    println!("| values | found | records | nodes | opening |");
    for (number, case) in shape_cases().into_iter().enumerate() {
        for (layout, key) in [(Layout::V0_2, KeyKind::Text), (Layout::Git, KeyKind::Numbers)] {
            for count in [400, 4000] {
                let mut random = Random::new(1000 + number as u64);
                let keys = key.keys(layout, count, &mut random);
                let written = records(keys, &case.fields, &mut random);
                let outcome = try_written(format!("{}, {layout:?}", case.name), layout, &written);
                assert!(outcome.delimited && outcome.divided, "{}: {}", outcome.what, outcome.found);
                let (types, nodes) = outcome.found.rsplit_once(" (").unwrap();
                let value = types.split_once(" → ").unwrap().1;
                assert_eq!(value, case.found, "{}, {count}", outcome.what);
                let nodes = nodes.split(' ').next().unwrap();
                println!("| {} | `{value}` | {count} | {nodes} | {:.1?} |", outcome.what, outcome.took);
            }
        }
    }
}

#[test]
fn random_structs_are_delimited_and_never_wrongly() {
    // So few say little of the rate; the thousand below hold it to 95 in 100.
    let (files, delimited, divided) = try_files(0..40);
    assert!(delimited * 100 >= files * 90, "{delimited} of {files} delimited");
    assert!(divided * 100 >= files * 80, "{divided} of {files} divided as written");
}

/// The same of 1,000 files: `cargo test --release --test infer -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn a_thousand_random_structs() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (first, count) = (number("FIRST", 0), number("COUNT", 1000));
    let (files, delimited, divided) = try_files(first..first + count);
    assert!(delimited * 100 >= files * 95, "{delimited} of {files} delimited");
    assert!(divided * 100 >= files * 80, "{divided} of {files} divided as written");
}
