//! Reads nodes ahead of the comparison, on a second core.
//!
//! Reading a node means hashing it, which is most of the cost of a comparison. Usually the comparison decides as it
//! goes whether a node must be read. But if two subtrees with different hashes, one on each side, lie between the same
//! keys, the higher one exists in only one tree, and if their levels are equal both do: no other node could hold it
//! there. Only these are read ahead, so the comparison would have read all of them.
//!
//! ```text
//!   comparison                      pending pairs, nearest last             reader
//!   opens two nodes ── children ──▶ [ ... far ... │ the last few ] ── takes ──▶ reads both nodes,
//!   wants a node ◀── or reads it itself, if not begun ◀── ready ─────────────── adds their children
//! ```

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::item::Side;
use crate::node::{Link, Node};
use crate::tree::Tree;

/// The most bytes of nodes that are read ahead and not used yet.
const MAX_BYTES: usize = 2 << 20;
/// The most pending pairs.
const MAX_PAIRS: usize = 4096;
/// The reader takes the pair this far ahead, so that it does not compete with the comparison for the nearest one.
const DISTANCE: usize = 24;

/// The number of pairs of nodes that are opened before a second reader is started: less work does not pay for a thread.
const BEFORE_START: usize = 16;

/// The state of the second reader.
#[derive(Debug)]
pub(super) enum ReadAhead {
    /// Not started: only this number of pairs of nodes was opened.
    NotYet(usize),
    /// Running.
    Running(Ahead),
    /// No second core or thread is available.
    Unavailable,
}

/// The second reader of a comparison. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Ahead {
    shared: Arc<Shared>,
    reader: Option<JoinHandle<()>>,
}

/// The state shared by the comparison and the reader.
#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// In the order of keys, the nearest last.
    pending: Vec<Pair>,
    nodes: HashMap<(Side, u64), Slot>,
    /// The bytes of the nodes that are ready.
    bytes: usize,
    /// Whether the reader is waiting.
    idle: bool,
    ended: bool,
}

/// The roots of two subtrees between the same keys that must be read.
#[derive(Clone, Copy, Debug)]
struct Pair {
    left: Option<Link>,
    right: Option<Link>,
    /// Whether their children can be paired too: both nodes are read, or the other side has nothing there.
    goes_on: bool,
}

#[derive(Clone, Debug)]
enum Slot {
    Pending,
    Reading,
    Ready(Link, Arc<Node>),
}

/// The nodes that were opened or read, one on each side.
pub(super) struct Opened<'a> {
    pub(super) left: Option<&'a Node>,
    pub(super) right: Option<&'a Node>,
    /// Whether they lie between the same keys.
    pub(super) same_interval: bool,
}

impl Default for ReadAhead {
    fn default() -> Self {
        Self::NotYet(0)
    }
}

impl ReadAhead {
    /// Counts an opened pair of nodes of these trees; returns the reader once enough were opened.
    pub(super) fn after_opening(&mut self, (left, right): (Tree, Tree)) -> Option<&Ahead> {
        if let Self::NotYet(pairs) = self {
            *pairs += 1;
            if *pairs < BEFORE_START {
                return None;
            }
            *self = Ahead::start(left, right).map_or(Self::Unavailable, Self::Running);
        }
        match self {
            Self::Running(ahead) => Some(ahead),
            Self::NotYet(_) | Self::Unavailable => None,
        }
    }
}

impl Ahead {
    /// Starts a reader; `None` if there is no second core, or no thread can be started.
    fn start(left: Tree, right: Tree) -> Option<Self> {
        if thread::available_parallelism().map_or(1, usize::from) < 2 {
            return None;
        }
        let shared = Arc::<Shared>::default();
        let reader = Reader { shared: Arc::clone(&shared), left, right };
        let reader = thread::Builder::new().name("diff-ahead".into()).spawn(move || reader.run()).ok()?;
        Some(Self { shared, reader: Some(reader) })
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Queues the children of two nodes that were opened, one on each side.
    pub(super) fn opened(&self, opened: &Opened<'_>) {
        let pairs = pairs(opened);
        if pairs.is_empty() {
            return;
        }
        let mut state = self.shared.lock();
        let end = state.pending.len();
        state.add(end, pairs);
        self.shared.wake(state);
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
        if let Some(reader) = self.reader.take() {
            // Nothing waits for a reader that panicked: the comparison reads the nodes itself.
            let _ = reader.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The node of `link`, if it was read ahead. If not, the caller reads it at once, even if the reader has begun to:
    /// waiting for a reader whose core is busy could cost more than reading a node twice.
    pub(super) fn take(&self, side: Side, link: &Link) -> Option<Arc<Node>> {
        let mut state = self.lock();
        let slot = state.nodes.remove(&(side, link.offset));
        let Some(Slot::Ready(read, node)) = slot else { return None };
        let was_full = state.is_full();
        state.bytes = state.bytes.saturating_sub(node.bytes().len());
        if was_full {
            self.wake(state);
        }
        (read == *link).then_some(node)
    }

    fn wake(&self, state: MutexGuard<'_, State>) {
        let idle = state.idle;
        drop(state);
        if idle {
            self.changed.notify_all();
        }
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.bytes >= MAX_BYTES
    }

    /// Inserts pairs, given in key order, at `at`.
    fn add(&mut self, at: usize, mut pairs: Vec<Pair>) {
        pairs.truncate(MAX_PAIRS.saturating_sub(self.pending.len()));
        pairs.reverse();
        pairs.retain(|pair| {
            let mut new = false;
            for (side, link) in pair.links() {
                self.nodes.entry((side, link.offset)).or_insert_with(|| {
                    new = true;
                    Slot::Pending
                });
            }
            new
        });
        self.pending.splice(at..at, pairs);
    }

    /// Removes a pair that is still unread, and returns it with its former position.
    fn next(&mut self) -> Option<(usize, Pair)> {
        while let Some(last) = self.pending.pop() {
            if !self.is_unread(&last) {
                continue;
            }
            self.pending.push(last);
            let at = self.pending.len().saturating_sub(DISTANCE);
            let pair = self.pending.remove(at);
            if self.is_unread(&pair) {
                return Some((at, pair));
            }
        }
        None
    }

    fn is_unread(&self, pair: &Pair) -> bool {
        pair.links().any(|(side, link)| matches!(self.nodes.get(&(side, link.offset)), Some(Slot::Pending)))
    }
}

impl Pair {
    fn links(&self) -> impl Iterator<Item = (Side, Link)> {
        let of = |side, link: Option<Link>| link.map(|link| (side, link));
        [of(Side::Left, self.left), of(Side::Right, self.right)].into_iter().flatten()
    }
}

struct Reader {
    shared: Arc<Shared>,
    left: Tree,
    right: Tree,
}

impl Reader {
    fn run(&self) {
        // No allowance, so nothing goes into the cache: each node is used once, by the comparison.
        let mut allowances = (0, 0);
        while let Some((at, pair)) = self.next() {
            let left = pair.left.map(|link| self.read(Side::Left, &link, &mut allowances.0));
            let right = pair.right.map(|link| self.read(Side::Right, &link, &mut allowances.1));
            let failed = matches!(left, Some(None)) || matches!(right, Some(None));
            if pair.goes_on && !failed {
                let (left, right) = (left.flatten(), right.flatten());
                let opened = Opened { left: left.as_deref(), right: right.as_deref(), same_interval: true };
                let pairs = pairs(&opened);
                if !pairs.is_empty() {
                    self.shared.lock().add(at, pairs);
                }
            }
        }
    }

    /// The next pair to read; `None` when the comparison has ended. Waits while there is none.
    fn next(&self) -> Option<(usize, Pair)> {
        let mut state = self.shared.lock();
        loop {
            if state.ended {
                return None;
            }
            if !state.is_full()
                && let Some(next) = state.next()
            {
                return Some(next);
            }
            state.idle = true;
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle = false;
        }
    }

    /// Reads a node that is still unread. If that fails, the comparison reads it again, and reports the error.
    fn read(&self, side: Side, link: &Link, allowance: &mut u64) -> Option<Arc<Node>> {
        let at = (side, link.offset);
        match self.shared.lock().nodes.get_mut(&at) {
            Some(slot @ Slot::Pending) => *slot = Slot::Reading,
            _ => return None,
        }
        let tree = match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        };
        let node = tree.store().node_within(link, allowance).ok();
        let mut state = self.shared.lock();
        // If the slot is gone, the comparison has read the node meanwhile.
        if state.nodes.remove(&at).is_some()
            && let Some(node) = &node
        {
            state.bytes += node.bytes().len();
            state.nodes.insert(at, Slot::Ready(*link, Arc::clone(node)));
        }
        node
    }
}

fn child(node: Option<&Node>, index: usize) -> Option<Link> {
    node?.children().get(index).copied().filter(|link| !link.is_empty())
}

fn key(node: Option<&Node>, index: usize) -> Option<&[u8]> {
    node?.stored_key(index)
}

/// The pairs of children that lie between the same keys on both sides and have different hashes, in key order.
///
/// ```text
///   left    [ 0  b  1  d  2  f  3 ]      Child 0 ends at b on both sides, children 2 end at f; children 3 lie between
///   right   [ 0  b  1  e  2  f  3 ]      the same keys if the nodes do. The children around d and e are not paired.
/// ```
fn pairs(opened: &Opened<'_>) -> Vec<Pair> {
    let (mut left, mut right) = (0, 0);
    // Whether the last keys that were passed are equal.
    let mut same_start = opened.same_interval;
    let mut found = Vec::new();
    loop {
        let (a, b) = (key(opened.left, left), key(opened.right, right));
        let order = match (a, b) {
            (None, None) if opened.same_interval => Ordering::Equal,
            (None, None) => return found,
            (Some(_), None) if opened.right.is_none() => Ordering::Equal,
            (None, Some(_)) if opened.left.is_none() => Ordering::Equal,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.cmp(b),
        };
        if order.is_eq() && same_start {
            found.extend(Pair::of(child(opened.left, left), child(opened.right, right)));
        }
        if a.is_none() && b.is_none() || found.len() >= MAX_PAIRS {
            return found;
        }
        same_start = order.is_eq();
        left += usize::from(order.is_le());
        right += usize::from(order.is_ge());
    }
}

impl Pair {
    /// The nodes that must be read of two subtrees between the same keys; `None` if none must.
    fn of(left: Option<Link>, right: Option<Link>) -> Option<Self> {
        let (a, b) = match (left, right) {
            (None, None) => return None,
            (Some(a), Some(b)) if a.hash == b.hash => return None,
            (Some(a), Some(b)) => (a.extent?, b.extent?),
            _ => return Some(Self { left, right, goes_on: true }),
        };
        let order = a.level.cmp(&b.level);
        Some(Self {
            left: left.filter(|_| order.is_ge()),
            right: right.filter(|_| order.is_le()),
            goes_on: order.is_eq(),
        })
    }
}
