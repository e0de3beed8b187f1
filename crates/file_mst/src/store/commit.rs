//! Commit frames: each names a root, and the previous commit.
//!
//! ```text
//!   0   8  magic
//!   8   4  length of the frame with its checksum, u32 LE
//!  12   4  flags, u32 LE: zero
//!  16  16  file id: that of page 0
//!  32   8  sequence, from 1, u64 LE
//!  40   8  offset of the previous commit frame, 0 for none, u64 LE
//!  48   8  tail start: where this commit's own nodes begin, u64 LE
//!  56   8  time in milliseconds since 1970, i64 LE
//!  64   8  root offset, u64 LE
//!  72  32  root hash; zeros for the empty tree
//! 104   4  root level, u32 LE
//! 108   4  root frame length, u32 LE
//! 112   8  records, u64 LE
//! 120   8  nodes reachable from the root, u64 LE
//! 128   8  bytes of their frames, u64 LE
//! 136      varint length and label; varint length and schema; varint length (0 or 32) and contract hash;
//!          varint length of all notes, and for each: varint length and name, varint length and value
//!      32  blake3 of the file id, the frame's own offset as u64 LE, and all bytes of the frame up to here
//!          zeros to the end of the page
//! ```

use std::collections::BTreeMap;

use crate::error::Error;
use crate::node::dialect::PAGE;
use crate::node::hash::NodeHash;
use crate::node::level::MAX_LEVEL;
use crate::node::{Link, SubtreeSummary, push_varint, take_varint, varint_length};
use crate::storage::ReadAt;
use crate::store::FileId;

/// The longest label, in bytes.
pub const MAX_LABEL: usize = 1024;
/// The longest schema, in bytes.
pub const MAX_SCHEMA: usize = 64 << 10;
/// The longest name of a note, in bytes.
pub const MAX_NOTE_NAME: usize = 64;
/// The most bytes that the notes of a commit take in its frame, including the lengths of names and values.
pub const MAX_NOTES: usize = 1 << 20;

/// The first bytes of a commit frame. As a length prefix they would be longer than any frame.
pub(crate) const COMMIT_MAGIC: [u8; 8] = *b"\x0c\x99\x9e\xffCMIT";

const FIXED: usize = 136;
const CHECKSUM: usize = 32;
/// The number of parts of variable length after the fixed fields, each after its length.
const PARTS: usize = 4;
const MIN_LENGTH: usize = FIXED + PARTS + CHECKSUM;
/// The length of a part takes at most three bytes.
pub(super) const MAX_LENGTH: usize = FIXED + MAX_LABEL + MAX_SCHEMA + 32 + MAX_NOTES + 3 * PARTS + CHECKSUM;

/// A persisted root with its metadata.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Where the commit frame begins in the file, in bytes.
    pub offset: u64,
    /// The id of the file that it belongs to.
    pub file_id: FileId,
    /// The number of the commit; the first has 1.
    pub sequence: u64,
    /// The offset of the previous commit's frame.
    pub previous: Option<u64>,
    /// Where the nodes begin that were written for this commit; they end at the frame.
    pub tail_start: u64,
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    /// A description given by the writer.
    pub label: String,
    /// The root; [`Link::EMPTY`] for the empty tree.
    pub root: Link,
    /// Nodes and bytes that are reachable from the root.
    pub totals: Totals,
    /// The types of keys and values, as the writing program stated them.
    pub schema: Option<Vec<u8>>,
    /// The hash of the sync contract that the records follow.
    pub contract: Option<[u8; 32]>,
    /// Further facts about this commit, by name, such as the version of the time zone database that its records were
    /// made with. Each commit states its own.
    pub notes: BTreeMap<String, Vec<u8>>,
}

/// The number of a tree's nodes, and the bytes of their frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// Nodes.
    pub nodes: u64,
    /// Bytes of their frames. The other bytes of the file are dead, padding, or part of other commits.
    pub bytes: u64,
}

impl Commit {
    /// The number of records in the tree.
    pub fn records(&self) -> u64 {
        self.root.summary.map_or(0, |summary| summary.records)
    }

    /// The bytes of the frame, padded to whole pages.
    ///
    /// # Errors
    /// [`Error::Limit`] if label, schema or notes are too long.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, Error> {
        let schema = self.schema.as_deref().unwrap_or_default();
        limit("a label length", self.label.len(), MAX_LABEL)?;
        limit("a schema length", schema.len(), MAX_SCHEMA)?;
        let notes = encode_notes(&self.notes)?;
        let summary = self.root.summary.unwrap_or(SubtreeSummary { level: 0, length: 0, records: 0 });
        let mut bytes = COMMIT_MAGIC.to_vec();
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(self.file_id.as_bytes());
        for field in [self.sequence, self.previous.unwrap_or(0), self.tail_start, self.time_ms as u64, self.root.offset]
        {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        bytes.extend_from_slice(self.root.hash.as_bytes());
        bytes.extend_from_slice(&u32::from(summary.level).to_le_bytes());
        bytes.extend_from_slice(&summary.length.to_le_bytes());
        for field in [summary.records, self.totals.nodes, self.totals.bytes] {
            bytes.extend_from_slice(&field.to_le_bytes());
        }
        let contract = self.contract.as_ref().map_or(&[][..], |hash| hash.as_slice());
        for part in [self.label.as_bytes(), schema, contract, &notes] {
            push_part(&mut bytes, part);
        }
        let length = ((bytes.len() + CHECKSUM) as u32).to_le_bytes();
        bytes.iter_mut().skip(8).zip(length).for_each(|(to, from)| *to = from);
        let checksum = checksum(self.file_id, self.offset, &bytes);
        bytes.extend_from_slice(&checksum);
        bytes.resize(bytes.len().next_multiple_of(PAGE as usize), 0);
        Ok(bytes)
    }

    /// Reads the commit frame at `offset`: one read of a page, or two.
    ///
    /// # Errors
    /// [`Error::Commit`] if there is no sound commit frame; [`Error::Io`].
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
        if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
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
        let id = FileId::from(Fields { rest: content.get(16..).unwrap_or_default() }.array());
        if self::checksum(id, offset, content) != checksum {
            return Err(wrong("a frame whose checksum holds", "another checksum".into()));
        }
        Self::decode(offset, content).ok_or_else(|| wrong("the fields of a commit frame", "other fields".into()))
    }

    fn decode(offset: u64, content: &[u8]) -> Option<Self> {
        let mut fields = Fields { rest: content.get(12..)? };
        // I2: the meaning of flags is unknown, so a commit with any is refused.
        let flags = fields.u32();
        let file_id = FileId::from(fields.array());
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
        let notes = decode_notes(fields.part()?)?;
        let root = if hash.is_empty() {
            Link::EMPTY
        } else {
            Link { offset: root_offset, hash, summary: Some(SubtreeSummary { level, length, records }) }
        };
        // Everything that the commit refers to was written before it (I3, I4).
        let in_order = previous.is_none_or(|previous| previous < offset) && tail_start <= offset;
        let root_length = root.summary.map_or(0, |summary| u64::from(summary.length));
        let root_before = root.is_empty() || root.offset >= PAGE && root.offset.checked_add(root_length)? <= offset;
        let sound = in_order && root_before && sequence > 0 && flags == 0 && fields.rest.is_empty();
        sound.then_some(Self {
            offset,
            file_id,
            sequence,
            previous,
            tail_start,
            time_ms,
            label,
            root,
            totals,
            schema,
            contract,
            notes,
        })
    }

    /// Whether this is the commit that follows `last`, or without `last` the first one, in the file `id`.
    pub(super) fn continues(&self, last: Option<&Self>, id: FileId) -> bool {
        self.file_id == id
            && self.previous == last.map(|last| last.offset)
            && self.sequence == last.map_or(1, |last| last.sequence.saturating_add(1))
            && self.tail_start == last.map_or(PAGE, Self::end)
    }

    /// Where the page after the frame begins.
    pub fn end(&self) -> u64 {
        let schema = self.schema.as_ref().map_or(0, Vec::len);
        let contract = self.contract.map_or(0, |hash| hash.len());
        let parts = [self.label.len(), schema, contract, notes_length(&self.notes)].map(part_length);
        self.offset + ((FIXED + parts.iter().sum::<usize>() + CHECKSUM) as u64).next_multiple_of(PAGE)
    }
}

/// Whether a file of `len` bytes ends before the commit frame at `offset` does, as far as the length of that is known.
pub(super) fn cut_off(storage: &dyn ReadAt, offset: u64, len: u64) -> Result<bool, Error> {
    let mut bytes = [0; 12];
    let read = storage.read_up_to(offset, &mut bytes).map_err(Error::io("read a commit"))?;
    let length = Fields { rest: bytes.get(8..read).unwrap_or_default() }.u32() as usize;
    let is_length = bytes.starts_with(&COMMIT_MAGIC) && (MIN_LENGTH..=MAX_LENGTH).contains(&length);
    let least = if is_length { length as u64 } else { 1 };
    Ok(offset.saturating_add(least.next_multiple_of(PAGE)) > len)
}

/// Refuses notes that exceed the limits of a commit.
///
/// # Errors
/// [`Error::Limit`].
pub(crate) fn check_notes(notes: &BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
    for name in notes.keys() {
        limit("a length of the name of a note", name.len(), MAX_NOTE_NAME)?;
    }
    limit("a length of all notes", notes_length(notes), MAX_NOTES)
}

fn limit(what: &'static str, found: usize, most: usize) -> Result<(), Error> {
    match found > most {
        true => Err(Error::Limit { what, found: found as u64, most: most as u64 }),
        false => Ok(()),
    }
}

fn checksum(id: FileId, offset: u64, content: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(id.as_bytes()).update(&offset.to_le_bytes()).update(content);
    hasher.finalize().into()
}

fn push_part(to: &mut Vec<u8>, part: &[u8]) {
    push_varint(to, part.len() as u64);
    to.extend_from_slice(part);
}

/// The number of bytes of a part of `length`, including its length prefix.
fn part_length(length: usize) -> usize {
    varint_length(length as u64) + length
}

fn notes_length(notes: &BTreeMap<String, Vec<u8>>) -> usize {
    notes.iter().map(|(name, value)| part_length(name.len()) + part_length(value.len())).sum()
}

fn encode_notes(notes: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Error> {
    check_notes(notes)?;
    let mut bytes = Vec::with_capacity(notes_length(notes));
    for (name, value) in notes {
        push_part(&mut bytes, name.as_bytes());
        push_part(&mut bytes, value);
    }
    Ok(bytes)
}

/// `None` unless the names are of an allowed length and ascend (I2).
fn decode_notes(bytes: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut fields = Fields { rest: bytes };
    let mut notes = BTreeMap::new();
    if bytes.len() > MAX_NOTES {
        return None;
    }
    while !fields.rest.is_empty() {
        let name = std::str::from_utf8(fields.part()?).ok().filter(|name| name.len() <= MAX_NOTE_NAME)?;
        let ascends = notes.last_key_value().is_none_or(|(before, _): (&String, _)| before.as_str() < name);
        if !ascends {
            return None;
        }
        notes.insert(name.to_owned(), fields.part()?.to_vec());
    }
    Some(notes)
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

#[cfg(test)]
mod tests {
    use super::*;

    const AT: u64 = 8 * PAGE;

    fn commit() -> Commit {
        let summary = SubtreeSummary { level: 3, length: 1000, records: 77 };
        Commit {
            offset: AT,
            file_id: [7; 16].into(),
            sequence: 5,
            previous: Some(3 * PAGE),
            tail_start: 4 * PAGE,
            time_ms: -5,
            label: "a label".into(),
            root: Link { offset: AT - 1000, hash: [9; 32].into(), summary: Some(summary) },
            totals: Totals { nodes: 12, bytes: 3456 },
            schema: Some(b"{key: u8, value: u8}".to_vec()),
            contract: Some([4; 32]),
            notes: [("tzdb".to_owned(), b"2026b".to_vec()), ("rows".to_owned(), Vec::new())].into(),
        }
    }

    /// Reads a commit back from its own offset.
    fn read(commit: &Commit) -> Result<Commit, Error> {
        let mut file = vec![0; commit.offset as usize];
        file.extend(commit.encode().unwrap());
        Commit::read(&file, commit.offset)
    }

    #[test]
    fn an_encoded_commit_is_read_back_and_ends_where_it_says() {
        let mut long = commit();
        long.notes.insert("long".into(), vec![1; MAX_NOTES - 100]);
        long.schema = Some(vec![b'x'; MAX_SCHEMA]);
        let bare = Commit {
            label: String::new(),
            root: Link::EMPTY,
            schema: None,
            contract: None,
            notes: BTreeMap::new(),
            previous: None,
            ..commit()
        };
        for commit in [commit(), long, bare] {
            assert_eq!(commit.encode().unwrap().len() as u64, commit.end() - commit.offset);
            assert_eq!(read(&commit).unwrap(), commit);
        }
    }

    /// Impossible fields are refused although the checksum holds.
    #[test]
    fn a_commit_refers_only_to_what_stands_before_it() {
        let with = |change: fn(&mut Commit)| {
            let mut commit = commit();
            change(&mut commit);
            read(&commit)
        };
        assert!(with(|_| {}).is_ok());
        assert!(with(|commit| commit.previous = Some(AT - PAGE)).is_ok());
        assert!(with(|commit| commit.previous = Some(AT)).is_err());
        assert!(with(|commit| commit.previous = Some(AT + PAGE)).is_err());
        assert!(with(|commit| commit.sequence = 0).is_err());
        assert!(with(|commit| commit.tail_start = AT).is_ok());
        assert!(with(|commit| commit.tail_start = AT + PAGE).is_err());
        assert!(with(|commit| commit.root.offset = AT - 999).is_err());
        assert!(with(|commit| commit.root.offset = AT).is_err());
        assert!(with(|commit| commit.root.offset = PAGE - 1).is_err());
        assert!(with(|commit| commit.root.offset = u64::MAX).is_err());
    }

    #[test]
    fn a_frame_is_sound_only_in_its_file_at_its_place_and_with_all_its_bytes() {
        let frame = commit().encode().unwrap();
        let length = u32::from_le_bytes(frame[8..12].try_into().unwrap()) as usize;
        let mut file = vec![0; AT as usize];
        file.extend(&frame);
        file.extend(&frame);
        assert!(Commit::read(&file, AT).is_ok());
        assert!(Commit::read(&file, AT + PAGE).is_err(), "at another place");
        assert!(Commit::read(&file, AT + 1).is_err(), "at no page");
        for bit in 0..8 * length {
            let mut damaged = file.clone();
            damaged[AT as usize + bit / 8] ^= 1 << (bit % 8);
            assert!(Commit::read(&damaged, AT).is_err(), "bit {bit}");
        }
        let mut flagged = frame[..length - CHECKSUM].to_vec();
        flagged[12] = 1;
        let checksum = checksum([7; 16].into(), AT, &flagged);
        file.truncate(AT as usize);
        file.extend(flagged.into_iter().chain(checksum));
        assert!(Commit::read(&file, AT).is_err(), "with a flag");
    }

    #[test]
    fn notes_are_checked_against_their_limits() {
        let notes = |name: usize, value: usize| [("n".repeat(name), vec![0; value])].into();
        assert!(check_notes(&notes(MAX_NOTE_NAME, 5)).is_ok());
        assert!(check_notes(&notes(MAX_NOTE_NAME + 1, 5)).is_err());
        assert!(check_notes(&notes(1, MAX_NOTES - 5)).is_ok());
        assert!(check_notes(&notes(1, MAX_NOTES)).is_err());
        // The checks of a reader.
        let part = |name: &str| {
            let mut bytes = Vec::new();
            push_part(&mut bytes, name.as_bytes());
            push_part(&mut bytes, b"value");
            bytes
        };
        assert!(decode_notes(&[part("a"), part("b")].concat()).is_some());
        assert!(decode_notes(&[part("b"), part("a")].concat()).is_none());
        assert!(decode_notes(&[part("a"), part("a")].concat()).is_none());
        assert!(decode_notes(&part(&"n".repeat(MAX_NOTE_NAME + 1))).is_none());
        assert!(decode_notes(&[part("a"), vec![1]].concat()).is_none());
    }
}
