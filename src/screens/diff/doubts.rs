//! The layer that says how two trees were compared, in what their types and contracts differ, and what is not certain.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::DiffScreen;
use crate::model::diff::verdict::{certainty, conclusion};
use crate::runtime::action::{Action, Common, Motion};
use crate::runtime::layers::Layer;
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};

/// The name of the layer.
pub(super) const DOUBTS: &str = "doubts";

/// How the trees were compared, and what is not certain.
#[derive(Debug)]
pub(super) struct DoubtsLayer {
    lines: Vec<String>,
    cursor: ListCursor,
}

impl DoubtsLayer {
    pub(super) fn new(screen: &DiffScreen) -> Self {
        let conclusion = conclusion(&screen.pair, &screen.list.counts, screen.compared());
        Self { lines: certainty(&screen.pair, &conclusion), cursor: ListCursor::default() }
    }
}

impl Layer<DiffScreen> for DoubtsLayer {
    fn name(&self) -> &'static str {
        DOUBTS
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Common(Common::Cancel), Action::Move(Motion::Down), Action::Move(Motion::Up)]
    }

    fn draw(&self, screen: &DiffScreen, buf: &mut Buffer) {
        paint::overlay(screen, "What is certain", &self.cursor, self.lines.len(), buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        for (row, at) in self.cursor.window(self.lines.len()).enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            if let Some(line) = self.lines.get(at) {
                paint::two_ends(area, vec![Span::raw(format!(" {line}"))], Vec::new(), buf);
            }
        }
    }
}
