//! Decimals of any width.

/// The decimal digits of big-endian two's complement of any width.
pub(super) fn digits(bytes: &[u8]) -> String {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    if bytes.len() <= 16 {
        let start = if negative { -1_i128 } else { 0 };
        return bytes.iter().fold(start, |number, byte| number << 8 | i128::from(*byte)).to_string();
    }
    // The number is wider than any decimal of a contract, and than any integer type: divide by hand.
    let mut magnitude: Vec<u8> = if negative {
        let mut carry = true;
        let mut flipped: Vec<u8> = bytes
            .iter()
            .rev()
            .map(|byte| {
                let (sum, over) = (!byte).overflowing_add(u8::from(carry));
                carry = over;
                sum
            })
            .collect();
        flipped.reverse();
        flipped
    } else {
        bytes.to_vec()
    };
    let mut out = Vec::new();
    while magnitude.iter().any(|byte| *byte != 0) {
        let mut rest = 0_u32;
        for byte in &mut magnitude {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 10) as u8;
            rest = value % 10;
        }
        out.push(b'0' + rest as u8);
    }
    if out.is_empty() {
        out.push(b'0');
    }
    if negative {
        out.push(b'-');
    }
    out.iter().rev().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn decimals_of_any_width() {
        assert_eq!(digits(&[0xff]), "-1");
        assert_eq!(digits(&[0x01, 0x00]), "256");
        for number in [0_i128, 1, -1, 255, -256, i128::MAX, i128::MIN] {
            let mut wide = vec![if number < 0 { 0xff } else { 0 }; 4];
            wide.extend(number.to_be_bytes());
            assert_eq!(digits(&wide), number.to_string());
        }
    }
}
