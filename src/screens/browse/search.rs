//! The next record that has a text in its key or value, found by a task that reads on in key order.

use file_mst::inspect::walk::{Step, Walk};
use file_mst::open::Typing;
use file_mst::{NodeKey, Tree};

use super::route::{Located, Pace, locate};
use crate::model::damage::Unread;
use crate::model::jump::Jump;
use crate::model::search::query::Query;
use crate::runtime::jobs::Feed;

/// A query, and where the search begins.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) query: Query,
    pub(crate) forward: bool,
    /// The key to go on from, as the file stores it; none for the start.
    pub(crate) from: Option<Vec<u8>>,
    pub(crate) typing: Typing,
}

impl Wanted {
    fn fits(&self, key: &NodeKey) -> bool {
        let record = key.record();
        let value = record.as_ref().map(|record| (record.bytes().value, self.typing.value.as_ref()));
        self.query.has_record((key.stored(), self.typing.key.as_ref()), value)
    }
}

/// Finds the next record, or the one before, that has the text. Goes on at the other end where there is none.
pub(crate) fn search(tree: &Tree, wanted: &Wanted, feed: &Feed) -> Result<Located, String> {
    let mut pace = Pace::new(feed, "record");
    let mut seen = Seen::default();
    let found = if wanted.forward {
        next(tree, wanted, &mut seen, &mut pace)?
    } else {
        last(tree, wanted, &mut seen, &mut pace)?
    };
    let unread = seen.unread.text();
    let (key, wrapped) = found.ok_or_else(|| match &unread {
        None => format!("no record has {:?}", wanted.query.text()),
        Some(unread) => format!("{:?} was not found in what could be read; {unread}", wanted.query.text()),
    })?;
    let mut located = locate(tree, &Jump::Key(key.stored().to_vec()), feed)?;
    if wrapped {
        let (end, start) = if wanted.forward { ("end", "start") } else { ("start", "end") };
        located.note = Some(match unread {
            None => format!("nothing up to the {end}: went on at the {start}"),
            Some(unread) => format!("nothing up to the {end} in what could be read: went on at the {start}; {unread}"),
        });
    }
    Ok(located)
}

type Found = Option<(NodeKey, bool)>;

/// The records that were searched, and the nodes that could not be read.
#[derive(Default)]
struct Seen {
    records: u64,
    unread: Unread,
}

impl Seen {
    /// The next key of a walk.
    fn next(&mut self, walk: &mut Walk<'_>) -> Option<NodeKey> {
        loop {
            let step = walk.next()?;
            self.unread.see(&step);
            let key = match step {
                Step::Record(record) => record.key(),
                Step::Key(key) => key,
                Step::Node { .. } | Step::Absent(_) | Step::Damage(_) => continue,
            };
            self.records += 1;
            return Some(key);
        }
    }
}

fn next(tree: &Tree, wanted: &Wanted, seen: &mut Seen, pace: &mut Pace<'_>) -> Result<Found, String> {
    if let Some(from) = &wanted.from {
        let mut walk = tree.walk().from_key(from.clone());
        while let Some(key) = seen.next(&mut walk) {
            pace.at(seen.records)?;
            if key.stored() != from && wanted.fits(&key) {
                return Ok(Some((key, false)));
            }
        }
    }
    let mut walk = tree.walk();
    while let Some(key) = seen.next(&mut walk) {
        pace.at(seen.records)?;
        if wanted.fits(&key) {
            return Ok(Some((key, wanted.from.is_some())));
        }
        if wanted.from.as_deref() == Some(key.stored()) {
            break;
        }
    }
    Ok(None)
}

/// Records cannot be read backwards in every dialect: the last one that fits before the place is remembered.
fn last(tree: &Tree, wanted: &Wanted, seen: &mut Seen, pace: &mut Pace<'_>) -> Result<Found, String> {
    let (mut before, mut after, mut passed) = (None, None, false);
    let mut walk = tree.walk();
    while let Some(key) = seen.next(&mut walk) {
        pace.at(seen.records)?;
        if wanted.from.as_deref() == Some(key.stored()) {
            if let Some(found) = before {
                return Ok(Some((found, false)));
            }
            passed = true;
        }
        if wanted.fits(&key) {
            *(if passed { &mut after } else { &mut before }) = Some(key);
        }
    }
    Ok(after.map(|found| (found, true)).or(before.map(|found| (found, false))))
}
