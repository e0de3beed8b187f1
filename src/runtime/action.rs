//! What a key press means.

/// Everything the program can be told to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Action {
    Down,
    Up,
    HalfPageDown,
    HalfPageUp,
    PageDown,
    PageUp,
    First,
    Last,
    /// Fold the node, or go to the one above.
    Out,
    /// Unfold the node, or go into it.
    In,
    ToggleFold,
    GoParent,
    GoRoot,
    NextPane,
    PreviousPane,
    /// Look at the value of the record, or fold and unfold the node.
    Open,
    CycleKeyFormat,
    CycleValueFormat,
    /// Show the open value in the next representation.
    CycleRepresentation,
    ToggleWrap,
    /// Show the tree under the next of the types that are guessed.
    NextTypes,
    /// Type the types of keys and values.
    EditTypes,
    /// A report on the tree, by its name in the table of reports; the same again closes it.
    Report(&'static str),
    /// Go on with a view that was stopped, or compute it once more.
    Again,
    /// In a list of commits: mark one, and compare it with the one under the cursor.
    Mark,
    Compare,
    /// To the version before this one, and to the one behind it, with the cursor on its key.
    Older,
    Newer,
    /// Count the records of the whole tree.
    Count,
    /// Between two trees: to the next and previous difference, and run of differences with nothing equal between.
    NextDifference,
    PreviousDifference,
    NextRun,
    PreviousRun,
    /// The left tree alone, or the right one, at the key under the cursor.
    ShowLeft,
    ShowRight,
    ScrollLeft,
    ScrollRight,
    /// Show all that was found, or one kind of difference.
    Filter,
    /// The nodes that differ, or records only.
    ToggleNodes,
    /// Two panes, or one.
    ToggleUnified,
    /// Why the hashes differ on the way to the record.
    Why,
    /// In what types and contracts differ, and what is not certain.
    Doubts,
    /// Which fields drift, and how often.
    Fields,
    /// Write what is shown to a file.
    Export,
    /// Type a command that begins so.
    Type(&'static str),
    /// Type a text to look for; go to the next and previous record that has it.
    Search,
    SearchNext,
    SearchPrevious,
    /// Back and forward through jumps.
    Back,
    Forward,
    Copy(Part),
    Help,
    /// Leave what lies on top: help, value, half-typed keys, a running count.
    Cancel,
    /// Leave the view, or the program.
    Quit,
    /// Leave the program, whatever is open.
    Exit,
    Suspend,
}

/// What can be copied of what is under the cursor.
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
