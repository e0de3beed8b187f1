//! The program without a terminal: the same state and the same drawing, into memory. Pipes, pictures and tests use it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use file_mst::stats::Stats;
use file_mst::walk::Damage;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::model::item::ValueFormat;
use crate::runtime::event::Event;
use crate::runtime::jobs::Runner;
use crate::runtime::keymap::bindings;
use crate::runtime::stack::{Destination, Opener, Program};
use crate::runtime::theme::Theme;
use crate::runtime::{COUNTED_UNASKED, svg};
use crate::screens::browse::state::Count;

/// A screen in memory. The work that it asks for is done at once.
pub(crate) struct Offscreen {
    pub(crate) program: Program,
    events: Receiver<Event>,
    theme: Theme,
    area: Rect,
}

impl Offscreen {
    /// The opening view on a screen of this size.
    pub(crate) fn open(on: Destination, opener: Arc<dyn Opener>, theme: Theme, width: u16, height: u16) -> Self {
        let (sender, events) = channel();
        let program = Program::new(on, opener, Runner::at_once(sender), theme);
        let mut screen = Self { program, events, theme, area: Rect::new(0, 0, width, height) };
        screen.settle();
        screen
    }

    /// Counts the tree where the program would do so unasked. What is wrong with it, as far as it was counted.
    pub(crate) fn count(&mut self) -> Vec<Damage> {
        let Some(browse) = self.program.browse().filter(|browse| browse.app.file_len <= COUNTED_UNASKED) else {
            return Vec::new();
        };
        let Stats { records, damage, .. } = browse.tree().stats(|_| ControlFlow::Continue(()));
        browse.app.count = Count::Done { records, damaged: damage.len() as u64 };
        damage
    }

    /// Shows values in this format.
    pub(crate) fn format_values(&mut self, format: ValueFormat) {
        self.program.format_values(format);
        self.settle();
    }

    /// Presses keys, by their names in the keymap.
    pub(crate) fn press(&mut self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            self.program.take(Event::Key(key));
            self.settle();
        }
    }

    /// Changes the size of the screen.
    #[cfg(test)]
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.area = Rect::new(0, 0, width, height);
        self.settle();
    }

    /// Works until nothing is asked for any more.
    fn settle(&mut self) {
        loop {
            self.program.resize(self.area);
            self.program.work();
            let mut events = self.events.try_iter().peekable();
            if events.peek().is_none() {
                return;
            }
            for event in events {
                self.program.take(event);
            }
        }
    }

    /// What the screen shows.
    pub(crate) fn buffer(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.area);
        self.program.draw(&mut buffer);
        buffer
    }

    /// What the screen shows, as text without styles; no spaces at the ends of lines, no empty lines at the end.
    pub(crate) fn text(&self) -> String {
        text_of(&self.buffer())
    }

    /// What the screen shows, as a picture.
    pub(crate) fn svg(&self) -> String {
        svg::render(&self.buffer(), self.theme)
    }
}

/// What a buffer shows, as text without styles; no spaces at the ends of lines, no empty lines at the end.
pub(crate) fn text_of(buffer: &Buffer) -> String {
    let lines = (0..buffer.area.height).map(|y| {
        let line: String = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect();
        line.trim_end().to_owned()
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim_end().to_owned() + "\n"
}

/// Keys that only mean something while a line is typed.
const EDITING: &[&str] = &["Backspace", "Delete", "Ctrl-a", "Ctrl-e", "Ctrl-h", "Ctrl-k", "Ctrl-w"];

/// The key names in a text such as `jj<Tab>G<Enter>`: single characters, and names between angle brackets. An error names
/// what no key is called.
pub(crate) fn key_names(text: &str) -> Result<Vec<String>, String> {
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
        let is_known =
            bindings().flat_map(|binding| binding.keys).flat_map(|keys| keys.split(' ')).any(|key| key == name);
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

    #[test]
    fn key_names_are_read_from_text() {
        assert_eq!(key_names("jgg<Tab><Ctrl-d>G").unwrap(), ["j", "g", "g", "Tab", "Ctrl-d", "G"]);
        assert_eq!(key_names("j<Nonsense>").unwrap_err(), "no key is called \"Nonsense\"");
        assert_eq!(key_names(":a <").unwrap(), [":", "a", "Space", "<"]);
        assert_eq!(key_names("<<Tab><>").unwrap(), ["<", "Tab", "<", ">"]);
    }
}
