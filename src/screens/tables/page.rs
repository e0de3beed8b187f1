//! The draft as the screen shows it: a line for each pair of columns, and what the user does with them.

use std::sync::Arc;

use mst_sync::draft::{Draft, DraftedField, Evidence, Mark, MarkKind, Pair, Undecided};
use mst_types::escape_text;

use super::details::{self, DetailItem, DetailLine};
use super::expression::expression;
use super::layout::TablesAreas;
use crate::model::text::has;
use crate::runtime::input::action::{Motion, TablesAction};
use crate::runtime::input::keymap::{key_of, with_keys};
use crate::runtime::list::{ListCursor, move_cursor};

/// A line of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Line {
    /// A field of the key or of the rest, by its name.
    Field(String),
    /// The columns without a partner: of the left table for 0, of the right one for 1.
    Only(usize),
}

/// Where a field of the draft stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    Key,
    Compared,
    Undecided,
    LeftOut,
}

/// A field of the draft, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'d> {
    pub(super) field: &'d DraftedField,
    pub(super) standing: Standing,
    /// None for the key, whose evidence is that of the draft.
    pub(super) evidence: Option<&'d Evidence>,
    /// Why it is not decided.
    pub(super) reasons: &'d [String],
}

impl Shown<'_> {
    /// Whether it has a rule that nobody confirmed.
    pub(super) fn needs_confirmation(&self) -> bool {
        let is_used = matches!(self.standing, Standing::Key | Standing::Compared);
        is_used && self.field.marks.iter().any(|mark| !mark.is_confirmed)
    }
}

/// The page of a draft.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) draft: Arc<Draft>,
    /// The lines in the order of the draft as it came: a line stays in its place whatever is done with it.
    pub(super) lines: Vec<Line>,
    pub(crate) cursor: ListCursor,
    pub(crate) is_in_details: bool,
    pub(super) details: Vec<DetailLine>,
    pub(super) details_cursor: ListCursor,
    /// The folder that the draft was written into last, and whether it was changed since.
    pub(super) written: Option<(String, bool)>,
    /// The line that the details were laid out for.
    laid_out: Option<usize>,
}

impl Page {
    pub(super) fn new(draft: Draft) -> Self {
        let undecided = draft.undecided.iter().map(|undecided| &undecided.proposal);
        let pairs = draft.pairs.iter().chain(undecided).chain(&draft.left_out).map(|pair| &pair.field);
        let mut lines: Vec<_> = draft.key.iter().chain(pairs).map(|it| Line::Field(it.field.name.clone())).collect();
        lines.extend((!draft.left_only.is_empty()).then_some(Line::Only(0)));
        lines.extend((!draft.right_only.is_empty()).then_some(Line::Only(1)));
        Self {
            draft: Arc::new(draft),
            lines,
            cursor: ListCursor::default(),
            is_in_details: false,
            details: Vec::new(),
            details_cursor: ListCursor::default(),
            written: None,
            laid_out: None,
        }
    }

    /// Whether somebody has to look at the draft before it is used.
    pub(super) fn needs_look(&self) -> bool {
        !self.draft.is_confirmed() || !self.draft.undecided.is_empty()
    }

    /// A field by its name.
    pub(super) fn field(&self, name: &str) -> Option<Shown<'_>> {
        let draft = &*self.draft;
        let key = draft.key.iter().map(|field| Shown { field, standing: Standing::Key, evidence: None, reasons: &[] });
        let compared = draft.pairs.iter().map(|pair| (Standing::Compared, pair));
        let left_out = draft.left_out.iter().map(|pair| (Standing::LeftOut, pair));
        let pairs = compared.chain(left_out).map(|(standing, Pair { field, evidence })| Shown {
            field,
            standing,
            evidence: Some(evidence),
            reasons: &[],
        });
        let undecided = draft.undecided.iter().map(|Undecided { proposal: Pair { field, evidence }, reasons }| Shown {
            field,
            standing: Standing::Undecided,
            evidence: Some(evidence),
            reasons,
        });
        key.chain(pairs).chain(undecided).find(|shown| shown.field.field.name == name)
    }

    /// The line under the cursor.
    pub(super) fn line(&self) -> Option<&Line> {
        self.lines.get(self.cursor.selected)
    }

    /// The field under the cursor.
    fn selected(&self) -> Option<Shown<'_>> {
        match self.line()? {
            Line::Field(name) => self.field(name),
            Line::Only(_) => None,
        }
    }

    /// Fits both cursors to the screen, and lays the details out for the line under the cursor.
    pub(super) fn fit(&mut self, areas: &TablesAreas, hides_values: bool) {
        self.cursor.set_height(usize::from(areas.list_inside().height), self.lines.len());
        let inside = areas.details_inside();
        self.details = details::lines(self, usize::from(inside.width), hides_values);
        if self.laid_out != Some(self.cursor.selected) {
            self.details_cursor = ListCursor::default();
        }
        self.laid_out = Some(self.cursor.selected);
        self.details_cursor.set_height(usize::from(inside.height), self.details.len());
    }

    pub(super) fn move_by(&mut self, motion: Motion) {
        match self.is_in_details {
            true => move_cursor(&mut self.details_cursor, motion, self.details.len()),
            false => move_cursor(&mut self.cursor, motion, self.lines.len()),
        }
    }

    /// Goes to the details of the line, or back to the list.
    pub(super) fn go_to_pane(&mut self, details: bool) -> Option<String> {
        if self.is_in_details != details {
            self.is_in_details = details;
            self.go_to_first_item();
        }
        None
    }

    /// Puts the cursor of the details on the first rule or proposed entry.
    pub(super) fn go_to_first_item(&mut self) {
        let first = self.details.iter().position(|line| line.item.is_some()).unwrap_or(0);
        self.details_cursor.select(first, self.details.len());
    }

    /// The rule or proposed entry under the cursor of the details.
    fn item(&self) -> Option<DetailItem> {
        self.details.get(self.details_cursor.selected)?.item.clone()
    }

    /// Leaves the pair of the line out, or compares it; in the details, turns the rule under the cursor off or on, or
    /// takes a proposed entry. Gives words for the user.
    pub(super) fn toggle(&mut self) -> Option<String> {
        let Some(Shown { field, standing, .. }) = self.selected() else {
            return Some("these columns have no partner: nothing can be compared with them".to_owned());
        };
        let (name, field_off) = (field.field.name.clone(), field.turned_off.clone());
        let shown_name = escape_text(&name).into_owned();
        if self.is_in_details {
            return match self.item() {
                None => Some(with_keys(
                    "there is no rule on this line: {down} and {up} lead to one, {next-pane} leads back",
                )),
                Some(DetailItem::Rule(_)) if standing == Standing::Key => {
                    Some("the key is compared under its rules, or not at all".to_owned())
                }
                Some(DetailItem::Rule(kind)) => {
                    let is_off = field_off.iter().any(|mark| mark.kind == kind);
                    self.toggle_rule(&name, kind, is_off)
                }
                Some(DetailItem::Entry(left)) => match self.change().take_entry(&name, &left) {
                    true => Some("taken into the map".to_owned()),
                    false => Some("the map is turned off: turn it on first".to_owned()),
                },
            };
        }
        let is_done = match standing {
            Standing::Key => return Some("the key cannot be left out".to_owned()),
            Standing::Compared => self.change().leave_out(&name),
            Standing::LeftOut | Standing::Undecided => self.change().put_back(&name),
        };
        let undo = key_of(TablesAction::Toggle);
        Some(match (is_done, standing) {
            (false, _) => format!("{shown_name} stays as it is"),
            (true, Standing::Compared) => format!("{shown_name}: not compared; {undo} undoes it"),
            (true, _) => format!("{shown_name}: compared; {undo} undoes it"),
        })
    }

    /// The draft, to be changed.
    fn change(&mut self) -> &mut Draft {
        self.written.iter_mut().for_each(|(_, is_changed)| *is_changed = true);
        Arc::make_mut(&mut self.draft)
    }

    fn toggle_rule(&mut self, name: &str, kind: MarkKind, is_off: bool) -> Option<String> {
        let draft = self.change();
        let is_done = if is_off { draft.turn_on(name, kind) } else { draft.turn_off(name, kind) };
        match is_done {
            true if is_off => Some(format!("under the {} again", kind.noun())),
            false if is_off => Some("this rule cannot be turned on again".to_owned()),
            true => Some(format!("without the {}: what it made equal differs now", kind.noun())),
            false => {
                let toggle = key_of(TablesAction::Toggle);
                Some(format!("it cannot be compared without this rule: {toggle} on its line in the list leaves it out"))
            }
        }
    }

    /// Confirms the rules of the line; in the details, only the one under the cursor.
    pub(super) fn confirm(&mut self) -> Option<String> {
        let Some(shown) = self.selected() else { return Some("there is no rule to confirm".to_owned()) };
        let (name, is_in_details) = (shown.field.field.name.clone(), self.is_in_details);
        let item = self.item();
        let is_meant = |mark: &&Mark| !is_in_details || item == Some(DetailItem::Rule(mark.kind));
        let kinds: Vec<_> = match shown.needs_confirmation() {
            true => shown.field.marks.iter().filter(is_meant).map(|mark| mark.kind).collect(),
            false => Vec::new(),
        };
        if kinds.is_empty() {
            return Some("there is no rule to confirm".to_owned());
        }
        let draft = self.change();
        kinds.iter().for_each(|kind| _ = draft.confirm(&name, *kind));
        let nouns: Vec<_> = kinds.iter().map(|kind| kind.noun()).collect();
        Some(format!("confirmed: {}", nouns.join(", ")))
    }

    /// Goes to the next or previous line that has a text, around the ends. Gives words for the user.
    pub(super) fn search(&mut self, text: &str, forward: bool, hides_values: bool) -> String {
        let hits: Vec<_> =
            (0..self.lines.len()).filter(|line| has(&self.line_text(*line, hides_values), text)).collect();
        let here = self.cursor.selected;
        let hit = match forward {
            true => hits.iter().find(|line| **line > here).or(hits.first()),
            false => hits.iter().rev().find(|line| **line < here).or(hits.last()),
        };
        let Some(hit) = hit else { return format!("no column of the draft has {text:?}") };
        self.cursor.jump(*hit, self.lines.len());
        let at = hits.iter().position(|line| line == hit).unwrap_or_default();
        format!("line {} of {} with {text:?}", at + 1, hits.len())
    }

    /// All that a line says of its columns.
    fn line_text(&self, line: usize, hides_values: bool) -> String {
        match &self.lines[line] {
            Line::Field(name) => self.field(name).map_or_else(String::new, |Shown { field, .. }| {
                let left = expression(&field.left, &field.left_steps, hides_values);
                let right = expression(&field.right, &field.right_steps, hides_values);
                format!("{} {left} {right}", escape_text(name))
            }),
            Line::Only(0) => escape_text(&self.draft.left_only.join(", ")).into_owned(),
            Line::Only(_) => escape_text(&self.draft.right_only.join(", ")).into_owned(),
        }
    }

    pub(super) fn confirm_all(&mut self) -> Option<String> {
        let draft = self.change();
        let rules = draft.unconfirmed().count();
        draft.confirm_all();
        Some(match rules {
            0 => "there is no rule to confirm".to_owned(),
            rules => format!("confirmed {}", crate::model::text::count(rules as u64, "rule")),
        })
    }
}
