//! Ctrl-C during long work: the command stops in order, and says how to continue.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

/// Whether the user or the system asked the program to stop.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Starts to listen. The first signal is only recorded; the second one ends the program at once.
    pub(crate) fn listen() -> io::Result<Self> {
        let requested = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // Handlers run in the order of registration: the shutdown must see the flag of the previous signal.
            register_conditional_shutdown(signal, 128 + signal, Arc::clone(&requested))?;
            register(signal, Arc::clone(&requested))?;
        }
        Ok(Self(requested))
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
