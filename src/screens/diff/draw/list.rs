//! The list of differences: a table of the fields that differ; or the trees, on two sides with a column of glyphs between
//! them, or as one list.

use std::ops::Range;

use file_mst::diff::Side;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::{row, table};
use crate::model::diff::list::{Progress, Row};
use crate::model::text::{cut, offset};
use crate::runtime::input::action::DiffAction;
use crate::runtime::input::keymap::key_of;
use crate::runtime::layout;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let focused = !screen.layers.is_open() && !screen.split.inside;
    let list = screen.areas.list;
    if list.is_empty() {
        return;
    }
    let right_edge = match screen.areas.sides {
        Some((left, right)) => {
            paint::frame(screen, left, &title(screen, Side::Left), focused, buf);
            paint::frame(screen, right, &title(screen, Side::Right), focused, buf);
            right
        }
        None if screen.list.shows_nodes() => {
            let room = usize::from(list.width).saturating_sub(4 + "−    + ".len()) / 2;
            let [left, right] = [Side::Left, Side::Right].map(|side| cut(&title(screen, side), room));
            let title = format!("− {left}   + {right}");
            paint::frame(screen, list, &title, focused, buf);
            list
        }
        None => {
            paint::plain_frame(screen, list, focused, buf);
            list
        }
    };
    paint::scrollbar(screen, right_edge, &screen.cursor, screen.list.len(), buf);
    let inside = screen.areas.list();
    let window = screen.cursor.window(screen.list.len());
    if !screen.list.shows_nodes()
        && let Some(line) = screen.areas.heads()
    {
        table::heads(screen, line, buf);
    }
    if inside.is_empty() {
        return;
    }
    if window.is_empty() {
        let words = Line::styled(nothing(screen), screen.shared.theme.style(Role::Dim));
        buf.set_line(inside.x, inside.y, &words, inside.width);
        return;
    }
    match screen.list.shows_nodes() {
        true => draw_trees(screen, inside, window, focused, buf),
        false => {
            for (at, line) in window.enumerate() {
                let area = Rect { y: inside.y + at as u16, height: 1, ..inside };
                if let Some(row) = screen.list.row(line) {
                    table::draw_line(screen, row, screen.list.part(line), area, buf);
                }
                if line == screen.cursor.selected {
                    paint::cursor_line(screen.shared.theme, area, focused, buf);
                }
            }
        }
    }
}

/// The nodes that differ and the records in them, side by side or as one list.
fn draw_trees(screen: &DiffScreen, inside: Rect, window: Range<usize>, focused: bool, buf: &mut Buffer) {
    let width = screen.areas.sides.map_or(inside.width, |(left, _)| left.width);
    let widest = usize::from(width) / 3;
    let keys = window.clone().filter_map(|line| row::key_of(screen, screen.list.difference(line)?, widest));
    let key_width = keys.map(|key| key.width()).max().unwrap_or(0);
    for (at, line) in window.enumerate() {
        let Some(row) = screen.list.row(line) else { continue };
        let y = inside.y + at as u16;
        let strips = match screen.areas.sides {
            Some((left, right)) => {
                let one = |area: Rect| Rect { y, height: 1, ..layout::inside(area, screen.areas.framed) };
                draw_sides(screen, row, (one(left), one(right)), key_width, buf)
            }
            None => {
                let area = Rect { y, height: 1, ..inside };
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
        let line = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
        let (mut words, rest) = row::on_side(screen, row, side, key_width, usize::from(line.width));
        words.extend(row::scrolled(rest, screen.sideways));
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
    let (frozen, rest) = row::unified(screen, row, key_width, usize::from(area.width).saturating_sub(2));
    let mut line = vec![row::glyph(screen, row), Span::raw(" ")];
    line.extend(frozen);
    line.extend(row::scrolled(rest, screen.sideways));
    put(area, line, buf);
}

/// Sets a line, and a mark at its end where it goes on.
pub(in crate::screens::diff) fn put(area: Rect, words: Vec<Span<'static>>, buf: &mut Buffer) {
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
