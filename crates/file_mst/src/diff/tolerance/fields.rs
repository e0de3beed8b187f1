//! Tolerances held against the types of two trees.

use std::collections::BTreeMap;

use mst_types::{Field, ItemType, LogicalType, Type, Value, escape_text};

use super::distance::measure;
use super::{GivenTolerances, Measure, TOLERANCE_NOTE, Tolerance, ToleranceError};
use crate::diff::by_value::ByValue;
use crate::diff::contracts;
use crate::diff::fields::{FieldChange, fields};
use crate::open::{Opened, TypingSource};
use crate::store::Commit;

/// The tolerances of a comparison, by the paths of fields as [`FieldChange::path`] has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tolerances {
    fields: BTreeMap<String, ToleratedField>,
    /// The types by which values are decoded, left and right.
    types: Option<(ItemType, ItemType)>,
    /// Whether a tree holds fingerprints and not the fields, so that nothing tells how far two values are apart.
    undecided: bool,
}

/// A field with a tolerance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToleratedField {
    /// The tolerance.
    pub tolerance: Tolerance,
    /// Whether a user gave it, and not the contract of the trees.
    pub is_given: bool,
}

impl Tolerances {
    /// Whether no field has a tolerance.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fields with a tolerance above zero, by their paths.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &ToleratedField)> {
        self.fields.iter().map(|(path, field)| (path.as_str(), field))
    }

    /// Whether a tree holds fingerprints instead of fields: then a changed record may be within tolerance, and the trees
    /// cannot tell.
    pub fn is_undecided(&self) -> bool {
        self.undecided && !self.is_empty()
    }

    /// Whether all of these parts are within their tolerances. No part at all is not within tolerance, since the bytes
    /// of the records differ.
    pub fn cover(&self, changes: &[FieldChange]) -> bool {
        let covers = |change: &FieldChange| match (&change.left, &change.right, self.fields.get(&change.path)) {
            (Some(left), Some(right), Some(field)) => field.tolerance.holds(left, right),
            _ => false,
        };
        !changes.is_empty() && changes.iter().all(covers)
    }

    /// Whether two values of the fields, in their order, are within tolerance in each part that differs.
    pub fn cover_values(&self, left: &Value, right: &Value) -> bool {
        !self.is_empty() && self.cover(&fields(left, right))
    }

    /// Whether two stored values, which differ, are within tolerance.
    pub(in crate::diff) fn cover_stored(&self, left: &[u8], right: &[u8], by_value: Option<&ByValue>) -> bool {
        if self.is_empty() || self.undecided {
            return false;
        }
        if let Some(by_value) = by_value {
            let changes = by_value.values.changes(left, right).unwrap_or_default().into_iter();
            let changes: Vec<_> = changes.map(|(path, left, right)| FieldChange { path, left, right }).collect();
            return self.cover(&changes);
        }
        let Some((left_type, right_type)) = &self.types else { return false };
        match (left_type.decode(left), right_type.decode(right)) {
            (Ok(left), Ok(right)) => self.cover_values(&left, &right),
            _ => false,
        }
    }

    /// The tolerances in words: `amount 0.01, at 1s`.
    pub fn words(&self) -> String {
        let field = |(path, field): (&String, &ToleratedField)| {
            let path = if path.is_empty() { "value" } else { path };
            format!("{path} {}", escape_text(field.tolerance.text()))
        };
        self.fields.iter().map(field).collect::<Vec<_>>().join(", ")
    }
}

/// A field that may have a tolerance: its name as a user writes it, its path, and its type.
struct Candidate {
    name: String,
    path: String,
    ty: String,
    measure: Option<Measure>,
}

/// The fields of a type of values. Parts of lists, maps and variants have no tolerance: their paths depend on the data.
fn candidates(ty: &Type) -> Vec<Candidate> {
    match ty.wire() {
        Type::Struct(members) => {
            let is_flat = members.iter().all(|member| !has_parts(&member.ty));
            let mut found = Vec::new();
            add_members(members, ("", ""), is_flat, &mut found);
            // Two fields of one path cannot be told apart.
            let paths: Vec<String> = found.iter().map(|candidate| candidate.path.clone()).collect();
            found.retain(|candidate| paths.iter().filter(|path| **path == candidate.path).count() == 1);
            found
        }
        _ => {
            vec![Candidate { name: "value".to_owned(), path: String::new(), ty: ty.to_string(), measure: measure(ty) }]
        }
    }
}

fn has_parts(ty: &Type) -> bool {
    match ty.wire() {
        Type::Option(inner) => has_parts(inner),
        Type::Struct(_) | Type::Tuple(_) | Type::Map(..) | Type::Enum(_) => true,
        Type::Vec(_) | Type::Array(..) => !ty.wire().is_bytes(),
        _ => false,
    }
}

/// The recursion is bounded: the nesting of types is limited when they are read.
fn add_members(members: &[Field], (name, path): (&str, &str), is_flat: bool, found: &mut Vec<Candidate>) {
    for member in members {
        // A point or bracket in a name could make the path that of another part.
        if !is_flat && member.name.contains(['.', '[']) {
            continue;
        }
        let part = format!(".{}", escape_text(&member.name));
        let (name, path) = match path {
            "" => (member.name.to_string(), part.trim_start_matches('.').to_owned()),
            path => (format!("{name}.{}", member.name), format!("{path}{part}")),
        };
        match member.ty.wire() {
            Type::Struct(inner) => add_members(inner, (&name, &path), is_flat, found),
            _ => found.push(Candidate { name, path, ty: member.ty.to_string(), measure: measure(&member.ty) }),
        }
    }
}

/// The fields of a contract's text, for trees that hold fingerprints.
fn contract_candidates(commit: Option<&Commit>) -> Vec<Candidate> {
    let text = commit.and_then(|commit| String::from_utf8(commit.notes.get("contract")?.clone()).ok());
    let field = |(name, rest): (String, String)| {
        let ty = rest.split_whitespace().next().unwrap_or_default().to_owned();
        let measure = match ty.split('(').next() {
            Some("decimal" | "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64") => Some(Measure::Number),
            Some("timestamp" | "time" | "duration") => Some(Measure::Time),
            Some("date") => Some(Measure::Days),
            _ => None,
        };
        Candidate { path: escape_text(&name).into_owned(), name, ty, measure }
    };
    contracts::fields(&text.unwrap_or_default()).into_iter().map(field).collect()
}

/// The fields of both sides.
struct Sides {
    left: Option<Vec<Candidate>>,
    right: Option<Vec<Candidate>>,
}

impl Sides {
    /// The field of this name: its path, and how its values are measured. Without records on a side that side has no
    /// say.
    fn find(&self, name: &str) -> Result<(String, Measure), ToleranceError> {
        let is_it = |candidate: &&Candidate| candidate.name == name || candidate.path == name;
        let on = |side: &Option<Vec<Candidate>>| -> Result<Option<(String, Measure, String)>, ToleranceError> {
            let Some(side) = side else { return Ok(None) };
            let have: Vec<String> = side.iter().filter(|it| it.measure.is_some()).map(|it| it.name.clone()).collect();
            let field = name.to_owned();
            match side.iter().find(is_it) {
                None => Err(ToleranceError::Field { field, have }),
                Some(Candidate { measure: None, ty, .. }) => Err(ToleranceError::Type { field, ty: ty.clone(), have }),
                Some(Candidate { path, measure: Some(measure), ty, .. }) => {
                    Ok(Some((path.clone(), *measure, ty.clone())))
                }
            }
        };
        match (on(&self.left)?, on(&self.right)?) {
            (Some(left), Some(right)) if left.0 == right.0 && left.1 == right.1 => Ok((left.0, left.1)),
            (Some(left), Some(right)) => {
                Err(ToleranceError::Sides { field: name.to_owned(), left: left.2, right: right.2 })
            }
            (Some(one), None) | (None, Some(one)) => Ok((one.0, one.1)),
            // Two empty trees differ in nothing.
            (None, None) => Ok((name.to_owned(), Measure::Number)),
        }
    }
}

/// The tolerances that apply to two trees, and remarks on them.
pub(in crate::diff) struct Resolved {
    pub(in crate::diff) tolerances: Tolerances,
    pub(in crate::diff) remarks: Vec<String>,
}

/// Holds the tolerances that the commits of two trees note, and those that a user gives, against the types of the
/// trees. A user's one replaces those of commits; of two commits the stricter one holds.
///
/// # Errors
/// A tolerance that the user gives cannot be applied. One that a commit notes is then only remarked on, because exact
/// comparison hides nothing.
pub(in crate::diff) fn resolve(
    left: &Opened,
    right: &Opened,
    given: &GivenTolerances,
) -> Result<Resolved, ToleranceError> {
    let commits = (left.commit(), right.commit());
    let mut remarks = Vec::new();
    let noted = match given.ignores_notes {
        true => GivenTolerances::default(),
        false => noted((commits.0.as_ref(), commits.1.as_ref()), given, &mut remarks),
    };
    let mut tolerances = Tolerances::default();
    if noted.is_empty() && given.is_empty() {
        return Ok(Resolved { tolerances, remarks });
    }
    let has_fingerprints = |opened: &Opened| {
        opened.typing.value.as_ref().is_some_and(|value| value.ty.logical_type() == Some(LogicalType::Hash))
    };
    tolerances.undecided = has_fingerprints(left) || has_fingerprints(right);
    let side = |opened: &Opened, commit: Option<&Commit>, side| match &opened.typing.value {
        _ if opened.tree.is_empty() => Ok(None),
        Some(_) if has_fingerprints(opened) => Ok(Some(contract_candidates(commit))),
        Some(value) if matches!(opened.typing.source, TypingSource::Given | TypingSource::File) => {
            Ok(Some(candidates(&value.ty)))
        }
        _ => Err(ToleranceError::Untyped { side }),
    };
    let sides = match (side(left, commits.0.as_ref(), "left"), side(right, commits.1.as_ref(), "right")) {
        (Ok(left), Ok(right)) => Sides { left, right },
        (Err(error), _) | (_, Err(error)) if given.is_empty() => {
            remarks.push(format!("the tolerances of the contract are not applied: {error}"));
            return Ok(Resolved { tolerances, remarks });
        }
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    tolerances.types = left.typing.value.clone().zip(right.typing.value.clone());
    for (is_given, from) in [(false, &noted), (true, given)] {
        for (name, tolerance) in from.iter() {
            let found = sides.find(name).and_then(|(path, measure)| {
                tolerance.check(name, measure)?;
                Ok(path)
            });
            match found {
                // Exact comparison needs no tolerance.
                Ok(_) if tolerance.is_zero() => {}
                Ok(path) => {
                    let field = ToleratedField { tolerance: tolerance.clone(), is_given };
                    tolerances.fields.insert(path, field);
                }
                Err(error) if is_given => return Err(error),
                Err(error) => remarks.push(format!("a tolerance of the contract is not applied: {error}")),
            }
        }
    }
    if !tolerances.is_empty() {
        remarks.push(format!("tolerance: {}", tolerances.words()));
    }
    Ok(Resolved { tolerances, remarks })
}

/// The tolerances that two commits note: of each field the stricter one, and none if only one side has one. Fields with
/// a given tolerance are left out.
fn noted(
    (left, right): (Option<&Commit>, Option<&Commit>),
    given: &GivenTolerances,
    remarks: &mut Vec<String>,
) -> GivenTolerances {
    let mut read = |side: &str, commit: Option<&Commit>| {
        let note = commit.and_then(|commit| commit.notes.get(TOLERANCE_NOTE));
        let read = note.map(|note| GivenTolerances::of_note(note));
        if read == Some(None) {
            remarks.push(format!("the tolerances that the commit of the {side} notes cannot be read"));
        }
        read.flatten().unwrap_or_default()
    };
    let (left, right) = (read("left", left), read("right", right));
    let mut stricter = GivenTolerances::default();
    let names: std::collections::BTreeSet<&str> = left.iter().chain(right.iter()).map(|(name, _)| name).collect();
    for name in names.into_iter().filter(|name| given.get(name).is_none()) {
        let (a, b) = (left.get(name), right.get(name));
        let text = |tolerance: Option<&Tolerance>| {
            tolerance.map_or_else(|| "none".to_owned(), |tolerance| escape_text(tolerance.text()).into_owned())
        };
        let (found, are_equal) = match (a, b) {
            (Some(a), Some(b)) => (Some(a.stricter(b)), a.equals(b)),
            _ => (None, false),
        };
        if !are_equal {
            let name = escape_text(name);
            remarks.push(format!(
                "tolerances of {name} differ: left {}, right {}; the stricter one holds",
                text(a),
                text(b)
            ));
        }
        if let Some(found) = found {
            // Each name comes once.
            let _ = stricter.push(name, found.clone());
        }
    }
    stricter
}
