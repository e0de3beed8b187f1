//! Keys that a build left out, as its commit notes them.
//!
//! A row that breaks the contract, or that shares its key with another one, has no record in the tree, or only the
//! older one of an earlier build. A comparison must take such a key neither for missing nor for equal.

use std::collections::BTreeMap;

use crate::node::{push_varint, take_varint};

/// The name of the note that lists the keys a build left out.
pub const LEFT_OUT_NOTE: &str = "left_out";
/// The most bytes of the list. A commit has room for more, which is left to other notes.
const MAX_LIST: usize = 900 << 10;
/// The most bytes of the keys of a list, with shared prefixes counted for each key: a short note must not fill the
/// memory.
const MAX_KEY_BYTES: usize = 64 << 20;
const VERSION: u64 = 1;

/// The reason why a key was not compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum WhyLeftOut {
    /// Its row breaks the contract.
    BreaksContract,
    /// Several rows have this key.
    Duplicate,
    /// No row with this key was seen, but some rows have unreadable keys: it may be one of them.
    NotSeen,
    /// It is not listed, but may be one of the keys that were left out without being listed.
    NotListed,
}

impl WhyLeftOut {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::BreaksContract => "breaks_contract",
            Self::Duplicate => "duplicate",
            Self::NotSeen => "not_seen",
            Self::NotListed => "not_listed",
        }
    }

    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::BreaksContract => "its row breaks the contract",
            Self::Duplicate => "several rows have this key",
            Self::NotSeen => "no row of it was seen, and the keys of some rows could not be read",
            Self::NotListed => "it may be a row that was left out and whose key is not known",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::BreaksContract => 1,
            Self::Duplicate => 2,
            Self::NotSeen => 3,
            Self::NotListed => 4,
        }
    }

    fn of_code(code: u8) -> Option<Self> {
        [Self::BreaksContract, Self::Duplicate, Self::NotSeen].into_iter().find(|why| why.code() == code)
    }
}

/// The keys that a build left out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LeftOut {
    /// The listed keys, in ascending order: all of them, or the first ones.
    listed: Vec<(Vec<u8>, WhyLeftOut)>,
    /// The number of keys, listed or not.
    keys: u64,
    /// The number of rows that were left out and whose key could not be read.
    rows_without_key: u64,
    /// The number of these keys for which the tree keeps an older record.
    kept: u64,
    /// The bytes of the list.
    bytes: usize,
    /// The bytes of its keys.
    key_bytes: usize,
}

impl LeftOut {
    /// The value for a build whose note cannot be read: any key may have been left out.
    fn unknown() -> Self {
        Self { keys: 1, rows_without_key: 1, kept: 1, ..Self::default() }
    }

    /// Reads the notes of a commit; `None` if nothing was left out. If the note cannot be read, any key may have been.
    pub fn of(notes: &BTreeMap<String, Vec<u8>>) -> Option<Self> {
        let note = notes.get(LEFT_OUT_NOTE)?;
        Some(Self::decode(note).unwrap_or_else(Self::unknown))
    }

    /// Adds a key, which is greater than all before it; `kept` if the tree keeps an older record of it.
    pub fn push(&mut self, key: &[u8], why: WhyLeftOut, kept: bool) {
        self.keys += 1;
        self.kept += u64::from(kept);
        let last = self.listed.last().map_or(&[][..], |(last, _)| last);
        let bytes = entry(last, key, why).len();
        // A key that does not fit ends the list, so that the list is complete up to its last key.
        let fits = self.bytes + bytes <= MAX_LIST && self.key_bytes + key.len() <= MAX_KEY_BYTES;
        if self.is_listing() && fits {
            self.bytes += bytes;
            self.key_bytes += key.len();
            self.listed.push((key.to_vec(), why));
        }
    }

    /// Whether all keys before the current one were listed.
    fn is_listing(&self) -> bool {
        self.listed.len() as u64 + 1 == self.keys
    }

    /// Counts rows whose key could not be read.
    pub fn add_rows_without_key(&mut self, rows: u64) {
        self.rows_without_key += rows;
    }

    /// Writes these keys into the notes of a commit, replacing those that are there.
    pub fn put_into(&self, notes: &mut BTreeMap<String, Vec<u8>>) {
        match self.is_empty() {
            true => notes.remove(LEFT_OUT_NOTE),
            false => notes.insert(LEFT_OUT_NOTE.to_owned(), self.encode()),
        };
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.keys == 0 && self.rows_without_key == 0
    }

    /// The listed keys, in ascending order.
    pub fn listed(&self) -> &[(Vec<u8>, WhyLeftOut)] {
        &self.listed
    }

    /// The number of keys that were left out.
    pub fn keys(&self) -> u64 {
        self.keys
    }

    /// The number of rows that were left out and whose key could not be read.
    pub fn rows_without_key(&self) -> u64 {
        self.rows_without_key
    }

    /// The number of these keys for which the tree keeps an older record.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// The number of keys that were left out and are not listed.
    pub fn unlisted(&self) -> u64 {
        self.keys.saturating_sub(self.listed.len() as u64)
    }

    /// The reason why a key was left out, if it is listed.
    pub fn why(&self, key: &[u8]) -> Option<WhyLeftOut> {
        let at = self.listed.binary_search_by(|(listed, _)| listed.as_slice().cmp(key)).ok()?;
        self.listed.get(at).map(|(_, why)| *why)
    }

    /// Removes a key from the list, because it has a current record now.
    pub fn remove(&mut self, key: &[u8]) {
        if let Ok(at) = self.listed.binary_search_by(|(listed, _)| listed.as_slice().cmp(key)) {
            self.listed.remove(at);
            self.keys -= 1;
            self.kept = self.kept.min(self.keys);
        }
    }

    /// Whether a key that is not listed may have been left out. `None` stands for a key that cannot be compared with
    /// the listed ones.
    pub(super) fn may_hide(&self, key: Option<&[u8]>) -> bool {
        // The list is complete up to its last key.
        let is_after = || self.listed.last().is_none_or(|(last, _)| key.is_none_or(|key| key > last.as_slice()));
        self.unlisted() > 0 && is_after()
    }

    /// Whether a key without a record may belong to a row that was left out.
    pub(super) fn may_lack(&self, key: Option<&[u8]>) -> bool {
        self.rows_without_key > 0 || self.may_hide(key)
    }

    /// Whether a record may be older than the rows that the tree was built from, though its key is not listed.
    pub(super) fn may_be_old(&self, key: Option<&[u8]>) -> bool {
        self.kept > 0 && self.may_hide(key)
    }

    /// The bytes of the note.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.bytes + 40);
        for number in [VERSION, self.keys, self.rows_without_key, self.kept] {
            push_varint(&mut bytes, number);
        }
        let mut last: &[u8] = &[];
        for (key, why) in &self.listed {
            bytes.extend(entry(last, key, *why));
            last = key;
        }
        bytes
    }

    /// Reads the bytes of a note; `None` if they are malformed.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut number = || {
            let (number, length) = take_varint(rest)?;
            rest = rest.get(length..)?;
            Some(number)
        };
        let (version, keys, rows_without_key, kept) = (number()?, number()?, number()?, number()?);
        if version != VERSION {
            return None;
        }
        let mut found = Self { keys, rows_without_key, kept, bytes: rest.len(), ..Self::default() };
        while !rest.is_empty() {
            let (shared, length) = take_varint(rest)?;
            rest = rest.get(length..)?;
            let (more, length) = take_varint(rest)?;
            rest = rest.get(length..)?;
            let (suffix, after) = rest.split_at_checked(usize::try_from(more).ok()?)?;
            let (code, after) = after.split_first()?;
            let last = found.listed.last().map_or(&[][..], |(last, _)| last);
            let prefix = last.get(..usize::try_from(shared).ok()?)?;
            found.key_bytes += prefix.len() + suffix.len();
            if found.key_bytes > MAX_KEY_BYTES {
                return None;
            }
            let key = [prefix, suffix].concat();
            let ascends = found.listed.last().is_none_or(|(last, _)| *last < key);
            found.listed.push((key, WhyLeftOut::of_code(*code).filter(|_| ascends)?));
            rest = after;
        }
        (found.listed.len() as u64 <= keys && kept <= keys).then_some(found)
    }
}

/// A key as the list stores it: the number of bytes that it shares with the previous key, the number of bytes that
/// follow, these bytes, and the reason.
fn entry(last: &[u8], key: &[u8], why: WhyLeftOut) -> Vec<u8> {
    let shared = last.iter().zip(key).take_while(|(a, b)| a == b).count();
    let suffix = key.get(shared..).unwrap_or_default();
    let mut bytes = Vec::with_capacity(suffix.len() + 8);
    push_varint(&mut bytes, shared as u64);
    push_varint(&mut bytes, suffix.len() as u64);
    bytes.extend_from_slice(suffix);
    bytes.push(why.code());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_no_change_of_it_panics() {
        let mut left_out = LeftOut::default();
        for (key, why) in
            [(&b""[..], WhyLeftOut::Duplicate), (b"a", WhyLeftOut::NotSeen), (b"ab", WhyLeftOut::BreaksContract)]
        {
            left_out.push(key, why, key == b"a");
        }
        left_out.add_rows_without_key(300);
        let bytes = left_out.encode();
        let read = LeftOut::decode(&bytes).unwrap();
        assert_eq!((read.listed(), read.keys(), read.kept(), read.rows_without_key()), (left_out.listed(), 3, 1, 300));
        assert_eq!(read.why(b"ab"), Some(WhyLeftOut::BreaksContract));
        assert_eq!(read.why(b"b"), None);
        for at in 0..bytes.len() {
            let _ = LeftOut::decode(&bytes[..at]);
            for byte in 0..=255 {
                let mut changed = bytes.clone();
                changed[at] = byte;
                let _ = LeftOut::decode(&changed);
            }
        }
        let notes = BTreeMap::from([(LEFT_OUT_NOTE.to_owned(), vec![9])]);
        let unknown = LeftOut::of(&notes).unwrap();
        let any = Some(&b"any"[..]);
        assert!(unknown.may_hide(any) && unknown.may_lack(any) && unknown.may_be_old(any));
    }

    /// Each key shares a long prefix with the previous one: it takes a few bytes in the note, and all of them in
    /// memory.
    #[test]
    fn the_memory_of_a_list_is_bounded() {
        let mut left_out = LeftOut::default();
        let key = |n: u32| [&[b'k'; 60_000][..], &n.to_be_bytes()].concat();
        (0..2000).for_each(|n| left_out.push(&key(n), WhyLeftOut::Duplicate, false));
        assert!(left_out.unlisted() > 0 && left_out.encode().len() < MAX_LIST);
        assert_eq!(LeftOut::decode(&left_out.encode()), Some(left_out.clone()));
        // The same list with all of its keys takes only a few kilobytes too, but is refused.
        let mut bytes = Vec::new();
        [VERSION, 2000, 0, 0].into_iter().for_each(|number| push_varint(&mut bytes, number));
        let mut last = Vec::new();
        for n in 0..2000 {
            bytes.extend(entry(&last, &key(n), WhyLeftOut::Duplicate));
            last = key(n);
        }
        assert_eq!(LeftOut::decode(&bytes), None);
    }

    #[test]
    fn a_list_that_does_not_fit_is_complete_up_to_its_last_key() {
        let mut left_out = LeftOut::default();
        let key = |n: u64| [&n.to_be_bytes()[..], &[7; 200]].concat();
        for n in 0..10_000 {
            left_out.push(&key(n), WhyLeftOut::BreaksContract, false);
        }
        assert!(left_out.unlisted() > 0 && left_out.encode().len() <= MAX_LIST + 40);
        let read = LeftOut::decode(&left_out.encode()).unwrap();
        assert_eq!((read.keys(), read.unlisted()), (10_000, left_out.unlisted()));
        let (first, last) = (key(0), key(9999));
        assert!(!read.may_hide(Some(&first)) && read.may_hide(Some(&last)) && read.may_lack(Some(&last)));
        assert!(!read.may_be_old(Some(&last)), "no older record was kept");
    }
}
