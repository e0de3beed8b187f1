//! Opens the trees that users name on a screen, in the way that the command line does.

use std::sync::Arc;

use anyhow::Context;

use super::named::Named;
use super::open_tree::OpenTree;
use super::target::Target;
use super::tree_args::OpenArgs;
use crate::commands::diff::{self, DiffArgs, ListArgs};
use crate::model::diff::pair::Pair;
use crate::screens::{Destination, Opener, Shown};
use crate::tables::{OneTable, TableOptions, Tables};

/// Opens trees by their names.
#[derive(Debug)]
pub(crate) struct TreeOpener {
    cache_mb: Option<u64>,
}

impl TreeOpener {
    /// Keeps the cache size of the command line. Its root and types belong to the tree that it names, so others do not
    /// get them.
    pub(crate) fn new(options: &OpenArgs) -> Arc<Self> {
        Arc::new(Self { cache_mb: options.cache_mb })
    }

    fn options(&self) -> OpenArgs {
        OpenArgs { cache_mb: self.cache_mb, ..OpenArgs::plain() }
    }
}

fn target(name: &str) -> anyhow::Result<Target> {
    name.parse().with_context(|| {
        format!("{name:?} does not name a tree: write PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH")
    })
}

impl Opener for TreeOpener {
    fn open(&self, name: &str) -> anyhow::Result<Shown> {
        let target = target(name)?;
        let OpenTree { file, opened, .. } = target.open(&self.options())?;
        Ok(Shown { file, path: target.path(), opened })
    }

    fn beside(&self, left: &Shown, name: &str) -> anyhow::Result<Pair> {
        diff::open_beside(left, &target(name)?, &self.options())
    }

    fn tables(&self, left: &str, right: &str) -> anyhow::Result<Destination> {
        let [left_named, right_named] = [left, right].map(|name| Named::parse(&target(name)?));
        match (left_named?, right_named?) {
            (Named::Tree(left), Named::Tree(right)) => {
                let args = DiffArgs::of(left, right, &ListArgs::default());
                Ok(Destination::Pair(Box::new(diff::open_both(&args)?)))
            }
            (left_named, right_named) => {
                let sides = [left_named.side(&self.options())?, right_named.side(&self.options())?];
                let names = [left.to_owned(), right.to_owned()];
                Ok(Destination::Tables(Box::new(Tables::new(names, sides, TableOptions::default())?)))
            }
        }
    }

    fn build(&self, table: &str, file: &str) -> anyhow::Result<Destination> {
        let side = Named::parse(&target(table)?)?.table_side()?;
        let table = OneTable::new(table.to_owned(), side, TableOptions::default())?;
        table.build_into(file.as_ref(), &|_| (), &|_| ())?;
        Ok(Destination::Tree(Box::new(self.open(file)?)))
    }
}
