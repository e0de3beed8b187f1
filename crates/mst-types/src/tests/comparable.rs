//! The rules of comparability: a table of all pairs, and properties over random types and values.

use std::sync::Arc;

use proptest::prelude::*;

use super::super::{
    Comparability, DecodeOptions, Field, ItemType, Meaning, Payload, Shape, Type, Value, ValueKind, Variant,
    comparability, decode, encode, parse_literal,
};
use super::strategy::{typed, types, values};
use super::ty;

const TYPES: [&str; 46] = [
    "bool",
    "u8",
    "i64",
    "decimal(0)",
    "decimal(2)",
    "i64 as decimal(2)",
    "timestamp(s)",
    "timestamp(ms)",
    "date",
    "time(ms)",
    "u32 as time(s)",
    "duration(ms)",
    "f32",
    "f64",
    "char",
    "String",
    "json",
    "Vec<u8>",
    "[u8; 16]",
    "uuid",
    "Vec<u8> as uuid",
    "hash",
    "cbor",
    "ipv4",
    "u32 as ip",
    "ipv6",
    "ip",
    "Option<u8>",
    "Option<String>",
    "Vec<i64>",
    "[i64; 3]",
    "Map<String, i64>",
    "Vec<(String, i64)>",
    "(u8, String)",
    "{a: u8, b: String}",
    "{b: String, a: u8}",
    "{a: i64, b: String}",
    "{a: u8, c: String}",
    "{a: u8, b: String, c: bool}",
    "Order{a: u8, b: String}",
    "enum {open, paid}",
    "enum {paid, open}",
    "enum {open, paid, gone}",
    "enum {offen, bezahlt}",
    "enum {open, paid(u8)}",
    "()",
];

/// All pairs of [`TYPES`] that can be compared, in either order. No other pair can.
const COMPARABLE: [(&str, &str, Meaning); 25] = [
    ("u8", "i64", Meaning::Convertible),
    ("decimal(0)", "decimal(2)", Meaning::Convertible),
    ("decimal(0)", "i64 as decimal(2)", Meaning::Convertible),
    ("decimal(2)", "i64 as decimal(2)", Meaning::Convertible),
    ("timestamp(s)", "timestamp(ms)", Meaning::Convertible),
    ("time(ms)", "u32 as time(s)", Meaning::Convertible),
    ("Vec<u8>", "[u8; 16]", Meaning::Convertible),
    ("uuid", "Vec<u8> as uuid", Meaning::Convertible),
    ("ipv4", "u32 as ip", Meaning::Convertible),
    ("u8", "Option<u8>", Meaning::Convertible),
    ("i64", "Option<u8>", Meaning::Convertible),
    ("String", "Option<String>", Meaning::Convertible),
    ("Vec<i64>", "[i64; 3]", Meaning::Convertible),
    ("{a: u8, b: String}", "{b: String, a: u8}", Meaning::Convertible),
    ("{a: u8, b: String}", "{a: i64, b: String}", Meaning::Convertible),
    ("{b: String, a: u8}", "{a: i64, b: String}", Meaning::Convertible),
    ("{a: u8, b: String}", "Order{a: u8, b: String}", Meaning::Same),
    ("{b: String, a: u8}", "Order{a: u8, b: String}", Meaning::Convertible),
    ("{a: i64, b: String}", "Order{a: u8, b: String}", Meaning::Convertible),
    ("enum {open, paid}", "enum {paid, open}", Meaning::Convertible),
    ("enum {open, paid}", "enum {open, paid, gone}", Meaning::Convertible),
    ("enum {paid, open}", "enum {open, paid, gone}", Meaning::Convertible),
    // Types that equal themselves.
    ("()", "()", Meaning::Same),
    ("ip", "ip", Meaning::Same),
    ("Map<String, i64>", "Map<String, i64>", Meaning::Same),
];

#[test]
fn every_pair_of_types_has_its_outcome() {
    let mut met = 0;
    for left in TYPES {
        for right in TYPES {
            let is_it = |(a, b, _): &&(&str, &str, Meaning)| (*a, *b) == (left, right) || (*a, *b) == (right, left);
            let listed = COMPARABLE.iter().find(is_it).map(|(.., meaning)| *meaning);
            met += usize::from(listed.is_some());
            let expected = if left == right { Meaning::Same } else { listed.unwrap_or(Meaning::NotComparable) };
            let found = comparability(&ty(left), &ty(right));
            assert_eq!(found.meaning(), expected, "{left} and {right}: {:?}", found.differences());
            assert_eq!(found.differences().is_empty(), expected == Meaning::Same, "{left} and {right}");
        }
    }
    // Each row that names two types occurs in both orders.
    assert_eq!(met, 2 * COMPARABLE.len() - 3);
}

#[test]
fn the_field_that_differs_is_named_with_the_difference() {
    for (left, right, path, differs) in [
        ("{v: enum {open, paid}}", "{v: enum {paid, open}}", "v", "the variants are in a different order"),
        ("{v: decimal(2)}", "{v: decimal(0)}", "v", "digits after the point, or width"),
        ("{v: timestamp(s)}", "{v: timestamp(us)}", "v", "unit of time, or width"),
        ("{v: String}", "{v: Vec<u8>}", "v", "text versus bytes"),
        ("{v: date}", "{v: i32}", "v", "a date versus a whole number"),
        ("{v: i64}", "{v: u64}", "v", "width, or sign"),
        ("{v: Option<u8>}", "{v: u8}", "v", "a value may be missing on one side only"),
        ("{v: u8, w: u8}", "{w: u8, v: u8}", "", "the fields are in a different order"),
        ("{a: u8, v: u8}", "{a: u8, w: u8}", "v", "one of the same type is called w"),
        ("{a: u8, v: u8}", "{a: u8}", "v", "a field that exists on the left only"),
        ("{a: u8}", "{a: u8, v: u8}", "v", "a field that exists on the right only"),
        ("{a: u8}", "hash", "", "a struct versus a hash"),
        ("{a: u8}", "(u8,)", "", "a struct versus a tuple"),
        ("Vec<(u8, u8)>", "Map<u8, u8>", "", "a list versus a map"),
        ("{a: Vec<{b: Map<u8, Option<date>>}>}", "{a: Vec<{b: Map<u8, Option<u16>>}>}", "a[].b{value}", "a date"),
        ("enum {A(u8), B{x: u8}}", "enum {A(u8), B{x: bool}}", "B.x", "a whole number versus a bool"),
        ("enum {a, b}", "enum {a, c}", "", "variants with different names: b on the left, c on the right"),
        ("(u8, f32)", "(u8, f64)", "1", "a float of 32 bits versus a float of 64 bits"),
    ] {
        let found = comparability(&ty(left), &ty(right));
        let first = found.differences().first().unwrap_or_else(|| panic!("{left} and {right} differ"));
        assert!(first.path == path && first.differs.contains(differs), "{left} and {right}: {first:?}");
    }
}

fn value(of: &str, literal: &str) -> Value {
    let ty = ty(of);
    decode(&ty, &parse_literal(&ty, literal).unwrap(), &DecodeOptions::default()).unwrap()
}

#[test]
fn values_of_two_types_are_equal_if_they_mean_the_same() {
    for (left, a, right, b, same) in [
        ("decimal(2)", "5.00", "decimal(0)", "500", false),
        ("decimal(2)", "5.00", "decimal(0)", "5", true),
        ("decimal(2)", "5.01", "decimal(0)", "5", false),
        ("decimal(38)", "-0.00000000000000000000000000000000000001", "decimal(0)", "0", false),
        ("decimal(2)", "-1.50", "u8 as decimal(1)", "1.5", false),
        ("decimal(2)", "-1.50", "i8 as decimal(1)", "-1.5", true),
        ("timestamp(s)", "1969-12-31T23:59:59Z", "timestamp(ns)", "1969-12-31T23:59:59Z", true),
        ("timestamp(s)", "1969-12-31T23:59:59Z", "timestamp(ns)", "1969-12-31T23:59:59.000000001Z", false),
        ("u128", "340282366920938463463374607431768211455", "i128", "-1", false),
        ("u8", "255", "i64", "255", true),
        ("u8", "255", "i8", "-1", false),
        ("enum {open, paid}", "\"open\"", "enum {paid, open}", "\"open\"", true),
        ("enum {open, paid}", "\"open\"", "enum {paid, open}", "\"paid\"", false),
        ("enum {open, paid}", "\"paid\"", "enum {open, new, paid}", "\"new\"", false),
        ("Option<u8>", "7", "i16", "7", true),
        ("Option<u8>", "null", "i16", "0", false),
        ("{a: u8, b: bool}", r#"{"a": 1, "b": true}"#, "{b: bool, a: u64}", r#"{"b": true, "a": 1}"#, true),
        ("uuid", "67e55044-10b1-426f-9247-bb680e5fe0c8", "u128 as uuid", "67e55044-10b1-426f-9247-bb680e5fe0c8", true),
        ("ipv4", "192.0.2.1", "u32 as ip", "192.0.2.1", true),
        ("ipv6", "2001:db8::1", "u128 as ip", "2001:db8::1", true),
        ("Vec<u8>", "00ff", "[u8; 2]", "00ff", true),
        ("Vec<u8>", "00", "[u8; 2]", "00ff", false),
        ("Map<u8, u8>", "[[1, 2], [3, 4]]", "Map<u16, u8>", "[[3, 4], [1, 2]]", true),
    ] {
        let found = comparability(&ty(left), &ty(right));
        let (a, b) = (value(left, a), value(right, b));
        let forms = (found.left_form(&a).unwrap(), found.right_form(&b).unwrap());
        assert_eq!(forms.0 == forms.1, same, "{left} {a} and {right} {b}");
        assert_eq!(found.changes(&a, &b).is_empty(), same, "{left} {a} and {right} {b}");
    }
}

#[test]
fn keys_are_merged_only_if_both_sides_sort_alike() {
    for (left, right, keeps) in [
        ("u32", "u64", true),
        ("i8", "u64", true),
        ("decimal(2)", "decimal(0)", true),
        ("timestamp(s)", "timestamp(ms)", true),
        ("{a: u8, b: String}", "{a: u16, b: String}", true),
        ("{a: u8, b: String}", "{b: String, a: u8}", false),
        ("enum {a, b}", "enum {b, a}", false),
        ("enum {a, b}", "enum {a, b, c}", true),
        ("Option<u8>", "u8", true),
        ("Map<u8, u8>", "Map<u16, u8>", false),
        ("String", "Vec<u8>", false),
    ] {
        assert_eq!(comparability(&ty(left), &ty(right)).keeps_order(), keeps, "{left} and {right}");
    }
}

/// A different type that can hold all values of this one: numbers are wider, arrays are lists, fields and variants are
/// in reverse order, and a bool may be missing.
fn changed(ty: &Type) -> Type {
    let all = |types: &[Type]| types.iter().map(changed).collect::<Vec<_>>();
    let fields = |fields: &[Field]| {
        fields.iter().rev().map(|field| Field::new(field.name.clone(), changed(&field.ty))).collect::<Vec<_>>()
    };
    match ty {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => Type::I128,
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => Type::I128,
        Type::Vec(item) if **item != Type::U8 => Type::Vec(Box::new(changed(item))),
        Type::Array(item, _) if **item != Type::U8 => Type::Vec(Box::new(changed(item))),
        Type::Array(..) => Type::Vec(Box::new(Type::U8)),
        Type::Option(item) => Type::Option(Box::new(changed(item))),
        Type::Tuple(types) => Type::Tuple(all(types)),
        Type::Struct(parts) => Type::Struct(fields(parts)),
        Type::Enum(variants) => Type::Enum(
            variants
                .iter()
                .rev()
                .map(|variant| {
                    let shape = match &variant.shape {
                        Shape::Unit => Shape::Unit,
                        Shape::Tuple(types) => Shape::Tuple(all(types)),
                        Shape::Struct(parts) => Shape::Struct(fields(parts)),
                    };
                    Variant::new(variant.name.clone(), shape)
                })
                .collect(),
        ),
        Type::Map(key, value) => Type::Map(Box::new(changed(key)), Box::new(changed(value))),
        Type::Named(_, ty) => changed(ty),
        Type::Bool => Type::Option(Box::new(Type::Bool)),
        other => other.clone(),
    }
}

fn changed_value(ty: &Type, value: &Value) -> Value {
    use ValueKind as V;
    let one = |ty: &Type, value: &Value| changed_value(ty, value);
    let fields = |types: &[Field], values: &[(Arc<str>, Value)]| {
        types.iter().zip(values).rev().map(|(ty, (name, value))| (name.clone(), one(&ty.ty, value))).collect::<Vec<_>>()
    };
    let all = |types: &[Type], values: &[Value]| types.iter().zip(values).map(|(ty, value)| one(ty, value)).collect();
    Value::new(match (ty, &value.kind) {
        (Type::U8 | Type::U16 | Type::U32 | Type::U64, V::Uint(v)) => V::Int(i128::try_from(*v).unwrap()),
        (Type::Vec(item) | Type::Array(item, _), V::Seq(values)) => {
            V::Seq(values.iter().map(|v| one(item, v)).collect())
        }
        (Type::Option(item), V::Some(v)) => V::Some(Box::new(one(item, v))),
        (Type::Tuple(types), V::Tuple(values)) => V::Tuple(all(types, values)),
        (Type::Struct(types), V::Struct(values)) => V::Struct(fields(types, values)),
        (Type::Enum(variants), V::Variant { index, name, payload }) => V::Variant {
            index: variants.len() as u32 - 1 - index,
            name: name.clone(),
            payload: match (&variants[*index as usize].shape, payload) {
                (Shape::Tuple(types), Payload::Tuple(values)) => Payload::Tuple(all(types, values)),
                (Shape::Struct(types), Payload::Struct(values)) => Payload::Struct(fields(types, values)),
                _ => Payload::Unit,
            },
        },
        (Type::Map(key, item), V::Map(entries)) => {
            V::Map(entries.iter().map(|(k, v)| (one(key, k), one(item, v))).collect())
        }
        (Type::Named(_, ty), _) => return one(ty, value),
        (Type::Bool, V::Bool(_)) => V::Some(Box::new(value.clone())),
        (_, kind) => kind.clone(),
    })
}

fn has_map(ty: &Type) -> bool {
    ty.to_string().contains("Map<")
}

fn forms(found: &Comparability, left: &Value, right: &Value) -> (Vec<u8>, Vec<u8>) {
    (found.left_form(left).unwrap(), found.right_form(right).unwrap())
}

proptest! {
    #[test]
    fn every_type_means_the_same_as_itself(ty in types()) {
        let found = comparability(&ty, &ty);
        prop_assert_eq!(found.meaning(), Meaning::Same);
        let named = Type::Named("Other".into(), Box::new(ty.clone()));
        prop_assert_eq!(comparability(&ty, &named).meaning(), Meaning::Same);
    }

    #[test]
    fn comparability_is_symmetric(a in types(), b in types()) {
        for (a, b) in [(a.clone(), b), (a.clone(), changed(&a))] {
            let (there, back) = (comparability(&a, &b), comparability(&b, &a));
            prop_assert_eq!((there.meaning(), there.keeps_order()), (back.meaning(), back.keeps_order()));
            let mut paths: Vec<_> = there.differences().iter().map(|it| (&it.path, &it.left, &it.right)).collect();
            let mut swapped: Vec<_> = back.differences().iter().map(|it| (&it.path, &it.right, &it.left)).collect();
            paths.sort_by_key(|it| format!("{it:?}"));
            swapped.sort_by_key(|it| format!("{it:?}"));
            prop_assert_eq!(paths, swapped);
        }
    }

    /// If types mean the same, equal bytes are equal values, and the common form agrees, except for the order of map
    /// entries.
    #[test]
    fn types_of_the_same_meaning_compare_like_bytes((ty, a, b) in typed()) {
        let found = comparability(&ty, &ty);
        let bytes = (encode(&ty, &a).unwrap(), encode(&ty, &b).unwrap());
        let (left, right) = forms(&found, &a, &b);
        prop_assert!(has_map(&ty) || (bytes.0 == bytes.1) == (left == right));
        prop_assert!(bytes.0 != bytes.1 || left == right);
        let (left, right) = forms(&found, &a, &a);
        prop_assert_eq!(left, right);
    }

    /// A value equals the same value under another type, and no other value.
    #[test]
    fn comparing_decoded_values_is_exact((ty, a, b) in typed()) {
        let other = changed(&ty);
        let found = comparability(&ty, &other);
        prop_assert_ne!(found.meaning(), Meaning::NotComparable, "{} and {}: {:?}", ty, other, found.differences());
        let moved = changed_value(&ty, &a);
        encode(&other, &moved).unwrap();
        let (left, right) = forms(&found, &a, &moved);
        prop_assert_eq!(left, right);
        prop_assert!(found.changes(&a, &moved).is_empty());
        let (left, right) = forms(&found, &b, &moved);
        let same = encode(&ty, &a).unwrap() == encode(&ty, &b).unwrap();
        prop_assert!(has_map(&ty) || same == (left == right));
        prop_assert_eq!(found.changes(&b, &moved).is_empty(), left == right);
    }

    /// Keys of two types whose order is kept sort as each side sorts its own.
    #[test]
    fn common_forms_of_keys_sort_as_the_keys_do(
        (left, right, a, b) in prop::sample::select(vec![
            ("u32", "i64"), ("i16", "u128"), ("decimal(2)", "decimal(5)"), ("(u8, String)", "(i32, String)"),
            ("{a: String, b: timestamp(s)}", "{a: String, b: timestamp(ns)}"), ("[u8; 3]", "Vec<u8>"),
        ]).prop_flat_map(|(left, right)| {
            let left = ty(left);
            (Just(left.clone()), Just(ty(right)), values(&left), values(&left))
        })
    ) {
        let found = comparability(&left, &right);
        prop_assert!(found.keeps_order());
        let key = ItemType::ordered(left);
        let stored = (key.encode(&a).unwrap(), key.encode(&b).unwrap());
        let forms = (found.left_form(&a).unwrap(), found.left_form(&b).unwrap());
        prop_assert_eq!(stored.0.cmp(&stored.1), forms.0.cmp(&forms.1));
    }
}
