//! Whole screens, without a terminal.

mod asking;
mod checking;
mod commands;
mod differences;
mod drift;
mod going;
mod hands;
mod help;
mod history;
mod inspector;
mod keys;
mod keys_in_messages;
mod keys_only;
mod keys_page;
mod laziness;
mod not_compared;
mod panics;
mod record_inspector;
mod redacted;
mod rescue;
mod rows;
mod screens;
mod table;
mod tables;
mod tolerance;
mod two_tables;
mod types;
mod unread;

use std::sync::Arc;

use std::time::{Duration, UNIX_EPOCH};

use file_mst::MerkleSearchTree;
use file_mst::open::{OpenOptions, Opened, open};
use file_mst::storage::{FileStorage, ReadAt};
use mst_test_support::published::{Layout, Link, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::upstream;

use crate::model::diff::pair::Pair;
use crate::model::item::ItemFormat;
use crate::runtime::input::prompt::Memory;
use crate::runtime::jobs::Runner;
use crate::runtime::screen::{Screen, Start};
use crate::runtime::session::Session;
use crate::screens::browse::TreeScreen;
use crate::screens::diff::DiffScreen;
use crate::screens::{Destination, Offscreen, Opener, Shown, Theme};

/// Opens the upstream files by their names, as the command line would with the places given.
#[derive(Debug)]
struct Upstream;

impl Opener for Upstream {
    fn open(&self, name: &str) -> anyhow::Result<Shown> {
        let known = [CONFIG, ORDERS, ORDERS_B, SORTED, SHUFFLED].into_iter().find(|(file, ..)| *file == name);
        let known = known.ok_or_else(|| anyhow::anyhow!("cannot open {name}"))?;
        Ok(shown(name, &open_upstream(known)))
    }

    fn beside(&self, left: &Shown, name: &str) -> anyhow::Result<Pair> {
        let right = self.open(name)?;
        Ok(pair([&left.file, name], left.opened.clone(), right.opened))
    }

    fn tables(&self, left: &str, right: &str) -> anyhow::Result<Destination> {
        let pair = self.beside(&self.open(left)?, right)?;
        Ok(Destination::Pair(Box::new(pair)))
    }

    fn build(&self, table: &str, _file: &str) -> anyhow::Result<Destination> {
        Ok(Destination::Tree(Box::new(self.open(table)?)))
    }
}

fn shown(file: &str, opened: &Opened) -> Shown {
    Shown { file: file.to_owned(), path: file.to_owned(), opened: opened.clone() }
}

fn pair(files: [&str; 2], left: Opened, right: Opened) -> Pair {
    let files = files.map(str::to_owned);
    Pair::new(left, right, files.clone(), files)
}

fn browse(file: &str, opened: &Opened, theme: Theme, width: u16, height: u16) -> Offscreen {
    Offscreen::open(Destination::Tree(Box::new(shown(file, opened))), Arc::new(Upstream), theme, width, height)
}

/// Two trees, with the cursor on the first line.
fn two_trees(pair: Pair, theme: Theme, width: u16, height: u16) -> Offscreen {
    let mut screen = opened_trees(pair, theme, width, height);
    press(&mut screen, "gg");
    screen
}

/// Two trees as they are when they are opened.
fn opened_trees(pair: Pair, theme: Theme, width: u16, height: u16) -> Offscreen {
    Offscreen::open(Destination::Pair(Box::new(pair)), Arc::new(Upstream), theme, width, height)
}

fn app(screen: &mut Offscreen) -> &mut TreeScreen {
    screen.stack.top_as().expect("the screen of one tree")
}

fn drift_app(screen: &mut Offscreen) -> &mut DiffScreen {
    screen.stack.top_as().expect("the screen of two trees")
}

/// The offset and hash of the roots of the upstream files that tests look at.
const CONFIG: (&str, u64, &str) =
    ("config.mst", 4096, "ab543023267be666fddc71cdd0dc0a2304ea7262fe01e45a8152485fd0ea956b");
const ORDERS: (&str, u64, &str) =
    ("orders-a.mst", 689_494, "13c1813f847ea9602145847868a2e6c452ea939a5f327b04a2357f1389135748");

const ORDERS_B: (&str, u64, &str) =
    ("orders-b.mst", 689_570, "38c8553b1791f4a8395b43fbd3efda0ca169e9558048f9a50a2b7d586d8d3f90");
const SORTED: (&str, u64, &str) =
    ("same-set-sorted.mst", 1117, "83edbf5522a211323838c4e0b3407221a1568fbfc05ab1a9760d1c48e72b05b6");
const SHUFFLED: (&str, u64, &str) =
    ("same-set-shuffled.mst", 1192, "5bef8ce5f97bca731333e13af961fdb3c806523b9ac83b1c6410ecd533fbf2be");

fn open_upstream((file, offset, hash): (&str, u64, &str)) -> Opened {
    open_bytes(upstream::bytes(file), offset, Some(hash))
}

fn open_bytes(bytes: Vec<u8>, offset: u64, hash: Option<&str>) -> Opened {
    open_storage(Arc::new(bytes), offset, hash)
}

fn open_storage(storage: Arc<dyn ReadAt>, offset: u64, hash: Option<&str>) -> Opened {
    let hash = hash.map(|hash| hash.parse().unwrap());
    open(storage, &OpenOptions { offset: Some(offset), hash, ..OpenOptions::default() }).unwrap()
}

/// A tree of `count` records: the keys `key-00000`, `key-00001` …, with their number as value.
fn written(count: u64) -> (PublishedWriter, Link) {
    let records: Vec<_> = (0..count)
        .map(|number| Record::new(string_key(Layout::V0_2, &format!("key-{number:05}")), u64_value(number)))
        .collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    (writer, root)
}

/// A file of our own format with three commits: 40 records, 60, and 59 of which one has another value.
fn own_file() -> (tempfile::TempDir, Opened) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("stock.mst");
    let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    let at = |hour: u64| UNIX_EPOCH + Duration::from_secs(1_795_219_200 + 3600 * hour);
    let record = |number: u64| (format!("item-{number:03}"), number * number);
    tree.insert_many((0..40).map(record)).unwrap();
    tree.commit_at("opening stock", at(8)).unwrap();
    tree.insert_many((40..60).map(record)).unwrap();
    tree.commit_at("delivery", at(10)).unwrap();
    tree.remove(&"item-007".to_owned()).unwrap();
    tree.insert("item-010".to_owned(), 99).unwrap();
    tree.commit_at("", at(12)).unwrap();
    let opened = open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap();
    (dir, opened)
}

/// The start of a screen whose replies nobody takes.
fn start() -> Start {
    let (replies, _) = std::sync::mpsc::channel();
    Start {
        runner: Runner::at_once(replies),
        theme: Theme::Dark,
        area: ratatui::layout::Rect::default(),
        memory: Memory::default(),
        session: Session::default(),
        value_format: ItemFormat::Auto,
        representation: None,
        counts_unasked: false,
    }
}

/// Presses the keys of a text such as `jj<Tab>`.
fn press(screen: &mut Offscreen, keys: &str) {
    screen.press(crate::screens::key_names(keys).unwrap());
}
