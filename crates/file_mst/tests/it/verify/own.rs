//! Faults planted in files of the library's own format, which an independent writer writes.

use std::sync::Arc;

use file_mst::MerkleSearchTree;
use file_mst::inspect::level::level_of;
use file_mst::open::{OpenOptions, open};
use file_mst::verify::{StartAt, VerifyOptions, open_finding};
use mst_test_support::own::{OwnFile, canon};

use super::{check, finds, numbers, opened};
use mst_test_support::trees::{leaves, one_commit, records, scramble};

#[test]
fn the_independent_writer_writes_what_the_library_reads() {
    let records = records(3000);
    let mut tree = canon(&records).unwrap();
    let bytes = one_commit(&mut tree).into_bytes();
    let opened = opened(&bytes);
    let mut library = MerkleSearchTree::<u64, [u8; 8]>::new_temporary().unwrap();
    for id in 0..3000 {
        library.insert(id, scramble(id).to_le_bytes()).unwrap();
    }
    assert_eq!(opened.tree.root_link().hash, library.try_root_hash().unwrap());
    finds(&opened, &[]);
}

#[test]
fn each_fault_of_a_hundred_thousand_records_is_found_at_its_node() {
    let records = records(100_000);
    let mut tree = canon(&records).unwrap();
    let leaves = leaves(&tree);
    assert!(tree.level >= 3 && leaves.len() > 1000, "{} leaves below level {}", leaves.len(), tree.level);
    // Far from each other, so that none hides another.
    let leaf = |number: usize| leaves[number * (leaves.len() / 12)].as_slice();
    let parent = |number: usize| &leaf(number)[..leaf(number).len() - 1];

    let mut file = OwnFile::new();
    let first = file.commit(canon(&records[..50]).as_mut(), "first");

    tree.at(leaf(1)).records.swap(1, 2);
    let mut misplaced =
        (1_u32..).map(|salt| [&tree.clone().at(leaf(2)).records[1].0[..], &salt.to_le_bytes()].concat());
    let misplaced = misplaced.find(|key| level_of(key) == 1).unwrap();
    tree.at(leaf(2)).records.insert(2, (misplaced, vec![0; 8]));
    tree.at(leaf(2)).children.push(None);
    let wrong_count = tree.at(leaf(3)).count() + 1;
    tree.at(leaf(3)).said.records = Some(wrong_count);
    tree.at(parent(4)).wrong_check = true;
    tree.at(leaf(5)).across = true;
    tree.at(leaf(7)).records.last_mut().unwrap().0 = vec![0xff; 8];
    tree.at(leaf(8)).said.level = Some(1);
    let empty = tree.at(leaf(9));
    (empty.records, empty.children) = (Vec::new(), vec![None]);
    let wrong_length = 100;
    tree.at(leaf(10)).said.length = Some(wrong_length);

    // Written twice: a link into the middle of a node needs the node's offset.
    let mut once = file.clone();
    once.commit(Some(&mut tree), "second");
    let inside = tree.at(leaf(0)).offset + 40;
    tree.at(leaf(6)).said.offset = Some(inside);
    file.commit(Some(&mut tree), "second");
    let value = tree.at(leaf(11)).offset + 150;
    file.flip(value, 4);
    file.flip(first + 100, 1);
    let tail = file.bytes().len() as u64;
    file.append_bytes(&[7; 5000]);

    let mut at = |way: &[usize]| tree.at(way).offset;
    let expected = [
        ("I2", first),
        ("I5", at(leaf(11))),
        ("I6", at(parent(4))),
        ("I7", at(parent(3))),
        ("I7", at(parent(10))),
        ("I8", at(leaf(9))),
        ("I9", at(parent(8))),
        ("I10", at(leaf(2))),
        ("I11", at(leaf(1))),
        ("I11", at(leaf(7))),
        ("I12", inside),
        ("I13", at(leaf(5))),
        ("I16", tail),
    ];
    let findings = finds(&opened(file.bytes()), &expected);
    // The path leads from the root to the parent of the node at fault.
    for (leaf, fault) in [(leaf(1), "I11"), (leaf(2), "I10"), (leaf(11), "I5")] {
        let way: Vec<u64> = (0..leaf.len()).map(|depth| tree.at(&leaf[..depth]).offset).collect();
        let offset = tree.at(leaf).offset;
        let finding = findings.iter().find(|finding| (finding.invariant, finding.offset) == (fault, offset)).unwrap();
        assert_eq!(finding.path, way);
    }
}

/// A wrong count is reported once, at the wrong link, whether the counts above were computed from it or not.
#[test]
fn a_wrong_count_is_reported_where_it_is_wrong() {
    let mut sound = canon(&records(20_000)).unwrap();
    let leaf = leaves(&sound)[100].clone();
    let count = sound.at(&leaf).count();
    for carried_up_to in 0..leaf.len() {
        let mut tree = sound.clone();
        tree.at(&leaf).said.records = Some(count + 5);
        for depth in carried_up_to..leaf.len() {
            let above = tree.at(&leaf[..depth]);
            above.said.records = Some(above.count() + 5);
        }
        let mut file = OwnFile::new();
        file.commit(Some(&mut tree), "only");
        let parent = tree.at(&leaf[..leaf.len() - 1]).offset;
        let findings = check(&opened(file.bytes()), VerifyOptions::default()).0;
        assert_eq!(numbers(&findings), [("I7", parent)].into(), "{carried_up_to}: {findings:#?}");
    }
}

#[test]
fn a_commit_with_false_fields_is_found() {
    let with = |change: fn(&mut OwnFile)| {
        let mut file = OwnFile::new();
        let first = file.commit(canon(&records(500)).as_mut(), "first");
        change(&mut file);
        let last = file.commit(canon(&records(600)).as_mut(), "last");
        (file, first, last)
    };
    let (file, _, last) = with(|file| file.wrong_records = 1);
    finds(&opened(file.bytes()), &[("I7", last)]);
    let (file, _, last) = with(|file| file.wrong_totals = 1);
    finds(&opened(file.bytes()), &[("I15", last)]);
    let (file, first, _) = with(|file| file.wrong_sequence = Some(1));
    finds(&opened(file.bytes()), &[("I3", first)]);
    let (file, _, _) = with(|_| {});
    finds(&opened(file.bytes()), &[]);
}

#[test]
fn a_damaged_last_commit_is_no_torn_tail() {
    let mut file = OwnFile::new();
    file.commit(canon(&records(500)).as_mut(), "first");
    let last = file.commit(canon(&records(600)).as_mut(), "last");
    file.flip(last + 60, 1);
    let storage = || Arc::new(file.bytes().to_vec());
    let error = open(storage(), &OpenOptions::default()).unwrap_err();
    let finding = open_finding(&error).unwrap();
    assert_eq!((finding.invariant, finding.offset), ("I2", last));
    // The previous commit can be opened, and is sound; the file is not.
    let first = open(storage(), &OpenOptions { commit: Some(1), ..OpenOptions::default() }).unwrap();
    finds(&first, &[("I2", last)]);
}

#[test]
fn a_commit_of_another_file_is_none_of_this_one() {
    let mut file = OwnFile::new();
    file.wrong_id = Some(*b"of another file.");
    let first = file.commit(canon(&records(500)).as_mut(), "first");
    file.commit(canon(&records(600)).as_mut(), "last");
    let opened = opened(file.bytes());
    finds(&opened, &[("I17", first)]);
    let commits: Vec<_> = opened.file.unwrap().commits().collect();
    assert!(commits.len() == 2 && commits[0].is_ok() && commits[1].is_err(), "{commits:?}");
}

#[test]
fn faults_below_a_damaged_node_are_still_found() {
    let mut tree = canon(&records(20_000)).unwrap();
    let leaf = leaves(&tree)[30].clone();
    tree.at(&leaf).records.swap(0, 1);
    let mut file = one_commit(&mut tree);
    let parent = tree.at(&leaf[..leaf.len() - 1]).offset;
    // A key of the parent: the keys of its children no longer fit between its own.
    file.flip(parent + 20, 0x80);
    let leaf = tree.at(&leaf).offset;
    finds(&opened(file.bytes()), &[("I5", parent), ("I11", leaf)]);
}

#[test]
fn two_links_to_one_node_are_one_finding() {
    let mut tree = canon(&records(20_000)).unwrap();
    let leaves = leaves(&tree);
    let twins = leaves.windows(2).find(|pair| pair[0][..pair[0].len() - 1] == pair[1][..pair[1].len() - 1]).unwrap();
    // The second link becomes a link to the first leaf, with its place.
    let twin = tree.at(&twins[0]).clone();
    *tree.at(&twins[1]) = twin;
    one_commit(&mut tree);
    tree.at(&twins[1]).said.offset = Some(tree.at(&twins[0]).offset);
    let file = one_commit(&mut tree);
    let parent = tree.at(&twins[0][..twins[0].len() - 1]).offset;
    let findings = check(&opened(file.bytes()), VerifyOptions::default()).0;
    assert_eq!(numbers(&findings), [("I11", parent)].into(), "{findings:#?}");
}

#[test]
fn all_commits_are_checked_and_shared_nodes_once() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("many.mst");
    let mut tree: MerkleSearchTree<u64, u64> = MerkleSearchTree::open(&path).unwrap();
    for id in 0..5000 {
        tree.insert(id, id).unwrap();
    }
    tree.commit("first").unwrap();
    for round in 0..20 {
        for step in 0..5 {
            tree.insert(scramble(10 * round + step) % 5000, round).unwrap();
            tree.remove(&(scramble(1000 + 10 * round + step) % 5000)).unwrap();
        }
        tree.commit("more").unwrap();
    }
    drop(tree);
    let bytes = std::fs::read(&path).unwrap();
    let opened = opened(&bytes);
    let (findings, one) = check(&opened, VerifyOptions::default());
    assert!(findings.is_empty(), "{findings:#?}");
    let all_commits = VerifyOptions { all_commits: true, ..VerifyOptions::default() };
    let (findings, all) = check(&opened, all_commits.clone());
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!((one.commits, all.commits), (21, 21));
    // The oldest tree whole, and of the others the nodes that they added.
    assert!(all.nodes > one.nodes && all.nodes < 6 * one.nodes && all.shared > 0, "{one:?} {all:?}");

    // A node that only the oldest commit has.
    let oldest = opened.file.as_ref().unwrap().commit(1).unwrap();
    let mut damaged = bytes.clone();
    damaged[oldest.root.offset as usize + 30] ^= 1;
    let opened = super::opened(&damaged);
    // For a tree that is not checked the only finding is that its bytes are no node.
    let (findings, _) = check(&opened, VerifyOptions::default());
    let end = oldest.root.offset + u64::from(oldest.root.summary.unwrap().length);
    assert_eq!(findings.iter().map(|finding| finding.invariant).collect::<Vec<_>>(), ["I18"], "{findings:#?}");
    assert!((oldest.root.offset..end).contains(&findings[0].offset), "{findings:#?}");
    assert_eq!(numbers(&check(&opened, all_commits).0), [("I5", oldest.root.offset)].into());
}

#[test]
fn a_check_resumes_where_it_was_stopped() {
    let mut tree = canon(&records(60_000)).unwrap();
    let leaves = leaves(&tree);
    let (early, late) = (&leaves[10], &leaves[leaves.len() - 10]);
    tree.at(early).records.swap(0, 1);
    tree.at(late).records.swap(0, 1);
    let file = one_commit(&mut tree);
    let opened = opened(file.bytes());
    let faults = [("I11", tree.at(early).offset), ("I11", tree.at(late).offset)];
    finds(&opened, &faults);

    // Stopped half-way.
    let mut verify = file_mst::verify::Verify::new(&opened, VerifyOptions::default());
    let mut first = Vec::new();
    while verify.progress().records < 30_000 {
        first.extend(verify.step().expect("more to do"));
    }
    let reached = verify.reached().expect("a key");
    assert_eq!(numbers(&first), [faults[0]].into());
    let whole = check(&opened, VerifyOptions::default()).1;
    let from = |from| VerifyOptions { from: Some(from), ..VerifyOptions::default() };
    let (rest, progress) = check(&opened, from(StartAt::Key(reached)));
    assert_eq!(numbers(&rest), [faults[1]].into());
    assert!(progress.nodes < whole.nodes * 3 / 4, "{progress:?}");
    // From a node.
    let (rest, progress) = check(&opened, from(StartAt::Node(faults[1].1)));
    assert_eq!(numbers(&rest), [faults[1]].into());
    assert!(progress.nodes < whole.nodes / 10, "{progress:?}");

    // In steps of one batch each, by the nodes at which each ends.
    let (mut told, mut from, mut steps) = (Vec::new(), None, 0);
    loop {
        let mut verify = file_mst::verify::Verify::new(&opened, VerifyOptions { from, ..VerifyOptions::default() });
        while let Some(found) = verify.step() {
            told.extend(found);
            if verify.progress().nodes > 600 && verify.reached_node().is_some() {
                break;
            }
        }
        steps += 1;
        if verify.is_over() {
            break;
        }
        from = Some(StartAt::Node(verify.reached_node().unwrap()));
    }
    assert!(steps > 3, "{steps}");
    assert_eq!(numbers(&told), faults.into());
}

#[test]
fn a_check_that_begins_at_a_node_checks_damage_at_its_beginning() {
    let mut tree = canon(&records(5000)).unwrap();
    let leaves = leaves(&tree);
    let way = leaves.iter().find(|way| way.len() > 1 && way.last() == Some(&0)).unwrap();
    let mut file = one_commit(&mut tree);
    let (node, leaf) = (tree.at(&way[..way.len() - 1]).offset, tree.at(way).offset);
    file.flip(leaf + 30, 1);
    let options = VerifyOptions { from: Some(StartAt::Node(node)), ..VerifyOptions::default() };
    assert_eq!(numbers(&check(&opened(file.bytes()), options).0), [("I5", leaf)].into());
}

#[test]
fn a_check_from_a_key_on_checks_the_bytes_after_the_last_commit() {
    let mut tree = canon(&records(3000)).unwrap();
    let mut bytes = one_commit(&mut tree).into_bytes();
    let end = bytes.len() as u64;
    bytes.extend([7; 100]);
    let options =
        VerifyOptions { from: Some(StartAt::Key(2000_u64.to_be_bytes().to_vec())), ..VerifyOptions::default() };
    assert_eq!(numbers(&check(&opened(&bytes), options).0), [("I16", end)].into());
}
