//! The arguments that say how tables are read and compared, which several commands share.

use std::path::PathBuf;

use super::ingest::IngestArgs;
use crate::tables::TableOptions;

/// Which rows and columns of a table are read.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct RowArgs {
    /// Only these columns beside the key, separated by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) columns: Option<Vec<String>>,
    /// All columns but these, separated by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) except: Vec<String>,
    /// Only rows that fulfil a condition, such as "status <> 'draft' and updated_at < now - 10m"
    #[arg(long = "where", value_name = "CONDITION")]
    pub(crate) condition: Option<String>,
}

impl RowArgs {
    /// The options of a single table. `key` names the columns of the key.
    pub(crate) fn options(&self, key: Option<String>, ingest: &IngestArgs) -> TableOptions {
        let build = ingest.options(1);
        TableOptions {
            key,
            columns: self.columns.clone(),
            except: self.except.clone(),
            conditions: [self.condition.clone(), self.condition.clone()],
            memory: build.memory,
            on_error: ingest.on_error.map(Into::into),
            label: build.label,
            reading: build.reading,
            ..TableOptions::default()
        }
    }
}

/// Which rows and columns of two tables are compared, and what becomes of a draft.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    pub(crate) rows: RowArgs,
    /// The condition for the left side alone
    #[arg(long, value_name = "CONDITION")]
    pub(crate) left_where: Option<String>,
    /// The condition for the right side alone
    #[arg(long, value_name = "CONDITION")]
    pub(crate) right_where: Option<String>,
    /// Compare rows without a key, as how many there are of each; columns of one name are compared
    #[arg(long)]
    pub(crate) multiset: bool,
    /// Confirm all that a draft proposes
    #[arg(long)]
    pub(crate) accept: bool,
    /// Keep contract, mappings and trees in this folder; the next comparison writes only what changed
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

impl TableArgs {
    /// The first of the arguments that say how tables are read, if one is given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let given = [
            (self.rows.columns.is_some(), "--columns"),
            (!self.rows.except.is_empty(), "--except"),
            (self.rows.condition.is_some(), "--where"),
            (self.left_where.is_some(), "--left-where"),
            (self.right_where.is_some(), "--right-where"),
            (self.multiset, "--multiset"),
            (self.accept, "--accept"),
            (self.keep.is_some(), "--keep"),
        ];
        given.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }

    /// The options of a comparison. `key` names the columns of the key.
    pub(crate) fn options(&self, key: Option<String>, ingest: &IngestArgs) -> TableOptions {
        let all = self.rows.options(key, ingest);
        let [left, right] = all.conditions.clone();
        let conditions = [self.left_where.clone().or(left), self.right_where.clone().or(right)];
        TableOptions { conditions, multiset: self.multiset, accept: self.accept, keep: self.keep.clone(), ..all }
    }
}
