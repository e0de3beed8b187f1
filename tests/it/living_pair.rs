//! The real program in a pseudo-terminal that shows the drift between two trees, with writers beside it.
#![cfg(unix)]

use std::path::PathBuf;

use file_mst::MerkleSearchTree;
use mst_test_support::terminal::{Exit, Key, Session};

/// Two files with a writer each.
struct Stocks {
    dir: tempfile::TempDir,
    trees: [MerkleSearchTree<String, u64>; 2],
}

const NAMES: [&str; 2] = ["shop.mst", "depot.mst"];

impl Stocks {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let trees = NAMES.map(|name| MerkleSearchTree::open(dir.path().join(name)).unwrap());
        let mut stocks = Self { dir, trees };
        for side in 0..2 {
            stocks.commit(side, (0..60).map(|number| (number, number)));
        }
        stocks
    }

    fn path(&self, side: usize) -> PathBuf {
        self.dir.path().join(NAMES[side])
    }

    fn commit(&mut self, side: usize, items: impl IntoIterator<Item = (u64, u64)>) {
        let items = items.into_iter().map(|(number, amount)| (format!("item-{number:03}"), amount));
        self.trees[side].insert_many(items).unwrap();
        self.trees[side].commit("").unwrap();
    }

    fn start(&self, args: &[&str]) -> Session {
        let [left, right] = [0, 1].map(|side| self.path(side).to_str().unwrap().to_owned());
        let args = [&[left.as_str(), right.as_str()], args].concat();
        Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args(args).size(24, 130).spawn()
    }
}

fn leave(session: &Session) {
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
}

#[test]
fn two_followed_trees_keep_their_drift_current() {
    let mut stocks = Stocks::new();
    let session = stocks.start(&["--follow"]);
    session.wait_text("SAME, ");
    session.wait_text("FOLLOWING left #1, right #1 (F stops)");
    // Either side moves on by itself.
    stocks.commit(1, [(10, 7), (20, 7), (30, 7)]);
    session.wait_text("FOLLOWING left #1, right #2");
    session.wait_text("~ 3 changed");
    session.send("]");
    session.wait_text("2 of 3");
    session.wait_text("changed · item-020");
    stocks.commit(0, [(5, 7), (15, 7)]);
    session.wait_text("FOLLOWING left #2, right #2");
    session.wait_text("~ 5 changed");
    // The cursor stays on its key, though two differences now stand before it.
    session.wait_text("4 of 5");
    session.wait_text("changed · item-020");
    // Many commits in a row end at the last one, and what is healed is gone.
    for number in [5, 10, 15, 30] {
        stocks.commit(0, [(number, 7)]);
        stocks.commit(1, [(number, 7)]);
    }
    session.wait_text("FOLLOWING left #6, right #6");
    session.wait_text("1 of 1");
    stocks.commit(0, [(20, 7)]);
    session.wait_text("SAME, ");
    // Followed no more, commits are told, and one key compares the newest ones.
    session.send("F");
    session.wait_no_text("FOLLOWING");
    stocks.commit(0, [(40, 7)]);
    session.wait_text("left: #8 appended: R compares it");
    session.wait_text("SAME, ");
    session.send("R");
    session.wait_text("now left #8, right #6");
    session.wait_text("changed · item-040");
    session.wait_no_text("appended");
    leave(&session);
}

#[test]
fn an_open_page_does_not_change_below_its_reader() {
    let mut stocks = Stocks::new();
    stocks.commit(1, [(20, 7)]);
    let session = stocks.start(&["--follow"]);
    session.wait_text("FOLLOWING left #1, right #2");
    session.send_key(Key::Enter);
    session.wait_text("Esc close");
    stocks.commit(1, [(20, 8), (21, 8)]);
    session.wait_text("right #3 compared, shown once this is closed");
    session.wait_text("20 → 7");
    session.send_key(Key::Esc);
    session.wait_text("FOLLOWING left #1, right #3");
    session.wait_text("20 → 8");
    session.wait_text("~ 2 changed");
    leave(&session);
}

#[test]
fn the_view_stays_as_it_was_chosen() {
    let mut stocks = Stocks::new();
    stocks.commit(1, [(20, 7), (21, 7), (90, 7)]);
    let session = stocks.start(&["--follow"]);
    session.wait_text("FOLLOWING left #1, right #2");
    session.send("&changed");
    session.send_key(Key::Enter);
    session.wait_text("& changed: 2 of 3");
    session.send("ma");
    session.wait_text("marked as a");
    stocks.commit(1, [(3, 7), (91, 7)]);
    session.wait_text("& changed: 3 of 5");
    session.send("gg'a");
    session.wait_text("changed · item-020");
    // A side that was chosen as an older commit stays, and so does the left one of two trees of one file.
    leave(&session);
    let [left, right] = [0, 1].map(|side| stocks.path(side).to_str().unwrap().to_owned());
    let (older, left) = (format!("{right}#1"), left.as_str());
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui"))
        .args([older.as_str(), &right, "--follow"])
        .size(24, 130)
        .spawn();
    session.wait_text("FOLLOWING right #3");
    stocks.commit(1, [(92, 7)]);
    session.wait_text("FOLLOWING right #4");
    session.wait_text("+ 3 only right");
    leave(&session);
    let session =
        Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([older.as_str(), left, "--follow"]).size(24, 130).spawn();
    session.wait_text("FOLLOWING right #1");
    leave(&session);
}

#[test]
fn a_file_that_goes_away_is_told_and_the_drift_stays() {
    let mut stocks = Stocks::new();
    stocks.commit(1, [(20, 7)]);
    let session = stocks.start(&[]);
    session.wait_text("20 → 7");
    std::fs::rename(stocks.path(1), stocks.path(1).with_extension("away")).unwrap();
    session.wait_text("right: REMOVED: what is shown is read from the open file");
    session.wait_text("20 → 7");
    std::fs::rename(stocks.path(1).with_extension("away"), stocks.path(1)).unwrap();
    session.wait_no_text("REMOVED");
    leave(&session);
}
