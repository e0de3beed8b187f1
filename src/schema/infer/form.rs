//! What a field may be as far as its ends go, and how well bytes look as such a field.

/// One field, by where it ends. `u16` and `i64` end alike, and so do text and byte strings.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Form {
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
    Tagged(Vec<Option<Row>>),
}

/// Fields, one behind the other.
pub(crate) type Row = Vec<Form>;

/// The most variants that an enum is taken to have.
pub(crate) const MOST_VARIANTS: u64 = 12;

/// A place in bytes, and how well what was taken so far looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
    /// Whether the value ends where the bytes end. Else they run on.
    pub(crate) exact: bool,
    /// By how many bits a description as these fields is shorter than the bytes themselves.
    pub(crate) gain: f32,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize, exact: bool) -> Self {
        Self { bytes, at, exact, gain: 0.0 }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn row(&mut self, row: &[Form]) -> Option<()> {
        row.iter().try_for_each(|form| self.take(form))
    }

    /// Goes past one field. None where there is no such field.
    pub(crate) fn take(&mut self, form: &Form) -> Option<()> {
        match form {
            Form::Fixed(width) => self.skip(*width),
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
        }
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

    pub(crate) fn varint(&mut self) -> Option<u128> {
        let start = self.at;
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
        let bits = 128 - number.leading_zeros();
        // Nothing and one are the commonest of all numbers.
        let cost = if bits <= 1 { 2 } else { bits + 3 };
        // Any bytes that go on with a varint's bits say that much for it.
        let bytes = (self.at - start) as f32;
        self.gain += (8.0 * bytes - cost as f32).max(if bytes > 1.0 { 0.0 } else { -2.0 });
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
        if self.exact {
            // That a count is no larger than what is left is worth something where little is left.
            self.gain = self.gain.max(before + 8.0 - ((rest + 1) as f32).log2());
        }
        Some(length)
    }

    fn sized(&mut self) -> Option<()> {
        let length = self.length()?;
        let start = self.at;
        self.skip(length)?;
        self.gain += text_gain(self.bytes.get(start..self.at).unwrap_or_default());
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
pub(crate) fn text_gain(bytes: &[u8]) -> f32 {
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
    pub(crate) fn cost(&self) -> f32 {
        match self {
            Form::Fixed(_) | Form::Varint | Form::Sized => 10.0,
            Form::Float(_) => 13.0,
            Form::Option(row) => 4.0 + row_cost(row),
            Form::List(row) => 8.0 + row_cost(row),
            Form::Tagged(variants) => 20.0 + variants.iter().flatten().map(|row| 5.0 + row_cost(row)).sum::<f32>(),
        }
    }
}

/// What it costs to say that fields have these forms, in bits.
pub(crate) fn row_cost(row: &[Form]) -> f32 {
    row.iter().map(Form::cost).sum()
}
