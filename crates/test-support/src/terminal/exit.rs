//! How a program ended.

use portable_pty::ExitStatus;

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this code.
    Code(u32),
    /// A signal ended it; the text is the system's own name for it, such as "Terminated".
    Signal(String),
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        // The code of a status with a signal is an arbitrary 1.
        match status.signal() {
            Some(name) => Self::Signal(name.to_owned()),
            None => Self::Code(status.exit_code()),
        }
    }
}
