//! The events of the program, in one queue.

use crate::runtime::input::mouse::Mouse;
use crate::runtime::jobs::Reply;
use crate::runtime::looks::Background;

/// An event.
#[derive(Debug)]
pub(crate) enum Event {
    /// A key, by its name in the keymap.
    Key(String),
    Mouse(Mouse),
    /// A text that was pasted.
    Paste(String),
    Resize,
    /// The terminal has said what its background is.
    Background(Background),
    /// A task's reply, with the number of the screen that it is for and the ticket of the task.
    Reply {
        screen: u64,
        ticket: u64,
        reply: Reply,
    },
    /// The system asks the program to end.
    Terminate,
    /// The system asks the program to suspend itself.
    Suspend,
    /// The program goes on after a suspension.
    Continue,
}
