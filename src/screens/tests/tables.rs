//! The tables of keys and commands with the reports in them.

use std::collections::HashSet;

use crate::runtime::commands::available;
use crate::runtime::keymap::{Binding, ScreenKind};
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
        for keys in keys_of(screen).bindings().flat_map(|binding| binding.keys) {
            assert!(seen.insert(*keys), "{keys} is bound twice on {screen:?}");
        }
        for keys in &seen {
            let hides = |other: &&str| other.strip_prefix(*keys).is_some_and(|rest| rest.starts_with(' '));
            assert!(!seen.iter().any(hides), "{keys} hides a longer sequence on {screen:?}");
        }
    }
}

#[test]
fn every_action_has_one_row_and_a_help_text() {
    let mut seen = HashSet::new();
    for binding in rows(&SCREENS) {
        assert!(seen.insert(binding.action), "{:?} has two rows", binding.action);
        assert!(!binding.help.is_empty() && !binding.keys.is_empty());
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
