//! Checks that a file holds the types that a program requests.

use std::any::type_name;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::{MerkleKey, value};
use crate::error::Error;
use crate::store::Commit;
use crate::tree::Tree;
use crate::write::Options;
use mst_types::{Field, Shape, Type, Variant, comparability, read_schema, type_of};

/// The number of records that are read as the requested types if the types of the file are unknown.
const SAMPLE: usize = 64;

/// The request of a program, besides its Rust types.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    path: PathBuf,
    schema: Option<Vec<u8>>,
    on: bool,
}

impl Asked {
    pub(super) fn new(path: &Path, options: &Options) -> Self {
        Self { path: path.to_owned(), schema: options.schema.clone(), on: options.check_types }
    }

    /// Compares the types that a commit states with the requested ones: with the schema of the program if it has one,
    /// otherwise with its Rust types, as far as these determine the shape of the bytes. Returns whether the types of
    /// both keys and values could be compared.
    ///
    /// # Errors
    /// [`Error::OtherTypes`].
    pub(super) fn against_commit<K, V>(&self, commit: Option<&Commit>) -> Result<bool, Error> {
        let noted = commit.and_then(|commit| commit.schema.as_deref()).and_then(read_schema);
        let Some((key, value)) = noted.filter(|_| self.on) else { return Ok(!self.on) };
        if let Some((asked_key, asked_value)) = self.schema.as_deref().and_then(read_schema) {
            let found = [("key", &key, &asked_key), ("value", &value, &asked_value)];
            for (of, noted, asked) in found {
                if let Some(difference) = comparability(noted, asked).differences().first() {
                    let path = if difference.path.is_empty() { String::new() } else { format!(".{}", difference.path) };
                    let differs = format!("{of}{path}: {}", difference.differs);
                    return Err(self.refused(
                        (&key, &value),
                        (&asked_key.to_string(), &asked_value.to_string()),
                        differs,
                    ));
                }
            }
            return Ok(true);
        }
        let asked = (type_of::<K>(), type_of::<V>());
        let differs = |noted: &Type, asked: &Option<Type>| asked.as_ref().is_some_and(|it| shape(it) != shape(noted));
        let which = match (differs(&key, &asked.0), differs(&value, &asked.1)) {
            (false, false) => return Ok(asked.0.is_some() && asked.1.is_some()),
            (true, true) => "keys and values are of other types",
            (true, false) => "keys are of another type",
            (false, true) => "values are of another type",
        };
        let name = |ty: Option<Type>, rust: &str| ty.map_or_else(|| rust.to_owned(), |ty| ty.to_string());
        let asked = (name(asked.0, type_name::<K>()), name(asked.1, type_name::<V>()));
        Err(self.refused((&key, &value), (&asked.0, &asked.1), which.to_owned()))
    }

    /// Reads the records of the root as the requested types, for when the file or the program does not state its types.
    /// A root that cannot be read is not an error here.
    ///
    /// # Errors
    /// [`Error::OtherTypes`].
    pub(super) fn against_records<K: MerkleKey, V: DeserializeOwned>(&self, tree: &Tree) -> Result<(), Error> {
        let Some(root) = self.on.then(|| tree.root().ok().flatten()).flatten() else { return Ok(()) };
        for record in (0..root.key_count().min(SAMPLE)).filter_map(|index| root.record(index)) {
            let differs = match (K::decode(record.key), value::decode::<V>(record.value)) {
                (None, _) => format!("its key {} (hex) is no {}", hex::encode(record.key), type_name::<K>()),
                (_, Err(error)) => {
                    format!(
                        "the value of its key {} (hex) is no {}: {error}",
                        hex::encode(record.key),
                        type_name::<V>()
                    )
                }
                (Some(_), Ok(_)) => continue,
            };
            return Err(Error::OtherTypes {
                path: self.path.clone(),
                noted: "records of other types".to_owned(),
                asked: format!("{{key: {}, value: {}}}", type_name::<K>(), type_name::<V>()),
                differs,
            });
        }
        Ok(())
    }

    /// Checks the types of the commit or, if these are unknown, the records.
    ///
    /// # Errors
    /// [`Error::OtherTypes`].
    pub(super) fn against<K: MerkleKey, V: DeserializeOwned>(
        &self,
        commit: Option<&Commit>,
        tree: &Tree,
    ) -> Result<(), Error> {
        match self.against_commit::<K, V>(commit)? {
            true => Ok(()),
            false => self.against_records::<K, V>(tree),
        }
    }

    fn refused(&self, noted: (&Type, &Type), asked: (&str, &str), differs: String) -> Error {
        Error::OtherTypes {
            path: self.path.clone(),
            noted: format!("{{key: {}, value: {}}}", noted.0, noted.1),
            asked: format!("{{key: {}, value: {}}}", asked.0, asked.1),
            differs,
        }
    }
}

/// A type as far as Rust's own types determine it: without names and logical types, and with tuples for structs, which
/// have the same bytes.
fn shape(ty: &Type) -> Type {
    let all = |types: &[Type]| types.iter().map(shape).collect::<Vec<_>>();
    let items = |fields: &[Field]| fields.iter().map(|field| shape(&field.ty)).collect::<Vec<_>>();
    let tuple = |types: Vec<Type>| if types.is_empty() { Type::Unit } else { Type::Tuple(types) };
    match ty.wire() {
        Type::Struct(fields) => tuple(items(fields)),
        Type::Tuple(types) => tuple(all(types)),
        Type::Vec(item) => Type::Vec(Box::new(shape(item))),
        Type::Array(item, count) => Type::Array(Box::new(shape(item)), *count),
        Type::Option(item) => Type::Option(Box::new(shape(item))),
        Type::Map(key, value) => Type::Map(Box::new(shape(key)), Box::new(shape(value))),
        Type::Enum(variants) => Type::Enum(
            variants
                .iter()
                .map(|variant| {
                    let held = match &variant.shape {
                        Shape::Unit => Shape::Unit,
                        Shape::Tuple(types) => Shape::Tuple(all(types)),
                        Shape::Struct(fields) => Shape::Tuple(items(fields)),
                    };
                    Variant::new("", held)
                })
                .collect(),
        ),
        scalar => scalar.clone(),
    }
}
