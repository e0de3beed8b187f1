//! The delimiter of a CSV file, from its first lines.

use std::path::Path;

use super::SourceError;
use super::name::NameError;

/// The number of bytes in which the delimiter is sought.
const START: u64 = 1 << 16;
/// The number of lines that are compared.
const LINES: usize = 20;
/// The characters that separate values.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The delimiter of a file: a comma, unless its first line has no comma and another delimiter. If it has several of
/// them, the one that occurs equally often in all lines.
///
/// # Errors
/// The file cannot be read, or several delimiters are possible.
pub(super) fn of_file(path: &Path) -> Result<u8, NameError> {
    let text = start_of_text(path, START)?;
    match of_text(&text) {
        Ok(found) => Ok(u8::try_from(found).unwrap_or(b',')),
        Err(found) => Err(NameError::Delimiter { path: path.to_owned(), found }),
    }
}

/// The delimiter of a text, or those that are possible.
fn of_text(text: &str) -> Result<char, Vec<char>> {
    let records = records(text);
    let Some(header) = records.first() else { return Ok(',') };
    let count = |record: &String, delimiter: char| record.chars().filter(|c| *c == delimiter).count();
    let present: Vec<char> = DELIMITERS.into_iter().filter(|c| count(header, *c) > 0).collect();
    let is_regular = |c: &char| records.iter().all(|record| count(record, *c) == count(header, *c));
    match present.as_slice() {
        [] => Ok(','),
        [only] => Ok(*only),
        _ => {
            let regular: Vec<char> = present.iter().copied().filter(is_regular).collect();
            match regular.as_slice() {
                // A single line proves nothing.
                [only] if records.len() > 1 => Ok(*only),
                [] | [_] => Err(present),
                _ => Err(regular),
            }
        }
    }
}

/// The first records, without what is in quotes.
fn records(text: &str) -> Vec<String> {
    let (mut records, mut record, mut is_quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\n' => {
                if !record.trim_end_matches('\r').is_empty() {
                    records.push(std::mem::take(&mut record));
                }
                record.clear();
            }
            c => record.push(c),
        }
        if records.len() == LINES {
            return records;
        }
    }
    // The last record may have been cut, unless it is the only one.
    if records.is_empty() || text.len() < START as usize && !record.is_empty() {
        records.push(record);
    }
    records
}

/// The beginning of a text file, decompressed.
#[cfg(any(feature = "csv", feature = "ndjson"))]
pub(super) fn start_of_text(path: &Path, length: u64) -> Result<String, SourceError> {
    use std::io::Read;
    let opened = super::file::open(Some(path), None, None)?;
    let mut start = Vec::new();
    let read = opened.reader.take(length).read_to_end(&mut start);
    read.map_err(|source| SourceError::Io { path: path.to_owned(), source })?;
    // Only ASCII characters matter. Bytes in another encoding are refused when the rows are read.
    Ok(String::from_utf8_lossy(&start).into_owned())
}

/// Without a reader of text files nothing is known; opening the source says so.
#[cfg(not(any(feature = "csv", feature = "ndjson")))]
pub(super) fn start_of_text(_path: &Path, _length: u64) -> Result<String, SourceError> {
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use super::of_text;

    #[test]
    fn the_first_lines_decide() {
        for (text, expected) in [
            ("", Ok(',')),
            ("id\n1\n", Ok(',')),
            ("id,name\n1,a;b\n", Ok(',')),
            ("id;name\n1;\"a,b\"\n", Ok(';')),
            ("id;price\r\n1;2,50\r\n", Ok(';')),
            ("id\tname\n", Ok('\t')),
            ("id|name", Ok('|')),
            ("\n\nid|name\n", Ok('|')),
            ("\"a,b\";c\n1;2\n", Ok(';')),
            ("\"a\n,b\";c\n1;2\n", Ok(';')),
            // The header has both; only one of them is in every line as often.
            ("id;a,b;c\n1;2;3\n", Ok(';')),
            ("id,note|memo\n1,x\n2,y\n", Ok(',')),
            ("id,note|memo\n", Err(vec![',', '|'])),
            ("a,b;c\n1,2;3\n", Err(vec![',', ';'])),
            ("a,b;c\n1\n", Err(vec![',', ';'])),
        ] {
            assert_eq!(of_text(text), expected, "{text:?}");
        }
    }
}
