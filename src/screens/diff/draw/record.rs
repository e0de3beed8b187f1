//! A difference in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::model::diff::detail::{BETWEEN, Line};
use crate::model::diff::marks::Piece;
use crate::model::representation::Aspect;
use crate::model::text::thousands;
use crate::runtime::layout::overlay_inside;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;
use crate::screens::diff::draw::{role, row};
use crate::screens::diff::over::RecordView;
use crate::screens::diff::state::DriftApp;

/// The widest key in the title, in columns.
const KEY: usize = 48;

pub(crate) fn draw(app: &DriftApp, view: &RecordView, buf: &mut Buffer) {
    let Some(entry) = app.in_line(view.line) else { return };
    let lines = &view.detail.lines;
    let window = view.cursor.window(lines.len());
    let kind = entry.kind();
    let key = row::key_of(app, &entry, KEY).map(|key| format!("{key} · ")).unwrap_or_default();
    let title = format!(
        "{} {key}{} · {} · line {}–{} of {}",
        kind.glyph(),
        kind.name(),
        view.detail.aspect.map_or(app.value_format.name(), Aspect::name),
        thousands(window.start as u64 + u64::from(!window.is_empty())),
        thousands(window.end as u64),
        thousands(lines.len() as u64),
    );
    paint::overlay(app, &title, &view.cursor, lines.len(), buf);
    let inside = overlay_inside(app.overlay(), app.framed());
    let half = inside.width.saturating_sub(2 + BETWEEN as u16) / 2;
    for (row, line) in lines[window].iter().enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        match line {
            Line::Whole(whose, pieces) => {
                let base = app.theme.style(whose.map_or(Role::Plain, role));
                let glyph = whose.map_or(" ", |kind| kind.glyph());
                let mut spans = vec![Span::styled(format!("{glyph} "), base)];
                spans.extend(spans_of(app, pieces, base));
                paint::two_ends(area, spans, Vec::new(), buf);
            }
            Line::Sides(left, right) => {
                let from = area.x + 2.min(area.width);
                let plain = app.theme.style(Role::Plain);
                let left_area = Rect { x: from, width: half.min(area.right() - from), ..area };
                paint::two_ends(left_area, spans_of(app, left, plain).collect(), Vec::new(), buf);
                let between = left_area.right() + 1;
                if between < area.right() {
                    buf.set_span(between, area.y, &Span::styled("│", app.theme.style(Role::Border)), 1);
                }
                let from = (left_area.right() + BETWEEN as u16).min(area.right());
                let right_area = Rect { x: from, width: half.min(area.right() - from), ..area };
                paint::two_ends(right_area, spans_of(app, right, plain).collect(), Vec::new(), buf);
            }
        }
    }
}

fn spans_of<'a>(app: &DriftApp, pieces: &'a [Piece], base: Style) -> impl Iterator<Item = Span<'a>> + use<'a> {
    let mark = app.theme.style(Role::Mark);
    pieces.iter().map(move |(text, differs)| Span::styled(text.as_str(), if *differs { mark } else { base }))
}
