//! The argument that names tolerances, for all commands that compare.

use anyhow::Context;
use file_mst::diff::GivenTolerances;

use crate::model::diff::pair::Pair;

/// How far fields may lie apart without being drift.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ToleranceArgs {
    /// Fields that may differ by so much: FIELD=NUMBER, or FIELD=TIME such as at=1s, at=250ms, day=1d; replaces the
    /// contract's tolerances of these fields. none: no field may
    #[arg(long, value_name = "FIELD=TOLERANCE,...", value_parser = parse)]
    pub(crate) tolerance: Option<GivenTolerances>,
}

// Clap names the argument and the reason in one line.
fn parse(text: &str) -> Result<GivenTolerances, String> {
    text.parse().map_err(|error: file_mst::diff::ToleranceError| error.to_string())
}

impl ToleranceArgs {
    /// Applies the tolerances to the comparison of two trees.
    pub(crate) fn apply(&self, mut pair: Pair) -> anyhow::Result<Pair> {
        if let Some(given) = &self.tolerance {
            pair.comparison.set_tolerances(&pair.left, &pair.right, given).context("--tolerance")?;
        }
        Ok(pair)
    }
}
