//! A line of the list: what either side shows of it, and what both show as one.

use file_mst::diff::Side;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::diff::entry::{Edge, Entry, Held, Kind, Stretch};
use crate::model::diff::list::Row;
use crate::model::diff::marks::{Piece, marked};
use crate::model::diff::pair::Stored;
use crate::model::item::{self, ItemFormat};
use crate::model::text::cut;
use crate::runtime::theme::Role;
use crate::screens::diff::draw::{nodes, role};
use crate::screens::diff::state::DriftApp;

/// The widest key in a range, in columns.
const RANGE_KEY: usize = 24;
/// Lines are made as long as one can scroll, in columns.
const LONGEST: usize = 4096;

/// Between the value that was and the one that is.
const ARROW: &str = " → ";

type Words = Vec<Span<'static>>;

/// The key of a record as its side shows it.
pub(crate) fn key(app: &DriftApp, stored: &[u8], side: Side, width: usize) -> String {
    item::key_line(stored, app.pair.typing(side).key.as_ref(), app.key_format, width)
}

/// The key of a difference: that of the left, if it has one.
pub(crate) fn key_of(app: &DriftApp, entry: &Entry, width: usize) -> Option<String> {
    if let Entry::NotCompared(found) = entry {
        return Some(key(app, found.key().0, found.key().1, width));
    }
    match entry.sides() {
        (Some((stored, _)), _) => Some(key(app, stored, Side::Left, width)),
        (None, Some((stored, _))) => Some(key(app, stored, Side::Right, width)),
        (None, None) => None,
    }
}

/// The most columns of indentation.
const INDENT: usize = 24;

fn indent(app: &DriftApp, row: Row) -> Span<'static> {
    Span::raw(" ".repeat((2 * app.found.depth(row)).min(INDENT)))
}

/// What stands on one side of a row; nothing where it has no such record.
pub(crate) fn on_side(app: &DriftApp, row: Row, side: Side, key_width: usize) -> Words {
    let mut words = vec![indent(app, row)];
    words.extend(match row {
        Row::Node(place) => nodes::on_side(app, place, side),
        Row::Difference(place) => match app.found.entry(place) {
            Some(entry) => difference(app, entry, side, key_width),
            None => Vec::new(),
        },
        _ => alike(app, row, side, key_width),
    });
    words
}

fn difference(app: &DriftApp, entry: &Entry, side: Side, key_width: usize) -> Words {
    let (left, right) = entry.sides();
    let own = if side == Side::Left { left } else { right };
    match (entry, own) {
        (Entry::Damage(text) | Entry::Misfit(text), _) => {
            vec![Span::styled(text.clone(), app.theme.style(role(entry.kind())))]
        }
        (Entry::NotCompared(found), _) => {
            vec![key_span(app, entry, key_width), Span::styled(found.why.clone(), app.theme.style(role(entry.kind())))]
        }
        (_, None) => Vec::new(),
        (Entry::Changed(..), Some(_)) => {
            let (a, b) = pieces(app, left, right);
            let mut words = vec![key_span(app, entry, key_width)];
            words.extend(styled(app, if side == Side::Left { a } else { b }));
            words
        }
        (_, Some((_, stored))) => vec![key_span(app, entry, key_width), value(app, stored, side)],
    }
}

/// What both sides have alike.
fn alike(app: &DriftApp, row: Row, side: Side, key_width: usize) -> Words {
    let dim = app.theme.style(Role::Dim);
    match row {
        Row::Equal(place, _) => {
            let mark = if app.found.inside(place).is_some() { "▾ " } else { "" };
            let mut words = vec![Span::styled(mark, dim)];
            words.extend(app.found.stretch(row).map(|stretch| equal(app, &stretch)).unwrap_or_default());
            words
        }
        Row::Inside(..) => match app.found.inside_record(row).map(Held::stored) {
            Some((stored, bytes)) => {
                // Under two types equal values have two forms, of which that of the left was read.
                let side = if app.pair.comparison.is_by_value() { Side::Left } else { side };
                let key = key(app, stored, side, LONGEST);
                let pad = key_width.saturating_sub(key.width()) + 2;
                vec![Span::styled(key + &" ".repeat(pad), dim), value(app, bytes, side).style(dim)]
            }
            None => Vec::new(),
        },
        Row::More(place) => match app.found.inside(place).and_then(|inside| inside.failure()) {
            Some(why) => vec![Span::styled(why.to_owned(), app.theme.style(Role::Bad))],
            None => vec![Span::styled("… goes on, read as one scrolls", dim)],
        },
        Row::Node(_) | Row::Difference(_) => Vec::new(),
    }
}

/// Both sides in one line of `width` columns. Two values that do not fit are cut alike, until one scrolls.
pub(crate) fn unified(app: &DriftApp, row: Row, key_width: usize, width: usize) -> Words {
    let mut words = vec![indent(app, row)];
    let entry = match row {
        Row::Node(place) => {
            words.extend(nodes::unified(app, place));
            return words;
        }
        Row::Difference(place) => app.found.entry(place),
        _ => None,
    };
    let Some(entry) = entry else { return on_side(app, row, Side::Left, key_width) };
    let (left, right) = entry.sides();
    let (Some((_, a)), Some((_, b))) = (left, right) else {
        let side = if left.is_some() { Side::Left } else { Side::Right };
        return on_side(app, row, side, key_width);
    };
    words.push(key_span(app, entry, key_width));
    let changes = (app.value_format == ItemFormat::Auto).then(|| app.pair.fields(a, b)).flatten();
    match changes.filter(|changes| changes.iter().any(|change| !change.path.is_empty())) {
        Some(changes) => {
            let text = changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("   ");
            words.push(Span::raw(text));
        }
        None => {
            let (mut a, mut b) = pieces(app, left, right);
            let room = width.saturating_sub(Line::from(words.clone()).width() + ARROW.width());
            let long = |pieces: &[Piece]| pieces.iter().map(|(text, _)| text.width()).sum::<usize>();
            if app.sideways == 0 && long(&a) + long(&b) > room {
                a = cut_to(a, room / 2);
                b = cut_to(b, room / 2);
            }
            words.extend(styled(app, a));
            words.push(Span::styled(ARROW, app.theme.style(Role::Changed)));
            words.extend(styled(app, b));
        }
    }
    words
}

fn cut_to(pieces: Vec<Piece>, width: usize) -> Vec<Piece> {
    let mut left = width;
    let cut_one = |(text, differs): Piece| {
        let kept = cut(&text, left);
        left = left.saturating_sub(text.width());
        (kept, differs)
    };
    pieces.into_iter().map(cut_one).collect()
}

fn key_span(app: &DriftApp, entry: &Entry, width: usize) -> Span<'static> {
    let key = key_of(app, entry, LONGEST).unwrap_or_default();
    let pad = width.saturating_sub(key.width()) + 2;
    let style = app.theme.style(role(entry.kind())).add_modifier(Modifier::BOLD);
    Span::styled(key + &" ".repeat(pad), style)
}

fn value(app: &DriftApp, stored: &[u8], side: Side) -> Span<'static> {
    Span::raw(item::line(stored, app.pair.typing(side).value.as_ref(), app.value_format, LONGEST))
}

fn pieces(app: &DriftApp, left: Option<Stored>, right: Option<Stored>) -> (Vec<Piece>, Vec<Piece>) {
    match (left, right) {
        (Some((_, left)), Some((_, right))) => marked(&app.pair, left, right, app.value_format),
        _ => (Vec::new(), Vec::new()),
    }
}

fn styled(app: &DriftApp, pieces: Vec<Piece>) -> impl Iterator<Item = Span<'static>> + use<'_> {
    let style = |differs| app.theme.style(if differs { Role::Mark } else { Role::Plain });
    pieces.into_iter().map(move |(text, differs)| Span::styled(text, style(differs)))
}

/// `77 records equal   >10,003 … <10,231   L1 77b0e1d2`.
fn equal(app: &DriftApp, stretch: &Stretch) -> Words {
    let style = |role| app.theme.style(role);
    let (from, to) = (edge(app, &stretch.from, ">", "start"), edge(app, &stretch.to, "<", "end"));
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
pub(crate) fn glyph(app: &DriftApp, row: Row) -> Span<'static> {
    let kind = app.found.kind(row);
    let alike = matches!(row, Row::Node(place) if app.found.node(place).is_some_and(|(pair, _)| pair.is_equal()));
    let kind = if alike { Kind::Equal } else { kind };
    let style = app.theme.style(role(kind));
    Span::styled(kind.glyph(), if kind == Kind::Equal { style } else { style.add_modifier(Modifier::BOLD) })
}

/// Where a key stands on an edge of what is equal.
pub(crate) fn edge(app: &DriftApp, edge: &Edge, beyond: &str, end: &str) -> String {
    match edge {
        Edge::Tree => end.to_owned(),
        Edge::At(side, stored) => key(app, stored, *side, RANGE_KEY),
        Edge::Beyond(side, stored) => format!("{beyond}{}", key(app, stored, *side, RANGE_KEY)),
    }
}
