//! Trees as tables: each record is a row.

use std::path::PathBuf;
use std::sync::Arc;

use file_mst::diff::{LeftOut, WhyLeftOut};
use file_mst::open::{OpenOptions, Opened, TypingSource, open};
use file_mst::storage::FileStorage;
use file_mst::{Commit, NodeHash};
use mst_types::{ItemType, Type, Value, ValueKind};

use super::record::RecordRows;
use super::{BrokenRow, Gauge, Row, Source, SourceError, SourceInfo, Visit, Wanted};

/// The maximum number of rows without a key that are delivered as broken rows. One is enough for a comparison not to
/// take any key for missing; their exact number only matters for reports.
const MAX_WITHOUT_KEY: u64 = 1_000_000;

/// A version of a tree in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeSettings {
    /// The file.
    pub path: PathBuf,
    /// The number of the commit; the newest one if `None`.
    pub commit: Option<u64>,
    /// The offset of the root, in bytes.
    pub offset: Option<u64>,
    /// The hash of the root.
    pub hash: Option<NodeHash>,
    /// The type of the keys, if the file does not name it.
    pub key: Option<Type>,
    /// The type of the values, if the file does not name it.
    pub value: Option<Type>,
}

impl TreeSettings {
    /// The newest version of the tree in a file.
    pub fn newest(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), commit: None, offset: None, hash: None, key: None, value: None }
    }

    /// What is known of the tree before it is opened.
    pub(super) fn options(&self) -> OpenOptions {
        let Self { path: _, commit, offset, hash, key, value } = self.clone();
        OpenOptions { commit, offset, hash, key, value, ..OpenOptions::default() }
    }

    /// The name in messages.
    pub(super) fn name(&self) -> String {
        let commit = self.commit.map_or_else(String::new, |commit| format!("#{commit}"));
        let offset = self.offset.map_or_else(String::new, |offset| format!("@{offset}"));
        format!("{}{commit}{offset}", self.path.display())
    }
}

pub(super) struct TreeSource {
    info: SourceInfo,
    opened: Opened,
    rows: RecordRows,
    left_out: LeftOut,
    /// The type of the values, if they count equal rows.
    counts: Option<ItemType>,
}

impl TreeSource {
    pub(super) fn open(settings: &TreeSettings, wanted: &Wanted) -> Result<Self, SourceError> {
        let name = settings.name();
        let wrong = |message: String| SourceError::Tree { name: name.clone(), message };
        let io = |source| SourceError::Io { path: settings.path.clone(), source };
        let storage = FileStorage::open(&settings.path).map_err(io)?;
        let opened = open(Arc::new(storage), &settings.options()).map_err(|error| wrong(error.to_string()))?;
        let typing = &opened.typing;
        let is_named = matches!(typing.source, TypingSource::File | TypingSource::Given);
        let (true, Some(key), Some(value)) = (is_named, &typing.key, &typing.value) else {
            return Err(wrong(
                "the file does not name the types of its keys and values, and guessed ones would give guessed rows: \
                 name them in [source], such as key-type = \"u64\" and value-type = \"String\""
                    .to_owned(),
            ));
        };
        if let Some(unfit) = &typing.unfit {
            return Err(wrong(unfit.to_string()));
        }
        let commit = opened.commit();
        let contract = commit.as_ref().and_then(contract_text);
        let key_name = contract.and_then(name_of_key);
        // A tree of a multiset has a record for all equal rows, which counts them.
        let counts = contract.is_some_and(|text| text.lines().any(|line| line == MULTISET)).then(|| value.clone());
        let mut rows = match &counts {
            Some(_) => RecordRows::of_multiset(key.clone(), key_name.as_deref()),
            None => RecordRows::new(key.clone(), value.clone(), key_name.as_deref()),
        };
        rows.narrow(&name, wanted)?;
        let left_out = commit.as_ref().and_then(|commit| LeftOut::of(&commit.notes)).unwrap_or_default();
        if left_out.unlisted() > 0 {
            return Err(wrong(format!(
                "{} keys were left out when it was built, and its commit has room for only {} of them; repair these \
                 rows and build it again",
                left_out.keys(),
                left_out.listed().len()
            )));
        }
        let total = opened.tree.root_link().summary.map(|summary| summary.records);
        let info = SourceInfo { name, columns: rows.names(), gauge: Gauge::new(total), is_filtered: false };
        Ok(Self { info, opened, rows, left_out, counts })
    }

    pub(super) fn rows(&self) -> &RecordRows {
        &self.rows
    }

    fn broken(&self, row: u64, message: String) -> BrokenRow {
        BrokenRow { name: self.info.name.clone(), unit: "row", row, message }
    }

    /// The message about a key that was left out when the tree was built.
    fn message(&self, key: &[u8], why: WhyLeftOut) -> String {
        format!("the key {} was left out when the tree was built: {}", self.rows.key_text(key), why.words())
    }
}

/// The line of a contract's text that says that its trees count rows.
const MULTISET: &str = "multiset true";

/// The text of the contract, if it is the one that the commit names by its hash.
fn contract_text(commit: &Commit) -> Option<&str> {
    let text = commit.notes.get("contract")?;
    let is_proved = commit.contract? == *blake3::hash(text).as_bytes();
    std::str::from_utf8(text).ok().filter(|_| is_proved)
}

/// The name of the only field of the key in the text of a contract.
fn name_of_key(contract: &str) -> Option<String> {
    let mut keys = contract.lines().filter_map(|line| line.strip_prefix("key "));
    let (Some(only), None) = (keys.next(), keys.next()) else { return None };
    serde_json::Deserializer::from_str(only).into_iter::<String>().next()?.ok()
}

/// The number of equal rows that a value counts.
fn count(ty: &ItemType, value: &[u8]) -> Result<u64, String> {
    match ty.decode(value).map_err(|error| error.to_string())?.kind {
        ValueKind::Struct(fields) => match fields.as_slice() {
            [(_, Value { kind: ValueKind::Uint(count), .. })] if *count > 0 => u64::try_from(*count).ok(),
            _ => None,
        },
        _ => None,
    }
    .ok_or_else(|| "a record that counts no rows".to_owned())
}

impl Source for TreeSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let mut listed = self.left_out.listed().iter().peekable();
        let mut number = 0;
        for record in self.opened.tree.walk().records() {
            // Records beyond the damage could be read, but fewer rows must never look like all of them.
            let record = record.map_err(|damage| SourceError::Tree {
                name: self.info.name.clone(),
                message: damage.error.to_string(),
            })?;
            let bytes = record.bytes();
            // The records and the keys that were left out are both sorted.
            while let Some((key, why)) = listed.next_if(|(key, _)| key.as_slice() < bytes.stored_key) {
                number += 1;
                if visit(Err(self.broken(number, self.message(key, *why)))).is_break() {
                    return Ok(());
                }
            }
            self.info.gauge.add(1);
            let row = match listed.next_if(|(key, _)| key == bytes.stored_key) {
                // The record is that of an earlier build.
                Some((key, why)) => Err(self.message(key, *why)),
                None => match &self.counts {
                    None => self.rows.cells(bytes.stored_key, bytes.value).map(|cells| (cells, 1)),
                    Some(ty) => {
                        count(ty, bytes.value).and_then(|count| Ok((self.rows.cells(bytes.stored_key, &[])?, count)))
                    }
                },
            };
            let (row, count) = match row {
                Ok((cells, count)) => (Ok(cells), count),
                Err(message) => (Err(message), 1),
            };
            for _ in 0..count {
                number += 1;
                let flow = match &row {
                    Ok(cells) => visit(Ok(Row { number, cells, raw: None })),
                    Err(message) => visit(Err(self.broken(number, message.clone()))),
                };
                if flow.is_break() {
                    return Ok(());
                }
            }
        }
        for (key, why) in listed {
            number += 1;
            if visit(Err(self.broken(number, self.message(key, *why)))).is_break() {
                return Ok(());
            }
        }
        for _ in 0..self.left_out.rows_without_key().min(MAX_WITHOUT_KEY) {
            number += 1;
            let message = "a row that was left out when the tree was built, and whose key is not known".to_owned();
            if visit(Err(self.broken(number, message))).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}
