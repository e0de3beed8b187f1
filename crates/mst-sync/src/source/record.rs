//! Records of a tree or a contract as rows: a column for each field of key and value.

use mst_types::{ItemError, ItemType, LogicalType, Payload, Type, Value, ValueKind, json_text};

use super::{Cell, SourceError, Wanted};
use crate::draft::{Column, UniqueKey};

/// How records become rows.
#[derive(Clone, Debug)]
pub(super) struct RecordRows {
    key: ItemType,
    value: ItemType,
    /// All columns: those of the key, then those of the value.
    pub(super) columns: Vec<Column>,
    /// The number of columns of the key.
    key_columns: usize,
    /// The columns of a row, by their positions in all columns.
    wanted: Vec<usize>,
    /// Whether rows may be equal, so that not even all columns together are a key.
    is_multiset: bool,
}

/// The name of the only column of a key or a value without named fields.
const KEY: &str = "key";
const VALUE: &str = "value";

impl RecordRows {
    /// Rows of records with these types; `key_name` is the name of a key that is no struct.
    pub(super) fn new(key: ItemType, value: ItemType, key_name: Option<&str>) -> Self {
        let mut columns = columns(&key.ty, key_name.unwrap_or(KEY), KEY);
        let mut value_columns = columns_of_value(&value.ty);
        // A name that key and value both have would be ambiguous.
        for column in &mut columns {
            if let Some(other) = value_columns.iter_mut().find(|other| other.name == column.name) {
                other.name = format!("{VALUE}.{}", other.name);
                column.name = format!("{KEY}.{}", column.name);
            }
        }
        let key_columns = columns.len();
        columns.append(&mut value_columns);
        let wanted = (0..columns.len()).collect();
        Self { key, value, columns, key_columns, wanted, is_multiset: false }
    }

    /// Rows of a multiset, all of whose columns are in the keys of its tree. Their value has no bytes.
    pub(super) fn of_multiset(key: ItemType, key_name: Option<&str>) -> Self {
        Self { is_multiset: true, ..Self::new(key, ItemType::postcard(Type::Unit), key_name) }
    }

    /// Gives rows only the wanted columns. `name` is the name of the source in messages.
    pub(super) fn narrow(&mut self, name: &str, wanted: &Wanted) -> Result<(), SourceError> {
        let Some(names) = &wanted.columns else { return Ok(()) };
        let position = |column: &String| {
            self.columns.iter().position(|known| known.name == *column).ok_or_else(|| SourceError::Column {
                name: name.to_owned(),
                column: column.clone(),
                have: self.columns.iter().map(|column| column.name.clone()).collect(),
            })
        };
        self.wanted = names.iter().map(position).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// The names of a row's columns.
    pub(super) fn names(&self) -> Vec<String> {
        self.wanted.iter().filter_map(|at| self.columns.get(*at)).map(|column| column.name.clone()).collect()
    }

    /// The columns of the key, which no two records share; nothing for a multiset.
    pub(super) fn unique(&self) -> Vec<UniqueKey> {
        if self.is_multiset {
            return Vec::new();
        }
        let columns = self.columns.iter().take(self.key_columns).map(|column| column.name.clone()).collect();
        vec![UniqueKey { columns, is_primary: true }]
    }

    /// The text form of a key.
    pub(super) fn key_text(&self, key: &[u8]) -> String {
        self.key.key_text(key).unwrap_or_else(|| hex::encode(key))
    }

    /// The cells of a record.
    ///
    /// # Errors
    /// Why the record is no row.
    pub(super) fn cells(&self, key: &[u8], value: &[u8]) -> Result<Vec<Cell<'static>>, String> {
        let wrong = |error: ItemError| error.to_string();
        let mut all = Vec::with_capacity(self.columns.len());
        push_cells(&self.key.ty, self.key.decode(key).map_err(wrong)?, &mut all);
        push_cells(&self.value.ty, self.value.decode(value).map_err(wrong)?, &mut all);
        if self.wanted.len() == all.len() && self.wanted.iter().zip(0..).all(|(at, index)| *at == index) {
            let named = |(cell, column): (CellOrReason, &Column)| cell.map_err(|why| reason(column, why));
            return all.into_iter().zip(&self.columns).map(named).collect();
        }
        let take = |at: &usize| match (all.get_mut(*at), self.columns.get(*at)) {
            (Some(Ok(cell)), _) => Ok(cell.clone()),
            (Some(Err(why)), Some(column)) => Err(reason(column, why)),
            _ => Err("a record with fewer fields than its type has".to_owned()),
        };
        self.wanted.iter().map(take).collect()
    }
}

/// Why a field of a record is no cell.
fn reason(column: &Column, why: &str) -> String {
    format!("the field {} is {why}", column.name)
}

/// The type without its name.
fn unnamed(ty: &Type) -> &Type {
    match ty {
        Type::Named(_, inner) => unnamed(inner),
        ty => ty,
    }
}

/// The columns of a type: those of its fields, or one.
fn columns(ty: &Type, only: &str, prefix: &str) -> Vec<Column> {
    match unnamed(ty) {
        Type::Struct(fields) => fields.iter().map(|field| column(&field.name, &field.ty)).collect(),
        Type::Tuple(types) => {
            types.iter().enumerate().map(|(index, ty)| column(&format!("{prefix}.{index}"), ty)).collect()
        }
        ty => vec![column(only, ty)],
    }
}

/// A set has values without content, which have no column.
fn columns_of_value(ty: &Type) -> Vec<Column> {
    if *unnamed(ty) == Type::Unit { Vec::new() } else { columns(ty, VALUE, VALUE) }
}

fn column(name: &str, ty: &Type) -> Column {
    let (inner, not_null) = match unnamed(ty) {
        Type::Option(inner) => (unnamed(inner), false),
        Type::Unit => (&Type::Unit, false),
        ty => (ty, true),
    };
    let declared = match inner.logical_type() {
        Some(LogicalType::Decimal(scale)) => format!("decimal(38,{scale})"),
        _ => inner.to_string(),
    };
    Column { name: name.to_owned(), declared: Some(declared), not_null }
}

type CellOrReason = Result<Cell<'static>, &'static str>;

/// Appends the cells of a value in the order of [`columns`].
fn push_cells(ty: &Type, value: Value, out: &mut Vec<CellOrReason>) {
    match (unnamed(ty), value.kind) {
        (Type::Struct(_), ValueKind::Struct(fields)) => out.extend(fields.into_iter().map(|(_, value)| cell(value))),
        (Type::Tuple(_), ValueKind::Tuple(items)) => out.extend(items.into_iter().map(cell)),
        (Type::Unit, ValueKind::Unit) => {}
        (_, kind) => out.push(cell(Value::new(kind))),
    }
}

/// A value as a cell, or what it is instead. A value with parts becomes JSON.
fn cell(value: Value) -> CellOrReason {
    Ok(match value.kind {
        ValueKind::Bool(v) => Cell::Bool(v),
        ValueKind::Uint(v) => whole(v),
        ValueKind::Int(v) => Cell::Int(v),
        ValueKind::F32(v) => Cell::Float32(v),
        ValueKind::F64(v) => Cell::Float64(v),
        ValueKind::Char(v) => Cell::Text(v.to_string().into()),
        ValueKind::String(v) => Cell::Text(v.into()),
        ValueKind::Bytes(v) => Cell::Bytes(v.into()),
        ValueKind::Unit | ValueKind::None => Cell::Null,
        ValueKind::Some(inner) => match inner.kind {
            // Without the JSON around it, an inner option without an item would be null as well.
            ValueKind::Some(_) | ValueKind::None | ValueKind::Unit => json(&ValueKind::Some(inner))?,
            kind => cell(Value::new(kind))?,
        },
        ValueKind::Variant { name, payload: Payload::Unit, .. } => Cell::Text(name.to_string().into()),
        ValueKind::As(plain, logical) => logical_cell(*plain, logical)?,
        kind @ (ValueKind::Seq(_)
        | ValueKind::Tuple(_)
        | ValueKind::Struct(_)
        | ValueKind::Map(_)
        | ValueKind::Variant { .. }) => json(&kind)?,
    })
}

fn whole(number: u128) -> Cell<'static> {
    match i128::try_from(number) {
        Ok(number) => Cell::Int(number),
        Err(_) => Cell::Number { text: number.to_string().into(), shift: 0 },
    }
}

fn json(kind: &ValueKind) -> CellOrReason {
    json_text(kind).map(|text| Cell::Json(text.into())).map_err(|_| "not representable as JSON")
}

/// A number, text or bytes with a logical type.
fn logical_cell(plain: ValueKind, logical: LogicalType) -> CellOrReason {
    let number = match &plain {
        ValueKind::Int(v) => Some(*v),
        ValueKind::Uint(v) => i128::try_from(*v).ok(),
        _ => None,
    };
    let nanos = |unit: mst_types::TimeUnit| {
        number.and_then(|number| number.checked_mul(unit.nanos())).ok_or("a count of time that is out of range")
    };
    Ok(match logical {
        LogicalType::Timestamp(unit) => Cell::Instant(nanos(unit)?),
        LogicalType::Duration(unit) => Cell::Duration(nanos(unit)?),
        LogicalType::Time(unit) => {
            let nanos = nanos(unit)?;
            if !(0..mst_types::civil::DAY).contains(&nanos) {
                return Err("a time of day that does not exist");
            }
            Cell::Time(nanos)
        }
        LogicalType::Date => {
            let days = number.and_then(|number| i32::try_from(number).ok());
            Cell::Date(days.ok_or("a date that is out of range")?)
        }
        LogicalType::Decimal(scale) => {
            let text = match plain {
                ValueKind::Int(v) => v.to_string(),
                ValueKind::Uint(v) => v.to_string(),
                _ => return Err("a decimal without digits"),
            };
            Cell::Number { text: text.into(), shift: -i32::from(scale) }
        }
        LogicalType::Json => match plain {
            ValueKind::String(text) => Cell::Json(text.into()),
            plain => cell(Value::new(plain))?,
        },
        LogicalType::Uuid | LogicalType::Ip => {
            let value = ValueKind::As(Box::new(plain), logical);
            match (value.logical_text(), value) {
                (Some(text), _) => Cell::Text(text.into()),
                (None, ValueKind::As(plain, _)) => cell(Value::new(*plain))?,
                (None, _) => return Err("without a text form"),
            }
        }
        // A hash and CBOR are bytes, and so is everything that is not known here.
        _ => cell(Value::new(plain))?,
    })
}
