//! The state of the program and how actions change it. No terminal, no file: what must be read is asked for.

use std::sync::Arc;

use file_mst::node::Node;
use file_mst::open::{Opened, Typing};
use file_mst::schema::escape_text;
use file_mst::tree::{NodeKey, NodeRecord};
use ratatui::layout::Rect;

use crate::model::check::Checked;
use crate::model::header::Header;
use crate::model::item::ItemFormat;
use crate::model::jump::Jump;
use crate::model::node::NodeReport;
use crate::model::outline::{NodeId, Outline, Row, Wanted};
use crate::model::places::Drifted;
use crate::model::representation::{Aspect, Sight};
use crate::model::value::Page;
use crate::reports::report as view;
use crate::runtime::COUNTED_UNASKED;
use crate::runtime::action::Action;
use crate::runtime::commands::Order;
use crate::runtime::help;
use crate::runtime::input::Input;
use crate::runtime::keymap::Screen;
use crate::runtime::layers::{Layer, Over};
use crate::runtime::list::{ListCursor, move_cursor};
use crate::runtime::prompt::{Prompt, Purpose};
use crate::runtime::report::{Deed, ReportView};
use crate::runtime::stack::Wish;
use crate::runtime::theme::Theme;
use crate::screens::browse::layout::Areas;
use crate::screens::browse::retype::{self, Retype};
use crate::screens::browse::route::Spot;
use crate::screens::browse::search;

mod copy;
mod folding;
mod going;
mod reports;

pub(crate) use copy::offer;

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
    Report(ReportView),
}

impl Layer for Overlay {
    fn len(&self) -> usize {
        match self {
            Self::Help(_) => help::lines(Screen::Browse).len(),
            Self::Value(view) => view.len(),
            Self::Report(view) => Layer::len(view),
        }
    }

    fn cursor(&mut self) -> &mut ListCursor {
        match self {
            Self::Help(cursor) => cursor,
            Self::Value(view) => &mut view.cursor,
            Self::Report(view) => &mut view.cursor,
        }
    }

    fn selects(&self) -> bool {
        matches!(self, Self::Report(_))
    }
}

/// A value in full.
#[derive(Debug)]
pub(crate) struct ValueView {
    pub(crate) record: NodeRecord,
    /// What is wrong with its bytes, above the page.
    pub(crate) notes: Vec<String>,
    pub(crate) page: Page,
    /// What the page shows of the value, and what else it could.
    pub(crate) sight: Option<Sight>,
    pub(crate) cursor: ListCursor,
}

impl ValueView {
    /// How many lines it takes.
    pub(crate) fn len(&self) -> usize {
        self.notes.len() + self.page.len()
    }
}

/// How far the count of the whole tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Count {
    NotAsked,
    Running { records: u64, nodes: u64 },
    Done { records: u64, damaged: u64 },
}

/// A place that is looked for.
#[derive(Clone, Debug, Default)]
pub(crate) enum Seek {
    #[default]
    Idle,
    /// Wanted; nobody looks so far.
    Jump(Jump),
    Search(Box<search::Wanted>),
    /// How far that is, in words.
    Running(String),
}

/// A step to the version before the shown one, or behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    pub(crate) older: bool,
}

/// The state of the program.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) header: Header,
    pub(crate) outline: Outline,
    pub(crate) cursor: ListCursor,
    pub(crate) records: ListCursor,
    pub(crate) focus: Pane,
    pub(crate) over: Over<Overlay>,
    pub(crate) input: Input,
    pub(crate) typing: Typing,
    pub(crate) key_format: ItemFormat,
    pub(crate) value_format: ItemFormat,
    /// How values are looked at, where that makes sense for them.
    pub(crate) aspect: Option<Aspect>,
    pub(crate) wrap: bool,
    pub(crate) count: Count,
    pub(crate) seek: Seek,
    /// A step in time that is wanted.
    pub(crate) step: Option<Step>,
    pub(crate) theme: Theme,
    pub(crate) areas: Areas,
    pub(crate) file_len: u64,
    /// The check of this tree, as far as it went.
    pub(crate) checked: Checked,
    /// Where this tree differs from the one that it was compared with, if it was shown from there.
    pub(crate) drifted: Option<Arc<Drifted>>,
    /// What is asked of the program.
    pub(crate) wish: Option<Wish>,
    /// The file as the user named it.
    path: String,
    /// The views that were opened so far.
    tickets: u64,
    /// What was looked for last.
    searched: Option<String>,
    /// The way to go on, down from a node.
    going: Option<(NodeId, Spot)>,
    /// Where jumps began, and what one went back from.
    behind: Vec<Spot>,
    ahead: Vec<Spot>,
    // The node to unfold next on the way to the first record, while the opening view is built.
    opening: Option<NodeId>,
}

impl App {
    /// The opening view of a tree: unfolded along its first path, so that the first records are in sight.
    pub(crate) fn new(file: &str, path: &str, opened: &Opened, theme: Theme) -> Self {
        let mut outline = Outline::new(opened.tree.root_link());
        outline.unfold(NodeId::ROOT);
        Self {
            header: Header::new(file, opened),
            outline,
            cursor: ListCursor::default(),
            records: ListCursor::default(),
            focus: Pane::Outline,
            over: Over::default(),
            input: Input::new(Screen::Browse),
            typing: opened.typing.clone(),
            key_format: ItemFormat::Auto,
            value_format: ItemFormat::Auto,
            aspect: None,
            wrap: true,
            count: Count::NotAsked,
            seek: Seek::Idle,
            step: None,
            theme,
            areas: Areas::default(),
            file_len: opened.tree.store().file_len().unwrap_or_default(),
            checked: Checked::default(),
            drifted: None,
            wish: None,
            path: path.to_owned(),
            tickets: 0,
            searched: None,
            going: None,
            behind: Vec::new(),
            ahead: Vec::new(),
            opening: Some(NodeId::ROOT),
        }
    }

    /// Shows the tree of another commit. What the user chose stays.
    pub(crate) fn show(&mut self, file: &str, opened: &Opened) {
        let Self { key_format, value_format, aspect, wrap, areas, tickets, .. } = *self;
        let (path, input, searched) = (self.path.clone(), self.input.clone(), self.searched.clone());
        let fresh = Self::new(file, &path, opened, self.theme);
        *self = Self { key_format, value_format, aspect, wrap, areas, tickets, input, searched, ..fresh };
    }

    /// Shows the tree of another version, with the cursor on the key on which it is.
    pub(crate) fn show_version(&mut self, file: &str, opened: &Opened, words: String) {
        let key = self.selected_key().map(|key| key.stored().to_vec());
        self.show(file, opened);
        self.input.say(words);
        if let Some(key) = key {
            self.seek = Seek::Jump(Jump::Key(key));
        }
    }

    /// Shows the same tree under other types: what was looked at stays in sight, with what lies over it.
    pub(crate) fn show_types(&mut self, file: &str, opened: &Opened) {
        let (mut spot, focus) = (self.spot(), self.focus);
        if focus == Pane::Records {
            spot.record = Some(self.records.selected);
        }
        let over = std::mem::take(&mut self.over);
        let (behind, ahead) = (std::mem::take(&mut self.behind), std::mem::take(&mut self.ahead));
        let was_counted = self.count != Count::NotAsked;
        self.show(file, opened);
        (self.over, self.behind, self.ahead) = (over, behind, ahead);
        if was_counted && self.file_len <= COUNTED_UNASKED {
            self.count = Count::Running { records: 0, nodes: 0 };
        }
        if let Some(Overlay::Report(report)) = self.over.get() {
            let (view, argument) = (report.view, report.argument.clone());
            self.open_view(view, argument);
        }
        self.go_along(spot);
        self.focus = focus;
        self.resize(self.areas.whole);
        self.lay_out_value();
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
        let mut wanted = self.wanted_to_go();
        wanted.extend(self.outline.wanted(self.cursor.window(self.outline.rows().len())));
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

    /// The key that the cursor of the pane with the keys is on.
    pub(crate) fn selected_key(&self) -> Option<NodeKey> {
        match self.focus {
            Pane::Outline => self.outline.key(self.selected_row()?),
            Pane::Records => NodeKey::new(Arc::clone(self.shown_node()?), self.records.selected),
        }
    }

    /// The same with its value; none where that is not told apart.
    pub(crate) fn selected_record(&self) -> Option<NodeRecord> {
        self.selected_key()?.record()
    }

    /// A key was pressed, by its name in the keymap.
    pub(crate) fn key(&mut self, name: String) {
        if let Some(order) = self.input.key(name) {
            self.obey(order);
        }
    }

    /// Does what was told.
    pub(crate) fn obey(&mut self, order: Order) {
        match order {
            Order::Do(action) => self.update(action),
            Order::Go(place) => self.look_for(place),
            Order::View(view, argument) => self.open_view(view, argument),
            Order::Open(name) => self.wish = Some(Wish::Open(name)),
            Order::Diff(name) => self.wish = Some(Wish::Diff(name)),
            Order::Types(types) => self.wish = Some(Wish::Types(types)),
            Order::Search(text) => self.search(Some(text), true),
            Order::Export(_) => self.input.say("there is nothing to export here"),
        }
        self.resize(self.areas.whole);
    }

    /// Does what an action says.
    pub(crate) fn update(&mut self, action: Action) {
        match action {
            Action::Exit => self.wish = Some(Wish::Exit),
            Action::Suspend => self.wish = Some(Wish::Suspend),
            Action::Help => {
                self.over.toggle(|over| matches!(over, Overlay::Help(_)), || Overlay::Help(ListCursor::default()));
            }
            Action::View(name) => {
                let is_open = matches!(self.over.get(), Some(Overlay::Report(open)) if open.view.name == name);
                match view(name) {
                    Some(view) if !is_open => self.open_view(view, String::new()),
                    _ => _ = self.over.close(),
                }
            }
            Action::CycleKeyFormat => self.key_format = self.key_format.next_of_keys(),
            Action::CycleValueFormat => {
                self.value_format = self.value_format.next_of_values();
                self.aspect = None;
            }
            Action::CycleAspect => self.cycle_aspect(),
            Action::NextTypes => {
                let entry = self.outline.entry(self.selected_node());
                let is_misfit = entry.report.as_ref().is_some_and(|report| report.misfit);
                let types = if is_misfit { Retype::Fitting(entry.link) } else { Retype::Next };
                self.wish = Some(Wish::Types(types));
            }
            Action::EditTypes => {
                let line = format!("types {}", retype::written(&self.typing));
                self.input.prompt = Some(Prompt::new(Purpose::Command, &line));
            }
            Action::ToggleWrap => self.wrap = !self.wrap,
            Action::Older => self.step = Some(Step { older: true }),
            Action::Newer => self.step = Some(Step { older: false }),
            Action::Count => self.count = Count::Running { records: 0, nodes: 0 },
            Action::Quit if !self.over.close() => self.wish = Some(Wish::Leave),
            Action::Quit => {}
            Action::Cancel => self.cancel(),
            Action::Copy(part) => self.copy(part),
            action if self.over.is_open() => self.update_overlay(action),
            action => self.update_panes(action),
        }
        self.resize(self.areas.whole);
        if matches!(action, Action::CycleValueFormat | Action::CycleAspect | Action::ToggleWrap) {
            self.lay_out_value();
        }
    }

    /// Ends what lies on top: a view that is being computed stays as far as it is.
    fn cancel(&mut self) {
        let stopped = match self.over.get_mut() {
            Some(Overlay::Report(view)) => view.stop(),
            _ => false,
        };
        if stopped {
            self.input.say("stopped; r goes on, Esc again closes the view");
        } else if self.over.close() {
            // Nothing else is ended by the same key.
        } else if !matches!(self.seek, Seek::Idle) {
            self.seek = Seek::Idle;
            self.input.say("stopped");
        } else if matches!(self.count, Count::Running { .. }) {
            self.count = Count::NotAsked;
            self.input.say("count cancelled");
        }
    }

    fn update_overlay(&mut self, action: Action) {
        match (self.over.get_mut(), action) {
            (Some(Overlay::Report(_)), Action::Again) => self.view_again(),
            (Some(Overlay::Report(view)), action) => {
                let at = view.cursor.selected;
                let Some(report) = &mut view.report else {
                    if action == Action::Out {
                        self.over.close();
                    }
                    return;
                };
                match (report.act(action, at), action) {
                    (Some(Deed::Select(line)), _) => {
                        let len = report.len();
                        view.cursor.select(line, len);
                    }
                    (Some(deed), _) => self.perform(deed),
                    (None, Action::Open | Action::In) => {
                        if let Some(jump) = report.enter(at) {
                            self.perform(Deed::Jump(jump));
                        }
                    }
                    (None, Action::Out) => _ = self.over.close(),
                    (None, action) => self.over.steer(action),
                }
            }
            (Some(_), Action::Open | Action::Out) => _ = self.over.close(),
            (_, action) => self.over.steer(action),
        }
    }

    fn perform(&mut self, deed: Deed) {
        match deed {
            // A line is selected where it is said.
            Deed::Drawn | Deed::Select(_) => {}
            Deed::Say(words) => self.input.say(escape_text(&words)),
            Deed::Compare(old, new) => self.wish = Some(Wish::Compare(old, new)),
            Deed::Jump(Jump::Version(version)) => self.wish = Some(Wish::Version(version)),
            Deed::Jump(jump) => {
                self.over.close();
                self.seek = Seek::Jump(jump);
            }
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
            (Action::SearchNext, _) => self.search(None, true),
            (Action::SearchPrevious, _) => self.search(None, false),
            (Action::Back, _) => self.go_back(),
            (Action::Forward, _) => self.go_forward(),
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
            let (page, notes, cursor) = (Page::Text(Vec::new()), Vec::new(), ListCursor::default());
            self.over.open(Overlay::Value(ValueView { record, notes, page, sight: None, cursor }));
            self.lay_out_value();
        } else if self.selected_key().is_some() {
            self.input.say("where the value ends among those of its node is unknown: T gives its type");
        } else if self.focus == Pane::Outline {
            self.toggle_fold();
        }
    }

    /// Fits cursors to the sizes of the lists and panes.
    fn fit(&mut self) {
        let height = |area: Rect| usize::from(area.height);
        self.cursor.set_height(height(self.areas.outline_inside()), self.outline.rows().len());
        let records = self.shown_node().map_or(0, |node| node.key_count());
        self.records.set_height(height(self.areas.records_inside()), records);
        self.over.fit(height(self.areas.overlay_inside()));
    }

    fn cycle_aspect(&mut self) {
        match self.over.get() {
            Some(Overlay::Value(view)) => self.aspect = view.sight.as_ref().and_then(Sight::next),
            _ => self.input.say("open a value first: Enter on a record"),
        }
    }

    /// Lays out the open value, if one is open.
    fn lay_out_value(&mut self) {
        let width = usize::from(self.areas.overlay_inside().width);
        if let Some(Overlay::Value(view)) = self.over.get_mut() {
            let ty = self.typing.value.as_ref();
            let mut sight = Sight::new(view.record.bytes().value, ty, self.value_format, self.aspect);
            let page = std::mem::replace(&mut sight.page, Page::Text(Vec::new()));
            view.page = page.fit(width, self.wrap);
            view.notes = match Page::Text(std::mem::take(&mut sight.notes)).fit(width, self.wrap) {
                Page::Text(lines) => lines,
                Page::Hex(_) => Vec::new(),
            };
            view.sight = Some(sight);
        }
        self.fit();
    }
}
