//! What the README and the page on broken files show is what the program prints.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

#[test]
fn the_examples_in_the_readme_are_true() {
    examples_are_true("README.md");
}

#[test]
fn the_examples_of_a_broken_file_are_true() {
    examples_are_true("docs/BROKEN.md");
}

fn examples_are_true(page: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join(page)).expect("the page");
    let bin = Path::new(env!("CARGO_BIN_EXE_mst-tui")).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());

    // What the examples write must not end up in the project.
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(root.join("samples"), folder.path().join("samples")).expect("a link");

    let blocks = readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let examples: Vec<_> = blocks
        .flat_map(|block| format!("\n{block}").split("\n$ ").skip(1).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert!(!examples.is_empty(), "{page} has no examples");
    for example in examples {
        let (command, shown) = example.split_once('\n').unwrap_or((&example, ""));
        let output = Command::new("sh").args(["-c", command]).env("PATH", &path).current_dir(&folder).output();
        let output = output.expect("a shell runs");
        // 1 says that there is a difference or damage, as these should of trees that differ or are damaged.
        let finds = [" diff ", " verify ", " salvage ", " hex ", " explain "].iter().any(|name| command.contains(name));
        let differs = finds && output.status.code() == Some(1);
        assert!(output.status.success() || differs, "{command}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), shown.trim_end(), "{command}");
    }
}
