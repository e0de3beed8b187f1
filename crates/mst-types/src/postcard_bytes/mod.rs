//! Postcard bytes: bounded decoding into values, and encoding.

pub(crate) mod decode;
pub(crate) mod decode_error;
pub(crate) mod encode;
pub(crate) mod options;
pub(crate) mod path;
pub(crate) mod reader;
pub(crate) mod remarks;
pub(crate) mod walk;
