//! Sixteen lanes, each of which works through one part of a message after the other.
//!
//! ```text
//!   lane 0   [ chunk 0 of message 0                 ][ chunk 1 of 0  ][ ...
//!   lane 1   [ chunk 0 of message 1                 ][ chunk 0 of message 2 ...
//!   ...                                                                             one step is one block of 64 bytes
//!   lane 15  [ chunk 0 of 9 ][ chunk 0 of 11 ][ ...                                 in each lane
//! ```
//!
//! A lane takes the next part as soon as it has finished one, so parts of different lengths leave no lane empty but at
//! the end.

use pulp::NullaryFnOnce;
use pulp::x86::{V3, V4};

use crate::compress::{IV, Inputs, compress};
use crate::machine::{Machine, Words};
use crate::{BLOCK, Chain, LANES};

const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const PARENT: u32 = 4;
const ROOT: u32 = 8;

/// A part of a message: a chunk, or two joined chaining values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    bytes: &'a [u8],
    counter: u64,
    first_flags: u32,
    last_flags: u32,
}

impl<'a> Job<'a> {
    pub(crate) fn chunk(bytes: &'a [u8], number: u64, is_root: bool) -> Self {
        let last_flags = if is_root { CHUNK_END | ROOT } else { CHUNK_END };
        Self { bytes, counter: number, first_flags: CHUNK_START, last_flags }
    }

    pub(crate) fn parent(bytes: &'a [u8; BLOCK], is_root: bool) -> Self {
        let last_flags = if is_root { PARENT | ROOT } else { PARENT };
        Self { bytes, counter: 0, first_flags: 0, last_flags }
    }
}

/// The vectors of this processor.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lanes {
    /// AVX-512.
    Wide(V4),
    /// AVX2.
    Narrow(V3),
}

impl Lanes {
    /// The widest vectors that this processor has; `None` if they do not pay.
    pub(crate) fn detect() -> Option<Self> {
        V4::try_new().map(Self::Wide).or_else(Self::narrow)
    }

    /// The narrower vectors, which processors with the wide ones have too.
    pub(crate) fn narrow() -> Option<Self> {
        V3::try_new().map(Self::Narrow)
    }

    /// The least number of messages that are hashed faster together than one by one.
    pub(crate) fn worth(self) -> usize {
        match self {
            Self::Wide(_) => 4,
            Self::Narrow(_) => 7,
        }
    }

    /// Runs all jobs, and puts their results into `results`, which has room for them.
    pub(crate) fn run<'a>(self, jobs: impl Iterator<Item = Job<'a>>, results: &mut [Chain]) {
        match self {
            Self::Wide(machine) => machine.vectorize(Run { machine, jobs, results }),
            Self::Narrow(machine) => machine.vectorize(Run { machine, jobs, results }),
        }
    }
}

struct Run<'r, M, J> {
    machine: M,
    jobs: J,
    results: &'r mut [Chain],
}

impl<'a, M: Machine, J: Iterator<Item = Job<'a>>> NullaryFnOnce for Run<'_, M, J> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        run(self.machine, self.jobs, self.results);
    }
}

/// The state of one lane.
#[derive(Clone, Copy)]
struct Lane<'a> {
    rest: &'a [u8],
    flags: u32,
    last_flags: u32,
    /// Where the result goes; past the end if the lane is idle.
    result: usize,
}

#[inline(always)]
fn run<'a, M: Machine>(machine: M, mut jobs: impl Iterator<Item = Job<'a>>, results: &mut [Chain]) {
    let idle = Lane { rest: &[], flags: 0, last_flags: 0, result: usize::MAX };
    let mut lanes = [idle; LANES];
    let mut chain: [Words; 8] = [[0; LANES]; 8];
    let mut inputs = Inputs::default();
    let (mut taken, mut active) = (0, 0);
    for (number, (lane, job)) in lanes.iter_mut().zip(jobs.by_ref()).enumerate() {
        *lane = start(job, taken, number, &mut chain, &mut inputs);
        taken += 1;
        active += 1;
    }
    let mut blocks = [[0; BLOCK]; LANES];
    while active > 0 {
        let mut finished = 0_u32;
        for ((number, lane), block) in lanes.iter_mut().enumerate().zip(&mut blocks) {
            match lane.rest.split_first_chunk::<BLOCK>() {
                Some((bytes, rest)) if !rest.is_empty() => {
                    *block = *bytes;
                    inputs.length[number] = BLOCK as u32;
                    inputs.flags[number] = lane.flags;
                    lane.flags &= !CHUNK_START;
                    lane.rest = rest;
                }
                _ if lane.result != usize::MAX => {
                    match lane.rest.first_chunk() {
                        Some(bytes) => *block = *bytes,
                        None => {
                            *block = [0; BLOCK];
                            block.iter_mut().zip(lane.rest).for_each(|(to, from)| *to = *from);
                        }
                    }
                    inputs.length[number] = lane.rest.len() as u32;
                    inputs.flags[number] = lane.flags | lane.last_flags;
                    finished |= 1 << number;
                }
                _ => {}
            }
        }
        compress(machine, &mut chain, &blocks, &inputs);
        while finished != 0 {
            let number = finished.trailing_zeros() as usize % LANES;
            finished &= finished - 1;
            if let Some(result) = results.get_mut(lanes[number].result) {
                for (to, words) in result.iter_mut().zip(&chain) {
                    *to = words[number];
                }
            }
            match jobs.next() {
                Some(job) => {
                    lanes[number] = start(job, taken, number, &mut chain, &mut inputs);
                    taken += 1;
                }
                None => {
                    lanes[number] = idle;
                    active -= 1;
                }
            }
        }
    }
}

#[inline(always)]
fn start<'a>(job: Job<'a>, result: usize, lane: usize, chain: &mut [Words; 8], inputs: &mut Inputs) -> Lane<'a> {
    for (words, iv) in chain.iter_mut().zip(IV) {
        words[lane] = iv;
    }
    inputs.counter_low[lane] = job.counter as u32;
    inputs.counter_high[lane] = (job.counter >> 32) as u32;
    Lane { rest: job.bytes, flags: job.first_flags, last_flags: job.last_flags, result }
}
