//! The state of the program and how actions change it. No terminal, no file: what must be read is asked for.

use std::sync::Arc;

use file_mst::node::Node;
use file_mst::open::{Opened, Typing};
use file_mst::store::Commit;
use file_mst::tree::NodeRecord;
use ratatui::layout::Rect;

use super::action::Action;
use super::keymap::{self, Screen};
use super::layout::Areas;
use super::list::{ListCursor, move_cursor, scroll};
use super::theme::Theme;
use super::views::help;
use crate::view::header::Header;
use crate::view::history::History;
use crate::view::item::ItemFormat;
use crate::view::node::NodeReport;
use crate::view::outline::{NodeId, Outline, Row, Wanted};
use crate::view::value::Page;

/// Which pane has the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pane {
    Outline,
    Records,
}

/// What lies over the panes.
#[derive(Debug)]
pub(crate) enum Overlay {
    Help(ListCursor),
    Value(ValueView),
    History(HistoryView),
}

/// A value in full.
#[derive(Debug)]
pub(crate) struct ValueView {
    pub(crate) record: NodeRecord,
    pub(crate) page: Page,
    pub(crate) cursor: ListCursor,
}

/// The commits of the file.
#[derive(Debug)]
pub(crate) struct HistoryView {
    pub(crate) history: History,
    pub(crate) cursor: ListCursor,
}

/// How far the count of the whole tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Count {
    NotAsked,
    Running { records: u64, nodes: u64 },
    Done { records: u64, damaged: u64 },
}

/// The state of the program.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) header: Header,
    pub(crate) outline: Outline,
    pub(crate) cursor: ListCursor,
    pub(crate) records: ListCursor,
    pub(crate) focus: Pane,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) typing: Typing,
    pub(crate) key_format: ItemFormat,
    pub(crate) value_format: ItemFormat,
    pub(crate) wrap: bool,
    pub(crate) count: Count,
    /// Keys of a sequence that is not complete.
    pub(crate) typed: Vec<String>,
    /// One line for the user, until the next key.
    pub(crate) message: Option<String>,
    pub(crate) theme: Theme,
    pub(crate) areas: Areas,
    pub(crate) file_len: u64,
    pub(crate) quit: bool,
    pub(crate) suspend: bool,
    /// The commit whose tree is to be shown instead.
    pub(crate) go_to_commit: Option<Commit>,
    // The node to unfold next on the way to the first record, while the opening view is built.
    opening: Option<NodeId>,
}

impl App {
    /// The opening view of a tree: unfolded along its first path, so that the first records are in sight.
    pub(crate) fn new(file: &str, opened: &Opened, theme: Theme) -> Self {
        let mut outline = Outline::new(opened.tree.root_link());
        outline.unfold(NodeId::ROOT);
        Self {
            header: Header::new(file, opened),
            outline,
            cursor: ListCursor::default(),
            records: ListCursor::default(),
            focus: Pane::Outline,
            overlay: None,
            typing: opened.typing.clone(),
            key_format: ItemFormat::Auto,
            value_format: ItemFormat::Auto,
            wrap: true,
            count: Count::NotAsked,
            typed: Vec::new(),
            message: None,
            theme,
            areas: Areas::default(),
            file_len: opened.tree.store().file_len().unwrap_or_default(),
            quit: false,
            suspend: false,
            go_to_commit: None,
            opening: Some(NodeId::ROOT),
        }
    }

    /// Shows the tree of another commit. What the user chose stays.
    pub(crate) fn show(&mut self, file: &str, opened: &Opened) {
        let Self { key_format, value_format, wrap, areas, .. } = *self;
        *self = Self { key_format, value_format, wrap, areas, ..Self::new(file, opened, self.theme) };
    }

    /// Whether the commits of the file are wanted.
    pub(crate) fn wants_history(&self) -> bool {
        matches!(&self.overlay, Some(Overlay::History(HistoryView { history: History::Loading, .. })))
    }

    /// Takes in the commits of the file, if someone still looks. The cursor starts on the one that is shown.
    pub(crate) fn history_loaded(&mut self, loaded: History) {
        let shown = |commit: &Commit| commit.root.hash == self.header.root_hash;
        if let Some(Overlay::History(view)) = &mut self.overlay {
            let at = loaded.commits().iter().position(shown).unwrap_or(0);
            view.history = loaded;
            view.cursor.select(at, view.history.len());
        }
        self.fit();
    }

    /// Takes in the size of the screen.
    pub(crate) fn resize(&mut self, area: Rect) {
        let width = self.areas.overlay.width;
        self.areas = Areas::of(area, self.focus);
        if self.areas.overlay.width != width {
            self.lay_out_value();
        }
        self.fit();
    }

    /// What must be read to show the screen as it stands, the most urgent first.
    pub(crate) fn wanted(&mut self) -> Vec<Wanted> {
        let mut wanted = self.outline.wanted(self.cursor.window(self.outline.rows().len()));
        // The last key of the tree, once all that is in sight is there.
        if wanted.is_empty() {
            wanted.extend(self.outline.wanted_at_end());
        }
        wanted
    }

    /// Takes in what was read of a node.
    pub(crate) fn loaded(&mut self, id: NodeId, report: NodeReport) {
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
        self.fit();
    }

    fn first_child(&self, id: NodeId) -> Option<NodeId> {
        let at = self.outline.row_of(id)?;
        match self.outline.rows().get(at + 1)? {
            Row::Node(child) if self.outline.entry(*child).depth > self.outline.entry(id).depth => Some(*child),
            _ => None,
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

    /// The same, as read.
    pub(crate) fn shown_node(&self) -> Option<&Arc<Node>> {
        self.outline.entry(self.selected_node()).node()
    }

    /// The record that the cursor of the pane with the keys is on.
    pub(crate) fn selected_record(&self) -> Option<NodeRecord> {
        match self.focus {
            Pane::Outline => self.outline.record(self.selected_row()?),
            Pane::Records => NodeRecord::new(Arc::clone(self.shown_node()?), self.records.selected),
        }
    }

    /// A key was pressed, by its name in the keymap.
    pub(crate) fn key(&mut self, name: String) {
        if let Some(action) = keymap::take(&mut self.typed, &mut self.message, name, Screen::Browse) {
            self.update(action);
        }
    }

    /// Does what an action says.
    pub(crate) fn update(&mut self, action: Action) {
        match action {
            Action::Exit => self.quit = true,
            Action::Suspend => self.suspend = true,
            Action::Help => {
                self.overlay = match self.overlay {
                    Some(Overlay::Help(_)) => None,
                    _ => Some(Overlay::Help(ListCursor::default())),
                };
            }
            Action::History => {
                self.overlay = match self.overlay {
                    Some(Overlay::History(_)) => None,
                    _ => {
                        Some(Overlay::History(HistoryView { history: History::Loading, cursor: ListCursor::default() }))
                    }
                };
            }
            Action::CycleKeyFormat => self.key_format = self.key_format.next(),
            Action::CycleValueFormat => self.value_format = self.value_format.next(),
            Action::ToggleWrap => self.wrap = !self.wrap,
            Action::Count => self.count = Count::Running { records: 0, nodes: 0 },
            Action::Quit if self.overlay.is_some() => self.overlay = None,
            Action::Quit => self.quit = true,
            Action::Cancel => self.cancel(),
            action => match self.overlay {
                Some(_) => self.update_overlay(action),
                None => self.update_panes(action),
            },
        }
        self.resize(self.areas.whole);
        if matches!(action, Action::CycleValueFormat | Action::ToggleWrap) {
            self.lay_out_value();
        }
    }

    fn cancel(&mut self) {
        if self.overlay.is_some() {
            self.overlay = None;
        } else if matches!(self.count, Count::Running { .. }) {
            self.count = Count::NotAsked;
            self.message = Some("count cancelled".to_owned());
        }
    }

    fn update_overlay(&mut self, action: Action) {
        if let Some(Overlay::History(view)) = &mut self.overlay {
            match action {
                Action::Open | Action::In => {
                    self.go_to_commit = view.history.commits().get(view.cursor.selected).cloned()
                }
                Action::Out => self.overlay = None,
                action => move_cursor(&mut view.cursor, action, view.history.len()),
            }
            return;
        }
        let Some((cursor, len)) = self.overlay_cursor() else { return };
        match action {
            Action::Open | Action::Out => self.overlay = None,
            action => scroll(cursor, action, len),
        }
    }

    fn update_panes(&mut self, action: Action) {
        match (action, self.focus) {
            (Action::NextPane | Action::PreviousPane, Pane::Outline) => self.focus = Pane::Records,
            (Action::NextPane | Action::PreviousPane, Pane::Records) | (Action::Out, Pane::Records) => {
                self.focus = Pane::Outline;
            }
            (Action::Open | Action::In, Pane::Records) => self.open(),
            (Action::Open, Pane::Outline) => self.open(),
            (Action::GoParent, _) => self.go_to(self.node_above()),
            (Action::GoRoot, _) => self.go_to(Some(NodeId::ROOT)),
            (Action::In, Pane::Outline) => self.go_in(),
            (Action::Out, Pane::Outline) => self.go_out(),
            (Action::ToggleFold, _) => self.toggle_fold(),
            (action, Pane::Outline) => {
                let node = self.selected_node();
                move_cursor(&mut self.cursor, action, self.outline.rows().len());
                if self.selected_node() != node {
                    self.records = ListCursor::default();
                }
                if let Some(Row::Record(_, index)) = self.selected_row() {
                    self.records.selected = index;
                }
            }
            (action, Pane::Records) => {
                let len = self.shown_node().map_or(0, |node| node.key_count());
                move_cursor(&mut self.records, action, len);
            }
        }
    }

    fn open(&mut self) {
        if let Some(record) = self.selected_record() {
            let page = Page::Text(Vec::new());
            self.overlay = Some(Overlay::Value(ValueView { record, page, cursor: ListCursor::default() }));
            self.lay_out_value();
        } else if self.focus == Pane::Outline {
            self.toggle_fold();
        }
    }

    fn go_to(&mut self, id: Option<NodeId>) {
        let Some(at) = id.and_then(|id| self.outline.row_of(id)) else { return };
        self.focus = Pane::Outline;
        self.records = ListCursor::default();
        self.cursor.select(at, self.outline.rows().len());
    }

    fn go_in(&mut self) {
        let Some(Row::Node(id)) = self.selected_row() else { return self.focus = Pane::Records };
        if self.outline.entry(id).unfolded {
            move_cursor(&mut self.cursor, Action::Down, self.outline.rows().len());
        } else {
            self.unfold(id);
        }
    }

    fn go_out(&mut self) {
        match self.selected_row() {
            Some(Row::Node(id)) if self.outline.entry(id).unfolded => self.fold(id),
            _ => self.go_to(self.node_above()),
        }
    }

    /// The node that the line under the cursor hangs on.
    fn node_above(&self) -> Option<NodeId> {
        match self.selected_row()? {
            Row::Node(id) => self.outline.entry(id).parent.map(|(parent, _)| parent),
            Row::Record(id, _) | Row::Gap(id, _) => Some(id),
        }
    }

    fn toggle_fold(&mut self) {
        let id = self.selected_node();
        if self.outline.entry(id).unfolded {
            self.fold(id);
        } else {
            self.unfold(id);
        }
    }

    fn unfold(&mut self, id: NodeId) {
        self.opening = None;
        self.outline.unfold(id);
        if self.outline.entry(id).is_damaged() && !self.outline.entry(id).unfolded {
            self.message = Some("this node cannot be unfolded: see why beside it".to_owned());
        }
    }

    fn fold(&mut self, id: NodeId) {
        self.opening = None;
        self.go_to(Some(id));
        self.outline.fold(id);
    }

    /// Fits cursors to the sizes of the lists and panes.
    fn fit(&mut self) {
        let height = |area: Rect| usize::from(area.height);
        self.cursor.set_height(height(self.areas.outline_inside()), self.outline.rows().len());
        let records = self.shown_node().map_or(0, |node| node.key_count());
        self.records.set_height(height(self.areas.records_inside()), records);
        let inside = self.areas.overlay_inside();
        let selects = matches!(self.overlay, Some(Overlay::History(_)));
        if let Some((cursor, len)) = self.overlay_cursor() {
            cursor.set_height(height(inside), len);
            if !selects {
                cursor.scroll_by(0, len);
            }
        }
    }

    fn overlay_cursor(&mut self) -> Option<(&mut ListCursor, usize)> {
        match &mut self.overlay {
            Some(Overlay::Help(cursor)) => Some((cursor, help::lines(Screen::Browse).len())),
            Some(Overlay::Value(view)) => Some((&mut view.cursor, view.page.len())),
            Some(Overlay::History(view)) => Some((&mut view.cursor, view.history.len())),
            None => None,
        }
    }

    /// Lays out the open value, if one is open.
    fn lay_out_value(&mut self) {
        let width = usize::from(self.areas.overlay_inside().width);
        if let Some(Overlay::Value(view)) = &mut self.overlay {
            let ty = self.typing.value.as_ref();
            view.page = Page::new(view.record.bytes().value, ty, self.value_format).fit(width, self.wrap);
        }
        self.fit();
    }
}
