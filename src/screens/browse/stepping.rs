//! Steps to the next or previous record, across nodes, also inside an open value.

use file_mst::{NodeError, NodeKey, Tree};

use super::TreeScreen;
use super::jobs::TreeReply;
use super::route::OutlinePath;
use super::value::{VALUE, ValueLayer};
use crate::model::record_cursor::{Place, RecordCursor};
use crate::model::text::{count, offset};
use crate::runtime::jobs::Task;
use crate::runtime::layers::Layers;

/// Steps whose end is looked for.
#[derive(Debug)]
pub(super) struct Stepping {
    pub(super) task: Task,
    from: OutlinePath,
    /// How many records, forward if positive.
    steps: i64,
}

/// Where steps ended.
#[derive(Debug)]
pub(super) struct Stepped {
    /// The path to the record and its key; none where there is no record in that direction.
    record: Option<(OutlinePath, NodeKey)>,
    /// What could not be read on the way.
    skipped: Vec<u64>,
}

/// Goes some records on from a place. Reads the nodes on the way.
fn steps(tree: &Tree, from: &OutlinePath, steps: i64) -> Result<Stepped, NodeError> {
    let mut stepped = Stepped { record: None, skipped: Vec::new() };
    let Some(mut cursor) = RecordCursor::before(tree, &from.children, from.record)? else { return Ok(stepped) };
    let mut left = steps.unsigned_abs();
    while left > 0 && cursor.step(steps > 0) {
        match cursor.place() {
            Some(Place::Record(key)) => {
                left -= 1;
                let path = OutlinePath { children: cursor.children(), record: cursor.record() };
                stepped.record = Some((path, key));
            }
            Some(Place::Unreadable(error, _)) => stepped.skipped.push(error.offset()),
            None => {}
        }
    }
    Ok(stepped)
}

impl TreeScreen {
    /// Whether steps mean something: nothing is open but a value.
    pub(super) fn can_step(&self) -> bool {
        !self.layers.is_open() || self.layers.is_top(VALUE)
    }

    /// Goes to the next record, or to the previous one.
    pub(super) fn step_record(&mut self, forward: bool) {
        if self.has_table() {
            return self.step_in_table(forward);
        }
        // Keys may come faster than nodes are read: then the steps add up.
        let (from, before) = match self.stepping.take() {
            Some(stepping) => (stepping.from, stepping.steps),
            None => (self.stepped_to.take().unwrap_or_else(|| self.path_of_cursor()), 0),
        };
        let count = before + if forward { 1 } else { -1 };
        let (tree, start) = (self.shown.opened.tree.clone(), from.clone());
        let task = self.shared.runner.run(
            |why| TreeReply::Stepped(Err(why)),
            move |feed| {
                let stepped = steps(&tree, &start, count).map_err(|error| error.to_string());
                let _ = feed.send(TreeReply::Stepped(stepped));
            },
        );
        self.stepping = Some(Stepping { task, from, steps: count });
    }

    /// Takes in where steps ended.
    pub(super) fn stepped(&mut self, stepped: Result<Stepped, String>) {
        let Some(Stepping { steps, .. }) = self.stepping.take() else { return };
        let stepped = match stepped {
            Ok(stepped) => stepped,
            Err(why) => return self.shared.say(why),
        };
        if let [first, ..] = stepped.skipped.as_slice() {
            let nodes = count(stepped.skipped.len() as u64, "node");
            self.shared.say(format!("skipped {nodes} that cannot be read ({})", offset(*first)));
        }
        let Some((path, key)) = stepped.record else {
            if steps != 0 {
                self.shared.say(if steps > 0 { "this is the last record" } else { "this is the first record" });
            }
            return;
        };
        let focus = self.focus;
        self.follow(path.clone());
        self.focus = focus;
        self.stepped_to = self.is_on_the_way().then_some(path);
        self.show_in_open_value(&key);
        self.fit();
    }

    /// Shows another record in the open value, if one is open.
    pub(super) fn show_in_open_value(&mut self, key: &NodeKey) {
        if self.layers.is_top(VALUE)
            && let Some(record) = key.record()
        {
            self.layers.replace(ValueLayer::new(record));
            Layers::lay_out(self);
        }
    }
}
