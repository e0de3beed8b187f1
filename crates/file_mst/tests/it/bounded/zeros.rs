//! A terabyte of zeros is not read: after a header, after a commit, between nodes, in files of every dialect.

use std::fs::{File, OpenOptions as Files};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use file_mst::history::Versions;
use file_mst::inspect::segments::{SegmentKind, Segments};
use file_mst::open::{OpenOptions, open};
use file_mst::salvage::{Fill, list, survey};
use file_mst::storage::{FileStorage, ReadAt};
use file_mst::verify::{Verify, VerifyOptions};
use mst_test_support::own::{OwnFile, canon};
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key, u64_value};

use mst_test_support::trees::{at, typed};

const TERABYTE: u64 = 1 << 40;

/// Counts the bytes that are read from the storage below.
struct Counting {
    inner: FileStorage,
    bytes: AtomicU64,
}

impl ReadAt for Counting {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read_at(offset, buf)?;
        let all = self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        assert!(all < 64 << 20, "more than 64 MiB are read");
        Ok(read)
    }

    fn data_from(&self, offset: u64) -> io::Result<u64> {
        self.inner.data_from(offset)
    }
}

fn counting(path: &Path) -> Arc<Counting> {
    Arc::new(Counting { inner: FileStorage::open(path).unwrap(), bytes: AtomicU64::new(0) })
}

#[allow(clippy::print_stderr)] // Print which test did not run.
/// A sparse file: `parts` at their offsets, and zeros up to `len`. None if the file system has no holes.
fn sparse(folder: &Path, name: &str, parts: &[(u64, &[u8])], len: u64) -> Option<PathBuf> {
    let path = folder.join(name);
    let file: File = Files::new().create_new(true).write(true).read(true).open(&path).unwrap();
    if file.set_len(len).is_err() {
        eprintln!("skipped: the file system has no files of a terabyte");
        return None;
    }
    for (offset, bytes) in parts {
        file.write_all_at(bytes, *offset).unwrap();
    }
    if FileStorage::open(&path).unwrap().data_from(len / 2).unwrap() == len / 2 {
        eprintln!("skipped: the file system does not tell holes");
        return None;
    }
    Some(path)
}

fn own() -> Vec<u8> {
    let records: Vec<_> = (0..2000_u64).map(|id| (id.to_be_bytes().to_vec(), vec![7])).collect();
    let mut file = OwnFile::new();
    file.commit(canon(&records).as_mut(), "only");
    file.into_bytes()
}

#[test]
fn pieces_and_salvage_skip_holes() {
    let folder = tempfile::tempdir().unwrap();
    let own = own();
    let behind: &[(u64, &[u8])] = &[(0, &own)];
    // The nodes and the commit of a second copy, far after the first.
    let far: &[(u64, &[u8])] = &[(0, &own), (TERABYTE / 2, &own[4096..])];
    let headless: &[(u64, &[u8])] = &[(TERABYTE / 2, &own[4096..])];
    for (name, parts) in [("behind", behind), ("far", far), ("headless", headless)] {
        let Some(path) = sparse(folder.path(), name, parts, TERABYTE) else { return };
        let storage = counting(&path);
        let codec = file_mst::inspect::node::Codec::MST1;
        let mut pieces = Segments::from_page(&*storage, &codec, 0).unwrap();
        let (mut end, mut nodes) = (0, 0);
        for found in pieces.by_ref() {
            assert_eq!(found.span.start, end, "{name}: a gap");
            end = found.span.end;
            nodes += usize::from(matches!(found.kind, SegmentKind::Node(_)));
        }
        assert!(pieces.failure().is_none() && end == TERABYTE && nodes > 100, "{name}: {nodes} nodes up to {end}");
        let survey = survey(counting(&path), &OpenOptions::default(), |_, _| {}).unwrap();
        assert_eq!(list(&survey, Fill::Older, |_| {}).records, 2000, "{name}");
    }
}

#[test]
fn a_check_skips_holes() {
    let folder = tempfile::tempdir().unwrap();
    let own = own();
    let Some(path) = sparse(folder.path(), "behind", &[(0, &own[..])], TERABYTE) else { return };
    let opened = open(counting(&path), &OpenOptions::default()).unwrap();
    let mut verify = Verify::new(&opened, VerifyOptions::default());
    verify.findings().for_each(drop);
    assert_eq!((verify.progress().records, verify.progress().errors), (2000, 0));
}

#[test]
fn roots_of_other_dialects_are_found_after_holes() {
    let folder = tempfile::tempdir().unwrap();
    for layout in [Layout::V0_2, Layout::Git] {
        let mut file = PublishedWriter::new(layout);
        let records: Vec<Record> =
            (0..500).map(|id| Record::new(string_key(layout, &format!("{id:04}")), u64_value(id))).collect();
        let root = file.append_tree(&records);
        let bytes = file.into_bytes();
        let Some(path) = sparse(folder.path(), &format!("{layout:?}"), &[(0, &bytes)], TERABYTE) else { return };
        let opened = open(counting(&path), &typed("String", "u64", at(root))).unwrap();
        let versions = Versions::of(&opened, |_| std::ops::ControlFlow::Continue(())).unwrap();
        assert_eq!(versions.map(|version| version.unwrap().root.offset).collect::<Vec<_>>(), [root.offset]);
        Verify::new(&opened, VerifyOptions::default()).findings().for_each(drop);
        let options = typed("String", "u64", OpenOptions::default());
        let survey = survey(counting(&path), &options, |_, _| {}).unwrap();
        assert_eq!(list(&survey, Fill::Older, |_| {}).records, 500);
    }
}
