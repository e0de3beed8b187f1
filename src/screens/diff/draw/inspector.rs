//! The inspector: the line under the cursor of the list in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::detail;
use crate::runtime::theme::Role;
use crate::runtime::{field_list, paint};
use crate::screens::diff::DiffScreen;
use crate::screens::diff::inspector::InspectorLine;

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let area = screen.areas.inspector;
    if area.is_empty() {
        return;
    }
    let inspector = &screen.inspector;
    let theme = screen.shared.theme;
    let focused = screen.split.inside && !screen.layers.is_open();
    let glyph = inspector.kind.map(|kind| format!("{} ", kind.glyph())).unwrap_or_default();
    paint::frame(screen, area, &format!("{glyph}{}", inspector.title), focused, buf);
    paint::scrollbar(screen, area, &inspector.cursor, inspector.lines.len(), buf);
    let inside = screen.areas.inspector();
    let window = inspector.cursor.window(inspector.lines.len());
    if inspector.lines.is_empty() && !inside.is_empty() {
        let words = ratatui::text::Line::styled(" nothing is under the cursor", theme.style(Role::Dim));
        buf.set_line(inside.x, inside.y, &words, inside.width);
    }
    for (row, at) in window.enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        match inspector.lines.get(at) {
            Some(InspectorLine::Field(line)) => {
                let from = area.x + 2.min(area.width);
                let within = Rect { x: from, width: (area.right() - from).saturating_sub(1), ..area };
                field_list::draw(theme, std::slice::from_ref(line), 0..1, within, buf);
            }
            Some(InspectorLine::Text(line)) => detail::draw(theme, line, area, buf),
            None => {}
        }
        if focused && at == inspector.cursor.selected {
            paint::cursor_line(theme, area, focused, buf);
        }
    }
}
