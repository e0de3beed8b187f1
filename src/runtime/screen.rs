//! A screen on the stack: what the program asks of it, and what it asks of the program.

#[cfg(test)]
use std::any::Any;
use std::fmt;
use std::sync::Arc;

use file_mst::Damage;
use file_mst::diff::Side;
use file_mst::open::Opened;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::model::diff::pair::Pair;
use crate::model::item::{ItemFormat, ValueFormat};
use crate::model::places::DiffMarks;
use crate::model::representation::Representation;
use crate::runtime::input::Input;
use crate::runtime::input::action::{Action, Program};
use crate::runtime::input::commands::Command;
use crate::runtime::input::completion::{self, ArgumentKind, Completed, FindKeys};
use crate::runtime::input::keymap::{Keys, key_of};
use crate::runtime::input::mouse::{Mouse, MouseKind, MousePane};
use crate::runtime::input::prompt::Memory;
use crate::runtime::jobs::{Reply, Runner};
use crate::runtime::looks::ThemeChoice;
use crate::runtime::session::Session;
use crate::runtime::theme::Theme;
use crate::tables::work::TableWork;

/// A screen. The stack shows the top one and passes keys to it; replies reach the screen that asked for the work.
pub(crate) trait Screen: fmt::Debug {
    fn shared(&self) -> &Shared;

    fn shared_mut(&mut self) -> &mut Shared;

    /// Executes a command that was typed, or that a key stands for; an error if it means nothing here.
    fn execute(&mut self, command: Command) -> Result<Vec<Effect>, NoMeaning>;

    /// Takes in a reply of a task of this screen.
    fn reply(&mut self, ticket: u64, reply: Reply) -> Vec<Effect>;

    /// Takes in the size of the terminal.
    fn resize(&mut self, area: Rect);

    /// Starts to read what the visible lines still miss, instead of what they missed before.
    fn read_missing(&mut self);

    /// Draws the whole screen. Drawing reads the state and nothing else.
    fn draw(&self, buf: &mut Buffer);

    /// Counts the tree now where the program counts without being asked; returns the damage that was met.
    fn count_now(&mut self) -> Vec<Damage> {
        Vec::new()
    }

    /// Takes in a key by its name in the keymap. This is the one place where a key without use is answered.
    fn key(&mut self, name: String) -> Vec<Effect> {
        let command = self.shared_mut().input.key(name);
        self.complete_argument();
        command.map(|(command, count)| self.run(command, count)).unwrap_or_default()
    }

    /// What finds the keys of the tree that begin with a text, if there is a tree.
    fn find_keys(&self) -> Option<FindKeys> {
        None
    }

    /// Starts to read words for the argument that is typed, instead of those for what was typed before.
    fn complete_argument(&mut self) {
        let input = &self.shared().input;
        let Some(wanted) = input.prompt.as_ref().and_then(|prompt| prompt.wanted(input.keys)) else { return };
        let find_keys = self.find_keys();
        let shared = self.shared_mut();
        let nothing = Completed { wanted: wanted.clone(), words: Vec::new() };
        let task = shared.runner.run(
            move |_| nothing,
            move |feed| {
                let words = match (wanted.kind, find_keys) {
                    (ArgumentKind::Path, _) => completion::paths(&wanted.word),
                    (ArgumentKind::Theme, _) => {
                        ThemeChoice::names().filter(|name| name.starts_with(&wanted.word)).collect()
                    }
                    (ArgumentKind::Key, Some(find_keys)) => find_keys(&wanted.word),
                    (ArgumentKind::Key, None) => Vec::new(),
                };
                let _ = feed.send(Completed { wanted, words });
            },
        );
        shared.input.completing = Some(Arc::new(task));
    }

    /// The panes that the mouse can be in.
    fn panes(&mut self) -> Vec<MousePane> {
        Vec::new()
    }

    /// Does what a press of the mouse does in a place that is no line of a pane. False if it does nothing there.
    fn press(&mut self, _mouse: Mouse) -> bool {
        false
    }

    /// Takes in what the mouse did.
    fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        let shared = self.shared_mut();
        if let Some(prompt) = &mut shared.input.prompt {
            if let MouseKind::Wheel(lines) = mouse.kind {
                prompt.complete(shared.input.keys, lines.signum());
            }
            return Vec::new();
        }
        if self.press(mouse) {
            return Vec::new();
        }
        let Some(pane) = self.panes().into_iter().find(|pane| pane.area.contains(mouse.at)) else { return Vec::new() };
        let mut effects = Vec::new();
        for action in pane.actions(mouse) {
            effects.extend(self.execute_or_say(Command::Do(action)));
        }
        effects
    }

    /// Executes a command, so many times as a number before its keys says.
    fn run(&mut self, command: Command, count: Option<u64>) -> Vec<Effect> {
        let Command::Do(action) = command else { return self.execute_or_say(command) };
        let (action, times) = action.counted(count);
        if let Action::Program(program) = action {
            return vec![match program {
                Program::Redraw => Effect::Redraw,
                Program::Mouse => Effect::Mouse,
            }];
        }
        for _ in 0..times {
            let effects = self.execute_or_say(Command::Do(action));
            // A message says that it goes no further.
            if !effects.is_empty() || self.shared().input.message.is_some() {
                return effects;
            }
        }
        Vec::new()
    }

    fn execute_or_say(&mut self, command: Command) -> Vec<Effect> {
        self.execute(command).unwrap_or_else(|NoMeaning| {
            self.shared_mut().input.say_no_meaning();
            Vec::new()
        })
    }

    #[cfg(test)]
    fn as_any(&mut self) -> &mut dyn Any;
}

/// An action or a command that means nothing where it came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoMeaning;

/// The answer of a screen to an action.
pub(crate) type Outcome = Result<Option<Effect>, NoMeaning>;

/// A request of a screen to the program.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Open a tree by its name, and show it.
    Open(String),
    /// Open a tree by its name, and show it on the right of this one.
    OpenBeside(Box<Shown>, String),
    /// Find the drift between two things by their names, and show it.
    Compare([String; 2]),
    /// Build the first name, a table or mapping, into a tree in the file of the second, and show the tree.
    Build([String; 2]),
    /// Put a screen on top of this one.
    Show(Destination),
    /// Put a text where other programs can paste it from.
    Copy(String),
    /// Show all screens in another theme.
    Theme(ThemeChoice),
    /// Suspend the process.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Take the mouse, or leave it to the terminal.
    Mouse,
    /// Remove this screen; the program ends with the last one.
    Leave,
    /// End the program.
    Exit,
}

/// The subject of a screen that is to be opened.
#[derive(Debug)]
pub(crate) enum Destination {
    Tree(Box<Shown>),
    /// One of two trees that were compared.
    Side(Box<OneSide>),
    Pair(Box<Pair>),
    /// Two tables that are still to be read: `Box<Tables>`, except in tests.
    Tables(Box<dyn TableWork>),
}

/// A tree that is shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The name of the file, without folders.
    pub(crate) file: String,
    /// The file as the user named it, for command lines.
    pub(crate) path: String,
    pub(crate) opened: Opened,
}

/// One of two trees that were compared.
#[derive(Debug)]
pub(crate) struct OneSide {
    pub(crate) shown: Shown,
    /// The key to go to, as this tree stores it.
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) marks: Arc<DiffMarks>,
}

impl OneSide {
    pub(crate) fn new(pair: &Pair, side: Side, key: Option<Vec<u8>>, marks: DiffMarks) -> Self {
        let (file, path, opened) = (pair.file(side).to_owned(), pair.path(side).to_owned(), pair.opened(side).clone());
        Self { shown: Shown { file, path, opened }, key, marks: Arc::new(marks) }
    }
}

/// Opens trees by the names that users give them.
pub(crate) trait Opener: Send + Sync {
    /// The tree of a name.
    fn open(&self, name: &str) -> anyhow::Result<Shown>;

    /// The tree that is shown, and on its right that of a name, opened so that they can be compared.
    fn beside(&self, left: &Shown, name: &str) -> anyhow::Result<Pair>;

    /// Two things of any kind by their names: two trees side by side, or two tables that are still to be read.
    fn tables(&self, left: &str, right: &str) -> anyhow::Result<Destination>;

    /// Builds a table or mapping into a tree in a file. Blocks.
    fn build(&self, table: &str, file: &str) -> anyhow::Result<Destination>;
}

/// The settings that a new screen takes over from the screen below it, and its means to work.
#[derive(Debug)]
pub(crate) struct Start {
    /// Runs the tasks of this screen.
    pub(crate) runner: Runner,
    pub(crate) theme: Theme,
    pub(crate) area: Rect,
    pub(crate) memory: Memory,
    /// The tables that this run has shown.
    pub(crate) session: Session,
    pub(crate) value_format: ItemFormat,
    pub(crate) representation: Option<Representation>,
    /// Whether small files are counted without being asked.
    pub(crate) counts_unasked: bool,
}

/// Makes the screen of a destination.
pub(crate) type Build = fn(Destination, Start) -> Box<dyn Screen>;

/// The state that all screens have.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) input: Input,
    pub(crate) key_format: ItemFormat,
    pub(crate) value_format: ItemFormat,
    /// How open values are shown, where that makes sense for them.
    pub(crate) representation: Option<Representation>,
    pub(crate) theme: Theme,
    /// The text that was searched last.
    pub(crate) searched: Option<String>,
    pub(crate) runner: Runner,
    pub(crate) session: Session,
}

impl Shared {
    pub(crate) fn new(keys: Keys, start: Start) -> Self {
        let Start { runner, theme, memory, session, value_format, representation, .. } = start;
        let mut input = Input::new(keys);
        input.memory = memory;
        Self {
            input,
            key_format: ItemFormat::Auto,
            value_format,
            representation,
            theme,
            searched: None,
            runner,
            session,
        }
    }

    /// Says something to the user.
    pub(crate) fn say(&mut self, words: impl Into<String>) {
        self.input.say(words);
    }

    /// Shows values in this format.
    pub(crate) fn format_values(&mut self, format: ValueFormat) {
        (self.value_format, self.representation) = match format {
            ValueFormat::Auto => (ItemFormat::Auto, None),
            ValueFormat::Text => (ItemFormat::Text, None),
            ValueFormat::Json => (ItemFormat::Auto, Some(Representation::Json)),
            ValueFormat::Hex => (ItemFormat::Hex, None),
            ValueFormat::Redacted => (ItemFormat::Redacted, None),
        };
    }

    pub(crate) fn cycle_key_format(&mut self) {
        self.key_format = self.key_format.next_of_keys();
    }

    pub(crate) fn cycle_value_format(&mut self) {
        self.value_format = self.value_format.next_of_values();
        self.representation = None;
    }

    /// The text to search for: a new one, or else the previous one.
    pub(crate) fn search_text(&mut self, text: Option<String>) -> Option<String> {
        self.searched = text.or(self.searched.take());
        if self.searched.is_none() {
            self.say(format!("no previous search; press {}", key_of(Action::Search)));
        }
        self.searched.clone()
    }
}
