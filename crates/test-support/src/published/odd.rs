//! Shapes that are not canonical: those that the published crate leaves behind, and those that no writer should make.

use super::{Link, PublishedWriter, Record};

impl PublishedWriter {
    /// Appends a leaf of the given records, with an empty node of its own in each gap.
    pub fn write_leaf(&mut self, records: &[&Record]) -> Link {
        let gaps: Vec<Link> = (0..=records.len()).map(|_| self.write_empty()).collect();
        self.write_node(0, records, &gaps)
    }

    /// Appends a keyless node with one child: the rest of a split in which all keys of a level went to the other side.
    pub fn write_pass_through(&mut self, level: u32, child: Link) -> Link {
        self.write_node(level, &[], &[child])
    }

    /// Appends a leaf that holds nothing but one empty child, and yet has a hash that is not zero: the rest of a split
    /// at the edge of a leaf.
    pub fn write_phantom_leaf(&mut self) -> Link {
        let empty = self.write_empty();
        self.write_pass_through(0, empty)
    }

    /// Appends a shape that links to its own top node, which an append-only writer cannot know in advance: `write` is
    /// given an offset to link to, writes its nodes, and returns the top one; it is run again, from the same place in
    /// the file, until that is the offset of the top node.
    ///
    /// ```
    /// use mst_test_support::published::{Layout, Link, PublishedWriter, ZERO_HASH};
    ///
    /// let mut file = PublishedWriter::new(Layout::V0_2);
    /// // A node that is its own child, and a node that is its own grandchild.
    /// let own = |offset| Link { offset, hash: [7; 32] };
    /// let ring = file.write_looped(|file, top| file.write_pass_through(1, own(top)));
    /// let long = file.write_looped(|file, top| {
    ///     let child = file.write_pass_through(1, own(top));
    ///     file.write_pass_through(2, child)
    /// });
    /// assert!(ring.offset < long.offset);
    /// ```
    ///
    /// # Panics
    /// When the offset of the top node does not settle, as when `write` does not do the same each time.
    pub fn write_looped(&mut self, mut write: impl FnMut(&mut Self, u64) -> Link) -> Link {
        let start = self.bytes.len();
        let mut offset = start as u64;
        // The offset only grows, with the length of its own varint and by at most a few pages' padding.
        for _ in 0..16 {
            let top = write(self, offset);
            if top.offset == offset {
                return top;
            }
            offset = top.offset;
            self.bytes.truncate(start);
            self.subtrees.retain(|_, written| *written < start as u64);
        }
        panic!("the top node does not come to rest");
    }
}
