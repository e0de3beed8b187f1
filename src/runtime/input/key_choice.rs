//! The keys that the user has chosen in place of those of the keymap.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The sequences of keys of a row.
type KeyList = &'static [&'static str];

/// Keys by the names of the rows that have them instead of their own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct KeyChoice(BTreeMap<&'static str, KeyList>);

impl FromIterator<(&'static str, KeyList)> for KeyChoice {
    fn from_iter<T: IntoIterator<Item = (&'static str, KeyList)>>(rows: T) -> Self {
        Self(rows.into_iter().collect())
    }
}

/// The choice of this process. Input, hints, help and messages all ask for keys by row, so it is set once and not handed
/// around.
static CHOICE: OnceLock<KeyChoice> = OnceLock::new();

impl KeyChoice {
    /// The keys of the row of this name; none if it keeps its own.
    pub(crate) fn get(&self, name: &str) -> Option<KeyList> {
        self.0.get(name).copied()
    }

    /// Makes these the keys of the process. Only the first choice counts.
    pub(crate) fn take_effect(self) {
        let _ = CHOICE.set(self);
    }
}

/// The keys that the user has chosen for the row of this name.
pub(super) fn chosen(name: &str) -> Option<KeyList> {
    CHOICE.get()?.get(name)
}
