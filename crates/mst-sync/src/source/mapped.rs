//! Mappings as tables: each row has the canonical fields of the mapping's contract.

use std::ops::ControlFlow;
use std::path::Path;

use super::open::open_within;
use super::record::RecordRows;
use super::{BrokenRow, Row, Settings, Source, SourceError, SourceInfo, Visit, Wanted};
use crate::contract::Contract;
use crate::mapping::{Mapper, Mapping, Violation};
use mst_types::ItemType;

/// The maximum number of mappings that read each other's rows. More of them are a mapping that reads itself.
pub(super) const MAX_DEPTH: usize = 8;

pub(super) struct MappedSource {
    info: SourceInfo,
    mapping: Mapping,
    inner: Box<dyn Source>,
    rows: RecordRows,
    /// How the inner source counts its rows.
    unit: &'static str,
}

/// The mapping of a file.
pub(super) fn read(path: &Path) -> Result<Mapping, SourceError> {
    Mapping::read(path).map_err(|error| SourceError::Mapping(Box::new(error)))
}

/// The rows of records under a contract.
pub(super) fn rows(contract: &Contract) -> RecordRows {
    let key = ItemType::ordered(contract.key_type());
    let name = contract.key.first().map(|field| field.name.as_str());
    if contract.multiset {
        return RecordRows::of_multiset(key, name);
    }
    RecordRows::new(key, ItemType::postcard(contract.record_type()), name)
}

impl MappedSource {
    /// Opens the source of the mapping, which is read within `depth` other mappings.
    pub(super) fn open(path: &Path, wanted: &Wanted, depth: usize) -> Result<Self, SourceError> {
        if depth >= MAX_DEPTH {
            let message =
                format!("more than {MAX_DEPTH} mappings read each other's rows; does one of them read itself?");
            return Err(SourceError::Tree { name: path.display().to_string(), message });
        }
        let mapping = read(path)?;
        let inner = open_within(&mapping.source, &mapping.wanted(wanted.now), depth + 1)?;
        // The columns are checked before anything is read.
        Mapper::new(&mapping, inner.name(), inner.columns())?;
        let mut rows = rows(&mapping.contract);
        let name = path.display().to_string();
        rows.narrow(&name, wanted)?;
        let info = SourceInfo { name, columns: rows.names(), gauge: inner.gauge(), is_filtered: false };
        let is_text = matches!(mapping.source, Settings::Csv { .. } | Settings::Ndjson { .. });
        Ok(Self { info, mapping, inner, rows, unit: if is_text { "line" } else { "row" } })
    }
}

/// A violation as the message about a row that is named beside it.
fn message(violation: &Violation) -> String {
    let Violation { column, value, rule, field, .. } = violation;
    let key = violation.key.as_ref().map_or_else(String::new, |key| format!("key {key}, "));
    format!("{key}column {column}: {value}: {rule} (field {field})")
}

impl Source for MappedSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let name = &self.info.name;
        let columns = self.inner.columns().to_vec();
        let mapper = Mapper::new(&self.mapping, self.inner.name(), &columns)?;
        let (rows, unit) = (&self.rows, self.unit);
        let (mut key, mut fields) = (Vec::new(), Vec::new());
        self.inner.each(&mut |row| -> ControlFlow<()> {
            let row = match row {
                Ok(row) => row,
                Err(broken) => return visit(Err(broken)),
            };
            key.clear();
            fields.clear();
            let made = mapper.key(row, &mut key).and_then(|()| mapper.fields(row, &key, &mut fields));
            let cells = match made {
                Ok(()) => rows.cells(&key, &fields),
                Err(violation) => Err(message(&violation)),
            };
            match &cells {
                Ok(cells) => visit(Ok(Row { number: row.number, cells, raw: row.raw })),
                Err(message) => {
                    visit(Err(BrokenRow { name: name.clone(), unit, row: row.number, message: message.clone() }))
                }
            }
        })
    }
}
