//! The keys and commands of the screen of one tree.

use super::report::ReportLayer;
use super::value::{VALUE, ValueLayer};
use super::{Count, Pane, TreeScreen};
use crate::model::item;
use crate::model::jump::Jump;
use crate::model::outline::{NodeId, Row};
use crate::model::retype::{self, Retype};
use crate::reports::{proposed_proof_name, report};
use crate::runtime::copy::copy_effect;
use crate::runtime::help::{HELP, Help};
use crate::runtime::input::action::{Action, Common, Motion, TreeAction};
use crate::runtime::input::commands::Command;
use crate::runtime::input::keymap::key_of;
use crate::runtime::input::prompt::{Prompt, Purpose};
use crate::runtime::layers::Layers;
use crate::runtime::list::{ListCursor, move_cursor};
use crate::runtime::report::ReportRow;
use crate::runtime::screen::{Effect, NoMeaning, Outcome};

impl TreeScreen {
    pub(super) fn execute_command(&mut self, command: Command) -> Outcome {
        match command {
            Command::Do(action) => return self.update(action),
            Command::Go(target) => self.go_to_target(target),
            Command::Report(row, argument) => self.open_report(row, argument),
            Command::Open(name) => return Ok(Some(Effect::Open(name))),
            Command::Diff(name) => return Ok(Some(Effect::OpenBeside(Box::new(self.shown.clone()), name))),
            Command::Types(types) => self.retype(types),
            Command::Filter(text) => {
                self.show_table();
                self.filter_table(&text);
            }
            Command::Search(text) if self.layers.search(&text) => {}
            Command::Search(text) => self.search(Some(text), 1),
            Command::Compare(names) => return Ok(Some(Effect::Compare(names))),
            Command::Build(names) => return Ok(Some(Effect::Build(names))),
            Command::Theme(choice) => return Ok(Some(Effect::Theme(choice))),
            Command::Export(_) | Command::Write(_) => return Err(NoMeaning),
        }
        Ok(None)
    }

    fn update(&mut self, action: Action) -> Outcome {
        if self.update_table(action) {
            return Ok(None);
        }
        match action {
            Action::Common(common) => self.update_common(common),
            Action::Tree(tree) => self.update_tree(tree),
            Action::Move(_) if self.layers.is_open() => Layers::update(self, action),
            Action::Move(motion) => {
                self.move_in_pane(motion);
                Ok(None)
            }
            Action::Type(_) | Action::Search | Action::Program(_) | Action::Diff(_) | Action::Tables(_) => {
                Err(NoMeaning)
            }
        }
    }

    fn update_common(&mut self, action: Common) -> Outcome {
        match action {
            Common::Exit => return Ok(Some(Effect::Exit)),
            Common::Suspend => return Ok(Some(Effect::Suspend)),
            Common::Help => self.toggle_help(),
            Common::CycleKeyFormat => self.shared.cycle_key_format(),
            Common::CycleValueFormat => {
                self.shared.cycle_value_format();
                self.lay_out();
            }
            Common::Quit if !self.layers.close() => return Ok(Some(Effect::Leave)),
            Common::Quit => {}
            Common::Cancel => self.cancel(),
            Common::CycleRepresentation if self.layers.is_top(VALUE) => {
                Layers::update(self, Action::Common(action))?;
                self.lay_out();
            }
            Common::CycleRepresentation if !self.layers.is_open() && self.inspected_key().is_some() => {
                self.shared.representation = self.inspector.next_representation();
                self.show_inspector();
            }
            Common::CycleRepresentation => {
                self.shared.say(format!("open a value first: {} on a record", key_of(Common::Open)));
            }
            Common::ToggleWrap => {
                self.wrap = !self.wrap;
                self.lay_out();
            }
            Common::Copy(part) => return Ok(copy_effect(part, self.part(part), &mut self.shared)),
            Common::Newest => self.go_to_newest(),
            Common::Follow => self.toggle_following(),
            action if self.layers.is_open() => return Layers::update(self, Action::Common(action)),
            Common::Open => self.open(),
            Common::ToggleFold => self.toggle_fold(),
            Common::NextPane | Common::PreviousPane => self.switch_pane(),
            Common::Narrower => self.resize_inspector(-1),
            Common::Wider => self.resize_inspector(1),
            Common::Zoom => self.split.zoomed = !self.split.zoomed,
            Common::SetMark(letter) => self.set_mark(letter),
            Common::GoMark(letter) => self.go_to_mark(letter),
            Common::Filter => {
                self.show_table();
                self.ask_for_filter();
            }
            Common::Columns | Common::NarrowerColumn | Common::WiderColumn => {
                let table = key_of(TreeAction::ToggleTable);
                self.shared.say(format!("columns belong to the table of records: {table} shows it"));
            }
            Common::SearchNext if self.shared.searched.is_none() => self.step_record(true),
            Common::SearchNext => self.search(None, 1),
            Common::SearchPrevious => self.search(None, -1),
            Common::Hits(steps) => self.search(None, steps),
        }
        Ok(None)
    }

    fn update_tree(&mut self, action: TreeAction) -> Outcome {
        match action {
            TreeAction::Report(name) => match report(name) {
                Some(row) if !self.layers.is_top(name) => self.open_report(row, String::new()),
                _ => _ = self.layers.close(),
            },
            TreeAction::NextTypes => {
                let entry = self.outline.entry(self.selected_node());
                let is_misfit = entry.report.as_ref().is_some_and(|report| report.misfit);
                let types = if is_misfit { Retype::Fitting(entry.link) } else { Retype::Next };
                self.retype(types);
            }
            TreeAction::EditTypes => {
                let line = format!("types {}", retype::written(&self.typing));
                self.shared.input.prompt = Some(Prompt::new(Purpose::Command, &line));
            }
            TreeAction::AskProof => self.ask_for_proof(),
            TreeAction::Older => self.step(-1),
            TreeAction::Newer => self.step(1),
            TreeAction::Versions(steps) => self.step(steps),
            TreeAction::Count => self.start_count(),
            TreeAction::NextRecord if self.can_step() => self.step_record(true),
            TreeAction::PreviousRecord if self.can_step() => self.step_record(false),
            action if self.layers.is_open() => return Layers::update(self, Action::Tree(action)),
            TreeAction::ToggleTable => self.toggle_table(),
            TreeAction::Sort => {
                self.shared.say("a tree has one order, that of its keys; another would take reading all records");
            }
            TreeAction::GoParent | TreeAction::GoRoot if self.has_table() => self.say_table_has_no_nodes(),
            TreeAction::In => match self.focus {
                Pane::Outline => self.go_in(),
                Pane::Inspector => self.open(),
            },
            TreeAction::Out => match self.focus {
                Pane::Outline => self.go_out(),
                Pane::Inspector => self.focus = Pane::Outline,
            },
            TreeAction::GoParent => self.go_to(self.node_above()),
            TreeAction::GoRoot => self.go_to(Some(NodeId::ROOT)),
            TreeAction::Back => self.go_back(),
            TreeAction::Forward => self.go_forward(),
            TreeAction::Compare if self.live_drift().is_some() => return Ok(self.live_drift()),
            TreeAction::Again
            | TreeAction::Mark
            | TreeAction::Compare
            | TreeAction::NextRecord
            | TreeAction::PreviousRecord => return Err(NoMeaning),
        }
        Ok(None)
    }

    fn toggle_help(&mut self) {
        if self.layers.is_top(HELP) {
            self.layers.close();
        } else {
            let help = Help::over(self);
            self.layers.push(help);
        }
    }

    /// Ends what runs for the top layer, else the layer, else a search, a jump or a count.
    fn cancel(&mut self) {
        if Layers::stop(self) {
            let (again, cancel) = (key_of(TreeAction::Again), key_of(Common::Cancel));
            self.shared.say(format!("stopped; {again} goes on, {cancel} again closes the report"));
        } else if self.layers.close() {
            // Nothing else is ended by the same key.
        } else if self.stop_filter() || self.seek.take().is_some() {
            self.shared.say("stopped");
        } else if self.stop_search() {
            // It says what was found.
        } else if matches!(self.count, Count::Running { .. }) {
            self.count = Count::NotAsked;
            self.counting = None;
            self.shared.say("count cancelled");
        }
    }

    fn move_in_pane(&mut self, motion: Motion) {
        match (self.focus, motion) {
            // Lines of an outline have no numbers, and records have.
            (Pane::Outline, Motion::Number(number)) => self.jump(Jump::Nth(number.max(1) as u64 - 1)),
            (Pane::Outline, _) => {
                let node = self.selected_node();
                move_cursor(&mut self.cursor, motion, self.outline.rows().len());
                if self.selected_node() != node {
                    self.records = ListCursor::default();
                }
                if let Some(Row::Record(_, index)) = self.selected_row() {
                    self.records.selected = index;
                }
            }
            (Pane::Inspector, _) if self.inspected_key().is_some() => {
                move_cursor(&mut self.inspector.cursor, motion, self.inspector.content.len());
            }
            (Pane::Inspector, _) => {
                let len = self.shown_node().map_or(0, |node| node.key_count());
                move_cursor(&mut self.records, motion, len);
            }
        }
    }

    fn open(&mut self) {
        if let Some(record) = self.selected_record() {
            self.layers.replace(ValueLayer::new(record));
            self.lay_out();
        } else if self.selected_key().is_some() {
            let types = key_of(TreeAction::EditTypes);
            self.shared.say(format!("where the value ends among those of its node is unknown: {types} gives its type"));
        } else if self.focus == Pane::Outline && !self.has_table() {
            self.toggle_fold();
        }
    }

    /// Begins to type the command that writes a proof, with a name for its file.
    fn ask_for_proof(&mut self) {
        let Some(key) = self.selected_key() else {
            return self.shared.say("no record is under the cursor: go to one");
        };
        let key = item::key(key.stored(), self.typing.key.as_ref());
        let line = format!("prove {}", proposed_proof_name(&key));
        self.shared.input.prompt = Some(Prompt::new(Purpose::Command, &line));
    }

    fn open_report(&mut self, row: &'static ReportRow, argument: String) {
        let layer = ReportLayer::start(self, row, argument);
        self.layers.replace(layer);
    }

    /// Asks the user which root is meant where the file does not say it: the history lists the candidates, the most
    /// likely one first.
    pub(super) fn ask_for_root(&mut self) {
        if let Some(row) = report("history") {
            let layer = ReportLayer::start(self, row, String::new()).asking();
            self.layers.replace(layer);
            self.shared.say("the file does not say where its root is: these are found, the likely one first");
        }
    }
}
