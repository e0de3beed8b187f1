//! The conclusion of a comparison: an answer, and every reason that limits it.

use std::fmt;

use serde::Serialize;

use super::item::Counts;

/// The answer to the question whether two trees have the same records.
///
/// Exhaustive on purpose: a new answer must not be mistaken for one of these, so each `match` has to be revisited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The root hashes are equal, and so all records are.
    Same,
    /// All records are equal, under different roots or by their decoded values.
    SameRecords,
    /// All records that differ in the trees agree in their sources, whose rows were fetched again.
    AgreesNow,
    /// No record differs by more than the tolerances of its fields, and some differ by less.
    WithinTolerance,
    /// Some records certainly differ.
    Drifted,
    /// No record certainly differs, but there is a reason not to call the trees the same.
    CouldNotTell,
}

/// A reason why two trees cannot be called the same although no difference was found, or why there may be more
/// differences than were found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The trees follow contracts with different meanings: records that differ may be no drift, and equal records may
    /// mean different things.
    Contracts {
        /// The first digits of the left contract's hash.
        left: String,
        /// The first digits of the right contract's hash.
        right: String,
    },
    /// A field has different meanings on the two sides, and its values cannot be compared.
    Types {
        /// The path of the field, such as `key`, `value.status`.
        field: String,
        /// Its type on the left.
        left: String,
        /// Its type on the right.
        right: String,
        /// The difference.
        differs: String,
    },
    /// Records whose bytes do not decode as the types that their tree names.
    Undecodable {
        /// The number of records.
        records: u64,
    },
    /// Rows that were left out when the trees were built, and so not compared.
    RowsLeftOut {
        /// The number on the left.
        left: u64,
        /// The number on the right.
        right: u64,
    },
    /// The trees were built with different versions of the time zone database, and use its rules.
    TimeZones {
        /// The version on the left.
        left: String,
        /// The version on the right.
        right: String,
        /// The zones whose rules at least one side used.
        zones: Vec<String>,
    },
    /// A tree holds fingerprints instead of fields: changed records may be within the tolerances of their fields.
    Tolerance {
        /// The number of changed records.
        records: u64,
    },
    /// A column that the tables of both sides have is in neither tree, although nobody left it out.
    ColumnNotCompared {
        /// Its name.
        column: String,
    },
    /// Parts of a tree cannot be read.
    Unreadable {
        /// The number of places.
        places: u64,
    },
    /// Parts of a tree are sound, but the guessed types do not fit them.
    Misfits {
        /// The number of places.
        places: u64,
    },
    /// The comparison was stopped before its end.
    Stopped,
}

impl Reason {
    /// Whether records that differ may be no drift either.
    pub fn unsettles_drift(&self) -> bool {
        matches!(self, Self::Contracts { .. })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = |places: u64| if places == 1 { "a place".to_owned() } else { format!("{places} places") };
        match self {
            Self::Contracts { left, right } => write!(f, "different contracts: left {left}, right {right}"),
            Self::Types { field, left, right, differs } => {
                write!(f, "different types of {field}: {differs}: left {left}, right {right}")
            }
            Self::ColumnNotCompared { column } => {
                write!(
                    f,
                    "the column {column}, which both sides have, is not compared, since its values agree in too few rows: \
                     leave it out (--except), or write the contract"
                )
            }
            Self::Undecodable { records } => {
                write!(f, "{records} records are no values of the types that their tree names")
            }
            Self::RowsLeftOut { left, right } => {
                write!(f, "rows were left out and not compared: {left} on the left, {right} on the right")
            }
            Self::TimeZones { left, right, zones } => write!(
                f,
                "different time zone databases: left {left}, right {right}; times read in {} may differ by a new rule of \
                 the zone",
                zones.join(", ")
            ),
            Self::Tolerance { records: n } => {
                let records = if *n == 1 { "1 changed record".to_owned() } else { format!("{n} changed records") };
                write!(
                    f,
                    "{records} may be within tolerance, and trees of fingerprints do not hold the fields: give --left-mapping \
                     and --right-mapping"
                )
            }
            Self::Unreadable { places: n } => write!(f, "{} cannot be read", places(*n)),
            Self::Misfits { places: n } => {
                let nodes = if *n == 1 { "1 sound node".to_owned() } else { format!("{n} sound nodes") };
                write!(f, "the guessed types do not fit {nodes}: give --key and --value")
            }
            Self::Stopped => f.write_str("the comparison was stopped before its end"),
        }
    }
}

impl Answer {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::SameRecords => "same_records",
            Self::AgreesNow => "agrees_now",
            Self::WithinTolerance => "same_within_tolerance",
            Self::Drifted => "drifted",
            Self::CouldNotTell => "could_not_tell",
        }
    }

    /// The exit code of a command with this answer: 0 same, within tolerance, or agrees now, 1 drifted, 2 could not tell.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Same | Self::SameRecords | Self::AgreesNow | Self::WithinTolerance => 0,
            Self::Drifted => 1,
            Self::CouldNotTell => 2,
        }
    }
}

/// An answer, and the reasons that limit it.
///
/// The rule of precedence: a certain drift is a drift, whatever else could not be compared; without one, any reason
/// leads to "could not tell"; only without any reason are two trees the same. Under [contracts](Reason::Contracts) with
/// different meanings no drift is certain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conclusion {
    /// The answer.
    pub answer: Answer,
    /// The reasons that limit it.
    pub reasons: Vec<Reason>,
}

impl Conclusion {
    /// Concludes from the counts of a comparison, from whether the two roots are equal and their bytes have the same
    /// meaning, and from the reasons.
    pub fn of(counts: &Counts, roots_equal: bool, reasons: Vec<Reason>) -> Self {
        let certain = !reasons.iter().any(Reason::unsettles_drift);
        // Changed fingerprints are no certain drift under a tolerance, while missing records are.
        let is_undecided = reasons.iter().any(|reason| matches!(reason, Reason::Tolerance { .. }));
        let drifted = if is_undecided { counts.only_left + counts.only_right } else { counts.drifted() };
        let answer = match (drifted, reasons.is_empty()) {
            (1.., _) if certain => Answer::Drifted,
            (_, false) => Answer::CouldNotTell,
            (_, true) if counts.within_tolerance > 0 => Answer::WithinTolerance,
            (_, true) if counts.agree_now > 0 => Answer::AgreesNow,
            (_, true) if roots_equal => Answer::Same,
            (_, true) => Answer::SameRecords,
        };
        Self { answer, reasons }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerance_is_no_drift_and_no_equality() {
        let counts =
            |only_left, changed, within_tolerance| Counts { only_left, changed, within_tolerance, ..Counts::default() };
        let answer = |counts: Counts, reasons: &[Reason]| Conclusion::of(&counts, false, reasons.to_vec()).answer;
        assert_eq!(answer(counts(0, 0, 1), &[]), Answer::WithinTolerance);
        assert_eq!(answer(counts(0, 1, 1), &[]), Answer::Drifted);
        assert_eq!(answer(counts(0, 0, 1), &[Reason::Stopped]), Answer::CouldNotTell);
        let undecided = [Reason::Tolerance { records: 1 }];
        assert_eq!(answer(counts(0, 1, 0), &undecided), Answer::CouldNotTell);
        assert_eq!(answer(counts(1, 1, 0), &undecided), Answer::Drifted);
    }

    #[test]
    fn certain_drift_comes_before_doubt_and_doubt_before_sameness() {
        let counts = |changed| Counts { changed, ..Counts::default() };
        let contracts = Reason::Contracts { left: "a".to_owned(), right: "b".to_owned() };
        let left_out = Reason::RowsLeftOut { left: 0, right: 1 };
        let answer =
            |changed, equal, reasons: &[Reason]| Conclusion::of(&counts(changed), equal, reasons.to_vec()).answer;
        assert_eq!(answer(0, true, &[]), Answer::Same);
        assert_eq!(answer(0, false, &[]), Answer::SameRecords);
        assert_eq!(answer(1, false, &[]), Answer::Drifted);
        for reason in [
            left_out.clone(),
            Reason::Unreadable { places: 1 },
            Reason::Misfits { places: 1 },
            Reason::Undecodable { records: 1 },
            Reason::ColumnNotCompared { column: "v".to_owned() },
            Reason::TimeZones { left: "2025b".to_owned(), right: "2026a".to_owned(), zones: Vec::new() },
            Reason::Types { field: "v".to_owned(), left: String::new(), right: String::new(), differs: String::new() },
            Reason::Stopped,
        ] {
            assert_eq!(answer(0, true, std::slice::from_ref(&reason)), Answer::CouldNotTell, "{reason}");
            assert_eq!(answer(1, false, std::slice::from_ref(&reason)), Answer::Drifted, "{reason}");
        }
        // Under different contracts a difference may be no drift.
        assert_eq!(answer(0, true, std::slice::from_ref(&contracts)), Answer::CouldNotTell);
        assert_eq!(answer(1, false, &[left_out, contracts]), Answer::CouldNotTell);
    }
}
