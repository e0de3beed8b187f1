//! Going to places: what is looked for, the way there as far as it was read, and back.

use crate::model::jump::Jump;
use crate::model::key::read_shown_key;
use crate::model::outline::{NodeId, Row, Wanted};
use crate::runtime::commands::Where;
use crate::runtime::list::ListCursor;
use crate::screens::browse::route::{Located, Spot};
use crate::screens::browse::search;
use crate::screens::browse::state::{App, Pane, Seek};

/// The most jumps that are remembered.
const REMEMBERED: usize = 100;

impl App {
    /// Looks for a place that was typed.
    pub(crate) fn look_for(&mut self, place: Where) {
        let jump = match place {
            Where::Jump(jump) => jump,
            Where::Key(text) => match self.typing.key.as_ref().map(|ty| read_shown_key(ty, &text)) {
                Some(Ok(key)) => Jump::Key(key),
                Some(Err(error)) => return self.input.say(error),
                None => return self.input.say("the type of the keys is unknown: give --key when opening"),
            },
        };
        self.over.close();
        self.seek = Seek::Jump(jump);
    }

    /// Looks for a text, or for the one before.
    pub(crate) fn search(&mut self, text: Option<String>, forward: bool) {
        self.searched = text.or(self.searched.take());
        let Some(text) = self.searched.clone() else { return self.input.say("nothing was looked for so far: / does") };
        self.over.close();
        let from = self.key_here();
        let typing = self.typing.clone();
        self.seek = Seek::Search(Box::new(search::Wanted { text, forward, from, typing }));
    }

    /// The key under the cursor, or the first one in the node under it.
    fn key_here(&self) -> Option<Vec<u8>> {
        if let Some(key) = self.selected_key() {
            return Some(key.stored().to_vec());
        }
        match self.selected_node() {
            NodeId::ROOT => None,
            id => match self.outline.first_key(id) {
                crate::model::outline::Bound::Key(key) => Some(key.stored().to_vec()),
                _ => None,
            },
        }
    }

    /// Takes in a place that was looked for, and goes there.
    pub(crate) fn located(&mut self, located: Result<Located, String>) {
        self.seek = Seek::Idle;
        match located {
            Ok(Located { spot, note }) => {
                let here = self.spot();
                self.behind.push(here);
                if self.behind.len() > REMEMBERED {
                    self.behind.remove(0);
                }
                self.ahead.clear();
                self.input.message = note.or_else(|| self.input.message.take());
                self.go_along(spot);
            }
            Err(why) => self.input.say(file_mst::schema::escape_text(&why)),
        }
    }

    pub(crate) fn go_back(&mut self) {
        match self.behind.pop() {
            Some(spot) => {
                let here = self.spot();
                self.ahead.push(here);
                self.go_along(spot);
            }
            None => self.input.say("there was no jump before"),
        }
    }

    pub(crate) fn go_forward(&mut self) {
        match self.ahead.pop() {
            Some(spot) => {
                let here = self.spot();
                self.behind.push(here);
                self.go_along(spot);
            }
            None => self.input.say("there is no jump to go forward to"),
        }
    }

    /// Where the cursor stands.
    pub(crate) fn spot(&self) -> Spot {
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
        Spot { children, record }
    }

    pub(crate) fn go_along(&mut self, spot: Spot) {
        self.opening = None;
        self.focus = Pane::Outline;
        self.going = Some((NodeId::ROOT, spot));
        self.go_on();
    }

    /// The node that must be read next on the way.
    pub(crate) fn wanted_to_go(&self) -> Vec<Wanted> {
        let next = self.going.as_ref().map(|(at, _)| *at);
        let unread = next.filter(|at| self.outline.entry(*at).report.is_none());
        unread.and_then(|at| self.outline.wanted_node(at)).into_iter().collect()
    }

    /// Goes on along the way, as far as it was read.
    pub(crate) fn go_on(&mut self) {
        while let Some((at, mut spot)) = self.going.take() {
            if spot.children.is_empty() && spot.record.is_none() {
                return self.arrive(Row::Node(at));
            }
            if self.outline.entry(at).report.is_none() {
                self.going = Some((at, spot));
                return;
            }
            self.outline.unfold(at);
            if spot.children.is_empty() {
                let record = spot.record.map(|index| Row::Record(at, index));
                return self.arrive(record.filter(|row| self.outline.rows().contains(row)).unwrap_or(Row::Node(at)));
            }
            // What cannot be unfolded is where the way ends.
            let Some(child) = self.outline.child_at(at, spot.children.remove(0)) else {
                return self.arrive(Row::Node(at));
            };
            self.going = Some((child, spot));
        }
    }

    fn arrive(&mut self, row: Row) {
        let Some(at) = self.outline.rows().iter().position(|other| *other == row) else { return };
        self.records = ListCursor::default();
        self.cursor.select(at, self.outline.rows().len());
        if let Row::Record(_, index) = row {
            self.records.selected = index;
        }
    }
}
