//! The root hash is used as in the guide of the library, and is never made up.

#![allow(clippy::print_stdout, reason = "the program of the guide is run as it stands")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use file_mst::storage::{ReadAt, WriteAt};
use file_mst::{MerkleSearchTree, Options};

/// The example of the original README, word for word.
mod seed {
    #[allow(unused_imports)]
    use file_mst::{MerkleKey, MerkleSearchTree};
    #[allow(unused_imports)]
    use serde::{Deserialize, Serialize};
    #[allow(unused_imports)]
    use std::borrow::Cow;

    #[test]
    fn main() -> std::io::Result<()> {
        // 2. Create a temporary tree (Key: String, Value: i32)
        let mut tree: MerkleSearchTree<String, i32> = MerkleSearchTree::new_temporary()?;

        // 3. Insert data (Key, Value)
        tree.insert("Alice".to_string(), 100)?;
        tree.insert("Bob".to_string(), 200)?;

        // 4. Query data
        if tree.contains(&"Alice".to_string())? {
            println!("Alice exists!");
        }

        // Retrieve value
        match tree.get(&"Bob".to_string())? {
            Some(val) => println!("Bob's value is: {}", val),
            None => println!("Bob not found"),
        }

        // 5. Get Root Hash
        println!("Root Hash: {:?}", tree.root_hash());

        Ok(())
    }
}

type Tree = MerkleSearchTree<String, i32>;

#[test]
fn it_prints_and_compares_as_the_hash() {
    let made = |value| {
        let mut tree = Tree::new_temporary().unwrap();
        tree.insert("Alice".to_string(), value).unwrap();
        tree
    };
    let (tree, other, third) = (made(100), made(100), made(101));
    let hash: [u8; 32] = tree.try_root_hash().unwrap().into();
    let text = hex::encode(hash);
    assert_eq!(text.len(), 64);
    assert_eq!(format!("Root Hash: {:?}", tree.root_hash()), format!("Root Hash: {text}"));
    assert_eq!(tree.root_hash().to_string(), text);
    assert_eq!(hex::encode(tree.root_hash()), text);
    assert!(tree.root_hash() == other.root_hash() && tree.root_hash() != third.root_hash());
    assert!(tree.root_hash() == hash && hash == tree.root_hash() && third.root_hash() != hash);
    let snapshot = tree.snapshot().unwrap();
    assert!(tree.root_hash() == snapshot.root_hash() && snapshot.root_hash() == hash);
    assert_eq!(hex::encode(snapshot.root_hash()), text);
    assert_eq!(tree.root_hash().ok(), Some(snapshot.root_hash()));
    // The empty tree has a hash too.
    assert!(Tree::new_temporary().unwrap().root_hash() == [0; 32]);
}

/// Storage that can be made to fail.
#[derive(Debug, Default)]
struct Failing {
    bytes: std::sync::Mutex<Vec<u8>>,
    reads_fail: AtomicBool,
    writes_fail: AtomicBool,
}

fn fail_if(flag: &AtomicBool) -> io::Result<()> {
    if flag.load(Ordering::Relaxed) { Err(io::Error::other("the disk is gone")) } else { Ok(()) }
}

impl ReadAt for Failing {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        fail_if(&self.reads_fail)?;
        self.bytes.lock().unwrap().as_slice().read_at(offset, buf)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }
}

impl WriteAt for Failing {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        fail_if(&self.writes_fail)?;
        let mut all = self.bytes.lock().unwrap();
        let (from, to) = (offset as usize, offset as usize + bytes.len());
        if all.len() < to {
            all.resize(to, 0);
        }
        all[from..to].copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.bytes.lock().unwrap().resize(len as usize, 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        fail_if(&self.writes_fail)
    }
}

/// The required properties of an unknown hash.
fn assert_unknown(one: &Tree, other: &Tree, known: [u8; 32]) {
    let (a, b) = (one.root_hash(), other.root_hash());
    assert!(a.ok().is_none() && a.error().is_some() && one.try_root_hash().is_err());
    assert!(a != b && a != a.clone() && a != known && a != [0; 32] && b != [0; 32]);
    let text = format!("{a:?}");
    assert!(text.starts_with("no root hash: ") && text.contains("the disk is gone"), "{text}");
    // Nothing that could be mistaken for a hash, or for that of another tree, wherever its bytes go.
    assert_ne!(a.as_ref().len(), 32);
    assert_ne!(hex::encode(&a), hex::encode(&b));
    assert_ne!(hex::encode(one.root_hash()), hex::encode(one.root_hash()));
    assert!(a.result().is_err());
}

#[test]
fn an_unknown_hash_is_never_made_up() {
    let made = || {
        let storage = Arc::new(Failing::default());
        let options = Options { cache_bytes: 0, ..Options::default() };
        let mut tree = Tree::on_storage(Arc::clone(&storage) as Arc<dyn WriteAt>, options).unwrap();
        tree.insert_many((0..5000).map(|n| (format!("{n:05}"), n))).unwrap();
        tree.commit("first").unwrap();
        (storage, tree)
    };
    // Without changes no read or write is needed for it.
    let ((one_disk, mut one), (other_disk, mut other)) = (made(), made());
    let known: [u8; 32] = one.try_root_hash().unwrap().into();
    for disk in [&one_disk, &other_disk] {
        disk.reads_fail.store(true, Ordering::Relaxed);
        disk.writes_fail.store(true, Ordering::Relaxed);
    }
    assert!(one.root_hash() == known && other.root_hash() == known);
    // With changes that cannot be applied it is unknown, now and later.
    for tree in [&mut one, &mut other] {
        tree.insert("02500".to_string(), -1).unwrap();
    }
    assert_unknown(&one, &other, known);
    for disk in [&one_disk, &other_disk] {
        disk.reads_fail.store(false, Ordering::Relaxed);
        disk.writes_fail.store(false, Ordering::Relaxed);
    }
    assert!(one.root_hash().ok().is_none(), "what failed may have left half of itself behind");
    // Committed data is safe.
    let again = Tree::on_storage(Arc::clone(&one_disk) as Arc<dyn WriteAt>, Options::default()).unwrap();
    assert!(again.root_hash() == known);
}
