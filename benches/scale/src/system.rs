//! Information from the system on this process, on the disk and on the machine.

use std::fs;
use std::path::Path;
use std::thread::available_parallelism;

use anyhow::{Context, Result};

/// The bytes of a `kB` line of one of the system's tables.
fn kilobytes(table: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(table).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// The peak memory of a process, in bytes. Known on Linux only.
pub(crate) fn peak_bytes(process: &str) -> Option<u64> {
    kilobytes(&format!("/proc/{process}/status"), "VmHWM")
}

/// The free bytes of the disk that a directory is on.
pub(crate) fn free_bytes(directory: &Path) -> Result<u64> {
    let disk =
        rustix::fs::statvfs(directory).with_context(|| format!("ask for the space of {}", directory.display()))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Cores and memory.
pub(crate) fn machine() -> String {
    let cores = available_parallelism().map_or("an unknown number of".to_owned(), |cores| cores.to_string());
    let memory = kilobytes("/proc/meminfo", "MemTotal")
        .map_or("memory unknown".to_owned(), |bytes| format!("{:.0} GB of memory", bytes as f64 / f64::from(1 << 30)));
    format!("{cores} cores, {memory}, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}
