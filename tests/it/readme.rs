//! The documents are true as far as a test can tell: their examples show what the program prints, and their links lead
//! somewhere.
#![cfg(unix)]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All pages of the project.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // Hidden folders, and what cargo builds and vendors.
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if name.ends_with(".md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

#[test]
fn the_examples_are_correct() {
    let mut with_examples = Vec::new();
    for page in pages() {
        if check_examples(&page) > 0 {
            with_examples.push(page.file_name().unwrap().to_owned());
        }
    }
    for page in ["README.md", "COMMANDS.md", "BROKEN.md", "TYPES.md"] {
        assert!(with_examples.iter().any(|name| name == page), "{page} has no examples");
    }
}

/// Runs each example of a page, and returns how many there are.
fn check_examples(page: &Path) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(page).expect("the page");
    let bin = Path::new(env!("CARGO_BIN_EXE_mst-tui")).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());

    // The examples run in a temporary folder, so that they write nothing into the project.
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(root.join("samples"), folder.path().join("samples")).expect("a link");

    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let examples: Vec<_> = blocks
        .flat_map(|block| format!("\n{block}").split("\n$ ").skip(1).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for example in &examples {
        let (command, shown) = example.split_once('\n').unwrap_or((example, ""));
        let output = Command::new("sh").args(["-c", command]).env("PATH", &path).current_dir(&folder).output();
        let output = output.expect("a shell runs");
        // These commands exit with 1 if trees differ or are damaged, which is expected in the examples.
        let judges = [" diff ", " compare ", " verify ", " salvage ", " hex ", " explain "];
        let differs = judges.iter().any(|name| command.contains(name)) && output.status.code() == Some(1);
        let place = format!("{}: {command}", page.display());
        assert!(output.status.success() || differs, "{place}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), shown.trim_end(), "{place}");
    }
    examples.len()
}

/// The lines of a page that are prose: no blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// The targets of the links and pictures in a page, as they are written. Code between backticks has none.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text).collect::<Vec<_>>().join("\n");
    // Code may go on in the next line, but not in the next paragraph.
    let spoken: String = prose
        .split("\n\n")
        .map(|paragraph| paragraph.split('`').step_by(2).collect::<Vec<_>>().join("code") + "\n\n")
        .collect();
    spoken.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

/// The anchors of the headings in a page, as GitHub makes them.
fn anchors(text: &str) -> HashSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
            let title = line.trim_start_matches('#').trim();
            title.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
        })
        .collect()
}

/// What is wrong with a link in a page; nothing if it leads to another site or somewhere in the project.
fn fault(page: &Path, link: &str) -> Option<String> {
    if link.starts_with("https://") {
        return None;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = if path.is_empty() { page.to_owned() } else { page.parent()?.join(path) };
    if !target.exists() {
        return Some(format!("{}: {link} leads to no file", page.display()));
    }
    let anchor = anchor?;
    let text = fs::read_to_string(&target).unwrap_or_default();
    (!anchors(&text).contains(anchor)).then(|| format!("{}: {link} leads to no heading", page.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for page in pages() {
        let links = links(&fs::read_to_string(&page).expect("the page"));
        checked += links.len();
        faults.extend(links.iter().filter_map(|link| fault(&page, link)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(checked > 50, "only {checked} links were found: they are read in another way");
}

#[test]
fn a_dead_link_is_found() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/TYPES.md");
    for (link, is_dead) in [
        ("DIFF.md", false),
        ("../README.md", false),
        ("#logical-types", false),
        ("DIFF.md#rows-fetched-again", false),
        ("https://example.org/absent", false),
        ("ABSENT.md", true),
        ("docs/DIFF.md", true),
        ("#logical", true),
        ("DIFF.md#absent", true),
    ] {
        assert_eq!(fault(&page, link).is_some(), is_dead, "{link}");
    }
    let text = "[a](b.md) `[c]\n(d.md)` [e\nf](g.md#h)\n```\n[i](j.md)\n# k\n```\n## L `m` and n-o";
    assert_eq!(links(text), ["b.md", "g.md#h"]);
    assert_eq!(anchors(text), HashSet::from(["l-m-and-n-o".to_owned()]));
}
