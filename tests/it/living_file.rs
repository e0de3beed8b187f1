//! The real program in a pseudo-terminal, with a writer beside it that commits to the file that is shown.
#![cfg(unix)]

use std::path::PathBuf;

use file_mst::MerkleSearchTree;
use mst_test_support::terminal::{Exit, Key, Session};

/// A file with a writer.
struct Stock {
    dir: tempfile::TempDir,
    tree: MerkleSearchTree<String, u64>,
}

impl Stock {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tree = MerkleSearchTree::open(dir.path().join("stock.mst")).unwrap();
        let mut stock = Self { dir, tree };
        stock.commit(0..40);
        stock
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("stock.mst")
    }

    fn beside(&self) -> PathBuf {
        self.dir.path().join("beside.mst")
    }

    fn commit(&mut self, numbers: std::ops::Range<u64>) {
        self.tree.insert_many(numbers.map(|number| (format!("item-{number:03}"), number))).unwrap();
        self.tree.commit("").unwrap();
    }

    fn start(&self, args: &[&str]) -> Session {
        let path = self.path();
        let args = [&[path.to_str().unwrap()], args].concat();
        let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args(args).size(24, 130).spawn();
        session.wait_text("item-000");
        session
    }
}

fn leave(session: &Session) {
    session.send("q");
    assert_eq!(session.wait_exit(), Exit::Code(0));
}

#[test]
fn a_commit_is_told_and_one_key_leads_there() {
    let mut stock = Stock::new();
    let session = stock.start(&[]);
    session.send(":key item-030");
    session.send_key(Key::Enter);
    session.wait_text("▸ item-030");
    session.send("R");
    session.wait_text("#1 is the newest");
    stock.commit(40..60);
    session.wait_text("#2 appended: R shows it");
    session.wait_text("40 records");
    session.send("R");
    session.wait_text("60 records");
    session.wait_text("now at #2");
    session.wait_text("▸ item-030");
    session.wait_no_text("appended");
    // The history lists commits as they come.
    session.send("oh");
    session.wait_text("History · 2 commits");
    stock.commit(60..61);
    session.wait_text("History · 3 commits");
    session.send_key(Key::Esc);
    // A key that comes together with Esc would be one with Alt.
    session.wait_no_text("History");
    session.wait_text("#3 appended");
    leave(&session);
}

#[test]
fn a_followed_file_shows_each_commit_and_the_drift_since() {
    let mut stock = Stock::new();
    let session = stock.start(&["--follow"]);
    session.wait_text("FOLLOWING since #1: +0 −0 ~0");
    stock.commit(40..60);
    session.wait_text("FOLLOWING since #1: +20 −0 ~0, d shows them");
    session.wait_text("60 records");
    // Many commits in a row end at the last one.
    for number in 60..80 {
        stock.commit(number..number + 1);
    }
    session.wait_text("FOLLOWING since #1: +40 −0 ~0, d shows them");
    session.wait_text("80 records");
    session.send("d");
    session.wait_text("+ 40 only right");
    session.send("q");
    session.wait_text("FOLLOWING since #1");
    session.send("F");
    session.wait_no_text("FOLLOWING");
    stock.commit(80..81);
    session.wait_text("#23 appended: R shows it");
    leave(&session);
}

/// The file is written at while it is shown, torn tails and all; nothing of that is damage.
#[test]
fn a_commit_that_is_being_written_is_no_damage() {
    let mut stock = Stock::new();
    let session = stock.start(&["--follow"]);
    session.wait_text("FOLLOWING since #1");
    let written: Vec<_> = (0..12)
        .map(|round| {
            stock.commit(100 + round..101 + round);
            std::fs::read(stock.path()).unwrap()
        })
        .collect();
    session.wait_text("+12 −0 ~0");
    // A writer elsewhere appends piece by piece, slower than the screen looks: the hint comes last.
    let mut other = Stock::new();
    other.commit(900..901);
    let session = other.start(&["--follow"]);
    session.wait_text("FOLLOWING since #2");
    let before = std::fs::read(other.path()).unwrap();
    other.commit(901..960);
    let after = std::fs::read(other.path()).unwrap();
    std::fs::write(stock.beside(), &before).unwrap();
    let slow = Session::builder(env!("CARGO_BIN_EXE_mst-tui"))
        .args([stock.beside().to_str().unwrap(), "--follow"])
        .size(24, 130)
        .spawn();
    slow.wait_text("FOLLOWING since #2");
    let file = std::fs::OpenOptions::new().write(true).open(stock.beside()).unwrap();
    use std::os::unix::fs::FileExt;
    for (piece, bytes) in after[before.len()..].chunks(3000).enumerate() {
        file.write_all_at(bytes, (before.len() + piece * 3000) as u64).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        let text = slow.screen_text();
        assert!(!text.contains("DAMAGED") && !text.contains("CUT"), "{text}");
    }
    file.write_all_at(&after[..4096], 0).unwrap();
    slow.wait_text("+59 −0 ~0");
    assert!(written.len() == 12);
    leave(&slow);
    leave(&session);
}

#[test]
fn a_file_that_is_cut_replaced_or_removed_is_told() {
    let mut stock = Stock::new();
    stock.commit(40..60);
    let whole = std::fs::read(stock.path()).unwrap();
    let session = stock.start(&[]);
    // Removed, and there again.
    std::fs::rename(stock.path(), stock.beside()).unwrap();
    session.wait_text("REMOVED: what is shown is read from the open file");
    std::fs::rename(stock.beside(), stock.path()).unwrap();
    session.wait_no_text("REMOVED");
    // Cut, and whole again.
    std::fs::OpenOptions::new().write(true).open(stock.path()).unwrap().set_len(5000).unwrap();
    session.wait_text("CUT to 5,000 of");
    std::fs::write(stock.path(), &whole).unwrap();
    session.wait_no_text("CUT");
    // Another file takes its place.
    let mut other = Stock::new();
    other.commit(40..45);
    std::fs::copy(other.path(), stock.beside()).unwrap();
    std::fs::rename(stock.beside(), stock.path()).unwrap();
    session.wait_text("REPLACED by another file: R shows it");
    session.wait_text("60 records");
    session.send("R");
    session.wait_text("45 records");
    session.wait_no_text("REPLACED");
    std::fs::write(stock.beside(), "no tree at all").unwrap();
    std::fs::rename(stock.beside(), stock.path()).unwrap();
    session.wait_text("REPLACED by something else, this is the old file");
    leave(&session);
}
