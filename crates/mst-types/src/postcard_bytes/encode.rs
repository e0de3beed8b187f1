//! Encoding values into postcard bytes.

use std::sync::Arc;

use thiserror::Error;

use crate::postcard_bytes::options::MAX_DEPTH;
use crate::postcard_bytes::path::{At, Step};
use crate::types::ty::{Field, Int, Shape, Type};
use crate::value::kinds::{Payload, Value, ValueKind};

/// Why a value is not of a type.
///
/// In each variant `at` is the path of the part in question, such as `.items[3].name`; it is empty for the whole value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "`at` is described above, the others speak for themselves")]
#[non_exhaustive]
pub enum EncodeError {
    /// A value of another kind.
    #[error("{}: expected {expected}, found {found}", At(.at))]
    Mismatch { at: String, expected: String, found: &'static str },
    /// A number that the type cannot hold.
    #[error("{}: expected a number within {expected}, found {found}", At(.at))]
    OutOfRange { at: String, expected: String, found: String },
    /// More or fewer items, fields or bytes than the type has.
    #[error("{}: expected {expected} parts, found {found}", At(.at))]
    WrongCount { at: String, expected: usize, found: usize },
    /// A field or variant of another name than the type has there.
    #[error("{}: expected the name {expected:?}, found {found:?}", At(.at))]
    WrongName { at: String, expected: String, found: String },
    /// The number of a variant that the enum does not have; it has `expected`.
    #[error("{}: expected a variant below {expected}, found {found}", At(.at))]
    UnknownVariant { at: String, expected: usize, found: u32 },
    /// Parts are nested more than [`MAX_DEPTH`] deep.
    #[error("{}: expected at most {limit} levels of nesting, found more", At(.at))]
    TooDeep { at: String, limit: usize },
}

/// The path that every variant has, by the same kind of reference as `$error`.
macro_rules! at {
    ($error:expr) => {
        match $error {
            EncodeError::Mismatch { at, .. }
            | EncodeError::OutOfRange { at, .. }
            | EncodeError::WrongCount { at, .. }
            | EncodeError::WrongName { at, .. }
            | EncodeError::UnknownVariant { at, .. }
            | EncodeError::TooDeep { at, .. } => at,
        }
    };
}

impl EncodeError {
    /// The path of the part in question; empty for the whole value.
    pub fn at(&self) -> &str {
        at!(self)
    }

    /// The same error with one step put before its path.
    fn within(mut self, step: Step<'_>) -> Self {
        at!(&mut self).insert_str(0, &step.to_string());
        self
    }
}

/// The postcard bytes of a value, exactly those that postcard writes for the Rust type. Spans are ignored.
///
/// # Errors
/// The value is not of the type.
pub fn encode(ty: &Type, value: &Value) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer { out: Vec::new(), depth: 0 };
    writer.value(ty, value)?;
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
    depth: usize,
}

type Written = Result<(), EncodeError>;

impl Writer {
    fn value(&mut self, ty: &Type, value: &Value) -> Written {
        if self.depth > MAX_DEPTH {
            return Err(EncodeError::TooDeep { at: String::new(), limit: MAX_DEPTH });
        }
        self.depth += 1;
        self.parts(ty, &value.kind)?;
        self.depth -= 1;
        Ok(())
    }

    fn parts(&mut self, ty: &Type, value: &ValueKind) -> Written {
        match (ty, value) {
            (Type::As(ty, _) | Type::Named(_, ty), _) => self.parts(ty, value)?,
            (_, ValueKind::As(plain, _)) => self.parts(ty, plain)?,
            (Type::Bool, ValueKind::Bool(v)) => self.out.push((*v).into()),
            (Type::F32, ValueKind::F32(v)) => self.out.extend(v.to_le_bytes()),
            (Type::F64, ValueKind::F64(v)) => self.out.extend(v.to_le_bytes()),
            (Type::Char, ValueKind::Char(v)) => self.sized(v.encode_utf8(&mut [0; 4]).as_bytes()),
            (Type::String, ValueKind::String(v)) => self.sized(v.as_bytes()),
            (Type::Unit, ValueKind::Unit) => {}
            (Type::Vec(_), ValueKind::Bytes(v)) if ty.is_bytes() => self.sized(v),
            (Type::Array(_, count), ValueKind::Bytes(v)) if ty.is_bytes() => {
                same_count(*count, v.len())?;
                self.out.extend(v);
            }
            (Type::Vec(item), ValueKind::Seq(items)) if !ty.is_bytes() => {
                self.varint(items.len() as u128);
                self.items(item, items)?;
            }
            (Type::Array(item, count), ValueKind::Seq(items)) if !ty.is_bytes() => {
                same_count(*count, items.len())?;
                self.items(item, items)?;
            }
            (Type::Option(_), ValueKind::None) => self.out.push(0),
            (Type::Option(inner), ValueKind::Some(item)) => {
                self.out.push(1);
                self.value(inner, item)?;
            }
            (Type::Tuple(types), ValueKind::Tuple(items)) => self.tuple(types, items)?,
            (Type::Struct(fields), ValueKind::Struct(items)) => self.fields(fields, items)?,
            (Type::Map(key, value), ValueKind::Map(entries)) => {
                self.varint(entries.len() as u128);
                for (n, (k, v)) in (0..).zip(entries) {
                    self.value(key, k).map_err(|e| e.within(Step::Key(n)))?;
                    self.value(value, v).map_err(|e| e.within(Step::Value(n)))?;
                }
            }
            (Type::Enum(variants), ValueKind::Variant { index, name, payload }) => {
                let Some(variant) = variants.get(*index as usize) else {
                    return Err(EncodeError::UnknownVariant {
                        at: String::new(),
                        expected: variants.len(),
                        found: *index,
                    });
                };
                same_name(&variant.name, name)?;
                self.varint((*index).into());
                self.payload(&variant.shape, payload).map_err(|e| e.within(Step::Name(name)))?;
            }
            _ => match ty.int() {
                Some(int) => self.int(int, ty, value)?,
                None => return Err(mismatch(ty, value)),
            },
        }
        Ok(())
    }

    fn int(&mut self, int: Int, ty: &Type, value: &ValueKind) -> Written {
        let unused = 128 - int.bits;
        let (fits, wire) = match value {
            ValueKind::Uint(v) if !int.signed => (*v <= u128::MAX >> unused, *v),
            ValueKind::Int(v) if int.signed => {
                let fits = (i128::MIN >> unused..=i128::MAX >> unused).contains(v);
                let wire = if int.bits == 8 { *v as u128 } else { (v << 1 ^ v >> 127) as u128 };
                (fits, wire)
            }
            _ => return Err(mismatch(ty, value)),
        };
        if !fits {
            return Err(EncodeError::OutOfRange {
                at: String::new(),
                expected: ty.to_string(),
                found: value.to_string(),
            });
        }
        if int.bits == 8 {
            self.out.push(wire as u8);
        } else {
            self.varint(wire);
        }
        Ok(())
    }

    fn payload(&mut self, shape: &Shape, payload: &Payload) -> Written {
        match (shape, payload) {
            (Shape::Unit, Payload::Unit) => Ok(()),
            (Shape::Tuple(types), Payload::Tuple(items)) => self.tuple(types, items),
            (Shape::Struct(fields), Payload::Struct(items)) => self.fields(fields, items),
            _ => Err(EncodeError::Mismatch {
                at: String::new(),
                expected: shape.describe().to_owned(),
                found: payload.describe(),
            }),
        }
    }

    fn items(&mut self, ty: &Type, items: &[Value]) -> Written {
        for (n, item) in (0..).zip(items) {
            self.value(ty, item).map_err(|e| e.within(Step::Item(n)))?;
        }
        Ok(())
    }

    fn tuple(&mut self, types: &[Type], items: &[Value]) -> Written {
        same_count(types.len(), items.len())?;
        for (n, (ty, item)) in types.iter().zip(items).enumerate() {
            self.value(ty, item).map_err(|e| e.within(Step::Position(n)))?;
        }
        Ok(())
    }

    fn fields(&mut self, fields: &[Field], items: &[(Arc<str>, Value)]) -> Written {
        same_count(fields.len(), items.len())?;
        for (field, (name, item)) in fields.iter().zip(items) {
            same_name(&field.name, name)?;
            self.value(&field.ty, item).map_err(|e| e.within(Step::Name(name)))?;
        }
        Ok(())
    }

    fn sized(&mut self, bytes: &[u8]) {
        self.varint(bytes.len() as u128);
        self.out.extend(bytes);
    }

    fn varint(&mut self, mut value: u128) {
        while value > 0x7f {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }
}

fn mismatch(ty: &Type, value: &ValueKind) -> EncodeError {
    EncodeError::Mismatch { at: String::new(), expected: ty.to_string(), found: value.describe() }
}

fn same_count(expected: usize, found: usize) -> Written {
    if expected == found {
        return Ok(());
    }
    Err(EncodeError::WrongCount { at: String::new(), expected, found })
}

fn same_name(expected: &str, found: &str) -> Written {
    if expected == found {
        return Ok(());
    }
    Err(EncodeError::WrongName { at: String::new(), expected: expected.to_owned(), found: found.to_owned() })
}
