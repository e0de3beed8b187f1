//! Commits the changes of a writer, and then rewrites its file if that is due.

use std::time::{SystemTime, UNIX_EPOCH};

use super::writer::Writer;
use crate::error::Error;
use crate::node::Link;
use crate::store::{Commit, Totals, check_notes};

impl Writer {
    /// Commits all changes; returns the new commit. Without a `label` nothing is written if nothing changed.
    pub(crate) fn commit(&mut self, label: Option<&str>, time: Option<SystemTime>) -> Result<Commit, Error> {
        self.check()?;
        let label_length = label.map_or(0, str::len);
        if label_length > crate::store::MAX_LABEL {
            let most = crate::store::MAX_LABEL as u64;
            return Err(Error::Limit { what: "a label length", found: label_length as u64, most });
        }
        check_notes(&self.options.notes)?;
        self.apply_buffer()?;
        if let Some(last) = self.last().filter(|last| label.is_none() && last.root.hash == self.root.hash) {
            return Ok(last.clone());
        }
        let commit = Commit {
            sequence: self.last().map_or(0, |last| last.sequence) + 1,
            time_ms: milliseconds(time.unwrap_or_else(SystemTime::now)),
            label: label.unwrap_or_default().to_owned(),
            schema: self.options.schema.clone(),
            contract: self.options.contract,
            notes: self.options.notes.clone(),
            // The remaining fields are filled in by `write_commit`.
            offset: 0,
            file_id: self.file_id,
            previous: None,
            tail_start: 0,
            root: Link::EMPTY,
            totals: Totals::default(),
        };
        let commit = self.write_commit(commit)?;
        self.options.notes.clear();
        self.rewrite_if_due(&commit);
        // If the file was rewritten, the commit now has another offset.
        Ok(self.last().cloned().unwrap_or(commit))
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |before| -before),
    }
}
