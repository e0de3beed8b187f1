//! The table of drifted records: the key, and a cell for each field.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::role;
use crate::model::columns::{Columns, GAP, PlacedColumn};
use crate::model::diff::entry::Kind;
use crate::model::diff::records::{ARROW, Cell};
use crate::model::text::{cut, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;
use crate::screens::diff::records::RecordTable;

type Words = Vec<Span<'static>>;

pub(crate) fn draw(screen: &DiffScreen, table: &RecordTable, area: Rect, buf: &mut Buffer) {
    let focused = !screen.layers.is_open() && screen.list_has_keys();
    let len = table.order.len();
    paint::frame(screen, area, &title(table), focused, buf);
    paint::scrollbar(screen, area, &table.cursor, len, buf);
    let inside = screen.areas.list_with_heads();
    if inside.is_empty() {
        return;
    }
    let places = table.columns.places(table.first, screen.room_of_columns(), |at| table.widest(at));
    let head = Rect { height: 1, ..inside };
    put(head, heads(screen, table, &places), buf);
    if table.first + places.len() < table.columns.count_shown() {
        buf.set_string(head.right() - 1, head.y, "›", screen.shared.theme.style(Role::Dim));
    }
    let rows = Rect { y: inside.y + 1, height: inside.height - 1, ..inside };
    let window = table.cursor.window(len);
    if window.is_empty() && rows.height > 0 {
        let words =
            if screen.list.filter().is_empty() { "no record differs".to_owned() } else { screen.nothing_passes() };
        let line = Line::styled(format!(" {words}"), screen.shared.theme.style(Role::Dim));
        buf.set_line(rows.x, rows.y, &line, rows.width);
    }
    for (row, at) in window.enumerate().take(usize::from(rows.height)) {
        let area = Rect { y: rows.y + row as u16, height: 1, ..rows };
        if let Some(place) = table.order.get(at) {
            put(area, record(screen, table, *place, &places), buf);
        }
        if at == table.cursor.selected {
            paint::cursor_line(screen.shared.theme, area, focused, buf);
        }
    }
}

fn title(table: &RecordTable) -> String {
    let window = table.cursor.window(table.order.len());
    let (first, last) = (window.start as u64 + u64::from(!window.is_empty()), window.end as u64);
    let numbers = format!("{}–{} of {}", thousands(first), thousands(last), thousands(table.order.len() as u64));
    let hidden = table.columns.all().len() - table.columns.count_shown();
    let hidden = if hidden > 0 { format!(" · {hidden} hidden") } else { String::new() };
    let order = match &table.sort {
        Some((name, descending)) => {
            let name = if name.is_empty() { "value" } else { name };
            format!(" · by {name}, {} first", if *descending { "greatest" } else { "least" })
        }
        None => " · by key".to_owned(),
    };
    format!("Records {numbers}{order}{hidden}")
}

/// Sets a line, cut at the end of its area.
fn put(area: Rect, words: Words, buf: &mut Buffer) {
    buf.set_line(area.x, area.y, &Line::from(words), area.width);
}

/// A text in a column: numbers at its right end.
fn aligned(spans: Words, width: usize, at_right: bool) -> Words {
    let used: usize = spans.iter().map(|span| span.content.width()).sum();
    let blanks = Span::raw(" ".repeat(width.saturating_sub(used)));
    if at_right { std::iter::once(blanks).chain(spans).collect() } else { spans.into_iter().chain([blanks]).collect() }
}

fn is_number_key(screen: &DiffScreen) -> bool {
    let ty = screen.pair.left.typing.key.as_ref();
    ty.is_some() && Columns::of(&[ty]).all().iter().all(|column| column.is_number && column.name.is_empty())
}

fn heads(screen: &DiffScreen, table: &RecordTable, places: &[PlacedColumn]) -> Words {
    let style = |role| screen.shared.theme.style(role);
    let key_width = table.key_width.max(3);
    let mut words = vec![Span::raw("  ")];
    words.extend(aligned(vec![Span::styled("key", style(Role::Title))], key_width, is_number_key(screen)));
    words.push(Span::styled(if table.first > 0 { " ‹" } else { "  " }, style(Role::Dim)));
    for (place, shown) in places.iter().zip(table.first..) {
        let Some(column) = table.columns.get(place.column) else { continue };
        let mark = match &table.sort {
            Some((by, false)) if *by == column.name => " ▲",
            Some((by, true)) if *by == column.name => " ▼",
            _ => "",
        };
        let text = cut(&format!("{}{mark}", column.title()), place.width);
        let role = if shown == table.column { Role::Mark } else { Role::Title };
        words.extend(aligned(vec![Span::styled(text, style(role))], place.width, column.is_number));
        words.push(Span::raw(" ".repeat(GAP)));
    }
    words
}

fn record(screen: &DiffScreen, table: &RecordTable, place: usize, places: &[PlacedColumn]) -> Words {
    let Some(entry) = screen.list.entry(place) else { return Vec::new() };
    let kind = entry.kind();
    let looks = screen.shared.theme.style(role(kind)).add_modifier(Modifier::BOLD);
    let mut words = vec![Span::styled(kind.glyph(), looks), Span::raw(" ")];
    let key_width = table.key_width.max(3);
    let key = screen.pair.shown_key(entry, screen.shared.key_format, key_width).unwrap_or_default();
    words.extend(aligned(vec![Span::styled(key, looks)], key_width, is_number_key(screen)));
    words.push(Span::raw(" ".repeat(GAP)));
    let cells = table.cells.get(&place).map(Vec::as_slice).unwrap_or_default();
    if let Some(Cell::Said(why)) = cells.first() {
        words.push(Span::styled(why.clone(), screen.shared.theme.style(role(kind))));
        return words;
    }
    for place in places {
        let Some(column) = table.columns.get(place.column) else { continue };
        let cell = cells.get(place.column).unwrap_or(&Cell::Nothing);
        words.extend(aligned(cell_words(screen, cell, kind, place.width), place.width, column.is_number));
        words.push(Span::raw(" ".repeat(GAP)));
    }
    words
}

fn cell_words(screen: &DiffScreen, cell: &Cell, kind: Kind, width: usize) -> Words {
    let style = |role| screen.shared.theme.style(role);
    let alone: Style = match kind {
        Kind::OnlyLeft | Kind::OnlyRight => style(role(kind)),
        // What is alike on both sides stands back.
        Kind::Changed | Kind::WithinTolerance => style(Role::Dim),
        _ => style(Role::Plain),
    };
    match cell {
        Cell::One(text) | Cell::Said(text) => vec![Span::styled(cut(text, width), alone)],
        Cell::Nothing => Vec::new(),
        Cell::Two(left, right) => {
            // Two values that do not fit share the room, so that the new one is never cut away.
            let room = width.saturating_sub(ARROW.width());
            let half = room / 2;
            let (a, b) = match (left.width(), right.width()) {
                (a, b) if a + b <= room => (a, b),
                (a, _) if a <= half => (a, room - a),
                (_, b) if b <= half => (room - b, b),
                _ => (half, room - half),
            };
            vec![
                Span::styled(cut(left, a), style(Role::OnlyLeft)),
                Span::styled(cut(ARROW, width), style(Role::Dim)),
                Span::styled(cut(right, b), style(Role::OnlyRight)),
            ]
        }
    }
}
