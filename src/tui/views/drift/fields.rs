//! Which fields drift, and how often.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::tui::drift::app::{DriftApp, FieldsView};
use crate::tui::layout::overlay_inside;
use crate::tui::theme::Role;
use crate::tui::views::paint::{self, Look};
use crate::view::drift::summary::MOST;
use crate::view::text::{count, thousands};

/// The columns of the longest bar.
const BAR: u64 = 24;

pub(super) fn draw(app: &DriftApp, view: &FieldsView, buf: &mut Buffer) {
    let summary = &view.summary;
    let first = if summary.records == MOST as u64 { "the first " } else { "" };
    let title = format!("Fields that drift · {first}{}", count(summary.records, "changed record"));
    let len = view.len();
    paint::overlay(app, &title, &view.cursor, len, buf);
    let inside = overlay_inside(app.overlay(), app.framed());
    for (line, at) in view.cursor.window(len).enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        let style = |role| app.theme.style(role);
        let words = match summary.fields.get(at) {
            Some((name, records)) => {
                let cells = (records * BAR).div_ceil(summary.records.max(1)).min(BAR) as usize;
                let bar = format!("  {}{}  ", "█".repeat(cells), "·".repeat(BAR as usize - cells));
                let name = if name.is_empty() { "(the whole value)" } else { name };
                vec![
                    Span::styled(format!("{:>10}", thousands(*records)), style(Role::Strong)),
                    Span::styled(bar, style(Role::Changed)),
                    Span::raw(name.to_owned()),
                ]
            }
            None => vec![Span::styled(" no record has two values", style(Role::Dim))],
        };
        paint::two_ends(area, words, Vec::new(), buf);
    }
}
