//! The files of both trees live: notices of what happens to them, and the drift between their newest trees.
//!
//! Newer trees are compared while the screen goes on showing the drift as it was. Once all is compared, the new drift
//! takes its place, with the cursor on the same key. Nothing changes below an open page, a search or an export.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use file_mst::TreeFile;
use file_mst::diff::Side;
use file_mst::open::Opened;
use ratatui::text::Span;

use super::DiffScreen;
use super::compare::{Limits, compare};
use super::jobs::DiffReply;
use super::rows::FetchedDifferences;
use crate::model::columns::Columns;
use crate::model::diff::filter::Filter;
use crate::model::diff::list::{Batch, DiffList, Progress, Row};
use crate::model::diff::lookup::Forms;
use crate::model::diff::pair::Pair;
use crate::model::diff::seat::{Seat, seat};
use crate::model::watch::{self, Notice};
use crate::runtime::input::action::Common;
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::{Task, is_of};
use crate::runtime::theme::Role;
use crate::screens::file_watch::{self, Noticed, version_name};

const SIDES: [Side; 2] = [Side::Left, Side::Right];

/// What is known of the two files while the screen is open.
#[derive(Debug, Default)]
pub(super) struct Live {
    sides: [LiveSide; 2],
    is_following: bool,
    /// Looks for the newest trees.
    newest: Option<Task>,
    /// The comparison of newer trees.
    next: Option<Next>,
    /// Why newer trees could not be compared: what is shown is not current.
    failed: Option<String>,
}

/// What is known of the file of one side.
#[derive(Debug, Default)]
struct LiveSide {
    watch: Option<Task>,
    noticed: Option<Noticed>,
    /// The tree to be compared next.
    newer: Option<Opened>,
    /// The name of the version that is shown.
    name: String,
}

/// Newer trees, and the differences between them so far.
#[derive(Debug)]
struct Next {
    pair: Arc<Pair>,
    list: DiffList,
    task: Task,
    /// The names of the versions that are new.
    names: [Option<String>; 2],
}

fn index(side: Side) -> usize {
    usize::from(side == Side::Right)
}

/// The sides of which newer trees can be compared. A tree that was not the newest one of its file when it was opened
/// was chosen, and stays. Of two trees of one file only the right one moves on.
fn living(pair: &Pair) -> Vec<Side> {
    let is_one_file = pair.path(Side::Left) == pair.path(Side::Right);
    let lives = |side: Side| {
        let opened = pair.opened(side);
        let root = opened.tree.root_link();
        let is_newest = |file: &TreeFile| file.last().is_some_and(|last| last.root == root);
        pair.basis.is_empty() && opened.file.as_ref().is_none_or(is_newest) && !(is_one_file && side == Side::Left)
    };
    SIDES.into_iter().filter(|side| lives(*side)).collect()
}

impl DiffScreen {
    /// Begins to watch the files. Where nobody waits for the screen there is nothing to watch.
    pub(super) fn start_watch(&mut self) {
        if self.shared.runner.is_at_once() {
            return;
        }
        for side in living(&self.pair) {
            let file = (PathBuf::from(self.pair.path(side)), self.pair.opened(side).clone());
            let noticed = move |notice| DiffReply::Noticed(side, Box::new(notice));
            let live = &mut self.live.sides[index(side)];
            live.name = version_name(&file.1);
            live.watch = Some(file_watch::start(&self.shared.runner, file, |_| DiffReply::Unwatched, noticed));
        }
    }

    /// Takes in what happened to the file of a side.
    pub(super) fn noticed(&mut self, ticket: u64, side: Side, notice: Notice) {
        let is_following = self.live.is_following;
        let live = &mut self.live.sides[index(side)];
        if !is_of(&live.watch, ticket) {
            return;
        }
        match notice {
            Notice::Newer { opened, .. } if is_following => {
                (live.newer, live.noticed) = (Some(*opened), None);
                self.compare_newer();
            }
            Notice::Sound => live.noticed = None,
            notice => live.noticed = Some(notice.into()),
        }
        // There may be one more line, or one less.
        self.resize(self.areas.whole);
    }

    /// The sides whose files say where their newest trees are.
    fn followed(&self) -> Vec<Side> {
        let is_followed = |side: &Side| {
            self.live.sides[index(*side)].watch.is_some() && file_watch::can_be_followed(self.pair.opened(*side))
        };
        SIDES.into_iter().filter(is_followed).collect()
    }

    /// Why newer trees cannot be compared.
    fn not_followed(&self) -> &'static str {
        match self.pair.basis.is_empty() {
            true => "neither tree is the newest of a file that says where its newest root is",
            false => "tables are read once; compare them again to see what has changed since",
        }
    }

    /// Looks for the newest trees of both files, to compare these.
    pub(super) fn go_to_newest(&mut self) {
        let sides = self.followed();
        if sides.is_empty() {
            return self.shared.say(self.not_followed());
        }
        let file = |side: &Side| (*side, PathBuf::from(self.pair.path(*side)), self.pair.opened(*side).clone());
        let files: Vec<_> = sides.iter().map(file).collect();
        let failed = |why| DiffReply::Newest(Err(why));
        self.live.newest = Some(self.shared.runner.run(failed, move |feed| {
            let newest = |(side, path, opened): (Side, PathBuf, Opened)| {
                let name = path.file_name().map(|name| Path::new(name).display().to_string()).unwrap_or_default();
                let found = watch::newest(path, &opened).map_err(|why| format!("{name}: {why}"))?;
                Ok((side, Box::new(found)))
            };
            let _ = feed.send(DiffReply::Newest(files.into_iter().map(newest).collect()));
        }));
    }

    /// Takes in the newest trees, and compares them if they are newer than those that are shown.
    pub(super) fn found_newest(&mut self, ticket: u64, newest: Result<Vec<(Side, Box<Opened>)>, String>) {
        if !is_of(&self.live.newest, ticket) {
            return;
        }
        self.live.newest = None;
        let newest = match newest {
            Ok(newest) => newest,
            Err(why) => return self.shared.say(mst_types::escape_text(&why)),
        };
        let mut is_newer = false;
        for (side, found) in newest {
            let live = &mut self.live.sides[index(side)];
            // The watch may have seen another file at the name.
            let opened = match live.noticed.take().map(|noticed| noticed.notice) {
                Some(Notice::Newer { opened, replaced: true }) => opened,
                Some(Notice::Newer { .. }) | None => found,
                Some(other) => {
                    live.noticed = Some(other.into());
                    continue;
                }
            };
            if opened.tree.root_link() != self.pair.opened(side).tree.root_link() {
                live.newer = Some(*opened);
                is_newer = true;
            }
        }
        if !is_newer && !self.live.is_following {
            self.shared.say(format!("{} are the newest", self.versions(&[None, None])));
        }
        self.compare_newer();
        self.resize(self.areas.whole);
    }

    /// Begins to follow both files, or stops.
    pub(super) fn toggle_following(&mut self) {
        if std::mem::take(&mut self.live.is_following) {
            return self.shared.say("not followed any more");
        }
        if self.followed().is_empty() {
            return self.shared.say(self.not_followed());
        }
        self.live.is_following = true;
        self.shared.say(format!("following; {} stops", key_of(Common::Follow)));
        self.go_to_newest();
    }

    /// `left #12, right #9`, with other names where they are given. A side that does not live is not named.
    fn versions(&self, names: &[Option<String>; 2]) -> String {
        let name = |side: &Side| {
            let live = &self.live.sides[index(*side)];
            let name = names[index(*side)].as_ref().unwrap_or(&live.name);
            (live.watch.is_some()).then(|| format!("{} {name}", side.name()))
        };
        SIDES.iter().filter_map(name).collect::<Vec<_>>().join(", ")
    }

    /// Begins to compare newer trees, if there are any and nothing is in the way.
    pub(super) fn compare_newer(&mut self) {
        let is_busy = self.live.next.is_some() || self.list.progress == Progress::Running;
        if is_busy || self.live.sides.iter().all(|live| live.newer.is_none()) {
            return;
        }
        let newer = SIDES.map(|side| self.live.sides[index(side)].newer.take());
        let names = [0, 1].map(|at| newer[at].as_ref().map(version_name));
        let [left, right] = newer;
        let opened = |newer: Option<Opened>, side| newer.unwrap_or_else(|| self.pair.opened(side).clone());
        let pair = match self.pair.newer(opened(left, Side::Left), opened(right, Side::Right)) {
            Ok(pair) => Arc::new(pair),
            Err(why) => return self.not_current(&names, &why.to_string()),
        };
        let compared = Arc::clone(&pair);
        let task = self.shared.runner.run(DiffReply::NotCompared, move |feed| {
            compare(&compared, Limits::default(), feed.cancelled(), &mut |batch| {
                feed.send(DiffReply::Batch(Box::new(batch))).is_continue()
            });
        });
        self.live.failed = None;
        self.live.next = Some(Next { pair, list: DiffList::new(), task, names });
    }

    /// Whether a reply with this ticket is of the comparison of newer trees.
    pub(super) fn is_of_next(&self, ticket: u64) -> bool {
        self.live.next.as_ref().is_some_and(|next| next.task.ticket() == ticket)
    }

    pub(super) fn take_next_batch(&mut self, batch: Batch) {
        if let Some(next) = &mut self.live.next {
            next.list.take(batch);
        }
    }

    /// The comparison of newer trees failed: the drift that is shown stays, and it is said how old it is.
    pub(super) fn next_failed(&mut self, why: &str) {
        if let Some(next) = self.live.next.take() {
            self.not_current(&next.names, why);
        }
    }

    fn not_current(&mut self, names: &[Option<String>; 2], why: &str) {
        self.live.is_following = false;
        self.live.failed = Some(format!("NOT CURRENT: {} could not be compared: {why}", self.versions(names)));
    }

    /// Shows the drift between newer trees once all is compared, and nothing is in the way.
    pub(super) fn settle(&mut self) {
        let is_free = !self.layers.is_open() && self.busy.is_none();
        if let Some(next) = self.live.next.take_if(|next| is_free && next.list.progress == Progress::Done) {
            self.show_next(next);
        }
        self.compare_newer();
    }

    fn show_next(&mut self, Next { pair, list, task, names }: Next) {
        let words = self.versions(&names);
        for (live, name) in self.live.sides.iter_mut().zip(names) {
            live.name = name.unwrap_or(std::mem::take(&mut live.name));
        }
        let here = self.selected_row().map(Row::place);
        let part = self.list.part(self.cursor.selected);
        let (old_pair, old_list) = (Arc::clone(&self.pair), std::mem::replace(&mut self.list, list));
        (self.pair, self.comparison) = (Arc::clone(&pair), Some(task));
        self.same_rule = pair.diff().is_none_or(|diff| diff.prunes());
        let place = {
            let (old, new) = (Forms::new(&old_pair), Forms::new(&pair));
            let seated = |place: &usize| {
                let entry = (*place..old_list.places()).find_map(|place| old_list.entry(place))?;
                let (key, side) = entry.first_key()?;
                seat(&self.list, &old.of(key, side), &new)
            };
            let at = |place: &usize| match seated(place)? {
                Seat::Entry(at) | Seat::Within(at) => Some(at),
            };
            self.letters = self.letters.moved(at);
            here.as_ref().and_then(at)
        };
        self.list.show_as(&old_list);
        self.judging = None;
        self.inside = None;
        (self.equal_hit, self.passed, self.strip_cursor) = (None, None, None);
        self.rows = FetchedDifferences::default();
        self.visible.clear();
        // Where nothing differed, the first difference is what one waits for.
        let first = self.list.find_from(0).filter(|_| old_list.differences() == 0);
        let line = first.unwrap_or(place.map_or(0, |place| self.list.line_of(place)));
        let filter = old_list.filter().clone();
        let line = if filter == Filter::default() { line } else { self.list.set_filter(filter, line) };
        let parts = self.list.row(line).map_or(1, |row| self.list.parts(row));
        self.cursor.jump(line + part.min(parts - 1), self.list.len());
        self.judge_missing();
        if let Some(table) = &mut self.records {
            let types = [&pair.left, &pair.right].map(|opened| opened.typing.value.as_ref());
            table.renew(Columns::of(&types));
        }
        self.fit();
        self.follow_with_table();
        self.fit();
        if !self.live.is_following {
            self.shared.say(format!("now {words}"));
        }
    }

    /// Whether there is anything to say of the files.
    pub(super) fn has_live_parts(&self) -> bool {
        let live = &self.live;
        let has_notice = live.sides.iter().any(|live| live.noticed.is_some());
        has_notice || live.is_following || live.next.is_some() || live.failed.is_some()
    }

    /// What happened to the files, for the line below the verdict; nothing if there is nothing to say.
    pub(crate) fn live_parts(&self) -> Vec<Span<'static>> {
        let part = |words: String, role| Span::styled(words, self.shared.theme.style(role));
        let newest = format!("{} compares it", key_of(Common::Newest));
        let mut parts = Vec::new();
        for side in SIDES {
            let noticed = self.live.sides[index(side)].noticed.as_ref();
            if let Some((words, role)) = noticed.and_then(|noticed| file_watch::words(noticed, &newest, None)) {
                parts.push(part(format!("{}: {words}", side.name()), role));
            }
        }
        if let Some(next) = &self.live.next {
            let versions = self.versions(&next.names);
            let words = match next.list.progress {
                Progress::Done => format!("{versions} compared, shown once this is closed"),
                _ => format!("comparing {versions} …"),
            };
            parts.push(part(words, Role::Doubtful));
        }
        if let Some(why) = &self.live.failed {
            parts.insert(0, part(why.clone(), Role::Bad));
        }
        if self.live.is_following {
            let key = key_of(Common::Follow);
            let shown = match self.live.next {
                Some(_) => "FOLLOWING".to_owned(),
                None => format!("FOLLOWING {}", self.versions(&[None, None])),
            };
            parts.insert(0, part(format!("{shown} ({key} stops)"), Role::Good));
        }
        parts
    }
}
