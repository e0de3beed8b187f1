//! The screen of two trees with the work for it: the comparison, and looks at single records.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::model::diff::inside::{self, Page, Reach};
use crate::model::diff::list::Progress;
use crate::model::diff::pair::Pair;
use crate::model::diff::summary::Summary;
use crate::model::diff::why::Why;
use crate::model::text::thousands;
use crate::runtime::jobs::{Feed, Reply, Runner, Task};
use crate::runtime::theme::Theme;
use crate::screens::diff::compare::{Most, compare};
use crate::screens::diff::state::DriftApp;

/// The screen of two trees.
#[derive(Debug)]
pub(crate) struct Drift {
    pub(crate) app: DriftApp,
    runner: Runner,
    place: u64,
    tickets: u64,
    comparison: Option<Task>,
    why: Option<Task>,
    inside: Option<Task>,
    summary: Option<Task>,
    /// A search or an export.
    busy: Option<Task>,
}

impl Drift {
    /// Starts to compare.
    pub(crate) fn start(pair: Pair, theme: Theme, runner: &Runner, place: u64) -> Self {
        let pair = Arc::new(pair);
        let app = DriftApp::new(Arc::clone(&pair), theme);
        let comparison = runner.run(place, 0, Reply::NotCompared, move |feed| {
            compare(&pair, Most::default(), feed.cancelled(), &mut |batch| {
                feed.send(Reply::Batch(Box::new(batch))).is_continue()
            });
        });
        Self {
            app,
            runner: runner.clone(),
            place,
            tickets: 0,
            comparison: Some(comparison),
            why: None,
            inside: None,
            summary: None,
            busy: None,
        }
    }

    /// Takes in what a piece of work has found.
    pub(crate) fn take(&mut self, ticket: u64, reply: Reply) {
        let is_of = |task: &Option<Task>| task.as_ref().is_some_and(|task| task.ticket() == ticket);
        match reply {
            Reply::Batch(batch) => self.app.take(*batch),
            Reply::NotCompared(why) => self.app.not_compared(&why),
            Reply::Why(line, why) if is_of(&self.why) => self.app.explained(line, why),
            Reply::Inside(place, page) if is_of(&self.inside) => {
                self.inside = None;
                self.app.took_inside(place, page);
            }
            Reply::Summary(summary) if is_of(&self.summary) => self.app.summed_up(summary),
            Reply::NoSummary(why) if is_of(&self.summary) => {
                self.app.over.close();
                self.app.input.say(why);
            }
            Reply::NotSearched(why) if is_of(&self.busy) => {
                self.app.busy = false;
                self.app.input.say(why);
            }
            Reply::Progress(words) if is_of(&self.busy) => self.app.input.say(words),
            Reply::Match(found) if is_of(&self.busy) => {
                self.app.busy = false;
                self.app.searched(found);
            }
            Reply::Exported(name, refused, done) if is_of(&self.busy) => {
                self.app.busy = false;
                self.app.exported(&name, refused, done);
            }
            // Of work that nobody waits for any more.
            _ => {}
        }
    }

    /// Starts the work that is asked for, and stops what no longer is.
    pub(crate) fn work(&mut self) {
        if self.app.found.progress == Progress::Stopped {
            self.comparison = None;
        }
        if let Some((line, entry)) = self.app.wants_why() {
            let pair = Arc::clone(&self.app.pair);
            let failed = move |why| Reply::Why(line, Why { steps: Vec::new(), errors: vec![why] });
            self.why = Some(self.run(failed, move |feed| {
                let _ = feed.send(Reply::Why(line, Why::read(&pair, &entry)));
            }));
        }
        if self.inside.is_none()
            && let Some((place, stretch, behind)) = self.app.wants_inside()
        {
            let pair = Arc::clone(&self.app.pair);
            let failed = move |why| Reply::Inside(place, Page { records: Vec::new(), reach: Reach::Failed(why) });
            self.inside = Some(self.run(failed, move |feed| {
                let _ = feed.send(Reply::Inside(place, inside::read(&pair, &stretch, behind.as_deref(), inside::PART)));
            }));
        }
        if let Some(entries) = self.app.wants_summary() {
            let (pair, format) = (Arc::clone(&self.app.pair), self.app.key_format);
            self.summary = Some(self.run(Reply::NoSummary, move |feed| {
                if let Some(summary) = Summary::of(&entries, &pair, format, feed.cancelled()) {
                    let _ = feed.send(Reply::Summary(summary));
                }
            }));
        }
        if let Some(search) = self.app.seek.take() {
            let pair = Arc::clone(&self.app.pair);
            self.busy = Some(self.run(Reply::NotSearched, move |feed| {
                let _ = feed.send(Reply::Match(search.find(&pair, feed.cancelled())));
            }));
            self.app.busy = true;
        } else if let Some(name) = self.app.export.take() {
            let (pair, export) = (Arc::clone(&self.app.pair), self.app.to_export());
            let refused = export.refused();
            let named = name.clone();
            let failed = move |why: String| Reply::Exported(named, refused, Err(io::Error::other(why)));
            self.busy = Some(self.run(failed, move |feed| {
                let mut progress =
                    |lines| feed.send(Reply::Progress(format!("{} differences written …", thousands(lines))));
                let done = export.write(Path::new(&name), &pair, &mut progress);
                let _ = feed.send(Reply::Exported(name, refused, done));
            }));
            self.app.busy = true;
        } else if !self.app.busy {
            self.busy = None;
        }
    }

    fn run(
        &mut self,
        failed: impl FnOnce(String) -> Reply + Send + 'static,
        work: impl FnOnce(&Feed) + Send + 'static,
    ) -> Task {
        self.tickets += 1;
        self.runner.run(self.place, self.tickets, failed, work)
    }
}
