//! A running program, seen from the outside of its terminal.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portable_pty::{Child, ChildKiller, MasterPty, PtySize};
use vt100::{Cell, Parser, Screen};

use super::answers::Answers;
use super::builder::cells;
use super::shared::{Input, Shared, State, lock};
use super::{Builder, Exit, Key};

/// A program that runs in a pseudo-terminal, until it ends or this is dropped.
pub struct Session {
    shared: Arc<Shared>,
    input: Input,
    master: Box<dyn MasterPty + Send>,
    killer: Box<dyn ChildKiller + Send + Sync>,
    process: u32,
}

impl Session {
    /// Prepares to run a program.
    pub fn builder(program: impl AsRef<OsStr>) -> Builder {
        Builder::new(program.as_ref())
    }

    pub(super) fn start(
        master: Box<dyn MasterPty + Send>,
        child: Box<dyn Child + Send + Sync>,
        size: PtySize,
        background: Option<String>,
    ) -> Self {
        let (rows, cols) = (not_zero(size.rows), not_zero(size.cols));
        let shared = Shared::new(Parser::new_with_callbacks(rows, cols, 0, Answers::new(background)));
        let input: Input = Arc::new(Mutex::new(master.take_writer().expect("the writer is taken once")));
        let output = master.try_clone_reader().expect("the terminal can be read");
        let killer = child.clone_killer();
        let process = child.process_id().expect("a started program has an id");
        shared.read_from(output, Arc::clone(&input));
        shared.wait_for(child);
        Self { shared, input, master, killer, process }
    }

    /// Waits until the screen is as wanted; `what` names that in the message.
    ///
    /// A program's frame may arrive in pieces, so wait for all that the test then checks, not only for its first row.
    ///
    /// # Panics
    /// With the whole screen, when the deadline has passed (10 s, or `MST_TEST_TIMEOUT_SECS`), or at once when the
    /// program has ended and the screen can change no more.
    #[track_caller]
    pub fn wait_until(&self, mut wanted: impl FnMut(&Screen) -> bool, what: &str) {
        self.wait(what, |state| wanted(state.parser.screen()).then_some(()));
    }

    /// Waits until a text is on the screen. A text across the end of a row is found where the terminal wrapped it.
    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait_until(|screen| screen.contents().contains(text), &format!("the text {text:?}"));
    }

    /// Waits until a text is no longer on the screen.
    #[track_caller]
    pub fn wait_no_text(&self, text: &str) {
        self.wait_until(|screen| !screen.contents().contains(text), &format!("no text {text:?}"));
    }

    /// Waits until the program has ended, and the screen shows its last output.
    #[track_caller]
    pub fn wait_exit(&self) -> Exit {
        let exit = self.wait("the program's end", |state| state.exit.clone());
        // Its output may still be on its way. A process that it left behind may hold the terminal open, and on
        // Windows the end never comes, so a missing end is no failure.
        self.shared.wait(Duration::from_secs(1), |state| state.output_ended.then_some(()));
        exit
    }

    #[track_caller]
    fn wait<T>(&self, what: &str, ready: impl FnMut(&State) -> Option<T>) -> T {
        let limit = deadline();
        match self.shared.wait(limit, ready) {
            Some(found) => found,
            None => panic!("no sight of {what} (deadline {limit:?})\n{}", describe(&self.shared.state())),
        }
    }

    /// Sends text as if typed. A program that has not yet set its terminal up may read it as a line: wait for its
    /// first screen before.
    ///
    /// # Panics
    /// When the terminal is closed.
    #[track_caller]
    pub fn send(&self, text: &str) {
        self.send_bytes(text.as_bytes());
    }

    /// Sends a key in the encoding of the terminal's present mode.
    #[track_caller]
    pub fn send_key(&self, key: Key) {
        let application_cursor = self.shared.state().parser.screen().application_cursor();
        self.send_bytes(&key.bytes(application_cursor));
    }

    #[track_caller]
    fn send_bytes(&self, bytes: &[u8]) {
        let mut input = lock(&self.input);
        input.write_all(bytes).and_then(|()| input.flush()).expect("the terminal takes input");
    }

    /// Changes the size of the terminal, in cells.
    #[track_caller]
    pub fn resize(&self, rows: u16, cols: u16) {
        // The program must already find the new screen size when it draws its answer.
        let mut state = self.shared.state();
        state.parser.set_size(not_zero(rows), not_zero(cols));
        self.master.resize(cells(rows, cols)).expect("the terminal takes a size");
    }

    /// The screen as it is now: text, cells, modes, cursor.
    pub fn screen(&self) -> Screen {
        self.shared.state().parser.screen().clone()
    }

    /// The text of the screen, without blanks at the ends of rows and without blank rows at the end.
    pub fn screen_text(&self) -> String {
        self.shared.state().parser.screen().contents()
    }

    /// The text of a row, counted from 0, without blanks at the end.
    #[track_caller]
    pub fn row(&self, row: u16) -> String {
        let state = self.shared.state();
        rows(state.parser.screen()).nth(row.into()).unwrap_or_else(|| panic!("there is no row {row}"))
    }

    /// A cell, rows and columns counted from 0: its text, colours, bold, inverse.
    #[track_caller]
    pub fn cell(&self, row: u16, col: u16) -> Cell {
        let state = self.shared.state();
        match state.parser.screen().cell(row, col) {
            Some(cell) => cell.clone(),
            None => panic!("there is no cell at row {row}, column {col}"),
        }
    }

    /// Whether the cursor is hidden.
    pub fn cursor_hidden(&self) -> bool {
        self.shared.state().parser.screen().hide_cursor()
    }

    /// Whether the program is on the alternate screen.
    pub fn alternate_screen(&self) -> bool {
        self.shared.state().parser.screen().alternate_screen()
    }

    /// All output of the program so far, byte for byte.
    pub fn raw_output(&self) -> Vec<u8> {
        self.shared.state().raw.clone()
    }

    /// The clipboard data that the program has sent so far (OSC 52), in base64 as sent.
    pub fn clipboard(&self) -> Vec<String> {
        self.shared.state().parser.callbacks().clipboard.clone()
    }

    /// Sequences so far that the emulated terminal neither draws nor answers, such as `ESC[?2026h`.
    pub fn unhandled(&self) -> Vec<String> {
        self.shared.state().parser.callbacks().unhandled.clone()
    }

    /// The program's process id.
    pub fn process_id(&self) -> u32 {
        self.process
    }

    /// Sends a signal (Unix), named without `SIG`: `TERM`, `TSTP`, `CONT`, `KILL`.
    ///
    /// # Panics
    /// When the program has ended, or there is no such signal.
    #[track_caller]
    pub fn kill(&self, signal: &str) {
        assert!(!self.has_ended(), "the program has ended: no signal {signal} to send");
        if let Err(why) = self.signal(signal) {
            panic!("signal {signal} could not be sent: {why}");
        }
    }

    fn has_ended(&self) -> bool {
        self.shared.state().exit.is_some()
    }

    /// The shell's own `kill`: sending a signal needs unsafe code, and not every system has the command.
    fn signal(&self, signal: &str) -> Result<(), String> {
        let process = self.process.to_string();
        let shell = Command::new("/bin/sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", signal, &process])
            .output()
            .map_err(|error| error.to_string())?;
        if shell.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&shell.stderr).into_owned()) }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.has_ended() {
            return;
        }
        // On Unix the killer only hangs up, which a program may ignore, and a stopped one does not hear.
        let killed = if cfg!(unix) { self.signal("KILL").is_ok() } else { self.killer.kill().is_ok() };
        if killed {
            // The program no longer uses anything that the test removes next.
            self.shared.wait(deadline(), |state| state.exit.clone());
        }
    }
}

/// How long to wait before giving up; slow machines may ask for more.
fn deadline() -> Duration {
    let seconds = env::var("MST_TEST_TIMEOUT_SECS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(10))
}

#[track_caller]
fn not_zero(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("a terminal has at least one row and one column")
}

fn rows(screen: &Screen) -> impl Iterator<Item = String> + '_ {
    screen.rows(0, screen.size().1.get())
}

/// The screen and the state of the program, for the message of a failed test.
fn describe(state: &State) -> String {
    let screen = state.parser.screen();
    let (row, col) = screen.cursor_position();
    let mut text = match &state.exit {
        None => "the program runs".to_owned(),
        Some(exit) => format!("the program has ended: {exit:?}"),
    };
    let cursor = if screen.hide_cursor() { "hidden cursor" } else { "cursor" };
    let which = if screen.alternate_screen() { "alternate" } else { "main" };
    let (height, width) = screen.size();
    let _ = writeln!(text, "; {which} screen, {height} x {width}, {cursor} at row {row}, column {col}:");
    for row in rows(screen) {
        let _ = writeln!(text, "|{row}");
    }
    text
}
