//! What a diff finds, as lines of CSV.

use std::io::Write;

use super::entry::{Entry, Kind};
use super::pair::Pair;
use crate::view::item;

/// The names of the columns.
pub(super) const COLUMNS: [&str; 6] = ["kind", "key", "key_hex", "left", "right", "fields"];

/// Writes a difference as one line: key and values as the command line takes them, the key in hex in the form that is
/// common to all dialects, the fields that differ behind each other.
pub(super) fn write<W: Write>(out: &mut csv::Writer<W>, entry: &Entry, pair: &Pair) -> csv::Result<()> {
    use file_mst::diff::Side;
    if let Entry::Damage(text) = entry {
        return out.write_record(["damage", "", "", "", "", text]);
    }
    let (left, right) = entry.sides();
    let kind = match entry.kind() {
        Kind::OnlyLeft => "only_left",
        Kind::OnlyRight => "only_right",
        _ => "changed",
    };
    let (key, key_hex) = match (left, right) {
        (Some((key, _)), _) => pair.key_texts(key, Side::Left),
        (None, Some((key, _))) => pair.key_texts(key, Side::Right),
        (None, None) => return Ok(()),
    };
    let value = |record: Option<super::pair::Stored>, side| {
        record.map_or(String::new(), |(_, value)| item::plain(value, pair.typing(side).value.as_ref()))
    };
    let fields = match (left, right) {
        (Some((_, left)), Some((_, right))) => pair.fields(left, right).unwrap_or_default(),
        _ => Vec::new(),
    };
    let fields: Vec<_> = fields.iter().map(ToString::to_string).collect();
    out.write_record([kind, &key, &key_hex, &value(left, Side::Left), &value(right, Side::Right), &fields.join("; ")])
}
