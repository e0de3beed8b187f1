//! Measures the tree on 8-byte keys and 32-byte values, one case a process:
//!
//! ```text
//! cargo run --release -p file_mst --example measure -- CASE COUNT [FILE]
//! ```
//!
//! `random` and `sorted` write FILE, `inserts` does too, 1,000 records a commit, of
//! which it keeps the last `$RETAIN`, if given; `gets`, `scan`, `compact` and `update` take an existing FILE;
//! `diff` compares FILE with `$RIGHT`, COUNT times, each time opened anew. Times of one run can only be
//! compared with each other.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use file_mst::diff::diff;
use file_mst::{MerkleSearchTree, Options, Retain};

type Tree = MerkleSearchTree<[u8; 8], [u8; 32]>;

fn value(id: u64) -> [u8; 32] {
    let mut value = [0; 32];
    let mut state = id;
    for chunk in value.chunks_mut(8) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        chunk.copy_from_slice(&(state ^ state >> 29).to_le_bytes());
    }
    value
}

/// The numbers below `count` in pseudorandom order.
fn shuffled(count: u64) -> Vec<u64> {
    let mut ids: Vec<u64> = (0..count).collect();
    let mut state = 7_u64;
    for index in (1..ids.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ids.swap(index, (state >> 33) as usize % (index + 1));
    }
    ids
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap_or(f64::NAN) / 1024.0
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let case = args.next().ok_or("which case?")?;
    let count: u64 = args.next().ok_or("how many records?")?.parse()?;
    let path = args.next().map_or_else(|| std::env::temp_dir().join("measure.mst"), PathBuf::from);
    if ["random", "sorted", "inserts"].contains(&case.as_str()) && path.exists() {
        std::fs::remove_file(&path)?;
    }
    let before = std::fs::metadata(&path).map_or(0, |meta| meta.len());
    let ids = if ["sorted", "scan", "diff", "compact"].contains(&case.as_str()) { Vec::new() } else { shuffled(count) };
    let start = Instant::now();
    let done = match case.as_str() {
        "random" => {
            let buffer_bytes = std::env::var("BUFFER_MB").map_or(Ok(160), |mb| mb.parse())? << 20;
            let mut tree = Tree::open_with(&path, Options { buffer_bytes, ..Options::default() })?;
            tree.insert_many(ids.iter().map(|id| (id.to_be_bytes(), value(*id))))?;
            println!("  inserted after {:.3} s", start.elapsed().as_secs_f64());
            tree.flush()?;
            count
        }
        "sorted" => {
            Tree::from_sorted(&path, (0..count).map(|id| (id.to_be_bytes(), value(id))))?;
            count
        }
        "inserts" => {
            let retain = std::env::var("RETAIN").ok().map(|commits| commits.parse()).transpose()?.map(Retain::last);
            let mut tree = Tree::open_with(&path, Options { retain, ..Options::default() })?;
            for batch in ids.chunks(1000) {
                tree.insert_many(batch.iter().map(|id| (id.to_be_bytes(), value(*id))))?;
                tree.flush()?;
            }
            count
        }
        "gets" => {
            let tree = Tree::read_only(&path)?;
            for id in ids.iter().take(100_000) {
                if tree.get(&id.to_be_bytes())? != Some(value(*id)) {
                    return Err("a wrong answer".into());
                }
            }
            100_000
        }
        "scan" => {
            let mut sum = 0_u64;
            let mut records = 0;
            for record in Tree::read_only(&path)?.iter()? {
                let (key, value) = record?;
                sum = sum.wrapping_add(u64::from_be_bytes(key) + u64::from(value[0]));
                records += 1;
            }
            println!("  sum {sum}");
            records
        }
        "diff" => {
            let right = std::env::var("RIGHT").map_err(|_| "$RIGHT names the other file")?;
            for _ in 0..count {
                let once = Instant::now();
                let (left, right) = (Tree::read_only(&path)?, Tree::read_only(&right)?);
                let mut found = diff(left.tree(), right.tree());
                let differing = found.by_ref().count();
                let counts = found.counts();
                let read = (counts.left.nodes_read, counts.right.nodes_read);
                println!(
                    "  {differing} differences, nodes read {read:?}, {:.3} ms",
                    once.elapsed().as_secs_f64() * 1e3
                );
            }
            count
        }
        "compact" => {
            let to = path.with_extension("compacted");
            drop(std::fs::remove_file(&to));
            file_mst::compact_file(&file_mst::TreeFile::open(&path)?, &to, file_mst::Keep::Last(1))?;
            println!("  compacted after {:.3} s", start.elapsed().as_secs_f64());
            let copy = Instant::now();
            std::fs::copy(&path, &to)?;
            println!("  copied in {:.3} s", copy.elapsed().as_secs_f64());
            count
        }
        "update" => {
            let mut tree = Tree::open(&path)?;
            let opened = start.elapsed();
            for id in ids.iter().take(1000) {
                tree.insert(id.to_be_bytes(), value(id + 1))?;
            }
            tree.flush()?;
            println!("  opened after {:.3} ms", opened.as_secs_f64() * 1e3);
            1000
        }
        _ => return Err("no such case".into()),
    };
    let seconds = start.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(&path)?.len();
    println!(
        "{case} {count}: {seconds:.3} s, {:.2} M records/s, {bytes} bytes ({:.2} a record), grew by {} a record done, peak {:.0} MB",
        done as f64 / seconds / 1e6,
        bytes as f64 / count as f64,
        (bytes.saturating_sub(before)) / done.max(1),
        peak_mb(),
    );
    Ok(())
}
