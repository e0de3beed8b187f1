//! The footer: the difference under the cursor; where there is none, what the line is, and the counts of nodes read.

use file_mst::diff::Side;
use ratatui::buffer::Buffer;
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use super::row;
use crate::model::diff::around;
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::list::{Progress, Row};
use crate::model::diff::marks::MarkedText;
use crate::model::diff::verdict::keyless;
use crate::model::rows::compared::RowsOutcome;
use crate::model::text::{count, cut, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

/// The widest key, in columns.
const KEY: usize = 32;
/// From this width on the number of the field stands beside that of the difference, in columns.
const WITH_FIELDS: usize = 60;
/// Between the value that was and the one that is.
const ARROW: &str = " → ";

type Words = Vec<Span<'static>>;

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let area = screen.areas.footer;
    if area.is_empty() {
        return;
    }
    let dim = screen.shared.theme.style(Role::Dim);
    let width = usize::from(area.width);
    if let Some((left, right)) = difference(screen, width.saturating_sub(1)) {
        let mut words = vec![Span::raw(" ")];
        words.extend(left);
        paint::two_ends(area, words, vec![Span::styled(format!("{right} "), dim)], buf);
        return;
    }
    // What the cursor is on counts for more where both do not fit.
    let right = format!("{} ", read(screen));
    let left = format!(" {}", cursor(screen));
    let room = if width >= 90 { width - right.chars().count() - 2 } else { width };
    paint::two_ends(area, vec![Span::raw(cut(&left, room))], vec![Span::styled(right, dim)], buf);
}

/// What differs, its number, and at the right end its kind and key; none if the cursor is on nothing that differs.
/// `currency: EUR → USD   3 of 7                changed · INV-2026142`
fn difference(screen: &DiffScreen, width: usize) -> Option<(Words, String)> {
    let line = screen.cursor.selected;
    let (entry, ordinal) = (screen.selected()?, screen.list.ordinal(line)?);
    let counts = &screen.list.counts;
    let of = counts.drifted() + counts.damaged + counts.not_compared;
    let number = match entry.kind() {
        // It is no difference, and has no number among them.
        Kind::WithinTolerance => format!("{} within tolerance", count(counts.within_tolerance, "record")),
        Kind::NotCompared => format!("place {} of {}", thousands(ordinal), thousands(of)),
        _ => format!("{} of {}", thousands(ordinal), thousands(of)),
    };
    let parts = screen.list.row(line).map_or(1, |row| screen.list.parts(row));
    let field = match parts {
        1 => String::new(),
        _ if width < WITH_FIELDS => String::new(),
        _ => format!(", field {} of {parts}", screen.list.part(line) + 1),
    };
    let number = format!("   {number}{field}");
    let key = row::key_of(screen, entry, KEY).map(|key| format!(" · {key}")).unwrap_or_default();
    let mut words = says(screen, entry, width.saturating_sub(number.width()));
    words.push(Span::styled(number, screen.shared.theme.style(Role::Strong)));
    Some((words, format!("{}{key}", entry.kind().name())))
}

/// What a difference is, in at most `room` columns.
fn says(screen: &DiffScreen, entry: &Entry, room: usize) -> Words {
    let text = |text: &str| vec![Span::raw(cut(text, room))];
    if let Some(now) = screen.rows_now(entry).filter(|now| now.outcome == RowsOutcome::Agree) {
        return text(if now.is_gone() { "agrees now: no side has a row" } else { "agrees now" });
    }
    match entry {
        Entry::Damage(words) | Entry::Misfit(words) => return text(words),
        Entry::NotCompared(found) => return text(&found.why),
        _ if row::shows_rows(screen) => return text(&row::fields_now(screen, entry, None).content),
        _ => {}
    }
    let Some(Row::Difference(place)) = screen.list.row(screen.cursor.selected) else { return Vec::new() };
    let changes = screen.changes_of(place);
    let part = screen.list.part(screen.cursor.selected);
    // A line of the trees has all fields of its record.
    let shown =
        if screen.list.shows_nodes() { &changes.lines[..] } else { changes.lines.get(part..=part).unwrap_or_default() };
    let names: usize = shown.iter().map(|line| line.path.width() + 2).sum();
    let arrows = shown.len() * (ARROW.width() + 3);
    let room = room.saturating_sub(names + arrows) / (2 * shown.len().max(1));
    let mut words = Vec::new();
    for line in shown {
        if !words.is_empty() {
            words.push(Span::raw(" · "));
        }
        if !line.path.is_empty() {
            let colon = if line.left.is_none() && line.right.is_none() { "" } else { ": " };
            words.push(Span::raw(format!("{}{colon}", line.path)));
        }
        let style = |differs| screen.shared.theme.style(if differs { Role::Mark } else { Role::Plain });
        let pieces =
            |pieces: Vec<MarkedText>| pieces.into_iter().map(move |(text, differs)| Span::styled(text, style(differs)));
        match (line.left.clone(), line.right.clone()) {
            (Some(left), Some(right)) => {
                let (long_left, long_right) = (around::width(&left), around::width(&right));
                // What one does not need the other may take.
                let rooms = (2 * room - long_right.min(room), 2 * room - long_left.min(room));
                let (left, right) = around::around(left, right, rooms);
                words.extend(pieces(left));
                words.push(Span::raw(ARROW));
                words.extend(pieces(right));
            }
            (Some(only), None) | (None, Some(only)) => {
                let sign = match (entry.kind(), line.left.is_some()) {
                    (Kind::OnlyLeft | Kind::OnlyRight, _) => "",
                    (_, true) => "only left: ",
                    (_, false) => "only right: ",
                };
                words.push(Span::raw(sign));
                words.extend(pieces(around::cut_to(only, 2 * room)));
            }
            (None, None) => {}
        }
    }
    words
}

/// `read 61 + 63 nodes, skipped 38 subtrees`
fn read(screen: &DiffScreen) -> String {
    let counts = &screen.list.counts;
    let side = |side, read: u64| match screen.pair.nodes(side) {
        Some(nodes) => format!("{} of {}", thousands(read), thousands(nodes)),
        None => thousands(read),
    };
    format!(
        "read {} + {} nodes, skipped {}",
        side(Side::Left, counts.left.nodes_read),
        side(Side::Right, counts.right.nodes_read),
        count(counts.skipped, "equal subtree"),
    )
}

fn cursor(screen: &DiffScreen) -> String {
    let counts = &screen.list.counts;
    let all_is_told = counts.damaged == 0 && counts.not_compared == 0 && counts.within_tolerance == 0;
    if counts.drifted() == 0 && all_is_told && screen.list.progress == Progress::Done {
        let sides = [keyless("left", &counts.left), keyless("right", &counts.right)];
        let notes: Vec<_> = sides.into_iter().flatten().collect();
        let none = match screen.pair.roots_equal(screen.same_rule) {
            true => "no record differs: that follows from the root hashes, nothing below was read",
            false => "no record differs",
        };
        return if notes.is_empty() { none.to_owned() } else { notes.join(" · ") };
    }
    let Some(row) = screen.list.row(screen.cursor.selected) else { return String::new() };
    match row {
        Row::Node(place) => {
            let inside = screen.list.node(place).map_or(0, |(_, differences)| differences);
            format!("nodes that differ · {} in them", count(inside, "difference"))
        }
        Row::Equal(..) if screen.list.inside(row.place()).is_none() => {
            "equal on both sides: nothing was read of it".to_owned()
        }
        Row::Equal(..) | Row::More(_)
            if screen.list.inside(row.place()).is_some_and(|inside| inside.failure().is_some()) =>
        {
            "equal by its hash, and not all of it could be read".to_owned()
        }
        _ => "equal on both sides".to_owned(),
    }
}
