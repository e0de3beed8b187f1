//! The help: its first page, its search, and the hints in the last line.

use insta::assert_snapshot;

use super::*;
use crate::runtime::event::Event;

fn tree(width: u16, height: u16) -> Offscreen {
    browse("config.mst", &open_upstream(CONFIG), Theme::Dark, width, height)
}

fn drift(width: u16, height: u16) -> Offscreen {
    let pair = pair(["orders-a.mst", "orders-b.mst"], open_upstream(ORDERS), open_upstream(ORDERS_B));
    opened_trees(pair, Theme::Dark, width, height)
}

fn last_line(screen: &Offscreen) -> String {
    screen.text().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn the_first_page_says_what_is_shown() {
    for (name, mut screen) in [("tree", tree(80, 24)), ("narrow", tree(50, 24)), ("drift", drift(80, 24))] {
        press(&mut screen, "?");
        assert_snapshot!(format!("first_page_{name}"), screen.text());
    }
}

#[test]
fn the_picture_is_there_where_it_fits() {
    let mut screen = tree(80, 24);
    press(&mut screen, "?");
    assert!(screen.text().contains("[ D  H ]"), "{}", screen.text());
    screen.resize(76, 24);
    assert!(!screen.text().contains("[ D  H ]") && screen.text().contains("Merkle"), "{}", screen.text());
    screen.resize(100, 24);
    assert!(screen.text().contains("[ D  H ]"), "{}", screen.text());
}

#[test]
fn the_help_can_be_searched() {
    for mut screen in [tree(80, 24), drift(80, 24)] {
        press(&mut screen, "?/hash of<Enter>");
        assert!(screen.text().contains("Help: line 1 of "), "{}", screen.text());
        press(&mut screen, "n");
        assert!(screen.text().contains("Help: line 2 of "), "{}", screen.text());
        press(&mut screen, "NN");
        let title =
            screen.text().lines().find_map(|line| line.split_once("Help: line ").map(|(_, rest)| rest.to_owned()));
        let mut numbers = title.as_deref().unwrap_or_default().split_whitespace();
        assert_eq!(numbers.next(), numbers.nth(1), "the last one comes before the first: {}", screen.text());
        press(&mut screen, "/HASH OF<Enter>");
        assert!(screen.text().contains("Help: no line has HASH OF"), "{}", screen.text());
        // The search of the screen is another one.
        press(&mut screen, "q");
        assert!(!screen.text().contains("HASH OF"), "{}", screen.text());
    }
    let mut screen = tree(80, 24);
    press(&mut screen, "?/copy the<Enter>n");
    insta::assert_debug_snapshot!("help_searched", screen.buffer());
}

#[test]
fn useful_keys_are_in_the_last_line() {
    assert_snapshot!("hints_tree", last_line(&tree(80, 24)));
    assert_snapshot!("hints_drift", last_line(&drift(80, 24)));
    assert_snapshot!("hints_drift_wide", last_line(&drift(140, 40)));
}

#[test]
fn the_first_run_has_three_hints() {
    let mut screen = tree(80, 24);
    let usual = last_line(&screen);
    screen.stack.show_hints();
    assert!(last_line(&screen).contains("this is one tree"), "{}", screen.text());
    press(&mut screen, "j");
    assert!(last_line(&screen).contains("searches"), "{}", screen.text());
    // What a key has to say comes before the next hint.
    press(&mut screen, "`");
    assert!(last_line(&screen).contains("means nothing"), "{}", screen.text());
    press(&mut screen, "j");
    assert!(last_line(&screen).contains("takes a command"), "{}", screen.text());
    press(&mut screen, "j");
    assert_eq!(last_line(&screen), usual);
    screen.stack.take(Event::Key("j".to_owned()));
    assert_eq!(last_line(&screen), usual);
}
