//! The outline: nodes in key order, child subtrees between the keys.

use file_mst::NodeKey;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::model::fields::aligned;
use crate::model::node::NodeReport;
use crate::model::outline::{Bound, Entry, NodeId, Row};
use crate::model::search::highlight::ShownAs;
use crate::model::text::{cut, offset, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::columns::{BEFORE_KEY, GUTTER, indent};
use crate::screens::browse::{Pane, TreeScreen};

/// The widest key in a range, in columns.
const RANGE_KEY: usize = 24;
/// From these widths on there is room for the columns of nodes, in columns.
const HASHES: usize = 26;
const OFFSETS: usize = 44;
const RECORDS: usize = 58;
/// The columns of a hash with the mark of its check.
const HASH: usize = 9;
/// The columns of the number of keys in a node.
const KEYS: usize = 5;

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    let focused = screen.focus == Pane::Outline && !screen.layers.is_open();
    let rows = screen.outline.rows();
    paint::frame(screen, screen.areas.outline, "Tree", focused, buf);
    paint::scrollbar(screen, screen.areas.outline, &screen.cursor, rows.len(), buf);
    let inside = screen.areas.outline_inside();
    let columns = NodeColumns::of(screen, usize::from(inside.width));
    for (line, at) in screen.cursor.window(rows.len()).enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        draw_row(screen, &columns, rows[at], area, buf);
        if at == screen.cursor.selected {
            paint::cursor_line(screen.shared.theme, area, focused, buf);
        }
    }
}

/// The columns at the right end of a node's row, as far as there is room: its keys, the records below it, hash, offset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeColumns {
    room: usize,
    /// The columns of the number of records below; none where the tree does not count them.
    records: Option<usize>,
    offset: usize,
}

impl NodeColumns {
    pub(crate) fn of(screen: &TreeScreen, room: usize) -> Self {
        let records = screen.outline.entry(NodeId::ROOT).link.summary.map(|summary| summary.records);
        let digits = |records: u64| thousands(records).len().max("below".len());
        let records = records.filter(|_| room >= RECORDS).map(digits);
        Self { room, records, offset: offset(screen.file_len).len().max("offset".len()) }
    }

    pub(crate) fn is_narrow(&self) -> bool {
        self.room < OFFSETS
    }

    fn has_offsets(&self) -> bool {
        self.room >= OFFSETS
    }

    fn has_hashes(&self) -> bool {
        self.room >= HASHES
    }

    /// The names of the columns.
    pub(crate) fn heads(&self) -> String {
        let mut heads = format!("{:>KEYS$}", "keys");
        if let Some(records) = self.records {
            heads += &format!("  {:>records$}", "below");
        }
        if self.has_hashes() {
            heads += &format!("  {:HASH$}", "hash");
        }
        if self.has_offsets() {
            heads += &format!(" {:>width$} ", "offset", width = self.offset);
        }
        heads
    }

    /// The columns that they take.
    fn width(&self) -> usize {
        self.heads().chars().count()
    }
}

fn draw_row(screen: &TreeScreen, columns: &NodeColumns, row: Row, area: Rect, buf: &mut Buffer) {
    let style = |role| screen.shared.theme.style(role);
    let in_doubt = screen.outline.in_doubt(row);
    let mark = if in_doubt { "✗" } else { " " };
    let indent = indent(screen.outline.depth(row), usize::from(area.width));
    let mut left = vec![Span::styled(mark, style(Role::Bad))];
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
            let right = node_columns(screen, columns, entry);
            // A blank stays between the two.
            let taken = GUTTER + indent + 2 + columns.width() + 1;
            left.push(node_words(screen, id, entry, usize::from(area.width).saturating_sub(taken)));
            paint::two_ends(area, left, right, buf);
        }
        Row::Record(..) => {
            left.push(Span::raw(" ".repeat(GUTTER - 1 + indent)));
            if let Some(key) = screen.outline.key(row) {
                let key_role = if in_doubt { Role::Bad } else { Role::Strong };
                left.extend(record_words(screen, &key, (GUTTER + indent, usize::from(area.width)), key_role));
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

/// A key, and its value as far as there is room: fields in their columns, other values after the longest key.
fn record_words(screen: &TreeScreen, key: &NodeKey, (start, width): (usize, usize), role: Role) -> Words {
    let style = |role| screen.shared.theme.style(role);
    let columns = &screen.columns;
    let start = start + BEFORE_KEY;
    let shown = super::key(screen, key, width.saturating_sub(start));
    let filled = columns.key_end.saturating_sub(start).max(Span::raw(&shown).width());
    let mut words = vec![Span::raw(" ".repeat(BEFORE_KEY))];
    words.extend(super::marked(screen, &aligned(&shown, filled, false), style(role), ShownAs::Key));
    let mut room = width.saturating_sub(start + filled);
    let Some(cells) = screen.record_cells(columns, key) else {
        words.push(Span::raw("  "));
        let value = super::value(screen, key, room.saturating_sub(2));
        words.extend(super::marked(screen, &value, style(Role::Dim), ShownAs::Value));
        return words;
    };
    for ((cell, field), width) in cells.iter().zip(columns.fields.all()).zip(&columns.widths) {
        if room <= 2 {
            break;
        }
        let shown = aligned(cell, (*width).min(room - 2), field.is_number);
        room = room.saturating_sub(2 + Span::raw(&shown).width());
        words.push(Span::raw("  "));
        words.extend(super::marked(screen, &shown, style(Role::Dim), ShownAs::Value));
    }
    words
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

/// The columns of a node's row.
fn node_columns(screen: &TreeScreen, columns: &NodeColumns, entry: &Entry) -> Words {
    let style = |role| screen.shared.theme.style(role);
    if entry.link.is_empty() {
        return Vec::new();
    }
    let (check, role) = match (entry.in_doubt || entry.is_damaged(), entry.node().map(|node| node.hash())) {
        (true, _) => ("✗", Role::Bad),
        (false, Some(Some(_))) => ("✓", Role::Good),
        // Nobody looked, or the types that a proof takes are unknown.
        (false, None | Some(None)) => (" ", Role::Plain),
    };
    let keys = entry.node().map_or_else(|| "…".to_owned(), |node| thousands(node.key_count() as u64));
    let mut words = vec![Span::raw(format!("{keys:>KEYS$}"))];
    if let Some(width) = columns.records {
        let records = entry.link.summary.map_or_else(String::new, |summary| thousands(summary.records));
        words.push(Span::styled(format!("  {records:>width$}"), style(Role::Dim)));
    }
    if columns.has_hashes() {
        words.push(Span::styled(format!("  {}", entry.link.hash.short()), style(Role::Hash)));
        words.push(Span::styled(check, style(role)));
    }
    if columns.has_offsets() {
        let place = offset(entry.link.offset);
        words.push(Span::styled(format!(" {place:>width$} ", width = columns.offset), style(Role::Offset)));
    }
    words
}

/// The text of a node's row: its range of keys, the whole one where it fits, else where it begins.
fn node_words(screen: &TreeScreen, id: NodeId, entry: &Entry, room: usize) -> Span<'static> {
    let style = |role| screen.shared.theme.style(role);
    if entry.link.is_empty() {
        return Span::styled("empty tree", style(Role::Dim));
    }
    match &entry.report {
        None => Span::styled("…", style(Role::Dim)),
        Some(NodeReport { error: Some(error), misfit, .. }) => {
            let short = if *misfit { super::node::MISFIT.to_owned() } else { super::node::explain(error).0 };
            Span::styled(cut(&short, room), style(Role::Bad))
        }
        Some(report) => {
            let (first, last) = ends(screen, id);
            let is_keyless = report.node.as_ref().is_some_and(|node| node.key_count() == 0);
            let keyless = if is_keyless { "keyless: " } else { "" };
            let fits = |text: &String| Span::raw(text.as_str()).width() <= room;
            let begins = format!("{keyless}{first} …");
            let text = [format!("{keyless}{}", join(&first, &last)), begins.clone()].into_iter().find(fits);
            let text = text.unwrap_or_else(|| cut(&begins, room));
            Span::styled(text, style(if is_keyless { Role::Doubtful } else { Role::Plain }))
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
