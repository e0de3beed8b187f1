//! The library writes and reads exactly the worked example in `docs/FORMAT.md`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use file_mst::ReadOnly;
use file_mst::TreeFile;
use file_mst::storage::{FileStorage, ReadAt, WriteAt};
use file_mst::{MerkleSearchTree, Options};

/// The bytes of the example, by the line of its hex dump: an offset in hex, a colon, bytes in hex, then a remark.
fn documented() -> BTreeMap<u64, Vec<u8>> {
    let document = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/FORMAT.md")).unwrap();
    let example = document.split("```hex\n").nth(1).expect("a hex example").split("```").next().unwrap();
    let mut bytes = BTreeMap::new();
    for line in example.lines().filter(|line| !line.trim().is_empty()) {
        let (offset, rest) = line.split_once(':').unwrap();
        let hex = rest.split("  ").next().unwrap().trim().replace(' ', "");
        bytes.insert(u64::from_str_radix(offset, 16).unwrap(), hex::decode(hex).unwrap());
    }
    bytes
}

/// The file of the example, and where its root is: twelve records under one commit.
fn example() -> (Vec<u8>, u64) {
    let storage = Arc::new(FileStorage::temporary().unwrap());
    let options = Options { file_id: Some((*b"a worked example").into()), ..Options::default() };
    let mut tree: MerkleSearchTree<String, u64> =
        MerkleSearchTree::on_storage(Arc::clone(&storage) as Arc<dyn WriteAt>, options).unwrap();
    for number in 1..=12 {
        tree.insert(format!("id-{number}"), 3 * number).unwrap();
    }
    let time = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    tree.set_notes([("tzdb".to_owned(), b"2026b".to_vec())].into()).unwrap();
    let commit = tree.commit_at("first", time).unwrap();
    let mut bytes = vec![0; storage.len().unwrap() as usize];
    storage.read_up_to(0, &mut bytes).unwrap();
    (bytes, commit.root.offset)
}

#[test]
fn the_example_is_written_exactly() {
    let (written, _) = example();
    let mut shown = vec![false; written.len()];
    for (offset, bytes) in documented() {
        let start = offset as usize;
        assert_eq!(hex::encode(&written[start..start + bytes.len()]), hex::encode(&bytes), "at {offset:#x}");
        shown[start..start + bytes.len()].fill(true);
    }
    // Bytes that the example does not show are zeros.
    for (at, (byte, shown)) in written.iter().zip(shown).enumerate() {
        assert!(shown || *byte == 0, "{at:#x} holds {byte:#04x}, which the example does not show");
    }
}

#[test]
fn the_example_is_read_back() {
    let mut image = vec![0; 3 * 4096];
    for (offset, bytes) in documented() {
        image[offset as usize..offset as usize + bytes.len()].copy_from_slice(&bytes);
    }
    let tree: ReadOnly<String, u64> =
        ReadOnly::of(TreeFile::from_storage(Arc::new(image), Path::new("example"), 1 << 20).unwrap()).unwrap();
    assert_eq!(tree.commit().unwrap().label, "first");
    assert_eq!(tree.commit().unwrap().notes, [("tzdb".to_owned(), b"2026b".to_vec())].into());
    assert_eq!(tree.len().unwrap(), 12);
    assert_eq!(tree.get("id-7").unwrap(), Some(21));
}

#[test]
#[ignore = "prints the example for the document: cargo test -p file_mst --test it format -- --ignored --nocapture"]
#[allow(clippy::print_stdout)]
fn print_the_example() {
    let (written, root) = example();
    println!("root at {root:#x}");
    for (index, line) in written.chunks(16).enumerate() {
        if line.iter().any(|byte| *byte != 0) {
            println!("{:05x}: {}", 16 * index, hex::encode(line));
        }
    }
}
