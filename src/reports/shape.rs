//! The shape of the tree: the level map with what a check and a comparison found, then numbers.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::time::Instant;

use file_mst::inspect::shape::{Column, Shape, shape};
use file_mst::open::Opened;
use file_mst::verify::Severity;
use ratatui::text::Span;

use crate::model::diff::strip::bar;
use crate::model::item;
use crate::model::jump::Jump;
use crate::model::places::{DiffMarks, Places};
use crate::model::shape::{MapRow, SHADES, damage, map_rows, rows};
use crate::model::text::{count, cut, thousands};
use crate::runtime::input::action::{Action, Common, TreeAction};
use crate::runtime::input::keymap::{self, key_of};
use crate::runtime::jobs::PROGRESS;
use crate::runtime::report::{Computed, RenderContext, Report, ReportFeed, ReportOutcome, ReportRow, Request, Words};
use crate::runtime::theme::Role;

/// The columns before the map, which the names of levels take.
const MAP_LEFT: usize = 6;
/// The columns beside the map: the name of a level at the left, the numbers of its nodes at the right.
const NAME: usize = 8;
const NOTE: usize = 38;
/// The columns of the map where there is no room for the numbers beside it, at most.
const NARROW: usize = 64;
/// The most columns of a key.
const KEY: usize = 40;

pub(crate) const ROW: ReportRow = ReportRow {
    name: "shape",
    argument: "",
    binding: keymap::report(
        "shape",
        "shape",
        &["o s"],
        "levels, sizes, dead bytes, and the level map with its problems; {left} {right} move in it, {enter} goes there",
    ),
    compute,
};

fn compute(request: &Request, feed: &ReportFeed<'_>) -> Computed {
    let marks = Arc::new(Marks::of(request, feed));
    let report = |shape: &Shape, is_whole: bool| {
        let place =
            Place { key: request.key.as_ref().map(|key| key.stored().to_vec()), window: request.window.clone() };
        ShapeReport::new(request.opened.clone(), shape.clone(), (Arc::clone(&marks), is_whole), place)
    };
    let mut told = Instant::now();
    let whole = shape(&request.opened, |shape| {
        if feed.is_cancelled() {
            return ControlFlow::Break(());
        }
        if told.elapsed() < PROGRESS {
            return ControlFlow::Continue(());
        }
        told = Instant::now();
        feed.progress(format!("so far … {} stops", key_of(Common::Cancel)))?;
        feed.show(Box::new(report(shape, false)))
    });
    Ok(Box::new(report(&whole, true)))
}

/// Where the user was: the key under the cursor, and the first and the last key in sight.
#[derive(Debug)]
struct Place {
    key: Option<Vec<u8>>,
    window: Option<(Vec<u8>, Vec<u8>)>,
}

/// The places that the map marks.
#[derive(Debug)]
struct Marks {
    check: Option<(Arc<Places>, String)>,
    drift: Option<Arc<DiffMarks>>,
}

impl Marks {
    /// Finds out where they are.
    fn of(request: &Request, feed: &ReportFeed<'_>) -> Self {
        let check = request.checked.so_far().map(|check| {
            let (places, elsewhere) = Places::of_findings(&request.opened, &check.findings, || !feed.is_cancelled());
            let so_far = if check.over { "" } else { " so far" };
            let elsewhere = match elsewhere {
                0 => String::new(),
                elsewhere => format!(", {} of them not between keys of this tree", count(elsewhere, "finding")),
            };
            let findings = count(check.progress.findings(), "finding");
            (Arc::new(places), format!("✗ error  ! warning  · note: {findings}{so_far}{elsewhere}"))
        });
        Self { check, drift: request.marks.clone() }
    }

    /// The rows of a map whose columns begin with these keys. As long as that is not the whole tree, nothing is marked
    /// in its last column: that has no end so far.
    fn rows(&self, first_keys: &[Option<Vec<u8>>], is_whole: bool) -> Vec<MarkRow> {
        let check = self.check.iter().map(|(places, legend)| {
            let row = MarkRow::new("chk", MarkedPlaces::Found(Arc::clone(places)), first_keys, is_whole);
            MarkRow { legend: legend.clone(), ..row }
        });
        let drift = self.drift.iter().map(|drifted| {
            let so_far = if drifted.is_whole { "" } else { " as far as it was compared" };
            let (places, other) = (count(drifted.places.len() as u64, "place"), cut(&drifted.other, KEY));
            let mut row = MarkRow::new("dif", MarkedPlaces::DiffMarks(Arc::clone(drifted)), first_keys, is_whole);
            let peak = thousands(row.most() as u64);
            row.legend = format!("█ {peak} in one column: {places} where this differs from {other}{so_far}");
            row
        });
        check.chain(drift).collect()
    }
}

/// The places that a row marks.
#[derive(Debug)]
enum MarkedPlaces {
    Found(Arc<Places>),
    DiffMarks(Arc<DiffMarks>),
}

/// A row of the map that marks places.
#[derive(Debug)]
struct MarkRow {
    name: &'static str,
    places: MarkedPlaces,
    /// Which of them lie in each column.
    ranges: Vec<Range<usize>>,
    cells: String,
    legend: String,
}

impl MarkRow {
    fn new(name: &'static str, places: MarkedPlaces, first_keys: &[Option<Vec<u8>>], is_whole: bool) -> Self {
        let mut row = Self { name, places, ranges: Vec::new(), cells: String::new(), legend: String::new() };
        row.ranges = row.places().in_columns(first_keys);
        if let Some(last) = row.ranges.last_mut().filter(|_| !is_whole) {
            last.end = last.start;
        }
        let most = row.most();
        row.cells = row.ranges.iter().map(|range| row.cell(range, most)).collect();
        row
    }

    /// The most places in one column.
    fn most(&self) -> usize {
        self.ranges.iter().map(|range| range.len()).max().unwrap_or(0)
    }

    fn places(&self) -> &Places {
        match &self.places {
            MarkedPlaces::Found(places) => places,
            MarkedPlaces::DiffMarks(drifted) => &drifted.places,
        }
    }

    /// The worst that was found in a column, or how much differs there.
    fn cell(&self, range: &Range<usize>, most: usize) -> &'static str {
        let places = self.places().get(range.clone());
        match places.iter().map(|place| place.severity).max() {
            None => " ",
            Some(None) => bar(places.len() as u64, most as u64),
            Some(Some(Severity::Error)) => "✗",
            Some(Some(Severity::Warning)) => "!",
            Some(Some(Severity::Note)) => "·",
        }
    }

    /// The way to the worst place in a column, the first of them.
    fn jump(&self, column: usize) -> Option<Jump> {
        let places = self.places().get(self.ranges.get(column)?.clone());
        let reachable = places.iter().rev().filter(|place| place.jump.is_some());
        reachable.max_by_key(|place| place.severity)?.jump.clone()
    }

    fn role(&self) -> Role {
        match self.places {
            MarkedPlaces::Found(_) => Role::Bad,
            MarkedPlaces::DiffMarks(_) => Role::Changed,
        }
    }
}

/// A line of the map, from above.
enum MapLine<'a> {
    Level(&'a MapRow),
    Mark(&'a MarkRow),
    Ruler,
    /// The first key of the column under the cursor.
    Key,
    Legend(&'a MarkRow),
}

#[derive(Debug)]
struct ShapeReport {
    opened: Opened,
    shape: Shape,
    found: Arc<Marks>,
    is_whole: bool,
    place: Place,
    /// The columns of the map that there is room for.
    width: usize,
    map: Vec<MapRow>,
    columns: Vec<Column>,
    marks: Vec<MarkRow>,
    damage: String,
    rows: Vec<(&'static str, String)>,
    /// The column under the cursor.
    cursor: usize,
    /// The columns that the outline shows.
    window: Option<(usize, usize)>,
}

impl ShapeReport {
    fn new(opened: Opened, shape: Shape, (found, is_whole): (Arc<Marks>, bool), place: Place) -> Self {
        let rows = rows(&shape, &opened.typing);
        let (map, columns, marks, damage) = Default::default();
        let mut report = Self {
            opened,
            shape,
            found,
            is_whole,
            place,
            width: 0,
            map,
            columns,
            marks,
            damage,
            rows,
            cursor: 0,
            window: None,
        };
        report.lay_out(NARROW);
        report
    }

    /// Draws the map anew in at most `width` columns. The cursor stays on its key.
    fn lay_out(&mut self, width: usize) {
        if let Some(column) = self.columns.get(self.cursor) {
            self.place.key = column.first_key.clone().or(self.place.key.take());
        }
        let columns = self.shape.map.scaled(width);
        let codec = self.opened.tree.store().codec();
        let column_of = |key: &[u8]| {
            let compare = |first: &[u8]| codec.compare(first, key).is_some_and(std::cmp::Ordering::is_le);
            columns.iter().rposition(|column| column.first_key.as_deref().is_some_and(compare)).unwrap_or(0)
        };
        self.cursor = self.place.key.as_deref().map_or(0, column_of);
        self.window = self.place.window.as_ref().map(|(first, last)| (column_of(first), column_of(last)));
        let first_key = |column: &Column| column.first_key.as_ref().map(|key| codec.common_key(key).into_owned());
        self.marks = self.found.rows(&columns.iter().map(first_key).collect::<Vec<_>>(), self.is_whole);
        (self.map, self.damage) = (map_rows(&self.shape, &columns), damage(&columns));
        (self.columns, self.width) = (columns, width);
    }

    /// How many lines the map takes.
    fn map_len(&self) -> usize {
        self.map.len() + 2 * self.marks.len() + 2
    }

    /// A line of the map; none after its end.
    fn map_line(&self, at: usize) -> Option<MapLine<'_>> {
        let levels = self.map.iter().map(MapLine::Level);
        let marks = self.marks.iter().map(MapLine::Mark);
        let legends = self.marks.iter().map(MapLine::Legend);
        levels.chain(marks).chain([MapLine::Ruler, MapLine::Key]).chain(legends).nth(at)
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
        self.damage.chars().enumerate().map(boxed).collect()
    }
}

impl Report for ShapeReport {
    fn title(&self) -> String {
        format!("Shape · {}", count(self.shape.records, "record"))
    }

    fn len(&self) -> usize {
        self.map_len() + self.rows.len()
    }

    fn fit(&mut self, width: u16) {
        let width = usize::from(width);
        let beside = width.saturating_sub(NAME + NOTE);
        let width = if beside > NARROW { beside } else { NARROW.min(width.saturating_sub(NAME)).max(1) };
        if width != self.width {
            self.lay_out(width);
        }
    }

    /// On the first row that marks something.
    fn start(&self) -> usize {
        let marked = self.marks.iter().position(|row| row.places().len() > 0);
        marked.map_or(0, |row| self.map.len() + row)
    }

    fn line(&self, at: usize, context: RenderContext<'_>) -> Words {
        let style = |role| context.theme.style(role);
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
        let plain = |text: String, role| (vec![Span::styled(text, style(role))], Vec::new());
        let framed = |name: String, cells: &str, role: Role, note: String| {
            let mut left = vec![Span::styled(name, style(role))];
            left.extend(under(cells, role));
            left.push(Span::styled(note, style(Role::Dim)));
            (left, Vec::new())
        };
        match self.map_line(at) {
            Some(MapLine::Level(row)) => {
                framed(format!(" L{:<2} │", row.level), &row.cells, Role::Level(row.level), format!("│ {}", row.note))
            }
            Some(MapLine::Mark(row)) => framed(format!(" {} │", row.name), &row.cells, row.role(), "│".to_owned()),
            Some(MapLine::Ruler) => framed("     └".to_owned(), &self.ruler(), Role::Dim, "┘".to_owned()),
            Some(MapLine::Key) => {
                let key = self.columns.get(self.cursor).and_then(|column| column.first_key.as_ref());
                let key = key.map_or_else(String::new, |key| {
                    item::key_line(key, context.typing.key.as_ref(), context.key_format, KEY)
                });
                plain(format!("      {key} …   [ ] in sight   ! damage   {SHADES}"), Role::Dim)
            }
            Some(MapLine::Legend(row)) => plain(format!(" {}  {}", row.name, row.legend), Role::Dim),
            None => {
                let Some((name, text)) = self.rows.get(at - self.map_len()) else { return Words::default() };
                (vec![Span::styled(format!(" {name:10} "), style(Role::Strong)), Span::raw(text.clone())], Vec::new())
            }
        }
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        let marked = match self.map_line(at)? {
            MapLine::Mark(row) | MapLine::Legend(row) => row.jump(self.cursor),
            MapLine::Level(_) | MapLine::Ruler | MapLine::Key => None,
        };
        marked.or_else(|| self.columns.get(self.cursor)?.first_key.clone().map(Jump::Key))
    }

    fn act(&mut self, action: Action, at: usize) -> Option<ReportOutcome> {
        if at >= self.map_len() {
            return None;
        }
        match action {
            Action::Tree(TreeAction::In) => self.cursor = (self.cursor + 1).min(self.columns.len().saturating_sub(1)),
            Action::Tree(TreeAction::Out) => self.cursor = self.cursor.saturating_sub(1),
            _ => return None,
        }
        Some(ReportOutcome::Redraw)
    }

    /// A column of the map goes to its keys.
    fn press(&mut self, at: usize, column: usize) -> bool {
        let Some(column) = column.checked_sub(MAP_LEFT).filter(|column| *column < self.columns.len()) else {
            return false;
        };
        self.cursor = column;
        at < self.map_len()
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Common(Common::Open)]
    }
}
