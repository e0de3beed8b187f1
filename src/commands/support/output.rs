//! The gate for all output: whatever commands write to standard output or standard error passes here, where characters
//! that a terminal would obey or hide are escaped.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{backtrace, env, panic};

use mst_types::{escape_hidden, escape_text, is_hidden, write_json};

use super::colour::Colour;
use super::pager::{self, Paged};
use crate::runtime::terminal::charset::{Charset, ascii_text};

/// Clears the line of the cursor.
const CLEAR_LINE: &str = "\r\x1b[K";
/// The beginning of a message, also where the status line stands.
const NAME: &str = "mst-tui: ";
const CLEAR_LINE_BEFORE: &str = "\r\x1b[Kmst-tui: ";

/// Whether the status line is on the terminal.
static STATUS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Standard output, buffered. [`Output::finish`] writes the rest of the buffer, [`Output::close`] ends it.
pub(crate) struct Output {
    out: BufWriter<Paged<StdoutLock<'static>>>,
    colours: bool,
    /// Whether text is written in ASCII only.
    ascii: bool,
}

/// How a command prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutputOptions {
    pub(crate) colours: bool,
    /// Whether long output goes to a pager, if standard output is a terminal.
    pub(crate) pages: bool,
    /// Whether the command goes on after the user has left the pager, because its exit code is a verdict.
    pub(crate) gives_verdict: bool,
}

/// Messages that wait until the user has left the pager.
static WAITING: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Standard output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {0}")]
struct NotWritten(io::Error);

impl Output {
    #[expect(clippy::disallowed_methods, reason = "this is the gate")]
    pub(crate) fn stdout(options: OutputOptions) -> Self {
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let pages = options.pages && stdout_is_terminal() && !dumb;
        let out = BufWriter::new(Paged::new(io::stdout().lock(), pages, options.gives_verdict));
        Self { out, colours: options.colours, ascii: is_ascii(stdout_is_terminal()) }
    }

    /// Writes text and a line end.
    pub(crate) fn line(&mut self, text: &str) -> anyhow::Result<()> {
        self.text(text)?;
        self.bytes(b"\n")
    }

    /// Writes one JSON object on a line of its own.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        write_json(&mut self.out, value).map_err(|error| NotWritten(error.into()))?;
        self.bytes(b"\n")
    }

    /// Writes text of any number of lines, which must contain its own line ends.
    pub(crate) fn text(&mut self, text: &str) -> anyhow::Result<()> {
        self.bytes(shown(text, self.ascii).as_bytes())
    }

    /// Whether colours are shown.
    pub(crate) fn has_colours(&self) -> bool {
        self.colours
    }

    /// Writes text, in a colour if there is one and colours are shown.
    pub(crate) fn coloured(&mut self, colour: Option<Colour>, text: &str) -> anyhow::Result<()> {
        match colour.filter(|_| self.colours && !text.is_empty()) {
            None => self.text(text),
            Some(colour) => {
                self.bytes(colour.begin().as_bytes())?;
                self.text(text)?;
                self.bytes(b"\x1b[0m")
            }
        }
    }

    /// Writes bytes unescaped: binary data that never goes to a terminal, such as a proof, and the gate's own control
    /// sequences.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.out.write_all(bytes).map_err(NotWritten)?)
    }

    /// Writes the rest of the buffer.
    pub(crate) fn finish(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush().map_err(NotWritten)?)
    }

    /// Whether nobody reads on, because the user has left the pager.
    pub(crate) fn is_left(&self) -> bool {
        self.out.get_ref().is_left()
    }

    /// Writes the rest, waits until the user has left the pager, and shows the messages that came meanwhile.
    pub(crate) fn close(&mut self) -> anyhow::Result<()> {
        let written = self.out.flush().and_then(|()| self.out.get_mut().close());
        let waiting = std::mem::take(&mut *WAITING.lock().unwrap_or_else(PoisonError::into_inner));
        waiting.iter().for_each(|message| to_stderr("", message, ""));
        Ok(written.map_err(NotWritten)?)
    }
}

/// Lines of a name and a text, the names in a column of 10.
pub(crate) fn columns(rows: &[(&str, String)]) -> String {
    rows.iter().map(|(name, text)| format!("{name:10} {text}\n")).collect()
}

/// Whether standard output is a terminal.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether a terminal shows ASCII only. Scripts get the same bytes everywhere.
fn is_ascii(is_terminal: bool) -> bool {
    is_terminal && Charset::of_process() == Charset::Ascii
}

/// A text as it is shown: without characters that a terminal would obey or hide, and if `ascii`, without those that it
/// cannot show.
fn shown(text: &str, ascii: bool) -> Cow<'_, str> {
    let text = escape_hidden(text);
    if ascii && !text.is_ascii() { Cow::Owned(ascii_text(&text)) } else { text }
}

/// Whether standard error is a terminal.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

#[expect(clippy::disallowed_methods, reason = "this is the gate")]
fn to_stderr(before: &str, text: &str, after: &str) {
    if pager::is_running() && stderr_is_terminal() {
        let message = format!("{before}{text}{after}");
        return WAITING.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }
    // One write keeps the line together. A closed standard error is no reason to fail.
    let _ =
        io::stderr().write_all(format!("{before}{}{after}", shown(text, is_ascii(stderr_is_terminal()))).as_bytes());
}

/// Writes a message to standard error.
pub(crate) fn warn(text: &str) {
    let is_over_status = STATUS_SHOWN.swap(false, Ordering::Relaxed);
    to_stderr(if is_over_status { CLEAR_LINE_BEFORE } else { NAME }, text, "\n");
}

/// Replaces the current line of the terminal at standard error.
pub(crate) fn write_over(text: &str) {
    if pager::is_running() {
        return;
    }
    STATUS_SHOWN.store(!text.is_empty(), Ordering::Relaxed);
    to_stderr(CLEAR_LINE, text, "");
}

/// An argument for a message: unchanged, unless it contains characters that a terminal would obey or hide.
fn printable_argument(argument: OsString) -> OsString {
    let text = argument.to_string_lossy();
    if text.contains(is_hidden) { escape_text(&text).into_owned().into() } else { text.into_owned().into() }
}

/// Reports an error in the command line, or shows the help that was requested.
pub(crate) fn usage<P: clap::Parser>(error: clap::Error, arguments: &[OsString]) -> ExitCode {
    if error.use_stderr() {
        // Parsing the escaped arguments gives the same error without hidden characters.
        let again =
            P::try_parse_from(arguments.iter().cloned().map(printable_argument)).err().filter(clap::Error::use_stderr);
        to_stderr("", &again.as_ref().unwrap_or(&error).to_string(), "");
    } else if let Err(error) = error.print().map_err(|error| anyhow::Error::from(NotWritten(error)))
        && !is_broken_pipe(&error)
    {
        // Help and version contain only the program's own text, so they need no escaping.
        warn(&error.to_string());
        return ExitCode::from(2);
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Sends panic messages through the gate too: they may contain text from a file.
pub(crate) fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let trace = backtrace::Backtrace::capture();
        let trace: &dyn Display = if trace.status() == backtrace::BacktraceStatus::Captured {
            &trace
        } else {
            &"RUST_BACKTRACE=1 shows where"
        };
        warn(&format!("a bug in this program: {info}\n{trace}"));
    }));
}

/// Whether the error means that the reader of standard output has closed it.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<NotWritten>().is_some_and(|NotWritten(error)| error.kind() == io::ErrorKind::BrokenPipe)
}
