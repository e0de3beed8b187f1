//! Going to keys, numbers and texts, also to those of records that are equal.

use std::sync::Arc;
use std::time::Instant;

use file_mst::diff::Side;

use super::DiffScreen;
use super::jobs::DiffReply;
use crate::model::diff::entry::Entry;
use crate::model::diff::inside::side_of;
use crate::model::diff::list::{Progress, Row};
use crate::model::diff::lookup::{Finding, Forms, Lookup, LookupKey, look_up};
use crate::model::diff::search::{EqualPlace, Found, Search, SearchStart};
use crate::model::diff::seat::{Seat, seat};
use crate::model::jump::Jump;
use crate::model::search::query::Query;
use crate::model::text::{count, thousands};
use crate::runtime::input::action::Common;
use crate::runtime::input::commands::Target;
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::PROGRESS;
use crate::runtime::screen::NoMeaning;

/// The equal record that a search has come to.
#[derive(Clone, Debug)]
pub(super) struct EqualHit {
    /// The query that found it.
    text: String,
    /// The line on which it is shown, as long as the cursor stays there.
    line: usize,
    place: EqualPlace,
    /// The records that this search found before it.
    before: Vec<(Lookup, EqualPlace)>,
    lookup: Lookup,
}

impl DiffScreen {
    /// Goes to a key, or to a difference by its number.
    pub(super) fn go_to_target(&mut self, target: Target) -> Result<(), NoMeaning> {
        match target {
            Target::Key(text) => match LookupKey::parse(&self.pair, &text) {
                Ok(key) => self.start_lookup(key),
                Err(why) => self.shared.say(why),
            },
            Target::Jump(Jump::Nth(number)) => self.go_to_number(number.saturating_add(1)),
            Target::Jump(_) => return Err(NoMeaning),
        }
        Ok(())
    }

    /// Goes to a difference by its number, counted from 1.
    pub(crate) fn go_to_number(&mut self, number: u64) {
        self.layers.clear();
        let of = self.list.differences();
        if number == 0 || number > of {
            let (number, listed) = (thousands(number), count(of, "difference"));
            return self.shared.say(format!("there is no difference {number}: {listed} are listed"));
        }
        let line = self.list.line_of_number(number);
        let line = match line {
            None if self.clear_filter() => {
                self.shared.say("the filter is off: it hides this difference");
                self.list.line_of_number(number)
            }
            line => line,
        };
        if let Some(line) = line {
            self.cursor.jump(line, self.list.len());
            self.follow_list();
        }
        self.fit();
    }

    fn start_lookup(&mut self, key: LookupKey) {
        let (pair, format) = (Arc::clone(&self.pair), self.shared.key_format);
        self.busy = Some(self.shared.runner.run(DiffReply::NotSearched, move |feed| {
            let _ = feed.send(DiffReply::LookedUp(Box::new(look_up(&pair, &key, format))));
        }));
    }

    /// Goes to a key that was looked up, and says what was found.
    pub(super) fn looked_up(&mut self, lookup: &Lookup) {
        let note = self.show_lookup(lookup);
        let words = lookup.sentence(&self.pair, self.shared.value_format);
        self.shared.say(format!("{words}{}", note.unwrap_or_default()));
    }

    /// Puts the cursor on the difference, or on the record in the stretch that holds it. What is to be said of that.
    fn show_lookup(&mut self, lookup: &Lookup) -> Option<String> {
        self.layers.clear();
        self.strip_cursor = None;
        let found = {
            let forms = Forms::new(&self.pair);
            seat(&self.list, &lookup.form, &forms)
        };
        let so_far = match self.list.progress {
            Progress::Running => "; the comparison has not come there yet",
            Progress::Stopped | Progress::Failed => "; not all was compared",
            Progress::Done if self.list.cut => "; not all differences are listed",
            Progress::Done => "",
        };
        let mut note = None;
        let is_hidden = |screen: &Self, place: usize| {
            let kind = screen.list.entry(place).map(|entry| entry.kind());
            kind.is_none_or(|kind| !screen.list.lets_through(place, kind))
        };
        let line = match found {
            Some(Seat::Entry(place) | Seat::Within(place))
                if is_hidden(self, place) && !self.list.filter().is_empty() && self.clear_filter() =>
            {
                note = Some("; the filter is off".to_owned());
                self.line_of_seat(found, lookup)
            }
            found => self.line_of_seat(found, lookup),
        };
        if let Some(line) = line {
            self.cursor.jump(line, self.list.len());
        } else if !matches!(lookup.finding, Finding::Nowhere { .. }) {
            note = Some(so_far.to_owned()).filter(|words| !words.is_empty());
        }
        self.follow_list();
        self.fit();
        note
    }

    fn line_of_seat(&mut self, found: Option<Seat>, lookup: &Lookup) -> Option<usize> {
        match found? {
            Seat::Entry(place) => Some(self.list.reveal(place)),
            Seat::Within(place) => {
                let Entry::Equal(stretch) = &**self.list.entry(place)? else { return None };
                let side = side_of(stretch);
                match lookup
                    .held(side)
                    .or(lookup.held(side.other()))
                    .filter(|_| matches!(lookup.finding, Finding::Equal))
                {
                    Some(held) => self.list.unfold_from(place, held.clone()),
                    None => Some(self.list.reveal(place)),
                }
            }
        }
    }

    /// Searches for a text, or again for the previous one.
    pub(super) fn search(&mut self, text: Option<String>, steps: isize) {
        // The hit that is found begins the search for the one after it.
        self.hits_left = steps - steps.signum();
        let forward = steps > 0;
        let is_new = text.is_some();
        let Some(text) = self.shared.search_text(text) else { return };
        let types = [Side::Left, Side::Right].map(|side| self.pair.typing(side).value.as_ref());
        let query = match Query::parse(&text, &types) {
            Ok(query) => query,
            Err(why) => return self.shared.say(why),
        };
        self.layers.clear();
        self.strip_cursor = None;
        let hit = self.equal_hit.take().filter(|hit| !is_new && hit.text == text && hit.line == self.cursor.selected);
        if let Some(mut hit) = hit {
            if !forward && let Some((lookup, place)) = hit.before.pop() {
                self.go_to_hit(EqualHit { lookup, place, ..hit });
                return self.go_on_to_hit();
            }
            let start = SearchStart::Equal(hit.place.clone());
            self.passed = Some(hit);
            return self.start_search(query, start, forward);
        }
        self.passed = None;
        let key = self.in_line(self.cursor.selected).and_then(|entry| {
            let (stored, side) = entry.first_key()?;
            Some(LookupKey::of(&self.pair, stored, side))
        });
        let from = self.selected_row().map_or(0, Row::place);
        self.start_search(query, SearchStart::Differences(from, key), forward);
    }

    fn start_search(&mut self, query: Query, start: SearchStart, forward: bool) {
        let list = &self.list;
        let is_whole = list.progress == Progress::Done && !list.cut && list.counts.damaged == 0;
        let search = Search {
            query,
            entries: self.differences().collect(),
            start,
            forward,
            // A filter asks for differences only.
            with_equal: list.filter().is_empty(),
            reads_both: !is_whole || self.pair.comparison.method() != "bytes",
            key_format: self.shared.key_format,
        };
        let pair = Arc::clone(&self.pair);
        let total = pair.left.tree.len().ok().map(thousands);
        self.busy = Some(self.shared.runner.run(DiffReply::NotSearched, move |feed| {
            let mut said = Instant::now();
            let mut pace = |seen: u64| {
                if seen.is_multiple_of(64) && said.elapsed() >= PROGRESS {
                    said = Instant::now();
                    let of = total.as_ref().map_or_else(String::new, |total| format!(" of {total}"));
                    let words = format!(
                        "no further difference has it; {}{of} records looked through … {} stops",
                        thousands(seen),
                        key_of(Common::Cancel)
                    );
                    return feed.send(DiffReply::Progress(words)).is_continue();
                }
                true
            };
            if let Some(found) = search.find(&pair, feed.cancelled(), &mut pace) {
                let _ = feed.send(DiffReply::Found(Box::new(found)));
            }
        }));
    }

    /// Takes in what a search has found, and goes on if that was not the hit that is wanted.
    pub(super) fn searched(&mut self, found: Found) {
        if matches!(found, Found::Nothing(_)) {
            self.hits_left = 0;
        }
        self.take_found(found);
        self.go_on_to_hit();
    }

    /// Goes on to the hit that is wanted, if it is not the one that was found last.
    fn go_on_to_hit(&mut self) {
        let left = std::mem::take(&mut self.hits_left);
        if left != 0 {
            self.shared.input.message = None;
            self.search(None, left);
        }
    }

    fn take_found(&mut self, found: Found) {
        let text = self.shared.searched.clone().unwrap_or_default();
        let passed = self.passed.take();
        match found {
            Found::Difference(place, wrapped) => {
                let line = self.list.reveal(place);
                self.cursor.jump(line, self.list.len());
                self.follow_list();
                if wrapped {
                    self.shared.say("nothing more: went on at the other end of the differences");
                }
            }
            Found::Record(lookup, place) => {
                let mut before = Vec::new();
                if let Some(passed) = passed {
                    before = passed.before;
                    before.push((passed.lookup, passed.place));
                }
                self.go_to_hit(EqualHit { text, line: 0, place, before, lookup: *lookup });
            }
            Found::Nothing(unread) => match passed {
                Some(mut passed) if !passed.before.is_empty() => {
                    let (lookup, place) = passed.before.remove(0);
                    self.go_to_hit(EqualHit { before: Vec::new(), lookup, place, ..passed });
                    let words = self.shared.input.message.take().unwrap_or_default();
                    self.shared.say(format!("nothing more: went on at the first one · {words}"));
                }
                Some(passed) => {
                    self.equal_hit = Some(passed);
                    self.shared.say(format!("no other record has {text:?}"));
                }
                None => self.found_nothing(&text, unread),
            },
        }
        self.fit();
    }

    fn go_to_hit(&mut self, hit: EqualHit) {
        let note = self.show_lookup(&hit.lookup).unwrap_or_default();
        let words = hit.lookup.sentence(&self.pair, self.shared.value_format);
        self.shared.say(format!("{words}{note}"));
        self.equal_hit = Some(EqualHit { line: self.cursor.selected, ..hit });
    }

    fn found_nothing(&mut self, text: &str, unread: Option<String>) {
        let list = &self.list;
        let is_filtered = !list.filter().is_empty();
        let what = if is_filtered { "difference that is shown" } else { "record" };
        let places = count(list.counts.damaged, "place");
        let words = match list.progress {
            _ if unread.is_some() => {
                format!("no {what} has {text:?} in what could be read; {}", unread.unwrap_or_default())
            }
            Progress::Running if is_filtered => format!("no {what} so far has {text:?}"),
            Progress::Stopped | Progress::Failed if is_filtered => {
                format!("no {what} has {text:?}; not all was compared")
            }
            Progress::Done if is_filtered && list.cut => format!("no {what} has {text:?}; not all are listed"),
            _ if list.counts.damaged > 0 => {
                format!("no {what} has {text:?} in what could be read; {places} could not be")
            }
            _ if is_filtered => format!("no {what} has {text:?}"),
            _ => format!("no {what} has {text:?}, neither a difference nor an equal one"),
        };
        self.shared.say(words);
    }
}
