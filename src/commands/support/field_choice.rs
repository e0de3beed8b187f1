//! The fields of a value that are printed, if only some are asked for.

use std::sync::Arc;

use anyhow::{Context, bail};
use mst_types::{Type, Value, ValueKind};

/// Fields of the values of one type, in the order in which they are printed.
#[derive(Clone, Debug)]
pub(crate) struct FieldChoice(Vec<Field>);

/// A field: its name as it was given, and the way to it.
#[derive(Clone, Debug)]
struct Field {
    name: Arc<str>,
    path: Vec<usize>,
}

impl FieldChoice {
    /// The fields of these names: `status`, `address.city`, or `0` of a tuple.
    ///
    /// # Errors
    /// The type has no such field.
    pub(crate) fn new(names: &[String], ty: &Type) -> anyhow::Result<Self> {
        let field = |name: &String| {
            let path = path(name, ty).with_context(|| match names_of(ty) {
                names if names.is_empty() => format!("values of type {ty} have no fields"),
                names => format!("there is no field {name:?}; the fields are {}", names.join(", ")),
            })?;
            Ok(Field { name: name.as_str().into(), path })
        };
        names.iter().map(field).collect::<anyhow::Result<_>>().map(Self)
    }

    /// The value with these fields only. A field within an empty option is empty.
    pub(crate) fn pick(&self, value: &Value) -> Value {
        let field = |field: &Field| {
            let found = field.path.iter().try_fold(value, |value, index| part(value, *index));
            (Arc::clone(&field.name), found.cloned().unwrap_or_else(|| Value::new(ValueKind::None)))
        };
        Value::new(ValueKind::Struct(self.0.iter().map(field).collect()))
    }
}

/// The type below names and options.
fn content(ty: &Type) -> &Type {
    match ty {
        Type::Named(_, inner) | Type::Option(inner) | Type::As(inner, _) => content(inner),
        ty => ty,
    }
}

/// The fields of a type with their names.
fn fields(ty: &Type) -> Vec<(String, &Type)> {
    match content(ty) {
        Type::Struct(fields) => fields.iter().map(|field| (field.name.to_string(), &field.ty)).collect(),
        Type::Tuple(items) => items.iter().enumerate().map(|(index, ty)| (index.to_string(), ty)).collect(),
        _ => Vec::new(),
    }
}

fn names_of(ty: &Type) -> Vec<String> {
    fields(ty).into_iter().map(|(name, _)| name).collect()
}

/// The indices on the way to a field. A name may itself contain a point.
fn path(name: &str, ty: &Type) -> Option<Vec<usize>> {
    fields(ty).into_iter().enumerate().find_map(|(index, (field, ty))| {
        let rest = name.strip_prefix(&field)?;
        if rest.is_empty() {
            return Some(vec![index]);
        }
        let below = path(rest.strip_prefix('.')?, ty)?;
        Some([vec![index], below].concat())
    })
}

/// The field at an index, below options.
fn part(value: &Value, index: usize) -> Option<&Value> {
    match &value.kind {
        ValueKind::Some(inner) => part(inner, index),
        ValueKind::Struct(fields) => fields.get(index).map(|(_, value)| value),
        ValueKind::Tuple(items) => items.get(index),
        _ => None,
    }
}

/// Fails if a format has no fields.
pub(crate) fn check_format(has_fields: bool) -> anyhow::Result<()> {
    if !has_fields {
        bail!("--fields prints fields as they are or as JSON: omit it, or choose --format-value auto or json");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_at_any_depth() {
        let ty: Type = "{a: u8, b: Option<{c: String, \"d.e\": u8}>, f: (u8, bool)}".parse().unwrap();
        let item = mst_types::ItemType::postcard(ty.clone());
        let bytes = item.parse_json(r#"{"a": 1, "b": {"c": "x", "d.e": 2}, "f": [3, true]}"#).unwrap();
        let value = item.decode(&bytes).unwrap();
        let pick = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| name.to_string()).collect();
            FieldChoice::new(&names, &ty).map(|choice| choice.pick(&value).to_string())
        };
        assert_eq!(pick(&["f.1", "a"]).unwrap(), r#"{"f.1": true, a: 1}"#);
        assert_eq!(pick(&["b.d.e", "b.c"]).unwrap(), r#"{"b.d.e": 2, "b.c": "x"}"#);
        let error = pick(&["status"]).unwrap_err().to_string();
        assert_eq!(error, "there is no field \"status\"; the fields are a, b, f");
        assert!(pick(&["a.b"]).is_err() && pick(&["f.2"]).is_err() && pick(&["b."]).is_err());
        assert_eq!(
            FieldChoice::new(&["a".to_owned()], &Type::U64).unwrap_err().to_string(),
            "values of type u64 have no fields"
        );

        let none = item.decode(&item.parse_json(r#"{"a": 1, "b": null, "f": [3, true]}"#).unwrap()).unwrap();
        let choice = FieldChoice::new(&["b.c".to_owned()], &ty).unwrap();
        assert_eq!(choice.pick(&none).to_string(), r#"{"b.c": null}"#);
    }
}
