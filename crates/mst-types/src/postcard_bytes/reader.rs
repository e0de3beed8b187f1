//! LogicalType the scalars of postcard's wire format one by one.

use crate::postcard_bytes::decode_error::DecodeError;
use crate::postcard_bytes::options::{DecodeOptions, Strictness};
use crate::postcard_bytes::remarks::Remarks;
use crate::types::ty::{Int, Type};

/// A value without parts, still in the bytes it was read from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaf<'b> {
    Bool(bool),
    Uint(u128),
    Int(i128),
    F32(f32),
    F64(f64),
    Char(char),
    Str(&'b str),
    Bytes(&'b [u8]),
    Unit,
    None,
}

/// A position in a slice, and the rules for reading it. Its errors carry the offset but no path yet.
pub(crate) struct Reader<'b> {
    /// The readable bytes: the slice given, cut at the limit.
    bytes: &'b [u8],
    offset: usize,
    /// The length of the slice given.
    total: usize,
    strictness: Strictness,
    /// Deviations that were accepted.
    remarks: Remarks,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8], options: &DecodeOptions) -> Self {
        Self {
            bytes: bytes.get(..options.limits.bytes).unwrap_or(bytes),
            offset: 0,
            total: bytes.len(),
            strictness: options.strictness,
            remarks: Remarks::default(),
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Checks that nothing follows the value.
    pub(crate) fn finish(&mut self) -> Result<(), DecodeError> {
        if self.offset < self.total {
            let count = self.total - self.offset;
            self.tolerate(
                DecodeError::TrailingBytes { offset: self.offset, at: String::new(), count },
                Strictness::Postcard,
            )?;
        }
        Ok(())
    }

    /// The deviations accepted so far.
    pub(crate) fn remarks(&mut self) -> &mut Remarks {
        &mut self.remarks
    }

    /// Accepts a deviation with a remark, unless decoding is stricter than `from`.
    #[cold]
    fn tolerate(&mut self, deviation: DecodeError, from: Strictness) -> Result<(), DecodeError> {
        let passes = match self.strictness {
            Strictness::Strict => false,
            Strictness::Postcard => from == Strictness::Postcard,
            Strictness::Lenient => true,
        };
        if passes {
            self.remarks.push(deviation);
            return Ok(());
        }
        Err(deviation)
    }

    /// Reads a value of a type without parts. If the type has parts, returns `None` and reads nothing.
    #[inline]
    pub(crate) fn leaf(&mut self, ty: &Type) -> Result<Option<Leaf<'b>>, DecodeError> {
        if let Some(int) = ty.int() {
            return self.int(int).map(Some);
        }
        Ok(Some(match ty {
            Type::String => self.text()?,
            Type::Vec(_) if ty.is_bytes() => {
                let length = self.count()?;
                Leaf::Bytes(self.take(length)?)
            }
            Type::Array(_, length) if ty.is_bytes() => Leaf::Bytes(self.take(*length as u64)?),
            Type::Bool => Leaf::Bool(self.bool()?),
            Type::F32 => Leaf::F32(f32::from_le_bytes(self.chunk()?)),
            Type::F64 => Leaf::F64(f64::from_le_bytes(self.chunk()?)),
            Type::Char => self.char()?,
            Type::Unit => Leaf::Unit,
            _ => return Ok(None),
        }))
    }

    /// Reads the tag of an option: whether it is `Some`.
    pub(crate) fn option_tag(&mut self) -> Result<bool, DecodeError> {
        let offset = self.offset;
        self.flag()?.map_err(|found| DecodeError::BadOption { offset, at: String::new(), found })
    }

    /// Reads the length of a list, map or text.
    pub(crate) fn count(&mut self) -> Result<u64, DecodeError> {
        // The varint is bounded to 64 bits.
        self.varint(64).map(|n| n as u64)
    }

    /// Reads the number of a variant of an enum with `expected` variants.
    pub(crate) fn variant(&mut self, expected: usize) -> Result<u32, DecodeError> {
        let offset = self.offset;
        // The varint is bounded to 32 bits.
        let found = self.varint(32)? as u32;
        if found as usize >= expected {
            return Err(DecodeError::UnknownVariant { offset, at: String::new(), expected, found });
        }
        Ok(found)
    }

    fn bool(&mut self) -> Result<bool, DecodeError> {
        let offset = self.offset;
        match self.flag()? {
            Ok(bool) => Ok(bool),
            Err(found) => {
                self.tolerate(DecodeError::BadBool { offset, at: String::new(), found }, Strictness::Lenient)?;
                Ok(true)
            }
        }
    }

    /// Reads a byte that must be 0 or 1; the inner error is any other byte.
    fn flag(&mut self) -> Result<Result<bool, u8>, DecodeError> {
        Ok(match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(found),
        })
    }

    fn int(&mut self, int: Int) -> Result<Leaf<'b>, DecodeError> {
        Ok(match (int.bits, int.signed) {
            (8, false) => Leaf::Uint(self.byte()?.into()),
            (8, true) => Leaf::Int(i8::from_le_bytes(self.chunk()?).into()),
            (bits, false) => Leaf::Uint(self.varint(bits)?),
            (bits, true) => {
                let zigzag = self.varint(bits)?;
                Leaf::Int((zigzag >> 1) as i128 ^ -((zigzag & 1) as i128))
            }
        })
    }

    /// Reads a little-endian base-128 number of at most `bits` bits.
    fn varint(&mut self, bits: u32) -> Result<u128, DecodeError> {
        let offset = self.offset;
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            // The bits left of the width. In the last byte of the width, a continuation bit overflows it as well.
            let room = bits - shift;
            if room < 7 && byte >> room != 0 {
                return Err(DecodeError::VarintOverflow { offset, at: String::new(), bits });
            }
            value |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    self.tolerate(DecodeError::PaddedVarint { offset, at: String::new() }, Strictness::Postcard)?;
                }
                return Ok(value);
            }
            shift += 7;
        }
    }

    fn text(&mut self) -> Result<Leaf<'b>, DecodeError> {
        let length = self.count()?;
        let start = self.offset;
        let bytes = self.take(length)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Leaf::Str(text)),
            Err(error) => {
                let bad = DecodeError::BadUtf8 {
                    offset: start + error.valid_up_to(),
                    at: String::new(),
                    found: bytes.get(error.valid_up_to()).copied().unwrap_or_default(),
                };
                self.tolerate(bad, Strictness::Lenient)?;
                Ok(Leaf::Bytes(bytes))
            }
        }
    }

    fn char(&mut self) -> Result<Leaf<'b>, DecodeError> {
        let offset = self.offset;
        let length = self.count()?;
        let bad = DecodeError::BadChar { offset, at: String::new(), length };
        if length > 4 {
            self.tolerate(bad, Strictness::Lenient)?;
            return self.take(length).map(Leaf::Bytes);
        }
        let bytes = self.take(length)?;
        let mut chars = std::str::from_utf8(bytes).unwrap_or_default().chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(Leaf::Char(one)),
            (Some(first), Some(_)) if self.strictness == Strictness::Postcard => {
                self.tolerate(bad, Strictness::Postcard)?;
                Ok(Leaf::Char(first))
            }
            _ => {
                self.tolerate(bad, Strictness::Lenient)?;
                Ok(Leaf::Bytes(bytes))
            }
        }
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        match self.bytes.get(self.offset) {
            Some(&byte) => {
                self.offset += 1;
                Ok(byte)
            }
            None => Err(self.end_error(1)),
        }
    }

    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let bytes = self.take(N as u64)?;
        <[u8; N]>::try_from(bytes).map_err(|_| self.end_error(N as u64))
    }

    fn take(&mut self, length: u64) -> Result<&'b [u8], DecodeError> {
        let end = usize::try_from(length).ok().and_then(|length| self.offset.checked_add(length));
        match end.and_then(|end| self.bytes.get(self.offset..end)) {
            Some(bytes) => {
                self.offset += bytes.len();
                Ok(bytes)
            }
            None => Err(self.end_error(length)),
        }
    }

    /// The error of reading `needed` bytes where fewer are left: either the slice ends or the limit is reached.
    #[cold]
    fn end_error(&self, needed: u64) -> DecodeError {
        let available = self.total - self.offset;
        if needed <= available as u64 {
            return DecodeError::TooManyBytes { offset: self.offset, at: String::new(), limit: self.bytes.len() };
        }
        DecodeError::UnexpectedEnd { offset: self.offset, at: String::new(), needed, available }
    }
}
