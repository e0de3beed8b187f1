//! Where a diff stands in either tree.

use std::sync::Arc;

use super::item::Side;
use super::stream::Diff;
use crate::node::Node;

impl Diff {
    /// The nodes of a side that are open, from the root on. Behind an item these are the nodes on the way to where the
    /// diff stands in that tree: those that hold what was given last, and none that is equal in both trees.
    pub fn open_nodes(&self, side: Side) -> impl Iterator<Item = &Arc<Node>> {
        let cursor = match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        };
        cursor.frames.iter().map(|frame| &frame.node)
    }
}
