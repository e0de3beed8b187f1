//! The keys and commands of the screen of two tables.

use super::{Phase, TablesScreen};
use crate::runtime::help::{HELP, Help};
use crate::runtime::input::action::{Action, Common, TablesAction};
use crate::runtime::input::commands::Command;
use crate::runtime::input::keymap::with_keys;
use crate::runtime::input::prompt::{Prompt, Purpose};
use crate::runtime::layers::Layers;
use crate::runtime::list::scroll;
use crate::runtime::screen::{Effect, NoMeaning, Outcome};
use crate::screens::tables::Stage;

/// The folder that is proposed for the files of a draft.
const FOLDER: &str = "contract";

impl TablesScreen {
    pub(super) fn execute_command(&mut self, command: Command) -> Outcome {
        match command {
            Command::Do(action) => return self.update(action),
            Command::Open(name) => return Ok(Some(Effect::Open(name))),
            Command::Compare(names) => return Ok(Some(Effect::Compare(names))),
            Command::Build(names) => return Ok(Some(Effect::Build(names))),
            Command::Theme(choice) => return Ok(Some(Effect::Theme(choice))),
            Command::Search(text) if self.layers.search(&text) => {}
            Command::Search(text) => self.search(Some(text), 1)?,
            Command::Write(folder) => self.write(folder)?,
            Command::Diff(_)
            | Command::Go(_)
            | Command::Report(..)
            | Command::Types(_)
            | Command::Filter(_)
            | Command::Export(_) => return Err(NoMeaning),
        }
        Ok(None)
    }

    fn update(&mut self, action: Action) -> Outcome {
        match action {
            Action::Common(common) => self.update_common(common),
            action if self.layers.is_open() => Layers::update(self, action),
            Action::Tables(action) => self.update_tables(action).map(|()| None),
            Action::Move(motion) => {
                let lines = self.message_lines().len();
                match (&self.phase, &mut self.page) {
                    (Phase::Page, Some(page)) => page.move_by(motion),
                    _ => scroll(&mut self.text, motion, lines),
                }
                Ok(None)
            }
            Action::Type(_) | Action::Search | Action::Program(_) | Action::Tree(_) | Action::Diff(_) => Err(NoMeaning),
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
            Common::CycleValueFormat => self.shared.cycle_value_format(),
            Common::Quit | Common::Cancel if self.layers.close() => {}
            Common::Quit => return Ok(Some(Effect::Leave)),
            Common::Cancel => self.cancel(),
            Common::NextPane | Common::PreviousPane => self.update_tables(TablesAction::Details)?,
            action if self.layers.is_open() => return Layers::update(self, Action::Common(action)),
            Common::SearchNext => self.search(None, 1)?,
            Common::SearchPrevious => self.search(None, -1)?,
            Common::Hits(steps) => self.search(None, steps)?,
            _ => return Err(NoMeaning),
        }
        Ok(None)
    }

    /// Goes on by so many lines of the draft that have a text, around the ends; back if it is negative.
    fn search(&mut self, text: Option<String>, steps: isize) -> Result<(), NoMeaning> {
        let (Phase::Page, true) = (&self.phase, self.page.is_some()) else { return Err(NoMeaning) };
        let Some(text) = self.shared.search_text(text) else { return Ok(()) };
        let hides_values = self.hides_values();
        let Some(page) = &mut self.page else { return Ok(()) };
        let mut said = None;
        for _ in 0..steps.unsigned_abs() {
            said = Some(page.search(&text, steps > 0, hides_values));
        }
        said.into_iter().for_each(|words| self.shared.say(words));
        Ok(())
    }

    /// Leaves the details, goes back to the draft, or stops what runs.
    fn cancel(&mut self) {
        match (&self.phase, &mut self.page) {
            (Phase::Working(stage), _) => {
                let stage = *stage;
                self.leave_stage(stage);
            }
            (Phase::Failed(Stage::Build, _), Some(_)) => self.phase = Phase::Page,
            (Phase::Page, Some(page)) => page.is_in_details = false,
            _ => {}
        }
    }

    fn update_tables(&mut self, action: TablesAction) -> Result<(), NoMeaning> {
        match (&self.phase, action) {
            (Phase::Failed(stage, _) | Phase::Stopped(stage), TablesAction::Again) => {
                let stage = *stage;
                self.start_stage(stage);
            }
            (Phase::Built, TablesAction::Again | TablesAction::Compare) => self.start_stage(Stage::Build),
            (Phase::Page, TablesAction::Compare) => self.start_stage(Stage::Build),
            (Phase::Page, TablesAction::Write) => {
                self.shared.input.prompt = Some(Prompt::new(Purpose::Command, &format!("write {FOLDER}")));
            }
            (Phase::Page, action) => {
                let page = self.page.as_mut().ok_or(NoMeaning)?;
                let said = match action {
                    TablesAction::Filter => Some(with_keys(
                        "all lines of a draft are shown: {search} finds a column, and {toggle} leaves a pair out",
                    )),
                    TablesAction::Details | TablesAction::DetailsBack => page.go_to_pane(!page.is_in_details),
                    TablesAction::In => page.go_to_pane(true),
                    TablesAction::Out => page.go_to_pane(false),
                    TablesAction::Toggle => page.toggle(),
                    TablesAction::Confirm => page.confirm(),
                    TablesAction::ConfirmAll => page.confirm_all(),
                    TablesAction::Compare | TablesAction::Write | TablesAction::Again => return Err(NoMeaning),
                };
                said.into_iter().for_each(|words| self.shared.say(words));
            }
            _ => return Err(NoMeaning),
        }
        Ok(())
    }
}
