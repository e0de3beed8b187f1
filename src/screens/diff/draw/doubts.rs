//! How two trees were compared, in what their types and contracts differ, and what is not certain.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::screens::diff::state::DriftApp;

pub(crate) fn draw(app: &DriftApp, lines: &[String], cursor: &ListCursor, buf: &mut Buffer) {
    paint::overlay(app, "What is certain", cursor, lines.len(), buf);
    let inside = overlay_inside(app.overlay(), app.framed());
    for (row, at) in cursor.window(lines.len()).enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        if let Some(line) = lines.get(at) {
            paint::two_ends(area, vec![Span::raw(format!(" {line}"))], Vec::new(), buf);
        }
    }
}
