//! What lies over the list of two trees' differences.

use crate::model::diff::detail::Detail;
use crate::model::diff::summary::Summary;
use crate::model::diff::why::Why;
use crate::runtime::help;
use crate::runtime::keymap::Screen;
use crate::runtime::layers::Layer;
use crate::runtime::list::ListCursor;

/// What lies over the list.
#[derive(Debug)]
pub(crate) enum Overlay {
    Help(ListCursor),
    Record(RecordView),
    Fields(FieldsView),
    Why(WhyView),
    /// How the trees were compared, and what is not certain.
    Doubts(Vec<String>, ListCursor),
}

impl Layer for Overlay {
    fn len(&self) -> usize {
        match self {
            Self::Help(_) => help::lines(Screen::Drift).len(),
            Self::Record(view) => view.detail.lines.len(),
            Self::Fields(view) => view.len(),
            Self::Why(view) => view.len(),
            Self::Doubts(lines, _) => lines.len(),
        }
    }

    fn cursor(&mut self) -> &mut ListCursor {
        match self {
            Self::Help(cursor) => cursor,
            Self::Record(view) => &mut view.cursor,
            Self::Fields(view) => &mut view.cursor,
            Self::Why(view) => &mut view.cursor,
            Self::Doubts(_, cursor) => cursor,
        }
    }
}

/// Why the hashes differ on the way to a record.
#[derive(Debug)]
pub(crate) struct WhyView {
    /// Its line in the list.
    pub(crate) line: usize,
    /// Whether it was asked for.
    pub(crate) asked: bool,
    /// None as long as it is being read.
    pub(crate) why: Option<Why>,
    pub(crate) cursor: ListCursor,
}

impl WhyView {
    /// How many lines it takes.
    pub(crate) fn len(&self) -> usize {
        self.why.as_ref().map_or(1, |why| why.steps.len() + why.errors.len())
    }
}

/// Which fields drift, and where, as far as was found when it was asked for.
#[derive(Debug)]
pub(crate) struct FieldsView {
    /// None as long as it is being counted.
    pub(crate) summary: Option<Summary>,
    pub(crate) asked: bool,
    pub(crate) cursor: ListCursor,
}

impl FieldsView {
    /// How many lines it takes: two titles, and at least one line below each.
    pub(crate) fn len(&self) -> usize {
        self.summary.as_ref().map_or(1, |summary| summary.fields.fields.len().max(1) + summary.groups.len().max(1) + 3)
    }
}

/// A difference in full.
#[derive(Debug)]
pub(crate) struct RecordView {
    /// Its line in the list.
    pub(crate) line: usize,
    pub(crate) detail: Detail,
    pub(crate) cursor: ListCursor,
}
