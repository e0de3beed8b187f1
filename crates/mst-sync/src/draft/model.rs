//! The result of a draft: fields with their steps, evidence and marks.

use std::collections::BTreeMap;

use super::evaluate::JoinedSample;
use super::key_fault::KeyFault;
use crate::contract::Field;
use crate::source::EmptyValue;
use mst_types::escape_text;

/// A contract that was drafted from the samples of two tables.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// The names of the left and the right table.
    pub tables: [String; 2],
    /// The fields of the key; none for a multiset.
    pub key: Vec<DraftedField>,
    /// The evidence for the key: the rows that it joins, of those of the smaller sample.
    pub key_evidence: KeyEvidence,
    /// The pairs of columns that are compared.
    pub pairs: Vec<Pair>,
    /// Pairs that are likely, but not compared until somebody decides.
    pub undecided: Vec<Undecided>,
    /// The columns of the left table without a partner.
    pub left_only: Vec<String>,
    /// The columns of the right table without a partner.
    pub right_only: Vec<String>,
    /// Pairs that somebody took out of the comparison.
    pub left_out: Vec<Pair>,
    /// The columns of each table that were excluded before the draft.
    pub excluded: [Vec<String>; 2],
    /// The setting `empty` that each source has to have, if it is a CSV file: how an empty value without quotes is
    /// read. The fields of the draft are right only under it.
    pub csv_empty: [Option<EmptyValue>; 2],
    /// All columns of both tables, in their order.
    pub(super) columns: [Vec<String>; 2],
    /// The joined rows, by which the draft can be adjusted.
    pub(super) sample: JoinedSample,
}

impl Draft {
    /// Whether rows have no key and are compared as how many there are of each.
    pub fn is_multiset(&self) -> bool {
        self.key.is_empty()
    }
}

/// A field of the drafted contract, and how both sides make it.
#[derive(Clone, PartialEq, Debug)]
pub struct DraftedField {
    /// The column of the left table.
    pub left: String,
    /// The column of the right table.
    pub right: String,
    /// The field of the contract.
    pub field: Field,
    /// The steps of the left mapping.
    pub left_steps: Steps,
    /// The steps of the right mapping.
    pub right_steps: Steps,
    /// The rules that somebody has to confirm.
    pub marks: Vec<Mark>,
    /// The rules that somebody turned off: the field is stricter without them.
    pub turned_off: Vec<Mark>,
    /// The field with all its rules, if some are turned off.
    pub(super) drafted: Option<Box<DraftedField>>,
}

impl DraftedField {
    /// The steps of the left side (0) or the right one.
    pub(super) fn steps_mut(&mut self, side: usize) -> &mut Steps {
        if side == 0 { &mut self.left_steps } else { &mut self.right_steps }
    }
}

/// The functions of a mapping that a draft uses. The default is the column as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Steps {
    /// Texts that mean null.
    pub null: Vec<String>,
    /// Text put in front of the column.
    pub before: Option<String>,
    /// Text put after the column.
    pub after: Option<String>,
    /// Whether text is decoded as JSON.
    pub decode_json: bool,
    /// The order of the bytes of a UUID.
    pub uuid: Option<&'static str>,
    /// Text taken off the start.
    pub strip_prefix: Option<String>,
    /// Text taken off the end.
    pub strip_suffix: Option<String>,
    /// The map of values; others are kept as they are. The field is `text` and no `enum`, so that a new value is a
    /// difference that everybody sees: outside an enum, or a map that refuses, it would break its row and stop the
    /// comparison.
    pub map: BTreeMap<String, String>,
    /// The unit of a number that counts a duration.
    pub unit: Option<&'static str>,
    /// The format of a time.
    pub format: Option<&'static str>,
    /// The zone of a time.
    pub zone: Option<String>,
    /// Which of two moments a time means that clocks showed twice.
    pub fold: Option<&'static str>,
    /// The type that the value is cast to.
    pub cast: Option<&'static str>,
    /// The power of ten to multiply by.
    pub scale: i32,
}

/// A rule that could make different data equal, or that data alone cannot prove.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The kind of rule.
    pub kind: MarkKind,
    /// The effect of the rule, and the differences that it hides, in words.
    pub text: String,
    /// The joined rows that agree only under this rule.
    pub rows: usize,
    /// Whether somebody confirmed it.
    pub is_confirmed: bool,
    /// Some of the rows whose values are the same only under this rule.
    pub examples: Vec<Example>,
}

impl Mark {
    /// A rule that nobody has confirmed yet.
    pub(super) fn new(kind: MarkKind, text: impl Into<String>, rows: usize) -> Self {
        Self { kind, text: text.into(), rows, is_confirmed: false, examples: Vec::new() }
    }
}

/// A joined row: its key, and the values of both columns as text, as the sources gave them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The key, as views show it.
    pub key: String,
    /// The value of the left column; `None` for null.
    pub left: Option<String>,
    /// The value of the right column; `None` for null.
    pub right: Option<String>,
}

/// The kind of an unconfirmed rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum MarkKind {
    /// The case of letters is ignored.
    Case,
    /// White space around text is ignored.
    Trim,
    /// The normal form of letters is ignored.
    NormalForm,
    /// A text is read as null.
    NullText,
    /// A map of values was learnt.
    Map,
    /// A time zone fits the rows, and so does another one.
    Zone,
    /// A time that clocks showed twice is read as one of both.
    Fold,
    /// Excess digits are cut off.
    Rounding,
    /// Only the days of times are compared.
    Day,
    /// Leading zeros are ignored.
    LeadingZeros,
    /// Texts are read as numbers although several of them are one number.
    Spelling,
    /// The columns are paired because they have one name.
    Name,
    /// A text that all rows have is added or taken off.
    Affix,
    /// Numbers are multiplied by a power of ten, although the columns have one name or few rows show it.
    Scale,
    /// Columns are paired although each side has a column of the other's name.
    Crossed,
}

impl MarkKind {
    /// The rule in a verdict: "under 1 map of values that nobody confirmed".
    pub fn noun(self) -> &'static str {
        match self {
            Self::Case => "rule about the case of letters",
            Self::Trim => "rule about blanks",
            Self::NormalForm => "normal form",
            Self::NullText => "text for no value",
            Self::Map => "map of values",
            Self::Zone => "time zone",
            Self::Fold => "choice between times shown twice",
            Self::Rounding => "rounding",
            Self::Day => "comparison of days only",
            Self::LeadingZeros => "rule about leading zeros",
            Self::Spelling => "reading of text as numbers",
            Self::Name => "pair by name",
            Self::Affix => "text added to all rows",
            Self::Scale => "power of ten",
            Self::Crossed => "pair of columns across their names",
        }
    }
}

/// How well two columns agree under the steps.
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// The joined rows that agree.
    pub agreeing: usize,
    /// The joined rows.
    pub of: usize,
    /// The rows that would agree if the rows were joined at random.
    pub by_chance: f64,
    /// The next best rule or column, and its agreeing rows.
    pub runner_up: Option<(String, usize)>,
    /// Remarks, such as differences that a more lenient rule would hide.
    pub notes: Vec<String>,
    /// Entries of a map that were seen too seldom to be in it. Their rows differ until somebody adds them.
    pub proposed: Vec<ProposedEntry>,
    /// The joined rows in which a value of one side breaks the contract, so that a comparison stops at them.
    pub broken: usize,
    /// Some of the rows that differ.
    pub examples: Vec<Example>,
}

/// A likely entry of a map of values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProposedEntry {
    /// The value of the left column.
    pub left: String,
    /// The value of the right column.
    pub right: String,
    /// The joined rows in which both stand side by side.
    pub rows: usize,
}

/// A pair of columns that is compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    /// The field.
    pub field: DraftedField,
    /// Its evidence.
    pub evidence: Evidence,
}

impl Pair {
    /// Whether no rule of the pair needs to be confirmed.
    pub fn is_confirmed(&self) -> bool {
        self.field.marks.iter().all(|mark| mark.is_confirmed)
    }
}

/// A likely pair that the samples do not decide.
#[derive(Clone, PartialEq, Debug)]
pub struct Undecided {
    /// The best proposal.
    pub proposal: Pair,
    /// Why it is not decided.
    pub reasons: Vec<String>,
}

/// The evidence for a key.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyEvidence {
    /// The sampled rows that the key joins.
    pub joined: usize,
    /// The sampled rows of the side that has fewer.
    pub of: usize,
    /// How far the other columns agree above chance in the joined rows, in bits. Zero if the key was given and nothing
    /// else agrees.
    pub bits: f64,
    /// Why this candidate was taken.
    pub reason: &'static str,
}

/// A possible key.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyCandidate {
    /// Its columns in the left table.
    pub left: Vec<String>,
    /// Its columns in the right table; none in the draft of a single table.
    pub right: Vec<String>,
    /// Its evidence.
    pub evidence: KeyEvidence,
}

/// Why no key was drafted.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// No columns are unique and never null on both sides, and join rows that agree otherwise.
    #[error("no columns of both tables identify the same records")]
    None {
        /// Columns that join rows, but whose rows do not agree in anything else.
        unproven: Vec<KeyCandidate>,
        /// Why the columns that were named, or that look as if they were meant to be the key, are none.
        faults: Vec<KeyFault>,
    },
    /// A table has no rows, so that nothing can be found by them.
    #[error("{} has no rows, so nothing tells which columns belong together", escape_text(table))]
    NoRows {
        /// The table.
        table: String,
        /// Whether it is the left one, the right one, or both.
        sides: [bool; 2],
    },
    /// Several keys fit alike.
    #[error("several columns could be the key: {}", Candidates(candidates))]
    Several {
        /// All of them, the best first.
        candidates: Vec<KeyCandidate>,
    },
    /// A column was named that is not there.
    #[error("no column {} in {}; there are {}", escape_text(name), escape_text(table), Names(columns))]
    Column {
        /// The name.
        name: String,
        /// The table, or both.
        table: String,
        /// The columns that there are, those with the nearest names first.
        columns: Vec<String>,
    },
    /// A multiset was asked for, and a key was named.
    #[error("rows that are counted have no key: name the columns of a key, or count equal rows, but not both")]
    KeyOfMultiset,
    /// Rows were to be counted, but no columns that may be compared have one name.
    #[error(
        "no column that may be compared has the same name in {} and {}; they have {} and {}",
        escape_text(&tables[0]),
        escape_text(&tables[1]),
        Names(&columns[0]),
        Names(&columns[1])
    )]
    NothingInCommon {
        /// The names of the left and the right table.
        tables: [String; 2],
        /// The columns of the left and the right table.
        columns: [Vec<String>; 2],
    },
    /// No column of a single table is unique and never null.
    #[error("no column of {} is unique and never null: name the columns of the key", escape_text(table))]
    NoneOfOne {
        /// The table.
        table: String,
        /// Its columns.
        columns: Vec<String>,
    },
}

/// The number of names that a message lists.
const MAX_NAMES: usize = 12;

struct Names<'a>(&'a [String]);

impl std::fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.0.iter().take(MAX_NAMES).map(|name| escape_text(name)).collect();
        f.write_str(&names.join(", "))?;
        if self.0.len() > MAX_NAMES { write!(f, " and {} more", self.0.len() - MAX_NAMES) } else { Ok(()) }
    }
}

struct Candidates<'a>(&'a [KeyCandidate]);

impl std::fmt::Display for Candidates<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let one = |candidate: &KeyCandidate| {
            let names = |names: &[String]| names.iter().map(|name| escape_text(name)).collect::<Vec<_>>().join(",");
            match candidate.right.as_slice() {
                [] => names(&candidate.left),
                right => format!("{} = {}", names(&candidate.left), names(right)),
            }
        };
        f.write_str(&self.0.iter().map(one).collect::<Vec<_>>().join("; "))
    }
}
