//! Commit frames: each names a root, and the commit before it.
//!
//! ```text
//!   0   8  magic
//!   8   4  length of the frame with its checksum, u32 LE
//!  12   4  zeros
//!  16   8  sequence, from 1, u64 LE
//!  24   8  offset of the previous commit frame, 0 for none, u64 LE
//!  32   8  tail start: where this commit's own nodes begin, u64 LE
//!  40   8  time in milliseconds since 1970, i64 LE
//!  48   8  root offset, u64 LE
//!  56  32  root hash; zeros for the empty tree
//!  88   4  root level, u32 LE
//!  92   4  root frame length, u32 LE
//!  96   8  records, u64 LE
//! 104   8  nodes reachable from the root, u64 LE
//! 112   8  bytes of their frames, u64 LE
//! 120      varint length and label; varint length and schema; varint length (0 or 32) and contract hash
//!      32  blake3 of all before
//!          zeros to the end of the page
//! ```

use crate::dialect::PAGE;
use crate::error::Error;
use crate::hash::NodeHash;
use crate::level::MAX_LEVEL;
use crate::node::{Extent, Link, push_varint, take_varint};
use crate::storage::ReadAt;

/// The longest label, in bytes.
pub const MAX_LABEL: usize = 1024;
/// The longest schema, in bytes.
pub const MAX_SCHEMA: usize = 64 << 10;

/// The first bytes of a commit frame. As a length prefix they would be longer than any frame.
pub(crate) const COMMIT_MAGIC: [u8; 8] = *b"\x0c\x99\x9e\xffCMIT";

const FIXED: usize = 120;
const CHECKSUM: usize = 32;
const MAX_LENGTH: usize = FIXED + MAX_LABEL + MAX_SCHEMA + 32 + 3 * 10 + CHECKSUM;

/// A persisted root with its metadata.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Where the commit frame begins in the file, in bytes.
    pub offset: u64,
    /// Counts the file's commits from 1.
    pub sequence: u64,
    /// Where the frame of the commit before is.
    pub previous: Option<u64>,
    /// Where the nodes begin that were written for this commit; they end at the frame.
    pub tail_start: u64,
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    /// What its maker said of it.
    pub label: String,
    /// The root; [`Link::EMPTY`] for the empty tree.
    pub root: Link,
    /// What can be reached from the root.
    pub totals: Totals,
    /// The types of keys and values, as the writer's program wrote them down.
    pub schema: Option<Vec<u8>>,
    /// The hash of the sync contract that the records follow.
    pub contract: Option<[u8; 32]>,
}

/// How many nodes a tree has, and how many bytes their frames take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// Nodes.
    pub nodes: u64,
    /// Bytes of their frames. What else is in the file is dead, padding, or of other commits.
    pub bytes: u64,
}

impl Commit {
    /// How many records the tree holds.
    pub fn records(&self) -> u64 {
        self.root.extent.map_or(0, |extent| extent.records)
    }

    /// The bytes of the frame, padded to whole pages.
    ///
    /// # Errors
    /// [`Error::Limit`] if label or schema are too long.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, Error> {
        let limit = |what, found: usize, most: usize| match found > most {
            true => Err(Error::Limit { what, found: found as u64, most: most as u64 }),
            false => Ok(()),
        };
        let schema = self.schema.as_deref().unwrap_or_default();
        limit("a label length", self.label.len(), MAX_LABEL)?;
        limit("a schema length", schema.len(), MAX_SCHEMA)?;
        let extent = self.root.extent.unwrap_or(Extent { level: 0, length: 0, records: 0 });
        let mut bytes = COMMIT_MAGIC.to_vec();
        bytes.extend_from_slice(&[0; 8]);
        for field in [self.sequence, self.previous.unwrap_or(0), self.tail_start, self.time_ms as u64, self.root.offset]
        {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        bytes.extend_from_slice(self.root.hash.as_bytes());
        bytes.extend_from_slice(&u32::from(extent.level).to_le_bytes());
        bytes.extend_from_slice(&extent.length.to_le_bytes());
        for field in [extent.records, self.totals.nodes, self.totals.bytes] {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        for part in [self.label.as_bytes(), schema, self.contract.as_ref().map_or(&[], |hash| hash.as_slice())] {
            push_varint(&mut bytes, part.len() as u64);
            bytes.extend_from_slice(part);
        }
        let length = ((bytes.len() + CHECKSUM) as u32).to_le_bytes();
        bytes.iter_mut().skip(8).zip(length).for_each(|(to, from)| *to = from);
        let checksum = blake3::hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(PAGE as usize), 0);
        Ok(bytes)
    }

    /// Reads the commit frame at `offset`: one read of a page, or two.
    ///
    /// # Errors
    /// [`Error::Commit`] if there is none that holds, [`Error::Io`].
    pub fn read(storage: &dyn ReadAt, offset: u64) -> Result<Self, Error> {
        let wrong = |expected: &str, found: String| Error::Commit { offset, expected: expected.into(), found };
        if offset == 0 || !offset.is_multiple_of(PAGE) {
            return Err(wrong("an offset of a whole number of pages", offset.to_string()));
        }
        let mut bytes = vec![0; PAGE as usize];
        let read = storage.read_up_to(offset, &mut bytes).map_err(Error::io("read a commit"))?;
        if !bytes.starts_with(&COMMIT_MAGIC) {
            return Err(wrong("the magic of a commit frame", "other bytes".into()));
        }
        let mut fields = Fields { rest: bytes.get(8..).unwrap_or_default() };
        let length = fields.u32() as usize;
        if !(FIXED + 3 + CHECKSUM..=MAX_LENGTH).contains(&length) {
            return Err(wrong("the length of a commit frame", length.to_string()));
        }
        let mut filled = read;
        if length > read {
            bytes.resize(length, 0);
            let rest = bytes.get_mut(read..).unwrap_or_default();
            filled += storage.read_up_to(offset + read as u64, rest).map_err(Error::io("read a commit"))?;
        }
        if filled < length {
            return Err(wrong("a whole commit frame", "the end of the file".into()));
        }
        bytes.truncate(length);
        let (content, checksum) = bytes.split_at_checked(length - CHECKSUM).unwrap_or_default();
        if blake3::hash(content).as_bytes().as_slice() != checksum {
            return Err(wrong("a frame whose checksum holds", "another checksum".into()));
        }
        Self::decode(offset, content).ok_or_else(|| wrong("the fields of a commit frame", "other fields".into()))
    }

    fn decode(offset: u64, content: &[u8]) -> Option<Self> {
        let mut fields = Fields { rest: content.get(16..)? };
        let sequence = fields.u64();
        let previous = Some(fields.u64()).filter(|previous| *previous > 0);
        let (tail_start, time_ms) = (fields.u64(), fields.u64() as i64);
        let root_offset = fields.u64();
        let hash = NodeHash::from(fields.array::<32>());
        let level = u8::try_from(fields.u32()).ok().filter(|level| *level <= MAX_LEVEL)?;
        let length = fields.u32();
        let records = fields.u64();
        let totals = Totals { nodes: fields.u64(), bytes: fields.u64() };
        let label = String::from_utf8(fields.part()?.to_vec()).ok()?;
        let schema = Some(fields.part()?.to_vec()).filter(|schema| !schema.is_empty());
        let contract = match fields.part()? {
            [] => None,
            hash => Some(hash.try_into().ok()?),
        };
        let root = if hash.is_empty() {
            Link::EMPTY
        } else {
            Link { offset: root_offset, hash, extent: Some(Extent { level, length, records }) }
        };
        // What comes after must stand after.
        let in_order = previous.is_none_or(|previous| previous < offset) && tail_start <= offset;
        let sound = in_order && root.offset < offset && sequence > 0 && fields.rest.is_empty();
        sound.then_some(Self { offset, sequence, previous, tail_start, time_ms, label, root, totals, schema, contract })
    }

    /// Where the page after the frame begins.
    pub fn end(&self) -> u64 {
        let parts =
            self.label.len() + self.schema.as_ref().map_or(0, Vec::len) + self.contract.map_or(0, |hash| hash.len());
        let varints: usize = [self.label.len(), self.schema.as_ref().map_or(0, Vec::len), 32]
            .into_iter()
            .map(|length| {
                let mut bytes = Vec::new();
                push_varint(&mut bytes, length as u64);
                bytes.len()
            })
            .sum();
        self.offset + ((FIXED + parts + varints + CHECKSUM) as u64).next_multiple_of(PAGE)
    }
}

struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn array<const N: usize>(&mut self) -> [u8; N] {
        let Some((field, rest)) = self.rest.split_first_chunk::<N>() else { return [0; N] };
        self.rest = rest;
        *field
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let (length, varint) = take_varint(self.rest)?;
        let (part, rest) = self.rest.get(varint..)?.split_at_checked(usize::try_from(length).ok()?)?;
        self.rest = rest;
        Some(part)
    }
}
