//! Keys that a build left out are shown as not compared, and never as missing or equal.

use super::*;
use file_mst::Options;
use file_mst::TreeWriter;
use file_mst::diff::{LEFT_OUT_NOTE, LeftOut, WhyLeftOut};
use file_mst::open::{OpenOptions, open};
use file_mst::storage::FileStorage;
use mst_types::schema_bytes;
use std::collections::BTreeMap;

/// A tree of records whose values are their keys' letters, and the keys that its build left out.
fn tree(dir: &std::path::Path, name: &str, keys: &[&str], left_out: &[(&str, WhyLeftOut)]) -> Opened {
    let path = dir.join(name);
    let schema = Some(schema_bytes(&"String".parse().unwrap(), &"u8".parse().unwrap()));
    let mut tree = TreeWriter::open(&path, Options { schema, ..Options::default() }).unwrap();
    for key in keys {
        tree.put(key.as_bytes(), &[key.as_bytes()[0]]).unwrap();
    }
    let mut note = LeftOut::default();
    for (key, why) in left_out {
        note.push(key.as_bytes(), *why, false);
    }
    tree.set_notes(BTreeMap::from([(LEFT_OUT_NOTE.to_owned(), note.encode())])).unwrap();
    tree.commit("made", None).unwrap();
    open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap()
}

#[test]
fn keys_that_were_left_out_are_shown_as_not_compared() {
    let dir = tempfile::tempdir().unwrap();
    let left = tree(dir.path(), "left.mst", &["a", "c"], &[("b", WhyLeftOut::BreaksContract)]);
    let right = tree(dir.path(), "right.mst", &["a", "b", "c"], &[("d", WhyLeftOut::Duplicate)]);
    for (width, height) in [(120, 16), (80, 24)] {
        let both = pair(["left.mst", "right.mst"], left.clone(), right.clone());
        let mut screen = two_trees(both, Theme::Dark, width, height);
        let text = screen.text();
        // The narrow screen cuts the words, and not the number.
        let counted = if width < 100 { "? 2 " } else { "? 2 not compared" };
        assert!(text.contains(" COULD NOT TELL") && text.contains(counted), "{text}");
        assert!(text.contains("− 0 only left") && text.contains("+ 0 only right"), "{text}");
        assert!(text.contains("its row breaks the contract"), "{text}");
        assert!(!text.contains("no record differs"), "{text}");
        press(&mut screen, "]");
        let text = screen.text();
        assert!(text.contains("place 1 of 2"), "{text}");
        press(&mut screen, "]");
        assert!(screen.text().contains("place 2 of 2"), "{}", screen.text());
        press(&mut screen, "&not compared<Enter>");
        let text = screen.text();
        assert!(text.contains("& not compared: 2 of 2 differences"), "{text}");
        press(&mut screen, "<Esc>t");
        assert!(screen.text().contains("rows were left out and not compared: 1 on the left"), "{}", screen.text());
        press(&mut screen, "<Esc>gkb<Enter>");
        assert!(screen.text().contains("b is not compared: left: its row breaks the contract"), "{}", screen.text());
        press(&mut screen, "gkd<Enter>");
        assert!(screen.text().contains("d is not compared: right: several rows have this key"), "{}", screen.text());
        press(&mut screen, "gkc<Enter>");
        assert!(screen.text().contains("c is equal on both sides: 99"), "{}", screen.text());
        press(&mut screen, "/b<Enter>");
        assert!(!screen.text().contains("b is equal"), "{}", screen.text());
    }
}
