//! The items of a diff, as lines of CSV.

use std::borrow::Cow;
use std::io::Write;

use mst_types::escape_hidden;

use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::pair::Pair;
use crate::model::item::{self, ValueFormat};

/// The names of the columns.
pub(crate) const COLUMNS: [&str; 6] = ["kind", "key", "key_hex", "left", "right", "fields"];

/// Writes a line of cells.
///
/// A program for tables takes a cell for a formula that begins with one of `= + - @`, a tab or a line end, and runs
/// it. A quote before it makes it text, as OWASP advises; a plain number needs none. Full-width forms of the four begin
/// a formula in some programs too.
pub(crate) fn write_cells<W: Write>(out: &mut csv::Writer<W>, cells: &[&str]) -> csv::Result<()> {
    out.write_record(cells.iter().map(|cell| defused(&escape_hidden(cell)).into_owned()))
}

fn defused(cell: &str) -> Cow<'_, str> {
    let first = cell.trim_start_matches(['\'', '"', ' ']).chars().next();
    let begins = first.is_some_and(|c| "=+-@\t\r\n＝＋－＠".contains(c));
    if begins && !is_number(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Whether a cell is a sign and digits, with a fraction and an exponent at most.
fn is_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (number, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    digits(whole) && digits(fraction) && digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))
}

/// Writes a difference as one line: key and values as the command line takes them, the key in hex in the form that is
/// common to all dialects, the fields that differ in one cell. If `redacted`, values and fields are replaced.
pub(crate) fn write<W: Write>(out: &mut csv::Writer<W>, entry: &Entry, pair: &Pair, redacted: bool) -> csv::Result<()> {
    use file_mst::diff::Side;
    match entry {
        Entry::Damage(text) => return write_cells(out, &["damage", "", "", "", "", text]),
        Entry::NotCompared(found) => {
            let (key, side) = found.key();
            let (key, key_hex) = pair.key_texts(key, side);
            return write_cells(out, &["not_compared", &key, &key_hex, "", "", &found.why]);
        }
        Entry::Misfit(text) => return write_cells(out, &["misfit", "", "", "", "", text]),
        _ => {}
    }
    let (left, right) = entry.sides();
    let kind = match entry.kind() {
        Kind::OnlyLeft => "only_left",
        Kind::OnlyRight => "only_right",
        Kind::WithinTolerance => "within_tolerance",
        _ => "changed",
    };
    let (key, key_hex) = match (left, right) {
        (Some((key, _)), _) => pair.key_texts(key, Side::Left),
        (None, Some((key, _))) => pair.key_texts(key, Side::Right),
        (None, None) => return Ok(()),
    };
    let format = if redacted { ValueFormat::Redacted } else { ValueFormat::Auto };
    let value = |record: Option<crate::model::diff::pair::Stored>, side| {
        record.map_or(String::new(), |(_, value)| item::formatted(value, pair.typing(side).value.as_ref(), format))
    };
    let fields = match (left, right) {
        (Some((_, left)), Some((_, right))) if redacted => pair.paths(left, right).unwrap_or_default(),
        (Some((_, left)), Some((_, right))) => {
            pair.fields(left, right).iter().flatten().map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    };
    let (left, right) = (value(left, Side::Left), value(right, Side::Right));
    write_cells(out, &[kind, &key, &key_hex, &left, &right, &fields.join("; ")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+A1", "'+A1"),
            ("-A1", "'-A1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\"=1", "'\"=1"),
            ("'=1", "''=1"),
            (" =1", "' =1"),
            ("＝1", "'＝1"),
            ("-5", "-5"),
            ("+5.25e-3", "+5.25e-3"),
            ("-5-cmd|' /C calc'!A0", "'-5-cmd|' /C calc'!A0"),
            ("-", "'-"),
            ("-inf", "'-inf"),
            ("--5", "'--5"),
            ("1e+", "1e+"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(defused(cell), written);
        }
        let mut out = csv::Writer::from_writer(Vec::new());
        write_cells(&mut out, &["\t=1", "\r=1", "\n=1", "\u{1b}=1"]).unwrap();
        // A tab and a carriage return are escaped, so that no cell begins with one.
        let text = String::from_utf8(out.into_inner().unwrap()).unwrap();
        assert_eq!(text, "\\t=1,\\r=1,\"'\n=1\",\\u{1b}=1\n");
    }
}
