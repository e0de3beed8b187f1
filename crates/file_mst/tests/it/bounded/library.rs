//! Each way to read a tree reads a node only a few times.

use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use file_mst::NodeError;
use file_mst::Tree;
use file_mst::diff::{Item, Verdict, diff, verdict};
use file_mst::inspect::dialect::Dialect;
use file_mst::inspect::explain::explain;
use file_mst::inspect::shape::shape;
use file_mst::inspect::walk::Step;
use file_mst::open::{OpenOptions, Opened, open};
use file_mst::proof::{KeyOrder, Question, prove};
use file_mst::verify::{Rule, Verify, VerifyOptions};
use file_mst::write::convert::{ConvertOptions, convert};
use file_mst::{Keep, compact_file};
use file_mst::{Options, TreeWriter};
use mst_test_support::own::{OwnFile, canon};

use mst_test_support::bombs::{self, KINDS};

/// The most reads of one node by one operation: on the way down, to find its siblings' ends, and to go back.
const READS: u64 = 4;

/// Runs an operation on a tree whose cache keeps nothing, and checks how many nodes were read per node in the file.
#[track_caller]
fn bounded<T>(name: &str, tree: &Tree, nodes: u64, run: impl FnOnce(&Tree) -> T) -> T {
    let store =
        file_mst::inspect::store::NodeStore::new(Arc::clone(tree.store().storage()), tree.store().codec().clone(), 0);
    let tree = Tree::new(Arc::new(store), tree.root_link());
    let result = run(&tree);
    let read = tree.store().read_counts().nodes;
    assert!(read <= READS * nodes + 100, "{name}: {read} reads of {nodes} nodes");
    result
}

fn own() -> impl Iterator<Item = (String, Opened, u64)> {
    bombs::all().into_iter().filter(|(_, opened, _)| opened.tree.store().codec().dialect == Dialect::Mst1)
}

fn is_about_place(error: &NodeError) -> bool {
    matches!(error, NodeError::Keys { .. } | NodeError::Twice { .. } | NodeError::Order { .. })
}

/// The same with another tree over the same file.
fn with_tree(opened: &Opened, tree: &Tree) -> Opened {
    let mut opened = opened.clone();
    opened.tree = tree.clone();
    opened
}

#[test]
fn a_walk_meets_each_node_once_and_names_the_second_link() {
    for (name, opened, nodes) in bombs::all() {
        let (mut met, mut damage) = (0, Vec::new());
        bounded(&name, &opened.tree, nodes, |tree| {
            for step in tree.walk() {
                match step {
                    Step::Node { .. } => met += 1,
                    Step::Damage(found) if !matches!(found.error, NodeError::TypesUnknown { .. }) => damage.push(found),
                    _ => {}
                }
            }
        });
        assert!(met <= nodes, "{name}: {met} nodes met of {nodes}");
        assert!(!damage.is_empty(), "{name}: no damage");
        assert!(damage.iter().all(|damage| is_about_place(&damage.error)), "{name}: {damage:?}");
    }
}

#[test]
fn counts_and_shapes_are_bounded() {
    for (name, opened, nodes) in bombs::all() {
        let stats = bounded(&name, &opened.tree, nodes, |tree| tree.stats(|_| ControlFlow::Continue(())));
        assert!(!stats.damage.is_empty() && stats.nodes <= nodes + stats.empty_nodes, "{name}: {stats:?}");
        let shape =
            bounded(&name, &opened.tree, nodes, |tree| shape(&with_tree(&opened, tree), |_| ControlFlow::Continue(())));
        assert!(shape.damaged > 0 && shape.nodes <= nodes + shape.empty_nodes, "{name}");
    }
}

#[test]
fn ranges_and_positions_are_bounded() {
    for (name, opened, nodes) in own() {
        let records = opened.tree.len().unwrap();
        assert!(records > 1 << 40, "{name}: the counts are consistent");
        let ends = |result: Vec<Result<_, NodeError>>| {
            let last: Result<file_mst::NodeRecord, NodeError> = result.into_iter().last().unwrap();
            assert!(is_about_place(&last.unwrap_err()), "{name}");
        };
        bounded(&name, &opened.tree, nodes, |tree| ends(tree.records().unwrap().collect()));
        bounded(&name, &opened.tree, nodes, |tree| ends(tree.records().unwrap().rev().collect()));
        for position in [0, records / 3, records / 2, records - 1] {
            // The key is found, or there is an error. It is never read from a place to which its order does not lead.
            let nth = bounded(&name, &opened.tree, nodes, |tree| tree.nth(position));
            match nth {
                Ok(record) => assert!(record.is_some(), "{name}"),
                Err(error) => assert!(is_about_place(&error), "{name}: {error}"),
            }
        }
        for key in ["00-0", "20-0", "40-0", "99"] {
            let _ = bounded(&name, &opened.tree, nodes, |tree| tree.rank(key.as_bytes()));
        }
        let _ = bounded(&name, &opened.tree, nodes, |tree| tree.range(Bound::Included(b"30"), Bound::Unbounded));
    }
}

#[test]
fn a_key_that_the_tree_cannot_hold_in_order_is_not_reported_as_absent() {
    for (name, opened, nodes) in bombs::all() {
        if !opened.tree.store().codec().knows_keys() {
            continue;
        }
        let Some(ty) = &opened.typing.key else { continue };
        let wanted = match opened.tree.store().codec().dialect {
            // This key is above all keys: the search follows the last link, which leads to keys that are too low.
            Dialect::Mst1 => b"99".to_vec(),
            Dialect::FileMst02 | Dialect::FileMstGit => ty.parse("99").unwrap_or_default(),
        };
        let found = bounded(&name, &opened.tree, nodes, |tree| tree.get(&wanted));
        assert!(found.is_err_and(|error| is_about_place(&error)), "{name}");
        let explained = bounded(&name, &opened.tree, nodes, |tree| explain(tree, &wanted));
        assert!(matches!(explained.end, file_mst::inspect::explain::End::Damaged { .. }), "{name}");
    }
}

#[test]
fn a_diff_is_bounded_and_does_not_report_same() {
    let honest = {
        let records: Vec<_> = (0..300_u64).map(|id| (format!("{id:02}-0").into_bytes(), vec![7])).collect();
        let mut records = records;
        records.sort();
        let mut file = OwnFile::new();
        file.commit(canon(&records).as_mut(), "honest");
        open(Arc::new(file.into_bytes()), &OpenOptions::default()).unwrap()
    };
    let all = bombs::all();
    for (name, opened, nodes) in &all {
        for (left, right) in [(&opened.tree, &honest.tree), (&honest.tree, &opened.tree)] {
            let items = diff(left, right).filter(|item| matches!(item, Item::Damage(_))).count();
            assert!(items > 0, "{name}: no damage");
            let verdict = verdict(left, right);
            assert!(matches!(verdict, Verdict::CouldNotTell(..)), "{name}: {verdict:?}");
        }
        let read = opened.tree.store().read_counts().nodes;
        assert!(read <= 8 * READS * nodes, "{name}: {read} reads");
    }
    // Two bombs that differ only in their lowest leaf.
    for (name, opened, nodes) in &all {
        for (other, against, others) in all.iter().filter(|(other, ..)| other != name) {
            let items = diff(&opened.tree, &against.tree).take(100_000).count();
            assert!(items < 100_000, "{name} against {other}: no end");
            let reads = [opened, against].map(|opened| opened.tree.store().read_counts().nodes);
            assert!(reads[0] + reads[1] <= 400 * READS * (nodes + others), "{name} against {other}: {reads:?}");
        }
    }
}

#[test]
fn a_check_reports_each_second_link() {
    for (name, opened, nodes) in bombs::all() {
        for all_commits in [false, true] {
            let mut verify = Verify::new(&opened, VerifyOptions { all_commits, ..VerifyOptions::default() });
            let findings: Vec<_> = verify.findings().collect();
            let once = findings.iter().filter(|finding| finding.rule == Rule::Once).count();
            assert!(once >= 19, "{name}: {findings:#?}");
            assert!(findings.len() < 10 * nodes as usize, "{name}: {} findings", findings.len());
        }
    }
}

#[test]
fn nothing_is_copied_out_of_order() {
    let folder = tempfile::tempdir().unwrap();
    for (index, (name, opened, nodes)) in bombs::all().into_iter().enumerate() {
        let to = folder.path().join(format!("{index}.mst"));
        let converted = bounded(&name, &opened.tree, nodes, |tree| {
            convert(&with_tree(&opened, tree), &to, &ConvertOptions::default()).err()
        });
        assert!(converted.is_some() && !to.exists(), "{name}");
        if let Some(file) = &opened.file {
            assert!(compact_file(file, &to, Keep::All).is_err() && !to.exists(), "{name}");
        }
        let Some(order) = KeyOrder::of(&opened) else { continue };
        let all = Question::Range(Bound::Unbounded, Bound::Unbounded);
        assert!(bounded(&name, &opened.tree, nodes, |tree| prove(tree, &order, &all, b"")).is_err(), "{name}");
    }
}

#[test]
fn a_writer_follows_no_link_outside_the_key_order() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let (bytes, _) = bombs::own(kind);
        let path = folder.path().join(format!("{kind:?}.mst"));
        std::fs::write(&path, &bytes).unwrap();
        let mut writer = TreeWriter::open(&path, Options::default()).unwrap();
        let put: Result<Vec<()>, _> = ["00", "20-5", "99"].iter().map(|key| writer.put(key.as_bytes(), &[1])).collect();
        let committed = put.and_then(|_| writer.commit("more", None));
        assert!(committed.is_err(), "{kind:?}: {committed:?}");
    }
}

#[test]
fn salvaged_records_are_in_order_and_each_key_once() {
    for (name, opened, nodes) in bombs::all() {
        let storage = Arc::clone(opened.tree.store().storage());
        let options = OpenOptions {
            key: opened.typing.key.as_ref().map(|key| key.ty.clone()),
            value: opened.typing.value.as_ref().map(|value| value.ty.clone()),
            ..OpenOptions::default()
        };
        let Ok(survey) = file_mst::salvage::survey(storage, &options, |_, _| {}) else { continue };
        let report = file_mst::salvage::list(&survey, file_mst::salvage::Fill::Older, |_| {});
        assert!(report.records <= 10 * nodes, "{name}: {}", report.records);
    }
}
