//! The next record that has a text in its key or value, read on in key order beside the screen.

use file_mst::open::Typing;
use file_mst::tree::{NodeRecord, Tree};

use super::jobs::Feed;
use super::report::Jump;
use super::route::{Located, Pace, locate};
use crate::view::item;
use crate::view::text::has;

/// What is looked for, and from where.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) text: String,
    pub(crate) forward: bool,
    /// The key to go on from, as the file stores it; none for the start.
    pub(crate) from: Option<Vec<u8>>,
    pub(crate) typing: Typing,
}

impl Wanted {
    /// Whether a record has the text; capitals count only where the text has some.
    fn fits(&self, record: &NodeRecord) -> bool {
        let bytes = record.bytes();
        has(&item::plain(bytes.stored_key, self.typing.key.as_ref()), &self.text)
            || has(&item::plain(bytes.value, self.typing.value.as_ref()), &self.text)
    }
}

/// Finds the next record, or the one before, that has the text. Goes on at the other end where there is none.
pub(crate) fn search(tree: &Tree, wanted: &Wanted, feed: &Feed) -> Result<Located, String> {
    let mut pace = Pace::new(feed, "record");
    let mut looked = 0;
    let found = if wanted.forward {
        next(tree, wanted, &mut looked, &mut pace)?
    } else {
        last(tree, wanted, &mut looked, &mut pace)?
    };
    let (record, wrapped) = found.ok_or_else(|| format!("no record has {:?}", wanted.text))?;
    let mut located = locate(tree, &Jump::Key(record.bytes().stored_key.to_vec()), feed)?;
    if wrapped {
        let (end, start) = if wanted.forward { ("end", "start") } else { ("start", "end") };
        located.note = Some(format!("nothing up to the {end}: went on at the {start}"));
    }
    Ok(located)
}

type Found = Option<(NodeRecord, bool)>;

fn next(tree: &Tree, wanted: &Wanted, looked: &mut u64, pace: &mut Pace<'_>) -> Result<Found, String> {
    let mut look = |record: &NodeRecord| {
        *looked += 1;
        pace.at(*looked).map(|()| wanted.fits(record))
    };
    if let Some(from) = &wanted.from {
        for record in tree.walk().from_key(from.clone()).records().flatten() {
            if record.bytes().stored_key != from && look(&record)? {
                return Ok(Some((record, false)));
            }
        }
    }
    for record in tree.walk().records().flatten() {
        if look(&record)? {
            return Ok(Some((record, wanted.from.is_some())));
        }
        if wanted.from.as_deref() == Some(record.bytes().stored_key) {
            break;
        }
    }
    Ok(None)
}

/// Records cannot be read backwards in every dialect: the last one that fits before the place is remembered.
fn last(tree: &Tree, wanted: &Wanted, looked: &mut u64, pace: &mut Pace<'_>) -> Result<Found, String> {
    let (mut before, mut behind, mut passed) = (None, None, false);
    for record in tree.walk().records().flatten() {
        *looked += 1;
        pace.at(*looked)?;
        if wanted.from.as_deref() == Some(record.bytes().stored_key) {
            if let Some(found) = before {
                return Ok(Some((found, false)));
            }
            passed = true;
        }
        if wanted.fits(&record) {
            *(if passed { &mut behind } else { &mut before }) = Some(record);
        }
    }
    Ok(behind.map(|found| (found, true)).or(before.map(|found| (found, false))))
}
