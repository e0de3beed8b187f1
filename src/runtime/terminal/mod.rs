//! The terminal, entered and left in one place: at start, at the end, on suspension, on a panic.

pub(crate) mod background;
pub(crate) mod charset;
pub(crate) mod clusters;
pub(crate) mod depth;
pub(crate) mod gate;

use std::io::{self, BufWriter, IsTerminal, Stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::crossterm::clipboard::CopyToClipboard;
use ratatui::crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap, EndSynchronizedUpdate,
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute, queue, style};
use ratatui::layout::{Position, Rect};

use crate::runtime::panics;

use crate::runtime::terminal::charset::of_process;
use clusters::Repaint;

/// Whether the terminal is ours now. A panic hook can only ask a global.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// Whether the mouse is to be ours while the terminal is.
static MOUSE: AtomicBool = AtomicBool::new(true);
/// Asks for presses, the wheel and movements with a button down, in the form that has no limit of columns. Movements
/// without a button are not asked for: each would wake the program.
const TAKE_MOUSE: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const LEAVE_MOUSE: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// The terminal while the program has it. Dropping it gives it back.
pub(crate) struct Terminal {
    terminal: ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    repaint: Repaint,
}

impl Terminal {
    /// Takes the terminal over: raw mode, alternate screen, no cursor, and the mouse if `mouse`.
    pub(crate) fn enter(mouse: bool) -> io::Result<Self> {
        MOUSE.store(mouse, Ordering::SeqCst);
        // NO_COLOR makes crossterm write an empty colour, which resets bold and reversed too. Our mono theme asks for
        // no colour in the first place.
        style::force_color_output(true);
        panics::keep_off_the_screen(leave);
        take()?;
        let terminal = ratatui::Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(1 << 16, stdout())))?;
        Ok(Self { terminal, repaint: Repaint::default() })
    }

    /// Draws a frame. The terminal shows the frame at once or not at all, where it knows how.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.autoresize()?;
        let buffer = self.terminal.current_buffer_mut();
        draw(buffer.area, buffer);
        let lines = self.repaint.lines(buffer);
        self.terminal.flush()?;
        for (y, cells) in lines {
            self.repaint_line(y, &cells)?;
        }
        self.terminal.swap_buffers();
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        io::Write::flush(self.terminal.backend_mut())
    }

    /// Draws a line anew, each part at its column, so that nothing depends on how wide the terminal takes a cluster to
    /// be.
    fn repaint_line(&mut self, y: u16, cells: &[Cell]) -> io::Result<()> {
        let backend = self.terminal.backend_mut();
        queue!(backend, cursor::MoveTo(0, y), Clear(ClearType::CurrentLine))?;
        for part in clusters::parts(cells) {
            backend.draw(part.iter().map(|(x, cell)| (*x, y, *cell)))?;
        }
        Ok(())
    }

    /// Asks the terminal for its background; whether it was asked. The answer comes with the keys.
    pub(crate) fn ask_background(&mut self) -> io::Result<bool> {
        let Some(question) = background::question(stdout().is_terminal(), &of_process) else { return Ok(false) };
        execute!(self.terminal.backend_mut(), style::Print(question))?;
        Ok(true)
    }

    /// Puts a text where other programs can paste it from, if the terminal allows it. It never answers.
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.terminal.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the terminal back, stops the process as Ctrl-Z does elsewhere, and takes the terminal over again when the
    /// process goes on.
    #[cfg(unix)]
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        leave();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.resume()
    }

    #[cfg(not(unix))]
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Takes the terminal over again, whatever it went through, and draws everything anew with the next frame.
    pub(crate) fn resume(&mut self) -> io::Result<()> {
        take()?;
        self.redraw()
    }

    /// Takes the mouse, or leaves it to the terminal, which selects text with it.
    pub(crate) fn take_mouse(&mut self, on: bool) -> io::Result<()> {
        MOUSE.store(on, Ordering::SeqCst);
        execute!(self.terminal.backend_mut(), style::Print(if on { TAKE_MOUSE } else { LEAVE_MOUSE }))
    }

    /// Draws everything anew with the next frame.
    pub(crate) fn redraw(&mut self) -> io::Result<()> {
        self.repaint.forget();
        // Not `clear`: that asks the terminal where its cursor is, and waits for the answer.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

/// Standard output as the screen has it: what goes there was drawn from cells that passed the gate (`gate::clean`), or
/// is a sequence of ours.
#[expect(clippy::disallowed_methods, reason = "screens have a gate of their own")]
fn stdout() -> Stdout {
    io::stdout()
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    // A cluster that is wider than thought must not flow into the next line.
    execute!(stdout(), EnterAlternateScreen, DisableLineWrap, EnableBracketedPaste, cursor::Hide)?;
    if MOUSE.load(Ordering::SeqCst) {
        execute!(stdout(), style::Print(TAKE_MOUSE))?;
    }
    Ok(())
}

/// Gives the terminal back. Does nothing if that was done before.
fn leave() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        // The terminal may be gone; there is nobody left to tell.
        let _ = execute!(
            stdout(),
            EndSynchronizedUpdate,
            style::Print(LEAVE_MOUSE),
            DisableBracketedPaste,
            EnableLineWrap,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = disable_raw_mode();
    }
}
