//! Types that may fit bytes of unknown types. Whether they do is proved elsewhere, by the nodes' hashes.

mod form;
mod name;
mod plain;
mod search;

pub(crate) use form::{Cursor, Row, row_cost};
pub(crate) use name::{Taste, name_row};
pub use plain::candidates;
pub(crate) use search::{Answer, Bounds, Lane, explain};

use super::Type;

/// How many items are looked at to guess their type.
const LOOKED_AT: usize = 96;

/// The most plausible type under which each of `items`, whose ends are known, is one whole value. None if nothing that is
/// tried fits them all, or there are none.
pub fn guess_plain(items: &[&[u8]]) -> Option<Type> {
    name_items(items).into_iter().next()
}

/// The plausible types of `items`, whose ends are known, the most plausible first.
pub(crate) fn name_items(items: &[&[u8]]) -> Vec<Type> {
    let mut types: Vec<Type> = Vec::new();
    for answer in explain_items(items) {
        for taste in [
            Taste::default(),
            Taste { signed: true, ..Taste::default() },
            Taste { bytes: true, ..Taste::default() },
            Taste { numbers: true, ..Taste::default() },
        ] {
            let ty = name_row(&answer.row, items, taste);
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
    }
    types
}

/// The rows under which each item is one whole value, the most plausible first.
pub(crate) fn explain_items(items: &[&[u8]]) -> Vec<Answer> {
    if items.is_empty() {
        return Vec::new();
    }
    if items.iter().all(|item| item.is_empty()) {
        return vec![Answer { row: Row::new(), gain: 0.0 }];
    }
    let step = items.len().div_ceil(LOOKED_AT);
    let lanes: Vec<_> = items.iter().step_by(step).map(|bytes| Lane { bytes, exact: true }).collect();
    let fits = |row: &Row| {
        items.iter().all(|item| {
            let mut cursor = Cursor::new(item, 0, true);
            cursor.row(row).is_some() && cursor.at == item.len()
        })
    };
    let mut answers = explain(&lanes, Bounds { fields: 10, beam: 120, answers: 200 }, fits);
    for answer in &mut answers {
        answer.gain = gain_over(&answer.row, items);
    }
    answers.sort_by(|left, right| right.gain.total_cmp(&left.gain));
    answers.truncate(4);
    answers
}

/// How many bits shorter a description of all the items as these fields is.
fn gain_over(row: &Row, items: &[&[u8]]) -> f32 {
    let mut gain = -row_cost(row);
    for item in items {
        let mut cursor = Cursor::new(item, 0, true);
        // What does not fit was ruled out before.
        let _ = cursor.row(row);
        gain += cursor.gain;
    }
    gain
}
