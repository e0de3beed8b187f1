//! Slow work, done beside the screen: reading nodes and counting.
//!
//! One worker reads what the screen wants to show. What it wants is replaced, not queued: nodes that scrolled out of
//! sight before their turn are never read. A count has a thread of its own and a flag that stops it.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use file_mst::open::Opened;

use super::event::Event;
use crate::view::history::History;
use crate::view::node::NodeReport;
use crate::view::outline::{NodeId, Wanted};

/// How often a count tells how far it is.
const PROGRESS: Duration = Duration::from_millis(100);

/// What a job hands to the screen.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A node was read.
    Node(NodeId, Box<NodeReport>),
    /// The commits of the file were read.
    History(History),
    /// A count goes on, or is over.
    Counted { ticket: u64, records: u64, nodes: u64, damaged: u64, over: bool },
}

/// The work in hand.
#[derive(Debug)]
pub(crate) struct Jobs {
    opened: Opened,
    generation: u64,
    replies: Sender<Event>,
    shared: Arc<Shared>,
    count: Option<(u64, Arc<AtomicBool>)>,
    tickets: u64,
    reading_history: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    wanted: VecDeque<Wanted>,
    in_hand: Option<NodeId>,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The list is replaced as a whole, so a panic elsewhere cannot leave it half-done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for something to read. None when nothing will be wanted any more.
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

impl Drop for Jobs {
    fn drop(&mut self) {
        self.cancel_count();
        self.shared.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

impl Jobs {
    /// The generation of its replies.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Starts the worker that reads nodes of the tree. It ends when this is dropped. All replies carry the generation, so
    /// that those of a tree that is no longer shown can be told.
    pub(crate) fn start(opened: &Opened, replies: Sender<Event>, generation: u64) -> Self {
        let shared = Arc::new(Shared::default());
        let tree = opened.tree.clone();
        let jobs = Self {
            opened: opened.clone(),
            generation,
            replies: replies.clone(),
            shared: Arc::clone(&shared),
            count: None,
            tickets: 0,
            reading_history: Arc::default(),
        };
        thread::spawn(move || {
            loop {
                let Some(Wanted { id, path, index, interval }) = shared.next() else { return };
                let Some(report) = NodeReport::read(&tree, &path, index, &interval) else { continue };
                if replies.send(Event::Reply(generation, Reply::Node(id, Box::new(report)))).is_err() {
                    return;
                }
            }
        });
        jobs
    }

    /// Reads these nodes next, and forgets what was wanted before.
    pub(crate) fn want(&self, wanted: Vec<Wanted>) {
        let mut queue = self.shared.lock();
        queue.wanted = wanted.into_iter().filter(|wanted| queue.in_hand != Some(wanted.id)).collect();
        drop(queue);
        self.shared.changed.notify_one();
    }

    /// Reads the commits of the file, unless that is under way.
    pub(crate) fn read_history(&mut self) {
        if self.reading_history.swap(true, Ordering::Relaxed) {
            return;
        }
        let (opened, replies, generation) = (self.opened.clone(), self.replies.clone(), self.generation);
        let reading = Arc::clone(&self.reading_history);
        thread::spawn(move || {
            let history = History::read(&opened);
            reading.store(false, Ordering::Relaxed);
            // Nobody may be left to hear it.
            let _ = replies.send(Event::Reply(generation, Reply::History(history)));
        });
    }

    /// Whether a count runs.
    pub(crate) fn is_counting(&self) -> bool {
        self.count.is_some()
    }

    /// Starts to count the tree.
    pub(crate) fn count(&mut self) {
        self.cancel_count();
        self.tickets += 1;
        let (ticket, generation) = (self.tickets, self.generation);
        let (tree, replies) = (self.opened.tree.clone(), self.replies.clone());
        let cancelled = Arc::new(AtomicBool::new(false));
        self.count = Some((ticket, Arc::clone(&cancelled)));
        thread::spawn(move || {
            let mut last = Instant::now();
            let stats = tree.stats(|stats| {
                if cancelled.load(Ordering::Relaxed) {
                    return ControlFlow::Break(());
                }
                if last.elapsed() >= PROGRESS {
                    last = Instant::now();
                    let (records, nodes, damaged) = (stats.records, stats.nodes, stats.damage.len() as u64);
                    let progress = Reply::Counted { ticket, records, nodes, damaged, over: false };
                    if replies.send(Event::Reply(generation, progress)).is_err() {
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            });
            let (records, nodes, damaged) = (stats.records, stats.nodes, stats.damage.len() as u64);
            // Nobody may be left to hear it.
            let _ =
                replies.send(Event::Reply(generation, Reply::Counted { ticket, records, nodes, damaged, over: true }));
        });
    }

    /// Stops a count, if one runs.
    pub(crate) fn cancel_count(&mut self) {
        if let Some((_, cancelled)) = self.count.take() {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a reply belongs to the count that runs now.
    pub(crate) fn is_current(&self, ticket: u64) -> bool {
        self.count.as_ref().is_some_and(|(current, _)| *current == ticket)
    }

    /// The count is over.
    pub(crate) fn count_ended(&mut self) {
        self.count = None;
    }
}
