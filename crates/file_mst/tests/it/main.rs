//! The tests of the tree, in one binary: linking is most of what a test build takes.

mod bounded;
mod canonical;
mod convert;
mod cost;
mod counted_work;
mod crash;
mod damage;
mod diff;
mod fields;
mod file;
mod format;
mod history;
mod infer;
mod keys;
mod laziness;
mod lost_commits;
mod own_files;
mod promises;
mod proofs;
mod ranges;
mod raw;
mod reading;
mod retain;
mod root_hash;
mod salvage;
mod typed_open;
mod verify;

#[test]
fn every_file_here_is_a_module() {
    mst_test_support::assert_all_are_modules(file!(), include_str!("main.rs"), env!("CARGO_MANIFEST_DIR"));
}
