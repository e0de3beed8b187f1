//! A line of the list: what either side shows of it, and what both show as one.

use std::sync::Arc;

use file_mst::diff::{FieldChange, Side};
use mst_types::Value;
use ratatui::style::Modifier;
use ratatui::text::Span;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{nodes, role};
use crate::model::diff::around;
use crate::model::diff::changes::{ChangeLine, RecordChanges};
use crate::model::diff::entry::{Edge, Entry, Held, Kind, Stretch};
use crate::model::diff::list::Row;
use crate::model::diff::marks::MarkedText;
use crate::model::item::{self, ItemFormat};
use crate::model::record::ABSENT;
use crate::model::rows::compared::RowsOutcome;
use crate::model::rows::page::has_fingerprints;
use crate::runtime::input::action::Common;
use crate::runtime::input::keymap;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

/// The widest key in a range, in columns.
const RANGE_KEY: usize = 24;
/// Lines are made as long as one can scroll, in columns.
const LONGEST: usize = 4096;

/// Between the value that was and the one that is.
const ARROW: &str = " → ";

type Words = Vec<Span<'static>>;

/// The key of a record as its side shows it.
pub(crate) fn key(screen: &DiffScreen, stored: &[u8], side: Side, width: usize) -> String {
    item::key_line(stored, screen.pair.typing(side).key.as_ref(), screen.shared.key_format, width)
}

/// The key of a difference: that of the left, if it has one.
pub(crate) fn key_of(screen: &DiffScreen, entry: &Entry, width: usize) -> Option<String> {
    if let Entry::NotCompared(found) = entry {
        return Some(key(screen, found.key().0, found.key().1, width));
    }
    match entry.sides() {
        (Some((stored, _)), _) => Some(key(screen, stored, Side::Left, width)),
        (None, Some((stored, _))) => Some(key(screen, stored, Side::Right, width)),
        (None, None) => None,
    }
}

/// The most columns of indentation.
const INDENT: usize = 24;

fn indent(screen: &DiffScreen, row: Row, width: usize) -> Span<'static> {
    Span::raw(" ".repeat((2 * screen.list.depth(row)).min(INDENT).min(width / 8)))
}

/// A line in two parts, of which the first one stays where it is while the other is scrolled sideways.
pub(crate) type Frozen = (Words, Words);

/// The text on one side of a row, of which `width` columns are visible; nothing where the side has no such record.
pub(crate) fn on_side(screen: &DiffScreen, row: Row, side: Side, key_width: usize, width: usize) -> Frozen {
    let indent = indent(screen, row, width);
    match row {
        Row::Node(place) => (Vec::new(), with(indent, nodes::on_side(screen, place, side))),
        Row::Difference(place) => match screen.list.entry(place) {
            Some(entry) => {
                let room = width.saturating_sub(indent.width());
                let (key, rest) = difference(screen, (place, entry), side, key_width, room);
                (with(indent, key.into_iter().collect()), rest)
            }
            None => Frozen::default(),
        },
        _ => (Vec::new(), with(indent, alike(screen, row, side, key_width))),
    }
}

fn with(first: Span<'static>, rest: Words) -> Words {
    let mut words = vec![first];
    words.extend(rest);
    words
}

/// The key, and what the side has of a difference.
fn difference(
    screen: &DiffScreen,
    (place, entry): (usize, &Entry),
    side: Side,
    key_width: usize,
    room: usize,
) -> (Option<Span<'static>>, Words) {
    let (left, right) = entry.sides();
    let own = if side == Side::Left { left } else { right };
    let key = || Some(key_span(screen, entry, key_width));
    match (entry, own) {
        (Entry::Damage(text) | Entry::Misfit(text), _) => {
            (None, vec![Span::styled(text.clone(), screen.shared.theme.style(role(entry.kind())))])
        }
        (Entry::NotCompared(found), _) => {
            (key(), vec![Span::styled(found.why.clone(), screen.shared.theme.style(role(entry.kind())))])
        }
        (_, None) => (None, Vec::new()),
        (Entry::Changed(..) | Entry::WithinTolerance(..), Some(_)) => {
            let mut words: Words = mark_now(screen, entry).filter(|_| side == Side::Left).into_iter().collect();
            if shows_rows(screen) {
                words.push(fields_now(screen, entry, Some(side)));
            } else {
                words.extend(side_fields(screen, place, side, room.saturating_sub(key_width + 2)));
            }
            (key(), words)
        }
        (_, Some((_, stored))) => {
            let mut words: Words = mark_now(screen, entry).into_iter().collect();
            words.push(match shows_rows(screen) {
                true => fields_now(screen, entry, Some(side)),
                false => value(screen, stored, side),
            });
            (key(), words)
        }
    }
}

/// From this room on the fields of a difference have names, in columns.
const WITH_NAMES: usize = 28;
/// The columns of a value in a line of several, where they do not all fit.
const ONE_OF_SEVERAL: usize = 24;

/// The room of each value of a difference: all there is, or little if there are several; no end if one scrolls.
fn room_of_values(screen: &DiffScreen, changes: &RecordChanges, room: usize, sides: usize) -> usize {
    let names: usize = match room < WITH_NAMES {
        true => 0,
        false => changes.lines.iter().map(|line| line.path.width() + 4).sum(),
    };
    match changes.lines.len() {
        _ if screen.sideways > 0 => LONGEST,
        0 | 1 => room.saturating_sub(names) / sides,
        _ => ONE_OF_SEVERAL,
    }
}

/// The fields of one side that differ, as wide as those of the other side, so that both stand beside each other; dimmed
/// behind them the rest of the record.
fn side_fields(screen: &DiffScreen, place: usize, side: Side, room: usize) -> Words {
    let dim = screen.shared.theme.style(Role::Dim);
    let changes = screen.changes_of(place);
    let has_names = room >= WITH_NAMES;
    let room = room_of_values(screen, &changes, room, 1);
    let mut words = Vec::new();
    for line in &changes.lines {
        let (left, right) = values_of(line, (room, room));
        let widest = around::width(&left).max(around::width(&right));
        let own = if side == Side::Left { left } else { right };
        if !line.path.is_empty() && has_names {
            words.push(Span::styled(format!("{} ", line.path), dim));
        }
        let pad = widest.saturating_sub(around::width(&own)) + 3;
        words.extend(styled(screen, own));
        words.push(Span::raw(" ".repeat(pad)));
    }
    words.push(Span::styled(changes.rest.clone(), dim));
    words
}

/// The values of both sides in their rooms.
fn values_of(line: &ChangeLine, rooms: (usize, usize)) -> (Vec<MarkedText>, Vec<MarkedText>) {
    let absent = if line.left.is_none() && line.right.is_none() { "" } else { ABSENT };
    let side = |side: &Option<Vec<MarkedText>>| side.clone().unwrap_or_else(|| vec![(absent.to_owned(), false)]);
    around::around(side(&line.left), side(&line.right), rooms)
}

/// Whether fields are those of the rows, since the trees have only fingerprints of them.
pub(crate) fn shows_rows(screen: &DiffScreen) -> bool {
    let is_open = screen.shared.value_format == ItemFormat::Auto;
    is_open && screen.pair.mappings.as_ref().is_some_and(|mappings| has_fingerprints(mappings))
}

/// What the rows of a difference say that the trees do not, in a few words.
pub(crate) fn mark_now(screen: &DiffScreen, entry: &Entry) -> Option<Span<'static>> {
    let now = screen.rows_now(entry)?;
    let (words, role) = match now.outcome.kind() {
        None => ("agrees now".to_owned(), Role::Good),
        Some(kind) if kind != entry.kind() => (format!("{} now", kind.name()), Role::Doubtful),
        Some(_) if now.sides.iter().any(|side| side.is_stale) => ("changed since".to_owned(), Role::Doubtful),
        Some(_) => return None,
    };
    Some(Span::styled(words + "  ", screen.shared.theme.style(role)))
}

/// The fields of the rows, of one side or of both: of two rows those that differ. Without rows, how to fetch them.
pub(crate) fn fields_now(screen: &DiffScreen, entry: &Entry, side: Option<Side>) -> Span<'static> {
    let Some(now) = screen.rows_now(entry) else {
        return Span::styled(
            format!("{} fetches the rows", keymap::key_of(Common::Open)),
            screen.shared.theme.style(Role::Dim),
        );
    };
    let changes = now.changes();
    let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
    let one = |change: &FieldChange| match side {
        Some(Side::Left) => format!("{}: {}", change.path, text(&change.left)),
        Some(Side::Right) => format!("{}: {}", change.path, text(&change.right)),
        None => change.to_string(),
    };
    if !changes.is_empty() {
        return Span::raw(changes.iter().map(one).collect::<Vec<_>>().join("   "));
    }
    let [left, right] = now.sides.each_ref().map(|side| side.value.as_ref());
    let value = if side == Some(Side::Right) { right.or(left) } else { left.or(right) };
    Span::raw(value.map(ToString::to_string).unwrap_or_default())
}

/// The text of a row that is alike on both sides.
fn alike(screen: &DiffScreen, row: Row, side: Side, key_width: usize) -> Words {
    let dim = screen.shared.theme.style(Role::Dim);
    match row {
        Row::Equal(place, _) => {
            let mark = if screen.list.inside(place).is_some() { "▾ " } else { "" };
            let mut words = vec![Span::styled(mark, dim)];
            words.extend(screen.list.stretch(row).map(|stretch| equal(screen, &stretch)).unwrap_or_default());
            if screen.list.inside(place).is_some_and(|inside| inside.is_from_record) {
                words.push(Span::styled("   shown from the found record on", dim));
            }
            words
        }
        Row::Inside(..) => match screen.list.inside_record(row).map(Held::stored) {
            Some((stored, bytes)) => {
                // Under two types equal values have two forms, of which that of the left was read.
                let side = if screen.pair.comparison.is_by_value() { Side::Left } else { side };
                let key = key(screen, stored, side, LONGEST);
                let pad = key_width.saturating_sub(key.width()) + 2;
                vec![Span::styled(key + &" ".repeat(pad), dim), value(screen, bytes, side).style(dim)]
            }
            None => Vec::new(),
        },
        Row::More(place) => match screen.list.inside(place).and_then(|inside| inside.failure()) {
            Some(why) => vec![Span::styled(why.to_owned(), screen.shared.theme.style(Role::Bad))],
            None => vec![Span::styled("… goes on, read as one scrolls", dim)],
        },
        Row::Node(_) | Row::Difference(_) => Vec::new(),
    }
}

/// Both sides in one line of `width` columns.
pub(crate) fn unified(screen: &DiffScreen, row: Row, key_width: usize, width: usize) -> Frozen {
    let indent = indent(screen, row, width);
    let place = match row {
        Row::Node(place) => return (Vec::new(), with(indent, nodes::unified(screen, place))),
        Row::Difference(place) => place,
        _ => return on_side(screen, row, Side::Left, key_width, width),
    };
    let Some(entry) = screen.list.entry(place) else { return Frozen::default() };
    let (left, right) = entry.sides();
    if left.is_none() || right.is_none() || entry.kind() == Kind::NotCompared {
        let side = if left.is_some() { Side::Left } else { Side::Right };
        return on_side(screen, row, side, key_width, width);
    }
    let room = width.saturating_sub(indent.width() + key_width + 2);
    let frozen = vec![indent, key_span(screen, entry, key_width)];
    let mut words: Words = mark_now(screen, entry).into_iter().collect();
    if shows_rows(screen) {
        words.push(fields_now(screen, entry, None));
        return (frozen, words);
    }
    let changes = screen.changes_of(place);
    let has_names = room >= WITH_NAMES;
    let room = room_of_values(screen, &changes, room.saturating_sub(ARROW.width()), 2);
    for (at, line) in changes.lines.iter().enumerate() {
        if at > 0 {
            words.push(Span::raw("   "));
        }
        let (a, b) = values_of(line, (room, room));
        if !line.path.is_empty() && has_names {
            let colon = if line.left.is_none() && line.right.is_none() { "" } else { ": " };
            words.push(Span::raw(format!("{}{colon}", line.path)));
            if colon.is_empty() {
                continue;
            }
        }
        words.extend(styled(screen, a));
        words.push(Span::styled(ARROW, screen.shared.theme.style(Role::Changed)));
        words.extend(styled(screen, b));
    }
    words.push(Span::styled(format!("   {}", changes.rest), screen.shared.theme.style(Role::Dim)));
    (frozen, words)
}

/// The whole key of a difference.
pub(crate) fn whole_key(screen: &DiffScreen, entry: &Entry) -> String {
    key_of(screen, entry, LONGEST).unwrap_or_default()
}

fn key_span(screen: &DiffScreen, entry: &Entry, width: usize) -> Span<'static> {
    let key = around::cut_front(&whole_key(screen, entry), width);
    let pad = width.saturating_sub(key.width()) + 2;
    let style = screen.shared.theme.style(role(entry.kind())).add_modifier(Modifier::BOLD);
    Span::styled(key + &" ".repeat(pad), style)
}

fn value(screen: &DiffScreen, stored: &[u8], side: Side) -> Span<'static> {
    Span::raw(item::line(stored, screen.pair.typing(side).value.as_ref(), screen.shared.value_format, LONGEST))
}

fn styled(screen: &DiffScreen, pieces: Vec<MarkedText>) -> impl Iterator<Item = Span<'static>> + use<'_> {
    let style = |differs| screen.shared.theme.style(if differs { Role::Mark } else { Role::Plain });
    pieces.into_iter().map(move |(text, differs)| Span::styled(text, style(differs)))
}

/// `77 records equal   >10,003 … <10,231   L1 77b0e1d2`.
fn equal(screen: &DiffScreen, stretch: &Stretch) -> Words {
    let style = |role| screen.shared.theme.style(role);
    let (from, to) = (edge(screen, &stretch.from, ">", "start"), edge(screen, &stretch.to, "<", "end"));
    let range = if from == to { from } else { format!("{from} … {to}") };
    let mut words = vec![Span::styled(format!("{} equal   {range}", stretch.amount()), style(Role::Dim))];
    if let Some((level, hash)) = stretch.one_subtree() {
        words.push(Span::raw("   "));
        words.extend(level.map(|level| Span::styled(format!("L{level} "), style(Role::Level(level)))));
        words.push(Span::styled(hash.short(), style(Role::Hash)));
    }
    words
}

/// The words without their first `columns` columns.
pub(crate) fn scrolled(words: Words, columns: usize) -> Words {
    let mut left = columns;
    let rest = words.into_iter().map(|span| {
        let hidden = |c: &char| {
            let hidden = left > 0;
            left = left.saturating_sub(c.width().unwrap_or(0));
            hidden
        };
        Span::styled(span.content.chars().skip_while(hidden).collect::<String>(), span.style)
    });
    rest.collect()
}

/// The glyph of a line.
pub(crate) fn glyph(screen: &DiffScreen, row: Row) -> Span<'static> {
    let kind = screen.list.kind(row);
    let alike = matches!(row, Row::Node(place) if screen.list.node(place).is_some_and(|(pair, _)| pair.is_equal()));
    let kind = if alike { Kind::Equal } else { kind };
    let agrees = |entry: &Arc<Entry>| screen.rows_now(entry).is_some_and(|now| now.outcome == RowsOutcome::Agree);
    if matches!(row, Row::Difference(place) if screen.list.entry(place).is_some_and(agrees)) {
        let style = screen.shared.theme.style(Role::Good).add_modifier(Modifier::BOLD);
        return Span::styled(Kind::Equal.glyph(), style);
    }
    let style = screen.shared.theme.style(role(kind));
    Span::styled(kind.glyph(), if kind == Kind::Equal { style } else { style.add_modifier(Modifier::BOLD) })
}

/// The text of an edge of an equal stretch.
pub(crate) fn edge(screen: &DiffScreen, edge: &Edge, beyond: &str, end: &str) -> String {
    match edge {
        Edge::Tree => end.to_owned(),
        Edge::At(side, stored) => key(screen, stored, *side, RANGE_KEY),
        Edge::Beyond(side, stored) => format!("{beyond}{}", key(screen, stored, *side, RANGE_KEY)),
    }
}
