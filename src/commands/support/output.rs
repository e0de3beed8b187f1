//! The gate for all output: whatever commands write to standard output or standard error passes here, where characters
//! that a terminal would obey or hide are escaped.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::process::ExitCode;
use std::{backtrace, env, panic};

use mst_types::{escape_hidden, escape_text, is_hidden, write_json};

use crate::runtime::charset::{Charset, ascii_text};

/// Clears the line of the cursor.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Standard output, buffered. [`Output::finish`] writes the rest of the buffer.
pub(crate) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    /// Whether text is written in ASCII only.
    ascii: bool,
}

/// The colours of text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Colour {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    Dim,
}

impl Colour {
    fn begin(self) -> &'static str {
        match self {
            Self::Red => "\x1b[31m",
            Self::Green => "\x1b[32m",
            Self::Yellow => "\x1b[33m",
            Self::Blue => "\x1b[34m",
            Self::Magenta => "\x1b[35m",
            Self::Cyan => "\x1b[36m",
            Self::Dim => "\x1b[2m",
        }
    }
}

/// Standard output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {0}")]
struct NotWritten(io::Error);

impl Output {
    #[expect(clippy::disallowed_methods, reason = "this is the gate")]
    pub(crate) fn stdout() -> Self {
        Self { out: BufWriter::new(io::stdout().lock()), ascii: is_ascii(stdout_is_terminal()) }
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

    /// Writes text, in a colour if there is one.
    pub(crate) fn coloured(&mut self, colour: Option<Colour>, text: &str) -> anyhow::Result<()> {
        match colour {
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
    // One write keeps the line together. A closed standard error is no reason to fail.
    let _ =
        io::stderr().write_all(format!("{before}{}{after}", shown(text, is_ascii(stderr_is_terminal()))).as_bytes());
}

/// Writes a message to standard error.
pub(crate) fn warn(text: &str) {
    to_stderr("mst-tui: ", text, "\n");
}

/// Replaces the current line of the terminal at standard error.
pub(crate) fn write_over(text: &str) {
    to_stderr(CLEAR_LINE, text, "");
}

/// An argument for a message: unchanged, unless it contains characters that a terminal would obey or hide.
fn printable_argument(argument: OsString) -> OsString {
    let text = argument.to_string_lossy();
    if text.contains(is_hidden) { escape_text(&text).into_owned().into() } else { text.into_owned().into() }
}

/// Reports an error in the command line, or shows the help that was requested.
pub(crate) fn usage<P: clap::Parser>(error: clap::Error) -> ExitCode {
    if error.use_stderr() {
        // Parsing the escaped arguments gives the same error without hidden characters.
        let again = P::try_parse_from(env::args_os().map(printable_argument)).err().filter(clap::Error::use_stderr);
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
