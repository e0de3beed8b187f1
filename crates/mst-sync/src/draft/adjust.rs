//! Adjusting a draft before it is used: pairs left out and put back, rules turned off and on, and confirmed.

use std::collections::BTreeMap;

use super::decide::folded;
use super::model::{Draft, DraftedField, Mark, MarkKind, Pair};

impl Draft {
    /// Every rule that somebody still has to confirm, with the name of its field. That columns are paired by their name
    /// needs no confirmation: their values are compared, so a wrong pair shows differences and hides none.
    pub fn unconfirmed(&self) -> impl Iterator<Item = (&str, &Mark)> {
        let fields = self.key.iter().chain(self.pairs.iter().map(|pair| &pair.field));
        let marks = fields.flat_map(|drafted| drafted.marks.iter().map(|mark| (drafted.field.name.as_str(), mark)));
        marks.filter(|(_, mark)| !mark.is_confirmed && mark.kind != MarkKind::Name)
    }

    /// Whether no rule of the draft needs to be confirmed.
    pub fn is_confirmed(&self) -> bool {
        self.unconfirmed().next().is_none()
    }

    /// The columns of the left and the right table that are not compared, in their order: without a partner, not
    /// decided, left out, or excluded.
    pub fn not_compared(&self) -> [Vec<String>; 2] {
        let compared: Vec<&DraftedField> = self.key.iter().chain(self.pairs.iter().map(|pair| &pair.field)).collect();
        let [left, right] = &self.columns;
        let rest = |all: &[String], name: fn(&DraftedField) -> &String| {
            let is_compared = |column: &&String| compared.iter().any(|drafted| name(drafted) == *column);
            all.iter().filter(|column| !is_compared(column)).cloned().collect::<Vec<_>>()
        };
        [rest(left, |drafted| &drafted.left), rest(right, |drafted| &drafted.right)]
    }

    /// Adds columns of the left and the right table that cannot be read, and are therefore not compared.
    pub fn add_unreadable(&mut self, unreadable: [Vec<String>; 2]) {
        for (columns, more) in self.columns.iter_mut().zip(unreadable) {
            columns.extend(more);
        }
    }

    /// The columns that both tables have under one name, apart from case and `_`, and that are not compared although nobody
    /// left them out: whether they agree is not known.
    pub fn unpaired_names(&self) -> Vec<String> {
        let [left, right] = self.not_compared();
        let [excluded_left, excluded_right] = &self.excluded;
        let is_chosen = |name: &String| {
            let is_left_out = self.left_out.iter().any(|pair| pair.field.left == *name || pair.field.right == *name);
            is_left_out || excluded_left.contains(name) || excluded_right.contains(name)
        };
        let is_shared = |name: &&String| right.iter().any(|other| folded(other) == folded(name));
        left.iter().filter(is_shared).filter(|name| !is_chosen(name)).cloned().collect()
    }

    /// Takes a pair out of the comparison. False if no compared pair has this field; the key cannot be left out.
    pub fn leave_out(&mut self, field: &str) -> bool {
        let Some(at) = position(&self.pairs, field) else { return false };
        self.left_out.push(self.pairs.remove(at));
        self.sort();
        true
    }

    /// Compares a pair that was left out or is not decided. False if there is none with this field.
    pub fn put_back(&mut self, field: &str) -> bool {
        if let Some(at) = position(&self.left_out, field) {
            self.pairs.push(self.left_out.remove(at));
        } else if let Some(at) = self.undecided.iter().position(|it| it.proposal.field.field.name == field) {
            let undecided = self.undecided.remove(at);
            let mut pair = undecided.proposal;
            pair.evidence.notes.push(format!("decided by choice, although {}", undecided.reasons.join("; ")));
            self.pairs.push(pair);
        } else {
            return false;
        }
        self.sort();
        true
    }

    /// Reads a field without its rule of this kind, so that what the rule makes equal differs. Its evidence is counted
    /// again. False if the field has no such rule, or cannot be compared without it: rows would break the contract.
    pub fn turn_off(&mut self, field: &str, kind: MarkKind) -> bool {
        // Without joined rows nothing tells whether the field can be read without its rule.
        if self.is_multiset() {
            return false;
        }
        let sample = self.sample.clone();
        let Some(pair) = self.pair_mut(field) else { return false };
        if !pair.field.marks.iter().any(|mark| mark.kind == kind) {
            return false;
        }
        let off = pair.field.turned_off.iter().map(|mark| mark.kind).chain([kind]).collect::<Vec<_>>();
        let rules = pair.field.drafted.as_deref().unwrap_or(&pair.field).clone();
        rebuild(&sample, pair, rules, &off)
    }

    /// Reads a field again with a rule that was turned off. False if it has none of this kind.
    pub fn turn_on(&mut self, field: &str, kind: MarkKind) -> bool {
        let sample = self.sample.clone();
        let Some(pair) = self.pair_mut(field) else { return false };
        if !pair.field.turned_off.iter().any(|mark| mark.kind == kind) {
            return false;
        }
        let rest = pair.field.turned_off.iter().map(|mark| mark.kind).filter(|off| *off != kind);
        let off = rest.collect::<Vec<_>>();
        let Some(rules) = pair.field.drafted.as_deref().cloned() else { return false };
        rebuild(&sample, pair, rules, &off)
    }

    /// Confirms the rules of this kind of a field. False if it has none.
    pub fn confirm(&mut self, field: &str, kind: MarkKind) -> bool {
        let key = self.key.iter_mut().find(|drafted| drafted.field.name == field);
        let pairs = self.pairs.iter_mut().map(|pair| &mut pair.field);
        let Some(drafted) = key.or_else(|| pairs.into_iter().find(|drafted| drafted.field.name == field)) else {
            return false;
        };
        let mut is_found = false;
        let marks = drafted.marks.iter_mut().chain(drafted.drafted.iter_mut().flat_map(|all| all.marks.iter_mut()));
        for mark in marks.filter(|mark| mark.kind == kind) {
            (mark.is_confirmed, is_found) = (true, true);
        }
        is_found
    }

    /// Confirms every rule of the key and of the compared pairs.
    pub fn confirm_all(&mut self) {
        let rules: Vec<(String, MarkKind)> =
            self.unconfirmed().map(|(field, mark)| (field.to_owned(), mark.kind)).collect();
        for (field, kind) in rules {
            self.confirm(&field, kind);
        }
    }

    /// Takes the proposed entry for this value of the left column into the map of a field. False if there is none, or
    /// the map is turned off.
    pub fn take_entry(&mut self, field: &str, left_value: &str) -> bool {
        let sample = self.sample.clone();
        let Some(pair) = self.pair_mut(field) else { return false };
        let proposed = &mut pair.evidence.proposed;
        let has_map = pair.field.marks.iter().any(|mark| mark.kind == MarkKind::Map);
        let Some(at) = proposed.iter().position(|entry| entry.left == left_value).filter(|_| has_map) else {
            return false;
        };
        let entry = proposed.remove(at);
        if let Some(drafted) = pair.field.drafted.as_deref_mut() {
            add_entry(drafted, &entry.left, &entry.right);
        }
        add_entry(&mut pair.field, &entry.left, &entry.right);
        sample.refresh(pair)
    }

    /// The compared, left out or undecided pair of this field.
    fn pair_mut(&mut self, field: &str) -> Option<&mut Pair> {
        let undecided = self.undecided.iter_mut().map(|undecided| &mut undecided.proposal);
        self.pairs.iter_mut().chain(&mut self.left_out).chain(undecided).find(|pair| pair.field.field.name == field)
    }

    /// Brings the pairs into the order of the left table's columns, so that a pair that was put back is where it was.
    pub(super) fn sort(&mut self) {
        let [left, _] = &self.columns;
        let order: BTreeMap<&String, usize> = left.iter().zip(0..).collect();
        let place = |pair: &Pair| order.get(&pair.field.left).copied();
        self.pairs.sort_by_key(place);
        self.left_out.sort_by_key(place);
    }
}

fn position(pairs: &[Pair], field: &str) -> Option<usize> {
    pairs.iter().position(|pair| pair.field.field.name == field)
}

/// Makes the field of a pair from the field with all its rules, without those of these kinds.
fn rebuild(sample: &super::evaluate::JoinedSample, pair: &mut Pair, rules: DraftedField, off: &[MarkKind]) -> bool {
    let Some(mut strict) = sample.strict(&rules, off) else { return false };
    let before: Vec<String> = pair.field.turned_off.iter().map(turned_off_note).collect();
    let (turned_off, marks) = rules.marks.iter().cloned().partition(|mark| off.contains(&mark.kind));
    (strict.turned_off, strict.marks) = (turned_off, marks);
    strict.drafted = (!off.is_empty()).then(|| Box::new(rules));
    pair.evidence.notes.retain(|note| !before.contains(note));
    pair.evidence.notes.extend(strict.turned_off.iter().map(turned_off_note));
    pair.field = strict;
    sample.refresh(pair)
}

fn turned_off_note(mark: &Mark) -> String {
    format!("turned off: {} ({} rows agree only under this rule)", mark.text, mark.rows)
}

fn add_entry(drafted: &mut DraftedField, left: &str, right: &str) {
    drafted.left_steps.map.insert(left.to_owned(), right.to_owned());
    let text = map_text(&drafted.left_steps.map);
    for mark in drafted.marks.iter_mut().filter(|mark| mark.kind == MarkKind::Map) {
        mark.text.clone_from(&text);
    }
}

/// A map of values in words.
pub(super) fn map_text(map: &BTreeMap<String, String>) -> String {
    let entries: Vec<_> = map.iter().map(|(left, right)| format!("{left} = {right}")).collect();
    format!("a map of values that was learnt: {}", entries.join(", "))
}
