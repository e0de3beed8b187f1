//! The program on a terminal: a key becomes an action, the top screen changes its state, and the state is drawn.

pub(crate) mod column_list;
pub(crate) mod copy;
pub(crate) mod event;
pub(crate) mod field_list;
pub(crate) mod first_hints;
pub(crate) mod guide;
pub(crate) mod help;
pub(crate) mod input;
pub(crate) mod jobs;
pub(crate) mod layers;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod looks;
pub(crate) mod offscreen;
pub(crate) mod paint;
pub(crate) mod panics;
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
use input::keymap;
use input::mouse::Clicks;
use jobs::Runner;
use looks::Looks;
use panics::EndsWith;
use stack::{ScreenStack, TerminalRequest};
use terminal::Terminal;
use terminal::background::{self, Passed, Replies};

/// The shortest time between two frames, however fast events come.
const FRAME: Duration = Duration::from_millis(10);
/// The frame that a key asks for waits only so long for what comes with the key, such as the rest of a held-down key's
/// presses.
const AFTER_KEY: Duration = Duration::from_millis(2);

/// Runs the stack that `start` makes of a runner until the user leaves.
pub(crate) fn run(looks: &Looks, mouse: bool, start: impl FnOnce(Runner) -> ScreenStack) -> anyhow::Result<()> {
    let (sender, events) = channel();
    let mut terminal = Terminal::enter(mouse)?;
    listen(sender.clone())?;
    let asked = looks.depends_on_background() && terminal.ask_background()?;
    let started = Instant::now();
    let mut stack = start(Runner::in_threads(sender));
    let mut early = if asked { wait_for_answer(&mut stack, &events, started) } else { Vec::new() };
    while !stack.is_over() {
        terminal.draw(|area, buf| {
            stack.resize(area);
            stack.draw(buf);
        })?;
        stack.read_missing();
        let is_early = !early.is_empty();
        for event in early.drain(..) {
            take_event(&mut stack, &mut terminal, event, started)?;
        }
        if !is_early {
            take_events(&mut stack, &mut terminal, &events, started)?;
        }
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

/// Waits a moment for the terminal's answer about its background, so that the first frame is in the right colours.
/// Returns what came meanwhile.
fn wait_for_answer(stack: &mut ScreenStack, events: &Receiver<Event>, asked: Instant) -> Vec<Event> {
    let mut early = Vec::new();
    while let Ok(event) = events.recv_timeout(background::FIRST_FRAME.saturating_sub(asked.elapsed())) {
        if matches!(event, Event::Background(_)) {
            stack.take(event);
            break;
        }
        early.push(event);
    }
    early
}

fn take_event(stack: &mut ScreenStack, terminal: &mut Terminal, event: Event, started: Instant) -> io::Result<()> {
    match event {
        Event::Continue => terminal.resume()?,
        // The window may have been smaller for a moment, and have lost what it showed, even if its size is the same.
        Event::Resize => terminal.redraw()?,
        // Too late: the colours would change while somebody reads.
        Event::Background(_) if started.elapsed() > background::PATIENCE => return Ok(()),
        _ => {}
    }
    stack.take(event);
    Ok(())
}

/// Waits for an event, and takes in all that come before the next frame is due.
fn take_events(
    stack: &mut ScreenStack,
    terminal: &mut Terminal,
    events: &Receiver<Event>,
    started: Instant,
) -> io::Result<()> {
    let mut due = Instant::now() + FRAME;
    let mut next = events.recv().ok();
    while let Some(event) = next {
        if matches!(event, Event::Key(_)) {
            due = due.min(Instant::now() + AFTER_KEY);
        }
        take_event(stack, terminal, event, started)?;
        if stack.is_urgent() {
            break;
        }
        next = events.recv_timeout(due.saturating_duration_since(Instant::now())).ok();
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
        let mut replies = Replies::new();
        loop {
            let passed = match next_event(&replies) {
                Ok(Some(event)) => replies.take(event),
                Ok(None) => replies.give_up(),
                Err(_) => {
                    // The terminal is gone.
                    let _ = sender.send(Event::Terminate);
                    return;
                }
            };
            for event in passed.into_iter().filter_map(|passed| event_of(passed, &mut clicks)) {
                if sender.send(event).is_err() {
                    return;
                }
            }
        }
    });
    Ok(())
}

/// The next event of the terminal; none where what was held back waits for no more.
fn next_event(replies: &Replies) -> io::Result<Option<TerminalEvent>> {
    if replies.is_holding() && !terminal_event::poll(background::PAUSE)? {
        return Ok(None);
    }
    terminal_event::read().map(Some)
}

/// The program's event for one of the terminal, if it has a use for it.
fn event_of(passed: Passed, clicks: &mut Clicks) -> Option<Event> {
    match passed {
        Passed::Background(background) => Some(Event::Background(background)),
        Passed::Event(TerminalEvent::Key(key)) if key.is_press() => keymap::key_name(&key).map(Event::Key),
        Passed::Event(TerminalEvent::Resize(..)) => Some(Event::Resize),
        Passed::Event(TerminalEvent::Paste(text)) => Some(Event::Paste(text)),
        Passed::Event(TerminalEvent::Mouse(event)) => clicks.read(event, Instant::now()).map(Event::Mouse),
        Passed::Event(_) => None,
    }
}
