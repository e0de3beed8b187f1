//! The test commands in the documents name tests that exist: a filter that matches nothing passes without running.

use std::fs;
use std::path::Path;

use crate::layers::rust_files;

#[test]
fn every_documented_filter_matches_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for tests in ["tests/it", "crates/file_mst/tests/it", "crates/mst-sync/tests/it"] {
        rust_files(&root.join(tests), &mut sources);
    }
    let names: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut documents = vec![root.join("CONTRIBUTING.md")];
    documents.extend(fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    let mut filters = 0;
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for rest in text.split("--test it ").skip(1) {
            let filter = rest.split([' ', '`', '\n']).next().unwrap();
            let is_module = names.contains(&format!("mod {filter};"));
            let is_test = names.lines().any(|line| line.trim().starts_with("fn ") && line.contains(filter));
            assert!(is_module || is_test, "{}: no test has {filter:?} in its name", document.display());
            filters += 1;
        }
    }
    assert!(filters > 5, "the documents name {filters} tests: their commands are read in another way");
}
