//! A report on one tree: a task computes it, and a layer shows its lines.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use file_mst::NodeKey;
use file_mst::history::Version;
use file_mst::inspect::node::Link;
use file_mst::open::{Opened, Typing};
use ratatui::text::{Line, Span};

use crate::model::check::Checked;
use crate::model::item::ItemFormat;
use crate::model::jump::Jump;
use crate::model::places::DiffMarks;
use crate::runtime::input::action::Action;
use crate::runtime::input::keymap::Binding;
use crate::runtime::jobs::Feed;
use crate::runtime::theme::Theme;

/// A row of the table of reports: a name, and how the report is computed.
#[derive(Debug)]
pub(crate) struct ReportRow {
    /// The name of its command.
    pub(crate) name: &'static str,
    /// The argument that the command may have; empty for none.
    pub(crate) argument: &'static str,
    /// Its key, the word for hints, and the text for help. The action must be `TreeAction::Report` with the same name.
    pub(crate) binding: Binding,
    /// Computes the report in a task. It may send as often as it likes what there is to see so far.
    pub(crate) compute: fn(&Request, &ReportFeed<'_>) -> Computed,
}

/// A computed report, or the reason why there is none.
pub(crate) type Computed = Result<Box<dyn Report>, String>;

/// The input of a report: the tree, and where the cursor was.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) opened: Opened,
    /// The link to the node under the cursor.
    pub(crate) link: Link,
    /// The key under the cursor.
    pub(crate) key: Option<NodeKey>,
    /// The keys of the first and the last visible record.
    pub(crate) window: Option<(Vec<u8>, Vec<u8>)>,
    /// The argument that was typed.
    pub(crate) argument: String,
    /// The check of this tree, as far as it went.
    pub(crate) checked: Checked,
    /// Where this tree differs from one that it was compared with.
    pub(crate) marks: Option<Arc<DiffMarks>>,
    /// Whether to compute again what is known from before.
    pub(crate) anew: bool,
}

/// A reply of the task that computes a report.
#[derive(Debug)]
pub(crate) enum ReportReply {
    /// The progress, in words.
    Progress(String),
    /// The report as far as it is computed.
    Partial(Box<dyn Report>),
    Done(Computed),
}

/// The way from the task that computes a report to its layer.
pub(crate) struct ReportFeed<'a> {
    pub(crate) feed: &'a Feed,
}

impl ReportFeed<'_> {
    /// Tells the progress in words. Breaks where nobody waits for the report any more.
    pub(crate) fn progress(&self, words: impl Into<String>) -> ControlFlow<()> {
        self.feed.send(ReportReply::Progress(words.into()))
    }

    /// Shows what there is so far. Breaks where nobody waits for the report any more.
    pub(crate) fn show(&self, report: Box<dyn Report>) -> ControlFlow<()> {
        self.feed.send(ReportReply::Partial(report))
    }

    /// Whether nobody waits for the report any more. Costs nothing.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.feed.is_cancelled()
    }
}

/// How a report is to be rendered: the width, the colours and the formats of the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RenderContext<'a> {
    pub(crate) theme: Theme,
    pub(crate) width: u16,
    pub(crate) typing: &'a Typing,
    pub(crate) key_format: ItemFormat,
    pub(crate) value_format: ItemFormat,
}

/// A line: the text at its left end, and the text at its right end, which is shown where both fit.
pub(crate) type Words = (Vec<Span<'static>>, Vec<Span<'static>>);

/// A report: a title and lines.
pub(crate) trait Report: fmt::Debug + Send {
    fn title(&self) -> String;

    /// How many lines there are.
    fn len(&self) -> usize;

    /// Takes in the width that there is for it, before lines are asked for.
    fn fit(&mut self, _width: u16) {}

    /// The line at `at`, counted from 0. Only visible lines are asked for.
    fn line(&self, at: usize, context: RenderContext<'_>) -> Words;

    /// A second pane of `height` lines beside the lines while the cursor is on one; none where there is nothing to
    /// show. Only asked for where there is room for both.
    fn beside(&self, _at: usize, _height: usize, _context: RenderContext<'_>) -> Option<Vec<Line<'static>>> {
        None
    }

    /// The line on which the cursor starts.
    fn start(&self) -> usize {
        0
    }

    /// Whether a line is that of the tree that is shown.
    fn is_shown(&self, _at: usize) -> bool {
        false
    }

    /// Where `Enter` leads from a line.
    fn enter(&self, _at: usize) -> Option<Jump> {
        None
    }

    /// Does what an action says while the cursor is on a line; none where the report has no use for it.
    fn act(&mut self, _action: Action, _at: usize) -> Option<ReportOutcome> {
        None
    }

    /// Takes in a press of the mouse in a line, in so many columns from the left edge; what is there can be gone to.
    fn press(&mut self, _at: usize, _column: usize) -> bool {
        false
    }

    /// Further keys that mean something here, for the hints.
    fn hints(&self) -> &'static [Action] {
        &[]
    }
}

/// How a report answers an action.
#[derive(Clone, Debug)]
pub(crate) enum ReportOutcome {
    /// Nothing but to be drawn again.
    Redraw,
    /// Something to tell the user.
    Say(String),
    /// Compare the trees of two versions.
    Compare(Box<Version>, Box<Version>),
    /// Put the cursor on a line.
    Select(usize),
}
