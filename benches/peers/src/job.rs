//! One case of one peer, in a process of its own.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::case::{BATCH, Case};
use crate::outcome::Outcome;
use crate::peers::{
    Compare, Differences, Lmdb, LmdbPair, Memory, MemoryPair, Ours, OursPair, Peer, PeerName, Published, Reader, Redb,
    RedbPair,
};
use crate::system;
use crate::workload::{Edition, Key, Sum, key, record, shuffled, value};

/// The number of records that are looked up to check the content of a store.
const PROBES: usize = 1000;
/// Seeds of the orders: for loading, reading and changing.
const LOADED: u64 = 1;
const ASKED: u64 = 2;
const CHANGED: u64 = 3;

/// The case to run, and its directory.
pub(crate) struct Job {
    pub(crate) case: Case,
    pub(crate) peer: PeerName,
    /// How many records were asked for.
    pub(crate) count: u32,
    /// The store's files.
    pub(crate) directory: PathBuf,
}

/// The result of the timed part.
struct Timed {
    seconds: f64,
    peak_bytes: Option<u64>,
    root: Option<String>,
}

/// Times `work`, whose result is dropped after the clock has stopped.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(Timed, T)> {
    let start = Instant::now();
    let result = work()?;
    let seconds = start.elapsed().as_secs_f64();
    Ok((Timed { seconds, peak_bytes: system::peak_bytes(), root: None }, result))
}

impl Job {
    /// Runs it.
    pub(crate) fn run(&self) -> Result<Outcome> {
        match self.peer {
            PeerName::Ours => self.run_as::<Ours<0>>(),
            PeerName::OursSmall => self.run_as::<Ours<16>>(),
            PeerName::OursRetain => self.run_as::<Ours<0, 1>>(),
            PeerName::Lmdb => self.run_as::<Lmdb<false>>(),
            PeerName::LmdbAppend => self.run_as::<Lmdb<true>>(),
            PeerName::Redb => self.run_as::<Redb>(),
            PeerName::Memory => self.run_as::<Memory>(),
            PeerName::Published => self.run_as::<Published>(),
        }
    }

    fn run_as<P: Peer>(&self) -> Result<Outcome> {
        let before = system::file_bytes(&self.directory)?;
        let mut measured = self.directory.clone();
        let timed = match self.case {
            Case::Diff100 | Case::Diff1000 => {
                measured.push(self.case.name());
                self.diff::<P>(&measured)?
            }
            Case::Random => self.load::<P>(self.count)?,
            Case::Commits | Case::CommitsShort => self.load::<P>(BATCH)?,
            Case::Sorted => self.load_sorted::<P>()?,
            Case::Open => self.open::<P>()?,
            Case::Gets => self.gets::<P>()?,
            Case::Scan => self.scan::<P>()?,
            Case::Update => self.update::<P>()?,
            Case::Compact => {
                measured.push("compacted");
                self.compact::<P>(&measured)?
            }
        };
        let after = system::file_bytes(&measured)?;
        let keeps = after > 0;
        Ok(Outcome {
            case: self.case,
            peer: self.peer,
            stored: self.stored(),
            handled: self.case.handled(self.count),
            seconds: timed.seconds,
            file_bytes: keeps.then_some(after),
            grown_bytes: keeps.then_some(after.saturating_sub(before)),
            peak_bytes: timed.peak_bytes,
            root: timed.root,
        })
    }

    fn stored(&self) -> u32 {
        self.case.stored(self.count)
    }

    /// Looks up some records in the files and checks that they are right.
    fn probe<P: Peer>(&self, directory: &Path) -> Result<()> {
        if system::file_bytes(directory)? == 0 {
            return Ok(());
        }
        let mut ids = shuffled(self.stored(), ASKED);
        ids.truncate(PROBES);
        P::reader(directory)?.gets(&ids, |id, found| right(id, found, Edition::First))
    }

    /// Closes the store and checks that it is right.
    fn closed<P: Peer>(&self, mut timed: Timed, mut store: P) -> Result<Timed> {
        timed.root = store.root()?;
        drop(store);
        self.probe::<P>(&self.directory)?;
        Ok(timed)
    }

    fn load<P: Peer>(&self, every: u32) -> Result<Timed> {
        let ids = shuffled(self.stored(), LOADED);
        let (timed, store) = timed(|| {
            let mut store = P::open(&self.directory)?;
            for batch in ids.chunks(every as usize) {
                store.commit(batch.iter().map(|id| record(*id)))?;
            }
            Ok(store)
        })?;
        self.closed(timed, store)
    }

    fn load_sorted<P: Peer>(&self) -> Result<Timed> {
        let (timed, store) = timed(|| P::load_sorted(&self.directory, (0..self.stored()).map(record)))?;
        self.closed(timed, store)
    }

    fn open<P: Peer>(&self) -> Result<Timed> {
        system::cool(&self.directory)?;
        let id = self.stored() / 2;
        let (timed, _) = timed(|| {
            let reader = P::reader(&self.directory)?;
            reader.gets(&[id], |id, found| right(id, found, Edition::First))?;
            Ok(reader)
        })?;
        Ok(timed)
    }

    fn gets<P: Peer>(&self) -> Result<Timed> {
        system::warm(&self.directory)?;
        let mut ids = shuffled(self.stored(), ASKED);
        ids.truncate(self.case.handled(self.count) as usize);
        let reader = P::reader(&self.directory)?;
        let (timed, ()) = timed(|| reader.gets(&ids, |id, found| right(id, found, Edition::First)))?;
        Ok(timed)
    }

    fn scan<P: Peer>(&self) -> Result<Timed> {
        system::warm(&self.directory)?;
        let reader = P::reader(&self.directory)?;
        let mut sum = Sum::default();
        let (timed, ()) = timed(|| reader.scan(|key, value| sum.add(key, value)))?;
        ensure!(sum == Sum::expected(self.stored()), "the scan gave other records: {sum:?}");
        Ok(timed)
    }

    /// Compares the store with one in `changed` that is made first, with new values for some records.
    fn diff<P: Peer>(&self, changed: &Path) -> Result<Timed> {
        let mut ids = shuffled(self.stored(), CHANGED);
        ids.truncate(self.case.handled(self.count) as usize);
        ids.sort_unstable();
        system::new_directory(changed)?;
        if self.peer != PeerName::Memory {
            let edition = |id: u32| if ids.binary_search(&id).is_ok() { Edition::Updated } else { Edition::First };
            let records = (0..self.stored()).map(|id| (key(id), value(id, edition(id))));
            P::load_sorted(changed, records)?;
            system::warm(&self.directory)?;
            system::warm(changed)?;
        }
        match self.peer {
            PeerName::Ours => self.compare::<OursPair>(changed, &ids),
            PeerName::Lmdb => self.compare::<LmdbPair>(changed, &ids),
            PeerName::Redb => self.compare::<RedbPair>(changed, &ids),
            PeerName::Memory => self.compare::<MemoryPair>(changed, &ids),
            other => bail!("{} compares nothing", other.name()),
        }
    }

    fn compare<C: Compare>(&self, changed: &Path, ids: &[u32]) -> Result<Timed> {
        let mut pair = C::of(&self.directory, changed, self.stored(), ids)?;
        let (timed, found) = timed(|| pair.differences())?;
        match found {
            Differences::Keys(keys) => {
                ensure!(keys.iter().eq(&ids.iter().map(|id| key(*id)).collect::<Vec<_>>()), "other keys differ")
            }
            Differences::Ranges(ranges) => {
                let covered = |key: Key| ranges.iter().any(|(first, last)| (*first..=*last).contains(&key));
                ensure!(ids.iter().all(|id| covered(key(*id))), "a difference was not found");
            }
        }
        Ok(timed)
    }

    fn update<P: Peer>(&self) -> Result<Timed> {
        system::warm(&self.directory)?;
        let mut ids = shuffled(self.stored(), CHANGED);
        ids.truncate(self.case.handled(self.count) as usize);
        let mut store = P::reopen(&self.directory, self.stored())?;
        let (timed, ()) = timed(|| store.commit(ids.iter().map(|id| (key(*id), value(*id, Edition::Updated)))))?;
        drop(store);
        if system::file_bytes(&self.directory)? > 0 {
            P::reader(&self.directory)?.gets(&ids, |id, found| right(id, found, Edition::Updated))?;
        }
        Ok(timed)
    }

    fn compact<P: Peer>(&self, to: &Path) -> Result<Timed> {
        system::new_directory(to)?;
        let store = P::open(&self.directory)?;
        let (timed, ()) = timed(|| store.compact(to))?;
        self.probe::<P>(to)?;
        Ok(timed)
    }
}

/// Fails the run if a store answers wrongly.
fn right(id: u32, found: Option<&[u8; 32]>, edition: Edition) -> Result<()> {
    ensure!(found == Some(&value(id, edition)), "a wrong answer for record {id}: {found:?}");
    Ok(())
}
