//! The order of encoded values is that of Rust's `Ord`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use serde::Serialize;

use super::super::{DecodeOptions, compare};
use super::ty;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
enum Kind {
    Zero,
    One(i32),
    Two { a: Option<u16>, b: Vec<String> },
}

const KIND: &str = "enum {Zero, One(i32), Two{a: Option<u16>, b: Vec<String>}}";

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Zero),
        (-300..300).prop_map(Kind::One),
        (prop::option::of(0..300_u16), prop::collection::vec("[ab]{0,2}", 0..3)).prop_map(|(a, b)| Kind::Two { a, b }),
    ]
}

fn order<T: Serialize>(text: &str, a: &T, b: &T) -> Ordering {
    let bytes = |v: &T| postcard::to_allocvec(v).unwrap();
    compare(&ty(text), &bytes(a), &bytes(b), &DecodeOptions::default()).unwrap()
}

proptest! {
    #[test]
    fn like_derived_ord(
        a in kind(), b in kind(), n: (u64, u64), i: (i128, i128), s in ("[ab]{0,3}", "[ab]{0,3}"),
        v: (Vec<u8>, Vec<u8>), w in prop::collection::vec(prop::collection::vec(-2..2_i8, 0..3), 2),
    ) {
        prop_assert_eq!(order(KIND, &a, &b), a.cmp(&b));
        prop_assert_eq!(order("u64", &n.0, &n.1), n.0.cmp(&n.1));
        prop_assert_eq!(order("i128", &i.0, &i.1), i.0.cmp(&i.1));
        prop_assert_eq!(order("String", &s.0, &s.1), s.0.cmp(&s.1));
        prop_assert_eq!(order("bytes", &v.0, &v.1), v.0.cmp(&v.1));
        prop_assert_eq!(order("Vec<i8>", &w[0], &w[1]), w[0].cmp(&w[1]));
        let (x, y) = ((s.0, n.0), (s.1, n.1));
        prop_assert_eq!(order("(String, u64)", &x, &y), x.cmp(&y));
    }

    #[test]
    fn maps_compare_sorted(
        a: BTreeMap<i8, BTreeMap<bool, u8>>, b: BTreeMap<i8, BTreeMap<bool, u8>>,
    ) {
        const MAP: &str = "Map<i8, Map<bool, u8>>";
        prop_assert_eq!(order(MAP, &a, &b), a.cmp(&b));
        let hashed: HashMap<_, _> = a.clone().into_iter().collect();
        let (a, hashed) = (postcard::to_allocvec(&a).unwrap(), postcard::to_allocvec(&hashed).unwrap());
        prop_assert_eq!(compare(&ty(MAP), &a, &hashed, &DecodeOptions::default()), Ok(Ordering::Equal));
    }

    #[test]
    fn floats_by_total_cmp(a: u64, b: u64) {
        let (a, b) = (f64::from_bits(a), f64::from_bits(b));
        prop_assert_eq!(order("f64", &a, &b), a.total_cmp(&b));
    }
}

#[test]
fn wrong_bytes_are_an_error_unless_the_order_is_known_before_them() {
    let options = DecodeOptions::default();
    let ty = ty("(u8, bool)");
    assert!(compare(&ty, &[1, 1], &[1, 2], &options).is_err());
    assert!(compare(&ty, &[1, 2], &[1, 1], &options).is_err());
    assert!(compare(&ty, &[1, 1], &[1, 1, 0], &options).is_err());
    assert_eq!(compare(&ty, &[1, 9], &[2, 9], &options), Ok(Ordering::Less));
}
