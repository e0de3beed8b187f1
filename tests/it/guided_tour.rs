//! `tour`: its sample, and the bar that leads through the screens.
#![cfg(unix)]

use mst_test_support::terminal::{Exit, Key, Session};

use crate::program::{Scratch, good, refused, run};

#[test]
fn the_tour_can_be_walked_to_its_end() {
    for (rows, cols) in [(24, 80), (50, 160)] {
        let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args(["tour"]).size(rows, cols).spawn();
        session.wait_text("Tour 1 of 7");
        session.wait_text("to compare them");
        session.wait_text("Enter compares");
        session.send_key(Key::Enter);
        session.wait_text("Tour 2 of 7");
        session.wait_text("DRIFTED");
        session.send("]");
        session.wait_text("Tour 3 of 7");
        session.send_key(Key::Enter);
        session.wait_text("Tour 4 of 7");
        session.send("qs");
        session.wait_text("Tour 5 of 7");
        session.send("qol");
        session.wait_text("Tour 6 of 7");
        session.send("oh");
        session.wait_text("Tour 7 of 7");
        session.wait_text("yesterday");
        session.wait_text("today");
        session.send_key(Key::Ctrl('c'));
        assert_eq!(session.wait_exit(), Exit::Code(0));
        let output = String::from_utf8_lossy(&session.raw_output()).into_owned();
        assert!(output.contains("tour -o DIR keeps one"), "{output}");
    }
}

#[test]
fn the_tour_can_be_left_at_once_and_leaves_small_windows_alone() {
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args(["tour"]).size(10, 40).spawn();
    session.wait_text("1/7 Press Enter");
    session.resize(5, 20);
    session.wait_no_text("1/7");
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
}

#[test]
fn without_a_terminal_it_is_told() {
    let told = good(&["tour"]);
    for step in
        ["1. Two tables have the same orders", "Press ] to go", "Press oh to see its history", "mst-tui tour -o"]
    {
        assert!(told.contains(step), "no {step:?} in {told}");
    }
    let scratch = Scratch::new();
    let folder = scratch.path("tour");
    let told = good(&["tour", "-o", &folder]);
    let [left, right, tree] = ["orders.csv", "billing.csv", "orders.mst"].map(|name| format!("{folder}/{name}"));
    assert!(told.contains(&format!("mst-tui compare {left} {right}\n")), "{told}");
    let compared = run(&["compare", &left, &right]);
    assert!(compared.code == 1 && compared.out.contains("1 only left, 1 only right, 6 changed, 232 equal"));
    assert!(good(&["log", &tree]).contains("yesterday"));
    refused(&["tour", "-o", &folder], &["cannot write", "orders.csv"]);
}
