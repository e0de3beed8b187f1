//! Keys as bytes whose order is the order of the keys.

pub(crate) mod ordered;
pub(crate) mod prefix;
mod scalars;
pub(crate) mod sort_key;
pub(crate) mod text;
mod tuples;

use std::borrow::Cow;

/// A type whose values can be keys.
///
/// The tree orders, hashes and stores the encoded bytes, so **their order as bytes must be the order of the type**
/// ([`Ord`]), and different keys must have different bytes. If two inserted keys show that a type breaks this rule, the
/// insertion fails with `Error::KeyOrder` of the crate `file_mst`.
///
/// ```
/// use std::borrow::Cow;
/// use mst_types::MerkleKey;
///
/// #[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
/// struct OrderId(u32);
///
/// impl MerkleKey for OrderId {
///     fn encode(&self) -> Cow<'_, [u8]> {
///         // Big-endian: the bytes sort as the numbers do.
///         Cow::Owned(self.0.to_be_bytes().to_vec())
///     }
///     fn decode(bytes: &[u8]) -> Option<Self> {
///         Some(Self(u32::from_be_bytes(bytes.try_into().ok()?)))
///     }
/// }
///
/// assert!(OrderId(7).encode() < OrderId(300).encode());
/// assert_eq!(OrderId::decode(&OrderId(7).encode()), Some(OrderId(7)));
/// ```
pub trait MerkleKey: Ord {
    /// The key's bytes, whose order is the order of the keys.
    fn encode(&self) -> Cow<'_, [u8]>;

    /// The key with these bytes; `None` if no key has them.
    fn decode(bytes: &[u8]) -> Option<Self>
    where
        Self: Sized;

    /// Appends the key's bytes. Worth implementing if [`MerkleKey::encode`] allocates.
    fn encode_into(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.encode());
    }

    /// Appends the bytes of the key as a part of a longer key: self-delimiting, and in the same order.
    ///
    /// By default, 00 becomes 00 ff, and 00 00 ends the part. A type whose keys all have one length can use its plain
    /// bytes, here and in [`MerkleKey::decode_part`].
    fn encode_part(&self, to: &mut Vec<u8>) {
        for &byte in &*self.encode() {
            to.push(byte);
            if byte == 0 {
                to.push(0xff);
            }
        }
        to.extend_from_slice(&[0, 0]);
    }

    /// Removes a part that [`MerkleKey::encode_part`] wrote from the front of `bytes`.
    fn decode_part(bytes: &mut &[u8]) -> Option<Self>
    where
        Self: Sized,
    {
        let mut content = Vec::new();
        loop {
            let (&byte, rest) = bytes.split_first()?;
            *bytes = rest;
            if byte == 0 {
                let (&mark, rest) = bytes.split_first()?;
                *bytes = rest;
                match mark {
                    0 => return Self::decode(&content),
                    0xff => {}
                    _ => return None,
                }
            }
            content.push(byte);
        }
    }
}
