//! Unfolding and folding nodes, and moving between them.

use super::{Pane, TreeScreen};
use crate::model::outline::{NodeId, Row};
use crate::runtime::input::action::Motion;
use crate::runtime::list::{ListCursor, move_cursor};

impl TreeScreen {
    pub(crate) fn go_to(&mut self, id: Option<NodeId>) {
        let Some(at) = id.and_then(|id| self.outline.row_of(id)) else { return };
        self.focus = Pane::Outline;
        self.records = ListCursor::default();
        self.cursor.select(at, self.outline.rows().len());
    }

    pub(crate) fn go_in(&mut self) {
        let Some(Row::Node(id)) = self.selected_row() else { return self.focus = Pane::Inspector };
        if self.outline.entry(id).unfolded {
            move_cursor(&mut self.cursor, Motion::Down, self.outline.rows().len());
        } else {
            self.unfold(id);
        }
    }

    pub(crate) fn go_out(&mut self) {
        match self.selected_row() {
            Some(Row::Node(id)) if self.outline.entry(id).unfolded => self.fold(id),
            _ => self.go_to(self.node_above()),
        }
    }

    /// The node that the line under the cursor hangs on.
    pub(crate) fn node_above(&self) -> Option<NodeId> {
        match self.selected_row()? {
            Row::Node(id) => self.outline.entry(id).parent.map(|(parent, _)| parent),
            Row::Record(id, _) | Row::Gap(id, _) => Some(id),
        }
    }

    pub(crate) fn toggle_fold(&mut self) {
        let id = self.selected_node();
        if self.outline.entry(id).unfolded {
            self.fold(id);
        } else {
            self.unfold(id);
        }
    }

    pub(crate) fn unfold(&mut self, id: NodeId) {
        self.opening = None;
        self.outline.unfold(id);
        if self.outline.entry(id).is_damaged() && !self.outline.entry(id).unfolded {
            self.shared.say("this node cannot be unfolded: see why beside it");
        }
    }

    pub(crate) fn fold(&mut self, id: NodeId) {
        self.opening = None;
        self.go_to(Some(id));
        self.outline.fold(id);
    }
}
