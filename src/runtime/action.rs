//! The actions that keys stand for, grouped by the screens that understand them.

/// Everything that a key can stand for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Action {
    /// Type a command that begins so.
    Type(&'static str),
    /// Type a text to search for.
    Search,
    Move(Motion),
    Common(Common),
    Tree(TreeAction),
    Diff(DiffAction),
    Tables(TablesAction),
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
}

/// An action that every screen understands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Common {
    /// Open what is under the cursor: a value, a difference, a node.
    Open,
    ToggleFold,
    CycleKeyFormat,
    CycleValueFormat,
    /// Go to the next or previous record that has the text of the last search.
    SearchNext,
    SearchPrevious,
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
    NextPane,
    PreviousPane,
    /// Show the open value in the next representation.
    CycleRepresentation,
    ToggleWrap,
    /// Show the tree under the next of the guessed types.
    NextTypes,
    /// Type the types of keys and values.
    EditTypes,
    /// Open a report by its name in the table of reports; the same again closes it.
    Report(&'static str),
    /// Go on with a report that was stopped, or compute it again.
    Again,
    /// In the history: mark a commit, and compare the marked one with the one under the cursor.
    Mark,
    Compare,
    /// Go to the older or newer version, with the cursor on the same key.
    Older,
    Newer,
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
    /// Show all lines, or one kind of difference.
    Filter,
    /// Show the nodes that differ, or records only.
    ToggleNodes,
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
    /// Confirm the rules of the line; in the details, the rule under the cursor.
    Confirm,
    ConfirmAll,
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
