//! Tables of services: files and databases, read row by row, exactly.
//!
//! Each kind has a cargo feature: `csv`, `ndjson`, `sqlite`, `postgres`, `mysql`, `parquet`. A source delivers
//! [`Cell`]s exactly as it stores them; only the [`contract`](crate::contract) gives them a meaning. Databases are read
//! within one read-only transaction that sees one state of the data, and nothing relies on the order of rows.

mod batch;
mod connection_error;
#[cfg(feature = "csv")]
mod csv;
mod delimiter;
mod describe;
#[cfg_attr(not(any(feature = "csv", feature = "ndjson")), allow(dead_code))]
mod encoding;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod environment;
mod error;
#[cfg(any(feature = "csv", feature = "ndjson"))]
mod file;
mod format;
#[cfg_attr(
    not(any(
        feature = "csv",
        feature = "ndjson",
        feature = "sqlite",
        feature = "postgres",
        feature = "mysql",
        feature = "parquet"
    )),
    allow(dead_code)
)]
mod gauge;
mod hasher;
mod json_cell;
mod mapped;
#[cfg(feature = "mysql")]
mod mysql;
mod name;
#[cfg(feature = "ndjson")]
mod ndjson;
mod open;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod percent;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
mod selected;
mod settings;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tables;
mod time_notes;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod tls;
mod tree;
mod write_settings;

pub use crate::cell::{Cell, Clock};
pub(crate) use batch::{Batch, Batches, Rows};
pub use connection_error::{ConnectionError, Origin, TlsProblem};
pub use describe::{Description, Unreadable, describe};
pub use encoding::TextEncoding;
pub use error::{BrokenRow, SourceError};
pub use format::{CsvFormat, EmptyValue, Escape, Header, LineEnd};
pub use gauge::Gauge;
pub(crate) use hasher::FileHasher;
pub(crate) use json_cell::json_cell;
pub use mst_types::civil::Rest;
pub use name::NameError;
pub use open::{Filter, Row, Source, SourceInfo, Visit, Wanted, open};
pub(crate) use settings::RawSource;
pub use settings::{Location, Select, Settings};
pub use tables::tables;
pub use tree::TreeSettings;
