//! Whenever the power fails, the file opens at the last commit or the one that was being written.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use file_mst::TreeFile;
use file_mst::storage::{ReadAt, WriteAt};
use file_mst::{Error, MerkleSearchTree, Options};
use proptest::prelude::*;

type Tree = MerkleSearchTree<u32, Vec<u8>>;

#[derive(Clone, Debug)]
enum Event {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Sync,
}

/// Storage that records the operations on it and fails a chosen one.
#[derive(Default)]
struct Recorder {
    bytes: Mutex<Vec<u8>>,
    events: Mutex<Vec<Event>>,
    fail_at: Option<usize>,
}

impl Recorder {
    fn of(bytes: Vec<u8>) -> Self {
        Self { bytes: Mutex::new(bytes), ..Self::default() }
    }

    fn add(&self, event: Event) -> io::Result<()> {
        let mut events = self.events.lock().unwrap();
        events.push(event.clone());
        if self.fail_at.is_some_and(|fail_at| events.len() > fail_at) {
            return Err(io::Error::other("no space left"));
        }
        replay(&mut self.bytes.lock().unwrap(), &event);
        Ok(())
    }
}

fn replay(bytes: &mut Vec<u8>, event: &Event) {
    match event {
        Event::Write(offset, content) => {
            let start = *offset as usize;
            bytes.resize(bytes.len().max(start + content.len()), 0);
            bytes[start..start + content.len()].copy_from_slice(content);
        }
        Event::SetLen(len) => bytes.resize(*len as usize, 0),
        Event::Sync => {}
    }
}

impl ReadAt for Recorder {
    fn len(&self) -> io::Result<u64> {
        ReadAt::len(&*self.bytes.lock().unwrap())
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.bytes.lock().unwrap().read_at(offset, buf)
    }
}

impl WriteAt for Recorder {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.add(Event::Write(offset, bytes.to_vec()))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.add(Event::SetLen(len))
    }

    fn sync(&self) -> io::Result<()> {
        self.add(Event::Sync)
    }
}

/// Six commits that insert, change and remove, with an intermediate write in each. Returns the root after each.
fn work(tree: &mut Tree) -> Result<Vec<[u8; 32]>, Error> {
    let mut roots = vec![[0; 32]];
    for round in 0..6_u32 {
        for number in 0..40 {
            tree.insert(number * 7 + round, vec![round as u8; (number % 50) as usize])?;
        }
        tree.try_root_hash()?;
        for number in 0..10 {
            tree.remove(&(number * 7 + round))?;
        }
        roots.push(tree.commit("round")?.root.hash.into());
    }
    Ok(roots)
}

fn last_root(file: &TreeFile) -> [u8; 32] {
    file.last().map_or([0; 32], |commit| commit.root.hash.into())
}

/// Opens `image` as a reader and as a writer, and requires one of `allowed`; then a further commit must work.
fn check(image: Vec<u8>, allowed: &[[u8; 32]], what: &str) {
    let opened = TreeFile::from_storage(Arc::new(image.clone()), Path::new("image"), 1 << 20);
    let root = match opened {
        Ok(file) => last_root(&file),
        Err(error) => panic!("{what}: {error}"),
    };
    assert!(allowed.contains(&root), "{what}: {root:?}");

    let storage = Arc::new(Recorder::of(image));
    let mut tree = Tree::on_storage(Arc::clone(&storage) as Arc<dyn WriteAt>, Options::default()).unwrap();
    assert_eq!(<[u8; 32]>::from(tree.try_root_hash().unwrap()), root, "{what}");
    let records = tree.iter().unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(records.len() as u64, tree.len().unwrap(), "{what}");
    tree.insert(1_000_000, vec![1]).unwrap();
    tree.flush().unwrap();
    drop(tree);
    let bytes = storage.bytes.lock().unwrap().clone();
    let file = TreeFile::from_storage(Arc::new(bytes), Path::new("image"), 1 << 20).unwrap();
    assert_eq!(file.tree().len().unwrap(), records.len() as u64 + 1, "{what}");
}

#[test]
fn every_prefix_and_every_torn_page_opens_at_a_commit() {
    let storage = Arc::new(Recorder::default());
    let mut tree = Tree::on_storage(Arc::clone(&storage) as Arc<dyn WriteAt>, Options::default()).unwrap();
    let roots = work(&mut tree).unwrap();
    drop(tree);
    let events = storage.events.lock().unwrap().clone();
    let mut durable = Vec::new();
    let mut unsynced: Vec<Event> = Vec::new();
    let mut syncs = 0;
    let mut images = 0;
    for event in &events {
        if matches!(event, Event::Sync) {
            unsynced.drain(..).for_each(|event| replay(&mut durable, &event));
            syncs += 1;
            continue;
        }
        unsynced.push(event.clone());
        // The first sync is that of the empty file, whose creation is not a commit.
        if syncs == 0 {
            continue;
        }
        let allowed = [roots[syncs - 1], roots[syncs.min(roots.len() - 1)]];
        let pages: Vec<(u64, &[u8])> = unsynced
            .iter()
            .filter_map(|event| match event {
                Event::Write(offset, bytes) => Some((offset, bytes)),
                _ => None,
            })
            .flat_map(|(offset, bytes)| bytes.chunks(4096).zip(0..).map(|(page, index)| (*offset + index * 4096, page)))
            .collect();
        let apply = |keep: &dyn Fn(usize) -> bool, cut: Option<usize>| {
            let mut image = durable.clone();
            for (index, (offset, page)) in pages.iter().enumerate().filter(|(index, _)| keep(*index)) {
                let torn = cut.filter(|_| index + 1 == pages.len());
                let end = torn.unwrap_or(page.len()).min(page.len());
                replay(&mut image, &Event::Write(*offset, page[..end].to_vec()));
            }
            image
        };
        // All writes up to each page, in order; torn within the last; without each one; only each one.
        for count in 0..=pages.len() {
            check(apply(&|index| index < count, None), &allowed, &format!("sync {syncs}, the first {count} pages"));
        }
        for cut in [1, 100, 511, 512, 2048, 4095] {
            check(apply(&|_| true, Some(cut)), &allowed, &format!("sync {syncs}, torn at {cut}"));
        }
        for one in 0..pages.len() {
            check(apply(&|index| index != one, None), &allowed, &format!("sync {syncs}, without page {one}"));
            check(apply(&|index| index == one, None), &allowed, &format!("sync {syncs}, only page {one}"));
        }
        images += 3 * pages.len() + 7;
        // Garbage, if the length reached the disk before the pages did.
        let mut image = durable.clone();
        image.resize(image.len() + 3 * 4096 + 5, 0xaa);
        check(image, &allowed[..1], "garbage behind the last commit");
    }
    assert_eq!(syncs, roots.len(), "one sync to begin with, then one for each commit");
    assert!(images > 200, "{images}");
}

#[test]
fn a_failed_write_poisons_the_writer_and_loses_no_commit() {
    let whole = Arc::new(Recorder::default());
    let mut tree = Tree::on_storage(Arc::clone(&whole) as Arc<dyn WriteAt>, Options::default()).unwrap();
    let roots = work(&mut tree).unwrap();
    let steps = whole.events.lock().unwrap().len();
    for fail_at in 2..steps {
        let storage = Arc::new(Recorder { fail_at: Some(fail_at), ..Recorder::default() });
        let mut tree = Tree::on_storage(Arc::clone(&storage) as Arc<dyn WriteAt>, Options::default()).unwrap();
        work(&mut tree).unwrap_err();
        let error = tree.commit("again").unwrap_err();
        assert!(matches!(error, Error::Poisoned { .. }), "{error}");
        assert!(matches!(tree.insert(1, vec![]), Err(Error::Poisoned { .. })));
        let commits =
            storage.events.lock().unwrap().iter().take(fail_at).filter(|event| matches!(event, Event::Sync)).count()
                - 1;
        drop(tree);
        let bytes = storage.bytes.lock().unwrap().clone();
        check(bytes, &[roots[commits], roots[(commits + 1).min(roots.len() - 1)]], &format!("failed at {fail_at}"));
    }
}

/// A file of two commits, written once.
fn sample() -> &'static [u8] {
    static SAMPLE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    SAMPLE.get_or_init(|| {
        let storage = Arc::new(Recorder::default());
        let mut tree = Tree::on_storage(Arc::clone(&storage) as Arc<dyn WriteAt>, Options::default()).unwrap();
        for round in 0..2_u32 {
            tree.insert_many((0..200).map(|number| (3 * number + round, vec![5; number as usize % 9]))).unwrap();
            tree.commit("sample").unwrap();
        }
        drop(tree);
        std::mem::take(&mut *storage.bytes.lock().unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    /// Never a panic, never a wrong record: every record that is read is right, or there is an error.
    #[test]
    fn damage_is_an_error_and_never_data(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 1..9_usize), 1..6),
        length in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let mut bytes = sample().to_vec();
        for (at, byte, count) in damage {
            let at = at.index(bytes.len());
            bytes.iter_mut().skip(at).take(count).for_each(|to| *to = byte);
        }
        if let Some(length) = length {
            bytes.truncate(length.index(bytes.len()));
        }
        let Ok(file) = TreeFile::from_storage(Arc::new(bytes), Path::new("image"), 1 << 20) else { return Ok(()) };
        for commit in file.commits().flatten() {
            let tree = file_mst::Snapshot::<u32, Vec<u8>>::at(file.tree_at(&commit));
            for number in 0..200 {
                if let Ok(Some(value)) = tree.get(&(3 * number)) {
                    prop_assert_eq!(value.len(), number as usize % 9);
                }
            }
            for record in tree.iter().into_iter().flatten().flatten() {
                prop_assert!(record.1.iter().all(|byte| *byte == 5));
            }
            let _ = tree.tree().stats(|_| std::ops::ControlFlow::Continue(()));
        }
    }
}

#[test]
fn every_flipped_bit_of_the_tree_is_detected() {
    let storage = Arc::new(Recorder::default());
    let mut tree = Tree::on_storage(Arc::clone(&storage) as Arc<dyn WriteAt>, Options::default()).unwrap();
    tree.insert_many((0..60_u32).map(|number| (number, vec![number as u8; 3]))).unwrap();
    let root = tree.commit("").unwrap().root;
    let expected = tree.iter().unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    let frames: Vec<(u64, usize)> = tree
        .snapshot()
        .unwrap()
        .tree()
        .walk()
        .filter_map(|step| match step {
            file_mst::inspect::walk::Step::Node { node, .. } => Some((node.offset(), node.bytes().len())),
            _ => None,
        })
        .collect();
    assert!(frames.len() > 3);
    let bytes = storage.bytes.lock().unwrap().clone();
    for (offset, length) in frames {
        for bit in 8 * offset..8 * (offset + length as u64) {
            let mut damaged = bytes.clone();
            damaged[bit as usize / 8] ^= 1 << (bit % 8);
            let file = TreeFile::from_storage(Arc::new(damaged), Path::new("image"), 1 << 20).unwrap();
            assert_eq!(file.last().unwrap().root, root);
            let tree = file_mst::ReadOnly::<u32, Vec<u8>>::of(file).unwrap();
            let records = tree.iter().and_then(|iter| iter.collect::<Result<Vec<_>, _>>());
            assert!(records.is_err(), "bit {bit}: {} records", records.unwrap().len());
        }
    }
    assert_eq!(expected.len(), 60);
}
