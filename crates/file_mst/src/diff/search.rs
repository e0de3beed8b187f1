//! Finds out whether a subtree occurs later in the other tree, by reading only nodes that the trees do not share.
//!
//! ```text
//!   here     T  far ...          T comes next, and the key `far` follows it.
//!   there    ... E ...           E is a node of a higher level than T's. Does it hold T?
//! ```
//!
//! If the other tree has T too, it has it before `far`: among the remaining children of its open nodes, or below a node
//! E of a higher level. There are two cases:
//!
//! * E lies wholly before `far`. The first tree has only T there, so it does not have E: E must be read anyway, and is read
//!   now.
//! * E reaches beyond `far`. The first tree may have E after T: that is the same question about E, whose level is higher, and
//!   there are at most 64 levels. If the first tree has E, E does not hold T; if not, E must be read anyway.

use std::sync::Arc;

use super::cursor::{Cursor, Frame, Head};
use crate::node::hash::NodeHash;
use crate::node::{Extent, Link, Node};

/// The most positions that are examined for one subtree. A subtree further on is not found: that costs reading a path
/// of shared nodes, but bounds memory.
const BUDGET: usize = 1 << 16;

/// The subtree that is searched for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) hash: NodeHash,
    pub(super) extent: Extent,
    /// The key after it in its own tree, in the direction of travel; `None` at the end.
    pub(super) far: Option<Vec<u8>>,
}

impl Target {
    pub(super) fn of(cursor: &Cursor, link: &Link, extent: Extent) -> Self {
        Self { hash: link.hash, extent, far: cursor.far() }
    }
}

/// Whether the rest of `there` has the target, with which the rest of `here` begins. The links of both must count
/// records.
pub(super) fn stands_in(target: &Target, here: &mut Cursor, there: &mut Cursor) -> bool {
    let mut budget = BUDGET;
    search(target, here, there, &mut budget)
}

/// The remaining positions of a node on the path of the search.
struct Remaining {
    node: Arc<Node>,
    from: usize,
    to: usize,
}

fn search(target: &Target, here: &mut Cursor, there: &mut Cursor, budget: &mut usize) -> bool {
    if let Head::Subtree(root) = there.head()
        && root.below.is_none()
    {
        // No node is open yet: the root is the only subtree, and reaches to the end.
        return match consider(target, &root.link, None, here, there, budget) {
            Action::Found => true,
            Action::Skip | Action::Stop => false,
            Action::Enter(node) => walk(target, vec![Remaining::whole(node)], here, there, budget),
        };
    }
    let remaining = |frame: &Frame| Remaining { node: Arc::clone(&frame.node), from: frame.from, to: frame.to };
    let path = there.frames.iter().map(remaining).collect();
    walk(target, path, here, there, budget)
}

/// The decision about a subtree of the other tree.
enum Action {
    /// It is the target.
    Found,
    /// It cannot hold the target.
    Skip,
    /// The search ends: the target cannot follow, or cannot be found without reading a shared node.
    Stop,
    /// It may hold the target, and was read.
    Enter(Arc<Node>),
}

fn walk(target: &Target, mut path: Vec<Remaining>, here: &mut Cursor, there: &mut Cursor, budget: &mut usize) -> bool {
    let reversed = there.keys.reversed();
    while let Some(innermost) = path.last_mut() {
        let Some(left) = budget.checked_sub(1) else { return false };
        *budget = left;
        if innermost.from >= innermost.to {
            path.pop();
            continue;
        }
        let position = innermost.step(reversed);
        if !position.is_multiple_of(2) {
            let key = there.keys.at(&innermost.node, position / 2);
            if key.is_some_and(|key| target.ends_before(&key, there)) {
                return false;
            }
            continue;
        }
        let Some(link) = innermost.node.children().get(position / 2).copied().filter(|link| !link.is_empty()) else {
            continue;
        };
        let far = path.iter().rev().find_map(|above| there.keys.at(&above.node, above.far(reversed)?));
        let far = far.map(std::borrow::Cow::into_owned);
        match consider(target, &link, far, here, there, budget) {
            Action::Found => return true,
            Action::Skip => {}
            Action::Stop => return false,
            Action::Enter(node) => path.push(Remaining::whole(node)),
        }
    }
    false
}

/// Decides what to do about a subtree of the other tree, after which `far` is the next key.
fn consider(
    target: &Target,
    link: &Link,
    far: Option<Vec<u8>>,
    here: &mut Cursor,
    there: &mut Cursor,
    budget: &mut usize,
) -> Action {
    if link.hash == target.hash {
        return Action::Found;
    }
    // The link to a root may not state its level; without it nothing can be decided.
    let Some(extent) = link.extent else { return Action::Stop };
    if extent.level <= target.extent.level || extent.records <= target.extent.records {
        return Action::Skip;
    }
    let within = match (&far, &target.far) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(far), Some(end)) => there.keys.travel(far, end).is_le(),
    };
    if !within {
        let wider = Target { hash: link.hash, extent, far };
        if search(&wider, there, here, budget) {
            return Action::Stop;
        }
    }
    match there.load(link, None) {
        Ok(node) => Action::Enter(node),
        // The error is reported when the comparison reaches the node.
        Err(_) => Action::Stop,
    }
}

impl Target {
    /// Whether the target lies before `key`, so that it cannot follow.
    fn ends_before(&self, key: &[u8], there: &Cursor) -> bool {
        self.far.as_ref().is_some_and(|far| there.keys.travel(far, key).is_le())
    }
}

impl Remaining {
    fn whole(node: Arc<Node>) -> Self {
        let to = 2 * node.key_count() + 1;
        Self { node, from: 0, to }
    }

    fn step(&mut self, reversed: bool) -> usize {
        if reversed {
            self.to -= 1;
            self.to
        } else {
            self.from += 1;
            self.from - 1
        }
    }

    /// The index of the next record in the direction of travel, after the child before it was passed.
    fn far(&self, reversed: bool) -> Option<usize> {
        let index = if reversed { (self.to / 2).checked_sub(1) } else { Some(self.from / 2) };
        index.filter(|index| *index < self.node.key_count())
    }
}
