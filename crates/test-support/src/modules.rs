//! A check that no test file is forgotten.

use std::fs;
use std::path::Path;

/// Asserts that every file and folder beside a `main.rs` is declared in it as a module: one that is not would never run.
///
/// `file` is what `file!()` gives there, `source` the text of `main.rs`, `package` the folder of its package.
///
/// # Panics
/// When a file is not declared, or the folder cannot be read.
pub fn assert_all_are_modules(file: &str, source: &str, package: &str) {
    // `file!()` is relative to the workspace, so only its last folders are known to lie in the package.
    assert!(file.ends_with("tests/it/main.rs"), "{file}");
    for entry in fs::read_dir(Path::new(package).join("tests/it")).expect("the folder of the tests") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name of text");
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        let declared = source.lines().any(|line| line.trim() == format!("mod {module};"));
        assert!(module == "main" || declared, "main.rs does not declare the module {module}: its tests do not run");
    }
}
