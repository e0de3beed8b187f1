//! The differences found so far: lines in key order below the nodes that differ, the visible ones, and motions in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use file_mst::diff::Counts;

use crate::model::diff::changes::{LineCount, ValueView};
use crate::model::diff::entry::{Entry, Held, Kind, Stretch};
use crate::model::diff::filter::Filter;
use crate::model::diff::inside::Inside;
use crate::model::diff::path::{NodePair, Pairs, PathChange};

/// How far the comparison is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    Running,
    Done,
    /// The user stopped it: the rest is not known.
    Stopped,
    /// A bug in the program ended it: the rest is not known.
    Failed,
}

/// Something that was found, and how the open nodes changed before it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) entry: Entry,
    /// How many lines of the table it takes.
    pub(crate) lines: LineCount,
    pub(crate) left: Option<PathChange>,
    pub(crate) right: Option<PathChange>,
}

/// Appends a step. Equal stretches of the same nodes grow together.
pub(crate) fn push(steps: &mut Vec<Step>, step: Step) {
    match (steps.last_mut(), step) {
        (
            Some(Step { entry: Entry::Equal(stretch), .. }),
            Step { entry: Entry::Equal(next), left: None, right: None, .. },
        ) => stretch.extend(next),
        (_, step) => steps.push(step),
    }
}

/// A part of what a diff finds, in the order of keys.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) steps: Vec<Step>,
    pub(crate) counts: Counts,
    /// Whether the diff has found more than is kept.
    pub(crate) cut: bool,
    pub(crate) over: bool,
}

/// An entry or a pair of nodes, kept in one place.
#[derive(Debug)]
struct Kept {
    what: What,
    /// How many nodes that differ stand above it.
    depth: usize,
    /// How many differences there are up to it, itself included.
    ordinal: u64,
    /// How many lines of the table it takes.
    lines: LineCount,
}

#[derive(Debug)]
enum What {
    /// Nodes that differ, and the place after all that lies in them once that is known.
    Node(NodePair, Option<usize>),
    Entry(Arc<Entry>),
}

/// Something that is shown in one line or, if it is a difference in a table, in one line for each field that differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Row {
    /// Nodes that differ, by their place.
    Node(usize),
    /// A difference or damage, by its place.
    Difference(usize),
    /// Equal stretches as one line, from a place to another.
    Equal(usize, usize),
    /// A record of what is equal: the place of its stretch, and which it is there.
    Inside(usize, usize),
    /// Where the records of a stretch go on, or could not be read.
    More(usize),
}

impl Row {
    /// The first place that it stands for.
    pub(crate) fn place(self) -> usize {
        match self {
            Self::Node(place)
            | Self::Difference(place)
            | Self::Equal(place, _)
            | Self::Inside(place, _)
            | Self::More(place) => place,
        }
    }
}

/// The differences found so far.
#[derive(Debug)]
pub(crate) struct DiffList {
    kept: Vec<Kept>,
    pairs: Pairs,
    rows: Vec<Row>,
    /// The number of lines up to each row, itself included: so the row of a line is found by halving.
    ends: Vec<usize>,
    filter: Filter,
    /// Whether the filter lets through what stands in each place, as far as a task has looked into it; empty where the
    /// kinds decide.
    passed: Vec<bool>,
    /// Whether the nodes that differ are shown with a line for each record, or a table of the fields that differ.
    nodes: bool,
    /// How the table shows values.
    view: ValueView,
    folded: BTreeSet<usize>,
    insides: BTreeMap<usize, Inside>,
    /// Deeper places are folded away, while rows are laid out.
    hidden_below: Option<usize>,
    /// The place that was chosen when the filter was changed, and the line that stood in for it.
    anchor: Option<(usize, usize)>,
    pub(crate) counts: Counts,
    /// How many of the damaged places that these count are sound.
    pub(crate) misfits: u64,
    pub(crate) cut: bool,
    pub(crate) progress: Progress,
}

impl DiffList {
    pub(crate) fn new() -> Self {
        Self {
            kept: Vec::new(),
            pairs: Pairs::default(),
            rows: Vec::new(),
            filter: Filter::default(),
            passed: Vec::new(),
            ends: Vec::new(),
            nodes: false,
            view: ValueView::Fields,
            folded: BTreeSet::new(),
            insides: BTreeMap::new(),
            hidden_below: None,
            anchor: None,
            counts: Counts { equal_is_exact: true, ..Counts::default() },
            misfits: 0,
            cut: false,
            progress: Progress::Running,
        }
    }

    /// Shows the trees or the table, and values in the same way, as another list does. No filter is on.
    pub(crate) fn show_as(&mut self, other: &Self) {
        (self.nodes, self.view, self.filter) = (other.nodes, other.view, Filter::default());
        self.lay_out();
    }

    /// Takes in what was found next.
    pub(crate) fn take(&mut self, batch: Batch) {
        for Step { entry, lines, left, right } in batch.steps {
            let turned = left.is_some() || right.is_some();
            if turned {
                self.turn(left, right);
            }
            self.misfits += u64::from(matches!(entry, Entry::Misfit(_)));
            self.keep(entry, lines);
        }
        self.counts = batch.counts;
        self.cut = batch.cut;
        if batch.over && self.progress == Progress::Running {
            self.progress = Progress::Done;
        }
    }

    fn turn(&mut self, left: Option<PathChange>, right: Option<PathChange>) {
        let turn = self.pairs.turn(left, right);
        let after = self.kept.len();
        for place in turn.closed {
            if let Some(Kept { what: What::Node(_, end), .. }) = self.kept.get_mut(place) {
                *end = Some(after);
            }
        }
        for (place, filled) in turn.filled {
            if let Some(Kept { what: What::Node(pair, _), .. }) = self.kept.get_mut(place) {
                *pair = filled;
            }
        }
        for pair in turn.begun {
            let (place, depth) = (self.kept.len(), self.pairs.open.len());
            self.pairs.opened(place, pair.clone());
            let ordinal = self.kept.last().map_or(0, |last| last.ordinal);
            self.kept.push(Kept { what: What::Node(pair, None), depth, ordinal, lines: LineCount::ONE });
            self.append(place);
        }
    }

    fn keep(&mut self, entry: Entry, lines: LineCount) {
        let depth = self.pairs.open.len();
        let last = self.kept.len().saturating_sub(1);
        // Parts of two batches may be one stretch.
        if let (Entry::Equal(next), Some(Kept { what: What::Entry(before), depth: same, .. })) =
            (&entry, self.kept.last_mut())
            && *same == depth
            && !self.insides.contains_key(&last)
            && let Entry::Equal(stretch) = Arc::make_mut(before)
        {
            return stretch.extend(next.clone());
        }
        // A key that was not compared is not told as equal too.
        if let (Entry::NotCompared(found), Some(Kept { what: What::Entry(last), .. })) = (&entry, self.kept.last_mut())
            && found.within_equal
            && let Entry::Equal(stretch) = Arc::make_mut(last)
        {
            stretch.records = stretch.records.saturating_sub(1);
        }
        let before = self.kept.last().map_or(0, |last| last.ordinal);
        let ordinal = before + u64::from(entry.kind().is_difference());
        self.kept.push(Kept { what: What::Entry(Arc::new(entry)), depth, ordinal, lines });
        self.append(self.kept.len() - 1);
    }

    /// Appends the row of a place, if it is to be shown.
    fn append(&mut self, place: usize) {
        let Some(kept) = self.kept.get(place) else { return };
        if self.nodes && self.filter.is_empty() {
            if self.hidden_below.is_some_and(|depth| kept.depth > depth) {
                return;
            }
            self.hidden_below = None;
        }
        match &kept.what {
            What::Node(..) => {
                if self.nodes && self.filter.is_empty() {
                    self.hidden_below = self.folded.contains(&place).then_some(kept.depth);
                    self.push(Row::Node(place));
                }
            }
            What::Entry(entry) if !self.lets_through(place, entry.kind()) => {}
            What::Entry(entry) if entry.kind() != Kind::Equal => self.push(Row::Difference(place)),
            What::Entry(_) => match self.rows.last_mut() {
                Some(Row::Equal(_, last)) if !self.nodes => *last = place,
                _ => {
                    self.push(Row::Equal(place, place));
                    if self.nodes {
                        self.append_inside(place);
                    }
                }
            },
        }
    }

    fn append_inside(&mut self, place: usize) {
        if let Some(inside) = self.insides.get(&place) {
            let (records, is_whole) = (inside.records.len(), inside.is_whole());
            (0..records).for_each(|index| self.push(Row::Inside(place, index)));
            if !is_whole {
                self.push(Row::More(place));
            }
        }
    }

    fn push(&mut self, row: Row) {
        self.ends.push(self.len() + self.lines_of(row));
        self.rows.push(row);
    }

    /// How many lines there are for what one line shows.
    pub(crate) fn parts(&self, row: Row) -> usize {
        self.lines_of(row)
    }

    /// How many lines a row takes.
    fn lines_of(&self, row: Row) -> usize {
        match row {
            Row::Difference(place) if !self.nodes => self.kept.get(place).map_or(1, |kept| kept.lines.lines(self.view)),
            _ => 1,
        }
    }

    /// The index of the row of a line.
    fn index(&self, line: usize) -> usize {
        self.ends.partition_point(|end| *end <= line)
    }

    /// The first line of a row.
    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0)
    }

    /// Which of the lines of its row a line is, counted from 0.
    pub(crate) fn part(&self, line: usize) -> usize {
        line - self.start(self.index(line)).min(line)
    }

    /// Shows values in this way; the line that is now what `line` was.
    pub(crate) fn set_view(&mut self, view: ValueView, line: usize) -> usize {
        if self.view == view {
            return line;
        }
        let (place, part) = (self.row(line).map(Row::place), self.part(line));
        self.view = view;
        self.count_lines();
        self.line_in(place, part)
    }

    /// Takes in how many lines differences take, by their places; the line that is now what `line` was.
    pub(crate) fn set_lines(&mut self, lines: impl Iterator<Item = (usize, LineCount)>, line: usize) -> usize {
        let (place, part) = (self.row(line).map(Row::place), self.part(line));
        for (place, lines) in lines {
            if let Some(kept) = self.kept.get_mut(place) {
                kept.lines = lines;
            }
        }
        self.count_lines();
        self.line_in(place, part)
    }

    fn count_lines(&mut self) {
        let mut end = 0;
        let lines = self.rows.iter().map(|row| {
            end += self.lines_of(*row);
            end
        });
        self.ends = lines.collect();
    }

    /// The line of a part of a place, or the last one of a place that has fewer.
    fn line_in(&self, place: Option<usize>, part: usize) -> usize {
        let line = self.line_of(place.unwrap_or(0));
        let lines = self.row(line).map_or(1, |row| self.lines_of(row));
        line + part.min(lines - 1)
    }

    /// Lays out all rows anew.
    fn lay_out(&mut self) {
        self.rows.clear();
        self.ends.clear();
        self.hidden_below = None;
        for place in 0..self.kept.len() {
            self.append(place);
            // A stretch that is shown as one with its neighbours is unfolded as a whole.
            if !self.nodes && matches!(self.rows.last(), Some(Row::Equal(_, last)) if *last == place) {
                let goes_on = (place + 1..self.kept.len()).find_map(|next| self.entry(next));
                let is_last = goes_on.is_none_or(|next| next.kind() != Kind::Equal);
                if let (true, Some(Row::Equal(first, _))) = (is_last, self.rows.last().copied()) {
                    self.append_inside(first);
                }
            }
        }
    }

    /// Everything that was found, in key order; not the nodes.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, &Arc<Entry>)> + Clone {
        self.kept.iter().enumerate().filter_map(|(place, kept)| match &kept.what {
            What::Entry(entry) => Some((place, entry)),
            What::Node(..) => None,
        })
    }

    /// The entry of a place, if it is no node.
    pub(crate) fn entry(&self, place: usize) -> Option<&Arc<Entry>> {
        match &self.kept.get(place)?.what {
            What::Entry(entry) => Some(entry),
            What::Node(..) => None,
        }
    }

    /// The nodes in a place, and how many differences there are in them so far.
    pub(crate) fn node(&self, place: usize) -> Option<(&NodePair, u64)> {
        let kept = self.kept.get(place)?;
        let What::Node(pair, end) = &kept.what else { return None };
        let last = end.unwrap_or(self.kept.len()).checked_sub(1)?;
        Some((pair, self.kept.get(last)?.ordinal - kept.ordinal))
    }

    /// The first and the last entry in the nodes of a place.
    pub(crate) fn ends(&self, place: usize) -> Option<(&Entry, &Entry)> {
        let What::Node(_, end) = &self.kept.get(place)?.what else { return None };
        let mut inside = place + 1..end.unwrap_or(self.kept.len());
        let first = inside.clone().find_map(|place| self.entry(place))?;
        Some((first, inside.rfind(|place| self.entry(*place).is_some()).and_then(|place| self.entry(place))?))
    }

    /// How deep a row is indented.
    pub(crate) fn depth(&self, row: Row) -> usize {
        if !self.nodes || !self.filter.is_empty() {
            return 0;
        }
        let inside = usize::from(matches!(row, Row::Inside(..) | Row::More(_)));
        self.kept.get(row.place()).map_or(0, |kept| kept.depth + inside)
    }

    pub(crate) fn is_folded(&self, place: usize) -> bool {
        self.folded.contains(&place)
    }

    /// How many lines are shown.
    pub(crate) fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// What a line shows, or belongs to.
    pub(crate) fn row(&self, line: usize) -> Option<Row> {
        self.rows.get(self.index(line)).copied()
    }

    /// Whether the nodes that differ are shown.
    pub(crate) fn shows_nodes(&self) -> bool {
        self.nodes
    }

    /// The difference in a line, if there is one.
    pub(crate) fn difference(&self, line: usize) -> Option<&Arc<Entry>> {
        match self.row(line)? {
            Row::Difference(place) => self.entry(place),
            _ => None,
        }
    }

    /// The stretch of a row that is one.
    pub(crate) fn stretch(&self, row: Row) -> Option<Stretch> {
        let Row::Equal(first, last) = row else { return None };
        let mut stretches = (first..=last).filter_map(|place| match &**self.entry(place)? {
            Entry::Equal(stretch) => Some(stretch),
            _ => None,
        });
        let mut whole = stretches.next()?.clone();
        stretches.for_each(|next| whole.extend(next.clone()));
        Some(whole)
    }

    pub(crate) fn inside(&self, place: usize) -> Option<&Inside> {
        self.insides.get(&place)
    }

    pub(crate) fn inside_record(&self, row: Row) -> Option<&Held> {
        let Row::Inside(place, index) = row else { return None };
        self.insides.get(&place)?.records.get(index)
    }

    pub(crate) fn kind(&self, row: Row) -> Kind {
        match row {
            Row::Node(_) => Kind::Node,
            Row::Difference(place) => self.entry(place).map_or(Kind::Equal, |entry| entry.kind()),
            Row::Equal(..) | Row::Inside(..) | Row::More(_) => Kind::Equal,
        }
    }

    pub(crate) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether the filter lets through what stands in a place; false as long as nobody has looked into it.
    pub(crate) fn lets_through(&self, place: usize, kind: Kind) -> bool {
        match self.filter.is_by_kind() {
            true => self.filter.shows_kind(kind),
            false => self.passed.get(place).copied().unwrap_or(false),
        }
    }

    /// Shows what a filter lets through; says which line now stands nearest to what `line` was. What a filter must look
    /// into comes with [`DiffList::take_judged`].
    pub(crate) fn set_filter(&mut self, filter: Filter, line: usize) -> usize {
        // Going from filter to filter must lead back.
        let unmoved = self.anchor.filter(|(_, stand_in)| *stand_in == line).map(|(place, _)| place);
        let place = unmoved.or(self.row(line).map(Row::place)).unwrap_or(0);
        self.filter = filter;
        self.passed.clear();
        self.lay_out();
        let line = self.line_of(place);
        self.anchor = Some((place, line));
        line
    }

    /// The first place that the filter must still look into; none where the kinds decide, or all was looked into.
    pub(crate) fn wants_judging(&self) -> Option<usize> {
        (!self.filter.is_by_kind() && self.passed.len() < self.kept.len()).then_some(self.passed.len())
    }

    /// The entries from a place on, each with its place, and the place after the last one.
    pub(crate) fn entries_from(&self, place: usize) -> (Vec<(usize, Arc<Entry>)>, usize) {
        let kept = self.kept.iter().enumerate().skip(place);
        let entry = |(place, kept): (usize, &Kept)| match &kept.what {
            What::Entry(entry) => Some((place, Arc::clone(entry))),
            What::Node(..) => None,
        };
        (kept.filter_map(entry).collect(), self.kept.len())
    }

    /// Takes in which of the places from `from` on the filter lets through. Says which line now stands nearest to what
    /// was under the cursor when the filter was set, unless the cursor has left `line` since.
    pub(crate) fn take_judged(&mut self, from: usize, passes: Vec<bool>, line: usize) -> usize {
        if self.filter.is_by_kind() || from != self.passed.len() {
            return line;
        }
        self.passed.extend(passes);
        for place in from..self.passed.len().min(self.kept.len()) {
            self.append(place);
        }
        let Some((place, _)) = self.anchor.filter(|(_, stand_in)| *stand_in == line) else { return line };
        let line = self.line_of(place);
        self.anchor = Some((place, line));
        line
    }

    /// Shows the nodes that differ, or the table of fields; says which line now stands nearest to what `line` was.
    pub(crate) fn toggle_nodes(&mut self, line: usize) -> usize {
        let place = self.row(line).map_or(0, Row::place);
        self.nodes = !self.nodes;
        self.insides.clear();
        self.lay_out();
        self.reveal(place)
    }

    /// The line that shows a place, or the nearest one after it, or the last line.
    pub(crate) fn line_of(&self, place: usize) -> usize {
        let after = self.rows.partition_point(|row| row.place() < place);
        let covers = |row: Option<&Row>| matches!(row, Some(Row::Equal(_, last)) if *last >= place);
        // The records of an unfolded stretch stand between it and what follows; they have its place.
        let before = after.checked_sub(1).and_then(|before| self.rows.get(before)).map(|row| row.place());
        let before = before.map(|place| self.rows.partition_point(|row| row.place() < place));
        self.start(match before {
            Some(before) if covers(self.rows.get(before)) => before,
            _ => after.min(self.rows.len().saturating_sub(1)),
        })
    }

    /// Folds the nodes of a line, or those in which it stands, to one line, or unfolds them; the line of the nodes.
    pub(crate) fn toggle_fold(&mut self, line: usize) -> Option<usize> {
        let node = match self.row(line)? {
            Row::Node(place) => place,
            row => self.above(row)?,
        };
        if !self.folded.remove(&node) {
            self.folded.insert(node);
        }
        self.lay_out();
        Some(self.line_of(node))
    }

    /// The place of the nodes in which a row stands.
    fn above(&self, row: Row) -> Option<usize> {
        let depth = self.depth(Row::Difference(row.place()));
        let is_above = |place: &usize| {
            self.kept.get(*place).is_some_and(|kept| kept.depth < depth && matches!(kept.what, What::Node(..)))
        };
        if depth == 0 { None } else { (0..row.place()).rev().find(is_above) }
    }

    /// Unfolds what is folded above a place, and says its line.
    pub(crate) fn reveal(&mut self, place: usize) -> usize {
        let mut row = Row::Difference(place);
        let mut changed = false;
        while let Some(above) = self.above(row) {
            changed |= self.folded.remove(&above);
            row = Row::Difference(above);
        }
        if changed {
            self.lay_out();
        }
        self.line_of(place)
    }

    /// Begins to unfold the stretch of a line, or folds it again. False if it is none.
    pub(crate) fn toggle_inside(&mut self, line: usize) -> bool {
        let Some(place) = self.row(line).map(Row::place) else { return false };
        if !matches!(self.row(line), Some(Row::Equal(..) | Row::Inside(..) | Row::More(_))) {
            return false;
        }
        if self.insides.remove(&place).is_none() {
            self.insides.insert(place, Inside::default());
        }
        self.lay_out();
        true
    }

    /// How many places there are, of entries and nodes.
    pub(crate) fn places(&self) -> usize {
        self.kept.len()
    }

    /// Unfolds the stretch in a place from one of its records on; the line of the record. None if a filter hides it.
    pub(crate) fn unfold_from(&mut self, place: usize, record: Held) -> Option<usize> {
        let line = self.reveal(place);
        let Some(Row::Equal(first, last)) = self.row(line) else { return None };
        if !(first..=last).contains(&place) {
            return None;
        }
        self.insides.insert(first, Inside::from_record(record));
        self.lay_out();
        let line = self.line_of(first);
        (line..self.len()).find(|line| matches!(self.row(*line), Some(Row::Inside(..))))
    }

    /// The line of a difference by its number, counted from 1. None if a filter hides it, or there is none.
    pub(crate) fn line_of_number(&mut self, number: u64) -> Option<usize> {
        let place = self.place_of_number(number)?;
        let line = self.reveal(place);
        (self.row(line) == Some(Row::Difference(place))).then_some(line)
    }

    /// The stretch of which more is to be read to show these lines, where it goes on from, and that it is being read
    /// now.
    pub(crate) fn wants_inside(&mut self, lines: std::ops::Range<usize>) -> Option<(usize, Stretch, Option<Vec<u8>>)> {
        let rows = self.index(lines.start)..self.rows.len().min(self.index(lines.end) + 1);
        let place = self.rows.get(rows)?.iter().find_map(|row| match row {
            Row::More(place) if self.insides.get(place).is_some_and(Inside::is_waiting) => Some(*place),
            _ => None,
        })?;
        let row = self.rows.iter().find(|row| matches!(row, Row::Equal(first, _) if *first == place))?;
        let stretch = self.stretch(*row)?;
        let from = self.insides.get_mut(&place)?.begin();
        Some((place, stretch, from))
    }

    /// Takes in more of a stretch.
    pub(crate) fn take_inside(&mut self, place: usize, page: crate::model::diff::inside::Page) {
        if let Some(inside) = self.insides.get_mut(&place) {
            inside.take(page);
            self.lay_out();
        }
    }

    /// Whether a row, by its index, is a difference.
    fn differs(&self, index: usize) -> bool {
        matches!(self.rows.get(index), Some(Row::Difference(_)))
    }

    /// Whether a run of differences begins in a row: something equal stands between it and the difference before.
    fn begins_run(&self, index: usize) -> bool {
        let place = |index: usize| self.rows.get(index).copied().map(Row::place);
        let Some(at) = place(index).filter(|_| self.differs(index)) else { return false };
        let before = (0..index).rev().find(|index| self.differs(*index)).and_then(place);
        let Some(before) = before else { return true };
        (before..at).any(|place| self.entry(place).is_some_and(|entry| entry.kind() == Kind::Equal))
    }

    /// The first line of the nearest difference, or run of differences, after or before that of a line.
    pub(crate) fn find(&self, line: usize, run: bool, forward: bool) -> Option<usize> {
        let from = self.index(line);
        let fits = |index: &usize| if run { self.begins_run(*index) } else { self.differs(*index) };
        let found = match forward {
            true => (from + 1..self.rows.len()).find(fits),
            false => (0..from.min(self.rows.len())).rev().find(fits),
        };
        found.map(|index| self.start(index))
    }

    /// The first line that shows a difference, from a line on.
    pub(crate) fn find_from(&self, line: usize) -> Option<usize> {
        (self.index(line)..self.rows.len()).find(|index| self.differs(*index)).map(|index| self.start(index))
    }

    /// How many differences are kept.
    pub(crate) fn differences(&self) -> u64 {
        self.kept.last().map_or(0, |last| last.ordinal)
    }

    /// How many differences a filter shows; all lines where there is none.
    pub(crate) fn shown(&self) -> usize {
        self.rows.len()
    }

    /// The place of a difference by its number, counted from 1.
    pub(crate) fn place_of_number(&self, number: u64) -> Option<usize> {
        let place = self.kept.partition_point(|kept| kept.ordinal < number.max(1));
        (place < self.kept.len()).then_some(place)
    }

    /// Which difference the one in a line is among all, counted from 1.
    pub(crate) fn ordinal(&self, line: usize) -> Option<u64> {
        match self.row(line)? {
            Row::Difference(place) => self.kept.get(place).map(|kept| kept.ordinal),
            _ => None,
        }
    }
}
