//! How the current rows of a key compare, and whether they are still those that the trees were built from.

use file_mst::diff::{FieldChange, Side, Tolerances, fields};
use mst_sync::contract::Values;
use mst_sync::ingest::{Fetched, FetchedRows};
use mst_sync::mapping::Mapping;
use mst_types::{ItemType, Value};

use crate::model::diff::entry::Kind;
use crate::model::text::count;

/// The state of a key in a source.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum SourceState {
    /// It has one row, whose fields follow the contract.
    Fields,
    /// It has no row.
    Gone,
    /// Neither is certain.
    Unclear(Unclear),
}

/// Why the state of a key in a source is not certain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Unclear {
    /// So many rows have the key.
    SeveralRows(u64),
    /// Its row breaks the contract, for this reason.
    BreaksContract(String),
    /// No row with the key was seen, and so many rows have no readable key.
    NotSeen(u64),
}

impl Unclear {
    /// The reason in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::SeveralRows(rows) => format!("{rows} rows have this key"),
            Self::BreaksContract(rule) => rule.clone(),
            Self::NotSeen(rows) => {
                format!("no row of it was seen, and the keys of {} could not be read", count(*rows, "row"))
            }
        }
    }

    /// The reason in words that tell no value.
    pub(crate) fn redacted(&self) -> String {
        match self {
            Self::BreaksContract(_) => "its row breaks the contract".to_owned(),
            Self::SeveralRows(_) | Self::NotSeen(_) => self.words(),
        }
    }
}

/// The row of a key that a source has now.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SideNow {
    pub(crate) state: SourceState,
    /// Its fields; none without a row, or if the row breaks the contract.
    pub(crate) value: Option<Value>,
    pub(crate) row: Option<Fetched>,
    /// Whether the row differs from the one that the tree was built from, or is new or gone.
    pub(crate) is_stale: bool,
}

impl SideNow {
    /// Takes the row of a key out of those that were fetched. `stored` is the value that the tree has for it.
    fn new(mapping: &Mapping, rows: &mut FetchedRows, key: &[u8], stored: Option<&[u8]>) -> Self {
        let row = rows.found.remove(key);
        let state = match &row {
            Some(row) if row.rows > 1 => SourceState::Unclear(Unclear::SeveralRows(row.rows)),
            Some(Fetched { fields: Ok(_), .. }) => SourceState::Fields,
            Some(Fetched { fields: Err(rule), .. }) => SourceState::Unclear(Unclear::BreaksContract(rule.clone())),
            None if rows.rows_without_key > 0 => SourceState::Unclear(Unclear::NotSeen(rows.rows_without_key)),
            None => SourceState::Gone,
        };
        let bytes = row.as_ref().filter(|_| state == SourceState::Fields).and_then(|row| row.fields.as_deref().ok());
        let stored_now = bytes.map(|bytes| match mapping.contract.values {
            Values::Fields => bytes.to_vec(),
            Values::Fingerprint(digest) => digest.of(bytes).to_vec(),
        });
        let value = bytes.and_then(|bytes| record_type(mapping).decode(bytes).ok());
        let is_stale = stored_now.as_deref() != stored;
        Self { state, value, row, is_stale }
    }

    /// The canonical bytes of its fields; none without a row that follows the contract.
    pub(crate) fn fields(&self) -> Option<&[u8]> {
        self.row.as_ref().filter(|_| self.state == SourceState::Fields)?.fields.as_deref().ok()
    }

    /// The reason why the row cannot be compared, if there is one.
    pub(crate) fn unclear(&self) -> Option<&Unclear> {
        match &self.state {
            SourceState::Unclear(why) => Some(why),
            SourceState::Fields | SourceState::Gone => None,
        }
    }
}

/// The type of a record's fields under a mapping's contract.
pub(crate) fn record_type(mapping: &Mapping) -> ItemType {
    ItemType::postcard(mapping.contract.record_type())
}

/// How the rows of a key compare now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RowsOutcome {
    /// Both sources have the same fields, or neither has the key.
    Agree,
    OnlyLeft,
    OnlyRight,
    Changed,
    /// The fields that differ are within their tolerances.
    WithinTolerance,
    /// A source has no row that could be compared, but it is not certain that it lacks the key.
    NotCompared,
}

impl RowsOutcome {
    fn of([left, right]: &[SideNow; 2], one_contract: bool, tolerances: &Tolerances) -> Self {
        let is_tolerated = matches!((&left.value, &right.value), (Some(a), Some(b)) if tolerances.cover_values(a, b));
        match (&left.state, &right.state) {
            (SourceState::Unclear(_), _) | (_, SourceState::Unclear(_)) => Self::NotCompared,
            (SourceState::Gone, SourceState::Gone) => Self::Agree,
            (SourceState::Fields, SourceState::Gone) => Self::OnlyLeft,
            (SourceState::Gone, SourceState::Fields) => Self::OnlyRight,
            (SourceState::Fields, SourceState::Fields) if one_contract => match left.fields() == right.fields() {
                true => Self::Agree,
                false if is_tolerated => Self::WithinTolerance,
                false => Self::Changed,
            },
            // Under different contracts, equal bytes may mean different things.
            (SourceState::Fields, SourceState::Fields) => {
                if is_tolerated {
                    Self::WithinTolerance
                } else if matches!((&left.value, &right.value), (Some(a), Some(b)) if !fields(a, b).is_empty()) {
                    Self::Changed
                } else {
                    Self::NotCompared
                }
            }
        }
    }

    /// The kind of difference; none if the rows agree.
    pub(crate) fn kind(self) -> Option<Kind> {
        match self {
            Self::Agree => None,
            Self::OnlyLeft => Some(Kind::OnlyLeft),
            Self::OnlyRight => Some(Kind::OnlyRight),
            Self::Changed => Some(Kind::Changed),
            Self::WithinTolerance => Some(Kind::WithinTolerance),
            Self::NotCompared => Some(Kind::NotCompared),
        }
    }

    /// Its name in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Agree => "agrees_now",
            Self::OnlyLeft => "only_left",
            Self::OnlyRight => "only_right",
            Self::Changed => "changed",
            Self::WithinTolerance => "within_tolerance",
            Self::NotCompared => "not_compared",
        }
    }
}

/// The current rows of a key in both sources, compared.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct RowsNow {
    pub(crate) sides: [SideNow; 2],
    pub(crate) outcome: RowsOutcome,
}

impl RowsNow {
    /// Takes the rows of a key out of those that were fetched, and compares them. `stored` are the values that the trees
    /// have for it.
    pub(crate) fn new(
        mappings: &[Mapping; 2],
        [left_rows, right_rows]: &mut [FetchedRows; 2],
        key: &[u8],
        stored: [Option<&[u8]>; 2],
        tolerances: &Tolerances,
    ) -> Self {
        let [left, right] = mappings;
        let [left_stored, right_stored] = stored;
        let sides =
            [SideNow::new(left, left_rows, key, left_stored), SideNow::new(right, right_rows, key, right_stored)];
        let outcome = RowsOutcome::of(&sides, left.contract.hash() == right.contract.hash(), tolerances);
        Self { sides, outcome }
    }

    /// The fields that differ between both rows.
    pub(crate) fn changes(&self) -> Vec<FieldChange> {
        match &self.sides {
            [SideNow { value: Some(left), .. }, SideNow { value: Some(right), .. }] => fields(left, right),
            _ => Vec::new(),
        }
    }

    /// Whether no source has a row of the key.
    pub(crate) fn is_gone(&self) -> bool {
        self.sides.iter().all(|side| side.state == SourceState::Gone)
    }

    /// The reasons why a side cannot be compared, in words made by `words`; both sides if they follow different contracts.
    pub(crate) fn reasons(&self, words: fn(&Unclear) -> String) -> Vec<(Side, String)> {
        let named = self.sides.iter().zip([Side::Left, Side::Right]);
        let reasons: Vec<_> = named.filter_map(|(row, side)| Some((side, words(row.unclear()?)))).collect();
        if reasons.is_empty() {
            let both = [Side::Left, Side::Right];
            return both.map(|side| (side, "rows of different contracts are not compared".to_owned())).to_vec();
        }
        reasons
    }
}
