//! Text files in encodings other than UTF-8.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// The message for a file that is not UTF-8.
pub(super) const NO_UTF_8: &str =
    "the file is not UTF-8; name its encoding in [source], such as encoding = \"windows-1252\" or \"utf-16le\"";

/// The encoding of a text file, as named in a mapping.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextEncoding {
    label: String,
    encoding: &'static Encoding,
}

impl TextEncoding {
    /// The encoding of this name or label (WHATWG Encoding Standard); `None` if it is unknown.
    pub fn named(label: &str) -> Option<Self> {
        let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
        Some(Self { label: label.trim().to_ascii_lowercase(), encoding })
    }

    /// The label, in lower case.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Whether the label leaves the byte order to the file.
    fn is_either_utf_16(&self) -> bool {
        matches!(self.encoding.name(), "UTF-16LE" | "UTF-16BE")
            && !self.label.ends_with("le")
            && !self.label.ends_with("be")
    }

    /// The bytes that are ambiguous, or undefined, in a single-byte encoding.
    ///
    /// The standard reads ISO 8859-1 as windows-1252, and maps bytes that a code page leaves undefined to control
    /// characters. If these occur, the label is most likely not the encoding of the writer.
    fn refused(&self) -> [bool; 256] {
        let mut refused = [false; 256];
        if !self.encoding.is_single_byte() {
            return refused;
        }
        let is_ascii = self.label.contains("ascii") || self.label.starts_with("ansi_x3");
        let is_windows = self.encoding.name().starts_with("windows");
        let is_iso_read_as_windows = is_windows && !self.label.contains("windows") && !self.label.contains("cp12");
        for (byte, refused) in (0_u8..=255).zip(&mut refused) {
            let is_control = || {
                let (text, _) = self.encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
                text.chars().all(|c| ('\u{80}'..='\u{9f}').contains(&c))
            };
            *refused = match byte {
                0..0x80 => false,
                0x80..=0x9f => is_ascii || is_iso_read_as_windows || is_control(),
                0xa0.. => is_ascii,
            };
        }
        refused
    }
}

/// The encoding named by the byte order mark of a text file, and the length of the mark.
fn mark(start: &[u8]) -> Option<(&'static Encoding, usize)> {
    Encoding::for_bom(start)
}

/// A text file as UTF-8, without its byte order mark. If an encoding was named, it must agree with the mark.
pub(super) fn as_utf8(
    start: &[u8],
    rest: Box<dyn BufRead + Send>,
    named: Option<&TextEncoding>,
) -> io::Result<Box<dyn BufRead + Send>> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    if start.starts_with(&[0xff, 0xfe, 0, 0]) || start.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(invalid("it begins with the byte order mark of UTF-32, which is not supported".to_owned()));
    }
    let found = mark(start);
    let encoding = match (found, named) {
        (None, None) => UTF_8,
        (Some((found, _)), None) => found,
        (None, Some(named)) if named.is_either_utf_16() => {
            let message = "no byte order mark decides which UTF-16 it is: set encoding = \"utf-16le\" or \"utf-16be\"";
            return Err(invalid(message.to_owned()));
        }
        (None, Some(named)) => named.encoding,
        (Some((found, _)), Some(named))
            if found == named.encoding || named.is_either_utf_16() && (found == UTF_16LE || found == UTF_16BE) =>
        {
            found
        }
        (Some((found, _)), Some(named)) => {
            let message =
                format!("it begins with the byte order mark of {}, but encoding is {}", found.name(), named.label);
            return Err(invalid(message));
        }
    };
    let length = found.map_or(0, |(_, length)| length);
    let start = start.get(length..).unwrap_or_default().to_vec();
    let all = io::Cursor::new(start).chain(rest);
    if encoding == UTF_8 {
        // Readers validate UTF-8 themselves, since they know the lines.
        return Ok(Box::new(all));
    }
    Ok(Box::new(Decoded {
        inner: Box::new(all),
        decoder: encoding.new_decoder_without_bom_handling(),
        name: encoding.name(),
        refused: named.map_or([false; 256], TextEncoding::refused),
        text: Vec::new(),
        consumed: 0,
        line: 1,
        wrong: None,
        ended: false,
    }))
}

/// Text as UTF-8. It ends with an error at bytes that do not encode a character; nothing replaces them.
struct Decoded {
    inner: Box<dyn BufRead + Send>,
    decoder: Decoder,
    name: &'static str,
    refused: [bool; 256],
    /// The decoded text, and how much of it has been read.
    text: Vec<u8>,
    consumed: usize,
    /// The line in which the decoded text begins.
    line: u64,
    /// An error that is reported after all text before it has been read.
    wrong: Option<String>,
    ended: bool,
}

impl Decoded {
    /// Decodes the next piece.
    fn decode(&mut self) -> io::Result<()> {
        self.line += self.text.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.text.clear();
        self.consumed = 0;
        if let Some(wrong) = &self.wrong {
            return Err(io::Error::new(io::ErrorKind::InvalidData, wrong.clone()));
        }
        while self.text.is_empty() && !self.ended {
            let piece = self.inner.fill_buf()?;
            let is_last = piece.is_empty();
            let bad = piece.iter().position(|byte| self.refused.get(usize::from(*byte)) == Some(&true));
            let good = piece.get(..bad.unwrap_or(piece.len())).unwrap_or_default();
            let room = self.decoder.max_utf8_buffer_length_without_replacement(good.len());
            self.text.resize(room.unwrap_or(good.len().saturating_mul(4).saturating_add(16)), 0);
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(good, &mut self.text, is_last);
            self.text.truncate(written);
            let byte = bad.and_then(|bad| piece.get(bad)).copied();
            let all = read == good.len();
            self.inner.consume(read);
            self.ended = is_last;
            self.wrong = match (result, byte) {
                (DecoderResult::Malformed(..), _) => Some("bytes that are not a character".to_owned()),
                (_, Some(byte)) if all => Some(format!("the byte 0x{byte:02x}, which is not a printable character")),
                _ => None,
            };
            if let Some(wrong) = &mut self.wrong {
                let line = self.line + self.text.iter().filter(|byte| **byte == b'\n').count() as u64;
                *wrong = format!("line {line}: {wrong} of {}; name another encoding = \"…\"", self.name);
                if self.text.is_empty() {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, wrong.clone()));
                }
            }
        }
        Ok(())
    }
}

impl Read for Decoded {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(to)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Decoded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.consumed >= self.text.len() {
            self.decode()?;
        }
        Ok(self.text.get(self.consumed..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.consumed = self.consumed.saturating_add(count).min(self.text.len());
    }
}
