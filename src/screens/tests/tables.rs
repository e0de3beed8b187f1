//! The tables of keys and commands with the reports in them.

use std::collections::HashSet;

use crate::runtime::commands::available;
use crate::runtime::keymap::{Binding, ScreenKind};
use crate::screens::keys_of;

/// The rows of both screens, each once.
fn rows() -> Vec<&'static Binding> {
    let on = |screen| keys_of(screen).bindings();
    let diff = on(ScreenKind::Diff).filter(|binding| binding.only.is_some());
    on(ScreenKind::Tree).chain(diff).collect()
}

#[test]
fn no_key_means_two_things_and_none_hides_another() {
    for screen in [ScreenKind::Tree, ScreenKind::Diff] {
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
    for binding in rows() {
        assert!(seen.insert(binding.action), "{:?} has two rows", binding.action);
        assert!(!binding.help.is_empty() && !binding.keys.is_empty());
    }
}

#[test]
fn no_command_has_the_name_of_another() {
    for screen in [ScreenKind::Tree, ScreenKind::Diff] {
        let mut seen = HashSet::new();
        for (name, _, help) in available(keys_of(screen)) {
            assert!(seen.insert(name), "{name} stands twice on {screen:?}");
            assert!(!help.is_empty(), "{name}");
        }
    }
}
