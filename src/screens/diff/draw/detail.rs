//! A line of the page on one difference: one value, or both beside each other.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::role;
use crate::model::diff::detail::{BETWEEN, Line, Tone};
use crate::model::diff::marks::MarkedText;
use crate::runtime::paint;
use crate::runtime::theme::{Role, Theme};

/// Draws a line into an area of one line.
pub(crate) fn draw(theme: Theme, line: &Line, area: Rect, buf: &mut Buffer) {
    let half = area.width.saturating_sub(2 + BETWEEN as u16) / 2;
    match line {
        Line::Said(tone, text) => {
            let role = match tone {
                Tone::Good => Role::Good,
                Tone::Doubtful => Role::Doubtful,
                Tone::Bad => Role::Bad,
                Tone::Title => Role::Title,
            };
            let from = area.x + 2.min(area.width);
            let area = Rect { x: from, width: area.right() - from, ..area };
            paint::two_ends(area, vec![Span::styled(text.as_str(), theme.style(role))], Vec::new(), buf);
        }
        Line::Whole(whose, pieces) => {
            let base = theme.style(whose.map_or(Role::Plain, role));
            let glyph = whose.map_or(" ", |kind| kind.glyph());
            let mut spans = vec![Span::styled(format!("{glyph} "), base)];
            spans.extend(spans_of(theme, pieces, base));
            paint::two_ends(area, spans, Vec::new(), buf);
        }
        Line::Sides(left, right) => {
            let from = area.x + 2.min(area.width);
            let plain = theme.style(Role::Plain);
            let left_area = Rect { x: from, width: half.min(area.right() - from), ..area };
            paint::two_ends(left_area, spans_of(theme, left, plain).collect(), Vec::new(), buf);
            let between = left_area.right() + 1;
            if between < area.right() {
                buf.set_span(between, area.y, &Span::styled("│", theme.style(Role::Border)), 1);
            }
            let from = (left_area.right() + BETWEEN as u16).min(area.right());
            let right_area = Rect { x: from, width: half.min(area.right() - from), ..area };
            paint::two_ends(right_area, spans_of(theme, right, plain).collect(), Vec::new(), buf);
        }
    }
}

fn spans_of<'a>(theme: Theme, pieces: &'a [MarkedText], base: Style) -> impl Iterator<Item = Span<'a>> + use<'a> {
    let mark = theme.style(Role::Mark);
    pieces.iter().map(move |(text, differs)| Span::styled(text.as_str(), if *differs { mark } else { base }))
}
