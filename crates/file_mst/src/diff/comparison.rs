//! How two opened trees can be compared, and the doubts that are known before anything is read.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::by_value::{ByValue, Items};
use super::conclusion::Reason;
use super::contracts;
use super::fields::FieldChange;
use super::stream::{Diff, diff, diff_by_value};
use super::tolerance::{GivenTolerances, ToleranceError, Tolerances, resolve};
use crate::node::hash::NodeHash;
use crate::open::{Opened, TypingSource};
use crate::store::Commit;
use mst_types::{Comparability, ItemType, Meaning, TypeDifference, comparability, escape_text};

/// How the records of two trees are compared.
#[derive(Clone, Debug, Default)]
enum Method {
    /// By their bytes, which have the same meaning on both sides, or an unknown one.
    #[default]
    Bytes,
    /// By meaning, each record decoded.
    Values(Arc<ByValue>),
    /// Not at all: the keys of one side cannot be looked up on the other.
    Nothing,
}

/// A field whose types differ in the two trees.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FieldTypes {
    /// The path, which begins with `key` or `value`.
    pub field: String,
    /// Its type on the left; `None` if the left has no such field.
    pub left: Option<String>,
    /// Its type on the right; `None` if the right has no such field.
    pub right: Option<String>,
    /// The difference.
    pub differs: String,
    /// Whether decoded values of the field can still be compared.
    pub comparable: bool,
}

impl fmt::Display for FieldTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |ty: &Option<String>| ty.clone().unwrap_or_else(|| "none".to_owned());
        write!(f, "{}: {}: left {}, right {}", self.field, self.differs, name(&self.left), name(&self.right))
    }
}

/// How two opened trees can be compared, and the doubts that are known before anything is read.
///
/// Bytes have a meaning only under types. Trees whose types have the same meaning are compared by bytes, and so are
/// trees of which one does not state its types. If the types differ, records are decoded and compared by meaning, as
/// far as the keys can be: then both trees are read completely. `docs/DIFF.md` states the rules.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    method: Method,
    /// The fields whose types differ.
    pub types: Vec<FieldTypes>,
    /// The reasons not to call the trees the same that are known before they are read.
    pub reasons: Vec<Reason>,
    /// Remarks on the comparison that do not affect its answer.
    pub notes: Vec<String>,
    /// Whether some field is not compared, so that "equal" covers only the other fields.
    partial: bool,
    tolerances: Tolerances,
    /// The tolerances that a user gave.
    given: GivenTolerances,
    /// Whether values are counts of equal rows.
    counts_rows: bool,
    /// The notes that are about tolerances.
    tolerance_notes: Vec<String>,
    /// Whether bytes are compared, whatever they mean.
    is_bytes_only: bool,
}

impl Comparison {
    /// Compares two opened trees by the meaning of their records. Reads the commits of their files back to those of
    /// their roots.
    pub fn of(left: &Opened, right: &Opened) -> Self {
        let mut comparison = Self::default();
        comparison.compare_commits(left, right, false);
        comparison.compare_types(left, right, false);
        // Only a tolerance that is given can fail.
        let _ = comparison.set_tolerances(left, right, &GivenTolerances::default());
        comparison
    }

    /// Applies tolerances that a user gives; a tolerance that the commits of the trees note holds for the other fields.
    ///
    /// # Errors
    /// See [`ToleranceError`]. The tolerances are then as before.
    pub fn set_tolerances(
        &mut self,
        left: &Opened,
        right: &Opened,
        given: &GivenTolerances,
    ) -> Result<(), ToleranceError> {
        if self.is_bytes_only {
            return if given.is_empty() { Ok(()) } else { Err(ToleranceError::Bytes) };
        }
        let resolved = resolve(left, right, given)?;
        self.notes.retain(|note| !self.tolerance_notes.contains(note));
        self.notes.extend(resolved.remarks.iter().cloned());
        (self.tolerances, self.tolerance_notes) = (resolved.tolerances, resolved.remarks);
        self.given = given.clone();
        Ok(())
    }

    /// The comparison of two other trees in the same way: by bytes if these are, and under the tolerances that a user
    /// gave for these.
    ///
    /// # Errors
    /// A given tolerance does not fit the other trees; see [`ToleranceError`].
    pub fn again(&self, left: &Opened, right: &Opened) -> Result<Self, ToleranceError> {
        if self.is_bytes_only {
            return Ok(Self::by_bytes(left, right));
        }
        let mut other = Self::of(left, right);
        other.set_tolerances(left, right, &self.given)?;
        Ok(other)
    }

    /// The tolerances that apply.
    pub fn tolerances(&self) -> &Tolerances {
        &self.tolerances
    }

    /// Compares two opened trees by their bytes, whatever these mean. Doubts about types and contracts become notes.
    pub fn by_bytes(left: &Opened, right: &Opened) -> Self {
        let mut comparison = Self::default();
        comparison.compare_commits(left, right, true);
        comparison.compare_types(left, right, true);
        comparison.is_bytes_only = true;
        comparison
    }

    /// Compares the contracts and the time zone rules under which two trees were built.
    fn compare_commits(&mut self, left: &Opened, right: &Opened, by_bytes: bool) {
        let (left, right) = (left.commit(), right.commit());
        self.compare_zones(left.as_ref(), right.as_ref(), by_bytes);
        self.note_rows(left.as_ref(), right.as_ref());
        // The text of a contract counts only if it has the contract's hash.
        let text = |commit: &Option<Commit>| {
            let commit = commit.as_ref()?;
            note(commit, "contract").filter(|text| Some(*blake3::hash(text.as_bytes()).as_bytes()) == commit.contract)
        };
        let texts = (text(&left), text(&right));
        self.counts_rows = [&texts.0, &texts.1].into_iter().flatten().any(|text| contracts::is_multiset(text));
        let contract = |commit: &Option<Commit>| commit.as_ref()?.contract;
        let contracts = (contract(&left), contract(&right));
        if contracts.0 == contracts.1 {
            return;
        }
        let name = |contract: Option<[u8; 32]>| {
            contract.map_or_else(|| "none".to_owned(), |contract| NodeHash::from(contract).short())
        };
        let reason = Reason::Contracts { left: name(contracts.0), right: name(contracts.1) };
        let differing = texts.0.zip(texts.1).map(|(left, right)| contracts::differing(&left, &right));
        let same_meaning = differing.as_ref().is_some_and(|it| it.same_meaning);
        // A tree without a contract makes no statement about its records, so nothing contradicts the other one's.
        let both = contracts.0.is_some() && contracts.1.is_some();
        self.add_doubt(reason, both && !same_meaning && !by_bytes);
        self.notes
            .extend(differing.iter().flat_map(|it| &it.words).map(|words| format!("contracts differ in {words}")));
        if same_meaning {
            self.notes.push("the contracts mean the same".to_owned());
        }
    }

    /// A new rule of a time zone can look like drift, or hide one, if a tree used a zone.
    fn compare_zones(&mut self, left: Option<&Commit>, right: Option<&Commit>, by_bytes: bool) {
        let versions = |commit: Option<&Commit>| note(commit?, "tzdb");
        let (Some(a), Some(b)) = (versions(left), versions(right)) else { return };
        let lines = |commit: &Commit| note(commit, "zones").unwrap_or_default();
        let text: Vec<String> = left.into_iter().chain(right).map(lines).collect();
        let zones: BTreeSet<String> = text.iter().flat_map(|text| text.lines()).map(escaped).collect();
        if a != b && !zones.is_empty() {
            let zones = zones.into_iter().collect();
            self.add_doubt(Reason::TimeZones { left: escaped(&a), right: escaped(&b), zones }, !by_bytes);
        }
    }

    /// Says which rows the trees stand for, if a condition selected those of a side.
    fn note_rows(&mut self, left: Option<&Commit>, right: Option<&Commit>) {
        let sides = [("left", left), ("right", right)]
            .map(|(side, commit)| (side, commit, commit.and_then(|commit| note(commit, "where"))));
        if sides.iter().all(|(.., condition)| condition.is_none()) {
            return;
        }
        let moment = |commit: &Option<&Commit>| note((*commit)?, "now");
        self.notes.extend(sides.iter().map(|(side, commit, condition)| match (condition, moment(commit)) {
            (Some(condition), Some(now)) => {
                format!("the {side} has the rows where {}; now was {}", escaped(condition), escaped(&now))
            }
            (Some(condition), None) => format!("the {side} has the rows where {}", escaped(condition)),
            (None, _) => format!("the {side} has all rows"),
        }));
    }

    /// Adds a reason if it counts, otherwise only a note.
    fn add_doubt(&mut self, reason: Reason, counts: bool) {
        match counts {
            true => self.reasons.push(reason),
            false => self.notes.push(reason.to_string()),
        }
    }

    fn compare_types(&mut self, left: &Opened, right: &Opened, by_bytes: bool) {
        let is_named = |opened: &Opened| matches!(opened.typing.source, TypingSource::Given | TypingSource::File);
        // Without records, types make no difference.
        if left.tree.is_empty() && right.tree.is_empty() {
            return;
        }
        self.note_given_types(left, right);
        match (is_named(left), is_named(right)) {
            (true, true) => {}
            (false, false) => return,
            (left_named, _) => {
                let (side, opened) = if left_named { ("right", right) } else { ("left", left) };
                let is_empty = opened.tree.is_empty();
                let how = if opened.typing.source == TypingSource::Guessed { "guessed" } else { "unknown" };
                if !is_empty {
                    self.notes.push(format!("types of the {side} are {how}: compared by bytes"));
                }
                return;
            }
        }
        let (Some((left_key, left_value)), Some((right_key, right_value))) = (items(left), items(right)) else {
            return;
        };
        let keys = comparability(&left_key.ty, &right_key.ty);
        let values = comparability(&left_value.ty, &right_value.ty);
        self.types = [("key", &keys), ("value", &values)].into_iter().flat_map(|(of, it)| differing(of, it)).collect();
        if self.types.is_empty() {
            return;
        }
        if by_bytes {
            self.notes.push("compared by bytes, though types differ".to_owned());
            return;
        }
        self.reasons.extend(self.types.iter().filter(|it| !it.comparable).map(reason));
        self.partial = values.meaning() == Meaning::NotComparable;
        self.method = match keys.meaning() {
            Meaning::Convertible if keys.keeps_order() => {
                let keys = Items { left: left_key, right: right_key, comparability: keys };
                let values = Items { left: left_value, right: right_value, comparability: values };
                Method::Values(Arc::new(ByValue { keys: Some(Arc::new(keys)), values }))
            }
            Meaning::Same => {
                let values = Items { left: left_value, right: right_value, comparability: values };
                Method::Values(Arc::new(ByValue { keys: None, values }))
            }
            meaning => {
                if meaning == Meaning::Convertible {
                    let (left, right) = (left_key.to_string(), right_key.to_string());
                    let differs = "keys sort otherwise".to_owned();
                    self.reasons.push(Reason::Types { field: "key".to_owned(), left, right, differs });
                }
                Method::Nothing
            }
        };
    }

    /// Notes that types were given for trees whose files name two different ones: the user is responsible for that.
    fn note_given_types(&mut self, left: &Opened, right: &Opened) {
        let noted = |opened: &Opened| opened.commit()?.schema.and_then(|schema| String::from_utf8(schema).ok());
        if left.typing.source != TypingSource::Given || right.typing.source != TypingSource::Given {
            return;
        }
        if let (Some(left), Some(right)) = (noted(left), noted(right))
            && left != right
        {
            let (left, right) = (escaped(&left), escaped(&right));
            self.notes.push(format!("compared under the types given, though the left names {left}, the right {right}"));
        }
    }

    /// The differences of the two trees under this comparison; `None` if nothing can be compared.
    pub fn diff(&self, left: &Opened, right: &Opened) -> Option<Diff> {
        let found = match &self.method {
            Method::Bytes => diff(&left.tree, &right.tree),
            Method::Values(by_value) => diff_by_value(&left.tree, &right.tree, Arc::clone(by_value)),
            Method::Nothing => return None,
        };
        let found = found.tolerating(&self.tolerances);
        let lists = (left.left_out().unwrap_or_default(), right.left_out().unwrap_or_default());
        Some(match lists.0.is_empty() && lists.1.is_empty() {
            true => found,
            false => found.leaving_out((left.tree.clone(), right.tree.clone()), lists, self.counts_rows),
        })
    }

    /// The method of comparison: `bytes`, `values` or `nothing`.
    pub fn method(&self) -> &'static str {
        match &self.method {
            Method::Bytes => "bytes",
            Method::Values(_) => "values",
            Method::Nothing => "nothing",
        }
    }

    /// Whether records are decoded and compared by meaning.
    pub fn is_by_value(&self) -> bool {
        matches!(self.method, Method::Values(_))
    }

    /// Whether equal bytes of keys have different meanings in the two trees.
    pub fn has_keys_by_value(&self) -> bool {
        matches!(&self.method, Method::Values(by_value) if by_value.keys.is_some())
    }

    /// Whether each record is compared completely. If not, "equal" covers only the fields that are compared.
    pub fn is_whole(&self) -> bool {
        !self.partial && !matches!(self.method, Method::Nothing)
    }

    /// The parts in which two stored values differ in meaning; `None` if values are compared by their bytes, or one
    /// cannot be decoded.
    pub fn changes(&self, left: &[u8], right: &[u8]) -> Option<Vec<FieldChange>> {
        let Method::Values(by_value) = &self.method else { return None };
        let changes = by_value.values.changes(left, right)?.into_iter();
        Some(changes.map(|(path, left, right)| FieldChange { path, left, right }).collect())
    }

    /// The reason why no drift is certain, if there is one.
    pub fn unsettled(&self) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.unsettles_drift())
    }
}

fn escaped(text: &str) -> String {
    escape_text(text).into_owned()
}

/// A note of a commit, if it is text.
fn note(commit: &Commit, name: &str) -> Option<String> {
    String::from_utf8(commit.notes.get(name)?.clone()).ok()
}

/// The types of keys and values, if both are known.
fn items(opened: &Opened) -> Option<(ItemType, ItemType)> {
    opened.typing.key.clone().zip(opened.typing.value.clone())
}

fn differing(of: &str, found: &Comparability) -> Vec<FieldTypes> {
    let one = |TypeDifference { path, left, right, differs, comparable }: &TypeDifference| FieldTypes {
        field: match path.chars().next() {
            None => of.to_owned(),
            Some('[' | '{') => format!("{of}{path}"),
            Some(_) => format!("{of}.{path}"),
        },
        left: left.as_ref().map(ToString::to_string),
        right: right.as_ref().map(ToString::to_string),
        differs: differs.clone(),
        comparable: *comparable,
    };
    found.differences().iter().map(one).collect()
}

fn reason(types: &FieldTypes) -> Reason {
    let FieldTypes { field, left, right, differs, .. } = types.clone();
    let name = |ty: Option<String>| ty.unwrap_or_else(|| "none".to_owned());
    Reason::Types { field, left: name(left), right: name(right), differs }
}
