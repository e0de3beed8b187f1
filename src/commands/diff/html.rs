//! `--html`: the report on a diff in a file of its own.

use std::io::{self, BufWriter};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context;
use file_mst::write::NewFile;
use mst_types::escape_path;

use super::ListArgs;
use crate::commands::support::output::Output;
use crate::commands::support::progress::Progress;
use crate::model::diff::pair::Pair;
use crate::model::diff::report::{Heading, Report};
use crate::model::diff::summary_text::DiffSummary;
use crate::model::item::ValueFormat;
use crate::model::text::{count, thousands};

/// The file of a report, which is there once it is whole.
pub(super) struct HtmlFile {
    path: PathBuf,
    file: NewFile,
    pub(super) report: Report,
}

impl HtmlFile {
    /// Begins the file. Fails if there is one of this name.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let file = NewFile::create(path).with_context(|| format!("cannot write {}", escape_path(path)))?;
        Ok(Self { path: path.to_owned(), file, report: Report::default() })
    }

    /// Writes the report, and says so.
    pub(super) fn finish(
        self,
        pair: &Pair,
        summary: &DiffSummary<'_>,
        args: &ListArgs,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let Self { path, file, report } = self;
        let is_chosen = args.only.is_some() || args.range.is_some();
        let chosen = is_chosen.then_some("Only a part of the differences was asked for: --only or --range was given.");
        let redacted = args.format_value == ValueFormat::Redacted;
        let heading = Heading { pair, summary, redacted, chosen };
        let mut progress = Progress::new();
        let mut show = |written: u64| {
            progress.show(|_| format!("{} of {} written", thousands(written), count(report.len(), "difference")));
            ControlFlow::Continue(())
        };
        let write = || -> io::Result<u64> {
            let mut out = BufWriter::new(file);
            let listed = report.write(&mut out, &heading, &mut show)?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
            Ok(listed)
        };
        let listed = write().with_context(|| format!("cannot write {}", escape_path(&path)))?;
        drop(progress);
        output.line(&format!("report with {} written to {}", count(listed, "difference"), escape_path(&path)))
    }
}
