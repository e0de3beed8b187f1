//! Slow work, done by tasks while the screen goes on.
//!
//! Each piece of work is a [`Task`] with a thread of its own. It is cancelled when the task is dropped. Its replies
//! carry the number of a screen and the ticket of the task: replies of a task that was replaced or cancelled are
//! dropped.

use std::any::{Any, type_name_of_val};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crate::runtime::event::Event;
use crate::runtime::panics::caught;

/// How often a task reports its progress.
pub(crate) const PROGRESS: Duration = Duration::from_millis(100);

/// A reply of a task. Only the screen or layer that started the task knows its type, so a new one needs no change here.
pub(crate) struct Reply(Box<dyn Any + Send>);

impl Reply {
    /// The reply as a value of its type; none if the task was another's.
    pub(crate) fn take<R: 'static>(self) -> Option<R> {
        self.0.downcast().ok().map(|reply| *reply)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(type_name_of_val(self))
    }
}

/// Where tasks of a screen run: each in a thread of its own, or at once where nobody waits for the screen.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    replies: Sender<Event>,
    at_once: bool,
    screen: u64,
    /// The tickets that were given so far, to tasks of all screens.
    tickets: Arc<AtomicU64>,
}

/// A running task. It is cancelled when this is dropped.
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

/// Whether a reply with this ticket is one of the task.
pub(crate) fn is_of(task: &Option<Task>, ticket: u64) -> bool {
    task.as_ref().is_some_and(|task| task.ticket == ticket)
}

/// The way from a task to its screen.
pub(crate) struct Feed {
    screen: u64,
    ticket: u64,
    cancelled: Arc<AtomicBool>,
    replies: Sender<Event>,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("screen", &self.screen).field("ticket", &self.ticket).finish_non_exhaustive()
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

    /// Sends a reply to the screen. Breaks where nobody waits for it any more.
    pub(crate) fn send<R: Send + 'static>(&self, reply: R) -> ControlFlow<()> {
        let reply = Reply(Box::new(reply));
        let sent = self.replies.send(Event::Reply { screen: self.screen, ticket: self.ticket, reply });
        if sent.is_err() || self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Runner {
    pub(crate) fn in_threads(replies: Sender<Event>) -> Self {
        Self { replies, at_once: false, screen: 0, tickets: Arc::default() }
    }

    pub(crate) fn at_once(replies: Sender<Event>) -> Self {
        Self { at_once: true, ..Self::in_threads(replies) }
    }

    /// A runner for the tasks of another screen.
    pub(crate) fn for_screen(&self, screen: u64) -> Self {
        Self { screen, ..self.clone() }
    }

    pub(crate) fn is_at_once(&self) -> bool {
        self.at_once
    }

    /// A new task without work, and its feed.
    pub(crate) fn task(&self) -> (Task, Feed) {
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed) + 1;
        let cancelled = Arc::new(AtomicBool::new(false));
        let feed =
            Feed { screen: self.screen, ticket, cancelled: Arc::clone(&cancelled), replies: self.replies.clone() };
        (Task { ticket, cancelled }, feed)
    }

    /// Starts a task. If it panics, the screen gets the reply that `failed` makes of the panic's message.
    pub(crate) fn run<R: Send + 'static>(
        &self,
        failed: impl FnOnce(String) -> R + Send + 'static,
        work: impl FnOnce(&Feed) + Send + 'static,
    ) -> Task {
        let (task, feed) = self.task();
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
        task
    }
}
