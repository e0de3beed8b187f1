//! Page 0: what the file is, and a hint where its last commit is.
//!
//! ```text
//!  0   8  magic
//!  8   4  format version, u32 LE
//! 12   4  page size, u32 LE: 4096
//! 16   8  hint: the offset of the last commit frame, u64 LE; 0 for none
//! 24   8  check: the first 8 bytes of blake3 over bytes 0 to 23
//! 32      zeros to the end of the page
//! ```

use crate::dialect::PAGE;
use crate::error::Error;
use crate::storage::ReadAt;

/// The first bytes of a file of ours. No text, no length prefix of a published node, and damaged by what mangles line
/// ends.
pub const MAGIC: [u8; 8] = *b"\x89MST\r\n\x1a\n";

/// The newest format version that is known here, and the one that is written.
pub const FORMAT_VERSION: u32 = 1;

/// How many bytes of page 0 are in use.
pub(crate) const HEADER_BYTES: usize = 32;

/// What page 0 says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// The format version.
    pub version: u32,
    /// Where the last commit frame is, if the hint was written after it and holds.
    pub hint: Option<u64>,
}

impl Header {
    /// The header of a file whose last commit frame is at `hint`.
    pub(crate) fn encode(hint: u64) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let fields = MAGIC
            .into_iter()
            .chain(FORMAT_VERSION.to_le_bytes())
            .chain((PAGE as u32).to_le_bytes())
            .chain(hint.to_le_bytes());
        bytes.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        let check = check(&bytes);
        bytes.iter_mut().skip(24).zip(check).for_each(|(to, from)| *to = from);
        bytes
    }

    /// Reads page 0. None if the file does not begin with our magic. A hint that does not hold is left out, since it is
    /// only a hint.
    ///
    /// # Errors
    /// [`Error::NewerVersion`], [`Error::Header`] if version or page size are none that ever were, [`Error::Io`].
    pub fn read(storage: &dyn ReadAt) -> Result<Option<Self>, Error> {
        let mut bytes = [0; HEADER_BYTES];
        let read = storage.read_up_to(0, &mut bytes).map_err(Error::io("read the header"))?;
        if read < bytes.len() || !bytes.starts_with(&MAGIC) {
            return Ok(None);
        }
        let version = field_u32(&bytes, 8);
        if version > FORMAT_VERSION {
            return Err(Error::NewerVersion { found: version, supported: FORMAT_VERSION });
        }
        if version == 0 {
            return Err(Error::Header { at: 8, expected: "a format version of 1".into(), found: "0".into() });
        }
        let page = field_u32(&bytes, 12);
        if u64::from(page) != PAGE {
            let expected = format!("a page size of {PAGE}");
            return Err(Error::Header { at: 12, expected, found: page.to_string() });
        }
        let holds = bytes.get(24..32) == Some(check(&bytes).as_slice());
        let hint =
            bytes.get(16..24).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes));
        Ok(Some(Self { version, hint: Some(hint).filter(|hint| holds && *hint > 0) }))
    }
}

fn field_u32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn check(bytes: &[u8]) -> [u8; 8] {
    let hash = blake3::hash(bytes.get(..24).unwrap_or_default());
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}
