//! One line that shows where the differences are, and which part of them is visible.

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;
use ratatui::text::Span;

use crate::model::diff::list::Row;
use crate::model::diff::strip::{bar, strip};
use crate::model::text::thousands;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

const LABEL: &str = " where ";

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let area = screen.areas.strip;
    if area.is_empty() {
        return;
    }
    let window = screen.cursor.window(screen.list.len());
    let shown = format!(
        "  lines {}–{} of {} ",
        thousands(window.start as u64 + u64::from(!window.is_empty())),
        thousands(window.end as u64),
        thousands(screen.list.len() as u64),
    );
    let shown = if usize::from(area.width) > 2 * shown.chars().count() + LABEL.len() { shown } else { " ".to_owned() };
    let cells = usize::from(area.width).saturating_sub(LABEL.len() + shown.chars().count());
    let place = |line: usize| screen.list.row(line).map(Row::place);
    let entries = || screen.list.entries().map(|(place, entry)| (place, &**entry));
    // A window on everything needs no mark.
    let whole = window.len() == screen.list.len();
    let places = match (place(window.start), window.end.checked_sub(1).and_then(place)) {
        (Some(first), Some(last)) if !whole => first..last + 1,
        _ => 0..0,
    };
    let (counts, viewport) = strip(entries(), places, cells);
    let mut spans = vec![Span::styled(LABEL, screen.shared.theme.style(Role::Dim))];
    for (cell, differences) in counts.iter().enumerate() {
        let mut style = screen.shared.theme.style(if *differences > 0 { Role::Changed } else { Role::Dim });
        if viewport.contains(&cell) {
            style = style.remove_modifier(Modifier::DIM).add_modifier(Modifier::REVERSED);
        }
        spans.push(Span::styled(bar(*differences), style));
    }
    spans.push(Span::styled(shown, screen.shared.theme.style(Role::Dim)));
    paint::two_ends(area, spans, Vec::new(), buf);
}
