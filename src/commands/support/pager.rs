//! A pager for output that is longer than the terminal.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ratatui::crossterm::terminal::size;

/// Quits if all fits on one screen, passes colours, and leaves the text on the terminal.
const DEFAULT: &str = "less -FRX";
/// Output is held back for at most this long while it may still fit on the screen.
const MAX_HELD: Duration = Duration::from_millis(300);

/// The pager that runs, if one does.
static PAGER: Mutex<Option<Child>> = Mutex::new(None);

fn pager() -> MutexGuard<'static, Option<Child>> {
    PAGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a pager has the terminal, so that nothing else may write there.
pub(super) fn is_running() -> bool {
    pager().as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
}

/// Waits until the user has left the pager.
pub(super) fn wait() {
    // It is not locked meanwhile: a message asks whether the pager runs.
    while is_running() {
        std::thread::sleep(Duration::from_millis(20));
    }
    *pager() = None;
}

/// The command of the pager that the environment names, unless it names none.
fn command() -> Option<String> {
    let set = |name: &str| env::var(name).ok();
    let command = set("MST_TUI_PAGER").or_else(|| set("PAGER")).unwrap_or_else(|| DEFAULT.to_owned());
    let command = command.trim().to_owned();
    // A shell can say only later that there is no such program, when the text is on its way.
    let program = command.split_whitespace().find(|word| !word.contains('='))?;
    (command != "cat" && exists(program)).then_some(command)
}

/// Whether a program is in a folder of `PATH`, or where its name says.
fn exists(program: &str) -> bool {
    let names = [program.to_owned(), format!("{program}.exe")];
    let mut folders = env::var_os("PATH").iter().flat_map(env::split_paths).collect::<Vec<_>>().into_iter();
    Path::new(program).is_file() || folders.any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}

/// Starts the pager; what is written to the pipe is what it shows.
fn start(command: &str) -> io::Result<ChildStdin> {
    let mut process = if cfg!(windows) {
        let mut words = command.split_whitespace();
        let mut process = Command::new(words.next().unwrap_or_default());
        process.args(words);
        process
    } else {
        let mut process = Command::new("sh");
        // With `exec` no shell stands between the pager and the terminal.
        process.args(["-c", &format!("exec {command}")]);
        process
    };
    // So that less passes colours, and lv too, however they are named.
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if env::var_os(name).is_none() {
            process.env(name, value);
        }
    }
    let mut child = process.stdin(Stdio::piped()).spawn()?;
    let pipe = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    *pager() = Some(child);
    listen()?;
    Ok(pipe)
}

/// Leaves Ctrl-C to the pager while it runs: a program that dies would leave it without the terminal.
fn listen() -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGINT;
        let mut signals = signal_hook::iterator::Signals::new([SIGINT])?;
        std::thread::spawn(move || {
            if signals.forever().next().is_some() {
                wait();
                std::process::exit(128 + SIGINT);
            }
        });
    }
    Ok(())
}

/// Output to a terminal: as it is if it fits on the screen, else in a pager.
pub(super) struct Paged<W> {
    terminal: W,
    state: State,
    /// Goes on without output after the user has left the pager, to reach a verdict.
    goes_on: bool,
}

enum State {
    /// What was written so far may fit on the screen.
    Held {
        bytes: Vec<u8>,
        size: Screen,
        since: Instant,
        command: String,
    },
    Direct,
    Pager(ChildStdin),
    /// The user has left the pager.
    Left,
}

/// The size of the terminal.
#[derive(Clone, Copy)]
struct Screen {
    columns: usize,
    rows: usize,
}

impl<W: Write> Paged<W> {
    /// Without `allowed`, or if the environment names no pager, output is passed on as it comes.
    pub(super) fn new(terminal: W, allowed: bool, goes_on: bool) -> Self {
        let held = || {
            let command = command()?;
            let (columns, rows) = size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0)?;
            let size = Screen { columns: columns.into(), rows: rows.into() };
            Some(State::Held { bytes: Vec::new(), size, since: Instant::now(), command })
        };
        let state = allowed.then(held).flatten().unwrap_or(State::Direct);
        Self { terminal, state, goes_on }
    }

    /// Whether the user has left the pager before all was written.
    pub(super) fn is_left(&self) -> bool {
        matches!(self.state, State::Left)
    }

    /// Writes the rest, and waits until the user has left the pager.
    pub(super) fn close(&mut self) -> io::Result<()> {
        if let State::Held { bytes, .. } = &mut self.state {
            let bytes = std::mem::take(bytes);
            self.state = State::Direct;
            self.terminal.write_all(&bytes)?;
        }
        // The end of the pipe is the end of the text.
        if let State::Pager(mut pipe) = std::mem::replace(&mut self.state, State::Direct) {
            let _ = pipe.flush();
            drop(pipe);
            wait();
        }
        self.terminal.flush()
    }

    /// Starts the pager with what was held; if it cannot start, all goes to the terminal.
    fn turn_page(&mut self) -> io::Result<()> {
        let State::Held { bytes, command, .. } = &mut self.state else { return Ok(()) };
        let (bytes, started) = (std::mem::take(bytes), start(command));
        match started {
            Ok(pipe) => {
                self.state = State::Pager(pipe);
                self.write_all(&bytes)
            }
            Err(_) => {
                self.state = State::Direct;
                self.terminal.write_all(&bytes)
            }
        }
    }

    /// The user has left the pager: an error, unless the command is to go on.
    fn left(&mut self, error: io::Error) -> io::Result<()> {
        if error.kind() != io::ErrorKind::BrokenPipe {
            return Err(error);
        }
        wait();
        self.state = State::Left;
        if self.goes_on { Ok(()) } else { Err(error) }
    }
}

impl<W: Write> Write for Paged<W> {
    fn write(&mut self, new: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Held { bytes, size, .. } => {
                bytes.extend_from_slice(new);
                if !size.fits(bytes) {
                    self.turn_page()?;
                }
                Ok(new.len())
            }
            State::Direct => self.terminal.write(new),
            State::Pager(pipe) => match pipe.write_all(new) {
                Ok(()) => Ok(new.len()),
                Err(error) => self.left(error).map(|()| new.len()),
            },
            State::Left if self.goes_on => Ok(new.len()),
            State::Left => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            State::Held { bytes, since, .. } if !bytes.is_empty() && since.elapsed() >= MAX_HELD => self.turn_page(),
            State::Held { .. } | State::Pager(_) | State::Left => Ok(()),
            State::Direct => self.terminal.flush(),
        }
    }
}

impl Screen {
    /// Whether text fits on the screen, with a line left for the prompt of the shell.
    fn fits(self, bytes: &[u8]) -> bool {
        let lines = bytes.split(|byte| *byte == b'\n');
        // Sequences of colours count as text, which only starts the pager a little early.
        let rows: usize =
            lines.map(|line| String::from_utf8_lossy(line).chars().count().div_ceil(self.columns).max(1)).sum();
        // The end of the last line begins a row of its own.
        rows <= self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_take_several_rows() {
        let screen = Screen { columns: 10, rows: 4 };
        assert!(screen.fits(b"a\nb\nc\n"));
        assert!(!screen.fits(b"a\nb\nc\nd\n"));
        assert!(screen.fits("ä".repeat(20).as_bytes()));
        assert!(!screen.fits(format!("a\nb\n{}\n", "x".repeat(11)).as_bytes()));
    }

    #[test]
    fn short_output_stays_on_the_terminal() {
        let mut shown = Vec::new();
        let mut paged = Paged::new(&mut shown, false, true);
        paged.write_all(b"a\n").unwrap();
        paged.close().unwrap();
        assert_eq!(shown, b"a\n");
    }
}
