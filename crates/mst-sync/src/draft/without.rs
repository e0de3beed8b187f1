//! Drafted fields without one of their rules: the stricter readings.

use super::model::{DraftedField, MarkKind, Steps};
use crate::contract::{Case, FieldType, Floats, Rounding, Unit};

/// The field without the rule of this kind, in the ways in which it could be read then, the best first. Empty if the
/// columns cannot be compared without it.
pub(super) fn without(drafted: &DraftedField, kind: MarkKind) -> Vec<DraftedField> {
    let with = |change: &dyn Fn(&mut DraftedField)| {
        let mut strict = drafted.clone();
        change(&mut strict);
        strict
    };
    match kind {
        MarkKind::Case => vec![with(&|strict| strict.field.rules.case = Case::Keep)],
        MarkKind::Trim => vec![with(&|strict| strict.field.rules.trim = false)],
        MarkKind::NormalForm => vec![with(&|strict| strict.field.rules.nfc = false)],
        MarkKind::NullText => vec![with(&|strict| {
            strict.left_steps.null.clear();
            strict.right_steps.null.clear();
        })],
        MarkKind::Map => in_any_cast(&with(&|strict| {
            strict.left_steps.map.clear();
            strict.right_steps.map.clear();
        })),
        MarkKind::LeadingZeros | MarkKind::Spelling => in_any_cast(&with(&|strict| {
            strict.field.ty = FieldType::Text;
            strict.field.rules.floats = Floats::Refuse;
            (strict.left_steps.scale, strict.right_steps.scale) = (0, 0);
        })),
        MarkKind::Rounding => {
            let finer = [Unit::Milli, Unit::Micro, Unit::Nano].into_iter().filter_map(|unit| {
                let ty = match drafted.field.ty {
                    FieldType::Timestamp(now) if unit.nanos() < now.nanos() => FieldType::Timestamp(unit),
                    FieldType::Time(now) if unit.nanos() < now.nanos() => FieldType::Time(unit),
                    FieldType::Duration(now) if unit.nanos() < now.nanos() => FieldType::Duration(unit),
                    _ => return None,
                };
                Some(with(&|strict| {
                    strict.field.ty = ty.clone();
                    strict.field.rules.rounding = Rounding::Refuse;
                }))
            });
            // The finest unit first: it is the only one that surely holds every value.
            let mut finer: Vec<DraftedField> = finer.collect();
            finer.sort_by_key(|strict| is_nanos(&strict.field.ty));
            finer
        }
        MarkKind::Fold => vec![with(&|strict| (strict.left_steps.fold, strict.right_steps.fold) = (None, None))],
        MarkKind::Affix => in_any_cast(&with(&|strict| {
            for steps in [&mut strict.left_steps, &mut strict.right_steps] {
                (steps.before, steps.after, steps.strip_prefix, steps.strip_suffix) = (None, None, None, None);
            }
        })),
        MarkKind::Scale => vec![with(&|strict| (strict.left_steps.scale, strict.right_steps.scale) = (0, 0))],
        MarkKind::Zone | MarkKind::Day | MarkKind::Name | MarkKind::Crossed => Vec::new(),
    }
}

/// Nanoseconds hold few centuries, so they are the last resort.
fn is_nanos(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Timestamp(Unit::Nano) | FieldType::Time(Unit::Nano) | FieldType::Duration(Unit::Nano))
}

/// The field as it is, and with what is no text made text on one side or both.
fn in_any_cast(drafted: &DraftedField) -> Vec<DraftedField> {
    let is_free = |steps: &Steps| steps.before.is_none() && steps.after.is_none();
    let casts = [(false, false), (true, false), (false, true), (true, true)];
    let cast = |(left, right): (bool, bool)| {
        let mut cast = drafted.clone();
        for (steps, is_cast) in [(&mut cast.left_steps, left), (&mut cast.right_steps, right)] {
            if is_cast && is_free(steps) {
                steps.cast = Some("text");
            }
        }
        cast
    };
    casts.into_iter().map(cast).collect()
}
