//! The screen of two trees: a task compares them, and the screen shows the differences found so far.

mod asking;
pub(crate) mod compare;
mod doubts;
mod draw;
mod fields;
mod filtering;
mod inspector;
mod jobs;
mod keys;
mod layout;
mod leaving;
mod live;
mod record;
mod records;
pub(crate) mod rows;
mod strip;
mod table;
mod why;

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::model::diff::changes::ValueView;
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::list::{Batch, DiffList, Progress, Row};
use crate::model::diff::pair::Pair;
use crate::model::diff::verdict::Compared;
use crate::runtime::input::keymap::{Keys, ScreenKind};
use crate::runtime::input::marks::Marks;
use crate::runtime::jobs::Task;
use crate::runtime::layers::{Layered, Layers};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::Look;
use crate::runtime::screen::{Shared, Start};
use crate::runtime::split::Split;
use crate::runtime::theme::Theme;
use crate::screens::keys_of;
use asking::EqualHit;
use filtering::Judging;
use inspector::Inspector;
use layout::{DiffAreas, Wanted};
use live::Live;
use records::RecordTable;
use rows::FetchedDifferences;
use table::VisibleChanges;

/// The screen of two trees.
#[derive(Debug)]
pub(crate) struct DiffScreen {
    pub(crate) shared: Shared,
    pub(crate) pair: Arc<Pair>,
    /// Whether equal hashes mean equal records in the two trees.
    pub(crate) same_rule: bool,
    pub(crate) list: DiffList,
    pub(crate) cursor: ListCursor,
    pub(crate) layers: Layers<Self>,
    /// How list and inspector share the screen, and which of them has the keys.
    pub(crate) split: Split,
    pub(crate) inspector: Inspector,
    /// What the visible lines show.
    visible: VisibleChanges,
    /// The columns that are scrolled off at the left of both sides.
    pub(crate) sideways: usize,
    /// Whether a key was pressed so far: then the cursor stays where it is.
    pub(crate) has_moved: bool,
    /// Whether both trees are one list instead of two sides; none as long as the width decides.
    pub(crate) unified: Option<bool>,
    pub(crate) areas: DiffAreas,
    /// The cell of the strip that the cursor is in, while it is there.
    pub(crate) strip_cursor: Option<usize>,
    comparison: Option<Task>,
    /// Reads more of an equal stretch.
    inside: Option<Task>,
    /// A search or an export.
    busy: Option<Task>,
    /// The hits that the search goes on by once it has found the next one; back if it is negative.
    hits_left: isize,
    /// The places in the list that have letters.
    letters: Marks<usize>,
    /// The table of records, where it is shown instead of the list.
    pub(crate) records: Option<RecordTable>,
    /// Looks into the differences for the filter.
    judging: Option<Judging>,
    /// The equal record that a search has come to, and the one from which a search goes on.
    equal_hit: Option<EqualHit>,
    passed: Option<EqualHit>,
    /// The rows that were fetched again.
    pub(crate) rows: FetchedDifferences,
    live: Live,
}

impl Look for DiffScreen {
    fn theme(&self) -> Theme {
        self.shared.theme
    }

    fn framed(&self) -> bool {
        self.areas.framed
    }

    fn overlay(&self) -> Rect {
        self.areas.body
    }

    fn keys(&self) -> Keys {
        self.shared.input.keys
    }
}

impl Layered for DiffScreen {
    fn layers_mut(&mut self) -> &mut Layers<Self> {
        &mut self.layers
    }
}

impl DiffScreen {
    /// Starts to compare two trees.
    pub(crate) fn start(pair: Pair, start: Start) -> Self {
        let area = start.area;
        let mut screen = Self::new(Arc::new(pair), start);
        screen.start_comparison();
        screen.start_watch();
        screen.resize(area);
        screen.recall_table();
        screen
    }

    /// Two trees of which nothing was compared so far.
    pub(crate) fn new(pair: Arc<Pair>, start: Start) -> Self {
        let same_rule = pair.diff().is_none_or(|diff| diff.prunes());
        Self {
            shared: Shared::new(keys_of(ScreenKind::Diff), start),
            pair,
            same_rule,
            list: DiffList::new(),
            cursor: ListCursor::default(),
            layers: Layers::default(),
            split: Split::default(),
            inspector: Inspector::default(),
            visible: VisibleChanges::default(),
            sideways: 0,
            has_moved: false,
            unified: None,
            areas: DiffAreas::default(),
            strip_cursor: None,
            comparison: None,
            inside: None,
            busy: None,
            hits_left: 0,
            letters: Marks::default(),
            records: None,
            judging: None,
            equal_hit: None,
            passed: None,
            rows: FetchedDifferences::default(),
            live: Live::default(),
        }
    }

    /// Takes in what was found next; nothing more once the user has stopped the comparison.
    pub(crate) fn take_batch(&mut self, batch: Batch) {
        if matches!(self.list.progress, Progress::Running | Progress::Done) {
            self.list.take(batch);
            if !self.has_moved {
                // The first difference is what one came for.
                let first = self.list.find_from(0).unwrap_or(0);
                self.cursor.select(first, self.list.len());
            }
            self.fit();
        }
    }

    /// How the trees were compared, once all is.
    pub(crate) fn compared(&self) -> Compared {
        let by_value = self.pair.comparison.is_by_value();
        Compared { stopped: false, misfits: self.list.misfits, same_rule: self.same_rule, by_value, ranged: false }
    }

    /// Takes in that the comparison failed.
    fn not_compared(&mut self, why: &str) {
        if self.list.progress == Progress::Running {
            self.list.progress = Progress::Failed;
            self.shared.say(format!("not all was compared: {why}"));
        }
    }

    /// Takes in the size of the screen.
    pub(crate) fn resize(&mut self, area: Rect) {
        let before = (self.areas.body.width, self.areas.list.width);
        self.areas = DiffAreas::of(area, self.wanted());
        if (self.areas.body.width, self.areas.list.width) != before {
            self.lay_out();
        }
        self.fit();
    }

    /// What the layout depends on besides the size.
    fn wanted(&self) -> Wanted {
        let has_second_line = !self.pair.basis.is_empty() || self.has_live_parts();
        let (unified, split) = (self.unified, self.split);
        Wanted { unified, has_second_line, table: !self.list.shows_nodes(), split }
    }

    /// The difference under the cursor.
    pub(crate) fn selected(&self) -> Option<&Arc<Entry>> {
        self.list.difference(self.cursor.selected)
    }

    fn selected_row(&self) -> Option<Row> {
        self.list.row(self.cursor.selected)
    }

    /// The entry of a line: for nodes, the first difference in them.
    fn in_line(&self, line: usize) -> Option<Arc<Entry>> {
        match self.list.row(line)? {
            Row::Node(place) => {
                let differs = |entry: &Entry| entry.kind() != Kind::Equal && entry.sides() != (None, None);
                let mut after = self.list.entries().skip_while(|(at, _)| *at < place);
                after.find(|(_, entry)| differs(entry)).map(|(_, entry)| Arc::clone(entry))
            }
            row @ Row::Equal(..) => self.list.stretch(row).map(|stretch| Arc::new(Entry::Equal(stretch))),
            row @ Row::Inside(..) => self.list.inside_record(row).map(|held| Arc::new(Entry::same(held))),
            Row::Difference(place) | Row::More(place) => self.list.entry(place).map(Arc::clone),
        }
    }

    /// All differences that the filter lets through, with their places.
    fn differences(&self) -> impl Iterator<Item = (usize, Arc<Entry>)> {
        let shows = |place, kind| kind != Kind::Equal && self.list.lets_through(place, kind);
        let shown = self.list.entries().filter(move |(place, entry)| shows(*place, entry.kind()));
        shown.map(|(place, entry)| (place, Arc::clone(entry)))
    }

    /// Whether the keys go to the list, and not to another pane.
    fn list_has_keys(&self) -> bool {
        !self.split.inside
    }

    /// Lays out the layers anew.
    fn lay_out(&mut self) {
        self.visible.clear();
        Layers::lay_out(self);
        self.fit();
    }

    /// Fits cursors to the sizes of the lists.
    fn fit(&mut self) {
        let line = self.list.set_view(ValueView::of(self.shared.value_format), self.cursor.selected);
        self.cursor.select(line, self.list.len());
        self.cursor.set_height(usize::from(self.areas.list().height), self.list.len());
        self.fit_records();
        self.layers.fit(usize::from(overlay_inside(self.areas.body, self.areas.framed).height));
        self.fit_changes();
        self.fit_inspector();
    }
}
