//! The tasks of the screen of one tree: reading nodes, counting, finding places, reading versions, trying types.
//!
//! One worker reads the nodes that visible lines miss. Its list is replaced, not extended, so that nodes that scrolled
//! away before their turn are never read.

#[cfg(test)]
use std::any::Any;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use file_mst::Damage;
use file_mst::Tree;
use file_mst::history::{Changes, Version};
use file_mst::inspect::stats::Stats;
use file_mst::open::{Opened, TypeMismatch};
use mst_types::escape_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Pane;
use super::route::{Located, locate};
use super::stepping::Stepped;
use super::table::{FilterReply, RowsReply};
use super::{Count, Seek, TreeScreen, draw};
use crate::model::history::History;
use crate::model::jump::Jump;
use crate::model::key_words::keys_beginning;
use crate::model::node::NodeReport;
use crate::model::outline::{NodeId, Wanted};
use crate::model::retype::{self, Retype};
use crate::model::search::scan::Report;
use crate::model::watch::Notice;
use crate::runtime::input::commands::Command;
use crate::runtime::input::completion::{self, FindKeys};
use crate::runtime::input::mouse::{Mouse, MouseKind, MousePane};
use crate::runtime::jobs::{Feed, PROGRESS, Reply, Runner, Task, is_of};
use crate::runtime::layers::{After, Layers};
use crate::runtime::panics::caught;
use crate::runtime::screen::{Effect, NoMeaning, Screen, Shared};

/// A reply of a task of this screen.
#[derive(Debug)]
pub(super) enum TreeReply {
    /// A node was read.
    Node(NodeId, Box<NodeReport>),
    Counting {
        records: u64,
        nodes: u64,
    },
    Counted {
        records: u64,
        damaged: u64,
    },
    /// The reason why the count failed.
    NotCounted(String),
    /// What a search has found next.
    Searched(Box<Report>),
    /// The reason why a search failed.
    NotSearched(String),
    /// The progress of a jump, in words.
    Progress(String),
    /// The place that was looked for, or the reason why there is none.
    Located(Result<Located, String>),
    /// The versions in the file.
    Versions(Result<History, String>),
    /// What happened to the file.
    Noticed(Box<Notice>),
    /// The file is not watched any more.
    Unwatched,
    /// The newest tree of the file, or the reason why there is none.
    Newest(Box<Result<Opened, String>>),
    /// The drift since the file is followed; none if it was not counted.
    LiveDrift(Option<Changes>),
    /// The record that steps lead to.
    Stepped(Result<Stepped, String>),
    /// Rows of the table.
    Rows(RowsReply),
    /// What the filter of the table finds.
    Filter(FilterReply),
    /// The tree under other types, or the reason why it stays as it is.
    Retyped(Box<Result<Opened, String>>),
}

impl Screen for TreeScreen {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut Shared {
        &mut self.shared
    }

    fn find_keys(&self) -> Option<FindKeys> {
        let (tree, ty) = (self.shown.opened.tree.clone(), self.typing.key.clone());
        Some(Box::new(move |text| keys_beginning(&tree, ty.as_ref(), text, completion::MOST)))
    }

    fn panes(&mut self) -> Vec<MousePane> {
        let areas = self.areas;
        if let Some(pane) = self.layers.pane(areas.overlay_inside()) {
            return vec![pane];
        }
        let is_inside = self.focus == Pane::Inspector;
        let list = match &self.table {
            Some(table) => MousePane::new(areas.table_inside(), &table.cursor, !is_inside),
            None => MousePane::new(areas.outline_inside(), &self.cursor, !is_inside),
        };
        let inspector = match self.inspected_key() {
            Some(_) => MousePane::new(areas.fields(), &self.inspector.cursor, is_inside),
            None => MousePane::new(areas.records_inside(), &self.records, is_inside),
        };
        vec![list, inspector]
    }

    fn press(&mut self, mouse: Mouse) -> bool {
        let (body, width) = (self.areas.body, self.areas.list_width());
        if !self.layers.is_open() && self.split.mouse(mouse, body, width) {
            TreeScreen::resize(self, self.areas.whole);
            return true;
        }
        let inside = self.areas.overlay_inside();
        if mouse.kind != MouseKind::Press || !self.layers.is_open() || !inside.contains(mouse.at) {
            return false;
        }
        let pane = self.layers.pane(inside);
        for action in pane.into_iter().flat_map(|pane| pane.actions(mouse)) {
            let _ = self.execute_command(Command::Do(action));
        }
        let _ = Layers::press(self, usize::from(mouse.at.x - inside.x));
        TreeScreen::resize(self, self.areas.whole);
        true
    }

    fn execute(&mut self, command: Command) -> Result<Vec<Effect>, NoMeaning> {
        let outcome = self.execute_command(command);
        TreeScreen::resize(self, self.areas.whole);
        Ok(outcome?.into_iter().collect())
    }

    fn reply(&mut self, ticket: u64, reply: Reply) -> Vec<Effect> {
        match Layers::reply(self, ticket, reply) {
            Ok(After::Do(effect)) => return vec![effect],
            Ok(After::Ignored | After::Stay | After::Close) => self.fit(),
            Err(reply) => {
                if let Some(reply) = reply.take() {
                    self.take(ticket, reply);
                }
            }
        }
        Vec::new()
    }

    fn resize(&mut self, area: Rect) {
        TreeScreen::resize(self, area);
    }

    fn read_missing(&mut self) {
        if self.has_table() {
            return self.load_rows();
        }
        let wanted = self.wanted();
        self.reader.want(wanted);
    }

    fn draw(&self, buf: &mut Buffer) {
        draw::draw(self, buf);
    }

    fn count_now(&mut self) -> Vec<Damage> {
        if !self.is_small() {
            return Vec::new();
        }
        let Stats { records, damage, .. } = self.shown.opened.tree.stats(|_| ControlFlow::Continue(()));
        self.count = Count::Done { records, damaged: damage.len() as u64 };
        damage
    }

    #[cfg(test)]
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

impl TreeScreen {
    fn take(&mut self, ticket: u64, reply: TreeReply) {
        match reply {
            TreeReply::Node(id, report) if ticket == self.reader.task.ticket() => self.loaded(id, *report),
            TreeReply::Counting { records, nodes } if is_of(&self.counting, ticket) => {
                self.count = Count::Running { records, nodes };
            }
            TreeReply::Counted { records, damaged } if is_of(&self.counting, ticket) => {
                self.counting = None;
                self.count = Count::Done { records, damaged };
            }
            TreeReply::NotCounted(why) if is_of(&self.counting, ticket) => {
                self.counting = None;
                self.count = Count::NotAsked;
                self.shared.say(format!("not counted: {why}"));
            }
            TreeReply::Noticed(notice) => self.noticed(ticket, *notice),
            TreeReply::Newest(newest) => self.found_newest(ticket, *newest),
            TreeReply::LiveDrift(changes) => self.counted_drift(ticket, changes),
            TreeReply::Searched(report) => self.searched(ticket, *report),
            TreeReply::NotSearched(why) => self.not_searched(ticket, why),
            TreeReply::Progress(words) => {
                if let Some(seek) = self.seek.as_mut().filter(|seek| seek.task.ticket() == ticket) {
                    seek.words = words;
                }
            }
            TreeReply::Located(located) if self.seek.as_ref().is_some_and(|seek| seek.task.ticket() == ticket) => {
                self.seek = None;
                self.located(located);
            }
            TreeReply::Versions(read) => {
                if let Some((_, step)) = self.step.take_if(|(task, _)| task.ticket() == ticket) {
                    match read {
                        Ok(history) => {
                            self.history = Some(history);
                            self.step(step);
                        }
                        Err(why) => self.shared.say(why),
                    }
                }
            }
            TreeReply::Stepped(stepped) if self.stepping.as_ref().is_some_and(|it| it.task.ticket() == ticket) => {
                self.stepped(stepped);
            }
            TreeReply::Rows(rows) if self.is_loading_rows(ticket) => self.rows_loaded(rows),
            TreeReply::Filter(reply) if self.is_filtering(ticket) => self.filter_replied(reply),
            TreeReply::Retyped(retyped) if is_of(&self.retyping, ticket) => {
                self.retyping = None;
                match *retyped {
                    Ok(opened) => {
                        let words = retype::named(&opened.typing);
                        self.show_types(opened);
                        self.shared.say(words);
                    }
                    Err(why) => self.shared.say(escape_text(&why)),
                }
            }
            // The task was replaced or cancelled.
            _ => {}
        }
    }

    /// Starts to count the tree. A count that runs already goes on.
    pub(super) fn start_count(&mut self) {
        self.count = Count::Running { records: 0, nodes: 0 };
        if self.counting.is_some() {
            return;
        }
        let tree = self.shown.opened.tree.clone();
        self.counting = Some(self.shared.runner.run(TreeReply::NotCounted, move |feed| {
            let mut last = Instant::now();
            let stats = tree.stats(|stats| {
                if feed.is_cancelled() {
                    return ControlFlow::Break(());
                }
                if last.elapsed() < PROGRESS {
                    return ControlFlow::Continue(());
                }
                last = Instant::now();
                feed.send(TreeReply::Counting { records: stats.records, nodes: stats.nodes })
            });
            let (records, damaged) = (stats.records, stats.damage.len() as u64);
            let _ = feed.send(TreeReply::Counted { records, damaged });
        }));
    }

    /// Starts to find a place, instead of the one before.
    pub(super) fn jump(&mut self, jump: Jump) {
        self.start_seek(move |tree, feed| locate(tree, &jump, feed));
    }

    fn start_seek(&mut self, find: impl FnOnce(&Tree, &Feed) -> Result<Located, String> + Send + 'static) {
        let tree = self.shown.opened.tree.clone();
        let failed = |why| TreeReply::Located(Err(why));
        let task = self.shared.runner.run(failed, move |feed| {
            let located = find(&tree, feed);
            let _ = feed.send(TreeReply::Located(located));
        });
        self.seek = Some(Seek { task, words: String::new() });
    }

    /// Goes so many versions forward, or back if it is negative, once the versions are known; at most to the last one.
    pub(super) fn step(&mut self, steps: isize) {
        let Some(history) = &self.history else { return self.read_versions(steps) };
        let is_back = steps < 0;
        let next = |version: &Version| history.neighbour(&version.root, is_back).cloned();
        let first = history.neighbour(&self.shown.opened.tree.root_link(), is_back).cloned();
        let reached = std::iter::successors(first, next).take(steps.unsigned_abs()).last();
        match reached {
            Some(version) => self.show_version(&version),
            None if is_back => self.shared.say("there is no older version"),
            None => self.shared.say("there is no newer version"),
        }
    }

    fn read_versions(&mut self, steps: isize) {
        if let Some((_, waiting)) = &mut self.step {
            *waiting = steps;
            return;
        }
        self.shared.say("reading which versions there are …");
        let opened = self.shown.opened.clone();
        let failed = |why| TreeReply::Versions(Err(why));
        let task = self.shared.runner.run(failed, move |feed| {
            let go_on = || if feed.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            let history = History::read(&opened, |_| go_on(), |_| go_on()).map_err(|error| error.to_string());
            let _ = feed.send(TreeReply::Versions(history));
        });
        self.step = Some((task, steps));
    }

    /// Starts to try other types.
    pub(super) fn retype(&mut self, types: Retype) {
        let opened = self.shown.opened.clone();
        self.shared.say("trying the types …");
        let failed = |why| TreeReply::Retyped(Box::new(Err(why)));
        self.retyping = Some(self.shared.runner.run(failed, move |feed| {
            let _ = feed.send(TreeReply::Retyped(Box::new(types.apply(&opened))));
        }));
    }
}

/// The worker that reads nodes of one tree. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct NodeReader {
    opened: Opened,
    /// Its ticket tells nodes of this tree from those of the tree that was shown before.
    task: Task,
    /// The feed, where nodes are read at once instead of in a thread.
    at_once: Option<Feed>,
    shared: Arc<Queued>,
}

#[derive(Debug, Default)]
struct Queued {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    wanted: VecDeque<Wanted>,
    in_hand: Option<NodeId>,
    closed: bool,
}

impl Queued {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The list is replaced as a whole, so a panic elsewhere cannot leave it half-done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a node to read; none when the reader is dropped.
    fn next(&self) -> Option<Wanted> {
        let mut queue = self.lock();
        queue.in_hand = None;
        loop {
            if queue.closed {
                return None;
            }
            if let Some(wanted) = queue.wanted.pop_front() {
                queue.in_hand = Some(wanted.id);
                return Some(wanted);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for NodeReader {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

impl NodeReader {
    pub(super) fn start(opened: &Opened, runner: &Runner) -> Self {
        let (task, feed) = runner.task();
        let shared = Arc::<Queued>::default();
        let at_once = if runner.is_at_once() {
            Some(feed)
        } else {
            let (shared, tree, mut misfits) = (Arc::clone(&shared), opened.tree.clone(), TypeMismatch::new(opened));
            thread::spawn(move || {
                while let Some(wanted) = shared.next() {
                    let Some(reply) = read(&tree, &mut misfits, &wanted) else { continue };
                    if feed.send(reply).is_break() {
                        return;
                    }
                }
            });
            None
        };
        Self { opened: opened.clone(), task, at_once, shared }
    }

    /// Reads these nodes next, and forgets what was wanted before.
    fn want(&self, wanted: Vec<Wanted>) {
        if let Some(feed) = &self.at_once {
            let first = wanted.first();
            if let Some(reply) =
                first.and_then(|first| read(&self.opened.tree, &mut TypeMismatch::new(&self.opened), first))
            {
                let _ = feed.send(reply);
            }
            return;
        }
        let mut queue = self.shared.lock();
        queue.wanted = wanted.into_iter().filter(|wanted| queue.in_hand != Some(wanted.id)).collect();
        drop(queue);
        self.shared.changed.notify_one();
    }
}

fn read(tree: &Tree, misfits: &mut TypeMismatch, wanted: &Wanted) -> Option<TreeReply> {
    let read = caught(|| NodeReport::read(tree, misfits, &wanted.path, wanted.index, &wanted.interval));
    let report = match read {
        Ok(report) => report?,
        Err(why) => NodeReport::failed(tree, &wanted.path, wanted.index, why)?,
    };
    Some(TreeReply::Node(wanted.id, Box::new(report)))
}
