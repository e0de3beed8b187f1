//! A line for nodes that differ: level, keys, the differences in them, offset and hash; marked along the whole path
//! from the roots down.

use file_mst::diff::Side;
use ratatui::text::Span;

use super::row;
use crate::model::diff::entry::Entry;
use crate::model::diff::path::{NodePair, Seen};
use crate::model::text::{count, offset, thousands};
use crate::runtime::theme::Role;
use crate::screens::diff::DiffScreen;

/// The widest key in a range, in columns.
const RANGE_KEY: usize = 20;

type Words = Vec<Span<'static>>;

/// The text of one side's node; nothing where the side has none of this level.
pub(crate) fn on_side(screen: &DiffScreen, place: usize, side: Side) -> Words {
    let Some((pair, differences)) = screen.list.node(place) else { return Vec::new() };
    let own = if side == Side::Left { &pair.left } else { &pair.right };
    match own {
        Some(seen) => {
            let mut words = fold_mark(screen, place);
            words.extend(node(screen, place, seen, pair, differences));
            words
        }
        None => {
            vec![Span::styled(format!("(no node of level {} here)", pair.level), screen.shared.theme.style(Role::Dim))]
        }
    }
}

/// `▾ 3  2 keys  13c1813f ≠ 38c8553b  8 differences  10,000 … 25,000`
pub(crate) fn unified(screen: &DiffScreen, place: usize) -> Words {
    let Some((pair, differences)) = screen.list.node(place) else { return Vec::new() };
    let style = |role| screen.shared.theme.style(role);
    let hash = |seen: &Option<Seen>| seen.as_ref().map_or("none".to_owned(), |seen| seen.hash.short());
    let mut words = fold_mark(screen, place);
    words.push(Span::styled(format!("{:>2}  ", pair.level), style(Role::Level(pair.level))));
    words.push(Span::styled(hash(&pair.left), style(Role::Hash)));
    words.push(Span::styled(if pair.is_equal() { " = " } else { " ≠ " }, style(Role::Changed)));
    words.push(Span::styled(hash(&pair.right), style(Role::Hash)));
    words.extend(inside(screen, place, differences));
    words
}

fn fold_mark(screen: &DiffScreen, place: usize) -> Words {
    let mark = if screen.list.is_folded(place) { "▸" } else { "▾" };
    vec![Span::styled(mark, screen.shared.theme.style(Role::Changed))]
}

/// ` 2  4c5eacfd  7 differences  10,000 … 24,997  2 keys of 360  @22,143`
fn node(screen: &DiffScreen, place: usize, seen: &Seen, pair: &NodePair, differences: u64) -> Words {
    let style = |role| screen.shared.theme.style(role);
    let hash = if pair.is_equal() { Role::Dim } else { Role::Mark };
    let mut words = vec![
        Span::styled(format!("{:>2}  ", pair.level), style(Role::Level(pair.level))),
        Span::styled(seen.hash.short(), style(hash)),
    ];
    if seen.continued {
        words.push(Span::styled("  goes on", style(Role::Dim)));
    }
    words.extend(inside(screen, place, differences));
    words.push(match seen.keys {
        0 => Span::styled("  keyless", style(Role::Doubtful)),
        keys => Span::raw(format!("  {}", count(keys as u64, "key"))),
    });
    let more = seen.records.filter(|records| *records > seen.keys as u64);
    words.extend(more.map(|records| Span::styled(format!(" of {}", thousands(records)), style(Role::Dim))));
    words.push(Span::styled(format!("  {}", offset(seen.offset)), style(Role::Offset)));
    words
}

/// The number of differences in the nodes, and the keys between which they are.
fn inside(screen: &DiffScreen, place: usize, differences: u64) -> Words {
    let mut words = vec![Span::raw("  ")];
    let role = if differences > 0 { Role::Changed } else { Role::Dim };
    words.push(Span::styled(count(differences, "difference"), screen.shared.theme.style(role)));
    if let Some((first, last)) = screen.list.ends(place) {
        let from = match first {
            Entry::Equal(stretch) => row::edge(screen, &stretch.from, ">", "start"),
            entry => row::key_of(screen, entry, RANGE_KEY).unwrap_or_default(),
        };
        let to = match last {
            Entry::Equal(stretch) => row::edge(screen, &stretch.to, "<", "end"),
            entry => row::key_of(screen, entry, RANGE_KEY).unwrap_or_default(),
        };
        let range = if from == to { from } else { format!("{from} … {to}") };
        words.push(Span::styled(format!("  {range}"), screen.shared.theme.style(Role::Dim)));
    }
    words
}
