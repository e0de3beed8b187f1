//! What can happen to the program, in one queue.

use ratatui::crossterm::event::KeyEvent;

use super::jobs::Reply;

/// What can happen.
#[derive(Debug)]
pub(crate) enum Event {
    Key(KeyEvent),
    Resize,
    /// A job's, and the generation of jobs that it belongs to.
    Reply(u64, Reply),
    /// The system asks the program to end.
    Terminate,
    /// The system asks the program to stop for a while.
    Suspend,
    /// The program goes on after it was suspended.
    Continue,
}
