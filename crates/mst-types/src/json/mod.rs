//! JSON and CBOR: values, types, and text that is safe to print.

pub(crate) mod cbor;
pub(crate) mod escape;
pub(crate) mod read;
pub(crate) mod types;
pub(crate) mod write;
