//! The parts of a document that are generated from tables of the program.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Asserts that a page holds each generated block as it is now, between `<!-- NAME -->` and `<!-- /NAME -->`, and no
/// other block. If `UPDATE_DOCS` is set in the environment, the blocks are written into the page first.
///
/// Each block is its name and its text, which ends with a line end.
///
/// # Panics
/// When a block is missing or old, or the page has a block that is generated no longer; when the page cannot be read
/// or written.
#[expect(clippy::disallowed_methods, reason = "a page is under version control, so that one cut short is no loss")]
pub fn assert_generated(page: &Path, blocks: &[(String, String)]) {
    let mut text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let mut old = String::new();
    for (name, expected) in blocks {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
        let found = text.split_once(&begin).and_then(|(before, rest)| {
            let (written, after) = rest.split_once(&end)?;
            Some((before, written, after))
        });
        let Some((before, written, after)) = found else {
            panic!("{} has no block between {begin}and {end}", page.display());
        };
        if written == expected {
            continue;
        }
        if update {
            text = [before, &begin, expected, &end, after].concat();
        } else {
            let _ = writeln!(old, "the block {name:?} should be:\n{expected}");
        }
    }
    assert!(old.is_empty(), "{} is old; UPDATE_DOCS=1 renews it when this test runs:\n{old}", page.display());
    assert_eq!(
        text.matches("<!-- /").count(),
        blocks.len(),
        "{} has blocks that are not generated any more",
        page.display()
    );
    if update {
        fs::write(page, text).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    }
}

/// A table of two columns in Markdown, or a sentence if there is no row. A row without a second cell is a heading
/// within the table.
///
/// # Panics
/// When a cell holds a line end, which would break the table.
pub fn table_of_two(heads: [&str; 2], rows: impl IntoIterator<Item = (String, String)>) -> String {
    let mut lines = String::new();
    for (first, second) in rows {
        assert!(!first.contains('\n') && !second.contains('\n'), "{first:?}, {second:?}");
        // In a table a vertical bar ends a cell, even between backticks.
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = match second.is_empty() {
            true => writeln!(lines, "| **{}** | |", cell(&first)),
            false => writeln!(lines, "| {} | {} |", cell(&first), cell(&second)),
        };
    }
    match lines.is_empty() {
        true => "There are none.\n".to_owned(),
        false => format!("| {} | {} |\n|---|---|\n{lines}", heads[0], heads[1]),
    }
}
