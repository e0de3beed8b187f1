//! Sync contracts: the agreement of two services, and the one canonical form of every value in it.
//!
//! Two services need not share a schema. They agree on the key of a record and on the fields that must match; a mapping
//! ([`mapping`](crate::mapping)) converts each service's rows to that form. However a service stores them, values that
//! mean the same become the same bytes, and different values become different bytes, so two roots differ only if the
//! data differs. `docs/CONTRACT.md` specifies the bytes.
//!
//! ```
//! use mst_sync::contract::Contract;
//! use mst_sync::source::Cell;
//!
//! let contract = Contract::parse(
//!     r#"
//!     version = 1
//!     name = "orders"
//!     [[key]]
//!     name = "id"
//!     type = "u32"
//!     [[field]]
//!     name = "amount"
//!     type = "decimal(2)"
//!     "#,
//!     "orders.toml".as_ref(),
//! )?;
//! let amount = &contract.fields[0];
//! let one = amount.canonical(Cell::Text("12.50".into()))?;
//! let other = amount.canonical(Cell::Number { text: "1250".into(), shift: -2 })?;
//! assert_eq!(one, other);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canonical;
mod clock;
mod default;
mod hash;
mod json;
mod model;
mod number;
mod parse;
mod rule_violation;
mod short;
mod text;
mod zones;

#[cfg(test)]
mod tests;

pub use crate::source_span::SettingsError;
pub use canonical::Canonical;
pub(crate) use canonical::truth;
pub(crate) use json::Members;
pub use model::{Case, Contract, Digest, Empty, Field, FieldType, Floats, Rounding, Rules, Values};
pub use mst_types::TimeUnit as Unit;
pub(crate) use number::{NumberError, Unrounded, plain, same_number, unrounded};
pub use rule_violation::RuleViolation;
pub use text::unicode_version;
pub use zones::zone_database;
