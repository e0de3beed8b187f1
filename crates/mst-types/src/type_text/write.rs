//! The text form of types.

use std::fmt;

use crate::escape::{write_name, write_quoted};
use crate::type_text::parse::is_reserved;
use crate::types::ty::{Field, Shape, Type, Variant};

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(int) = self.int() {
            return write!(f, "{}{}", if int.signed { 'i' } else { 'u' }, int.bits);
        }
        match self {
            Type::Bool => f.write_str("bool"),
            Type::F32 => f.write_str("f32"),
            Type::F64 => f.write_str("f64"),
            Type::Char => f.write_str("char"),
            Type::String => f.write_str("String"),
            Type::Vec(item) => write!(f, "Vec<{item}>"),
            Type::Array(item, count) => write!(f, "[{item}; {count}]"),
            Type::Option(inner) => write!(f, "Option<{inner}>"),
            Type::Tuple(types) => write_tuple(f, types),
            Type::Struct(fields) => write_fields(f, fields),
            Type::Enum(variants) => {
                f.write_str("enum ")?;
                write_enum(f, variants)
            }
            Type::As(wire, logical) => wire.write_logical(*logical, f),
            Type::Named(name, ty) => match &**ty {
                Type::Struct(fields) => {
                    write_type_name(f, name)?;
                    write_fields(f, fields)
                }
                Type::Enum(variants) => {
                    f.write_str("enum ")?;
                    write_name(f, name)?;
                    f.write_str(" ")?;
                    write_enum(f, variants)
                }
                ty => ty.fmt(f),
            },
            Type::Map(key, value) => write!(f, "Map<{key}, {value}>"),
            // The integers are written above.
            _ => f.write_str("()"),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, &self.name)?;
        write!(f, ": {}", self.ty)
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, &self.name)?;
        match &self.shape {
            Shape::Unit => Ok(()),
            Shape::Tuple(types) => {
                f.write_str("(")?;
                write_list(f, types)?;
                f.write_str(")")
            }
            Shape::Struct(fields) => write_fields(f, fields),
        }
    }
}

/// Writes the name of a struct, in quotes if it would otherwise be parsed as a type.
fn write_type_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if is_reserved(name) { write_quoted(f, name, '"') } else { write_name(f, name) }
}

fn write_enum(f: &mut fmt::Formatter<'_>, variants: &[Variant]) -> fmt::Result {
    f.write_str("{")?;
    write_list(f, variants)?;
    f.write_str("}")
}

/// Writes the items in parentheses; a comma follows a single one.
pub(crate) fn write_tuple<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    f.write_str("(")?;
    write_list(f, items)?;
    f.write_str(if items.len() == 1 { ",)" } else { ")" })
}

/// Writes the items separated by commas.
pub(crate) fn write_list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: impl IntoIterator<Item = T>,
) -> fmt::Result {
    for (n, item) in items.into_iter().enumerate() {
        if n > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

fn write_fields(f: &mut fmt::Formatter<'_>, fields: &[Field]) -> fmt::Result {
    f.write_str("{")?;
    write_list(f, fields)?;
    f.write_str("}")
}
