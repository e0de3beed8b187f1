//! A tree as a value, and the bytes of its nodes.

use crate::published::{Hash, ZERO_HASH, level};

/// A key and its value.
pub type OwnRecord = (Vec<u8>, Vec<u8>);

/// A node of a tree that is written as a whole.
#[derive(Clone, Debug, Default)]
pub struct OwnNode {
    /// Its level.
    pub level: u8,
    /// Its records, in the order in which they are written.
    pub records: Vec<OwnRecord>,
    /// Its children, one more than records.
    pub children: Vec<Option<OwnNode>>,
    /// False statements of the link to it.
    pub said: Said,
    /// Its check is written wrong.
    pub wrong_check: bool,
    /// It is placed across the end of a page.
    pub across: bool,
    /// Where it was written.
    pub offset: u64,
}

/// The values that a link states instead of the true ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said {
    /// The offset.
    pub offset: Option<u64>,
    /// The hash.
    pub hash: Option<Hash>,
    /// The level.
    pub level: Option<u8>,
    /// The record count.
    pub records: Option<u64>,
    /// The length of the frame.
    pub length: Option<u32>,
}

/// The canonical tree of records that are sorted by key.
pub fn canon(records: &[OwnRecord]) -> Option<OwnNode> {
    let levels: Vec<u8> = records.iter().map(|(key, _)| level(key) as u8).collect();
    subtree(records, &levels)
}

fn subtree(records: &[OwnRecord], levels: &[u8]) -> Option<OwnNode> {
    let level = *levels.iter().max()?;
    let mut node = OwnNode { level, ..OwnNode::default() };
    let mut start = 0;
    for index in (0..records.len()).filter(|index| levels[*index] == level) {
        node.children.push(subtree(&records[start..index], &levels[start..index]));
        node.records.push(records[index].clone());
        start = index + 1;
    }
    node.children.push(subtree(&records[start..], &levels[start..]));
    Some(node)
}

/// A link in its written form.
#[derive(Clone, Copy, Debug)]
pub struct OwnLink {
    /// Where the frame is.
    pub offset: u64,
    /// The hash of the node.
    pub hash: Hash,
    /// Its level.
    pub level: u8,
    /// The records in it and below it.
    pub records: u64,
    /// The length of its frame.
    pub length: u32,
}

impl OwnNode {
    /// How many records it and everything below it hold.
    pub fn count(&self) -> u64 {
        self.records.len() as u64 + self.children.iter().flatten().map(Self::count).sum::<u64>()
    }

    /// Calls `visit` for the node and all below it, each with its depth, parents first.
    pub fn each(&mut self, visit: &mut impl FnMut(&mut Self, usize)) {
        self.each_from(0, visit);
    }

    fn each_from(&mut self, depth: usize, visit: &mut impl FnMut(&mut Self, usize)) {
        visit(self, depth);
        self.children.iter_mut().flatten().for_each(|child| child.each_from(depth + 1, visit));
    }

    /// The node at the end of a path of child indexes.
    pub fn at(&mut self, way: &[usize]) -> &mut Self {
        way.iter().fold(self, |node, index| node.children[*index].as_mut().expect("a child"))
    }

    pub(super) fn hash(&self, links: &[Option<OwnLink>]) -> Hash {
        let mut hashed = u32::from(self.level).to_le_bytes().to_vec();
        hashed.extend((self.records.len() as u64).to_le_bytes());
        for (index, link) in links.iter().enumerate() {
            hashed.extend(link.map_or(ZERO_HASH, |link| link.hash));
            if let Some((key, value)) = self.records.get(index) {
                for field in [key, value] {
                    hashed.extend((field.len() as u64).to_le_bytes());
                    hashed.extend(field);
                }
            }
        }
        blake3::hash(&hashed).into()
    }

    /// The frame of the node, whose hash is `hash`.
    pub(super) fn frame(&self, hash: &Hash, links: &[Option<OwnLink>]) -> Vec<u8> {
        let one_length = |lengths: Vec<usize>| lengths.windows(2).all(|pair| pair[0] == pair[1]);
        let uniform_keys = one_length(self.records.iter().map(|(key, _)| key.len()).collect());
        let uniform_values = one_length(self.records.iter().map(|(_, value)| value.len()).collect());
        let has_links = links.iter().any(Option::is_some);
        let mut body = vec![self.level];
        body.push(u8::from(has_links) | u8::from(uniform_keys) << 1 | u8::from(uniform_values) << 2);
        varint(&mut body, self.records.len() as u64);
        let first = self.records.first().map_or((0, 0), |(key, value)| (key.len(), value.len()));
        if uniform_keys {
            varint(&mut body, first.0 as u64);
        }
        if uniform_values {
            varint(&mut body, first.1 as u64);
        }
        for (uniform, item) in [(uniform_keys, 0), (uniform_values, 1)] {
            for (key, value) in &self.records {
                let item = if item == 0 { key } else { value };
                if !uniform {
                    varint(&mut body, item.len() as u64);
                }
                body.extend(item);
            }
        }
        let mut said = Vec::new();
        if has_links {
            let mut bits = vec![0_u8; links.len().div_ceil(8)];
            for index in (0..links.len()).filter(|index| links[*index].is_some()) {
                bits[index / 8] |= 1 << (index % 8);
            }
            body.extend(&bits);
            said.extend(bits);
            for link in links.iter().flatten() {
                let before = link.offset.to_le_bytes();
                let behind = [&[link.level][..], &link.records.to_le_bytes(), &link.length.to_le_bytes()].concat();
                body.extend(before);
                body.extend(link.hash);
                body.extend(&behind);
                said.extend(before);
                said.extend(behind);
            }
        }
        let mut check = if has_links { blake3::hash(&[&hash[..], &said].concat()).into() } else { *hash };
        if self.wrong_check {
            check[0] ^= 1;
        }
        let length = (8 + body.len()) as u32;
        [&length.to_le_bytes()[..], &check[..8], &body].concat()
    }
}

pub(super) fn varint(to: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}
