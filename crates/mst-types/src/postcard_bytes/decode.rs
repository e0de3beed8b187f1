//! Decoding bytes into values, and measuring the length of encoded values.

use std::sync::Arc;

use crate::postcard_bytes::decode_error::DecodeError;
use crate::postcard_bytes::options::DecodeOptions;
use crate::postcard_bytes::reader::Leaf;
use crate::postcard_bytes::remarks::Remarks;
use crate::postcard_bytes::walk::{Event, Open, Walk};
use crate::types::ty::{Field, Shape, Type};
use crate::value::kinds::{Payload, Value, ValueKind};

/// Decodes the whole slice as one value.
///
/// # Errors
/// The bytes are not a value of the type, or exceed the limits; in strict mode, also if bytes follow the value.
pub fn decode(ty: &Type, bytes: &[u8], options: &DecodeOptions) -> Result<Value, DecodeError> {
    decode_with_remarks(ty, bytes, options).map(|(value, _)| value)
}

/// Decodes the whole slice as one value, and reports what strict decoding would not have accepted.
///
/// ```
/// use mst_types::{DecodeOptions, Type, decode_with_remarks};
///
/// let ty: Type = "{name: String, paid: bool}".parse()?;
/// let (value, remarks) = decode_with_remarks(&ty, &[2, b'a', 0xff, 7], &DecodeOptions::lenient())?;
/// assert_eq!(value.to_string(), "{name: 61ff, paid: true}");
/// let remarks: Vec<_> = remarks.first.iter().map(ToString::to_string).collect();
/// assert_eq!(remarks, [
///     "byte 2, .name: expected UTF-8 text, found the byte 0xff",
///     "byte 3, .paid: expected a bool (0 or 1), found 7",
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The same as for [`decode`].
pub fn decode_with_remarks(ty: &Type, bytes: &[u8], options: &DecodeOptions) -> Result<(Value, Remarks), DecodeError> {
    let mut walk = Walk::new(ty, bytes, options);
    let value = build(&mut walk)?;
    walk.finish()?;
    Ok((value, walk.into_remarks()))
}

/// Decodes a value from the start of the slice, and returns how many bytes it takes.
///
/// # Errors
/// The slice does not begin with a value of the type, or the value exceeds the limits.
pub fn decode_prefix(ty: &Type, bytes: &[u8], options: &DecodeOptions) -> Result<(Value, usize), DecodeError> {
    let mut walk = Walk::new(ty, bytes, options);
    let value = build(&mut walk)?;
    Ok((value, walk.offset()))
}

/// The number of bytes that the value at the start of the slice takes: [`decode_prefix`] without the value, with the
/// same checks. Scalars, text and byte strings are measured without any allocation.
///
/// # Errors
/// The slice does not begin with a value of the type, or the value exceeds the limits.
pub fn measure(ty: &Type, bytes: &[u8], options: &DecodeOptions) -> Result<usize, DecodeError> {
    Walk::new(ty, bytes, options).skip().map(|span| span.end)
}

/// A value whose parts are not all decoded yet.
struct Unfinished<'t> {
    open: Open<'t>,
    start: usize,
    parts: Vec<Value>,
}

fn build(walk: &mut Walk<'_, '_>) -> Result<Value, DecodeError> {
    let mut unfinished: Vec<Unfinished<'_>> = Vec::new();
    loop {
        let (kind, start) = match walk.next()? {
            Event::Open(open) => {
                unfinished.push(Unfinished { open, start: walk.start(), parts: Vec::new() });
                continue;
            }
            Event::Leaf(leaf, None) => (leaf.into(), walk.start()),
            Event::Leaf(leaf, Some(logical)) => (ValueKind::As(Box::new(leaf.into()), logical), walk.start()),
            Event::Close => match unfinished.pop() {
                Some(done) => (finish(done.open, done.parts), done.start),
                None => (ValueKind::Unit, walk.start()),
            },
        };
        let value = Value { kind, span: start..walk.offset() };
        match unfinished.last_mut() {
            Some(outer) => outer.parts.push(value),
            None => return Ok(value),
        }
    }
}

fn finish(open: Open<'_>, mut parts: Vec<Value>) -> ValueKind {
    match open {
        Open::Seq => ValueKind::Seq(parts),
        Open::Tuple => ValueKind::Tuple(parts),
        Open::Struct(fields) => ValueKind::Struct(named(fields, parts)),
        Open::Some => match parts.pop() {
            Some(inner) => ValueKind::Some(Box::new(inner)),
            None => ValueKind::None,
        },
        Open::Map { .. } => {
            let mut parts = parts.into_iter();
            let entries = std::iter::from_fn(|| Some((parts.next()?, parts.next()?)));
            ValueKind::Map(entries.collect())
        }
        Open::Variant(index, variant) => ValueKind::Variant {
            index,
            name: variant.name.clone(),
            payload: match &variant.shape {
                Shape::Unit => Payload::Unit,
                Shape::Tuple(_) => Payload::Tuple(parts),
                Shape::Struct(fields) => Payload::Struct(named(fields, parts)),
            },
        },
    }
}

fn named(fields: &[Field], parts: Vec<Value>) -> Vec<(Arc<str>, Value)> {
    fields.iter().map(|field| field.name.clone()).zip(parts).collect()
}

impl From<Leaf<'_>> for ValueKind {
    fn from(leaf: Leaf<'_>) -> Self {
        match leaf {
            Leaf::Bool(v) => ValueKind::Bool(v),
            Leaf::Uint(v) => ValueKind::Uint(v),
            Leaf::Int(v) => ValueKind::Int(v),
            Leaf::F32(v) => ValueKind::F32(v),
            Leaf::F64(v) => ValueKind::F64(v),
            Leaf::Char(v) => ValueKind::Char(v),
            Leaf::Str(v) => ValueKind::String(v.to_owned()),
            Leaf::Bytes(v) => ValueKind::Bytes(v.to_owned()),
            Leaf::Unit => ValueKind::Unit,
            Leaf::None => ValueKind::None,
        }
    }
}
