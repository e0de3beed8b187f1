//! What keys and commands do to the screen of two trees.

use file_mst::diff::Side;

use super::DiffScreen;
use super::doubts::{DOUBTS, DoubtsLayer};
use super::fields::{FIELDS, FieldsLayer};
use super::record::{RECORD, RecordLayer};
use super::why::WhyLayer;
use crate::model::diff::list::{Progress, Row};
use crate::model::diff::search::Search;
use crate::runtime::action::Action;
use crate::runtime::commands::Command;
use crate::runtime::help::{HELP, Help};
use crate::runtime::keymap::ScreenKind;
use crate::runtime::layers::{After, Layers};
use crate::runtime::list::move_cursor;
use crate::runtime::prompt::{Prompt, Purpose};
use crate::runtime::screen::Effect;
use crate::screens::browse::copy_effect;

/// The columns that one key scrolls sideways, and the farthest that one can scroll.
const SIDEWAYS: usize = 8;
const FARTHEST: usize = 4096;

impl DiffScreen {
    pub(super) fn execute_command(&mut self, command: Command) -> Option<Effect> {
        let mut effect = None;
        match command {
            Command::Do(action) => effect = self.update(action),
            Command::Open(name) => effect = Some(Effect::Open(name)),
            Command::Export(name) => self.export(name),
            Command::Search(text) => self.search(Some(text), true),
            Command::Diff(_) | Command::Go(_) | Command::Report(..) | Command::Types(_) => {
                self.shared.say("not between two trees");
            }
        }
        self.resize(self.areas.whole);
        effect
    }

    /// Does what an action says.
    fn update(&mut self, action: Action) -> Option<Effect> {
        let mut effect = None;
        match action {
            Action::Exit => effect = Some(Effect::Exit),
            Action::Suspend => effect = Some(Effect::Suspend),
            Action::Help if self.layers.is_top(HELP) => _ = self.layers.close(),
            Action::Help => self.layers.push(Help::new(ScreenKind::Diff)),
            Action::Fields if self.layers.is_top(FIELDS) => _ = self.layers.close(),
            Action::Fields => {
                let layer = FieldsLayer::start(self);
                self.layers.replace(layer);
            }
            Action::Doubts if self.layers.is_top(DOUBTS) => _ = self.layers.close(),
            Action::Doubts => {
                let layer = DoubtsLayer::new(self);
                self.layers.replace(layer);
            }
            Action::Export => {
                let line = format!("export {}", self.export_name());
                self.shared.input.prompt = Some(Prompt::new(Purpose::Command, &line));
            }
            Action::Copy(part) => effect = copy_effect(part, self.part(part), &mut self.shared),
            Action::Why => self.ask_why(),
            Action::CycleKeyFormat => self.shared.cycle_key_format(),
            Action::CycleValueFormat => self.shared.cycle_value_format(),
            Action::ToggleUnified if self.layers.is_top(RECORD) => {
                Layers::update(self, action);
            }
            Action::ToggleUnified => self.unified = Some(self.areas.sides.is_some()),
            Action::ShowLeft => effect = Some(self.show_side(Side::Left)),
            Action::ShowRight => effect = Some(self.show_side(Side::Right)),
            Action::Quit | Action::Cancel if self.layers.close() => {}
            Action::Quit => effect = Some(Effect::Leave),
            Action::Cancel => self.cancel(),
            action if self.layers.is_open() => {
                if let After::Do(done) = Layers::update(self, action) {
                    effect = Some(done);
                }
            }
            action => self.update_list(action),
        }
        self.resize(self.areas.whole);
        if matches!(action, Action::CycleValueFormat | Action::ToggleUnified) {
            self.lay_out();
        }
        effect
    }

    /// Stops a search or an export, else the comparison.
    fn cancel(&mut self) {
        if self.busy.take().is_some() {
            self.shared.say("stopped");
        } else if self.list.progress == Progress::Running {
            self.list.progress = Progress::Stopped;
            self.comparison = None;
            self.shared.say("stopped: the rest was not compared");
        }
    }

    fn update_list(&mut self, action: Action) {
        match action {
            Action::NextDifference => self.go(false, true),
            Action::PreviousDifference => self.go(false, false),
            Action::NextRun => self.go(true, true),
            Action::PreviousRun => self.go(true, false),
            Action::ScrollRight => self.sideways = (self.sideways + SIDEWAYS).min(FARTHEST),
            Action::ScrollLeft => self.sideways = self.sideways.saturating_sub(SIDEWAYS),
            Action::Filter => {
                let next = self.list.filter().next(self.list.counts.not_compared > 0);
                let line = self.list.set_filter(next, self.cursor.selected);
                self.cursor.select(line, self.list.len());
            }
            Action::SearchNext => self.search(None, true),
            Action::SearchPrevious => self.search(None, false),
            Action::ToggleNodes => {
                let line = self.list.toggle_nodes(self.cursor.selected);
                self.cursor.select(line, self.list.len());
            }
            Action::ToggleFold => self.fold(),
            Action::Open => self.open(),
            action => _ = move_cursor(&mut self.cursor, action, self.list.len()),
        }
    }

    fn search(&mut self, text: Option<String>, forward: bool) {
        let Some(text) = self.shared.search_text(text) else { return };
        self.layers.clear();
        let from = self.selected_row().map_or(0, Row::place);
        self.start_search(Search { text, entries: self.differences().collect(), from, forward });
    }

    /// Goes to another difference or run of differences.
    pub(super) fn go(&mut self, run: bool, forward: bool) {
        match self.list.find(self.cursor.selected, run, forward) {
            Some(line) => self.cursor.select(line, self.list.len()),
            None => {
                let order = if forward { "after" } else { "before" };
                let so_far = match self.list.progress {
                    _ if !forward => "",
                    Progress::Running => " so far",
                    Progress::Stopped | Progress::Failed => "; not all was compared",
                    Progress::Done if self.list.cut => "; not all are listed",
                    Progress::Done => "",
                };
                self.shared.say(format!("no difference {order} this one{so_far}"));
            }
        }
    }

    fn ask_why(&mut self) {
        if self.layers.is_top(super::why::WHY) {
            self.layers.close();
        } else if let Some(layer) = WhyLayer::start(self) {
            self.layers.replace(layer);
        }
    }

    fn open(&mut self) {
        match self.selected_row() {
            Some(Row::Equal(..) | Row::More(_)) => self.fold(),
            Some(Row::Node(_)) => self.ask_why(),
            Some(Row::Difference(_) | Row::Inside(..)) => {
                self.layers.replace(RecordLayer::new(self.cursor.selected));
                self.lay_out();
            }
            None => {}
        }
    }

    /// Folds or unfolds what is under the cursor: nodes, or what is equal.
    fn fold(&mut self) {
        let line = self.cursor.selected;
        let place = self.selected_row().map(Row::place);
        if self.list.toggle_inside(line) {
            let line = place.map_or(line, |place| self.list.line_of(place));
            self.cursor.select(line, self.list.len());
        } else if let Some(line) = self.list.toggle_fold(line) {
            self.cursor.select(line, self.list.len());
        } else {
            self.shared.say("nothing to fold: t shows the nodes that differ");
        }
    }
}
