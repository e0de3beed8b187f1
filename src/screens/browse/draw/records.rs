//! The records of the selected node, as a table.

use std::sync::Arc;

use file_mst::node::Records;
use file_mst::tree::NodeKey;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::model::outline::Row;
use crate::model::text::thousands;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::state::{App, Pane};

pub(crate) fn draw(app: &App, buf: &mut Buffer) {
    let focused = app.focus == Pane::Records && !app.over.is_open();
    let Some(node) = app.shown_node() else {
        paint::frame(app, app.areas.records, "Records", focused, buf);
        return;
    };
    if let Records::Opaque { count: 1.. } = node.records() {
        paint::frame(app, app.areas.records, "Records", focused, buf);
        let line = Line::styled(" cannot be told apart: types unknown", app.theme.style(Role::Doubtful));
        line.render(app.areas.records_inside(), buf);
        return;
    }
    let len = node.key_count();
    let window = app.records.window(len);
    let title = format!(
        "Records {}–{} of {} · keys {} · values {}",
        thousands(window.start as u64 + u64::from(len > 0)),
        thousands(window.end as u64),
        thousands(len as u64),
        app.key_format.name(),
        app.value_format.name(),
    );
    paint::frame(app, app.areas.records, &title, focused, buf);
    paint::scrollbar(app, app.areas.records, &app.records, len, buf);
    let inside = app.areas.records_inside();
    let half = usize::from(inside.width) / 2;
    let keys: Vec<_> = window.clone().filter_map(|at| NodeKey::new(Arc::clone(node), at)).collect();
    let shown: Vec<_> = keys.iter().map(|key| paint::key(app, key, half)).collect();
    let key_width = shown.iter().map(|key| Span::raw(key).width()).max().unwrap_or(0);
    let doubt = app.outline.in_doubt(Row::Node(app.selected_node()));
    for (line, (key, shown)) in keys.iter().zip(shown).enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        let pad = key_width - Span::raw(&shown).width();
        let room = usize::from(inside.width).saturating_sub(key_width + 4);
        let role = if doubt { Role::Bad } else { Role::Strong };
        let left = vec![
            Span::styled(format!(" {shown}{}  ", " ".repeat(pad)), app.theme.style(role)),
            Span::raw(paint::value(app, key, room)),
        ];
        paint::two_ends(area, left, Vec::new(), buf);
        if window.start + line == app.records.selected
            && (focused || matches!(app.selected_row(), Some(Row::Record(..))))
        {
            paint::cursor_line(app.theme, area, focused, buf);
        }
    }
}
