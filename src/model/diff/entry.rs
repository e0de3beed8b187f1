//! The items that a diff found, as they are kept: with bytes of their own, so that no list of differences holds nodes.

use file_mst::NodeHash;
use file_mst::NodeRecord;
use file_mst::diff::{Equal, EqualWhat, Item, NotCompared, Side};

use crate::model::damage::misfit;
use crate::model::diff::pair::{Pair, PairMisfits, Stored, sides_of, why_not_compared};
use crate::model::text::count;

/// The bytes of a record, and the node that holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Held {
    key: Box<[u8]>,
    value: Box<[u8]>,
    offset: u64,
    /// The first bytes of the hash of the node, as many as are shown.
    hash: [u8; 4],
}

impl Held {
    pub(crate) fn of(record: &NodeRecord) -> Self {
        let (node, record) = (record.node(), record.bytes());
        let hash = node.hash().unwrap_or(node.stored_hash());
        let hash = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        Self { key: record.stored_key.into(), value: record.value.into(), offset: node.offset(), hash }
    }

    /// The node that holds the record: the first digits of its hash, and its offset.
    pub(crate) fn node(&self) -> (String, u64) {
        (hex::encode(self.hash), self.offset)
    }

    pub(crate) fn stored(&self) -> Stored<'_> {
        (&self.key, &self.value)
    }
}

/// A line of what was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    Equal(Stretch),
    /// A record of an equal stretch that someone looked into.
    Same(Held),
    OnlyLeft(Held),
    OnlyRight(Held),
    Changed(Held, Held),
    /// A record whose fields differ by no more than their tolerances.
    WithinTolerance(Held, Held),
    /// A part that could not be compared, in words.
    Damage(String),
    /// A key that a side left out: its bytes as that side's tree stores them, what the trees have of it, and why.
    NotCompared(Box<Withheld>),
    /// A sound part that could not be compared since guessed types do not fit it, in words.
    Misfit(String),
}

/// A key that was not compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Withheld {
    key: Box<[u8]>,
    side: Side,
    left: Option<Held>,
    right: Option<Held>,
    /// Why, in words.
    pub(crate) why: String,
    /// The sides that left it out, and why, as JSON calls them.
    pub(crate) sides: (Vec<&'static str>, Vec<&'static str>),
    /// Whether both trees have it alike, within the stretch before it.
    pub(crate) within_equal: bool,
}

impl Withheld {
    fn of(found: &NotCompared, pair: &Pair) -> Self {
        let (key, side) = pair.withheld(found);
        let [left, right] = [&found.left, &found.right].map(|record| record.as_ref().map(Held::of));
        let (why, sides, within_equal) = (why_not_compared(found), sides_of(found), found.within_equal);
        Self { key: key.into(), side, left, right, why, sides, within_equal }
    }

    /// The key, and the tree that stores it so.
    pub(crate) fn key(&self) -> (&[u8], Side) {
        (&self.key, self.side)
    }
}

/// The kinds of lines, each with a glyph of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Equal,
    OnlyLeft,
    OnlyRight,
    Changed,
    WithinTolerance,
    Damage,
    Misfit,
    NotCompared,
    /// Nodes that differ.
    Node,
}

impl Kind {
    /// Whether a line of this kind counts among the differences: all but what is equal, or within tolerance.
    pub(crate) fn is_difference(self) -> bool {
        !matches!(self, Self::Equal | Self::WithinTolerance)
    }

    pub(crate) fn glyph(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::OnlyLeft => "−",
            Self::OnlyRight => "+",
            Self::Changed => "~",
            Self::WithinTolerance => "≈",
            Self::Damage => "✗",
            Self::Misfit | Self::NotCompared => "?",
            Self::Node => "≠",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::OnlyLeft => "only left",
            Self::OnlyRight => "only right",
            Self::Changed => "changed",
            Self::WithinTolerance => "within tolerance",
            Self::Damage => "damaged",
            Self::Misfit => "sound, of other types",
            Self::NotCompared => "not compared",
            Self::Node => "nodes that differ",
        }
    }
}

/// Neighbours that are equal, as one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Stretch {
    /// The records that were counted.
    pub(crate) records: u64,
    /// Subtrees that were skipped, and how many of them do not count their records.
    pub(crate) subtrees: u64,
    pub(crate) uncounted: u64,
    /// How many records the latter are expected to have, by their levels.
    pub(crate) estimated: u64,
    /// Level, where known, and hash of the last subtree.
    pub(crate) subtree: Option<(Option<u8>, NodeHash)>,
    /// Where it begins and ends.
    pub(crate) from: Edge,
    pub(crate) to: Edge,
}

/// An end of a stretch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) enum Edge {
    /// The tree's own end.
    #[default]
    Tree,
    /// This key of that tree is the first, or last.
    At(Side, Box<[u8]>),
    /// This key of that tree is the nearest outside that was read.
    Beyond(Side, Box<[u8]>),
}

impl Edge {
    /// The key that is named, and the tree that stores it so.
    fn key(&self) -> Option<(&[u8], Side)> {
        match self {
            Self::Tree => None,
            Self::At(side, key) | Self::Beyond(side, key) => Some((key, *side)),
        }
    }
}

/// How many records are expected below a node of a level, itself included: each level has 15 of 16 of what is left.
fn expected(level: u8) -> u64 {
    16_u64.saturating_pow(u32::from(level) + 1) - 1
}

impl Stretch {
    /// `above` is the level of the node that holds it, where it is known.
    fn of(equal: &Equal, above: Option<u8>) -> Self {
        let key = |record: &NodeRecord| record.bytes().stored_key.into();
        let beyond =
            |record: &Option<NodeRecord>| record.as_ref().map_or(Edge::Tree, |it| Edge::Beyond(equal.side, key(it)));
        match &equal.what {
            EqualWhat::Subtree { hash, level, .. } => Self {
                records: equal.records.unwrap_or(0),
                subtrees: 1,
                uncounted: u64::from(equal.records.is_none()),
                estimated: match equal.records {
                    Some(_) => 0,
                    None => expected(level.or(above.map(|above| above.saturating_sub(1))).unwrap_or(0)),
                },
                subtree: Some((*level, *hash)),
                from: beyond(&equal.after),
                to: beyond(&equal.before),
            },
            EqualWhat::Record(left, _) => {
                let at = Edge::At(Side::Left, key(left));
                Self { records: 1, from: at.clone(), to: at, ..Self::default() }
            }
        }
    }

    pub(crate) fn extend(&mut self, next: Self) {
        self.estimated = self.estimated.saturating_add(next.estimated);
        self.records += next.records;
        self.subtrees += next.subtrees;
        self.uncounted += next.uncounted;
        self.subtree = next.subtree.or(self.subtree);
        self.to = next.to;
    }
}

impl Stretch {
    /// How much is equal: `18,204 records`.
    pub(crate) fn amount(&self) -> String {
        match (self.records, self.uncounted) {
            (records, 0) => count(records, "record"),
            (0, subtrees) => count(subtrees, "subtree"),
            (records, subtrees) => format!("{} and {}", count(records, "record"), count(subtrees, "subtree")),
        }
    }

    /// The subtree, if it is one and nothing else: its level, where known, and its hash.
    pub(crate) fn one_subtree(&self) -> Option<(Option<u8>, NodeHash)> {
        self.subtree.filter(|_| {
            self.subtrees == 1
                && matches!((&self.from, &self.to), (Edge::Tree | Edge::Beyond(..), Edge::Tree | Edge::Beyond(..)))
        })
    }
}

impl Entry {
    /// An item; `above` is the level of the lowest open node, where one is.
    pub(crate) fn of(item: &Item, pair: &Pair, misfits: &mut PairMisfits, above: Option<u8>) -> Self {
        match item {
            Item::OnlyLeft(left) => Self::OnlyLeft(Held::of(left)),
            Item::OnlyRight(right) => Self::OnlyRight(Held::of(right)),
            Item::Changed(left, right) => Self::Changed(Held::of(left), Held::of(right)),
            Item::WithinTolerance(left, right) => Self::WithinTolerance(Held::of(left), Held::of(right)),
            Item::Equal(equal) => Self::Equal(Stretch::of(equal, above)),
            Item::NotCompared(found) => Self::NotCompared(Box::new(Withheld::of(found, pair))),
            Item::Damage(damage) if misfits.is_misfit(damage) => {
                Self::Misfit(format!("{}: {}", damage.side.name(), misfit(damage.error.offset())))
            }
            Item::Damage(damage) => Self::Damage(format!("{}: {}", damage.side.name(), pair.describe(damage))),
        }
    }

    /// A record that both sides have alike.
    pub(crate) fn same(held: &Held) -> Self {
        Self::Same(held.clone())
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Equal(_) | Self::Same(_) => Kind::Equal,
            Self::OnlyLeft(_) => Kind::OnlyLeft,
            Self::OnlyRight(_) => Kind::OnlyRight,
            Self::Changed(..) => Kind::Changed,
            Self::WithinTolerance(..) => Kind::WithinTolerance,
            Self::Damage(_) => Kind::Damage,
            Self::Misfit(_) => Kind::Misfit,
            Self::NotCompared(_) => Kind::NotCompared,
        }
    }

    /// The records of both sides.
    pub(crate) fn sides(&self) -> (Option<Stored<'_>>, Option<Stored<'_>>) {
        match self {
            Self::OnlyLeft(left) => (Some(left.stored()), None),
            Self::OnlyRight(right) => (None, Some(right.stored())),
            Self::Changed(left, right) | Self::WithinTolerance(left, right) => {
                (Some(left.stored()), Some(right.stored()))
            }
            Self::Same(both) => (Some(both.stored()), Some(both.stored())),
            Self::NotCompared(found) => (found.left.as_ref().map(Held::stored), found.right.as_ref().map(Held::stored)),
            Self::Equal(_) | Self::Damage(_) | Self::Misfit(_) => (None, None),
        }
    }

    /// The records of both sides with the nodes that hold them.
    pub(crate) fn held(&self) -> (Option<&Held>, Option<&Held>) {
        match self {
            Self::OnlyLeft(left) => (Some(left), None),
            Self::OnlyRight(right) => (None, Some(right)),
            Self::Changed(left, right) | Self::WithinTolerance(left, right) => (Some(left), Some(right)),
            // It was read in one of the trees.
            Self::Same(both) => (Some(both), None),
            Self::NotCompared(found) => (found.left.as_ref(), found.right.as_ref()),
            Self::Equal(_) | Self::Damage(_) | Self::Misfit(_) => (None, None),
        }
    }

    /// The first key that is known of it, and the tree that stores it so.
    pub(crate) fn first_key(&self) -> Option<(&[u8], Side)> {
        match (self, self.sides()) {
            (_, (Some((key, _)), _)) => Some((key, Side::Left)),
            (_, (None, Some((key, _)))) => Some((key, Side::Right)),
            (Self::NotCompared(found), _) => Some(found.key()),
            (Self::Equal(stretch), _) => stretch.from.key().or(stretch.to.key()),
            _ => None,
        }
    }

    /// How many records it stands for, about.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Equal(stretch) => stretch.records.saturating_add(stretch.estimated),
            _ => 1,
        }
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        let (left, right) = self.sides();
        let edge = |edge: &Edge| match edge {
            Edge::Tree => 0,
            Edge::At(_, key) | Edge::Beyond(_, key) => key.len(),
        };
        let content = match self {
            Self::Equal(stretch) => edge(&stretch.from) + edge(&stretch.to),
            Self::Damage(text) | Self::Misfit(text) => text.len(),
            Self::NotCompared(found) => {
                let held = left.into_iter().chain(right).map(|(key, value)| key.len() + value.len()).sum::<usize>();
                size_of::<Withheld>() + found.key.len() + found.why.len() + held
            }
            _ => left.into_iter().chain(right).map(|(key, value)| key.len() + value.len()).sum(),
        };
        size_of::<Self>() + content
    }
}
