//! What a check found, and which rule it breaks.

use std::fmt;

use crate::node::dialect::Dialect;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing, and allowed: what the published crate leaves behind, or an uncommitted tail.
    Note,
    /// The records are all there and proved, but something else is not as it should be.
    Warning,
    /// What stands there is not what was written, or not what a writer may write.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A rule that a file keeps. `docs/FORMAT.md` numbers those of our own files, `docs/VERIFY.md` those of the published
/// dialects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Rule {
    /// Page 0 is a header, or a root pointer.
    Header,
    /// A commit frame stands at a page boundary, and its checksum holds.
    CommitFrame,
    /// Sequences rise from commit to commit.
    Chain,
    /// A node lies where it may: before its commit's frame, or before its parent.
    Before,
    /// The hash that comes out is the one that the link names.
    Hash,
    /// The check, or the hash, that a node carries of itself.
    Check,
    /// What a link says of its node besides the hash: level, frame length, record count.
    Link,
    /// Key count and child count fit.
    Count,
    /// A child's level is below its parent's, so that no link leads in a circle.
    Levels,
    /// A key is of the level that its hash gives it.
    KeyLevel,
    /// Keys rise strictly through the tree.
    Order,
    /// The bytes have the form of a node.
    Form,
    /// A node of up to a page lies within one.
    Page,
    /// Frames do not overlap.
    Overlap,
    /// A node has one place in its tree.
    Once,
    /// No node without keys has a child.
    Canonical,
    /// A commit's totals are those of its tree.
    Totals,
    /// Nothing else stands at the end of the file.
    Tail,
    /// Each commit carries the file id of page 0.
    FileId,
    /// What is neither node nor commit is zeros.
    Rest,
    /// Records are of the types that their commit's schema names.
    Schema,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Header,
        Self::CommitFrame,
        Self::Chain,
        Self::Before,
        Self::Hash,
        Self::Check,
        Self::Link,
        Self::Count,
        Self::Levels,
        Self::KeyLevel,
        Self::Order,
        Self::Form,
        Self::Page,
        Self::Overlap,
        Self::Once,
        Self::Canonical,
        Self::Totals,
        Self::Tail,
        Self::FileId,
        Self::Rest,
        Self::Schema,
    ];

    /// The rule's number in the documents: `I5` in our own files, `P2` in those of the published dialects. Empty where
    /// the dialect has no such rule.
    pub fn number(self, dialect: Dialect) -> &'static str {
        let (own, published) = match self {
            Self::Header => ("I1", "P1"),
            Self::CommitFrame => ("I2", ""),
            Self::Chain => ("I3", ""),
            Self::Before => ("I4", "P10"),
            Self::Hash => ("I5", "P2"),
            Self::Check => ("I6", "P3"),
            Self::Link => ("I7", ""),
            Self::Count => ("I8", "P5"),
            Self::Levels => ("I9", "P6"),
            Self::KeyLevel => ("I10", "P7"),
            Self::Order => ("I11", "P8"),
            Self::Once => ("I11", "P12"),
            Self::Form => ("I12", "P4"),
            Self::Page => ("I13", "P9"),
            Self::Overlap => ("I14", "P11"),
            Self::Totals => ("I15", ""),
            Self::Tail => ("I16", "P14"),
            Self::FileId => ("I17", ""),
            Self::Rest => ("I18", ""),
            Self::Schema => ("I19", ""),
            Self::Canonical => ("", "P13"),
        };
        if dialect == Dialect::Mst1 { own } else { published }
    }

    /// What the rule is about, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Header => "page 0",
            Self::CommitFrame => "commit frame",
            Self::Chain => "commit chain",
            Self::Before => "place of a node",
            Self::Hash => "hash",
            Self::Check => "own check",
            Self::Link => "link",
            Self::Count => "key and child count",
            Self::Levels => "level below its parent",
            Self::KeyLevel => "level of a key",
            Self::Order => "key order",
            Self::Form => "form of a node",
            Self::Page => "page rule",
            Self::Overlap => "overlap",
            Self::Once => "one place",
            Self::Canonical => "canonical shape",
            Self::Totals => "totals of a commit",
            Self::Tail => "end of the file",
            Self::FileId => "file id",
            Self::Rest => "padding",
            Self::Schema => "schema",
        }
    }

    /// Whether it is about a node, and not about page 0, a commit, or the end of the file.
    pub fn is_of_nodes(self) -> bool {
        !matches!(
            self,
            Self::Header
                | Self::CommitFrame
                | Self::Chain
                | Self::Totals
                | Self::Tail
                | Self::FileId
                | Self::Rest
                | Self::Schema
        )
    }

    /// How bad it is to break the rule, where nothing else is known.
    pub(super) fn severity(self, dialect: Dialect) -> Severity {
        match self {
            Self::Canonical => Severity::Note,
            Self::Page | Self::Tail | Self::Rest | Self::Schema => Severity::Warning,
            // Their own copy of the hash, and the order in which nodes were appended, prove nothing.
            Self::Check | Self::Before if dialect != Dialect::Mst1 => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// A place in a file that breaks a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Where the node at fault begins in the file, in bytes: that of a commit frame, or 0 for page 0, where the fault lies
    /// there.
    pub offset: u64,
    /// The rule.
    pub rule: Rule,
    /// The rule's number in the documents, such as `I5`.
    pub invariant: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// The offsets of the nodes from the root to the parent of the node at fault.
    pub path: Vec<u64>,
    /// The key at fault, as the file stores it, where the fault is one key's.
    pub key: Option<Vec<u8>>,
}

impl Finding {
    pub(super) fn new(
        dialect: Dialect,
        rule: Rule,
        offset: u64,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            offset,
            rule,
            invariant: rule.number(dialect),
            severity: rule.severity(dialect),
            expected: expected.into(),
            found: found.into(),
            path: Vec::new(),
            key: None,
        }
    }

    pub(super) fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The numbers that begin a line of a document, as `* **I1** ...`.
    fn documented(document: &str, letter: char) -> BTreeSet<String> {
        let numbered = document.lines().filter_map(|line| line.strip_prefix("* **")?.split("**").next());
        numbered.filter(|number| number.starts_with(letter)).map(str::to_owned).collect()
    }

    #[test]
    fn every_number_is_documented_and_every_documented_rule_is_checked() {
        for (dialect, letter, document) in [
            (Dialect::Mst1, 'I', include_str!("../../../../docs/FORMAT.md")),
            (Dialect::FileMst02, 'P', include_str!("../../../../docs/VERIFY.md")),
        ] {
            let numbers: BTreeSet<String> = Rule::ALL
                .iter()
                .map(|rule| rule.number(dialect).to_owned())
                .filter(|number| !number.is_empty())
                .collect();
            assert_eq!(numbers, documented(document, letter));
        }
    }
}
