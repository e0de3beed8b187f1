//! The table of differences: a line for each field that differs, with the key on the first one of a record.

use file_mst::diff::Side;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use super::{role, row};
use crate::model::diff::around::{around, cut_front, cut_to, skipped, width};
use crate::model::diff::changes::{ChangeLine, RecordChanges};
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::list::Row;
use crate::model::diff::marks::MarkedText;
use crate::model::record::ABSENT;
use crate::model::text::cut;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;
use crate::screens::diff::table::{Columns, GAP, GLYPH, Widths};

/// Between the value on the left and the one on the right.
const ARROW: &str = " → ";
/// From this room on the fields of a record have names, in columns.
const WITH_NAMES: usize = 18;
/// The least room for a value, before the name of its field goes, in columns.
const LEAST: usize = 5;

type Words = Vec<Span<'static>>;
type Sides = (Vec<MarkedText>, Vec<MarkedText>);

/// Draws the heads of the columns into one line: `key   field   left   right`.
pub(crate) fn heads(screen: &DiffScreen, area: Rect, buf: &mut Buffer) {
    let style = |role| screen.shared.theme.style(role);
    let [left, right] = screen.side_names();
    let mut head = |at: usize, text: &str, room: usize, looks: Style| {
        if room == 0 || at >= usize::from(area.width) {
            return;
        }
        // A blank on either side tells it from the frame on which it stands.
        let text = cut(text, room) + " ";
        let x = area.x + at as u16;
        let before = x.saturating_sub(1).max(area.x.saturating_sub(1));
        buf.set_string(before, area.y, " ", Style::reset());
        buf.set_stringn(x, area.y, text, usize::from(area.width) - at, Style::reset().patch(looks));
    };
    let title = style(Role::Title);
    let (on_left, on_right) = (style(Role::OnlyLeft), style(Role::OnlyRight));
    let bold = |style: Style| style.add_modifier(Modifier::BOLD);
    head(GLYPH, "key", usize::MAX, title);
    match screen.columns() {
        Columns::Table { widths: Widths { key, field, left: left_width, right: right_width }, rest } => {
            let at_field = GLYPH + key + GAP;
            let at_left = at_field + field + GAP;
            let at_right = at_left + left_width + GAP;
            head(at_field, "field", field, title);
            head(at_left, &left, left_width, bold(on_left));
            head(at_right, &right, right_width, bold(on_right));
            if rest > 0 {
                head(at_right + right_width + GAP, "the same on both sides", rest, style(Role::Dim));
            }
        }
        Columns::Compact { key, text } => {
            let at = GLYPH + key.max(3) + 1;
            head(at, &format!("{left}{ARROW}{right}"), text.saturating_sub(1), title);
        }
    }
}

/// Draws one line of the table.
pub(crate) fn draw_line(screen: &DiffScreen, row: Row, part: usize, area: Rect, buf: &mut Buffer) {
    let mut words = match part {
        0 => vec![row::glyph(screen, row), Span::raw(" ")],
        _ => vec![Span::raw("  ")],
    };
    match row {
        Row::Difference(place) => {
            if let Some(entry) = screen.list.entry(place) {
                words.extend(difference(screen, place, entry, part));
            }
        }
        row => {
            let key_width = match screen.columns() {
                Columns::Table { widths, .. } => widths.key,
                Columns::Compact { key, .. } => key,
            };
            words.extend(row::on_side(screen, row, Side::Left, key_width, usize::from(area.width)).1);
        }
    }
    super::list::put(area, words, buf);
}

fn difference(screen: &DiffScreen, place: usize, entry: &Entry, part: usize) -> Words {
    if let Entry::Damage(text) | Entry::Misfit(text) = entry {
        return vec![Span::styled(text.clone(), screen.shared.theme.style(role(entry.kind())))];
    }
    let changes = screen.changes_of(place);
    let columns = screen.columns();
    let key_width = match columns {
        Columns::Table { widths, .. } => widths.key,
        Columns::Compact { key, .. } => key,
    };
    let mut words = vec![key(screen, entry, part, key_width)];
    if let Entry::NotCompared(found) = entry {
        words.push(Span::raw(if matches!(columns, Columns::Compact { .. }) { " " } else { "  " }));
        words.push(Span::styled(found.why.clone(), screen.shared.theme.style(role(entry.kind()))));
        return words;
    }
    let mark = row::mark_now(screen, entry).filter(|_| part == 0);
    let Some(line) = changes.lines.get(part) else {
        words.push(Span::raw("  "));
        words.extend(mark);
        if part == 0 && row::shows_rows(screen) {
            words.push(row::fields_now(screen, entry, None));
        }
        return words;
    };
    match columns {
        Columns::Table { widths, rest } => {
            words.extend(cells(screen, (entry, line), mark, widths));
            // The rest of the record stands behind its first line only.
            if rest > 0 && part == 0 && !changes.rest.is_empty() {
                let text = format!("  {}", cut(&changes.rest, rest));
                words.push(Span::styled(text, screen.shared.theme.style(Role::Dim)));
            }
        }
        Columns::Compact { text, .. } => words.extend(compact(screen, (entry, line), mark, text, &changes)),
    }
    words
}

/// The key of a record, padded; on its further lines only the room for it.
fn key(screen: &DiffScreen, entry: &Entry, part: usize, room: usize) -> Span<'static> {
    if part > 0 {
        return Span::raw(" ".repeat(room));
    }
    let key = cut_front(&row::whole_key(screen, entry), room);
    let pad = room.saturating_sub(key.width());
    let style = screen.shared.theme.style(role(entry.kind())).add_modifier(Modifier::BOLD);
    Span::styled(key + &" ".repeat(pad), style)
}

/// The field, the left value and the right value, each in its column.
fn cells(
    screen: &DiffScreen,
    (entry, line): (&Entry, &ChangeLine),
    mark: Option<Span<'static>>,
    widths: Widths,
) -> Words {
    let Widths { field, left, right, .. } = widths;
    let gap = " ".repeat(GAP);
    let (a, b) = fitted(screen, line, left, right);
    let mut words = vec![Span::raw(gap.clone())];
    let mut room = field;
    if let Some(mark) = mark {
        // It is longer than most names, and takes their place where both do not fit.
        let text = cut(&mark.content, room);
        room -= text.width();
        words.push(Span::styled(text, mark.style));
    }
    let name = cut(field_name(entry, line), room);
    room -= name.width();
    let looks = if line.path.is_empty() { Role::Dim } else { Role::Plain };
    words.push(Span::styled(name, screen.shared.theme.style(looks)));
    words.push(Span::raw(" ".repeat(room) + &gap));
    let used = width(&a);
    words.extend(values(screen, entry, Side::Left, a));
    words.push(Span::raw(" ".repeat(left.saturating_sub(used)) + &gap));
    let used = width(&b);
    words.extend(values(screen, entry, Side::Right, b));
    words.push(Span::raw(" ".repeat(right.saturating_sub(used))));
    words
}

/// `field: left → right` in one column; the name goes first where there is no room.
fn compact(
    screen: &DiffScreen,
    (entry, line): (&Entry, &ChangeLine),
    mark: Option<Span<'static>>,
    room: usize,
    changes: &RecordChanges,
) -> Words {
    let mut words = vec![Span::raw(" ")];
    let mut left_room = room;
    if let Some(span) = mark {
        left_room = left_room.saturating_sub(span.content.width());
        words.push(span);
    }
    let only = match entry.kind() {
        Kind::OnlyLeft => Some((Side::Left, &line.left)),
        Kind::OnlyRight => Some((Side::Right, &line.right)),
        _ => None,
    };
    if let Some((side, Some(pieces))) = only {
        let pieces = scrolled(screen, pieces.clone(), left_room);
        words.extend(values(screen, entry, side, pieces));
        return words;
    }
    let name = if line.path.is_empty() { String::new() } else { format!("{}: ", line.path) };
    let long = |side: &Option<Vec<MarkedText>>| side.as_ref().map_or(1, |pieces| width(pieces));
    let needed = (long(&line.left) + long(&line.right) + ARROW.width()).min(2 * LEAST + ARROW.width());
    // A record with several lines is told apart by the names of its fields, if by a few letters only.
    let least = if changes.lines.len() > 1 && room >= WITH_NAMES { 6 } else { 0 };
    let for_name = left_room.saturating_sub(needed).max(least.min(left_room));
    let name = if name.width() <= for_name { name } else { cut_name(&line.path, for_name) };
    left_room = left_room.saturating_sub(name.width());
    words.push(Span::raw(name));
    if line.left.is_none() && line.right.is_none() {
        return words;
    }
    let for_values = left_room.saturating_sub(ARROW.width());
    let (mut left, mut right) = (for_values / 2, for_values - for_values / 2);
    if long(&line.left) < left {
        right += left - long(&line.left);
    } else if long(&line.right) < right {
        left += right - long(&line.right);
    }
    let (a, b) = fitted(screen, line, left, right);
    words.extend(values(screen, entry, Side::Left, a));
    words.push(Span::styled(ARROW, screen.shared.theme.style(Role::Dim)));
    words.extend(values(screen, entry, Side::Right, b));
    words
}

/// A name and a colon in so many columns; nothing where that says nothing.
fn cut_name(path: &str, room: usize) -> String {
    if room < 6 { String::new() } else { format!("{}: ", cut(path, room - 2)) }
}

/// How the field of a line is called.
fn field_name<'a>(entry: &Entry, line: &'a ChangeLine) -> &'a str {
    match (line.path.as_str(), entry.kind()) {
        ("", Kind::OnlyLeft | Kind::OnlyRight) => "(record)",
        ("", _) => "(value)",
        (path, _) => path,
    }
}

/// Both values cut to their rooms: around what differs, or from where one has scrolled to.
fn fitted(screen: &DiffScreen, line: &ChangeLine, left: usize, right: usize) -> Sides {
    // A line that counts further fields has no values at all.
    let absent = if line.left.is_none() && line.right.is_none() { "" } else { ABSENT };
    let side = |side: &Option<Vec<MarkedText>>| side.clone().unwrap_or_else(|| vec![(absent.to_owned(), false)]);
    let (a, b) = (side(&line.left), side(&line.right));
    if screen.sideways > 0 {
        return (scrolled(screen, a, left), scrolled(screen, b, right));
    }
    match (&line.left, &line.right) {
        (Some(_), Some(_)) => around(a, b, (left, right)),
        _ => (cut_to(a, left), cut_to(b, right)),
    }
}

/// A value from where one has scrolled to; no farther than to its end, so that none is scrolled away.
fn scrolled(screen: &DiffScreen, pieces: Vec<MarkedText>, room: usize) -> Vec<MarkedText> {
    let columns = screen.sideways.min(width(&pieces).saturating_sub(room));
    cut_to(skipped(pieces, columns), room)
}

fn values(screen: &DiffScreen, entry: &Entry, side: Side, pieces: Vec<MarkedText>) -> Words {
    let own = match (entry.kind(), side) {
        (Kind::OnlyLeft, Side::Left) => Role::OnlyLeft,
        (Kind::OnlyRight, Side::Right) => Role::OnlyRight,
        (Kind::OnlyLeft | Kind::OnlyRight, _) => Role::Dim,
        _ => Role::Plain,
    };
    let style = |differs| screen.shared.theme.style(if differs { Role::Mark } else { own });
    pieces.into_iter().map(|(text, differs)| Span::styled(text, style(differs))).collect()
}
