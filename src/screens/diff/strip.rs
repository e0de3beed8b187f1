//! The strip that shows where the differences are: its cells, and the keys that each stands for.

use file_mst::diff::Side;

use super::DiffScreen;
use super::draw;
use crate::model::diff::entry::Entry;
use crate::model::diff::list::Row;
use crate::model::diff::strip::{Strip, StripCell};
use crate::model::key::range_end;
use crate::runtime::input::action::{Action, Common, DiffAction, Motion};

/// Keys are held against each other by so much of them, in columns.
const KEY: usize = 64;

impl DiffScreen {
    /// The cells of the strip as it is drawn. They count what the filter shows.
    pub(super) fn strip(&self) -> Strip {
        let window = self.cursor.window(self.list.len());
        let place = |line: usize| self.list.row(line).map(Row::place);
        // A window on everything needs no mark.
        let whole = window.len() == self.list.len();
        let places = match (place(window.start), window.end.checked_sub(1).and_then(place)) {
            (Some(first), Some(last)) if !whole => first..last + 1,
            _ => 0..0,
        };
        let entries = self.list.entries().map(|(place, entry)| (place, &**entry));
        let counts = |place, kind| self.list.lets_through(place, kind);
        Strip::new(entries, counts, places, usize::from(draw::strip::cells(self.areas.strip).width))
    }

    /// Goes into the strip, to the cell of the difference under the cursor, or out of it.
    pub(super) fn toggle_strip(&mut self) {
        self.strip_cursor = match self.strip_cursor {
            Some(_) => None,
            None if self.areas.strip.is_empty() => {
                self.shared.say("the screen is too low for the strip that shows where the differences are");
                None
            }
            None => {
                let strip = self.strip();
                let here = self.selected_row().map(Row::place);
                let holds = |cell: &StripCell| {
                    cell.places.zip(here).is_some_and(|((first, last), here)| (first..=last).contains(&here))
                };
                let near = strip.cells.iter().position(holds).unwrap_or(strip.viewport.start);
                let cell = strip.nearest(near);
                if cell.is_none() {
                    self.shared.say("no difference is shown");
                }
                cell
            }
        };
        self.follow_strip();
    }

    /// Does what an action says while the cursor is in the strip. None if it means nothing there.
    pub(super) fn update_strip(&mut self, action: Action) -> Option<()> {
        let at = self.strip_cursor?;
        let strip = self.strip();
        let to = match action {
            Action::Diff(DiffAction::ScrollRight | DiffAction::NextDifference | DiffAction::NextRun) => {
                strip.next(at, true)
            }
            Action::Diff(DiffAction::ScrollLeft | DiffAction::PreviousDifference | DiffAction::PreviousRun) => {
                strip.next(at, false)
            }
            Action::Move(Motion::First) => strip.nearest(0),
            Action::Move(Motion::Last) => strip.nearest(usize::MAX),
            Action::Common(Common::Open) => {
                let range = strip.cells.get(at).and_then(|cell| self.key_range(*cell));
                self.strip_cursor = None;
                match range {
                    Some(range) => self.set_filter(self.list.filter().clone().with_range(range)),
                    None => self.shared.say("no difference with a key is there"),
                }
                return Some(());
            }
            Action::Common(Common::Cancel | Common::Quit) | Action::Move(_) => {
                self.strip_cursor = None;
                return Some(());
            }
            _ => return None,
        };
        self.strip_cursor = Some(to.unwrap_or(at));
        self.follow_strip();
        Some(())
    }

    /// Puts the cursor of the list on the first difference of the cell under the cursor of the strip.
    fn follow_strip(&mut self) {
        let Some(at) = self.strip_cursor else { return };
        if let Some((first, _)) = self.strip().cells.get(at).and_then(|cell| cell.places) {
            let line = self.list.reveal(first);
            self.cursor.select(line, self.list.len());
            self.follow_with_table();
        }
    }

    /// Goes to the first difference of a column of the strip, or of the nearest that has one.
    pub(super) fn go_to_column(&mut self, column: usize) {
        let Some(cell) = self.strip().nearest(column) else { return self.shared.say("no difference is shown") };
        self.strip_cursor = Some(cell);
        self.follow_strip();
        self.strip_cursor = None;
    }

    /// Filters to the keys of a column of the strip, or of the nearest that has a difference.
    pub(crate) fn filter_to_column(&mut self, column: usize) {
        let nearest = self.strip().nearest(column);
        if let Some(range) = nearest.and_then(|column| self.keys_at_column(column)) {
            self.set_filter(self.list.filter().clone().with_range(range));
        }
    }

    /// The range of keys of the differences in a column of the strip, as it is typed in a filter; none if no difference
    /// with a key is there.
    pub(crate) fn keys_at_column(&self, column: usize) -> Option<String> {
        self.key_range(*self.strip().cells.get(column)?)
    }

    fn key_range(&self, cell: StripCell) -> Option<String> {
        let (first, last) = self.ends_of(cell)?;
        let end = |entry: &Entry| {
            let (stored, side) = entry.first_key()?;
            // The types of the left are asked first when a range is read.
            let on_left = self.pair.stored_on(Side::Left, stored, side);
            let (stored, side) = on_left.map_or((stored.to_vec(), side), |stored| (stored, Side::Left));
            Some(range_end(&stored, self.pair.typing(side).key.as_ref()))
        };
        Some(format!("{}..={}", end(first)?, end(last)?))
    }

    /// The first and the last difference of a cell that have keys.
    fn ends_of(&self, cell: StripCell) -> Option<(&Entry, &Entry)> {
        let (first, last) = cell.places?;
        let keyed = |place: &usize| {
            self.list
                .entry(*place)
                .is_some_and(|it| self.list.lets_through(*place, it.kind()) && it.first_key().is_some())
        };
        let mut places = first..last + 1;
        let first = places.find(keyed)?;
        let last = (first..last + 1).rev().find(keyed)?;
        Some((self.list.entry(first)?, self.list.entry(last)?))
    }

    /// The keys of a cell in a few words: `at ORD-0012…`, what they all begin with, or the first one.
    pub(super) fn keys_of_cell(&self, cell: StripCell) -> String {
        let Some((first, last)) = self.ends_of(cell) else { return String::new() };
        let shown = |entry| self.pair.shown_key(entry, self.shared.key_format, KEY).unwrap_or_default();
        let (first, last) = (shown(first), shown(last));
        if first == last {
            return format!("at {first}");
        }
        let same = first.chars().zip(last.chars()).take_while(|(a, b)| a == b).count();
        // A short beginning says nothing of where it is: digits above all.
        if same * 2 < first.chars().count() {
            return format!("from {first}");
        }
        format!("at {}…", first.chars().take(same).collect::<String>())
    }
}
