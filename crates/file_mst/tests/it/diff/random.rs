//! Pairs of many records and random differences, ranges and directions, against the naive oracle.

use std::ops::Bound;
use std::sync::Arc;

use file_mst::Options;
use file_mst::Tree;
use file_mst::diff::{Drift, Item, Verdict, diff, verdict};
use file_mst::storage::WriteAt;

use super::found::{Map, Memory, Model, build, drift, nodes, only_in_one, oracle, reads, run};
use mst_test_support::trees::scramble;

fn key(number: u64) -> Vec<u8> {
    scramble(number).to_be_bytes().to_vec()
}

fn base(records: u64) -> Model {
    (0..records).map(|number| (key(number), number.to_le_bytes().to_vec())).collect()
}

/// Another tree in a copy of the file: `changes` of the records are removed, changed, or new.
fn drifted(model: &Model, file: &Memory, changes: u64, seed: u64) -> (Model, Tree) {
    let mut other = model.clone();
    let mut map = Map::on_storage(Memory::of(file.bytes()) as Arc<dyn WriteAt>, Options::default()).unwrap();
    for change in 0..changes {
        let random = scramble(seed << 32 | change);
        let key = key(random % (model.len() as u64 * 3 / 2));
        if random >> 60 < 5 {
            other.remove(&key);
            map.remove(&key).unwrap();
        } else {
            let value = random.to_le_bytes().to_vec();
            other.insert(key.clone(), value.clone());
            map.insert(key, value).unwrap();
        }
    }
    (other, map.snapshot().unwrap().tree().clone())
}

#[test]
fn a_hundred_thousand_records() {
    let model = base(100_000);
    let (left, file) = build(&model);
    let left_nodes = nodes(&left);
    for (seed, changes) in [1, 10, 100, 10_000].into_iter().enumerate() {
        let (other, right) = drifted(&model, &file, changes, seed as u64);
        let (found, counts) = drift(&left, &right);
        assert_eq!(found, oracle(&model, &other), "{changes} changes");
        assert_eq!(reads(&counts), only_in_one(&left_nodes, &nodes(&right)), "{changes} changes");
        let (found, counts) = drift(&right, &left);
        assert_eq!(found, oracle(&other, &model), "{changes} changes");
        assert_eq!(reads(&counts), only_in_one(&nodes(&right), &left_nodes), "{changes} changes");
    }
}

/// Heights, sizes and overlaps of all kinds, with blocks of keys that only one side has.
#[test]
fn trees_of_all_shapes() {
    for seed in 0..160_u64 {
        let size = [1, 3, 30, 300, 2000][(seed % 5) as usize];
        let mut models = [Model::new(), Model::new()];
        for number in 0..size {
            let random = scramble(seed << 40 | number);
            let key = (random % 4096).to_be_bytes().to_vec();
            let block = (random % 4096) / [64, 256, 1024, 4096][(seed / 5 % 4) as usize];
            let in_block = scramble(seed << 40 | 1 << 32 | block) % 4;
            for (side, model) in models.iter_mut().enumerate() {
                // A block of both, of the left, of the right, or mixed.
                if in_block == 0 || in_block == side as u64 + 1 || in_block == 3 && random >> (40 + side) & 1 == 0 {
                    model.insert(key.clone(), vec![(random >> 50) as u8 & (1 + side as u8)]);
                }
            }
        }
        let [a, b] = &models;
        let ((left, _), (right, _)) = (build(a), build(b));
        let least = only_in_one(&nodes(&left), &nodes(&right));
        let (found, counts) = drift(&left, &right);
        assert_eq!(found, oracle(a, b), "seed {seed}");
        assert_eq!(reads(&counts), least, "seed {seed}");
        let mut backwards = diff(&left, &right).reversed();
        let mut found = run(&mut backwards, &left, &right);
        found.reverse();
        assert_eq!(found, oracle(a, b), "seed {seed}");
        assert_eq!(reads(&backwards.counts()), least, "seed {seed}");
    }
}

#[test]
fn ranges_and_resumption() {
    let model = base(3000);
    let (left, file) = build(&model);
    let (other, right) = drifted(&model, &file, 300, 7);
    let all = oracle(&model, &other);
    for seed in 0..60 {
        let mut ends =
            [scramble(seed).to_be_bytes().to_vec(), all[(scramble(seed + 99) % all.len() as u64) as usize].key.clone()];
        ends.sort();
        let [low, high] = &ends;
        for (start, end) in [
            (Bound::Included(low.as_slice()), Bound::Excluded(high.as_slice())),
            (Bound::Excluded(low.as_slice()), Bound::Included(high.as_slice())),
            (Bound::Unbounded, Bound::Included(high.as_slice())),
            (Bound::Excluded(low.as_slice()), Bound::Unbounded),
        ] {
            let inside = |drift: &&Drift| std::ops::RangeBounds::<[u8]>::contains(&(start, end), drift.key.as_slice());
            let expected: Vec<_> = all.iter().filter(inside).cloned().collect();
            let found = run(&mut diff(&left, &right).range(start, end), &left, &right);
            assert_eq!(found, expected);
            let mut found = run(&mut diff(&left, &right).range(start, end).reversed(), &left, &right);
            found.reverse();
            assert_eq!(found, expected);
        }
        let at = (scramble(seed + 7) % all.len() as u64) as usize;
        let after = run(&mut diff(&left, &right).resume_after(&all[at].key), &left, &right);
        assert_eq!(after, all[at + 1..]);
        let mut before = run(&mut diff(&left, &right).reversed().resume_after(&all[at].key), &left, &right);
        before.reverse();
        assert_eq!(before, all[..at]);
    }
    // A short range costs a few paths, not the whole drift.
    let low = &all[100].key;
    let mut short = diff(&left, &right).range(Bound::Included(low), Bound::Included(low));
    assert_eq!(run(&mut short, &left, &right), all[100..101]);
    let counts = short.counts();
    assert!(counts.left.nodes_read <= 5 && counts.right.nodes_read <= 5, "{counts:?}");
}

#[test]
fn equal_ranges_cover_the_rest() {
    let model = base(3000);
    let (left, file) = build(&model);
    let (other, right) = drifted(&model, &file, 30, 3);
    let (mut equal, mut differing) = (0, 0);
    let mut last: Option<Vec<u8>> = None;
    let mut stream = diff(&left, &right).with_equal();
    for item in &mut stream {
        match &item {
            Item::Equal(stretch) => {
                equal += stretch.records.unwrap();
                if let (Some(after), Some(before)) = (&stretch.after, &stretch.before) {
                    assert!(after.bytes().key < before.bytes().key);
                }
            }
            item => {
                let key = Drift::of(item, &left, &right).unwrap().key;
                assert!(last.as_ref() < Some(&key));
                last = Some(key);
                differing += 1;
            }
        }
    }
    assert_eq!(differing, oracle(&model, &other).len());
    assert_eq!(equal, model.iter().filter(|(key, value)| other.get(*key) == Some(value)).count() as u64);
    assert_eq!(stream.counts().equal, equal);
}

#[test]
fn empty_trees_and_a_tree_against_itself() {
    let (empty, _) = build(&Model::new());
    let model = base(500);
    let (full, _) = build(&model);
    assert!(matches!(verdict(&empty, &empty), Verdict::Same));
    assert!(matches!(verdict(&full, &full), Verdict::Same));
    let (found, counts) = drift(&full, &full);
    assert_eq!((found.len(), reads(&counts), counts.skipped, counts.equal), (0, (0, 0), 1, 500));
    let (found, counts) = drift(&empty, &full);
    assert_eq!(found, oracle(&Model::new(), &model));
    assert_eq!(reads(&counts), (0, nodes(&full).len() as u64));
    let Verdict::Drifted(counts) = verdict(&full, &empty) else { panic!("all records are gone") };
    assert_eq!((counts.only_left, counts.only_right, counts.changed), (500, 0, 0));
}
