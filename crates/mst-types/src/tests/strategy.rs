//! Random types, and random values of them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{Field, Payload, Shape, Type, Value, ValueKind, Variant};

/// Types nested up to four deep. Names differ within each struct and enum, and some are not identifiers.
pub(super) fn types() -> impl Strategy<Value = Type> {
    let scalar = prop::sample::select(vec![
        Type::Bool,
        Type::U8,
        Type::U16,
        Type::U32,
        Type::U64,
        Type::U128,
        Type::I8,
        Type::I16,
        Type::I32,
        Type::I64,
        Type::I128,
        Type::F32,
        Type::F64,
        Type::Char,
        Type::String,
        Type::Unit,
    ]);
    let texts = [
        "timestamp(s)",
        "u64 as timestamp(ns)",
        "u128 as timestamp(ms)",
        "date",
        "u64 as date",
        "decimal(2)",
        "date",
        "u128 as date",
        "u8 as decimal(38)",
        "time(ms)",
        "u32 as time(s)",
        "duration(ns)",
        "u64 as duration(us)",
        "uuid",
        "u128 as uuid",
        "Vec<u8> as uuid",
        "hash",
        "Vec<u8> as hash",
        "json",
        "cbor",
        "ipv4",
        "ipv6",
        "u32 as ip",
        "u128 as ip",
    ];
    let logical = prop::sample::select(texts.map(|text| text.parse::<Type>().unwrap()).to_vec());
    prop_oneof![3 => scalar, 1 => logical].prop_recursive(4, 24, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let variant = prop_oneof![
            Just(Shape::Unit),
            vec(inner.clone(), 0..3).prop_map(Shape::Tuple),
            fields(inner.clone()).prop_map(Shape::Struct),
        ];
        prop_oneof![
            boxed.clone().prop_map(Type::Vec),
            (boxed.clone(), 0_usize..4).prop_map(|(item, n)| Type::Array(item, n)),
            boxed.clone().prop_map(Type::Option),
            vec(inner.clone(), 1..4).prop_map(Type::Tuple),
            fields(inner.clone()).prop_map(Type::Struct),
            (name(), fields(inner.clone()))
                .prop_map(|(name, fields)| Type::Named(name.into(), Box::new(Type::Struct(fields)))),
            vec((name(), variant), 1..4).prop_map(|variants| {
                let numbered = variants.into_iter().enumerate();
                Type::Enum(numbered.map(|(n, (name, shape))| Variant::new(format!("{name}{n}"), shape)).collect())
            }),
            (boxed.clone(), boxed).prop_map(|(key, value)| Type::Map(key, value)),
        ]
    })
}

fn fields(inner: impl Strategy<Value = Type>) -> impl Strategy<Value = Vec<Field>> {
    vec((name(), inner), 0..4).prop_map(|fields| {
        let numbered = fields.into_iter().enumerate();
        numbered.map(|(n, (name, ty))| Field::new(format!("{name}{n}"), ty)).collect()
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zA-Z_][a-z0-9_]{0,4}", 1 => any::<String>()]
}

/// Values of this type. The only NaN is the one with a text form.
pub(super) fn values(ty: &Type) -> BoxedStrategy<Value> {
    kinds(ty).prop_map(Value::new).boxed()
}

fn kinds(ty: &Type) -> BoxedStrategy<ValueKind> {
    use ValueKind as V;
    match ty {
        Type::Bool => any::<bool>().prop_map(V::Bool).boxed(),
        Type::U8 => any::<u8>().prop_map(|v| V::Uint(v.into())).boxed(),
        Type::U16 => any::<u16>().prop_map(|v| V::Uint(v.into())).boxed(),
        Type::U32 => any::<u32>().prop_map(|v| V::Uint(v.into())).boxed(),
        Type::U64 => any::<u64>().prop_map(|v| V::Uint(v.into())).boxed(),
        Type::U128 => prop_oneof![any::<u128>(), 0..300_u128].prop_map(V::Uint).boxed(),
        Type::I8 => any::<i8>().prop_map(|v| V::Int(v.into())).boxed(),
        Type::I16 => any::<i16>().prop_map(|v| V::Int(v.into())).boxed(),
        Type::I32 => any::<i32>().prop_map(|v| V::Int(v.into())).boxed(),
        Type::I64 => any::<i64>().prop_map(|v| V::Int(v.into())).boxed(),
        Type::I128 => prop_oneof![any::<i128>(), -300..300_i128].prop_map(V::Int).boxed(),
        Type::F32 => {
            any::<u32>().prop_map(f32::from_bits).prop_map(|v| V::F32(if v.is_nan() { f32::NAN } else { v })).boxed()
        }
        Type::F64 => {
            any::<u64>().prop_map(f64::from_bits).prop_map(|v| V::F64(if v.is_nan() { f64::NAN } else { v })).boxed()
        }
        Type::Char => any::<char>().prop_map(V::Char).boxed(),
        Type::String => any::<String>().prop_map(V::String).boxed(),
        Type::Unit => Just(V::Unit).boxed(),
        Type::Vec(item) if **item == Type::U8 => vec(any::<u8>(), 0..200).prop_map(V::Bytes).boxed(),
        Type::Array(item, n) if **item == Type::U8 => vec(any::<u8>(), *n).prop_map(V::Bytes).boxed(),
        Type::Vec(item) => vec(values(item), 0..4).prop_map(V::Seq).boxed(),
        Type::Array(item, n) => vec(values(item), *n).prop_map(V::Seq).boxed(),
        Type::Option(inner) => prop_oneof![
            1 => Just(V::None),
            3 => values(inner).prop_map(|v| V::Some(Box::new(v))),
        ]
        .boxed(),
        Type::Tuple(types) => tuple(types).prop_map(V::Tuple).boxed(),
        Type::Struct(fields) => named(fields).prop_map(V::Struct).boxed(),
        Type::Enum(variants) => {
            let all = variants.iter().zip(0..).map(|(variant, index)| {
                let name = variant.name.clone();
                let payload = match &variant.shape {
                    Shape::Unit => Just(Payload::Unit).boxed(),
                    Shape::Tuple(types) => tuple(types).prop_map(Payload::Tuple).boxed(),
                    Shape::Struct(fields) => named(fields).prop_map(Payload::Struct).boxed(),
                };
                payload.prop_map(move |payload| V::Variant { index, name: name.clone(), payload }).boxed()
            });
            prop::strategy::Union::new(all).boxed()
        }
        Type::As(wire, reading) => {
            let reading = *reading;
            kinds(wire).prop_map(move |kind| V::As(Box::new(kind), reading)).boxed()
        }
        Type::Named(_, ty) => kinds(ty),
        Type::Map(key, value) => vec((values(key), values(value)), 0..4).prop_map(V::Map).boxed(),
    }
}

fn tuple(types: &[Type]) -> BoxedStrategy<Vec<Value>> {
    types.iter().map(values).collect::<Vec<_>>().boxed()
}

fn named(fields: &[Field]) -> BoxedStrategy<Vec<(std::sync::Arc<str>, Value)>> {
    let fields = fields.iter().map(|f| (Just(f.name.clone()), values(&f.ty)).boxed());
    fields.collect::<Vec<_>>().boxed()
}

/// A type and two values of it.
pub(super) fn typed() -> impl Strategy<Value = (Type, Value, Value)> {
    types().prop_flat_map(|ty| {
        let (a, b) = (values(&ty), values(&ty));
        (Just(ty), a, b)
    })
}
