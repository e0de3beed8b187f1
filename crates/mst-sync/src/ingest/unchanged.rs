//! Files that have not changed since their records were read, which are not read again.
//!
//! A commit notes which file its records were read from: its length, its times, the hash of its content, and how its
//! rows became records. The file is unchanged if all of that is as it was. Its times alone are taken as evidence only if
//! they had settled when it was read, as in the index of git: a file that was changed in the moment before may change
//! again without other times. Otherwise its content is hashed and compared.

use std::fmt::Write;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::SOURCE_NOTE;
use crate::condition::RowCondition;
use crate::mapping::Mapping;
use crate::source::{FileHasher, Settings};
use file_mst::{Commit, NodeHash};

/// How long before the reading a file must have been changed for its times to be evidence. Some file systems count in
/// units of two seconds.
const SETTLED: Duration = Duration::from_secs(2);
/// The number of bytes hashed at once.
const PIECE: usize = 1 << 18;
/// The first line of a note. Another way to read files gets another number.
const VERSION: &str = "file 1";

/// A file on its way to become records.
pub(super) struct SourceFile<'m> {
    path: &'m Path,
    mapping: &'m Mapping,
    state: State,
    /// Whether the times had settled when the reading began.
    is_settled: bool,
    /// Hashes what is read, if the source reads its file from beginning to end.
    pub(super) hasher: Option<FileHasher>,
}

/// A file as the system describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct State {
    length: u64,
    /// When the content was changed, and on Unix when anything was, with device and number of the file.
    times: String,
}

impl State {
    fn of(file: &Metadata) -> Option<Self> {
        let modified = since_1970(file.modified().ok()?);
        #[cfg(unix)]
        let more = {
            use std::os::unix::fs::MetadataExt;
            format!(" {}.{:09} {} {}", file.ctime(), file.ctime_nsec(), file.dev(), file.ino())
        };
        #[cfg(not(unix))]
        let more = "";
        file.is_file().then(|| Self { length: file.len(), times: format!("{modified}{more}") })
    }
}

/// Nanoseconds since 1970, or before it.
fn since_1970(time: SystemTime) -> i128 {
    let nanos = |span: Duration| i128::try_from(span.as_nanos()).unwrap_or(i128::MAX);
    time.duration_since(UNIX_EPOCH).map_or_else(|error| -nanos(error.duration()), nanos)
}

/// Whether a file has not been changed for so long that any later change gives it other times.
fn is_settled(file: &Metadata, now: SystemTime) -> bool {
    let limit = since_1970(now) - since_1970(UNIX_EPOCH + SETTLED);
    let modified = file.modified().is_ok_and(|modified| since_1970(modified) < limit);
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        i128::from(file.ctime()) * 1_000_000_000 + i128::from(file.ctime_nsec()) < limit
    };
    #[cfg(not(unix))]
    let changed = true;
    modified && changed
}

impl<'m> SourceFile<'m> {
    /// The file of a mapping; `None` if its rows come from anything else, or depend on the moment.
    pub(super) fn of(mapping: &'m Mapping) -> Option<Self> {
        let (path, is_text) = match &mapping.source {
            Settings::Csv { path: Some(path), .. } | Settings::Ndjson { path: Some(path), .. } => (path, true),
            Settings::Parquet { path } => (path, false),
            _ => return None,
        };
        if mapping.rows.as_ref().is_some_and(RowCondition::uses_now) {
            return None;
        }
        let now = SystemTime::now();
        let file = std::fs::metadata(path).ok()?;
        let hasher = is_text.then(FileHasher::default);
        Some(Self { path, mapping, state: State::of(&file)?, is_settled: is_settled(&file, now), hasher })
    }

    /// The number of rows that the file had when the records of a commit were read from it, if they were, and if it is
    /// certain that reading it again would give the same records.
    pub(super) fn unchanged(&self, last: &Commit) -> Option<u64> {
        let noted = Noted::of(last)?;
        if noted.root != last.root.hash
            || noted.mapping != self.mapping.fingerprint()
            || noted.state.length != self.state.length
        {
            return None;
        }
        let is_same = noted.is_settled && noted.state == self.state || self.hash_file() == Some(noted.hash);
        is_same.then_some(noted.rows)
    }

    /// The hash of the whole content, if it can be read.
    fn hash_file(&self) -> Option<[u8; 32]> {
        let mut file = File::open(self.path).ok()?;
        let (mut hasher, mut piece, mut length) = (blake3::Hasher::new(), vec![0; PIECE], 0);
        loop {
            match file.read(&mut piece).ok()? {
                0 => break,
                count => {
                    hasher.update(piece.get(..count)?);
                    length += count as u64;
                }
            }
        }
        (length == self.state.length).then(|| *hasher.finalize().as_bytes())
    }

    /// The note for the commit of the records that were read; `None` if it is not certain which content that was.
    pub(super) fn note(&self, rows: u64, root: NodeHash) -> Option<Vec<u8>> {
        let hash = match &self.hasher {
            Some(hasher) => hasher.finish(self.state.length)?,
            // The content is read for a second time, which must be the same.
            None if self.is_settled => self.hash_file()?,
            None => return None,
        };
        let now = std::fs::metadata(self.path).ok().and_then(|file| State::of(&file));
        if now.as_ref() != Some(&self.state) {
            return None;
        }
        let noted = Noted {
            root,
            mapping: self.mapping.fingerprint(),
            rows,
            state: self.state.clone(),
            hash,
            is_settled: self.is_settled,
        };
        Some(noted.text().into_bytes())
    }
}

/// The content of a note.
#[derive(PartialEq, Eq, Debug)]
struct Noted {
    /// The root of the tree that has the records: other commands may commit changes, and keep the note.
    root: NodeHash,
    mapping: [u8; 32],
    rows: u64,
    state: State,
    hash: [u8; 32],
    is_settled: bool,
}

impl Noted {
    fn of(commit: &Commit) -> Option<Self> {
        Self::parse(std::str::from_utf8(commit.notes.get(SOURCE_NOTE)?).ok()?)
    }

    fn text(&self) -> String {
        let Self { root, mapping, rows, state, hash, is_settled } = self;
        let times = if *is_settled { "settled" } else { "recent" };
        let State { length, times: state } = state;
        let mut text = format!("{VERSION}\nrows {rows}\nlength {length}\ntimes {times}\nstate {state}\n");
        for (name, hash) in [("content", *hash), ("mapping", *mapping), ("root", *root.as_bytes())] {
            let _ = writeln!(text, "{name} {}", hex::encode(hash));
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != VERSION {
            return None;
        }
        let mut values = lines.map(|line| line.split_once(' '));
        let mut named = |name: &str| values.next()?.filter(|(found, _)| *found == name).map(|(_, value)| value);
        let rows = named("rows")?.parse().ok()?;
        let length = named("length")?.parse().ok()?;
        let is_settled = match named("times")? {
            "settled" => true,
            "recent" => false,
            _ => return None,
        };
        let times = named("state")?.to_owned();
        let mut hash = |name: &str| {
            let mut hash = [0; 32];
            hex::decode_to_slice(named(name)?, &mut hash).ok()?;
            Some(hash)
        };
        let (content, mapping, root) = (hash("content")?, hash("mapping")?, hash("root")?);
        let state = State { length, times };
        Some(Self { root: root.into(), mapping, rows, state, hash: content, is_settled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_reads_back() {
        for is_settled in [true, false] {
            let noted = Noted {
                root: [1; 32].into(),
                mapping: [2; 32],
                rows: 7,
                state: State { length: 100, times: "1 2.000000003 4 5".to_owned() },
                hash: [3; 32],
                is_settled,
            };
            let text = noted.text();
            assert_eq!(Noted::parse(&text), Some(noted), "{text}");
            assert_eq!(Noted::parse(&text.replace("file 1", "file 2")), None);
            assert_eq!(Noted::parse(&text[..text.len() - 3]), None);
        }
    }
}
