//! Creates a file whole or not at all.
//!
//! ```text
//! 1  .NAME.RANDOM.mst-partial is created beside NAME and locked
//! 2  it is written, and synced
//! 3  it is renamed to NAME, and the directory is synced
//! ```
//!
//! A process that dies before step 3 leaves NAME as it was. The lock ends with the process, so the next one that writes
//! NAME recognises the leftover by its name and its free lock, and removes it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::directory::sync_directory;
use crate::error::Error;
use crate::storage::{FileStorage, is_stream};
use crate::store::WriterLock;

/// The suffix of an unfinished file's name.
const SUFFIX: &str = ".mst-partial";
/// The number of random characters in its name.
const RANDOM: usize = 6;
/// The longest NAME that becomes part of it, in bytes; a longer one is hashed. File systems allow 255.
const LONGEST: usize = 200;
/// Attempts to create a file that no other process removes as a leftover between its creation and its lock.
const ATTEMPTS: u32 = 8;

/// A file that is being written beside its destination, under a temporary name. [`NewFile::finish`] moves it there; if
/// it is dropped before, nothing is left of it.
///
/// ```
/// use std::io::Write;
/// use file_mst::write::NewFile;
///
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("report.txt");
/// let mut file = NewFile::create(&path)?;
/// file.write_all(b"all of it")?;
/// assert!(!path.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read(&path)?, b"all of it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NewFile {
    /// The destination.
    path: PathBuf,
    replaces: bool,
    target: Target,
    /// Released after the file is removed or at its destination: until then no process may take it for a leftover.
    lock: Option<WriterLock>,
}

/// The file that the bytes are written to.
#[derive(Debug)]
enum Target {
    /// A temporary file beside the destination.
    Beside(NamedTempFile),
    /// A terminal, a pipe or another device at the path itself: nothing can be renamed to it.
    Stream(File),
}

impl NewFile {
    /// Begins a file that will be at `path`, which must not exist.
    ///
    /// # Errors
    /// [`Error::Exists`] if there is something at `path`, even a dangling link; [`Error::Locked`] if another process is
    /// writing this file now; those of the system.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        if path.symlink_metadata().is_ok() {
            return Err(Error::Exists { path: path.to_owned() });
        }
        Self::beside(path.to_owned(), false, None)
    }

    /// Begins a file that will replace the one at `path`, if any. Permissions stay; a link stays, and the file that it
    /// leads to is replaced. A device or pipe is written to directly.
    ///
    /// # Errors
    /// [`Error::Locked`] if another process is writing this file now; those of the system.
    pub fn replace(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = resolve_links(path.as_ref());
        match fs::metadata(&path) {
            Ok(there) if is_stream(there.file_type()) => {
                let file = File::options().write(true).open(&path).map_err(Error::io("open the file"))?;
                Ok(Self { path, replaces: true, target: Target::Stream(file), lock: None })
            }
            Ok(there) if there.is_dir() => Err(Error::io("create the file")(ErrorKind::IsADirectory.into())),
            there => Self::beside(path, true, there.ok()),
        }
    }

    fn beside(path: PathBuf, replaces: bool, like: Option<Metadata>) -> Result<Self, Error> {
        let io = Error::io("create the file");
        let Some(prefix) = path.file_name().map(prefix) else { return Err(io(ErrorKind::InvalidInput.into())) };
        let directory = directory_of(&path);
        for _ in 0..ATTEMPTS {
            let temporary = new_temporary(directory, &prefix).map_err(&io)?;
            // On a system without locks a leftover looks like a file that is being written, and stays.
            let lock = WriterLock::take(temporary.as_file(), &path).ok();
            if is_at(temporary.as_file(), temporary.path()).map_err(&io)? {
                if let Some(like) = &like {
                    temporary.as_file().set_permissions(like.permissions()).map_err(&io)?;
                }
                if clear_up(directory, &prefix, temporary.path()) {
                    return Err(Error::Locked { path });
                }
                return Ok(Self { path, replaces, target: Target::Beside(temporary), lock });
            }
        }
        Err(io(ErrorKind::AlreadyExists.into()))
    }

    /// The destination.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self) -> &File {
        match &self.target {
            Target::Beside(temporary) => temporary.as_file(),
            Target::Stream(file) => file,
        }
    }

    /// The file as storage of a tree.
    pub(super) fn storage(&self) -> Result<FileStorage, Error> {
        self.file().try_clone().map(FileStorage::of).map_err(Error::io("create the file"))
    }

    /// The lock of the file, for a writer that continues in it.
    pub(super) fn take_lock(&mut self) -> Result<WriterLock, Error> {
        match self.lock.take() {
            Some(lock) => Ok(lock),
            None => WriterLock::take(self.file(), &self.path),
        }
    }

    /// Moves the file to its destination, once all of it is on the disk.
    ///
    /// # Errors
    /// [`Error::Exists`] if something was created there meanwhile; those of the system. There is no new file then.
    pub fn finish(self) -> Result<(), Error> {
        let Self { path, replaces, target, lock } = self;
        let temporary = match target {
            Target::Beside(temporary) => temporary,
            // A stream cannot be synced, and has already received everything.
            Target::Stream(_) => return Ok(()),
        };
        temporary.as_file().sync_all().map_err(Error::io("sync the file"))?;
        let persisted = if replaces { temporary.persist(&path) } else { temporary.persist_noclobber(&path) };
        match persisted {
            Ok(_) => {}
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Err(Error::Exists { path }),
            Err(error) => return Err(Error::io("put the file in its place")(error.error)),
        }
        drop(lock);
        sync_directory(&path)
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

/// The path that a chain of links leads to, whether or not a file is there.
pub(super) fn resolve_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // Systems follow at most 40 links; a longer chain is a loop.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(to) => path = directory_of(&path).join(to),
            Err(_) => break,
        }
    }
    path
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The prefix of the names of unfinished files whose destination has this name.
fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    if name.len() <= LONGEST {
        prefix.push(name);
    } else {
        let hash = blake3::hash(name.as_encoded_bytes()).to_hex();
        prefix.push(hash.get(..32).unwrap_or_default());
    }
    prefix.push(".");
    prefix
}

fn new_temporary(directory: &Path, prefix: &OsStr) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(prefix).suffix(SUFFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The umask applies, as for any new file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}

/// Whether `file` is the one at `path`. True if the system does not tell.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    match FileStorage::of(file.try_clone()?).is_at(path) {
        Ok(there) => Ok(there != Some(false)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes the leftovers of processes that died while they wrote the same file. Returns true if another process is
/// writing it now.
fn clear_up(directory: &Path, prefix: &OsStr, own: &Path) -> bool {
    let Ok(entries) = fs::read_dir(directory) else { return false };
    let (prefix, own) = (prefix.as_encoded_bytes(), own.file_name());
    let mut is_written = false;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let random = name.as_encoded_bytes().strip_prefix(prefix).and_then(|it| it.strip_suffix(SUFFIX.as_bytes()));
        let is_plain = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if random.is_none_or(|random| random.len() != RANDOM) || Some(&*name) == own || !is_plain() {
            continue;
        }
        let Ok(file) = File::open(entry.path()) else { continue };
        match WriterLock::take(&file, Path::new(&name)) {
            // The lock is held while the file is removed, so that no other process takes it meanwhile.
            Ok(_lock) => _ = fs::remove_file(entry.path()),
            Err(Error::Locked { .. }) => is_written = true,
            Err(_) => {}
        }
    }
    is_written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_not_finished_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new");
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(names(dir.path()), [""; 0]);
    }

    #[test]
    fn a_file_created_meanwhile_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new");
        let file = NewFile::create(&path).unwrap();
        fs::write(&path, "other").unwrap();
        assert!(matches!(file.finish(), Err(Error::Exists { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(names(dir.path()), ["new"]);
    }

    #[test]
    fn leftovers_of_dead_processes_are_removed_and_files_being_written_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let others =
            [".new.abcdef.other", ".newer.abcdef.mst-partial", ".new.abc.mst-partial", "new.abcdef.mst-partial"];
        for name in others {
            fs::write(at(name), "kept").unwrap();
        }
        fs::write(at(".new.abcdef.mst-partial"), "left by a dead process").unwrap();
        let living = NewFile::create(at("new")).unwrap();
        assert!(!at(".new.abcdef.mst-partial").exists());
        assert!(matches!(NewFile::create(at("new")), Err(Error::Locked { .. })));
        assert!(matches!(NewFile::replace(at("new")), Err(Error::Locked { .. })));
        living.finish().unwrap();
        assert!(others.iter().all(|name| at(name).exists()));
        assert_eq!(names(dir.path()).len(), others.len() + 1);
    }

    #[cfg(unix)]
    #[test]
    fn replacing_keeps_links_and_permissions() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (link, path) = (dir.path().join("link"), dir.path().join("file"));
        symlink("file", &link).unwrap();
        assert!(matches!(NewFile::create(&link), Err(Error::Exists { .. })), "a link that leads nowhere is there");
        for (content, mode) in [("first", 0o644), ("second", 0o640)] {
            if path.exists() {
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            }
            let mut file = NewFile::replace(&link).unwrap();
            file.write_all(content.as_bytes()).unwrap();
            file.finish().unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        let mut null = NewFile::replace("/dev/null").unwrap();
        null.write_all(b"gone").unwrap();
        null.finish().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn the_longest_names_can_be_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("n".repeat(255));
        NewFile::create(&path).unwrap().finish().unwrap();
        assert!(path.exists());
    }
}
