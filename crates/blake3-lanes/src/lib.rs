//! BLAKE3 of many messages at once.
//!
//! The `blake3` crate uses the processor's vectors within one long message. The nodes of a tree are short messages of
//! one to four kilobytes, which leave most of each vector empty. Here every lane of a vector works on another part of
//! another message, so sixteen parts are hashed in little more than the time of one.
//!
//! ```
//! let messages: Vec<Vec<u8>> = (0..40_u8).map(|byte| vec![byte; 1500]).collect();
//! let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
//! let mut hashes = Vec::new();
//! blake3_lanes::Batch::default().hash_each(&slices, &mut hashes);
//! assert_eq!(hashes[7], *blake3::hash(&messages[7]).as_bytes());
//! ```
//!
//! Results are those of the `blake3` crate, which is also used where lanes do not pay: on processors without AVX2, for a
//! few messages, and for long ones.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(target_arch = "x86_64")]
mod compress;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(not(target_arch = "x86_64"))]
#[path = "no_lanes.rs"]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod machine;

use lanes::{Job, Lanes};

/// The number of message parts that are hashed together.
pub const LANES: usize = 16;

/// Longer messages fill the vectors alone, so they are hashed one by one.
const LONG: usize = 16 << 10;

const CHUNK: usize = 1024;
const BLOCK: usize = 64;

/// A chaining value: the state between two blocks, and the result of a part.
type Chain = [u32; 8];

/// Hashes batches of messages, and keeps its memory for the next one.
#[derive(Debug)]
pub struct Batch {
    /// `None` hashes one message after the other.
    lanes: Option<Lanes>,
    /// The chaining values of all chunks, message by message.
    chains: Vec<Chain>,
    /// For each message in lanes: its number, and the number of its first chunk.
    spans: Vec<(usize, usize)>,
    /// The parents of one level, as the bytes that are hashed.
    parents: Vec<([u8; BLOCK], bool)>,
    joined: Vec<Chain>,
}

impl Default for Batch {
    fn default() -> Self {
        Self { lanes: Lanes::detect(), chains: Vec::new(), spans: Vec::new(), parents: Vec::new(), joined: Vec::new() }
    }
}

impl Batch {
    /// A batch that hashes one message after the other with the `blake3` crate.
    pub fn one_by_one() -> Self {
        Self { lanes: None, ..Self::default() }
    }

    /// A batch that uses no vectors wider than those of AVX2, to test them on processors that have wider ones.
    pub fn narrow() -> Self {
        Self { lanes: Lanes::narrow(), ..Self::default() }
    }

    /// Whether this processor has vectors that make a batch faster than its single messages.
    pub fn uses_lanes(&self) -> bool {
        self.lanes.is_some()
    }

    /// Puts the hash of each message into `hashes`, in their order; what was there before is removed.
    pub fn hash_each(&mut self, messages: &[&[u8]], hashes: &mut Vec<[u8; 32]>) {
        hashes.clear();
        let Some(lanes) = self.lanes.filter(|lanes| messages.len() >= lanes.worth()) else {
            hashes.extend(messages.iter().map(|message| *blake3::hash(message).as_bytes()));
            return;
        };
        hashes.resize(messages.len(), [0; 32]);
        self.spans.clear();
        let mut chunks = 0;
        for ((number, message), hash) in messages.iter().enumerate().zip(hashes.iter_mut()) {
            if message.len() > LONG {
                *hash = *blake3::hash(message).as_bytes();
            } else {
                self.spans.push((number, chunks));
                chunks += chunks_of(message);
            }
        }
        self.chains.clear();
        self.chains.resize(chunks, [0; 8]);
        let spans = &self.spans;
        let jobs = spans.iter().filter_map(|(number, _)| messages.get(*number)).flat_map(|message| chunk_jobs(message));
        lanes.run(jobs, &mut self.chains);
        self.join_chunks(lanes);
        for ((number, _), chain) in self.spans.iter().zip(&self.chains) {
            if let Some(hash) = hashes.get_mut(*number) {
                *hash = bytes_of(chain);
            }
        }
    }

    /// Joins the chunks of each message pair by pair, level by level, until each message has one chaining value left.
    ///
    /// ```text
    ///   chunks     0   1   2   3   4        A chunk without a partner goes up unchanged. This gives the tree of the
    ///   level 1     \ /     \ /    |        specification, in which every left subtree is as large as a power of two
    ///   level 2        \   /       |        allows.
    ///   root             \________/
    /// ```
    fn join_chunks(&mut self, lanes: Lanes) {
        while self.chains.len() > self.spans.len() {
            self.parents.clear();
            let ends = self.spans.iter().skip(1).map(|(_, start)| *start).chain([self.chains.len()]);
            for ((_, start), end) in self.spans.iter().zip(ends) {
                let chains = self.chains.get(*start..end).unwrap_or_default();
                for pair in chains.chunks_exact(2) {
                    self.parents.push((joined_bytes(pair), chains.len() == 2));
                }
            }
            self.joined.clear();
            self.joined.resize(self.parents.len(), [0; 8]);
            let jobs = self.parents.iter().map(|(bytes, is_root)| Job::parent(bytes, *is_root));
            lanes.run(jobs, &mut self.joined);
            // Each message's values move to the front, half as many as before.
            let (mut from, mut to, mut taken) = (0, 0, 0);
            for index in 0..self.spans.len() {
                let end = self.spans.get(index + 1).map_or(self.chains.len(), |(_, start)| *start);
                let count = end - from;
                let (pairs, odd) = (count / 2, count % 2);
                let last = self.chains.get(end.wrapping_sub(1)).copied().unwrap_or_default();
                for joined in self.joined.iter().skip(taken).take(pairs).copied().chain([last].into_iter().take(odd)) {
                    if let Some(chain) = self.chains.get_mut(to) {
                        *chain = joined;
                    }
                    to += 1;
                }
                if let Some((_, start)) = self.spans.get_mut(index) {
                    *start = to - pairs - odd;
                }
                taken += pairs;
                from = end;
            }
            self.chains.truncate(to);
        }
    }
}

/// The number of chunks of a message; an empty message has one too.
fn chunks_of(message: &[u8]) -> usize {
    message.len().div_ceil(CHUNK).max(1)
}

/// The chunks of a message. A single one is the root of its tree.
fn chunk_jobs(message: &[u8]) -> impl Iterator<Item = Job<'_>> {
    let count = chunks_of(message);
    (0..count).map(move |index| {
        let bytes = message.get(index * CHUNK..message.len().min((index + 1) * CHUNK)).unwrap_or_default();
        Job::chunk(bytes, index as u64, count == 1)
    })
}

fn joined_bytes(pair: &[Chain]) -> [u8; BLOCK] {
    let mut bytes = [0; BLOCK];
    for (to, word) in bytes.chunks_exact_mut(4).zip(pair.iter().flatten()) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

fn bytes_of(chain: &Chain) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, word) in bytes.chunks_exact_mut(4).zip(chain) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}
