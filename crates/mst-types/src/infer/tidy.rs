//! Proved rows in their most meaningful form: values end at the same positions, but are divided according to their
//! content.

use super::form::{FieldShape, Row};
use super::name::{columns, list_items};
use super::{explain_items, gain_over, row_end};

/// The shortest run of bytes in which fields are searched for.
const MIN_RUN: usize = 6;

/// The maximum depth of rows that are tidied: recursive values are written out separately at each depth.
const MAX_DEPTH: usize = 3;

/// `row` with these changes: fields that end all variants of an enum follow the enum; a double replaces a float of 4
/// bytes beside 4 bytes; flags replace bytes that are only ever 0 or 1. In containers, and everywhere if `thoroughly`,
/// runs of bytes are divided into fields if there are any.
pub(super) fn tidied(row: &[FieldShape], items: &[&[u8]], thoroughly: bool) -> Row {
    divided(row, items, thoroughly, MAX_DEPTH)
}

fn divided(row: &[FieldShape], items: &[&[u8]], thoroughly: bool, depth: usize) -> Row {
    let row = doubled(&hoisted(row), items);
    let columns = columns(&row, items);
    let mut tidy = Vec::with_capacity(row.len());
    for (shape, column) in row.iter().zip(&columns) {
        match shape {
            FieldShape::Fixed(width) => tidy.extend(resolved(*width, column, thoroughly)),
            shape => tidy.push(inside(shape, column, depth)),
        }
    }
    tidy.into()
}

fn inside(shape: &FieldShape, column: &[&[u8]], depth: usize) -> FieldShape {
    let row_of = |row: &Row, held: &[&[u8]]| if held.is_empty() { Row::clone(row) } else { within(row, held, depth) };
    match shape {
        FieldShape::Option(row) => {
            let held: Vec<_> = column.iter().filter_map(|item| item.strip_prefix(&[1])).collect();
            FieldShape::Option(row_of(row, &held))
        }
        FieldShape::List(row) => FieldShape::List(row_of(row, &list_items(row, column))),
        FieldShape::Tagged(variants) => {
            let variants = variants.iter().zip(0_u8..).map(|(row, tag)| {
                let held: Vec<_> = column.iter().filter_map(|item| item.strip_prefix(&[tag])).collect();
                row.as_ref().map(|row| row_of(row, &held))
            });
            FieldShape::Tagged(variants.collect())
        }
        shape => shape.clone(),
    }
}

fn within(row: &Row, items: &[&[u8]], depth: usize) -> Row {
    depth.checked_sub(1).map_or_else(|| Row::clone(row), |depth| divided(row, items, true, depth))
}

/// The fields in a run of bytes.
fn resolved(width: usize, column: &[&[u8]], thoroughly: bool) -> Vec<FieldShape> {
    let whole = vec![FieldShape::Fixed(width)];
    if width > 1 && column.iter().all(|item| item.iter().all(|byte| *byte <= 1)) {
        return vec![FieldShape::Varint; width];
    }
    if !thoroughly || width < MIN_RUN || column.is_empty() {
        return whole;
    }
    match explain_items(column, None, 400_000).into_iter().next() {
        Some(best) if gain_over(&best, column) > gain_over(&whole, column) => best.to_vec(),
        _ => whole,
    }
}

/// The row with the fields that end all variants of an enum moved after the enum.
fn hoisted(row: &[FieldShape]) -> Vec<FieldShape> {
    let mut hoisted = Vec::with_capacity(row.len());
    for shape in row {
        let FieldShape::Tagged(variants) = shape else {
            hoisted.push(shape.clone());
            continue;
        };
        let mut variants = variants.to_vec();
        let mut after = Vec::new();
        while let Some(shared) = shared_last(&variants) {
            for row in variants.iter_mut().flatten() {
                *row = row.split_last().map_or_else(Row::default, |(_, before)| before.into());
            }
            after.push(shared);
        }
        hoisted.push(match variants.as_slice() {
            [Some(none), Some(some)] if none.is_empty() && !some.is_empty() => FieldShape::Option(some.clone()),
            all if all.iter().flatten().all(|row| row.is_empty()) => FieldShape::Varint,
            _ => FieldShape::Tagged(variants.into()),
        });
        hoisted.extend(after.into_iter().rev());
    }
    hoisted
}

fn shared_last(variants: &[Option<Row>]) -> Option<FieldShape> {
    let mut lasts = variants.iter().flatten().map(|row| row.last());
    let shared = lasts.next()??;
    lasts.all(|last| last == Some(shared)).then(|| shared.clone())
}

/// The row with a double in position of 4 bytes beside a float of 4, wherever that fits all items.
fn doubled(row: &[FieldShape], items: &[&[u8]]) -> Vec<FieldShape> {
    let mut doubled = row.to_vec();
    let mut at = 0;
    while at + 1 < doubled.len() {
        let is_pair = matches!(
            doubled.get(at..at + 2),
            Some([FieldShape::Float(4), FieldShape::Fixed(4)] | [FieldShape::Fixed(4), FieldShape::Float(4)])
        );
        if is_pair {
            let mut tried = doubled.clone();
            tried.splice(at..at + 2, [FieldShape::Float(8)]);
            if items.iter().all(|item| row_end(&tried, item) == row_end(&doubled, item)) {
                doubled = tried;
            }
        }
        at += 1;
    }
    doubled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(shapes: &[FieldShape]) -> Row {
        shapes.into()
    }

    #[test]
    fn a_double_comes_before_a_float_and_four_bytes() {
        let values: Vec<Vec<u8>> =
            (1..40).map(|number| [vec![7], (f64::from(number) * 0.3).to_le_bytes().to_vec()].concat()).collect();
        let items: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        let found = tidied(&[FieldShape::Varint, FieldShape::Fixed(4), FieldShape::Float(4)], &items, false);
        assert_eq!(found, row(&[FieldShape::Varint, FieldShape::Float(8)]));
        // If some are not plausible doubles, the two fields stay separate.
        let other = [vec![7, 0, 0, 0, 0], 1e-30_f32.to_le_bytes().to_vec()].concat();
        let shapes = [FieldShape::Varint, FieldShape::Float(4), FieldShape::Fixed(4)];
        assert_eq!(tidied(&shapes, &[&other], false), row(&shapes));
    }

    #[test]
    fn fields_that_end_all_variants_follow_the_enum() {
        let shared = || FieldShape::Option(row(&[FieldShape::Sized]));
        let variants = [row(&[shared()]), row(&[FieldShape::Varint, shared()])];
        let shapes = [FieldShape::Tagged(variants.map(Some).into()), FieldShape::Varint];
        let items: [&[u8]; 2] = [&[0, 0, 5], &[1, 9, 1, 1, b'a', 5]];
        assert_eq!(
            tidied(&shapes, &items, false),
            row(&[FieldShape::Option(row(&[FieldShape::Varint])), shared(), FieldShape::Varint])
        );
    }

    #[test]
    fn bytes_that_are_only_ever_0_or_1_are_flags() {
        let items: [&[u8]; 3] = [&[0, 1, 1], &[1, 0, 0], &[1, 1, 0]];
        assert_eq!(
            tidied(&[FieldShape::Fixed(3)], &items, false),
            row(&[FieldShape::Varint, FieldShape::Varint, FieldShape::Varint])
        );
    }
}
