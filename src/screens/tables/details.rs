//! The details of a line of the draft: how both sides make the field, the evidence, each rule, and examples.

use mst_sync::draft::{Draft, Evidence, Example, Mark, MarkKind};
use mst_types::escape_text;

use super::expression::{expression, field_words};
use super::page::{Line, Page, Shown, Standing};
use crate::model::item::redacted;
use crate::model::text::{count, cut, thousands, wrap};
use crate::runtime::input::action::TablesAction;
use crate::runtime::input::keymap::{key_of, with_keys};
use crate::runtime::theme::Role;

/// The widest key of an example, in columns.
const KEY: usize = 20;

/// Something in the details that keys act on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum DetailItem {
    /// The rules of this kind.
    Rule(MarkKind),
    /// The proposed entry for this value of the left column.
    Entry(String),
}

/// A line of the details.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct DetailLine {
    pub(super) text: String,
    pub(super) role: Role,
    pub(super) item: Option<DetailItem>,
}

/// Collects lines of a width.
struct Lines {
    lines: Vec<DetailLine>,
    width: usize,
    item: Option<DetailItem>,
    hides_values: bool,
}

impl Lines {
    /// Adds a text, wrapped, its further lines under the first.
    fn push(&mut self, role: Role, indent: usize, text: &str) {
        let room = self.width.saturating_sub(indent + 1).max(1);
        for line in wrap(text, room) {
            let text = format!("{}{line}", " ".repeat(indent + 1));
            self.lines.push(DetailLine { text, role, item: self.item.clone() });
        }
    }

    /// Adds an empty line between two parts.
    fn gap(&mut self) {
        self.item = None;
        if !self.lines.is_empty() {
            self.lines.push(DetailLine { text: String::new(), role: Role::Plain, item: None });
        }
    }

    /// A value of a table, cut to `width` columns.
    fn value(&self, value: Option<&str>, width: usize) -> String {
        match value {
            None => "null".to_owned(),
            Some(value) if self.hides_values => redacted(value.as_bytes()),
            Some("") => "''".to_owned(),
            Some(value) => cut(&escape_text(value), width),
        }
    }

    fn examples(&mut self, between: &str, indent: usize, examples: &[Example]) {
        for Example { key, left, right } in examples {
            let width = self.width.saturating_sub(indent + KEY + 5 + between.len()) / 2;
            let (left, right) = (self.value(left.as_deref(), width.max(8)), self.value(right.as_deref(), width.max(8)));
            let key = cut(&escape_text(key), KEY);
            self.push(Role::Plain, indent, &format!("{key}   {left} {between} {right}"));
        }
    }
}

/// The details of the line under the cursor, for a pane of this width in columns.
pub(super) fn lines(page: &Page, width: usize, hides_values: bool) -> Vec<DetailLine> {
    let mut lines = Lines { lines: Vec::new(), width, item: None, hides_values };
    match page.line() {
        Some(Line::Only(side)) => only(&page.draft, *side, &mut lines),
        Some(Line::Field(name)) => {
            if let Some(shown) = page.field(name) {
                field(&page.draft, &shown, &mut lines);
            }
        }
        None => {}
    }
    lines.lines
}

fn only(draft: &Draft, side: usize, lines: &mut Lines) {
    let (columns, which) = match side {
        0 => (&draft.left_only, "left"),
        _ => (&draft.right_only, "right"),
    };
    lines.push(Role::Strong, 0, &format!("{} without a partner", count(columns.len() as u64, "column")));
    lines.push(Role::Plain, 0, &format!("They are in the {which} table only, and are not compared:"));
    for column in columns {
        lines.push(Role::Plain, 2, &escape_text(column));
    }
}

fn field(draft: &Draft, shown: &Shown<'_>, lines: &mut Lines) {
    let (drafted, hides_values) = (shown.field, lines.hides_values);
    let name = escape_text(&drafted.field.name);
    lines.push(Role::Strong, 0, &format!("{name}   {}", field_words(&drafted.field)));
    lines.push(Role::Plain, 0, &format!("left   {}", expression(&drafted.left, &drafted.left_steps, hides_values)));
    lines.push(Role::Plain, 0, &format!("right  {}", expression(&drafted.right, &drafted.right_steps, hides_values)));
    match shown.evidence {
        Some(_) if draft.is_multiset() => {
            let text = "paired by name: rows have no key to join them by, so equal ones are counted";
            lines.push(Role::Plain, 0, text);
        }
        Some(evidence) => lines.push(Role::Plain, 0, &evidence_words(evidence, drafted.turned_off.is_empty())),
        None => {
            let key = &draft.key_evidence;
            let (joined, of) = (thousands(key.joined as u64), thousands(key.of as u64));
            lines.push(Role::Plain, 0, &format!("key: {joined} of {of} sampled rows meet; {}", key.reason));
            if key.bits > 0.0 {
                let text = format!("the other columns of these rows agree by {:.0} bits more than by chance", key.bits);
                lines.push(Role::Dim, 0, &text);
            }
        }
    }
    let toggle = key_of(TablesAction::Toggle);
    match shown.standing {
        Standing::Undecided => {
            let reasons = if hides_values { String::new() } else { format!(": {}", shown.reasons.join("; ")) };
            let text = format!("not decided, and not compared{}", escape_text(&reasons));
            lines.push(Role::Doubtful, 0, &format!("{text}. {toggle} on the line compares it all the same."));
        }
        Standing::LeftOut => {
            lines.push(Role::Doubtful, 0, &format!("left out: not compared. {toggle} on the line puts it back."))
        }
        Standing::Key | Standing::Compared => {}
    }
    rules(shown, lines);
    if let Some(evidence) = shown.evidence {
        rest_of_evidence(evidence, lines);
    }
}

/// `391 of 396 joined rows agree, 180 by chance; next best: …, 188`
/// What chance and the next best rule give is only known for the field as it was drafted, with all its rules.
fn evidence_words(evidence: &Evidence, is_as_drafted: bool) -> String {
    let Evidence { agreeing, of, by_chance, runner_up, .. } = evidence;
    let mut text = format!("{} of {} joined rows agree", thousands(*agreeing as u64), thousands(*of as u64));
    if !is_as_drafted {
        return text;
    }
    text += &format!("; {by_chance:.0} would by chance");
    if let Some((rule, rows)) = runner_up {
        text += &format!("; next best: {}, {}", escape_text(rule), thousands(*rows as u64));
    }
    text
}

/// Each kind of rule, on or off, with what it hides.
fn rules(shown: &Shown<'_>, lines: &mut Lines) {
    let drafted = shown.field;
    let mut kinds: Vec<MarkKind> = Vec::new();
    for mark in drafted.marks.iter().chain(&drafted.turned_off) {
        if !kinds.contains(&mark.kind) {
            kinds.push(mark.kind);
        }
    }
    for kind in kinds {
        lines.gap();
        lines.item = Some(DetailItem::Rule(kind));
        let off: Vec<_> = drafted.turned_off.iter().filter(|mark| mark.kind == kind).collect();
        let on: Vec<_> = drafted.marks.iter().filter(|mark| mark.kind == kind).collect();
        let (sign, role, state) = match (on.is_empty(), on.iter().all(|mark| mark.is_confirmed)) {
            (true, _) => ("[ ]", Role::Dim, "turned off"),
            (false, true) => ("[✓]", Role::Good, "confirmed"),
            (false, false) => ("[!]", Role::Doubtful, "to confirm"),
        };
        lines.push(role, 0, &format!("{sign} {}, {state}", kind.noun()));
        let is_on = !on.is_empty();
        for mark in on.into_iter().chain(off) {
            rule(shown, mark, is_on, lines);
        }
    }
    lines.item = None;
}

fn rule(shown: &Shown<'_>, mark: &Mark, is_on: bool, lines: &mut Lines) {
    let has_table = mark.kind == MarkKind::Map && is_on;
    if has_table {
        lines.push(Role::Plain, 4, "learnt from the rows; a value that is not in it stays as it is:");
        let map = &shown.field.left_steps.map;
        let values = map.keys().map(|left| lines.value(Some(left), KEY));
        let width = values.map(|value| value.chars().count()).max().unwrap_or(0);
        for (left, right) in map {
            let (left, right) = (lines.value(Some(left), KEY), lines.value(Some(right), KEY));
            lines.push(Role::Plain, 6, &format!("{left:width$}  →  {right}"));
        }
    } else if !lines.hides_values {
        lines.push(Role::Plain, 4, &escape_text(&mark.text));
    }
    if mark.rows > 0 && !matches!(mark.kind, MarkKind::Name) {
        let rows = count(mark.rows as u64, "joined row");
        let words = if mark.rows == 1 { "agrees" } else { "agree" };
        lines.push(Role::Dim, 4, &format!("{rows} {words} only under it"));
    }
    if !mark.examples.is_empty() {
        lines.push(Role::Dim, 4, "made equal by it, for example:");
        lines.examples("=", 6, &mark.examples);
    }
}

fn rest_of_evidence(evidence: &Evidence, lines: &mut Lines) {
    if !evidence.proposed.is_empty() {
        lines.gap();
        lines.push(Role::Strong, 0, &with_keys("seen too seldom to be in the map; {toggle} takes one in:"));
        for entry in &evidence.proposed {
            let (left, right) = (lines.value(Some(&entry.left), KEY), lines.value(Some(&entry.right), KEY));
            lines.item = Some(DetailItem::Entry(entry.left.clone()));
            lines.push(Role::Plain, 0, &format!("[ ] {left}  →  {right}   in {}", count(entry.rows as u64, "row")));
        }
    }
    if evidence.broken > 0 {
        lines.gap();
        let rows = count(evidence.broken as u64, "joined row");
        lines.push(Role::Bad, 0, &format!("in {rows} a value breaks the contract: the comparison stops there"));
    }
    if !evidence.examples.is_empty() {
        lines.gap();
        lines.push(Role::Strong, 0, "rows that differ, for example:");
        lines.examples("≠", 2, &evidence.examples);
    }
    // The rules that are turned off are above.
    let notes: Vec<_> = evidence.notes.iter().filter(|note| !note.starts_with("turned off: ")).collect();
    if !notes.is_empty() && !lines.hides_values {
        lines.gap();
        lines.push(Role::Strong, 0, "notes:");
        for note in notes {
            lines.push(Role::Plain, 2, &escape_text(note));
        }
    }
}
