//! The shape of the tree: the level map, then numbers.

use std::time::Instant;

use file_mst::open::Typing;
use file_mst::shape::{Column, Shape, shape};
use ratatui::text::Span;

use crate::tui::action::Action;
use crate::tui::jobs::PROGRESS;
use crate::tui::keymap;
use crate::tui::report::{Computed, Deed, Jump, Paper, Report, ReportFeed, Request, View, Words};
use crate::tui::theme::Role;
use crate::view::item;
use crate::view::shape::{MapRow, map_rows, marks, rows};
use crate::view::text::count;

/// The most columns of the map.
const WIDTH: usize = 64;
/// The most columns of a key.
const KEY: usize = 40;

pub(super) const VIEW: View = View {
    name: "shape",
    argument: "",
    binding: keymap::view(
        "shape",
        &["4"],
        "levels, sizes, dead bytes, and the level map; h l move in it, Enter goes there",
    ),
    compute,
};

fn compute(request: &Request, feed: &ReportFeed<'_>) -> Computed {
    let typing = &request.opened.typing;
    let compare = |left: &[u8], right: &[u8]| request.opened.tree.store().codec().compare(left, right);
    // The column in which the cursor was, and those in sight.
    let place = |columns: &[Column], key: &[u8]| {
        let below = |column: &Column| {
            column.first_key.as_deref().and_then(|first| compare(first, key)).is_some_and(std::cmp::Ordering::is_le)
        };
        columns.iter().rposition(below).unwrap_or(0)
    };
    let report = |shape: &Shape| {
        let columns = shape.map.scaled(WIDTH);
        let cursor = request.key.as_ref().map_or(0, |key| place(&columns, key.stored()));
        let window = request.window.as_ref().map(|(first, last)| (place(&columns, first), place(&columns, last)));
        ShapeReport::new(shape, columns, cursor, window, typing)
    };
    let mut told = Instant::now();
    let whole = shape(&request.opened, |shape| {
        if feed.is_cancelled() {
            return std::ops::ControlFlow::Break(());
        }
        if told.elapsed() < PROGRESS {
            return std::ops::ControlFlow::Continue(());
        }
        told = Instant::now();
        feed.progress(format!("{} so far … Esc stops", count(shape.records, "record")))?;
        feed.show(Box::new(report(shape)))
    });
    Ok(Box::new(report(&whole)))
}

#[derive(Debug)]
struct ShapeReport {
    records: u64,
    map: Vec<MapRow>,
    columns: Vec<Column>,
    marks: String,
    rows: Vec<(&'static str, String)>,
    /// The column under the cursor.
    cursor: usize,
    /// The columns that the outline shows.
    window: Option<(usize, usize)>,
}

impl ShapeReport {
    fn new(
        shape: &Shape,
        columns: Vec<Column>,
        cursor: usize,
        window: Option<(usize, usize)>,
        typing: &Typing,
    ) -> Self {
        Self {
            records: shape.records,
            map: map_rows(shape, &columns),
            marks: marks(&columns),
            rows: rows(shape, typing),
            columns,
            cursor,
            window,
        }
    }

    /// The line below the map: what the outline shows, and damage.
    fn ruler(&self) -> String {
        let boxed = |(at, mark): (usize, char)| match self.window {
            _ if mark == '!' => mark,
            Some((first, last)) if at == first && at == last => '◫',
            Some((first, _)) if at == first => '[',
            Some((_, last)) if at == last => ']',
            Some((first, last)) if first < at && at < last => '═',
            _ => mark,
        };
        self.marks.chars().enumerate().map(boxed).collect()
    }
}

impl Report for ShapeReport {
    fn title(&self) -> String {
        format!("Shape · {}", count(self.records, "record"))
    }

    fn len(&self) -> usize {
        self.map.len() + 2 + self.rows.len()
    }

    fn line(&self, at: usize, paper: Paper<'_>) -> Words {
        let style = |role| paper.theme.style(role);
        let under = |text: &str, role| {
            // The column under the cursor is reversed in every row.
            let part = |from: usize, to: usize| text.chars().skip(from).take(to - from).collect::<String>();
            let end = text.chars().count();
            let cursor = self.cursor.min(end);
            vec![
                Span::styled(part(0, cursor), style(role)),
                Span::styled(part(cursor, (cursor + 1).min(end)), style(Role::Mark)),
                Span::styled(part((cursor + 1).min(end), end), style(role)),
            ]
        };
        if let Some(row) = self.map.get(at) {
            let role = Role::Level(row.level);
            let mut left = vec![Span::styled(format!(" L{:<2} │", row.level), style(role))];
            left.extend(under(&row.cells, role));
            left.push(Span::styled(format!("│ {}", row.note), style(Role::Dim)));
            return (left, Vec::new());
        }
        match at - self.map.len() {
            0 => {
                let mut left = vec![Span::styled("     └", style(Role::Dim))];
                left.extend(under(&self.ruler(), Role::Dim));
                left.push(Span::styled("┘", style(Role::Dim)));
                (left, Vec::new())
            }
            1 => {
                let key = self.columns.get(self.cursor).and_then(|column| column.first_key.as_ref());
                let key = key
                    .map_or_else(String::new, |key| item::line(key, paper.typing.key.as_ref(), paper.key_format, KEY));
                let text = format!("      {key} …   [ ] what the outline shows   ! damage");
                (vec![Span::styled(text, style(Role::Dim))], Vec::new())
            }
            row => {
                let Some((name, text)) = self.rows.get(row - 2) else { return Words::default() };
                (vec![Span::styled(format!(" {name:10} "), style(Role::Strong)), Span::raw(text.clone())], Vec::new())
            }
        }
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        let in_map = at < self.map.len() + 2;
        self.columns.get(self.cursor).filter(|_| in_map)?.first_key.clone().map(Jump::Key)
    }

    fn act(&mut self, action: Action, at: usize) -> Option<Deed> {
        if at >= self.map.len() + 2 {
            return None;
        }
        match action {
            Action::In => self.cursor = (self.cursor + 1).min(self.columns.len().saturating_sub(1)),
            Action::Out => self.cursor = self.cursor.saturating_sub(1),
            _ => return None,
        }
        Some(Deed::Drawn)
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Open]
    }
}
