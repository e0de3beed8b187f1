//! Nodes that a guess at the types does not fit are distinguished from damaged ones.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::program::{Scratch, run};
use file_mst::NodeHash;
use file_mst::inspect::stats::Stats;
use file_mst::open::{OpenOptions, Opened, TypeMismatch, open};
use mst_test_support::published::{Layout, Link, PublishedWriter, Record, string_key, u64_value};
use serde_json::Value as Json;

/// A tree of many records whose values are `V0(u64)`, except one at `odd`, which is `V1(String)`.
fn with_one_odd(odd: u64) -> (PublishedWriter, Link) {
    let value = |number: u64| match number == odd {
        false => [vec![0], u64_value(number * 7919)].concat(),
        true => [vec![1, 11], b"hello world".to_vec()].concat(),
    };
    let records: Vec<_> = (0..9000)
        .map(|number| Record::new(string_key(Layout::V0_2, &format!("key-{number:06}")), value(number)))
        .collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    (writer, root)
}

fn opened(bytes: Vec<u8>, root: &Link) -> Opened {
    let options =
        OpenOptions { offset: Some(root.offset), hash: Some(NodeHash::from(root.hash)), ..OpenOptions::default() };
    open(Arc::new(bytes), &options).unwrap()
}

fn counted(opened: &Opened) -> Stats {
    opened.tree.stats(|_| ControlFlow::Continue(()))
}

/// The numbers of keys that have a node of their own.
fn alone() -> Vec<u64> {
    let (writer, root) = with_one_odd(u64::MAX);
    let tree = opened(writer.into_bytes(), &root).tree;
    let records = tree.walk().records().map(|record| record.unwrap());
    let alone = records.filter(|record| record.node().key_count() == 1 && record.node().level() == 0);
    alone.map(|record| String::from_utf8_lossy(&record.bytes().stored_key[5..]).parse().unwrap()).collect()
}

/// A tree with a node that the guess does not fit, since it was not among the sampled ones.
fn misfit() -> (Vec<u8>, Link, Opened, Stats) {
    for odd in alone() {
        let (writer, root) = with_one_odd(odd);
        let bytes = writer.into_bytes();
        let opened = opened(bytes.clone(), &root);
        let stats = counted(&opened);
        if opened.typing.proved == opened.typing.sampled && !stats.damage.is_empty() {
            return (bytes, root, opened, stats);
        }
    }
    panic!("every odd value was sampled");
}

#[test]
fn a_sound_node_that_the_guess_does_not_fit_is_no_damage() {
    let (bytes, root, opened, mut stats) = misfit();
    assert_eq!(stats.damage.len(), 1, "{:?}", stats.damage);
    let sound = stats.tell_misfits(&mut TypeMismatch::new(&opened));
    assert_eq!((sound.len(), stats.damage.len(), stats.misfit_nodes), (1, 0, 1), "{:?}", opened.typing);
    assert_eq!(stats.canonical(), None);
    let link = opened.link_to(sound[0].error.offset(), sound[0].path.last().copied()).unwrap();
    let better = opened.guessed_with(&link).expect("types that fit the odd node too");
    let stats = counted(&better);
    assert_eq!((stats.damage.len(), stats.records), (0, 9000), "{:?}", better.typing);

    let scratch = Scratch::new();
    let file = scratch.file("odd.mst", &bytes);
    let target = format!("{file}@{}", root.offset);
    let ls = run(&["ls", &target]);
    assert!(ls.err.contains("it is sound, but the guessed types do not fit it"), "{}", ls.err);
    assert_eq!(ls.code, 2);
    let verify = run(&["verify", &target]);
    assert!(verify.out.contains("could not tell: nothing found"), "{}", verify.out);
    assert_eq!(verify.code, 2);
    let found = crate::program::json_lines(&run(&["verify", &target, "--json"]).out);
    assert!(found.iter().all(|line| line["severity"] != "error"), "{found:?}");
    let shape: Json = serde_json::from_str(&run(&["shape", &target, "--json"]).out).unwrap();
    assert_eq!((&shape["damaged"], &shape["misfit_nodes"]), (&0.into(), &1.into()), "{shape}");
    let shape = run(&["shape", &target]);
    assert!(shape.out.contains("1 sound node that the guessed types do not fit"), "{}", shape.out);
    assert_eq!(shape.code, 2);
    assert!(!shape.out.contains('!') && !shape.out.contains("damage"), "{}", shape.out);
    // Types that fit this node too are found, as stat does.
    let convert: Json =
        serde_json::from_str(&run(&["convert", &target, &scratch.path("new.mst"), "--json"]).out).unwrap();
    assert_eq!(convert["records"], 9000, "{convert}");
    let stat: Json = serde_json::from_str(&run(&["stat", "--json", &target]).out).unwrap();
    assert_eq!(stat["damage"].as_array().map(Vec::len), Some(0), "{stat}");
    assert_eq!((&stat["records"], &stat["misfit_nodes"]), (&9000.into(), &0.into()), "{stat}");
}

#[test]
fn a_diff_reports_that_a_sound_node_was_left_out() {
    let (bytes, root, ..) = misfit();
    let scratch = Scratch::new();
    let left = format!("{}@{}", scratch.file("left.mst", &bytes), root.offset);
    // The same except for one record, in a node of its own.
    let odd = alone();
    let (writer, root) = with_one_odd(odd[odd.len() / 2]);
    let right = format!("{}@{}", scratch.file("right.mst", writer.bytes()), root.offset);
    let said = run(&["diff", &left, &right]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.out.contains("because the guessed types do not fit 2 sound nodes"), "{}", said.out);
    assert!(said.out.contains("it is sound, but the guessed types do not fit it"), "{}", said.out);
    let lines = crate::program::json_lines(&run(&["diff", &left, &right, "--json"]).out);
    let (summary, found) = lines.split_last().unwrap();
    assert!(found.iter().any(|line| line["kind"] == "misfit") && found.iter().all(|line| line["kind"] != "damage"));
    assert_eq!(summary["damaged"], 0, "{summary}");
    assert!(summary["misfits"].as_u64() > Some(0), "{summary}");
}

#[test]
fn damage_stays_damage_whatever_was_guessed() {
    let (writer, root) = with_one_odd(u64::MAX);
    let sound = opened(writer.bytes().to_vec(), &root);
    let leaves: Vec<_> = sound.tree.root().unwrap().unwrap().children().iter().map(|link| link.offset).collect();
    for (at, bit) in leaves.iter().step_by(3).zip([0, 3, 7, 1, 2].into_iter().cycle()).take(12) {
        let mut bytes = writer.bytes().to_vec();
        bytes[*at as usize + 20] ^= 1 << bit;
        let opened = opened(bytes, &root);
        let mut stats = counted(&opened);
        assert_eq!(stats.damage.len(), 1, "{:?}", opened.typing);
        assert!(stats.tell_misfits(&mut TypeMismatch::new(&opened)).is_empty());
        assert_eq!((stats.damage.len(), stats.misfit_nodes), (1, 0));
    }
}
