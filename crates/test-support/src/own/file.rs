//! Nodes and commits in a file.

use super::node::{OwnLink, OwnNode, varint};
use crate::published::ZERO_HASH;

const PAGE: usize = 4096;
/// The number that each file gets.
pub const FILE_ID: [u8; 16] = *b"a file of a test";

/// A file in memory.
#[derive(Clone, Debug)]
pub struct OwnFile {
    bytes: Vec<u8>,
    sequence: u64,
    previous: u64,
    /// Added to the record count that the next commit states.
    pub wrong_records: u64,
    /// Added to the node count that the next commit states.
    pub wrong_totals: u64,
    /// The sequence number of the next commit, if it should not be the next one.
    pub wrong_sequence: Option<u64>,
    /// The file id in the next commit, if it should not be the file's.
    pub wrong_id: Option<[u8; 16]>,
}

/// The used bytes of page 0 of a file with this number and this hint.
pub fn header(id: &[u8; 16], hint: u64) -> Vec<u8> {
    let mut header = b"\x89MST\r\n\x1a\n".to_vec();
    header.extend(1_u32.to_le_bytes());
    header.extend((PAGE as u32).to_le_bytes());
    header.extend(id);
    let check = blake3::hash(&header);
    header.extend(&check.as_bytes()[..8]);
    header.extend(hint.to_le_bytes());
    let check = blake3::hash(&[&id[..], &hint.to_le_bytes()].concat());
    header.extend(&check.as_bytes()[..8]);
    header
}

/// The content of a commit frame.
#[derive(Clone, Debug)]
pub struct OwnCommit {
    /// Its offset.
    pub offset: u64,
    /// The number of its file.
    pub id: [u8; 16],
    /// Its flags.
    pub flags: u32,
    /// Its number.
    pub sequence: u64,
    /// The offset of the previous commit, 0 for none.
    pub previous: u64,
    /// The offset at which its nodes begin.
    pub tail_start: u64,
    /// Its root, if it has one.
    pub root: Option<OwnLink>,
    /// The number of nodes that it states, and of bytes of nodes.
    pub totals: (u64, u64),
    /// Its label.
    pub label: String,
    /// The bytes of its notes.
    pub notes: Vec<u8>,
}

impl OwnCommit {
    /// An empty tree at `offset`, which begins a file.
    pub fn empty(offset: u64) -> Self {
        Self {
            offset,
            id: FILE_ID,
            flags: 0,
            sequence: 1,
            previous: 0,
            tail_start: PAGE as u64,
            root: None,
            totals: (0, 0),
            label: String::new(),
            notes: Vec::new(),
        }
    }

    /// The frame, whose checksum holds, without the padding of its last page.
    pub fn frame(&self) -> Vec<u8> {
        let root = self.root.unwrap_or(OwnLink { offset: 0, hash: ZERO_HASH, level: 0, records: 0, length: 0 });
        let mut frame = b"\x0c\x99\x9e\xffCMIT\0\0\0\0".to_vec();
        frame.extend(self.flags.to_le_bytes());
        frame.extend(self.id);
        for field in [self.sequence, self.previous, self.tail_start, 1_700_000_000_000, root.offset] {
            frame.extend(field.to_le_bytes());
        }
        frame.extend(root.hash);
        frame.extend(u32::from(root.level).to_le_bytes());
        frame.extend(root.length.to_le_bytes());
        for field in [root.records, self.totals.0, self.totals.1] {
            frame.extend(field.to_le_bytes());
        }
        for part in [self.label.as_bytes(), b"", b"", &self.notes] {
            varint(&mut frame, part.len() as u64);
            frame.extend(part);
        }
        let length = (frame.len() + 32) as u32;
        frame[8..12].copy_from_slice(&length.to_le_bytes());
        let checksum = blake3::hash(&[&self.id[..], &self.offset.to_le_bytes(), &frame].concat());
        frame.extend(checksum.as_bytes());
        frame
    }
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
        let mut file = Self {
            bytes,
            sequence: 0,
            previous: 0,
            wrong_records: 0,
            wrong_totals: 0,
            wrong_sequence: None,
            wrong_id: None,
        };
        file.hint(0);
        file
    }

    /// Writes the hint, with a check that holds.
    pub fn hint(&mut self, hint: u64) {
        self.bytes[..56].copy_from_slice(&header(&FILE_ID, hint));
    }

    /// Appends a tree and its commit; returns the offset of the commit's frame. Each node gets its offset.
    pub fn commit(&mut self, tree: Option<&mut OwnNode>, label: &str) -> u64 {
        let tail_start = self.bytes.len() as u64;
        let mut totals = (self.wrong_totals, 0);
        let root = tree.map(|tree| self.append(tree, &mut totals));
        self.commit_root(tail_start, root, totals, label)
    }

    /// Appends a commit of a root that was written before by [`OwnFile::write_node`], whose nodes begin at
    /// `tail_start`; returns the offset of the commit's frame.
    pub fn commit_root(&mut self, tail_start: u64, root: Option<OwnLink>, totals: (u64, u64), label: &str) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(PAGE), 0);
        let offset = self.bytes.len() as u64;
        self.sequence = self.wrong_sequence.take().unwrap_or(self.sequence + 1);
        let root = root.map(|root| OwnLink { records: root.records + self.wrong_records, ..root });
        let (sequence, previous, label) = (self.sequence, self.previous, label.to_owned());
        let id = self.wrong_id.take().unwrap_or(FILE_ID);
        let commit = OwnCommit { id, sequence, previous, tail_start, root, totals, label, ..OwnCommit::empty(offset) };
        self.bytes.extend(commit.frame());
        self.bytes.resize(self.bytes.len().next_multiple_of(PAGE), 0);
        self.previous = offset;
        self.hint(offset);
        offset
    }

    /// Appends a commit whose nodes each link twice to the next one, down to a leaf: `levels` nodes above the leaf make
    /// 2 to the power of `levels` paths. Returns the offset of the commit's frame.
    pub fn commit_doubled(&mut self, levels: u8) -> u64 {
        let tail_start = self.bytes.len() as u64;
        let mut totals = (0, 0);
        let record = (vec![b'k'], vec![b'v']);
        let mut below = self.append(&mut OwnNode { records: vec![record], ..OwnNode::default() }, &mut totals);
        for level in 1..=levels {
            let node = OwnNode { level, records: vec![(vec![b'a' + level % 26], vec![level])], ..OwnNode::default() };
            let links = [Some(below), Some(below)];
            let hash = node.hash(&links);
            let frame = node.frame(&hash, &links);
            if frame.len() > PAGE - self.bytes.len() % PAGE {
                self.bytes.resize(self.bytes.len().next_multiple_of(PAGE), 0);
            }
            let offset = self.bytes.len() as u64;
            let records = below.records.wrapping_mul(2).wrapping_add(1);
            below = OwnLink { offset, hash, level, records, length: frame.len() as u32 };
            totals = (totals.0 + 1, totals.1 + frame.len() as u64);
            self.bytes.extend(frame);
        }
        self.commit_root(tail_start, Some(below), totals, "doubled")
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

    /// Appends one node with links to any others, which need not form a tree; returns the link to it. Its own children
    /// are left out.
    pub fn write_node(&mut self, node: &mut OwnNode, links: &[Option<OwnLink>]) -> OwnLink {
        let hash = node.hash(links);
        let frame = node.frame(&hash, links);
        let rest = PAGE - self.bytes.len() % PAGE;
        if node.across {
            // This puts its first ten bytes into a page of their own.
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
