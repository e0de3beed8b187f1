//! The keys and commands of the screen of two trees.

use file_mst::diff::Side;

use super::DiffScreen;
use super::doubts::{DOUBTS, DoubtsLayer};
use super::fields::{FIELDS, FieldsLayer};
use super::record::{RECORD, RecordLayer};
use super::why::WhyLayer;
use crate::model::diff::list::{Progress, Row};
use crate::runtime::copy::copy_effect;
use crate::runtime::help::{HELP, Help};
use crate::runtime::input::action::{Action, Common, DiffAction, Motion, Part};
use crate::runtime::input::commands::Command;
use crate::runtime::input::keymap::key_of;
use crate::runtime::input::prompt::{Prompt, Purpose};
use crate::runtime::layers::Layers;
use crate::runtime::list::move_cursor;
use crate::runtime::screen::{Effect, NoMeaning, Outcome};

/// The columns that one key scrolls sideways, and the farthest that one can scroll.
const SIDEWAYS: usize = 8;
const FARTHEST: usize = 4096;

impl DiffScreen {
    pub(super) fn execute_command(&mut self, command: Command) -> Outcome {
        match command {
            Command::Do(action) => return self.update(action),
            Command::Open(name) => return Ok(Some(Effect::Open(name))),
            Command::Compare(names) => return Ok(Some(Effect::Compare(names))),
            Command::Build(names) => return Ok(Some(Effect::Build(names))),
            Command::Theme(choice) => return Ok(Some(Effect::Theme(choice))),
            Command::Export(name) => self.export(name),
            Command::Filter(text) => self.filter(&text),
            Command::Search(text) if self.layers.search(&text) => {}
            Command::Search(text) => self.search(Some(text), 1),
            Command::Go(target) => self.go_to_target(target)?,
            Command::Diff(_) | Command::Report(..) | Command::Types(_) | Command::Write(_) => {
                return Err(NoMeaning);
            }
        }
        Ok(None)
    }

    fn update(&mut self, action: Action) -> Outcome {
        if !self.layers.is_open() && self.update_strip(action).is_some() {
            return Ok(None);
        }
        if !self.layers.is_open() && self.list_has_keys() && self.update_records(action).is_some() {
            return Ok(None);
        }
        match action {
            Action::Common(common) => self.update_common(common),
            Action::Diff(diff) => self.update_diff(diff),
            Action::Move(_) if self.layers.is_open() => Layers::update(self, action),
            Action::Move(motion) if self.split.inside => {
                let len = self.inspector.lines.len();
                move_cursor(&mut self.inspector.cursor, motion, len);
                Ok(None)
            }
            Action::Move(Motion::Number(number)) => {
                self.go_to_number(number as u64);
                Ok(None)
            }
            Action::Move(motion) => {
                move_cursor(&mut self.cursor, motion, self.list.len());
                Ok(None)
            }
            Action::Type(_) | Action::Search | Action::Program(_) | Action::Tree(_) | Action::Tables(_) => {
                Err(NoMeaning)
            }
        }
    }

    fn update_common(&mut self, action: Common) -> Outcome {
        match action {
            Common::Exit => return Ok(Some(Effect::Exit)),
            Common::Suspend => return Ok(Some(Effect::Suspend)),
            Common::Help if self.layers.is_top(HELP) => _ = self.layers.close(),
            Common::Help => {
                let help = Help::over(self);
                self.layers.push(help);
            }
            Common::CycleKeyFormat => {
                self.shared.cycle_key_format();
                self.lay_out();
            }
            Common::CycleValueFormat => {
                self.shared.cycle_value_format();
                self.lay_out();
            }
            Common::Cancel if self.layers.is_top(RECORD) && self.stop_fetching() => self.lay_out(),
            Common::Quit | Common::Cancel if self.layers.close() => {}
            Common::Quit | Common::Cancel if self.leave_inspector() => {}
            Common::Quit => return Ok(Some(Effect::Leave)),
            Common::Cancel => self.cancel(),
            Common::CycleRepresentation if self.layers.is_top(RECORD) => {
                Layers::update(self, Action::Common(action))?;
                self.lay_out();
            }
            Common::CycleRepresentation if !self.layers.is_open() => self.cycle_representation(),
            Common::Copy(Part::Value) if self.split.inside && !self.layers.is_open() => {
                let text = self.inspector.field_text().or_else(|| self.part(Part::Value));
                return Ok(copy_effect(Part::Value, text, &mut self.shared));
            }
            Common::Copy(part) => return Ok(copy_effect(part, self.part(part), &mut self.shared)),
            Common::ToggleWrap => self.shared.say("the values of a difference are always wrapped"),
            action if self.layers.is_open() => return Layers::update(self, Action::Common(action)),
            Common::Open if self.split.inside && self.filter_to_field() => _ = self.leave_inspector(),
            Common::Open => self.open(),
            Common::ToggleFold => self.fold(),
            Common::Filter => self.ask_filter(),
            Common::Columns | Common::NarrowerColumn | Common::WiderColumn => self.say_table_only(),
            Common::SetMark(letter) => self.set_mark(letter),
            Common::GoMark(letter) => self.go_to_mark(letter),
            Common::NextPane | Common::PreviousPane => {
                self.split.inside = !self.split.inside;
                self.resize(self.areas.whole);
            }
            Common::Narrower => self.enlarge_inspector(-1),
            Common::Wider => self.enlarge_inspector(1),
            Common::Zoom => {
                self.split.zoomed = !self.split.zoomed;
                self.resize(self.areas.whole);
            }
            Common::Newest => self.go_to_newest(),
            Common::Follow => self.toggle_following(),
            Common::CycleRepresentation => return Err(NoMeaning),
            Common::SearchNext => self.search(None, 1),
            Common::SearchPrevious => self.search(None, -1),
            Common::Hits(steps) => self.search(None, steps),
        }
        Ok(None)
    }

    fn update_diff(&mut self, action: DiffAction) -> Outcome {
        match action {
            DiffAction::Fields if self.layers.is_top(FIELDS) => _ = self.layers.close(),
            DiffAction::Fields => {
                let layer = FieldsLayer::start(self);
                self.layers.replace(layer);
            }
            DiffAction::Doubts if self.layers.is_top(DOUBTS) => _ = self.layers.close(),
            DiffAction::Doubts => {
                let layer = DoubtsLayer::new(self);
                self.layers.replace(layer);
            }
            DiffAction::Why => self.ask_why(),
            DiffAction::Export => {
                let line = format!("export {}", self.export_name());
                self.shared.input.prompt = Some(Prompt::new(Purpose::Command, &line));
            }
            DiffAction::ToggleUnified if !self.layers.is_open() && !self.list.shows_nodes() => {
                let trees = key_of(DiffAction::ToggleNodes);
                self.shared.say(format!("the table has one side for both trees; {trees} shows the trees"));
            }
            DiffAction::ToggleUnified => {
                self.unified = Some(self.areas.two);
                self.resize(self.areas.whole);
                self.lay_out();
            }
            DiffAction::ShowLeft => return Ok(Some(self.show_side(Side::Left))),
            DiffAction::ShowRight => return Ok(Some(self.show_side(Side::Right))),
            action if self.layers.is_open() => return Layers::update(self, Action::Diff(action)),
            DiffAction::Rows if self.split.inside && self.mappings().is_some() => {
                self.fetch_rows(self.cursor.selected, true);
            }
            DiffAction::Rows => self.fetch_all_rows(),
            DiffAction::NextDifference => self.go(false, true),
            DiffAction::PreviousDifference => self.go(false, false),
            DiffAction::NextRun => self.go(true, true),
            DiffAction::PreviousRun => self.go(true, false),
            DiffAction::ScrollRight => self.sideways = (self.sideways + SIDEWAYS).min(FARTHEST),
            DiffAction::ScrollLeft => self.sideways = self.sideways.saturating_sub(SIDEWAYS),
            DiffAction::GoStrip => self.toggle_strip(),
            DiffAction::ToggleNodes => self.next_view(),
            DiffAction::Sort => self.say_table_only(),
        }
        Ok(None)
    }

    /// Gives the keys back to the list. False if it has them.
    fn leave_inspector(&mut self) -> bool {
        let was_inside = self.split.inside;
        self.split.inside = false;
        self.split.zoomed &= !was_inside;
        self.resize(self.areas.whole);
        was_inside
    }

    fn enlarge_inspector(&mut self, steps: i16) {
        if self.areas.inspector.is_empty() {
            self.shared.say(format!("there is no inspector; {} opens it", key_of(Common::NextPane)));
        } else if self.split.enlarge(steps, self.areas.body, self.wanted().list_width()) {
            self.resize(self.areas.whole);
        } else {
            let order = if steps > 0 { "wider" } else { "narrower" };
            self.shared.say(format!("the inspector gets no {order}"));
        }
    }

    /// The next representation of the value in the inspector.
    fn cycle_representation(&mut self) {
        if self.areas.inspector.is_empty() {
            self.shared.say(format!("open a difference first: {} on its line", key_of(Common::Open)));
            return;
        }
        let Some(entry) = self.in_line(self.cursor.selected) else { return };
        self.shared.representation = self.next_representation(&entry);
        self.lay_out();
    }

    /// Stops fetching rows, a search or an export, else the comparison.
    fn cancel(&mut self) {
        if self.stop_fetching() {
            return;
        }
        if self.busy.take().is_some() {
            // What a search has found stays where it is.
            self.equal_hit = self.passed.take();
            self.shared.say("stopped");
        } else if self.clear_filter() {
            self.shared.say("the filter is off");
        } else if self.list.progress == Progress::Running {
            self.list.progress = Progress::Stopped;
            self.comparison = None;
            self.shared.say("stopped: the rest was not compared");
        }
    }

    /// Goes to another difference or run of differences.
    pub(super) fn go(&mut self, run: bool, forward: bool) {
        match self.list.find(self.cursor.selected, run, forward) {
            Some(line) => self.cursor.jump(line, self.list.len()),
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

    fn set_mark(&mut self, letter: char) {
        let words = match self.selected_row() {
            Some(row) => self.letters.set(letter, row.place()),
            None => "there is no line to mark".to_owned(),
        };
        self.shared.say(words);
    }

    fn go_to_mark(&mut self, letter: char) {
        match self.letters.get(letter) {
            Ok(place) => {
                let line = self.list.reveal(place);
                self.cursor.jump(line, self.list.len());
            }
            Err(why) => self.shared.say(why),
        }
    }

    /// Tells the user that what was asked for needs the table of records.
    fn say_table_only(&mut self) {
        self.shared
            .say(format!("columns are those of the table of records: {} shows it", key_of(DiffAction::ToggleNodes)));
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
                self.fetch_rows(self.cursor.selected, false);
                self.layers.replace(RecordLayer::new(self.cursor.selected));
                self.lay_out();
            }
            None => {}
        }
    }

    /// Folds or unfolds the line under the cursor: nodes, or equal records.
    fn fold(&mut self) {
        let line = self.cursor.selected;
        let place = self.selected_row().map(Row::place);
        if self.list.toggle_inside(line) {
            let line = place.map_or(line, |place| self.list.line_of(place));
            self.cursor.select(line, self.list.len());
        } else if let Some(line) = self.list.toggle_fold(line) {
            self.cursor.select(line, self.list.len());
        } else {
            self.shared
                .say(format!("nothing to fold: {} shows the nodes that differ", key_of(DiffAction::ToggleNodes)));
        }
    }
}
