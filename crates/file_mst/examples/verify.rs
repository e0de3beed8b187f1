//! Measures the check of a file: `cargo run --release -p file_mst --example verify -- FILE [THREADS]`.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use file_mst::open::{OpenOptions, open};
use file_mst::storage::FileStorage;
use file_mst::verify::{Verify, VerifyOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("which file?")?;
    let threads = args.next().map_or(Ok(0), |threads| threads.parse())?;
    let start = Instant::now();
    let opened = open(Arc::new(FileStorage::open(path.as_ref())?), &OpenOptions::default())?;
    let mut verify = Verify::new(&opened, VerifyOptions { threads, ..VerifyOptions::default() });
    let found: Vec<_> = verify.findings().collect();
    let progress = verify.progress();
    let seconds = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!(
        "{} findings, {} nodes, {} records: {seconds:.3} s, {peak}",
        found.len(),
        progress.nodes,
        progress.records
    );
    for finding in found.iter().take(5) {
        println!("  {finding:?}");
    }
    Ok(())
}
