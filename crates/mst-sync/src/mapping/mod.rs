//! Mappings: how the rows of one service become records of a [`contract`](crate::contract).
//!
//! A mapping names a source, and for each field of the contract what it is made from, and by which of a few functions
//! in a fixed order. `docs/MAPPING.md` lists them. A row that violates the contract is reported with its table, row,
//! key, column, value and rule; nothing is ever dropped silently.

mod apply;
mod check;
mod decode;
mod key_filter;
mod matching;
mod model;
mod parse;
mod record;
mod step;
mod strip;
mod time;

pub use apply::Step;
pub(crate) use matching::stands_for;
pub(crate) use model::{Fold, TimeFormat, TimeRule};
pub use model::{Mapping, NOW_NOTE, TZDB_NOTE, WHERE_NOTE, ZONES_NOTE};
pub(crate) use parse::parse_zone;
pub(crate) use record::{Broken, RowView};
pub use record::{Explained, Mapper, Violation};
pub(crate) use step::Plain;
pub(crate) use time::{as_text, with_pattern};
