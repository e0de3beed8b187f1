//! Whether this is the first run: an empty file in the platform's folder for state remembers that hints were shown.

use std::env;
use std::fs::{OpenOptions, create_dir_all};
use std::path::{Path, PathBuf};

/// The file that remembers it.
const SEEN: &str = "hints-seen";

/// Whether the hints of the first run are to be shown; they never are again. They are not shown if that cannot be
/// remembered, or if MST_TUI_HINTS is `never`.
pub(crate) fn is_first_run() -> bool {
    let is_off = env::var_os("MST_TUI_HINTS").is_some_and(|value| value == "never");
    let directory = |name: &str| env::var_os(name).map(PathBuf::from);
    !is_off && folder(&directory, cfg!(windows)).is_some_and(|folder| remember(&folder))
}

/// The folder for state. A path that is not absolute is ignored, as the XDG specification asks.
fn folder(directory: &dyn Fn(&str) -> Option<PathBuf>, windows: bool) -> Option<PathBuf> {
    let absolute = |name| directory(name).filter(|path| path.is_absolute());
    let base = absolute("XDG_STATE_HOME").or_else(|| match windows {
        true => absolute("LOCALAPPDATA"),
        false => absolute("HOME").map(|home| home.join(".local").join("state")),
    })?;
    Some(base.join("mst-tui"))
}

/// Makes the file. False if it is there or cannot be made.
fn remember(folder: &Path) -> bool {
    // The file is empty, so it is whole as soon as it is there.
    let make = |_| OpenOptions::new().write(true).create_new(true).open(folder.join(SEEN));
    create_dir_all(folder).and_then(make).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_in_the_platforms_place() {
        let folder = |variables: &[(&str, &str)], windows| {
            let find =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, path)| PathBuf::from(path));
            folder(&find, windows).map(|path| path.display().to_string())
        };
        let home = ("HOME", "/home/u");
        assert_eq!(folder(&[home], false).as_deref(), Some("/home/u/.local/state/mst-tui"));
        assert_eq!(folder(&[home, ("XDG_STATE_HOME", "/x")], false).as_deref(), Some("/x/mst-tui"));
        assert_eq!(folder(&[home, ("XDG_STATE_HOME", "x")], false).as_deref(), Some("/home/u/.local/state/mst-tui"));
        assert_eq!(folder(&[home, ("LOCALAPPDATA", "/app")], true).as_deref(), Some("/app/mst-tui"));
        assert_eq!(folder(&[], false), None);
    }

    #[test]
    fn only_one_run_is_the_first() {
        let dir = tempfile::tempdir().expect("a folder");
        let state = dir.path().join("a").join("b");
        assert!(remember(&state));
        assert!(!remember(&state));
        // A file where the folder should be.
        assert!(!remember(&state.join(SEEN)));
    }
}
