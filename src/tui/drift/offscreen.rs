//! The screen of two trees without a terminal: pictures and tests use it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::app::DriftApp;
use super::compare::{Most, compare};
use crate::tui::theme::Theme;
use crate::tui::{svg, views};
use crate::view::drift::pair::Pair;
use crate::view::drift::why::Why;

/// A screen in memory. The trees are compared at once.
pub(crate) struct DriftOffscreen {
    pub(in crate::tui) app: DriftApp,
    area: Rect,
}

impl DriftOffscreen {
    /// Two trees, compared, on a screen of this size.
    pub(crate) fn open(pair: Pair, theme: Theme, width: u16, height: u16) -> Self {
        let pair = Arc::new(pair);
        let mut app = DriftApp::new(Arc::clone(&pair), theme);
        compare(&pair, Most::default(), &AtomicBool::new(false), &mut |batch| {
            app.take(batch);
            true
        });
        let area = Rect::new(0, 0, width, height);
        app.resize(area);
        Self { app, area }
    }

    /// Presses keys, by their names in the keymap.
    pub(crate) fn press(&mut self, keys: impl IntoIterator<Item = String>) {
        for key in keys {
            self.app.key(key);
            if let Some((line, entry)) = self.app.wants_why() {
                let why = Why::read(&self.app.pair, &entry);
                self.app.explained(line, why);
            }
            self.app.resize(self.area);
        }
    }

    /// What the screen shows.
    pub(crate) fn buffer(&self) -> Buffer {
        let mut buffer = Buffer::empty(self.area);
        views::drift::draw(&self.app, &mut buffer);
        buffer
    }

    /// What the screen shows, as a picture.
    pub(crate) fn svg(&self) -> String {
        svg::render(&self.buffer(), self.app.theme)
    }
}

#[cfg(test)]
impl DriftOffscreen {
    /// Changes the size of the screen.
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.area = Rect::new(0, 0, width, height);
        self.app.resize(self.area);
    }

    /// What the screen shows, as text without styles.
    pub(crate) fn text(&self) -> String {
        crate::tui::offscreen::text_of(&self.buffer())
    }
}
