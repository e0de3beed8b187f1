//! Tests of the harness with programs that every Unix has.
#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use mst_test_support::terminal::{Color, Exit, Key, Session};

fn shell(script: &str) -> Session {
    Session::builder("/bin/sh").args(["-c", script]).size(6, 40).spawn()
}

/// Sets the terminal to pass on keys one by one, without echo, and prints that it did.
const RAW: &str = "stty raw -echo; printf 'ready\\r\\n';";

/// Shows its input in hex, one space between bytes on every system.
const HEX: &str = "od -An -tx1 | tr -s ' '";

#[test]
fn text_goes_in_and_comes_back() {
    let session = Session::builder("/bin/cat").spawn();
    session.send("grüße");
    session.send_key(Key::Enter);
    session.wait_until(|screen| screen.contents() == "grüße\ngrüße", "echo and answer");
    assert_eq!(session.row(1), "grüße");
    assert_eq!(session.raw_output(), "grüße\r\ngrüße\r\n".as_bytes());
    session.send_key(Key::Ctrl('d'));
    assert_eq!(session.wait_exit(), Exit::Code(0));
}

#[test]
fn the_environment_is_ours_alone() {
    let session = Session::builder("/usr/bin/env").env("NO_COLOR", "1").env("TERM", "dumb").env_remove("TZ").spawn();
    session.wait_exit();
    let text = session.screen_text();
    let mut names: Vec<&str> = text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.retain(|name| *name != "PATH");
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LANG", "MST_TUI_HINTS", "NO_COLOR", "SHELL", "TERM"]);
    assert!(text.contains("TERM=dumb") && text.contains("HOME=/"));
}

#[test]
fn exit_codes_and_signals_are_told_apart() {
    assert_eq!(shell("exit 3").wait_exit(), Exit::Code(3));
    let session = shell("kill -s TERM $$");
    assert!(matches!(session.wait_exit(), Exit::Signal(name) if name.starts_with("Terminated")));
}

#[test]
fn last_words_are_on_the_screen() {
    let session = shell("printf gone");
    session.wait_exit();
    assert_eq!(session.screen_text(), "gone");
}

#[test]
fn styles_and_modes_are_seen() {
    let session =
        shell(r"printf '\033[?1049h\033[?25l\033[1;7;31mA\033[0mb'; read line; printf '\033[?25h\033[?1049l'");
    session.wait_text("Ab");
    let (styled, plain) = (session.cell(0, 0), session.cell(0, 1));
    assert!(styled.bold() && styled.inverse() && styled.fgcolor() == Color::Idx(1));
    assert!(!plain.bold() && !plain.inverse() && plain.fgcolor() == Color::Default);
    assert!(session.alternate_screen() && session.cursor_hidden());
    session.send_key(Key::Enter);
    session.wait_no_text("Ab");
    session.wait_exit();
    assert!(!session.alternate_screen() && !session.cursor_hidden());
}

#[test]
fn keys_arrive_in_the_mode_the_program_asked_for() {
    let session = shell(&format!("{RAW} dd bs=1 count=6 2>/dev/null | {HEX}"));
    session.wait_text("ready");
    session.send_key(Key::Up);
    session.send_key(Key::Ctrl('c'));
    session.send_key(Key::Tab);
    session.send_key(Key::Esc);
    session.wait_text("1b 5b 41 03 09 1b");

    let session = shell(&format!(r"printf '\033[?1h'; {RAW} dd bs=1 count=7 2>/dev/null | {HEX}"));
    session.wait_text("ready");
    session.send_key(Key::Left);
    session.send_key(Key::PageDown);
    session.wait_text("1b 4f 44 1b 5b 36 7e");
}

#[test]
fn a_query_is_answered_to_the_program() {
    let session = shell(&format!(r"{RAW} printf 'ab\033[6n'; dd bs=1 count=6 2>/dev/null | {HEX}"));
    // Row 2, column 3.
    session.wait_text("1b 5b 32 3b 33 52");
}

#[test]
fn a_new_size_reaches_the_program() {
    let session = shell("trap 'stty size' WINCH; stty size; while :; do read line; done");
    session.wait_text("6 40");
    session.resize(3, 20);
    session.wait_text("3 20");
    assert_eq!(session.screen().size(), (3.try_into().unwrap(), 20.try_into().unwrap()));
    session.resize(1, 1);
}

#[test]
fn a_signal_reaches_the_program() {
    let session = shell("trap 'exit 7' TERM; echo ready; while :; do read line; done");
    session.wait_text("ready");
    session.kill("TERM");
    assert_eq!(session.wait_exit(), Exit::Code(7));
}

#[test]
fn a_failed_wait_shows_the_screen() {
    let session = shell("echo some words; exit 2");
    let failure = catch_unwind(AssertUnwindSafe(|| session.wait_text("other words"))).unwrap_err();
    let message = failure.downcast_ref::<String>().unwrap();
    assert!(message.contains("the text \"other words\""), "{message}");
    assert!(message.contains("|some words\n"), "{message}");
    assert!(message.contains("Code(2)"), "{message}");
}

#[test]
fn a_dropped_session_leaves_no_program_even_a_stubborn_one() {
    let session = shell("trap '' HUP TERM INT; echo ready; while :; do read line; done");
    session.wait_text("ready");
    let process = session.process_id().to_string();
    session.kill("STOP");
    drop(session);
    let alive = Session::builder("/bin/sh").args(["-c", "kill -s CONT \"$0\"", &process]).spawn();
    assert_ne!(alive.wait_exit(), Exit::Code(0));
}
