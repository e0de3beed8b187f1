//! LMDB, through heed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use heed::types::Bytes;
use heed::{CommitOrAbort, Database, Env, EnvOpenOptions, PutFlags};

use super::{Compare, Differences, Peer, Reader, merge};
use crate::workload::{Key, Value, key};

/// Address space for the map: more than any run needs. The file grows only when it is written.
const MAP_BYTES: usize = 64 << 30;

/// An LMDB environment with one unnamed database. With `APPEND`, loads in key order tell LMDB so.
pub(crate) struct Lmdb<const APPEND: bool> {
    env: Env,
    records: Database<'static, Bytes, Bytes>,
}

impl<const APPEND: bool> Lmdb<APPEND> {
    fn put(&mut self, flags: PutFlags, records: impl Iterator<Item = (Key, Value)>) -> Result<()> {
        let mut transaction = self.env.write_txn()?;
        for (key, value) in records {
            self.records.put_with_flags(&mut transaction, flags, &key, &value)?;
        }
        Ok(transaction.commit()?)
    }
}

impl<const APPEND: bool> Peer for Lmdb<APPEND> {
    type Reader = Self;

    fn open(directory: &Path) -> Result<Self> {
        let mut options = EnvOpenOptions::new();
        options.map_size(MAP_BYTES);
        // SAFETY: the directory is this run's own: nobody else changes or truncates the mapped file.
        #[allow(unsafe_code)]
        let env = unsafe { options.open(directory) }?;
        // The unnamed database is always there.
        let records = env
            .open_databases_and_commit(env.read_txn()?, |opener, transaction| -> heed::Result<_> {
                Ok(CommitOrAbort::<_, ()>::Commit(opener.open_database(transaction, None)?))
            })?
            .commit()
            .flatten()
            .context("no unnamed database")?;
        Ok(Self { env, records })
    }

    fn reader(directory: &Path) -> Result<Self> {
        Self::open(directory)
    }

    fn commit(&mut self, records: impl Iterator<Item = (Key, Value)>) -> Result<()> {
        self.put(PutFlags::empty(), records)
    }

    fn load_sorted(directory: &Path, records: impl Iterator<Item = (Key, Value)>) -> Result<Self> {
        let mut store = Self::open(directory)?;
        store.put(if APPEND { PutFlags::APPEND } else { PutFlags::empty() }, records)?;
        Ok(store)
    }
}

impl<const APPEND: bool> Reader for Lmdb<APPEND> {
    fn gets(&self, ids: &[u32], mut found: impl FnMut(u32, Option<&Value>) -> Result<()>) -> Result<()> {
        let transaction = self.env.read_txn()?;
        for id in ids {
            let value = self.records.get(&transaction, &key(*id))?;
            found(*id, value.map(<&Value>::try_from).transpose()?)?;
        }
        Ok(())
    }

    fn scan(&self, mut each: impl FnMut(&Key, &Value)) -> Result<()> {
        let transaction = self.env.read_txn()?;
        for record in self.records.iter(&transaction)? {
            let (key, value) = record?;
            each(key.try_into().context("a key of another length")?, value.try_into()?);
        }
        Ok(())
    }
}

/// Two environments.
pub(crate) struct LmdbPair([PathBuf; 2]);

impl Compare for LmdbPair {
    fn of(left: &Path, right: &Path, _: u32, _: &[u32]) -> Result<Self> {
        Ok(Self([left.to_owned(), right.to_owned()]))
    }

    fn differences(&mut self) -> Result<Differences> {
        let [left, right] = &self.0;
        let (left, right) = (Lmdb::<false>::open(left)?, Lmdb::<false>::open(right)?);
        let transactions = (left.env.read_txn()?, right.env.read_txn()?);
        let (left, right) = (left.records.iter(&transactions.0)?, right.records.iter(&transactions.1)?);
        merge(left.map(|record| Ok(record?)), right.map(|record| Ok(record?)))
    }
}
