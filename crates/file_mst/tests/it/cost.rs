//! The cost of operations, counted in nodes and bytes.

use std::sync::Arc;

use file_mst::ReadOnly;
use file_mst::TreeFile;
use file_mst::storage::FileStorage;
use file_mst::{MerkleSearchTree, Options};

type Tree = MerkleSearchTree<[u8; 8], [u8; 32]>;
type Reader = ReadOnly<[u8; 8], [u8; 32]>;

fn record(id: u64) -> ([u8; 8], [u8; 32]) {
    (id.to_be_bytes(), *blake3::hash(&id.to_le_bytes()).as_bytes())
}

/// Every number below `count` once, in pseudorandom order.
fn shuffled(count: u64) -> impl Iterator<Item = u64> {
    // The step and the count have no common divisor.
    (0..count).map(move |index| index * 48_271 % count)
}

#[test]
fn one_changed_record_among_a_million_writes_one_path() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("million.mst");
    let mut tree = Tree::from_sorted(&path, (0..1_000_000).map(record)).unwrap();
    let height = u64::from(tree.snapshot().unwrap().tree().height().unwrap());
    for id in [0_u64, 1, 77_777, 500_000, 999_999] {
        let before = std::fs::metadata(&path).unwrap().len();
        tree.insert(id.to_be_bytes(), [id as u8; 32]).unwrap();
        tree.try_root_hash().unwrap();
        let written = tree.uncommitted().unwrap();
        assert!((1..=height + 1).contains(&written.nodes), "{} nodes for a height of {height}", written.nodes);
        tree.flush().unwrap();
        // The file grows by the pages of the path, the last ones half empty, and one commit frame.
        let pages = (std::fs::metadata(&path).unwrap().len() - before) / 4096;
        assert!(pages <= height + 2, "{pages} pages");
    }
    // An insertion and a removal change the shape, but not many nodes.
    tree.remove(&123_456_u64.to_be_bytes()).unwrap();
    tree.try_root_hash().unwrap();
    assert!(tree.uncommitted().unwrap().nodes <= 2 * height);
    tree.flush().unwrap();
    drop(tree);

    let storage = Arc::new(FileStorage::open(&path).unwrap());
    let reads = |look: &dyn Fn(&Reader)| {
        let file = TreeFile::from_storage(Arc::clone(&storage) as _, &path, 1 << 20).unwrap();
        let tree = ReadOnly::of(file).unwrap();
        let before = tree.tree().store().read_counts().nodes;
        look(&tree);
        tree.tree().store().read_counts().nodes - before
    };
    for id in [3_u64, 250_000, 123_456, 999_999] {
        assert!(reads(&|tree| assert_eq!(tree.get(&id.to_be_bytes()).unwrap().is_some(), id != 123_456)) <= height);
        assert!(
            reads(&|tree| assert_eq!(tree.rank(&id.to_be_bytes()).unwrap(), id - u64::from(id > 123_456))) <= height
        );
        assert!(reads(&|tree| assert!(tree.nth(id - 2).unwrap().is_some())) <= height);
        let range = |tree: &Reader| {
            let mut range = tree.range((id - 2).to_be_bytes()..).unwrap();
            range.next().unwrap().unwrap();
            range.next_back().unwrap().unwrap();
        };
        assert!(reads(&range) <= 3 * height);
    }
    assert_eq!(reads(&|tree| assert_eq!(tree.len().unwrap(), 999_999)), 0);
    assert!(reads(&|tree| assert!(tree.get(&[0; 8]).unwrap().is_some())) > 0, "reads are counted");
}

#[test]
fn a_hundred_thousand_records_take_46_bytes_each_all_in() {
    const COUNT: u64 = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let (sorted, random) = (dir.path().join("sorted.mst"), dir.path().join("random.mst"));
    let root = Tree::from_sorted(&sorted, (0..COUNT).map(record)).unwrap().try_root_hash().unwrap();
    let mut tree = Tree::open(&random).unwrap();
    tree.insert_many(shuffled(COUNT).map(record)).unwrap();
    tree.flush().unwrap();
    assert_eq!(tree.try_root_hash().unwrap(), root);
    let per_record = |path| std::fs::metadata(path).unwrap().len() as f64 / COUNT as f64;
    assert!(per_record(&sorted) <= 46.0, "{}", per_record(&sorted));
    assert!(per_record(&random) <= 1.1 * per_record(&sorted), "{}", per_record(&random));
}

fn sizes(count: u64) {
    let dir = tempfile::tempdir().unwrap();
    let (sorted, random) = (dir.path().join("sorted.mst"), dir.path().join("random.mst"));
    let root = Tree::from_sorted(&sorted, (0..count).map(record)).unwrap().try_root_hash().unwrap();
    let mut tree = Tree::open(&random).unwrap();
    tree.insert_many(shuffled(count).map(record)).unwrap();
    tree.flush().unwrap();
    assert_eq!(tree.try_root_hash().unwrap(), root);
    let per_record = |path| std::fs::metadata(path).unwrap().len() as f64 / count as f64;
    assert!(per_record(&sorted) <= 46.0, "{}", per_record(&sorted));
    assert!(per_record(&random) <= 1.1 * per_record(&sorted), "{}", per_record(&random));
}

#[test]
#[ignore = "takes long: cargo test --release -p file_mst --test it cost -- --ignored"]
fn a_million_records_take_46_bytes_each_all_in() {
    sizes(1_000_000);
}

#[test]
#[ignore = "takes long: cargo test --release -p file_mst --test it cost -- --ignored"]
fn ten_million_records_take_46_bytes_each_all_in() {
    sizes(10_000_000);
}

#[test]
fn a_small_budget_is_kept_and_costs_no_byte_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tree.mst");
    let options = Options { buffer_bytes: 64 << 10, cache_bytes: 64 << 10, ..Options::default() };
    let mut tree = Tree::open_with(&path, options).unwrap();
    // Some twenty runs, with values that a later run replaces and records that it removes.
    tree.insert_many((0..5000_u64).map(|id| (id.to_be_bytes(), [7; 32]))).unwrap();
    (20_000..22_000_u64).for_each(|id| tree.insert(id.to_be_bytes(), [8; 32]).unwrap());
    tree.insert_many(shuffled(20_000).map(record)).unwrap();
    (20_000..22_000_u64).for_each(|id| tree.remove(&id.to_be_bytes()).unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 4096, "nothing is written before someone asks");
    tree.flush().unwrap();
    let sorted_path = dir.path().join("sorted.mst");
    let sorted = Tree::from_sorted(&sorted_path, (0..20_000).map(record)).unwrap();
    assert_eq!(tree.try_root_hash().unwrap(), sorted.try_root_hash().unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().len(), std::fs::metadata(&sorted_path).unwrap().len());
    assert!(tree.snapshot().unwrap().tree().store().cached_bytes() <= 64 << 10);

    // A look-up during the runs finds the latest value.
    tree.insert_many((0..5000_u64).map(|id| (id.to_be_bytes(), [9; 32]))).unwrap();
    assert_eq!(tree.get(&4999_u64.to_be_bytes()).unwrap(), Some([9; 32]));
    tree.insert(4999_u64.to_be_bytes(), [1; 32]).unwrap();
    assert_eq!(tree.get(&4999_u64.to_be_bytes()).unwrap(), Some([1; 32]));
    assert_eq!(tree.get(&0_u64.to_be_bytes()).unwrap(), Some([9; 32]));
    assert_eq!(tree.get(&record(7000).0).unwrap(), Some(record(7000).1));
}

#[test]
fn equal_values_write_nothing() {
    let mut tree = Tree::new_temporary().unwrap();
    tree.insert_many((0..3000).map(record)).unwrap();
    tree.flush().unwrap();
    tree.insert_many((0..3000).map(record)).unwrap();
    tree.remove(&5000_u64.to_be_bytes()).unwrap();
    tree.try_root_hash().unwrap();
    assert_eq!(tree.uncommitted().unwrap().nodes, 0);
}

#[test]
fn a_long_range_leaves_most_of_the_cache_to_others() {
    const CACHE: u64 = 1 << 20;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("scanned.mst");
    Tree::from_sorted(&path, (0..50_000).map(record)).unwrap();
    let tree = Reader::of(TreeFile::open_with_cache(&path, CACHE).unwrap()).unwrap();
    assert_eq!(tree.iter().unwrap().map(Result::unwrap).count(), 50_000);
    let cached = || tree.tree().store().cached_bytes();
    assert!((CACHE / 16..=CACHE / 6).contains(&cached()), "{}", cached());
    assert_eq!(tree.iter().unwrap().rev().map(Result::unwrap).count(), 50_000);
    assert!(cached() <= CACHE / 3, "{}", cached());
}
