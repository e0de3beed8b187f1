//! The untyped writer: a buffer of changes, the file, its commits.

mod blocks;
mod buffer;
mod commit;
pub mod compact;
pub mod convert;
mod directory;
mod first_page_last;
mod limits;
mod new_file;
mod options;
mod publish;
mod raw;
mod retention;
mod rewrite;
mod runs;
mod sorter;
mod writer;

pub(crate) use blocks::Blocks;
pub use blocks::Sender;
pub(crate) use buffer::Buffer;
pub(crate) use buffer::Found;
pub use compact::{Keep, compact_file};
pub(crate) use limits::{check_key, check_value};
pub use new_file::NewFile;
pub use options::Options;
pub use raw::TreeWriter;
pub use retention::Retain;
pub(crate) use runs::Runs;
pub use sorter::{Sorted, Sorter};
pub(crate) use writer::Writer;

/// The longest key, in bytes of its encoded form.
pub const MAX_KEY: usize = 64 << 10;
/// The longest value, in postcard bytes.
pub const MAX_VALUE: usize = 1 << 20;
