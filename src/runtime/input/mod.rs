//! The input of a screen: sequences of keys, the line at the bottom, and the message to the user.

pub(crate) mod action;
pub(crate) mod commands;
pub(crate) mod completion;
pub(crate) mod fuzzy;
pub(crate) mod key_choice;
pub(crate) mod keymap;
pub(crate) mod keys;
pub(crate) mod line_edit;
pub(crate) mod marks;
pub(crate) mod mouse;
pub(crate) mod prompt;
pub(crate) mod prompt_line;
pub(crate) mod which_key;

use std::sync::Arc;

use crate::runtime::input::action::{Action, Common};
use crate::runtime::input::commands::Command;
use crate::runtime::input::completion::Completed;
use crate::runtime::input::keymap::{Keys, Meaning, key_of};
use crate::runtime::input::prompt::{Memory, Prompt, Purpose, Typed};
use crate::runtime::jobs::{Reply, Task};

/// The input so far, and one line for the user.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) keys: Keys,
    /// The number that was typed before a sequence.
    pub(crate) count: Option<u64>,
    /// Keys of a sequence that is not complete.
    pub(crate) typed: Vec<String>,
    /// The last sequence that was complete.
    sequence: Vec<String>,
    /// The line that is being typed.
    pub(crate) prompt: Option<Prompt>,
    /// Reads words for the argument that is typed.
    pub(crate) completing: Option<Arc<Task>>,
    pub(crate) memory: Memory,
    /// One line for the user, until the next key.
    pub(crate) message: Option<String>,
    /// The action of the last key, if it completed one.
    pub(crate) last: Option<Action>,
}

impl Input {
    pub(crate) fn new(keys: Keys) -> Self {
        Self {
            keys,
            count: None,
            typed: Vec::new(),
            sequence: Vec::new(),
            prompt: None,
            completing: None,
            memory: Memory::default(),
            message: None,
            last: None,
        }
    }

    /// Says something to the user.
    pub(crate) fn say(&mut self, words: impl Into<String>) {
        self.message = Some(words.into());
    }

    /// The same input with another message.
    pub(crate) fn with_message(&self, words: &str) -> Self {
        Self { message: Some(words.to_owned()), ..self.clone() }
    }

    /// Takes in a key by its name in the keymap; the command that is complete with it, and the number before it.
    pub(crate) fn key(&mut self, name: String) -> Option<(Command, Option<u64>)> {
        (self.message, self.last) = (None, None);
        if let Some(prompt) = &mut self.prompt {
            let typed = prompt.key(&name, self.keys, &mut self.memory);
            if !matches!(typed, Typed::Edited) {
                self.prompt = None;
            }
            return match typed {
                // An action of the palette may begin a line itself.
                Typed::Command(Command::Do(action)) => match self.keys.before_letter(action) {
                    Some(keys) => {
                        self.typed = keys;
                        None
                    }
                    None => self.begin(action, None),
                },
                Typed::Command(command) => Some((command, None)),
                Typed::Wrong(why) => {
                    self.message = Some(why);
                    None
                }
                Typed::Edited | Typed::Cancelled => None,
            };
        }
        if self.digit(&name) {
            return None;
        }
        let action = self.sequence(name)?;
        let count = self.count.take();
        self.begin(action, count)
    }

    /// Begins a line if the action is one that is typed; else it is the command.
    fn begin(&mut self, action: Action, count: Option<u64>) -> Option<(Command, Option<u64>)> {
        match action {
            Action::Type(text) => {
                self.prompt = Some(Prompt::new(Purpose::Command, text));
                None
            }
            Action::Search => {
                self.prompt = Some(Prompt::new(Purpose::Search, ""));
                None
            }
            action => Some((Command::Do(action), count)),
        }
    }

    /// Takes in a digit of a number before a sequence. False if it is none.
    fn digit(&mut self, name: &str) -> bool {
        let digit = name.parse::<u8>().ok().filter(|digit| self.typed.is_empty() && *digit < 10);
        match (digit, self.count) {
            (None, _) | (Some(0), None) => false,
            (Some(digit), count) => {
                self.count = Some(count.unwrap_or(0).saturating_mul(10).saturating_add(digit.into()));
                true
            }
        }
    }

    /// Takes in words for the argument that is typed; gives the reply back if it is for another task.
    pub(crate) fn take_words(&mut self, ticket: u64, reply: Reply) -> Result<(), Reply> {
        if self.completing.as_ref().is_none_or(|task| task.ticket() != ticket) {
            return Err(reply);
        }
        self.completing = None;
        if let (Some(prompt), Some(completed)) = (&mut self.prompt, reply.take::<Completed>()) {
            prompt.complete_with(completed);
        }
        Ok(())
    }

    /// Takes in a text that was pasted.
    pub(crate) fn paste(&mut self, text: &str) {
        match &mut self.prompt {
            Some(prompt) => prompt.paste(text),
            None => self.say("what is pasted is taken in only where a line is typed"),
        }
    }

    /// Takes in a key of a sequence; the action that is complete with it.
    fn sequence(&mut self, name: String) -> Option<Action> {
        let cancels = self.keys.meaning(std::slice::from_ref(&name)) == Meaning::Action(Common::Cancel.into());
        let is_half_typed = !self.typed.is_empty() || self.count.is_some();
        if is_half_typed && cancels {
            self.typed.clear();
            self.count = None;
            return None;
        }
        self.typed.push(name);
        let meaning = self.keys.meaning(&self.typed);
        if meaning == Meaning::Prefix {
            return None;
        }
        self.sequence = std::mem::take(&mut self.typed);
        match meaning {
            Meaning::Action(action) => {
                self.last = Some(action);
                Some(action)
            }
            Meaning::Prefix | Meaning::Nothing => {
                self.count = None;
                self.say_no_meaning();
                None
            }
        }
    }

    /// Tells the user that the last sequence of keys does nothing here.
    pub(crate) fn say_no_meaning(&mut self) {
        let help = key_of(Common::Help);
        self.say(format!("{} means nothing here; {help} shows the keys", self.sequence.join(" ")));
    }
}
