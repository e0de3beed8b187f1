//! One field made from a row, function by function.

use serde_json::value::RawValue;

use super::model::{Cast, Decode, FieldMap, Input, Mapping, Otherwise, Part};
use super::time::as_text;
use crate::civil::DAY;
use crate::contract::{Floats, Members, Rules};
use crate::source::{Cell, json_cell};

/// A step from a column to the cell that the contract sees.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The function, as the mapping names it.
    pub function: &'static str,
    /// What came out of it.
    pub cell: Cell<'static>,
}

/// Where steps are noted, if anybody wants to see them.
pub(super) type Trace<'t> = Option<&'t mut Vec<Step>>;

/// The cells of a row, at the places that [`Mapping::columns`] names.
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    pub(super) cells: &'r [Cell<'r>],
    pub(super) places: &'r [usize],
}

impl<'r> Cells<'r> {
    fn get(&self, column: usize) -> Cell<'r> {
        let cell = self.places.get(column).and_then(|place| self.cells.get(*place));
        cell.map_or(Cell::Null, Cell::borrowed)
    }
}

impl FieldMap {
    /// The cell that the contract sees of a row.
    pub(super) fn cell<'r>(
        &'r self,
        mapping: &'r Mapping,
        row: Cells<'r>,
        rules: &Rules,
        mut trace: Trace<'_>,
    ) -> Result<Cell<'r>, String> {
        let mut note = |function: &'static str, cell: &Cell<'_>| {
            if let Some(steps) = trace.as_deref_mut() {
                steps.push(Step { function, cell: cell.borrowed().into_owned() });
            }
        };
        let column = |index| {
            let cell = row.get(index);
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
        note(self.input.name(), &cell);
        // No function makes something of nothing.
        if let Some(path) = self.path.as_ref().filter(|_| cell != Cell::Null) {
            cell = at_path(&cell, path)?;
            if self.is_null(mapping, &cell) {
                cell = Cell::Null;
            }
            note("path", &cell);
        }
        if cell == Cell::Null {
            return Ok(cell);
        }
        if let Some(decode) = self.decode {
            cell = decode.apply(cell)?;
            note("decode", &cell);
        }
        if let Some((values, otherwise)) = &self.values {
            let text = as_text(cell)?;
            cell = match (values.get(&*text), otherwise) {
                (Some(value), _) => Cell::Text(value.into()),
                (None, Otherwise::Keep) => Cell::Text(text),
                (None, Otherwise::Refuse) => {
                    return Err("not in the value map (add it, or say otherwise = \"keep\")".to_owned());
                }
            };
            note("map", &cell);
        }
        if let (Some(Cast::Timestamp), Cell::Date(days)) = (self.cast, &cell) {
            cell = Cell::Local(i128::from(*days) * DAY);
            note("cast", &cell);
        }
        if let Some(time) = &self.time {
            cell = time.apply(cell)?;
            note("time", &cell);
        }
        if let Some(cast @ (Cast::Text | Cast::Date)) = self.cast {
            cell = self.cast(cast, cell)?;
            note("cast", &cell);
        }
        if self.scale != 0 {
            cell = scale(cell, self.scale, rules.floats)?;
            note("scale", &cell);
        }
        Ok(cell)
    }

    fn is_null(&self, mapping: &Mapping, cell: &Cell<'_>) -> bool {
        let Cell::Text(text) = cell else { return false };
        mapping.null.iter().chain(&self.null).any(|null| null == text)
    }

    fn cast<'a>(&self, cast: Cast, cell: Cell<'a>) -> Result<Cell<'a>, String> {
        let day =
            |local: i128| i32::try_from(local.div_euclid(DAY)).map(Cell::Date).map_err(|_| "no such day".to_owned());
        match (cast, cell) {
            (Cast::Text, cell) => Ok(Cell::Text(as_text(cell)?)),
            (_, Cell::Local(local)) => day(local),
            (_, Cell::Instant(instant)) => {
                let local = self.time.as_ref().and_then(|time| time.local(instant));
                day(local.ok_or("the day of a moment depends on the zone: time = { zone = \"…\" }")?)
            }
            (_, cell) => Ok(cell),
        }
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

impl Decode {
    fn apply(self, cell: Cell<'_>) -> Result<Cell<'_>, String> {
        match (self, cell) {
            (Self::Hex, Cell::Text(text)) => {
                let bytes = hex::decode(&*text).map_err(|_| "no even number of hex digits".to_owned())?;
                Ok(Cell::Bytes(bytes.into()))
            }
            (Self::Utf8, Cell::Bytes(bytes)) => {
                let text = String::from_utf8(bytes.into_owned()).map_err(|_| "no UTF-8".to_owned())?;
                Ok(Cell::Text(text.into()))
            }
            (_, cell) => Ok(cell),
        }
    }
}

/// The parts as one text; null if one of them is.
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

/// What a JSON pointer leads to; null where it leads nowhere.
fn at_path(cell: &Cell<'_>, path: &[String]) -> Result<Cell<'static>, String> {
    let (Cell::Json(text) | Cell::Text(text)) = cell else {
        return Err(format!("{} has no parts that a path could lead to", cell.kind()));
    };
    let broken = |error: serde_json::Error| format!("no JSON: {error}");
    let mut at: &RawValue = serde_json::from_str(text).map_err(broken)?;
    for name in path {
        let next = match at.get().as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(at.get()).map_err(broken)?;
                let mut found = members.iter().filter(|(member, _)| member == name);
                let first = found.next().map(|(_, value)| *value);
                if found.next().is_some() {
                    return Err(format!("the member {name:?} twice"));
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

fn scale(cell: Cell<'_>, power: i32, floats: Floats) -> Result<Cell<'_>, String> {
    Ok(match (cell, floats) {
        (Cell::Int(number), _) => Cell::Number { text: number.to_string().into(), shift: power },
        (Cell::Number { text, shift }, _) => Cell::Number { text, shift: shift + power },
        (Cell::Text(text), _) => Cell::Number { text, shift: power },
        (Cell::Float32(float), Floats::Shortest) => Cell::Number { text: float.to_string().into(), shift: power },
        (Cell::Float64(float), Floats::Shortest) => Cell::Number { text: float.to_string().into(), shift: power },
        (Cell::Null, _) => Cell::Null,
        (cell, _) => return Err(format!("{} cannot be scaled", cell.kind())),
    })
}
