//! Ranges, prefixes and positions against a map; views by many threads.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::thread;

use file_mst::{MerkleSearchTree, Snapshot};
use proptest::prelude::*;

type Tree = MerkleSearchTree<String, u32>;

fn tree_of(model: &BTreeMap<String, u32>) -> Tree {
    let mut tree = Tree::new_temporary().unwrap();
    tree.extend(model.iter().rev().map(|(key, value)| (key.clone(), *value))).unwrap();
    tree
}

fn bound() -> impl Strategy<Value = Bound<String>> {
    prop_oneof![Just(Bound::Unbounded), "[ab]{0,4}".prop_map(Bound::Included), "[ab]{0,4}".prop_map(Bound::Excluded),]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn ranges_are_those_of_a_map(
        model in prop::collection::btree_map("[abc]{0,5}", any::<u32>(), 0..200),
        start in bound(), end in bound(), prefix in "[ab]{0,3}",
        turns in prop::collection::vec((any::<bool>(), 0..4_usize), 0..60),
    ) {
        let tree = tree_of(&model);
        let owned = |(key, value): (&String, &u32)| (key.clone(), *value);
        // A map panics at bounds in the wrong order; here they are an empty range.
        let expected: Vec<_> = model.iter().map(owned).filter(|(key, _)| {
            use std::ops::RangeBounds;
            (start.clone(), end.clone()).contains(key)
        }).collect();
        let found = tree.range::<String>((start.clone(), end.clone())).unwrap();
        prop_assert_eq!(found.remaining(), expected.len() as u64);
        prop_assert_eq!(&found.collect::<Result<Vec<_>, _>>().unwrap(), &expected);
        let backwards = tree.range::<String>((start.clone(), end.clone())).unwrap().rev();
        prop_assert_eq!(backwards.map(Result::unwrap).collect::<Vec<_>>(), expected.iter().rev().cloned().collect::<Vec<_>>());

        let with_prefix: Vec<_> = model.iter().filter(|(key, _)| key.starts_with(&prefix)).map(owned).collect();
        prop_assert_eq!(tree.prefix(prefix.as_str()).unwrap().map(Result::unwrap).collect::<Vec<_>>(), with_prefix);

        // From both ends alternately, with jumps.
        let (mut found, mut left) = (tree.range::<String>((start, end)).unwrap(), expected.into_iter());
        for (front, jump) in turns {
            let (found, expected) = if front {
                (found.nth(jump), left.nth(jump))
            } else {
                (found.nth_back(jump), left.nth_back(jump))
            };
            prop_assert_eq!(found.map(Result::unwrap), expected);
        }

        for (position, (key, value)) in model.iter().enumerate() {
            prop_assert_eq!(tree.rank(key).unwrap(), position as u64);
            prop_assert_eq!(tree.nth(position as u64).unwrap(), Some((key.clone(), *value)));
        }
        prop_assert_eq!(tree.nth(model.len() as u64).unwrap(), None);
        prop_assert_eq!(tree.rank("zzz").unwrap(), model.len() as u64);
    }
}

#[test]
fn views_are_shared_by_threads_and_stay_as_they_are() {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let mut tree: MerkleSearchTree<u64, u64> = MerkleSearchTree::new_temporary().unwrap();
    tree.insert_many((0..5000).map(|number| (number, 2 * number))).unwrap();
    let view: Snapshot<u64, u64> = tree.snapshot().unwrap();
    shared(&view);
    thread::scope(|scope| {
        for start in 0..4 {
            let view = view.clone();
            scope.spawn(move || {
                for number in (start..5000).step_by(4) {
                    assert_eq!(view.get(&number).unwrap(), Some(2 * number));
                }
            });
        }
        for number in 0..5000 {
            tree.insert(number, 0).unwrap();
        }
        tree.flush().unwrap();
    });
    assert_eq!(view.iter().unwrap().map(|record| record.unwrap().1).sum::<u64>(), 4999 * 5000);
    assert_eq!(tree.get(&77).unwrap(), Some(0));

    // The tree itself too: gets that must sort pending changes, from several threads.
    tree.insert_many((0..5000).map(|number| (number, number))).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..5000).for_each(|number| assert_eq!(tree.get(&number).unwrap(), Some(number))));
        }
    });
}

#[test]
fn the_walk_of_the_published_dialects_reads_files_of_this_format_too() {
    let model: BTreeMap<String, u32> = (0..900).map(|number| (format!("{:04}", 7 * number % 5000), number)).collect();
    let tree = tree_of(&model).snapshot().unwrap();
    for start in ["", "0001", "0007", "2500", "4999", "9"] {
        let walked: Vec<Vec<u8>> = tree
            .tree()
            .walk()
            .from_key(start.into())
            .records()
            .map(|record| record.unwrap().bytes().stored_key.to_vec())
            .collect();
        let expected: Vec<Vec<u8>> =
            model.range(start.to_string()..).map(|(key, _)| key.clone().into_bytes()).collect();
        assert_eq!(walked, expected, "from {start:?}");
    }
}
