//! The program without a terminal: the same state and the same drawing, into memory. Pipes, pictures and tests use it.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use file_mst::open::Opened;
use file_mst::stats::Stats;
use file_mst::walk::Damage;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::app::{App, Count};
use super::keymap::KEYMAP;
use super::theme::Theme;
use super::views;
use super::{COUNTED_UNASKED, svg};
use crate::view::history::History;
use crate::view::node::NodeReport;

/// A screen in memory. What it wants to read is read at once.
pub(crate) struct Offscreen {
    file: String,
    opened: Opened,
    pub(super) app: App,
    area: Rect,
}

impl Offscreen {
    /// The opening view on a screen of this size.
    pub(crate) fn open(file: &str, opened: &Opened, theme: Theme, width: u16, height: u16) -> Self {
        let app = App::new(file, opened, theme);
        let area = Rect::new(0, 0, width, height);
        let mut screen = Self { file: file.to_owned(), opened: opened.clone(), app, area };
        screen.settle();
        screen
    }

    /// Counts the tree where the program would do so unasked. What is wrong with it, as far as it was counted.
    pub(crate) fn count(&mut self) -> Vec<Damage> {
        if self.app.file_len <= COUNTED_UNASKED { self.count_all() } else { Vec::new() }
    }

    fn count_all(&mut self) -> Vec<Damage> {
        let Stats { records, damage, .. } = self.opened.tree.stats(|_| ControlFlow::Continue(()));
        self.app.count = Count::Done { records, damaged: damage.len() as u64 };
        damage
    }

    /// Presses keys, by their names in the keymap.
    pub(crate) fn press(&mut self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            self.app.key(key);
            self.settle();
        }
    }

    /// Changes the size of the screen.
    #[cfg(test)]
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.area = Rect::new(0, 0, width, height);
        self.settle();
    }

    /// Reads until nothing is wanted any more.
    fn settle(&mut self) {
        loop {
            self.app.resize(self.area);
            if let Some(other) = self.app.go_to_commit.take().and_then(|commit| self.opened.at(&commit)) {
                self.opened = other;
                self.app.show(&self.file, &self.opened);
                self.app.resize(self.area);
            }
            if self.app.wants_history() {
                self.app.history_loaded(History::read(&self.opened));
            }
            let mut wanted = VecDeque::from(self.app.wanted());
            let Some(first) = wanted.pop_front() else { break };
            let tree = &self.opened.tree;
            let Some(report) = NodeReport::read(tree, &first.path, first.index, &first.interval) else { break };
            self.app.loaded(first.id, report);
        }
        if matches!(self.app.count, Count::Running { .. }) {
            self.count_all();
        }
    }

    /// What the screen shows.
    pub(crate) fn buffer(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.area);
        views::draw(&self.app, &mut buffer);
        buffer
    }

    /// What the screen shows, as text without styles; no spaces at the ends of lines, no empty lines at the end.
    pub(crate) fn text(&self) -> String {
        text_of(&self.buffer())
    }

    /// What the screen shows, as a picture.
    pub(crate) fn svg(&self) -> String {
        svg::render(&self.buffer(), self.app.theme)
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

/// The key names in a text such as `jj<Tab>G<Enter>`: single characters, and names between angle brackets. An error names
/// what no key is called.
pub(crate) fn key_names(text: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let (name, after) = match named {
            Some((name, after)) => (name.to_owned(), after),
            None => (c.to_string(), &rest[c.len_utf8()..]),
        };
        let is_known =
            KEYMAP.iter().flat_map(|binding| binding.keys).flat_map(|keys| keys.split(' ')).any(|key| key == name);
        if !is_known {
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
        assert_eq!(key_names("<").unwrap_err(), "no key is called \"<\"");
    }
}
