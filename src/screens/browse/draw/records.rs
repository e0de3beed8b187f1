//! The records of the selected node, as a table.

use std::sync::Arc;

use file_mst::NodeKey;
use file_mst::inspect::node::Records;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::model::fields::aligned;
use crate::model::outline::Row;
use crate::model::search::highlight::ShownAs;
use crate::model::text::thousands;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::{Pane, TreeScreen};

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    let focused = screen.focus == Pane::Inspector && !screen.layers.is_open();
    let Some(node) = screen.shown_node() else {
        paint::frame(screen, screen.areas.records, "Records", focused, buf);
        return;
    };
    if let Records::Opaque { count: 1.. } = node.records() {
        paint::frame(screen, screen.areas.records, "Records", focused, buf);
        let line = Line::styled(" cannot be told apart: types unknown", screen.shared.theme.style(Role::Doubtful));
        line.render(screen.areas.records_inside(), buf);
        return;
    }
    let len = node.key_count();
    let window = screen.records.window(len);
    let title = format!(
        "Records {}–{} of {} · keys {} · values {}",
        thousands(window.start as u64 + u64::from(len > 0)),
        thousands(window.end as u64),
        thousands(len as u64),
        screen.shared.key_format.name(),
        screen.shared.value_format.name(),
    );
    paint::frame(screen, screen.areas.records, &title, focused, buf);
    paint::scrollbar(screen, screen.areas.records, &screen.records, len, buf);
    let inside = screen.areas.records_inside();
    let half = usize::from(inside.width) / 2;
    let keys: Vec<_> = window.clone().filter_map(|at| NodeKey::new(Arc::clone(node), at)).collect();
    let shown: Vec<_> = keys.iter().map(|key| super::key(screen, key, half)).collect();
    let key_width = shown.iter().map(|key| Span::raw(key).width()).max().unwrap_or(0);
    let doubt = screen.outline.in_doubt(Row::Node(screen.selected_node()));
    for (line, (key, shown)) in keys.iter().zip(shown).enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        let pad = key_width - Span::raw(&shown).width();
        let room = usize::from(inside.width).saturating_sub(key_width + 4);
        let role = if doubt { Role::Bad } else { Role::Strong };
        let key_style = screen.shared.theme.style(role);
        let mut left = vec![Span::styled(" ", key_style)];
        left.extend(super::marked(screen, &shown, key_style, ShownAs::Key));
        left.push(Span::styled(format!("{}  ", " ".repeat(pad)), key_style));
        match screen.record_cells(&screen.columns, key) {
            Some(cells) => {
                let fields = screen.columns.fields.all().iter().zip(&screen.columns.widths);
                for ((field, width), cell) in fields.zip(&cells) {
                    let cell = aligned(cell, *width, field.is_number);
                    left.extend(super::marked(screen, &cell, Style::new(), ShownAs::Value));
                    left.push(Span::raw("  "));
                }
            }
            None => {
                let value = super::value(screen, key, room);
                left.extend(super::marked(screen, &value, Style::new(), ShownAs::Value));
            }
        }
        paint::two_ends(area, left, Vec::new(), buf);
        if window.start + line == screen.records.selected
            && (focused || matches!(screen.selected_row(), Some(Row::Record(..))))
        {
            paint::cursor_line(screen.shared.theme, area, focused, buf);
        }
    }
}
