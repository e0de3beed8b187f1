//! Frames: a length, then that many bytes.

use std::sync::Arc;

use super::NodeError;
use crate::node::dialect::PAGE;
use crate::storage::ReadAt;

/// The size of the length prefix of a frame: a little-endian `u32`.
pub const FRAME_PREFIX: usize = 4;

/// The longest frame that is read, in bytes, whatever its prefix says.
pub const MAX_FRAME: u64 = 256 << 20;

/// The bytes of one node with its length prefix, and where they begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    offset: u64,
    bytes: Vec<u8>,
}

impl Frame {
    /// Reads the frame at `offset`: one read where it ends within its page, two where it does not.
    ///
    /// # Errors
    /// [`NodeError::PastEnd`], [`NodeError::Length`] or [`NodeError::Io`]. The length is compared with the file's
    /// before anything is allocated for it.
    pub fn read(storage: &dyn ReadAt, offset: u64) -> Result<Self, NodeError> {
        let io = |source| NodeError::Io { offset, source: Arc::new(source) };
        // A frame of up to a page never crosses a page boundary (I13), so the rest of the page holds most nodes whole.
        let to_page_end = PAGE - offset % PAGE;
        let mut bytes = vec![0; to_page_end.max(FRAME_PREFIX as u64) as usize];
        let read = storage.read_up_to(offset, &mut bytes).map_err(io)?;
        let Some((prefix, _)) = bytes.split_first_chunk::<FRAME_PREFIX>().filter(|_| read >= FRAME_PREFIX) else {
            return Err(NodeError::PastEnd { offset, file_len: storage.len().map_err(io)? });
        };
        let length = u64::from(u32::from_le_bytes(*prefix));
        let whole = FRAME_PREFIX + length as usize;
        if whole > read {
            let rest = storage.len().map_err(io)?.saturating_sub(offset + FRAME_PREFIX as u64);
            let available = rest.min(MAX_FRAME);
            if length > available {
                return Err(NodeError::Length { offset, length, available });
            }
            bytes.resize(whole, 0);
            let missing = bytes.get_mut(read..).unwrap_or_default();
            let wanted = missing.len();
            let got = storage.read_up_to(offset + read as u64, missing).map_err(io)?;
            if got < wanted {
                let available = (read + got - FRAME_PREFIX) as u64;
                return Err(NodeError::Length { offset, length, available });
            }
        }
        bytes.truncate(whole);
        bytes.shrink_to_fit();
        Ok(Self { offset, bytes })
    }

    /// Reads the frame at `offset` whose length is known from the link to it: one read of exactly its bytes.
    ///
    /// # Errors
    /// The same errors as [`Frame::read`]; [`NodeError::Length`] too if the frame's prefix says another length.
    pub fn read_exact(storage: &dyn ReadAt, offset: u64, length: u32) -> Result<Self, NodeError> {
        let io = |source| NodeError::Io { offset, source: Arc::new(source) };
        let (whole, follows) = (u64::from(length), u64::from(length).saturating_sub(FRAME_PREFIX as u64));
        if whole > MAX_FRAME + FRAME_PREFIX as u64 {
            return Err(NodeError::Length { offset, length: follows, available: MAX_FRAME });
        }
        // A page is cheap to allocate; a longer frame is compared with the length of the file first.
        if whole > PAGE {
            let available = storage.len().map_err(io)?.saturating_sub(offset);
            if whole > available {
                return Err(NodeError::Length { offset, length: follows, available });
            }
        }
        let mut bytes = vec![0; whole as usize];
        let read = storage.read_up_to(offset, &mut bytes).map_err(io)?;
        if read < bytes.len() {
            return Err(NodeError::PastEnd { offset, file_len: storage.len().map_err(io)? });
        }
        let prefix = bytes.first_chunk::<FRAME_PREFIX>().map_or(0, |prefix| u64::from(u32::from_le_bytes(*prefix)));
        if prefix != follows {
            return Err(NodeError::Length { offset, length: prefix, available: follows });
        }
        Ok(Self { offset, bytes })
    }

    /// Takes the bytes at `offset` as a frame whatever their length prefix says, to inspect damage.
    pub fn in_memory(offset: u64, bytes: Vec<u8>) -> Self {
        Self { offset, bytes }
    }

    /// A frame that is already in memory: `bytes` with the length prefix, as they stand at `offset`.
    pub(crate) fn from_bytes(offset: u64, bytes: Vec<u8>) -> Self {
        Self { offset, bytes }
    }

    /// Where the frame begins in the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Where the frame ends in the file.
    pub fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }

    /// The frame's bytes, length prefix included.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(prefix: u32, follow: usize) -> Vec<u8> {
        let mut bytes = prefix.to_le_bytes().to_vec();
        bytes.resize(FRAME_PREFIX + follow, 7);
        bytes
    }

    #[test]
    fn frames_within_and_beyond_a_page() {
        for length in [0, 1, 36, 4092, 4093, 5000, 20_000] {
            let frame = Frame::read(&file(length, 20_000), 0).unwrap();
            assert_eq!(frame.bytes().len(), FRAME_PREFIX + length as usize);
            assert_eq!(frame.end(), FRAME_PREFIX as u64 + u64::from(length));
        }
    }

    #[test]
    fn a_prefix_at_the_very_end_of_a_page() {
        let mut bytes = vec![0; 4094];
        bytes.extend(file(10, 10));
        assert_eq!(Frame::read(&bytes, 4094).unwrap().bytes().len(), 14);
    }

    #[test]
    fn lengths_are_held_against_the_file() {
        let error = Frame::read(&file(u32::MAX, 100), 0).unwrap_err();
        assert!(matches!(error, NodeError::Length { length: 0xffff_ffff, available: 100, .. }), "{error}");
        let error = Frame::read(&file(101, 100), 0).unwrap_err();
        assert!(matches!(error, NodeError::Length { length: 101, available: 100, .. }), "{error}");
    }

    #[test]
    fn offsets_past_the_end() {
        for offset in [101, 104, 105, 1 << 40, u64::MAX - 3] {
            let error = Frame::read(&file(1, 100), offset).unwrap_err();
            assert!(matches!(error, NodeError::PastEnd { file_len: 104, .. }), "{offset}: {error}");
        }
    }
}
