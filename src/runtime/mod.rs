//! The program on a screen: input becomes an action, an action changes the state, the state is drawn.

pub(crate) mod action;
pub(crate) mod commands;
pub(crate) mod event;
pub(crate) mod gate;
pub(crate) mod help;
pub(crate) mod input;
pub(crate) mod jobs;
pub(crate) mod keymap;
pub(crate) mod layers;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod offscreen;
pub(crate) mod paint;
pub(crate) mod panics;
pub(crate) mod prompt;
pub(crate) mod prompt_line;
pub(crate) mod report;
pub(crate) mod stack;
pub(crate) mod status;
pub(crate) mod svg;
pub(crate) mod terminal;
pub(crate) mod theme;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self as terminal_event, Event as TerminalEvent};

use event::Event;
use jobs::Runner;
use panics::EndsWith;
use stack::Program;
use terminal::Screen;

use crate::model::item::ValueFormat;

pub(crate) use offscreen::{Offscreen, key_names};
pub(crate) use stack::{Destination, Opener, Shown};
pub(crate) use theme::Theme;

/// At most one frame in this time, however fast events come.
const FRAME: Duration = Duration::from_millis(10);

/// Files up to this size are counted without being asked for, in bytes: that takes no time worth speaking of.
pub(crate) const COUNTED_UNASKED: u64 = 4 << 20;

/// Shows a tree, or two, until the user leaves.
pub(crate) fn run(on: Destination, opener: Arc<dyn Opener>, theme: Theme, values: ValueFormat) -> anyhow::Result<()> {
    let (sender, events) = channel();
    let mut screen = Screen::enter()?;
    listen(sender.clone())?;
    let mut program = Program::counting(on, opener, Runner::in_threads(sender), theme);
    program.format_values(values);
    while !program.is_over() {
        screen.draw(|area, buf| {
            program.resize(area);
            program.draw(buf);
        })?;
        program.work();
        // Waits until something happens, and takes in all that comes before the next frame is due.
        let drawn = Instant::now();
        let mut next = events.recv().ok();
        while let Some(event) = next {
            if matches!(event, Event::Continue) {
                screen.resume()?;
            }
            program.take(event);
            if program.is_urgent() {
                break;
            }
            next = events.recv_timeout(FRAME.saturating_sub(drawn.elapsed())).ok();
        }
        if let Some(text) = program.copied.take() {
            screen.copy(&text)?;
        }
        if std::mem::take(&mut program.suspend) {
            screen.suspend()?;
        }
    }
    Ok(())
}

/// Sends what the terminal and the system say, from threads of their own.
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
        loop {
            let event = match terminal_event::read() {
                Ok(TerminalEvent::Key(key)) if key.is_press() => match keymap::key_name(&key) {
                    Some(name) => Event::Key(name),
                    None => continue,
                },
                Ok(TerminalEvent::Resize(..)) => Event::Resize,
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
