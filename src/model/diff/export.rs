//! The shown differences, written to a file: the lines that `diff --json` prints, CSV, or a report as HTML.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use file_mst::diff::{Conclusion, Counts};
use file_mst::write::NewFile;
use mst_types::write_json;

use crate::model::diff::csv;
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::json::{Followed, SummaryJson};
use crate::model::diff::pair::Pair;
use crate::model::diff::report::{Heading, Report, Row};
use crate::model::diff::summary::{Counter, Fields};
use crate::model::diff::summary_text::DiffSummary;
use crate::model::diff::verdict::{Compared, conclusion};
use crate::model::item::ValueFormat;

/// How often it says how far it is, in lines.
const EVERY: u64 = 1000;

/// The differences to write.
#[derive(Debug)]
pub(crate) struct Export {
    pub(crate) entries: Vec<Arc<Entry>>,
    /// The counts and the conclusion that end a whole drift, so that it can be applied; none where what is written is
    /// not whole.
    pub(crate) whole: Option<(Counts, Conclusion)>,
    /// How values are written in a report. Redacted they are left out everywhere, but for what may be told of them; such
    /// a drift cannot be applied.
    pub(crate) format: ValueFormat,
    /// The result of the comparison, for a report.
    pub(crate) result: Outcome,
}

/// The result of a comparison as far as it is, and where its differences are.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) counts: Counts,
    pub(crate) how: Compared,
    /// How many records stand before each difference that is written, and how many there are.
    pub(crate) positions: Vec<u64>,
    pub(crate) records: u64,
    /// Why not all differences are written, if they are not.
    pub(crate) chosen: Option<&'static str>,
}

impl Export {
    fn is_redacted(&self) -> bool {
        self.format == ValueFormat::Redacted
    }

    /// Whether a file of this name is a report, which nobody takes for a drift to apply.
    pub(crate) fn is_report(path: &Path) -> bool {
        path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html"))
    }

    /// Why what is written cannot be applied, if it cannot.
    pub(crate) fn refused(&self) -> Option<&'static str> {
        match (self.is_redacted(), &self.whole) {
            (true, _) => Some("its values are redacted"),
            (false, None) => Some("not the whole drift"),
            (false, Some((counts, _))) if counts.within_tolerance > 0 => {
                Some("records within tolerance are left out (compare with --tolerance none)")
            }
            (false, Some(_)) => None,
        }
    }

    /// Writes a new file: CSV if its name ends in `.csv`, a report if it ends in `.html`, else JSON. No file is replaced, and none stays that is not
    /// complete. How many differences were written; `progress` hears of it from time to time and can end it.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::Interrupted`] if it was ended.
    pub(crate) fn write(
        &self,
        path: &Path,
        pair: &Pair,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> io::Result<u64> {
        let mut file = BufWriter::new(NewFile::create(path)?);
        let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let lines = match (is_csv, Self::is_report(path)) {
            (true, _) => self.csv(&mut file, pair, progress)?,
            (_, true) => self.html(&mut file, pair, progress)?,
            _ => self.json(&mut file, pair, progress)?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
        Ok(lines)
    }

    fn json(
        &self,
        mut out: impl Write,
        pair: &Pair,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> io::Result<u64> {
        let (mut lines, mut misfits, mut fields) = (0, 0, Counter::default());
        let format = if self.is_redacted() { ValueFormat::Redacted } else { ValueFormat::Auto };
        for entry in &self.entries {
            if let (Kind::Changed, (Some((_, left)), Some((_, right)))) = (entry.kind(), entry.sides()) {
                fields.add(pair, left, right);
            }
            match (&**entry, entry.sides()) {
                (Entry::Damage(text), _) => {
                    write_json(&mut out, &serde_json::json!({"kind": "damage", "error": text}))?;
                }
                (Entry::Misfit(text), _) => {
                    misfits += 1;
                    write_json(&mut out, &serde_json::json!({"kind": "misfit", "error": text}))?;
                }
                (Entry::NotCompared(found), (left, right)) => {
                    write_json(&mut out, &pair.withheld_json(found, (left, right), format))?;
                }
                (_, (left, right)) => write_json(&mut out, &pair.difference_json(entry.kind(), (left, right), format))?,
            }
            writeln!(out)?;
            tick(&mut lines, progress)?;
        }
        if let Some((counts, conclusion)) = &self.whole {
            let contracts = Followed { left: pair.left.contract(), right: pair.right.contract() };
            let summary = SummaryJson::new(
                counts,
                (&pair.comparison, conclusion),
                (false, misfits),
                &contracts,
                &fields.summary(),
                &pair.basis,
            );
            write_json(&mut out, &summary)?;
            writeln!(out)?;
        }
        out.flush()?;
        Ok(lines)
    }

    fn html(&self, out: impl Write, pair: &Pair, progress: &mut dyn FnMut(u64) -> ControlFlow<()>) -> io::Result<u64> {
        let Outcome { counts, how, positions, records, chosen } = &self.result;
        let mut report = Report::default();
        for (entry, at) in self.entries.iter().zip(positions) {
            report.extend(*at, Row::of(entry, pair, self.format));
        }
        report.pass(*records);
        let summary = DiffSummary {
            counts,
            how: *how,
            conclusion: conclusion(pair, counts, *how),
            contracts: (pair.left.contract(), pair.right.contract()),
            fields: Fields::default(),
            with_fields: false,
        };
        report.write(out, &Heading { pair, summary: &summary, redacted: self.is_redacted(), chosen: *chosen }, progress)
    }

    fn csv(&self, out: impl Write, pair: &Pair, progress: &mut dyn FnMut(u64) -> ControlFlow<()>) -> io::Result<u64> {
        let mut out = ::csv::Writer::from_writer(out);
        csv::write_cells(&mut out, &csv::COLUMNS)?;
        let mut lines = 0;
        for entry in &self.entries {
            csv::write(&mut out, entry, pair, self.is_redacted())?;
            tick(&mut lines, progress)?;
        }
        out.flush()?;
        Ok(lines)
    }
}

fn tick(lines: &mut u64, progress: &mut dyn FnMut(u64) -> ControlFlow<()>) -> io::Result<()> {
    *lines += 1;
    if lines.is_multiple_of(EVERY) && progress(*lines).is_break() {
        return Err(io::Error::new(io::ErrorKind::Interrupted, "stopped"));
    }
    Ok(())
}
