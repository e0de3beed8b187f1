//! The layer that says how two trees were compared, in what their types and contracts differ, and what is not certain.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::DiffScreen;
use crate::model::diff::verdict::{certainty, conclusion};
use crate::model::item::ItemFormat;
use crate::model::text::wrap;
use crate::runtime::input::action::{Action, Common, Motion};
use crate::runtime::layers::Layer;
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};

/// The name of the layer.
pub(super) const DOUBTS: &str = "doubts";

/// How the trees were compared, and what is not certain.
#[derive(Debug)]
pub(super) struct DoubtsLayer {
    /// The texts in lines that fit the layer.
    lines: Vec<String>,
    cursor: ListCursor,
}

impl DoubtsLayer {
    pub(super) fn new(screen: &DiffScreen) -> Self {
        let conclusion = conclusion(&screen.pair, &screen.list.counts, screen.compared());
        let hides_values = screen.shared.value_format == ItemFormat::Redacted;
        let texts = certainty(&screen.pair, &conclusion, hides_values);
        let lines = wrapped(&texts, screen);
        Self { lines, cursor: ListCursor::default() }
    }
}

/// The texts in lines that fit; the further lines of a text are indented.
fn wrapped(texts: &[String], screen: &DiffScreen) -> Vec<String> {
    let width = usize::from(overlay_inside(screen.overlay(), screen.framed()).width).saturating_sub(4);
    let indented = |text: &String| {
        let lines = wrap(text, width).into_iter().enumerate();
        lines.map(|(at, line)| if at == 0 { line } else { format!("  {line}") }).collect::<Vec<_>>()
    };
    texts.iter().flat_map(indented).collect()
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

    /// Whether values are hidden may have changed too.
    fn lay_out(&mut self, screen: &DiffScreen) {
        let cursor = self.cursor;
        *self = Self { cursor, ..Self::new(screen) };
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
