//! A hint whose check holds proves a commit. If that commit is lost, the file is damaged, and never an older or empty
//! one.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use file_mst::TreeFile;
use file_mst::TreeWriter;
use file_mst::inspect::level::level_of;
use file_mst::inspect::store::{Foreign, is_ours, newest_readable};
use file_mst::open::{OpenError, OpenOptions, open};
use file_mst::storage::{FileStorage, ReadAt, WriteAt};
use file_mst::{Error, Keep, MerkleSearchTree, Options, compact_file};
use mst_test_support::damages;
use mst_test_support::own::{FILE_ID, OwnCommit, OwnFile, OwnLink, OwnNode, canon, header};
use tempfile::TempDir;

type Tree = MerkleSearchTree<u32, Vec<u8>>;

const PAGE: u64 = 4096;

/// Three commits; the values of the second are longer than a page.
fn sample() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sample.mst");
    let mut tree = Tree::open(&path).unwrap();
    for (round, length) in [(1, 9), (2, 6000), (3, 20)] {
        let count = if round == 2 { 4 } else { 300 };
        tree.insert_many((0..count).map(|number| (7 * number + round, vec![round as u8; length]))).unwrap();
        tree.commit(&format!("round {round}")).unwrap();
    }
    drop(tree);
    fs::read(&path).unwrap()
}

fn last_of(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes[40..48].try_into().unwrap())
}

fn file_of(bytes: &[u8]) -> Result<TreeFile, Error> {
    TreeFile::from_storage(Arc::new(bytes.to_vec()), Path::new("image"), 1 << 20)
}

fn all_damages(bytes: &[u8]) -> Vec<damages::Damaged> {
    let last = last_of(bytes);
    [damages::of_page_0(bytes), damages::cuts(bytes), damages::of_last_commit(bytes, last)].concat()
}

#[track_caller]
fn is_damage<T>(name: &str, result: Result<T, Error>) {
    match result {
        Err(error) => assert!(error.is_damage(), "{name}: {error}"),
        Ok(_) => panic!("{name}: opened"),
    }
}

/// Every way to read reports every damage, and no tree is presented as the newest.
#[test]
fn every_reader_reports_every_lost_commit() {
    let sound = sample();
    for (name, bytes) in all_damages(&sound) {
        is_damage(&name, file_of(&bytes));
        assert!(is_ours(&bytes).unwrap(), "{name}");
        let storage: Arc<dyn ReadAt> = Arc::new(bytes.clone());
        match open(Arc::clone(&storage), &OpenOptions::default()) {
            Err(OpenError::File(error)) => assert!(error.is_damage(), "{name}: {error}"),
            other => panic!("{name}: {other:?}"),
        }
        let offset_alone = OpenOptions { offset: Some(PAGE), ..OpenOptions::default() };
        assert!(open(storage, &offset_alone).is_err(), "{name}");
    }
    assert_eq!(file_of(&sound).unwrap().commits().count(), 3);
}

/// Every writer refuses every damage, and changes neither the file nor the files beside it.
#[test]
fn every_writer_refuses_a_damaged_file_and_changes_no_byte() {
    let sound = sample();
    let dir = tempfile::tempdir().unwrap();
    let (path, beside) = (dir.path().join("a.mst"), dir.path().join("a.mst.mst-compacting"));
    let root = file_of(&sound).unwrap().last().unwrap().root;
    let few = |damaged: &[damages::Damaged]| damaged.iter().step_by(23).cloned().collect::<Vec<_>>();
    let last = damages::of_last_commit(&sound, last_of(&sound));
    for (name, bytes) in [damages::of_page_0(&sound), damages::cuts(&sound), few(&last)].concat() {
        fs::write(&path, &bytes).unwrap();
        fs::write(&beside, "what a writer left that died").unwrap();
        is_damage(&name, Tree::open(&path));
        is_damage(
            &name,
            Tree::open_with(&path, Options { retain: Some(file_mst::Retain::last(1)), ..Options::default() }),
        );
        is_damage(&name, TreeWriter::open(&path, Options::default()));
        is_damage(&name, Tree::read_only(&path));
        is_damage(&name, Tree::load_from_root(&path, root.offset, root.hash));
        is_damage(
            &name,
            TreeFile::open(&path).and_then(|file| compact_file(&file, &dir.path().join("new"), Keep::All)),
        );
        let storage = Arc::new(FileStorage::open_writable(&path).unwrap());
        is_damage(&name, Tree::on_storage(storage as Arc<dyn WriteAt>, Options::default()));
        assert!(fs::read(&path).unwrap() == bytes, "{name}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "{name}");
    }
    // The same without damage: the leftover beside the file is removed, and the file opens.
    fs::write(&path, &sound).unwrap();
    Tree::open(&path).unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

/// A hash proves the root that it names, and a frame proves its commit; the newest remaining commit is reported.
#[test]
fn older_commits_of_a_damaged_file_open_by_their_number() {
    let sound = sample();
    let whole = file_of(&sound).unwrap();
    let commits: Vec<_> = whole.commits().map(Result::unwrap).collect();
    for (name, bytes) in all_damages(&sound) {
        let storage: Arc<dyn ReadAt> = Arc::new(bytes.clone());
        let open_with = |options| open(Arc::clone(&storage), &options);
        // The frames that are whole, up to the damage.
        let is_whole = |commit: &file_mst::Commit| {
            let end = commit.offset as usize + 8;
            let frame = commit.offset as usize..commit.end() as usize;
            bytes.len() >= end
                && bytes[PAGE as usize..]
                    .get(..frame.end - PAGE as usize)
                    .is_some_and(|to| to == &sound[PAGE as usize..frame.end])
        };
        let newest = commits.iter().find(|commit| is_whole(commit));
        let readable = newest_readable(&*storage, u64::MAX).unwrap();
        // A frame whose last page is cut off may still be whole.
        assert!(readable.as_ref().map(|it| it.sequence) >= newest.map(|it| it.sequence), "{name}");
        for commit in &commits {
            let opened = open_with(OpenOptions { commit: Some(commit.sequence), ..OpenOptions::default() });
            if readable.as_ref().is_some_and(|readable| readable.sequence >= commit.sequence) {
                let opened = opened.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(opened.tree.root_link(), commit.root, "{name}");
                let file = opened.file.as_ref().unwrap();
                assert!(file.damage().is_some_and(Error::is_damage), "{name}");
                assert_eq!(file.last(), Some(commit), "{name}");
                assert_eq!(mst_test_support::trees::list(&opened.tree).damage.len(), 0, "{name}");
                assert_eq!(
                    mst_test_support::trees::list(&opened.tree).records.len() as u64,
                    commit.records(),
                    "{name}"
                );
            } else {
                assert!(matches!(opened, Err(OpenError::File(error)) if error.is_damage()), "{name}");
            }
        }
        let root = commits[2].root;
        let named = OpenOptions { offset: Some(root.offset), hash: Some(root.hash), ..OpenOptions::default() };
        let there = bytes.len() as u64 >= root.offset + u64::from(root.summary.unwrap().length);
        if there && !name.contains("page 1") {
            let opened = open_with(named).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(opened.tree.root_link().hash, root.hash, "{name}");
            assert!(opened.file.unwrap().damage().is_some(), "{name}");
        }
    }
}

#[test]
fn a_commit_of_a_sound_file_opens_by_its_number() {
    let storage: Arc<dyn ReadAt> = Arc::new(sample());
    for sequence in 1..=3 {
        let opened =
            open(Arc::clone(&storage), &OpenOptions { commit: Some(sequence), ..OpenOptions::default() }).unwrap();
        let file = opened.file.unwrap();
        assert_eq!(opened.tree.root_link(), file.commit(sequence).unwrap().root);
        assert!(file.damage().is_none() && file.last().unwrap().sequence == 3);
    }
    let error = open(storage, &OpenOptions { commit: Some(4), ..OpenOptions::default() }).unwrap_err();
    assert!(error.to_string().contains("no commit 4: there are #1 to #3"), "{error}");
    // A frame in the middle of the chain is damaged: the commits before it are found from the start.
    let mut bytes = sample();
    let second = file_of(&bytes).unwrap().commit(2).unwrap();
    bytes[second.offset as usize + 40] ^= 1;
    assert!(matches!(file_of(&bytes).unwrap().commit(2), Err(Error::Commit { .. })));
    assert_eq!(file_of(&bytes).unwrap().commit(1).unwrap().sequence, 1);
}

/// A file of another kind is not mistaken for a damaged one of this format.
#[test]
fn other_files_are_not_reported_as_damaged() {
    for (bytes, what) in [
        (Vec::new(), Foreign::Empty),
        (b"0123".to_vec(), Foreign::Text),
        (vec![0; 100], Foreign::Unknown),
        (vec![0xff; 3 * 4096], Foreign::Unknown),
        (b"a text\n".repeat(3000), Foreign::Text),
    ] {
        assert!(!is_ours(&bytes).unwrap());
        assert!(matches!(file_of(&bytes), Err(Error::Foreign { what: found, .. }) if found == what));
    }
    for tree in mst_test_support::trees::upstream_trees() {
        assert!(!is_ours(&mst_test_support::upstream::bytes(&tree.file)).unwrap(), "{}", tree.file);
    }
}

/// The length of a value whose node takes many pages.
const LONG: usize = 40 * 4096;

/// A directory with a file of one commit, and the value that is put next. The value consists of commit frames: at each
/// page that it covers it has a frame that continues the first commit, with the id of this file and for exactly this
/// offset.
fn forged(dir: &TempDir) -> (std::path::PathBuf, Vec<u8>) {
    let options = || Options { file_id: Some(FILE_ID.into()), ..Options::default() };
    let value_of = |bytes: &[u8], with: &[u8]| {
        let key = b"\0forged";
        let at = bytes.windows(key.len()).position(|window| window == key).unwrap();
        bytes[at..].windows(with.len()).position(|window| window == with).unwrap() + at
    };
    let first = dir.path().join("first.mst");
    let mut writer = TreeWriter::open(&first, options()).unwrap();
    (0..50_u32).for_each(|number| writer.put(&number.to_be_bytes(), b"honest").unwrap());
    let commit = writer.commit("honest", None).unwrap();
    // The later position of the value.
    let trial = dir.path().join("trial.mst");
    drop(writer);
    fs::copy(&first, &trial).unwrap();
    let mut writer = TreeWriter::open(&trial, Options::default()).unwrap();
    writer.put(b"\0forged", &vec![0xee; LONG]).unwrap();
    writer.tree().unwrap();
    drop(writer);
    let start = value_of(&fs::read(&trial).unwrap(), &[0xee; 100]);
    let mut value = vec![0x11; LONG];
    for page in (start.next_multiple_of(4096)..start + LONG - 4096).step_by(4096) {
        let forged = OwnCommit {
            sequence: 2,
            previous: commit.offset,
            tail_start: commit.end(),
            label: "forged".into(),
            ..OwnCommit::empty(page as u64)
        };
        let frame = forged.frame();
        value[page - start..][..frame.len()].copy_from_slice(&frame);
    }
    (first, value)
}

#[test]
fn nothing_in_a_value_is_mistaken_for_a_commit() {
    let dir = tempfile::tempdir().unwrap();
    let (path, value) = forged(&dir);
    let mut writer = TreeWriter::open(&path, Options::default()).unwrap();
    let last = |path: &Path| {
        let file = TreeFile::open(path).unwrap();
        let commit = file.last().unwrap().clone();
        (commit.sequence, commit.label, file.tree().len().unwrap())
    };
    writer.put(b"\0forged", &value).unwrap();
    writer.tree().unwrap();
    let uncommitted = fs::read(&path).unwrap();
    // The forged frames are valid commits at their offsets.
    let forged: Vec<_> = (2 * 4096..uncommitted.len() as u64)
        .step_by(4096)
        .filter(|at| file_mst::Commit::read(&uncommitted, *at).is_ok_and(|commit| commit.label == "forged"))
        .collect();
    assert!(forged.len() > 30, "{forged:?}");
    assert_eq!(last(&path), (1, "honest".into(), 50), "beside the writer");

    writer.commit("second", None).unwrap();
    let committed = fs::read(&path).unwrap();
    assert_eq!(last(&path), (2, "second".into(), 51));
    drop(writer);

    // The writer is killed before its commit, and the next one continues.
    let other = dir.path().join("other.mst");
    fs::write(&other, &uncommitted).unwrap();
    assert_eq!(last(&other), (1, "honest".into(), 50), "after a kill");
    let writer = TreeWriter::open(&other, Options::default()).unwrap();
    assert_eq!(writer.last().unwrap().label, "honest");
    drop(writer);
    assert!(fs::metadata(&other).unwrap().len() < forged[0], "the torn tail is cut off");

    // The hint still names the previous commit: the second one is found after the long node.
    let stale: Vec<u8> =
        [&header(&FILE_ID, file_of(&committed).unwrap().commit(1).unwrap().offset)[..], &committed[56..]].concat();
    assert_eq!(file_of(&stale).unwrap().last().unwrap().label, "second");
    let second = file_of(&committed).unwrap().last().unwrap().clone();
    // The frame did not reach the disk, or the beginning of the long node did not.
    for torn in [second.offset, second.tail_start] {
        let mut bytes = stale.clone();
        bytes[torn as usize..][..4096].fill(0);
        assert_eq!(file_of(&bytes).unwrap().last().unwrap().label, "honest", "{torn}");
    }
    // Without a good hint nothing is chosen, and only committed data is found by structure.
    for flipped in [41, 50, 0] {
        let mut bytes = committed.clone();
        bytes[flipped] ^= 1;
        is_damage("no hint", file_of(&bytes));
        assert_eq!(newest_readable(&bytes, u64::MAX).unwrap().unwrap().label, "second");
        let mut bytes = uncommitted.clone();
        bytes[flipped] ^= 1;
        assert_eq!(newest_readable(&bytes, u64::MAX).unwrap().unwrap().label, "honest");
        // Even if the length of the long node leads into its middle.
        let at = second.tail_start as usize;
        let length = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        for pages in 1..30 {
            bytes[at..at + 4].copy_from_slice(&(length - pages * 4096).to_le_bytes());
            assert_eq!(newest_readable(&bytes, u64::MAX).unwrap().unwrap().label, "honest");
        }
    }
}

/// A hint that names the previous commit, as after a loss of power: only a commit that continues it is accepted.
#[test]
fn only_a_frame_that_continues_the_last_commit_is_one() {
    let mut file = OwnFile::new();
    let first = file.commit(canon(&[(vec![1], vec![1])]).as_mut(), "first");
    let end = file.bytes().len() as u64;
    let with = |change: fn(&mut OwnCommit)| {
        let mut next =
            OwnCommit { sequence: 2, previous: first, tail_start: end, label: "next".into(), ..OwnCommit::empty(end) };
        change(&mut next);
        let mut bytes = file.bytes().to_vec();
        bytes.extend(next.frame());
        bytes.resize(bytes.len().next_multiple_of(4096), 0);
        file_of(&bytes).unwrap().last().unwrap().label.clone()
    };
    assert_eq!(with(|_| {}), "next");
    assert_eq!(with(|next| next.sequence = 3), "first");
    assert_eq!(with(|next| next.sequence = 1), "first");
    assert_eq!(with(|next| next.previous = 0), "first");
    assert_eq!(with(|next| next.previous += 4096), "first");
    assert_eq!(with(|next| next.tail_start -= 4096), "first");
    assert_eq!(with(|next| next.id[3] ^= 1), "first");
    assert_eq!(with(|next| next.flags = 1), "first");
    // A frame that was made for another offset.
    assert_eq!(with(|next| next.offset += 4096), "first");
    // The names of notes ascend, and are unique.
    assert_eq!(with(|next| next.notes = b"\x01a\x01x\x01b\x00".to_vec()), "next");
    assert_eq!(with(|next| next.notes = b"\x01b\x01x\x01a\x00".to_vec()), "first");
    assert_eq!(with(|next| next.notes = b"\x01a\x01x\x01a\x00".to_vec()), "first");
    assert_eq!(with(|next| next.notes = b"\x01a\x02x".to_vec()), "first");
    // The hint leads to a commit of another file.
    let other = [&header(b"another file id.", first)[..], &file.bytes()[56..]].concat();
    is_damage("another file's commit", file_of(&other));
    // If no commit was completed, the first one may follow.
    let first_of = |change: fn(&mut OwnCommit)| {
        let mut commit = OwnCommit { label: "first".into(), ..OwnCommit::empty(4096) };
        change(&mut commit);
        let mut bytes = [&header(&FILE_ID, 0)[..], &[0; 4040], &commit.frame()].concat();
        bytes.resize(bytes.len().next_multiple_of(4096), 0);
        file_of(&bytes).unwrap().last().map(|commit| commit.label.clone())
    };
    assert_eq!(first_of(|_| {}).as_deref(), Some("first"));
    assert_eq!(first_of(|commit| commit.sequence = 2), None);
    assert_eq!(first_of(|commit| commit.previous = 4096), None);
}

/// After the commit that the hint names, a further commit counts only if all of its own nodes are there, the first one
/// too.
#[test]
fn a_commit_counts_only_with_all_the_nodes_of_its_tail() {
    let mut file = OwnFile::new();
    let first = file.commit(canon(&[(vec![1], vec![1])]).as_mut(), "first");
    // One leaf, which begins the tail.
    let mut leaf = canon(&[(vec![2], vec![2])]).unwrap();
    let second = file.commit(Some(&mut leaf), "second");
    let stale = [&header(&FILE_ID, first)[..], &file.bytes()[56..]].concat();
    assert_eq!(file_of(&stale).unwrap().last().unwrap().offset, second);
    for at in leaf.offset..leaf.offset + 19 {
        let mut bytes = stale.clone();
        bytes[at as usize] ^= 1;
        assert_eq!(file_of(&bytes).unwrap().last().unwrap().offset, first, "byte {at}");
    }
}

/// Counts the reads of a long file of zeros after a header, and after a commit.
#[derive(Default)]
struct Zeros {
    begin: Vec<u8>,
    len: u64,
    read: AtomicU64,
}

impl ReadAt for Zeros {
    fn len(&self) -> std::io::Result<u64> {
        Ok(self.len)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let count = buf.len().min((self.len - offset.min(self.len)) as usize);
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        buf.fill(0);
        let begin = self.begin.get(offset as usize..).unwrap_or_default();
        let known = count.min(begin.len());
        buf[..known].copy_from_slice(&begin[..known]);
        Ok(count)
    }
}

#[test]
fn a_terabyte_of_zeros_is_not_scanned() {
    let sound = sample();
    let empty = [&header(&FILE_ID, 0)[..], &[0; 4040]].concat();
    let mut no_hint = sound.clone();
    no_hint[45] ^= 1;
    for (begin, commits) in [(empty, Some(0)), (sound, Some(3)), (no_hint, None), (vec![0; 4096], None)] {
        let zeros = Arc::new(Zeros { begin, len: 1 << 40, ..Zeros::default() });
        let opened = TreeFile::from_storage(Arc::clone(&zeros) as Arc<dyn ReadAt>, Path::new("zeros"), 1 << 20);
        assert_eq!(opened.ok().map(|file| file.commits().count()), commits);
        newest_readable(&*zeros, u64::MAX).unwrap();
        let read = zeros.read.load(Ordering::Relaxed);
        assert!(read < 8 << 20, "{read} bytes read");
    }
}

/// 2 to the power of 40 paths through 41 nodes: the tail of a commit is not walked more than once.
#[test]
fn a_tail_in_which_two_links_lead_to_one_node_is_no_commit() {
    let mut file = OwnFile::new();
    let first = file.commit(canon(&[(vec![1], vec![1])]).as_mut(), "first");
    file.commit_doubled(40);
    let stale = [&header(&FILE_ID, first)[..], &file.bytes()[56..]].concat();
    assert!(stale.len() < 40_000);
    assert_eq!(file_of(&stale).unwrap().last().unwrap().offset, first);
}

/// I4: the nodes of a commit are before its frame. A node after it was never synced together with the frame.
#[test]
fn a_commit_with_a_node_after_its_frame_is_no_commit() {
    let key = |level| (0_u64..).map(|n| n.to_be_bytes().to_vec()).find(|key| level_of(key) == level).unwrap();
    let leaf = || OwnNode { records: vec![(key(0), vec![1])], children: vec![None, None], ..OwnNode::default() };
    for behind in [false, true] {
        let mut file = OwnFile::new();
        let first = file.commit(canon(&[(vec![1], vec![1])]).as_mut(), "first");
        let tail_start = file.bytes().len() as u64;
        let child = match behind {
            false => file.write_node(&mut leaf(), &[None, None]),
            // The root takes the first page of the tail, the commit the second.
            true => {
                let link = OwnFile::new().write_node(&mut leaf(), &[None, None]);
                OwnLink { offset: tail_start + 2 * PAGE, ..link }
            }
        };
        let mut root = OwnNode { level: 1, records: vec![(key(1), vec![2])], ..OwnNode::default() };
        let children = if key(0) < key(1) { [Some(child), None] } else { [None, Some(child)] };
        let root = file.write_node(&mut root, &children);
        let bytes = u64::from(root.length) + u64::from(child.length);
        file.commit_root(tail_start, Some(root), (2, bytes), "second");
        if behind {
            assert_eq!(file.write_node(&mut leaf(), &[None, None]).offset, child.offset);
        }
        let stale = [&header(&FILE_ID, first)[..], &file.bytes()[56..]].concat();
        let expected = if behind { "first" } else { "second" };
        assert_eq!(file_of(&stale).unwrap().last().unwrap().label, expected);
    }
}

/// The next writer cuts off exactly what a writer could not finish.
#[test]
fn a_torn_tail_after_a_good_commit_is_cut_off() {
    let sound = sample();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    for tail in [vec![0; 1], vec![0; 4096], vec![0xaa; 5000], sound[4096..3 * 4096].to_vec()] {
        fs::write(&path, [&sound[..], &tail].concat()).unwrap();
        let tree = Tree::open(&path).unwrap();
        assert_eq!(tree.commits().unwrap().count(), 3);
        assert!(fs::read(&path).unwrap() == sound);
    }
}
