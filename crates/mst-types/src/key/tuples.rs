//! Keys of several parts, which sort by the first, then by the second, and so on.

use std::borrow::Cow;

use super::MerkleKey;

macro_rules! tuple {
    ($($part:ident $index:tt),*) => {
        /// Its self-delimiting parts, one after the other. A shorter tuple is thus a prefix of a longer one.
        impl<$($part: MerkleKey),*> MerkleKey for ($($part,)*) {
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
                $(self.$index.encode_part(to);)*
            }

            fn encode_part(&self, to: &mut Vec<u8>) {
                self.encode_into(to);
            }

            fn decode_part(bytes: &mut &[u8]) -> Option<Self> {
                Some(($($part::decode_part(bytes)?,)*))
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
