//! docs/KEYS.md has the keys and commands of every screen, from their tables. `UPDATE_DOCS=1` renews the page.

use std::path::Path;

use mst_test_support::documents::{assert_generated, table_of_two};

use super::tables::{SCREENS, rows};
use crate::runtime::input::commands::{CommandEntry, available};
use crate::runtime::input::keymap::{Binding, Group, ScreenKind, shown};
use crate::screens::keys_of;

/// The sections of the page: a name, and the screens on which, and only on which, their keys and commands work.
const SECTIONS: [(&str, &[ScreenKind]); 5] = [
    ("every screen", &SCREENS),
    ("two tables", &[ScreenKind::Tables]),
    ("trees", &[ScreenKind::Tree, ScreenKind::Diff]),
    ("one tree", &[ScreenKind::Tree]),
    ("two trees", &[ScreenKind::Diff]),
];

fn screens_of_key(binding: &Binding) -> Vec<ScreenKind> {
    SCREENS.into_iter().filter(|screen| binding.is_on(*screen)).collect()
}

fn screens_of_command(command: &CommandEntry) -> Vec<ScreenKind> {
    SCREENS.into_iter().filter(|screen| available(keys_of(*screen)).any(|other| other == *command)).collect()
}

/// The commands of all screens, each once.
fn all_commands() -> Vec<CommandEntry> {
    let mut commands = Vec::new();
    for command in SCREENS.into_iter().flat_map(|screen| available(keys_of(screen))) {
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    commands
}

/// The keys of a section, under the headings that the help has.
fn keys(on: &[ScreenKind]) -> String {
    let mut lines = Vec::new();
    for group in Group::ALL {
        let is_here = |row: &&Binding| row.group == group && screens_of_key(row) == on;
        let rows: Vec<_> = rows(&SCREENS).into_iter().filter(is_here).collect();
        if !rows.is_empty() {
            lines.push((group.title().to_owned(), String::new()));
        }
        lines.extend(rows.into_iter().map(|binding| {
            let keys: Vec<_> = binding.keys().iter().map(|keys| format!("`{}`", shown(keys))).collect();
            (keys.join(", "), binding.help())
        }));
    }
    table_of_two(["keys", "what they do"], lines)
}

/// The commands of a section.
fn commands(on: &[ScreenKind]) -> String {
    let here = all_commands().into_iter().filter(|command| screens_of_command(command) == on);
    let lines = here.map(|(name, argument, help)| {
        let typed = format!(":{name} {argument}");
        (format!("`{}`", typed.trim_end()), help)
    });
    table_of_two(["command", "what it does"], lines)
}

#[test]
fn the_page_of_keys_has_them_all() {
    let has_section = |on: &[ScreenKind]| SECTIONS.iter().any(|(_, screens)| *screens == on);
    for binding in rows(&SCREENS) {
        assert!(has_section(&screens_of_key(binding)), "no section has the screens of {:?}", binding.action);
    }
    for command in all_commands() {
        assert!(has_section(&screens_of_command(&command)), "no section has the screens of :{}", command.0);
    }
    let blocks: Vec<_> = SECTIONS
        .iter()
        .flat_map(|(name, on)| [(format!("keys: {name}"), keys(on)), (format!("commands: {name}"), commands(on))])
        .collect();
    assert_generated(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/KEYS.md"), &blocks);
}
