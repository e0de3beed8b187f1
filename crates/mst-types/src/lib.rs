//! Types of keys and values: their text form, and a bounded decoder of postcard bytes.
//!
//! Postcard (wire format 1.x) does not describe the types of its bytes, so a [`Type`] is needed to read them. A type is
//! written as text much as in Rust (`{amount: u64, tags: Vec<String>}`, see [`Type`]); [`decode`] turns bytes into a
//! [`Value`], every part of which knows its byte range, and [`encode`] turns a value back into bytes.
//!
//! The bytes are never trusted: depth, item count and size are bounded by [`Limits`], nothing is allocated from a count
//! that was merely read, and by default only the encoding that postcard itself writes is accepted (see
//! [`DecodeOptions`]).
//!
//! ```
//! use mst_types::{DecodeOptions, Type, decode};
//!
//! let ty: Type = "{amount: u64, paid: bool}".parse()?;
//! let value = decode(&ty, &[120, 1], &DecodeOptions::default())?;
//! assert_eq!(value.to_string(), "{amount: 120, paid: true}");
//! assert_eq!(serde_json::to_string(&value)?, r#"{"amount":120,"paid":true}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Open and closed enums
//!
//! Enums that may get more variants, among them all errors, are `non_exhaustive`. The others are closed on purpose: code
//! that handles types or values has to handle every kind, or it would silently ignore data.
//! A new variant must not compile until all such code handles it.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod civil;
mod comparable;
mod escape;
pub mod infer;
mod item;
mod json;
mod key;
mod postcard_bytes;
mod type_text;
mod types;
mod value;
pub mod varint;

#[cfg(test)]
mod tests;

pub use comparable::{Comparability, Meaning, TypeDifference, comparability};
pub use escape::{escape_hidden, escape_path, escape_text, is_hidden, write_escaped};
pub use infer::{candidates, guess_plain};
pub use item::{Encoding, ItemError, ItemType};
pub use json::cbor::cbor_pretty;
pub use json::escape::{json_text, write_json};
pub use json::types::TypeJsonError;
pub use key::MerkleKey;
pub use key::ordered::OrderedError;
pub use key::prefix::{KeyPrefix, PrefixError};
pub use key::sort_key::push_sort_key;
pub use postcard_bytes::decode::{decode, decode_prefix, decode_with_remarks, measure};
pub use postcard_bytes::decode_error::DecodeError;
pub use postcard_bytes::encode::{EncodeError, encode};
pub use postcard_bytes::options::{DecodeOptions, Limits, MAX_DEPTH, Strictness};
pub use postcard_bytes::remarks::Remarks;
pub use type_text::error::{MAX_ARRAY, MAX_NESTING, MAX_PARTS, Position, TypeParseError};
pub use types::commit_schema::{SchemaError, parse_schema, read_schema, schema_bytes, schema_of};
#[cfg(feature = "postcard-schema")]
pub use types::derived::HoldsSchema;
pub use types::logical_type::{LogicalType, MAX_SCALE, TimeUnit};
pub use types::rust::type_of;
pub use types::ty::{Field, Shape, Type, Variant};
pub use value::compare::compare;
pub use value::kinds::{Payload, Value, ValueKind};
pub use value::literal::{HexError, LiteralError, parse_literal};
pub use value::logical::moment_text;
