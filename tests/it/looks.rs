//! The looks of the program on terminals of many kinds: backgrounds, colours, characters, wide clusters.
#![cfg(unix)]

use std::fs;
use std::time::Duration;

use mst_test_support::published::{Layout, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::terminal::{Builder, Cell, Color, Exit, Key, Screen, Session};
use tempfile::TempDir;

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");

const WHITE: Option<&str> = Some("ffff/ffff/ffff");

/// The accent of the theme for dark backgrounds, and of that for light ones.
const DARK_ACCENT: Color = Color::Idx(14);
const LIGHT_ACCENT: Color = Color::Idx(6);

fn ledger() -> Builder {
    Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([LEDGER]).size(24, 100)
}

fn cells(screen: &Screen) -> Vec<Cell> {
    let (rows, cols) = screen.size();
    let places = (0..rows.get()).flat_map(|row| (0..cols.get()).map(move |col| (row, col)));
    places.filter_map(|(row, col)| screen.cell(row, col).cloned()).collect()
}

fn colors(screen: &Screen) -> Vec<Color> {
    cells(screen).iter().map(Cell::fgcolor).filter(|color| *color != Color::Default).collect()
}

fn has(screen: &Screen, color: Color) -> bool {
    colors(screen).contains(&color)
}

fn asked(session: &Session) -> bool {
    String::from_utf8_lossy(&session.raw_output()).contains("]11;?")
}

fn quit(session: &Session) {
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
}

#[test]
fn the_theme_follows_the_background() {
    for (background, expected, other) in
        [(WHITE, LIGHT_ACCENT, DARK_ACCENT), (Some("1e1e/1e1e/1e1e"), DARK_ACCENT, LIGHT_ACCENT)]
    {
        let session = ledger().background(background).spawn();
        session.wait_text("INV-2026000");
        session.wait_until(|screen| has(screen, expected) && !has(screen, other), "the theme for the background");
        // The answer is no key.
        assert!(!session.screen_text().contains("means nothing"), "{}", session.screen_text());
        quit(&session);
    }
}

#[test]
fn a_terminal_that_never_answers_is_taken_for_dark_or_as_the_environment_says() {
    let session = ledger().background(None).spawn();
    session.wait_text("INV-2026000");
    assert!(asked(&session) && has(&session.screen(), DARK_ACCENT));
    quit(&session);

    let session = ledger().background(None).env("COLORFGBG", "0;15").spawn();
    session.wait_text("INV-2026000");
    assert!(has(&session.screen(), LIGHT_ACCENT));
    quit(&session);

    // The terminal knows better than the environment, which may be that of another one.
    let session = ledger().background(Some("0000/0000/0000")).env("COLORFGBG", "0;15").spawn();
    session.wait_text("INV-2026000");
    session.wait_until(|screen| has(screen, DARK_ACCENT), "the dark theme");
    quit(&session);
}

#[test]
fn a_late_answer_is_swallowed_and_no_key_is_lost() {
    let session = ledger().background(None).spawn();
    session.wait_text("INV-2026000");
    std::thread::sleep(Duration::from_millis(150));
    // Between two keys, all in one piece; then torn as by a slow line.
    session.send("j\x1b]11;rgb:ffff/ffff/ffff\x1b\\j");
    session.wait_text("line 3 of");
    session.send("\x1b");
    session.send("]11;rgb:ffff/ffff/ffff\x07j");
    session.wait_text("line 4 of");
    let screen = session.screen();
    assert!(!screen.contents().contains("means nothing"), "{}", screen.contents());
    assert!(has(&screen, DARK_ACCENT) && !has(&screen, LIGHT_ACCENT), "a late answer changes nothing");
    quit(&session);
}

#[test]
fn keys_that_are_typed_before_the_first_frame_count() {
    let session = ledger().background(None).spawn();
    // The question is the first that the program says after it has taken the terminal over.
    while !asked(&session) {
        std::thread::sleep(Duration::from_millis(1));
    }
    session.send(":hel");
    session.wait_text(":hel");
    session.send("p");
    session.send_key(Key::Enter);
    session.wait_text("What am I looking at");
    session.send("q");
    quit(&session);
}

/// What the jobs reply while the first frame waits for the answer is drawn without a key.
#[test]
fn replies_before_the_first_frame_are_drawn() {
    const BILLING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/billing.mst");
    for background in [None, WHITE] {
        let session = ledger().args([BILLING]).background(background).spawn();
        session.wait_text("DRIFTED");
        session.wait_text("all compared");
        quit(&session);
    }
}

#[test]
fn nothing_is_asked_where_nobody_can_answer() {
    for (variables, args) in [
        (&[("NO_COLOR", "1")][..], &[][..]),
        (&[("TERM", "linux")], &[]),
        (&[("TERM", "vt220")], &[]),
        (&[], &["--theme", "light"]),
    ] {
        let mut builder = ledger().args(args.iter());
        for (name, value) in variables {
            builder = builder.env(name, value);
        }
        let session = builder.spawn();
        session.wait_text("INV-2026000");
        quit(&session);
        assert!(!asked(&session), "{variables:?} {args:?}");
    }
    // Keys come from the terminal, but standard input is a pipe.
    let command = format!("echo | {} {LEDGER}", env!("CARGO_BIN_EXE_mst-tui"));
    let session = Session::builder("/bin/sh").args(["-c", &command]).size(24, 100).spawn();
    session.wait_text("INV-2026000");
    quit(&session);
    assert!(!asked(&session));
    // Standard output is a pipe.
    let command = format!("{} {LEDGER} | cat", env!("CARGO_BIN_EXE_mst-tui"));
    let session = Session::builder("/bin/sh").args(["-c", &command]).size(50, 130).spawn();
    session.wait_exit();
    assert!(!session.raw_output().contains(&b'\x1b'));
}

#[test]
fn gnu_screen_passes_the_question_on() {
    let session = ledger().env("STY", "1.pts-0.host").env("TERM", "screen-256color").spawn();
    session.wait_text("INV-2026000");
    assert!(String::from_utf8_lossy(&session.raw_output()).contains("\x1bP\x1b]11;?\x07\x1b\\"));
    quit(&session);
}

#[test]
fn the_theme_changes_at_run_time() {
    let session = ledger().spawn();
    session.wait_text("INV-2026000");
    session.send(":theme light");
    session.send_key(Key::Enter);
    session.wait_text("the theme is light");
    session.wait_until(|screen| has(screen, LIGHT_ACCENT) && !has(screen, DARK_ACCENT), "the light theme");
    session.send(":theme high-contrast");
    session.send_key(Key::Enter);
    session.wait_until(|screen| cells(screen).iter().all(|cell| cell.bgcolor() != Color::Default), "a black ground");
    session.send(":theme nonsense");
    session.send_key(Key::Enter);
    session.wait_text("there are auto, dark, light, mono, high-contrast, colour-blind");
    quit(&session);
}

#[test]
fn colours_are_those_that_the_terminal_has() {
    for (term, color_term, fits) in [
        ("xterm", "", (|color| matches!(color, Color::Idx(..16))) as fn(&Color) -> bool),
        ("xterm-256color", "", |color| matches!(color, Color::Idx(8 | 16..))),
        ("xterm-256color", "truecolor", |color| matches!(color, Color::Idx(8) | Color::Rgb(..))),
    ] {
        let session = ledger().args(["--theme", "colour-blind"]).env("TERM", term).env("COLORTERM", color_term).spawn();
        session.wait_text("INV-2026000");
        let colors = colors(&session.screen());
        assert!(!colors.is_empty() && colors.iter().all(fits), "{term} {color_term}: {colors:?}");
        quit(&session);
    }
}

/// A tree with these keys.
fn tree_of(keys: impl IntoIterator<Item = String>) -> (TempDir, String) {
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort();
    let records: Vec<_> =
        (0..).zip(&keys).map(|(number, key)| Record::new(string_key(Layout::V0_2, key), u64_value(number))).collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("keys.mst");
    fs::write(&path, writer.into_bytes()).expect("a file");
    (dir, format!("{}@{}", path.display(), root.offset))
}

#[test]
fn a_plain_locale_gets_plain_characters() {
    let (_dir, tree) = tree_of((0..40).map(|number| format!("café-{number:02}")));
    let builder = || Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([&tree]).size(24, 100);
    for (name, value) in [("LANG", "C"), ("LC_ALL", "POSIX"), ("TERM", "linux")] {
        let session = builder().env(name, value).spawn();
        session.wait_text("caf?-00");
        assert!(session.screen_text().is_ascii(), "{name}={value}: {}", session.screen_text());
        session.send("?");
        session.wait_text("What am I looking at");
        assert!(session.screen_text().is_ascii(), "{}", session.screen_text());
        session.send("?");
        quit(&session);
    }
    let session = builder().args(["--ascii"]).spawn();
    session.wait_text("caf?-00");
    quit(&session);
    let session = builder().args(["--ascii=never"]).env("LANG", "C").spawn();
    session.wait_text("café-00");
    quit(&session);

    // What is printed, too: the opening view, and the output of a command on a terminal.
    let printed = crate::program::finish(crate::program::program().arg(&tree).env("LC_ALL", "C")).out;
    assert!(printed.contains("caf?-00") && printed.is_ascii(), "{printed}");
    let session =
        Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args(["ls", "--no-pager", &tree]).env("LANG", "C").spawn();
    session.wait_exit();
    assert!(session.screen_text().contains(r"caf\u{e9}-39") && session.screen_text().is_ascii());
    // A script gets the same bytes under every locale.
    let list = |locale| crate::program::finish(crate::program::program().args(["ls", &tree]).env("LC_ALL", locale)).out;
    assert_eq!(list("C"), list("C.UTF-8"));
}

/// Lines with clusters that terminals measure differently: the emulated one takes each character by itself. Scrolling
/// must leave what a fresh drawing shows.
#[test]
fn wide_clusters_leave_no_ghosts() {
    let clusters = ["🇩🇪", "👍🏽", "e\u{301}", "日本", "🫨", "각", "x", "नि"];
    let keys = (0..120).map(|number| format!("{number:03} {} end of key", clusters[number % 8].repeat(number % 5 + 1)));
    let (_dir, tree) = tree_of(keys);
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([&tree]).size(16, 70).spawn();
    session.wait_text("000 🇩🇪 end of key");
    for (keys, line) in [("jjjjjjjjj", 10), ("jjjjjjjjjjjjj", 23), ("kkkkk", 18), ("jjjjjjjjjjjjjjjj", 34)] {
        session.send(keys);
        session.wait_text(&format!("line {line} of"));
        let scrolled = session.screen();
        // A new size draws everything.
        session.resize(16, 71);
        session.wait_until(|screen| screen.contents().contains(&format!("line {line} of")), "the other size");
        session.resize(16, 70);
        session.wait_until(
            |screen| screen.rows(0, 70).eq(scrolled.rows(0, 70)),
            &format!("what scrolling left, drawn anew:\n{}\n", scrolled.contents()),
        );
    }
    quit(&session);
}
