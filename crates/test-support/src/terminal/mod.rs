//! Runs a program in a pseudo-terminal and looks at the screen it draws.
//!
//! A test waits for the screen that it expects, never for time to pass: [`Session::wait_until`] looks again whenever
//! the program has written something, and gives up after a deadline, with the whole screen in its message.
//!
//! ```
//! # if !cfg!(unix) { return }
//! use mst_test_support::terminal::{Exit, Key, Session};
//!
//! let mut session = Session::builder("/bin/cat").size(5, 20).spawn();
//! session.send("hello");
//! session.wait_text("hello"); // cat has written nothing yet: this is the terminal's own echo
//! session.send_key(Key::Enter);
//! session.wait_until(|screen| screen.contents() == "hello\nhello", "the line come back");
//! session.send_key(Key::Ctrl('d'));
//! assert_eq!(session.wait_exit(), Exit::Code(0));
//! ```

mod answers;
mod builder;
mod exit;
mod key;
mod session;
mod shared;

pub use builder::Builder;
pub use exit::Exit;
pub use key::Key;
pub use session::Session;
pub use vt100::{Cell, Color, Screen};
