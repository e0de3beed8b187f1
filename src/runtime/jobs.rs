//! Slow work, done beside the screen: reading nodes, counting, computing views, comparing, opening.
//!
//! One worker reads what the screen wants to show. What it wants is replaced, not queued: nodes that scrolled out of
//! sight before their turn are never read. All other work is a [`Task`] of its own, which is cancelled when it is dropped
//! and whose replies carry a ticket: those of a task that was replaced are dropped.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use file_mst::open::{Misfits, Opened};
use file_mst::tree::Tree;

use crate::model::diff::inside::Page;
use crate::model::diff::list::Batch;
use crate::model::diff::summary::Summary;
use crate::model::diff::why::Why;
use crate::model::history::History;
use crate::model::node::NodeReport;
use crate::model::outline::{NodeId, Wanted};
use crate::runtime::event::Event;
use crate::runtime::panics::caught;
use crate::runtime::report::{Computed, ReportFeed, Request, View};
use crate::runtime::stack::Destination;
use crate::screens::browse::route::Located;

/// How often a task tells how far it is.
pub(crate) const PROGRESS: Duration = Duration::from_millis(100);

/// What a job hands to the screen.
#[derive(Debug)]
pub(crate) enum Reply {
    /// A node was read.
    Node(NodeId, Box<NodeReport>),
    /// A count goes on, or is over.
    Counted { records: u64, nodes: u64, damaged: u64, over: bool },
    /// The count failed: why.
    NotCounted(String),
    /// How far a search or a jump is, in words.
    Progress(String),
    /// How far a view is, in words.
    ReportProgress(String),
    /// A view as far as it was computed, and whether that is all of it.
    Report(Computed, bool),
    /// The way to a place that was looked for.
    Located(Result<Located, String>),
    /// The versions in the file.
    Versions(Result<History, String>),
    /// Differences between two trees.
    Batch(Box<Batch>),
    /// The comparison failed: why. What comes behind the differences so far is not known.
    NotCompared(String),
    /// Why the hashes differ on the way to the record in a line.
    Why(usize, Why),
    /// More of the equal stretch in a place.
    Inside(usize, Page),
    /// What differences have in common.
    Summary(Summary),
    /// Why there is none.
    NoSummary(String),
    /// The place where a text was found, and whether from the other end on.
    Match(Option<(usize, bool)>),
    /// The search failed: why.
    NotSearched(String),
    /// What became of an export to a file of this name; why it cannot be applied, if it cannot.
    Exported(String, Option<&'static str>, io::Result<u64>),
    /// A tree, or two, were opened to be shown next.
    Opened(Box<anyhow::Result<Destination>>),
    /// The tree that is shown, under other types, or why not.
    Retyped(Box<Result<Opened, String>>),
}

/// Where work is done: each piece in a thread of its own; or at once, where nobody waits for the screen.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    replies: Sender<Event>,
    at_once: bool,
}

/// A piece of work in hand. It is cancelled when this is dropped.
#[derive(Debug)]
pub(crate) struct Task {
    ticket: u64,
    cancelled: Arc<AtomicBool>,
}

impl Task {
    pub(crate) fn ticket(&self) -> u64 {
        self.ticket
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// The way from a piece of work to the screen.
pub(crate) struct Feed {
    place: u64,
    ticket: u64,
    cancelled: Arc<AtomicBool>,
    replies: Sender<Event>,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("place", &self.place).field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl Feed {
    /// Whether nobody waits for the work any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn cancelled(&self) -> &AtomicBool {
        &self.cancelled
    }

    /// Hands something to the screen. Break where nobody waits for it any more.
    pub(crate) fn send(&self, reply: Reply) -> ControlFlow<()> {
        let sent = self.replies.send(Event::Reply { place: self.place, ticket: self.ticket, reply });
        if sent.is_err() || self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Runner {
    pub(crate) fn in_threads(replies: Sender<Event>) -> Self {
        Self { replies, at_once: false }
    }

    pub(crate) fn at_once(replies: Sender<Event>) -> Self {
        Self { replies, at_once: true }
    }

    /// Does a piece of work for a screen. If it panics, the screen is told what `failed` makes of that.
    pub(crate) fn run(
        &self,
        place: u64,
        ticket: u64,
        failed: impl FnOnce(String) -> Reply + Send + 'static,
        work: impl FnOnce(&Feed) + Send + 'static,
    ) -> Task {
        let cancelled = Arc::new(AtomicBool::new(false));
        let feed = Feed { place, ticket, cancelled: Arc::clone(&cancelled), replies: self.replies.clone() };
        let work = move || {
            if let Err(why) = caught(|| work(&feed)) {
                let _ = feed.send(failed(why));
            }
        };
        if self.at_once {
            work();
        } else {
            thread::spawn(work);
        }
        Task { ticket, cancelled }
    }
}

/// The work for the screen of one tree.
#[derive(Debug)]
pub(crate) struct Jobs {
    opened: Opened,
    place: u64,
    runner: Runner,
    shared: Arc<Shared>,
    pub(crate) count: Option<Task>,
    pub(crate) report: Option<Task>,
    pub(crate) locate: Option<Task>,
    pub(crate) versions: Option<Task>,
    tickets: u64,
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
        self.shared.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

fn read(tree: &Tree, misfits: &mut Misfits, wanted: &Wanted) -> Option<Reply> {
    let read = caught(|| NodeReport::read(tree, misfits, &wanted.path, wanted.index, &wanted.interval));
    let report = match read {
        Ok(report) => report?,
        Err(why) => NodeReport::failed(tree, &wanted.path, wanted.index, why)?,
    };
    Some(Reply::Node(wanted.id, Box::new(report)))
}

impl Jobs {
    /// Starts the worker that reads nodes of the tree. It ends when this is dropped. All replies carry the place that the
    /// screen has, so that those for a screen that is gone can be told.
    pub(crate) fn start(opened: &Opened, runner: &Runner, place: u64) -> Self {
        let jobs = Self {
            opened: opened.clone(),
            place,
            runner: runner.clone(),
            shared: Arc::default(),
            count: None,
            report: None,
            locate: None,
            versions: None,
            tickets: 0,
        };
        if !runner.at_once {
            let (shared, tree, replies) = (Arc::clone(&jobs.shared), opened.tree.clone(), runner.replies.clone());
            let mut misfits = Misfits::new(opened);
            thread::spawn(move || {
                while let Some(wanted) = shared.next() {
                    let Some(reply) = read(&tree, &mut misfits, &wanted) else { continue };
                    if replies.send(Event::Reply { place, ticket: 0, reply }).is_err() {
                        return;
                    }
                }
            });
        }
        jobs
    }

    /// Reads these nodes next, and forgets what was wanted before.
    pub(crate) fn want(&self, wanted: Vec<Wanted>) {
        if self.runner.at_once {
            if let Some(reply) =
                wanted.first().and_then(|first| read(&self.opened.tree, &mut Misfits::new(&self.opened), first))
            {
                // Whoever asked holds the other end.
                let _ = self.runner.replies.send(Event::Reply { place: self.place, ticket: 0, reply });
            }
            return;
        }
        let mut queue = self.shared.lock();
        queue.wanted = wanted.into_iter().filter(|wanted| queue.in_hand != Some(wanted.id)).collect();
        drop(queue);
        self.shared.changed.notify_one();
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    /// Starts to count the tree.
    pub(crate) fn count(&mut self) {
        let (ticket, tree) = (self.ticket(), self.opened.tree.clone());
        self.count = Some(self.runner.run(self.place, ticket, Reply::NotCounted, move |feed| {
            let mut last = Instant::now();
            let stats = tree.stats(|stats| {
                if feed.is_cancelled() {
                    return ControlFlow::Break(());
                }
                if last.elapsed() < PROGRESS {
                    return ControlFlow::Continue(());
                }
                last = Instant::now();
                let (records, nodes, damaged) = (stats.records, stats.nodes, stats.damage.len() as u64);
                feed.send(Reply::Counted { records, nodes, damaged, over: false })
            });
            let (records, nodes, damaged) = (stats.records, stats.nodes, stats.damage.len() as u64);
            let _ = feed.send(Reply::Counted { records, nodes, damaged, over: true });
        }));
    }

    /// Computes a view, in place of the one before. `ticket` is that of the view.
    pub(crate) fn report(&mut self, ticket: u64, view: &'static View, request: Request) {
        self.report = Some(self.runner.run(
            self.place,
            ticket,
            |why| Reply::Report(Err(why), true),
            move |feed| {
                let report = (view.compute)(&request, &ReportFeed { feed });
                let _ = feed.send(Reply::Report(report, true));
            },
        ));
    }

    /// Reads which versions the file holds.
    pub(crate) fn read_versions(&mut self, opened: &Opened) {
        let (ticket, opened) = (self.ticket(), opened.clone());
        self.versions = Some(self.runner.run(
            self.place,
            ticket,
            |why| Reply::Versions(Err(why)),
            move |feed| {
                let go_on = || if feed.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
                let history = History::read(&opened, |_| go_on(), |_| go_on()).map_err(|error| error.to_string());
                let _ = feed.send(Reply::Versions(history));
            },
        ));
    }

    /// Looks for a place, instead of the one before.
    pub(crate) fn locate(&mut self, find: impl FnOnce(&Tree, &Feed) -> Result<Located, String> + Send + 'static) {
        let (ticket, tree) = (self.ticket(), self.opened.tree.clone());
        self.locate = Some(self.runner.run(
            self.place,
            ticket,
            |why| Reply::Located(Err(why)),
            move |feed| {
                let located = find(&tree, feed);
                let _ = feed.send(Reply::Located(located));
            },
        ));
    }
}
