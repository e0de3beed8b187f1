//! What a diff finds, as lines of CSV.

use std::io::Write;

use super::entry::{Entry, Kind};
use super::pair::Pair;
use crate::view::item::{self, ValueFormat};

/// The names of the columns.
pub(super) const COLUMNS: [&str; 6] = ["kind", "key", "key_hex", "left", "right", "fields"];

/// Writes a difference as one line: key and values as the command line takes them, the key in hex in the form that is
/// common to all dialects, the fields that differ behind each other. Of values and fields no more than may be told if `redacted`.
pub(super) fn write<W: Write>(out: &mut csv::Writer<W>, entry: &Entry, pair: &Pair, redacted: bool) -> csv::Result<()> {
    use file_mst::diff::Side;
    match entry {
        Entry::Damage(text) => return out.write_record(["damage", "", "", "", "", text]),
        Entry::Misfit(text) => return out.write_record(["misfit", "", "", "", "", text]),
        _ => {}
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
    let format = if redacted { ValueFormat::Redacted } else { ValueFormat::Auto };
    let value = |record: Option<super::pair::Stored>, side| {
        record.map_or(String::new(), |(_, value)| item::formatted(value, pair.typing(side).value.as_ref(), format))
    };
    let fields = match (left, right) {
        (Some((_, left)), Some((_, right))) if redacted => pair.paths(left, right).unwrap_or_default(),
        (Some((_, left)), Some((_, right))) => {
            pair.fields(left, right).iter().flatten().map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    };
    out.write_record([kind, &key, &key_hex, &value(left, Side::Left), &value(right, Side::Right), &fields.join("; ")])
}
