//! A single table, built into a tree.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use file_mst::open::Opened;
use mst_sync::condition::Now;
use mst_sync::contract::Contract;
use mst_sync::draft::{KeyError, draft_one, parse_key};
use mst_sync::mapping::Mapping;
use tempfile::TempDir;

use super::{Report, Side, SideProgress, TableOptions, build, plan, sample};
use crate::model::text::quoted;

/// A table or a mapping that is built into a tree.
#[derive(Clone, Debug)]
pub(crate) struct OneTable {
    /// The table in the words of the user.
    pub(crate) name: String,
    side: Side,
    options: TableOptions,
    folder: Arc<TempDir>,
}

impl OneTable {
    /// A table that is to be built.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub(crate) fn new(name: String, side: Side, options: TableOptions) -> anyhow::Result<Self> {
        let folder = Arc::new(tempfile::tempdir().context("cannot make a temporary folder")?);
        Ok(Self { name, side, options, folder })
    }

    /// The mapping of the table: its own, or one that is drafted from a sample of the rows, which are read for it.
    ///
    /// # Errors
    /// The table cannot be read, or no key was found; the message says what to do.
    pub(crate) fn mapping(&self, tell: &(dyn Fn(SideProgress) + Sync)) -> anyhow::Result<Mapping> {
        let settings = match &self.side {
            Side::Mapping(mapping) => return Ok((**mapping).clone()),
            side => side.settings(),
        };
        let wanted = plan::wanted(&settings, self.condition(), Now::default())?;
        let told = |progress| {
            tell(progress);
            ControlFlow::Continue(())
        };
        let key: Option<Vec<String>> =
            self.options.key.as_ref().map(|key| parse_key(key).into_iter().map(|(column, _)| column).collect());
        let table = sample::table(&self.name, &settings, &wanted, key.as_deref().unwrap_or_default(), &told)?.table;
        let mut draft = draft_one(&table, key.as_deref()).map_err(|error| no_key(&error, &self.name))?;
        let TableOptions { columns, except, .. } = &self.options;
        let has = |name: &&String| table.columns.iter().any(|column| column.name == **name);
        if let Some(name) = columns.iter().flatten().chain(except).find(|name| !has(name)) {
            let have: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
            bail!("{} has no column {name:?}; it has {}", self.name, have.join(", "));
        }
        let is_named = |column: &String| columns.as_ref().is_none_or(|names| names.contains(column));
        draft.fields.retain(|field| is_named(&field.column) && !except.contains(&field.column));
        // The mapping is not written, so its paths are those that the user named.
        let folder = Path::new("");
        let texts = draft.render(&plan::source_text(settings, self.condition(), draft.csv_empty, folder));
        let contract = Contract::parse(&texts.contract, &folder.join("contract.toml"))?;
        Ok(Mapping::parse_under(&texts.mapping, &folder.join("mapping.toml"), contract)?)
    }

    /// Builds the tree in a temporary file, which is removed with this value, and opens it.
    ///
    /// # Errors
    /// The same as for [`OneTable::build_into`].
    pub(crate) fn build(&self, tell: &(dyn Fn(SideProgress) + Sync), report: Report<'_>) -> anyhow::Result<Opened> {
        self.build_into(&self.folder.path().join("table.mst"), tell, report)
    }

    /// Builds the tree in a file, or commits to the one that is there, and opens it.
    ///
    /// # Errors
    /// The table cannot be read, or a row breaks the contract.
    pub(crate) fn build_into(
        &self,
        path: &Path,
        tell: &(dyn Fn(SideProgress) + Sync),
        report: Report<'_>,
    ) -> anyhow::Result<Opened> {
        let mapping = self.mapping(tell)?;
        let is_drafted = !matches!(self.side, Side::Mapping(_));
        let options = build::Options { is_drafted, ..build::Options::of(&self.options) };
        let told = |progress| {
            tell(progress);
            ControlFlow::Continue(())
        };
        build::one(&self.name, &mapping, path, &options, &told, report)
    }

    fn condition(&self) -> Option<&str> {
        let [condition, _] = &self.options.conditions;
        condition.as_deref()
    }
}

/// The error of a table without a key, with the commands to type.
fn no_key(error: &KeyError, name: &str) -> anyhow::Error {
    let candidates = match error {
        KeyError::None { unproven, .. } => unproven,
        KeyError::Several { candidates } => candidates,
        _ => return anyhow!("{error}"),
    };
    let mut text = error.to_string();
    for candidate in candidates.iter().take(8) {
        text += &format!("\n  try: mst-tui {} --key {}", quoted(name), quoted(&candidate.left.join(",")));
    }
    anyhow!(text)
}
