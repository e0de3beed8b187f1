//! One line that shows where the differences are, and which part of them is visible.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;

use crate::model::text::{cut, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

const LABEL: &str = " where ";
/// The columns of the label may take words about a cell; below them there is no room for it.
const WORDS: u16 = 34;
const NARROW: u16 = 60;

/// The part of the strip's area that the cells take.
pub(crate) fn cells(area: Rect) -> Rect {
    let label = (LABEL.len() as u16).min(area.width);
    let words = if area.width >= NARROW { WORDS.min(area.width / 3) } else { 1 };
    Rect { x: area.x + label, width: area.width.saturating_sub(label + words), ..area }
}

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let area = screen.areas.strip;
    if area.is_empty() {
        return;
    }
    let theme = screen.shared.theme;
    let strip = screen.strip();
    let selected = screen.strip_cursor;
    let label = if selected.is_some() { Role::Strong } else { Role::Dim };
    let mut spans = vec![Span::styled(LABEL, theme.style(label))];
    for (at, (cell, bar)) in strip.cells.iter().zip(strip.bars()).enumerate() {
        let mut style = theme.style(if cell.differences > 0 { Role::Changed } else { Role::Dim });
        let is_marked = match selected {
            Some(selected) => selected == at,
            None => strip.viewport.contains(&at),
        };
        if is_marked {
            style = style.remove_modifier(Modifier::DIM).add_modifier(Modifier::REVERSED);
        }
        spans.push(Span::styled(bar, style));
    }
    paint::two_ends(area, spans, Vec::new(), buf);
    let from = cells(area).right();
    let rest = Rect { x: from, width: area.right() - from, ..area };
    let Some(at) = selected.or_else(|| strip.peak()) else { return };
    let Some(cell) = strip.cells.get(at) else { return };
    let what = if selected.is_some() { "" } else { "peak " };
    let keys = screen.keys_of_cell(*cell);
    let words = format!("  {what}{} {keys}", thousands(cell.differences));
    if rest.width > 1 {
        let words = cut(words.trim_end(), usize::from(rest.width).saturating_sub(1));
        let role = if selected.is_some() { Role::Plain } else { Role::Dim };
        paint::two_ends(rest, vec![Span::styled(words, theme.style(role))], Vec::new(), buf);
    }
}
