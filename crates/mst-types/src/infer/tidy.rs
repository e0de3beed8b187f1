//! A row that is proved, in the form that says most: with the same ends of values, but divided as their content asks for.

use super::form::{Form, Row};
use super::name::{columns, list_items};
use super::{explain_items, gain_over, row_end};

/// The shortest run of bytes in which fields are looked for.
const LEAST: usize = 6;

/// How deep rows are looked into: values of their own kind are written out anew at each depth.
const DEEPEST: usize = 3;

/// `row` with what all variants of an enum end with behind the enum, doubles instead of a float of 4 bytes beside 4 bytes, and
/// flags instead of bytes that are only ever 0 or 1; within containers, and everywhere if `thoroughly`, with fields instead of
/// runs of bytes in which there are some.
pub(super) fn tidied(row: &[Form], items: &[&[u8]], thoroughly: bool) -> Row {
    let row = doubled(&hoisted(row), items);
    let columns = columns(&row, items);
    let mut tidy = Vec::with_capacity(row.len());
    for (form, column) in row.iter().zip(&columns) {
        match form {
            Form::Fixed(width) => tidy.extend(resolved(*width, column, thoroughly)),
            form => tidy.push(inside(form, column, DEEPEST)),
        }
    }
    tidy.into()
}

fn inside(form: &Form, column: &[&[u8]], depth: usize) -> Form {
    let row_of = |row: &Row, held: &[&[u8]]| if held.is_empty() { Row::clone(row) } else { within(row, held, depth) };
    match form {
        Form::Option(row) => {
            let held: Vec<_> = column.iter().filter_map(|item| item.strip_prefix(&[1])).collect();
            Form::Option(row_of(row, &held))
        }
        Form::List(row) => Form::List(row_of(row, &list_items(row, column))),
        Form::Tagged(variants) => {
            let variants = variants.iter().zip(0_u8..).map(|(row, tag)| {
                let held: Vec<_> = column.iter().filter_map(|item| item.strip_prefix(&[tag])).collect();
                row.as_ref().map(|row| row_of(row, &held))
            });
            Form::Tagged(variants.collect())
        }
        form => form.clone(),
    }
}

fn within(row: &Row, items: &[&[u8]], depth: usize) -> Row {
    let Some(depth) = depth.checked_sub(1) else { return Row::clone(row) };
    let row = doubled(&hoisted(row), items);
    let columns = columns(&row, items);
    let mut tidy = Vec::with_capacity(row.len());
    for (form, column) in row.iter().zip(&columns) {
        match form {
            Form::Fixed(width) => tidy.extend(resolved(*width, column, true)),
            form => tidy.push(inside(form, column, depth)),
        }
    }
    tidy.into()
}

/// What stands in a run of bytes.
fn resolved(width: usize, column: &[&[u8]], thoroughly: bool) -> Vec<Form> {
    let whole = vec![Form::Fixed(width)];
    if width > 1 && column.iter().all(|item| item.iter().all(|byte| *byte <= 1)) {
        return vec![Form::Varint; width];
    }
    if !thoroughly || width < LEAST || column.is_empty() {
        return whole;
    }
    match explain_items(column, None, 400_000).into_iter().next() {
        Some(best) if gain_over(&best, column) > gain_over(&whole, column) => best.to_vec(),
        _ => whole,
    }
}

/// The row with what all variants of an enum have last behind the enum.
fn hoisted(row: &[Form]) -> Vec<Form> {
    let mut hoisted = Vec::with_capacity(row.len());
    for form in row {
        let Form::Tagged(variants) = form else {
            hoisted.push(form.clone());
            continue;
        };
        let mut variants = variants.to_vec();
        let mut behind = Vec::new();
        while let Some(shared) = shared_last(&variants) {
            for row in variants.iter_mut().flatten() {
                *row = row.split_last().map_or_else(Row::default, |(_, before)| before.into());
            }
            behind.push(shared);
        }
        hoisted.push(match variants.as_slice() {
            [Some(none), Some(some)] if none.is_empty() && !some.is_empty() => Form::Option(some.clone()),
            all if all.iter().flatten().all(|row| row.is_empty()) => Form::Varint,
            _ => Form::Tagged(variants.into()),
        });
        hoisted.extend(behind.into_iter().rev());
    }
    hoisted
}

fn shared_last(variants: &[Option<Row>]) -> Option<Form> {
    let mut lasts = variants.iter().flatten().map(|row| row.last());
    let shared = lasts.next()??;
    lasts.all(|last| last == Some(shared)).then(|| shared.clone())
}

/// The row with a double wherever all items have one where the row has 4 bytes beside a float of 4.
fn doubled(row: &[Form], items: &[&[u8]]) -> Vec<Form> {
    let mut doubled = row.to_vec();
    let mut at = 0;
    while at + 1 < doubled.len() {
        let is_pair = matches!(
            doubled.get(at..at + 2),
            Some([Form::Float(4), Form::Fixed(4)] | [Form::Fixed(4), Form::Float(4)])
        );
        if is_pair {
            let mut tried = doubled.clone();
            tried.splice(at..at + 2, [Form::Float(8)]);
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

    fn row(forms: &[Form]) -> Row {
        forms.into()
    }

    #[test]
    fn a_double_comes_before_a_float_and_four_bytes() {
        let values: Vec<Vec<u8>> =
            (1..40).map(|number| [vec![7], (f64::from(number) * 0.3).to_le_bytes().to_vec()].concat()).collect();
        let items: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        let found = tidied(&[Form::Varint, Form::Fixed(4), Form::Float(4)], &items, false);
        assert_eq!(found, row(&[Form::Varint, Form::Float(8)]));
        // Where some are no doubles of this world, they stay apart.
        let other = [vec![7, 0, 0, 0, 0], 1e-30_f32.to_le_bytes().to_vec()].concat();
        let forms = [Form::Varint, Form::Float(4), Form::Fixed(4)];
        assert_eq!(tidied(&forms, &[&other], false), row(&forms));
    }

    #[test]
    fn what_all_variants_end_with_stands_behind_the_enum() {
        let shared = || Form::Option(row(&[Form::Sized]));
        let variants = [row(&[shared()]), row(&[Form::Varint, shared()])];
        let forms = [Form::Tagged(variants.map(Some).into()), Form::Varint];
        let items: [&[u8]; 2] = [&[0, 0, 5], &[1, 9, 1, 1, b'a', 5]];
        assert_eq!(tidied(&forms, &items, false), row(&[Form::Option(row(&[Form::Varint])), shared(), Form::Varint]));
    }

    #[test]
    fn bytes_that_are_only_ever_0_or_1_are_flags() {
        let items: [&[u8]; 3] = [&[0, 1, 1], &[1, 0, 0], &[1, 1, 0]];
        assert_eq!(tidied(&[Form::Fixed(3)], &items, false), row(&[Form::Varint, Form::Varint, Form::Varint]));
    }
}
