//! The actions that keys stand for, grouped by the screens that understand them.

/// Everything that a key can stand for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Action {
    /// Type a command that begins so.
    Type(&'static str),
    /// Type a text to search for.
    Search,
    Move(Motion),
    /// Something that the program does itself, whatever the screen is.
    Program(Program),
    Common(Common),
    Tree(TreeAction),
    Diff(DiffAction),
    Tables(TablesAction),
}

impl Action {
    /// The same action with the letter that was typed for it.
    pub(crate) fn with_letter(self, letter: char) -> Self {
        match self {
            Self::Common(Common::SetMark(_)) => Self::Common(Common::SetMark(letter)),
            Self::Common(Common::GoMark(_)) => Self::Common(Common::GoMark(letter)),
            action => action,
        }
    }
}

/// The most times that an action is repeated.
const REPEATED: u64 = 10_000;
/// The most hits that one key goes on by.
const MAX_HITS: isize = 10_000;

impl Action {
    /// The action with the number that was typed before its keys, and how many times it is done.
    pub(crate) fn counted(self, count: Option<u64>) -> (Self, u64) {
        let Some(count) = count else { return (self, 1) };
        let lines = isize::try_from(count).unwrap_or(isize::MAX);
        let number = usize::try_from(count).unwrap_or(usize::MAX);
        match self {
            Self::Move(Motion::Down) => (Self::Move(Motion::Lines(lines)), 1),
            Self::Move(Motion::Up) => (Self::Move(Motion::Lines(-lines)), 1),
            Self::Common(Common::SearchNext) => (Self::Common(Common::Hits(lines.min(MAX_HITS))), 1),
            Self::Common(Common::SearchPrevious) => (Self::Common(Common::Hits(-lines.min(MAX_HITS))), 1),
            Self::Tree(TreeAction::Newer) => (Self::Tree(TreeAction::Versions(lines)), 1),
            Self::Tree(TreeAction::Older) => (Self::Tree(TreeAction::Versions(-lines)), 1),
            Self::Move(Motion::First | Motion::Last) => (Self::Move(Motion::Number(number)), 1),
            Self::Move(Motion::HalfPageDown | Motion::HalfPageUp | Motion::PageDown | Motion::PageUp)
            | Self::Tree(
                TreeAction::NextRecord
                | TreeAction::PreviousRecord
                | TreeAction::GoParent
                | TreeAction::Back
                | TreeAction::Forward
                | TreeAction::In
                | TreeAction::Out,
            )
            | Self::Diff(
                DiffAction::NextDifference
                | DiffAction::PreviousDifference
                | DiffAction::NextRun
                | DiffAction::PreviousRun
                | DiffAction::ScrollLeft
                | DiffAction::ScrollRight,
            )
            | Self::Common(Common::Narrower | Common::Wider | Common::NarrowerColumn | Common::WiderColumn) => {
                (self, count.min(REPEATED))
            }
            action => (action, 1),
        }
    }
}

impl From<Motion> for Action {
    fn from(motion: Motion) -> Self {
        Self::Move(motion)
    }
}

impl From<Program> for Action {
    fn from(program: Program) -> Self {
        Self::Program(program)
    }
}

impl From<Common> for Action {
    fn from(common: Common) -> Self {
        Self::Common(common)
    }
}

impl From<TreeAction> for Action {
    fn from(tree: TreeAction) -> Self {
        Self::Tree(tree)
    }
}

impl From<DiffAction> for Action {
    fn from(diff: DiffAction) -> Self {
        Self::Diff(diff)
    }
}

impl From<TablesAction> for Action {
    fn from(tables: TablesAction) -> Self {
        Self::Tables(tables)
    }
}

/// Something that the program does itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Program {
    /// Take the mouse, or leave it to the terminal, which selects text with it.
    Mouse,
    /// Draw the whole screen anew.
    Redraw,
}

/// A motion in a list or a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Motion {
    Down,
    Up,
    HalfPageDown,
    HalfPageUp,
    PageDown,
    PageUp,
    First,
    Last,
    /// So many lines down, or up if negative.
    Lines(isize),
    /// To the record, the difference or the line of this number, counted from 1.
    Number(usize),
    /// Scroll until the line of the cursor is at the top, in the middle or at the bottom.
    PlaceTop,
    PlaceMiddle,
    PlaceBottom,
}

/// An action that every screen understands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Common {
    /// Open what is under the cursor: a value, a difference, a node.
    Open,
    ToggleFold,
    NextPane,
    PreviousPane,
    /// Make the inspector narrower or wider.
    Narrower,
    Wider,
    /// Give the whole screen to the pane that has the keys, or take it back.
    Zoom,
    /// Show the open value in the next representation.
    CycleRepresentation,
    ToggleWrap,
    /// Choose what is listed.
    Filter,
    /// Choose the columns of a table of records.
    Columns,
    NarrowerColumn,
    WiderColumn,
    /// Mark a place with a letter, and go to the place that has a letter.
    SetMark(char),
    GoMark(char),
    /// Go to the newest commit of the file; follow the file as it grows.
    Newest,
    Follow,
    CycleKeyFormat,
    CycleValueFormat,
    /// Go to the next or previous record that has the text of the last search.
    SearchNext,
    SearchPrevious,
    /// Go so many hits of the last search forward, or back if it is negative.
    Hits(isize),
    Copy(Part),
    Help,
    /// End what runs on top, or close the top layer.
    Cancel,
    /// Close the top layer, or leave the screen.
    Quit,
    /// Leave the program, whatever is open.
    Exit,
    Suspend,
}

/// An action on one tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum TreeAction {
    /// Fold the node, or go to the one above.
    Out,
    /// Unfold the node, or go into it.
    In,
    GoParent,
    GoRoot,
    /// Go to the next or previous record.
    NextRecord,
    PreviousRecord,
    /// Show the records as a table, or the tree with its nodes.
    ToggleTable,
    /// Say in which order the records are.
    Sort,
    /// Show the tree under the next of the guessed types.
    NextTypes,
    /// Type the types of keys and values.
    EditTypes,
    /// Open a report by its name in the table of reports; the same again closes it.
    Report(&'static str),
    /// Begin to type the command that writes a proof of the record under the cursor.
    AskProof,
    /// Go on with a report that was stopped, or compute it again.
    Again,
    /// In the history: mark a commit, and compare the marked one with the one under the cursor.
    Mark,
    Compare,
    /// Go to the older or newer version, with the cursor on the same key.
    Older,
    Newer,
    /// Go so many versions forward, or back if it is negative.
    Versions(isize),
    /// Count the records of the whole tree.
    Count,
    /// Go back and forward through jumps.
    Back,
    Forward,
}

/// An action on two trees.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum DiffAction {
    NextDifference,
    PreviousDifference,
    /// Go to the next or previous run of differences with nothing equal between them.
    NextRun,
    PreviousRun,
    /// Show the left or the right tree alone, at the key under the cursor.
    ShowLeft,
    ShowRight,
    ScrollLeft,
    ScrollRight,
    /// Sort the differences by a column.
    Sort,
    /// Show the nodes that differ, or records only.
    ToggleNodes,
    /// Go into the strip that shows where the differences are, or out of it.
    GoStrip,
    /// Show two sides, or one list.
    ToggleUnified,
    /// Show why the hashes differ on the path to the record.
    Why,
    /// Show how types and contracts differ, and what is not certain.
    Doubts,
    /// Show which fields differ, and how often.
    Fields,
    /// Write the shown differences to a file.
    Export,
    /// Fetch the rows of the open difference, or of all listed ones, from both sources again.
    Rows,
}

/// An action on two tables that are on the way to their comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum TablesAction {
    /// Build both trees under the draft, and compare them.
    Compare,
    /// Leave a pair of columns out, or compare it; in the details, turn a rule off or on.
    Toggle,
    /// Go to the details of the line, or back to the list.
    Details,
    DetailsBack,
    In,
    Out,
    /// Confirm the rules of the line; in the details, the rule under the cursor.
    Confirm,
    ConfirmAll,
    /// Say that a draft is not filtered.
    Filter,
    /// Write the contract and both mappings into a folder.
    Write,
    /// Try again what failed or was stopped.
    Again,
}

/// The part of what is under the cursor that is copied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Part {
    Key,
    Value,
    Hash,
    Offset,
    Path,
    /// The command line that shows it.
    CommandLine,
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
            Self::Hash => "hash",
            Self::Offset => "offset",
            Self::Path => "path",
            Self::CommandLine => "command line",
        }
    }
}
