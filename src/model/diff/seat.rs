//! Where a key stands among what a comparison has found: at a difference, or within a stretch that is equal.

use file_mst::diff::Side;

use crate::model::diff::entry::{Edge, Entry};
use crate::model::diff::list::DiffList;
use crate::model::diff::lookup::Forms;

/// A place that has a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seat {
    /// The entry in this place is of the key.
    Entry(usize),
    /// The equal stretch in this place holds it.
    Within(usize),
}

/// The beginning of an entry: its first key, and whether only greater keys belong to it. None for the start of the
/// trees.
type Beginning = Option<(Vec<u8>, bool)>;

/// Where an entry begins; none if no key is known of it, as of a damaged place.
fn beginning(entry: &Entry, forms: &Forms<'_>) -> Option<Beginning> {
    match entry {
        Entry::Damage(_) | Entry::Misfit(_) => None,
        Entry::Equal(stretch) => Some(match &stretch.from {
            Edge::Tree => None,
            Edge::At(side, key) => Some((forms.of(key, *side), false)),
            Edge::Beyond(side, key) => Some((forms.of(key, *side), true)),
        }),
        entry => entry.first_key().map(|(key, side): (&[u8], Side)| Some((forms.of(key, side), false))),
    }
}

/// Whether a stretch that begins before a key reaches to it.
fn reaches(to: &Edge, form: &[u8], forms: &Forms<'_>) -> bool {
    match to {
        Edge::Tree => true,
        Edge::At(side, key) => forms.of(key, *side).as_slice() >= form,
        Edge::Beyond(side, key) => forms.of(key, *side).as_slice() > form,
    }
}

/// The place of a key, given in the form in which keys are compared. Costs a binary search.
pub(crate) fn seat(list: &DiffList, form: &[u8], forms: &Forms<'_>) -> Option<Seat> {
    let is_before = |beginning: &Beginning| match beginning {
        None => true,
        Some((key, is_excluded)) => (key.as_slice(), *is_excluded) <= (form, false),
    };
    // Entries stand in the order of keys; those without one are passed over.
    let (mut low, mut high) = (0, list.places());
    let mut last = None;
    while low < high {
        let middle = low + (high - low) / 2;
        let keyed = (middle..high).find_map(|place| {
            list.entry(place).and_then(|entry| beginning(entry, forms)).map(|beginning| (place, beginning))
        });
        match keyed {
            Some((place, beginning)) if is_before(&beginning) => {
                last = Some(place);
                low = place + 1;
            }
            _ => high = middle,
        }
    }
    // A key that is not compared may stand within a stretch that goes on after it.
    (0..=last?).rev().take(BACK).find_map(|place| match &**list.entry(place)? {
        Entry::Equal(stretch) => reaches(&stretch.to, form, forms).then_some(Seat::Within(place)),
        entry => {
            let (key, side) = entry.first_key()?;
            (forms.of(key, side) == form).then_some(Seat::Entry(place))
        }
    })
}

/// How many places are looked at before the one that begins nearest before a key.
const BACK: usize = 64;
