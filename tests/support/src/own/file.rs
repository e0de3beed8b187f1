//! Nodes and commits in a file.

use super::node::{OwnLink, OwnNode, varint};
use crate::published::ZERO_HASH;

const PAGE: usize = 4096;
/// The number that each file is given.
pub const FILE_ID: [u8; 16] = *b"a file of a test";

/// A file in memory.
#[derive(Clone, Debug)]
pub struct OwnFile {
    bytes: Vec<u8>,
    sequence: u64,
    previous: u64,
    /// Added to the records that the next commit says it has.
    pub wrong_records: u64,
    /// Added to the nodes that the next commit says it has.
    pub wrong_totals: u64,
    /// The sequence number of the next commit, if not the next.
    pub wrong_sequence: Option<u64>,
}

impl Default for OwnFile {
    fn default() -> Self {
        Self::new()
    }
}

impl OwnFile {
    /// A file with a header and no commit.
    pub fn new() -> Self {
        let bytes = vec![0; PAGE];
        let mut file =
            Self { bytes, sequence: 0, previous: 0, wrong_records: 0, wrong_totals: 0, wrong_sequence: None };
        file.hint(0);
        file
    }

    fn hint(&mut self, hint: u64) {
        let mut header = b"\x89MST\r\n\x1a\n".to_vec();
        header.extend(1_u32.to_le_bytes());
        header.extend((PAGE as u32).to_le_bytes());
        header.extend(FILE_ID);
        let check = blake3::hash(&header);
        header.extend(&check.as_bytes()[..8]);
        header.extend(hint.to_le_bytes());
        let check = blake3::hash(&[&FILE_ID[..], &hint.to_le_bytes()].concat());
        header.extend(&check.as_bytes()[..8]);
        self.bytes[..56].copy_from_slice(&header);
    }

    /// Appends a tree and its commit; returns where the commit's frame is. Each node is told its offset.
    pub fn commit(&mut self, tree: Option<&mut OwnNode>, label: &str) -> u64 {
        let tail_start = self.bytes.len() as u64;
        let mut totals = (self.wrong_totals, 0);
        let root = tree.map(|tree| self.append(tree, &mut totals));
        self.commit_root(root, tail_start, totals, label)
    }

    /// Appends a commit of a root that was written before by [`OwnFile::write_node`], whose nodes begin at `tail_start`;
    /// returns where the commit's frame is.
    pub fn commit_root(&mut self, root: Option<OwnLink>, tail_start: u64, totals: (u64, u64), label: &str) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(PAGE), 0);
        let offset = self.bytes.len() as u64;
        self.sequence = self.wrong_sequence.take().unwrap_or(self.sequence + 1);
        let root = root.unwrap_or(OwnLink { offset: 0, hash: ZERO_HASH, level: 0, records: 0, length: 0 });
        let mut frame = b"\x0c\x99\x9e\xffCMIT\0\0\0\0\0\0\0\0".to_vec();
        frame.extend(FILE_ID);
        for field in [self.sequence, self.previous, tail_start, 1_700_000_000_000, root.offset] {
            frame.extend(field.to_le_bytes());
        }
        frame.extend(root.hash);
        frame.extend(u32::from(root.level).to_le_bytes());
        frame.extend(root.length.to_le_bytes());
        for field in [root.records + self.wrong_records, totals.0, totals.1] {
            frame.extend(field.to_le_bytes());
        }
        for part in [label, "", "", ""] {
            varint(&mut frame, part.len() as u64);
            frame.extend(part.as_bytes());
        }
        let length = (frame.len() + 32) as u32;
        frame[8..12].copy_from_slice(&length.to_le_bytes());
        let checksum = blake3::hash(&[&FILE_ID[..], &offset.to_le_bytes(), &frame].concat());
        frame.extend(checksum.as_bytes());
        frame.resize(frame.len().next_multiple_of(PAGE), 0);
        self.bytes.extend(frame);
        self.previous = offset;
        self.hint(offset);
        offset
    }

    fn append(&mut self, node: &mut OwnNode, totals: &mut (u64, u64)) -> OwnLink {
        let links: Vec<Option<OwnLink>> =
            node.children.iter_mut().map(|child| child.as_mut().map(|child| self.append(child, totals))).collect();
        let link = self.write_node(node, &links);
        totals.0 += 1;
        totals.1 += u64::from(link.length);
        let said = node.said;
        OwnLink {
            offset: said.offset.unwrap_or(link.offset),
            hash: said.hash.unwrap_or(link.hash),
            level: said.level.unwrap_or(link.level),
            records: said.records.unwrap_or(link.records),
            length: said.length.unwrap_or(link.length),
        }
    }

    /// Appends one node under links to any others, which need not be a tree; returns the link to it. Its own children are
    /// left out.
    pub fn write_node(&mut self, node: &mut OwnNode, links: &[Option<OwnLink>]) -> OwnLink {
        let hash = node.hash(links);
        let frame = node.frame(&hash, links);
        let rest = PAGE - self.bytes.len() % PAGE;
        if node.across {
            // So that its first ten bytes lie in a page of their own.
            self.bytes.resize(self.bytes.len().next_multiple_of(PAGE) + PAGE - 10, 0);
        } else if frame.len() > rest {
            self.bytes.resize(self.bytes.len() + rest % PAGE, 0);
        }
        node.offset = self.bytes.len() as u64;
        self.bytes.extend(&frame);
        if node.across {
            self.bytes.resize(self.bytes.len().next_multiple_of(PAGE), 0);
        }
        let below: u64 = links.iter().flatten().fold(0, |sum, link| sum.saturating_add(link.records));
        OwnLink {
            offset: node.offset,
            hash,
            level: node.level,
            records: below.saturating_add(node.records.len() as u64),
            length: frame.len() as u32,
        }
    }

    /// The file so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The finished file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Changes bits of the byte at an offset.
    pub fn flip(&mut self, offset: u64, mask: u8) {
        self.bytes[offset as usize] ^= mask;
    }

    /// Appends bytes as they are.
    pub fn append_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }
}
