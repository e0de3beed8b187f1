//! The screen of one tree: its state, what keys do to it, and how it is drawn.

mod columns;
mod copy;
mod draw;
mod folding;
mod going;
mod inspector;
mod jobs;
mod keys;
mod layout;
mod live;
mod marks;
mod report;
mod route;
mod search;
mod stepping;
mod table;
mod value;

use std::sync::Arc;

use file_mst::history::Version;
use file_mst::inspect::node::Node;
use file_mst::open::{Opened, RootSource, Typing};
use file_mst::{NodeKey, NodeRecord};
use ratatui::layout::Rect;

use crate::model::check::Checked;
use crate::model::diff::pair::Pair;
use crate::model::header::Header;
use crate::model::history::{self, History};
use crate::model::jump::Jump;
use crate::model::node::NodeReport;
use crate::model::outline::{NodeId, Outline, Row, Wanted};
use crate::model::places::DiffMarks;
use crate::runtime::input::keymap::{Keys, ScreenKind};
use crate::runtime::input::marks::Marks;
use crate::runtime::jobs::Task;
use crate::runtime::layers::{Layered, Layers};
use crate::runtime::list::ListCursor;
use crate::runtime::paint::Look;
use crate::runtime::screen::{OneSide, Shared, Shown, Start};
use crate::runtime::split::Split;
use crate::runtime::theme::Theme;
use crate::screens::keys_of;
use columns::RecordColumns;
use inspector::Inspector;
use jobs::NodeReader;
use layout::{Areas, ListKind};
use live::Live;
use marks::MarkedLine;
use route::OutlinePath;
use search::Searching;
use stepping::Stepping;
use table::Table;

/// Files of at most this size are counted without being asked, in bytes: that takes no noticeable time.
const COUNTED_UNASKED: u64 = 4 << 20;

/// The pane that has the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pane {
    /// The outline, or the table of records.
    Outline,
    Inspector,
}

/// How far the count of the whole tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Count {
    NotAsked,
    Running { records: u64, nodes: u64 },
    Done { records: u64, damaged: u64 },
}

/// A jump whose place is looked for.
#[derive(Debug)]
struct Seek {
    task: Task,
    /// The progress in words; empty at first.
    words: String,
}

/// The screen of one tree.
#[derive(Debug)]
pub(crate) struct TreeScreen {
    pub(crate) shared: Shared,
    pub(crate) header: Header,
    pub(crate) outline: Outline,
    pub(crate) cursor: ListCursor,
    pub(crate) records: ListCursor,
    pub(crate) focus: Pane,
    pub(crate) split: Split,
    pub(crate) inspector: Inspector,
    /// The table of records, while it is shown instead of the outline.
    pub(crate) table: Option<Table>,
    pub(crate) layers: Layers<Self>,
    pub(crate) typing: Typing,
    pub(crate) wrap: bool,
    pub(crate) count: Count,
    pub(crate) areas: Areas,
    pub(crate) columns: RecordColumns,
    pub(crate) file_len: u64,
    /// The check of this tree, as far as it went.
    pub(crate) checked: Checked,
    /// Where this tree differs from the one that it was compared with, if it was opened from there.
    pub(crate) marks: Option<Arc<DiffMarks>>,
    shown: Shown,
    /// The versions in the file, once they are known.
    history: Option<History>,
    /// The path that is still to be followed, down from a node.
    going: Option<(NodeId, OutlinePath)>,
    /// The places before the last jumps, and those that the user went back from.
    back: Vec<OutlinePath>,
    forward: Vec<OutlinePath>,
    /// The places that have letters.
    letters: Marks<MarkedLine>,
    /// The node to unfold next on the path to the first record, while the opening view is built.
    opening: Option<NodeId>,
    reader: NodeReader,
    counting: Option<Task>,
    seek: Option<Seek>,
    /// The last search in this tree.
    searching: Option<Searching>,
    /// Reads the versions for so many steps to newer versions, or to older ones if it is negative.
    step: Option<(Task, isize)>,
    retyping: Option<Task>,
    /// What happens to the file.
    live: Live,
    stepping: Option<Stepping>,
    /// The record that steps lead to, while the outline still reads the path there.
    stepped_to: Option<OutlinePath>,
}

impl Look for TreeScreen {
    fn theme(&self) -> Theme {
        self.shared.theme
    }

    fn framed(&self) -> bool {
        self.areas.framed
    }

    fn overlay(&self) -> Rect {
        self.areas.overlay
    }

    fn keys(&self) -> Keys {
        self.shared.input.keys
    }
}

impl Layered for TreeScreen {
    fn layers_mut(&mut self) -> &mut Layers<Self> {
        &mut self.layers
    }
}

impl TreeScreen {
    /// The opening view of a tree, unfolded along its first path so that the first records are visible.
    pub(crate) fn start(shown: Shown, start: Start) -> Self {
        let (area, counts_unasked) = (start.area, start.counts_unasked);
        let mut screen = Self::new(shown, Shared::new(keys_of(ScreenKind::Tree), start));
        if counts_unasked && screen.is_small() {
            screen.start_count();
        }
        screen.start_watch();
        if screen.shown.opened.root_source == RootSource::Likely {
            screen.ask_for_root();
        }
        screen.start_table();
        screen.resize(area);
        screen
    }

    /// One of two trees, at a key and with the places that differ.
    pub(crate) fn start_on_side(side: OneSide, start: Start) -> Self {
        let mut screen = Self::start(side.shown, start);
        screen.marks = Some(side.marks);
        if let Some(key) = side.key {
            screen.jump(Jump::Key(key));
        }
        screen
    }

    fn new(shown: Shown, shared: Shared) -> Self {
        let opened = &shown.opened;
        let mut outline = Outline::new(opened.tree.root_link());
        outline.unfold(NodeId::ROOT);
        Self {
            header: Header::new(&shown.file, opened),
            outline,
            cursor: ListCursor::default(),
            records: ListCursor::default(),
            focus: Pane::Outline,
            split: Split::default(),
            inspector: Inspector::default(),
            table: None,
            layers: Layers::default(),
            typing: opened.typing.clone(),
            wrap: true,
            count: Count::NotAsked,
            areas: Areas::default(),
            columns: RecordColumns::new(opened.typing.value.as_ref()),
            file_len: opened.tree.store().file_len().unwrap_or_default(),
            checked: Checked::default(),
            marks: None,
            history: None,
            going: None,
            back: Vec::new(),
            forward: Vec::new(),
            letters: Marks::default(),
            opening: Some(NodeId::ROOT),
            reader: NodeReader::start(opened, &shared.runner),
            counting: None,
            seek: None,
            searching: None,
            step: None,
            retyping: None,
            live: Live::default(),
            stepping: None,
            stepped_to: None,
            shared,
            shown,
        }
    }

    /// Shows another tree of the file. The settings of the user stay, and all tasks for the previous tree end.
    fn show(&mut self, opened: Opened) {
        let shown = Shown { opened, ..self.shown.clone() };
        let fresh = Self::new(shown, self.shared.clone());
        let previous = std::mem::replace(self, fresh);
        (self.wrap, self.areas, self.history) = (previous.wrap, previous.areas, previous.history);
        (self.letters, self.live) = (previous.letters, previous.live);
        self.split = previous.split;
        self.renew_table(previous.table);
    }

    /// Shows the tree of another version, with the cursor on the same key.
    fn show_version(&mut self, version: &Version) {
        let key = self.selected_key().map(|key| key.stored().to_vec());
        self.stop_following();
        self.show(self.shown.opened.version(version));
        self.shared.say(history::name(version));
        if let Some(key) = key.filter(|_| !self.has_filter()) {
            self.jump(Jump::Key(key));
        }
    }

    /// Shows the same tree under other types. The cursor stays in its place, and the layers stay open.
    fn show_types(&mut self, opened: Opened) {
        let (mut path, focus) = (self.path_of_cursor(), self.focus);
        if focus == Pane::Inspector {
            path.record = path.record.or(Some(self.records.selected));
        }
        let layers = std::mem::take(&mut self.layers);
        let (back, forward) = (std::mem::take(&mut self.back), std::mem::take(&mut self.forward));
        let was_counted = self.count != Count::NotAsked;
        self.show(opened);
        (self.layers, self.back, self.forward) = (layers, back, forward);
        if was_counted && self.is_small() {
            self.start_count();
        }
        if !self.has_filter() {
            self.follow(path);
        }
        self.focus = focus;
        Layers::refresh(self);
        self.resize(self.areas.whole);
        self.lay_out();
    }

    /// The records of the tree, if they were counted.
    fn counted_records(&self) -> Option<u64> {
        match self.count {
            Count::Done { records, damaged: 0 } => Some(records),
            _ => None,
        }
    }

    /// Whether the program counts this file without being asked.
    fn is_small(&self) -> bool {
        self.file_len <= COUNTED_UNASKED
    }

    /// The trees of two versions of the file.
    fn versions(&self, old: &Version, new: &Version) -> Pair {
        let Shown { file, path, opened } = &self.shown;
        let name = |version: &Version| match version.commit() {
            Some(commit) => format!("{file}#{}", commit.sequence),
            None => format!("{file}@{}", version.root.offset),
        };
        let place = |version: &Version| format!("{path}@{}:{}", version.root.offset, version.root.hash);
        let (left, right) = (opened.version(old), opened.version(new));
        Pair::new(left, right, [name(old), name(new)], [place(old), place(new)])
    }

    /// Takes in the size of the screen.
    pub(crate) fn resize(&mut self, area: Rect) {
        let width = self.areas.overlay.width;
        self.split.inside = self.focus == Pane::Inspector;
        self.areas = Areas::of(area, self.split, self.list_kind());
        if self.areas.overlay.width != width {
            self.lay_out();
        }
        self.fit();
    }

    /// The nodes that must be read to show the screen as it is, the most urgent one first.
    fn wanted(&mut self) -> Vec<Wanted> {
        let mut wanted = self.wanted_to_go();
        wanted.extend(self.outline.wanted(self.cursor.window(self.outline.rows().len())));
        // The last key of the tree is read once all visible lines are there.
        if wanted.is_empty() {
            wanted.extend(self.outline.wanted_at_end());
        }
        wanted
    }

    /// Takes in what was read of a node.
    fn loaded(&mut self, id: NodeId, report: NodeReport) {
        let selected = self.selected_row();
        self.outline.loaded(id, report);
        if self.opening == Some(id) {
            self.opening = self.first_child(id);
            if let Some(child) = self.opening {
                self.outline.unfold(child);
            }
        }
        // Rows that came in above must not move the cursor to another line.
        if let Some(at) = selected.and_then(|row| self.outline.rows().iter().position(|other| *other == row)) {
            self.cursor.select(at, self.outline.rows().len());
        }
        self.go_on();
        self.fit();
    }

    fn first_child(&self, id: NodeId) -> Option<NodeId> {
        let at = self.outline.row_of(id)?;
        match self.outline.rows().get(at + 1)? {
            Row::Node(child) if self.outline.entry(*child).depth > self.outline.entry(id).depth => Some(*child),
            _ => None,
        }
    }

    fn list_kind(&self) -> ListKind {
        match (&self.table, self.columns.has_fields()) {
            (Some(_), _) => ListKind::Table,
            (None, true) => ListKind::OutlineWithFields,
            (None, false) => ListKind::Outline,
        }
    }

    /// The row under the cursor.
    pub(crate) fn selected_row(&self) -> Option<Row> {
        self.outline.rows().get(self.cursor.selected).copied()
    }

    /// The node under the cursor, or the one that holds the record under it.
    pub(crate) fn selected_node(&self) -> NodeId {
        self.selected_row().map_or(NodeId::ROOT, Row::node)
    }

    /// The same node, as read.
    pub(crate) fn shown_node(&self) -> Option<&Arc<Node>> {
        self.outline.entry(self.selected_node()).node()
    }

    /// The key that the cursor of the focused pane is on.
    pub(crate) fn selected_key(&self) -> Option<NodeKey> {
        match self.focus {
            Pane::Inspector if self.inspected_key().is_none() && !self.has_table() => {
                NodeKey::new(Arc::clone(self.shown_node()?), self.records.selected)
            }
            Pane::Outline | Pane::Inspector => self.inspected_key(),
        }
    }

    /// The same key with its value; none where the value cannot be told from the others of its node.
    pub(crate) fn selected_record(&self) -> Option<NodeRecord> {
        self.selected_key()?.record()
    }

    /// The keys of the first and the last visible record of the outline.
    fn visible_keys(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let key = |key: NodeKey| key.stored().to_vec();
        if let Some(table) = &self.table {
            let mut keys = table.window().filter_map(|at| table.rows.get(at)?.key().cloned());
            let first = key(keys.next()?);
            return Some((first.clone(), keys.next_back().map_or(first, key)));
        }
        let rows = self.outline.rows().get(self.cursor.window(self.outline.rows().len()))?;
        let mut keys = rows.iter().filter_map(|row| self.outline.key(*row));
        let first = key(keys.next()?);
        let last = keys.next_back().map_or_else(|| first.clone(), key);
        Some((first, last))
    }

    /// Fits cursors to the sizes of the lists and panes.
    fn fit(&mut self) {
        let height = |area: Rect| usize::from(area.height);
        self.cursor.set_height(height(self.areas.outline_inside()), self.outline.rows().len());
        self.fit_columns();
        let records = self.shown_node().map_or(0, |node| node.key_count());
        self.records.set_height(height(self.areas.records_inside()), records);
        self.fit_table();
        self.fit_inspector();
        self.layers.fit(height(self.areas.overlay_inside()));
    }

    /// Lays out the layers anew.
    fn lay_out(&mut self) {
        Layers::lay_out(self);
        self.fit();
    }
}
