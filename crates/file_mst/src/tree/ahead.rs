//! Nodes that an iteration reads ahead: siblings, which are read and hashed together much faster than one by one.
//!
//! The first node is read alone, then two together, then four, so that an iteration of a few records does not read many
//! nodes more than it needs. Nodes without any wanted record are never read.

use std::sync::Arc;

use super::range::End;
use crate::node::{Link, Node};
use crate::store::{NodeStore, TOGETHER};

/// The nodes that an iteration has read ahead at one of its ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead {
    /// For each depth the nodes that come next there, the nearest last.
    nodes: Vec<Vec<Arc<Node>>>,
    /// The number of nodes that were read together last.
    width: usize,
}

impl Ahead {
    /// The node of `link`, if it was read ahead. It was checked against the same link.
    pub(super) fn take(&mut self, depth: usize, link: &Link) -> Option<Arc<Node>> {
        let nodes = self.nodes.get_mut(depth)?;
        nodes.pop_if(|node| node.offset() == link.offset && node.hash() == Some(link.hash))
    }

    /// Reads child `index` of `parent` and the ones after it in the direction of travel, as far as they hold some of
    /// the next `wanted` records. Nodes that fail a check are left out, to be read again alone when their turn comes.
    pub(super) fn read(
        &mut self,
        store: &NodeStore,
        depth: usize,
        (parent, index): (&Node, usize),
        end: End,
        wanted: u64,
    ) {
        let first = self.width == 0;
        self.width = (2 * self.width).clamp(1, TOGETHER);
        if first {
            return;
        }
        let links = links_from(parent, index, end, wanted, self.width);
        if links.len() < 2 {
            return;
        }
        if self.nodes.len() <= depth {
            self.nodes.resize_with(depth + 1, Vec::new);
        }
        if let Some(nodes) = self.nodes.get_mut(depth) {
            nodes.clear();
            // Up to the first that fails a check: what comes after it is read again later.
            nodes.extend(store.nodes_together(&links).into_iter().map_while(Result::ok));
            nodes.reverse();
        }
    }
}

/// The links from child `index` on, at most `most`, as far as they lead to some of the next `wanted` records.
fn links_from(parent: &Node, mut index: usize, end: End, wanted: u64, most: usize) -> Vec<Link> {
    let (mut links, mut passed) = (Vec::with_capacity(most), 0_u64);
    while links.len() < most && passed < wanted {
        let Some(link) = parent.children().get(index) else { break };
        if let Some(summary) = link.summary.filter(|_| !link.is_empty()) {
            links.push(*link);
            passed = passed.saturating_add(summary.records);
        }
        // The record beside the child.
        passed = passed.saturating_add(1);
        let next = match end {
            End::Front => index.checked_add(1),
            End::Back => index.checked_sub(1),
        };
        match next {
            Some(next) => index = next,
            None => break,
        }
    }
    links
}
