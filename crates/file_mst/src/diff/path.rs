//! The current position of a diff in both trees.

use std::sync::Arc;

use super::item::Side;
use super::stream::Diff;
use crate::node::Node;

impl Diff {
    /// The open nodes of a side, from the root down. After an item these are the nodes on the path to the current
    /// position in that tree: those that hold the last item, and none that is equal in both trees.
    pub fn open_nodes(&self, side: Side) -> impl Iterator<Item = &Arc<Node>> {
        let cursor = match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        };
        cursor.frames.iter().map(|frame| &frame.node)
    }
}
