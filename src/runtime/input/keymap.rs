//! The keys: one table that input, hints, help, the palette and messages are made of.

use crate::runtime::input::action::{Action, Common, DiffAction, Motion, Part, Program, TablesAction, TreeAction};
use crate::runtime::input::key_choice::chosen;

pub(crate) use crate::runtime::input::keys::{Keys, Meaning, key_name, key_of, shown, with_keys};

/// A row of the table: what it does, the keys that do it, and how help and hints call it.
#[derive(Debug)]
pub(crate) struct Binding {
    /// The meaning of the keys. Rows of several screens have the same name if their keys mean the same there, and then
    /// they have the same keys.
    pub(crate) name: &'static str,
    pub(crate) action: Action,
    /// Each is a sequence of keys with a space between them; the first is the one that hints show.
    keys: &'static [&'static str],
    /// What it does; `{name}` stands for the key of the row of that name.
    help: &'static str,
    /// The word in the status line; empty where there is none.
    pub(crate) hint: &'static str,
    pub(crate) group: Group,
    /// The screens on which the keys count.
    on: &'static [ScreenKind],
    /// Whether another row of the same name has these keys, and this one only says what they do in a report.
    pub(crate) is_said_again: bool,
}

/// The screens of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScreenKind {
    /// One tree.
    Tree,
    /// Two trees side by side.
    Diff,
    /// Two tables on the way to their comparison.
    Tables,
}

const TREE: &[ScreenKind] = &[ScreenKind::Tree];
const DIFF: &[ScreenKind] = &[ScreenKind::Diff];
const TREES: &[ScreenKind] = &[ScreenKind::Tree, ScreenKind::Diff];
const TABLES: &[ScreenKind] = &[ScreenKind::Tables];
const ALL: &[ScreenKind] = &[ScreenKind::Tree, ScreenKind::Diff, ScreenKind::Tables];

impl Binding {
    const fn on(mut self, screens: &'static [ScreenKind]) -> Self {
        self.on = screens;
        self
    }

    const fn said_again(mut self) -> Self {
        self.is_said_again = true;
        self
    }

    /// Whether it counts on this screen.
    pub(crate) fn is_on(&self, screen: ScreenKind) -> bool {
        self.on.contains(&screen)
    }

    /// The sequences of keys; never none.
    pub(crate) fn keys(&self) -> &'static [&'static str] {
        chosen(self.name).unwrap_or(self.keys)
    }

    /// The sequences of keys where the user has chosen no others.
    pub(crate) fn default_keys(&self) -> &'static [&'static str] {
        self.keys
    }

    /// The first sequence of keys, as it is shown.
    pub(crate) fn key(&self) -> String {
        self.keys().first().map(|keys| shown(keys)).unwrap_or_default()
    }

    /// What it does, in words that name the keys of other rows as they are.
    pub(crate) fn help(&self) -> String {
        with_keys(self.help)
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

type KeyList = &'static [&'static str];

const fn row(
    group: Group,
    name: &'static str,
    action: Action,
    keys: KeyList,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { name, action, keys, help, hint, group, on: ALL, is_said_again: false }
}

const fn motion(name: &'static str, motion: Motion, keys: KeyList, hint: &'static str, help: &'static str) -> Binding {
    row(Group::Move, name, Action::Move(motion), keys, hint, help)
}

/// A row that both the screen of one tree and that of two have.
const fn trees(
    group: Group,
    name: &'static str,
    action: Common,
    keys: KeyList,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    row(group, name, Action::Common(action), keys, hint, help).on(TREES)
}

const fn tree(
    group: Group,
    name: &'static str,
    action: TreeAction,
    keys: KeyList,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    row(group, name, Action::Tree(action), keys, hint, help).on(TREE)
}

const fn diff(
    name: &'static str,
    action: DiffAction,
    keys: KeyList,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    row(Group::Diff, name, Action::Diff(action), keys, hint, help).on(DIFF)
}

const fn tables(
    name: &'static str,
    action: TablesAction,
    keys: KeyList,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    row(Group::Tables, name, Action::Tables(action), keys, hint, help).on(TABLES)
}

/// A row of what the program does whatever is shown.
const fn program(name: &'static str, action: Action, keys: KeyList, hint: &'static str, help: &'static str) -> Binding {
    row(Group::Program, name, action, keys, hint, help)
}

/// Keys that begin to type a command.
const fn typing(name: &'static str, command: &'static str, keys: KeyList, help: &'static str) -> Binding {
    row(Group::Tree, name, Action::Type(command), keys, "", help).on(TREE)
}

/// The keys of a report on one tree. Its command has the name `report`.
pub(crate) const fn report(name: &'static str, report: &'static str, keys: KeyList, help: &'static str) -> Binding {
    tree(Group::Reports, name, TreeAction::Report(report), keys, report, help)
}

/// The keys of the report that asks for a file first.
pub(crate) const fn proof(keys: KeyList, help: &'static str) -> Binding {
    tree(Group::Reports, "prove", TreeAction::AskProof, keys, "prove", help)
}

/// All keys but those of reports, which are in a table of their own.
pub(crate) const KEYMAP: &[Binding] = &[
    motion("down", Motion::Down, &["j", "Down"], "down", "one line down; after a number, so many"),
    motion("up", Motion::Up, &["k", "Up"], "up", "one line up"),
    motion("half-page-down", Motion::HalfPageDown, &["Ctrl-d"], "", "half a page down"),
    motion("half-page-up", Motion::HalfPageUp, &["Ctrl-u"], "", "half a page up"),
    motion("page-down", Motion::PageDown, &["Ctrl-f", "PageDown"], "", "one page down"),
    motion("page-up", Motion::PageUp, &["Ctrl-b", "PageUp"], "", "one page up"),
    motion("first", Motion::First, &["g g", "Home"], "", "to the first line"),
    motion(
        "last",
        Motion::Last,
        &["G", "End"],
        "",
        "to the last line; after a number, to the record, difference or line of that number",
    ),
    motion("line-to-middle", Motion::PlaceMiddle, &["z z"], "", "scroll until the line is in the middle"),
    motion("line-to-top", Motion::PlaceTop, &["z t"], "", "scroll until the line is at the top"),
    motion("line-to-bottom", Motion::PlaceBottom, &["z b"], "", "scroll until the line is at the bottom"),
    trees(Group::Move, "next-pane", Common::NextPane, &["Tab"], "pane", "to the next pane"),
    trees(Group::Move, "previous-pane", Common::PreviousPane, &["BackTab"], "", "to the previous pane"),
    tree(Group::Move, "next", TreeAction::NextRecord, &["]"], "next", "to the next record"),
    tree(Group::Move, "previous", TreeAction::PreviousRecord, &["["], "previous", "to the previous record"),
    tree(Group::Tree, "right", TreeAction::In, &["l", "Right"], "unfold", "unfold the node, or go into it"),
    tree(Group::Tree, "left", TreeAction::Out, &["h", "Left"], "fold", "fold the node, or go to the one above"),
    trees(Group::Tree, "toggle", Common::ToggleFold, &["Space"], "fold", "fold or unfold the node, or equal records"),
    tree(Group::Tree, "go-parent", TreeAction::GoParent, &["g p"], "", "to the node above"),
    tree(Group::Tree, "go-root", TreeAction::GoRoot, &["g r"], "", "to the root"),
    tree(Group::Tree, "count", TreeAction::Count, &["C"], "count", "count the whole tree (reads every node)"),
    typing("go-offset", "offset ", &["g o"], "to the node at an offset"),
    typing("go-hash", "hash ", &["g h"], "to the node of a hash"),
    typing("go-key", "key ", &["g k"], "to a key").on(TREES),
    typing("go-number", "nth ", &["g n"], "to a record by its number").on(TREES),
    tree(
        Group::Reports,
        "older",
        TreeAction::Older,
        &["<"],
        "",
        "to the older version, with the cursor on the same key",
    ),
    tree(
        Group::Reports,
        "newer",
        TreeAction::Newer,
        &[">"],
        "",
        "to the newer version, with the cursor on the same key",
    ),
    trees(
        Group::Reports,
        "newest",
        Common::Newest,
        &["R"],
        "newest",
        "to the newest commit of the file, with the cursor on the same key",
    ),
    trees(Group::Reports, "follow", Common::Follow, &["F"], "follow", "follow the file as it grows, or stop it"),
    tree(
        Group::Reports,
        "again",
        TreeAction::Again,
        &["r"],
        "again",
        "go on with a report that {cancel} stopped; compute a finished one again",
    ),
    tree(Group::Reports, "toggle", TreeAction::Mark, &["Space"], "mark", "in the history: mark a commit").said_again(),
    tree(
        Group::Reports,
        "compare-commits",
        TreeAction::Compare,
        &["d"],
        "diff",
        "in the history: compare the marked commit, or the previous one, with this one",
    ),
    diff("next", DiffAction::NextDifference, &["]"], "next", "to the next difference"),
    diff("previous", DiffAction::PreviousDifference, &["["], "previous", "to the previous difference"),
    diff("next-run", DiffAction::NextRun, &["}"], "", "to the next run of differences"),
    diff("previous-run", DiffAction::PreviousRun, &["{"], "", "to the previous run of differences"),
    diff(
        "left-tree",
        DiffAction::ShowLeft,
        &["o l"],
        "left tree",
        "the left tree alone, at the key under the cursor; {quit} leads back",
    ),
    diff(
        "right-tree",
        DiffAction::ShowRight,
        &["o r"],
        "right tree",
        "the right tree alone, at the key under the cursor; {quit} leads back",
    ),
    diff("left", DiffAction::ScrollLeft, &["h", "Left"], "", "scroll both sides to the left"),
    diff("right", DiffAction::ScrollRight, &["l", "Right"], "sideways", "scroll both sides to the right"),
    diff(
        "go-where",
        DiffAction::GoStrip,
        &["g w"],
        "where",
        "into the strip above the list: {left} and {right} go through it, {enter} filters to its keys",
    ),
    diff("why", DiffAction::Why, &["w", "o w"], "why", "why the hashes differ on the path to the record"),
    diff(
        "about-types",
        DiffAction::Doubts,
        &["t", "o t"],
        "certainty",
        "how types and contracts differ, and what is not certain",
    ),
    diff(
        "summary",
        DiffAction::Fields,
        &["s", "o f"],
        "summary",
        "which fields differ, and where: by the beginning of the keys",
    ),
    diff(
        "again",
        DiffAction::Rows,
        &["r"],
        "rows",
        "fetch the rows of the open difference again, or of all listed ones, and mark those that agree now",
    ),
    diff(
        "table",
        DiffAction::ToggleNodes,
        &["T"],
        "trees",
        "the differences, then both trees with the nodes that differ, then a table of the records",
    ),
    diff(
        "export",
        DiffAction::Export,
        &["e"],
        "export",
        "write the shown differences to a new file: JSON like that of diff, or CSV",
    ),
    diff("unified", DiffAction::ToggleUnified, &["|"], "sides", "side by side, or one below the other"),
    diff("sort", DiffAction::Sort, &[","], "sort", "sort the differences by the column under the cursor"),
    tables("enter", TablesAction::Compare, &["Enter"], "compare", "build both trees under the draft, and compare them"),
    tables(
        "toggle",
        TablesAction::Toggle,
        &["Space"],
        "on/off",
        "leave the pair of columns out, or compare it; in the details: turn the rule off or on",
    ),
    tables("next-pane", TablesAction::Details, &["Tab"], "details", "to the details of the line, or back to the list"),
    tables("previous-pane", TablesAction::DetailsBack, &["BackTab"], "", "the same"),
    tables("right", TablesAction::In, &["l", "Right"], "", "to the details of the line"),
    tables("left", TablesAction::Out, &["h", "Left"], "", "back to the list"),
    tables(
        "accept",
        TablesAction::Confirm,
        &["a"],
        "confirm",
        "confirm the rules of the line; in the details: the rule under the cursor",
    ),
    tables("accept-all", TablesAction::ConfirmAll, &["A"], "confirm all", "confirm all rules"),
    tables("export", TablesAction::Write, &["e"], "write", "write the contract and both mappings into a folder"),
    tables("filter", TablesAction::Filter, &["&"], "", "a draft is not filtered; {search} finds a column in it"),
    tables("again", TablesAction::Again, &["r"], "try again", "try again what failed or was stopped"),
    trees(
        Group::Show,
        "enter",
        Common::Open,
        &["Enter"],
        "open",
        "show the whole value or difference, or the tree of the commit",
    ),
    tree(
        Group::Show,
        "table",
        TreeAction::ToggleTable,
        &["T"],
        "table",
        "show the records as a table, or the tree with its nodes",
    ),
    tree(Group::Show, "sort", TreeAction::Sort, &[","], "", "a tree has one order, that of its keys"),
    trees(
        Group::Show,
        "filter",
        Common::Filter,
        &["&"],
        "filter",
        "show only some: a kind of difference, field:NAME, prefix:KEY, keys:A..B, a text; empty shows all",
    ),
    trees(Group::Show, "columns", Common::Columns, &["c"], "columns", "choose the columns of the table of records"),
    trees(Group::Show, "narrower-column", Common::NarrowerColumn, &["("], "", "make the column narrower"),
    trees(Group::Show, "wider-column", Common::WiderColumn, &[")"], "", "make the column wider"),
    trees(Group::Show, "narrower", Common::Narrower, &["-"], "", "make the inspector narrower"),
    trees(Group::Show, "wider", Common::Wider, &["+", "="], "", "make the inspector wider"),
    trees(
        Group::Show,
        "zoom",
        Common::Zoom,
        &["Z"],
        "zoom",
        "give the whole screen to the pane that has the keys, or take it back",
    ),
    trees(
        Group::Show,
        "view",
        Common::CycleRepresentation,
        &["v"],
        "view",
        "the open value as tree, text, JSON, hex, CBOR, number, time",
    ),
    trees(Group::Show, "wrap", Common::ToggleWrap, &["W"], "wrap", "wrap or cut the lines of a value"),
    trees(Group::Show, "key-format", Common::CycleKeyFormat, &["x"], "key format", "keys as auto, number, text, hex"),
    trees(
        Group::Show,
        "value-format",
        Common::CycleValueFormat,
        &["X"],
        "value format",
        "values as auto, number, text, hex, redacted",
    )
    .on(ALL),
    tree(
        Group::Show,
        "about-types",
        TreeAction::NextTypes,
        &["t"],
        "types",
        "try the next types that are proved equally well, where types are guessed",
    ),
    tree(
        Group::Show,
        "type-types",
        TreeAction::EditTypes,
        &["g t"],
        "",
        "type other types; those that no hash proves are refused",
    ),
    row(
        Group::Move,
        "search",
        Action::Search,
        &["/"],
        "search",
        "to the next record that has a text in its key or value, or the next line of a draft or of the help",
    ),
    trees(Group::Move, "search-next", Common::SearchNext, &["n"], "again", "to the next one that has it").on(ALL),
    trees(Group::Move, "search-previous", Common::SearchPrevious, &["N"], "", "to the previous one that has it")
        .on(ALL),
    tree(Group::Move, "back", TreeAction::Back, &["H", "' '"], "", "back to the place before the last jump"),
    tree(Group::Move, "forward", TreeAction::Forward, &["L"], "", "forward to the place after it"),
    trees(Group::Move, "mark", Common::SetMark('a'), &["m LETTER"], "", "mark this place with a letter"),
    trees(Group::Move, "go-mark", Common::GoMark('a'), &["' LETTER"], "", "to the place that has this letter"),
    trees(Group::Copy, "copy-key", Common::Copy(Part::Key), &["y k"], "copy key", "copy the key"),
    trees(Group::Copy, "copy-value", Common::Copy(Part::Value), &["y v"], "", "copy the value"),
    trees(Group::Copy, "copy-hash", Common::Copy(Part::Hash), &["y h"], "", "copy the hash of the node"),
    trees(Group::Copy, "copy-offset", Common::Copy(Part::Offset), &["y o"], "", "copy the offset of the node"),
    trees(
        Group::Copy,
        "copy-path",
        Common::Copy(Part::Path),
        &["y p"],
        "",
        "copy the path: the offsets from the root to the node",
    ),
    trees(
        Group::Copy,
        "copy-command",
        Common::Copy(Part::CommandLine),
        &["y c"],
        "",
        "copy the command line that shows this",
    ),
    program("palette", Action::Type(""), &[":"], "command", "type a command; Tab completes, Up and Down recall"),
    program("help", Action::Common(Common::Help), &["?", "F1"], "help", "this help: what is shown, keys, commands"),
    program(
        "cancel",
        Action::Common(Common::Cancel),
        &["Esc"],
        "close",
        "close a layer; cancel half-typed keys, a count or a comparison",
    ),
    program(
        "quit",
        Action::Common(Common::Quit),
        &["q"],
        "quit",
        "close the layer on top, leave the screen, or the program",
    ),
    program("mouse", Action::Program(Program::Mouse), &["M"], "mouse", "turn the mouse off, to select text, or on"),
    program("redraw", Action::Program(Program::Redraw), &["Ctrl-l"], "", "draw the screen anew"),
    program("exit", Action::Common(Common::Exit), &["Ctrl-c"], "", "leave the program"),
    program("suspend", Action::Common(Common::Suspend), &["Ctrl-z"], "", "suspend the program"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `{name}` in a help text is the name of a row.
    #[test]
    fn help_texts_name_rows_that_there_are() {
        for binding in KEYMAP {
            assert!(!binding.help().contains(['{', '}']), "{:?}: {}", binding.action, binding.help());
        }
    }
}
