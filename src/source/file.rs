//! Text files, plain or compressed, and standard input.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::{Gauge, SourceError};

/// How much is read at once.
const PIECE: usize = 1 << 18;

/// An opened file: its name for messages, its bytes decompressed, and how far it is read.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) reader: Box<dyn BufRead>,
    pub(super) gauge: Gauge,
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    gauge: Gauge,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(to)?;
        self.gauge.add(count as u64);
        Ok(count)
    }
}

/// Opens a file, or standard input. Whether it is compressed is seen from its first bytes.
pub(super) fn open(path: Option<&Path>) -> Result<Opened, SourceError> {
    let name = path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    let wrong = |source| SourceError::Io { path: name.clone().into(), source };
    let (raw, gauge): (Box<dyn Read>, _) = match path {
        None => (Box::new(std::io::stdin()), Gauge::default()),
        Some(path) => {
            let file = File::open(path).map_err(wrong)?;
            let length = file.metadata().map_err(wrong)?.len();
            (Box::new(file), Gauge::new(Some(length)))
        }
    };
    let mut raw = BufReader::with_capacity(PIECE, Counted { inner: raw, gauge: gauge.clone() });
    let start = raw.fill_buf().map_err(wrong)?;
    let mut reader: Box<dyn BufRead> = if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(BufReader::with_capacity(PIECE, flate2::bufread::MultiGzDecoder::new(raw)))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let decoder = zstd::stream::read::Decoder::with_buffer(raw).map_err(wrong)?;
        Box::new(BufReader::with_capacity(PIECE, decoder))
    } else {
        Box::new(raw)
    };
    if reader.fill_buf().map_err(wrong)?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    Ok(Opened { name, reader, gauge })
}
