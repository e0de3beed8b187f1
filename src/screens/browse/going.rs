//! Going to places: searches and jumps, the path there as far as it was read, and back.

use super::route::{Located, OutlinePath};
use super::{Pane, TreeScreen};
use crate::model::jump::Jump;
use crate::model::key::read_shown_key;
use crate::model::outline::{NodeId, Row, Wanted};
use crate::runtime::input::commands::Target;
use crate::runtime::list::ListCursor;

/// The most jumps that are remembered.
const REMEMBERED: usize = 100;

impl TreeScreen {
    /// Goes to a place that was typed.
    pub(crate) fn go_to_target(&mut self, place: Target) {
        let jump = match place {
            Target::Jump(jump) => jump,
            Target::Key(text) => match self.typing.key.as_ref().map(|ty| read_shown_key(ty, &text)) {
                Some(Ok(key)) => Jump::Key(key),
                Some(Err(error)) => return self.shared.say(error),
                None => return self.shared.say("the type of the keys is unknown: give --key when opening"),
            },
        };
        self.layers.clear();
        self.jump(jump);
    }

    /// Takes in a place that was found, and goes there.
    pub(crate) fn located(&mut self, located: Result<Located, String>) {
        match located {
            Ok(Located { path, note }) => {
                self.remember_place();
                self.shared.input.message = note.or_else(|| self.shared.input.message.take());
                self.follow(path);
            }
            Err(why) => self.shared.say(mst_types::escape_text(&why)),
        }
    }

    /// Remembers the place of the cursor before a jump from it.
    pub(crate) fn remember_place(&mut self) {
        let here = self.path_of_cursor();
        self.back.push(here);
        if self.back.len() > REMEMBERED {
            self.back.remove(0);
        }
        self.forward.clear();
    }

    pub(crate) fn go_back(&mut self) {
        match self.back.pop() {
            Some(path) => {
                let here = self.path_of_cursor();
                self.forward.push(here);
                self.follow(path);
            }
            None => self.shared.say("there was no jump before"),
        }
    }

    pub(crate) fn go_forward(&mut self) {
        match self.forward.pop() {
            Some(path) => {
                let here = self.path_of_cursor();
                self.back.push(here);
                self.follow(path);
            }
            None => self.shared.say("there is no jump to go forward to"),
        }
    }

    /// The path to the cursor.
    pub(crate) fn path_of_cursor(&self) -> OutlinePath {
        if let Some(path) = self.path_in_table() {
            return path;
        }
        let mut children = Vec::new();
        let mut at = self.selected_node();
        while let Some((parent, index)) = self.outline.entry(at).parent {
            children.push(index);
            at = parent;
        }
        children.reverse();
        let record = match self.selected_row() {
            Some(Row::Record(_, index)) => Some(index),
            _ => None,
        };
        OutlinePath { children, record }
    }

    pub(crate) fn follow(&mut self, path: OutlinePath) {
        self.opening = None;
        self.focus = Pane::Outline;
        if self.follow_in_table(&path) {
            return;
        }
        self.going = Some((NodeId::ROOT, path));
        self.go_on();
    }

    /// Whether the path to a place is still to be read.
    pub(super) fn is_on_the_way(&self) -> bool {
        self.going.is_some()
    }

    /// The node that must be read next on the path.
    pub(crate) fn wanted_to_go(&self) -> Vec<Wanted> {
        let next = self.going.as_ref().map(|(at, _)| *at);
        let unread = next.filter(|at| self.outline.entry(*at).report.is_none());
        unread.and_then(|at| self.outline.wanted_node(at)).into_iter().collect()
    }

    /// Goes on along the path, as far as it was read.
    pub(crate) fn go_on(&mut self) {
        while let Some((at, mut path)) = self.going.take() {
            if path.children.is_empty() && path.record.is_none() {
                return self.arrive(Row::Node(at));
            }
            if self.outline.entry(at).report.is_none() {
                self.going = Some((at, path));
                return;
            }
            self.outline.unfold(at);
            if path.children.is_empty() {
                let record = path.record.map(|index| Row::Record(at, index));
                return self.arrive(record.filter(|row| self.outline.rows().contains(row)).unwrap_or(Row::Node(at)));
            }
            // The path ends at a node that cannot be unfolded.
            let Some(child) = self.outline.child_at(at, path.children.remove(0)) else {
                return self.arrive(Row::Node(at));
            };
            self.going = Some((child, path));
        }
    }

    fn arrive(&mut self, row: Row) {
        let Some(at) = self.outline.rows().iter().position(|other| *other == row) else { return };
        self.records = ListCursor::default();
        self.cursor.jump(at, self.outline.rows().len());
        if let Row::Record(_, index) = row {
            self.records.selected = index;
        }
    }
}
