//! Values that hold values of their own kind, as deep as they are found in files: a type has no name for itself, so it is
//! written out so many times.

use super::form::{Form, Row};

/// How many values stand in one another where a value holds at most one list of its own kind.
const DEEP: usize = 6;

/// The same where more of its variants hold values of its own kind, each of which is written out anew.
const BRANCHED: usize = 4;

/// A list at the end of a row whose items are such rows again. At the deepest place stands a number, which is what an empty
/// list looks like.
pub(super) fn list_of_itself(row: &[Form]) -> Form {
    (0..DEEP).fold(Form::Varint, |inner, _| Form::List([row, &[inner]].concat().into()))
}

/// The same for an option.
pub(super) fn option_of_itself(row: &[Form]) -> Form {
    (0..DEEP).fold(Form::Varint, |inner, _| Form::Option([row, &[inner]].concat().into()))
}

/// Whether a value of the kind of an open enum stands in one of these.
pub(super) fn holds_itself(forms: &[Form]) -> bool {
    forms.iter().any(|form| match form {
        Form::Itself => true,
        Form::Option(row) | Form::List(row) => holds_itself(row),
        Form::Tagged(variants) => variants.iter().flatten().any(|row| holds_itself(row)),
        Form::Fixed(_) | Form::Float(_) | Form::Varint | Form::Sized => false,
    })
}

/// The enum of these variants, of which some hold values of its own kind. At the deepest place only the others are taken.
pub(super) fn unrolled(variants: &[Option<Row>]) -> Form {
    let is_recursive = |row: &Row| holds_itself(row);
    let branches = variants.iter().flatten().filter(|row| is_recursive(row)).count();
    let plain = variants.iter().map(|row| row.clone().filter(|row| !is_recursive(row)));
    let innermost = Form::Tagged(plain.collect());
    let depth = if branches > 1 { BRANCHED } else { DEEP };
    (0..depth).fold(innermost, |inner, _| {
        Form::Tagged(variants.iter().map(|row| row.as_ref().map(|row| with(row, &inner))).collect())
    })
}

/// A row in which `inner` stands where a value of the same kind does.
fn with(row: &Row, inner: &Form) -> Row {
    if !holds_itself(row) {
        return Row::clone(row);
    }
    let forms = row.iter().map(|form| match form {
        Form::Itself => inner.clone(),
        Form::Option(row) => Form::Option(with(row, inner)),
        Form::List(row) => Form::List(with(row, inner)),
        form => form.clone(),
    });
    forms.collect()
}
