//! Single fields that may fit nodes of unknown types: quick to try, and sufficient for most files.

use crate::{DecodeOptions, Type, measure};

/// The keys, value count and values of a node, whose ends are unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section<'a> {
    /// Their bytes, one after the other.
    pub items: &'a [u8],
    /// The number of keys, which is also that of values.
    pub keys: usize,
}

/// The widest key of fixed size that is tried, in bytes.
const MAX_KEY_WIDTH: usize = 64;

/// The pairs of key and value type under which at least one of `sections` splits exactly, the most conclusive first.
///
/// Known types in `key` and `value` are kept. Each pair stands for all types with the same boundaries: `Vec<u8>` and
/// `String`, `u64` and all other varints, `[u8; 8]` and `f64`. The most plausible of these is named.
pub fn candidates(sections: &[Section<'_>], key: Option<&Type>, value: Option<&Type>) -> Vec<(Type, Type)> {
    let keys = key.map_or_else(|| key_shapes(sections), |key| vec![key.clone()]);
    let mut pairs = Vec::new();
    for key_shape in keys {
        let values = value.map_or_else(|| value_shapes(sections, &key_shape), |value| vec![value.clone()]);
        for value_shape in values {
            let split: Vec<_> = sections.iter().filter_map(|section| section.split(&key_shape, &value_shape)).collect();
            if split.is_empty() {
                continue;
            }
            let (keys, values): (Vec<_>, Vec<_>) = split.into_iter().unzip();
            let key_type = key.cloned().unwrap_or_else(|| name(&key_shape, &keys.concat()));
            let value_type = value.cloned().unwrap_or_else(|| name(&value_shape, &values.concat()));
            pairs.push((key_type, value_type));
        }
    }
    pairs
}

fn bytes() -> Type {
    Type::Vec(Box::new(Type::U8))
}

fn fixed(width: usize) -> Type {
    Type::Array(Box::new(Type::U8), width)
}

fn key_shapes(sections: &[Section<'_>]) -> Vec<Type> {
    let fits = |width: &usize| sections.iter().any(|section| section.after_fixed_keys(*width).is_some());
    [bytes(), Type::U64].into_iter().chain((1..=MAX_KEY_WIDTH).filter(fits).map(fixed)).collect()
}

fn value_shapes(sections: &[Section<'_>], key: &Type) -> Vec<Type> {
    let mut widths: Vec<_> = sections.iter().filter_map(|section| section.value_width(key)).collect();
    widths.sort_unstable();
    widths.dedup();
    let mut shapes = vec![bytes(), Type::U64];
    shapes.extend(optional());
    // Widths come last, since values may have one width by chance.
    shapes.extend(widths.into_iter().map(|width| if width == 0 { Type::Unit } else { fixed(width) }));
    shapes
}

/// Options of the most common types.
fn optional() -> impl Iterator<Item = Type> {
    let inner = [bytes(), Type::U64].into_iter().chain([1, 4, 8, 16, 20, 32, 64].map(fixed));
    inner.map(|ty| Type::Option(Box::new(ty)))
}

/// The most plausible type with the boundaries of `shape`.
fn name(shape: &Type, items: &[&[u8]]) -> Type {
    match shape {
        Type::Option(inner) => {
            let present: Vec<_> = items.iter().filter_map(|item| item.strip_prefix(&[1])).collect();
            Type::Option(Box::new(name(inner, &present)))
        }
        Type::Vec(_) if items.iter().all(|item| is_text(item)) => Type::String,
        Type::Array(_, 1) => Type::U8,
        _ => shape.clone(),
    }
}

/// Whether a length-prefixed item reads as text.
fn is_text(item: &[u8]) -> bool {
    let content = postcard::take_from_bytes::<u64>(item).map_or(item, |(_, content)| content);
    std::str::from_utf8(content).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
}

type Split<'a> = (Vec<&'a [u8]>, Vec<&'a [u8]>);

impl<'a> Section<'a> {
    /// The keys and values, if the section splits exactly under these types.
    fn split(&self, key: &Type, value: &Type) -> Option<Split<'a>> {
        let (keys, rest) = take_items(self.items, self.keys, key)?;
        let (values, rest) = take_items(self.after_count(rest)?, self.keys, value)?;
        rest.is_empty().then_some((keys, values))
    }

    /// The bytes after the value count, with which `rest` must begin.
    fn after_count(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        let (count, rest) = postcard::take_from_bytes::<u64>(rest).ok()?;
        (count == self.keys as u64).then_some(rest)
    }

    fn after_fixed_keys(&self, width: usize) -> Option<&'a [u8]> {
        self.after_count(self.items.get(self.keys.checked_mul(width)?..)?)
    }

    /// The width of each value, if all have the same width.
    fn value_width(&self, key: &Type) -> Option<usize> {
        let (_, rest) = take_items(self.items, self.keys, key)?;
        let values = self.after_count(rest)?.len();
        (self.keys > 0 && values % self.keys == 0).then(|| values / self.keys)
    }
}

fn take_items<'a>(mut rest: &'a [u8], count: usize, ty: &Type) -> Option<(Vec<&'a [u8]>, &'a [u8])> {
    let options = DecodeOptions::default();
    let mut items = Vec::new();
    for _ in 0..count {
        let (item, after) = rest.split_at_checked(measure(ty, rest, &options).ok()?)?;
        items.push(item);
        rest = after;
    }
    Some((items, rest))
}
