//! Types that may fit bytes of unknown types. Whether they do is proved elsewhere, by the nodes' hashes.

mod form;
mod menu;
mod name;
mod nested;
mod plain;
mod recursive;
mod search;
mod tidy;

pub use form::{Cursor, Row, row_cost, row_end};
pub use menu::Lane;
pub use name::{Taste, name_row};
pub use nested::{NestedBounds, explain_nested};
pub use plain::{Section, candidates};
pub use search::{Answer, Bounds, Verdict, explain};

use super::Type;
use form::{Commonness, Form};
use tidy::tidied;

/// How many items are looked at to guess their type.
const LOOKED_AT: usize = 48;

/// The most plausible type under which each of `items`, whose ends are known, is one whole value. None if nothing that is
/// tried fits them all, or there are none.
pub fn guess_plain(items: &[&[u8]]) -> Option<Type> {
    name_items(items, None).into_iter().next()
}

/// How much work a search for the most plausible division is.
const WORK: usize = 10_000_000;

/// How much of it is for fields in containers.
const NESTED_WORK: usize = 600_000;

/// The plausible types of `items`, whose ends are known, the most plausible first; `known` are fields that fit them.
pub fn name_items(items: &[&[u8]], known: Option<&Row>) -> Vec<Type> {
    name_rows(&explain_items(items, known, WORK), items)
}

/// The types of `items` under a row that fits them, in which options, lists or variants hold much.
pub fn name_nested(items: &[&[u8]], row: &Row) -> Vec<Type> {
    let tidy = tidied(row, items, true);
    let fits = items.iter().all(|item| row_end(&tidy, item) == Some(item.len()));
    name_rows(std::slice::from_ref(if fits { &tidy } else { row }), items)
}

/// The types of `items` under rows that fit them.
fn name_rows(rows: &[Row], items: &[&[u8]]) -> Vec<Type> {
    let mut types: Vec<Type> = Vec::new();
    for row in rows {
        for taste in [
            Taste::default(),
            Taste { signed: true, ..Taste::default() },
            Taste { bytes: true, ..Taste::default() },
            Taste { numbers: true, ..Taste::default() },
        ] {
            let ty = name_row(row, items, taste);
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
    }
    types
}

/// The rows under which each item is one whole value, the most plausible first.
fn explain_items(items: &[&[u8]], known: Option<&Row>, work: usize) -> Vec<Row> {
    if items.is_empty() {
        return Vec::new();
    }
    if items.iter().all(|item| item.is_empty()) {
        return vec![Row::default()];
    }
    let step = items.len().div_ceil(LOOKED_AT);
    let lanes: Vec<_> = items.iter().step_by(step).map(|bytes| Lane { bytes, exact: true }).collect();
    let fits = |row: &Row, work: &mut usize| {
        *work += items.len();
        Verdict::maybe(items.iter().all(|item| row_end(row, item) == Some(item.len())))
    };
    let fields = known.map_or(0, |row| row.len()).max(10);
    let bounds = Bounds { fields, beam: 240, answers: 200, work };
    let mut found: Vec<Row> = explain(&lanes, bounds, fits).into_iter().map(|answer| answer.row).collect();
    if let Some(known) = known {
        if is_doubtful(known) {
            let bounds = NestedBounds { answers: 48, work: NESTED_WORK };
            found.extend(explain_nested(&lanes, bounds, fits).into_iter().map(|answer| answer.row));
        }
        let tidy = tidied(known, items, false);
        found.extend(items.iter().all(|item| row_end(&tidy, item) == Some(item.len())).then_some(tidy));
        found.push(Row::clone(known));
    }
    let mut rows: Vec<_> = found.into_iter().map(|row| (gain_over(&row, items), row)).collect();
    rows.sort_by(|left, right| right.0.total_cmp(&left.0));
    // What explains far less is no alternative.
    let least = rows.first().map_or(0.0, |(best, _)| best - 0.4 * best.abs());
    let mut best: Vec<Row> = Vec::new();
    for (_, row) in rows.into_iter().filter(|(gain, _)| *gain >= least) {
        if best.len() < 4 && !best.contains(&row) {
            best.push(row);
        }
    }
    best
}

/// Whether a container is followed by a run of a width that is none of its own, or holds a single byte: signs that it ends
/// elsewhere.
fn is_doubtful(row: &[Form]) -> bool {
    let is_container = |form: &Form| matches!(form, Form::Option(_) | Form::List(_) | Form::Tagged(_));
    let is_odd =
        |form: &Form| matches!(form, Form::Fixed(width) if *width < 4 || Commonness::of(*width) != Commonness::Common);
    let holds_byte = |form: &Form| match form {
        Form::Option(row) | Form::List(row) => row.iter().any(is_odd),
        _ => false,
    };
    row.windows(2).any(|pair| matches!(pair, [one, other] if is_container(one) && is_odd(other)))
        || row.iter().any(holds_byte)
}

/// How many bits shorter a description of all the items as these fields is.
fn gain_over(row: &[Form], items: &[&[u8]]) -> f32 {
    let mut gain = -row_cost(row);
    for item in items {
        let mut cursor = Cursor::new(item, 0, true);
        // What does not fit was ruled out before.
        let _ = cursor.row(row);
        gain += cursor.gain;
    }
    gain
}
