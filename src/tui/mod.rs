//! The program on a screen: input becomes an action, an action changes the state, the state is drawn.

mod action;
mod app;
mod drift;
mod event;
mod jobs;
mod keymap;
mod layout;
mod list;
mod offscreen;
mod svg;
mod terminal;
mod theme;
mod views;

#[cfg(test)]
mod tests;

use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use file_mst::open::Opened;
use ratatui::crossterm::event::{self as terminal_event, Event as TerminalEvent};

use app::{App, Count};
use event::Event;
use jobs::{Jobs, Reply};
use terminal::Screen;

pub(crate) use drift::{DriftOffscreen, run as run_drift};
pub(crate) use offscreen::{Offscreen, key_names};
pub(crate) use theme::Theme;

/// At most one frame in this time, however fast events come.
const FRAME: Duration = Duration::from_millis(10);

/// Files up to this size are counted without being asked for, in bytes: that takes no time worth speaking of.
pub(crate) const COUNTED_UNASKED: u64 = 4 << 20;

/// Shows a tree until the user leaves.
pub(crate) fn run(file: &str, opened: &Opened, theme: Theme) -> anyhow::Result<()> {
    let mut app = App::new(file, opened, theme);
    let (sender, events) = channel();
    let mut opened = opened.clone();
    let mut jobs = Jobs::start(&opened, sender.clone(), 0);
    let mut screen = Screen::enter()?;
    listen(sender.clone())?;
    if app.file_len <= COUNTED_UNASKED {
        app.count = Count::Running { records: 0, nodes: 0 };
    }
    while !app.quit {
        screen.draw(|area, buf| {
            app.resize(area);
            views::draw(&app, buf);
        })?;
        jobs.want(app.wanted());
        if app.wants_history() {
            jobs.read_history();
        }
        keep_counting(&app, &mut jobs);
        take_in(&mut app, &mut jobs, &mut screen, &events)?;
        if let Some(other) = app.go_to_commit.take().and_then(|commit| opened.at(&commit)) {
            opened = other;
            jobs = Jobs::start(&opened, sender.clone(), jobs.generation() + 1);
            app.show(file, &opened);
        }
        if app.suspend {
            app.suspend = false;
            screen.suspend()?;
        }
    }
    Ok(())
}

/// Waits until something happens, and hands over all that comes before the next frame is due, until `take` says that
/// enough has happened.
fn drain<R>(
    screen: &mut Screen,
    events: &Receiver<Event<R>>,
    mut take: impl FnMut(Event<R>) -> ControlFlow<()>,
) -> io::Result<()> {
    let drawn = Instant::now();
    let mut next = events.recv().ok();
    while let Some(event) = next {
        if matches!(event, Event::Continue) {
            screen.resume()?;
        } else if take(event).is_break() {
            break;
        }
        next = events.recv_timeout(FRAME.saturating_sub(drawn.elapsed())).ok();
    }
    Ok(())
}

fn take_in(app: &mut App, jobs: &mut Jobs, screen: &mut Screen, events: &Receiver<Event>) -> io::Result<()> {
    drain(screen, events, |event| {
        match event {
            Event::Key(key) => app.key(key),
            Event::Resize | Event::Continue => {}
            Event::Terminate => app.quit = true,
            Event::Suspend => app.suspend = true,
            // Of a tree that is no longer shown.
            Event::Reply(generation, _) if generation != jobs.generation() => {}
            Event::Reply(_, Reply::Node(id, report)) => app.loaded(id, *report),
            Event::Reply(_, Reply::History(history)) => app.history_loaded(history),
            Event::Reply(_, Reply::Counted { ticket, records, nodes, damaged, over }) => {
                if jobs.is_current(ticket) {
                    app.count = if over { Count::Done { records, damaged } } else { Count::Running { records, nodes } };
                    if over {
                        jobs.count_ended();
                    }
                }
            }
        }
        enough(app.quit || app.suspend || app.go_to_commit.is_some())
    })
}

fn enough(enough: bool) -> ControlFlow<()> {
    if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Starts and stops the count as the state says.
fn keep_counting(app: &App, jobs: &mut Jobs) {
    match app.count {
        Count::Running { .. } if !jobs.is_counting() => jobs.count(),
        Count::NotAsked => jobs.cancel_count(),
        _ => {}
    }
}

/// Sends what the terminal and the system say, from threads of their own.
fn listen<R: Send + 'static>(sender: Sender<Event<R>>) -> io::Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGCONT, SIGHUP, SIGTERM, SIGTSTP};
        let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGTSTP, SIGCONT])?;
        let sender = sender.clone();
        thread::spawn(move || {
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
