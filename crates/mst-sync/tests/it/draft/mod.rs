//! Drafts of contracts from tables: what is found, what is not decided, and that no drift is hidden in silence.
#![cfg(feature = "sqlite")]

mod adjust;
mod csv;
mod generator;
mod kinds;
mod large;
mod names;
mod one_table;
mod options;
mod random;
mod rendered;
mod tour;

use std::collections::BTreeMap;
use std::path::Path;

use mst_sync::draft::{Column, Draft, Sampler, Table, UniqueKey, key_candidates};
use mst_sync::mapping::{Mapper, Mapping};
use mst_sync::source::{Cell, Row};

/// A table in memory.
#[derive(Clone, Debug, Default)]
struct Data {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell<'static>>>,
    primary: Vec<String>,
    empty_is_open: bool,
}

impl Data {
    /// The table as a draft sees it.
    fn table(&self) -> Table {
        let mut sampler = Sampler::new(self.columns.len(), &key_candidates(&self.columns, &self.primary));
        for row in &self.rows {
            sampler.push(row);
        }
        let unique = match self.primary.as_slice() {
            [] => Vec::new(),
            columns => vec![UniqueKey { columns: columns.to_vec(), is_primary: true }],
        };
        Table {
            name: self.name.clone(),
            columns: self.columns.iter().map(Column::named).collect(),
            unique,
            empty_is_open: self.empty_is_open,
            sample: sampler.finish(),
        }
    }
}

/// The canonical bytes of each field, by the bytes of the key; none for a field that breaks the contract.
type Records = BTreeMap<Vec<u8>, BTreeMap<String, Option<Vec<u8>>>>;

/// The mappings of a draft, from the texts that it is rendered as.
fn mappings(draft: &Draft, folder: &Path) -> [Mapping; 2] {
    let source = "[source]\nkind = \"sqlite\"\npath = \"x.sqlite\"\ntable = \"t\"\n";
    let rendered = draft.render(source, source);
    std::fs::write(folder.join("contract.toml"), &rendered.contract).unwrap();
    [("left.toml", &rendered.left), ("right.toml", &rendered.right)].map(|(name, text)| {
        Mapping::parse(text, &folder.join(name))
            .unwrap_or_else(|error| panic!("{error}\n{}\n{text}", rendered.contract))
    })
}

/// The records that a mapping makes of a table.
fn records(mapping: &Mapping, data: &Data) -> Records {
    let mapper = Mapper::new(mapping, &data.name, &data.columns).unwrap();
    let mut records = Records::new();
    for (cells, number) in data.rows.iter().zip(1..) {
        // A source of which empty values are open is read as the draft says: they are null.
        let cells: Vec<Cell<'_>> =
            cells.iter().map(|cell| if *cell == Cell::Empty { Cell::Null } else { cell.borrowed() }).collect();
        let explained = mapper.explain(Row { number, cells: &cells, raw: None });
        let key: Option<Vec<Vec<u8>>> =
            explained.iter().filter(|field| field.is_key).map(|field| field.bytes.clone().ok()).collect();
        let fields = explained.into_iter().filter(|field| !field.is_key);
        let fields = fields.map(|field| (field.field, field.bytes.ok())).collect();
        let key = key.unwrap_or_else(|| vec![format!("broken {} {number}", data.name).into_bytes()]).concat();
        assert!(records.insert(key, fields).is_none(), "two rows have one key");
    }
    records
}
