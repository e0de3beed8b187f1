//! The typed samples are the independent writer's files of the records below, and open as their README says.
//! `UPDATE_SAMPLES=1 cargo test --test it samples` writes them again.

use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use crate::program::good;
use file_mst::Options;
use file_mst::TreeFile;
use file_mst::TreeWriter;
use mst_test_support::published::{
    Layout, Link, PublishedWriter, Record, i64_value, option_i64_value, string_key, string_value, u64_value,
};
use serde_json::{Value as Json, json};

const ORDER: &str = "Order{customer: String, cents: decimal(2), paid: Option<timestamp(ms)>, \
                     state: enum State {New, Sent{by: String}, Returned(u32)}, tags: Vec<String>}";
const STATION: &str = "Station{place: String, unit: enum Unit {Celsius, Kelvin}, limits: Option<(i64, i64)>, \
                       readings: Vec<u64>}";

fn list(items: impl ExactSizeIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut bytes = u64_value(items.len() as u64);
    bytes.extend(items.flatten());
    bytes
}

fn order(number: u64) -> Vec<u8> {
    const TAGS: [&str; 4] = ["gift", "express", "fragile", "b2b"];
    let customer = ["Ada Lindqvist", "Bruno Okafor", "Chen Wei", "Dorothea Maier", "Emil Novák"][number as usize % 5];
    let paid = (!number.is_multiple_of(4)).then_some(1_795_219_200_000 + 61_277 * number as i64);
    let state = match number % 7 {
        0..3 => vec![0],
        3..6 => [vec![1], string_value(["parcel post", "bicycle"][number as usize % 2])].concat(),
        _ => [vec![2], u64_value(number % 30)].concat(),
    };
    let tags = TAGS.iter().skip(number as usize % 4).take(number as usize % 3).map(|tag| string_value(tag));
    let cents = i64_value((number * 7919 % 90_000) as i64 - 500);
    [string_value(customer), cents, option_i64_value(paid), state, list(tags.collect::<Vec<_>>().into_iter())].concat()
}

fn station(number: u64) -> Vec<u8> {
    let place = ["Harbour", "Ridge", "Mill", "Old Town"][number as usize % 4];
    let low = 50 - (number * 37 % 900) as i64;
    let limits = match number % 3 {
        0 => vec![0],
        _ => [vec![1], i64_value(low), i64_value(low + 400)].concat(),
    };
    let readings = (0..number % 6).map(|at| u64_value(2_700 + (number * 131 + at * 977) % 600)).collect::<Vec<_>>();
    let unit = vec![u8::from(number.is_multiple_of(5))];
    [string_value(&format!("{place} {number}")), unit, limits, list(readings.into_iter())].concat()
}

fn tree(layout: Layout, count: u64, key: &str, value: fn(u64) -> Vec<u8>) -> (Vec<u8>, Link) {
    let record = |number| Record::new(string_key(layout, &format!("{key}-{number:04}")), value(number));
    let mut writer = PublishedWriter::new(layout);
    let root = writer.append_tree(&(1..=count).map(record).collect::<Vec<_>>());
    if layout == Layout::Git {
        writer.set_root(root);
    }
    (writer.into_bytes(), root)
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// The path of a sample, which must have these bytes.
fn sample(name: &str, bytes: &[u8]) -> String {
    let path = path(name);
    if std::env::var_os("UPDATE_SAMPLES").is_some() {
        std::fs::write(&path, bytes).expect("a sample");
    }
    assert!(std::fs::read(&path).is_ok_and(|found| found == bytes), "{name} is another; UPDATE_SAMPLES=1 renews it");
    path.to_str().expect("a path of text").to_owned()
}

fn json_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Opens without types, which are guessed; then with those that the README names.
fn check(target: &str, count: u64, ty: &str, key: &str, expected: &Json) {
    let said = json_of(&good(&["infer", "--json", target]));
    assert_eq!((&said["key"], &said["proved_by"]), (&json!("String"), &said["sampled"]), "{said}");
    let stat = json_of(&good(&["stat", "--json", target]));
    assert_eq!((&stat["records"], &stat["canonical"]), (&json!(count), &json!(true)), "{stat}");
    let typed = json_of(&good(&["get", target, key, "--key", "String", "--value", ty, "--json"]));
    assert_eq!(&typed["value"], expected, "{typed}");
    let readme = std::fs::read_to_string(path("README.md")).expect("a README");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&readme).contains(&words(ty)), "the README names {ty}");
}

#[test]
fn orders_of_version_0_2() {
    let (bytes, root) = tree(Layout::V0_2, 240, "order", order);
    let target = format!("{}@{}", sample("typed-orders.mst", &bytes), root.offset);
    let readme = std::fs::read_to_string(path("README.md")).expect("a README");
    assert!(readme.contains(&format!("typed-orders.mst@{}:{}", root.offset, hex::encode(root.hash))), "{target}");
    let expected = json!({
        "customer": "Chen Wei", "cents": "549.33", "paid": "2026-11-21T00:07:08.939Z",
        "state": "New", "tags": ["b2b"],
    });
    check(&target, 240, ORDER, "order-0007", &expected);
}

#[test]
fn stations_of_the_later_version() {
    let (bytes, _) = tree(Layout::Git, 200, "station", station);
    let target = sample("typed-stations.mst", &bytes);
    let expected = json!({"place": "Old Town 7", "unit": "Celsius", "limits": [-209, 191], "readings": [3017]});
    check(&target, 200, STATION, "station-0007", &expected);
}

/// A sample in this project's format, written again from its records and the data of its commits.
fn written_again(name: &str) -> Vec<u8> {
    let file = TreeFile::open(&path(name)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.mst");
    let options = Options { file_id: file.file_id(), ..Options::default() };
    let mut writer = TreeWriter::open(&copy, options.clone()).unwrap();
    let mut commits = file.commits().collect::<Result<Vec<_>, _>>().unwrap();
    commits.reverse();
    for commit in commits {
        if writer.last().is_none() {
            drop(writer);
            writer = TreeWriter::open(&copy, Options { schema: commit.schema.clone(), ..options.clone() }).unwrap();
        }
        for record in file.tree_at(&commit).walk().records() {
            let record = record.unwrap();
            writer.put(record.bytes().key, record.bytes().value).unwrap();
        }
        writer.commit(&commit.label, Some(UNIX_EPOCH + Duration::from_millis(commit.time_ms as u64))).unwrap();
    }
    drop(writer);
    std::fs::read(copy).unwrap()
}

#[test]
fn the_ledgers_are_what_the_library_writes_today() {
    for name in ["ledger.mst", "billing.mst"] {
        assert!(std::fs::read(path(name)).unwrap() == written_again(name), "{name}");
    }
}

#[test]
fn the_broken_ledger_is_the_other_except_for_two_bytes() {
    let (sound, broken) = (std::fs::read(path("ledger.mst")).unwrap(), std::fs::read(path("broken.mst")).unwrap());
    let differ: Vec<_> = (0..sound.len()).filter(|at| sound[*at] != broken[*at]).collect();
    assert_eq!((sound.len(), differ), (broken.len(), vec![5_600, 18_400]));
}
