//! The tests of contracts, mappings and sources, in one binary: linking is most of what a test build takes.

mod condition;
mod contract;
mod draft;
mod short;
mod sources;

#[test]
fn every_file_here_is_a_module() {
    mst_test_support::assert_all_are_modules(file!(), include_str!("main.rs"), env!("CARGO_MANIFEST_DIR"));
}
