//! Files that have not changed are not read again, and nothing that changed is taken for unchanged.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use mst_sync::ingest::{BuildOptions, OnError, Reading, Report, SOURCE_NOTE, build};
use mst_sync::mapping::Mapping;

use super::Bench;

const CONTRACT: &str = "version = 1\nname = \"c\"\nkey = { id = \"i64\" }\nfields = { name = \"text\" }\n";
const SOURCE: &str = "[source]\nkind = \"csv\"\npath = \"rows.csv\"\n";

fn bench() -> Bench {
    let bench = Bench::new(CONTRACT);
    bench.write("rows.csv", "id,name\n1,a\n2,b\n");
    bench
}

fn read(bench: &Bench, mapping: &Mapping, reading: Reading) -> Report {
    let options = BuildOptions { reading, on_error: OnError::Skip, ..BuildOptions::default() };
    build(mapping, &bench.path("tree.mst"), &options, &mut |_| {}).unwrap()
}

/// Lets the file be as old as if it had been there for a while. The other time of Unix stays as it is.
fn age(bench: &Bench, name: &str, seconds: u64) {
    let file = File::options().write(true).open(bench.path(name)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
}

fn note(report: &Report) -> String {
    String::from_utf8(report.commit.as_ref().unwrap().notes[SOURCE_NOTE].clone()).unwrap()
}

#[test]
fn a_file_that_has_not_changed_is_not_read_again() {
    let bench = bench();
    let mapping = bench.mapping(SOURCE);
    let first = read(&bench, &mapping, Reading::IfChanged);
    assert!(first.committed && !first.is_unread);
    let second = read(&bench, &mapping, Reading::IfChanged);
    assert!(second.is_unread && !second.committed);
    assert_eq!((second.rows, second.left_out, second.changes.added), (2, 0, 0));
    assert_eq!(second.commit.unwrap().root, first.commit.unwrap().root);
    for reading in [Reading::Again, Reading::Always] {
        let again = read(&bench, &mapping, reading);
        assert!(!again.is_unread && !again.committed, "{reading:?}");
    }
}

#[test]
fn content_of_the_same_length_and_time_is_found() {
    let bench = bench();
    let mapping = bench.mapping(SOURCE);
    let time = SystemTime::now() - Duration::from_secs(3600);
    let set = || File::options().write(true).open(bench.path("rows.csv")).unwrap().set_modified(time).unwrap();
    set();
    // The file was just written, so that its times say nothing.
    assert!(note(&read(&bench, &mapping, Reading::IfChanged)).contains("times recent") || cfg!(not(unix)));
    bench.write("rows.csv", "id,name\n1,a\n2,c\n");
    set();
    let changed = read(&bench, &mapping, Reading::IfChanged);
    assert!(!changed.is_unread && changed.changes.changed == 1);
}

/// Times that had settled are evidence by themselves: the content is not read. Waits until they have.
#[test]
fn settled_times_are_enough_and_other_times_are_not() {
    let bench = bench();
    let mapping = bench.mapping(SOURCE);
    age(&bench, "rows.csv", 3600);
    std::thread::sleep(Duration::from_millis(2200));
    assert!(note(&read(&bench, &mapping, Reading::IfChanged)).contains("times settled"));
    assert!(read(&bench, &mapping, Reading::IfChanged).is_unread);
    // Touched: the content decides.
    age(&bench, "rows.csv", 1800);
    assert!(read(&bench, &mapping, Reading::IfChanged).is_unread);
    // Another file with the same length and the old time of modification.
    bench.write("other.csv", "id,name\n1,a\n2,d\n");
    age(&bench, "other.csv", 3600);
    fs::rename(bench.path("other.csv"), bench.path("rows.csv")).unwrap();
    let changed = read(&bench, &mapping, Reading::IfChanged);
    assert!(!changed.is_unread || cfg!(not(unix)));
}

#[test]
fn another_mapping_or_another_tree_is_read() {
    let bench = bench();
    let mapping = bench.mapping(SOURCE);
    read(&bench, &mapping, Reading::IfChanged);
    let null = bench.mapping(&format!("{SOURCE}[field.name]\ncolumn = \"name\"\nnull = [\"-\"]\n"));
    let renamed = bench.mapping(&format!("{SOURCE}where = \"id > 0\"\n"));
    for other in [&null, &renamed] {
        assert!(!read(&bench, other, Reading::IfChanged).is_unread);
    }
    // The records of the tree are others, and the note came with them.
    let last = read(&bench, &mapping, Reading::Again).commit.unwrap();
    let mut writer = file_mst::TreeWriter::open(
        bench.path("tree.mst"),
        file_mst::Options { schema: last.schema.clone(), contract: last.contract, ..Default::default() },
    )
    .unwrap();
    writer.remove(&file_mst::MerkleKey::encode(&1_i64)).unwrap();
    writer.set_notes(last.notes.clone()).unwrap();
    writer.commit("", None).unwrap();
    drop(writer);
    let report = read(&bench, &mapping, Reading::IfChanged);
    assert!(!report.is_unread && report.changes.added == 1);
}

#[test]
fn rows_that_are_left_out_are_reported_each_time() {
    let bench = Bench::new(CONTRACT);
    bench.write("rows.csv", "id,name\n1,a\nx,b\n");
    let mapping = bench.mapping(SOURCE);
    for _ in 0..2 {
        let report = read(&bench, &mapping, Reading::IfChanged);
        assert!(!report.is_unread && report.left_out == 1);
    }
}

#[test]
fn a_condition_on_the_moment_is_decided_each_time() {
    let bench = Bench::new("version = 1\nname = \"c\"\nkey = { id = \"i64\" }\nfields = { at = \"timestamp(s)\" }\n");
    bench.write("rows.csv", "id,at\n1,2026-01-01T00:00:00Z\n");
    let mapping = bench.mapping(&format!("{SOURCE}where = \"at < now\"\n"));
    for _ in 0..2 {
        assert!(!read(&bench, &mapping, Reading::IfChanged).is_unread);
    }
}

#[test]
fn every_kind_of_file_is_noted() {
    let bench = Bench::new(CONTRACT);
    bench.write("rows.ndjson", "{\"id\": 1, \"name\": \"a\"}\n");
    let ndjson = bench.mapping("[source]\nkind = \"ndjson\"\npath = \"rows.ndjson\"\n");
    read(&bench, &ndjson, Reading::IfChanged);
    assert!(read(&bench, &ndjson, Reading::IfChanged).is_unread);
}
