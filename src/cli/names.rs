//! Opens what users name on the screen as the command line opens it.

use std::sync::Arc;

use anyhow::Context;

use super::args::KnownArgs;
use super::diff;
use super::target::{OpenTree, Target};
use crate::model::diff::pair::Pair;
use crate::screens::{Opener, Shown};

/// Opens trees by their names.
#[derive(Debug)]
pub(super) struct Names {
    cache_mb: u64,
}

impl Names {
    /// With the memory that the command line allows. What it says of the root or of types is of the tree that it names.
    pub(super) fn new(known: &KnownArgs) -> Arc<Self> {
        Arc::new(Self { cache_mb: known.cache_mb })
    }

    fn known(&self) -> KnownArgs {
        KnownArgs { offset: None, hash: None, key: None, value: None, schema: None, cache_mb: self.cache_mb }
    }
}

fn target(name: &str) -> anyhow::Result<Target> {
    name.parse().with_context(|| format!("{name:?} names no tree: PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH"))
}

impl Opener for Names {
    fn open(&self, name: &str) -> anyhow::Result<Shown> {
        let target = target(name)?;
        let OpenTree { file, opened, .. } = target.open(&self.known())?;
        Ok(Shown { file, path: target.path(), opened })
    }

    fn beside(&self, left: &Shown, name: &str) -> anyhow::Result<Pair> {
        diff::open_beside(left, &target(name)?, &self.known())
    }
}
