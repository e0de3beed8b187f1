//! Finds out the commit that the program is built from, for `--version`.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let version = version();
    println!("cargo::rustc-env=MST_TUI_VERSION={version}");
}

/// `0.1.0 (306f2c4a1b)`, or only the number where no commit is known.
fn version() -> String {
    let number = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    // The commit would make every commit a reason to build again, which only those who hand the program on can use.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        return format!("{number} (debug build)");
    }
    match of_checkout().or_else(of_package) {
        Some(commit) => format!("{number} ({commit})"),
        None => number,
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The commit of the checkout that this package is the top of, with `-dirty` if files differ from it.
fn of_checkout() -> Option<String> {
    let top = git(&["rev-parse", "--show-toplevel"])?;
    // The sources may lie in the repository of somebody else.
    let is_ours = Path::new(&top).canonicalize().ok()? == Path::new(".").canonicalize().ok()?;
    let commit = is_ours.then(|| git(&["describe", "--always", "--dirty", "--abbrev=10", "--tags"]))??;
    // The log of HEAD grows with every commit and checkout; the sources decide whether it is dirty.
    for watched in [git(&["rev-parse", "--git-path", "logs/HEAD"])?, "src".to_owned(), "crates".to_owned()] {
        if Path::new(&watched).exists() {
            println!("cargo::rerun-if-changed={watched}");
        }
    }
    Some(commit)
}

/// The commit that cargo notes in a published package.
fn of_package() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, after) = text.split_once("\"sha1\"")?;
    let hash = after.split('"').nth(1)?;
    (hash.len() >= 10 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| hash[..10].to_owned())
}
