//! What was found so far: a list in key order, a filter on it, and the ways through it.

use file_mst::diff::Counts;

use super::entry::{Entry, Kind, push};

/// What is shown of what was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Filter {
    #[default]
    All,
    Only(Kind),
}

impl Filter {
    /// The next in the cycle.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::All => Self::Only(Kind::OnlyLeft),
            Self::Only(Kind::OnlyLeft) => Self::Only(Kind::OnlyRight),
            Self::Only(Kind::OnlyRight) => Self::Only(Kind::Changed),
            Self::Only(_) => Self::All,
        }
    }

    fn shows(self, kind: Kind) -> bool {
        match self {
            Self::All => true,
            // Damage is shown whatever is asked for: it is what makes the rest uncertain.
            Self::Only(only) => kind == only || kind == Kind::Damage,
        }
    }
}

/// How far the comparison is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    Running,
    Done,
    /// The user ended it: what comes behind is not known.
    Stopped,
}

/// A part of what a diff finds, in the order of keys.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) entries: Vec<Entry>,
    pub(crate) counts: Counts,
    /// Whether the diff has found more than is kept.
    pub(crate) cut: bool,
    pub(crate) over: bool,
}

/// What was found so far.
#[derive(Debug)]
pub(crate) struct Found {
    entries: Vec<Entry>,
    /// The entries that the filter shows, by their places.
    rows: Vec<usize>,
    filter: Filter,
    /// The place that was chosen when the filter was changed, and the line that stood in for it.
    anchor: Option<(usize, usize)>,
    pub(crate) counts: Counts,
    pub(crate) cut: bool,
    pub(crate) progress: Progress,
}

impl Found {
    pub(crate) fn new() -> Self {
        Self {
            entries: Vec::new(),
            rows: Vec::new(),
            filter: Filter::All,
            anchor: None,
            counts: Counts { equal_is_exact: true, ..Counts::default() },
            cut: false,
            progress: Progress::Running,
        }
    }

    /// Takes in what was found next.
    pub(crate) fn take(&mut self, batch: Batch) {
        for entry in batch.entries {
            let before = self.entries.len();
            push(&mut self.entries, entry);
            if self.entries.len() > before && self.filter.shows(self.entries[before].kind()) {
                self.rows.push(before);
            }
        }
        self.counts = batch.counts;
        self.cut = batch.cut;
        if batch.over && self.progress == Progress::Running {
            self.progress = Progress::Done;
        }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many lines are shown.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The entry in a line.
    pub(crate) fn row(&self, line: usize) -> Option<&Entry> {
        self.entries.get(*self.rows.get(line)?)
    }

    /// The place of the entry in a line among all that was found.
    pub(crate) fn place(&self, line: usize) -> Option<usize> {
        self.rows.get(line).copied()
    }

    pub(crate) fn filter(&self) -> Filter {
        self.filter
    }

    /// Shows what a filter lets through; says which line now stands nearest to what `line` was.
    pub(crate) fn set_filter(&mut self, filter: Filter, line: usize) -> usize {
        // Going through all filters must lead back.
        let unmoved = self.anchor.filter(|(_, stand_in)| *stand_in == line).map(|(place, _)| place);
        let place = unmoved.or(self.place(line)).unwrap_or(0);
        self.filter = filter;
        let shown = self.entries.iter().enumerate().filter(|(_, entry)| filter.shows(entry.kind()));
        self.rows = shown.map(|(place, _)| place).collect();
        let line = self.rows.partition_point(|row| *row < place).min(self.rows.len().saturating_sub(1));
        self.anchor = Some((place, line));
        line
    }

    fn differs(&self, line: usize) -> bool {
        self.row(line).is_some_and(|entry| entry.kind() != Kind::Equal)
    }

    /// Whether a run of differences begins in a line: something equal stands between it and the line before.
    fn begins_run(&self, line: usize) -> bool {
        let before = line.checked_sub(1).and_then(|before| self.place(before));
        let between = self.place(line).and_then(|place| self.entries.get(before.unwrap_or(place)..place));
        let equal = between.is_some_and(|between| between.iter().any(|entry| entry.kind() == Kind::Equal));
        self.differs(line) && (before.is_none() || equal)
    }

    /// The next difference, or run of them, behind or before a line.
    pub(crate) fn find(&self, line: usize, run: bool, forward: bool) -> Option<usize> {
        let fits = |line: &usize| if run { self.begins_run(*line) } else { self.differs(*line) };
        if forward { (line + 1..self.len()).find(fits) } else { (0..line.min(self.len())).rev().find(fits) }
    }

    /// How many differences are kept.
    pub(crate) fn differences(&self) -> usize {
        self.entries.iter().filter(|entry| entry.kind() != Kind::Equal).count()
    }

    /// Which difference the one in a line is among all, counted from 1.
    pub(crate) fn ordinal(&self, line: usize) -> Option<usize> {
        let place = self.place(line).filter(|_| self.differs(line))?;
        Some(self.entries[..=place].iter().filter(|entry| entry.kind() != Kind::Equal).count())
    }
}
