//! Tolerances as a user or a contract names them: by the names of fields, not yet held against any type.

use std::str::FromStr;

use super::{Tolerance, ToleranceError};

/// The name of the note of a commit with the tolerances that its contract names.
///
/// Each line is the name of a field as a JSON string, a blank and the tolerance. The hash of a contract does not cover
/// them, so two trees of one contract can have two of them.
pub const TOLERANCE_NOTE: &str = "tolerance";

/// Tolerances by the names of fields.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GivenTolerances {
    fields: Vec<(String, Tolerance)>,
    /// Whether those that commits note are not applied.
    pub ignores_notes: bool,
}

impl GivenTolerances {
    /// Adds the tolerance of a field.
    ///
    /// # Errors
    /// [`ToleranceError::Twice`].
    pub fn push(&mut self, field: &str, tolerance: Tolerance) -> Result<(), ToleranceError> {
        if self.get(field).is_some() {
            return Err(ToleranceError::Twice { field: field.to_owned() });
        }
        self.fields.push((field.to_owned(), tolerance));
        Ok(())
    }

    /// The tolerance of a field.
    pub fn get(&self, field: &str) -> Option<&Tolerance> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, tolerance)| tolerance)
    }

    /// The fields and their tolerances, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tolerance)> {
        self.fields.iter().map(|(name, tolerance)| (name.as_str(), tolerance))
    }

    /// Whether no field has a tolerance.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The note of a commit; `None` if there is nothing to note.
    pub fn note(&self) -> Option<Vec<u8>> {
        let line = |(name, tolerance): &(String, Tolerance)| {
            format!("{} {tolerance}\n", serde_json::Value::from(name.as_str()))
        };
        let text: String = self.fields.iter().map(line).collect();
        (!text.is_empty()).then(|| text.into_bytes())
    }

    /// Reads the note of a commit; `None` if it is not one.
    pub(super) fn of_note(note: &[u8]) -> Option<Self> {
        let mut given = Self::default();
        for line in std::str::from_utf8(note).ok()?.lines() {
            let mut names = serde_json::Deserializer::from_str(line).into_iter::<String>();
            let name = names.next()?.ok()?;
            let tolerance = line.get(names.byte_offset()..)?.strip_prefix(' ')?;
            given.push(&name, tolerance.parse().ok()?).ok()?;
        }
        Some(given)
    }
}

/// Reads `FIELD=TOLERANCE`, or several with commas between them; `none` stands for no tolerance at all, not even those
/// that commits note.
impl FromStr for GivenTolerances {
    type Err = ToleranceError;

    fn from_str(text: &str) -> Result<Self, ToleranceError> {
        if text.trim() == "none" {
            return Ok(Self { ignores_notes: true, ..Self::default() });
        }
        let mut given = Self::default();
        for part in text.split(',') {
            // A name may contain the sign, and a tolerance does not.
            let found = part.rsplit_once('=').filter(|(field, _)| !field.trim().is_empty());
            let (field, tolerance) = found.ok_or_else(|| ToleranceError::Assignment { text: part.to_owned() })?;
            given.push(field.trim(), tolerance.parse()?)?;
        }
        Ok(given)
    }
}
