//! The state that the session and its two threads share: one thread reads the program's output, one waits for its end.

use std::io::{ErrorKind, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::Child;
use vt100::Parser;

use super::Exit;
use super::answers::Answers;

/// The end of the pseudo-terminal that the program reads from.
pub(super) type Input = Arc<Mutex<Box<dyn Write + Send>>>;

/// The state of the program so far.
pub(super) struct State {
    pub(super) parser: Parser<Answers>,
    /// All output, as it came.
    pub(super) raw: Vec<u8>,
    /// Whether the output has come to its end. It does when the last process that holds the terminal is gone.
    pub(super) output_ended: bool,
    pub(super) exit: Option<Exit>,
}

/// The state, and the signal that it has changed.
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// Locks also a mutex that a failed test has poisoned: the state itself is never half changed.
pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(parser: Parser<Answers>) -> Arc<Self> {
        let state = State { parser, raw: Vec::new(), output_ended: false, exit: None };
        Arc::new(Self { state: Mutex::new(state), changed: Condvar::new() })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Waits until `ready` gives something, looking again at each change; `None` when the deadline has passed, or
    /// when nothing will change any more.
    pub(super) fn wait<T>(&self, limit: Duration, mut ready: impl FnMut(&State) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + limit;
        let mut state = self.state();
        loop {
            let found = ready(&state);
            let left = deadline.saturating_duration_since(Instant::now());
            let finished = state.output_ended && state.exit.is_some();
            if found.is_some() || finished || left.is_zero() {
                return found;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Starts the thread that draws the program's output on the screen and answers its queries.
    pub(super) fn read_from(self: &Arc<Self>, mut output: Box<dyn Read + Send>, input: Input) {
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            loop {
                let read = match output.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(length) => &buffer[..length],
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(_) => break,
                };
                let mut answers = Vec::new();
                shared.change(|state| {
                    state.raw.extend(read);
                    state.parser.process(read);
                    answers = state.parser.callbacks_mut().take();
                });
                if !answers.is_empty() {
                    // A program that asks and ends before it gets the answer is no error here.
                    let _ = lock(&input).write_all(&answers);
                }
            }
            shared.change(|state| state.output_ended = true);
        });
    }

    /// Starts the thread that waits for the program's end.
    pub(super) fn wait_for(self: &Arc<Self>, mut child: Box<dyn Child + Send + Sync>) {
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let exit = child.wait().expect("a child can be waited for").into();
            shared.change(|state| state.exit = Some(exit));
        });
    }
}
