//! The floors: what no store can do without, and nothing else.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::Result;

use crate::outcome::Outcome;
use crate::records::key;
use crate::step::timed;

/// The bytes of a record in the file, and in the message of its node's hash.
const STORED: u64 = 44;
const HASHED: usize = 88;
/// The records of a node, on average.
const IN_NODE: u64 = 15;
const MIB: usize = 1 << 20;

/// No more records are hashed: a message takes as long as the one before, so the rest is as long in proportion.
const MOST: u64 = 10_000_000;

/// Hashes each key for its level, and as many bytes as the nodes have, one message after the other on one core.
pub(crate) fn hash(all: u64) -> Outcome {
    let records = all.min(MOST);
    let start = std::time::Instant::now();
    let node = vec![7; HASHED * IN_NODE as usize];
    let mut seen = 0u64;
    for id in 0..records {
        seen += u64::from(blake3::hash(&key(id)).as_bytes()[0]);
        if id % IN_NODE == 0 {
            seen += u64::from(blake3::hash(&node).as_bytes()[0]);
        }
    }
    // The sum is used, so that no compiler leaves the work out.
    let seconds = start.elapsed().as_secs_f64() * (all as f64 / records as f64);
    Outcome { seconds, ..Outcome::default() }.with("sum", seen as f64)
}

/// Writes the bytes of a tree, and syncs them.
pub(crate) fn write(records: u64, to: &Path) -> Result<Outcome> {
    let block = vec![7; MIB];
    let (outcome, ()) = timed(|| {
        let mut file = File::create(to)?;
        let mut left = (records * STORED) as usize;
        while left > 0 {
            let amount = left.min(MIB);
            file.write_all(block.get(..amount).unwrap_or_default())?;
            left -= amount;
        }
        Ok(file.sync_all()?)
    })?;
    Ok(outcome)
}

/// Copies a file in blocks of a mebibyte, and syncs the copy.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<Outcome> {
    let mut block = vec![0; MIB];
    let (outcome, ()) = timed(|| {
        let (mut from, mut to) = (File::open(from)?, File::create(to)?);
        loop {
            let amount = from.read(&mut block)?;
            if amount == 0 {
                break;
            }
            to.write_all(block.get(..amount).unwrap_or_default())?;
        }
        Ok(to.sync_all()?)
    })?;
    Ok(outcome)
}
