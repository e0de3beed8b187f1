//! Against postcard itself, with real Rust types.

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::{DecodeOptions, decode, encode};
use super::{json, ty};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Meters(f64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nothing;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Status {
    Open,
    Paid(u32),
    Split(i16, String),
    Late { days: u8, fee: Option<i64> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u64,
    amount: i128,
    total: u128,
    status: Vec<Status>,
    note: Option<Option<String>>,
    length: Meters,
    nothing: Nothing,
    pair: (char, bool),
    hash: [u8; 4],
    raw: Vec<u8>,
    by_day: BTreeMap<i32, String>,
    by_name: BTreeMap<String, f32>,
}

const STATUS: &str = "enum {Open, Paid(u32), Split(i16, String), Late{days: u8, fee: Option<i64>}}";

fn order_type() -> String {
    format!(
        "{{id: u64, amount: i128, total: u128, status: Vec<{STATUS}>, note: Option<Option<String>>, length: f64, \
         nothing: (), pair: (char, bool), hash: [u8; 4], raw: bytes, by_day: Map<i32, String>, \
         by_name: Map<String, f32>}}"
    )
}

/// The bytes of postcard decode under the type and encode to the same bytes; the JSON equals that of serde_json.
fn agrees<T: Serialize + Debug>(text: &str, value: &T, same_json: bool) {
    let bytes = postcard::to_allocvec(value).unwrap();
    let ty = ty(text);
    let ours = decode(&ty, &bytes, &DecodeOptions::default()).unwrap_or_else(|e| panic!("{value:?} as {text}: {e}"));
    assert_eq!(encode(&ty, &ours).unwrap(), bytes);
    if same_json {
        assert_eq!(json(&ours), serde_json::to_string(value).unwrap());
    }
}

fn sample() -> Order {
    Order {
        id: u64::MAX,
        amount: i128::MIN,
        total: u128::MAX,
        status: vec![
            Status::Open,
            Status::Paid(300),
            Status::Split(i16::MIN, "a\nb".to_owned()),
            Status::Late { days: 255, fee: Some(-1) },
        ],
        note: Some(None),
        length: Meters(f64::NAN),
        nothing: Nothing,
        pair: ('é', true),
        hash: [0xde, 0xad, 0xbe, 0xef],
        raw: vec![0, 0xff],
        by_day: BTreeMap::from([(-5, "x".to_owned()), (7, String::new())]),
        by_name: BTreeMap::from([("k".to_owned(), f32::NEG_INFINITY)]),
    }
}

#[test]
fn a_struct_of_everything() {
    let bytes = postcard::to_allocvec(&sample()).unwrap();
    let value = decode(&ty(&order_type()), &bytes, &DecodeOptions::default()).unwrap();
    assert_eq!(
        value.to_string(),
        r#"{id: 18446744073709551615, amount: -170141183460469231731687303715884105728, total: 340282366920938463463374607431768211455, status: [Open, Paid(300), Split(-32768, "a\nb"), Late{days: 255, fee: -1}], note: Some(None), length: NaN, nothing: (), pair: ('é', true), hash: deadbeef, raw: 00ff, by_day: {-5: "x", 7: ""}, by_name: {"k": -inf}}"#
    );
    assert_eq!(
        json(&value),
        r#"{"id":18446744073709551615,"amount":-170141183460469231731687303715884105728,"total":340282366920938463463374607431768211455,"status":["Open",{"Paid":300},{"Split":[-32768,"a\nb"]},{"Late":{"days":255,"fee":-1}}],"note":{"some":null},"length":"NaN","nothing":null,"pair":["é",true],"hash":"deadbeef","raw":"00ff","by_day":[[-5,"x"],[7,""]],"by_name":{"k":"-inf"}}"#
    );
    agrees(&order_type(), &sample(), false);
}

#[test]
fn the_extremes_of_every_integer() {
    agrees("(u8, i8)", &(u8::MAX, i8::MIN), true);
    agrees("(u16, i16, i16)", &(u16::MAX, i16::MIN, i16::MAX), true);
    agrees("(u32, i32, i32)", &(u32::MAX, i32::MIN, i32::MAX), true);
    agrees("(u64, i64, i64)", &(u64::MAX, i64::MIN, i64::MAX), true);
    agrees("(usize, isize)", &(usize::MAX, isize::MIN), true);
    agrees("(u128, i128, i128)", &(u128::MAX, i128::MIN, i128::MAX), true);
}

#[test]
fn options_arrays_and_units() {
    agrees("Vec<Option<bool>>", &vec![None, Some(true), Some(false)], true);
    agrees("Vec<Option<()>>", &vec![None, Some(())], false);
    agrees("[[u16; 2]; 2]", &[[1_u16, 2], [3, 400]], true);
    agrees("Vec<()>", &vec![(), ()], true);
    agrees("Box<str>", &"text", true);
    agrees("Map<(u8, bool), char>", &BTreeMap::from([((1_u8, true), 'x')]), false);
}

proptest! {
    #[test]
    fn every_status(paid: u32, split: (i16, String), days: u8, fee: Option<i64>) {
        agrees(STATUS, &Status::Open, true);
        agrees(STATUS, &Status::Paid(paid), true);
        agrees(STATUS, &Status::Split(split.0, split.1), true);
        agrees(STATUS, &Status::Late { days, fee }, true);
    }

    #[test]
    fn every_scalar(v: (u16, i16, u32, i32, u64, i64, u128, i128), w: (f32, f64, char, bool, i8, u8)) {
        agrees("(u16, i16, u32, i32, u64, i64, u128, i128)", &v, true);
        agrees("(f32, f64, char, bool, i8, u8)", &w, w.0.is_finite() && w.1.is_finite());
    }

    /// On any bytes, decoding in postcard's mode accepts what postcard accepts, with the same result.
    #[test]
    fn postcard_mode_reads_what_postcard_reads(bytes in prop::collection::vec(prop_oneof![0_u8..5, 0x7e_u8..0x83, any::<u8>()], 0..24)) {
        type Mixed = (u16, i32, Option<char>, u128, Vec<(bool, String)>, Vec<u8>);
        same::<Mixed>("(u16, i32, Option<char>, u128, Vec<(bool, String)>, bytes)", &bytes)?;
        same::<Status>(STATUS, &bytes)?;
        same::<u16>("u16", &bytes)?;
        same::<i64>("i64", &bytes)?;
        same::<i128>("i128", &bytes)?;
        same::<char>("char", &bytes)?;
        same::<Vec<String>>("Vec<String>", &bytes)?;
    }
}

fn same<T: Serialize + for<'a> Deserialize<'a>>(text: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let ty = ty(text);
    let theirs = postcard::from_bytes::<T>(bytes).ok();
    let ours = decode(&ty, bytes, &DecodeOptions::as_postcard_reads()).ok();
    prop_assert_eq!(
        ours.map(|v| encode(&ty, &v).unwrap()),
        theirs.map(|v| postcard::to_allocvec(&v).unwrap()),
        "{}",
        text
    );
    Ok(())
}
