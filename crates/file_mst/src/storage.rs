//! The seam between trees and bytes: positional reads and writes.
//!
//! Every read of a file goes through [`ReadAt`], and every write through [`WriteAt`], so that tests can count, cut and
//! damage reads, and record, tear and refuse writes.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Bytes that can be read at any position, by many threads at once.
pub trait ReadAt: Send + Sync {
    /// The current number of bytes. A file can grow while it is read.
    fn len(&self) -> io::Result<u64>;

    /// Reads into `buf` from `offset` on; returns how many bytes were read, 0 at the end.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Whether there is no byte.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// The first byte from `offset` on that may differ from zero, as far as the system knows without reading: this
    /// skips the holes of a sparse file. `offset` itself if the system does not know, and the length if only a hole
    /// follows.
    fn data_from(&self, offset: u64) -> io::Result<u64> {
        Ok(offset)
    }

    /// Whether a writer has the file open at this moment; `None` if that is unknown.
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
    /// Writes all of `bytes` from `offset` on; a gap between the end and `offset` reads as zeros.
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Truncates or extends to `len` bytes.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Returns when all earlier writes will survive a loss of power.
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
    /// Whether it was opened for reading only. Otherwise a writer of this process may hold the file's lock through it.
    read_only: bool,
}

impl FileStorage {
    /// Opens the file at `path` for reading.
    ///
    /// # Errors
    /// Those of the system; a directory is refused as [`io::ErrorKind::IsADirectory`], and a stream without positions,
    /// such as a pipe, as [`io::ErrorKind::NotSeekable`].
    pub fn open(path: &Path) -> io::Result<Self> {
        // The kind is checked first, since opening a named pipe would wait for someone to write to it.
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

    /// A file without a name, which is deleted when it is closed.
    ///
    /// # Errors
    /// Those of the system.
    pub fn temporary() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, read_only: false })
    }

    /// Storage over an open file.
    pub(crate) fn of(file: File) -> Self {
        Self { file, read_only: false }
    }

    /// Whether this is the file that is now at `path`; `None` if the system does not tell.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::NotFound`] if there is no file at `path`.
    pub fn is_at(&self, path: &Path) -> io::Result<Option<bool>> {
        let (there, here) = (std::fs::metadata(path)?, self.file.metadata()?);
        Ok(identity(&there).zip(identity(&here)).map(|(there, here)| there == here))
    }

    /// The underlying file.
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

/// The identity of a file: device and inode.
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
            // The system would refuse such an offset as an invalid argument, although it just lies past the end.
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
            // There is only a hole up to the end.
            Err(rustix::io::Errno::NXIO) => Ok(self.len()?.max(offset)),
            // The file system does not know its holes.
            Err(_) => Ok(offset),
        }
    }

    /// A writer holds an exclusive lock. This tries a shared lock and releases it at once: a writer that opens the file
    /// at the same moment is refused as if there were another writer.
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
