//! Keys as they come in on any screen: sequences, the line at the bottom, and what is said to the user.

use crate::runtime::action::Action;
use crate::runtime::commands::Command;
use crate::runtime::keymap::{self, ScreenKind};
use crate::runtime::prompt::{Memory, Prompt, Purpose, Typed};

/// What was typed and not yet acted on, and one line for the user.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) screen: ScreenKind,
    /// Keys of a sequence that is not complete.
    pub(crate) typed: Vec<String>,
    /// The line that is being typed.
    pub(crate) prompt: Option<Prompt>,
    pub(crate) memory: Memory,
    /// One line for the user, until the next key.
    pub(crate) message: Option<String>,
}

impl Input {
    pub(crate) fn new(screen: ScreenKind) -> Self {
        Self { screen, typed: Vec::new(), prompt: None, memory: Memory::default(), message: None }
    }

    /// Says something to the user.
    pub(crate) fn say(&mut self, words: impl Into<String>) {
        self.message = Some(words.into());
    }

    /// Takes in a key by its name in the keymap; what is complete with it.
    pub(crate) fn key(&mut self, name: String) -> Option<Command> {
        self.message = None;
        if let Some(prompt) = &mut self.prompt {
            let typed = prompt.key(&name, self.screen, &mut self.memory);
            if !matches!(typed, Typed::Edited) {
                self.prompt = None;
            }
            return match typed {
                Typed::Command(order) => Some(order),
                Typed::Wrong(why) => {
                    self.message = Some(why);
                    None
                }
                Typed::Edited | Typed::Cancelled => None,
            };
        }
        match keymap::take(&mut self.typed, &mut self.message, name, self.screen)? {
            Action::Type(text) => {
                self.prompt = Some(Prompt::new(Purpose::Command, text));
                None
            }
            Action::Search => {
                self.prompt = Some(Prompt::new(Purpose::Search, ""));
                None
            }
            action => Some(Command::Do(action)),
        }
    }
}
