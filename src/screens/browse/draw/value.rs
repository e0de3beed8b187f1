//! A value in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::model::representation::Aspect;
use crate::model::text::{count, cut, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::state::{App, ValueView};

pub(crate) fn draw(app: &App, view: &ValueView, buf: &mut Buffer) {
    let len = view.len();
    let window = view.cursor.window(len);
    let title = format!(
        "{} · {} · {}{} · line {}–{} of {}",
        paint::key(app, &view.record.key(), 32),
        count(view.record.bytes().value.len() as u64, "byte"),
        view.sight.as_ref().and_then(|sight| sight.aspect).map_or(app.value_format.name(), Aspect::name),
        if view.notes.is_empty() { "" } else { ", it breaks rules ✗" },
        thousands(window.start as u64 + 1),
        thousands(window.end as u64),
        thousands(len as u64),
    );
    paint::overlay(app, &title, &view.cursor, len, buf);
    let inside = app.areas.overlay_inside();
    for (row, at) in window.enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        let (text, role) = match view.notes.get(at) {
            Some(note) => (Some(note.clone()), Role::Bad),
            None => (view.page.line(at - view.notes.len()), Role::Plain),
        };
        if let Some(text) = text {
            let style = app.theme.style(role);
            buf.set_line(area.x, area.y, &Line::styled(cut(&text, usize::from(area.width)), style), area.width);
        }
    }
}
