//! What a diff found, in the form in which it is kept: bytes of its own, so that no list of differences holds the nodes
//! that they stand in.

use file_mst::diff::{Equal, EqualWhat, Item, Side};
use file_mst::hash::NodeHash;
use file_mst::tree::NodeRecord;

use super::pair::{Pair, Stored};
use crate::view::text::count;

/// The bytes of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Held {
    key: Box<[u8]>,
    value: Box<[u8]>,
}

impl Held {
    fn of(record: &NodeRecord) -> Self {
        let record = record.bytes();
        Self { key: record.stored_key.into(), value: record.value.into() }
    }

    pub(crate) fn stored(&self) -> Stored<'_> {
        (&self.key, &self.value)
    }
}

/// A line of what was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    Equal(Stretch),
    OnlyLeft(Held),
    OnlyRight(Held),
    Changed(Held, Held),
    /// What could not be compared, in words.
    Damage(String),
}

/// The kinds of lines, each with a glyph of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Equal,
    OnlyLeft,
    OnlyRight,
    Changed,
    Damage,
}

impl Kind {
    pub(crate) fn glyph(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::OnlyLeft => "−",
            Self::OnlyRight => "+",
            Self::Changed => "~",
            Self::Damage => "✗",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::OnlyLeft => "only left",
            Self::OnlyRight => "only right",
            Self::Changed => "changed",
            Self::Damage => "damaged",
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

/// How much a subtree weighs whose records nobody counted: the records of a leaf, since most are leaves.
const UNCOUNTED_WEIGHT: u64 = 15;

impl Stretch {
    fn of(equal: &Equal) -> Self {
        let key = |record: &NodeRecord| record.bytes().stored_key.into();
        let beyond =
            |record: &Option<NodeRecord>| record.as_ref().map_or(Edge::Tree, |it| Edge::Beyond(equal.side, key(it)));
        match &equal.what {
            EqualWhat::Subtree { hash, level, .. } => Self {
                records: equal.records.unwrap_or(0),
                subtrees: 1,
                uncounted: u64::from(equal.records.is_none()),
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

    fn extend(&mut self, next: Self) {
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
    pub(crate) fn of(item: &Item, pair: &Pair) -> Self {
        match item {
            Item::OnlyLeft(left) => Self::OnlyLeft(Held::of(left)),
            Item::OnlyRight(right) => Self::OnlyRight(Held::of(right)),
            Item::Changed(left, right) => Self::Changed(Held::of(left), Held::of(right)),
            Item::Equal(equal) => Self::Equal(Stretch::of(equal)),
            Item::Damage(damage) => Self::Damage(format!("{}: {}", damage.side.name(), pair.describe(damage))),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Equal(_) => Kind::Equal,
            Self::OnlyLeft(_) => Kind::OnlyLeft,
            Self::OnlyRight(_) => Kind::OnlyRight,
            Self::Changed(..) => Kind::Changed,
            Self::Damage(_) => Kind::Damage,
        }
    }

    /// What either side has here.
    pub(crate) fn sides(&self) -> (Option<Stored<'_>>, Option<Stored<'_>>) {
        match self {
            Self::OnlyLeft(left) => (Some(left.stored()), None),
            Self::OnlyRight(right) => (None, Some(right.stored())),
            Self::Changed(left, right) => (Some(left.stored()), Some(right.stored())),
            Self::Equal(_) | Self::Damage(_) => (None, None),
        }
    }

    /// How many records it stands for, about.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Equal(stretch) => stretch.records + stretch.uncounted * UNCOUNTED_WEIGHT,
            _ => 1,
        }
    }

    /// How many bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        let (left, right) = self.sides();
        left.into_iter().chain(right).map(|(key, value)| key.len() + value.len()).sum()
    }
}

/// Puts an entry behind others. Equal stretches grow together.
pub(crate) fn push(entries: &mut Vec<Entry>, entry: Entry) {
    match (entries.last_mut(), entry) {
        (Some(Entry::Equal(stretch)), Entry::Equal(next)) => stretch.extend(next),
        (_, entry) => entries.push(entry),
    }
}
