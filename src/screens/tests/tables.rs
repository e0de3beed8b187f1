//! The tables of keys and commands with the reports in them.

use std::collections::{HashMap, HashSet};

use crate::runtime::input::commands::available;
use crate::runtime::input::keymap::{Binding, ScreenKind};
use crate::screens::keys_of;

pub(super) const SCREENS: [ScreenKind; 3] = [ScreenKind::Tree, ScreenKind::Diff, ScreenKind::Tables];

/// The rows of these screens, each once.
pub(super) fn rows(screens: &[ScreenKind]) -> Vec<&'static Binding> {
    let mut rows: Vec<&Binding> = Vec::new();
    for row in screens.iter().flat_map(|screen| keys_of(*screen).bindings()) {
        if !rows.iter().any(|known| std::ptr::eq(*known, row)) {
            rows.push(row);
        }
    }
    rows
}

#[test]
fn no_key_means_two_things_and_none_hides_another() {
    for screen in SCREENS {
        let mut seen = HashSet::new();
        let own = keys_of(screen).bindings().filter(|binding| !binding.is_said_again);
        for keys in own.flat_map(Binding::keys) {
            assert!(seen.insert(*keys), "{keys} is bound twice on {screen:?}");
        }
        for keys in &seen {
            let hides = |other: &&str| other.strip_prefix(*keys).is_some_and(|rest| rest.starts_with(' '));
            assert!(!seen.iter().any(hides), "{keys} hides a longer sequence on {screen:?}");
        }
    }
}

/// Keys mean the same on all screens, as the names of their rows say.
#[test]
fn a_key_means_one_thing_on_all_screens() {
    let mut meanings = HashMap::new();
    let mut keys_of_meanings = HashMap::new();
    for binding in rows(&SCREENS) {
        for keys in binding.keys() {
            let known = *meanings.entry(*keys).or_insert(binding.name);
            assert_eq!(known, binding.name, "{keys} means two things");
        }
        let first = *keys_of_meanings.entry(binding.name).or_insert(binding.keys()[0]);
        assert_eq!(first, binding.keys()[0], "{} has different keys on two screens", binding.name);
    }
}

#[test]
fn every_action_has_one_row_and_a_help_text() {
    let mut seen = HashSet::new();
    for binding in rows(&SCREENS) {
        assert!(seen.insert(binding.action), "{:?} has two rows", binding.action);
        assert!(!binding.help().is_empty() && !binding.keys().is_empty());
    }
}

#[test]
fn no_command_has_the_name_of_another() {
    for screen in SCREENS {
        let mut seen = HashSet::new();
        for (name, _, help) in available(keys_of(screen)) {
            assert!(seen.insert(name), "{name} stands twice on {screen:?}");
            assert!(!help.is_empty(), "{name}");
        }
    }
}
