//! What was recovered is written to a new file of ours.

use std::convert::Infallible;
use std::path::Path;

use super::{Event, Fill, Report, SalvageError, Survey};
use crate::node::level::level_of;
use crate::open::schema_bytes;
use crate::store::{Commit, MAX_LABEL};
use crate::write::{NewFile, Options, Writer, check_key, check_value};

/// The cache of the new file. What is written is not read again.
const CACHE_BYTES: u64 = 1 << 20;

/// What was salvaged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Salvaged {
    /// The one commit of the new file.
    pub commit: Commit,
    /// What it holds, and what is lost.
    pub report: Report,
}

/// What [`salvage`] would recover; `watch` is told how many records that are so far. Writes nothing.
pub fn list(survey: &Survey, fill: Fill, mut watch: impl FnMut(u64)) -> Report {
    let mut report = Report::of(survey);
    let Ok(()) = survey.recover(fill, |event| {
        report.note(&event);
        watch(report.records);
        Ok::<(), Infallible>(())
    });
    report.missing = survey.newest_records().saturating_sub(report.records);
    report
}

/// Writes all that can be recovered to a new file of ours at `path`, in the canonical shape, as one commit with this label,
/// cut to the longest there may be. It names the types where they are known. Streams; `watch` is told how many records were written.
///
/// # Errors
/// [`SalvageError::Write`]: if there is something at `path`, or the new file cannot be written. There is no new file then.
pub fn salvage(
    survey: &Survey,
    path: &Path,
    fill: Fill,
    label: &str,
    mut watch: impl FnMut(u64),
) -> Result<Salvaged, SalvageError> {
    let identity = &survey.identity;
    let named = identity.key.as_ref().zip(identity.value.as_ref());
    let noted = survey.versions.iter().find_map(|version| version.commit.as_ref()?.schema.clone());
    let schema = noted.or(named.map(|(key, value)| schema_bytes(&key.ty, &value.ty)));
    // Keys that the newest commit says were left out are left out here too.
    let newest = survey.versions.first().and_then(|version| version.commit.as_ref());
    let (contract, notes) = newest.map(|commit| (commit.contract, commit.notes.clone())).unwrap_or_default();
    let options = Options { cache_bytes: CACHE_BYTES, schema, contract, notes, ..Options::default() };
    let mut writer = Writer::create(NewFile::create(path)?, options)?;
    let report = writer.build(|builder| {
        let mut report = Report::of(survey);
        survey.recover(fill, |event| {
            report.note(&event);
            watch(report.records);
            if let Event::Record { record, key, .. } = &event {
                let value = record.bytes().value;
                check_key(key.common.len())?;
                check_value(value.len())?;
                builder.record_at(level_of(&key.common), &key.common, value)?;
            }
            Ok::<(), crate::Error>(())
        })?;
        report.missing = survey.newest_records().saturating_sub(report.records);
        Ok::<_, crate::Error>(report)
    })?;
    let commit = writer.commit(Some(cut(label)), None)?;
    writer.publish()?;
    Ok(Salvaged { commit, report })
}

/// As much of a label as there may be.
fn cut(label: &str) -> &str {
    let ends = label.char_indices().map(|(at, c)| at + c.len_utf8());
    label.get(..ends.take_while(|end| *end <= MAX_LABEL).last().unwrap_or(0)).unwrap_or_default()
}
