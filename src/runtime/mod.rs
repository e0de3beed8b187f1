//! The program on a terminal: a key becomes an action, the top screen changes its state, and the state is drawn.

pub(crate) mod action;
pub(crate) mod commands;
pub(crate) mod copy;
pub(crate) mod event;
pub(crate) mod field_list;
pub(crate) mod gate;
pub(crate) mod help;
pub(crate) mod input;
pub(crate) mod jobs;
pub(crate) mod keymap;
pub(crate) mod keys;
pub(crate) mod layers;
pub(crate) mod layout;
pub(crate) mod line_edit;
pub(crate) mod list;
pub(crate) mod marks;
pub(crate) mod mouse;
pub(crate) mod offscreen;
pub(crate) mod paint;
pub(crate) mod panics;
pub(crate) mod prompt;
pub(crate) mod prompt_line;
pub(crate) mod report;
pub(crate) mod screen;
pub(crate) mod session;
pub(crate) mod split;
pub(crate) mod stack;
pub(crate) mod status;
pub(crate) mod svg;
pub(crate) mod terminal;
pub(crate) mod theme;

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self as terminal_event, Event as TerminalEvent};

use event::Event;
use jobs::Runner;
use mouse::Clicks;
use panics::EndsWith;
use stack::{ScreenStack, TerminalRequest};
use terminal::Terminal;

/// The shortest time between two frames, however fast events come.
const FRAME: Duration = Duration::from_millis(10);

/// Runs the stack that `start` makes of a runner until the user leaves.
pub(crate) fn run(start: impl FnOnce(Runner) -> ScreenStack) -> anyhow::Result<()> {
    let (sender, events) = channel();
    let mut terminal = Terminal::enter()?;
    listen(sender.clone())?;
    let mut stack = start(Runner::in_threads(sender));
    while !stack.is_over() {
        terminal.draw(|area, buf| {
            stack.resize(area);
            stack.draw(buf);
        })?;
        stack.read_missing();
        take_events(&mut stack, &mut terminal, &events)?;
        for request in stack.take_requests() {
            match request {
                TerminalRequest::Copy(text) => terminal.copy(&text)?,
                TerminalRequest::Suspend => terminal.suspend()?,
                TerminalRequest::Redraw => terminal.redraw()?,
                TerminalRequest::Mouse(on) => terminal.take_mouse(on)?,
            }
        }
    }
    Ok(())
}

/// Waits for an event, and takes in all that come before the next frame is due.
fn take_events(stack: &mut ScreenStack, terminal: &mut Terminal, events: &Receiver<Event>) -> io::Result<()> {
    let drawn = Instant::now();
    let mut next = events.recv().ok();
    while let Some(event) = next {
        if matches!(event, Event::Continue) {
            terminal.resume()?;
        }
        stack.take(event);
        if stack.is_urgent() {
            break;
        }
        next = events.recv_timeout(FRAME.saturating_sub(drawn.elapsed())).ok();
    }
    Ok(())
}

/// Starts the threads that send what the terminal and the system report.
fn listen(sender: Sender<Event>) -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
        // In raw mode no key sends them, but other processes do.
        let ends = [SIGTERM, SIGHUP, SIGINT, SIGQUIT];
        let mut signals = signal_hook::iterator::Signals::new(ends.into_iter().chain([SIGTSTP, SIGCONT]))?;
        let sender = sender.clone();
        thread::spawn(move || {
            let _ends = EndsWith(sender.clone());
            for signal in signals.forever() {
                let event = match signal {
                    SIGCONT => Event::Continue,
                    SIGTSTP => Event::Suspend,
                    _ => Event::Terminate,
                };
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
    }
    thread::spawn(move || {
        let _ends = EndsWith(sender.clone());
        let mut clicks = Clicks::default();
        loop {
            let event = match terminal_event::read() {
                Ok(TerminalEvent::Key(key)) if key.is_press() => match keymap::key_name(&key) {
                    Some(name) => Event::Key(name),
                    None => continue,
                },
                Ok(TerminalEvent::Resize(..)) => Event::Resize,
                Ok(TerminalEvent::Paste(text)) => Event::Paste(text),
                Ok(TerminalEvent::Mouse(event)) => match clicks.read(event, Instant::now()) {
                    Some(mouse) => Event::Mouse(mouse),
                    None => continue,
                },
                Ok(_) => continue,
                // The terminal is gone.
                Err(_) => Event::Terminate,
            };
            let over = matches!(event, Event::Terminate);
            if sender.send(event).is_err() || over {
                return;
            }
        }
    });
    Ok(())
}
