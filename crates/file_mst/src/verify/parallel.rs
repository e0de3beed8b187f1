//! Visits batches of nodes on threads that live as long as the check.
//!
//! A few batches are under way at once, and their results are taken in the order in which they were handed over. So a
//! thread never waits for the slowest node of a step, and the findings do not depend on the number of threads.
//!
//! ```text
//!   check ── draws a batch ──▶ [ batch 9 ][ batch 8 ] ── takes one ──▶ worker ──▶ visits of 6
//!         ◀── takes in the visits of 5, the oldest ─────────────────── worker ──▶ visits of 5
//! ```

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::visit::{Context, Visit, visit_all};
use super::visited::Task;

/// The number of batches that are under way at once. It does not depend on the threads, so neither does the order of
/// the visits.
pub(super) const UNDER_WAY: usize = 8;
/// A batch of fewer nodes takes less time than starting a thread.
const WORTH_A_THREAD: usize = 16;

/// The nodes of a batch, and what their visits need to know.
#[derive(Clone)]
pub(super) struct Batch {
    pub(super) context: Arc<Context>,
    pub(super) tasks: Arc<Vec<Task>>,
}

/// The visits of a batch, or the panic of the thread that visited it.
type Visits = Result<Vec<Visit>, Box<dyn Any + Send>>;

/// The batches under way, and the threads that work on them.
#[derive(Default)]
pub(super) struct Workers {
    under_way: VecDeque<Batch>,
    /// The number of the oldest batch under way.
    oldest: u64,
    threads: Option<Threads>,
}

struct Threads {
    to: Option<Sender<(u64, Batch)>>,
    from: Receiver<(u64, Visits)>,
    /// Results of batches that are not the oldest.
    early: BTreeMap<u64, Visits>,
    handles: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers").field("under_way", &self.under_way.len()).finish_non_exhaustive()
    }
}

impl Workers {
    /// Whether another batch may be handed over.
    pub(super) fn have_room(&self) -> bool {
        self.under_way.len() < UNDER_WAY
    }

    /// The first task of a batch under way.
    pub(super) fn first_task(&self, number: u64) -> Option<&Task> {
        let at = usize::try_from(number.checked_sub(self.oldest)?).ok()?;
        self.under_way.get(at)?.tasks.first()
    }

    /// Hands over a batch, to be visited on `threads` threads; returns its number.
    pub(super) fn submit(&mut self, batch: Batch, threads: usize) -> u64 {
        let number = self.oldest + self.under_way.len() as u64;
        if self.threads.is_none() && threads > 1 && batch.tasks.len() >= WORTH_A_THREAD {
            let mut started = Threads::start(threads);
            // Batches from before the threads are visited by them too.
            for (earlier, number) in self.under_way.iter().zip(self.oldest..) {
                started.send(number, earlier.clone());
            }
            self.threads = Some(started).filter(|started| !started.handles.is_empty());
        }
        if let Some(threads) = &mut self.threads {
            threads.send(number, batch.clone());
        }
        self.under_way.push_back(batch);
        number
    }

    /// The number of the oldest batch, its tasks and their visits; `None` if none is under way.
    pub(super) fn take(&mut self) -> Option<(u64, Vec<Task>, Vec<Visit>)> {
        let batch = self.under_way.pop_front()?;
        let number = self.oldest;
        self.oldest += 1;
        let visits = match &mut self.threads {
            Some(threads) => threads.receive(number),
            None => Ok(visit_all(&batch.context, &batch.tasks)),
        };
        match visits {
            Ok(visits) => Some((number, Arc::unwrap_or_clone(batch.tasks), visits)),
            // The panic goes on: nodes that were not visited must not count as sound.
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl Threads {
    fn start(threads: usize) -> Self {
        let (to, batches) = channel::<(u64, Batch)>();
        let (results, from) = channel();
        let batches = Arc::new(Mutex::new(batches));
        let start = |_| {
            let (batches, results) = (Arc::clone(&batches), results.clone());
            let work = move || {
                loop {
                    let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, batch)) = next else { return };
                    let visits = catch_unwind(AssertUnwindSafe(|| visit_all(&batch.context, &batch.tasks)));
                    // The check then owns the tasks alone, and need not copy them.
                    drop(batch);
                    if results.send((number, visits)).is_err() {
                        return;
                    }
                }
            };
            thread::Builder::new().name("verify".into()).spawn(work).ok()
        };
        let handles = (0..threads).map_while(start).collect();
        Self { to: Some(to), from, early: BTreeMap::new(), handles }
    }

    fn send(&mut self, number: u64, batch: Batch) {
        // The receiver lives as long as a thread does, and `receive` tells if none does.
        let _ = self.to.as_ref().map(|to| to.send((number, batch)));
    }

    fn receive(&mut self, number: u64) -> Visits {
        loop {
            if let Some(visits) = self.early.remove(&number) {
                return visits;
            }
            match self.from.recv() {
                Ok((found, visits)) => drop(self.early.insert(found, visits)),
                Err(error) => return Err(Box::new(error)),
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.to = None;
        for handle in self.handles.drain(..) {
            // A panic was handed over with the batch in which it happened.
            let _ = handle.join();
        }
    }
}
