//! Words that complete the argument of a command: names of files, and keys of the tree. A task reads them.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use mst_types::is_hidden;

/// The most words that are offered.
pub(crate) const MOST: usize = 100;

/// What an argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ArgumentKind {
    Path,
    Key,
    Theme,
}

/// The words that are wanted: those that begin so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wanted {
    pub(crate) kind: ArgumentKind,
    pub(crate) word: String,
}

/// The words that were found.
#[derive(Clone, Debug)]
pub(crate) struct Completed {
    pub(crate) wanted: Wanted,
    pub(crate) words: Vec<String>,
}

/// Finds the keys that begin with a text.
pub(crate) type FindKeys = Box<dyn FnOnce(&str) -> Vec<String> + Send>;

/// The paths that begin with a text, in the order of their names; folders end with a separator. Names that a line cannot
/// show as they are, and hidden ones that are not asked for, are left out.
pub(crate) fn paths(text: &str) -> Vec<String> {
    let (folder, name) = match text.rfind(is_separator) {
        Some(at) => text.split_at(at + 1),
        None => ("", text),
    };
    let place = if folder.is_empty() { PathBuf::from(".") } else { in_home(folder) };
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let is_plain = |name: &str| !name.chars().any(|c| c.is_control() || is_hidden(c));
    let mut words: Vec<_> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let found = entry.file_name().into_string().ok()?;
            let is_wanted = found.starts_with(name) && (name.starts_with('.') || !found.starts_with('.'));
            let end = if entry.path().is_dir() { MAIN_SEPARATOR.to_string() } else { String::new() };
            (is_wanted && is_plain(&found)).then(|| format!("{folder}{found}{end}"))
        })
        .collect();
    words.sort();
    words.truncate(MOST);
    words
}

pub(crate) fn is_separator(c: char) -> bool {
    std::path::is_separator(c)
}

/// A folder as it was typed, in the home folder if it begins so.
fn in_home(folder: &str) -> PathBuf {
    match (folder.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_begin_so() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.mst", "a.mst", ".hidden", "odd\u{202e}name"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        std::fs::create_dir(dir.path().join("archive")).unwrap();
        let names = |typed: &str| -> Vec<String> {
            let root = format!("{}{MAIN_SEPARATOR}", dir.path().display());
            paths(&format!("{root}{typed}")).iter().map(|path| path[root.len()..].to_owned()).collect()
        };
        assert_eq!(names(""), ["a.mst", &format!("archive{MAIN_SEPARATOR}"), "b.mst"]);
        assert_eq!(names("b"), ["b.mst"]);
        assert_eq!(names(".h"), [".hidden"]);
        assert!(names("zzz").is_empty() && paths("/nowhere/at/all/x").is_empty());
    }
}
