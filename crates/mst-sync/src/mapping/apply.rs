//! Making one field from a row, function by function.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::matching::stands_for;
use super::model::{Cast, Decode, FieldMap, Input, Mapping, Otherwise, Part};
use super::strip::Strip;
use super::time::{as_text, number};
use crate::contract::{Floats, Members, Rules};
use crate::source::{Cell, json_cell};

/// A step from a column to the cell that the contract gets.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The name of the function in the mapping.
    pub function: &'static str,
    /// Its result.
    pub cell: Cell<'static>,
}

/// Records the steps, if requested.
pub(super) type Trace<'t> = Option<&'t mut Vec<Step>>;

/// The cells of a row, indexed like [`Mapping::columns`].
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    pub(super) cells: &'r [Cell<'r>],
    pub(super) positions: &'r [usize],
}

impl<'r> Cells<'r> {
    fn get(&self, column: usize) -> Cell<'r> {
        let cell = self.positions.get(column).and_then(|position| self.cells.get(*position));
        cell.map_or(Cell::Null, Cell::borrowed)
    }
}

impl FieldMap {
    /// Makes the cell that the contract gets from a row.
    pub(super) fn cell<'r>(
        &'r self,
        mapping: &'r Mapping,
        row: Cells<'r>,
        rules: &Rules,
        mut trace: Trace<'_>,
    ) -> Result<Cell<'r>, String> {
        let mut record = |function: &'static str, cell: &Cell<'_>| {
            if let Some(steps) = trace.as_deref_mut() {
                steps.push(Step { function, cell: cell.borrowed().into_owned() });
            }
        };
        let column = |index| {
            let is_decided = !self.is_json || self.decode.is_some() || self.path.is_some();
            let cell = match row.get(index) {
                Cell::TextOrJson(text) if is_decided => Cell::Text(text),
                cell => cell,
            };
            if self.is_null(mapping, &cell) { Cell::Null } else { cell }
        };
        let mut cell = match &self.input {
            Input::Column(index) => column(*index),
            Input::Constant(cell) => cell.borrowed(),
            Input::Concat(parts) => concat(parts, column)?,
            Input::Coalesce(columns) => {
                columns.iter().map(|index| column(*index)).find(|cell| *cell != Cell::Null).unwrap_or(Cell::Null)
            }
        };
        record(self.input.name(), &cell);
        // No function applies to null.
        if let Some(path) = self.path.as_ref().filter(|_| cell != Cell::Null) {
            cell = at_path(&cell, path)?;
            if self.is_null(mapping, &cell) {
                cell = Cell::Null;
            }
            record("path", &cell);
        }
        if cell != Cell::Null {
            cell = self.functions(cell, rules.floats, &mut record)?;
        }
        if self.is_json && self.text_is_string(mapping) {
            cell = string(cell)?;
        }
        if let (Cell::Null, Some(default)) = (&cell, &self.default) {
            cell = default.borrowed();
            record("default", &cell);
        }
        Ok(cell)
    }

    /// Whether text in a JSON field is a string rather than a JSON text.
    fn text_is_string(&self, mapping: &Mapping) -> bool {
        match self.decode {
            Some(Decode::String) => true,
            Some(Decode::Json) => false,
            // A constant is written in the mapping as JSON; text found inside JSON was a string there.
            _ => self.path.is_some() || mapping.source.text_is_string() && !matches!(self.input, Input::Constant(_)),
        }
    }

    /// Applies the functions to a cell that is not null, in their fixed order.
    fn functions<'r>(
        &self,
        mut cell: Cell<'r>,
        floats: Floats,
        record: &mut dyn FnMut(&'static str, &Cell<'_>),
    ) -> Result<Cell<'r>, String> {
        if let Some(decode) = self.decode {
            cell = decode.apply(cell)?;
            record("decode", &cell);
        }
        if let Some(order) = self.uuid {
            cell = order.apply(cell)?;
            record("uuid", &cell);
        }
        if self.strip != Strip::default() {
            cell = self.strip.apply(cell)?;
            record("strip", &cell);
        }
        if let Some((values, otherwise)) = &self.values {
            cell = look_up(values, *otherwise, cell)?;
            record("map", &cell);
        }
        if let Some(unit) = self.unit {
            cell = unit.apply(&cell, floats)?;
            record("unit", &cell);
        }
        if let Some(time) = &self.time {
            cell = time.read(cell, floats)?;
            record("time", &cell);
        }
        let zone = self.time.as_ref().and_then(|time| time.zone.as_ref());
        if self.cast == Some(Cast::Timestamp) {
            cell = Cast::Timestamp.apply(cell, zone)?;
            record("cast", &cell);
        }
        if let Some(time) = self.time.as_ref().filter(|time| time.zone.is_some()) {
            cell = time.in_zone(cell)?;
            record("zone", &cell);
        }
        if let Some(cast) = self.cast.filter(|cast| *cast != Cast::Timestamp) {
            cell = cast.apply(cell, zone)?;
            record("cast", &cell);
        }
        if self.scale != 0 {
            let (text, shift) = number(&cell, floats)?;
            cell = Cell::Number { text: text.into_owned().into(), shift: shift.saturating_add(self.scale) };
            record("scale", &cell);
        }
        Ok(cell)
    }

    fn is_null(&self, mapping: &Mapping, cell: &Cell<'_>) -> bool {
        mapping.null.iter().chain(&self.null).any(|null| stands_for(null, cell))
    }
}

/// Replaces a cell by its value in the value map.
fn look_up<'r>(values: &BTreeMap<String, String>, otherwise: Otherwise, cell: Cell<'r>) -> Result<Cell<'r>, String> {
    let found = match &cell {
        Cell::Text(text) | Cell::Json(text) => values.get(&**text),
        cell => {
            let mut found = values.iter().filter(|(text, _)| stands_for(text, cell)).map(|(_, value)| value);
            let first = found.next();
            if found.any(|other| Some(other) != first) {
                return Err("two entries of the map match this value and have different values".to_owned());
            }
            first
        }
    };
    match (found, otherwise) {
        (Some(value), _) => Ok(Cell::Text(value.clone().into())),
        // Floats and bytes have no text form.
        (None, Otherwise::Keep) => Ok(match cell {
            Cell::Float32(_) | Cell::Float64(_) | Cell::Bytes(_) => cell,
            cell => Cell::Text(as_text(cell)?),
        }),
        (None, Otherwise::Refuse) => Err("not in the value map (add it, or set otherwise = \"keep\")".to_owned()),
    }
}

impl Input {
    fn name(&self) -> &'static str {
        match self {
            Self::Column(_) => "column",
            Self::Constant(_) => "constant",
            Self::Concat(_) => "concat",
            Self::Coalesce(_) => "coalesce",
        }
    }
}

/// Text as a JSON string.
#[expect(clippy::disallowed_methods, reason = "a value on its way to its canonical bytes")]
fn string(cell: Cell<'_>) -> Result<Cell<'_>, String> {
    let Cell::Text(text) = cell else { return Ok(cell) };
    let string = serde_json::to_string(&*text).map_err(|error| format!("not a JSON string: {error}"))?;
    Ok(Cell::Json(string.into()))
}

/// The concatenation of the parts; null if one of them is null.
fn concat<'r>(parts: &'r [Part], column: impl Fn(usize) -> Cell<'r>) -> Result<Cell<'r>, String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Column(index) => match column(*index) {
                Cell::Null => return Ok(Cell::Null),
                cell => text.push_str(&as_text(cell)?),
            },
        }
    }
    Ok(Cell::Text(text.into()))
}

/// The value at a JSON pointer; null if it does not exist.
fn at_path(cell: &Cell<'_>, path: &[String]) -> Result<Cell<'static>, String> {
    let (Cell::Json(text) | Cell::Text(text)) = cell else {
        return Err(format!("{} has no parts for a path", cell.kind()));
    };
    let broken = |error: serde_json::Error| format!("not JSON: {error}");
    let mut at: &RawValue = serde_json::from_str(text).map_err(broken)?;
    for name in path {
        let next = match at.get().as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(at.get()).map_err(broken)?;
                let mut found = members.iter().filter(|(member, _)| member == name);
                let first = found.next().map(|(_, value)| *value);
                if found.next().is_some() {
                    return Err(format!("duplicate member {name:?}"));
                }
                first
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(at.get()).map_err(broken)?;
                name.parse::<usize>().ok().and_then(|index| items.get(index).copied())
            }
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return Ok(Cell::Null),
        }
    }
    json_cell(at.get()).map(Cell::into_owned).map_err(broken)
}
