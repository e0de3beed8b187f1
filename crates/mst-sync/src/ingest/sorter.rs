//! An external sort that keeps every row: several of one key too, each with its number.
//!
//! Rows are collected in memory. Memory that is full is sorted and appended to a temporary file as a run, and the runs
//! are merged as they are read. Rows that come in key order are recognised, and are never sorted.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use file_mst::Error;
use file_mst::storage::{FileStorage, ReadAt, WriteAt};
use file_mst::write::{MAX_KEY, MAX_VALUE};
use mst_types::varint::{push_varint, take_varint};

/// The maximum size of the memory for rows, whose bytes are addressed with 32 bits.
const MAX_BUFFERED: usize = 1 << 31;
/// The most bytes of a run that are read at once, and the least.
const CHUNK: (usize, usize) = (1 << 18, 1 << 12);
/// The number of bytes written at once.
const WRITTEN: usize = 1 << 18;
/// Below this number of rows, counting bytes costs more than comparing.
const FEW: usize = 256;

/// Takes rows in any order.
pub(super) struct Sorter {
    rows: Rows,
    runs: Runs,
    budget: usize,
}

/// All rows, sorted.
pub(super) struct Sorted {
    rows: Rows,
    runs: Runs,
    /// The memory for reading the runs.
    budget: usize,
}

impl Sorter {
    /// A sorter whose rows take about `budget` bytes of memory.
    pub(super) fn new(budget: usize) -> Self {
        Self { rows: Rows::default(), runs: Runs::default(), budget: budget.min(MAX_BUFFERED) }
    }

    /// Adds the record of a row.
    pub(super) fn push(&mut self, key: &[u8], value: &[u8], row: u64) -> Result<(), Error> {
        self.push_row(key, Some(value), row)
    }

    /// Adds the key of a row that violates the contract.
    pub(super) fn push_broken(&mut self, key: &[u8], row: u64) -> Result<(), Error> {
        self.push_row(key, None, row)
    }

    fn push_row(&mut self, key: &[u8], value: Option<&[u8]>, row: u64) -> Result<(), Error> {
        within("a key length", key.len(), MAX_KEY)?;
        within("a value length", value.map_or(0, <[u8]>::len), MAX_VALUE)?;
        self.rows.push(key, value, row);
        if self.rows.weight() > self.budget {
            self.rows.sort();
            self.runs.add(&self.rows)?;
            self.rows.clear();
        }
        Ok(())
    }

    /// Sorts the rows.
    pub(super) fn finish(mut self) -> Result<Sorted, Error> {
        self.rows.sort();
        if !self.runs.ends.is_empty() {
            self.runs.add(&self.rows)?;
            self.rows = Rows::default();
        }
        Ok(Sorted { rows: self.rows, runs: self.runs, budget: self.budget })
    }
}

fn within(what: &'static str, found: usize, max: usize) -> Result<(), Error> {
    match found > max {
        true => Err(Error::Limit { what, found: found as u64, most: max as u64 }),
        false => Ok(()),
    }
}

impl Sorted {
    /// Calls `visit` with key, value and number of every row in key order, rows with one key in the order of the
    /// source, until it breaks; returns the break. A row that violates the contract has no value.
    pub(super) fn each<B>(
        &self,
        mut visit: impl FnMut(&[u8], Option<&[u8]>, u64) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, Error> {
        let mut visit = |stored: Stored<'_>| {
            let (row, length) = take_varint(stored.payload).unwrap_or_default();
            let value = (row & 1 == 0).then(|| stored.payload.get(length..).unwrap_or_default());
            visit(stored.key, value, row >> 1)
        };
        if !self.runs.ends.is_empty() {
            return self.runs.merge(self.budget, visit);
        }
        for entry in &self.rows.entries {
            if let ControlFlow::Break(end) = visit(self.rows.stored(entry)) {
                return Ok(ControlFlow::Break(end));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Rows in memory, and in the same form in a run: the lengths of key and payload as varints, the key, and the payload. A
/// payload is the row's number, doubled, plus 1 if the row violates the contract; and the value.
#[derive(Default)]
struct Rows {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Another order of the entries, while they are sorted.
    spare: Vec<Entry>,
    /// Whether a key was less than the one before it.
    is_unordered: bool,
    longest_key: usize,
    payload: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    /// The first bytes of the key, which decide most comparisons.
    head: u64,
    at: u32,
    length: u32,
}

/// A stored row.
#[derive(Clone, Copy, Default)]
struct Stored<'a> {
    key: &'a [u8],
    payload: &'a [u8],
    length: usize,
}

impl<'a> Stored<'a> {
    /// The row that `bytes` begin with; `None` if they end within it.
    fn first_of(bytes: &'a [u8]) -> Option<Self> {
        let (key, payload, start) = match bytes {
            // Most rows are short.
            [key @ 0..0x80, payload @ 0..0x80, ..] => (usize::from(*key), usize::from(*payload), 2),
            _ => {
                let (key, at) = take_varint(bytes)?;
                let (payload, length) = take_varint(bytes.get(at..)?)?;
                (usize::try_from(key).ok()?, usize::try_from(payload).ok()?, at + length)
            }
        };
        let middle = start.checked_add(key)?;
        let end = middle.checked_add(payload)?;
        Some(Self { key: bytes.get(start..middle)?, payload: bytes.get(middle..end)?, length: end })
    }
}

/// The first eight bytes of a key, as a number of the same order.
fn head_of(key: &[u8]) -> u64 {
    match key.first_chunk::<8>() {
        Some(head) => u64::from_be_bytes(*head),
        None => key.iter().chain(std::iter::repeat(&0)).take(8).fold(0, |head, byte| head << 8 | u64::from(*byte)),
    }
}

impl Rows {
    /// The memory that the rows take, in bytes, also while they are sorted.
    fn weight(&self) -> usize {
        self.bytes.len() + self.entries.len() * 2 * size_of::<Entry>()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        (self.is_unordered, self.longest_key) = (false, 0);
    }

    fn push(&mut self, key: &[u8], value: Option<&[u8]>, row: u64) {
        // The lowest bit says whether the row violates the contract.
        self.payload.clear();
        push_varint(&mut self.payload, row << 1 | u64::from(value.is_none()));
        let value = value.unwrap_or_default();
        let at = self.bytes.len();
        push_varint(&mut self.bytes, key.len() as u64);
        push_varint(&mut self.bytes, (self.payload.len() + value.len()) as u64);
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(&self.payload);
        self.bytes.extend_from_slice(value);
        let entry = Entry { head: head_of(key), at: at as u32, length: (self.bytes.len() - at) as u32 };
        if let Some(last) = self.entries.last()
            && !self.is_unordered
        {
            let order = last.head.cmp(&entry.head).then_with(|| self.stored(last).key.cmp(key));
            self.is_unordered = order == Ordering::Greater;
        }
        self.longest_key = self.longest_key.max(key.len());
        self.entries.push(entry);
    }

    fn bytes_of(&self, entry: &Entry) -> &[u8] {
        let start = entry.at as usize;
        self.bytes.get(start..start + entry.length as usize).unwrap_or_default()
    }

    fn stored(&self, entry: &Entry) -> Stored<'_> {
        Stored::first_of(self.bytes_of(entry)).unwrap_or_default()
    }

    /// Sorts by key; rows of one key stay in their order.
    fn sort(&mut self) {
        if !self.is_unordered {
            return;
        }
        let mut entries = std::mem::take(&mut self.entries);
        // Keys with a long common beginning differ after it only.
        let skipped = if self.longest_key > 8 { self.common_beginning(&entries) } else { 0 };
        if skipped > 0 {
            for entry in &mut entries {
                entry.head = head_of(self.stored(entry).key.get(skipped..).unwrap_or_default());
            }
        }
        if entries.len() < FEW {
            entries.sort_by(|left, right| self.compare(left, right));
        } else {
            by_head(&mut entries, &mut self.spare);
            for same in entries.chunk_by_mut(|left, right| left.head == right.head) {
                if same.len() > 1 {
                    same.sort_by(|left, right| self.compare(left, right));
                }
            }
        }
        self.entries = entries;
    }

    fn compare(&self, left: &Entry, right: &Entry) -> Ordering {
        left.head.cmp(&right.head).then_with(|| self.stored(left).key.cmp(self.stored(right).key))
    }

    /// The number of bytes with which all keys begin.
    fn common_beginning(&self, entries: &[Entry]) -> usize {
        let Some(first) = entries.first() else { return 0 };
        let mut common = self.stored(first).key;
        for entry in entries {
            let key = self.stored(entry).key;
            if !key.starts_with(common) {
                let same = common.iter().zip(key).take_while(|(one, other)| one == other).count();
                common = common.get(..same).unwrap_or_default();
                if common.is_empty() {
                    break;
                }
            }
        }
        common.len()
    }
}

/// Sorts by the head, byte by byte from the last; bytes that all heads have in common cost nothing. Equal heads stay in
/// their order.
fn by_head(entries: &mut Vec<Entry>, spare: &mut Vec<Entry>) {
    let first = entries.first().map_or(0, |entry| entry.head);
    let differing = entries.iter().fold(0, |bits, entry| bits | (entry.head ^ first));
    spare.clear();
    spare.resize(entries.len(), Entry::default());
    for byte in 0..8_u32 {
        let shift = byte * 8;
        if differing >> shift & 0xff == 0 {
            continue;
        }
        let digit = |entry: &Entry| (entry.head >> shift) as u8;
        let mut next = [0_usize; 256];
        for entry in entries.iter() {
            if let Some(count) = next.get_mut(usize::from(digit(entry))) {
                *count += 1;
            }
        }
        let mut start = 0;
        for count in &mut next {
            start += std::mem::replace(count, start);
        }
        for entry in entries.iter() {
            if let Some(at) = next.get_mut(usize::from(digit(entry))) {
                if let Some(slot) = spare.get_mut(*at) {
                    *slot = *entry;
                }
                *at += 1;
            }
        }
        std::mem::swap(entries, spare);
    }
}

/// Sorted runs in a temporary file, oldest first.
#[derive(Default)]
struct Runs {
    file: Option<FileStorage>,
    /// The end of each run in the file.
    ends: Vec<u64>,
}

fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Io { doing, source: std::sync::Arc::new(source) }
}

impl Runs {
    /// Appends a run of sorted rows.
    fn add(&mut self, rows: &Rows) -> Result<(), Error> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(FileStorage::temporary().map_err(io("create a temporary file"))?),
        };
        let mut end = self.ends.last().copied().unwrap_or(0);
        let mut write = |bytes: &[u8]| {
            file.write_all_at(end, bytes).map_err(io("write a temporary file"))?;
            end += bytes.len() as u64;
            Ok::<(), Error>(())
        };
        if rows.is_unordered {
            let mut chunk = Vec::with_capacity(WRITTEN + MAX_KEY);
            for entry in &rows.entries {
                chunk.extend_from_slice(rows.bytes_of(entry));
                if chunk.len() >= WRITTEN {
                    write(&chunk)?;
                    chunk.clear();
                }
            }
            write(&chunk)?;
        } else {
            // The rows lie in memory in their order.
            write(&rows.bytes)?;
        }
        self.ends.push(end);
        Ok(())
    }

    /// Calls `visit` with every row in key order, rows of one key in the order of their runs, until it breaks.
    fn merge<B>(
        &self,
        budget: usize,
        mut visit: impl FnMut(Stored<'_>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, Error> {
        let Some(file) = &self.file else { return Ok(ControlFlow::Continue(())) };
        let (most, least) = CHUNK;
        let chunk = (budget / 2 / self.ends.len().max(1)).clamp(least, most);
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let mut heads = Vec::with_capacity(self.ends.len());
        for (next, end) in starts.zip(self.ends.iter().copied()) {
            let mut head = Head { head: 0, file, next, end, size: chunk, chunk: Vec::new(), at: 0, length: 0 };
            head.advance()?;
            heads.push(head);
        }
        // A heap of the runs: the one whose row comes next is first.
        let mut order: Vec<usize> = (0..heads.len()).filter(|run| heads.get(*run).is_some_and(Head::is_row)).collect();
        for at in (0..order.len() / 2).rev() {
            sink(&mut order, at, &heads);
        }
        while let Some(head) = order.first().and_then(|run| heads.get_mut(*run)) {
            if let ControlFlow::Break(end) = visit(head.stored()) {
                return Ok(ControlFlow::Break(end));
            }
            head.advance()?;
            if !head.is_row() {
                order.swap_remove(0);
            }
            sink(&mut order, 0, &heads);
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Whether the row of one run comes before that of another.
fn is_before(heads: &[Head<'_>], one: usize, other: usize) -> bool {
    let (Some(left), Some(right)) = (heads.get(one), heads.get(other)) else { return false };
    let by_key = || left.stored().key.cmp(right.stored().key).then(one.cmp(&other));
    left.head.cmp(&right.head).then_with(by_key) == Ordering::Less
}

/// Moves a run down to its place in the heap.
fn sink(order: &mut [usize], mut at: usize, heads: &[Head<'_>]) {
    loop {
        let (Some(run), Some(mut child)) = (order.get(at).copied(), order.get(2 * at + 1).copied()) else { return };
        let mut child_at = 2 * at + 1;
        if let Some(other) = order.get(child_at + 1).copied()
            && is_before(heads, other, child)
        {
            (child, child_at) = (other, child_at + 1);
        }
        if !is_before(heads, child, run) {
            return;
        }
        order.swap(at, child_at);
        at = child_at;
    }
}

/// The next row of a run.
struct Head<'a> {
    /// The first bytes of its key.
    head: u64,
    file: &'a FileStorage,
    /// The offset of the first unread byte of the run.
    next: u64,
    end: u64,
    /// The number of bytes to read at once.
    size: usize,
    chunk: Vec<u8>,
    /// Where the row is in the chunk, and its length; no row if that is 0.
    at: usize,
    length: usize,
}

impl Head<'_> {
    fn is_row(&self) -> bool {
        self.length > 0
    }

    fn stored(&self) -> Stored<'_> {
        Stored::first_of(self.chunk.get(self.at..).unwrap_or_default()).unwrap_or_default()
    }

    /// Moves to the next row, if there is one.
    fn advance(&mut self) -> Result<(), Error> {
        self.at += std::mem::take(&mut self.length);
        loop {
            let rest = self.chunk.get(self.at..).unwrap_or_default();
            if let Some(stored) = Stored::first_of(rest) {
                (self.head, self.length) = (head_of(stored.key), stored.length);
                return Ok(());
            }
            if self.next >= self.end {
                return Ok(());
            }
            let kept = rest.len();
            self.chunk.drain(..self.at.min(self.chunk.len()));
            self.at = 0;
            // A row that is longer than a chunk gets as much again.
            let more = (self.end - self.next).min(self.size.max(kept) as u64) as usize;
            self.chunk.resize(kept + more, 0);
            let to = self.chunk.get_mut(kept..).unwrap_or_default();
            let read = self.file.read_up_to(self.next, to).map_err(io("read a temporary file"))?;
            if read < more {
                return Err(io("read a temporary file")(std::io::ErrorKind::UnexpectedEof.into()));
            }
            self.next += more as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (Vec<u8>, Option<Vec<u8>>, u64);

    fn rows(count: u64, key: impl Fn(u64, u64) -> Vec<u8>) -> Vec<Row> {
        let mut state = 7_u64;
        let mut rows = Vec::new();
        for row in 0..count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            rows.push((key(state >> 40, row), (row % 7 != 0).then(|| row.to_string().into_bytes()), row));
        }
        rows
    }

    fn sorted(rows: &[Row], budget: usize) -> Vec<Row> {
        let mut sorter = Sorter::new(budget);
        for (key, value, row) in rows {
            match value {
                Some(value) => sorter.push(key, value, *row).unwrap(),
                None => sorter.push_broken(key, *row).unwrap(),
            }
        }
        let mut found = Vec::new();
        let flow = sorter.finish().unwrap().each(|key, value, row| {
            found.push((key.to_vec(), value.map(<[u8]>::to_vec), row));
            ControlFlow::<()>::Continue(())
        });
        assert!(flow.unwrap().is_continue());
        found
    }

    #[test]
    fn all_rows_are_kept_and_sorted_with_any_memory() {
        for rows in [
            rows(20_000, |random, _| random.to_be_bytes()[5..].to_vec()),
            // Keys that differ at their ends only, and keys that a cut-off head confuses.
            rows(20_000, |random, _| format!("customer {}", random % 3000).into_bytes()),
            rows(5000, |random, _| vec![0; (random % 12) as usize]),
            rows(20_000, |_, row| (row / 3).to_be_bytes().to_vec()),
            rows(3, |random, _| random.to_be_bytes().to_vec()),
            Vec::new(),
        ] {
            let mut expected = rows.clone();
            expected.sort_by(|a, b| (&a.0, a.2).cmp(&(&b.0, b.2)));
            // In memory, in a few runs, and in hundreds of them.
            for budget in [usize::MAX, 200_000, 4000] {
                assert!(sorted(&rows, budget) == expected, "budget {budget}");
            }
        }
    }

    #[test]
    fn a_row_may_be_longer_than_a_chunk() {
        let long = |row: u64| vec![row as u8; 100_000 + row as usize];
        let rows: Vec<Row> = (0..40).map(|row| (vec![40 - row as u8], Some(long(row)), row)).collect();
        let mut expected = rows.clone();
        expected.reverse();
        assert!(sorted(&rows, 300_000) == expected);
    }

    #[test]
    fn what_a_tree_cannot_hold_is_refused() {
        let mut sorter = Sorter::new(1 << 20);
        assert!(matches!(sorter.push(&vec![0; MAX_KEY + 1], b"", 1), Err(Error::Limit { what: "a key length", .. })));
        let refused = sorter.push(b"", &vec![0; MAX_VALUE + 1], 1);
        assert!(matches!(refused, Err(Error::Limit { what: "a value length", .. })));
    }
}
