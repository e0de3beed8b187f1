//! Seven keys of levels 0, 1, 0, 2, 0, 1, 0: a full tree of three levels. Each key is absent or has one of two
//! values in either tree: 3^7 trees, 4,782,969 pairs.
//!
//! The whole run: `cargo test --release -p file_mst --test it every_pair -- --ignored --nocapture`

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::diff::{Patch, diff};
use file_mst::inspect::level::level_of;
use file_mst::storage::WriteAt;

use super::found::{Memory, Model, build, drift, nodes, only_in_one, oracle, reads, run};

const LEVELS: [u8; 7] = [0, 1, 0, 2, 0, 1, 0];

struct State {
    model: Model,
    tree: Tree,
    nodes: HashSet<NodeHash>,
    file: Arc<Memory>,
}

/// For each level in turn the first suitable key with the next initial letter, so that the keys are sorted.
fn keys() -> Vec<Vec<u8>> {
    let key = |(letter, level): (char, &u8)| {
        (0..).map(|n: u32| format!("{letter}{n}").into_bytes()).find(|key| level_of(key) == *level).unwrap()
    };
    ('a'..).zip(&LEVELS).map(key).collect()
}

fn states() -> Vec<State> {
    let keys = keys();
    let state = |number: usize| {
        let mut digits = number;
        let mut model = Model::new();
        for key in &keys {
            match digits % 3 {
                0 => {}
                value => drop(model.insert(key.clone(), vec![value as u8])),
            }
            digits /= 3;
        }
        let (tree, file) = build(&model);
        State { nodes: nodes(&tree), model, tree, file }
    };
    (0..3_usize.pow(7)).map(state).collect()
}

/// Checks one pair; returns how many nodes were read.
fn check(left: &State, right: &State) -> u64 {
    let (found, counts) = drift(&left.tree, &right.tree);
    assert_eq!(found, oracle(&left.model, &right.model), "{:?} {:?}", left.model, right.model);
    let least = only_in_one(&left.nodes, &right.nodes);
    assert_eq!(reads(&counts), least, "{:?} {:?}", left.model, right.model);
    // The records after the operations are those of the right, whose root is therefore the right's.
    let total = right.model.len() as u64;
    assert_eq!(counts.equal + counts.changed + counts.only_right, total);
    assert!(counts.equal_is_exact);
    least.0 + least.1
}

#[test]
fn the_full_tree_has_three_levels() {
    let full = build(&keys().into_iter().map(|key| (key, vec![1])).collect()).0;
    assert_eq!(full.height().unwrap(), 3);
    assert_eq!(nodes(&full).len(), 7);
}

#[test]
fn sampled_pairs_read_exactly_what_differs() {
    let states = states();
    let all = states.len() * states.len();
    for pair in (0..all).step_by(397) {
        let (left, right) = (&states[pair / states.len()], &states[pair % states.len()]);
        check(left, right);
        // In the other direction the same is found and the same is read.
        let mut backwards = diff(&left.tree, &right.tree).reversed();
        let mut found = run(&mut backwards, &left.tree, &right.tree);
        found.reverse();
        assert_eq!(found, oracle(&left.model, &right.model));
        assert_eq!(reads(&backwards.counts()), only_in_one(&left.nodes, &right.nodes));
    }
}

#[test]
fn the_operations_make_the_left_tree_the_right_one() {
    let states = states();
    let all = states.len() * states.len();
    for pair in (0..all).step_by(4801) {
        patch(&states[pair / states.len()], &states[pair % states.len()]);
    }
}

fn patch(left: &State, right: &State) {
    let mut patch = Patch::on_storage(Memory::of(left.file.bytes()) as Arc<dyn WriteAt>).unwrap();
    for operation in drift(&left.tree, &right.tree).0 {
        patch.apply(&operation).unwrap();
    }
    assert_eq!(patch.commit(None).unwrap().root.hash, right.tree.root_link().hash);
}

#[test]
#[allow(clippy::print_stdout)] // The test is run for its figures.
#[ignore = "minutes: run it in release as the head of this file says"]
fn every_pair_reads_exactly_what_differs() {
    let states = states();
    let started = Instant::now();
    let (mut pairs, mut read) = (0_u64, 0_u64);
    for left in &states {
        for right in &states {
            read += check(left, right);
            pairs += 1;
        }
    }
    let took = started.elapsed();
    println!("{pairs} pairs: operations = set difference, {read} nodes read = the least possible, in {took:.1?}");
    let started = Instant::now();
    for left in &states {
        for right in &states {
            patch(left, right);
        }
    }
    println!("{pairs} pairs: the operations applied to the left gave the right's root, in {:.1?}", started.elapsed());
}
