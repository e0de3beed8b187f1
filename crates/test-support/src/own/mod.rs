//! An independent writer of the library's own format, `mst 1`, written from `docs/FORMAT.md`.
//!
//! It writes whatever it is told, sound or not: a tree is a value whose nodes can be changed, and whose links can be
//! made to state false values, before it is appended as a commit. Nodes fill pages one after the other, in post-order.
//!
//! ```
//! use mst_test_support::own::{OwnFile, canon};
//!
//! let records: Vec<_> = (0..100_u64).map(|id| (id.to_be_bytes().to_vec(), vec![7])).collect();
//! let mut tree = canon(&records).unwrap();
//! let mut file = OwnFile::new();
//! let commit = file.commit(Some(&mut tree), "first");
//! assert_eq!(file.bytes()[commit as usize..][..4], [0x0c, 0x99, 0x9e, 0xff]);
//! assert!(tree.offset >= 4096);
//! ```

mod file;
mod node;

pub use file::{FILE_ID, OwnCommit, OwnFile, header};
pub use node::{OwnLink, OwnNode, Said, canon};
