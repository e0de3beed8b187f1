//! Opens a tree: finds its root, its dialect and its types by evidence.
//!
//! A file of the published crate does not name its dialect or its types. But a node carries the hash of its own keys
//! and values, including their lengths: if that hash comes out under a dialect's rule and a type's boundaries, both are
//! proved.

mod error;
mod infer;
mod keys_only;
mod opened;
mod opening;
mod options;
mod ours;
mod retype;
mod root;
mod sample;
mod type_mismatch;
mod typed_form;
mod types;
mod typing;

pub use error::OpenError;
pub use mst_types::schema_bytes;
pub use opened::Opened;
pub use opening::open;
pub use options::{OpenOptions, RootSource};
pub use type_mismatch::TypeMismatch;
pub use typed_form::TypedForm;
pub use types::{RuledOut, Typing, TypingSource, Unfit};
