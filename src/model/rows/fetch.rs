//! Fetching the rows of both sources at the same time.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use file_mst::NodeHash;
use file_mst::diff::Side;
use mst_sync::ingest::{BuildError, FetchedRows, fetch, fetch_by_query};
use mst_sync::mapping::Mapping;
use mst_types::escape_text;

use crate::model::diff::pair::Pair;

/// Receives the number of rows that were read on a side so far. A break stops both sides.
pub(crate) type Tell<'t> = &'t (dyn Fn(Side, u64) -> ControlFlow<()> + Sync);

/// Why rows were not fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotFetched {
    /// The source of a side cannot be read.
    #[error("cannot fetch the rows of {}: {error}", escape_text(source_name))]
    Source { source_name: String, error: Box<BuildError> },
    /// It was stopped.
    #[error("stopped")]
    Stopped,
}

/// Whether the rows of two trees can be fetched by the keys of their records under these mappings; an error says why not.
pub(crate) fn check(pair: &Pair, mappings: &[Mapping; 2]) -> Result<(), String> {
    if pair.comparison.has_keys_by_value() {
        return Err("the keys of the trees have different types, so rows cannot be fetched by key".to_owned());
    }
    for (mapping, side) in mappings.iter().zip([Side::Left, Side::Right]) {
        if pair.opened(side).contract() != Some(mapping.contract.hash()) {
            let wants = NodeHash::from(mapping.contract.hash()).short();
            return Err(format!(
                "{} does not follow the contract {wants} of its mapping",
                escape_text(pair.file(side))
            ));
        }
    }
    Ok(())
}

/// Queries both sources for the rows of one key; none if the whole of a source must be read for it.
///
/// # Errors
/// `tell` stopped it.
pub(crate) fn query_one(
    mappings: &[Mapping; 2],
    key: &[u8],
    tell: Tell<'_>,
) -> Result<Option<[FetchedRows; 2]>, NotFetched> {
    let key = BTreeSet::from([key.to_vec()]);
    match on_both(mappings, tell, |mapping, tell| fetch_by_query(mapping, &key, tell))? {
        [Some(left), Some(right)] => Ok(Some([left, right])),
        _ => Ok(None),
    }
}

/// Fetches the rows of these keys.
///
/// # Errors
/// A source cannot be read, or `tell` stopped it.
pub(crate) fn fetch_all(
    mappings: &[Mapping; 2],
    keys: &BTreeSet<Vec<u8>>,
    tell: Tell<'_>,
) -> Result<[FetchedRows; 2], NotFetched> {
    on_both(mappings, tell, |mapping, tell| fetch(mapping, keys, tell))
}

/// Does the same on both sides at the same time. The first error ends both.
fn on_both<R: Send>(
    mappings: &[Mapping; 2],
    tell: Tell<'_>,
    work: impl Fn(&Mapping, &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<R, BuildError> + Sync,
) -> Result<[R; 2], NotFetched> {
    let has_failed = AtomicBool::new(false);
    let one = |mapping: &Mapping, side: Side| {
        let mut tell = |rows| {
            if has_failed.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { tell(side, rows) }
        };
        let done = work(mapping, &mut tell);
        if done.is_err() {
            has_failed.store(true, Ordering::Relaxed);
        }
        done.map_err(|error| match error {
            BuildError::Stopped => NotFetched::Stopped,
            error => NotFetched::Source { source_name: mapping.source.name(), error: Box::new(error) },
        })
    };
    let [left, right] = mappings;
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| one(left, Side::Left));
        let right = one(right, Side::Right);
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    match (left, right) {
        (Ok(left), Ok(right)) => Ok([left, right]),
        // A side that was stopped because the other one failed is not the reason.
        (Err(NotFetched::Stopped), Err(error)) | (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}
