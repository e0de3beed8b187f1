//! The seam between trees and bytes: positional reads and writes.
//!
//! Everything that reads a file goes through [`ReadAt`], and what writes one through [`WriteAt`], so that tests can
//! count, cut and damage what is read, and record, tear and refuse what is written.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Bytes that can be read at any position, by many threads at once.
pub trait ReadAt: Send + Sync {
    /// The number of bytes there are now. A file can grow while it is read.
    fn len(&self) -> io::Result<u64>;

    /// Reads into `buf` from `offset` on; returns how many bytes were read, 0 at the end.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Whether there is no byte.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// The first byte from `offset` on that may be another than zero, as far as the system tells without reading: it passes
    /// over the holes of a sparse file. `offset` itself where it does not tell, and the length where nothing follows.
    fn data_from(&self, offset: u64) -> io::Result<u64> {
        Ok(offset)
    }

    /// Whether a writer has the file open just now; none where that cannot be told.
    fn is_being_written(&self) -> Option<bool> {
        None
    }

    /// Reads into `buf` until it is full or the end is reached; returns how many bytes were read.
    fn read_up_to(&self, mut offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read_at(offset, rest) {
                Ok(0) => break,
                Ok(count) => {
                    filled += count;
                    offset += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// Bytes that can be written at any position too.
pub trait WriteAt: ReadAt {
    /// Writes all of `bytes` from `offset` on; what lies between the end and `offset` reads as zeros.
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts or extends to `len` bytes.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Returns when all that was written before will survive a loss of power.
    fn sync(&self) -> io::Result<()>;
}

impl std::fmt::Debug for dyn WriteAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dyn WriteAt")
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> io::Result<u64> {
        Ok(<[u8]>::len(self) as u64)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.get(start..).unwrap_or_default();
        let count = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }

    fn is_being_written(&self) -> Option<bool> {
        Some(false)
    }
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> io::Result<u64> {
        ReadAt::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buf)
    }

    fn is_being_written(&self) -> Option<bool> {
        Some(false)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for Arc<T> {
    fn len(&self) -> io::Result<u64> {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buf)
    }

    fn data_from(&self, offset: u64) -> io::Result<u64> {
        (**self).data_from(offset)
    }

    fn is_being_written(&self) -> Option<bool> {
        (**self).is_being_written()
    }
}

/// A file. Opened for reading only, it is never created, extended, or locked.
#[derive(Debug)]
pub struct FileStorage {
    file: File,
    /// Whether nobody writes through it, so that its lock is none that a writer of this process holds.
    read_only: bool,
}

impl FileStorage {
    /// Opens the file at `path` for reading.
    ///
    /// # Errors
    /// Those of the system; a directory is refused as [`io::ErrorKind::IsADirectory`], and what has no positions to
    /// read at, such as a pipe, as [`io::ErrorKind::NotSeekable`].
    pub fn open(path: &Path) -> io::Result<Self> {
        // Looked at first, since opening a named pipe would wait for someone to write to it.
        let kind = std::fs::metadata(path)?.file_type();
        if kind.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if is_stream(kind) {
            return Err(io::ErrorKind::NotSeekable.into());
        }
        Ok(Self { file: File::open(path)?, read_only: true })
    }

    /// Opens the file at `path` for reading and writing, and creates it if there is none.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open_writable(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Self { file, read_only: false })
    }

    /// A file without a name, which is gone when it is closed.
    ///
    /// # Errors
    /// Those of the system.
    pub fn temporary() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, read_only: false })
    }

    /// A file that is open.
    pub(crate) fn of(file: File) -> Self {
        Self { file, read_only: false }
    }

    /// Whether this is the file that is now at `path`; none where the system does not tell.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::NotFound`] if there is no file at `path`.
    pub fn is_at(&self, path: &Path) -> io::Result<Option<bool>> {
        let (there, here) = (std::fs::metadata(path)?, self.file.metadata()?);
        Ok(identity(&there).zip(identity(&here)).map(|(there, here)| there == here))
    }

    /// The file below.
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl WriteAt for FileStorage {
    #[cfg(unix)]
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&self.file, bytes, offset)
    }

    #[cfg(windows)]
    fn write_all_at(&self, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match std::os::windows::fs::FileExt::seek_write(&self.file, bytes, offset) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    offset += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// Which file of the system it is.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(unix)]
pub(crate) fn is_stream(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo() || kind.is_socket() || kind.is_char_device()
}

#[cfg(not(unix))]
pub(crate) fn is_stream(_: FileType) -> bool {
    false
}

impl ReadAt for FileStorage {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if i64::try_from(offset).is_err() {
            // No file is so long, but the system would call it an invalid argument.
            return Ok(0);
        }
        std::os::unix::fs::FileExt::read_at(&self.file, buf, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buf, offset)
    }

    #[cfg(any(target_os = "linux", target_os = "macos", target_os = "freebsd"))]
    fn data_from(&self, offset: u64) -> io::Result<u64> {
        use rustix::fs::{SeekFrom, seek};
        // All reads name their position, so nothing depends on where this leaves the file.
        match seek(&self.file, SeekFrom::Data(offset)) {
            Ok(at) => Ok(at.max(offset)),
            // Nothing but a hole up to the end.
            Err(rustix::io::Errno::NXIO) => Ok(self.len()?.max(offset)),
            // A file system that does not tell.
            Err(_) => Ok(offset),
        }
    }

    /// A writer holds an exclusive lock. It is asked for with a shared one, which is given back at once: a writer that opens
    /// the file in the same moment is refused as by another writer.
    #[cfg(unix)]
    fn is_being_written(&self) -> Option<bool> {
        use std::fs::TryLockError;
        if !self.read_only {
            return None;
        }
        match self.file.try_lock_shared() {
            Ok(()) => self.file.unlock().ok().map(|()| false),
            Err(TryLockError::WouldBlock) => Some(true),
            Err(TryLockError::Error(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stop_at_the_end() {
        let bytes = vec![1, 2, 3, 4];
        let mut buf = [0; 3];
        assert_eq!(bytes.read_up_to(2, &mut buf).unwrap(), 2);
        assert_eq!(buf, [3, 4, 0]);
        assert_eq!(bytes.read_up_to(4, &mut buf).unwrap(), 0);
        assert_eq!(bytes.read_up_to(u64::MAX, &mut buf).unwrap(), 0);
    }

    #[test]
    fn short_reads_and_interruptions_are_continued() {
        struct Trickle(std::sync::atomic::AtomicU32);
        impl ReadAt for Trickle {
            fn len(&self) -> io::Result<u64> {
                Ok(10)
            }
            fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
                if self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(2) {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                buf[0] = offset as u8;
                Ok(usize::from(offset < 10))
            }
        }
        let mut buf = [9; 4];
        assert_eq!(Trickle(0.into()).read_up_to(3, &mut buf).unwrap(), 4);
        assert_eq!(buf, [3, 4, 5, 6]);
    }

    #[test]
    fn a_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let error = FileStorage::open(dir.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
    }
}
