//! The records, and the orders in which they come: the same for every peer.

/// 8 bytes, big-endian: the order of the bytes is the order of the numbers.
pub(crate) type Key = [u8; 8];
/// 32 pseudo-random bytes.
pub(crate) type Value = [u8; 32];

/// The set of values of a record: the first ones, or those after the update.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    First,
    Updated,
}

/// The finalizer of SplitMix64.
fn mix(mut state: u64) -> u64 {
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

/// The key of a record.
pub(crate) fn key(id: u32) -> Key {
    u64::from(id).to_be_bytes()
}

/// The value of a record, computed from its key.
pub(crate) fn value(id: u32, edition: Edition) -> Value {
    let mut value = [0; 32];
    let mut state = u64::from(id) << 1 | u64::from(edition == Edition::Updated);
    for chunk in value.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        chunk.copy_from_slice(&mix(state).to_le_bytes());
    }
    value
}

/// A record of the first edition.
pub(crate) fn record(id: u32) -> (Key, Value) {
    (key(id), value(id, Edition::First))
}

/// The numbers below `count` in pseudorandom order, a different one for each seed.
pub(crate) fn shuffled(count: u32, seed: u64) -> Vec<u32> {
    let mut ids: Vec<u32> = (0..count).collect();
    for index in (1..ids.len()).rev() {
        let random = mix(seed.wrapping_add((index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        ids.swap(index, (random % (index as u64 + 1)) as usize);
    }
    ids
}

/// A sum over a scan, so that every byte is read and nothing can be left out.
#[derive(Default, PartialEq, Eq, Debug)]
pub(crate) struct Sum {
    pub(crate) records: u64,
    total: u64,
    unordered: u64,
    last: Option<Key>,
}

impl Sum {
    /// Takes the next record.
    pub(crate) fn add(&mut self, key: &Key, value: &Value) {
        self.records += 1;
        self.unordered += u64::from(self.last.is_some_and(|last| last >= *key));
        self.last = Some(*key);
        for word in std::iter::once(key).chain(value.as_chunks().0) {
            self.total = self.total.rotate_left(1).wrapping_add(u64::from_le_bytes(*word));
        }
    }

    /// The expected sum of a scan of the records below `count`.
    pub(crate) fn expected(count: u32) -> Self {
        let mut sum = Self::default();
        (0..count).map(record).for_each(|(key, value)| sum.add(&key, &value));
        sum
    }
}
