//! Values that contain values of their own type. A type cannot refer to itself, so it is written out to the depth that
//! real files have.

use super::form::{FieldShape, Row};

/// The depth of nesting if a value contains at most one list of its own type.
const MAX_DEPTH_SINGLE: usize = 6;

/// The depth if several variants contain values of their own type, since each is written out separately.
const MAX_DEPTH_BRANCHED: usize = 4;

/// A list at the end of a row whose items are such rows again. At the innermost level it is a number, which is what an
/// empty list looks like.
pub(super) fn list_of_itself(row: &[FieldShape]) -> FieldShape {
    (0..MAX_DEPTH_SINGLE).fold(FieldShape::Varint, |inner, _| FieldShape::List([row, &[inner]].concat().into()))
}

/// An option at the end of a row whose item is such a row again.
pub(super) fn option_of_itself(row: &[FieldShape]) -> FieldShape {
    (0..MAX_DEPTH_SINGLE).fold(FieldShape::Varint, |inner, _| FieldShape::Option([row, &[inner]].concat().into()))
}

/// Whether one of these contains a value of an open enum.
pub(super) fn holds_itself(shapes: &[FieldShape]) -> bool {
    shapes.iter().any(|shape| match shape {
        FieldShape::Itself => true,
        FieldShape::Option(row) | FieldShape::List(row) => holds_itself(row),
        FieldShape::Tagged(variants) => variants.iter().flatten().any(|row| holds_itself(row)),
        FieldShape::Fixed(_) | FieldShape::Float(_) | FieldShape::Varint | FieldShape::Sized => false,
    })
}

/// The enum of these variants, some of which contain values of the enum itself. At the innermost level only the other
/// variants remain.
pub(super) fn unrolled(variants: &[Option<Row>]) -> FieldShape {
    let is_recursive = |row: &Row| holds_itself(row);
    let branches = variants.iter().flatten().filter(|row| is_recursive(row)).count();
    let plain = variants.iter().map(|row| row.clone().filter(|row| !is_recursive(row)));
    let innermost = FieldShape::Tagged(plain.collect());
    let depth = if branches > 1 { MAX_DEPTH_BRANCHED } else { MAX_DEPTH_SINGLE };
    (0..depth).fold(innermost, |inner, _| {
        FieldShape::Tagged(variants.iter().map(|row| row.as_ref().map(|row| with(row, &inner))).collect())
    })
}

/// A row with `inner` in position of every value of the enclosing enum.
fn with(row: &Row, inner: &FieldShape) -> Row {
    if !holds_itself(row) {
        return Row::clone(row);
    }
    let shapes = row.iter().map(|shape| match shape {
        FieldShape::Itself => inner.clone(),
        FieldShape::Option(row) => FieldShape::Option(with(row, inner)),
        FieldShape::List(row) => FieldShape::List(with(row, inner)),
        shape => shape.clone(),
    });
    shapes.collect()
}
