//! The filter on the differences: asked for, set, and applied by a task where records must be looked into.

use std::sync::Arc;
use std::time::Instant;

use super::DiffScreen;
use super::jobs::DiffReply;
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::filter::{FIELD, Filter, Judge, KEYS, KINDS, PREFIX, quoted};
use crate::model::diff::list::{Progress, Row};
use crate::model::diff::summary::without_indices;
use crate::model::text::{count, thousands};
use crate::runtime::input::prompt::{Offer, Prompt, Purpose};
use crate::runtime::jobs::{Feed, PROGRESS, Task};

/// How many differences are looked into between two looks at the clock.
const PART: usize = 64;

/// A task that looks into differences for the filter.
#[derive(Debug)]
pub(super) struct Judging {
    task: Task,
    /// The place after the last one that it looks into.
    end: usize,
}

impl DiffScreen {
    /// Begins to type a filter, which starts as the one that is on.
    pub(super) fn ask_filter(&mut self) {
        let line = self.list.filter().to_string();
        let line = if line.is_empty() { line } else { line + " " };
        self.shared.input.prompt = Some(Prompt::new(Purpose::Filter, &line).offering(self.offers()));
    }

    /// The words of a filter that fit what was found, with what they let through.
    fn offers(&self) -> Vec<Offer> {
        let counts = &self.list.counts;
        let number = |kind| match kind {
            Kind::OnlyLeft => counts.only_left,
            Kind::OnlyRight => counts.only_right,
            Kind::Changed => counts.changed,
            Kind::NotCompared => counts.not_compared,
            Kind::WithinTolerance => counts.within_tolerance,
            _ => 0,
        };
        let thing = |kind: Kind, number| match kind {
            Kind::WithinTolerance => format!("{} that are no drift", count(number, "record")),
            Kind::NotCompared => count(number, "key"),
            _ => count(number, "difference"),
        };
        let kinds = KINDS.iter().filter(|(kind, _)| number(*kind) > 0).filter_map(|(kind, forms)| {
            let help = format!("{} {}", kind.glyph(), thing(*kind, number(*kind)));
            Some(Offer { text: (*forms.first()?).to_owned(), help })
        });
        let fields = self.field_names().into_iter().map(|name| Offer {
            text: format!("{FIELD}{}", quoted(&name)),
            help: "records in which this field differs".to_owned(),
        });
        let heads = [
            (PREFIX, "keys that begin so, as in prefix:INV-2026"),
            (KEYS, "a range of keys, as in keys:A..B"),
            ("\"", "a text in the values that differ, in quotes if it has blanks"),
        ];
        let heads = heads.into_iter().map(|(text, help)| Offer { text: text.to_owned(), help: help.to_owned() });
        kinds.chain(fields).chain(heads).collect()
    }

    /// The names of the fields that values of either side have.
    fn field_names(&self) -> Vec<String> {
        let types = [&self.pair.left, &self.pair.right].map(|side| side.typing.value.as_ref());
        let columns = crate::model::columns::Columns::of(&types);
        columns.all().iter().map(|column| column.name.clone()).filter(|name| !name.is_empty()).collect()
    }

    /// Sets the filter that was typed; an empty one shows everything.
    pub(super) fn filter(&mut self, text: &str) {
        match Filter::parse(text) {
            Ok(filter) => self.set_filter(filter),
            Err(why) => self.shared.say(why),
        }
    }

    /// Shows what a filter lets through.
    pub(super) fn set_filter(&mut self, filter: Filter) {
        // A range of keys that cannot be read is no filter.
        if let Err(why) = Judge::new(&filter, &self.pair, self.shared.key_format) {
            return self.shared.say(why);
        }
        self.judging = None;
        let line = self.list.set_filter(filter, self.cursor.selected);
        self.cursor.select(line, self.list.len());
        self.judge_missing();
        self.fit();
        self.keep_table();
    }

    /// Filters to the field under the cursor of the inspector, as the filter that is on allows. False if the cursor is on
    /// no field of a difference.
    pub(super) fn filter_to_field(&mut self) -> bool {
        let Some(path) = self.inspected_field() else { return false };
        self.set_filter(self.list.filter().clone().with_field(&path));
        true
    }

    /// Whether the cursor of the inspector is on a field of a difference.
    pub(super) fn is_on_field(&self) -> bool {
        self.inspected_field().is_some()
    }

    /// The field of a difference under the cursor of the inspector, as a filter names it.
    fn inspected_field(&self) -> Option<String> {
        let Row::Difference(_) = self.selected_row()? else { return None };
        let path = without_indices(&self.inspector.field()?.path);
        (!path.is_empty()).then_some(path)
    }

    /// Takes the filter away. False if there is none.
    pub(super) fn clear_filter(&mut self) -> bool {
        let is_on = !self.list.filter().is_empty();
        if is_on {
            self.set_filter(Filter::default());
        }
        is_on
    }

    /// Lets a task look into the differences that the filter has not judged yet.
    pub(super) fn judge_missing(&mut self) {
        if self.judging.is_some() {
            return;
        }
        let Some(from) = self.list.wants_judging() else { return };
        let (entries, end) = self.list.entries_from(from);
        let (pair, filter) = (Arc::clone(&self.pair), self.list.filter().clone());
        let key_format = self.shared.key_format;
        let task =
            self.shared.runner.run(DiffReply::NotJudged, move |feed| match Judge::new(&filter, &pair, key_format) {
                Ok(judge) => judge_all(&judge, &entries, from..end, feed),
                Err(why) => _ = feed.send(DiffReply::NotJudged(why)),
            });
        self.judging = Some(Judging { task, end });
    }

    pub(super) fn is_judged_by(&self, ticket: u64) -> bool {
        self.judging.as_ref().is_some_and(|judging| judging.task.ticket() == ticket)
    }

    pub(super) fn take_judged(&mut self, from: usize, passes: Vec<bool>) {
        let line = self.list.take_judged(from, passes, self.cursor.selected);
        self.cursor.select(line, self.list.len());
        let is_over = |judging: &Judging| self.list.wants_judging().is_none_or(|from| from >= judging.end);
        if self.judging.as_ref().is_some_and(is_over) {
            self.judging = None;
        }
        self.fit();
    }

    pub(super) fn not_judged(&mut self, why: String) {
        self.judging = None;
        self.list.set_filter(Filter::default(), self.cursor.selected);
        self.fit();
        self.shared.say(why);
    }

    fn judged_all(&self) -> bool {
        self.list.wants_judging().is_none()
    }

    /// The filter that is on, and how much it lets through; none without one.
    pub(super) fn filter_words(&self) -> Option<String> {
        let filter = self.list.filter();
        if filter.is_empty() {
            return None;
        }
        // Records within tolerance are no differences, and shown only if they are asked for.
        let (of, thing) = match filter.kinds().contains(&Kind::WithinTolerance) {
            true => (self.list.differences() + self.list.counts.within_tolerance, "record"),
            false => (self.list.differences(), "difference"),
        };
        let shown = thousands(self.list.shown() as u64);
        let so_far = match self.list.progress {
            _ if !self.judged_all() => " so far",
            Progress::Done => "",
            _ => " found so far",
        };
        Some(format!("& {filter}: {shown} of {}{so_far}", count(of, thing)))
    }

    /// Why no line is shown under the filter.
    pub(super) fn nothing_passes(&self) -> String {
        match (self.judged_all(), self.list.progress) {
            (false, _) => "the differences are being looked into …".to_owned(),
            (true, Progress::Running) => "no difference so far is let through by the filter".to_owned(),
            (true, _) => "no difference is let through by the filter".to_owned(),
        }
    }
}

/// Judges entries in the order of their places, and sends the verdicts part by part.
fn judge_all(judge: &Judge<'_>, entries: &[(usize, Arc<Entry>)], places: std::ops::Range<usize>, feed: &Feed) {
    let (mut from, mut passes) = (places.start, Vec::new());
    let mut sent = Instant::now();
    for part in entries.chunks(PART) {
        for (place, entry) in part {
            passes.resize(place - from, false);
            passes.push(judge.passes(entry));
        }
        if feed.is_cancelled() {
            return;
        }
        if sent.elapsed() >= PROGRESS {
            let next = from + passes.len();
            if feed.send(DiffReply::Judged(from, std::mem::take(&mut passes))).is_break() {
                return;
            }
            (from, sent) = (next, Instant::now());
        }
    }
    passes.resize(places.end - from, false);
    let _ = feed.send(DiffReply::Judged(from, passes));
}
