//! The table of records.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::model::columns::{GAP, PlacedColumn};
use crate::model::fields::{self, aligned};
use crate::model::record_table::TableRow;
use crate::model::search::highlight::ShownAs;
use crate::model::text::{cut, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::table::Table;
use crate::screens::browse::{Pane, TreeScreen};

/// The columns before the key, and between the key and the columns.
const EDGE: usize = 1;

pub(crate) fn draw(screen: &TreeScreen, table: &Table, buf: &mut Buffer) {
    let area = screen.areas.outline;
    if area.is_empty() {
        return;
    }
    let focused = screen.focus == Pane::Outline && !screen.layers.is_open();
    paint::frame(screen, area, &title(screen, table), focused, buf);
    if table.has_numbers() {
        paint::scrollbar(screen, area, &table.cursor, table.len(), buf);
    }
    let inside = screen.areas.table_inside();
    let left = EDGE + table.key_width + GAP;
    let room = usize::from(inside.width).saturating_sub(left);
    let places = table.columns.places(table.first, room, |at| table.widest(at));
    draw_head(screen, table, &places, buf);
    let window = table.window();
    if window.is_empty() {
        let words = if table.filtered.is_some() { "nothing is found so far" } else { "the tree is empty" };
        let done = table.filtered.as_ref().is_some_and(|filtered| filtered.task.is_none());
        let words = if done { "no record passes the filter" } else { words };
        let line = Line::styled(format!(" {words}"), screen.shared.theme.style(Role::Dim));
        buf.set_line(inside.x, inside.y, &line, inside.width);
    }
    for (line, at) in window.enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        draw_row(screen, table, table.rows.get(at), &places, area, buf);
        if at == table.cursor.selected {
            paint::cursor_line(screen.shared.theme, area, focused, buf);
        }
    }
}

fn title(screen: &TreeScreen, table: &Table) -> String {
    if let Some(filtered) = &table.filtered {
        return format!("{} · {}", filtered.filter.text, filtered.progress(screen.total_records()));
    }
    if let Some(why) = &table.failed {
        return format!("Records · {why}");
    }
    let window = table.window();
    let numbers = format!("{}–{}", thousands(window.start as u64 + 1), thousands(window.end as u64));
    if !window.is_empty() && window.clone().all(|at| table.rows.get(at).is_none()) {
        return "Records · being read …".to_owned();
    }
    match (table.rows.is_exact, table.rows.end) {
        (true, Some(0)) => "Records · none".to_owned(),
        (true, Some(end)) => format!("Records {numbers} of {}", thousands(end as u64)),
        (true, None) => format!("Records {numbers} · not counted"),
        (false, _) => "Records · numbers unknown: this file does not count them".to_owned(),
    }
}

fn draw_head(screen: &TreeScreen, table: &Table, places: &[PlacedColumn], buf: &mut Buffer) {
    let area = screen.areas.table_head();
    if area.is_empty() {
        return;
    }
    let theme = screen.shared.theme;
    let key = format!("{}{}", " ".repeat(EDGE), aligned("key", table.key_width, key_is_number(screen)));
    let more = if table.first > 0 { " «" } else { "  " };
    let mut spans = vec![Span::styled(key, theme.style(Role::Title)), Span::styled(more, theme.style(Role::Dim))];
    for (place, shown) in places.iter().zip(table.first..) {
        let Some(column) = table.columns.get(place.column) else { continue };
        let role = if shown == table.column { Role::Mark } else { Role::Title };
        let title = cut(column.title(), place.width);
        let blanks = " ".repeat(place.width.saturating_sub(Span::raw(title.as_str()).width()));
        let title = Span::styled(title, theme.style(role));
        let blanks = Span::raw(blanks);
        spans.extend(if column.is_number { [blanks, title] } else { [title, blanks] });
        spans.push(Span::raw(" ".repeat(GAP)));
    }
    let right = table.first + places.len() < table.columns.count_shown();
    buf.set_line(area.x, area.y, &Line::from(spans), area.width);
    if right && area.width > 0 {
        buf.set_string(area.right() - 1, area.y, "»", theme.style(Role::Dim));
    }
}

fn key_is_number(screen: &TreeScreen) -> bool {
    let ty = screen.typing.key.as_ref();
    ty.is_some_and(|_| crate::model::columns::Columns::of(&[ty]).all().iter().all(|column| column.is_number))
}

fn draw_row(
    screen: &TreeScreen,
    table: &Table,
    row: Option<&TableRow>,
    places: &[PlacedColumn],
    area: Rect,
    buf: &mut Buffer,
) {
    let style = |role| screen.shared.theme.style(role);
    let edge = " ".repeat(EDGE);
    let width = usize::from(area.width).saturating_sub(EDGE);
    let line = match row {
        None => Line::styled(format!("{edge}…"), style(Role::Dim)),
        Some(TableRow::Unreadable { why, .. }) => {
            Line::styled(format!("{edge}✗ {}", cut(why, width.saturating_sub(2))), style(Role::Bad))
        }
        Some(TableRow::Record { key, .. }) => {
            let shown = super::key(screen, key, table.key_width);
            let shown = aligned(&shown, table.key_width, key_is_number(screen));
            let mut spans = vec![Span::raw(edge.clone())];
            spans.extend(super::marked(screen, &shown, style(Role::Strong), ShownAs::Key));
            let (ty, format) = (screen.typing.value.as_ref(), screen.shared.value_format);
            let cells = key.record().and_then(|record| fields::cells(record.bytes().value, ty, &table.columns, format));
            match cells {
                Some(cells) => {
                    for place in places {
                        let text = cells.get(place.column).map(String::as_str).unwrap_or_default();
                        let at_right = table.columns.get(place.column).is_some_and(|column| column.is_number);
                        let cell = aligned(text, place.width, at_right);
                        spans.push(Span::raw(" ".repeat(GAP)));
                        spans.extend(super::marked(screen, &cell, style(Role::Plain), ShownAs::Value));
                    }
                }
                None => {
                    let room = width.saturating_sub(table.key_width + GAP);
                    let value = super::value(screen, key, room);
                    spans.push(Span::styled(format!("{}{value}", " ".repeat(GAP)), style(Role::Dim)));
                }
            }
            Line::from(spans)
        }
    };
    buf.set_line(area.x, area.y, &line, area.width);
}
