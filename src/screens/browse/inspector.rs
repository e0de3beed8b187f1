//! The inspector beside the outline or the table: what is under the cursor there, laid out in lines.
//!
//! A record is a list of its fields, or its value in the chosen view; a node is its facts and its records.

use file_mst::NodeKey;

use super::{Count, Pane, TreeScreen};
use crate::model::item::{self, ItemFormat};
use crate::model::outline::{NodeId, Row};
use crate::model::record::{self, Field, FieldLine, FieldText};
use crate::model::representation::{RenderedValue, Representation};
use crate::model::text::{count, wrap};
use crate::model::value::{Page, hex_lines};
use crate::runtime::input::action::Common;
use crate::runtime::input::keymap::key_of;
use crate::runtime::list::ListCursor;

/// Longer values are not laid out beside the list, in bytes: moving would stutter. They can be opened.
const LONGEST: usize = 64 << 10;
/// How much of a longer value is shown, in columns.
const PREVIEW: usize = 2000;

/// The record in the inspector, laid out.
#[derive(Debug, Default)]
pub(crate) struct Inspector {
    /// What was laid out, and how; none where no record is inspected.
    laid_out: Option<Subject>,
    pub(crate) content: Content,
    pub(crate) cursor: ListCursor,
    /// The view of the value; none for its fields.
    pub(crate) representation: Option<Representation>,
    /// The view that comes next.
    next: Option<Representation>,
}

/// The lines of a record.
#[derive(Debug)]
pub(crate) enum Content {
    Fields(Vec<Field>, Vec<FieldLine>),
    /// What is wrong with the value, then the value.
    Text(Vec<String>, Vec<String>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(Vec::new(), Vec::new())
    }
}

/// A record, and all that its lines depend on.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Subject {
    node: u64,
    index: usize,
    format: ItemFormat,
    representation: Option<Representation>,
    wrap: bool,
    width: usize,
}

impl Content {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Fields(_, lines) => lines.len(),
            Self::Text(notes, lines) => notes.len() + lines.len(),
        }
    }
}

impl Inspector {
    /// The field under the cursor, by its path and its value on one line.
    pub(crate) fn field(&self) -> Option<(&str, &str)> {
        let Content::Fields(fields, lines) = &self.content else { return None };
        match fields.get(lines.get(self.cursor.selected)?.field)? {
            Field { path, text: FieldText::One(text), .. } if !path.is_empty() => Some((path, text)),
            _ => None,
        }
    }

    /// Lays the record out, unless that is done.
    fn lay_out(&mut self, key: &NodeKey, subject: Subject, screen: &TreeScreen) {
        if self.laid_out.as_ref() == Some(&subject) {
            return;
        }
        let is_same = self.laid_out.as_ref().is_some_and(|it| (it.node, it.index) == (subject.node, subject.index));
        if !is_same {
            self.cursor = ListCursor::default();
        }
        (self.content, self.representation, self.next) = content(key, &subject, screen);
        self.laid_out = Some(subject);
    }

    /// The view after the one that is shown. The fields come round again where they are a view of their own.
    pub(crate) fn next_representation(&self) -> Option<Representation> {
        self.next
    }
}

fn content(
    key: &NodeKey,
    subject: &Subject,
    screen: &TreeScreen,
) -> (Content, Option<Representation>, Option<Representation>) {
    let Some(record) = key.record() else {
        let text = format!("the value is {}", item::undelimited(key.node()));
        return (Content::Text(wrap(&text, subject.width), Vec::new()), None, None);
    };
    let (stored, ty) = (record.bytes().value, screen.typing.value.as_ref());
    if stored.len() > LONGEST {
        let line = item::line(stored, ty, subject.format, PREVIEW);
        let size = count(stored.len() as u64, "byte");
        let more = format!("{size}; {} shows the whole value", key_of(Common::Open));
        let (notes, lines) = (wrap(&more, subject.width), broken(Page::Text(vec![line]), subject));
        return (Content::Text(notes, lines), subject.representation, subject.representation);
    }
    let rendered = RenderedValue::new(stored, ty, subject.format, subject.representation);
    let first = rendered.first();
    let is_fields = match subject.representation {
        Some(wanted) => wanted == Representation::Tree && rendered.representation == Some(wanted),
        None => subject.format != ItemFormat::Hex,
    };
    if is_fields && rendered.notes.is_empty() {
        let fields = record::fields(stored, ty, subject.format);
        let lines = record::lay_out(&fields, subject.width);
        let has_fields = fields.iter().any(|field| !field.path.is_empty());
        // A value without fields has its first view still to come.
        let next = if has_fields { rendered.next() } else { first };
        return (Content::Fields(fields, lines), None, next);
    }
    let next = rendered.next();
    let is_last = next == first && first != Some(Representation::Tree);
    let notes = broken(Page::Text(rendered.notes), subject);
    let lines = broken(rendered.page, subject);
    (Content::Text(notes, lines), rendered.representation, next.filter(|_| !is_last))
}

fn broken(page: Page, subject: &Subject) -> Vec<String> {
    match page {
        Page::Hex(bytes) => hex_lines(&bytes, subject.width),
        page => {
            let page = page.fit(subject.width, subject.wrap);
            (0..page.len()).filter_map(|line| page.line(line)).collect()
        }
    }
}

impl TreeScreen {
    /// The record under the cursor of the list; none on the line of a node.
    pub(crate) fn inspected_key(&self) -> Option<NodeKey> {
        if self.has_table() {
            return self.key_in_table();
        }
        match self.selected_row()? {
            row @ Row::Record(..) => self.outline.key(row),
            Row::Node(_) | Row::Gap(..) => None,
        }
    }

    /// The number of the inspected record, counted from 1, where it is known.
    pub(crate) fn inspected_number(&self) -> Option<u64> {
        if self.has_table() {
            return self.number_in_table();
        }
        match self.selected_row()? {
            Row::Record(id, index) => self.record_number(id, index),
            Row::Node(_) | Row::Gap(..) => None,
        }
    }

    /// Whether the inspected record belongs to a node that failed its check, or stands below one.
    pub(crate) fn is_inspected_in_doubt(&self) -> bool {
        !self.has_table() && self.selected_row().is_some_and(|row| self.outline.in_doubt(row))
    }

    /// The records of the tree, as far as that is known.
    pub(crate) fn total_records(&self) -> Option<u64> {
        match self.count {
            Count::Done { records, damaged: 0 } => Some(records),
            _ => self.outline.entry(NodeId::ROOT).link.summary.map(|summary| summary.records),
        }
    }

    /// Lays out what the inspector shows.
    pub(super) fn fit_inspector(&mut self) {
        let area = self.areas.inspector_inside();
        let mut inspector = std::mem::take(&mut self.inspector);
        match self.inspected_key().filter(|_| !area.is_empty()) {
            Some(key) => {
                let subject = Subject {
                    node: key.node().offset(),
                    index: key.index(),
                    format: self.shared.value_format,
                    representation: self.shared.representation,
                    wrap: self.wrap,
                    width: usize::from(area.width.saturating_sub(2)),
                };
                inspector.lay_out(&key, subject, self);
                let facts = usize::from(self.areas.record_facts().height);
                inspector.cursor.set_height(usize::from(area.height).saturating_sub(facts), inspector.content.len());
            }
            None => inspector.laid_out = None,
        }
        self.inspector = inspector;
    }

    /// Goes to the inspector, or back to the list.
    pub(super) fn switch_pane(&mut self) {
        self.focus = match self.focus {
            Pane::Outline => Pane::Inspector,
            Pane::Inspector => Pane::Outline,
        };
    }

    /// Goes to the inspector where it is not visible beside the list.
    pub(super) fn show_inspector(&mut self) {
        if self.areas.inspector.is_empty() {
            self.focus = Pane::Inspector;
        }
    }

    /// Makes the inspector wider, or narrower.
    pub(super) fn resize_inspector(&mut self, steps: i16) {
        let (body, width) = (self.areas.body, self.areas.list_width());
        if !self.split.enlarge(steps, body, width) {
            self.shared.say(if steps > 0 { "it is as large as it can be" } else { "it is as small as it can be" });
        }
    }

    /// The number of a record in the tree, counted from 1, where the tree counts its records.
    pub(crate) fn record_number(&self, id: NodeId, index: usize) -> Option<u64> {
        let mut before = index as u64;
        let mut at = (id, index + 1);
        loop {
            let (id, children) = at;
            let node = self.outline.entry(id).node()?;
            for child in node.children().iter().take(children).filter(|child| !child.is_empty()) {
                before += child.summary?.records;
            }
            match self.outline.entry(id).parent {
                None => return Some(before + 1),
                Some((parent, child)) => {
                    before += child as u64;
                    at = (parent, child);
                }
            }
        }
    }
}
