//! The roots that the published crate gives for records inserted in an order that creates no keyless node.

use std::fmt::Write;

use mst_test_support::published::{
    Layout, PublishedWriter, Record, bytes_key, bytes32_value, canonical_root, string_key, u64_value,
};
use mst_test_support::upstream;
use serde_json::Value;

fn be8_to_blake3(id: u64) -> Record {
    let bytes = id.to_be_bytes();
    Record::new(bytes_key(Layout::V0_2, &bytes), bytes32_value(blake3::hash(&bytes).into()))
}

fn string_to_u64(id: u64) -> Record {
    Record::new(string_key(Layout::V0_2, &format!("id-{id}")), u64_value(3 * id))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all");
        text
    })
}

#[test]
fn all_canonical_roots_come_out() {
    let manifest: Value = serde_json::from_slice(&upstream::bytes("canonical-roots.json")).unwrap();
    let vectors = manifest["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 6);
    for vector in vectors {
        let count = vector["n"].as_u64().unwrap();
        for (name, record) in
            [("root_be8_to_blake3", be8_to_blake3 as fn(u64) -> Record), ("root_string_to_u64", string_to_u64)]
        {
            let mut records: Vec<Record> = (0..count).map(|index| record(1 + 7 * index)).collect();
            records.sort_by(|a, b| a.key_hashed.cmp(&b.key_hashed));
            assert_eq!(hex(&canonical_root(&records)), vector[name].as_str().unwrap(), "{name} of {count}");
            let root = PublishedWriter::new(Layout::V0_2).append_tree(&records);
            assert_eq!(root.hash, canonical_root(&records), "{name} of {count}, written");
        }
    }
}
