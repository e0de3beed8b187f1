//! Recovers the nodes of a damaged file that prove themselves, into a new file.
//!
//! The file is read once from end to end ([`survey`]): every frame whose own hash or check holds is a node, every
//! commit frame whose checksum holds names a root, and in files without commits a node without a parent may be one. The
//! newest root is then walked. If a node of it is damaged, the keys between its neighbours are searched in nodes of the
//! same version that lost their parent, then in the previous version, and so on ([`Survey::recover`]). Every recovered
//! record is in a node that proves itself, and its origin is reported.
//!
//! Takes 24 bytes of memory for each node in the file and 8 for each link, a cache of nodes, and one path for each
//! version that is needed. The damaged file is only read.
//!
//! ```no_run
//! use std::sync::Arc;
//! use file_mst::open::OpenOptions;
//! use file_mst::salvage::{Fill, salvage, survey};
//! use file_mst::storage::FileStorage;
//!
//! let file = FileStorage::open("broken.mst".as_ref())?;
//! let survey = survey(Arc::new(file), &OpenOptions::default(), |_bytes, _nodes| {})?;
//! let saved = salvage(&survey, "saved.mst".as_ref(), Fill::Older, "saved from broken.mst", |_records| {})?;
//! println!("{} records, {} places lost", saved.report.records, saved.report.lost_places);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod entry;
mod error;
mod identify;
mod interval;
mod patches;
mod recover;
mod report;
mod survey;
mod versions;
mod write;

pub use crate::version::Version;
pub use error::SalvageError;
pub use identify::{Identity, identify};
pub use interval::{Interval, StoredKey};
pub use recover::{Event, Fill, MAX_VERSIONS};
pub use report::{Hole, Lost, MAX_LISTED, Part, Report};
pub use survey::{Damaged, End, Survey, survey};
pub use versions::Origin;
pub use write::{Salvaged, list, salvage};
