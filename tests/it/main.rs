//! The tests of the program, in one binary: linking is most of what a test build takes.

mod bounded_cli;
mod cli;
mod commit_names;
mod comparable;
mod conditions;
mod config;
mod courtesies;
mod diff_cli;
mod documented_tests;
mod gate;
mod guided_tour;
mod hex_cli;
mod history_cli;
mod html_report;
mod keys_only;
mod layers;
mod lenient_cli;
mod living_file;
mod living_pair;
mod looks;
mod lost_commits_cli;
mod lost_roots;
mod ls_cli;
mod multiset;
mod not_compared;
mod null_keys;
mod program;
mod proof_cli;
mod readme;
mod redacted;
mod salvage_cli;
mod samples;
mod schema_cli;
mod screenshots;
mod secrets;
mod tables;
mod terminal;
mod tolerance;
mod tour;
mod two_tables;
mod two_trees;
mod type_mismatch;
mod types_cli;
mod verify_cli;
mod whole;
mod write_cli;

#[test]
fn every_file_here_is_a_module() {
    mst_test_support::assert_all_are_modules(file!(), include_str!("main.rs"), env!("CARGO_MANIFEST_DIR"));
}
