//! Values that are arrays of bytes, such as hashes: postcard writes them byte by byte, with a check before each. Their
//! bytes are the array itself, so one copy does the same.

/// The lengths of the arrays that serde knows.
macro_rules! for_each_length {
    ($one:ident) => {
        $one!(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        $one!(17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32);
    };
}

/// The bytes of `value`, if its type is an array of bytes. The type is known when this is compiled, so at most one of
/// the comparisons remains.
pub(super) fn bytes_of<V>(value: &V) -> Option<&[u8]> {
    macro_rules! as_array {
        ($($length:literal),*) => {
            $(
                if size_of::<V>() == $length
                    && let Ok(array) = castaway::cast!(value, &[u8; $length])
                {
                    return Some(array);
                }
            )*
        };
    }
    for_each_length!(as_array);
    None
}

/// The value with these bytes, if its type is an array of as many bytes.
pub(super) fn array_of<V>(bytes: &[u8]) -> Option<V> {
    let mut value: Option<V> = None;
    macro_rules! as_array {
        ($($length:literal),*) => {
            $(
                if size_of::<V>() == $length
                    && bytes.len() == $length
                    && let Ok(array) = castaway::cast!(&mut value, &mut Option<[u8; $length]>)
                {
                    *array = bytes.first_chunk().copied();
                }
            )*
        };
    }
    for_each_length!(as_array);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arrays_of_bytes_are_copied() {
        assert_eq!(bytes_of(&[7_u8; 32]), Some(&[7; 32][..]));
        assert_eq!(bytes_of(&[1_u8]), Some(&[1][..]));
        assert_eq!(bytes_of(&[1_i8]), None);
        assert_eq!(bytes_of(&1_u8), None);
        assert_eq!(bytes_of(&[1_u16; 4]), None);
        assert_eq!(bytes_of(&"text"), None);
        assert_eq!(array_of::<[u8; 3]>(&[1, 2, 3]), Some([1, 2, 3]));
        assert_eq!(array_of::<[u8; 3]>(&[1, 2]), None);
        assert_eq!(array_of::<[i8; 3]>(&[1, 2, 3]), None);
        assert_eq!(array_of::<u64>(&[1; 8]), None);
        assert_eq!(array_of::<String>(&[1; 24]), None);
    }

    #[test]
    fn the_bytes_are_those_of_postcard() {
        let array = [200_u8, 0, 255, 127, 128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        assert_eq!(bytes_of(&array).unwrap(), postcard::to_allocvec(&array).unwrap());
    }
}
