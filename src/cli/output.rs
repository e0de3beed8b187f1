//! The gate to the outside: all that commands write to standard output and standard error passes here, and leaves without
//! a character that a terminal would obey or hide.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::process::ExitCode;
use std::{backtrace, env, panic};

use file_mst::schema::{escape_hidden, escape_text, is_hidden, write_json};

/// Takes away the line on which the cursor is.
const CLEAR_LINE: &str = "\r\x1b[K";

/// Standard output, buffered. What is left in the buffer is written by [`Output::finish`].
pub(super) struct Output {
    out: BufWriter<StdoutLock<'static>>,
}

/// The colours that the program writes text in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Colour {
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

/// Standard output took no more.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {0}")]
struct NotWritten(io::Error);

impl Output {
    #[expect(clippy::disallowed_methods, reason = "this is the gate")]
    pub(super) fn stdout() -> Self {
        Self { out: BufWriter::new(io::stdout().lock()) }
    }

    pub(super) fn line(&mut self, text: &str) -> anyhow::Result<()> {
        self.text(text)?;
        self.bytes(b"\n")
    }

    /// One JSON object on a line of its own.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        write_json(&mut self.out, value).map_err(|error| NotWritten(error.into()))?;
        self.bytes(b"\n")
    }

    /// Text of any number of lines, each with its end.
    pub(super) fn text(&mut self, text: &str) -> anyhow::Result<()> {
        self.bytes(escape_hidden(text).as_bytes())
    }

    /// Text in a colour, if there is one.
    pub(super) fn coloured(&mut self, colour: Option<Colour>, text: &str) -> anyhow::Result<()> {
        match colour {
            None => self.text(text),
            Some(colour) => {
                self.bytes(colour.begin().as_bytes())?;
                self.text(text)?;
                self.bytes(b"\x1b[0m")
            }
        }
    }

    /// What is no text and goes to no terminal, as a proof does, and what this gate itself puts around text.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        Ok(self.out.write_all(bytes).map_err(NotWritten)?)
    }

    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush().map_err(NotWritten)?)
    }
}

/// Whether somebody looks at what is written to standard output.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub(super) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether somebody looks at what is written to standard error.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub(super) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

#[expect(clippy::disallowed_methods, reason = "this is the gate")]
fn to_stderr(before: &str, text: &str, behind: &str) {
    // Written at once, so that it stays together; nobody may be listening.
    let _ = io::stderr().write_all(format!("{before}{}{behind}", escape_hidden(text)).as_bytes());
}

/// Says what is wrong, on standard error.
pub(super) fn complain(text: &str) {
    to_stderr("mst-tui: ", text, "\n");
}

/// Writes over the line of a terminal at standard error.
pub(super) fn write_over(text: &str) {
    to_stderr(CLEAR_LINE, text, "");
}

/// An argument as it can be told: as it is, unless it has something in it that a terminal would obey or hide.
fn told_argument(argument: OsString) -> OsString {
    let text = argument.to_string_lossy();
    if text.contains(is_hidden) { escape_text(&text).into_owned().into() } else { text.into_owned().into() }
}

/// Says what is wrong with the command line, or shows the help that it asks for.
pub(super) fn usage<P: clap::Parser>(error: clap::Error) -> ExitCode {
    if error.use_stderr() {
        // The same mistake, made with arguments that can be told.
        let again = P::try_parse_from(env::args_os().map(told_argument)).err().filter(clap::Error::use_stderr);
        to_stderr("", &again.as_ref().unwrap_or(&error).to_string(), "");
    } else if let Err(error) = error.print().map_err(|error| anyhow::Error::from(NotWritten(error)))
        && !is_broken_pipe(&error)
    {
        // Help and version hold nothing but the program's own words.
        complain(&error.to_string());
        return ExitCode::from(2);
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Lets a panic be told through the gate too: its message can have a text from a file in it.
pub(super) fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let trace = backtrace::Backtrace::capture();
        let trace: &dyn Display = if trace.status() == backtrace::BacktraceStatus::Captured {
            &trace
        } else {
            &"RUST_BACKTRACE=1 shows where"
        };
        complain(&format!("a bug in this program: {info}\n{trace}"));
    }));
}

/// Whether the error is that the reader of the output has gone.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<NotWritten>().is_some_and(|NotWritten(error)| error.kind() == io::ErrorKind::BrokenPipe)
}
