//! The heads of the outline's columns, and the legend below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::outline::NodeColumns;
use crate::model::fields::aligned;
use crate::model::text::cut;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::TreeScreen;
use crate::screens::browse::columns::GUTTER;

/// The legend: from the shortest to the longest.
const LEGENDS: [&str; 4] = [
    " ✓ hash recomputed   ▸ closed",
    " ✓ hash recomputed   ✗ wrong   ▸ closed   ▾ open",
    " ✓ hash recomputed   ▸ closed   levels: how often a key's hash begins with 0",
    " ✓ hash recomputed   ✗ wrong   ▸ closed   ▾ open   levels: how often a key's hash (in hex) begins with 0",
];

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    let area = screen.areas.outline_heads();
    for line in 0..area.height {
        let row = Rect { y: area.y + line, height: 1, ..area };
        if line == 0 { nodes(screen, row, buf) } else { records(screen, row, buf) }
    }
    legend(screen, buf);
}

/// `level node or key … keys below hash offset`
fn nodes(screen: &TreeScreen, area: Rect, buf: &mut Buffer) {
    let style = screen.shared.theme.style(Role::Dim);
    let columns = NodeColumns::of(screen, usize::from(area.width));
    let title = if columns.is_narrow() { " lv node or key" } else { " level  node or key" };
    paint::two_ends(area, vec![Span::styled(title, style)], vec![Span::styled(columns.heads(), style)], buf);
}

/// The names of the fields above their columns.
fn records(screen: &TreeScreen, area: Rect, buf: &mut Buffer) {
    let columns = &screen.columns;
    let start = if columns.key_end > 0 { columns.key_end } else { GUTTER };
    let mut text = " ".repeat(start);
    for (field, width) in columns.fields.all().iter().zip(&columns.widths) {
        text.push_str("  ");
        text.push_str(&aligned(field.title(), *width, field.is_number));
    }
    let line = Line::styled(cut(text.trim_end(), usize::from(area.width)), screen.shared.theme.style(Role::Dim));
    buf.set_line(area.x, area.y, &line, area.width);
}

fn legend(screen: &TreeScreen, buf: &mut Buffer) {
    let area = screen.areas.legend;
    if screen.layers.is_open() {
        return;
    }
    let fits = |text: &&&str| Span::raw(**text).width() <= usize::from(area.width);
    if let Some(text) = LEGENDS.iter().rev().find(fits).filter(|_| !area.is_empty()) {
        buf.set_line(area.x, area.y, &Line::styled(*text, screen.shared.theme.style(Role::Dim)), area.width);
    }
}
