//! Keys: the order of their bytes is the order of their type.

use std::borrow::Cow;
use std::fmt::Debug;

use file_mst::{Error, MerkleKey, MerkleSearchTree};
use proptest::prelude::*;

fn ordered<K: MerkleKey + Debug>(left: K, right: K) {
    let (a, b) = (left.encode(), right.encode());
    assert_eq!(a.cmp(&b), left.cmp(&right), "{left:?} {right:?}");
    assert_eq!(K::decode(&a).unwrap(), left);
    assert_eq!(K::decode(&b).unwrap(), right);
    let mut appended = vec![1];
    left.encode_into(&mut appended);
    assert_eq!(appended[1..], *a);
    // As parts of a longer key they still have the same order, whatever follows, and end where they should.
    let part = |key: &K, behind: u8| {
        let mut bytes = Vec::new();
        key.encode_part(&mut bytes);
        bytes.push(behind);
        bytes
    };
    for (x, y) in [(0, 0xff), (0xff, 0)] {
        assert_eq!(part(&left, x).cmp(&part(&right, y)), left.cmp(&right).then(x.cmp(&y)), "{left:?} {right:?}");
    }
    let bytes = part(&left, 9);
    let mut rest = bytes.as_slice();
    assert_eq!(K::decode_part(&mut rest).unwrap(), left);
    assert_eq!(rest, [9]);
}

macro_rules! ordered_types {
    ($($name:ident: $type:ty),*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
            $(#[test]
            fn $name(left in any::<$type>(), right in any::<$type>()) {
                ordered(left.clone(), right);
                ordered(left.clone(), left);
            })*
        }
    };
}

ordered_types!(
    strings: String, bytes: Vec<u8>, arrays: [u8; 5], u8s: u8, u16s: u16, u32s: u32, u64s: u64, u128s: u128,
    usizes: usize, i8s: i8, i16s: i16, i32s: i32, i64s: i64, i128s: i128, isizes: isize, bools: bool, chars: char,
    singles: (String,), pairs: (i16, Vec<u8>), triples: (Vec<u8>, bool, String), nested: ((Vec<u8>, u8), (String, i64))
);

proptest! {
    /// Few different bytes, so that one key is often the beginning of the other.
    #[test]
    fn short_keys_of_zeros(left in prop::collection::vec(0..2_u8, 0..5), right in prop::collection::vec(prop_oneof![Just(0), Just(255)], 0..5)) {
        ordered((left.clone(), right.clone()), (right.clone(), left.clone()));
        ordered(left, right);
    }

    #[test]
    fn any_bytes_decode_to_no_key_or_to_the_one_that_encodes_to_them(bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(255), any::<u8>()], 0..12)) {
        if let Some(key) = <(Vec<u8>, String)>::decode(&bytes) {
            prop_assert_eq!(&*key.encode(), bytes.as_slice());
        }
        if let Some(key) = char::decode(&bytes) {
            prop_assert_eq!(&*key.encode(), bytes.as_slice());
        }
    }
}

#[test]
fn the_first_parts_of_a_tuple_are_a_prefix() {
    let mut tree: MerkleSearchTree<(String, u32), bool> = MerkleSearchTree::new_temporary().unwrap();
    for (name, number) in [("a", 1), ("a", 2), ("a\0b", 1), ("ab", 1), ("", 3)] {
        tree.insert((name.into(), number), true).unwrap();
    }
    let keys = |name: &str| -> Vec<(String, u32)> {
        tree.prefix(&(name.to_string(),)).unwrap().map(|record| record.unwrap().0).collect()
    };
    assert_eq!(keys("a"), [("a".into(), 1), ("a".into(), 2)]);
    assert_eq!(keys(""), [("".into(), 3)]);
    assert_eq!(keys("b"), []);
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct LittleEndian(u32);

impl MerkleKey for LittleEndian {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.0.to_le_bytes().to_vec())
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Self(u32::from_le_bytes(bytes.try_into().ok()?)))
    }
}

#[test]
fn a_key_type_that_breaks_the_order_is_reported() {
    let mut tree: MerkleSearchTree<LittleEndian, u8> = MerkleSearchTree::new_temporary().unwrap();
    tree.insert(LittleEndian(255), 1).unwrap();
    let error = tree.insert(LittleEndian(256), 1).unwrap_err();
    match error {
        Error::KeyOrder { left, right } => assert_eq!((left.as_str(), right.as_str()), ("ff000000", "00010000")),
        error => panic!("{error}"),
    }
    assert_eq!(tree.len().unwrap(), 1, "the key that showed it is not in the tree");

    let dir = tempfile::tempdir().unwrap();
    let error = MerkleSearchTree::from_sorted(dir.path().join("a"), (200..300).map(|number| (LittleEndian(number), 0)))
        .unwrap_err();
    assert!(matches!(error, Error::Unsorted { index: 56, .. }), "{error}");
}

/// Equal as values, different as bytes.
#[derive(Debug)]
struct Caseless(String);

impl PartialEq for Caseless {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Caseless {}
impl PartialOrd for Caseless {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Caseless {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.to_lowercase().cmp(&other.0.to_lowercase())
    }
}
impl MerkleKey for Caseless {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.0.as_bytes())
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok().map(Self)
    }
}

#[test]
fn equal_keys_of_different_bytes_are_reported() {
    let mut tree: MerkleSearchTree<Caseless, u8> = MerkleSearchTree::new_temporary().unwrap();
    tree.insert(Caseless("Key".into()), 1).unwrap();
    assert!(matches!(tree.insert(Caseless("key".into()), 1), Err(Error::KeyOrder { .. })));
}
