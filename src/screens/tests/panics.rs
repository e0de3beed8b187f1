//! A bug in a job does not break the screen: it is shown as failed, and nothing is claimed of what the job did not do.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::runtime::event::Event;
use crate::runtime::jobs::Runner;
use crate::runtime::offscreen::text_of;
use crate::runtime::stack::ScreenStack;

const FAILED: &str = "failed by a bug in";

/// A file whose reading panics from some time on, as a bug anywhere below a job would.
struct Broken {
    bytes: Vec<u8>,
    panics: AtomicBool,
}

impl Broken {
    fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { bytes, panics: AtomicBool::new(false) })
    }
}

impl ReadAt for Broken {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        assert!(!self.panics.load(Ordering::SeqCst), "a test's bug");
        self.bytes.read_at(offset, buf)
    }

    fn len(&self) -> io::Result<u64> {
        ReadAt::len(&self.bytes)
    }
}

/// A tree too large for its first screen to have read much of it.
fn broken() -> (Arc<Broken>, Opened) {
    let (writer, root) = written(20_000);
    let storage = Broken::new(writer.into_bytes());
    // Types that are given need no look at nodes, and nothing is kept of those that were read.
    let (key, value) = ("String".parse().unwrap(), "u64".parse().unwrap());
    let options = OpenOptions {
        offset: Some(root.offset),
        key: Some(key),
        value: Some(value),
        cache_bytes: 0,
        ..OpenOptions::default()
    };
    let opened = open(Arc::clone(&storage) as Arc<dyn ReadAt>, &options).unwrap();
    (storage, opened)
}

/// The program with its jobs in threads, as a terminal has it.
pub(super) struct Threads {
    pub(super) stack: ScreenStack,
    events: std::sync::mpsc::Receiver<Event>,
}

impl Threads {
    pub(super) fn new(on: Destination) -> Self {
        let (sender, events) = channel();
        let mut stack =
            ScreenStack::new(on, crate::screens::build, Arc::new(Upstream), Runner::in_threads(sender), Theme::Mono);
        stack.resize(Rect::new(0, 0, 160, 40));
        stack.read_missing();
        Self { stack, events }
    }

    pub(super) fn press(&mut self, keys: &str) {
        for key in crate::screens::key_names(keys).unwrap() {
            self.stack.take(Event::Key(key));
            self.stack.resize(Rect::new(0, 0, 160, 40));
            self.stack.read_missing();
        }
    }

    pub(super) fn text(&self) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 160, 40));
        self.stack.draw(&mut buffer);
        text_of(&buffer)
    }

    #[track_caller]
    pub(super) fn wait(&mut self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.text().contains(text) {
            assert!(Instant::now() < deadline, "no {text:?} in\n{}", self.text());
            if let Ok(event) = self.events.recv_timeout(Duration::from_millis(100)) {
                self.stack.take(event);
                self.stack.resize(Rect::new(0, 0, 160, 40));
                self.stack.read_missing();
            }
        }
    }
}

#[test]
fn every_job_of_one_tree_that_panics_is_shown_as_failed() {
    // A request, and the message about it.
    for (keys, said) in [
        ("C", "not counted: this failed"),
        ("/nowhere<Enter>", FAILED),
        (":key key-10007<Enter>", FAILED),
        (":verify<Enter>", FAILED),
        (":shape<Enter>", FAILED),
        (":explain key-10007<Enter>", FAILED),
        ("<lt>", FAILED),
    ] {
        let (storage, opened) = broken();
        let mut screen = Threads::new(Destination::Tree(Box::new(shown("large.mst", &opened))));
        screen.wait("key-00000");
        storage.panics.store(true, Ordering::SeqCst);
        screen.press(&keys.replace("<lt>", "<"));
        screen.wait(said);
        // The program goes on, and so do its jobs.
        storage.panics.store(false, Ordering::SeqCst);
        screen.press("<Esc>/not in any record<Enter>");
        screen.wait("no record has \"not in any record\"");
    }
}

#[test]
fn a_node_whose_reading_panics_is_shown_where_it_stands() {
    let (storage, opened) = broken();
    let mut screen = Threads::new(Destination::Tree(Box::new(shown("large.mst", &opened))));
    screen.wait("key-00000");
    storage.panics.store(true, Ordering::SeqCst);
    // The last node is unfolded, and what is below it comes into sight. Which one is the last depends on what was read
    // before.
    for _ in 0..10 {
        screen.press("Gl<Ctrl-d>");
        if screen.text().contains(FAILED) {
            return;
        }
    }
    screen.wait(FAILED);
}

#[test]
fn a_comparison_that_panics_is_not_told_as_one() {
    let (storage, left) = broken();
    let (writer, root) = written(19_000);
    let right = open_bytes(writer.into_bytes(), root.offset, None);
    storage.panics.store(true, Ordering::SeqCst);
    let mut screen = Threads::new(Destination::Pair(Box::new(pair(["left.mst", "right.mst"], left, right))));
    screen.wait("NOT TOLD");
    screen.wait("failed: not all compared");
    screen.wait(FAILED);
    assert!(!screen.text().contains("SAME"), "{}", screen.text());
    screen.press("q");
    assert!(screen.stack.is_over());
}

#[test]
fn a_screen_without_a_terminal_shows_it_too() {
    let (storage, opened) = broken();
    let mut screen = browse("large.mst", &opened, Theme::Mono, 120, 36);
    storage.panics.store(true, Ordering::SeqCst);
    press(&mut screen, "/nowhere<Enter>");
    assert!(screen.text().contains(FAILED), "{}", screen.text());
}
