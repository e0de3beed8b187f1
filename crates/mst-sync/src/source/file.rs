//! Text files, plain or compressed, and standard input.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::encoding::as_utf8;
use super::{FileHasher, Gauge, SourceError, TextEncoding};

/// The number of bytes read at once.
const READ_SIZE: usize = 1 << 18;
/// The maximum length of a byte order mark or a magic number.
const MAX_MARK: u64 = 4;

/// An opened file: its name for messages, its text (decompressed, and converted to UTF-8), and the progress of reading.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) reader: Box<dyn BufRead + Send>,
    pub(super) gauge: Gauge,
}

/// Counts the bytes read, and hashes them if that is wanted.
struct Counted<R> {
    inner: R,
    gauge: Gauge,
    hasher: Option<FileHasher>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(to)?;
        self.gauge.add(count as u64);
        if let Some(hasher) = &self.hasher {
            hasher.update(to.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

/// The first bytes, even if they arrive in smaller pieces.
fn start(reader: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(MAX_MARK).read_to_end(&mut start)?;
    Ok(start)
}

/// Opens a file or standard input. Its first bytes tell whether it is compressed, and have its byte order mark.
pub(super) fn open(
    path: Option<&Path>,
    encoding: Option<&TextEncoding>,
    hasher: Option<FileHasher>,
) -> Result<Opened, SourceError> {
    let name = path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    let wrong = |source| SourceError::Io { path: name.clone().into(), source };
    let (raw, gauge): (Box<dyn Read + Send>, _) = match path {
        None => (Box::new(std::io::stdin()), Gauge::default()),
        Some(path) => {
            let file = File::open(path).map_err(wrong)?;
            let length = file.metadata().map_err(wrong)?.len();
            (Box::new(file), Gauge::new(Some(length)))
        }
    };
    let mut raw = BufReader::with_capacity(READ_SIZE, Counted { inner: raw, gauge: gauge.clone(), hasher });
    let first = start(&mut raw).map_err(wrong)?;
    let kind = (first.starts_with(&[0x1f, 0x8b]), first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    let raw = std::io::Cursor::new(first).chain(raw);
    let mut plain: Box<dyn BufRead + Send> = match kind {
        (true, _) => Box::new(BufReader::with_capacity(READ_SIZE, flate2::bufread::MultiGzDecoder::new(raw))),
        (_, true) => {
            let decoder = zstd::stream::read::Decoder::with_buffer(raw).map_err(wrong)?;
            Box::new(BufReader::with_capacity(READ_SIZE, decoder))
        }
        _ => Box::new(raw),
    };
    let first = start(&mut plain).map_err(wrong)?;
    let reader = as_utf8(&first, plain, encoding).map_err(wrong)?;
    Ok(Opened { name, reader, gauge })
}
