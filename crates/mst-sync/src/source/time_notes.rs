//! The time zones with which the rows of a source were already made.

use std::collections::BTreeSet;
use std::sync::Arc;

use file_mst::open::open;
use file_mst::storage::FileStorage;

use super::mapped::MAX_DEPTH;
use super::{Settings, TreeSettings};
use crate::mapping::{Mapping, TZDB_NOTE, ZONES_NOTE};

/// The zones in which times of the rows were read before, and the versions of the time zone database that were used
/// for it besides that of this program. Only trees and mappings have any.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct TimeNotes {
    pub(crate) zones: BTreeSet<String>,
    pub(crate) versions: BTreeSet<String>,
}

impl Settings {
    /// The notes about times of the trees and mappings that these settings lead to. What cannot be read has none: it
    /// cannot be read as a source either.
    pub(crate) fn time_notes(&self) -> TimeNotes {
        self.time_notes_within(0)
    }

    fn time_notes_within(&self, depth: usize) -> TimeNotes {
        match self {
            Self::Tree(tree) => of_tree(tree).unwrap_or_default(),
            Self::Mapping { path } if depth < MAX_DEPTH => {
                let Ok(mapping) = Mapping::read(path) else { return TimeNotes::default() };
                let mut notes = mapping.source.time_notes_within(depth + 1);
                notes.zones.extend(mapping.own_zones());
                notes
            }
            _ => TimeNotes::default(),
        }
    }
}

fn of_tree(tree: &TreeSettings) -> Option<TimeNotes> {
    let storage = FileStorage::open(&tree.path).ok()?;
    let notes = open(Arc::new(storage), &tree.options()).ok()?.commit()?.notes;
    let text = |name: &str| notes.get(name).map(|note| String::from_utf8_lossy(note).into_owned());
    let zones: BTreeSet<String> = text(ZONES_NOTE).unwrap_or_default().lines().map(str::to_owned).collect();
    // Without zones the version made no difference.
    let versions = text(TZDB_NOTE).filter(|_| !zones.is_empty());
    Some(TimeNotes { zones, versions: versions.into_iter().flat_map(|text| split(&text)).collect() })
}

/// The versions that a note lists.
fn split(text: &str) -> Vec<String> {
    text.split(" and ").map(str::to_owned).collect()
}
