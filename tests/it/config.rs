//! The file of settings: the command that explains it, and what it does to the screen.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::program::{Ran, finish, good, program};

fn file(text: &str) -> (TempDir, String) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("config.toml");
    fs::write(&path, text).expect("a file");
    let path = path.to_str().expect("a path of text").to_owned();
    (dir, path)
}

#[test]
fn the_default_file_is_right() {
    let (_dir, path) = file(&good(&["config", "--default"]));
    assert_eq!(good(&["config", "--check", "--config", &path]), format!("{path}: no problems\n"));
}

#[test]
fn the_file_has_a_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let at = |path: &Path| {
        let mut command = program();
        command.args(["config", "--path"]).env_remove("MST_TUI_CONFIG").env("XDG_CONFIG_HOME", path);
        finish(&mut command).out
    };
    let expected = dir.path().join("mst-tui").join("config.toml");
    assert_eq!(at(dir.path()), format!("{}\n", expected.display()));
    let mut named = program();
    named.args(["config", "--path"]).env("MST_TUI_CONFIG", "/named.toml").env("XDG_CONFIG_HOME", dir.path());
    assert_eq!(finish(&mut named).out, "/named.toml\n");
    // No file is no problem, unless it is named.
    let mut check = program();
    check.args(["config", "--check"]).env_remove("MST_TUI_CONFIG").env("XDG_CONFIG_HOME", dir.path());
    let Ran { code, out, .. } = finish(&mut check);
    assert_eq!((code, out), (0, format!("{} does not exist, so the defaults apply\n", expected.display())));
    let missing = finish(program().args(["config", "--check", "--config", "/nowhere/config.toml"]));
    assert!(missing.code == 2 && missing.err.contains("/nowhere/config.toml: cannot read it"), "{}", missing.err);
}

#[test]
fn problems_are_named_with_line_and_column() {
    let (_dir, path) = file("theme = \"dork\"\n\n[keys]\nhelp = \"j\"\n");
    let Ran { code, out, err } = finish(program().args(["config", "--check", "--config", &path]));
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        format!(
            "mst-tui: {path}:1:9: no theme is called \"dork\"; there are auto, dark, light, mono, high-contrast, \
             colour-blind\n\
             mst-tui: {path}:4:8: help has the key j, but so has down; give one of them another key\n"
        )
    );
}

#[cfg(unix)]
mod screen {
    use mst_test_support::terminal::{Color, Exit, Session};

    use super::file;

    const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");

    fn start(config: &str) -> Session {
        let builder = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([LEDGER]).size(24, 140);
        builder.env("MST_TUI_CONFIG", config).spawn()
    }

    fn quit(session: &Session) {
        session.send("q");
        assert_eq!(session.wait_exit(), Exit::Code(0));
    }

    #[test]
    fn the_screen_is_as_the_settings_say() {
        let (_dir, path) = file(
            "theme = \"light\"\nascii = \"always\"\nmouse = false\n[keys]\ndown = [\"i\", \"Down\"]\nup = \"u x\"\n",
        );
        let session = start(&path);
        session.wait_text("INV-2026000");
        assert!(session.screen_text().is_ascii(), "{}", session.screen_text());
        let screen = session.screen();
        let is_light = |row, col| screen.cell(row, col).is_some_and(|cell| cell.fgcolor() == Color::Idx(6));
        assert!((0..24).any(|row| (0..140).any(|col| is_light(row, col))), "the accent of the light theme");
        assert!(!String::from_utf8_lossy(&session.raw_output()).contains("\x1b[?1000h"), "the mouse is not taken");
        session.send("iii");
        session.wait_text("line 4 of");
        session.send("ux");
        session.wait_text("line 3 of");
        session.send("j");
        session.wait_text("j means nothing here");
        session.send("?/one line down\r");
        session.wait_text("one line down");
        assert!(session.screen_text().contains("i, Down"), "{}", session.screen_text());
        session.send("q");
        quit(&session);
    }

    #[test]
    fn columns_begin_as_the_settings_say() {
        let (_dir, path) = file("[columns]\nhide = [\"currency\"]\n[columns.width]\ncustomer = 20\n");
        let session = start(&path);
        session.wait_text("INV-2026000");
        session.send("T");
        session.wait_text("│ INV-2026000  C254");
        let text = session.screen_text();
        let head = text.lines().find(|line| line.starts_with("│ key")).unwrap_or_default();
        assert!(!head.contains("currency"), "{text}");
        let between = head.find("amount_cents").zip(head.find("customer")).map(|(amount, customer)| amount - customer);
        assert_eq!(between, Some(22), "20 columns and a gap: {text}");
        quit(&session);
    }

    #[test]
    fn the_tour_is_under_the_settings_too() {
        let (_dir, path) = file("theme = \"light\"\n[keys]\nenter = \"Ctrl-o\"\n");
        let builder = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args(["tour"]).size(24, 100);
        let session = builder.env("MST_TUI_CONFIG", path).spawn();
        session.wait_text("Tour 1 of 7");
        session.wait_text("Press Ctrl-o to");
        let screen = session.screen();
        let has = |color| {
            (0..24).any(|row| (0..100).any(|col| screen.cell(row, col).is_some_and(|cell| cell.fgcolor() == color)))
        };
        assert!(has(Color::Idx(6)) && !has(Color::Idx(14)), "the accent of the light theme");
        session.send("q");
        assert_eq!(session.wait_exit(), Exit::Code(0));
    }

    #[test]
    fn the_hints_of_the_first_run_are_shown_once() {
        let state = tempfile::tempdir().expect("a folder");
        let start = |state: &std::path::Path| {
            let builder = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([LEDGER]).size(24, 100);
            let session = builder.env_remove("MST_TUI_HINTS").env("XDG_STATE_HOME", state).spawn();
            session.wait_text("INV-2026000");
            session
        };
        let session = start(state.path());
        session.wait_text("this is one tree");
        session.send("j");
        session.wait_text("Enter opens what is under the cursor");
        session.send("j");
        session.wait_text(": takes a command");
        session.send("j");
        session.wait_text("? help  q quit");
        quit(&session);
        let session = start(state.path());
        session.wait_text("? help  q quit");
        assert!(!session.screen_text().contains("this is one tree"), "{}", session.screen_text());
        quit(&session);
    }

    #[test]
    fn wrong_settings_are_said_and_ignored() {
        let (_dir, path) = file("mouse = false\ntheme = \"solarized\"\n");
        let session = start(&path);
        session.wait_text("settings ignored, config.toml:2:9: no theme is called \"solarized\"");
        session.send("j");
        session.wait_no_text("settings ignored");
        assert!(String::from_utf8_lossy(&session.raw_output()).contains("\x1b[?1000h"), "all settings are the default");
        quit(&session);
    }
}
