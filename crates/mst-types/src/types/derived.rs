//! Types from Rust types that derive `Schema` of the crate postcard-schema.

use postcard_schema::schema::NamedType;
use postcard_schema::schema::owned::{
    OwnedDataModelType as Model, OwnedDataModelVariant as Payload, OwnedNamedType, OwnedNamedValue,
};

use crate::types::logical_type::LogicalType;
use crate::types::ty::{Field, Shape, Type, Variant};

/// The Rust type contains a schema of postcard-schema itself, whose depth no [`Type`] can express.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a type that contains schemas has no fixed layout; expected a type of data")]
pub struct HoldsSchema;

/// The type whose bytes postcard writes for the described Rust type. Structs and enums keep their names, a newtype is
/// the type it wraps, `usize` is `u64`, and the `Uuid` of the crate uuid gets the logical type UUID.
///
/// ```
/// use mst_types::Type;
/// use postcard_schema::Schema;
/// use postcard_schema::schema::owned::OwnedNamedType;
///
/// #[derive(Schema)]
/// struct Order {
///     id: u64,
///     tags: Vec<String>,
/// }
///
/// let ty = Type::try_from(&OwnedNamedType::from(Order::SCHEMA))?;
/// assert_eq!(ty.to_string(), "Order{id: u64, tags: Vec<String>}");
/// # Ok::<(), mst_types::HoldsSchema>(())
/// ```
impl TryFrom<&OwnedNamedType> for Type {
    type Error = HoldsSchema;

    fn try_from(described: &OwnedNamedType) -> Result<Self, HoldsSchema> {
        let boxed = |inner: &OwnedNamedType| Self::try_from(inner).map(Box::new);
        let named = |ty| Self::Named(described.name.as_str().into(), Box::new(ty));
        Ok(match &described.ty {
            Model::Bool => Self::Bool,
            Model::I8 => Self::I8,
            Model::I16 => Self::I16,
            Model::I32 => Self::I32,
            Model::I64 | Model::Isize => Self::I64,
            Model::I128 => Self::I128,
            Model::U8 => Self::U8,
            Model::U16 => Self::U16,
            Model::U32 => Self::U32,
            Model::U64 | Model::Usize => Self::U64,
            Model::U128 => Self::U128,
            Model::F32 => Self::F32,
            Model::F64 => Self::F64,
            Model::Char => Self::Char,
            Model::String => Self::String,
            Model::ByteArray => {
                let bytes = Self::Vec(Box::new(Self::U8));
                if described.name == "Uuid" { bytes.with_logical(LogicalType::Uuid) } else { bytes }
            }
            Model::Option(inner) => Self::Option(boxed(inner)?),
            Model::Unit | Model::UnitStruct => Self::Unit,
            Model::NewtypeStruct(inner) => Self::try_from(&**inner)?,
            Model::Seq(item) => Self::Vec(boxed(item)?),
            Model::Tuple(items) | Model::TupleStruct(items) => tuple(described, items)?,
            Model::Map { key, val } => Self::Map(boxed(key)?, boxed(val)?),
            Model::Struct(members) => named(Self::Struct(fields(members)?)),
            Model::Enum(variants) => {
                let variant = |variant: &postcard_schema::schema::owned::OwnedNamedVariant| {
                    let shape = match &variant.ty {
                        Payload::UnitVariant => Shape::Unit,
                        Payload::NewtypeVariant(inner) => Shape::Tuple(vec![Self::try_from(&**inner)?]),
                        Payload::TupleVariant(items) => Shape::Tuple(types(items)?),
                        Payload::StructVariant(members) => Shape::Struct(fields(members)?),
                    };
                    Ok(Variant::new(variant.name.as_str(), shape))
                };
                named(Self::Enum(variants.iter().map(variant).collect::<Result<_, _>>()?))
            }
            Model::Schema => return Err(HoldsSchema),
        })
    }
}

impl TryFrom<&NamedType> for Type {
    type Error = HoldsSchema;

    fn try_from(described: &NamedType) -> Result<Self, HoldsSchema> {
        Self::try_from(&OwnedNamedType::from(described))
    }
}

/// postcard-schema describes an array as a tuple whose items all have one type, under a name that begins with `[`.
fn tuple(described: &OwnedNamedType, items: &[OwnedNamedType]) -> Result<Type, HoldsSchema> {
    match items {
        [] => Ok(Type::Unit),
        [first, ..] if described.name.starts_with('[') && items.iter().all(|item| item == first) => {
            Ok(Type::Array(Box::new(Type::try_from(first)?), items.len()))
        }
        items => types(items).map(Type::Tuple),
    }
}

fn types(items: &[OwnedNamedType]) -> Result<Vec<Type>, HoldsSchema> {
    items.iter().map(Type::try_from).collect()
}

fn fields(members: &[OwnedNamedValue]) -> Result<Vec<Field>, HoldsSchema> {
    members.iter().map(|member| Ok(Field::new(member.name.as_str(), Type::try_from(&member.ty)?))).collect()
}

#[cfg(test)]
mod tests {
    use postcard_schema::Schema;
    use serde::Serialize;

    use super::*;
    use crate::{DecodeOptions, decode};

    #[derive(Serialize, Schema)]
    struct Meters(f32);

    #[derive(Serialize, Schema)]
    enum Status {
        New,
        Paid(u64),
        Sent { at: i64, to: String },
        Split(u8, bool),
    }

    #[derive(Serialize, Schema)]
    struct Order {
        id: [u8; 4],
        length: Meters,
        status: Vec<Status>,
        note: Option<char>,
        pair: (u16, i128),
    }

    #[test]
    fn a_derived_schema_decodes_the_bytes_of_postcard() {
        let ty = Type::try_from(Order::SCHEMA).unwrap();
        assert_eq!(
            ty.to_string(),
            "Order{id: [u8; 4], length: f32, status: Vec<enum Status {New, Paid(u64), Sent{at: i64, to: String}, \
             Split(u8, bool)}>, note: Option<char>, pair: (u16, i128)}"
        );
        assert_eq!(ty.to_string().parse(), Ok(ty.clone()));
        let order = Order {
            id: [1, 2, 3, 4],
            length: Meters(1.5),
            status: vec![
                Status::New,
                Status::Paid(300),
                Status::Sent { at: -1, to: "x".to_owned() },
                Status::Split(7, true),
            ],
            note: Some('ß'),
            pair: (1, -2),
        };
        let bytes = postcard::to_allocvec(&order).unwrap();
        let value = decode(&ty, &bytes, &DecodeOptions::default()).unwrap();
        assert_eq!(
            value.to_string(),
            "{id: 01020304, length: 1.5, status: [New, Paid(300), Sent{at: -1, to: \"x\"}, Split(7, true)], \
             note: 'ß', pair: (1, -2)}"
        );
    }

    #[test]
    fn schemas_as_data_are_refused() {
        assert_eq!(Type::try_from(<Vec<OwnedNamedType>>::SCHEMA), Err(HoldsSchema));
    }
}
