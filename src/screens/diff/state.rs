//! The state of the screen of two trees and how actions change it. No terminal, no file.

mod leaving;

use std::sync::Arc;

use file_mst::diff::Side;
use ratatui::layout::Rect;

use crate::model::diff::detail::{Detail, detail};
use crate::model::diff::entry::{Entry, Kind, Stretch};
use crate::model::diff::inside::Page;
use crate::model::diff::list::{Batch, Filter, Found, Progress, Row};
use crate::model::diff::pair::Pair;
use crate::model::diff::search::Search;
use crate::model::diff::summary::Summary;
use crate::model::diff::verdict::{Compared, certainty, conclusion};
use crate::model::diff::why::Why;
use crate::model::item::ItemFormat;
use crate::model::representation::Aspect;
use crate::model::text::count;
use crate::runtime::action::Action;
use crate::runtime::commands::Order;
use crate::runtime::input::Input;
use crate::runtime::keymap::Screen;
use crate::runtime::layers::Over;
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::{ListCursor, move_cursor};
use crate::runtime::paint::Look;
use crate::runtime::prompt::{Prompt, Purpose};
use crate::runtime::stack::Wish;
use crate::runtime::theme::Theme;
use crate::screens::diff::layout::DriftAreas;
use crate::screens::diff::over::{FieldsView, Overlay, RecordView, WhyView};

/// How far one key scrolls sideways, and how far one can get, in columns.
const SIDEWAYS: usize = 8;
const FARTHEST: usize = 4096;

/// The state of the screen.
#[derive(Debug)]
pub(crate) struct DriftApp {
    pub(crate) pair: Arc<Pair>,
    /// Whether equal hashes mean equal records in the two trees.
    pub(crate) same_rule: bool,
    pub(crate) found: Found,
    pub(crate) cursor: ListCursor,
    pub(crate) over: Over<Overlay>,
    pub(crate) input: Input,
    pub(crate) key_format: ItemFormat,
    pub(crate) value_format: ItemFormat,
    /// How values are looked at, where that makes sense for them.
    pub(crate) aspect: Option<Aspect>,
    /// The columns that are scrolled off at the left of both sides.
    pub(crate) sideways: usize,
    /// One list instead of two sides; as the width says unless the user said so.
    pub(crate) unified: Option<bool>,
    pub(crate) theme: Theme,
    pub(crate) areas: DriftAreas,
    /// What is asked of the program.
    pub(crate) wish: Option<Wish>,
    /// The file to which what is shown is to be written.
    pub(crate) export: Option<String>,
    /// What is looked for, and what was looked for last.
    pub(crate) seek: Option<Search>,
    searched: Option<String>,
    /// Whether an export or a search runs that Esc ends.
    pub(crate) busy: bool,
}

impl Look for DriftApp {
    fn theme(&self) -> Theme {
        self.theme
    }

    fn framed(&self) -> bool {
        self.areas.framed
    }

    fn overlay(&self) -> Rect {
        self.areas.body
    }

    fn screen(&self) -> Screen {
        Screen::Drift
    }
}

impl DriftApp {
    /// Two trees of which nothing was compared so far.
    pub(crate) fn new(pair: Arc<Pair>, theme: Theme) -> Self {
        let same_rule = pair.diff().is_none_or(|diff| diff.prunes());
        Self {
            pair,
            same_rule,
            found: Found::new(),
            cursor: ListCursor::default(),
            over: Over::default(),
            input: Input::new(Screen::Drift),
            key_format: ItemFormat::Auto,
            value_format: ItemFormat::Auto,
            aspect: None,
            sideways: 0,
            unified: None,
            theme,
            areas: DriftAreas::default(),
            wish: None,
            export: None,
            seek: None,
            searched: None,
            busy: false,
        }
    }

    /// Takes in what was found next; nothing more once the user has stopped it.
    pub(crate) fn take(&mut self, batch: Batch) {
        if matches!(self.found.progress, Progress::Running | Progress::Done) {
            self.found.take(batch);
            self.fit();
        }
    }

    /// How the trees were compared, once all is.
    pub(crate) fn compared(&self) -> Compared {
        let by_value = self.pair.comparison.is_by_value();
        Compared { stopped: false, misfits: self.found.misfits, same_rule: self.same_rule, by_value, ranged: false }
    }

    /// Takes in that the comparison failed.
    pub(crate) fn not_compared(&mut self, why: &str) {
        if self.found.progress == Progress::Running {
            self.found.progress = Progress::Failed;
            self.input.say(format!("not all was compared: {why}"));
        }
    }

    /// Takes in the size of the screen.
    pub(crate) fn resize(&mut self, area: Rect) {
        let width = self.areas.body.width;
        self.areas = DriftAreas::of(area, self.unified);
        if self.areas.body.width != width {
            self.lay_out();
        }
        self.fit();
    }

    /// The difference under the cursor.
    pub(crate) fn selected(&self) -> Option<&Arc<Entry>> {
        self.found.difference(self.cursor.selected)
    }

    fn selected_row(&self) -> Option<Row> {
        self.found.row(self.cursor.selected)
    }

    /// A key was pressed, by its name in the keymap.
    pub(crate) fn key(&mut self, name: String) {
        if let Some(order) = self.input.key(name) {
            self.obey(order);
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Do(action) => self.update(action),
            Order::Open(name) => self.wish = Some(Wish::Open(name)),
            Order::Export(name) => self.export = Some(name),
            Order::Search(text) => self.search(Some(text), true),
            Order::Diff(_) | Order::Go(_) | Order::View(..) | Order::Types(_) => {
                self.input.say("not between two trees");
            }
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
            Action::Fields => {
                let empty = || FieldsView { summary: None, asked: false, cursor: ListCursor::default() };
                self.over.toggle(|over| matches!(over, Overlay::Fields(_)), || Overlay::Fields(empty()));
            }
            Action::Doubts => {
                let conclusion = conclusion(&self.pair, &self.found.counts, self.compared());
                let lines = certainty(&self.pair, &conclusion);
                let open = || Overlay::Doubts(lines, ListCursor::default());
                self.over.toggle(|over| matches!(over, Overlay::Doubts(..)), open);
            }
            Action::Export => {
                self.input.prompt = Some(Prompt::new(Purpose::Command, &format!("export {}", self.export_name())));
            }
            Action::Copy(part) => self.copy(part),
            Action::Why => self.ask_why(),
            Action::CycleKeyFormat => self.key_format = self.key_format.next_of_keys(),
            Action::CycleValueFormat => {
                self.value_format = self.value_format.next_of_values();
                self.aspect = None;
            }
            Action::ToggleUnified if matches!(self.over.get(), Some(Overlay::Record(_))) => self.cycle_aspect(),
            Action::ShowLeft => self.show_side(Side::Left),
            Action::ShowRight => self.show_side(Side::Right),
            Action::ToggleUnified => self.unified = Some(self.areas.sides.is_some()),
            Action::Quit | Action::Cancel if self.over.close() => {}
            Action::Quit => self.wish = Some(Wish::Leave),
            Action::Cancel if self.busy => {
                self.busy = false;
                self.input.say("stopped");
            }
            Action::Cancel if self.found.progress == Progress::Running => {
                self.found.progress = Progress::Stopped;
                self.input.say("stopped: what comes behind was not compared");
            }
            action => self.update_list(action),
        }
        self.resize(self.areas.whole);
        if matches!(action, Action::CycleValueFormat | Action::ToggleUnified) {
            self.lay_out();
        }
    }

    /// Shows the open values in the next way that makes sense for both.
    fn cycle_aspect(&mut self) {
        if let Some(Overlay::Record(view)) = self.over.get() {
            self.aspect = view.detail.next;
        }
    }

    fn ask_why(&mut self) {
        match (self.over.get(), self.selected_row()) {
            (Some(Overlay::Why(_)), _) => _ = self.over.close(),
            (_, None) => self.input.say("nothing stands here"),
            (_, Some(Row::Difference(_)))
                if matches!(self.selected().map(|entry| entry.sides()), Some((None, None))) =>
            {
                self.input.say("no record stands here");
            }
            _ => {
                let (line, cursor) = (self.cursor.selected, ListCursor::default());
                self.over.open(Overlay::Why(WhyView { line, asked: false, why: None, cursor }));
            }
        }
    }

    /// What stands where the way from the roots is to be read, and its line; each is said once.
    pub(crate) fn wants_why(&mut self) -> Option<(usize, Arc<Entry>)> {
        let Some(Overlay::Why(view)) = self.over.get_mut() else { return None };
        let line = view.line;
        if std::mem::replace(&mut view.asked, true) {
            return None;
        }
        Some((line, self.in_line(line)?))
    }

    /// What stands in a line: of nodes, the first difference in them.
    pub(crate) fn in_line(&self, line: usize) -> Option<Arc<Entry>> {
        match self.found.row(line)? {
            Row::Node(place) => {
                let differs = |entry: &Entry| entry.kind() != Kind::Equal && entry.sides() != (None, None);
                let mut behind = self.found.entries().skip_while(|(at, _)| *at < place);
                behind.find(|(_, entry)| differs(entry)).map(|(_, entry)| Arc::clone(entry))
            }
            row @ Row::Equal(..) => self.found.stretch(row).map(|stretch| Arc::new(Entry::Equal(stretch))),
            row @ Row::Inside(..) => self.found.inside_record(row).map(|held| Arc::new(Entry::same(held))),
            Row::Difference(place) | Row::More(place) => self.found.entry(place).map(Arc::clone),
        }
    }

    /// The stretch of which more is to be read, and where it goes on.
    pub(crate) fn wants_inside(&mut self) -> Option<(usize, Stretch, Option<Vec<u8>>)> {
        let window = self.cursor.window(self.found.len());
        self.found.wants_inside(window)
    }

    /// Takes in more of a stretch.
    pub(crate) fn took_inside(&mut self, place: usize, page: Page) {
        self.found.take_inside(place, page);
        self.fit();
    }

    /// Takes in the way to the record of a line, if someone still looks at it.
    pub(crate) fn explained(&mut self, line: usize, why: Why) {
        if let Some(Overlay::Why(view)) = self.over.get_mut()
            && view.line == line
        {
            view.why = Some(why);
        }
        self.fit();
    }

    /// All differences that the filter lets through, with their places.
    fn differences(&self) -> impl Iterator<Item = (usize, Arc<Entry>)> {
        let shows = |entry: &Entry| entry.kind() != Kind::Equal && self.found.filter().shows(entry.kind());
        self.found.entries().filter(move |(_, entry)| shows(entry)).map(|(place, entry)| (place, Arc::clone(entry)))
    }

    /// The differences of which a summary is to be made; said once.
    pub(crate) fn wants_summary(&mut self) -> Option<Vec<Arc<Entry>>> {
        let Some(Overlay::Fields(view)) = self.over.get_mut() else { return None };
        if std::mem::replace(&mut view.asked, true) {
            return None;
        }
        Some(self.differences().map(|(_, entry)| entry).collect())
    }

    /// Takes in a summary, if someone still looks.
    pub(crate) fn summed_up(&mut self, summary: Summary) {
        if let Some(Overlay::Fields(view)) = self.over.get_mut() {
            view.summary = Some(summary);
        }
        self.fit();
    }

    fn search(&mut self, text: Option<String>, forward: bool) {
        self.searched = text.or(self.searched.take());
        let Some(text) = self.searched.clone() else { return self.input.say("nothing was looked for so far: / does") };
        self.over.close();
        let from = self.selected_row().map_or(0, Row::place);
        self.seek = Some(Search { text, entries: self.differences().collect(), from, forward });
    }

    /// Takes in where a text was found, and whether from the other end on.
    pub(crate) fn searched(&mut self, found: Option<(usize, bool)>) {
        let text = self.searched.clone().unwrap_or_default();
        match found {
            Some((place, wrapped)) => {
                let line = self.found.reveal(place);
                self.cursor.select(line, self.found.len());
                if wrapped {
                    self.input.say("nothing more: went on at the other end");
                }
            }
            None => {
                let found = &self.found;
                let shown = if found.filter() == Filter::All { "" } else { " that is shown" };
                let places = count(found.counts.damaged, "place");
                let words = match found.progress {
                    Progress::Running => format!("no difference{shown} so far has {text:?}"),
                    Progress::Stopped | Progress::Failed => {
                        format!("no difference{shown} has {text:?}; not all was compared")
                    }
                    Progress::Done if found.cut => format!("no difference{shown} has {text:?}; not all are listed"),
                    Progress::Done if found.counts.damaged > 0 => {
                        format!("no difference{shown} has {text:?} in what could be read; {places} could not be")
                    }
                    Progress::Done => format!("no difference{shown} has {text:?}"),
                };
                self.input.say(words);
            }
        }
        self.fit();
    }

    fn update_list(&mut self, action: Action) {
        match (action, self.over.get()) {
            (Action::NextDifference, _) => self.go(false, true),
            (Action::PreviousDifference, _) => self.go(false, false),
            (Action::NextRun, _) => self.go(true, true),
            (Action::PreviousRun, _) => self.go(true, false),
            (Action::Open, Some(_)) => _ = self.over.close(),
            (action, Some(_)) => self.over.steer(action),
            (Action::ScrollRight, None) => self.sideways = (self.sideways + SIDEWAYS).min(FARTHEST),
            (Action::ScrollLeft, None) => self.sideways = self.sideways.saturating_sub(SIDEWAYS),
            (Action::Filter, None) => {
                let next = self.found.filter().next(self.found.counts.not_compared > 0);
                let line = self.found.set_filter(next, self.cursor.selected);
                self.cursor.select(line, self.found.len());
            }
            (Action::SearchNext, None) => self.search(None, true),
            (Action::SearchPrevious, None) => self.search(None, false),
            (Action::ToggleNodes, None) => {
                let line = self.found.toggle_nodes(self.cursor.selected);
                self.cursor.select(line, self.found.len());
            }
            (Action::ToggleFold, None) => self.fold(),
            (Action::Open, None) => self.open(),
            (action, None) => move_cursor(&mut self.cursor, action, self.found.len()),
        }
    }

    /// Goes to another difference, which is shown in full if the one before was.
    fn go(&mut self, run: bool, forward: bool) {
        if let Some(Overlay::Help(_) | Overlay::Fields(_)) = self.over.get() {
            return;
        }
        match self.found.find(self.cursor.selected, run, forward) {
            Some(line) => self.cursor.select(line, self.found.len()),
            None => {
                let order = if forward { "behind" } else { "before" };
                let so_far = match self.found.progress {
                    _ if !forward => "",
                    Progress::Running => " so far",
                    Progress::Stopped | Progress::Failed => "; not all was compared",
                    Progress::Done if self.found.cut => "; not all are listed",
                    Progress::Done => "",
                };
                self.input.message = Some(format!("no difference {order} this one{so_far}"));
            }
        }
        match self.over.get() {
            Some(Overlay::Why(_)) => {
                self.over.close();
                self.ask_why();
            }
            Some(_) => self.open(),
            None => {}
        }
    }

    fn open(&mut self) {
        match self.selected_row() {
            Some(Row::Equal(..) | Row::More(_)) => self.fold(),
            Some(Row::Node(_)) => self.ask_why(),
            Some(Row::Difference(_) | Row::Inside(..)) => {
                let line = self.cursor.selected;
                let view = RecordView { line, detail: Detail::default(), cursor: ListCursor::default() };
                self.over.open(Overlay::Record(view));
                self.lay_out();
            }
            None => {}
        }
    }

    /// Folds or unfolds what is under the cursor: nodes, or what is equal.
    fn fold(&mut self) {
        let line = self.cursor.selected;
        let place = self.selected_row().map(Row::place);
        if self.found.toggle_inside(line) {
            let line = place.map_or(line, |place| self.found.line_of(place));
            self.cursor.select(line, self.found.len());
        } else if let Some(line) = self.found.toggle_fold(line) {
            self.cursor.select(line, self.found.len());
        } else {
            self.input.say("nothing to fold: t shows the nodes that differ");
        }
    }

    /// Lays out the open difference, if one is open.
    fn lay_out(&mut self) {
        let width = usize::from(overlay_inside(self.areas.body, self.areas.framed).width).saturating_sub(2);
        let two = self.areas.sides.is_some();
        let line = match self.over.get() {
            Some(Overlay::Record(view)) => view.line,
            _ => return self.fit(),
        };
        let (entry, manner) = (self.in_line(line), (self.value_format, self.aspect));
        if let (Some(Overlay::Record(view)), Some(entry)) = (self.over.get_mut(), entry) {
            view.detail = detail(&self.pair, &entry, manner, width, two);
        }
        self.fit();
    }

    /// Fits cursors to the sizes of the lists.
    fn fit(&mut self) {
        self.cursor.set_height(usize::from(self.areas.list().height), self.found.len());
        self.over.fit(usize::from(overlay_inside(self.areas.body, self.areas.framed).height));
    }
}
