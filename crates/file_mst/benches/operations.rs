//! The cost of the library's operations, on 8-byte keys and 32-byte values in files next to the build.
//!
//! `cargo bench`; `MST_BENCH_RECORDS=1000000 cargo bench` for another size than 100,000. Criterion compares each figure
//! with that of the previous run. `benches/peers` compares the library with other stores.
// A benchmark that fails stops.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use file_mst::Tree as Nodes;
use file_mst::inspect::dialect::Dialect;
use file_mst::inspect::node::{Codec, Frame, ItemForms, Link, Node};
use file_mst::inspect::store::NodeStore;
use file_mst::open::TypedForm;
use file_mst::{MerkleSearchTree, ReadOnly};
use mst_test_support::published::{Layout, PublishedWriter, Record, bytes_key, bytes32_value};
use tempfile::TempDir;

type Key = [u8; 8];
type Value = [u8; 32];
type Tree = MerkleSearchTree<Key, Value>;

/// Records of an update, and keys that are read in one go.
const BATCH: u64 = 1000;

/// How many records the trees have.
fn size() -> u64 {
    std::env::var("MST_BENCH_RECORDS").map_or(100_000, |records| records.parse().unwrap())
}

/// The finalizer of SplitMix64.
fn mix(mut state: u64) -> u64 {
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

/// A record whose value is computed from its key and an edition.
fn record(id: u64, edition: u64) -> (Key, Value) {
    let mut value = [0; 32];
    for (index, chunk) in value.as_chunks_mut().0.iter_mut().enumerate() {
        *chunk = mix(id << 24 ^ edition << 8 ^ index as u64).to_le_bytes();
    }
    (id.to_be_bytes(), value)
}

/// The numbers below `count` in pseudorandom order.
fn shuffled(count: u64) -> Vec<u64> {
    let mut ids: Vec<u64> = (0..count).collect();
    ids.sort_by_key(|id| mix(*id));
    ids
}

/// A directory on the disk of the build, not in a file system in memory.
fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// A file with all records.
fn file(directory: &TempDir) -> PathBuf {
    let path = directory.path().join("tree.mst");
    Tree::from_sorted(&path, (0..size()).map(|id| record(id, 0))).unwrap();
    path
}

/// Whole trees: the time until they are committed.
fn load(criterion: &mut Criterion) {
    let (directory, ids) = (directory(), shuffled(size()));
    let path = || {
        let path = directory.path().join("new.mst");
        if path.exists() {
            std::fs::remove_file(&path).unwrap();
        }
        path
    };
    let mut group = criterion.benchmark_group("load");
    group.throughput(Throughput::Elements(size()));
    group.bench_function("insert and commit", |bencher| {
        bencher.iter_batched(
            path,
            |path| {
                let mut tree = Tree::open(path).unwrap();
                tree.insert_many(ids.iter().map(|id| record(*id, 0))).unwrap();
                tree.flush().unwrap();
                tree
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("from_sorted", |bencher| {
        let sorted = |path| Tree::from_sorted(path, (0..size()).map(|id| record(id, 0))).unwrap();
        bencher.iter_batched(path, sorted, BatchSize::PerIteration);
    });
    group.finish();
}

/// Reading committed data, with and without nodes in the cache. The file is in the page cache.
fn read(criterion: &mut Criterion) {
    let directory = directory();
    let path = file(&directory);
    let mut ids = shuffled(size());
    ids.truncate(BATCH as usize);
    let open = || ReadOnly::<Key, Value>::open(&path).unwrap();
    let get_all = |tree: &ReadOnly<Key, Value>| {
        for id in &ids {
            assert_eq!(tree.get(&id.to_be_bytes()).unwrap(), Some(record(*id, 0).1));
        }
    };
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(ids.len() as u64));
    group.bench_function("get, warm cache", |bencher| {
        let tree = open();
        bencher.iter(|| get_all(&tree));
    });
    group.bench_function("get, cold cache", |bencher| {
        bencher.iter_batched_ref(open, |tree| get_all(tree), BatchSize::PerIteration);
    });
    group.throughput(Throughput::Elements(size()));
    group.bench_function("scan", |bencher| {
        let scan = |tree: &mut ReadOnly<Key, Value>| {
            let records = tree.iter().unwrap().inspect(|record| assert!(black_box(record).is_ok())).count();
            assert_eq!(records as u64, size());
        };
        bencher.iter_batched_ref(open, scan, BatchSize::PerIteration);
    });
    group.finish();
}

/// New values for a thousand records of a tree that is already open.
fn update(criterion: &mut Criterion) {
    let directory = directory();
    let mut tree = Tree::open(file(&directory)).unwrap();
    let ids = shuffled(size());
    let mut rounds = (1..).zip(ids.chunks(BATCH as usize).cycle());
    let mut group = criterion.benchmark_group("update");
    group.throughput(Throughput::Elements(BATCH));
    group.bench_function("1,000 records and commit", |bencher| {
        bencher.iter(|| {
            let (edition, ids) = rounds.next().unwrap();
            tree.insert_many(ids.iter().map(|id| record(*id, edition))).unwrap();
            tree.flush().unwrap()
        });
    });
    group.finish();
}

/// Nodes of the published crate, whose keys and values must be delimited first: parsed, and hashed again.
fn published(criterion: &mut Criterion) {
    let records: Vec<Record> = (0..size() / 10)
        .map(|id| record(id, 0))
        .map(|(key, value)| Record::new(bytes_key(Layout::V0_2, &key), bytes32_value(value)))
        .collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let form = |ty: &str| TypedForm::shared(ty.parse().unwrap());
    let items = ItemForms { key: form("Vec<u8>"), value: Some(form("[u8; 32]")) };
    let codec = Codec { dialect: Dialect::FileMst02, items: Some(items) };

    let bytes = Arc::new(writer.into_bytes());
    let store = Arc::new(NodeStore::new(Arc::clone(&bytes) as Arc<_>, codec.clone(), 1 << 20));
    let link = Link::new(root.offset, root.hash.into());
    let stats = Nodes::new(store, link).stats(|_| ControlFlow::Continue(()));
    assert!(stats.damage.is_empty() && stats.records == records.len() as u64);

    let frame = Frame::read(&*bytes, root.offset).unwrap();
    let mut group = criterion.benchmark_group("published");
    group.throughput(Throughput::Bytes(frame.bytes().len() as u64));
    group.bench_function("parse the root", |bencher| {
        let parse = |frame| Node::parse(frame, &codec).unwrap();
        bencher.iter_batched(|| frame.clone(), parse, BatchSize::SmallInput);
    });
    group.throughput(Throughput::Elements(stats.records));
    group.bench_function("walk a tree", |bencher| {
        bencher.iter(|| {
            // Almost no cache: every node is read and checked.
            let store = NodeStore::new(Arc::clone(&bytes) as Arc<_>, codec.clone(), 1 << 10);
            Nodes::new(Arc::new(store), link).walk().records().map(Result::unwrap).count()
        });
    });
    group.finish();
}

/// Short runs: all together take about a minute.
fn config() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .without_plots()
}

criterion_group! { name = operations; config = config(); targets = load, read, update, published }
criterion_main!(operations);
