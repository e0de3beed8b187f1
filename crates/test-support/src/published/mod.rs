//! An independent writer of the two layouts of the published `file-mst` crate.
//!
//! A file is written by [`PublishedWriter`] from [`Record`]s, as whole trees or node by node. Writing node by node
//! also makes the odd and the damaged shapes that a reader must survive. [`canonical_root`] gives the root of a set
//! of records straight from the definition of the canonical shape.
//!
//! ```
//! use mst_test_support::published::{Layout, PublishedWriter, Record, canonical_root, string_key, u64_value};
//!
//! let records: Vec<Record> = ["ada", "bob", "cyd"]
//!     .iter()
//!     .map(|name| Record::new(string_key(Layout::V0_2, name), u64_value(7)))
//!     .collect();
//! let mut file = PublishedWriter::new(Layout::V0_2);
//! let root = file.append_tree(&records);
//! assert_eq!(root.hash, canonical_root(&records));
//!
//! // One flipped bit in bob's value.
//! let at = file.find(root, &records[1].key_stored);
//! file.flip_bit(at, 0);
//! let _damaged: Vec<u8> = file.into_bytes();
//! ```

mod damage;
mod hash;
mod odd;
mod postcard;
mod record;
mod tree;
mod writer;

pub use hash::{Hash, ZERO_HASH, level, node_hash};
pub use postcard::{bytes_value, bytes32_value, i64_value, option_i64_value, string_value, u64_value};
pub use record::{Key, Layout, Record, bytes_key, string_key, u64_key};
pub use tree::canonical_root;
pub use writer::{Link, PAGE, PublishedWriter};
