//! Draws a list of fields: names, types, values and what differs in them.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;

use crate::model::record::{FieldLine, Tone};
use crate::runtime::paint;
use crate::runtime::theme::{Role, Theme};

/// Draws the lines in `window` into `area`.
pub(crate) fn draw(theme: Theme, lines: &[FieldLine], window: Range<usize>, area: Rect, buf: &mut Buffer) {
    let visible = lines.get(window).unwrap_or_default();
    for (line, y) in visible.iter().zip(area.top()..area.bottom()) {
        let pieces = line.pieces.iter().map(|(text, tone)| Span::styled(text.as_str(), style(theme, *tone)));
        let end = line.end.map(|(text, tone)| Span::styled(text, style(theme, tone)));
        paint::two_ends(Rect { y, height: 1, ..area }, pieces.collect(), end.into_iter().collect(), buf);
    }
}

fn style(theme: Theme, tone: Tone) -> ratatui::style::Style {
    let role = match tone {
        Tone::Name | Tone::Value => Role::Plain,
        Tone::DiffersName => Role::Strong,
        Tone::Dim => Role::Dim,
        Tone::Left => Role::OnlyLeft,
        Tone::Right => Role::OnlyRight,
        Tone::Mark => Role::Mark,
        Tone::Differs => return theme.style(Role::Changed).add_modifier(Modifier::BOLD),
    };
    theme.style(role)
}
