//! Pending changes: appended in any order, sorted when one is looked up.
//!
//! A change is a few copied bytes and one entry; insertion compares nothing. A look-up sorts the changes since the last
//! one into a run, and joins runs of similar size, so there are never more than a few runs, and no change is sorted
//! more often than the logarithm of their number.

use std::cmp::Ordering;
use std::thread;

/// Up to this number, unsorted changes are searched one by one.
const SHORT_TAIL: usize = 32;
/// The number of changes that are worth a second thread.
pub(super) const WORTH_A_THREAD: usize = 1 << 14;
/// The length of a removed record's value in an entry.
const REMOVED: u32 = u32::MAX;

/// The pending change of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found<'a> {
    /// It gets this value.
    Value(&'a [u8]),
    /// It is removed.
    Removed,
    /// There is no change.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The first bytes of the key, which decide most comparisons.
    head: u64,
    /// Where the key begins in the bytes; the value follows. A later change stands further on.
    at: u32,
    key: u32,
    value: u32,
}

/// Pending changes.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// The ends of the sorted runs: run i is `runs[i - 1]..runs[i]`; the entries after the last run are unsorted.
    runs: Vec<usize>,
}

/// The first eight bytes of a key, as a number of the same order.
fn head_of(key: &[u8]) -> u64 {
    match key.first_chunk::<8>() {
        Some(head) => u64::from_be_bytes(*head),
        None => key.iter().chain(std::iter::repeat(&0)).take(8).fold(0, |head, byte| head << 8 | u64::from(*byte)),
    }
}

impl Buffer {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The memory that the changes take, in bytes.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.len() + self.entries.len() * size_of::<Entry>()
    }

    /// Adds a change: `key` and `value` append their bytes. Nothing is added if one of them fails.
    pub(crate) fn push<E>(
        &mut self,
        key: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
        value: Option<impl FnOnce(&mut Vec<u8>) -> Result<(), E>>,
    ) -> Result<(), E> {
        let start = self.bytes.len();
        let written = match key(&mut self.bytes) {
            Ok(()) => {
                let middle = self.bytes.len();
                value.map_or(Ok(None), |value| value(&mut self.bytes).map(Some)).map(|value| (middle, value))
            }
            Err(error) => Err(error),
        };
        match written {
            Ok((middle, value)) => {
                let key = self.bytes.get(start..middle).unwrap_or_default();
                self.entries.push(Entry {
                    head: head_of(key),
                    at: start as u32,
                    key: key.len() as u32,
                    value: value.map_or(REMOVED, |()| (self.bytes.len() - middle) as u32),
                });
                Ok(())
            }
            Err(error) => {
                self.bytes.truncate(start);
                Err(error)
            }
        }
    }

    /// The key of the last change.
    pub(crate) fn last_key(&self) -> Option<&[u8]> {
        self.entries.last().map(|entry| key_of(&self.bytes, entry))
    }

    /// Removes the last change.
    pub(crate) fn pop(&mut self) {
        if let Some(entry) = self.entries.pop() {
            self.bytes.truncate(entry.at as usize);
        }
    }

    fn sorted_to(&self) -> usize {
        self.runs.last().copied().unwrap_or(0)
    }

    /// Whether a look-up should sort first.
    pub(crate) fn wants_sorting(&self) -> bool {
        self.entries.len() - self.sorted_to() > SHORT_TAIL
    }

    /// Sorts the changes since the last call into a run, and joins runs of similar size.
    pub(crate) fn sort_tail(&mut self) {
        let (bytes, end) = (&self.bytes, self.entries.len());
        let mut start = self.sorted_to();
        if start == end {
            return;
        }
        sort_entries(bytes, self.entries.get_mut(start..).unwrap_or_default());
        // A run is joined with the previous one unless that is more than twice as long. The stable sort recognises the
        // two runs and merges them.
        while let Some(&run_end) = self.runs.last() {
            let run_start = self.runs.iter().rev().nth(1).copied().unwrap_or(0);
            if run_end - run_start > 2 * (end - start) {
                break;
            }
            self.runs.pop();
            start = run_start;
            if let Some(joined) = self.entries.get_mut(start..) {
                joined.sort_by(|left, right| compare(bytes, left, right));
            }
        }
        self.runs.push(end);
    }

    /// The last change of `key`.
    pub(crate) fn get(&self, key: &[u8]) -> Found<'_> {
        let head = head_of(key);
        let (sorted, tail) = self.entries.split_at_checked(self.sorted_to()).unwrap_or_default();
        let same = |entry: &&Entry| entry.head == head && key_of(&self.bytes, entry) == key;
        if let Some(entry) = tail.iter().rev().find(same) {
            return self.found(entry);
        }
        let starts = self.runs.iter().rev().skip(1).copied().chain([0]);
        for (start, end) in starts.zip(self.runs.iter().rev().copied()) {
            let run = sorted.get(start..end).unwrap_or_default();
            let after = run.partition_point(|entry| {
                entry.head.cmp(&head).then_with(|| key_of(&self.bytes, entry).cmp(key)) != Ordering::Greater
            });
            // The last of several changes of one key counts.
            if let Some(entry) = after.checked_sub(1).and_then(|last| run.get(last)).filter(same) {
                return self.found(entry);
            }
        }
        Found::Nothing
    }

    fn found(&self, entry: &Entry) -> Found<'_> {
        value_of(&self.bytes, entry).map_or(Found::Removed, Found::Value)
    }

    /// Sorts all changes.
    pub(crate) fn sort(&mut self) {
        if self.runs.is_empty() {
            sort_entries(&self.bytes, &mut self.entries);
        } else {
            self.sort_tail();
            let bytes = &self.bytes;
            self.entries.sort_by(|left, right| compare(bytes, left, right));
        }
        self.runs.clear();
        self.runs.push(self.entries.len());
    }

    /// Calls `visit` with every change, after [`Buffer::sort`], until it returns false: by key, changes of one key in
    /// the order of insertion.
    pub(crate) fn every(&self, mut visit: impl FnMut(&[u8], Option<&[u8]>) -> bool) {
        let visited = |entry: &Entry| visit(key_of(&self.bytes, entry), value_of(&self.bytes, entry));
        let _ = self.entries.iter().all(visited);
    }

    /// Calls `visit` with the last change of each key, in key order, after [`Buffer::sort`], until it returns false.
    pub(crate) fn each(&self, mut visit: impl FnMut(&[u8], Option<&[u8]>) -> bool) {
        let mut entries = self.entries.iter().peekable();
        while let Some(entry) = entries.next() {
            let key = key_of(&self.bytes, entry);
            let superseded = |next: &&Entry| next.head == entry.head && key_of(&self.bytes, next) == key;
            if entries.peek().is_none_or(|next| !superseded(next)) && !visit(key, value_of(&self.bytes, entry)) {
                return;
            }
        }
    }
}

fn key_of<'a>(bytes: &'a [u8], entry: &Entry) -> &'a [u8] {
    let start = entry.at as usize;
    bytes.get(start..start + entry.key as usize).unwrap_or_default()
}

fn value_of<'a>(bytes: &'a [u8], entry: &Entry) -> Option<&'a [u8]> {
    if entry.value == REMOVED {
        return None;
    }
    let start = entry.at as usize + entry.key as usize;
    bytes.get(start..start + entry.value as usize)
}

/// By key; changes of one key in the order of insertion.
fn compare(bytes: &[u8], left: &Entry, right: &Entry) -> Ordering {
    left.head.cmp(&right.head).then_with(|| {
        // Two keys of at most eight bytes, of the same length and head, are the same.
        let keys = match left.key <= 8 && left.key == right.key {
            true => Ordering::Equal,
            false => key_of(bytes, left).cmp(key_of(bytes, right)),
        };
        keys.then(left.at.cmp(&right.at))
    })
}

fn sort_entries(bytes: &[u8], entries: &mut [Entry]) {
    let order = |left: &Entry, right: &Entry| compare(bytes, left, right);
    if entries.len() < WORTH_A_THREAD {
        entries.sort_unstable_by(order);
        return;
    }
    let middle = entries.len() / 2;
    if let Some((left, right)) = entries.split_at_mut_checked(middle) {
        thread::scope(|scope| {
            scope.spawn(|| right.sort_unstable_by(order));
            left.sort_unstable_by(order);
        });
    }
    // The stable sort recognises the two sorted halves and merges them.
    entries.sort_by(order);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn push(buffer: &mut Buffer, key: &[u8], value: Option<&[u8]>) {
        let write = |bytes: Vec<u8>| {
            move |to: &mut Vec<u8>| -> Result<(), ()> {
                to.extend(bytes);
                Ok(())
            }
        };
        buffer.push(write(key.to_vec()), value.map(|value| write(value.to_vec()))).unwrap();
    }

    #[test]
    fn a_buffer_answers_like_a_map() {
        let mut buffer = Buffer::default();
        let mut map = BTreeMap::new();
        let mut state = 1_u64;
        for round in 0..20_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = (state >> 33) % 3000;
            // Keys of zero to nine bytes, with zeros at the end: those are where a cut-off head misleads.
            let key: Vec<u8> = std::iter::repeat_n(0, (number % 10) as usize)
                .chain(number.to_be_bytes())
                .skip((number % 7) as usize)
                .collect();
            let value = (!number.is_multiple_of(5)).then(|| round.to_be_bytes().to_vec());
            push(&mut buffer, &key, value.as_deref());
            map.insert(key.clone(), value);
            if round % 37 == 0 {
                if buffer.wants_sorting() {
                    buffer.sort_tail();
                }
                for (key, value) in map.range(key..).take(3) {
                    let expected = value.as_ref().map_or(Found::Removed, |value| Found::Value(value));
                    assert_eq!(buffer.get(key), expected);
                }
                assert_eq!(buffer.get(b"never"), Found::Nothing);
            }
        }
        buffer.sort();
        let mut changes = Vec::new();
        buffer.each(|key, value| {
            changes.push((key.to_vec(), value.map(<[u8]>::to_vec)));
            true
        });
        assert_eq!(changes, map.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_failed_change_leaves_nothing() {
        let mut buffer = Buffer::default();
        push(&mut buffer, b"a", Some(b"1"));
        let fails = |to: &mut Vec<u8>| {
            to.push(9);
            Err(())
        };
        assert!(
            buffer
                .push(
                    |to| {
                        to.push(b'b');
                        Ok(())
                    },
                    Some(fails)
                )
                .is_err()
        );
        assert_eq!(buffer.get(b"b"), Found::Nothing);
        push(&mut buffer, b"b", None);
        assert_eq!((buffer.get(b"a"), buffer.get(b"b")), (Found::Value(b"1"), Found::Removed));
    }
}
