//! Shapes of fields, by where they end, and how plausible bytes are as a field of a shape.

use std::sync::Arc;

/// The shape of one field: how to find its end. `u16` and `i64` have the same shape, and so do text and byte strings.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FieldShape {
    /// A fixed number of bytes: `u8`, `[u8; N]`.
    Fixed(usize),
    /// A float of 4 or 8 bytes, of a magnitude that real data has.
    Float(usize),
    /// A varint of up to 128 bits.
    Varint,
    /// A length, then that many bytes.
    Sized,
    /// 0, or 1 and then fields.
    Option(Row),
    /// A count, then each item's fields.
    List(Row),
    /// The number of a variant, then the fields of that variant. `None` for numbers that do not occur.
    Tagged(Arc<[Option<Row>]>),
    /// A value of the enum that contains it. A whole row contains none: there, recursive enums are written out to a
    /// fixed depth.
    Itself,
}

/// Consecutive fields. Rows share nested rows, because a search creates many of them.
pub type Row = Arc<[FieldShape]>;

/// The maximum number of variants of an enum.
pub(crate) const MAX_VARIANTS: u64 = 12;

/// A position in bytes and, if `RATED`, how plausible the fields before it are.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a, const RATED: bool = true> {
    /// The bytes of the item.
    pub bytes: &'a [u8],
    /// The offset of the next byte in them.
    pub at: usize,
    /// Whether the value must end where the bytes end. Otherwise more bytes may follow.
    pub exact: bool,
    /// How many bits shorter a description of the bytes as these fields is than the bytes themselves.
    pub gain: f32,
}

impl<'a> Cursor<'a> {
    /// A cursor at byte `at`; `exact` if the item ends with the bytes.
    pub fn new(bytes: &'a [u8], at: usize, exact: bool) -> Self {
        Self { bytes, at, exact, gain: 0.0 }
    }
}

/// The end of a row at the start of `bytes`.
pub fn row_end(row: &[FieldShape], bytes: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::<'_, false> { bytes, at: 0, exact: false, gain: 0.0 };
    cursor.row(row)?;
    Some(cursor.at)
}

impl<'a, const RATED: bool> Cursor<'a, RATED> {
    /// The bytes after the cursor.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes over a row of fields; `None` if the bytes are not of this form.
    pub fn row(&mut self, row: &[FieldShape]) -> Option<()> {
        row.iter().try_for_each(|shape| self.take(shape))
    }

    /// Moves past one field; `None` if there is no such field.
    pub fn take(&mut self, shape: &FieldShape) -> Option<()> {
        match shape {
            FieldShape::Fixed(width) => self.run(*width),
            FieldShape::Float(width) => self.float(*width),
            FieldShape::Varint => self.varint().map(drop),
            FieldShape::Sized => self.sized(),
            FieldShape::Option(row) => match self.byte()? {
                0 => {
                    self.gain += 6.0;
                    Some(())
                }
                1 => {
                    self.gain += 6.0;
                    self.row(row)
                }
                _ => None,
            },
            FieldShape::List(row) => {
                let count = usize::try_from(self.varint()?).ok().filter(|count| *count <= self.rest().len())?;
                // A little less than an option, since an option looks like a list of zero or one items.
                self.gain -= 0.5;
                (0..count).try_for_each(|_| self.row(row))
            }
            FieldShape::Tagged(variants) => {
                let tag = self.byte()?;
                self.gain += 3.5;
                self.row(variants.get(usize::from(tag))?.as_ref()?)
            }
            FieldShape::Itself => None,
        }
    }

    /// Moves past bytes of any content.
    fn run(&mut self, width: usize) -> Option<()> {
        self.skip(width)?;
        // A number that continued after the run would have its highest bit set there; a low byte is a little more
        // likely.
        let is_low = self.bytes.get(self.at.checked_sub(1)?).is_some_and(|last| *last < 0x80);
        self.gain += if is_low { 0.415 } else { -0.585 };
        Some(())
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|end| *end <= self.bytes.len())?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    /// Passes over a varint and returns its value; none if there is no varint.
    pub fn varint(&mut self) -> Option<u128> {
        let start = self.at;
        let first = *self.bytes.get(start)?;
        if first < 0x80 {
            self.at += 1;
            // Zero and one are the most common numbers.
            self.gain += if first <= 1 { 6.0 } else { (first.leading_zeros() as f32 - 3.0).max(-2.0) };
            return Some(u128::from(first));
        }
        let mut number = 0_u128;
        for shift in (0..).step_by(7) {
            let byte = self.byte()?;
            // 19 bytes hold 128 bits; only the shortest shape, which postcard writes, is accepted.
            if shift > 126 || shift == 126 && byte > 3 || shift > 0 && byte == 0 {
                return None;
            }
            number |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if RATED {
            // Random bytes rarely continue a varint for long, so a long one is evidence for a varint.
            let cost = 128 - number.leading_zeros() + 3;
            self.gain += (8.0 * (self.at - start) as f32 - cost as f32).max(0.0);
        }
        Some(number)
    }

    /// A count of bytes, all of which must be present.
    fn length(&mut self) -> Option<usize> {
        let before = self.gain;
        let length = usize::try_from(self.varint()?).ok()?;
        let rest = self.bytes.len() - self.at;
        if length > rest {
            return None;
        }
        if RATED && self.exact {
            // That a count does not exceed the remaining bytes is evidence only where few bytes remain.
            self.gain = self.gain.max(before + 8.0 - ((rest + 1) as f32).log2());
        }
        Some(length)
    }

    fn sized(&mut self) -> Option<()> {
        let length = self.length()?;
        let start = self.at;
        self.skip(length)?;
        if RATED {
            self.gain += text_gain(self.bytes.get(start..self.at).unwrap_or_default());
        }
        // A length of zero or one is more likely an option, or a number after a flag.
        if length <= 1 {
            self.gain -= 3.0;
        }
        Some(())
    }

    fn float(&mut self, width: usize) -> Option<()> {
        let rest = self.rest();
        let (exponent, mantissa_zeros, zero) = if width == 8 {
            let bits = u64::from_le_bytes(*rest.first_chunk::<8>()?);
            let exponent = (bits >> 52 & 0x7ff) as i32 - 1023;
            (exponent, (bits | 1 << 52).trailing_zeros(), bits << 1 == 0)
        } else {
            let bits = u32::from_le_bytes(*rest.first_chunk::<4>()?);
            let exponent = (bits >> 23 & 0xff) as i32 - 127;
            (exponent, (bits | 1 << 23).trailing_zeros(), bits << 1 == 0)
        };
        if zero {
            self.gain += 6.0 * width as f32;
        } else if (-40..=64).contains(&exponent) {
            self.gain += if width == 8 { 4.5 } else { 1.5 } + mantissa_zeros.saturating_sub(4) as f32;
        } else {
            return None;
        }
        self.skip(width)
    }
}

/// How many bits more plausible the bytes are as text than as random bytes.
pub(super) fn text_gain(bytes: &[u8]) -> f32 {
    if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return 2.0 * bytes.len() as f32;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return 0.0 };
    let mut gain = 0.0;
    for c in text.chars() {
        gain += match c {
            ' '..='~' => 2.0,
            '\n' | '\r' | '\t' => 1.0,
            _ if c.is_control() => return 0.0,
            _ => 3.0 * c.len_utf8() as f32,
        };
    }
    gain
}

impl FieldShape {
    /// The cost of stating that a field has this shape, in bits.
    pub(super) fn cost(&self) -> f32 {
        match self {
            FieldShape::Fixed(width) => Commonness::of(*width).cost(),
            FieldShape::Varint | FieldShape::Sized => 10.0,
            FieldShape::Float(_) => 13.0,
            FieldShape::Itself => 6.0,
            FieldShape::Option(row) => 4.0 + row_cost(row),
            FieldShape::List(row) => 8.0 + row_cost(row),
            FieldShape::Tagged(variants) => {
                20.0 + variants.iter().flatten().map(|row| 5.0 + row_cost(row)).sum::<f32>()
            }
        }
    }
}

/// How common runs of a given width are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Commonness {
    /// One byte, numbers of fixed size, identifiers, hashes, keys, signatures.
    Common,
    /// Two adjacent common runs.
    Pair,
    /// Any other width.
    Odd,
}

impl Commonness {
    pub(super) const ALL: [Self; 3] = [Self::Common, Self::Pair, Self::Odd];

    pub(super) fn of(width: usize) -> Self {
        const COMMON: [usize; 9] = [1, 4, 6, 8, 12, 16, 20, 32, 64];
        if COMMON.contains(&width) {
            Self::Common
        } else if COMMON.iter().any(|one| width.checked_sub(*one).is_some_and(|other| COMMON.contains(&other))) {
            Self::Pair
        } else {
            Self::Odd
        }
    }

    /// The cost of stating that a field is such a run, in bits.
    pub(super) fn cost(self) -> f32 {
        match self {
            Self::Common => 10.0,
            Self::Pair => 13.0,
            Self::Odd => 18.0,
        }
    }
}

/// The cost of stating that fields have these shapes, in bits.
pub fn row_cost(row: &[FieldShape]) -> f32 {
    row.iter().map(FieldShape::cost).sum()
}
