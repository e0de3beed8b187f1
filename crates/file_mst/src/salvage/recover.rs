//! Recovers records in key order: from the newest version, and where that is damaged from its orphaned subtrees, then
//! from the previous version, and so on.
//!
//! ```text
//!   version 0       a b c  ####### damaged #######  n o p        the walk meets a gap between c and n
//!   its orphans              d e       ### i j                   fills d, e, i, j
//!   version 1                     f g                            fills the gaps that remain, in the same way
//!   ...                               h lost                     no source is left: reported as lost
//! ```
//!
//! Each gap is searched in the sources from `At` on, before the walk goes on after it. So all records come in key
//! order, each key once, and the memory is one path for each source in use.

use std::sync::Arc;

use super::patches::{Layer, Patch, layers};
use super::survey::Survey;
use super::versions::Origin;
use super::{Interval, StoredKey};
use crate::node::{Codec, NodeError};
use crate::tree::{NodeKey, NodeRecord, Tree};

/// The most versions that are used, newest first.
pub const MAX_VERSIONS: usize = 256;

/// The source of records for the damaged parts of the newest version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fill {
    /// Orphaned subtrees of the same version, then older versions.
    Older,
    /// None: only records that the newest version proves are recovered.
    Nothing,
}

/// An event of a recovery, in key order.
///
/// Exhaustive on purpose: whoever receives the events must account for every loss.
#[derive(Clone, Debug)]
pub enum Event {
    /// A record.
    Record {
        /// The record.
        record: NodeRecord,
        /// Its key.
        key: StoredKey,
        /// Where it comes from.
        origin: Origin,
    },
    /// A place where the newest version is damaged. The records within the interval come from other sources.
    Hole {
        /// The affected keys.
        interval: Interval,
        /// The damage.
        error: NodeError,
    },
    /// Keys that are left in no version.
    Lost {
        /// The affected keys.
        interval: Interval,
        /// The damage.
        error: NodeError,
    },
}

/// A source of records. They are searched one after the other.
enum Source {
    Version(Tree, Origin),
    /// Orphaned subtrees, found when they are first needed.
    Orphans(Origin, Option<Arc<Vec<Layer>>>),
}

/// A position in the order of the sources: the source, and the layer if its subtrees are orphans.
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
    /// Calls `take` with everything that can be recovered, in key order, each key once. Reads the newest version, and
    /// the parts of older ones that replace its damaged parts; only the [`MAX_VERSIONS`] newest are used.
    ///
    /// # Errors
    /// Errors of `take`.
    pub fn recover<E>(&self, fill: Fill, take: impl FnMut(Event) -> Result<(), E>) -> Result<(), E> {
        let mut sources = Vec::new();
        let lost = self.end.lost();
        if fill == Fill::Older && lost.is_some() {
            // Orphans after the newest remaining version are newer than any version.
            sources.push(Source::Orphans(Origin::Unfinished, None));
        }
        // If the newest version is lost, none of the remaining ones is the newest, so none is used without
        // `Fill::Older`.
        let used = match fill {
            Fill::Older => MAX_VERSIONS,
            Fill::Nothing => usize::from(lost.is_none()),
        };
        for (index, version) in self.versions.iter().enumerate().take(used) {
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

    /// The least number of records in the newest version, from its commit or its remaining nodes; 0 if it is unknown.
    pub fn newest_records(&self) -> u64 {
        match (self.end.lost(), self.versions.first().and_then(|version| version.commit())) {
            (None, Some(commit)) => commit.records(),
            (Some(_), _) => {
                let layers = self.layers_of(Origin::Unfinished);
                let first = layers.first().into_iter().flatten();
                first.fold(0, |sum, patch| sum.saturating_add(patch.records.unwrap_or(0)))
            }
            (None, None) => 0,
        }
    }

    /// The layers of orphaned subtrees that were written for a version.
    fn layers_of(&self, origin: Origin) -> Vec<Layer> {
        let position = |index: usize| self.versions.get(index).map_or(0, |version| version.position());
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
    /// The last recovered key.
    last: Option<StoredKey>,
}

impl<E, T: FnMut(Event) -> Result<(), E>> Recovery<'_, T> {
    fn codec(&self) -> &Codec {
        self.survey.store.codec()
    }

    /// Recovers the keys in an interval from the source `at`, and keys that it lacks from the sources after it.
    fn recover_from(&mut self, at: At, mut interval: Interval, error: Option<NodeError>) -> Result<(), E> {
        interval.start_after(self.last.as_ref());
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

    /// Recovers the keys in an interval from a layer. Each subtree covers the keys between its first and last one; the
    /// gaps between subtrees are recovered from later sources.
    fn layer(&mut self, layer: &Layer, at: At, interval: Interval, error: Option<NodeError>) -> Result<(), E> {
        let Some(Source::Orphans(origin, _)) = self.sources.get(at.source) else { return Ok(()) };
        let (origin, next) = (*origin, at.next_layer());
        let mut after = interval.after.clone();
        let first = layer.partition_point(|patch| interval.is_after(&patch.last.common));
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

    /// Recovers the keys in an interval from a tree. Damage before the first or after the last key of a patch is
    /// skipped, since the neighbouring gap covers it.
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
                    let key = StoredKey::of(record.bytes().stored_key, self.codec());
                    if interval.is_before(&key.common) {
                        break;
                    }
                    // The key must come after the last one too: a damaged file must not yield a key twice, or out of
                    // order.
                    let taken = self.last.as_ref().is_some_and(|last| key.common <= last.common);
                    if !taken && !interval.is_after(&key.common) {
                        self.last = Some(key.clone());
                        (self.take)(Event::Record { record, key, origin })?;
                    }
                }
                Err(damage) => {
                    let key = |key: &Option<NodeKey>| key.as_ref().map(|key| StoredKey::of(key.stored(), self.codec()));
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
