//! The records of an equal stretch, read only when it is unfolded, a part at a time.

use file_mst::NodeRecord;
use file_mst::diff::{Side, common_key};

use crate::model::damage::describe;
use crate::model::diff::entry::{Edge, Held, Stretch};
use crate::model::diff::pair::Pair;

/// How many records are read at a time.
pub(crate) const PART: usize = 256;

/// The records of a stretch as far as they were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inside {
    pub(crate) records: Vec<Held>,
    reach: Reach,
    /// Whether it begins with a record that was looked for, and not with the first one.
    pub(crate) is_from_record: bool,
}

/// How far a stretch was read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) enum Reach {
    /// Nobody reads it now: it goes on after what was read.
    #[default]
    Waiting,
    Reading,
    End,
    /// It could not be read on: why.
    Failed(String),
}

/// A part of a stretch.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) records: Vec<Held>,
    pub(crate) reach: Reach,
}

impl Inside {
    /// A stretch of which this record is shown, and what follows it.
    pub(crate) fn from_record(record: Held) -> Self {
        Self { records: vec![record], reach: Reach::Waiting, is_from_record: true }
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.reach == Reach::End
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.reach == Reach::Waiting
    }

    /// Why it could not be read on.
    pub(crate) fn failure(&self) -> Option<&str> {
        match &self.reach {
            Reach::Failed(why) => Some(why),
            _ => None,
        }
    }

    /// Marks it as being read; the key to go on after.
    pub(crate) fn begin(&mut self) -> Option<Vec<u8>> {
        self.reach = Reach::Reading;
        self.records.last().map(|last| last.stored().0.to_vec())
    }

    pub(crate) fn take(&mut self, page: Page) {
        self.records.extend(page.records);
        self.reach = page.reach;
    }
}

/// The tree in which a stretch is read.
pub(crate) fn side_of(stretch: &Stretch) -> Side {
    match (&stretch.from, &stretch.to) {
        (Edge::At(side, _) | Edge::Beyond(side, _), _) | (Edge::Tree, Edge::At(side, _) | Edge::Beyond(side, _)) => {
            *side
        }
        (Edge::Tree, Edge::Tree) => Side::Left,
    }
}

/// Reads on in a stretch after a key, at most `most` records. Reads the nodes that hold them, and one path.
pub(crate) fn read(pair: &Pair, stretch: &Stretch, after: Option<&[u8]>, most: usize) -> Page {
    let side = side_of(stretch);
    let tree = &pair.opened(side).tree;
    let start = after.or(match &stretch.from {
        Edge::At(_, key) | Edge::Beyond(_, key) => Some(key),
        Edge::Tree => None,
    });
    let skips = |record: &NodeRecord| {
        let outside = after.is_some() || matches!(stretch.from, Edge::Beyond(..));
        outside && start == Some(record.bytes().stored_key)
    };
    let end = match &stretch.to {
        Edge::At(side, key) => Some((common_key(&pair.opened(*side).tree, key), true)),
        Edge::Beyond(side, key) => Some((common_key(&pair.opened(*side).tree, key), false)),
        Edge::Tree => None,
    };
    let is_past = |record: &NodeRecord| {
        let key = common_key(tree, record.bytes().stored_key);
        end.as_ref().is_some_and(|(end, included)| key > *end || key == *end && !included)
    };
    let walk = match start {
        Some(key) => tree.walk().from_key(key.to_vec()),
        None => tree.walk(),
    };
    // Keys that a side left out have a line of their own, and are not called equal.
    let lists = [Side::Left, Side::Right].map(|side| pair.opened(side).left_out());
    let is_left_out = |record: &NodeRecord| {
        let key = common_key(tree, record.bytes().stored_key);
        lists.iter().flatten().any(|list| list.why(&key).is_some())
    };
    let mut records = Vec::new();
    for record in walk.records() {
        match record {
            Ok(record) if skips(&record) => {}
            Ok(record) if is_past(&record) => return Page { records, reach: Reach::End },
            Ok(record) if is_left_out(&record) => {}
            Ok(_) if records.len() == most => return Page { records, reach: Reach::Waiting },
            Ok(record) => records.push(Held::of(&record)),
            Err(damage) => {
                let why = format!("{}: {}", side.name(), describe(&damage, pair.typing(side)));
                return Page { records, reach: Reach::Failed(why) };
            }
        }
    }
    Page { records, reach: Reach::End }
}
