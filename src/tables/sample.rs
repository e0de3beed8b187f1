//! Samples of both sides, from which a contract is drafted.

use std::ops::ControlFlow;

use anyhow::{Context, bail};
use mst_sync::draft::{Sampler, Table, key_candidates};
use mst_sync::source::{CsvFormat, Description, EmptyValue, Settings, Wanted, describe, open};

use super::{SideProgress, Tables, Tell};

/// The number of rows between two reports of progress.
const ROWS_PER_REPORT: u64 = 1 << 12;

/// A table as a draft sees it, and the columns that cannot be read.
pub(super) struct Sampled {
    pub(super) table: Table,
    pub(super) unreadable: Vec<String>,
}

/// Reads both sides at once.
pub(super) fn both(tables: &Tables, tell: Tell<'_>) -> anyhow::Result<[Sampled; 2]> {
    let [left, right] = &tables.names;
    let side = |index: usize, name: &str| -> anyhow::Result<Sampled> {
        let settings = tables.settings(index);
        let wanted = tables.wanted(index)?;
        let key = tables.key_columns(index);
        table(name, &settings, &wanted, &key, &|progress| tell(index, progress))
            .with_context(|| format!("cannot read {name}"))
    };
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| side(0, left));
        let right = side(1, right);
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    Ok([left?, right?])
}

/// Reads a table once, and keeps a sample of its rows. Rows that cannot be parsed are not in it: building reports them.
pub(super) fn table(
    name: &str,
    settings: &Settings,
    wanted: &Wanted,
    key: &[String],
    tell: &(dyn Fn(SideProgress) -> ControlFlow<()> + Sync),
) -> anyhow::Result<Sampled> {
    let Description { columns: described, unique, unreadable, .. } = describe(settings)?;
    let names = described.iter().map(|column| column.name.clone()).collect();
    let mut source = open(settings, &Wanted { columns: Some(names), ..wanted.clone() })?;
    // A condition or a kind of column that cannot be compared may leave fewer columns than are described.
    let columns: Vec<_> = source
        .columns()
        .iter()
        .filter_map(|name| described.iter().find(|column| column.name == *name).cloned())
        .collect();
    // A given key must be sampled, however wide the table is.
    let declared: Vec<String> = key.iter().chain(unique.iter().flat_map(|key| &key.columns)).cloned().collect();
    let mut sampler = Sampler::new(columns.len(), &key_candidates(source.columns(), &declared));
    let gauge = source.gauge();
    let (mut rows, mut stopped) = (0, false);
    source.each(&mut |row| {
        rows += 1;
        if let Ok(row) = row {
            sampler.push(row.cells);
        }
        let told = match rows % ROWS_PER_REPORT {
            0 => tell(SideProgress { rows, share: gauge.part(), is_done: false }),
            _ => ControlFlow::Continue(()),
        };
        stopped = told.is_break();
        told
    })?;
    if stopped || tell(SideProgress { rows, share: Some(1.0), is_done: true }).is_break() {
        bail!("stopped");
    }
    let empty_is_open = has_open_empties(settings);
    let table = Table { name: name.to_owned(), columns, unique, empty_is_open, sample: sampler.finish() };
    Ok(Sampled { table, unreadable: unreadable.into_iter().map(|column| column.name).collect() })
}

/// Whether an empty value may be null or empty text, as in a CSV file without quotes.
fn has_open_empties(settings: &Settings) -> bool {
    matches!(settings, Settings::Csv { format: CsvFormat { empty: EmptyValue::Unsaid, .. }, .. })
}
