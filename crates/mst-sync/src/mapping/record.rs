//! Making records from rows: the bytes of key and value, or the violation of the contract.

use std::borrow::Cow;
use std::fmt;

use super::apply::{Cells, Step};
use super::model::{Input, Mapping, Part};
use super::step::{Plain, Role, Step as Compiled};
use crate::contract::{Canonical, Field, RuleViolation, Values};
use crate::source::{Cell, Row, SourceError};
use mst_types::{ItemType, escape_hidden, escape_text};

/// A value that violates the contract.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{}, row {row}{}, {}: {}: {} (field {})",
    escape_text(table),
    KeyText(key.as_deref()),
    ColumnText(column),
    one_line(value),
    one_line(rule),
    escape_text(field)
)]
pub struct Violation {
    /// The table or file.
    pub table: String,
    /// The row, in the count of the source.
    pub row: u64,
    /// The key of the row, if it is known.
    pub key: Option<String>,
    /// The columns that the field is made from.
    pub column: String,
    /// The value that the source gave.
    pub value: String,
    /// The rule, in words.
    pub rule: String,
    /// The field of the contract.
    pub field: String,
}

struct KeyText<'a>(Option<&'a str>);

impl fmt::Display for KeyText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |key| write!(f, " (key {})", one_line(key)))
    }
}

struct ColumnText<'a>(&'a str);

impl fmt::Display for ColumnText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("a constant") } else { write!(f, "column {}", escape_text(self.0)) }
    }
}

/// Text that is already escaped, but may have been cut or assembled: it becomes one line without control characters.
fn one_line(text: &str) -> String {
    escape_hidden(text).replace('\n', "\\n")
}

/// The maximum length of a value in a message, in characters.
const MAX_EXCERPT: usize = 120;

/// A mapping applied to the columns of an opened source.
#[derive(Clone, Debug)]
pub struct Mapper<'m> {
    mapping: &'m Mapping,
    /// The position of each of the mapping's columns in a row.
    positions: Vec<usize>,
    /// The name of the table or file.
    table: String,
    key_type: ItemType,
    /// The compiled way of each field, those of the key first.
    pub(super) steps: Vec<Compiled>,
}

/// A row as the compiled steps read it: plain values, and cells for everything else.
pub(crate) trait RowView {
    /// The number of the row.
    fn number(&self) -> u64;

    /// The value at a position, if it is plain.
    fn plain(&self, position: usize) -> Plain<'_>;

    /// All cells.
    fn cells(&self) -> Cow<'_, [Cell<'_>]>;
}

impl RowView for Row<'_> {
    fn number(&self) -> u64 {
        self.number
    }

    fn plain(&self, position: usize) -> Plain<'_> {
        self.cells.get(position).map_or(Plain::Other, Plain::of)
    }

    fn cells(&self) -> Cow<'_, [Cell<'_>]> {
        Cow::Borrowed(self.cells)
    }
}

/// The violation of a row, and whether its key was made.
pub(crate) struct Broken {
    pub(crate) violation: Box<Violation>,
    pub(crate) has_key: bool,
}

/// How a field is made from its columns, step by step.
#[derive(Clone, PartialEq, Debug)]
pub struct Explained {
    /// The field of the contract.
    pub field: String,
    /// Its type.
    pub ty: String,
    /// Whether it is part of the key.
    pub is_key: bool,
    /// The columns that it is made from.
    pub column: String,
    /// The result of each function of the mapping.
    pub steps: Vec<Step>,
    /// The canonical bytes, or the rule that is violated.
    pub bytes: Result<Vec<u8>, String>,
}

impl<'m> Mapper<'m> {
    /// Applies the mapping to rows with these columns.
    ///
    /// # Errors
    /// [`SourceError::Column`], [`SourceError::Columns`].
    pub fn new(mapping: &'m Mapping, table: &str, columns: &[String]) -> Result<Self, SourceError> {
        let position_of = |column: &String| {
            let mut found = columns.iter().zip(0..).filter(|(known, _)| *known == column).map(|(_, position)| position);
            let name = table.to_owned();
            match (found.next(), found.next()) {
                (Some(position), None) => Ok(position),
                (Some(_), Some(_)) => Err(SourceError::Columns { name, column: column.clone() }),
                (None, _) => Err(SourceError::Column { name, column: column.clone(), have: columns.to_vec() }),
            }
        };
        let positions = mapping.columns.iter().map(position_of).collect::<Result<_, _>>()?;
        let key_type = ItemType::ordered(mapping.contract.key_type());
        let mut mapper = Self { mapping, positions, table: table.to_owned(), key_type, steps: Vec::new() };
        mapper.steps = mapping.contract.all_fields().enumerate().map(|(at, field)| mapper.compile(at, field)).collect();
        Ok(mapper)
    }

    /// Compiles a field.
    fn compile(&self, index: usize, field: &Field) -> Compiled {
        let Some(map) = self.mapping.fields.get(index) else { return Compiled::nothing() };
        let Input::Column(column) = &map.input else { return Compiled::nothing() };
        let Some(position) = self.positions.get(*column).copied() else { return Compiled::nothing() };
        let keys = self.mapping.contract.key.len();
        let role = match index < keys {
            true if keys > 1 => Role::KeyPart,
            true => Role::Key,
            false => Role::Value,
        };
        let make = |text: &str| {
            let mut cells = vec![Cell::Null; position];
            cells.push(Cell::Text(text.into()));
            let row = Row { number: 0, cells: &cells, raw: None };
            let value = self.canonical(index, field, row, None).ok().filter(|value| *value != Canonical::Null)?;
            let mut bytes = Vec::new();
            match role {
                Role::Value => field.push_value(&value, &mut bytes),
                _ => field.push_key(&value, role == Role::KeyPart, &mut bytes),
            }
            Some(bytes)
        };
        Compiled::compile(self.mapping, map, field, role, position, make)
    }

    /// Appends the bytes of the row's key, and the value that a tree stores for it, by the compiled steps. They are the
    /// same as those of [`Mapper::key`] and [`Mapper::value`], and so are violations.
    pub(crate) fn record<R: RowView>(&self, row: &R, key: &mut Vec<u8>, value: &mut Vec<u8>) -> Result<(), Broken> {
        let contract = &self.mapping.contract;
        let part = contract.key.len() > 1;
        // Cells are made once, when the first value is not plain.
        let mut cells = None;
        let (key_steps, value_steps) = self.steps.split_at_checked(contract.key.len()).unwrap_or_default();
        for (index, (field, step)) in contract.key.iter().zip(key_steps).enumerate() {
            if !step.is_nothing() && step.put(row.plain(step.position), key) {
                continue;
            }
            let cells = cells.get_or_insert_with(|| row.cells());
            let row = Row { number: row.number(), cells, raw: None };
            let made = self.canonical(index, field, row, None);
            field.push_key(&made.map_err(|violation| Broken { violation, has_key: false })?, part, key);
        }
        let start = value.len();
        for (index, (field, step)) in contract.fields.iter().zip(value_steps).enumerate() {
            if !step.is_nothing() && step.put(row.plain(step.position), value) {
                continue;
            }
            let cells = cells.get_or_insert_with(|| row.cells());
            let row = Row { number: row.number(), cells, raw: None };
            let made = self.canonical(contract.key.len() + index, field, row, Some(key));
            field.push_value(&made.map_err(|violation| Broken { violation, has_key: true })?, value);
        }
        self.digest(start, value);
        Ok(())
    }

    /// Appends the bytes of the row's key.
    ///
    /// # Errors
    /// The first field of the key that violates the contract.
    pub fn key(&self, row: Row<'_>, key: &mut Vec<u8>) -> Result<(), Box<Violation>> {
        let fields = &self.mapping.contract.key;
        for (index, field) in fields.iter().enumerate() {
            let value = self.canonical(index, field, row, None)?;
            field.push_key(&value, fields.len() > 1, key);
        }
        Ok(())
    }

    /// Appends the canonical bytes of the row's fields, whatever the tree stores.
    ///
    /// # Errors
    /// The first field that violates the contract.
    pub fn fields(&self, row: Row<'_>, key: &[u8], out: &mut Vec<u8>) -> Result<(), Box<Violation>> {
        let contract = &self.mapping.contract;
        for (index, field) in contract.fields.iter().enumerate() {
            let value = self.canonical(contract.key.len() + index, field, row, Some(key))?;
            field.push_value(&value, out);
        }
        Ok(())
    }

    /// Appends the value that a tree stores for the row.
    ///
    /// # Errors
    /// The same as for [`Mapper::fields`].
    pub fn value(&self, row: Row<'_>, key: &[u8], out: &mut Vec<u8>) -> Result<(), Box<Violation>> {
        let start = out.len();
        self.fields(row, key, out)?;
        self.digest(start, out);
        Ok(())
    }

    /// Replaces the fields from `start` on by their fingerprint, if trees store that.
    fn digest(&self, start: usize, out: &mut Vec<u8>) {
        if let Values::Fingerprint(digest) = self.mapping.contract.values {
            let hash = digest.of(out.get(start..).unwrap_or_default());
            out.truncate(start);
            out.extend_from_slice(&hash);
        }
    }

    /// The text form of an encoded key.
    pub fn key_text(&self, key: &[u8]) -> String {
        self.key_type.key_text(key).unwrap_or_else(|| hex::encode(key))
    }

    /// The violation of a row whose record is too long for a tree.
    pub(crate) fn too_long(&self, row: u64, key: &[u8], error: &file_mst::Error) -> Box<Violation> {
        let all = |fields: &[Field]| fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
        let is_key = key.len() > file_mst::write::MAX_KEY;
        let contract = &self.mapping.contract;
        Box::new(Violation {
            table: self.table.clone(),
            row,
            key: (!is_key).then(|| self.key_text(key)),
            column: self.mapping.columns.join(", "),
            value: "(too long to show)".to_owned(),
            rule: error.to_string(),
            field: all(if is_key { &contract.key } else { &contract.fields }),
        })
    }

    /// Explains every field of a row, step by step.
    pub fn explain(&self, row: Row<'_>) -> Vec<Explained> {
        let contract = &self.mapping.contract;
        let part = contract.key.len() > 1;
        contract
            .all_fields()
            .enumerate()
            .map(|(index, field)| {
                let is_key = index < contract.key.len();
                let mut steps = Vec::new();
                let cells = Cells { cells: row.cells, positions: &self.positions };
                let made = self
                    .mapping
                    .fields
                    .get(index)
                    .map(|map| map.cell(self.mapping, cells, &field.rules, Some(&mut steps)));
                let bytes = match made {
                    Some(Ok(cell)) => canonical(field, cell, is_key && !contract.multiset).map(|value| {
                        let mut out = Vec::new();
                        if is_key {
                            field.push_key(&value, part, &mut out)
                        } else {
                            field.push_value(&value, &mut out)
                        }
                        out
                    }),
                    Some(Err(reason)) => Err(reason),
                    None => Err("no mapping".to_owned()),
                };
                Explained {
                    field: field.name.clone(),
                    ty: field.ty.to_string(),
                    is_key,
                    column: self.columns_of(index),
                    steps,
                    bytes,
                }
            })
            .collect()
    }

    fn canonical<'r>(
        &'r self,
        index: usize,
        field: &Field,
        row: Row<'r>,
        key: Option<&[u8]>,
    ) -> Result<Canonical<'r>, Box<Violation>> {
        let cells = Cells { cells: row.cells, positions: &self.positions };
        let Some(map) = self.mapping.fields.get(index) else { return Ok(Canonical::Null) };
        let made = map.cell(self.mapping, cells, &field.rules, None);
        let canonical = made.and_then(|cell| canonical(field, cell, key.is_none() && !self.mapping.contract.multiset));
        canonical.map_err(|rule| {
            Box::new(Violation {
                table: self.table.clone(),
                row: row.number,
                key: key.map(|key| self.key_text(key)),
                column: self.columns_of(index),
                value: self.source_value(index, row),
                rule,
                field: field.name.clone(),
            })
        })
    }

    /// The names of the columns that a field is made from.
    fn columns_of(&self, index: usize) -> String {
        let name = |column: &usize| self.mapping.columns.get(*column).map_or("", String::as_str);
        let names: Vec<_> = self.inputs(index).iter().map(name).collect();
        names.join(", ")
    }

    fn inputs(&self, index: usize) -> Vec<usize> {
        match self.mapping.fields.get(index).map(|map| &map.input) {
            Some(Input::Column(column)) => vec![*column],
            Some(Input::Coalesce(columns)) => columns.clone(),
            Some(Input::Concat(parts)) => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Column(column) => Some(*column),
                    Part::Text(_) => None,
                })
                .collect(),
            Some(Input::Constant(_)) | None => Vec::new(),
        }
    }

    /// The value that the source gave for a field.
    fn source_value(&self, index: usize, row: Row<'_>) -> String {
        let cell = |column: usize| self.positions.get(column).and_then(|position| row.cells.get(*position));
        let all: Vec<_> = self.inputs(index).into_iter().filter_map(cell).map(Cell::to_string).collect();
        let text = match self.mapping.fields.get(index).map(|map| &map.input) {
            Some(Input::Constant(cell)) => cell.to_string(),
            _ => all.join(", "),
        };
        if text.chars().count() <= MAX_EXCERPT {
            return text;
        }
        text.chars().take(MAX_EXCERPT).chain(['…']).collect()
    }
}

/// The canonical value of a cell, or the rule that it violates, in words that depend on whether the field is in the
/// key.
fn canonical<'c>(field: &Field, cell: Cell<'c>, is_key: bool) -> Result<Canonical<'c>, String> {
    field.canonical(cell).map_err(|broken| match broken {
        RuleViolation::Null if is_key => RuleViolation::NullKey.to_string(),
        broken => broken.to_string(),
    })
}
