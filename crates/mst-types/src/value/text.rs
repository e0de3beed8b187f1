//! Values as one line of text.

use std::fmt;
use std::sync::Arc;

use crate::escape::{write_name, write_quoted};
use crate::type_text::write::{write_list, write_tuple};
use crate::value::kinds::{Payload, Value, ValueKind};

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueKind::Bool(v) => write!(f, "{v}"),
            ValueKind::Uint(v) => write!(f, "{v}"),
            ValueKind::Int(v) => write!(f, "{v}"),
            ValueKind::F32(v) => write!(f, "{v:?}"),
            ValueKind::F64(v) => write!(f, "{v:?}"),
            ValueKind::Char(v) => write_quoted(f, v.encode_utf8(&mut [0; 4]), '\''),
            ValueKind::String(v) => write_quoted(f, v, '"'),
            // An empty byte string would be invisible without the prefix.
            ValueKind::Bytes(v) if v.is_empty() => f.write_str("0x"),
            ValueKind::Bytes(v) => f.write_str(&hex::encode(v)),
            ValueKind::Unit => f.write_str("()"),
            ValueKind::None => f.write_str("None"),
            ValueKind::Some(inner) => write!(f, "Some({inner})"),
            ValueKind::Seq(items) => {
                f.write_str("[")?;
                write_list(f, items)?;
                f.write_str("]")
            }
            ValueKind::Tuple(items) => write_tuple(f, items),
            ValueKind::Struct(fields) => write_fields(f, fields),
            ValueKind::Variant { name, payload, .. } => {
                write_name(f, name)?;
                match payload {
                    Payload::Unit => Ok(()),
                    Payload::Tuple(items) => {
                        f.write_str("(")?;
                        write_list(f, items)?;
                        f.write_str(")")
                    }
                    Payload::Struct(fields) => write_fields(f, fields),
                }
            }
            ValueKind::As(plain, _) => match self.logical_text() {
                Some(text) => f.write_str(&text),
                None => plain.fmt(f),
            },
            ValueKind::Map(entries) => {
                f.write_str("{")?;
                write_list(f, entries.iter().map(|(key, value)| Pair(key, value)))?;
                f.write_str("}")
            }
        }
    }
}

fn write_fields(f: &mut fmt::Formatter<'_>, fields: &[(Arc<str>, Value)]) -> fmt::Result {
    f.write_str("{")?;
    write_list(f, fields.iter().map(|(name, value)| Pair(Name(name), FieldValue(value))))?;
    f.write_str("}")
}

/// The value of a field. Most optional fields have one, so `Some` around each would only hide what differs.
struct FieldValue<'a>(&'a Value);

impl fmt::Display for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ValueKind::None => f.write_str("null"),
            ValueKind::Some(inner) if !reads_as_option(&inner.kind) => inner.fmt(f),
            kind => kind.fmt(f),
        }
    }
}

/// Whether the text of a value would be read as that of an option: it keeps its `Some`.
fn reads_as_option(kind: &ValueKind) -> bool {
    match kind {
        ValueKind::Some(_) | ValueKind::None | ValueKind::Unit => true,
        ValueKind::Variant { name, .. } => matches!(&**name, "None" | "Some" | "null"),
        _ => false,
    }
}

struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, self.0)
    }
}

struct Pair<K, V>(K, V);

impl<K: fmt::Display, V: fmt::Display> fmt::Display for Pair<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0, self.1)
    }
}
