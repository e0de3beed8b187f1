//! The watch over the file of a tree while a screen shows it, and what a screen says of it.

use std::path::PathBuf;

use file_mst::open::{Opened, RootSource};
use mst_types::escape_text;

use crate::model::text::{offset, size, thousands};
use crate::model::watch::{self, Notice, Watch};
use crate::runtime::jobs::{Runner, Task};
use crate::runtime::theme::Role;

/// Begins to watch the file at `path`, of which a tree is open. The task ends at once where that is another file, or
/// none.
pub(super) fn start<R: Send + 'static>(
    runner: &Runner,
    (path, opened): (PathBuf, Opened),
    failed: impl FnOnce(String) -> R + Send + 'static,
    noticed: impl Fn(Notice) -> R + Send + 'static,
) -> Task {
    runner.run(failed, move |feed| {
        let Some(mut watch) = Watch::new(path, opened) else { return };
        while !feed.is_cancelled() {
            std::thread::sleep(watch::INTERVAL);
            if let Some(notice) = watch.look()
                && feed.send(noticed(notice)).is_break()
            {
                return;
            }
        }
    })
}

/// Whether the file of a tree says where its newest tree is, so that it can be followed.
pub(super) fn can_be_followed(opened: &Opened) -> bool {
    opened.file.is_some() || opened.root_source == RootSource::Pointer
}

/// Something that happened to the file, for the user to read.
#[derive(Debug)]
pub(super) struct Noticed {
    pub(super) notice: Notice,
    /// The name of the newer version, if there is one. To find it may mean to read, which drawing does not do.
    name: String,
}

impl From<Notice> for Noticed {
    fn from(notice: Notice) -> Self {
        let name = match &notice {
            Notice::Newer { opened, .. } => version_name(opened),
            _ => String::new(),
        };
        Self { notice, name }
    }
}

/// A notice in words; none if there is nothing to say. `newest` says how the newest tree is shown, and `roots` which
/// key looks for roots, if one does.
pub(super) fn words(noticed: &Noticed, newest: &str, roots: Option<&str>) -> Option<(String, Role)> {
    let Noticed { notice, name } = noticed;
    Some(match notice {
        Notice::Newer { replaced: false, .. } => (format!("{name} appended: {newest}"), Role::Doubtful),
        Notice::Newer { replaced: true, .. } => {
            (format!("REPLACED by another file: {newest}, this is the old one"), Role::Bad)
        }
        Notice::Grew(bytes) => {
            let roots = roots.map_or_else(String::new, |key| format!(": {key} looks for newer roots"));
            (format!("grew by {}{roots}", size(*bytes)), Role::Doubtful)
        }
        Notice::Cut { len, needed } => {
            let (len, needed) = (thousands(*len), thousands(*needed));
            (format!("CUT to {len} of {needed} bytes: only what was read before is shown"), Role::Bad)
        }
        Notice::Removed => ("REMOVED: what is shown is read from the open file".to_owned(), Role::Bad),
        Notice::Replaced(why) => {
            (format!("REPLACED by something else, this is the old file: {}", escape_text(why)), Role::Bad)
        }
        Notice::Damaged(why) => (format!("DAMAGED since it was opened: {}", escape_text(why)), Role::Bad),
        Notice::Sound => return None,
    })
}

/// `#12`, or where the root is if the file has no commits.
pub(super) fn version_name(opened: &Opened) -> String {
    match opened.commit() {
        Some(commit) => format!("#{}", commit.sequence),
        None => format!("the root {}", offset(opened.tree.root_link().offset)),
    }
}
