//! Imports inside `src/` run in one direction: `model` and `runtime` know neither screens nor reports nor commands, and
//! the tables of keys and commands do not know the reports.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder or file of `src/`, and the modules that it must not import.
const RULES: [(&str, &[&str]); 7] = [
    ("model", &["runtime", "reports", "screens", "commands", "tables"]),
    ("tables", &["runtime", "reports", "screens", "commands"]),
    ("runtime", &["reports", "screens", "commands"]),
    ("reports", &["screens", "commands"]),
    ("screens/browse", &["commands"]),
    ("screens/diff", &["commands", "screens::browse", "screens::tables"]),
    ("screens/tables", &["commands", "screens::browse", "screens::diff"]),
];

pub(crate) fn rust_files(path: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The paths below `crate::` that a line of code names.
fn imports(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1)
}

#[test]
fn no_import_runs_upwards() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut upwards = Vec::new();
    for (folder, forbidden) in RULES {
        let mut files = Vec::new();
        rust_files(&src.join(folder), &mut files);
        assert!(!files.is_empty(), "src/{folder} has no files");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                let is_upwards = |path: &str| {
                    forbidden.iter().any(|module| {
                        path.strip_prefix(module)
                            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
                    })
                };
                if imports(line).any(is_upwards) {
                    upwards.push(format!("{}:{}: {}", file.display(), index + 1, line.trim()));
                }
            }
        }
    }
    assert!(upwards.is_empty(), "imports that run upwards:\n{}", upwards.join("\n"));
}
