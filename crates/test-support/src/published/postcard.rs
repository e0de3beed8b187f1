//! The few postcard forms of which keys, values and nodes consist (postcard wire format 1.0).

/// Appends a varint: 7 bits a byte, least significant first, the top bit set on every byte but the last.
pub(super) fn push_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A `u64`: a varint of 1 to 10 bytes.
pub fn u64_value(number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    push_varint(&mut out, number);
    out
}

/// An `i64`: zigzag (0, -1, 1, -2, ... become 0, 1, 2, 3, ...), then a varint.
pub fn i64_value(number: i64) -> Vec<u8> {
    u64_value(((number << 1) ^ (number >> 63)) as u64)
}

/// An `Option<i64>`: one byte 0, or one byte 1 and the number.
pub fn option_i64_value(number: Option<i64>) -> Vec<u8> {
    match number {
        None => vec![0],
        Some(number) => [vec![1], i64_value(number)].concat(),
    }
}

/// A `Vec<u8>`: a varint length, then the bytes.
pub fn bytes_value(bytes: &[u8]) -> Vec<u8> {
    [&u64_value(bytes.len() as u64), bytes].concat()
}

/// A `String`: a varint length in bytes, then the UTF-8.
pub fn string_value(text: &str) -> Vec<u8> {
    bytes_value(text.as_bytes())
}

/// A `[u8; 32]`: the bytes alone, since the length is part of the type.
pub fn bytes32_value(bytes: [u8; 32]) -> Vec<u8> {
    bytes.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_grow_at_each_seventh_bit() {
        assert_eq!(u64_value(0), [0]);
        assert_eq!(u64_value(127), [127]);
        assert_eq!(u64_value(128), [0x80, 1]);
        assert_eq!(u64_value(7939), [0x83, 0x3e]);
        assert_eq!(u64_value(u64::MAX), [[0xff; 9].as_slice(), &[1]].concat());
    }

    #[test]
    fn signed_numbers_zigzag() {
        assert_eq!(i64_value(-1), [1]);
        assert_eq!(i64_value(1), [2]);
        assert_eq!(i64_value(i64::MIN), u64_value(u64::MAX));
        assert_eq!(option_i64_value(None), [0]);
        assert_eq!(option_i64_value(Some(-64)), [1, 127]);
    }
}
