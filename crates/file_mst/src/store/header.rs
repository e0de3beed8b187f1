//! Page 0: the identity of the file, and a hint to its last commit (I1).
//!
//! ```text
//!  0   8  magic
//!  8   4  format version, u32 LE
//! 12   4  page size, u32 LE: 4096
//! 16  16  file id, drawn at random when the file is created
//! 32   8  check: the first 8 bytes of blake3 over bytes 0 to 31
//! 40   8  hint: the offset of the last commit frame, u64 LE; 0 for none
//! 48   8  check of the hint: the first 8 bytes of blake3 over file id and hint
//! 56      zeros to the end of the page
//! ```
//!
//! The hint has a check of its own, so that a torn or damaged hint does not make the file id unreadable.

use std::fmt;
use std::ops::Range;

use crate::error::Error;
use crate::node::dialect::PAGE;
use crate::storage::ReadAt;

/// The first bytes of a file of ours. They are neither text nor the length prefix of a published node, and any
/// conversion of line ends changes them.
pub const MAGIC: [u8; 8] = *b"\x89MST\r\n\x1a\n";

/// The newest format version that is known here, and the one that is written.
pub const FORMAT_VERSION: u32 = 1;

/// The number of used bytes in page 0.
pub(crate) const HEADER_BYTES: usize = 56;

/// The bytes of the hint and its check.
pub(crate) const HINT: Range<usize> = 40..HEADER_BYTES;

/// The bytes that the first check covers.
const IDENTITY: Range<usize> = 0..32;
const IDENTITY_CHECK: Range<usize> = 32..40;

/// The random id that a file was given when it was created. It stands in page 0 and in each commit, and it is part of
/// each commit's checksum: a commit frame of another file is no commit here (I17).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId([u8; 16]);

impl FileId {
    /// A new id from the system's source of randomness.
    ///
    /// # Errors
    /// [`Error::Io`] if the system has none to give.
    pub(crate) fn random() -> Result<Self, Error> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|error| Error::io("draw a random file id")(std::io::Error::other(error)))?;
        Ok(Self(id))
    }

    /// Its bytes, as they stand in the file.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for FileId {
    fn from(id: [u8; 16]) -> Self {
        Self(id)
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileId({self})")
    }
}

/// The content of page 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// The format version.
    pub version: u32,
    /// The id of the file.
    pub file_id: FileId,
    /// The offset of the last commit frame, 0 if there was none when the hint was written; `None` if the hint's check
    /// does not hold.
    pub hint: Option<u64>,
}

impl Header {
    /// The used bytes of page 0 of the file `id` whose last commit frame is at `hint`.
    pub(crate) fn encode(id: FileId, hint: u64) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let identity = MAGIC
            .into_iter()
            .chain(FORMAT_VERSION.to_le_bytes())
            .chain((PAGE as u32).to_le_bytes())
            .chain(*id.as_bytes());
        bytes.iter_mut().zip(identity).for_each(|(to, from)| *to = from);
        let check = check(bytes.get(IDENTITY).unwrap_or_default());
        bytes.iter_mut().skip(IDENTITY.end).zip(check).for_each(|(to, from)| *to = from);
        bytes.iter_mut().skip(HINT.start).zip(Self::encode_hint(id, hint)).for_each(|(to, from)| *to = from);
        bytes
    }

    /// The bytes at [`HINT`]: a hint in the file `id`, and its check.
    pub(crate) fn encode_hint(id: FileId, hint: u64) -> [u8; HINT.end - HINT.start] {
        let mut bytes = [0; HINT.end - HINT.start];
        let check = hint_check(id, hint);
        bytes.iter_mut().zip(hint.to_le_bytes().into_iter().chain(check)).for_each(|(to, from)| *to = from);
        bytes
    }

    /// Whether these used bytes of page 0 are those of a file of ours except for the magic.
    pub(super) fn is_all_but_magic(bytes: &[u8; HEADER_BYTES]) -> bool {
        let sound = Self::encode(FileId(array(bytes, 16)), 0);
        sound.get(MAGIC.len()..HINT.start) == bytes.get(MAGIC.len()..HINT.start)
    }

    /// Reads page 0. `None` if the file does not begin with our magic.
    ///
    /// # Errors
    /// [`Error::NewerVersion`]; [`Error::Header`] if the check of version and file id does not hold, or if version or
    /// page size never existed; [`Error::Io`].
    pub fn read(storage: &dyn ReadAt) -> Result<Option<Self>, Error> {
        let mut bytes = [0; HEADER_BYTES];
        let read = storage.read_up_to(0, &mut bytes).map_err(Error::io("read the header"))?;
        if read < MAGIC.len() || !bytes.starts_with(&MAGIC) {
            return Ok(None);
        }
        if read < HEADER_BYTES {
            let found = format!("the end of the file at byte {read}");
            return Err(Error::Header {
                at: read as u64,
                expected: format!("a header of {HEADER_BYTES} bytes"),
                found,
            });
        }
        if bytes.get(IDENTITY_CHECK) != Some(check(bytes.get(IDENTITY).unwrap_or_default()).as_slice()) {
            let expected = "the check of version, page size and file id".into();
            return Err(Error::Header { at: IDENTITY_CHECK.start as u64, expected, found: "another".into() });
        }
        // The first 40 bytes have the same layout in all versions, so the version can be trusted once the check holds.
        let version = u32::from_le_bytes(array(&bytes, 8));
        if version > FORMAT_VERSION {
            return Err(Error::NewerVersion { found: version, supported: FORMAT_VERSION });
        }
        if version == 0 {
            return Err(Error::Header { at: 8, expected: "a format version of 1".into(), found: "0".into() });
        }
        let page = u32::from_le_bytes(array(&bytes, 12));
        if u64::from(page) != PAGE {
            let expected = format!("a page size of {PAGE}");
            return Err(Error::Header { at: 12, expected, found: page.to_string() });
        }
        let file_id = FileId(array(&bytes, 16));
        let hint = u64::from_le_bytes(array(&bytes, HINT.start));
        let holds = array(&bytes, HINT.start + 8) == hint_check(file_id, hint);
        Ok(Some(Self { version, file_id, hint: Some(hint).filter(|_| holds) }))
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
}

fn check(bytes: &[u8]) -> [u8; 8] {
    array(blake3::hash(bytes).as_bytes(), 0)
}

fn hint_check(id: FileId, hint: u64) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(id.as_bytes()).update(&hint.to_le_bytes());
    array(hasher.finalize().as_bytes(), 0)
}
