//! What a field may be as far as its ends go, and how well bytes look as such a field.

use std::sync::Arc;

/// One field, by where it ends. `u16` and `i64` end alike, and so do text and byte strings.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Form {
    /// So many bytes: `u8`, `[u8; N]`.
    Fixed(usize),
    /// A float of 4 or 8 bytes, of a size that numbers of this world have.
    Float(usize),
    /// A varint of up to 128 bits.
    Varint,
    /// A length and so many bytes.
    Sized,
    /// 0, or 1 and fields.
    Option(Row),
    /// A count, then each item's fields.
    List(Row),
    /// The number of a variant, then that variant's fields. None for numbers that were not seen.
    Tagged(Arc<[Option<Row>]>),
    /// A value of the kind of the enum that it stands in. It takes no part in a whole row, in which such enums are written out.
    Itself,
}

/// Fields, one behind the other. Rows of rows share their parts, of which a search makes many.
pub type Row = Arc<[Form]>;

/// The most variants that an enum is taken to have.
pub(super) const MOST_VARIANTS: u64 = 12;

/// A place in bytes, and how well what was taken so far looks, if that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a, const RATED: bool = true> {
    /// The bytes of the item.
    pub bytes: &'a [u8],
    /// The offset of the next byte in them.
    pub at: usize,
    /// Whether the value ends where the bytes end. Else they run on.
    pub exact: bool,
    /// By how many bits a description as these fields is shorter than the bytes themselves.
    pub gain: f32,
}

impl<'a> Cursor<'a> {
    /// A cursor at byte `at`; `exact` if the item ends with the bytes.
    pub fn new(bytes: &'a [u8], at: usize, exact: bool) -> Self {
        Self { bytes, at, exact, gain: 0.0 }
    }
}

/// Where a row at the start of `bytes` ends.
pub fn row_end(row: &[Form], bytes: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::<'_, false> { bytes, at: 0, exact: false, gain: 0.0 };
    cursor.row(row)?;
    Some(cursor.at)
}

impl<'a, const RATED: bool> Cursor<'a, RATED> {
    /// The bytes after the cursor.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes over a row of fields; none if the bytes are not of this form.
    pub fn row(&mut self, row: &[Form]) -> Option<()> {
        row.iter().try_for_each(|form| self.take(form))
    }

    /// Goes past one field. None where there is no such field.
    pub fn take(&mut self, form: &Form) -> Option<()> {
        match form {
            Form::Fixed(width) => self.run(*width),
            Form::Float(width) => self.float(*width),
            Form::Varint => self.varint().map(drop),
            Form::Sized => self.sized(),
            Form::Option(row) => match self.byte()? {
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
            Form::List(row) => {
                let count = usize::try_from(self.varint()?).ok().filter(|count| *count <= self.rest().len())?;
                // A little less than an option, which none or one item would be.
                self.gain -= 0.5;
                (0..count).try_for_each(|_| self.row(row))
            }
            Form::Tagged(variants) => {
                let tag = self.byte()?;
                self.gain += 3.5;
                self.row(variants.get(usize::from(tag))?.as_ref()?)
            }
            Form::Itself => None,
        }
    }

    /// Goes past bytes of any content.
    fn run(&mut self, width: usize) -> Option<()> {
        self.skip(width)?;
        // A number that goes on behind the run would have its highest bit set there; a byte without it is a bit likelier.
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
            // Nothing and one are the commonest of all numbers.
            self.gain += if first <= 1 { 6.0 } else { (first.leading_zeros() as f32 - 3.0).max(-2.0) };
            return Some(u128::from(first));
        }
        let mut number = 0_u128;
        for shift in (0..).step_by(7) {
            let byte = self.byte()?;
            // 19 bytes hold 128 bits; only postcard's own, shortest form counts.
            if shift > 126 || shift == 126 && byte > 3 || shift > 0 && byte == 0 {
                return None;
            }
            number |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if RATED {
            // Any bytes that go on with a varint's bits say that much for it.
            let cost = 128 - number.leading_zeros() + 3;
            self.gain += (8.0 * (self.at - start) as f32 - cost as f32).max(0.0);
        }
        Some(number)
    }

    /// A count of bytes, all of which must be there.
    fn length(&mut self) -> Option<usize> {
        let before = self.gain;
        let length = usize::try_from(self.varint()?).ok()?;
        let rest = self.bytes.len() - self.at;
        if length > rest {
            return None;
        }
        if RATED && self.exact {
            // That a count is no larger than what is left is worth something where little is left.
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
        // Nothing, or one byte, is rather an option or a number behind a flag.
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

/// How much better than any bytes text looks, in bits.
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

impl Form {
    /// What it costs to say that a field has this form, in bits.
    pub fn cost(&self) -> f32 {
        match self {
            Form::Fixed(width) => Commonness::of(*width).cost(),
            Form::Varint | Form::Sized => 10.0,
            Form::Float(_) => 13.0,
            Form::Itself => 6.0,
            Form::Option(row) => 4.0 + row_cost(row),
            Form::List(row) => 8.0 + row_cost(row),
            Form::Tagged(variants) => 20.0 + variants.iter().flatten().map(|row| 5.0 + row_cost(row)).sum::<f32>(),
        }
    }
}

/// How common runs of so many bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Commonness {
    /// A byte, numbers of fixed size, identifiers, hashes, keys, signatures.
    Common,
    /// Two of these side by side.
    Pair,
    /// Any others.
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

    /// What it costs to say that a field is such a run, in bits.
    pub(super) fn cost(self) -> f32 {
        match self {
            Self::Common => 10.0,
            Self::Pair => 13.0,
            Self::Odd => 18.0,
        }
    }
}

/// What it costs to say that fields have these forms, in bits.
pub fn row_cost(row: &[Form]) -> f32 {
    row.iter().map(Form::cost).sum()
}
