//! Whether a subtree stands in the other tree further on, found out by reading only what is in no case shared.
//!
//! Let the rest of one tree begin with the subtree T, before which and the key `far` behind which it has nothing else. If
//! the other tree has T too, it has it before `far`, below a node of a higher level than T's or beside the open ones.
//! A node E of a higher level there, all of which lies before `far`, cannot be in the first tree, which has but T there:
//! it must be read anyway, and so it may be read now. Where E reaches beyond `far`, the first tree may have it behind
//! T: that is the same question about a higher level, and there are no more than 64 of those. Where it has E, E does not
//! hold T; where it has not, E must be read anyway.

use std::sync::Arc;

use super::cursor::{Cursor, Frame, Head};
use crate::node::hash::NodeHash;
use crate::node::{Extent, Link, Node};

/// How many positions are looked at for one subtree. What lies further on is not found, which costs the reading of a
/// path of shared nodes, and bounds memory.
const BUDGET: usize = 1 << 16;

/// The subtree that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) hash: NodeHash,
    pub(super) extent: Extent,
    /// The key behind it in its own tree, in the direction of travel; none at the end.
    pub(super) far: Option<Vec<u8>>,
}

impl Target {
    pub(super) fn of(cursor: &Cursor, link: &Link, extent: Extent) -> Self {
        Self { hash: link.hash, extent, far: cursor.far() }
    }
}

/// Whether the rest of `there` holds the subtree that the rest of `here` holds. Both count records in their links.
pub(super) fn stands_in(target: &Target, here: &mut Cursor, there: &mut Cursor) -> bool {
    let mut budget = BUDGET;
    search(target, here, there, &mut budget)
}

/// A place in an open node, or in one that is looked into.
struct Place {
    node: Arc<Node>,
    from: usize,
    to: usize,
}

fn search(target: &Target, here: &mut Cursor, there: &mut Cursor, budget: &mut usize) -> bool {
    if let Head::Subtree(root) = there.head()
        && root.below.is_none()
    {
        // Nothing is open yet: the root is all there is, and it reaches to the end.
        return match consider(target, &root.link, None, here, there, budget) {
            Verdict::Found => true,
            Verdict::Skip | Verdict::Stop => false,
            Verdict::Enter(node) => walk(target, vec![Place::whole(node)], here, there, budget),
        };
    }
    let place = |frame: &Frame| Place { node: Arc::clone(&frame.node), from: frame.from, to: frame.to };
    let places = there.frames.iter().map(place).collect();
    walk(target, places, here, there, budget)
}

enum Verdict {
    Found,
    Skip,
    Stop,
    Enter(Arc<Node>),
}

fn walk(target: &Target, mut path: Vec<Place>, here: &mut Cursor, there: &mut Cursor, budget: &mut usize) -> bool {
    let reversed = there.keys.reversed();
    while let Some(place) = path.last_mut() {
        let Some(left) = budget.checked_sub(1) else { return false };
        *budget = left;
        if place.from >= place.to {
            path.pop();
            continue;
        }
        let position = place.step(reversed);
        if !position.is_multiple_of(2) {
            let key = there.keys.at(&place.node, position / 2);
            if key.is_some_and(|key| target.ends_before(&key, there)) {
                return false;
            }
            continue;
        }
        let Some(link) = place.node.children().get(position / 2).copied().filter(|link| !link.is_empty()) else {
            continue;
        };
        let far = path.iter().rev().find_map(|place| there.keys.at(&place.node, place.far(reversed)?));
        let far = far.map(std::borrow::Cow::into_owned);
        match consider(target, &link, far, here, there, budget) {
            Verdict::Found => return true,
            Verdict::Skip => {}
            Verdict::Stop => return false,
            Verdict::Enter(node) => path.push(Place::whole(node)),
        }
    }
    false
}

/// What to do about a subtree of the other tree, behind which `far` is the next key.
fn consider(
    target: &Target,
    link: &Link,
    far: Option<Vec<u8>>,
    here: &mut Cursor,
    there: &mut Cursor,
    budget: &mut usize,
) -> Verdict {
    if link.hash == target.hash {
        return Verdict::Found;
    }
    // A root may come without its extent; it is looked into only where its level is known.
    let Some(extent) = link.extent else { return Verdict::Stop };
    if extent.level <= target.extent.level || extent.records <= target.extent.records {
        return Verdict::Skip;
    }
    let within = match (&far, &target.far) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(far), Some(end)) => there.keys.travel(far, end).is_le(),
    };
    if !within {
        let wider = Target { hash: link.hash, extent, far };
        if search(&wider, there, here, budget) {
            return Verdict::Stop;
        }
    }
    match there.load(link, None) {
        Ok(node) => Verdict::Enter(node),
        // It will be reported when its turn comes.
        Err(_) => Verdict::Stop,
    }
}

impl Target {
    fn ends_before(&self, key: &[u8], there: &Cursor) -> bool {
        self.far.as_ref().is_some_and(|far| there.keys.travel(far, key).is_le())
    }
}

impl Place {
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

    /// The next record in the direction of travel, once the child before it is passed.
    fn far(&self, reversed: bool) -> Option<usize> {
        let index = if reversed { (self.to / 2).checked_sub(1) } else { Some(self.from / 2) };
        index.filter(|index| *index < self.node.key_count())
    }
}
