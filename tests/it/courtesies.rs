//! What makes the commands pleasant on a terminal: colours, a pager, completions, manual pages, the version.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use mst_test_support::terminal::{Exit, Session};

use crate::program::{Scratch, finish, good, json_lines, program, refused, run, run_with};

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");
const BILLING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/billing.mst");

/// The text without the colours that the program writes.
fn without_colours(text: &str) -> String {
    let colours = ["0", "2", "31", "32", "33", "34", "35", "36"];
    colours.iter().fold(text.to_owned(), |text, code| text.replace(&format!("\x1b[{code}m"), ""))
}

#[test]
fn colours_stand_around_the_same_text() {
    let plain = run(&["diff", LEDGER, BILLING]);
    assert!(!plain.out.contains('\x1b'), "no colours in a pipe");
    let coloured = run(&["diff", LEDGER, BILLING, "--color", "always"]);
    assert!(coloured.out.starts_with("\x1b[33mdrifted\x1b[0m\n"), "{}", coloured.out);
    assert!(coloured.out.contains("\x1b[32m+ INV-2025977\x1b[0m  "), "{}", coloured.out);
    assert!(coloured.out.contains("status: \x1b[34mOpen\x1b[0m\x1b[2m → \x1b[0m\x1b[32mPaid\x1b[0m\n"));
    assert_eq!((without_colours(&coloured.out), coloured.code), (plain.out, plain.code));

    let by_variable = |name, value| finish(program().args(["diff", LEDGER, BILLING]).env(name, value)).out;
    assert!(by_variable("CLICOLOR_FORCE", "1").contains("\x1b[33mdrifted"));
    assert!(!by_variable("CLICOLOR_FORCE", "0").contains('\x1b'));
    let json = run(&["diff", LEDGER, BILLING, "--json", "--color", "always"]);
    assert!(!json.out.contains('\x1b') && json_lines(&json.out).len() == 8, "JSON has no colours");
    let broken = run(&["verify", LEDGER, "--color", "always"]);
    assert!(broken.out.starts_with("\x1b[32mvalid"), "{}", broken.out);
}

#[test]
fn records_and_versions_have_colours() {
    for (args, words) in [
        (
            &["ls", LEDGER, "--limit", "3"][..],
            &["\x1b[36mINV-2026000\x1b[0m  {\x1b[2mcustomer:\x1b[0m \x1b[32m\"C254\"\x1b[0m, "][..],
        ),
        (&["get", LEDGER, "INV-2026000"], &["{\x1b[2mcustomer:\x1b[0m \x1b[32m\"C254\"\x1b[0m, "]),
        (
            &["log", LEDGER],
            &["\x1b[33m#2\x1b[0m  ", "\x1b[32m+120\x1b[0m \x1b[2m−0\x1b[0m", "\x1b[2m4c5eacfd @22,527\x1b[0m\n"],
        ),
    ] {
        let plain = run(args);
        let coloured = run(&[args, &["--color", "always"]].concat());
        assert!(!plain.out.contains('\x1b') && without_colours(&coloured.out) == plain.out, "{}", plain.out);
        for word in words {
            assert!(coloured.out.contains(word), "{args:?}: no {word:?} in {:?}", coloured.out);
        }
        let json = run(&[args, &["--color", "always", "--json"]].concat());
        assert!(!json.out.contains('\x1b'), "JSON has no colours");
    }
}

#[test]
fn a_colour_is_never_inside_a_foreign_text() {
    let scratch = Scratch::new();
    let [left, right] = ["left", "right"].map(|name| scratch.path(name));
    good(&["put", &left, "key\u{1b}[31m", "old\u{1b}[31m"]);
    good(&["put", &right, "key\u{1b}[31m", "new\u{202e}\u{1b}]0;owned\u{7}"]);
    let diff = run(&["diff", &left, &right, "--color", "always"]);
    let rest = without_colours(&diff.out);
    assert!(!rest.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{rest:?}");
    assert!(rest.contains("old\\u{1b}[31m"), "{rest:?}");
}

#[test]
fn options_of_all_commands_may_stand_before_the_command() {
    let ran = run(&["--no-pager", "--color", "always", "diff", LEDGER, BILLING]);
    assert!(ran.code == 1 && ran.out.starts_with("\x1b[33m"), "{}", ran.err);
    refused(&["--color", "pink", "diff", LEDGER, BILLING], &["pink", "auto"]);
}

/// Runs a command line on a terminal of 12 lines, with this pager.
fn paged(pager: &str, args: &[&str]) -> Session {
    Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args(args).env("MST_TUI_PAGER", pager).size(12, 80).spawn()
}

#[test]
fn long_output_goes_to_the_pager() {
    let session = paged("sed 's/^/paged: /'", &["ls", LEDGER, "--limit", "30", "--fields", "status"]);
    assert_eq!(session.wait_exit(), Exit::Code(0));
    let shown = without_colours(&String::from_utf8_lossy(&session.raw_output()));
    assert_eq!(shown.matches("paged: INV-").count(), 30, "{shown}");

    for (args, why) in [
        (&["ls", LEDGER, "--limit", "5", "--fields", "status"][..], "it fits on the screen"),
        (&["ls", LEDGER, "--limit", "30", "--no-pager"], "no pager is wanted"),
    ] {
        let session = paged("sed 's/^/paged: /'", args);
        assert_eq!(session.wait_exit(), Exit::Code(0));
        let shown = String::from_utf8_lossy(&session.raw_output()).into_owned();
        assert!(shown.contains("INV-2026000") && !shown.contains("paged"), "{why}: {shown}");
    }
    // A pager that does not exist is no reason to show nothing.
    let session = paged("no-such-pager -x", &["ls", LEDGER, "--limit", "30"]);
    assert_eq!(session.wait_exit(), Exit::Code(0));
    assert!(String::from_utf8_lossy(&session.raw_output()).contains("INV-2026029"));
}

#[test]
fn a_pager_that_is_left_keeps_the_exit_code() {
    // Far more than a pipe holds, so that the program notices.
    let scratch = Scratch::new();
    let [left, right] = [("left", 0), ("right", 1)].map(|(name, seed)| {
        let line = |key: u32| format!("{{\"key\": \"key-{key:06}\", \"value\": \"{}\"}}\n", "x".repeat(40 + seed));
        let lines = scratch.file("lines", (0..5000).map(line).collect::<String>().as_bytes());
        let tree = scratch.path(name);
        good(&["put", &tree, "--from", &lines]);
        tree
    });
    let session = paged("head -n 3", &["diff", &left, &right]);
    assert_eq!(session.wait_exit(), Exit::Code(1), "the verdict stays: {}", session.screen_text());
    let session = paged("head -n 3", &["verify", &left]);
    assert_eq!(session.wait_exit(), Exit::Code(0));
    let session = paged("head -n 3", &["ls", &left]);
    assert_eq!(session.wait_exit(), Exit::Code(0), "{}", session.screen_text());
}

#[test]
fn completions_are_scripts_of_their_shells() {
    let scratch = Scratch::new();
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef mst-tui"),
        ("fish", "complete -c mst-tui"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let script = good(&["completions", shell]);
        assert!(script.contains(word) && script.contains("check-proof"), "{shell}");
        let path = scratch.file(shell, script.as_bytes());
        // The shells that are there read it without complaint.
        if let Ok(read) = Command::new(shell).args(["-n", &path]).output() {
            assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr));
        }
    }
    refused(&["completions", "tcsh"], &["tcsh", "elvish"]);
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let scratch = Scratch::new();
    let folder = scratch.path("man1");
    let said = good(&["man", "-o", &folder]);
    let pages = fs::read_dir(&folder).unwrap().count();
    assert!(pages > 25 && said.starts_with(&format!("{pages} pages written to ")), "{said}");
    // Again: the pages are replaced.
    good(&["man", "-o", &folder]);
    let page = fs::read_to_string(format!("{folder}/mst-tui-contract-draft.1")).unwrap();
    assert_eq!(page, good(&["man", "contract", "draft"]));
    assert!(page.contains(".TH mst-tui-contract-draft 1"), "{page}");
    refused(&["man", "dif"], &["no command \"dif\""]);
}

#[test]
fn the_version_begins_with_the_number() {
    let version = good(&["--version"]);
    assert!(version.starts_with(concat!("mst-tui ", env!("CARGO_PKG_VERSION"))), "{version}");
    // A release names its commit. A debug build does not, so that it is not built again with every commit.
    let words = version.trim_end().strip_prefix(concat!("mst-tui ", env!("CARGO_PKG_VERSION"))).unwrap();
    assert!(words.is_empty() || words.starts_with(" (") && words.ends_with(')'), "{version}");
}

#[test]
fn rows_come_through_a_pipe_and_trees_do_not() {
    let scratch = Scratch::new();
    let rows = "id,state\n1,new\n2,paid\n3,new\n";
    let tree = scratch.path("rows.mst");
    let built = run_with(&["build", "csv:-", "--key", "id", "-o", &tree], rows);
    assert_eq!(built.code, 0, "{}", built.err);
    assert_eq!(good(&["ls", &tree, "--fields", "state"]).lines().count(), 3);
    let other =
        scratch.file("rows.ndjson", b"{\"id\": \"1\", \"state\": \"new\"}\n{\"id\": \"2\", \"state\": \"open\"}\n");
    let compared = run_with(&["compare", "csv:-", &other, "--key", "id"], rows);
    assert!(
        compared.code == 1 && compared.out.contains("1 only left, 0 only right, 1 changed"),
        "{}{}",
        compared.out,
        compared.err
    );

    refused(&["build", "-", "--key", "id", "-o", &tree], &["name the format", "ndjson:-"]);
    for command in ["stat", "ls", "verify"] {
        refused(&[command, "-"], &["a tree cannot be read from a pipe"]);
    }
    refused(&["diff", "-", &tree], &["a tree cannot be read from a pipe"]);
    refused(&["compare", "csv:-", &other, "--key", "id", "--keep", &scratch.path("kept")], &["save it to a file"]);
    refused(&["compare", "csv:-", "ndjson:-", "--key", "id"], &["standard input is read as csv:- already"]);
}
