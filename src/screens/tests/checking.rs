//! A check that is stopped and goes on, and its findings in the level map.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Condvar, Mutex};

use file_mst::verify::{Verify, VerifyOptions};
use insta::assert_debug_snapshot;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::runtime::event::Event;
use crate::runtime::jobs::Runner;
use crate::runtime::offscreen::text_of;
use crate::runtime::stack::ScreenStack;

/// A file that counts what is read of it, and from some read on lets nobody read until it is told to.
struct Gate {
    bytes: Vec<u8>,
    reads: AtomicU64,
    shut_at: Mutex<u64>,
    opened: Condvar,
}

impl Gate {
    fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { bytes, reads: AtomicU64::new(0), shut_at: Mutex::new(u64::MAX), opened: Condvar::new() })
    }

    fn reads(&self) -> u64 {
        self.reads.load(Ordering::SeqCst)
    }

    fn shut_at(&self, reads: u64) {
        *self.shut_at.lock().unwrap() = reads;
        self.opened.notify_all();
    }
}

impl ReadAt for Gate {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.reads.fetch_add(1, Ordering::SeqCst);
        drop(self.opened.wait_while(self.shut_at.lock().unwrap(), |shut_at| read >= *shut_at).unwrap());
        self.bytes.read_at(offset, buf)
    }

    fn len(&self) -> io::Result<u64> {
        ReadAt::len(&self.bytes)
    }
}

/// A tree of so many records, of which a leaf in the middle is damaged: where that is, and the root.
fn faulty(count: u64) -> (Vec<u8>, u64, u64) {
    let (mut writer, root) = written(count);
    let opened = open_bytes(writer.bytes().to_vec(), root.offset, None);
    let mut node = opened.tree.root().unwrap().unwrap();
    while node.level() > 0 {
        let children: Vec<_> = node.children().iter().filter(|link| !link.is_empty()).collect();
        node = opened.tree.store().node(children[children.len() / 2]).unwrap();
    }
    writer.flip_bit(node.offset() + 12, 2);
    (writer.into_bytes(), node.offset(), root.offset)
}

/// Takes in what happens until the screen says this.
fn wait(stack: &mut ScreenStack, events: &Receiver<Event>, words: &str) -> String {
    wait_until(stack, events, |text| text.contains(words))
}

fn wait_until(stack: &mut ScreenStack, events: &Receiver<Event>, is_there: impl Fn(&str) -> bool) -> String {
    let area = Rect::new(0, 0, 120, 16);
    loop {
        stack.resize(area);
        stack.read_missing();
        let mut buffer = Buffer::empty(area);
        stack.draw(&mut buffer);
        let text = text_of(&buffer);
        if is_there(&text) {
            return text;
        }
        let event = events.recv_timeout(Duration::from_secs(60));
        stack.take(event.unwrap_or_else(|_| panic!("this stays: {text}")));
    }
}

#[test]
fn a_check_that_is_stopped_goes_on_where_it_was() {
    let (bytes, leaf, root) = faulty(40_000);
    let gate = Gate::new(bytes);
    let opened = open_storage(Arc::clone(&gate) as Arc<dyn ReadAt>, root, None);
    let before = gate.reads();
    let mut whole = Verify::new(&opened, VerifyOptions::default());
    assert_eq!(whole.findings().count(), 1);
    let unbroken = gate.reads() - before;
    let progress = *whole.progress();
    assert!(progress.nodes > 1000, "{progress:?}");

    let (sender, events) = channel();
    let on = Destination::Tree(Box::new(shown("faulty.mst", &opened)));
    let mut stack =
        ScreenStack::new(on, crate::screens::build, Arc::new(Upstream), Runner::in_threads(sender), Theme::Dark);
    wait(&mut stack, &events, "key-39999");
    let press = |stack: &mut ScreenStack, keys: &str| {
        keys.split(' ').for_each(|key| stack.take(Event::Key(key.to_owned())));
    };
    let before = gate.reads();
    let (mut views, mut stops) = (0, 0);
    // Stopped three times; once the view is closed too.
    for part in 1..=3 {
        gate.shut_at(before + unbroken * part / 4);
        press(&mut stack, if views == 0 || part == 3 { "o v" } else { "r" });
        views += 1;
        wait(&mut stack, &events, "Esc stops");
        // The check stands before the gate.
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while gate.reads() <= before + unbroken * part / 4 {
            assert!(std::time::Instant::now() < deadline, "{} reads", gate.reads() - before);
            std::thread::yield_now();
        }
        press(&mut stack, "Esc");
        wait(&mut stack, &events, "stopped");
        stops += 1;
        gate.shut_at(u64::MAX);
        // The step in hand ends.
        stack.top_as::<TreeScreen>().unwrap().checked.so_far().expect("a check");
        if part == 2 {
            press(&mut stack, "Esc");
            press(&mut stack, "Esc");
            assert!(!wait(&mut stack, &events, "faulty.mst").contains("Verify"));
        }
    }
    press(&mut stack, "r");
    let text = wait(&mut stack, &events, "not valid: 1 error, 0 warnings, 0 notes");
    let found = crate::model::text::offset(leaf);
    assert!(text.contains(&found), "{text}");
    assert!(text.contains(&crate::model::verify::checked(&progress)), "{text}");
    let reads = gate.reads() - before;
    assert!(stops == 3 && reads <= unbroken + 2, "{reads} reads where {unbroken} do");

    // It is shown once more as it is, and done anew where that is asked for.
    press(&mut stack, "o v");
    press(&mut stack, "o v");
    wait(&mut stack, &events, "not valid");
    assert_eq!(gate.reads() - before, reads);
    press(&mut stack, "r");
    press(&mut stack, "j");
    wait(&mut stack, &events, "Esc stops");
    wait_until(&mut stack, &events, |text| text.contains("not valid") && !text.contains("Esc stops"));
    assert!(gate.reads() - before >= reads + unbroken);
}

/// How often to press l until the column under the cursor is one that a row of the map marks with this.
fn column(screen: &Offscreen, row: &str, mark: char) -> usize {
    try_column(screen, row, mark).unwrap_or_else(|| panic!("no {mark} in {}", screen.text()))
}

fn try_column(screen: &Offscreen, row: &str, mark: char) -> Option<usize> {
    let text = screen.text();
    let line = text.lines().find(|line| line.contains(row)).unwrap_or_else(|| panic!("no {row} in {text}"));
    line.split_once(row).unwrap().1.chars().position(|cell| cell == mark)
}

#[test]
fn the_map_marks_what_a_check_found_and_leads_there() {
    let (bytes, leaf, root) = faulty(600);
    let opened = open_bytes(bytes, root, None);
    for (name, theme, width, height) in
        [("map_checked", Theme::Dark, 120, 14), ("map_checked_mono", Theme::Mono, 80, 12)]
    {
        let mut screen = browse("faulty.mst", &opened, theme, width, height);
        press(&mut screen, "ovos");
        assert_debug_snapshot!(name, screen.buffer());
    }
    let mut screen = browse("faulty.mst", &opened, Theme::Dark, 120, 30);
    // Nothing is marked before anything was looked for.
    press(&mut screen, "os");
    assert!(!screen.text().contains("chk │"), "{}", screen.text());
    press(&mut screen, "ovos");
    let columns = column(&screen, " chk │", '✗');
    press(&mut screen, &"l".repeat(columns));
    press(&mut screen, "<Enter>");
    let text = screen.text();
    assert!(text.contains(&format!("Node {}", crate::model::text::offset(leaf))), "{text}");
    // The tree of another version has another check.
    assert!(app(&mut screen).checked.so_far().is_some());
}

#[test]
fn one_of_two_trees_is_shown_with_the_places_that_differ() {
    let both = || pair(["orders-a.mst", "orders-b.mst"], open_upstream(ORDERS), open_upstream(ORDERS_B));
    for (name, theme, width, height) in
        [("map_drifted", Theme::Dark, 120, 16), ("map_drifted_mono", Theme::Mono, 80, 14)]
    {
        let mut screen = two_trees(both(), theme, width, height);
        press(&mut screen, "olos");
        assert_debug_snapshot!(name, screen.buffer());
    }
    let mut screen = two_trees(both(), Theme::Dark, 120, 30);
    press(&mut screen, "]");
    let (key, _) = drift_app(&mut screen).selected().unwrap().sides().0.unwrap();
    let key = key.to_vec();
    press(&mut screen, "ol");
    assert_eq!(app(&mut screen).selected_record().unwrap().bytes().stored_key, key);
    assert_eq!(app(&mut screen).header.root_offset, ORDERS.1);
    // From the map to the first place that differs; it is the same one.
    press(&mut screen, "ggos");
    // The first bar of any height.
    let columns = "▁▂▃▄▅▆▇█".chars().filter_map(|bar| try_column(&screen, " dif │", bar)).min().unwrap();
    press(&mut screen, &"l".repeat(columns));
    press(&mut screen, "<Enter>");
    assert_eq!(app(&mut screen).selected_record().unwrap().bytes().stored_key, key);
    press(&mut screen, "q");
    assert!(screen.text().contains("DRIFTED"), "{}", screen.text());
    press(&mut screen, "or");
    assert_eq!(app(&mut screen).header.root_offset, ORDERS_B.1);
    // Only the left tree has it.
    assert!(screen.text().contains("no such key; here it would stand"), "{}", screen.text());
}
