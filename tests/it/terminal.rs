//! The real program in a pseudo-terminal.
#![cfg(unix)]

use std::time::{Duration, Instant};

use mst_test_support::published::{Layout, PublishedWriter, Record, option_i64_value, string_key, u64_value};
use mst_test_support::terminal::{Cell, Color, Exit, Key, Session};
use mst_test_support::upstream;

const CONFIG_HASH: &str = "ab543023267be666fddc71cdd0dc0a2304ea7262fe01e45a8152485fd0ea956b";

fn start(options: &[(&str, &str)], rows: u16, cols: u16) -> Session {
    let path = upstream::path("config.mst");
    let mut builder = Session::builder(env!("CARGO_BIN_EXE_mst-tui"))
        .args([path.to_str().expect("a path of text"), "--offset", "4096", "--hash", CONFIG_HASH])
        .size(rows, cols);
    for (name, value) in options {
        builder = builder.env(name, value);
    }
    builder.spawn()
}

/// The state in which the program must leave the terminal: its own screen, a cursor, cooked mode.
fn assert_restored(session: &Session) {
    assert!(!session.alternate_screen(), "the alternate screen is left");
    assert!(!session.cursor_hidden(), "the cursor is shown again");
    let output = String::from_utf8_lossy(&session.raw_output()).into_owned();
    assert!(output.contains("\x1b[?1049h") && output.contains("\x1b[?1049l"), "entered and left: {output:?}");
    // The mouse and pasted texts too, and they were left after they were last taken.
    for mode in ["1000", "1002", "1006", "2004"] {
        let (taken, left) = (output.rfind(&format!("\x1b[?{mode}h")), output.rfind(&format!("\x1b[?{mode}l")));
        assert!(taken.is_some() && left > taken, "{mode}: {output:?}");
    }
}

#[test]
fn browse_unfold_and_quit() {
    let session = start(&[], 24, 80);
    session.wait_text("service.00.host");
    assert!(session.alternate_screen() && session.cursor_hidden());
    session.wait_text("40 records");
    // To the second leaf, which is folded; its records are not visible before.
    session.send("G");
    session.wait_text("line 39 of 39");
    session.send_key(Key::Right);
    session.wait_text("line 39 of 43");
    session.send_key(Key::Down);
    session.wait_until(
        |screen| (0..24).any(|row| screen.cell(row, 2).is_some_and(Cell::inverse)),
        "the cursor stands on a line",
    );
    session.send("?");
    session.wait_text("What am I looking at");
    session.send_key(Key::Esc);
    session.wait_no_text("What am I looking at");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn every_way_out_restores_the_terminal() {
    let session = start(&[], 24, 80);
    session.wait_text("service.00.host");
    session.send_key(Key::Ctrl('c'));
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);

    for signal in ["TERM", "HUP", "INT", "QUIT"] {
        let session = start(&[], 24, 80);
        session.wait_text("service.00.host");
        session.kill(signal);
        assert_eq!(session.wait_exit(), Exit::Code(0), "{signal}");
        assert_restored(&session);
    }
}

#[test]
fn resizing_to_nothing_and_back() {
    let session = start(&[], 24, 80);
    session.wait_text("service.00.host");
    for (rows, cols) in [(5, 20), (1, 1), (3, 200), (40, 2), (24, 100)] {
        session.resize(rows, cols);
    }
    session.wait_text("recomputed");
    session.resize(5, 20);
    session.wait_until(
        |screen| screen.contents().contains("? help") && screen.contents().lines().count() <= 5,
        "the small screen",
    );
    session.send("j");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn no_color_keeps_the_cursor_line_visible() {
    let session = start(&[("NO_COLOR", "1")], 24, 80);
    session.wait_text("service.00.host");
    session.send("jj");
    session.wait_until(
        |screen| {
            let reversed = |row: u16| screen.cell(row, 5).is_some_and(Cell::inverse);
            let line = (0..24).find(|row| reversed(*row));
            line.is_some_and(|row| {
                screen.rows(0, 80).nth(usize::from(row)).unwrap_or_default().contains("service.00.host")
            })
        },
        "the line of service.00.host reversed",
    );
    let colors = (0..24).flat_map(|row| (0..80).map(move |col| (row, col))).filter(|(row, col)| {
        let cell = session.cell(*row, *col);
        cell.fgcolor() != Color::Default || cell.bgcolor() != Color::Default
    });
    assert_eq!(colors.count(), 0, "no cell has a colour");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
}

#[test]
fn a_dumb_terminal_gets_the_opening_view_as_text() {
    let session = start(&[("TERM", "dumb")], 50, 130);
    assert_eq!(session.wait_exit(), Exit::Code(0));
    let output = String::from_utf8_lossy(&session.raw_output()).into_owned();
    assert!(output.contains("service.00.host") && output.contains("TERM=dumb"), "{output}");
    assert!(!output.contains('\x1b'), "no escape sequence: {output:?}");
}

#[test]
fn suspension_gives_the_terminal_back_and_takes_it_again() {
    let session = start(&[], 24, 80);
    session.wait_text("service.00.host");
    session.send_key(Key::Ctrl('z'));
    session.wait_until(|screen| !screen.alternate_screen(), "the terminal's own screen");
    // The program stops a moment after it has restored the terminal; a signal to continue before that would have no
    // effect.
    wait_stopped(session.process_id());
    session.kill("CONT");
    session.wait_until(|screen| screen.alternate_screen(), "the program's screen again");
    session.wait_text("service.00.host");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn the_mouse_puts_the_cursor_and_can_be_turned_off() {
    let session = start(&[], 24, 80);
    session.wait_text("service.00.host");
    session.wait_text("line 1 of 39");
    // The first record is in the third line. The terminal counts rows from 1.
    let record = (0..24).find(|row| session.row(*row).contains("service.00.host  ")).expect("the first record") + 1;
    let at = |button: u8, row: u16| format!("\x1b[<{button};10;{row}M");
    let click = |row: u16| format!("{}\x1b[<0;10;{row}m", at(0, row));
    session.send(&click(record));
    session.wait_text("line 3 of 39");
    session.send(&at(65, record));
    session.wait_text("line 6 of 39");
    session.send(&at(64, record));
    session.wait_text("line 3 of 39");
    // A double click on the line of a node folds it.
    session.send(&format!("{}{}", click(record - 1), click(record - 1)));
    session.wait_text("line 2 of 4 ");
    session.send("M");
    session.wait_text("the mouse selects text now");
    let output = String::from_utf8_lossy(&session.raw_output()).into_owned();
    assert!(output.rfind("\x1b[?1000l") > output.rfind("\x1b[?1000h"), "{output:?}");
    session.send("M");
    session.wait_text("the mouse works on the screen again");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn a_paste_is_one_line_and_no_keys() {
    let session = start(&[], 24, 80);
    session.wait_text("service.00.host");
    session.send("\x1b[200~q\nq\x1b[201~");
    session.wait_text("taken in only where a line is typed");
    session.send(":key ");
    session.send("\x1b[200~service.03.port\n\x1b[201~");
    session.wait_text(":key service.03.port");
    session.send_key(Key::Enter);
    session.wait_text("line 16 of 39");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

/// Waits until the process is stopped, if the system reports it; elsewhere for a while.
fn wait_stopped(process: u32) {
    let stat = format!("/proc/{process}/stat");
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
        match std::fs::read_to_string(&stat) {
            Ok(stat) if stat.contains(") T ") => return,
            Ok(_) => {}
            Err(_) => return std::thread::sleep(Duration::from_millis(500)),
        }
    }
}

/// A file that is cut off while it is open: the missing part is shown as damage, and the program continues.
#[test]
fn a_file_that_shrinks_while_it_is_open() {
    // Too large for an automatic count, so that not all of it is in the cache.
    let records: Vec<_> = (0..60_000_u64)
        .map(|number| Record::new(string_key(Layout::V0_2, &format!("key-{number:05}")), u64_value(number)))
        .collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("large.mst");
    std::fs::write(&path, writer.into_bytes()).expect("a file");
    let tree = format!("{}@{}", path.display(), root.offset);
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([tree]).size(12, 100).spawn();
    session.wait_text("key-00000");
    std::fs::OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(100)).expect("cut off");
    session.send("GGk");
    session.send_key(Key::PageUp);
    session.wait_text("past the end of the fi");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn two_trees_side_by_side() {
    let tree = |file: &str, place: &str| format!("{}@{place}", upstream::path(file).display());
    let left = tree("orders-a.mst", "689494:13c1813f847ea9602145847868a2e6c452ea939a5f327b04a2357f1389135748");
    let right = tree("orders-b.mst", "689570:38c8553b1791f4a8395b43fbd3efda0ca169e9558048f9a50a2b7d586d8d3f90");
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([left, right]).size(24, 120).spawn();
    session.wait_text("DRIFTED   − 2 only left   + 3 only right   ~ 3 changed");
    session.wait_text("all compared");
    session.send("]");
    session.wait_text("2 of 8");
    session.send_key(Key::Enter);
    session.wait_text("bc 96 03 76");
    session.wait_text("ad 3c 2f 16");
    session.send_key(Key::Esc);
    session.wait_no_text("bc 96 03 76");
    // Too narrow for two sides: one list.
    session.resize(24, 80);
    session.wait_text("ad3c2f16");
    session.resize(1, 1);
    session.resize(24, 120);
    session.wait_text("2 of 8");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn a_command_opens_two_trees_and_q_returns() {
    let tree = |file: &str, place: &str| format!("{}@{place}", upstream::path(file).display());
    let left = tree("orders-a.mst", "689494:13c1813f847ea9602145847868a2e6c452ea939a5f327b04a2357f1389135748");
    let right = tree("orders-b.mst", "689570:38c8553b1791f4a8395b43fbd3efda0ca169e9558048f9a50a2b7d586d8d3f90");
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([left]).size(24, 120).spawn();
    session.wait_text("4,997 records");
    session.send(":di");
    session.wait_text("compare the tree that is shown with another");
    session.send_key(Key::Tab);
    session.send(&right);
    session.send_key(Key::Enter);
    session.wait_text("DRIFTED   − 2 only left   + 3 only right   ~ 3 changed");
    session.wait_text("all compared");
    session.send("q");
    session.wait_text("4,997 records");
    session.send(":diff /nowhere/at-all.mst");
    session.send_key(Key::Enter);
    session.wait_text("cannot open /nowhere/at-all.mst");
    // A copy is sent as a sequence that only the terminal sees.
    session.send("yo");
    session.wait_text("offset copied: 689494");
    // The next frame is drawn after it.
    session.send("?");
    session.wait_text("What am I looking at");
    session.send("?");
    let output = String::from_utf8_lossy(&session.raw_output()).into_owned();
    assert!(output.contains("\x1b]52;c;Njg5NDk0"), "the offset in base 64");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn two_commits_of_a_file_side_by_side() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([path]).size(24, 120).spawn();
    session.wait_text("INV-2026000");
    session.send("oh");
    session.wait_text("History");
    session.send("d");
    session.wait_text("all compared");
    session.send("q");
    session.wait_text("History");
    session.send("qq");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
}

#[test]
fn other_types_are_shown_at_once() {
    let key = |number: u64| string_key(Layout::V0_2, &format!("key-{number:05}"));
    let value = |number: u64| option_i64_value((!number.is_multiple_of(5)).then_some(number as i64 * 7));
    let records: Vec<_> = (0..300).map(|number| Record::new(key(number), value(number))).collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("options.mst");
    std::fs::write(&path, writer.bytes()).expect("a file");
    let tree = format!("{}@{}", path.display(), root.offset);
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([tree]).size(24, 140).spawn();
    session.wait_text("types guessed (1 of ");
    session.send(":key key-00201");
    session.send_key(Key::Enter);
    session.wait_text("Some(1407)");
    session.send("t");
    session.wait_text("types guessed (2 of ");
    session.wait_no_text("Some(1407)");
    session.wait_text("key-00201");
    session.send("gt");
    session.wait_text(":types String -> ");
    session.send_key(Key::Ctrl('a'));
    session.send_key(Key::Ctrl('k'));
    session.send("types String -> Option<i16>");
    session.send_key(Key::Enter);
    session.wait_text("String → Option<i16>   boundaries proved, types given");
    session.wait_text("Some(1407)");
    session.send(":types String -> u8");
    session.send_key(Key::Enter);
    session.wait_text("the types do not fit");
    session.wait_text("String → Option<i16>");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert_restored(&session);
    assert_eq!(std::fs::read(&path).expect("the file"), writer.bytes(), "nothing is written");
}
