//! The list of what was found: two sides with a column of glyphs between them, or one.

use file_mst::diff::Side;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::model::diff::entry::Kind;
use crate::model::diff::list::{Filter, Progress, Row};
use crate::model::text::offset;
use crate::runtime::layout::inside;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::draw::row;
use crate::screens::diff::state::DriftApp;

pub(crate) fn draw(app: &DriftApp, buf: &mut Buffer) {
    let framed = app.areas.framed;
    let focused = !app.over.is_open();
    let right_edge = match app.areas.sides {
        Some((left, right)) => {
            paint::frame(app, left, &title(app, Side::Left), focused, buf);
            paint::frame(app, right, &title(app, Side::Right), focused, buf);
            right
        }
        None => {
            let title = format!("− {}   + {}", title(app, Side::Left), title(app, Side::Right));
            paint::frame(app, app.areas.body, &title, focused, buf);
            app.areas.body
        }
    };
    paint::scrollbar(app, right_edge, &app.cursor, app.found.len(), buf);
    let list = app.areas.list();
    let window = app.cursor.window(app.found.len());
    if list.is_empty() {
        return;
    }
    if window.is_empty() {
        buf.set_line(list.x, list.y, &Line::styled(nothing(app), app.theme.style(Role::Dim)), list.width);
        return;
    }
    let width = app.areas.sides.map_or(list.width, |(left, _)| left.width);
    let widest = usize::from(width) / 3;
    let keys = window.clone().filter_map(|line| row::key_of(app, app.found.difference(line)?, widest));
    let key_width = keys.map(|key| key.width()).max().unwrap_or(0);
    for (at, line) in window.enumerate() {
        let Some(row) = app.found.row(line) else { continue };
        let y = list.y + at as u16;
        let strips = match app.areas.sides {
            Some((left, right)) => {
                let one = |area: Rect| Rect { y, height: 1, ..inside(area, framed) };
                draw_sides(app, row, (one(left), one(right)), key_width, buf)
            }
            None => {
                let area = Rect { y, height: 1, ..list };
                draw_unified(app, row, area, key_width, buf);
                vec![area]
            }
        };
        if line == app.cursor.selected {
            strips.into_iter().for_each(|area| paint::cursor_line(app.theme, area, focused, buf));
        }
    }
}

/// Draws both sides and the glyph between; gives the areas that belong to the line.
fn draw_sides(app: &DriftApp, row: Row, (left, right): (Rect, Rect), key_width: usize, buf: &mut Buffer) -> Vec<Rect> {
    for (side, area) in [(Side::Left, left), (Side::Right, right)] {
        let words = row::scrolled(row::on_side(app, row, side, key_width), app.sideways);
        let line = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
        put(line, words, buf);
    }
    let frame = u16::from(app.areas.framed);
    let from = left.right() + frame;
    let between = Rect { x: from, width: right.x.saturating_sub(from + frame), ..left };
    let glyph = row::glyph(app, row);
    buf.set_span(between.x + between.width / 2, between.y, &glyph, 1);
    vec![left, between, right]
}

fn draw_unified(app: &DriftApp, row: Row, area: Rect, key_width: usize, buf: &mut Buffer) {
    let words =
        row::scrolled(row::unified(app, row, key_width, usize::from(area.width).saturating_sub(2)), app.sideways);
    let mut line = vec![row::glyph(app, row), Span::raw(" ")];
    line.extend(words);
    put(area, line, buf);
}

/// Sets a line, and a mark at its end where it goes on.
fn put(area: Rect, words: Vec<Span<'static>>, buf: &mut Buffer) {
    let line = Line::from(words);
    buf.set_line(area.x, area.y, &line, area.width);
    if line.width() > usize::from(area.width) && area.width > 0 {
        buf.set_string(area.right() - 1, area.y, "…", Style::reset());
    }
}

fn title(app: &DriftApp, side: Side) -> String {
    let root = app.pair.opened(side).tree.root_link();
    format!("{} {} {}", file_mst::schema::escape_text(app.pair.file(side)), root.hash.short(), offset(root.offset))
}

fn nothing(app: &DriftApp) -> String {
    match (app.found.filter(), app.found.progress) {
        (Filter::Only(kind), _) if kind != Kind::Equal => format!(" nothing {} was found", kind.name()),
        (_, Progress::Running) => " being compared …".to_owned(),
        _ if app.pair.comparison.method() == "nothing" => " nothing was compared: T says why".to_owned(),
        _ => " both trees are empty".to_owned(),
    }
}
