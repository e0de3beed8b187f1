//! Two trees side by side: the diff runs beside the screen, which shows what was found so far.

pub(crate) mod app;
pub(in crate::tui) mod compare;
pub(in crate::tui) mod export;
pub(crate) mod layout;
mod offscreen;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::event::Event;
use super::terminal::Screen;
use super::theme::Theme;
use super::views::drift as views;
use super::{drain, enough, listen};
use crate::view::drift::entry::Entry;
use crate::view::drift::found::{Batch, Progress};
use crate::view::drift::pair::Pair;
use crate::view::drift::why::Why;
use app::DriftApp;

pub(crate) use offscreen::DriftOffscreen;

/// Shows two trees until the user leaves.
pub(crate) fn run(pair: Pair, theme: Theme) -> anyhow::Result<()> {
    let pair = Arc::new(pair);
    let mut app = DriftApp::new(Arc::clone(&pair), theme);
    let (sender, events) = channel();
    let job = Job::start(pair, sender.clone());
    let mut screen = Screen::enter()?;
    listen(sender)?;
    while !app.quit {
        screen.draw(|area, buf| {
            app.resize(area);
            views::draw(&app, buf);
        })?;
        if app.found.progress == Progress::Stopped {
            job.stop();
        }
        take_in(&mut app, &mut screen, &events)?;
        if let Some((line, entry)) = app.wants_why() {
            job.explain(line, entry);
        }
        if app.export {
            app.export = false;
            app.exported(std::env::current_dir().and_then(|folder| export::export(&app, &folder)));
        }
        if app.suspend {
            app.suspend = false;
            screen.suspend()?;
        }
    }
    Ok(())
}

fn take_in(app: &mut DriftApp, screen: &mut Screen, events: &Receiver<Event<Reply>>) -> io::Result<()> {
    drain(screen, events, |event| {
        match event {
            Event::Key(key) => app.key(key),
            Event::Resize | Event::Continue => {}
            Event::Terminate => app.quit = true,
            Event::Suspend => app.suspend = true,
            Event::Reply(_, Reply::Batch(batch)) => app.take(batch),
            Event::Reply(line, Reply::Why(why)) => app.explained(line as usize, why),
        }
        enough(app.quit || app.suspend || app.export)
    })
}

/// What the jobs hand to the screen. The ticket of an answer is the line that it is about.
#[derive(Debug)]
enum Reply {
    Batch(Batch),
    Why(Why),
}

/// The work in the background: the comparison, which ends when this is dropped, and looks at single records.
struct Job {
    pair: Arc<Pair>,
    replies: Sender<Event<Reply>>,
    stopped: Arc<AtomicBool>,
}

impl Job {
    fn start(pair: Arc<Pair>, replies: Sender<Event<Reply>>) -> Self {
        let job = Self { pair: Arc::clone(&pair), replies: replies.clone(), stopped: Arc::default() };
        let flag = Arc::clone(&job.stopped);
        thread::spawn(move || {
            compare::compare(&pair, compare::Most::default(), &flag, &mut |batch| {
                replies.send(Event::Reply(0, Reply::Batch(batch))).is_ok()
            });
        });
        job
    }

    fn explain(&self, line: usize, entry: Entry) {
        let (pair, replies) = (Arc::clone(&self.pair), self.replies.clone());
        thread::spawn(move || {
            // Nobody may be left to hear it.
            let _ = replies.send(Event::Reply(line as u64, Reply::Why(Why::read(&pair, &entry))));
        });
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.stop();
    }
}
