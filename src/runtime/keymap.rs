//! The keys: one table that input, hints and help are made of.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::reports::REPORTS;
use crate::runtime::action::{Action, Part};

/// A row of the table: what it does, the keys that do it, and how help and hints call it.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) action: Action,
    /// Each is a sequence of keys with a space between them; the first is the one that hints show.
    pub(crate) keys: &'static [&'static str],
    pub(crate) help: &'static str,
    /// The word in the status line; empty where there is none.
    pub(crate) hint: &'static str,
    pub(crate) group: Group,
    /// The screen on which they count; none for every one.
    pub(crate) only: Option<ScreenKind>,
}

/// The screens of the program. A key may mean different things on two of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScreenKind {
    /// One tree.
    Tree,
    /// Two trees side by side.
    Diff,
}

impl Binding {
    const fn only(mut self, screen: ScreenKind) -> Self {
        self.only = Some(screen);
        self
    }

    /// Whether it counts on this screen.
    pub(crate) fn is_on(&self, screen: ScreenKind) -> bool {
        self.only.is_none_or(|only| only == screen)
    }
}

/// The headings of the help.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    Move,
    Tree,
    Views,
    Diff,
    Show,
    Copy,
    Program,
}

impl Group {
    pub(crate) const ALL: [Self; 7] =
        [Self::Move, Self::Tree, Self::Views, Self::Diff, Self::Show, Self::Copy, Self::Program];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Tree => "Tree",
            Self::Views => "Views",
            Self::Diff => "Two trees",
            Self::Show => "Show",
            Self::Copy => "Copy",
            Self::Program => "Program",
        }
    }
}

const fn binding(
    group: Group,
    action: Action,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { action, keys, help, hint, group, only: None }
}

const fn tree(
    group: Group,
    action: Action,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Binding {
    binding(group, action, keys, hint, help).only(ScreenKind::Tree)
}

const fn diff(action: Action, keys: &'static [&'static str], hint: &'static str, help: &'static str) -> Binding {
    binding(Group::Diff, action, keys, hint, help).only(ScreenKind::Diff)
}

/// The key of a view of one tree.
pub(crate) const fn report(name: &'static str, keys: &'static [&'static str], help: &'static str) -> Binding {
    tree(Group::Views, Action::Report(name), keys, name, help)
}

/// All keys.
pub(crate) fn bindings() -> impl Iterator<Item = &'static Binding> + Clone {
    KEYMAP.iter().chain(REPORTS.iter().map(|view| &view.binding))
}

/// All keys but those of views, which stand in a table of their own.
const KEYMAP: &[Binding] = &[
    binding(Group::Move, Action::Down, &["j", "Down"], "down", "one line down"),
    binding(Group::Move, Action::Up, &["k", "Up"], "up", "one line up"),
    binding(Group::Move, Action::HalfPageDown, &["Ctrl-d"], "", "half a page down"),
    binding(Group::Move, Action::HalfPageUp, &["Ctrl-u"], "", "half a page up"),
    binding(Group::Move, Action::PageDown, &["Ctrl-f", "PageDown"], "", "one page down"),
    binding(Group::Move, Action::PageUp, &["Ctrl-b", "PageUp"], "", "one page up"),
    binding(Group::Move, Action::First, &["g g", "Home"], "", "to the first line"),
    binding(Group::Move, Action::Last, &["G", "End"], "", "to the last line"),
    tree(Group::Move, Action::NextPane, &["Tab"], "pane", "to the next pane"),
    tree(Group::Move, Action::PreviousPane, &["BackTab"], "", "to the previous pane"),
    tree(Group::Tree, Action::In, &["l", "Right"], "unfold", "unfold the node, or go into it"),
    tree(Group::Tree, Action::Out, &["h", "Left"], "fold", "fold the node, or go to the one above"),
    binding(Group::Tree, Action::ToggleFold, &["Space"], "fold", "fold or unfold the node, or what is equal"),
    tree(Group::Tree, Action::GoParent, &["g p"], "", "to the node above"),
    tree(Group::Tree, Action::GoRoot, &["g r"], "", "to the root"),
    tree(Group::Tree, Action::Count, &["c"], "count", "count the whole tree (reads every node)"),
    tree(Group::Tree, Action::Type("offset "), &["g o"], "", "to the node at an offset"),
    tree(Group::Tree, Action::Type("hash "), &["g h"], "", "to the node of a hash"),
    tree(Group::Tree, Action::Type("key "), &["g k"], "", "to a key"),
    tree(Group::Tree, Action::Type("nth "), &["g n"], "", "to a record by its number"),
    tree(Group::Views, Action::Older, &["<"], "", "to the version before, with the cursor on its key"),
    tree(Group::Views, Action::Newer, &[">"], "", "to the version behind, with the cursor on its key"),
    tree(
        Group::Views,
        Action::Again,
        &["r"],
        "again",
        "go on with a view where Esc stopped it; one that is done is computed anew",
    ),
    tree(Group::Views, Action::Mark, &["m"], "mark", "in the history: mark a commit (Space too)"),
    tree(
        Group::Views,
        Action::Compare,
        &["d"],
        "diff",
        "in the history: compare the marked commit, or the one before, with this",
    ),
    diff(Action::NextDifference, &["]"], "next", "to the next difference"),
    diff(Action::PreviousDifference, &["["], "previous", "to the previous difference"),
    diff(Action::NextRun, &["}"], "", "to the next run of differences"),
    diff(Action::PreviousRun, &["{"], "", "to the previous run of differences"),
    diff(Action::ShowLeft, &["1"], "left tree", "the left tree alone, at the key under the cursor; q leads back"),
    diff(Action::ShowRight, &["2"], "right tree", "the right tree alone, at the key under the cursor; q leads back"),
    diff(Action::ScrollLeft, &["h", "Left"], "", "scroll both sides to the left"),
    diff(Action::ScrollRight, &["l", "Right"], "sideways", "scroll both sides to the right"),
    diff(Action::Filter, &["&"], "filter", "show all, only left, only right, changed, not compared"),
    diff(Action::Why, &["w"], "why", "why the hashes differ on the way to the record"),
    diff(Action::Doubts, &["T"], "certainty", "in what types and contracts differ, and what is not certain"),
    diff(Action::Fields, &["s"], "fields", "which fields drift, and where: by the beginning of the keys"),
    diff(Action::ToggleNodes, &["t"], "nodes", "with the nodes that differ, or records only"),
    diff(Action::Export, &["e"], "export", "write what is shown to a new file: JSON as of diff, or CSV"),
    diff(
        Action::ToggleUnified,
        &["v"],
        "view",
        "side by side or one below the other; open values as tree, text, JSON, hex, CBOR, number, time",
    ),
    binding(Group::Show, Action::Open, &["Enter"], "open", "the whole value or difference, the tree of the commit"),
    binding(Group::Show, Action::CycleKeyFormat, &["x"], "key format", "keys as auto, number, text, hex"),
    binding(
        Group::Show,
        Action::CycleValueFormat,
        &["X"],
        "value format",
        "values as auto, number, text, hex, redacted",
    ),
    tree(
        Group::Show,
        Action::CycleRepresentation,
        &["v"],
        "view",
        "the open value as tree, text, JSON, hex, CBOR, number, time",
    ),
    tree(
        Group::Show,
        Action::NextTypes,
        &["t"],
        "types",
        "the next types that prove the same, where types are guessed",
    ),
    tree(Group::Show, Action::EditTypes, &["T"], "", "type other types; what no hash proves is refused"),
    tree(Group::Show, Action::ToggleWrap, &["w"], "wrap", "wrap or cut the lines of a value"),
    binding(Group::Move, Action::Search, &["/"], "search", "to the next record that has a text in its key or value"),
    binding(Group::Move, Action::SearchNext, &["n"], "", "to the next record that has it"),
    binding(Group::Move, Action::SearchPrevious, &["N"], "", "to the previous record that has it"),
    tree(Group::Move, Action::Back, &["H"], "", "back to where the last jump began"),
    tree(Group::Move, Action::Forward, &["L"], "", "forward again"),
    binding(Group::Copy, Action::Copy(Part::Key), &["y k"], "", "copy the key"),
    binding(Group::Copy, Action::Copy(Part::Value), &["y v"], "", "copy the value"),
    binding(Group::Copy, Action::Copy(Part::Hash), &["y h"], "", "copy the hash of the node"),
    binding(Group::Copy, Action::Copy(Part::Offset), &["y o"], "", "copy the offset of the node"),
    binding(
        Group::Copy,
        Action::Copy(Part::Path),
        &["y p"],
        "",
        "copy the path: the offsets from the root to the node",
    ),
    binding(Group::Copy, Action::Copy(Part::CommandLine), &["y c"], "", "copy the command line that shows this"),
    binding(Group::Program, Action::Type(""), &[":"], "command", "type a command; Tab completes, Up and Down recall"),
    binding(Group::Program, Action::Help, &["?", "F1"], "help", "these keys"),
    binding(
        Group::Program,
        Action::Cancel,
        &["Esc"],
        "close",
        "cancel: help, value, half-typed keys, a count, a comparison",
    ),
    binding(Group::Program, Action::Quit, &["q"], "quit", "leave the view, or the program"),
    binding(Group::Program, Action::Exit, &["Ctrl-c"], "", "leave the program"),
    binding(Group::Program, Action::Suspend, &["Ctrl-z"], "", "suspend the program"),
];

/// A sequence of keys as it is shown: `gg`, `Ctrl-d`.
pub(crate) fn shown(keys: &str) -> String {
    keys.replace(' ', "")
}

/// The row of an action.
pub(crate) fn binding_of(action: Action) -> Option<&'static Binding> {
    bindings().find(|binding| binding.action == action)
}

/// What the keys typed so far mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Meaning {
    Action(Action),
    /// More keys must follow.
    Prefix,
    Nothing,
}

/// What a sequence of key names means on a screen.
pub(crate) fn meaning(typed: &[String], screen: ScreenKind) -> Meaning {
    let typed = typed.join(" ");
    let here = || bindings().filter(move |binding| binding.is_on(screen));
    let sequences = || here().flat_map(|binding| binding.keys.iter().map(move |keys| (*keys, binding.action)));
    if let Some((_, action)) = sequences().find(|(keys, _)| *keys == typed) {
        return Meaning::Action(action);
    }
    let is_prefix = |keys: &str| keys.strip_prefix(typed.as_str()).is_some_and(|rest| rest.starts_with(' '));
    if sequences().any(|(keys, _)| is_prefix(keys)) { Meaning::Prefix } else { Meaning::Nothing }
}

/// Takes in a key by its name, after those of `typed`: the action that is complete with it. A key that leads nowhere is
/// answered by `message`.
pub(crate) fn take(
    typed: &mut Vec<String>,
    message: &mut Option<String>,
    name: String,
    screen: ScreenKind,
) -> Option<Action> {
    *message = None;
    if !typed.is_empty() && name == "Esc" {
        typed.clear();
        return None;
    }
    typed.push(name);
    match meaning(typed, screen) {
        Meaning::Prefix => None,
        Meaning::Action(action) => {
            typed.clear();
            Some(action)
        }
        Meaning::Nothing => {
            *message = Some(format!("{} means nothing here; ? shows the keys", typed.join(" ")));
            typed.clear();
            None
        }
    }
}

/// The continuations of a half-typed sequence: the next key and what it would do.
pub(crate) fn continuations(typed: &[String], screen: ScreenKind) -> Vec<(&'static str, &'static str)> {
    let typed = typed.join(" ") + " ";
    bindings()
        .filter(|binding| binding.is_on(screen))
        .flat_map(|binding| binding.keys.iter().map(move |keys| (*keys, binding.help)))
        .filter_map(|(keys, help)| Some((keys.strip_prefix(typed.as_str())?, help)))
        .collect()
}

/// The name of a key as the table spells it; none for keys that have no name there.
pub(crate) fn key_name(key: &KeyEvent) -> Option<String> {
    let name = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => format!("Ctrl-{}", c.to_ascii_lowercase()),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::BackTab => "BackTab".to_owned(),
        KeyCode::PageDown => "PageDown".to_owned(),
        KeyCode::PageUp => "PageUp".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Delete => "Delete".to_owned(),
        code @ (KeyCode::Up
        | KeyCode::Down
        | KeyCode::Left
        | KeyCode::Right
        | KeyCode::Home
        | KeyCode::End
        | KeyCode::Tab
        | KeyCode::Enter) => format!("{code:?}"),
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn typed(keys: &str) -> Meaning {
        meaning(&keys.split(' ').map(str::to_owned).collect::<Vec<_>>(), ScreenKind::Tree)
    }

    #[test]
    fn sequences_are_told_apart() {
        assert_eq!(typed("j"), Meaning::Action(Action::Down));
        assert_eq!(typed("g"), Meaning::Prefix);
        assert_eq!(typed("g g"), Meaning::Action(Action::First));
        assert_eq!(typed("g x"), Meaning::Nothing);
        assert_eq!(typed("G"), Meaning::Action(Action::Last));
        assert_eq!(typed("Z"), Meaning::Nothing);
    }

    #[test]
    fn no_key_means_two_things_and_none_hides_another() {
        for screen in [ScreenKind::Tree, ScreenKind::Diff] {
            let mut seen = HashSet::new();
            for keys in bindings().filter(|binding| binding.is_on(screen)).flat_map(|binding| binding.keys) {
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
        for binding in bindings() {
            assert!(seen.insert(binding.action), "{:?} has two rows", binding.action);
            assert!(!binding.help.is_empty() && !binding.keys.is_empty());
        }
    }

    /// The table of keys as the README has it.
    fn table() -> String {
        let mut table = "| keys | what they do |\n|---|---|\n".to_owned();
        for group in Group::ALL {
            table += &format!("| **{}** | |\n", group.title());
            for binding in bindings().filter(|binding| binding.group == group) {
                let keys: Vec<_> = binding.keys.iter().map(|keys| format!("`{}`", shown(keys))).collect();
                table += &format!("| {} | {} |\n", keys.join(", "), binding.help);
            }
        }
        table
    }

    #[test]
    fn the_readme_has_the_same_keys() {
        let readme = include_str!("../../README.md");
        let written = readme.split_once("<!-- keys -->\n").and_then(|(_, rest)| rest.split_once("<!-- /keys -->"));
        assert_eq!(written.map(|(table, _)| table), Some(table().as_str()), "the table should be:\n{}", table());
    }

    #[test]
    fn events_have_the_names_of_the_table() {
        let name = |code, modifiers| key_name(&KeyEvent::new(code, modifiers)).unwrap();
        for (code, modifiers, expected) in [
            (KeyCode::Char('d'), KeyModifiers::CONTROL, "Ctrl-d"),
            (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char(' '), KeyModifiers::NONE, "Space"),
            (KeyCode::PageDown, KeyModifiers::NONE, "PageDown"),
            (KeyCode::Down, KeyModifiers::NONE, "Down"),
            (KeyCode::Enter, KeyModifiers::NONE, "Enter"),
            (KeyCode::F(1), KeyModifiers::NONE, "F1"),
        ] {
            assert_eq!(name(code, modifiers), expected);
        }
    }
}
