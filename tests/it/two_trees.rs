//! Two trees named together, without a terminal: the output of `diff`, with its exit codes.

use std::path::Path;
use std::process::{Command, Output, Stdio};

const ORDERS: [(&str, &str, &str); 2] = [
    ("samples/orders-a.mst", "689494", "13c1813f847ea9602145847868a2e6c452ea939a5f327b04a2357f1389135748"),
    ("samples/orders-b.mst", "689570", "38c8553b1791f4a8395b43fbd3efda0ca169e9558048f9a50a2b7d586d8d3f90"),
];
const SAME_SET: [(&str, &str, &str); 2] = [
    ("samples/same-set-sorted.mst", "1117", "83edbf5522a211323838c4e0b3407221a1568fbfc05ab1a9760d1c48e72b05b6"),
    ("samples/same-set-shuffled.mst", "1192", "5bef8ce5f97bca731333e13af961fdb3c806523b9ac83b1c6410ecd533fbf2be"),
];

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mst-tui"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stdin(Stdio::null())
        .args(args)
        .output()
        .expect("the program runs")
}

#[test]
fn two_trees_print_the_output_of_diff() {
    for (trees, code) in [(ORDERS, 1), (SAME_SET, 0)] {
        let [left, right] = trees.map(|(path, offset, hash)| format!("{path}@{offset}:{hash}"));
        let diff = run(&["diff", &left, &right]);
        assert_eq!(diff.status.code(), Some(code));
        let both = run(&[&left, &right]);
        assert_eq!((both.status.code(), &both.stdout), (Some(code), &diff.stdout));
        let [(a, at, hash), (b, right_at, right_hash)] = trees;
        let long = [a, b, "--offset", at, "--hash", hash, "--right-offset", right_at, "--right-hash", right_hash];
        let both = run(&long);
        assert_eq!((both.status.code(), &both.stdout), (Some(code), &diff.stdout));
    }
}

#[test]
fn a_place_in_the_right_tree_needs_a_right_tree() {
    let [(path, offset, _), _] = ORDERS;
    let alone = run(&[path, "--offset", offset, "--right-offset", "7"]);
    assert_eq!(alone.status.code(), Some(2), "{}", String::from_utf8_lossy(&alone.stderr));
}
