//! The footer: the item under the cursor, and the counts of nodes read.

use file_mst::diff::Side;
use ratatui::buffer::Buffer;
use ratatui::text::Span;

use super::row;
use crate::model::diff::entry::Kind;
use crate::model::diff::list::{Progress, Row};
use crate::model::diff::verdict::keyless;
use crate::model::item::ItemFormat;
use crate::model::rows::compared::RowsOutcome;
use crate::model::text::{count, cut, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

/// The widest key, in columns.
const KEY: usize = 32;

pub(crate) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    let area = screen.areas.footer;
    if area.is_empty() {
        return;
    }
    let right = format!("{} ", read(screen));
    let width = usize::from(area.width);
    // The item under the cursor counts for more where both do not fit.
    let left = format!(" {}", cursor(screen));
    let room = if width >= 90 { width - right.chars().count() - 2 } else { width };
    let left = vec![Span::raw(cut(&left, room))];
    paint::two_ends(area, left, vec![Span::styled(right, screen.shared.theme.style(Role::Dim))], buf);
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
    let (Some(entry), Some(ordinal)) = (screen.selected(), screen.list.ordinal(screen.cursor.selected)) else {
        return match row {
            Row::Node(place) => {
                let inside = screen.list.node(place).map_or(0, |(_, differences)| differences);
                format!("nodes that differ · {} in them", count(inside, "difference"))
            }
            Row::Equal(..) if screen.list.inside(row.place()).is_none() => {
                format!("equal on both sides: nothing was read of it")
            }
            Row::Equal(..) | Row::More(_)
                if screen.list.inside(row.place()).is_some_and(|inside| inside.failure().is_some()) =>
            {
                format!("equal by its hash, and not all of it could be read")
            }
            _ => format!("equal on both sides"),
        };
    };
    let of = counts.drifted() + counts.damaged + counts.not_compared;
    let thing = if entry.kind() == Kind::NotCompared { "place" } else { "difference" };
    let mut text = match entry.kind() {
        // It is no difference, and has no number among them.
        Kind::WithinTolerance => format!("{} within tolerance", count(counts.within_tolerance, "record")),
        kind => format!("{thing} {} of {} · {}", thousands(ordinal), thousands(of), kind.name()),
    };
    if let Some(key) = row::key_of(screen, entry, KEY) {
        text += &format!(" · {key}");
    }
    if let Some(now) = screen.rows_now(entry).filter(|now| now.outcome == RowsOutcome::Agree) {
        return text + if now.is_gone() { " · agrees now: no side has a row" } else { " · agrees now" };
    }
    if row::shows_rows(screen) && entry.sides() != (None, None) {
        return text + " · " + &row::fields_now(screen, entry, None).content;
    }
    if let (Kind::Changed | Kind::WithinTolerance, (Some((_, left)), Some((_, right)))) = (entry.kind(), entry.sides())
    {
        if screen.shared.value_format == ItemFormat::Redacted {
            screen.pair.paths(left, right).iter().flatten().for_each(|path| text += &format!(" · {path}"));
        } else {
            screen.pair.fields(left, right).iter().flatten().for_each(|change| text += &format!(" · {change}"));
        }
    }
    text
}
