//! [`MerkleKey`] for the common types.

use std::borrow::Cow;

use super::MerkleKey;

impl MerkleKey for str {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.as_bytes())
    }
}

/// UTF-8, which sorts by code points.
impl MerkleKey for String {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.as_bytes())
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Self::from_utf8(bytes.to_vec()).ok()
    }
}

impl MerkleKey for [u8] {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self)
    }
}

/// The bytes themselves.
impl MerkleKey for Vec<u8> {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self)
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Some(bytes.to_vec())
    }
}

/// For types whose keys all have one length, and need no end mark.
macro_rules! fixed_length_parts {
    ($length:expr) => {
        fn encode_part(&self, to: &mut Vec<u8>) {
            self.encode_into(to);
        }

        fn decode_part(bytes: &mut &[u8]) -> Option<Self> {
            let (part, rest) = bytes.split_at_checked($length)?;
            *bytes = rest;
            Self::decode(part)
        }
    };
}

/// The bytes themselves.
impl<const N: usize> MerkleKey for [u8; N] {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self)
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok()
    }

    fixed_length_parts!(N);
}

macro_rules! unsigned {
    ($($type:ty as $wide:ty),*) => {$(
        /// Big-endian.
        impl MerkleKey for $type {
            fn encode(&self) -> Cow<'_, [u8]> {
                Cow::Owned((*self as $wide).to_be_bytes().to_vec())
            }

            fn decode(bytes: &[u8]) -> Option<Self> {
                <$wide>::from_be_bytes(bytes.try_into().ok()?).try_into().ok()
            }

            fn encode_into(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&(*self as $wide).to_be_bytes());
            }

            fixed_length_parts!(size_of::<$wide>());
        }
    )*};
}

// A usize takes eight bytes on every machine, so that files are portable.
unsigned!(u8 as u8, u16 as u16, u32 as u32, u64 as u64, u128 as u128, usize as u64);

macro_rules! signed {
    ($($type:ty as $wide:ty),*) => {$(
        /// Big-endian with the sign bit flipped, which puts the negative numbers first.
        impl MerkleKey for $type {
            fn encode(&self) -> Cow<'_, [u8]> {
                Cow::Owned(((*self as $wide) ^ <$wide>::MIN).to_be_bytes().to_vec())
            }

            fn decode(bytes: &[u8]) -> Option<Self> {
                (<$wide>::from_be_bytes(bytes.try_into().ok()?) ^ <$wide>::MIN).try_into().ok()
            }

            fn encode_into(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&((*self as $wide) ^ <$wide>::MIN).to_be_bytes());
            }

            fixed_length_parts!(size_of::<$wide>());
        }
    )*};
}

signed!(i8 as i8, i16 as i16, i32 as i32, i64 as i64, i128 as i128, isize as i64);

/// One byte, 0 or 1.
impl MerkleKey for bool {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(if *self { &[1] } else { &[0] })
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    fixed_length_parts!(1);
}

/// Its code point, big-endian.
impl MerkleKey for char {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Owned(u32::from(*self).to_be_bytes().to_vec())
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Self::from_u32(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    fixed_length_parts!(4);
}

/// A byte 0 for `None`, which comes first; or a byte 1 and the item as a part of a key.
impl<K: MerkleKey> MerkleKey for Option<K> {
    fn encode(&self) -> Cow<'_, [u8]> {
        let mut bytes = Vec::new();
        self.encode_into(&mut bytes);
        Cow::Owned(bytes)
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let key = Self::decode_part(&mut bytes)?;
        bytes.is_empty().then_some(key)
    }

    fn encode_into(&self, to: &mut Vec<u8>) {
        match self {
            None => to.push(0),
            Some(item) => {
                to.push(1);
                item.encode_part(to);
            }
        }
    }

    fn encode_part(&self, to: &mut Vec<u8>) {
        self.encode_into(to);
    }

    fn decode_part(bytes: &mut &[u8]) -> Option<Self> {
        let (&first, rest) = bytes.split_first()?;
        *bytes = rest;
        match first {
            0 => Some(None),
            1 => K::decode_part(bytes).map(Some),
            _ => None,
        }
    }
}
