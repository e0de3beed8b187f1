//! The program without a terminal: the same state and the same drawing, into memory, for pipes, pictures and tests.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use file_mst::Damage;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::model::item::ValueFormat;
use crate::runtime::event::Event;
use crate::runtime::input::keymap::Keys;
use crate::runtime::jobs::Runner;
use crate::runtime::looks::Looks;
use crate::runtime::screen::{Build, Destination, Opener};
use crate::runtime::stack::ScreenStack;
use crate::runtime::svg;

/// The program in memory. Its tasks run at once.
pub(crate) struct Offscreen {
    pub(crate) stack: ScreenStack,
    events: Receiver<Event>,
    area: Rect,
}

impl Offscreen {
    /// The opening view on a screen of this size.
    pub(crate) fn start(
        on: Destination,
        build: Build,
        opener: Arc<dyn Opener>,
        looks: impl Into<Looks>,
        (width, height): (u16, u16),
    ) -> Self {
        let (sender, events) = channel();
        let stack = ScreenStack::new(on, build, opener, Runner::at_once(sender), looks);
        let mut screen = Self { stack, events, area: Rect::new(0, 0, width, height) };
        screen.settle();
        screen
    }

    /// Counts the tree where the program would do so without being asked; returns the damage that was met.
    pub(crate) fn count(&mut self) -> Vec<Damage> {
        self.stack.count_now()
    }

    /// Shows values in this format.
    pub(crate) fn format_values(&mut self, format: ValueFormat) {
        self.stack.format_values(format);
        self.settle();
    }

    /// Presses keys, by their names in the keymap.
    pub(crate) fn press(&mut self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            self.stack.take(Event::Key(key));
            self.settle();
        }
    }

    /// Changes the size of the screen.
    #[cfg(test)]
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.area = Rect::new(0, 0, width, height);
        self.settle();
    }

    /// Takes in replies until none comes any more.
    fn settle(&mut self) {
        loop {
            self.stack.resize(self.area);
            self.stack.read_missing();
            let mut events = self.events.try_iter().peekable();
            if events.peek().is_none() {
                return;
            }
            for event in events {
                self.stack.take(event);
            }
        }
    }

    /// The cells of the screen.
    pub(crate) fn buffer(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.area);
        self.stack.draw(&mut buffer);
        buffer
    }

    /// The screen as text without styles; no spaces at the ends of lines, no empty lines at the end.
    pub(crate) fn text(&self) -> String {
        text_of(&self.buffer())
    }

    /// The screen as a picture.
    pub(crate) fn svg(&self) -> String {
        svg::render(&self.buffer(), self.stack.looks().theme())
    }
}

/// A buffer as text without styles; no spaces at the ends of lines, no empty lines at the end.
pub(crate) fn text_of(buffer: &Buffer) -> String {
    let lines = (0..buffer.area.height).map(|y| {
        let line: String = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect();
        line.trim_end().to_owned()
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim_end().to_owned() + "\n"
}

/// Keys that only mean something while a line is typed.
const EDITING: &[&str] = &[
    "Backspace",
    "Delete",
    "Ctrl-a",
    "Ctrl-e",
    "Ctrl-g",
    "Ctrl-h",
    "Ctrl-k",
    "Ctrl-n",
    "Ctrl-p",
    "Ctrl-t",
    "Ctrl-w",
    "Ctrl-y",
    "Alt-b",
    "Alt-d",
    "Alt-f",
    "Alt-Backspace",
];

/// The key names in a text such as `jj<Tab>G<Enter>`: single characters, and names between angle brackets. An error
/// names what no key is called.
pub(crate) fn key_names(text: &str, keys: Keys) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        // A key is called < too.
        let is_name = |(name, _): &(&str, &str)| !name.is_empty() && !name.starts_with('<');
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')).filter(is_name);
        let (name, after) = match named {
            Some((name, after)) => (name.to_owned(), after),
            None if c == ' ' => ("Space".to_owned(), &rest[1..]),
            None => (c.to_string(), &rest[c.len_utf8()..]),
        };
        let is_known = keys.has_key(&name);
        if !is_known && named.is_some() && !EDITING.contains(&name.as_str()) {
            return Err(format!("no key is called {name:?}"));
        }
        names.push(name);
        rest = after;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::input::keymap::ScreenKind;

    const KEYS: Keys = Keys { screen: ScreenKind::Tree, reports: &[] };

    #[test]
    fn key_names_are_read_from_text() {
        assert_eq!(key_names("jgg<Tab><Ctrl-d>G", KEYS).unwrap(), ["j", "g", "g", "Tab", "Ctrl-d", "G"]);
        assert_eq!(key_names("j<Nonsense>", KEYS).unwrap_err(), "no key is called \"Nonsense\"");
        assert_eq!(key_names(":a <", KEYS).unwrap(), [":", "a", "Space", "<"]);
        assert_eq!(key_names("<<Tab><>", KEYS).unwrap(), ["<", "Tab", "<", ">"]);
    }
}
