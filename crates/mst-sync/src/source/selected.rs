//! The rows of a source that a condition takes.

use std::ops::ControlFlow;

use super::open::open_all;
use super::{BrokenRow, Cell, Row, Settings, Source, SourceError, SourceInfo, Visit, Wanted};
use crate::condition::{Condition, Now};
use crate::mapping::stands_for;

/// A source from which only the rows are delivered that a condition takes.
pub(super) struct Selected {
    inner: Box<dyn Source>,
    info: SourceInfo,
    condition: Condition,
    /// The position of each column of the condition in a row of the inner source.
    positions: Vec<usize>,
    /// Texts that mean null.
    null: Vec<String>,
    now: Now,
    /// The unit in which the source counts its rows.
    unit: &'static str,
}

impl Selected {
    /// Opens a source with the columns that are wanted, and those that the condition needs after them.
    /// The source is read within `depth` mappings.
    pub(super) fn open(
        settings: &Settings,
        wanted: &Wanted,
        condition: &Condition,
        depth: usize,
    ) -> Result<Self, SourceError> {
        let is_missing = |column: &&String| !wanted.columns.iter().flatten().any(|wanted| wanted == *column);
        let more: Vec<String> = condition.columns().iter().filter(is_missing).cloned().collect();
        let columns = match &wanted.columns {
            Some(columns) => Some([columns.as_slice(), &more].concat()),
            None if settings.needs_columns() => Some(more.clone()),
            None => None,
        };
        let must_exist = [wanted.must_exist.as_slice(), condition.columns()].concat();
        let inner = open_all(settings, &Wanted { columns, rows: None, must_exist, ..wanted.clone() }, depth)?;
        let mut info = inner.info().clone();
        let positions = condition.columns().iter().map(|column| position(&info, column)).collect::<Result<_, _>>()?;
        // A CSV file delivers all of its columns, whatever is wanted; other sources deliver those of the condition
        // after the others.
        let wanted_only = wanted.columns.clone().or_else(|| settings.needs_columns().then(Vec::new));
        if let Some(columns) = wanted_only
            && info.columns.strip_prefix(columns.as_slice()) == Some(more.as_slice())
        {
            info.columns = columns;
        }
        let unit = if matches!(settings, Settings::Csv { .. } | Settings::Ndjson { .. }) { "line" } else { "row" };
        let (null, now) = (wanted.null.clone(), wanted.now);
        Ok(Self { inner, info, condition: condition.clone(), positions, null, now, unit })
    }
}

/// The position of a column, which must be there once.
fn position(info: &SourceInfo, column: &String) -> Result<usize, SourceError> {
    let mut found = info.columns.iter().zip(0..).filter(|(known, _)| *known == column).map(|(_, position)| position);
    let name = info.name.clone();
    match (found.next(), found.next()) {
        (Some(position), None) => Ok(position),
        (Some(_), Some(_)) => Err(SourceError::Columns { name, column: column.clone() }),
        (None, _) => Err(SourceError::Column { name, column: column.clone(), have: info.columns.clone() }),
    }
}

impl Source for Selected {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let Self { inner, info, condition, positions, null, now, unit } = self;
        let width = info.columns.len();
        inner.each(&mut |row| {
            let row = match row {
                Ok(row) => row,
                // Nobody knows whether the condition would take it.
                Err(broken) => return visit(Err(broken)),
            };
            let cell = |position: &usize| match row.cells.get(*position) {
                Some(cell) if !null.iter().any(|null| stands_for(null, cell)) => cell.borrowed(),
                _ => Cell::Null,
            };
            let cells: Vec<_> = positions.iter().map(cell).collect();
            match condition.decide(&cells, *now) {
                Ok(false) => ControlFlow::Continue(()),
                Ok(true) => visit(Ok(Row { cells: row.cells.get(..width).unwrap_or(row.cells), ..row })),
                Err(undecided) => visit(Err(BrokenRow {
                    name: info.name.clone(),
                    unit,
                    row: row.number,
                    message: undecided.message(),
                })),
            }
        })
    }
}
