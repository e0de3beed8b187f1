//! The inspector: what is under the cursor of the list, field by field, beside or below the list.

use file_mst::diff::Side;

use super::DiffScreen;
use super::draw::row;
use super::record::{page_keys, page_of};
use crate::model::diff::detail::{Line, Tone, broken, plain};
use crate::model::diff::entry::{Entry, Held, Kind, Stretch};
use crate::model::diff::list::Row;
use crate::model::diff::record_fields::{fields, said, two};
use crate::model::item::{self, ItemFormat};
use crate::model::record::{Field, FieldLine, FieldText, lay_out};
use crate::model::representation::Representation;
use crate::model::rows::page::{self, PageWidth, RowsState};
use crate::model::text::{count, offset, thousands};
use crate::runtime::input::action::{Common, DiffAction};
use crate::runtime::input::keymap::key_of;
use crate::runtime::list::ListCursor;

/// The columns at both edges that lines leave free.
const EDGES: u16 = 3;
/// The widest key in the title, in columns.
const KEY: usize = 40;

/// A line of the inspector.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum InspectorLine {
    Field(FieldLine),
    /// A statement, or a line of a value.
    Text(Line),
}

/// What the inspector shows.
#[derive(Debug, Default)]
pub(crate) struct Inspector {
    /// The line of the list that it is about, to notice that the cursor has moved.
    line: Option<usize>,
    pub(crate) kind: Option<Kind>,
    pub(crate) title: String,
    pub(crate) lines: Vec<InspectorLine>,
    fields: Vec<Field>,
    pub(crate) cursor: ListCursor,
}

impl Inspector {
    /// The field under its cursor.
    pub(crate) fn field(&self) -> Option<&Field> {
        match self.lines.get(self.cursor.selected)? {
            InspectorLine::Field(line) => self.fields.get(line.field),
            InspectorLine::Text(_) => None,
        }
    }

    /// The text of the field under its cursor: of two values that of the right, if it has one.
    pub(crate) fn field_text(&self) -> Option<String> {
        let joined = |pieces: &Vec<(String, bool)>| pieces.iter().map(|(text, _)| text.as_str()).collect::<String>();
        match &self.field()?.text {
            FieldText::One(text) | FieldText::Same(text) => Some(text.clone()),
            FieldText::Differs(left, right) => right.as_ref().or(left.as_ref()).map(joined),
        }
    }

    fn list_fields(&mut self, fields: Vec<Field>, width: usize) {
        let before = self.fields.len();
        let lines = lay_out(&fields, width).into_iter();
        self.lines.extend(lines.map(|line| InspectorLine::Field(FieldLine { field: line.field + before, ..line })));
        self.fields.extend(fields);
    }

    fn say(&mut self, tone: Tone, text: &str, width: usize) {
        let lines = crate::model::text::wrap(text, width).into_iter();
        self.lines.extend(lines.map(|line| InspectorLine::Text(Line::Said(tone, line))));
    }

    fn gap(&mut self) {
        self.lines.push(InspectorLine::Text(Line::Whole(None, Vec::new())));
    }

    /// The first line of a field with this path.
    fn line_of(&self, path: &str) -> Option<usize> {
        let is_it = |line: &InspectorLine| match line {
            InspectorLine::Field(line) => self.fields.get(line.field).is_some_and(|field| field.path == path),
            InspectorLine::Text(_) => false,
        };
        self.lines.iter().position(is_it)
    }
}

impl DiffScreen {
    /// Makes what the inspector shows of the line under the cursor.
    pub(super) fn fit_inspector(&mut self) {
        let area = self.areas.inspector();
        if area.is_empty() {
            self.inspector = Inspector::default();
            return;
        }
        let line = self.cursor.selected;
        let mut inspector = self.inspected(line, usize::from(area.width.saturating_sub(EDGES)));
        let len = inspector.lines.len();
        inspector.cursor = self.inspector.cursor;
        inspector.line = Some(line);
        inspector.cursor.set_height(usize::from(area.height), len);
        if self.inspector.line != inspector.line {
            // The field of the line is shown with all that differs before it, if there is room.
            let path = self.path_of(line);
            let at = path.and_then(|path| inspector.line_of(&path)).or(inspector.line_of_first_difference());
            inspector.cursor.select(0, len);
            inspector.cursor.select(at.unwrap_or(0), len);
        }
        self.inspector = inspector;
    }

    /// The path of the field in a line of the table.
    fn path_of(&self, line: usize) -> Option<String> {
        let Row::Difference(place) = self.list.row(line)? else { return None };
        let changes = self.changes_of(place);
        Some(changes.lines.get(self.list.part(line))?.path.clone())
    }

    fn inspected(&self, line: usize, width: usize) -> Inspector {
        let mut inspector = Inspector::default();
        let Some(row) = self.list.row(line) else { return inspector };
        match row {
            Row::Node(place) => self.inspect_node(place, &mut inspector, width),
            Row::Equal(place, _) | Row::More(place) => {
                let stretch = self.list.stretch(row);
                self.inspect_stretch(place, stretch.as_ref(), &mut inspector, width);
            }
            Row::Difference(_) | Row::Inside(..) => {
                if let Some(entry) = self.in_line(line) {
                    self.inspect_record(&entry, &mut inspector, width);
                }
            }
        }
        inspector
    }

    fn inspect_node(&self, place: usize, inspector: &mut Inspector, width: usize) {
        let Some((pair, differences)) = self.list.node(place) else { return };
        inspector.kind = Some(if pair.is_equal() { Kind::Equal } else { Kind::Node });
        inspector.title = format!("node of level {}", pair.level);
        let (left, right) = (pair.left.as_ref(), pair.right.as_ref());
        let facts = vec![
            said("level", pair.level.to_string()),
            said("differences", thousands(differences)),
            two("hash", left.map(|seen| seen.hash.short()), right.map(|seen| seen.hash.short())),
            two("offset", left.map(|seen| offset(seen.offset)), right.map(|seen| offset(seen.offset))),
            two("keys", left.map(|seen| thousands(seen.keys as u64)), right.map(|seen| thousands(seen.keys as u64))),
            two(
                "records below",
                left.and_then(|seen| seen.records).map(thousands),
                right.and_then(|seen| seen.records).map(thousands),
            ),
        ];
        let is_known = |field: &Field| field.text != FieldText::Differs(None, None);
        inspector.list_fields(facts.into_iter().filter(is_known).collect(), width);
        inspector.gap();
        inspector.say(Tone::Title, &format!("{} says why the hashes differ", key_of(DiffAction::Why)), width);
    }

    fn inspect_stretch(&self, place: usize, stretch: Option<&Stretch>, inspector: &mut Inspector, width: usize) {
        inspector.kind = Some(Kind::Equal);
        inspector.title = "equal on both sides".to_owned();
        let inside = self.list.inside(place);
        if let Some(stretch) = stretch {
            let mut facts = vec![
                said("equal", stretch.amount()),
                said("from", row::edge(self, &stretch.from, "after ", "the first record")),
                said("to", row::edge(self, &stretch.to, "before ", "the last record")),
            ];
            if let Some((level, hash)) = stretch.one_subtree() {
                facts.extend(level.map(|level| said("level", level.to_string())));
                facts.push(said("hash", hash.short()));
            }
            inspector.list_fields(facts, width);
            inspector.gap();
        }
        match inside {
            None => {
                let unfold = key_of(Common::ToggleFold);
                inspector.say(Tone::Title, &format!("nothing was read of it; {unfold} unfolds it"), width);
            }
            Some(inside) => match inside.failure() {
                Some(why) => inspector.say(Tone::Bad, why, width),
                None => {
                    let read = count(inside.records.len() as u64, "record");
                    inspector.say(Tone::Good, &format!("{read} read so far"), width);
                }
            },
        }
    }

    fn inspect_record(&self, entry: &Entry, inspector: &mut Inspector, width: usize) {
        let format = self.shared.value_format;
        inspector.kind = Some(entry.kind());
        inspector.title = match row::key_of(self, entry, KEY) {
            Some(key) => format!("{key} · {}", entry.kind().name()),
            None => entry.kind().name().to_owned(),
        };
        let is_chosen = self.shared.representation.is_some_and(|wanted| wanted != Representation::Tree);
        let is_list =
            matches!(format, ItemFormat::Auto | ItemFormat::Redacted) && (!is_chosen || format == ItemFormat::Redacted);
        let page_width = PageWidth { columns: width, two: false };
        if !is_list || entry.sides() == (None, None) {
            let detail = page_of(self, entry, (format, self.shared.representation), page_width);
            inspector.lines.extend(detail.lines.into_iter().map(InspectorLine::Text));
        } else {
            self.list_record(entry, inspector, width, page_width);
        }
        let (left, right) = entry.held();
        if left.is_some() || right.is_some() {
            inspector.gap();
        }
        for (held, kind, stored) in [(left, Kind::OnlyLeft, entry.sides().0), (right, Kind::OnlyRight, entry.sides().1)]
        {
            let kind = if matches!(entry, Entry::Same(_)) { Kind::Equal } else { kind };
            if let (Some(held), Some((_, value))) = (held, stored) {
                let pieces = broken(plain(held_text(held, value, format)), width).into_iter();
                inspector.lines.extend(pieces.map(|pieces| InspectorLine::Text(Line::Whole(Some(kind), pieces))));
            }
        }
        if let (Some(mappings), Some(RowsState::Fetched(now))) = (self.mappings(), self.rows_of(entry)) {
            for (kind, title) in page::row_names(now, mappings) {
                let pieces = broken(plain(title), width).into_iter();
                inspector.lines.extend(pieces.map(|pieces| InspectorLine::Text(Line::Whole(Some(kind), pieces))));
            }
        }
    }

    /// The fields of a record, after what is known of its rows.
    fn list_record(&self, entry: &Entry, inspector: &mut Inspector, width: usize, page_width: PageWidth) {
        let format = self.shared.value_format;
        if let (Some(mappings), Some(state)) = (self.mappings(), self.rows_of(entry)) {
            let mut lines = page::head(state, mappings, format, page_width, &page_keys());
            if let RowsState::Fetched(now) = state {
                lines.extend(page::fields(now, mappings, (format, None), page_width));
            }
            inspector.lines.extend(lines.into_iter().map(InspectorLine::Text));
        }
        if let Entry::NotCompared(found) = entry {
            inspector.say(Tone::Doubtful, &found.why, width);
            for (side, has) in [(Side::Left, entry.sides().0.is_some()), (Side::Right, entry.sides().1.is_some())] {
                if has {
                    inspector.gap();
                    inspector.say(Tone::Title, side.name(), width);
                    inspector.list_fields(fields(&self.pair, entry, format, side), width);
                }
            }
            return;
        }
        inspector.list_fields(fields(&self.pair, entry, format, Side::Left), width);
    }
}

impl Inspector {
    fn line_of_first_difference(&self) -> Option<usize> {
        let differs = |line: &InspectorLine| match line {
            InspectorLine::Field(line) => self.fields.get(line.field).is_some_and(Field::differs),
            InspectorLine::Text(_) => false,
        };
        self.lines.iter().position(differs)
    }
}

/// `node 7f23973d @22,143 · 17 bytes`
fn held_text(held: &Held, value: &[u8], format: ItemFormat) -> String {
    let (hash, at) = held.node();
    let size = match format {
        ItemFormat::Redacted => item::redacted(value),
        _ => count(value.len() as u64, "byte"),
    };
    format!("node {hash} {} · {size}", offset(at))
}
