//! What keys and commands do to the screen of one tree.

use super::report::ReportLayer;
use super::value::{VALUE, ValueLayer};
use super::{Count, Pane, Step, TreeScreen, copy_effect};
use crate::model::outline::{NodeId, Row};
use crate::model::retype::{self, Retype};
use crate::reports::report;
use crate::runtime::action::Action;
use crate::runtime::commands::Command;
use crate::runtime::help::{HELP, Help};
use crate::runtime::keymap::ScreenKind;
use crate::runtime::layers::{After, Layers};
use crate::runtime::list::{ListCursor, move_cursor};
use crate::runtime::prompt::{Prompt, Purpose};
use crate::runtime::report::ReportRow;
use crate::runtime::screen::Effect;

impl TreeScreen {
    pub(super) fn execute_command(&mut self, command: Command) -> Option<Effect> {
        let mut effect = None;
        match command {
            Command::Do(action) => effect = self.update(action),
            Command::Go(target) => self.go_to_target(target),
            Command::Report(row, argument) => self.open_report(row, argument),
            Command::Open(name) => effect = Some(Effect::Open(name)),
            Command::Diff(name) => effect = Some(Effect::OpenBeside(Box::new(self.shown.clone()), name)),
            Command::Types(types) => self.retype(types),
            Command::Search(text) => self.search(Some(text), true),
            Command::Export(_) => self.shared.say("there is nothing to export here"),
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
            Action::Help => self.layers.push(Help::new(ScreenKind::Tree)),
            Action::Report(name) => match report(name) {
                Some(row) if !self.layers.is_top(name) => self.open_report(row, String::new()),
                _ => _ = self.layers.close(),
            },
            Action::CycleKeyFormat => self.shared.cycle_key_format(),
            Action::CycleValueFormat => self.shared.cycle_value_format(),
            Action::CycleRepresentation if self.layers.is_top(VALUE) => {
                if let After::Do(done) = Layers::update(self, action) {
                    effect = Some(done);
                }
            }
            Action::CycleRepresentation => self.shared.say("open a value first: Enter on a record"),
            Action::NextTypes => {
                let entry = self.outline.entry(self.selected_node());
                let is_misfit = entry.report.as_ref().is_some_and(|report| report.misfit);
                let types = if is_misfit { Retype::Fitting(entry.link) } else { Retype::Next };
                self.retype(types);
            }
            Action::EditTypes => {
                let line = format!("types {}", retype::written(&self.typing));
                self.shared.input.prompt = Some(Prompt::new(Purpose::Command, &line));
            }
            Action::ToggleWrap => self.wrap = !self.wrap,
            Action::Older => self.step(Step::Older),
            Action::Newer => self.step(Step::Newer),
            Action::Count => self.start_count(),
            Action::Quit if !self.layers.close() => effect = Some(Effect::Leave),
            Action::Quit => {}
            Action::Cancel => self.cancel(),
            Action::Copy(part) => effect = copy_effect(part, self.part(part), &mut self.shared),
            action if self.layers.is_open() => {
                if let After::Do(done) = Layers::update(self, action) {
                    effect = Some(done);
                }
            }
            action => self.update_panes(action),
        }
        self.resize(self.areas.whole);
        if matches!(action, Action::CycleValueFormat | Action::CycleRepresentation | Action::ToggleWrap) {
            self.lay_out();
        }
        effect
    }

    /// Ends what runs for the top layer, else the layer, else a search, a jump or a count.
    fn cancel(&mut self) {
        if Layers::stop(self) {
            self.shared.say("stopped; r goes on, Esc again closes the report");
        } else if self.layers.close() {
            // Nothing else is ended by the same key.
        } else if self.seek.take().is_some() {
            self.shared.say("stopped");
        } else if matches!(self.count, Count::Running { .. }) {
            self.count = Count::NotAsked;
            self.counting = None;
            self.shared.say("count cancelled");
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
            self.layers.replace(ValueLayer::new(record));
            self.lay_out();
        } else if self.selected_key().is_some() {
            self.shared.say("where the value ends among those of its node is unknown: T gives its type");
        } else if self.focus == Pane::Outline {
            self.toggle_fold();
        }
    }

    fn open_report(&mut self, row: &'static ReportRow, argument: String) {
        let layer = ReportLayer::start(self, row, argument);
        self.layers.replace(layer);
    }

    /// Asks the user which root is meant where the file does not say it: the history lists the candidates, the most likely
    /// one first.
    pub(super) fn ask_for_root(&mut self) {
        if let Some(row) = report("history") {
            self.open_report(row, String::new());
            self.shared.say("the file does not say where its root is: these are found, the likely one first");
        }
    }
}
