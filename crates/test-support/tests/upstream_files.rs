//! The writer's output is, byte for byte, that of the published crate.

use mst_test_support::published::{Layout, Link, PublishedWriter, Record, string_key, string_value, u64_value};
use mst_test_support::upstream;

fn v0_2(key: &str, value: Vec<u8>) -> Record {
    Record::new(string_key(Layout::V0_2, key), value)
}

/// The records of `config.mst`: four settings of ten services.
fn config() -> Vec<Record> {
    let settings = ["host", "port", "region", "tier"];
    (0..40)
        .map(|index| {
            let key = format!("service.{:02}.{}", index / 4, settings[index % 4]);
            v0_2(&key, string_value(&format!("value-{index}")))
        })
        .collect()
}

/// The records of `same-set-sorted.mst` and `same-set-shuffled.mst`.
fn same_set() -> Vec<Record> {
    [7939, 13909, 14996, 31018, 47193, 48249, 57011, 58972, 63934, 74825, 94345, 98488]
        .map(|id| v0_2(&format!("key-{id:06}"), u64_value(id)))
        .to_vec()
}

fn written(records: &[Record]) -> (u64, Vec<u8>) {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let root = file.append_tree(records);
    (root.offset, file.into_bytes())
}

#[test]
fn config_is_identical() {
    assert_eq!(written(&config()), (4096, upstream::bytes("config.mst")));
}

#[test]
fn same_set_sorted_is_identical() {
    assert_eq!(written(&same_set()), (1117, upstream::bytes("same-set-sorted.mst")));
}

#[test]
fn same_set_shuffled_has_a_phantom_leaf() {
    let records = same_set();
    let (top, rest) = records.split_first().unwrap();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let phantom = file.write_phantom_leaf();
    let leaf = file.write_leaf(&rest.iter().collect::<Vec<_>>());
    let root = file.write_node(1, &[top], &[phantom, leaf]);
    assert_eq!(root.offset, 1192);
    assert_eq!(file.into_bytes(), upstream::bytes("same-set-shuffled.mst"));
}

/// The first leaf of `head-u64.mst`, whose bytes are taken from the file: only the hash is under test.
#[test]
fn git_hashes_the_postcard_bytes_of_a_key() {
    let file = upstream::bytes("head-u64.mst");
    // Page 0, then five empty nodes, then a leaf of four u64 keys with 32-byte values.
    let leaf = 4096 + 5 * 40;
    let mut at = leaf + 4 + 2;
    let keys: Vec<Vec<u8>> = (0..4)
        .map(|_| {
            let length = 1 + file[at..].iter().position(|byte| *byte < 0x80).unwrap();
            at += length;
            file[at - length..at].to_vec()
        })
        .collect();
    at += 1;
    let records: Vec<Record> = keys
        .into_iter()
        .zip(file[at..].chunks_exact(32))
        .map(|(key, value)| Record { key_stored: key.clone(), key_hashed: key, value: value.to_vec() })
        .collect();
    let mut copy = PublishedWriter::new(Layout::Git);
    let copied: Link = copy.write_leaf(&records.iter().collect::<Vec<_>>());
    assert_eq!(copied.offset as usize, leaf);
    assert_eq!(copy.bytes()[4096..], file[4096..copy.bytes().len()]);
}
