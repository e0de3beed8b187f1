//! The walk through encoded bytes that decoding, measuring and comparing share.

use std::ops::Range;

use crate::postcard_bytes::decode_error::DecodeError;
use crate::postcard_bytes::options::{DecodeOptions, MAX_DEPTH};
use crate::postcard_bytes::path::Step;
use crate::postcard_bytes::reader::{Leaf, Reader};
use crate::postcard_bytes::remarks::Remarks;
use crate::types::logical_type::LogicalType;
use crate::types::ty::{Field, Shape, Type, Variant};

/// One step of the walk.
#[derive(Clone, Copy)]
pub(crate) enum Event<'t, 'b> {
    /// A value without parts, and its logical type.
    Leaf(Leaf<'b>, Option<LogicalType>),
    /// The start of a value with parts. The parts follow, then its `Close`.
    Open(Open<'t>),
    /// The end of the innermost open value.
    Close,
}

/// A value with parts.
#[derive(Clone, Copy)]
pub(crate) enum Open<'t> {
    Seq,
    Tuple,
    Struct(&'t [Field]),
    Some,
    /// `entries` keys and values follow, alternating.
    Map {
        entries: u64,
        key: &'t Type,
        value: &'t Type,
    },
    Variant(u32, &'t Variant),
}

/// The parts of an open value.
enum Parts<'t> {
    Items(&'t Type, u64),
    Types(&'t [Type]),
    Fields(&'t [Field]),
    Inner(&'t Type),
    Entries(&'t Type, &'t Type, u64),
}

impl<'t> Parts<'t> {
    fn get(&self, n: u64) -> Option<&'t Type> {
        match *self {
            Parts::Items(item, count) => (n < count).then_some(item),
            Parts::Types(types) => types.get(n as usize),
            Parts::Fields(fields) => fields.get(n as usize).map(|field| &field.ty),
            Parts::Inner(inner) => (n == 0).then_some(inner),
            Parts::Entries(key, value, count) => {
                (n / 2 < count).then_some(if n.is_multiple_of(2) { key } else { value })
            }
        }
    }

    /// The step to part `n`, or `None` if paths do not show it.
    fn step(&self, n: u64) -> Option<Step<'t>> {
        Some(match *self {
            Parts::Items(..) => Step::Item(n),
            Parts::Types(_) => Step::Position(n as usize),
            Parts::Fields(fields) => Step::Name(&fields.get(n as usize)?.name),
            Parts::Inner(_) => return None,
            Parts::Entries(..) if n.is_multiple_of(2) => Step::Key(n / 2),
            Parts::Entries(..) => Step::Value(n / 2),
        })
    }
}

/// An open value.
struct Frame<'t> {
    parts: Parts<'t>,
    /// The number of parts begun so far.
    begun: u64,
    variant: Option<&'t Variant>,
}

/// A walk through one encoded value. It does not recurse into values, allocates only for open values, and takes no more
/// steps than the limits allow.
pub(crate) struct Walk<'t, 'b> {
    reader: Reader<'b>,
    /// The type of the whole value, until the walk enters it.
    root: Option<&'t Type>,
    open: Vec<Frame<'t>>,
    items: usize,
    options: DecodeOptions,
    start: usize,
    /// The number of remarks that already have their path.
    located: usize,
}

impl<'t, 'b> Walk<'t, 'b> {
    pub(crate) fn new(ty: &'t Type, bytes: &'b [u8], options: &DecodeOptions) -> Self {
        Self {
            reader: Reader::new(bytes, options),
            root: Some(ty),
            open: Vec::new(),
            items: 0,
            options: *options,
            start: 0,
            located: 0,
        }
    }

    /// The position of the walk, in bytes.
    pub(crate) fn offset(&self) -> usize {
        self.reader.offset()
    }

    /// The offset of the first byte of the value that the last event other than `Close` was about.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Whether the walk has reached the end of the value.
    pub(crate) fn is_done(&self) -> bool {
        self.root.is_none() && self.open.is_empty()
    }

    /// Checks that nothing follows the value.
    pub(crate) fn finish(&mut self) -> Result<(), DecodeError> {
        self.reader.finish()
    }

    /// The deviations that were accepted.
    pub(crate) fn into_remarks(mut self) -> Remarks {
        std::mem::take(self.reader.remarks())
    }

    /// The next event. After the end of the value it is always `Close`.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Event<'t, 'b>, DecodeError> {
        let part = match self.open.last_mut() {
            Some(frame) => {
                let part = frame.parts.get(frame.begun);
                frame.begun += u64::from(part.is_some());
                part
            }
            None => self.root.take(),
        };
        let Some(ty) = part else {
            self.open.pop();
            return Ok(Event::Close);
        };
        let entered = self.enter(ty).map_err(|error| error.located(self.path()));
        if self.reader.remarks().first.len() > self.located {
            self.locate_remarks();
        }
        entered
    }

    /// Gives new remarks the path of the value begun last.
    #[cold]
    fn locate_remarks(&mut self) {
        let path = self.path();
        let first = &mut self.reader.remarks().first;
        for remark in first.iter_mut().skip(self.located) {
            remark.set_path(path.clone());
        }
        self.located = first.len();
    }

    /// Walks past the next value and returns its byte range.
    pub(crate) fn skip(&mut self) -> Result<Range<usize>, DecodeError> {
        let start = self.offset();
        let outer = self.open.len();
        loop {
            self.next()?;
            if self.open.len() <= outer {
                return Ok(start..self.offset());
            }
        }
    }

    fn enter(&mut self, ty: &'t Type) -> Result<Event<'t, 'b>, DecodeError> {
        self.start = self.offset();
        if self.items >= self.options.limits.items {
            return Err(self.too_many_items());
        }
        self.items += 1;
        if let Some(leaf) = self.reader.leaf(ty)? {
            return Ok(Event::Leaf(leaf, None));
        }
        let mut variant = None;
        let (open, parts) = match ty {
            Type::Vec(item) => {
                let count = self.reader.count()?;
                (Open::Seq, Parts::Items(item, count))
            }
            Type::Array(item, count) => (Open::Seq, Parts::Items(item, *count as u64)),
            Type::Option(inner) => {
                if !self.reader.option_tag()? {
                    return Ok(Event::Leaf(Leaf::None, None));
                }
                (Open::Some, Parts::Inner(inner))
            }
            Type::Tuple(types) => (Open::Tuple, Parts::Types(types)),
            Type::Struct(fields) => (Open::Struct(fields), Parts::Fields(fields)),
            Type::Map(key, value) => {
                let entries = self.reader.count()?;
                (Open::Map { entries, key, value }, Parts::Entries(key, value, entries))
            }
            Type::Enum(variants) => {
                let index = self.reader.variant(variants.len())?;
                let Some(found) = variants.get(index as usize) else {
                    return Ok(Event::Leaf(Leaf::Unit, None));
                };
                variant = Some(found);
                let parts = match &found.shape {
                    Shape::Unit => Parts::Types(&[]),
                    Shape::Tuple(types) => Parts::Types(types),
                    Shape::Struct(fields) => Parts::Fields(fields),
                };
                (Open::Variant(index, found), parts)
            }
            Type::Named(_, inner) => return self.unwrapped(inner),
            Type::As(wire, logical) => match self.reader.leaf(wire)? {
                Some(leaf) => return Ok(Event::Leaf(leaf, Some(*logical))),
                None => return self.unwrapped(wire),
            },
            // All other types have no parts and are read above.
            _ => return Ok(Event::Leaf(Leaf::Unit, None)),
        };
        if let Parts::Items(_, count) | Parts::Entries(_, _, count) = parts
            && count > (self.options.limits.items - self.items) as u64
        {
            return Err(self.too_many_items());
        }
        let limit = self.options.limits.depth.min(MAX_DEPTH);
        if self.open.len() >= limit {
            return Err(DecodeError::TooDeep { offset: self.start, at: String::new(), limit });
        }
        self.open.push(Frame { parts, begun: 0, variant });
        Ok(Event::Open(open))
    }

    /// Enters the type inside a wrapper. The wrapper adds nothing to the value, so both count as one item.
    fn unwrapped(&mut self, inner: &'t Type) -> Result<Event<'t, 'b>, DecodeError> {
        self.items -= 1;
        self.enter(inner)
    }

    #[cold]
    fn too_many_items(&self) -> DecodeError {
        DecodeError::TooManyItems { offset: self.start, at: String::new(), limit: self.options.limits.items }
    }

    /// The path of the value begun last: the step to the part begun last in each open value. An open value without a
    /// begun part adds no step. So an error in the number of a variant has the path of its enum, whether the variant
    /// was entered or refused; only a part of a variant has the variant in its path.
    #[cold]
    fn path(&self) -> String {
        let mut path = String::new();
        for frame in &self.open {
            let Some(part) = frame.begun.checked_sub(1) else { continue };
            let steps = [frame.variant.map(|variant| Step::Name(&variant.name)), frame.parts.step(part)];
            for step in steps.into_iter().flatten() {
                path.push_str(&step.to_string());
            }
        }
        path
    }
}
