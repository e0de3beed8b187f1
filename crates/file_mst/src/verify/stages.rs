//! The stages of a check around the nodes of a tree: page 0, the chain of commits, each root, and the end of the file.

use std::sync::Arc;

use super::file::{self, Chain};
use super::opening::file_finding;
use super::rest::Rest;
use super::seen::Met;
use super::visited::{Interval, Task};
use super::{COMMITS, Finding, Pass, Rule, Stage, Verify};
use crate::error::Error;
use crate::node::dialect::{Dialect, PAGE};
use crate::open::RootSource;
use crate::store::{Commit, TreeFile};
use mst_types::{ItemType, read_schema};

impl Verify {
    pub(super) fn header(&mut self, found: &mut Vec<Finding>) {
        self.progress.bytes_expected = self.tree.store().file_len().unwrap_or(0);
        self.stage = Stage::Chain;
        let result = match (self.dialect(), self.root_source) {
            (_, None) => Ok(Vec::new()),
            (Dialect::Mst1, _) => {
                self.seen.place(&self.storage(), 0, PAGE);
                file::header(&self.storage())
            }
            (Dialect::FileMstGit, source) => {
                self.seen.place(&self.storage(), 0, PAGE);
                // If the tree was opened by the pointer, the pointer is right.
                let looked =
                    if source == Some(RootSource::Pointer) { Ok(None) } else { file::pointer(&self.storage()) };
                looked.map(|finding| finding.into_iter().collect()).map_err(Error::io("read the pointer to the root"))
            }
            (Dialect::FileMst02, _) => Ok(Vec::new()),
        };
        match result {
            Ok(findings) => found.extend(findings),
            Err(error) => self.unread(error),
        }
        found.extend(self.damage().and_then(file_finding));
        self.chain = Chain::of(self.file.as_ref());
    }

    /// The reason why the newest commit of the file is unknown, if it is.
    fn damage(&self) -> Option<&Error> {
        self.file.as_ref().and_then(TreeFile::damage)
    }

    pub(super) fn commits(&mut self, found: &mut Vec<Finding>) {
        let root = self.tree.root_link();
        let is_shown = |commit: &Commit| commit.root.offset == root.offset && commit.root.hash == root.hash;
        for _ in 0..COMMITS {
            let (commit, finding) = match self.chain.step(&self.storage()) {
                Ok(Some(step)) => step,
                Ok(None) => return self.stage = Stage::Root,
                Err(error) => {
                    self.unread(error);
                    return self.stage = Stage::Root;
                }
            };
            if let (None, Some(finding)) = (&commit, &finding) {
                self.seen.report(finding.offset, PAGE);
            }
            found.extend(finding);
            let Some(commit) = commit else { continue };
            self.progress.commits += 1;
            self.seen.place(&self.storage(), commit.offset, commit.end() - commit.offset);
            if self.shown.is_none() && is_shown(&commit) {
                self.shown = Some(commit);
            }
        }
    }

    /// Begins the next tree.
    pub(super) fn root(&mut self, found: &mut Vec<Finding>) {
        found.extend(self.wrong_totals());
        let number = self.pass.number + 1;
        let all = self.all_commits && self.file.is_some();
        let commit = match all {
            false if number > 1 => return self.begin_rest(),
            false => self.shown.clone(),
            true => match self.chain.frames.pop_front().map(|offset| Commit::read(&self.storage(), offset)) {
                Some(Ok(commit)) => Some(commit),
                Some(Err(error)) => return self.unread(error),
                None => return self.begin_rest(),
            },
        };
        let mut link = self.tree.root_link();
        if let Some(commit) = &commit {
            link = commit.root;
        }
        if !all {
            let totals = commit.as_ref().map(|commit| commit.totals);
            self.progress.nodes_expected = totals.map(|totals| totals.nodes).filter(|_| self.from.is_none());
            if let Some(commit) = &commit {
                self.progress.bytes_expected = commit.totals.bytes;
            }
        }
        let schema = commit.as_ref().and_then(|commit| Some((commit.offset, commit.schema.as_deref()?)));
        let types = schema.and_then(|(_, schema)| read_schema(schema));
        if let (Some((offset, _)), None) = (schema, &types) {
            let (expected, text) = ("the types of keys and values, {key: TYPE, value: TYPE}", "another text");
            found.push(Finding::new(Dialect::Mst1, Rule::Schema, offset, expected, text));
        }
        let types = types.map(|(key, value)| Arc::new((ItemType::ordered(key), ItemType::postcard(value))));
        self.pass = Pass { number, commit, nodes: 0, bytes: 0, countable: self.from.is_none(), types };
        self.stage = Stage::Nodes;
        if link.is_empty() {
            return;
        }
        let mut task = Task { link, parent: None, interval: Interval::default(), again: false };
        match self.seen.meet(&self.storage(), &task, number) {
            Met::New => {}
            // The commit changed nothing, so its tree is checked already.
            Met::SameWay | Met::InThisTree => return self.pass.countable = false,
            Met::OtherWay => task.again = true,
        }
        self.submit(vec![task], 0);
    }

    /// Continues with the bytes between the nodes, if the whole tree was checked.
    fn begin_rest(&mut self) {
        let own = self.dialect() == Dialect::Mst1 && self.from.is_none() && self.damage().is_none();
        let last = self.file.as_ref().filter(|_| own).and_then(TreeFile::last);
        self.rest = last.map(|last| Rest::up_to(last.end()));
        self.stage = if self.rest.is_some() { Stage::Rest } else { Stage::Tail };
    }

    pub(super) fn rest(&mut self, found: &mut Vec<Finding>) {
        let storage = self.storage();
        let step = self.rest.as_mut().map(|rest| rest.step(&storage, &self.seen, found));
        match step {
            Some(Ok(false)) => return,
            Some(Err(error)) => self.unread(Error::io("read the bytes between the nodes")(error)),
            Some(Ok(true)) | None => {}
        }
        self.stage = Stage::Tail;
    }

    /// Compares the totals of a commit with the counted ones (I15).
    fn wrong_totals(&self) -> Option<Finding> {
        let commit = self.pass.commit.as_ref().filter(|_| self.pass.countable)?;
        let (stated, counted) = (commit.totals, &self.pass);
        (stated.nodes != counted.nodes || stated.bytes != counted.bytes).then(|| {
            let text = |nodes: u64, bytes: u64| format!("{nodes} nodes of {bytes} bytes");
            let (expected, found) = (text(counted.nodes, counted.bytes), text(stated.nodes, stated.bytes));
            Finding::new(Dialect::Mst1, Rule::Totals, commit.offset, expected, found)
        })
    }

    pub(super) fn tail(&mut self, found: &mut Vec<Finding>) {
        self.stage = Stage::Done;
        let dialect = self.dialect();
        found.extend(self.seen.overlapping_empties().map(|(offset, other)| {
            Finding::new(
                dialect,
                Rule::Overlap,
                offset,
                "a frame of its own",
                format!("bytes of empty nodes from @{other} on too"),
            )
        }));
        if self.root_source.is_none() {
            return;
        }
        let storage = self.storage();
        let looked = match &self.file {
            // The end of the last commit is unknown.
            Some(file) if file.damage().is_some() => Ok(None),
            Some(file) => file::own_tail(&storage, file.last(), self.file_len),
            // The end of the nodes of a damaged tree is unknown.
            None if self.progress.errors > 0 => Ok(None),
            None => file::published_tail(&storage, dialect, self.seen.end()),
        };
        match looked {
            Ok(finding) => found.extend(finding),
            Err(error) => self.unread(Error::io("read the end of the file")(error)),
        }
    }
}
