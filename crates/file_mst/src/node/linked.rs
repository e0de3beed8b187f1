//! Inner nodes linked in their parents, so that a look-up follows pointers from the root to the lowest inner node.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::Node;

/// The memory that linked nodes may take, and take now, in bytes.
#[derive(Debug)]
pub(crate) struct LinkBudget {
    most: u64,
    taken: AtomicU64,
}

impl LinkBudget {
    pub(crate) fn new(most: u64) -> Arc<Self> {
        Arc::new(Self { most, taken: AtomicU64::new(0) })
    }

    /// Takes `bytes`, unless that leaves less than `spare`.
    fn take(&self, bytes: u64, spare: u64) -> bool {
        let within = |taken: u64| taken.checked_add(bytes).filter(|sum| sum.saturating_add(spare) <= self.most);
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).is_ok()
    }

    fn give_back(&self, bytes: u64) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The children of a node that are linked in it. They are dropped with it.
#[derive(Default)]
pub(super) struct LinkedChildren(OnceLock<Slots>);

struct Slots {
    children: Box<[OnceLock<Arc<Node>>]>,
    budget: Arc<LinkBudget>,
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.budget.give_back(self.children.iter().filter_map(OnceLock::get).map(|child| cost(child)).sum());
    }
}

/// The memory that a linked node takes, with the slots for its own children.
fn cost(node: &Node) -> u64 {
    (node.weight() + node.children().len() * size_of::<OnceLock<Arc<Node>>>()) as u64
}

/// Linked nodes are no part of the content.
impl Clone for LinkedChildren {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for LinkedChildren {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LinkedChildren {}

impl std::fmt::Debug for LinkedChildren {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkedChildren")
    }
}

impl Node {
    /// The child at `index`, if it is linked: it was checked against its link in this node then.
    pub(crate) fn linked_child(&self, index: usize) -> Option<&Arc<Node>> {
        self.linked.0.get()?.children.get(index)?.get()
    }

    /// Links a child that was checked against its link in this node, and returns it. `None` if the budget does not
    /// allow it. Of the budget a quarter is left to the levels above the lowest inner one, which more look-ups share.
    pub(crate) fn link_child(&self, index: usize, child: Arc<Node>, budget: &Arc<LinkBudget>) -> Option<&Arc<Node>> {
        let slots = self.linked.0.get_or_init(|| Slots {
            children: self.children.iter().map(|_| OnceLock::new()).collect(),
            budget: Arc::clone(budget),
        });
        let slot = slots.children.get(index)?;
        let (bytes, spare) = (cost(&child), if child.level() <= 1 { budget.most / 4 } else { 0 });
        if !slots.budget.take(bytes, spare) {
            return slot.get();
        }
        // Another thread may have linked it meanwhile.
        if slot.set(child).is_err() {
            slots.budget.give_back(bytes);
        }
        slot.get()
    }

    /// In our own files: the index of the record with this key, or of the child that it would be in.
    ///
    /// # Errors
    /// The index of the child.
    pub(crate) fn find(&self, key: &[u8]) -> Result<usize, usize> {
        if let super::Records::Uniform(uniform) = &self.records
            && uniform.key_length == 8
            && let Some(wanted) = key.first_chunk::<8>().filter(|_| key.len() == 8)
        {
            let keys = self.bytes().get(uniform.keys_at..uniform.keys_at + 8 * uniform.count).unwrap_or_default();
            let wanted = u64::from_be_bytes(*wanted);
            return keys.as_chunks::<8>().0.binary_search_by_key(&wanted, |key| u64::from_be_bytes(*key));
        }
        let (mut low, mut high) = (0, self.key_count());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.stored_key(middle).map(|found| found.cmp(key)) {
                Some(std::cmp::Ordering::Equal) => return Ok(middle),
                Some(std::cmp::Ordering::Greater) => high = middle,
                Some(std::cmp::Ordering::Less) | None => low = middle + 1,
            }
        }
        Err(low)
    }
}
