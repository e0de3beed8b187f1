//! What can happen to the program, in one queue.

use super::jobs::Reply;

/// What can happen. The jobs of a screen answer in a form of its own.
#[derive(Debug)]
pub(crate) enum Event<R = Reply> {
    /// A key, by its name in the keymap.
    Key(String),
    Resize,
    /// A job's, and the generation of jobs that it belongs to.
    Reply(u64, R),
    /// The system asks the program to end.
    Terminate,
    /// The system asks the program to stop for a while.
    Suspend,
    /// The program goes on after it was suspended.
    Continue,
}
