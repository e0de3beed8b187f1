//! The rows of a table of records: what is loaded of them, and how a task loads the rest.
//!
//! Rows have positions. Where the tree counts its records, or the start was reached, they are counted from the first
//! record; elsewhere they are counted from a place in the middle, until the start comes into sight.

use std::collections::BTreeMap;
use std::ops::Range;

use file_mst::{NodeError, NodeKey, Tree};

use crate::model::record_cursor::{Place, RecordCursor};
use crate::model::text::offset;

/// The position of a place whose true position is not known. Nobody scrolls so far back.
pub(crate) const SOMEWHERE: usize = 1 << 40;

/// A row.
#[derive(Clone, Debug)]
pub(crate) enum TableRow {
    Record {
        key: NodeKey,
        /// Which child at each node from the root on leads to its node.
        children: Vec<usize>,
        /// The offsets of the nodes from the root on.
        offsets: Vec<u64>,
        /// Its number in the tree, counted from 1, where the tree counts.
        number: Option<u64>,
    },
    /// A record that cannot be read, or several of which nobody knows the number.
    Unreadable { why: String, children: Vec<usize> },
}

impl TableRow {
    pub(crate) fn key(&self) -> Option<&NodeKey> {
        match self {
            Self::Record { key, .. } => Some(key),
            Self::Unreadable { .. } => None,
        }
    }

    /// The path to the row: the children, and the index of the record in its node.
    pub(crate) fn path(&self) -> RowPath {
        match self {
            Self::Record { key, children, .. } => RowPath { children: children.clone(), record: Some(key.index()) },
            Self::Unreadable { children, .. } => RowPath { children: children.clone(), record: None },
        }
    }

    /// The row of a place, and how many rows the place takes.
    pub(crate) fn of(cursor: &RecordCursor) -> Option<(Self, usize)> {
        let children = cursor.children();
        Some(match cursor.place()? {
            Place::Record(key) => {
                let number = cursor.position().map(|before| before + 1);
                (Self::Record { key, children, offsets: cursor.offsets(), number }, 1)
            }
            Place::Unreadable(error, records) => {
                let why = format!("cannot be read: the node {}: {error}", offset(error.offset()));
                (Self::Unreadable { why, children }, rows_of(records))
            }
        })
    }
}

/// The path to a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RowPath {
    pub(crate) children: Vec<usize>,
    pub(crate) record: Option<usize>,
}

/// A place from which rows are loaded.
#[derive(Clone, Debug)]
pub(crate) enum Anchor {
    First,
    Last,
    /// The record that has so many before it.
    Position(u64),
    Path(RowPath),
}

/// The rows to load.
#[derive(Clone, Debug)]
pub(crate) enum Span {
    Exactly(Range<usize>),
    /// The row of the anchor, and so many before and after it.
    Around {
        before: usize,
        after: usize,
    },
}

/// An order to load rows.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    pub(crate) anchor: Anchor,
    /// The position of the anchor's row, if the tree does not know a truer one.
    pub(crate) at: usize,
    pub(crate) span: Span,
}

/// Loaded rows.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    pub(crate) rows: Vec<(usize, TableRow)>,
    /// The position of the anchor's row.
    pub(crate) at: usize,
    /// The positions of the first row and of the one after the last, if they were met.
    pub(crate) start: Option<usize>,
    pub(crate) end: Option<usize>,
}

/// Loads rows. Reads the path to the anchor, and the nodes from there to the last row.
pub(crate) fn fetch(tree: &Tree, wanted: &Fetch, go_on: impl Fn() -> bool) -> Result<Fetched, NodeError> {
    let Some((cursor, at)) = stand(tree, wanted)? else {
        return Ok(Fetched { start: Some(wanted.at), end: Some(wanted.at), at: wanted.at, ..Fetched::default() });
    };
    let range = match &wanted.span {
        Span::Exactly(range) => range.clone(),
        Span::Around { before, after } => at.saturating_sub(*before)..at.saturating_add(after + 1),
    };
    let mut fetched = Fetched { at, ..Fetched::default() };
    let (mut cursor, mut at) = (cursor, at);
    if matches!(wanted.anchor, Anchor::First) {
        fetched.start = Some(at);
    }
    while at > range.start && go_on() {
        let here = cursor.clone();
        if !cursor.step(false) {
            cursor = here;
            fetched.start = Some(at);
            break;
        }
        at = at.saturating_sub(rows_at(&cursor));
    }
    while let Some((row, rows)) = TableRow::of(&cursor).filter(|_| go_on()) {
        let here = at.max(range.start)..at.saturating_add(rows).min(range.end);
        fetched.rows.extend(here.map(|position| (position, row.clone())));
        at = at.saturating_add(rows);
        if at >= range.end && !matches!(wanted.anchor, Anchor::Last) {
            break;
        }
        if !cursor.step(true) {
            fetched.end = Some(at);
            break;
        }
    }
    Ok(fetched)
}

/// How many rows a subtree takes that cannot be read; one where nobody knows its records.
fn rows_of(records: Option<u64>) -> usize {
    records.and_then(|records| usize::try_from(records).ok()).unwrap_or(1).max(1)
}

fn rows_at(cursor: &RecordCursor) -> usize {
    match cursor.place() {
        Some(Place::Unreadable(_, records)) => rows_of(records),
        Some(Place::Record(_)) | None => 1,
    }
}

/// A cursor at the anchor, and the position of its row.
fn stand(tree: &Tree, wanted: &Fetch) -> Result<Option<(RecordCursor, usize)>, NodeError> {
    let cursor = match &wanted.anchor {
        Anchor::First => RecordCursor::first(tree)?,
        Anchor::Last => RecordCursor::last(tree)?,
        Anchor::Path(path) => {
            let cursor = RecordCursor::before(tree, &path.children, path.record)?;
            match cursor {
                // The path leads to a node: its first record.
                Some(mut cursor) if cursor.place().is_none() => {
                    if cursor.step(true) {
                        Some(cursor)
                    } else {
                        RecordCursor::last(tree)?
                    }
                }
                cursor => cursor,
            }
        }
        Anchor::Position(position) => match RecordCursor::at_position(tree, *position) {
            Ok(found) => found.map(|(cursor, _)| cursor),
            // Only a walk from the start finds it, which the loop above does.
            Err(NodeError::Uncounted { .. }) => return Ok(RecordCursor::first(tree)?.map(|cursor| (cursor, 0))),
            Err(error) => return Err(error),
        },
    };
    let position = |cursor: &RecordCursor| cursor.position().and_then(|at| usize::try_from(at).ok());
    Ok(cursor.map(|cursor| {
        let at = position(&cursor).unwrap_or(wanted.at);
        (cursor, at)
    }))
}

/// The loaded rows of a table.
#[derive(Debug, Default)]
pub(crate) struct TableRows {
    rows: BTreeMap<usize, TableRow>,
    /// The position after the last row, if it is known.
    pub(crate) end: Option<usize>,
    /// Whether positions are counted from the first record.
    pub(crate) is_exact: bool,
}

impl TableRows {
    pub(crate) fn get(&self, at: usize) -> Option<&TableRow> {
        self.rows.get(&at)
    }

    /// How many rows there are; more than anybody scrolls through where that is not known.
    pub(crate) fn len(&self) -> usize {
        self.end.unwrap_or(2 * SOMEWHERE)
    }

    /// What must be loaded to have all rows of a range; none if they are there.
    pub(crate) fn missing(&self, range: Range<usize>) -> Option<Fetch> {
        let range = range.start..range.end.min(self.len());
        let first = range.clone().find(|at| !self.rows.contains_key(at))?;
        let last = range.rev().find(|at| !self.rows.contains_key(at))?;
        let span = Span::Exactly(first..last + 1);
        // The nearest row that is there leads to those that are not.
        let before = self.rows.range(..first).next_back();
        let after = self.rows.range(last + 1..).next();
        let near = match (before, after) {
            (Some((a, before)), Some((b, after))) => Some(if first - a <= b - last { (a, before) } else { (b, after) }),
            (before, after) => before.or(after),
        };
        let page = (last + 1 - first).max(1);
        match near {
            Some((at, row)) if !self.is_exact || at.abs_diff(first) <= 2 * page => {
                Some(Fetch { anchor: Anchor::Path(row.path()), at: *at, span })
            }
            _ => Some(Fetch { anchor: Anchor::Position(first as u64), at: first, span }),
        }
    }

    /// Takes in loaded rows, and forgets those far from `window`. How many positions everything moved to the front,
    /// because the start was met.
    pub(crate) fn take(&mut self, fetched: Fetched, window: Range<usize>) -> usize {
        self.rows.extend(fetched.rows);
        self.end = fetched.end.or(self.end);
        let shift = match fetched.start {
            Some(start) if !self.is_exact => start,
            _ => 0,
        };
        if let Some(start) = fetched.start.filter(|_| !self.is_exact) {
            self.is_exact = true;
            self.end = self.end.map(|end| end - start);
            self.rows = std::mem::take(&mut self.rows).into_iter().map(|(at, row)| (at - start, row)).collect();
        }
        let page = window.len().max(1);
        let (from, to) = (window.start.saturating_sub(shift), window.end.saturating_sub(shift));
        let kept = from.saturating_sub(2 * page)..to + 2 * page;
        self.rows.retain(|at, _| kept.contains(at));
        shift
    }
}
