//! The lines of `diff --json`, read back as a drift.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::item::Item;
use super::keys::common_key;
use crate::tree::{NodeRecord, Tree};

/// A record that differs: its key in the common form, and its value on each side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drift {
    /// The key in the form that is common to all dialects ([`common_key`](super::common_key)).
    pub key: Vec<u8>,
    /// The value on the left, in postcard bytes; `None` if the left has no such record.
    pub left: Option<Vec<u8>>,
    /// The value on the right; `None` if the right has no such record.
    pub right: Option<Vec<u8>>,
}

/// A line of a drift as `mst-tui diff --json` writes it. Exhaustive, so that no line is skipped when a drift is applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DriftLine {
    /// A record that differs.
    Record(Drift),
    /// A part that could not be compared, described in words.
    Damage(String),
    /// The summary. It is the last line, so the lines before it are complete.
    Summary,
}

/// A line is not one of a drift, or not one that can be applied.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriftError {
    /// The line is not a JSON object with the members of such a line.
    #[error("not a line of `diff --json`: {reason}")]
    Json {
        /// The error of the JSON parser.
        reason: String,
    },
    /// The kind of the line is unknown.
    #[error("a line of kind {kind:?} is not known: expected only_left, only_right, changed, damage or summary")]
    Kind {
        /// The kind.
        kind: String,
    },
    /// A member that lines of this kind have is missing, or is not pairs of hex digits.
    #[error("{member}: expected pairs of hex digits, found {found}")]
    Hex {
        /// The member.
        member: &'static str,
        /// The content that is there.
        found: String,
    },
    /// The trees were compared by value, so the values of the two sides have different types.
    #[error("this drift was compared by value: its right values have other types than the tree to be patched")]
    ByValue,
    /// The drift was checked again with rows that were fetched from the sources.
    #[error("this drift was rechecked with rows fetched again: it describes the sources, not the trees")]
    Rechecked,
    /// The comparison could not tell whether the trees differ.
    #[error("this comparison could not tell what differs, so nothing can be applied")]
    CouldNotTell,
    /// Records that differ within their tolerances are not listed.
    #[error(
        "this drift leaves out records within tolerance, so applying it does not give the right tree: \
         run diff with --tolerance none"
    )]
    Tolerance,
    /// The values of the drift are redacted.
    #[error("the values of this drift are redacted: only a drift with its values can be applied")]
    Redacted,
}

#[derive(Deserialize)]
struct Line {
    redacted: Option<IgnoredAny>,
    kind: String,
    key_hex: Option<String>,
    left_hex: Option<String>,
    right_hex: Option<String>,
    error: Option<String>,
    compared: Option<String>,
    verdict: Option<String>,
    rechecked: Option<bool>,
    within_tolerance: Option<u64>,
}

fn bytes(member: &'static str, text: Option<&str>) -> Result<Vec<u8>, DriftError> {
    let text = text.ok_or_else(|| DriftError::Hex { member, found: "nothing".to_owned() })?;
    hex::decode(text).map_err(|error| DriftError::Hex { member, found: error.to_string() })
}

impl Drift {
    /// The drift of an item of a diff of `left` and `right`; `None` for items that are equal, damaged or not compared.
    pub fn of(item: &Item, left: &Tree, right: &Tree) -> Option<Self> {
        let value = |record: &NodeRecord| Some(record.bytes().value.to_vec());
        let key = |tree, record: &NodeRecord| common_key(tree, record.bytes().stored_key).into_owned();
        Some(match item {
            Item::OnlyLeft(a) => Self { key: key(left, a), left: value(a), right: None },
            Item::OnlyRight(b) => Self { key: key(right, b), left: None, right: value(b) },
            Item::Changed(a, b) => Self { key: key(left, a), left: value(a), right: value(b) },
            Item::WithinTolerance(a, b) => Self { key: key(left, a), left: value(a), right: value(b) },
            Item::Equal(_) | Item::Damage(_) | Item::NotCompared(_) => return None,
        })
    }
}

impl DriftLine {
    /// Reads a line.
    ///
    /// # Errors
    /// See [`DriftError`].
    pub fn parse(text: &str) -> Result<Self, DriftError> {
        let line: Line = serde_json::from_str(text).map_err(|error| DriftError::Json { reason: error.to_string() })?;
        if line.redacted.is_some() {
            return Err(DriftError::Redacted);
        }
        let key = || bytes("key_hex", line.key_hex.as_deref());
        let left = || bytes("left_hex", line.left_hex.as_deref()).map(Some);
        let right = || bytes("right_hex", line.right_hex.as_deref()).map(Some);
        Ok(match line.kind.as_str() {
            "only_left" => Self::Record(Drift { key: key()?, left: left()?, right: None }),
            "only_right" => Self::Record(Drift { key: key()?, left: None, right: right()? }),
            "changed" => Self::Record(Drift { key: key()?, left: left()?, right: right()? }),
            "not_compared" => Self::Damage("a key was left out when a tree was built".to_owned()),
            "damage" | "misfit" => Self::Damage(line.error.unwrap_or_default()),
            "agrees_now" => return Err(DriftError::Rechecked),
            "within_tolerance" => return Err(DriftError::Tolerance),
            "summary" if line.rechecked == Some(true) => return Err(DriftError::Rechecked),
            "summary" if line.verdict.as_deref() == Some("could_not_tell") => return Err(DriftError::CouldNotTell),
            "summary" if line.within_tolerance.is_some_and(|records| records > 0) => return Err(DriftError::Tolerance),
            "summary" if line.compared.as_deref() == Some("values") => return Err(DriftError::ByValue),
            "summary" => Self::Summary,
            _ => return Err(DriftError::Kind { kind: line.kind }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_refused() {
        let parse = DriftLine::parse;
        let drift = Drift { key: vec![1], left: Some(vec![]), right: Some(vec![0xff]) };
        let line = r#"{"kind":"changed","key":7,"key_hex":"01","left_hex":"","right_hex":"ff","fields":[]}"#;
        assert_eq!(parse(line), Ok(DriftLine::Record(drift)));
        assert_eq!(parse(r#"{"kind":"summary","verdict":"drifted"}"#), Ok(DriftLine::Summary));
        let line = r#"{"kind":"summary","verdict":"drifted","compared":"values"}"#;
        assert_eq!(parse(line), Err(DriftError::ByValue));
        assert_eq!(parse(r#"{"kind":"summary","verdict":"could_not_tell"}"#), Err(DriftError::CouldNotTell));
        assert_eq!(parse(r#"{"kind":"summary","verdict":"drifted","rechecked":true}"#), Err(DriftError::Rechecked));
        assert_eq!(parse(r#"{"kind":"agrees_now"}"#), Err(DriftError::Rechecked));
        let line = r#"{"kind":"summary","verdict":"drifted","within_tolerance":1}"#;
        assert_eq!(parse(line), Err(DriftError::Tolerance));
        assert_eq!(parse(&line.replace(":1", ":0")), Ok(DriftLine::Summary));
        assert_eq!(parse(r#"{"kind":"within_tolerance"}"#), Err(DriftError::Tolerance));
        assert!(matches!(parse(r#"{"kind":"not_compared","key_hex":"01"}"#), Ok(DriftLine::Damage(_))));
        assert!(matches!(
            parse(r#"{"kind":"only_left","key_hex":"01"}"#),
            Err(DriftError::Hex { member: "left_hex", .. })
        ));
        let line = r#"{"kind":"changed","key_hex":"01","left_hex":null,"right_hex":null,"redacted":["(0 bytes, af1349b9)",null]}"#;
        assert_eq!(parse(line), Err(DriftError::Redacted));
        assert!(matches!(parse(r#"{"kind":"only_right","key_hex":"0","right_hex":""}"#), Err(DriftError::Hex { .. })));
        assert!(matches!(parse(r#"{"kind":"equal"}"#), Err(DriftError::Kind { .. })));
        assert!(matches!(parse("- key value"), Err(DriftError::Json { .. })));
    }
}
