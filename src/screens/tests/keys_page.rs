//! docs/KEYS.md has the keys and commands of every screen, from their tables. `UPDATE_DOCS=1` renews the page.

use std::path::Path;

use mst_test_support::documents::{assert_generated, table_of_two};

use crate::runtime::commands::available;
use crate::runtime::keymap::{Binding, Group, ScreenKind, shown};
use crate::screens::keys_of;

/// Every screen. The page has a section for each.
const SCREENS: [ScreenKind; 3] = [ScreenKind::Tree, ScreenKind::Diff, ScreenKind::Tables];

/// The name of a screen in the markers of the page.
fn name(screen: ScreenKind) -> &'static str {
    match screen {
        ScreenKind::Tree => "one tree",
        ScreenKind::Diff => "two trees",
        ScreenKind::Tables => "two tables",
    }
}

/// The keys of the bindings that are chosen, under the headings that the help has.
fn keys(screen: ScreenKind, chosen: impl Fn(&Binding) -> bool) -> String {
    let mut rows = Vec::new();
    for group in Group::ALL {
        let bindings = || keys_of(screen).bindings().filter(|binding| binding.group == group && chosen(binding));
        if bindings().next().is_some() {
            rows.push((group.title().to_owned(), String::new()));
        }
        rows.extend(bindings().map(|binding| {
            let keys: Vec<_> = binding.keys.iter().map(|keys| format!("`{}`", shown(keys))).collect();
            (keys.join(", "), binding.help.to_owned())
        }));
    }
    table_of_two(["keys", "what they do"], rows)
}

/// A command: its name, its argument and its help.
type CommandEntry = (&'static str, &'static str, &'static str);

/// The commands that are chosen.
fn commands(screen: ScreenKind, chosen: impl Fn(CommandEntry) -> bool) -> String {
    let rows = available(keys_of(screen)).filter(|command| chosen(*command)).map(|(name, argument, help)| {
        let typed = format!(":{name} {argument}");
        (format!("`{}`", typed.trim_end()), help.to_owned())
    });
    table_of_two(["command", "what it does"], rows)
}

/// Whether a key means the same on every screen.
fn is_common_key(binding: &Binding) -> bool {
    SCREENS.iter().all(|screen| keys_of(*screen).bindings().any(|other| other.action == binding.action))
}

/// Whether a command can be typed on every screen.
fn is_common_command(command: CommandEntry) -> bool {
    SCREENS.iter().all(|screen| available(keys_of(*screen)).any(|other| other == command))
}

#[test]
fn the_page_of_keys_has_them_all() {
    let mut blocks = vec![
        ("keys: every screen".to_owned(), keys(SCREENS[0], is_common_key)),
        ("commands: every screen".to_owned(), commands(SCREENS[0], is_common_command)),
    ];
    for screen in SCREENS {
        blocks.push((format!("keys: {}", name(screen)), keys(screen, |binding| !is_common_key(binding))));
        blocks.push((format!("commands: {}", name(screen)), commands(screen, |command| !is_common_command(command))));
    }
    assert_generated(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/KEYS.md"), &blocks);
}
