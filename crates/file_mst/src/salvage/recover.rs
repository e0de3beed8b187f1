//! Records are recovered in key order: from the newest version, and where that is damaged from what is left of it, then
//! from the one before.

use std::sync::Arc;

use super::patches::{Layer, Patch, layers};
use super::survey::Survey;
use super::versions::Origin;
use super::{Interval, Key};
use crate::node::{Codec, NodeError};
use crate::tree::{NodeKey, NodeRecord, Tree};

/// How many versions are looked at, the newest first.
pub const MOST_VERSIONS: usize = 256;

/// What takes the place of what is damaged in the newest version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fill {
    /// What is left of the same version without a parent, then older versions.
    Older,
    /// Nothing: only what the newest version proves is recovered.
    Nothing,
}

/// What is met in a recovery, in the order of the keys.
#[derive(Clone, Debug)]
pub enum Event {
    /// A record.
    Record {
        /// The record.
        record: NodeRecord,
        /// Its key.
        key: Key,
        /// Where it comes from.
        origin: Origin,
    },
    /// A place where the newest version is damaged. What follows up to its end is from elsewhere.
    Hole {
        /// The keys in question.
        interval: Interval,
        /// What is damaged.
        error: NodeError,
    },
    /// Keys of which nothing is left in any version.
    Lost {
        /// The keys in question.
        interval: Interval,
        /// What is damaged.
        error: NodeError,
    },
}

/// Where records are looked for, one after the other.
enum Source {
    Version(Tree, Origin),
    /// Looked up when they are needed.
    Orphans(Origin, Option<Arc<Vec<Layer>>>),
}

/// A place in the order in which records are looked for: a source, and in one of subtrees without a parent the layer.
#[derive(Clone, Copy)]
struct At {
    source: usize,
    layer: usize,
}

impl At {
    const FIRST: Self = Self { source: 0, layer: 0 };

    fn next_source(self) -> Self {
        Self { source: self.source + 1, layer: 0 }
    }

    fn next_layer(self) -> Self {
        Self { layer: self.layer + 1, ..self }
    }
}

impl Survey {
    /// Hands all that can be recovered to `take`, in the order of the keys, each key once. Reads the newest version, and
    /// of others what stands in for its damaged parts; of these the [`MOST_VERSIONS`] newest.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn recover<E>(&self, fill: Fill, take: impl FnMut(Event) -> Result<(), E>) -> Result<(), E> {
        let mut sources = Vec::new();
        let lost = self.end.lost();
        if fill == Fill::Older && lost.is_some() {
            // They are newer than any version that is left.
            sources.push(Source::Orphans(Origin::Unfinished, None));
        }
        let most = if fill == Fill::Older { MOST_VERSIONS } else { 1 };
        // Where the newest version is lost, none of those that are left is the newest.
        let most = if fill == Fill::Nothing && lost.is_some() { 0 } else { most };
        for (index, version) in self.versions.iter().enumerate().take(most) {
            let tree = Tree::new(Arc::clone(&self.store), version.root);
            sources.push(Source::Version(tree, Origin::Version(index)));
            if fill == Fill::Older {
                sources.push(Source::Orphans(Origin::Orphans(index), None));
            }
        }
        if fill == Fill::Older && lost.is_none() {
            sources.push(Source::Orphans(Origin::Unfinished, None));
        }
        let mut recovery = Recovery { survey: self, sources, take, last: None };
        if let Some(error) = &lost {
            (recovery.take)(Event::Hole { interval: Interval::default(), error: error.clone() })?;
        }
        recovery.recover_from(At::FIRST, Interval::default(), lost)
    }

    /// How many records the newest version has at least, as its commit says, or the nodes that are left of it; 0 where
    /// nothing tells.
    pub fn newest_records(&self) -> u64 {
        match (self.end.lost(), self.versions.first().and_then(|version| version.commit.as_ref())) {
            (None, Some(commit)) => commit.records(),
            (Some(_), _) => {
                let layers = self.layers_of(Origin::Unfinished);
                let first = layers.first().into_iter().flatten();
                first.fold(0, |sum, patch| sum.saturating_add(patch.records.unwrap_or(0)))
            }
            (None, None) => 0,
        }
    }

    /// The nodes without a parent that were written for a version.
    fn layers_of(&self, origin: Origin) -> Vec<Layer> {
        let position = |index: usize| self.versions.get(index).map_or(0, |version| version.position);
        let (from, to) = match origin {
            Origin::Version(index) | Origin::Orphans(index) => (position(index + 1), position(index)),
            Origin::Unfinished => (position(0), u64::MAX),
        };
        let written = |offset: u64| offset > from && offset < to || from == 0 && offset == 0;
        layers(&self.store, self.orphans.iter().filter(|orphan| written(orphan.offset)))
    }
}

struct Recovery<'a, T> {
    survey: &'a Survey,
    sources: Vec<Source>,
    take: T,
    /// The key that was taken last.
    last: Option<Key>,
}

impl<E, T: FnMut(Event) -> Result<(), E>> Recovery<'_, T> {
    fn codec(&self) -> &Codec {
        self.survey.store.codec()
    }

    /// Recovers what lies in an interval from a source, and from those behind it what that one lacks.
    fn recover_from(&mut self, at: At, mut interval: Interval, error: Option<NodeError>) -> Result<(), E> {
        interval.start_behind(self.last.as_ref());
        if interval.is_void() {
            return Ok(());
        }
        let layers = match self.sources.get_mut(at.source) {
            Some(Source::Version(tree, origin)) => {
                let (tree, origin) = (tree.clone(), *origin);
                return self.tree(&tree, origin, &interval, at.next_source(), None);
            }
            Some(Source::Orphans(_, Some(layers))) => Arc::clone(layers),
            Some(Source::Orphans(origin, none)) => {
                let found = Arc::new(self.survey.layers_of(*origin));
                Arc::clone(none.insert(found))
            }
            None => {
                return match error {
                    Some(error) => (self.take)(Event::Lost { interval, error }),
                    None => Ok(()),
                };
            }
        };
        match layers.get(at.layer) {
            Some(layer) => self.layer(layer, at, interval, error),
            None => self.recover_from(at.next_source(), interval, error),
        }
    }

    /// Each subtree is whole between its first and last key; what lies between two of them is looked for elsewhere.
    fn layer(&mut self, layer: &Layer, at: At, interval: Interval, error: Option<NodeError>) -> Result<(), E> {
        let Some(Source::Orphans(origin, _)) = self.sources.get(at.source) else { return Ok(()) };
        let (origin, next) = (*origin, at.next_layer());
        let mut after = interval.after.clone();
        let first = layer.partition_point(|patch| interval.is_behind(&patch.last.common));
        for patch in layer.iter().skip(first) {
            if interval.is_before(&patch.first.common) {
                break;
            }
            let gap = Interval { after, before: Some(patch.first.clone()) };
            self.recover_from(next, gap, error.clone())?;
            self.tree(&patch.tree, origin, &interval, next, Some(patch))?;
            after = Some(patch.last.clone());
        }
        self.recover_from(next, Interval { after, before: interval.before }, error)
    }

    /// Recovers what lies in an interval from a tree. What is missing before the first and behind the last key of a patch is
    /// left to those beside it.
    fn tree(
        &mut self,
        tree: &Tree,
        origin: Origin,
        interval: &Interval,
        next: At,
        patch: Option<&Patch>,
    ) -> Result<(), E> {
        let walk = match &interval.after {
            Some(key) => tree.walk().from_key(key.stored.clone()),
            None => tree.walk(),
        };
        for found in walk.records() {
            match found {
                Ok(record) => {
                    let key = Key::of(record.bytes().stored_key, self.codec());
                    if interval.is_before(&key.common) {
                        break;
                    }
                    // Behind what was taken, too: no file may lead to a key twice, or out of order.
                    let taken = self.last.as_ref().is_some_and(|last| key.common <= last.common);
                    if !taken && !interval.is_behind(&key.common) {
                        self.last = Some(key.clone());
                        (self.take)(Event::Record { record, key, origin })?;
                    }
                }
                Err(damage) => {
                    let key = |key: &Option<NodeKey>| key.as_ref().map(|key| Key::of(key.stored(), self.codec()));
                    let hole = Interval { after: key(&damage.after), before: key(&damage.before) }.within(interval);
                    let is_beside = |patch: &Patch| {
                        let ends = hole.before.as_ref().is_some_and(|key| key.common <= patch.first.common);
                        ends || hole.after.as_ref().is_some_and(|key| key.common >= patch.last.common)
                    };
                    if hole.is_void() || patch.is_some_and(is_beside) {
                        continue;
                    }
                    let error = damage.error;
                    if origin == Origin::Version(0) && self.survey.end.lost().is_none() {
                        (self.take)(Event::Hole { interval: hole.clone(), error: error.clone() })?;
                    }
                    self.recover_from(next, hole, Some(error))?;
                }
            }
        }
        Ok(())
    }
}
