//! The list of differences: two sides with a column of glyphs between them, or one.

use file_mst::diff::Side;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::row;
use crate::model::diff::list::{Progress, Row};
use crate::model::text::offset;
use crate::runtime::action::DiffAction;
use crate::runtime::keymap::key_of;
use crate::runtime::layout::inside;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let framed = screen.areas.framed;
    let focused = !screen.layers.is_open();
    let right_edge = match screen.areas.sides {
        Some((left, right)) => {
            paint::frame(screen, left, &title(screen, Side::Left), focused, buf);
            paint::frame(screen, right, &title(screen, Side::Right), focused, buf);
            right
        }
        None => {
            let title = format!("− {}   + {}", title(screen, Side::Left), title(screen, Side::Right));
            paint::frame(screen, screen.areas.body, &title, focused, buf);
            screen.areas.body
        }
    };
    paint::scrollbar(screen, right_edge, &screen.cursor, screen.list.len(), buf);
    let list = screen.areas.list();
    let window = screen.cursor.window(screen.list.len());
    if list.is_empty() {
        return;
    }
    if window.is_empty() {
        buf.set_line(list.x, list.y, &Line::styled(nothing(screen), screen.shared.theme.style(Role::Dim)), list.width);
        return;
    }
    let width = screen.areas.sides.map_or(list.width, |(left, _)| left.width);
    let widest = usize::from(width) / 3;
    let keys = window.clone().filter_map(|line| row::key_of(screen, screen.list.difference(line)?, widest));
    let key_width = keys.map(|key| key.width()).max().unwrap_or(0);
    for (at, line) in window.enumerate() {
        let Some(row) = screen.list.row(line) else { continue };
        let y = list.y + at as u16;
        let strips = match screen.areas.sides {
            Some((left, right)) => {
                let one = |area: Rect| Rect { y, height: 1, ..inside(area, framed) };
                draw_sides(screen, row, (one(left), one(right)), key_width, buf)
            }
            None => {
                let area = Rect { y, height: 1, ..list };
                draw_unified(screen, row, area, key_width, buf);
                vec![area]
            }
        };
        if line == screen.cursor.selected {
            strips.into_iter().for_each(|area| paint::cursor_line(screen.shared.theme, area, focused, buf));
        }
    }
}

/// Draws both sides and the glyph between; gives the areas that belong to the line.
fn draw_sides(
    screen: &DiffScreen,
    row: Row,
    (left, right): (Rect, Rect),
    key_width: usize,
    buf: &mut Buffer,
) -> Vec<Rect> {
    for (side, area) in [(Side::Left, left), (Side::Right, right)] {
        let words = row::scrolled(row::on_side(screen, row, side, key_width), screen.sideways);
        let line = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
        put(line, words, buf);
    }
    let frame = u16::from(screen.areas.framed);
    let from = left.right() + frame;
    let between = Rect { x: from, width: right.x.saturating_sub(from + frame), ..left };
    let glyph = row::glyph(screen, row);
    buf.set_span(between.x + between.width / 2, between.y, &glyph, 1);
    vec![left, between, right]
}

fn draw_unified(screen: &DiffScreen, row: Row, area: Rect, key_width: usize, buf: &mut Buffer) {
    let words =
        row::scrolled(row::unified(screen, row, key_width, usize::from(area.width).saturating_sub(2)), screen.sideways);
    let mut line = vec![row::glyph(screen, row), Span::raw(" ")];
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

fn title(screen: &DiffScreen, side: Side) -> String {
    let root = screen.pair.opened(side).tree.root_link();
    format!("{} {} {}", mst_types::escape_text(screen.pair.file(side)), root.hash.short(), offset(root.offset))
}

fn nothing(screen: &DiffScreen) -> String {
    match (screen.list.filter(), screen.list.progress) {
        (filter, _) if !filter.is_empty() => format!(" {}", screen.nothing_passes()),
        (_, Progress::Running) => " being compared …".to_owned(),
        _ if screen.pair.comparison.method() == "nothing" => {
            format!(" nothing was compared: {} says why", key_of(DiffAction::Doubts))
        }
        _ => " both trees are empty".to_owned(),
    }
}
