//! Varints: seven bits a byte, the lowest first, in as few bytes as possible (I12).

/// The most bytes a varint takes.
const MAX_BYTES: usize = 10;

/// Appends `value`.
pub fn push_varint(to: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// The number of bytes in the varint of `value`.
pub fn varint_length(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

/// The varint that `bytes` begin with, and its length in bytes. `None` if the bytes end within it, if it does not fit
/// 64 bits, or if it is longer than necessary: each number has one form.
pub fn take_varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().take(MAX_BYTES).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            let padded = byte == 0 && index > 0;
            let too_large = index == MAX_BYTES - 1 && byte > 1;
            return (!padded && !too_large).then_some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_one_form() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, value);
            let length = bytes.len();
            assert_eq!(varint_length(value), length);
            assert_eq!(take_varint(&bytes), Some((value, length)));
            bytes.push(7);
            assert_eq!(take_varint(&bytes), Some((value, length)));
            assert_eq!(take_varint(bytes.get(..length - 1).unwrap()), None);
        }
        assert_eq!(take_varint(&[0x80, 0]), None);
        assert_eq!(take_varint(&[0xff; 11]), None);
        assert_eq!(take_varint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), None);
    }
}
