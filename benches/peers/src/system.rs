//! Information from the system on this process, on files and on the machine.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::thread::available_parallelism;

use anyhow::{Context, Result};

/// LMDB's lock file holds no data.
const NO_DATA: &str = "lock.mdb";

/// The bytes of a `kB` line of one of the system's tables.
fn kilobytes(table: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(table).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// The peak memory of this process, in bytes. Known on Linux only.
///
/// Not `getrusage`: its maximum carries the parent's over into the child.
pub(crate) fn peak_bytes() -> Option<u64> {
    kilobytes("/proc/self/status", "VmHWM")
}

/// The average number of processes that wanted to run in the last minute. Known on Linux only.
pub(crate) fn load() -> Option<String> {
    Some(fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.to_owned())
}

/// Cores, memory, kind of system and compiler.
pub(crate) fn machine() -> String {
    let cores = available_parallelism().map_or("an unknown number of".to_owned(), |cores| cores.to_string());
    let memory = kilobytes("/proc/meminfo", "MemTotal")
        .map_or("memory unknown".to_owned(), |bytes| format!("{:.0} GB of memory", bytes as f64 / f64::from(1 << 30)));
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{cores} cores, {memory}, {os} {arch}, {}", env!("RUSTC_VERSION"))
}

/// The files with data in `directory`.
fn files(directory: &Path) -> Result<Vec<fs::DirEntry>> {
    let entries = fs::read_dir(directory).with_context(|| format!("read the directory {}", directory.display()))?;
    let mut files = entries.collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.file_name() != NO_DATA && file.path().is_file());
    Ok(files)
}

/// The length of all files with data in `directory`.
pub(crate) fn file_bytes(directory: &Path) -> Result<u64> {
    files(directory)?.iter().try_fold(0, |sum, file| Ok(sum + file.metadata()?.len()))
}

/// Makes an empty directory in place of any existing one.
pub(crate) fn new_directory(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path)?;
    }
    Ok(fs::create_dir_all(path)?)
}

/// Copies the files of a directory and syncs them, so that no write of the copy is pending.
pub(crate) fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let copy = to.join(file.file_name());
        fs::copy(file.path(), &copy)?;
        File::open(copy)?.sync_all()?;
    }
    Ok(())
}

/// Reads all files of a directory, so that they are in the page cache.
pub(crate) fn warm(directory: &Path) -> Result<()> {
    for file in files(directory)? {
        io::copy(&mut File::open(file.path())?, &mut io::sink())?;
    }
    Ok(())
}

/// Drops all files of a directory from the page cache. Does nothing except on Linux.
pub(crate) fn cool(directory: &Path) -> Result<()> {
    for file in files(directory)? {
        let file = File::open(file.path())?;
        file.sync_all()?;
        #[cfg(target_os = "linux")]
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    }
    Ok(())
}
