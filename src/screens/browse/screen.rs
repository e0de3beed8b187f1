//! The screen of one tree, with the work for it.

use file_mst::history::Version;

use crate::model::diff::pair::Pair;
use crate::model::history::History;
use crate::runtime::jobs::{Jobs, Reply, Task};
use crate::runtime::stack::{Shown, Wish};
use crate::screens::browse::state::{App, Count, Seek};
use crate::screens::browse::{route, search};

/// The screen of one tree, with the work for it.
#[derive(Debug)]
pub(crate) struct Browse {
    pub(crate) app: App,
    pub(crate) shown: Shown,
    pub(crate) jobs: Jobs,
    /// The versions in the file, once they were asked for.
    pub(crate) history: Option<History>,
}

impl Browse {
    pub(crate) fn tree(&self) -> &file_mst::tree::Tree {
        &self.shown.opened.tree
    }

    pub(crate) fn take(&mut self, ticket: u64, reply: Reply) {
        let is_of = |task: &Option<Task>| task.as_ref().is_some_and(|task| task.ticket() == ticket);
        match reply {
            Reply::Node(id, report) => self.app.loaded(id, *report),
            Reply::Counted { records, nodes, damaged, over } if is_of(&self.jobs.count) => {
                self.app.count =
                    if over { Count::Done { records, damaged } } else { Count::Running { records, nodes } };
                if over {
                    self.jobs.count = None;
                }
            }
            Reply::NotCounted(why) if is_of(&self.jobs.count) => {
                self.jobs.count = None;
                self.app.count = Count::NotAsked;
                self.app.input.say(format!("not counted: {why}"));
            }
            Reply::Progress(words) if is_of(&self.jobs.locate) => self.app.seek = Seek::Running(words),
            Reply::ReportProgress(words) if is_of(&self.jobs.report) => self.app.report_goes_on(ticket, words),
            Reply::Report(report, over) if is_of(&self.jobs.report) => self.app.reported(ticket, report, over),
            Reply::Versions(read) if is_of(&self.jobs.versions) => {
                self.jobs.versions = None;
                match read {
                    Ok(history) => {
                        self.history = Some(history);
                        self.step();
                    }
                    Err(why) => {
                        self.app.step = None;
                        self.app.input.say(why);
                    }
                }
            }
            Reply::Located(located) if is_of(&self.jobs.locate) => {
                self.jobs.locate = None;
                self.app.located(located);
            }
            // Of work that nobody waits for any more.
            _ => {}
        }
    }

    pub(crate) fn work(&mut self) {
        self.jobs.want(self.app.wanted());
        match self.app.count {
            Count::Running { .. } if self.jobs.count.is_none() => self.jobs.count(),
            Count::Running { .. } => {}
            Count::NotAsked | Count::Done { .. } => self.jobs.count = None,
        }
        match self.app.running_report() {
            None => self.jobs.report = None,
            Some((ticket, ..)) if self.jobs.report.as_ref().is_some_and(|task| task.ticket() == ticket) => {}
            Some((ticket, view, argument)) => {
                let request = self.app.request(&self.shown.opened, argument);
                self.jobs.report(ticket, view, request);
            }
        }
        match std::mem::take(&mut self.app.seek) {
            Seek::Idle => self.jobs.locate = None,
            Seek::Jump(jump) => {
                self.jobs.locate(move |tree, feed| route::locate(tree, &jump, feed));
                self.app.seek = Seek::Running(String::new());
            }
            Seek::Search(wanted) => {
                self.jobs.locate(move |tree, feed| search::search(tree, &wanted, feed));
                self.app.seek = Seek::Running(String::new());
            }
            running => self.app.seek = running,
        }
    }

    /// Goes a step in time, once the versions are known.
    pub(crate) fn step(&mut self) {
        let Some(step) = self.app.step else { return };
        let Some(history) = &self.history else {
            if self.jobs.versions.is_none() {
                self.app.input.say("reading which versions there are …");
                self.jobs.read_versions(&self.shown.opened);
            }
            return;
        };
        self.app.step = None;
        match history.neighbour(&self.shown.opened.tree.root_link(), step.older) {
            Some(version) => self.app.wish = Some(Wish::Version(Box::new(version.clone()))),
            None if step.older => self.app.input.say("there is no version before this one"),
            None => self.app.input.say("there is no version behind this one"),
        }
    }

    /// The trees of two versions of the file.
    pub(crate) fn versions(&self, old: &Version, new: &Version) -> Pair {
        let Shown { file, path, opened } = &self.shown;
        let name = |version: &Version| match version.commit() {
            Some(commit) => format!("{file}#{}", commit.sequence),
            None => format!("{file}@{}", version.root.offset),
        };
        let place = |version: &Version| format!("{path}@{}:{}", version.root.offset, version.root.hash);
        let (left, right) = (opened.version(old), opened.version(new));
        Pair::new(left, right, [name(old), name(new)], [place(old), place(new)])
    }
}
