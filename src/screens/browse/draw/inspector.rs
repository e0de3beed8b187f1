//! The inspector: a record with its fields and its place, or a node with its facts and its records.

use file_mst::NodeKey;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{node, records};
use crate::model::representation::Representation;
use crate::model::text::{cut, offset, thousands};
use crate::runtime::theme::Role;
use crate::runtime::{field_list, paint};
use crate::screens::browse::inspector::Content;
use crate::screens::browse::{Pane, TreeScreen};

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    if screen.areas.inspector.is_empty() {
        return;
    }
    match screen.inspected_key() {
        Some(key) => draw_record(screen, &key, buf),
        None => {
            node::draw(screen, buf);
            records::draw(screen, buf);
        }
    }
}

fn draw_record(screen: &TreeScreen, key: &NodeKey, buf: &mut Buffer) {
    let (area, inspector) = (screen.areas.inspector, &screen.inspector);
    let focused = screen.focus == Pane::Inspector && !screen.layers.is_open();
    let view = match inspector.representation {
        Some(representation) => format!(" · {}", Representation::name(representation)),
        None if screen.shared.value_format != Default::default() => format!(" · {}", screen.shared.value_format.name()),
        None => String::new(),
    };
    let room = usize::from(area.width).saturating_sub(4 + Span::raw(&view).width());
    let title = format!("{}{view}", super::key(screen, key, room));
    paint::frame(screen, area, &title, focused, buf);
    let len = inspector.content.len();
    paint::scrollbar(screen, area, &inspector.cursor, len, buf);
    let fields = screen.areas.fields();
    let window = inspector.cursor.window(len);
    let theme = screen.shared.theme;
    match &inspector.content {
        Content::Fields(_, lines) => field_list::draw(theme, lines, window.clone(), fields, buf),
        Content::Text(notes, lines) => {
            let all = notes.iter().map(|note| (note, Role::Bad)).chain(lines.iter().map(|line| (line, Role::Plain)));
            for (y, (text, role)) in (fields.top()..fields.bottom()).zip(all.skip(window.start)) {
                let line = Line::styled(cut(text, usize::from(fields.width)), theme.style(role));
                buf.set_line(fields.x, y, &line, fields.width);
            }
        }
    }
    if focused && window.contains(&inspector.cursor.selected) {
        let row = (inspector.cursor.selected - window.start) as u16;
        let line = Rect { y: fields.y + row, height: 1, ..fields }.intersection(fields);
        paint::cursor_line(theme, line, true, buf);
    }
    draw_facts(screen, key, buf);
}

/// Where the record is: its number, its level and its node.
fn draw_facts(screen: &TreeScreen, key: &NodeKey, buf: &mut Buffer) {
    let area = screen.areas.record_facts();
    let node = key.node();
    let mut parts = Vec::new();
    if let Some(number) = screen.inspected_number() {
        let total = screen.total_records().map(|total| format!(" of {}", thousands(total))).unwrap_or_default();
        parts.push(format!("record {}{total}", thousands(number)));
    }
    parts.push(format!("level {}", node.level()));
    let hash = node.hash().unwrap_or(node.stored_hash());
    let mark = match (screen.is_inspected_in_doubt(), node.hash()) {
        (true, _) => "✗",
        (false, Some(_)) => "✓",
        (false, None) => "",
    };
    parts.push(format!("node {}{mark} {}", hash.short(), offset(node.offset())));
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if Span::raw(format!("{line} · {part}")).width() <= usize::from(area.width) => {
                *line += &format!(" · {part}");
            }
            _ => lines.push(part),
        }
    }
    let skip = usize::from(area.height).saturating_sub(lines.len());
    let role = if screen.is_inspected_in_doubt() { Role::Bad } else { Role::Dim };
    for (y, line) in (area.top() + skip as u16..area.bottom()).zip(lines) {
        buf.set_line(area.x, y, &Line::styled(line, screen.shared.theme.style(role)), area.width);
    }
}
