//! A difference in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::{role, row};
use crate::tui::drift::app::{DriftApp, RecordView};
use crate::tui::layout::overlay_inside;
use crate::tui::theme::Role;
use crate::tui::views::paint::{self, Look};
use crate::view::text::thousands;

/// The widest key in the title, in columns.
const KEY: usize = 48;

pub(super) fn draw(app: &DriftApp, view: &RecordView, buf: &mut Buffer) {
    let Some(entry) = app.in_line(view.line) else { return };
    let window = view.cursor.window(view.lines.len());
    let kind = entry.kind();
    let key = row::key_of(app, &entry, KEY).map(|key| format!("{key} · ")).unwrap_or_default();
    let title = format!(
        "{} {key}{} · {} · line {}–{} of {}",
        kind.glyph(),
        kind.name(),
        app.value_format.name(),
        thousands(window.start as u64 + u64::from(!window.is_empty())),
        thousands(window.end as u64),
        thousands(view.lines.len() as u64),
    );
    paint::overlay(app, &title, &view.cursor, view.lines.len(), buf);
    let inside = overlay_inside(app.overlay(), app.framed());
    for (line, (whose, text)) in view.lines[window].iter().enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        let style = app.theme.style(whose.map_or(Role::Plain, role));
        let glyph = whose.map_or(" ", |kind| kind.glyph());
        paint::two_ends(area, vec![Span::styled(format!("{glyph} {text}"), style)], Vec::new(), buf);
    }
}
