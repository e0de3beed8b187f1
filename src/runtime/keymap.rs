//! The keys: one table that input, hints and help are made of.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::runtime::action::{Action, Common, DiffAction, Motion, Part, TablesAction, TreeAction};
use crate::runtime::report::ReportRow;

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
    /// Whether they mean nothing on the screen of two tables, which has no trees yet.
    pub(crate) needs_tree: bool,
}

/// The screens of the program. A key may mean different things on two of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScreenKind {
    /// One tree.
    Tree,
    /// Two trees side by side.
    Diff,
    /// Two tables on the way to their comparison.
    Tables,
}

impl Binding {
    const fn only(mut self, screen: ScreenKind) -> Self {
        self.only = Some(screen);
        self
    }

    const fn needs_tree(mut self) -> Self {
        self.needs_tree = true;
        self
    }

    /// Whether it counts on this screen.
    pub(crate) fn is_on(&self, screen: ScreenKind) -> bool {
        self.only.is_none_or(|only| only == screen) && !(self.needs_tree && screen == ScreenKind::Tables)
    }
}

/// The headings of the help.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    Move,
    Tree,
    Reports,
    Diff,
    Tables,
    Show,
    Copy,
    Program,
}

impl Group {
    pub(crate) const ALL: [Self; 8] =
        [Self::Move, Self::Tree, Self::Reports, Self::Diff, Self::Tables, Self::Show, Self::Copy, Self::Program];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Tree => "Tree",
            Self::Reports => "Reports",
            Self::Diff => "Two trees",
            Self::Tables => "Two tables",
            Self::Show => "Show",
            Self::Copy => "Copy",
            Self::Program => "Program",
        }
    }
}

const fn row(
    group: Group,
    action: Action,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { action, keys, help, hint, group, only: None, needs_tree: false }
}

const fn motion(motion: Motion, keys: &'static [&'static str], hint: &'static str, help: &'static str) -> Binding {
    row(Group::Move, Action::Move(motion), keys, hint, help)
}

const fn common(
    group: Group,
    action: Common,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Binding {
    row(group, Action::Common(action), keys, hint, help)
}

const fn tree(
    group: Group,
    action: TreeAction,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Binding {
    row(group, Action::Tree(action), keys, hint, help).only(ScreenKind::Tree)
}

const fn diff(action: DiffAction, keys: &'static [&'static str], hint: &'static str, help: &'static str) -> Binding {
    row(Group::Diff, Action::Diff(action), keys, hint, help).only(ScreenKind::Diff)
}

const fn tables(
    action: TablesAction,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Binding {
    row(Group::Tables, Action::Tables(action), keys, hint, help).only(ScreenKind::Tables)
}

/// A key that begins to type a command on one tree.
const fn typing(command: &'static str, keys: &'static [&'static str], help: &'static str) -> Binding {
    row(Group::Tree, Action::Type(command), keys, "", help).only(ScreenKind::Tree)
}

/// The key of a report on one tree.
pub(crate) const fn report(name: &'static str, keys: &'static [&'static str], help: &'static str) -> Binding {
    tree(Group::Reports, TreeAction::Report(name), keys, name, help)
}

/// All keys but those of reports, which are in a table of their own.
const KEYMAP: &[Binding] = &[
    motion(Motion::Down, &["j", "Down"], "down", "one line down"),
    motion(Motion::Up, &["k", "Up"], "up", "one line up"),
    motion(Motion::HalfPageDown, &["Ctrl-d"], "", "half a page down"),
    motion(Motion::HalfPageUp, &["Ctrl-u"], "", "half a page up"),
    motion(Motion::PageDown, &["Ctrl-f", "PageDown"], "", "one page down"),
    motion(Motion::PageUp, &["Ctrl-b", "PageUp"], "", "one page up"),
    motion(Motion::First, &["g g", "Home"], "", "to the first line"),
    motion(Motion::Last, &["G", "End"], "", "to the last line"),
    tree(Group::Move, TreeAction::NextPane, &["Tab"], "pane", "to the next pane"),
    tree(Group::Move, TreeAction::PreviousPane, &["BackTab"], "", "to the previous pane"),
    tree(Group::Tree, TreeAction::In, &["l", "Right"], "unfold", "unfold the node, or go into it"),
    tree(Group::Tree, TreeAction::Out, &["h", "Left"], "fold", "fold the node, or go to the one above"),
    common(Group::Tree, Common::ToggleFold, &["Space"], "fold", "fold or unfold the node, or equal records")
        .needs_tree(),
    tree(Group::Tree, TreeAction::GoParent, &["g p"], "", "to the node above"),
    tree(Group::Tree, TreeAction::GoRoot, &["g r"], "", "to the root"),
    tree(Group::Tree, TreeAction::Count, &["c"], "count", "count the whole tree (reads every node)"),
    typing("offset ", &["g o"], "to the node at an offset"),
    typing("hash ", &["g h"], "to the node of a hash"),
    typing("key ", &["g k"], "to a key"),
    typing("nth ", &["g n"], "to a record by its number"),
    tree(Group::Reports, TreeAction::Older, &["<"], "", "to the older version, with the cursor on the same key"),
    tree(Group::Reports, TreeAction::Newer, &[">"], "", "to the newer version, with the cursor on the same key"),
    tree(
        Group::Reports,
        TreeAction::Again,
        &["r"],
        "again",
        "go on with a report that Esc stopped; compute a finished one again",
    ),
    tree(Group::Reports, TreeAction::Mark, &["m"], "mark", "in the history: mark a commit (Space too)"),
    tree(
        Group::Reports,
        TreeAction::Compare,
        &["d"],
        "diff",
        "in the history: compare the marked commit, or the previous one, with this one",
    ),
    diff(DiffAction::NextDifference, &["]"], "next", "to the next difference"),
    diff(DiffAction::PreviousDifference, &["["], "previous", "to the previous difference"),
    diff(DiffAction::NextRun, &["}"], "", "to the next run of differences"),
    diff(DiffAction::PreviousRun, &["{"], "", "to the previous run of differences"),
    diff(DiffAction::ShowLeft, &["1"], "left tree", "the left tree alone, at the key under the cursor; q leads back"),
    diff(
        DiffAction::ShowRight,
        &["2"],
        "right tree",
        "the right tree alone, at the key under the cursor; q leads back",
    ),
    diff(DiffAction::ScrollLeft, &["h", "Left"], "", "scroll both sides to the left"),
    diff(DiffAction::ScrollRight, &["l", "Right"], "sideways", "scroll both sides to the right"),
    diff(DiffAction::Filter, &["&"], "filter", "show all, only left, only right, changed, not compared"),
    diff(DiffAction::Why, &["w"], "why", "why the hashes differ on the path to the record"),
    diff(DiffAction::Doubts, &["T"], "certainty", "how types and contracts differ, and what is not certain"),
    diff(DiffAction::Fields, &["s"], "fields", "which fields differ, and where: by the beginning of the keys"),
    diff(
        DiffAction::Rows,
        &["r"],
        "rows",
        "fetch the rows of the open difference again, or of all listed ones, and mark those that agree now",
    ),
    diff(DiffAction::ToggleNodes, &["t"], "nodes", "show the nodes that differ, or records only"),
    diff(
        DiffAction::Export,
        &["e"],
        "export",
        "write the shown differences to a new file: JSON like that of diff, or CSV",
    ),
    diff(
        DiffAction::ToggleUnified,
        &["v"],
        "view",
        "side by side or one below the other; open values as tree, text, JSON, hex, CBOR, number, time",
    ),
    tables(TablesAction::Compare, &["Enter", "c"], "compare", "build both trees under the draft, and compare them"),
    tables(
        TablesAction::Toggle,
        &["Space"],
        "on/off",
        "leave the pair of columns out, or compare it; in the details: turn the rule off or on",
    ),
    tables(
        TablesAction::Details,
        &["Tab", "BackTab", "l", "h", "Right", "Left"],
        "details",
        "to the details of the line, or back to the list",
    ),
    tables(
        TablesAction::Confirm,
        &["y"],
        "confirm",
        "confirm the rules of the line; in the details: the rule under the cursor",
    ),
    tables(TablesAction::ConfirmAll, &["a"], "confirm all", "confirm all rules"),
    tables(TablesAction::Write, &["w"], "write", "write the contract and both mappings into a folder"),
    tables(TablesAction::Again, &["r"], "try again", "try again what failed or was stopped"),
    common(
        Group::Show,
        Common::Open,
        &["Enter"],
        "open",
        "show the whole value or difference, or the tree of the commit",
    )
    .needs_tree(),
    common(Group::Show, Common::CycleKeyFormat, &["x"], "key format", "keys as auto, number, text, hex").needs_tree(),
    common(
        Group::Show,
        Common::CycleValueFormat,
        &["X"],
        "value format",
        "values as auto, number, text, hex, redacted",
    ),
    tree(
        Group::Show,
        TreeAction::CycleRepresentation,
        &["v"],
        "view",
        "the open value as tree, text, JSON, hex, CBOR, number, time",
    ),
    tree(
        Group::Show,
        TreeAction::NextTypes,
        &["t"],
        "types",
        "try the next types that are proved equally well, where types are guessed",
    ),
    tree(Group::Show, TreeAction::EditTypes, &["T"], "", "type other types; those that no hash proves are refused"),
    tree(Group::Show, TreeAction::ToggleWrap, &["w"], "wrap", "wrap or cut the lines of a value"),
    row(Group::Move, Action::Search, &["/"], "search", "to the next record that has a text in its key or value")
        .needs_tree(),
    common(Group::Move, Common::SearchNext, &["n"], "", "to the next record that has it").needs_tree(),
    common(Group::Move, Common::SearchPrevious, &["N"], "", "to the previous record that has it").needs_tree(),
    tree(Group::Move, TreeAction::Back, &["H"], "", "back to the place before the last jump"),
    tree(Group::Move, TreeAction::Forward, &["L"], "", "forward to the place after it"),
    common(Group::Copy, Common::Copy(Part::Key), &["y k"], "", "copy the key").needs_tree(),
    common(Group::Copy, Common::Copy(Part::Value), &["y v"], "", "copy the value").needs_tree(),
    common(Group::Copy, Common::Copy(Part::Hash), &["y h"], "", "copy the hash of the node").needs_tree(),
    common(Group::Copy, Common::Copy(Part::Offset), &["y o"], "", "copy the offset of the node").needs_tree(),
    common(Group::Copy, Common::Copy(Part::Path), &["y p"], "", "copy the path: the offsets from the root to the node")
        .needs_tree(),
    common(Group::Copy, Common::Copy(Part::CommandLine), &["y c"], "", "copy the command line that shows this")
        .needs_tree(),
    row(Group::Program, Action::Type(""), &[":"], "command", "type a command; Tab completes, Up and Down recall"),
    common(Group::Program, Common::Help, &["?", "F1"], "help", "these keys"),
    common(
        Group::Program,
        Common::Cancel,
        &["Esc"],
        "close",
        "close a layer; cancel half-typed keys, a count or a comparison",
    ),
    common(Group::Program, Common::Quit, &["q"], "quit", "close the layer on top, leave the screen, or the program"),
    common(Group::Program, Common::Exit, &["Ctrl-c"], "", "leave the program"),
    common(Group::Program, Common::Suspend, &["Ctrl-z"], "", "suspend the program"),
];

/// A sequence of keys as it is shown: `gg`, `Ctrl-d`.
pub(crate) fn shown(keys: &str) -> String {
    keys.replace(' ', "")
}

/// The meaning of the keys typed so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Meaning {
    Action(Action),
    /// More keys must follow.
    Prefix,
    Nothing,
}

/// The keys of a screen. The reports bring theirs along, so that this module knows no report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    pub(crate) screen: ScreenKind,
    pub(crate) reports: &'static [ReportRow],
}

impl Keys {
    /// The rows of all screens.
    fn all(self) -> impl Iterator<Item = &'static Binding> + Clone {
        KEYMAP.iter().chain(self.reports.iter().map(|report| &report.binding))
    }

    /// The rows that count on this screen.
    pub(crate) fn bindings(self) -> impl Iterator<Item = &'static Binding> + Clone {
        self.all().filter(move |binding| binding.is_on(self.screen))
    }

    /// The row of an action.
    pub(crate) fn binding_of(self, action: Action) -> Option<&'static Binding> {
        self.all().find(|binding| binding.action == action)
    }

    /// The meaning of a sequence of key names.
    pub(crate) fn meaning(self, typed: &[String]) -> Meaning {
        let typed = typed.join(" ");
        let sequences =
            || self.bindings().flat_map(|binding| binding.keys.iter().map(move |keys| (*keys, binding.action)));
        if let Some((_, action)) = sequences().find(|(keys, _)| *keys == typed) {
            return Meaning::Action(action);
        }
        let is_prefix = |keys: &str| keys.strip_prefix(typed.as_str()).is_some_and(|rest| rest.starts_with(' '));
        if sequences().any(|(keys, _)| is_prefix(keys)) { Meaning::Prefix } else { Meaning::Nothing }
    }

    /// The continuations of a half-typed sequence: the next key and what it would do.
    pub(crate) fn continuations(self, typed: &[String]) -> Vec<(&'static str, &'static str)> {
        let typed = typed.join(" ") + " ";
        self.bindings()
            .flat_map(|binding| binding.keys.iter().map(move |keys| (*keys, binding.help)))
            .filter_map(|(keys, help)| Some((keys.strip_prefix(typed.as_str())?, help)))
            .collect()
    }

    /// Whether a key of this name is in the table, on any screen.
    pub(crate) fn has_key(self, name: &str) -> bool {
        self.all().flat_map(|binding| binding.keys).flat_map(|keys| keys.split(' ')).any(|key| key == name)
    }
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
    use super::*;

    fn typed(keys: &str) -> Meaning {
        let keys: Vec<_> = keys.split(' ').map(str::to_owned).collect();
        Keys { screen: ScreenKind::Tree, reports: &[] }.meaning(&keys)
    }

    #[test]
    fn sequences_are_told_apart() {
        assert_eq!(typed("j"), Meaning::Action(Action::Move(Motion::Down)));
        assert_eq!(typed("g"), Meaning::Prefix);
        assert_eq!(typed("g g"), Meaning::Action(Action::Move(Motion::First)));
        assert_eq!(typed("g x"), Meaning::Nothing);
        assert_eq!(typed("G"), Meaning::Action(Action::Move(Motion::Last)));
        assert_eq!(typed("Z"), Meaning::Nothing);
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
