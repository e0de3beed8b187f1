//! The outline: nodes in key order, child subtrees between the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::model::node::NodeReport;
use crate::model::outline::{Bound, Entry, NodeId, Row};
use crate::model::search::highlight::ShownAs;
use crate::model::text::{count, cut, offset, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::{Pane, TreeScreen};

/// The columns before the indentation: a mark, the level, a space.
const GUTTER: usize = 4;
/// The widest key in a range, in columns.
const RANGE_KEY: usize = 24;

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    let focused = screen.focus == Pane::Outline && !screen.layers.is_open();
    let rows = screen.outline.rows();
    paint::frame(screen, screen.areas.outline, "Tree", focused, buf);
    paint::scrollbar(screen, screen.areas.outline, &screen.cursor, rows.len(), buf);
    let inside = screen.areas.outline_inside();
    for (line, at) in screen.cursor.window(rows.len()).enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        draw_row(screen, rows[at], area, buf);
        if at == screen.cursor.selected {
            paint::cursor_line(screen.shared.theme, area, focused, buf);
        }
    }
}

fn draw_row(screen: &TreeScreen, row: Row, area: Rect, buf: &mut Buffer) {
    let style = |role| screen.shared.theme.style(role);
    let in_doubt = screen.outline.in_doubt(row);
    let mark = if in_doubt { "✗" } else { " " };
    // On a narrow screen deep rows would leave it, were the indentation not bounded.
    let indent = (2 * screen.outline.depth(row)).min(usize::from(area.width) / 3);
    let mut left = vec![Span::styled(mark, style(Role::Bad))];
    let room = usize::from(area.width).saturating_sub(GUTTER + indent);
    match row {
        Row::Node(id) => {
            let entry = screen.outline.entry(id);
            left.push(level(screen, entry));
            left.push(Span::raw(" ".repeat(indent)));
            left.push(Span::raw(match &entry.report {
                _ if entry.unfolded => "▾ ",
                Some(report) if !report.can_unfold() => "  ",
                _ => "▸ ",
            }));
            let (words, right) = node_words(screen, id, entry, room);
            left.extend(words);
            paint::two_ends(area, left, right, buf);
        }
        Row::Record(..) => {
            left.push(Span::raw(" ".repeat(GUTTER - 1 + indent)));
            if let Some(key) = screen.outline.key(row) {
                let shown = super::key(screen, &key, room.saturating_sub(2));
                let value_room = room.saturating_sub(4 + Span::raw(&shown).width());
                let key_style = style(if in_doubt { Role::Bad } else { Role::Strong });
                left.push(Span::styled("  ", key_style));
                left.extend(super::marked(screen, &shown, key_style, ShownAs::Key));
                left.push(Span::styled("  ", key_style));
                let value = super::value(screen, &key, value_room);
                left.extend(super::marked(screen, &value, style(Role::Dim), ShownAs::Value));
            }
            paint::two_ends(area, left, Vec::new(), buf);
        }
        Row::Gap(..) => {
            left.push(Span::raw(" ".repeat(GUTTER - 1 + indent)));
            left.push(Span::styled("  (nothing between)", style(Role::Dim)));
            paint::two_ends(area, left, Vec::new(), buf);
        }
    }
}

fn level(screen: &TreeScreen, entry: &Entry) -> Span<'static> {
    match entry.node() {
        Some(node) => {
            Span::styled(format!("{:>2} ", node.level()), screen.shared.theme.style(Role::Level(node.level())))
        }
        None => Span::styled(" · ", screen.shared.theme.style(Role::Dim)),
    }
}

type Words = Vec<Span<'static>>;

/// The text of a node's row: at its left end, and at its right end where there is room.
fn node_words(screen: &TreeScreen, id: NodeId, entry: &Entry, room: usize) -> (Words, Words) {
    let style = |role| screen.shared.theme.style(role);
    if entry.link.is_empty() {
        return (vec![Span::styled("empty tree", style(Role::Dim))], Vec::new());
    }
    let place = offset(entry.link.offset);
    let widest = offset(screen.file_len).len();
    let (check, role) = match (entry.in_doubt || entry.is_damaged(), entry.node().map(|node| node.hash())) {
        (true, _) => ("✗", Role::Bad),
        (false, Some(Some(_))) => ("✓", Role::Good),
        // Nobody looked, or the types that a proof takes are unknown.
        (false, None | Some(None)) => (" ", Role::Plain),
    };
    let mut right = vec![
        Span::styled(entry.link.hash.short(), style(Role::Hash)),
        Span::styled(check, style(role)),
        Span::styled(format!(" {place:>widest$} "), style(Role::Offset)),
    ];
    match &entry.report {
        None => (vec![Span::styled("…", style(Role::Dim))], right),
        Some(NodeReport { error: Some(error), misfit, .. }) => {
            let short = if *misfit { super::node::MISFIT.to_owned() } else { super::node::explain(error).0 };
            let words = vec![Span::styled(cut(&short, room.saturating_sub(2)), style(Role::Bad))];
            (words, right)
        }
        Some(report) => {
            let keys = report.node.as_ref().map_or(0, |node| node.key_count());
            let mut words = match keys {
                0 => vec![Span::styled("keyless", style(Role::Doubtful))],
                _ => vec![Span::raw(count(keys as u64, "key"))],
            };
            let records = entry.link.summary.map(|summary| summary.records).filter(|records| *records > keys as u64);
            words.extend(records.map(|records| Span::styled(format!(" of {}", thousands(records)), style(Role::Dim))));
            let used = 2 + words.iter().chain(&right).map(Span::width).sum::<usize>();
            // The whole range where it fits, else where it begins.
            let (first, last) = ends(screen, id);
            let fits = |text: &String| used + Span::raw(text.as_str()).width() + 4 < room;
            if let Some(range) = [join(&first, &last), format!("{first} …")].into_iter().find(fits) {
                right.insert(0, Span::raw(format!("{range}  ")));
            } else if room < used + 2 {
                right.truncate(2);
            }
            (words, right)
        }
    }
}

/// The keys of the subtree from first to last, as far as they were read: `10,000 … <14,116`.
pub(crate) fn range(screen: &TreeScreen, id: NodeId) -> String {
    let (first, last) = ends(screen, id);
    join(&first, &last)
}

fn join(first: &str, last: &str) -> String {
    if first == last && first != "?" { first.to_owned() } else { format!("{first} … {last}") }
}

fn ends(screen: &TreeScreen, id: NodeId) -> (String, String) {
    let side = |bound: Bound, beyond: &str| match bound {
        Bound::Key(key) => super::key(screen, &key, RANGE_KEY),
        Bound::Beyond(key) => format!("{beyond}{}", super::key(screen, &key, RANGE_KEY)),
        Bound::Unknown => "?".to_owned(),
    };
    (side(screen.outline.first_key(id), ">"), side(screen.outline.last_key(id), "<"))
}
