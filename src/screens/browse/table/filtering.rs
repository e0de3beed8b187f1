//! The filter of the table: a scan finds the records that pass it, and the table lists them as they come.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Instant;

use super::super::TreeScreen;
use super::super::jobs::TreeReply;
use super::{Anchor, RowsReply};
use crate::model::columns::Column;
use crate::model::record_cursor::RecordCursor;
use crate::model::record_table::{Fetch, Fetched, RowPath, Span, TableRow};
use crate::model::table_filter::{Hits, MAX_HITS, TableFilter, scan};
use crate::model::text::{count, offset, thousands};
use crate::runtime::input::action::Common;
use crate::runtime::input::keymap::key_of;
use crate::runtime::input::prompt::{Offer, Prompt, Purpose};
use crate::runtime::jobs::{PROGRESS, Task};

/// What a filter has found so far.
#[derive(Debug)]
pub(crate) struct Filtered {
    pub(crate) filter: TableFilter,
    pub(crate) hits: Vec<RowPath>,
    /// How many of them stand before the place where the scan began.
    before: usize,
    /// The scan, while it runs.
    pub(crate) task: Option<Task>,
    seen: u64,
    unread: BTreeSet<u64>,
    /// Why the scan ended early.
    ended: Option<String>,
}

/// The end of a scan, or something that it has found.
#[derive(Debug)]
pub(crate) enum FilterReply {
    Hits(Hits),
    Done(Result<(), String>),
}

impl Filtered {
    /// How far the scan is, in words.
    pub(crate) fn progress(&self, total: Option<u64>) -> String {
        let hits = thousands(self.hits.len() as u64);
        let of = match total {
            Some(total) => format!("{} of {}", thousands(self.seen), count(total, "record")),
            None => count(self.seen, "record"),
        };
        let share = total.filter(|total| *total > 0).map(|total| format!(", {} %", 100 * self.seen.min(total) / total));
        let unread = match self.unread.first() {
            Some(first) => format!("; {} could not be read ({})", nodes(&self.unread), offset(*first)),
            None => String::new(),
        };
        match (&self.task, &self.ended) {
            (Some(_), _) => {
                let (share, cancel) = (share.unwrap_or_default(), key_of(Common::Cancel));
                format!("{hits} found in {of}{share}{unread} … {cancel} stops")
            }
            (None, Some(why)) => format!("{hits} found in {of}: {why}{unread}"),
            (None, None) => format!("{hits} of {}{unread}", count(total.unwrap_or(self.seen), "record")),
        }
    }
}

fn nodes(of: &BTreeSet<u64>) -> String {
    count(of.len() as u64, "node")
}

impl TreeScreen {
    pub(in super::super) fn ask_for_filter(&mut self) {
        let filtered = self.table.as_ref().and_then(|table| table.filtered.as_ref());
        let text = filtered.map(|filtered| filtered.filter.text.clone()).unwrap_or_default();
        let field = |column: &Column| Offer {
            text: format!("{}:", column.name),
            help: "records whose field has a text: status:Open, or a pattern: status:/^O/".to_owned(),
        };
        let prefix = "records whose keys begin so: found by the tree, without reading the others";
        let mut offers = vec![Offer { text: "prefix:".to_owned(), help: prefix.to_owned() }];
        let columns = self.table.iter().flat_map(|table| table.columns.all());
        offers.extend(columns.filter(|column| !column.name.is_empty()).map(field));
        self.shared.input.prompt = Some(Prompt::new(Purpose::Filter, &text).offering(offers));
    }

    /// Lists only the records that pass a filter; all if it is empty.
    pub(in super::super) fn filter_table(&mut self, text: &str) {
        let path = self.path_in_table().map(|path| RowPath { children: path.children, record: path.record });
        let Some(table) = &mut self.table else { return };
        if text.trim().is_empty() {
            if table.filtered.take().is_some() {
                table.go(path.map_or(Anchor::First, Anchor::Path));
            }
            return self.keep_table();
        }
        let filter = match TableFilter::parse(text, &self.typing) {
            Ok(filter) => filter,
            Err(why) => return self.shared.say(mst_types::escape_text(&why)),
        };
        // The scan goes on from the first row in sight, so that what is near comes first.
        let top = table.window().find_map(|at| table.rows.get(at)).map(TableRow::path);
        let (tree, order) = (self.shown.opened.tree.clone(), filter.clone());
        let failed = |why| TreeReply::Filter(FilterReply::Done(Err(why)));
        let task = self.shared.runner.run(failed, move |feed| {
            let told = Cell::new(Instant::now());
            let tell = |hits| {
                told.set(Instant::now());
                feed.send(TreeReply::Filter(FilterReply::Hits(hits)))
            };
            let is_time = || told.get().elapsed() >= PROGRESS || feed.is_cancelled();
            let scanned = scan(&tree, &order, top.as_ref(), is_time, tell).map_err(|error| error.to_string());
            let _ = feed.send(TreeReply::Filter(FilterReply::Done(scanned)));
        });
        table.go(Anchor::First);
        table.going = None;
        table.cursor.select(0, 0);
        table.filtered = Some(Filtered {
            filter,
            hits: Vec::new(),
            before: 0,
            task: Some(task),
            seen: 0,
            unread: BTreeSet::new(),
            ended: None,
        });
        self.keep_table();
    }

    pub(in super::super) fn is_filtering(&self, ticket: u64) -> bool {
        let task = self.table.as_ref().and_then(|table| table.filtered.as_ref()?.task.as_ref());
        task.is_some_and(|task| task.ticket() == ticket)
    }

    /// Takes in what the scan found.
    pub(in super::super) fn filter_replied(&mut self, reply: FilterReply) {
        let Some(table) = &mut self.table else { return };
        let Some(filtered) = &mut table.filtered else { return };
        match reply {
            FilterReply::Hits(hits) => {
                filtered.seen = hits.seen;
                filtered.unread.extend(hits.unread);
                let found = hits.paths.len();
                let at = if hits.are_before { filtered.before } else { filtered.hits.len() };
                filtered.hits.splice(at..at, hits.paths);
                if hits.are_before && found > 0 {
                    filtered.before += found;
                    // The rows in sight keep their places; their numbers in the list grow.
                    let len = filtered.hits.len();
                    table.rows = crate::model::record_table::TableRows::default();
                    table.loading = None;
                    table.cursor.top += found;
                    table.cursor.select(table.cursor.selected + found, len);
                }
                if filtered.hits.len() >= MAX_HITS {
                    filtered.ended = Some("more are not listed".to_owned());
                }
            }
            FilterReply::Done(done) => {
                filtered.task = None;
                filtered.ended = done.err().or(filtered.ended.take());
            }
        }
        self.fit();
    }

    /// Stops the scan. False if none runs.
    pub(in super::super) fn stop_filter(&mut self) -> bool {
        let Some(filtered) = self.table.as_mut().and_then(|table| table.filtered.as_mut()) else { return false };
        let runs = filtered.task.take().is_some();
        if runs {
            filtered.ended = Some("stopped".to_owned());
        }
        runs
    }

    /// Starts to load the rows of hits that are in sight and missing.
    pub(super) fn load_hits(&mut self) {
        let Some(table) = &mut self.table else { return };
        let Some(filtered) = &table.filtered else { return };
        let missing: Vec<_> = table.window().filter(|at| table.rows.get(*at).is_none()).collect();
        let (Some(first), Some(last)) = (missing.first(), missing.last()) else { return table.loading = None };
        let (first, range) = (*first, *first..*last + 1);
        let is_loading = table.loading.as_ref().is_some_and(|(_, fetch)| match &fetch.span {
            Span::Exactly(loading) => *loading == range,
            Span::Around { .. } => false,
        });
        if is_loading || table.failed.is_some() {
            return;
        }
        let paths: Vec<_> = missing.into_iter().filter_map(|at| Some((at, filtered.hits.get(at)?.clone()))).collect();
        let tree = self.shown.opened.tree.clone();
        let failed = |why| TreeReply::Rows(RowsReply(Err(why)));
        let task = self.shared.runner.run(failed, move |feed| {
            let mut fetched = Fetched::default();
            for (at, path) in paths {
                match RecordCursor::before(&tree, &path.children, path.record) {
                    Ok(cursor) => {
                        let row = cursor.and_then(|cursor| TableRow::of(&cursor));
                        fetched.rows.extend(row.map(|(row, _)| (at, row)));
                    }
                    Err(error) => {
                        let _ = feed.send(TreeReply::Rows(RowsReply(Err(error.to_string()))));
                        return;
                    }
                }
            }
            let _ = feed.send(TreeReply::Rows(RowsReply(Ok(fetched))));
        });
        table.loading = Some((task, Fetch { anchor: Anchor::First, at: first, span: Span::Exactly(range) }));
    }
}
