//! Drafting a contract from two tables: the key, the pairs of columns and the steps between them, by evidence.
//!
//! Rows of both tables are sampled by a hash of the key ([`Sampler`]), so that both samples hold the same records. Each
//! two columns are then tried under a closed set of rules, and a rule is taken only if far more rows agree than chance
//! explains. Whatever could make different data equal carries a [`Mark`] that somebody has to confirm; what the samples
//! do not decide is listed and not compared. `docs/DRAFT.md` has the rules; a [`Draft`] is adjusted before it is used.

mod adjust;
mod assign;
mod chance;
mod decide;
mod decimal;
mod evaluate;
mod key;
mod key_fault;
mod key_field;
mod key_spelling;
mod model;
mod multiset;
mod one_table;
mod one_type;
mod options;
mod reading;
mod render;
mod room;
mod rule;
mod sampler;
mod spelling;
mod table;
mod time_text;
mod try_durations;
mod try_rules;
mod uniform;
mod value_map;
mod views;
mod without;
mod zones;

pub use key_fault::KeyFault;
pub use model::{
    Draft, DraftedField, Evidence, Example, KeyCandidate, KeyError, KeyEvidence, Mark, MarkKind, Pair, ProposedEntry,
    Steps, Undecided,
};
pub use one_table::{OneField, OneTable, RenderedTable, draft_one};
pub use options::{DraftOptions, parse_key};
pub use render::Rendered;
pub use sampler::{Sample, Sampler, key_candidates};
pub use table::{Column, Table, UniqueKey};

/// Drafts a contract between two tables, finding the key.
///
/// # Errors
/// No key is proven by the samples, or several are alike.
pub fn draft(left: &Table, right: &Table) -> Result<Draft, KeyError> {
    draft_with(left, right, &DraftOptions::default())
}

/// Drafts a contract between two tables with this key: pairs of a column of the left and one of the right table.
///
/// # Errors
/// The key joins no rows, is not unique, or names a column that is not there.
pub fn draft_with_key(left: &Table, right: &Table, key: &[(String, String)]) -> Result<Draft, KeyError> {
    draft_with(left, right, &DraftOptions { key: Some(key.to_vec()), ..DraftOptions::default() })
}

/// Drafts a contract between two tables with what is known before. The columns of a given key must be among those by
/// which the rows were sampled.
///
/// # Errors
/// No key is proven by the samples, several are alike, or a name is no column. For a multiset: a key is named too, or no
/// columns of both tables have one name.
pub fn draft_with(left: &Table, right: &Table, options: &DraftOptions) -> Result<Draft, KeyError> {
    options.check(left, right)?;
    if options.multiset {
        return match options.key.as_deref() {
            None | Some([]) => multiset::multiset(left, right, options),
            Some(_) => Err(KeyError::KeyOfMultiset),
        };
    }
    let sides = [left, right].map(|table| table.sample.count == 0);
    if let Some(table) = [left, right].into_iter().find(|table| table.sample.count == 0) {
        return Err(KeyError::NoRows { table: table.name.clone(), sides });
    }
    let key = match options.key.as_deref() {
        None | Some([]) => key::find_key(left, right)?,
        Some(key) => key::given_key(left, right, key)?,
    };
    Ok(decide::decide(left, right, &key, options))
}
