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
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod cbor;
pub mod civil;
mod comparable;
mod compare;
mod decode;
mod decode_error;
#[cfg(feature = "postcard-schema")]
mod derived;
mod encode;
mod escape;
mod escape_json;
pub mod infer;
mod item;
mod json;
mod json_read;
mod key;
mod key_text;
mod literal;
mod noted;
mod options;
mod ordered;
mod path;
mod prefix;
mod printed;
mod read_value;
mod reader;
mod reading;
mod remarks;
mod rust;
mod sort_key;
mod text_cursor;
mod ty;
mod type_error;
mod type_json;
mod type_parse;
mod type_text;
mod value;
mod value_text;
pub mod varint;
mod walk;

#[cfg(test)]
mod tests;

pub use cbor::cbor_pretty;
pub use comparable::{Comparability, Meaning, TypeDifference, comparability};
pub use compare::compare;
pub use decode::{decode, decode_prefix, decode_with_remarks, measure};
pub use decode_error::DecodeError;
#[cfg(feature = "postcard-schema")]
pub use derived::HoldsSchema;
pub use encode::{EncodeError, encode};
pub use escape::{escape_hidden, escape_path, escape_text, is_hidden, write_escaped};
pub use escape_json::{json_text, write_json};
pub use infer::{candidates, guess_plain};
pub use item::{Encoding, ItemError, ItemType};
pub use key::MerkleKey;
pub use literal::{HexError, LiteralError, parse_literal};
pub use noted::{SchemaError, parse_schema, read_schema, schema_bytes, schema_of};
pub use options::{DecodeOptions, Limits, MAX_DEPTH, Strictness};
pub use ordered::OrderedError;
pub use prefix::{KeyPrefix, PrefixError};
pub use read_value::moment_text;
pub use reading::{MAX_SCALE, Reading, TimeUnit};
pub use remarks::Remarks;
pub use rust::type_of;
pub use sort_key::push_sort_key;
pub use ty::{Field, Shape, Type, Variant};
pub use type_error::{MAX_ARRAY, MAX_NESTING, MAX_PARTS, Position, TypeParseError};
pub use type_json::TypeJsonError;
pub use value::{Payload, Value, ValueKind};
