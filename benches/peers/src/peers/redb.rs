//! redb, with keys and values of fixed width, its faster form.

use std::path::{Path, PathBuf};

use anyhow::Result;
use redb::{AccessGuard, Database, ReadableDatabase, ReadableTable, StorageError, TableDefinition};

use super::{Compare, Differences, Peer, Reader, merge};
use crate::workload::{Key, Value, key};

const RECORDS: TableDefinition<&Key, &Value> = TableDefinition::new("records");

/// A redb database with one table.
pub(crate) struct Redb(Database);

impl Peer for Redb {
    type Reader = Self;

    fn open(directory: &Path) -> Result<Self> {
        Ok(Self(Database::create(directory.join("records.redb"))?))
    }

    fn reader(directory: &Path) -> Result<Self> {
        Self::open(directory)
    }

    fn commit(&mut self, records: impl Iterator<Item = (Key, Value)>) -> Result<()> {
        let transaction = self.0.begin_write()?;
        {
            let mut table = transaction.open_table(RECORDS)?;
            for (key, value) in records {
                table.insert(&key, &value)?;
            }
        }
        Ok(transaction.commit()?)
    }
}

impl Reader for Redb {
    fn gets(&self, ids: &[u32], mut found: impl FnMut(u32, Option<&Value>) -> Result<()>) -> Result<()> {
        let table = self.0.begin_read()?.open_table(RECORDS)?;
        for id in ids {
            let value = table.get(&key(*id))?;
            found(*id, value.as_ref().map(|value| value.value()))?;
        }
        Ok(())
    }

    fn scan(&self, mut each: impl FnMut(&Key, &Value)) -> Result<()> {
        for record in self.0.begin_read()?.open_table(RECORDS)?.iter()? {
            let (key, value) = record?;
            each(key.value(), value.value());
        }
        Ok(())
    }
}

/// Two databases.
pub(crate) struct RedbPair([PathBuf; 2]);

impl Compare for RedbPair {
    fn of(left: &Path, right: &Path, _: u32, _: &[u32]) -> Result<Self> {
        Ok(Self([left.to_owned(), right.to_owned()]))
    }

    fn differences(&mut self) -> Result<Differences> {
        let [left, right] = &self.0;
        let (left, right) = (Redb::open(left)?, Redb::open(right)?);
        let left = left.0.begin_read()?.open_table(RECORDS)?;
        let right = right.0.begin_read()?.open_table(RECORDS)?;
        merge(left.iter()?.map(owned), right.iter()?.map(owned))
    }
}

fn owned(record: Result<(AccessGuard<'_, &Key>, AccessGuard<'_, &Value>), StorageError>) -> Result<(Key, Value)> {
    let (key, value) = record?;
    Ok((*key.value(), *value.value()))
}
