//! The records: 8-byte keys in the order of their numbers, and 32 pseudorandom bytes as values, as in `benches/peers`.

pub(crate) type Key = [u8; 8];
pub(crate) type Value = [u8; 32];

/// The finalizer of SplitMix64.
fn mix(mut state: u64) -> u64 {
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

/// The key of a record.
pub(crate) fn key(id: u64) -> Key {
    id.to_be_bytes()
}

/// The value of a record before the update, and after it.
pub(crate) fn value(id: u64, is_updated: bool) -> Value {
    let mut value = [0; 32];
    let mut state = id << 1 | u64::from(is_updated);
    for chunk in value.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        chunk.copy_from_slice(&mix(state).to_le_bytes());
    }
    value
}

/// Pseudorandom numbers of records below `records`; the same ones for each seed.
pub(crate) fn some(amount: u64, records: u64, seed: u64) -> impl Iterator<Item = u64> {
    (0..amount.min(records)).map(move |at| mix(mix(seed) ^ at) % records)
}
