//! A report on a diff that can be handed on: one HTML file with the verdict and a table of the differences.

mod page;
mod strip;

use file_mst::diff::{FieldChange, Side};
use mst_types::{Value, escape_hidden};

use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::pair::{Pair, Stored};
use crate::model::diff::prefixes::{Group, groups};
use crate::model::diff::summary::{Counter, Fields};
use crate::model::item::{self, ValueFormat};

pub(crate) use page::Heading;
use strip::Strip;

/// A report has no more differences than this, and no more bytes of text: a browser must hold them all.
const MAX_ROWS: usize = 100_000;
const MAX_BYTES: usize = 32 << 20;

/// A difference as text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    pub(crate) key: String,
    /// The values of both sides, where they are not told field by field.
    pub(crate) left: Option<String>,
    pub(crate) right: Option<String>,
    /// The fields that differ, each with its two values where they may be seen.
    pub(crate) changes: Vec<[Option<String>; 3]>,
    /// What else there is to say.
    pub(crate) note: Option<String>,
}

impl Row {
    /// The row of a difference; none for what is equal.
    pub(crate) fn of(entry: &Entry, pair: &Pair, format: ValueFormat) -> Option<Self> {
        let (left, right) = entry.sides();
        let key = |(stored, side)| pair.key_texts(stored, side).0;
        let mut row = Self {
            kind: entry.kind(),
            key: entry.first_key().map(key).unwrap_or_default(),
            left: None,
            right: None,
            changes: Vec::new(),
            note: None,
        };
        match entry {
            Entry::Equal(_) | Entry::Same(_) => return None,
            Entry::Damage(text) | Entry::Misfit(text) => row.note = Some(text.clone()),
            Entry::NotCompared(found) => row.note = Some(found.why.clone()),
            Entry::OnlyLeft(_) | Entry::OnlyRight(_) | Entry::Changed(..) | Entry::WithinTolerance(..) => {}
        }
        if let (Some((_, left)), Some((_, right))) = (left, right) {
            row.changes = changes(pair, left, right, format);
        }
        if row.changes.is_empty() || format == ValueFormat::Redacted {
            let value = |record: Option<Stored>, side| {
                Some(item::formatted(record?.1, pair.typing(side).value.as_ref(), format))
            };
            (row.left, row.right) = (value(left, Side::Left), value(right, Side::Right));
        }
        Some(row)
    }

    /// Writes the fields that differ.
    pub(crate) fn with_changes(self, found: &[FieldChange]) -> Self {
        Self { changes: found.iter().map(change).collect(), ..self }
    }

    /// The same without characters that hide or turn round what stands beside them.
    fn cleaned(mut self) -> Self {
        let clean = |text: &mut String| *text = escape_hidden(text).into_owned();
        clean(&mut self.key);
        let values = [&mut self.left, &mut self.right, &mut self.note];
        values.into_iter().chain(self.changes.iter_mut().flatten()).flatten().for_each(clean);
        self
    }

    /// About how many bytes it takes in the file.
    fn bytes(&self) -> usize {
        let values = [&self.left, &self.right, &self.note].into_iter().chain(self.changes.iter().flatten());
        64 + self.key.len() + values.map(|text| text.as_ref().map_or(4, |text| text.len() + 3)).sum::<usize>()
    }
}

/// The fields in which two values differ. Redacted they have no content, and another format shows values whole.
fn changes(pair: &Pair, left: &[u8], right: &[u8], format: ValueFormat) -> Vec<[Option<String>; 3]> {
    match format {
        ValueFormat::Auto => pair.fields(left, right).unwrap_or_default().iter().map(change).collect(),
        ValueFormat::Redacted => {
            pair.paths(left, right).unwrap_or_default().into_iter().map(|path| [Some(path), None, None]).collect()
        }
        ValueFormat::Text | ValueFormat::Json | ValueFormat::Hex => Vec::new(),
    }
}

fn change(FieldChange { path, left, right }: &FieldChange) -> [Option<String>; 3] {
    let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
    [Some(path.clone()), text(left), text(right)]
}

/// The differences of a report, in the order of their keys, and where they are.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Each with the number of records before it.
    rows: Vec<(u64, Row)>,
    bytes: usize,
    /// How many differences there was no room for.
    left_out: u64,
    strip: Strip,
    /// How many records were passed.
    at: u64,
}

impl Report {
    /// Passes records that are equal.
    pub(crate) fn pass(&mut self, records: u64) {
        self.at = self.at.saturating_add(records);
    }

    /// Adds a difference, and passes its record.
    pub(crate) fn add(&mut self, row: Row) {
        self.add_at(self.at, row);
        self.pass(1);
    }

    /// The number of records that were passed.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    /// Adds a difference, if there is one, after so many records, which were passed.
    pub(crate) fn extend(&mut self, at: u64, row: Option<Row>) {
        row.into_iter().for_each(|row| self.add_at(at, row));
    }

    fn add_at(&mut self, at: u64, row: Row) {
        self.strip.add(at);
        let row = row.cleaned();
        let bytes = self.bytes + row.bytes();
        if self.left_out > 0 || self.rows.len() >= MAX_ROWS || bytes > MAX_BYTES {
            self.left_out += 1;
            return;
        }
        self.bytes = bytes;
        self.rows.push((at, row));
    }

    /// How many differences it lists.
    pub(crate) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Which fields differ in the listed records.
    fn fields(&self) -> Fields {
        let mut counter = Counter::default();
        let changed = self.rows.iter().filter(|(_, row)| row.kind == Kind::Changed);
        for (_, row) in changed {
            let paths = row.changes.iter().map(|[path, ..]| path.clone().unwrap_or_default());
            if row.changes.is_empty() {
                counter.add_paths([String::new()].into_iter())
            } else {
                counter.add_paths(paths)
            }
        }
        counter.summary()
    }

    /// The listed differences by the beginning of their keys.
    fn groups(&self) -> Vec<Group> {
        let listed = self.rows.iter().filter(|(_, row)| row.kind.is_difference() && !row.key.is_empty());
        groups(listed.map(|(_, row)| (row.key.clone(), row.kind)).collect())
    }
}
