//! Proofs: statements about a key or a range of keys in a tree, which can be checked with the root hash alone.
//!
//! A proof contains the complete nodes on the path, since a node's hash covers its keys and values, and only the hashes
//! of all other children. `docs/PROOFS.md` gives the bytes, the rules of the check, and what a proof proves.
//!
//! ```
//! use file_mst::MerkleSearchTree;
//! use file_mst::proof::{KeyOrder, Proved, Question, prove, verify};
//!
//! let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::new_temporary()?;
//! tree.insert("ada".to_string(), 7)?;
//! let root = tree.try_root_hash()?;
//!
//! let now = tree.snapshot()?;
//! let proof = prove(now.tree(), &KeyOrder::Bytes, &Question::key("ada"), b"")?;
//! // Elsewhere, with the root hash from a trusted place:
//! let answer = verify(&root, &KeyOrder::Bytes, &proof)?;
//! assert_eq!(answer.proved, Proved::Record { key: b"ada", value: &[7] });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod order;
mod question;
mod verify;
mod write;

pub use error::{ProveError, Refusal};
pub use order::KeyOrder;
pub use question::Question;
pub use verify::{Answer, KeyValue, Neighbour, Proved, verify};
pub use write::{note_of, prove};

/// The first bytes of a proof.
pub const MAGIC: [u8; 8] = *b"\x89MSP\r\n\x1a\n";

/// The version of the proofs that are written, and the newest that is read.
pub const VERSION: u8 = 1;

/// The longest proof, in bytes.
pub const MAX_PROOF: usize = 256 << 20;

/// The length of the check at the end of a proof, in bytes.
const CHECK: usize = 8;

const ORDER_BYTES: u8 = 0;
const ORDER_TYPED: u8 = 1;

const ASKS_KEY: u8 = 1;
const ASKS_RANGE: u8 = 2;

const UNBOUNDED: u8 = 0;
const INCLUDED: u8 = 1;
const EXCLUDED: u8 = 2;

const CHILD_ABSENT: u8 = 0;
const CHILD_CLOSED: u8 = 1;
const CHILD_OPEN: u8 = 2;

/// The check at the end of a proof. It distinguishes damage from a false proof, and proves nothing.
fn check_of(content: &[u8]) -> [u8; CHECK] {
    blake3::hash(content).as_bytes().first_chunk().copied().unwrap_or_default()
}
