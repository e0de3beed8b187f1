//! The file of the tree lives: notices of what happens to it, the way to its newest tree, and following it.

use std::path::PathBuf;

use file_mst::history::Changes;
use file_mst::open::Opened;
use mst_types::escape_text;
use ratatui::text::Span;

use super::jobs::TreeReply;
use super::{Count, TreeScreen};
use crate::model::diff::pair::Pair;
use crate::model::history::changes_text;
use crate::model::jump::Jump;
use crate::model::watch::{self, Notice};
use crate::runtime::input::action::{Common, TreeAction};
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::{Task, is_of};
use crate::runtime::layers::Layers;
use crate::runtime::screen::{Destination, Effect};
use crate::runtime::theme::Role;
use crate::screens::file_watch::{self, Noticed, version_name};

/// The most differences between the pinned and the newest tree that are counted.
const MAX_COUNTED: u64 = 1_000_000;

/// What is known of the file while the screen is open.
#[derive(Debug, Default)]
pub(crate) struct Live {
    watch: Option<Task>,
    /// What happened to it.
    notice: Option<Noticed>,
    /// Looks for the newest tree.
    newest: Option<Task>,
    following: Option<Following>,
}

/// The file is followed.
#[derive(Debug)]
struct Following {
    /// The tree that was shown when it began.
    pinned: Opened,
    /// Its name.
    since: String,
    /// The drift between that tree and the one that is shown.
    drift: LiveDrift,
    counting: Option<Task>,
}

#[derive(Clone, Copy, Debug)]
enum LiveDrift {
    Counting,
    Counted(Changes),
    /// More than are counted, or some could not be read.
    Unknown,
}

impl TreeScreen {
    /// Begins to watch the file. Where nobody waits for the screen there is nothing to watch.
    pub(super) fn start_watch(&mut self) {
        if self.shared.runner.is_at_once() {
            return;
        }
        let file = (PathBuf::from(&self.shown.path), self.shown.opened.clone());
        let noticed = |notice| TreeReply::Noticed(Box::new(notice));
        self.live.watch = Some(file_watch::start(&self.shared.runner, file, |_| TreeReply::Unwatched, noticed));
    }

    /// Takes in what happened to the file.
    pub(super) fn noticed(&mut self, ticket: u64, notice: Notice) {
        if !is_of(&self.live.watch, ticket) {
            return;
        }
        match notice {
            Notice::Newer { opened, replaced } => self.newer(*opened, replaced),
            Notice::Sound => self.live.notice = None,
            notice => self.live.notice = Some(notice.into()),
        }
    }

    fn newer(&mut self, opened: Opened, replaced: bool) {
        let opened = if replaced { opened } else { self.in_my_types(opened) };
        if self.live.following.is_some() {
            self.show_newest(opened);
            self.count_drift();
            return;
        }
        if !replaced {
            // The history lists the new commits.
            self.shown.opened.file.clone_from(&opened.file);
            self.history = None;
            if self.layers.is_top("history") {
                Layers::refresh(self);
            }
        }
        self.live.notice = Some(Notice::Newer { opened: Box::new(opened), replaced }.into());
    }

    /// The newest tree of the same file under the types that are shown.
    fn in_my_types(&self, newest: Opened) -> Opened {
        let mut mine = self.shown.opened.clone();
        mine.file.clone_from(&newest.file);
        newest.file.as_ref().and_then(|file| mine.at(file.last()?)).unwrap_or(newest)
    }

    /// Looks for the newest tree of the file, to go there.
    pub(super) fn go_to_newest(&mut self) {
        let (path, opened) = (PathBuf::from(&self.shown.path), self.shown.opened.clone());
        let failed = |why| TreeReply::Newest(Box::new(Err(why)));
        self.live.newest = Some(self.shared.runner.run(failed, move |feed| {
            let _ = feed.send(TreeReply::Newest(Box::new(watch::newest(path, &opened))));
        }));
    }

    /// Takes in the newest tree, and goes there.
    pub(super) fn found_newest(&mut self, ticket: u64, newest: Result<Opened, String>) {
        if !is_of(&self.live.newest, ticket) {
            return;
        }
        self.live.newest = None;
        let opened = match (newest, self.live.notice.as_ref().map(|noticed| &noticed.notice)) {
            // The watch has seen another file at this name.
            (_, Some(Notice::Newer { opened, replaced: true })) => (**opened).clone(),
            (Ok(opened), _) => self.in_my_types(opened),
            (Err(why), _) => {
                let history = key_of(TreeAction::Report("history"));
                return self.shared.say(escape_text(&format!("{why}; {history} lists the versions")));
            }
        };
        if opened.tree.root_link() == self.shown.opened.tree.root_link() {
            self.live.notice = None;
            if self.live.following.is_none() {
                self.shared.say(format!("{} is the newest", version_name(&opened)));
            }
            return;
        }
        self.show_newest(opened);
        self.count_drift();
    }

    /// Shows another tree of the file, with the cursor on the same key, or the same place.
    fn show_newest(&mut self, opened: Opened) {
        let (key, path) = (self.selected_key().map(|key| key.stored().to_vec()), self.path_of_cursor());
        let words = format!("now at {}", version_name(&opened));
        let layers = std::mem::take(&mut self.layers);
        let was_counted = self.count != Count::NotAsked;
        self.show(opened);
        self.layers = layers;
        self.live.notice = None;
        self.history = None;
        Layers::refresh(self);
        if was_counted && self.is_small() {
            self.start_count();
        }
        self.shared.say(words);
        match key {
            _ if self.has_filter() => {}
            Some(key) => self.jump(Jump::Key(key)),
            None => self.follow(path),
        }
        self.resize(self.areas.whole);
        self.lay_out();
    }

    /// Begins to follow the file, or stops.
    pub(super) fn toggle_following(&mut self) {
        if self.live.following.take().is_some() {
            return self.shared.say("not followed any more");
        }
        let opened = &self.shown.opened;
        if self.live.watch.is_none() {
            return self.shared.say("this tree is in no file that can be followed");
        }
        if !file_watch::can_be_followed(opened) {
            return self.shared.say("the file does not say where its newest root is, so it cannot be followed");
        }
        let drift = LiveDrift::Counted(Changes::default());
        let (pinned, since) = (opened.clone(), version_name(opened));
        self.live.following = Some(Following { pinned, since, drift, counting: None });
        self.shared.say(format!("following; {} stops", key_of(Common::Follow)));
        self.go_to_newest();
    }

    /// Counts the drift between the pinned tree and the one that is shown.
    fn count_drift(&mut self) {
        let Some(following) = &mut self.live.following else { return };
        let (old, new) = (following.pinned.tree.clone(), self.shown.opened.tree.clone());
        following.drift = LiveDrift::Counting;
        let failed = |_| TreeReply::LiveDrift(None);
        following.counting = Some(self.shared.runner.run(failed, move |feed| {
            let mut seen = 0;
            let changes = Changes::between(&old, &new, || {
                seen += 1;
                seen < MAX_COUNTED && !feed.is_cancelled()
            });
            let _ = feed.send(TreeReply::LiveDrift(changes));
        }));
    }

    pub(super) fn counted_drift(&mut self, ticket: u64, changes: Option<Changes>) {
        if let Some(following) = self.live.following.as_mut().filter(|following| is_of(&following.counting, ticket)) {
            following.counting = None;
            following.drift = changes.map_or(LiveDrift::Unknown, LiveDrift::Counted);
        }
    }

    /// The pinned tree and the one that is shown, side by side.
    pub(super) fn live_drift(&self) -> Option<Effect> {
        let following = self.live.following.as_ref()?;
        let name = |opened: &Opened| {
            let root = opened.tree.root_link();
            (
                format!("{} {}", self.shown.file, version_name(opened)),
                format!("{}@{}:{}", self.shown.path, root.offset, root.hash),
            )
        };
        let (left, right) = (following.pinned.clone(), self.shown.opened.clone());
        let ((left_name, left_path), (right_name, right_path)) = (name(&left), name(&right));
        let pair = Pair::new(left, right, [left_name, right_name], [left_path, right_path]);
        Some(Effect::Show(Destination::Pair(Box::new(pair))))
    }

    pub(super) fn stop_following(&mut self) {
        self.live.following = None;
    }

    /// What happened to the file, for the header: the most important thing first.
    pub(crate) fn live_parts(&self) -> Vec<Vec<Span<'static>>> {
        let part = |words: String, role| vec![Span::styled(words, self.shared.theme.style(role))];
        let newest = key_of(Common::Newest);
        let (newest, history) = (format!("{newest} shows it"), key_of(TreeAction::Report("history")));
        let notice = self.live.notice.as_ref().and_then(|notice| file_watch::words(notice, &newest, Some(&history)));
        let notice = notice.map(|(words, role)| part(words, role));
        let following = self.live.following.as_ref().map(|following| {
            let since = &following.since;
            let (drift, more) = match following.drift {
                LiveDrift::Counting => ("…".to_owned(), String::new()),
                LiveDrift::Counted(changes) => {
                    let is_empty = changes == Changes::default();
                    let more = format!(", {} shows them", key_of(TreeAction::Compare));
                    (changes_text(&changes), if is_empty { String::new() } else { more })
                }
                LiveDrift::Unknown => ("not counted".to_owned(), format!(", {} compares", key_of(TreeAction::Compare))),
            };
            part(format!("FOLLOWING since {since}: {drift}{more}"), Role::Good)
        });
        notice.into_iter().chain(following).collect()
    }
}
