//! A difference field by field: what a line of the list shows of it, and how many lines it takes.

use file_mst::diff::{FieldChange, Side};
use mst_types::{Type, escape_text};

use crate::model::diff::around::{around, cut_to};
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::marks::{MarkedText, by_middle};
use crate::model::diff::pair::{Pair, Stored};
use crate::model::item::{self, ItemFormat};
use crate::model::record::{HIDDEN, MAX_TEXT, part_text, parts, whole_text};
use crate::model::text::{count, cut};

/// The most lines of one difference in the list. The last one says how many fields there are besides.
const MAX_LINES: usize = 40;
/// Values longer than this are compared by their bytes in the list, since decoding them would be felt.
const MAX_DECODED: usize = 256 << 10;
/// What is shown of such values, and how much of it lies before the first byte that differs, in bytes.
const SHOWN_BYTES: usize = 1024;
const BYTES_BEFORE: usize = 32;
/// The most columns of the rest of a record.
const MAX_REST: usize = 512;

/// How the values of differences are shown in a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum ValueView {
    /// Field by field.
    #[default]
    Fields,
    /// The names of the fields only.
    Redacted,
    /// As one value, in a format that knows no fields.
    Whole,
}

impl ValueView {
    pub(crate) fn of(format: ItemFormat) -> Self {
        match format {
            ItemFormat::Auto => Self::Fields,
            ItemFormat::Redacted => Self::Redacted,
            ItemFormat::Number | ItemFormat::Text | ItemFormat::Hex => Self::Whole,
        }
    }
}

/// How many lines a difference takes. It is counted once, by the task that finds the difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LineCount {
    open: u8,
    redacted: u8,
}

impl LineCount {
    pub(crate) const ONE: Self = Self { open: 1, redacted: 1 };

    /// Counts the fields in which the records of an entry differ.
    pub(crate) fn of(pair: &Pair, entry: &Entry) -> Self {
        let Some((left, right)) = both(entry) else { return Self::ONE };
        let lines = |fields: Option<usize>| fields.map_or(1, |fields| fields.clamp(1, MAX_LINES)) as u8;
        let open = pair.fields(left, right).map(|changes| changes.len());
        // A map is one field where its keys are hidden.
        let redacted = if open > Some(1) { pair.paths(left, right).map(|paths| paths.len()) } else { open };
        Self { open: lines(open), redacted: lines(redacted) }
    }

    /// The same of rows that were fetched: they have so many fields that differ.
    pub(crate) fn of_rows(fields: usize) -> Self {
        Self { open: fields.clamp(1, MAX_LINES) as u8, redacted: 1 }
    }

    pub(crate) fn lines(self, view: ValueView) -> usize {
        match view {
            ValueView::Fields => usize::from(self.open),
            ValueView::Redacted => usize::from(self.redacted),
            ValueView::Whole => 1,
        }
    }
}

/// The two values of an entry that is compared field by field.
fn both(entry: &Entry) -> Option<(&[u8], &[u8])> {
    let (Some((_, left)), Some((_, right))) = entry.sides() else { return None };
    let is_compared = matches!(entry.kind(), Kind::Changed | Kind::WithinTolerance);
    (is_compared && left.len().max(right.len()) <= MAX_DECODED).then_some((left, right))
}

/// One line of a difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ChangeLine {
    /// The path of the field; empty for a whole record or value.
    pub(crate) path: String,
    /// The values of the sides, with what differs marked; none where a side has no such field or record.
    pub(crate) left: Option<Vec<MarkedText>>,
    pub(crate) right: Option<Vec<MarkedText>>,
}

/// What a list shows of a difference.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct RecordChanges {
    pub(crate) lines: Vec<ChangeLine>,
    /// The fields that both sides have alike: names and values. They stand behind what differs.
    pub(crate) rest: String,
}

impl RecordChanges {
    /// The lines of an entry; none for what has no records.
    pub(crate) fn new(pair: &Pair, entry: &Entry, format: ItemFormat) -> Self {
        let one = |(_, value): Stored, side: Side| Some(vec![(record_text(value, pair, side, format), false)]);
        match entry.sides() {
            (None, None) => Self::default(),
            (Some(left), None) => {
                Self::single(ChangeLine { path: String::new(), left: one(left, Side::Left), right: None })
            }
            (None, Some(right)) => {
                Self::single(ChangeLine { path: String::new(), left: None, right: one(right, Side::Right) })
            }
            (Some((_, left)), Some((_, right))) => {
                match both(entry).and_then(|_| Self::fields(pair, left, right, format)) {
                    Some(changes) => changes,
                    None => Self::single(whole(pair, left, right, format)),
                }
            }
        }
    }

    /// The lines of rows that were fetched.
    pub(crate) fn of_rows(changes: &[FieldChange]) -> Self {
        Self { lines: lines(changes), rest: String::new() }
    }

    fn single(line: ChangeLine) -> Self {
        Self { lines: vec![line], rest: String::new() }
    }

    /// Field by field, where the format knows fields and the values have some.
    fn fields(pair: &Pair, left: &[u8], right: &[u8], format: ItemFormat) -> Option<Self> {
        match ValueView::of(format) {
            ValueView::Whole => None,
            ValueView::Redacted => {
                let paths = pair.paths(left, right)?;
                let hidden = || Some(vec![(HIDDEN.to_owned(), false)]);
                let line = |path: String| ChangeLine { path, left: hidden(), right: hidden() };
                let is_whole = paths.iter().all(String::is_empty);
                (!is_whole).then(|| Self { lines: bounded(paths.into_iter().map(line)), rest: String::new() })
            }
            ValueView::Fields => {
                let changes = pair.fields(left, right)?;
                if let [FieldChange { path, .. }] = &changes[..]
                    && path.is_empty()
                {
                    let lines = lines(&changes);
                    return Some(Self { lines, rest: String::new() });
                }
                let value = pair.value(left, Side::Left);
                let parts = value.as_ref().and_then(parts).unwrap_or_default();
                let alike = parts.iter().filter(|(name, _)| !changes.iter().any(|change| is_in(&change.path, name)));
                let mut rest = String::new();
                for (name, value) in alike {
                    let gap = if rest.is_empty() { "" } else { "  " };
                    rest += &format!("{gap}{name} {}", part_text(value, format));
                    if rest.len() > MAX_REST {
                        break;
                    }
                }
                Some(Self { lines: lines(&changes), rest: cut(&rest, MAX_REST) })
            }
        }
    }
}

/// The changes as lines, in the words of the left and the right side.
fn lines(changes: &[FieldChange]) -> Vec<ChangeLine> {
    bounded(changes.iter().map(|change| {
        let (left, right) = marked_parts(change);
        ChangeLine { path: change.path.clone(), left, right }
    }))
}

/// Both values of a field, with what differs marked.
pub(crate) fn marked_parts(change: &FieldChange) -> (Option<Vec<MarkedText>>, Option<Vec<MarkedText>>) {
    let text = |value: &Option<_>| value.as_ref().map(|value| whole_text(value, ItemFormat::Auto));
    match (text(&change.left), text(&change.right)) {
        (Some(left), Some(right)) => {
            let (left, right) = by_middle(&left, &right);
            let (left, right) = around(left, right, (MAX_TEXT, MAX_TEXT));
            (Some(left), Some(right))
        }
        (left, right) => {
            let plain = |text: String| cut_to(vec![(text, true)], MAX_TEXT);
            (left.map(plain), right.map(plain))
        }
    }
}

/// Not more lines than a difference may take; the last one counts what is left out.
fn bounded(mut lines: impl ExactSizeIterator<Item = ChangeLine>) -> Vec<ChangeLine> {
    if lines.len() <= MAX_LINES {
        return lines.collect();
    }
    let more = lines.len() - (MAX_LINES - 1);
    let mut kept: Vec<_> = lines.by_ref().take(MAX_LINES - 1).collect();
    kept.push(ChangeLine { path: format!("… {} more", count(more as u64, "field")), left: None, right: None });
    kept
}

/// Whether the path of a difference is that of a part, or of something within it.
pub(crate) fn is_in(path: &str, part: &str) -> bool {
    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '{']))
}

/// The values of a record that only one side has.
fn record_text(stored: &[u8], pair: &Pair, side: Side, format: ItemFormat) -> String {
    let ty = pair.typing(side).value.as_ref();
    let value = (format == ItemFormat::Auto && stored.len() <= MAX_DECODED).then(|| pair.value(stored, side)).flatten();
    match value.as_ref().and_then(parts) {
        Some(parts) => {
            let texts: Vec<_> = parts.iter().map(|(_, value)| part_text(value, format)).collect();
            cut(&texts.join("  "), MAX_TEXT)
        }
        None => item::line(stored, ty, format, MAX_TEXT),
    }
}

/// Two values as a whole.
fn whole(pair: &Pair, left: &[u8], right: &[u8], format: ItemFormat) -> ChangeLine {
    let ty = |side| pair.typing(side).value.as_ref();
    let (left, right) = if format != ItemFormat::Redacted && left.len().max(right.len()) > SHOWN_BYTES {
        // Their beginnings may be alike for longer than a line is.
        let common = left.iter().zip(right).take_while(|(a, b)| a == b).count();
        let from = common.saturating_sub(BYTES_BEFORE);
        let text = |stored: &[u8], side| {
            let part = stored.get(from..stored.len().min(from + SHOWN_BYTES)).unwrap_or_default();
            let text = match ty(side).map(|ty| ty.ty.wire()) {
                Some(Type::String) if format != ItemFormat::Hex => {
                    escape_text(&String::from_utf8_lossy(part)).into_owned()
                }
                _ => hex::encode(part),
            };
            if from > 0 { format!("…{text}") } else { text }
        };
        (text(left, Side::Left), text(right, Side::Right))
    } else {
        let text = |stored, side| item::line(stored, ty(side), format, MAX_TEXT);
        (text(left, Side::Left), text(right, Side::Right))
    };
    let (left, right) = by_middle(&left, &right);
    ChangeLine { path: String::new(), left: Some(left), right: Some(right) }
}
