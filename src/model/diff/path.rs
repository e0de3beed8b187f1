//! The nodes that differ, as the diff opens and closes them on either side: pairs of one level, each below the one
//! above.

use std::sync::Arc;

use file_mst::NodeHash;
use file_mst::inspect::node::Node;

/// A node that was opened, as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Seen {
    pub(crate) offset: u64,
    pub(crate) hash: NodeHash,
    pub(crate) level: u8,
    pub(crate) keys: usize,
    /// How many records there are at and below it, where it counts them.
    pub(crate) records: Option<u64>,
    /// Whether it is shown before already: the other side has another node by now.
    pub(crate) continued: bool,
}

impl Seen {
    fn of(node: &Node) -> Self {
        Self {
            offset: node.offset(),
            hash: node.hash().unwrap_or(node.stored_hash()),
            level: node.level(),
            keys: node.key_count(),
            records: node.summary().map(|summary| summary.records),
            continued: false,
        }
    }
}

/// How the open nodes of a side changed: the number of nodes that stayed, from the root on, and the nodes after them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct PathChange {
    pub(crate) keep: usize,
    pub(crate) opened: Vec<Seen>,
}

/// The open nodes of one side, followed from item to item.
#[derive(Debug, Default)]
pub(crate) struct Track {
    offsets: Vec<u64>,
}

impl Track {
    /// How the path changed; none where it did not.
    pub(crate) fn follow<'a>(&mut self, nodes: impl Iterator<Item = &'a Arc<Node>>) -> Option<PathChange> {
        let nodes: Vec<_> = nodes.collect();
        let keep = self.offsets.iter().zip(&nodes).take_while(|(offset, node)| **offset == node.offset()).count();
        if keep == self.offsets.len() && keep == nodes.len() {
            return None;
        }
        let opened: Vec<_> = nodes.iter().skip(keep).map(|node| Seen::of(node)).collect();
        self.offsets.truncate(keep);
        self.offsets.extend(opened.iter().map(|seen| seen.offset));
        Some(PathChange { keep, opened })
    }
}

/// Two nodes of one level in which what follows stands, or one where the other side has none of this level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NodePair {
    pub(crate) level: u8,
    pub(crate) left: Option<Seen>,
    pub(crate) right: Option<Seen>,
}

impl NodePair {
    pub(crate) fn is_equal(&self) -> bool {
        matches!((&self.left, &self.right), (Some(left), Some(right)) if left.hash == right.hash)
    }

    /// Whether what stands in `next` stands in this pair too: one node is the same, and the other is where both have
    /// one.
    fn holds(&self, next: &Self) -> bool {
        let sides = [(&self.left, &next.left), (&self.right, &next.right)];
        let one = |(own, other): (&Option<Seen>, &Option<Seen>)| match (own, other) {
            (Some(own), Some(other)) => Some(own.offset == other.offset),
            _ => None,
        };
        let [left, right] = sides.map(one);
        self.level == next.level
            && (left == Some(true) || right == Some(true))
            && left != Some(false)
            && right != Some(false)
    }
}

/// The pairs that are open.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    left: Vec<Seen>,
    right: Vec<Seen>,
    /// From the highest level on, each with the place at which it is kept.
    pub(crate) open: Vec<(usize, NodePair)>,
}

/// The effect of a change of the paths on the pairs.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Pairs that are open and have now a node on the other side too, by their places.
    pub(crate) filled: Vec<(usize, NodePair)>,
    /// Pairs that end, by their places.
    pub(crate) closed: Vec<usize>,
    /// Pairs that begin, each below the one before. Their places are told by [`Pairs::opened`].
    pub(crate) begun: Vec<NodePair>,
}

impl Pairs {
    pub(crate) fn turn(&mut self, left: Option<PathChange>, right: Option<PathChange>) -> Turn {
        for (path, change) in [(&mut self.left, left), (&mut self.right, right)] {
            if let Some(change) = change {
                path.truncate(change.keep);
                path.extend(change.opened);
            }
        }
        let wanted = by_level(&self.left, &self.right);
        let kept = self.open.iter().zip(&wanted).take_while(|((_, open), next)| open.holds(next)).count();
        let mut turn = Turn::default();
        for ((place, open), next) in self.open.iter_mut().zip(&wanted).take(kept) {
            let fills = open.left.is_none() && next.left.is_some() || open.right.is_none() && next.right.is_some();
            if fills {
                open.left = open.left.take().or(next.left.clone());
                open.right = open.right.take().or(next.right.clone());
                turn.filled.push((*place, open.clone()));
            }
        }
        let closed: Vec<_> = self.open.drain(kept..).collect();
        let is_in = |seen: &Seen, side: fn(&NodePair) -> &Option<Seen>| {
            closed.iter().filter_map(|(_, pair)| side(pair).as_ref()).any(|other| other.offset == seen.offset)
        };
        turn.begun = wanted.into_iter().skip(kept).collect();
        for pair in &mut turn.begun {
            if let Some(seen) = &mut pair.left {
                seen.continued = is_in(seen, |pair| &pair.left);
            }
            if let Some(seen) = &mut pair.right {
                seen.continued = is_in(seen, |pair| &pair.right);
            }
        }
        turn.closed = closed.into_iter().map(|(place, _)| place).collect();
        turn
    }

    /// Says at which place a pair that has begun is kept.
    pub(crate) fn opened(&mut self, place: usize, pair: NodePair) {
        self.open.push((place, pair));
    }
}

/// Two paths as pairs of one level.
fn by_level(left: &[Seen], right: &[Seen]) -> Vec<NodePair> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut pairs = Vec::new();
    while let Some(level) = left.peek().map(|seen| seen.level).max(right.peek().map(|seen| seen.level)) {
        let of_level = |seen: &&Seen| seen.level == level;
        let (left, right) = (left.next_if(of_level).cloned(), right.next_if(of_level).cloned());
        pairs.push(NodePair { level, left, right });
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: u64) -> Seen {
        // The level is the last digit.
        let level = (name % 10) as u8;
        Seen { offset: name, hash: NodeHash::EMPTY, level, keys: 1, records: None, continued: false }
    }

    fn shown(pairs: &[NodePair]) -> String {
        let side = |seen: &Option<Seen>| {
            seen.as_ref()
                .map_or("-".to_owned(), |seen| format!("{}{}", if seen.continued { "…" } else { "" }, seen.offset))
        };
        pairs.iter().map(|pair| format!("{}|{}", side(&pair.left), side(&pair.right))).collect::<Vec<_>>().join(" ")
    }

    /// The paths of both sides at each item, and which pairs begin and end before it.
    #[test]
    fn nodes_of_one_level_stand_side_by_side() {
        let mut pairs = Pairs::default();
        let mut place = 0;
        for (left, right, begun, closed) in [
            (&[13, 11][..], &[23, 21][..], "13|23 11|21", 0),
            (&[13, 11], &[23, 21], "", 0),
            // The right one ends first, and then has another.
            (&[13, 11], &[23], "", 0),
            (&[13, 11], &[23, 31], "…11|31", 1),
            // A node that only the right side has, then none at all, then one that both have.
            (&[13], &[23, 41], "-|41", 1),
            (&[13, 51], &[23], "51|-", 1),
            (&[13, 51], &[23, 61], "", 0),
            (&[13], &[23], "", 1),
            // Another height: the left root is a part of the right one.
            (&[], &[23], "", 0),
            (&[], &[], "", 1),
        ] {
            let change =
                |path: &[u64]| Some(PathChange { keep: 0, opened: path.iter().map(|name| seen(*name)).collect() });
            let turn = pairs.turn(change(left), change(right));
            assert_eq!((shown(&turn.begun).as_str(), turn.closed.len()), (begun, closed), "{left:?} {right:?}");
            for pair in turn.begun {
                pairs.opened(place, pair);
                place += 1;
            }
        }
    }

    #[test]
    fn a_higher_root_stands_alone_above() {
        assert_eq!(shown(&by_level(&[seen(12)], &[seen(24), seen(22), seen(20)])), "-|24 12|22 -|20");
    }
}
