//! A range of keys as it is written on the command line: `A..B`, `A..=B`, `A..`, `..B`, `..`.

use std::ops::Bound;

use anyhow::Context;
use file_mst::schema::ItemType;

/// Both ends of a range.
pub(super) type KeyRange = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// The stored bytes of both ends, whose keys are of type `ty`.
pub(super) fn parse(range: &str, ty: &ItemType) -> anyhow::Result<KeyRange> {
    let (start, end) = range.split_once("..").context("a range is A..B, A..=B, A.. or ..B")?;
    let key = |text: &str| ty.parse(text).with_context(|| format!("{text:?} is not a key of type {ty}"));
    let start = if start.is_empty() { Bound::Unbounded } else { Bound::Included(key(start)?) };
    let end = match end.strip_prefix('=') {
        Some(end) if !end.is_empty() => Bound::Included(key(end)?),
        _ if end.is_empty() || end == "=" => Bound::Unbounded,
        _ => Bound::Excluded(key(end)?),
    };
    Ok((start, end))
}
