//! Panics while the screen is there: one of the main thread ends the program, one of a job is shown where its answer
//! would be. Neither may write on the screen.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::Sender;
use std::thread;

use crate::runtime::event::Event;

thread_local! {
    /// The message and the place of the last panic of this thread.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on `leave` is called before a panic of this thread is reported; panics of other threads are kept for
/// [`caught`].
pub(crate) fn keep_off_the_screen(leave: fn()) {
    let main = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == main {
            leave();
            before(info);
        } else {
            LAST.with(|last| *last.borrow_mut() = Some(info.to_string()));
        }
    }));
}

/// Runs work that may panic; what it said if it did. What the work had in hand is dropped, so nothing half-done is
/// seen.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let words = LAST.with(|last| last.borrow_mut().take()).unwrap_or_else(|| said(&*payload));
        format!("this failed by a bug in the program: {}", words.replace('\n', " "))
    })
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
}

/// Ends the program if the thread that has it panics: without the thread no key would be heard any more.
pub(crate) struct EndsWith(pub(crate) Sender<Event>);

impl Drop for EndsWith {
    fn drop(&mut self) {
        if thread::panicking() {
            // The program may have ended before.
            let _ = self.0.send(Event::Terminate);
        }
    }
}
