//! The start of a session: the program, its environment, the size of its terminal.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::Session;

/// The environment of the program, besides the PATH of the test. SHELL is here because the pseudo-terminal
/// would otherwise fill it in with that of the user who runs the tests.
const DEFAULTS: [(&str, &str); 6] = [
    ("TERM", "xterm-256color"),
    ("LANG", "C.UTF-8"),
    ("HOME", "/"),
    ("TZ", "UTC"),
    ("SHELL", "/bin/sh"),
    ("MST_TUI_HINTS", "never"),
];

/// A session about to begin; see [`Session::builder`].
#[derive(Debug)]
pub struct Builder {
    command: CommandBuilder,
    size: PtySize,
    background: Option<String>,
}

impl Builder {
    pub(super) fn new(program: &OsStr) -> Self {
        let mut command = CommandBuilder::new(program);
        // The environment of the machine that runs the tests must not have an effect.
        command.env_clear();
        for (name, value) in DEFAULTS {
            command.env(name, value);
        }
        // Windows starts few programs without SYSTEMROOT.
        for name in ["PATH", "SYSTEMROOT"] {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        // Otherwise the program would start in HOME.
        if let Ok(directory) = env::current_dir() {
            command.cwd(directory);
        }
        Self { command, size: cells(24, 80), background: Some("0000/0000/0000".to_owned()) }
    }

    /// Adds arguments.
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable, in place of the default one if there is one.
    ///
    /// The defaults are TERM=xterm-256color, LANG=C.UTF-8, HOME=/, TZ=UTC, SHELL=/bin/sh,
    /// MST_TUI_HINTS=never and the PATH of the test.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Leaves a default variable out (SHELL always comes back).
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the working directory, otherwise that of the test.
    pub fn cwd(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.cwd(directory.as_ref());
        self
    }

    /// Sets the size of the terminal in cells, otherwise 24 rows of 80 columns.
    pub fn size(mut self, rows: u16, cols: u16) -> Self {
        self.size = cells(rows, cols);
        self
    }

    /// Sets the background that the terminal reports when it is asked, such as `ffff/ffff/ffff`, otherwise black. With
    /// none it does not answer.
    pub fn background(mut self, color: Option<&str>) -> Self {
        self.background = color.map(str::to_owned);
        self
    }

    /// Starts the program.
    ///
    /// # Panics
    /// When there is no pseudo-terminal, or no such program.
    #[track_caller]
    pub fn spawn(self) -> Session {
        let pair = native_pty_system().openpty(self.size).expect("a pseudo-terminal opens");
        let child = match pair.slave.spawn_command(self.command) {
            Ok(child) => child,
            Err(error) => panic!("the program does not start: {error:#}"),
        };
        // While this end is open the reader never sees the end of the output.
        drop(pair.slave);
        Session::start(pair.master, child, self.size, self.background)
    }
}

/// A size in cells; the pixels are left at zero, which means unknown.
pub(super) fn cells(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, ..PtySize::default() }
}
