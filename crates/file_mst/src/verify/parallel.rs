//! Nodes looked at on several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::place::Task;
use super::visit::{Context, Visit, visit};

/// Visits all tasks on `threads` threads, this one among them. The order is that of the tasks.
pub(super) fn visit_all(context: &Context<'_>, tasks: &[Task], threads: usize) -> Vec<Visit> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut visits = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(index) else { return visits };
            visits.push((index, visit(context, task)));
        }
    };
    // A few nodes are done before a thread has started.
    let helpers = threads.saturating_sub(1).min(tasks.len() / 16);
    let mut visits = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut visits = work();
        for helper in helpers {
            match helper.join() {
                Ok(visited) => visits.extend(visited),
                // Nodes that nobody looked at must not count as sound.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        visits
    });
    visits.sort_unstable_by_key(|(index, _)| *index);
    visits.into_iter().map(|(_, visit)| visit).collect()
}
