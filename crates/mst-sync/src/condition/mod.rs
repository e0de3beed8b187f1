//! Conditions on rows: a small closed language that means the same on every kind of source, because it is evaluated
//! here and never by the source.
//!
//! ```
//! use mst_sync::condition::{Condition, Now};
//! use mst_sync::source::Cell;
//!
//! let condition = Condition::parse("status in ('paid', 'open') and amount >= 10.50")?;
//! assert_eq!(condition.columns(), ["status", "amount"]);
//! let row = |status: &'static str, amount: &'static str| [Cell::Text(status.into()), Cell::Text(amount.into())];
//! assert!(condition.decide(&row("paid", "10.5"), Now::default())?);
//! assert!(!condition.decide(&row("paid", "9"), Now::default())?);
//! // A value that cannot be compared is an error and never just false.
//! assert!(condition.decide(&row("paid", "n/a"), Now::default()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/MAPPING.md` has the language. Null follows SQL: a comparison with null is unknown, and a row is taken only if
//! its condition is true. Tests are decided from left to right, and `and` and `or` stop as soon as their result is
//! known, so that `kind = 'order' and amount > 5` never looks at the amount of anything else.

mod compare;
mod decide;
mod decimal;
mod error;
mod lexer;
mod like;
mod model;
mod now;
mod parser;
mod row_condition;

pub use error::{ConditionError, Undecided};
pub use model::Condition;
pub use now::Now;
pub use row_condition::RowCondition;
