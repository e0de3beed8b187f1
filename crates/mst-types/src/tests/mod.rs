//! Tests of the whole module: against postcard, over random types and values, and on hostile bytes.

mod comparable;
mod hostile;
mod lenient;
mod literals;
mod order;
mod postcard_agrees;
mod printed;
mod properties;
mod readings;
mod strategy;
mod type_text;

use super::{DecodeOptions, Type, Value};

fn ty(text: &str) -> Type {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn decode(text: &str, bytes: &[u8]) -> Result<Value, super::DecodeError> {
    super::decode(&ty(text), bytes, &DecodeOptions::default())
}

fn json(value: &Value) -> String {
    serde_json::to_string(value).unwrap()
}
