//! Types as JSON, for programs that write or read them.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};
use thiserror::Error;

use crate::type_text::error::{MAX_ARRAY, MAX_NESTING, MAX_PARTS, TypeParseError};
use crate::types::ty::{Field, Shape, Type, Variant};

/// Why JSON is not a type.
///
/// In each variant `at` is the path of the part in question, such as `.struct[1].type`; it is empty for the whole type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "`at` is described above, the others speak for themselves")]
#[non_exhaustive]
pub enum TypeJsonError {
    /// The text is not JSON.
    #[error("expected JSON: {reason}")]
    NotJson { reason: String },
    /// A string is not the text form of a type.
    #[error("{at}: {error}")]
    Text { at: String, error: TypeParseError },
    /// Another kind of JSON value is expected there.
    #[error("{at}: expected {expected}, found {found}")]
    Unexpected { at: String, expected: &'static str, found: String },
    /// More than [`MAX_NESTING`] types are nested, or there are more than [`MAX_PARTS`] in all.
    #[error("{at}: expected at most {MAX_NESTING} levels and {MAX_PARTS} parts, found more")]
    TooLarge { at: String },
}

/// A type without parts is a string: its text form. All others are objects:
///
/// | JSON | text |
/// |---|---|
/// | `{"vec": T}`, `{"option": T}` | `Vec<T>`, `Option<T>` |
/// | `{"array": T, "length": N}` | `[T; N]` |
/// | `{"tuple": [A, B]}` | `(A, B)` |
/// | `{"map": {"key": K, "value": V}}` | `Map<K, V>` |
/// | `{"struct": [{"name": "a", "type": T}]}` | `{a: T}` |
/// | `{"enum": [{"name": "A"}, {"name": "B", "tuple": [T]}, {"name": "C", "struct": [...]}]}` | `enum {A, B(T), C{...}}` |
/// | `{"type": T, "as": "timestamp(ms)"}` | `T as timestamp(ms)` |
///
/// The name of a named struct or enum is the member `"type_name"`.
impl Serialize for Type {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self, None, serializer)
    }
}

fn serialize<S: Serializer>(ty: &Type, name: Option<&str>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = match ty {
        Type::Named(name, inner) => return serialize(inner, Some(name), serializer),
        Type::Vec(_)
        | Type::Array(..)
        | Type::Option(_)
        | Type::Tuple(_)
        | Type::Struct(_)
        | Type::Enum(_)
        | Type::Map(..)
        | Type::As(..) => serializer.serialize_map(None)?,
        scalar => return serializer.collect_str(scalar),
    };
    match ty {
        Type::Vec(item) => map.serialize_entry("vec", item)?,
        Type::Array(item, count) => {
            map.serialize_entry("array", item)?;
            map.serialize_entry("length", count)?;
        }
        Type::Option(inner) => map.serialize_entry("option", inner)?,
        Type::Tuple(types) => map.serialize_entry("tuple", types)?,
        Type::Struct(fields) => map.serialize_entry("struct", fields)?,
        Type::Enum(variants) => map.serialize_entry("enum", variants)?,
        Type::Map(key, value) => map.serialize_entry("map", &Entry { key, value })?,
        Type::As(wire, logical) => {
            map.serialize_entry("type", wire)?;
            map.serialize_entry("as", &logical.to_string())?;
        }
        _ => {}
    }
    if let Some(name) = name {
        map.serialize_entry("type_name", name)?;
    }
    map.end()
}

#[derive(serde::Serialize)]
struct Entry<'a> {
    key: &'a Type,
    value: &'a Type,
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", &*self.name)?;
        map.serialize_entry("type", &self.ty)?;
        map.end()
    }
}

impl Serialize for Variant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &*self.name)?;
        match &self.shape {
            Shape::Unit => {}
            Shape::Tuple(types) => map.serialize_entry("tuple", types)?,
            Shape::Struct(fields) => map.serialize_entry("struct", fields)?,
        }
        map.end()
    }
}

impl Type {
    /// Reads a type from the JSON form in which types serialize. Wherever a type is expected, a string may also hold
    /// the text form of any type.
    ///
    /// # Errors
    /// See [`TypeJsonError`].
    ///
    /// ```
    /// use mst_types::Type;
    /// let ty: Type = "{id: u64, at: timestamp(ms)}".parse()?;
    /// let json = serde_json::to_string(&ty)?;
    /// assert_eq!(json, r#"{"struct":[{"name":"id","type":"u64"},{"name":"at","type":{"type":"i64","as":"timestamp(ms)"}}]}"#);
    /// assert_eq!(Type::from_json(&json)?, ty);
    /// assert_eq!(Type::from_json(r#"{"struct": [{"name": "id", "type": "u64"}, {"name": "at", "type": "timestamp(ms)"}]}"#)?, ty);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(json: &str) -> Result<Self, TypeJsonError> {
        let json: Json =
            serde_json::from_str(json).map_err(|error| TypeJsonError::NotJson { reason: error.to_string() })?;
        read_type(&json)
    }
}

/// Reads a type from parsed JSON.
pub(crate) fn read_type(json: &Json) -> Result<Type, TypeJsonError> {
    Reader { at: String::new(), depth: 0, parts: 0 }.ty(json)
}

struct Reader {
    at: String,
    depth: usize,
    parts: usize,
}

type Read<T> = Result<T, TypeJsonError>;

impl Reader {
    fn ty(&mut self, json: &Json) -> Read<Type> {
        self.parts += 1;
        if self.depth > MAX_NESTING || self.parts > MAX_PARTS {
            return Err(TypeJsonError::TooLarge { at: self.at.clone() });
        }
        self.depth += 1;
        let ty = match json {
            Json::String(text) => text.parse().map_err(|error| TypeJsonError::Text { at: self.at.clone(), error })?,
            Json::Object(members) => self.object(members)?,
            other => return Err(self.unexpected("a type, as a string or an object", other)),
        };
        self.depth -= 1;
        Ok(ty)
    }

    fn object(&mut self, members: &Map<String, Json>) -> Read<Type> {
        const KINDS: &str = "one of the members vec, array, option, tuple, struct, enum, map and type";
        let kinds = ["vec", "array", "option", "tuple", "struct", "enum", "map", "type"];
        let Some((kind, json)) = kinds.into_iter().find_map(|kind| members.get(kind).map(|json| (kind, json))) else {
            let found = members.keys().next().map_or_else(|| "an empty object".to_owned(), |name| format!("{name:?}"));
            return Err(TypeJsonError::Unexpected { at: self.at.clone(), expected: KINDS, found });
        };
        let ty = match kind {
            "vec" => Type::Vec(Box::new(self.within(".vec", |it| it.ty(json))?)),
            "option" => Type::Option(Box::new(self.within(".option", |it| it.ty(json))?)),
            "array" => {
                let item = self.within(".array", |it| it.ty(json))?;
                let length = members.get("length").unwrap_or(&Json::Null);
                let count = length.as_u64().filter(|count| *count <= MAX_ARRAY);
                let count = count.and_then(|count| usize::try_from(count).ok());
                let Some(count) = count else {
                    return Err(self.unexpected("the member length, a number below 2^32", length));
                };
                Type::Array(Box::new(item), count)
            }
            "tuple" => match self.list(".tuple", json, Self::ty)? {
                types if types.is_empty() => Type::Unit,
                types => Type::Tuple(types),
            },
            "struct" => Type::Struct(self.list(".struct", json, Self::field)?),
            "enum" => Type::Enum(self.list(".enum", json, Self::variant)?),
            "map" => {
                let part = |name| json.get(name).unwrap_or(&Json::Null);
                let key = self.within(".map.key", |it| it.ty(part("key")))?;
                Type::Map(Box::new(key), Box::new(self.within(".map.value", |it| it.ty(part("value")))?))
            }
            _ => {
                let wire = self.within(".type", |it| it.ty(json))?;
                let Some(Json::String(logical)) = members.get("as") else {
                    return Err(self.unexpected("the member as", members.get("as").unwrap_or(&Json::Null)));
                };
                // The text form reports a logical type that does not fit.
                return format!("{wire} as {logical}")
                    .parse()
                    .map_err(|error| TypeJsonError::Text { at: format!("{}.as", self.at), error });
            }
        };
        Ok(match (members.get("type_name"), ty) {
            (Some(Json::String(name)), ty @ (Type::Struct(_) | Type::Enum(_))) => {
                Type::Named(name.as_str().into(), Box::new(ty))
            }
            (_, ty) => ty,
        })
    }

    fn field(&mut self, json: &Json) -> Read<Field> {
        let name = self.name(json)?;
        let ty = self.within(".type", |it| it.ty(json.get("type").unwrap_or(&Json::Null)))?;
        Ok(Field::new(name, ty))
    }

    fn variant(&mut self, json: &Json) -> Read<Variant> {
        self.parts += 1;
        let name = self.name(json)?;
        let shape = match (json.get("tuple"), json.get("struct")) {
            (Some(types), _) => Shape::Tuple(self.list(".tuple", types, Self::ty)?),
            (None, Some(fields)) => Shape::Struct(self.list(".struct", fields, Self::field)?),
            (None, None) => Shape::Unit,
        };
        Ok(Variant::new(name, shape))
    }

    fn name<'a>(&self, json: &'a Json) -> Read<&'a str> {
        match json.get("name") {
            Some(Json::String(name)) => Ok(name),
            other => Err(self.unexpected("the member name, a string", other.unwrap_or(&Json::Null))),
        }
    }

    /// Reads the items of an array; if they have names, the names must differ.
    fn list<T: Listed>(&mut self, step: &str, json: &Json, read: fn(&mut Self, &Json) -> Read<T>) -> Read<Vec<T>> {
        self.within(step, |it| {
            let Json::Array(items) = json else { return Err(it.unexpected("an array", json)) };
            let mut seen = std::collections::HashSet::new();
            let mut list = Vec::new();
            for (n, item) in items.iter().enumerate() {
                let item = it.within(&format!("[{n}]"), |it| {
                    let read = read(it, item)?;
                    if read.name().is_some_and(|name| !seen.insert(name.to_owned())) {
                        return Err(it.unexpected("a name that differs from the others", item));
                    }
                    Ok(read)
                })?;
                list.push(item);
            }
            Ok(list)
        })
    }

    fn within<T>(&mut self, step: &str, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let length = self.at.len();
        self.at.push_str(step);
        let result = read(self);
        self.at.truncate(length);
        result
    }

    fn unexpected(&self, expected: &'static str, found: &Json) -> TypeJsonError {
        let found: String = found.to_string().chars().take(60).collect();
        TypeJsonError::Unexpected { at: self.at.clone(), expected, found }
    }
}

/// An item of a list; fields and variants have a name.
trait Listed {
    fn name(&self) -> Option<&str> {
        None
    }
}

impl Listed for Type {}

impl Listed for Field {
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl Listed for Variant {
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}
