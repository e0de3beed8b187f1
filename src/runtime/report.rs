//! Views on one tree that a job computes: a list of lines that fills the screen, from some of which one can go on.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use file_mst::history::Version;

use crate::model::jump::Jump;
use file_mst::node::Link;
use file_mst::open::{Opened, Typing};
use file_mst::tree::NodeKey;
use ratatui::text::{Line, Span};

use crate::model::check::Checked;
use crate::model::item::ItemFormat;
use crate::model::places::Drifted;
use crate::runtime::action::Action;
use crate::runtime::jobs::{Feed, Reply};
use crate::runtime::keymap::Binding;
use crate::runtime::layers::Layer;
use crate::runtime::list::ListCursor;
use crate::runtime::theme::Theme;

/// A row of the table of views: what it is called, and how it is computed.
#[derive(Debug)]
pub(crate) struct View {
    /// Its name on the command line of the program.
    pub(crate) name: &'static str,
    /// What may follow the name there; empty for nothing.
    pub(crate) argument: &'static str,
    /// Its key, the word for hints, and the text for help. The action must be [`Action::View`] with the same name.
    pub(crate) binding: Binding,
    /// Computes it, beside the screen. Sends what there is to see so far as often as it likes.
    pub(crate) compute: fn(&Request, &ReportFeed<'_>) -> Computed,
}

/// A view as it was computed; or why it cannot be.
pub(crate) type Computed = Result<Box<dyn Report>, String>;

/// What a view is asked of: the tree, and where the cursor was.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) opened: Opened,
    /// The link to the node under the cursor.
    pub(crate) link: Link,
    /// The key under the cursor.
    pub(crate) key: Option<NodeKey>,
    /// The keys of the first and the last record in sight.
    pub(crate) window: Option<(Vec<u8>, Vec<u8>)>,
    /// What was typed behind the name.
    pub(crate) argument: String,
    /// The check of this tree, as far as it went.
    pub(crate) checked: Checked,
    /// Where this tree differs from one that it was compared with.
    pub(crate) drifted: Option<Arc<Drifted>>,
    /// Whether what is known from before is not to be shown again.
    pub(crate) anew: bool,
}

/// The way from the job that computes a view to the screen.
pub(crate) struct ReportFeed<'a> {
    pub(crate) feed: &'a Feed,
}

impl ReportFeed<'_> {
    /// Says how far it is, in words. Break where nobody waits for it any more.
    pub(crate) fn progress(&self, words: impl Into<String>) -> ControlFlow<()> {
        self.feed.send(Reply::ReportProgress(words.into()))
    }

    /// Shows what there is so far. Break where nobody waits for it any more.
    pub(crate) fn show(&self, report: Box<dyn Report>) -> ControlFlow<()> {
        self.feed.send(Reply::Report(Ok(report), false))
    }

    /// Whether nobody waits for it any more. Costs nothing.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.feed.is_cancelled()
    }
}

/// What is drawn on: the looks of the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paper<'a> {
    pub(crate) theme: Theme,
    pub(crate) width: u16,
    pub(crate) typing: &'a Typing,
    pub(crate) key_format: ItemFormat,
    pub(crate) value_format: ItemFormat,
}

/// A line: what stands at its left end, and at its right where both fit.
pub(crate) type Words = (Vec<Span<'static>>, Vec<Span<'static>>);

/// What a view shows: a title and lines.
pub(crate) trait Report: fmt::Debug + Send {
    fn title(&self) -> String;

    /// How many lines there are.
    fn len(&self) -> usize;

    /// The line at `at`, counted from 0. Asked for only of what is in sight.
    fn line(&self, at: usize, paper: Paper<'_>) -> Words;

    /// What stands beside the lines while the cursor is on one, in so many lines; none where nothing does. Asked for only
    /// where there is room for both.
    fn beside(&self, _at: usize, _height: usize, _paper: Paper<'_>) -> Option<Vec<Line<'static>>> {
        None
    }

    /// The line on which the cursor starts.
    fn start(&self) -> usize {
        0
    }

    /// Where `Enter` leads from a line.
    fn enter(&self, _at: usize) -> Option<Jump> {
        None
    }

    /// Does what another key says while the cursor is on a line.
    fn act(&mut self, _action: Action, _at: usize) -> Option<Deed> {
        None
    }

    /// Further keys that mean something here, for the hints.
    fn hints(&self) -> &'static [Action] {
        &[]
    }
}

/// What a view wants to have done.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// Nothing but to draw it anew.
    Drawn,
    /// Something to tell the user.
    Say(String),
    /// Compare the trees of two versions.
    Compare(Box<Version>, Box<Version>),
    Jump(Jump),
    /// Put the cursor on a line.
    Select(usize),
}

/// How far a view is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Being computed, and how far that is in words.
    Running(String),
    Done,
    Failed(String),
    /// The user ended it: what is shown is not all.
    Stopped,
}

/// A view that is open.
#[derive(Debug)]
pub(crate) struct ReportView {
    pub(crate) view: &'static View,
    pub(crate) argument: String,
    /// Which of all views that were opened it is.
    pub(crate) ticket: u64,
    pub(crate) state: State,
    /// Whether it is to be computed once more, though it was before.
    pub(crate) anew: bool,
    /// What is to be seen so far.
    pub(crate) report: Option<Box<dyn Report>>,
    pub(crate) cursor: ListCursor,
}

impl ReportView {
    pub(crate) fn new(view: &'static View, argument: String, ticket: u64) -> Self {
        let state = State::Running(String::new());
        Self { view, argument, ticket, state, anew: false, report: None, cursor: ListCursor::default() }
    }

    /// Takes in what was computed so far. The cursor stays on its line.
    pub(crate) fn take(&mut self, report: Computed, over: bool) {
        if !self.is_running() {
            return;
        }
        match report {
            Ok(report) => {
                // Who has not moved from where it starts is there when there is more to see, too.
                if self.report.as_ref().is_none_or(|before| before.start() == self.cursor.selected) {
                    self.cursor.select(report.start(), report.len());
                }
                self.report = Some(report);
                if over {
                    self.state = State::Done;
                }
            }
            Err(why) => self.state = State::Failed(why),
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    /// Takes in how far it is.
    pub(crate) fn goes_on(&mut self, words: String) {
        if self.is_running() {
            self.state = State::Running(words);
        }
    }

    /// Goes on where it was stopped, or computes it once more. What there is to see stays until then.
    pub(crate) fn again(&mut self, ticket: u64) {
        self.anew = self.state != State::Stopped;
        self.ticket = ticket;
        self.state = State::Running(String::new());
    }

    /// Ends the computation, if it goes on.
    pub(crate) fn stop(&mut self) -> bool {
        let runs = self.is_running();
        if runs {
            self.state = State::Stopped;
        }
        runs
    }
}

impl Layer for ReportView {
    fn len(&self) -> usize {
        self.report.as_ref().map_or(1, |report| report.len())
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn selects(&self) -> bool {
        true
    }
}
