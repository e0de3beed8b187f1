//! Every record that is saved from a damaged file was written; what is not saved is reported.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use file_mst::MerkleSearchTree;
use file_mst::NodeHash;
use file_mst::open::{OpenOptions, open};
use file_mst::salvage::{End, Event, Fill, Interval, Origin, SalvageError, Survey, list, salvage, survey};
use file_mst::storage::FileStorage;
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::trees::{scramble, sound_records, typed};
use proptest::prelude::*;

type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// A file of many versions, and the content of each, the oldest first.
struct Written {
    bytes: Vec<u8>,
    versions: Vec<Records>,
    /// Where each version ends.
    ends: Vec<usize>,
    /// The hash of each version's root.
    roots: Vec<NodeHash>,
    options: OpenOptions,
}

fn name(id: u64) -> String {
    format!("key-{id:05}")
}

/// Each version changes, adds and removes some records.
fn histories(records: u64, versions: u64) -> Vec<BTreeMap<u64, u64>> {
    let mut now: BTreeMap<u64, u64> = (0..records).map(|id| (2 * id, scramble(id))).collect();
    let mut all = vec![now.clone()];
    for version in 1..versions {
        for change in 0..records / 50 + 1 {
            let id = scramble(version * 10_007 + change) % (2 * records);
            if id.is_multiple_of(11) {
                now.remove(&id);
            } else {
                now.insert(id, version << 32 | change);
            }
        }
        all.push(now.clone());
    }
    all
}

fn as_records(history: &BTreeMap<u64, u64>) -> Records {
    history.iter().map(|(id, value)| (name(*id).into_bytes(), u64_value(*value))).collect()
}

fn ours(records: u64, versions: u64) -> Written {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ours.mst");
    let histories = histories(records, versions);
    let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    let (mut ends, mut roots) = (Vec::new(), Vec::new());
    let mut before: BTreeMap<u64, u64> = BTreeMap::new();
    for (index, now) in histories.iter().enumerate() {
        for id in before.keys().filter(|id| !now.contains_key(id)) {
            tree.remove(&name(*id)).unwrap();
        }
        for (id, value) in now.iter().filter(|(id, value)| before.get(*id) != Some(value)) {
            tree.insert(name(*id), *value).unwrap();
        }
        roots.push(tree.commit(&format!("number {}", index + 1)).unwrap().root.hash);
        ends.push(std::fs::metadata(&path).unwrap().len() as usize);
        before = now.clone();
    }
    drop(tree);
    let versions = histories.iter().map(as_records).collect();
    Written { bytes: std::fs::read(&path).unwrap(), versions, ends, roots, options: OpenOptions::default() }
}

fn published(layout: Layout, records: u64, versions: u64) -> Written {
    let histories = histories(records, versions);
    let mut file = PublishedWriter::new(layout);
    let (mut ends, mut roots) = (Vec::new(), Vec::new());
    for now in &histories {
        let records: Vec<_> =
            now.iter().map(|(id, value)| Record::new(string_key(layout, &name(*id)), u64_value(*value))).collect();
        roots.push(file.append_tree(&records).hash.into());
        ends.push(file.bytes().len());
    }
    let versions = histories.iter().map(as_records).collect();
    Written { bytes: file.into_bytes(), versions, ends, roots, options: OpenOptions::default() }
}

fn surveyed(bytes: &[u8], options: &OpenOptions) -> Result<Survey, SalvageError> {
    survey(Arc::new(bytes.to_vec()), options, |_, _| {})
}

/// The result of a recovery, with keys as new files store them.
#[derive(Default)]
struct Recovered {
    records: Vec<(Vec<u8>, Vec<u8>, Origin)>,
    holes: Vec<Interval>,
    lost: Vec<Interval>,
}

fn recover(survey: &Survey, fill: Fill) -> Recovered {
    let mut recovered = Recovered::default();
    let Ok(()) = survey.recover(fill, |event| {
        match event {
            Event::Record { record, key, origin } => {
                recovered.records.push((key.common, record.bytes().value.to_vec(), origin));
            }
            Event::Hole { interval, .. } => recovered.holes.push(interval),
            Event::Lost { interval, .. } => recovered.lost.push(interval),
        }
        Ok::<(), Infallible>(())
    });
    recovered
}

fn covers(intervals: &[Interval], key: &[u8]) -> bool {
    intervals.iter().any(|interval| {
        interval.after.as_ref().is_none_or(|after| after.common.as_slice() < key)
            && interval.before.as_ref().is_none_or(|before| before.common.as_slice() > key)
    })
}

/// Whatever the damage: only records that were written are recovered, each in its place, and missing parts are
/// reported.
#[track_caller]
fn assert_honest(survey: &Survey, recovered: &Recovered, versions: &[Records], newest: usize) {
    let lost = matches!(survey.end, End::CutOff { .. } | End::Damaged { .. } | End::Missing);
    assert!(recovered.records.windows(2).all(|pair| pair[0].0 < pair[1].0), "out of order");
    for (key, value, origin) in &recovered.records {
        assert!(versions.iter().any(|version| version.get(key) == Some(value)), "a record that nobody wrote");
        if *origin == Origin::Version(0) {
            assert_eq!(versions[newest].get(key), Some(value), "not of the newest version");
            assert_eq!(covers(&recovered.holes, key), lost);
        } else {
            assert!(covers(&recovered.holes, key), "from elsewhere, where nothing is damaged");
        }
    }
    let found: BTreeMap<_, _> = recovered.records.iter().map(|(key, value, _)| (key, value)).collect();
    for (key, value) in &versions[newest] {
        if !covers(&recovered.holes, key) {
            assert_eq!(found.get(key), Some(&value), "missing, and nothing said");
        }
    }
    for (key, _, _) in &recovered.records {
        assert!(!covers(&recovered.lost, key), "lost and found");
    }
}

fn all_layouts(records: u64, versions: u64) -> Vec<Written> {
    let layouts = [Layout::V0_2, Layout::Git];
    let published = layouts.into_iter().map(|layout| published(layout, records, versions));
    published.chain([ours(records, versions)]).collect()
}

#[test]
fn twenty_flushes_without_the_last_megabyte() {
    for (own, file) in [(false, published(Layout::V0_2, 9000, 20)), (true, ours(9000, 20))] {
        let Written { bytes, versions, ends, options, roots } = &file;
        let sound = surveyed(bytes, options).unwrap();
        assert_eq!((sound.orphans(), sound.damaged.places), (0, 0));
        assert!(sound.versions.iter().map(|version| version.root.hash).eq(roots.iter().rev().copied()));

        let cut = bytes.len() - (1 << 20);
        let newest = ends.iter().rposition(|end| *end <= cut).unwrap();
        assert!(newest > 0 && newest < 19, "version {newest}");
        let survey = surveyed(&bytes[..cut], options).unwrap();
        assert_eq!(survey.versions.len(), newest + 1);
        let report = list(&survey, Fill::Older, |_| {});
        if own {
            // Page 0 names a commit after the end.
            assert!(matches!(survey.end, End::CutOff { .. }), "{:?}", survey.end);
            assert!(!report.is_whole() && report.newest_lost);
            let recovered = recover(&survey, Fill::Older);
            assert_honest(&survey, &recovered, versions, newest);
            // Nodes of the versions that were cut off are newer than the last whole version.
            assert!(recovered.records.iter().any(|(.., from)| *from == Origin::Unfinished));
            assert!(recovered.records.len() * 100 >= versions[newest].len() * 99);
            continue;
        }
        assert!(report.is_whole() && report.stale == 0 && report.lost_places == 0, "{report:?}");
        let recovered = recover(&survey, Fill::Older);
        let found: Records = recovered.records.into_iter().map(|(key, value, _)| (key, value)).collect();
        assert_eq!(found, versions[newest]);
    }
}

#[test]
fn a_zeroed_header_loses_nothing() {
    for mut file in all_layouts(600, 4) {
        let ours = file.bytes.starts_with(b"\x89MST");
        if ours || file.bytes[..8] != [0; 8] && file.bytes[40..4096].iter().all(|byte| *byte == 0) {
            file.bytes[..4096].fill(0);
        }
        let survey = surveyed(&file.bytes, &file.options).unwrap();
        assert_eq!(survey.versions.len(), 4);
        let recovered = recover(&survey, Fill::Older);
        assert_eq!(recovered.records.len(), file.versions[3].len());
        assert_honest(&survey, &recovered, &file.versions, 3);
    }
}

#[test]
fn damaged_pages_are_filled_from_the_remaining_nodes() {
    for file in all_layouts(4000, 6) {
        let pages = file.bytes.len() / 4096;
        let (mut orphans, mut older, mut lost) = (0, 0, 0);
        for seed in 0..12 {
            let mut bytes = file.bytes.clone();
            for hit in 0..=seed % 4 {
                let page = 1 + scramble(seed * 100 + hit) as usize % (pages - 1);
                let page = &mut bytes[page * 4096..(page + 1) * 4096];
                match seed % 3 {
                    0 => page.fill(0),
                    1 => page.iter_mut().for_each(|byte| *byte ^= 0x55),
                    _ => page[scramble(seed) as usize % 4096] ^= 1,
                }
            }
            let survey = surveyed(&bytes, &file.options).unwrap();
            let root = survey.versions[0].root.hash;
            let newest = file.roots.iter().position(|other| *other == root).expect("a root of the file");
            let recovered = recover(&survey, Fill::Older);
            assert_honest(&survey, &recovered, &file.versions, newest);
            let of = |wanted: fn(&Origin) -> bool| recovered.records.iter().filter(|(.., from)| wanted(from)).count();
            orphans += of(|from| matches!(from, Origin::Orphans(_)));
            older += of(|from| matches!(from, Origin::Version(1..)));
            lost += recovered.lost.len();

            let strict = recover(&survey, Fill::Nothing);
            assert!(strict.records.iter().all(|(.., from)| *from == Origin::Version(0)));
            assert_eq!(strict.holes, recovered.holes);
            assert_honest(&survey, &strict, &file.versions, newest);
        }
        assert!(orphans + older > 0 && lost > 0, "{orphans} from orphans, {older} from older versions, {lost} lost");
    }
}

#[test]
fn a_root_without_its_node_is_pieced_together() {
    let file = ours(3000, 3);
    let survey_of = |bytes: &[u8]| surveyed(bytes, &file.options).unwrap();
    let sound = survey_of(&file.bytes);
    let mut bytes = file.bytes.clone();
    bytes[sound.versions[0].root.offset as usize + 20] ^= 4;
    let survey = survey_of(&bytes);
    let recovered = recover(&survey, Fill::Older);
    assert_honest(&survey, &recovered, &file.versions, 2);
    // Nodes that were rewritten for the newest version are in subtrees that lost their parent; older ones are not used.
    let found: Records = recovered.records.iter().map(|(key, value, _)| (key.clone(), value.clone())).collect();
    let right = file.versions[2].iter().filter(|(key, value)| found.get(*key) == Some(value)).count();
    assert!(right * 100 >= file.versions[2].len() * 99, "{right} of {}", file.versions[2].len());
    assert!(recovered.records.iter().any(|(.., from)| *from == Origin::Orphans(0)));
}

#[test]
fn a_new_file_holds_the_recovered_records() {
    let dir = tempfile::tempdir().unwrap();
    for (index, mut file) in all_layouts(2000, 5).into_iter().enumerate() {
        let at = file.bytes.len() * 2 / 3;
        file.bytes[at..at + 3000].fill(0xa5);
        let survey = surveyed(&file.bytes, &file.options).unwrap();
        let path = dir.path().join(format!("saved-{index}.mst"));
        let saved = salvage(&survey, &path, Fill::Older, &"é".repeat(2000), |_| {}).unwrap();
        let recovered = recover(&survey, Fill::Older);
        assert_eq!(saved.report.records, recovered.records.len() as u64);
        assert_eq!(saved.report, list(&survey, Fill::Older, |_| {}));
        assert_eq!(saved.commit.label.len(), 1024);

        let opened = open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap();
        assert_eq!(opened.typing.key.as_ref().unwrap().to_string(), "String");
        let written: Vec<_> =
            sound_records(&opened.tree).into_iter().map(|record| (record.key_hashed, record.value)).collect();
        assert!(written.into_iter().eq(recovered.records.into_iter().map(|(key, value, _)| (key, value))));
        assert_eq!(opened.tree.stats(|_| std::ops::ControlFlow::Continue(())).canonical(), Some(true));
        assert!(
            matches!(salvage(&survey, &path, Fill::Older, "", |_| {}), Err(SalvageError::Write(_))),
            "written over"
        );
    }
}

#[test]
fn a_file_that_is_no_tree_is_refused() {
    for bytes in
        [Vec::new(), vec![0; 20_000], b"some text\n".repeat(2000), (0..30_000).map(|at| scramble(at) as u8).collect()]
    {
        assert!(matches!(
            surveyed(&bytes, &OpenOptions::default()),
            Err(SalvageError::Nothing | SalvageError::UnknownTypes)
        ));
    }
    let file = published(Layout::V0_2, 300, 2);
    let wrong = typed("u64", "String", OpenOptions::default());
    assert!(matches!(surveyed(&file.bytes, &wrong), Err(SalvageError::UnknownTypes)));
}

/// The positions of the leaves of a file, and the records in each.
type Leaves = Vec<(std::ops::Range<usize>, Records)>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_makes_a_record(
        kind in 0..3_usize,
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 1..600_usize), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        static FILES: LazyLock<Vec<Written>> = LazyLock::new(|| all_layouts(250, 4));
        let file = &FILES[kind];
        let mut bytes = file.bytes.clone();
        for (at, value, length) in &hits {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes[at..end].fill(*value);
        }
        bytes.truncate(bytes.len() - cut.index(bytes.len()) / 8);
        if let Ok(survey) = surveyed(&bytes, &file.options) {
            let recovered = recover(&survey, Fill::Older);
            prop_assert!(recovered.records.windows(2).all(|pair| pair[0].0 < pair[1].0));
            for (key, value, _) in &recovered.records {
                prop_assert!(file.versions.iter().any(|version| version.get(key) == Some(value)));
            }
        }
    }
}

/// A node that is damaged in every version is searched in each of many versions, and not found.
#[test]
fn a_leaf_that_all_of_many_versions_share_is_lost_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("many.mst");
    let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    tree.insert_many((0..600).map(|id| (name(id), id))).unwrap();
    tree.commit("first").unwrap();
    for version in 0..300 {
        tree.insert(name(0), version + 1000).unwrap();
        tree.commit("").unwrap();
    }
    drop(tree);
    let mut bytes = std::fs::read(&path).unwrap();
    let sound = surveyed(&bytes, &OpenOptions::default()).unwrap();
    assert_eq!(sound.versions.len(), 301);
    let opened = open(Arc::new(bytes.clone()), &OpenOptions::default()).unwrap();
    let record = opened.tree.get(name(590).as_bytes()).unwrap().unwrap();
    bytes[record.node().offset() as usize + 30] ^= 1;
    let survey = surveyed(&bytes, &OpenOptions::default()).unwrap();
    let report = list(&survey, Fill::Older, |_| {});
    assert_eq!((report.hole_places, report.lost_places, report.stale), (1, 1, 0));
    assert_eq!(report.records, 600 - record.node().key_count() as u64);
}

/// The leaves of the newest version: the position and the records of each.
fn leaves(file: &Written) -> Vec<(std::ops::Range<usize>, Records)> {
    let opened = open(Arc::new(file.bytes.clone()), &file.options).unwrap();
    let mut leaves = Vec::new();
    for step in opened.tree.walk() {
        let file_mst::inspect::walk::Step::Node { node, .. } = step else { continue };
        let records = (0..node.key_count()).filter_map(|index| node.record(index));
        let records = records.map(|record| (record.key.to_vec(), record.value.to_vec())).collect();
        let start = node.offset() as usize;
        leaves.push((start..start + node.bytes().len(), records));
    }
    leaves
}

/// A way to damage a file in this project's format.
#[derive(Clone, Copy, Debug)]
enum Harm {
    Nothing,
    Zeroed,
    Overwritten,
    Hint,
    LastCommit,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every intact node of the newest version is saved, wherever the file is cut off and whatever else is damaged. If
    /// a record of the newest version is missing, no output says that nothing is lost.
    #[test]
    fn all_that_proves_itself_is_saved(
        which in 0..3_usize,
        harm in prop::sample::select(vec![Harm::Nothing, Harm::Zeroed, Harm::Overwritten, Harm::Hint, Harm::LastCommit]),
        cut in prop::option::of(any::<prop::sample::Index>()),
        by_page: bool,
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 1..2000_usize), 0..3),
    ) {
        static FILES: LazyLock<Vec<(Written, Leaves)>> = LazyLock::new(|| {
            let files = [ours(800, 1), ours(500, 5), ours(2000, 3)];
            files.map(|file| { let leaves = leaves(&file); (file, leaves) }).into()
        });
        let (file, leaves) = &FILES[which];
        let mut bytes = file.bytes.clone();
        let last_commit = u64::from_le_bytes(bytes[40..48].try_into().unwrap()) as usize;
        match harm {
            Harm::Nothing => {}
            Harm::Zeroed => bytes[..4096].fill(0),
            Harm::Overwritten => (0..4096).for_each(|at| bytes[at] = scramble(at as u64) as u8),
            Harm::Hint => bytes[43] ^= 1,
            Harm::LastCommit => bytes[last_commit + 100] ^= 1,
        }
        for (at, value, length) in &hits {
            let at = 4096 + at.index(bytes.len() - 4096);
            let end = (at + length).min(bytes.len());
            bytes[at..end].fill(*value);
        }
        if let Some(cut) = cut {
            let mut at = 4096 + cut.index(bytes.len() - 4096);
            if by_page {
                at -= at % 4096;
            }
            bytes.truncate(at);
        }
        let newest = file.versions.last().unwrap();
        let intact = leaves.iter().filter(|(span, _)| bytes.get(span.clone()) == Some(&file.bytes[span.clone()]));
        let intact: Records = intact.flat_map(|(_, records)| records.clone()).collect();
        let survey = match surveyed(&bytes, &file.options) {
            Ok(survey) => survey,
            Err(error) => {
                prop_assert!(intact.is_empty(), "{error}");
                return Ok(());
            }
        };
        let recovered = recover(&survey, Fill::Older);
        let found: Records = recovered.records.iter().map(|(key, value, _)| (key.clone(), value.clone())).collect();
        for (key, value) in &intact {
            prop_assert!(found.get(key) == Some(value), "{:?} is not saved: {:?}", String::from_utf8_lossy(key), survey.end);
        }
        for (key, value) in &found {
            prop_assert!(file.versions.iter().any(|version| version.get(key) == Some(value)));
        }
        let report = list(&survey, Fill::Older, |_| {});
        prop_assert_eq!(report.records, found.len() as u64);
        let missing = newest.keys().filter(|key| !found.contains_key(*key)).count() as u64;
        prop_assert!(report.missing <= missing, "{} are said to be missing, {missing} are", report.missing);
        if report.is_whole() && report.lost_places == 0 && survey.end.is_whole() {
            prop_assert!(found == *newest, "nothing is lost, it says");
        }
    }
}

/// A copy that ended early: page 0 names a commit that is not there.
#[test]
fn a_file_that_was_cut_off_loses_only_what_was_cut_off() {
    let file = ours(20_000, 1);
    let bytes = &file.bytes[..file.bytes.len() * 6 / 10];
    let survey = surveyed(bytes, &file.options).unwrap();
    assert!(matches!(survey.end, End::CutOff { file_len, .. } if file_len == bytes.len() as u64));
    assert!(survey.end.loss().unwrap().contains(&format!("after byte {}", bytes.len())));
    let report = list(&survey, Fill::Older, |_| {});
    assert!((11_000..13_500).contains(&report.records), "{} records", report.records);
    assert_eq!((report.stale, report.is_whole()), (0, false));
    // A whole file loses nothing, and says so.
    let survey = surveyed(&file.bytes, &file.options).unwrap();
    let report = list(&survey, Fill::Older, |_| {});
    assert!(report.is_whole() && survey.end.is_whole() && survey.end.loss().is_none() && report.missing == 0);
}
