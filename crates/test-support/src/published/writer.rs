//! Where nodes go in the file, and how a whole tree is appended.

use std::collections::HashMap;

use super::postcard::push_varint;
use super::tree::{Node, canon};
use super::{Hash, Layout, Record, ZERO_HASH, node_hash};

/// The size of a page in bytes: a node of up to this size, its length prefix included, stays within one page.
pub const PAGE: usize = 4096;

/// Bytes of the length prefix of a node.
pub(super) const LENGTH_PREFIX: usize = 4;

/// Where a node is, and the hash it has or is said to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Offset in bytes from the start of the file.
    pub offset: u64,
    /// The node's hash.
    pub hash: Hash,
}

/// Writes a file of published nodes in memory, children before parents.
#[derive(Clone, Debug)]
pub struct PublishedWriter {
    layout: Layout,
    pub(super) bytes: Vec<u8>,
    /// Where the subtrees that [`Self::append_tree`] wrote are, by hash.
    pub(super) subtrees: HashMap<Hash, u64>,
}

impl PublishedWriter {
    /// An empty file: no bytes at all in 0.2, a page 0 of zeros (no root) in the git layout.
    pub fn new(layout: Layout) -> Self {
        let reserved = match layout {
            Layout::V0_2 => 0,
            Layout::Git => PAGE,
        };
        Self { layout, bytes: vec![0; reserved], subtrees: HashMap::new() }
    }

    /// Appends the canonical tree of `records`, sorted in the order of their keys' type, and returns its root. In the
    /// git layout the root pointer then names it.
    ///
    /// Called again it appends another version: subtrees that are already in the file are linked, not written again.
    /// An empty tree is one empty node.
    pub fn append_tree(&mut self, records: &[Record]) -> Link {
        let root = self.append_subtree(canon(records).as_deref());
        if self.layout == Layout::Git {
            self.set_root(root);
        }
        root
    }

    fn append_subtree(&mut self, tree: Option<&Node<'_>>) -> Link {
        // The published crate gives each absent child an empty node of its own.
        let Some(node) = tree else {
            return self.write_empty();
        };
        if let Some(&offset) = self.subtrees.get(&node.hash) {
            return Link { offset, hash: node.hash };
        }
        let children: Vec<Link> = node.children.iter().map(|child| self.append_subtree(child.as_deref())).collect();
        let link = self.append_node(node.level, &node.records, &children, node.hash);
        self.subtrees.insert(link.hash, link.offset);
        link
    }

    /// Appends one node of any level, with any records and any child links, under the hash that these give.
    pub fn write_node(&mut self, level: u32, records: &[&Record], children: &[Link]) -> Link {
        let hash = node_hash(level, records, children.iter().map(|child| child.hash));
        self.append_node(level, records, children, hash)
    }

    /// Appends an empty node: level 0, no keys, no children, the zero hash; 40 bytes.
    pub fn write_empty(&mut self) -> Link {
        self.append_node(0, &[], &[], ZERO_HASH)
    }

    /// Makes page 0 name a root.
    ///
    /// # Panics
    /// In the 0.2 layout, which has no root pointer.
    pub fn set_root(&mut self, root: Link) {
        assert_eq!(self.layout, Layout::Git, "only the git layout has a root pointer");
        self.patch(0, &root.offset.to_le_bytes());
        self.patch(8, &root.hash);
    }

    /// The file so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The finished file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn append_node(&mut self, level: u32, records: &[&Record], children: &[Link], hash: Hash) -> Link {
        let body = encode(level, records, children, &hash);
        let offset = self.make_room(LENGTH_PREFIX + body.len());
        let length = u32::try_from(body.len()).expect("a node is shorter than 4 GiB");
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(body);
        Link { offset, hash }
    }

    /// Pads the page with zeros when a node of `size` bytes would fit into a page but not into the rest of this one.
    fn make_room(&mut self, size: usize) -> u64 {
        let rest = PAGE - self.bytes.len() % PAGE;
        if size <= PAGE && size > rest {
            self.bytes.resize(self.bytes.len() + rest, 0);
        }
        self.bytes.len() as u64
    }
}

/// The postcard bytes of a node: level, keys, values, children, hash.
fn encode(level: u32, records: &[&Record], children: &[Link], hash: &Hash) -> Vec<u8> {
    let mut body = Vec::new();
    push_varint(&mut body, level.into());
    push_varint(&mut body, records.len() as u64);
    body.extend(records.iter().flat_map(|record| &record.key_stored));
    push_varint(&mut body, records.len() as u64);
    body.extend(records.iter().flat_map(|record| &record.value));
    push_varint(&mut body, children.len() as u64);
    for child in children {
        push_varint(&mut body, child.offset);
        body.extend(child.hash);
    }
    body.extend(hash);
    body
}
