//! Exports, copies, and one of the trees alone.

use std::io;
use std::sync::Arc;

use file_mst::diff::{Side, common_key};
use mst_types::escape_text;

use super::DiffScreen;
use crate::model::diff::entry::Entry;
use crate::model::diff::export::{Export, Outcome};
use crate::model::diff::list::{DiffList, Progress, Row};
use crate::model::diff::pair::Stored;
use crate::model::diff::verdict::conclusion;
use crate::model::item::{self, ItemFormat, ValueFormat};
use crate::model::jump::Jump;
use crate::model::key::range_end;
use crate::model::places::{DiffMarks, MarkedPlace, Places};
use crate::model::text::{count, quoted};
use crate::runtime::input::action::Part;
use crate::runtime::screen::{Destination, Effect, OneSide};

impl DiffScreen {
    /// Shows one of the trees alone, at the key under the cursor.
    pub(super) fn show_side(&mut self, side: Side) -> Effect {
        let key = self.in_line(self.cursor.selected).and_then(|entry| {
            let (stored, of) = entry.first_key()?;
            self.pair.stored_on(side, stored, of)
        });
        let side = OneSide::new(&self.pair, side, key, self.marks(side));
        self.layers.clear();
        Effect::Show(Destination::Side(Box::new(side)))
    }

    /// The places of a tree that differ, as far as they are kept.
    fn marks(&self, side: Side) -> DiffMarks {
        let other = match side {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        };
        let place = |(_, entry): (usize, &Arc<Entry>)| {
            let (stored, of) = entry.first_key().filter(|_| entry.kind().is_difference())?;
            let key = common_key(&self.pair.opened(of).tree, stored).into_owned();
            let jump = self.pair.stored_on(side, stored, of).map(Jump::Key);
            Some(MarkedPlace { key, jump, severity: None })
        };
        let places = Places::new(self.list.entries().filter_map(place).collect());
        let is_whole = self.list.progress == Progress::Done && !self.list.cut;
        DiffMarks { other: self.pair.file(other).to_owned(), places, is_whole }
    }

    /// A name for an export that says what is in it.
    pub(crate) fn export_name(&self) -> String {
        let [left, right] = self.pair.files.each_ref().map(|file| {
            let name = file.rsplit(std::path::is_separator).next().unwrap_or_default();
            name.replace(".mst", "").replace(['#', ' ', ':'], "-")
        });
        format!("drift-{left}-{right}.json")
    }

    /// The export of the shown differences. A whole diff carries the summary that lets it be applied.
    pub(crate) fn to_export(&self) -> Export {
        let DiffList { counts, cut, progress, .. } = &self.list;
        let is_whole = self.list.filter().is_empty() && *progress == Progress::Done && !cut;
        let whole = is_whole.then(|| (counts.clone(), conclusion(&self.pair, counts, self.compared())));
        let format = match self.shared.value_format {
            ItemFormat::Redacted => ValueFormat::Redacted,
            ItemFormat::Text => ValueFormat::Text,
            ItemFormat::Hex => ValueFormat::Hex,
            ItemFormat::Auto | ItemFormat::Number => ValueFormat::Auto,
        };
        let differences: Vec<_> = self.differences().collect();
        let (positions, records) = self.positions(differences.iter().map(|(place, _)| *place));
        let chosen = match (self.list.filter().is_empty(), *cut) {
            (true, false) => None,
            (true, true) => Some("Only the differences that the screen keeps are listed; the counts are those of all."),
            _ => Some("Only the differences that the screen showed are listed."),
        };
        let result = Outcome { counts: counts.clone(), how: self.compared(), positions, records, chosen };
        Export { entries: differences.into_iter().map(|(_, entry)| entry).collect(), whole, format, result }
    }

    /// How many records stand before each of these places, which ascend, and how many there are in all.
    fn positions(&self, places: impl Iterator<Item = usize>) -> (Vec<u64>, u64) {
        let mut places = places.peekable();
        let (mut positions, mut records) = (Vec::new(), 0_u64);
        for (place, entry) in self.list.entries() {
            while places.next_if(|next| *next <= place).is_some() {
                positions.push(records);
            }
            records = records.saturating_add(entry.weight());
        }
        (positions, records)
    }

    /// Tells the user what became of an export; `refused` is the reason why it cannot be applied.
    pub(crate) fn exported(&mut self, name: &str, refused: Option<&str>, done: io::Result<u64>) {
        self.shared.say(match done {
            Ok(lines) => {
                let refused = refused.map_or_else(String::new, |why| format!("; {why}, so that patch refuses it"));
                format!("{} written to {}{refused}", count(lines, "difference"), escape_text(name))
            }
            Err(error) => format!("nothing was exported to {}: {error}", escape_text(name)),
        });
    }

    /// A part of what is under the cursor: of two values that of the right, of two nodes that of the left if there is
    /// one.
    pub(super) fn part(&self, part: Part) -> Option<String> {
        let entry = self.in_line(self.cursor.selected)?;
        let node = match self.selected_row()? {
            Row::Node(place) => self.list.node(place).and_then(|(pair, _)| pair.left.clone().or(pair.right.clone())),
            _ => None,
        };
        let key = |record: Option<Stored>, side| record.map(|(key, _)| self.pair.key_texts(key, side).0);
        let value = |record: Option<Stored>, side: Side| {
            record
                .map(|(_, value)| item::copied(value, self.pair.typing(side).value.as_ref(), self.shared.value_format))
        };
        let (left, right) = entry.sides();
        let is_record = node.is_none();
        match part {
            Part::Key => key(left, Side::Left).or(key(right, Side::Right)).filter(|_| is_record),
            Part::Value => value(right, Side::Right).or(value(left, Side::Left)).filter(|_| is_record),
            Part::Hash => node.map(|seen| seen.hash.to_string()),
            Part::Offset => node.map(|seen| seen.offset.to_string()),
            Part::Path => None,
            Part::CommandLine => {
                let [a, b] = self.pair.named.each_ref().map(|tree| quoted(tree));
                let end = |record: Option<Stored>, side: Side| {
                    record.map(|(key, _)| range_end(key, self.pair.typing(side).key.as_ref()))
                };
                let key = end(left, Side::Left).or(end(right, Side::Right)).filter(|_| is_record);
                let range =
                    key.map(|key| format!(" --range {}", quoted(&format!("{key}..={key}")))).unwrap_or_default();
                Some(format!("mst-tui diff {a} {b}{range}"))
            }
        }
    }
}
