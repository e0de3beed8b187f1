//! One value in full: as lines that fit a width.

use mst_types::escape_text;
use unicode_width::UnicodeWidthChar;

/// Values longer than this are shown as hex only, in bytes: laying out their text would be felt.
pub(crate) const LONGEST_TEXT: usize = 4 << 20;

/// How many bytes a line of hex shows.
const HEX_LINE: usize = 16;

/// A value laid out in lines. Hex is laid out line by line when asked for, so that its size does not matter.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    Text(Vec<String>),
    Hex(Vec<u8>),
}

impl Page {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.split('\n').map(|line| escape_text(line.trim_end_matches('\r')).into_owned()).collect())
    }

    /// How it is laid out at most `width` columns wide, long lines broken if `wrap`.
    pub(crate) fn fit(self, width: usize, wrap: bool) -> Self {
        match self {
            Self::Text(lines) if wrap && width > 0 => {
                Self::Text(lines.iter().flat_map(|line| broken(line, width)).collect())
            }
            page => page,
        }
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(lines) => lines.len(),
            Self::Hex(bytes) => bytes.len().div_ceil(HEX_LINE).max(1),
        }
    }

    /// The line at `index`, counted from 0.
    pub(crate) fn line(&self, index: usize) -> Option<String> {
        match self {
            Self::Text(lines) => lines.get(index).cloned(),
            Self::Hex(bytes) => Self::hex_line_at(bytes, index),
        }
    }

    fn hex_line_at(bytes: &[u8], index: usize) -> Option<String> {
        if bytes.is_empty() {
            return (index == 0).then(|| "(no bytes)".to_owned());
        }
        bytes.chunks(HEX_LINE).nth(index).map(|chunk| hex_line(index * HEX_LINE, chunk))
    }
}

/// Bytes in lines of at most `width` columns, with as many bytes in each as fit.
pub(crate) fn hex_lines(bytes: &[u8], width: usize) -> Vec<String> {
    // Eight digits of the offset, two blanks, and for each byte two digits, a blank and its character.
    let fit = width.saturating_sub(11) / 4;
    let each = [16, 8, 4, 2].into_iter().find(|each| *each <= fit).unwrap_or(1);
    if each == HEX_LINE {
        return (0..).map_while(|line| Page::hex_line_at(bytes, line)).collect();
    }
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x} ")).collect::<String>();
    let lines = bytes.chunks(each).enumerate().map(|(line, chunk)| {
        format!("{:08x}  {:digits$}{}", line * each, digits(chunk), characters(chunk), digits = 3 * each + 1)
    });
    if bytes.is_empty() { vec!["(no bytes)".to_owned()] } else { lines.collect() }
}

fn characters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '·' }).collect()
}

/// `00000010  68 65 6c 6c 6f …  hello`
fn hex_line(start: usize, bytes: &[u8]) -> String {
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x} ")).collect::<String>();
    let (left, right) = bytes.split_at(bytes.len().min(HEX_LINE / 2));
    format!("{start:08x}  {:24} {:24} {}", digits(left), digits(right), characters(bytes))
}

fn broken(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for c in line.chars() {
        let columns = c.width().unwrap_or(0);
        if used + columns > width && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        used += columns;
        if let Some(last) = lines.last_mut() {
            last.push(c);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(page: &Page) -> Vec<String> {
        (0..page.len()).filter_map(|index| page.line(index)).collect()
    }

    #[test]
    fn text_keeps_its_lines_and_is_broken_at_the_width() {
        let page = Page::text("hello\nworld");
        assert_eq!(lines(&page), ["hello", "world"]);
        assert_eq!(lines(&page.fit(3, true)), ["hel", "lo", "wor", "ld"]);
    }

    #[test]
    fn hex_shows_offset_digits_and_text() {
        let page = Page::Hex(b"abcdefgh\x00ijklmnopq".to_vec());
        assert_eq!(
            lines(&page),
            [
                "00000000  61 62 63 64 65 66 67 68  00 69 6a 6b 6c 6d 6e 6f  abcdefgh·ijklmno",
                "00000010  70 71                                             pq",
            ]
        );
    }
}
