//! Inference of types that may fit bytes of unknown types. Whether they do is proved elsewhere, by the hashes of nodes.

mod form;
mod menu;
mod name;
mod nested;
mod plain;
mod recursive;
mod search;
mod tidy;

pub use form::{Cursor, FieldShape, Row, row_cost, row_end};
pub use menu::Lane;
pub use name::{Taste, name_row};
pub use nested::{NestedBounds, explain_nested};
pub use plain::{Section, candidates};
pub use search::{Answer, Bounds, Verdict, explain};

use super::Type;
use form::Commonness;
use tidy::tidied;

/// The number of items sampled to infer their type.
const MAX_SAMPLES: usize = 48;

/// The most plausible type under which each of `items`, whose ends are known, is one whole value. `None` if no
/// candidate fits all items, or there are no items.
pub fn guess_plain(items: &[&[u8]]) -> Option<Type> {
    name_items(items, None).into_iter().next()
}

/// The work limit of a search for the most plausible division into fields.
const WORK: usize = 10_000_000;

/// The part of the work limit for fields in containers.
const NESTED_WORK: usize = 600_000;

/// The plausible types of `items`, whose ends are known, best first; `known` is a row that fits them.
pub fn name_items(items: &[&[u8]], known: Option<&Row>) -> Vec<Type> {
    name_rows(&explain_items(items, known, WORK), items)
}

/// The types of `items` under a row that fits them and has much inside options, lists or variants.
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

/// The rows under which each item is one whole value, best first.
fn explain_items(items: &[&[u8]], known: Option<&Row>, work: usize) -> Vec<Row> {
    if items.is_empty() {
        return Vec::new();
    }
    if items.iter().all(|item| item.is_empty()) {
        return vec![Row::default()];
    }
    let step = items.len().div_ceil(MAX_SAMPLES);
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
    // A row that explains far less is not an alternative.
    let least = rows.first().map_or(0.0, |(best, _)| best - 0.4 * best.abs());
    let mut best: Vec<Row> = Vec::new();
    for (_, row) in rows.into_iter().filter(|(gain, _)| *gain >= least) {
        if best.len() < 4 && !best.contains(&row) {
            best.push(row);
        }
    }
    best
}

/// Whether a container is followed by a run of an uncommon width, or holds a single byte: signs that it ends elsewhere.
fn is_doubtful(row: &[FieldShape]) -> bool {
    let is_container =
        |shape: &FieldShape| matches!(shape, FieldShape::Option(_) | FieldShape::List(_) | FieldShape::Tagged(_));
    let is_odd = |shape: &FieldShape| matches!(shape, FieldShape::Fixed(width) if *width < 4 || Commonness::of(*width) != Commonness::Common);
    let holds_byte = |shape: &FieldShape| match shape {
        FieldShape::Option(row) | FieldShape::List(row) => row.iter().any(is_odd),
        _ => false,
    };
    row.windows(2).any(|pair| matches!(pair, [one, other] if is_container(one) && is_odd(other)))
        || row.iter().any(holds_byte)
}

/// How many bits shorter a description of all the items as these fields is than the items.
fn gain_over(row: &[FieldShape], items: &[&[u8]]) -> f32 {
    let mut gain = -row_cost(row);
    for item in items {
        let mut cursor = Cursor::new(item, 0, true);
        // Rows that do not fit were ruled out before.
        let _ = cursor.row(row);
        gain += cursor.gain;
    }
    gain
}
