//! Finds the differences of two trees by reading only the nodes in which they differ.
//!
//! [`diff`] yields the differences as a stream in key order; [`verdict`] only counts them; [`fields`] compares two
//! values; [`Patch`] applies a drift to a tree. `docs/DIFF.md` has the algorithm and its cost.
//!
//! ```
//! use file_mst::MerkleSearchTree;
//! use file_mst::diff::{Item, diff};
//!
//! let mut left: MerkleSearchTree<String, u32> = MerkleSearchTree::new_temporary()?;
//! let mut right: MerkleSearchTree<String, u32> = MerkleSearchTree::new_temporary()?;
//! for (number, name) in ["ada", "bob", "cyd"].into_iter().enumerate() {
//!     left.insert(name.to_string(), number as u32)?;
//!     right.insert(name.to_string(), number as u32)?;
//! }
//! right.insert("bob".to_string(), 7)?;
//! let mut found = diff(left.snapshot()?.tree(), right.snapshot()?.tree());
//! let Some(Item::Changed(old, new)) = found.next() else { panic!("bob has changed") };
//! assert_eq!((old.bytes().key, old.bytes().value, new.bytes().value), (b"bob".as_slice(), &[1_u8][..], &[7_u8][..]));
//! assert!(found.next().is_none());
//! # Ok::<(), file_mst::Error>(())
//! ```

mod by_value;
mod comparison;
mod conclusion;
mod contracts;
mod cursor;
mod drift;
mod equal;
mod fields;
mod item;
mod keys;
mod left_out;
mod patch;
mod path;
mod prefetch;
mod search;
mod skip_equal;
mod stream;
mod tolerance;
mod verdict;
mod withheld;

pub use comparison::{Comparison, FieldTypes};
pub use conclusion::{Answer, Conclusion, Reason};
pub use drift::{Drift, DriftError, DriftLine};
pub use fields::{FieldChange, fields};
pub use item::{Counts, Damage, Equal, EqualWhat, Item, Keyless, MAX_KEYLESS, NotCompared, Side, SideCounts};
pub use keys::common_key;
pub use left_out::{LEFT_OUT_NOTE, LeftOut, WhyLeftOut};
pub use patch::{Patch, PatchError};
pub use stream::{Diff, diff};
pub use tolerance::{GivenTolerances, Measure, TOLERANCE_NOTE, Tolerance, ToleranceError, Tolerances, ToleratedField};
pub use verdict::{Verdict, verdict};
