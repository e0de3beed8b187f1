//! The tasks of the screen of two trees: the comparison, reading equal stretches, searches and exports.

#[cfg(test)]
use std::any::Any;
use std::io;
use std::path::Path;
use std::sync::Arc;

use file_mst::diff::Side;
use file_mst::open::Opened;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::compare::{Limits, compare};
use super::{DiffScreen, draw};
use crate::model::diff::export::Export;
use crate::model::diff::inside::{self, Page, Reach};
use crate::model::diff::list::{Batch, Row};
use crate::model::diff::lookup::Lookup;
use crate::model::diff::search::Found;
use crate::model::key_words::keys_beginning;
use crate::model::text::thousands;
use crate::model::watch::Notice;
use crate::runtime::input::action::{Action, Common};
use crate::runtime::input::commands::Command;
use crate::runtime::input::completion::{self, FindKeys};
use crate::runtime::input::mouse::{Mouse, MouseKind, MousePane};
use crate::runtime::jobs::{Reply, is_of};
use crate::runtime::layers::{After, Layers};
use crate::runtime::layout::overlay_inside;
use crate::runtime::paint::Look;
use crate::runtime::screen::{Effect, NoMeaning, Screen, Shared};

/// A reply of a task of this screen.
#[derive(Debug)]
pub(super) enum DiffReply {
    /// Differences between the two trees.
    Batch(Box<Batch>),
    /// The reason why the comparison failed. What comes after the differences so far is not known.
    NotCompared(String),
    /// Something happened to the file of a side.
    Noticed(Side, Box<Notice>),
    /// A file is not watched any more.
    Unwatched,
    /// The newest trees of the files, or why one is not known.
    Newest(Result<Vec<(Side, Box<Opened>)>, String>),
    /// More of the equal stretch in a place.
    Inside(usize, Page),
    /// The progress of an export, in words.
    Progress(String),
    /// What a search has found.
    Found(Box<Found>),
    /// A key that was looked up in both trees.
    LookedUp(Box<Lookup>),
    /// The reason why the search failed.
    NotSearched(String),
    /// Which of the places from the first on the filter lets through.
    Judged(usize, Vec<bool>),
    /// The places of the table of records in the order of a column, or the reason why there is none.
    Sorted(Vec<usize>),
    NotSorted(String),
    /// The reason why the filter cannot be used.
    NotJudged(String),
    /// The end of an export to a file of this name, and the reason why it cannot be applied, if it cannot.
    Exported(String, Option<&'static str>, io::Result<u64>),
}

impl Screen for DiffScreen {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut Shared {
        &mut self.shared
    }

    fn find_keys(&self) -> Option<FindKeys> {
        let pair = Arc::clone(&self.pair);
        Some(Box::new(move |text| {
            let of = |side| {
                let opened = pair.opened(side);
                keys_beginning(&opened.tree, opened.typing.key.as_ref(), text, completion::MOST)
            };
            let mut keys = [of(Side::Left), of(Side::Right)].concat();
            keys.sort();
            keys.dedup();
            keys.truncate(completion::MOST);
            keys
        }))
    }

    fn panes(&mut self) -> Vec<MousePane> {
        let overlay = overlay_inside(self.overlay(), self.framed());
        if let Some(pane) = self.layers.pane(overlay) {
            return vec![pane];
        }
        let is_inside = self.split.inside;
        let unfolds = matches!(self.selected_row(), Some(Row::Node(_) | Row::Equal(..)));
        let opens = if unfolds { Common::ToggleFold } else { Common::Open }.into();
        let list = match &self.records {
            Some(table) => {
                // Below its heads.
                let inside = self.areas.list_with_heads();
                let rows = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
                MousePane::new(rows, &table.cursor, !is_inside)
            }
            None => MousePane { opens, ..MousePane::new(self.areas.list(), &self.cursor, !is_inside) },
        };
        vec![list, MousePane::new(self.areas.inspector(), &self.inspector.cursor, is_inside)]
    }

    /// A press in the strip leads to the differences that stand there, and a second one lists only these.
    fn press(&mut self, mouse: Mouse) -> bool {
        let (body, width) = (self.areas.body, self.wanted().list_width());
        if !self.layers.is_open() && self.split.mouse(mouse, body, width) {
            DiffScreen::resize(self, self.areas.whole);
            return true;
        }
        let cells = draw::strip::cells(self.areas.strip);
        if self.layers.is_open() || !cells.contains(mouse.at) {
            return false;
        }
        let column = usize::from(mouse.at.x - cells.x);
        match mouse.kind {
            MouseKind::Press => self.go_to_column(column),
            MouseKind::DoubleClick => self.filter_to_column(column),
            _ => return false,
        }
        true
    }

    fn execute(&mut self, command: Command) -> Result<Vec<Effect>, NoMeaning> {
        let before = self.cursor.selected;
        // Following moves no cursor.
        self.has_moved |= !matches!(command, Command::Do(Action::Common(Common::Follow | Common::Newest)));
        let outcome = self.execute_command(command);
        if self.cursor.selected != before {
            self.follow_with_table();
        }
        self.settle();
        DiffScreen::resize(self, self.areas.whole);
        Ok(outcome?.into_iter().collect())
    }

    fn reply(&mut self, ticket: u64, reply: Reply) -> Vec<Effect> {
        match Layers::reply(self, ticket, reply) {
            Ok(After::Do(effect)) => return vec![effect],
            Ok(After::Ignored | After::Stay | After::Close) => self.fit(),
            Err(reply) => {
                let is_of_rows = self.rows.running.as_ref().is_some_and(|running| running.task.ticket() == ticket);
                if is_of_rows {
                    if let Some(reply) = reply.take() {
                        self.take_rows(ticket, reply);
                    }
                } else if let Some(reply) = reply.take() {
                    self.take(ticket, reply);
                }
            }
        }
        self.settle();
        Vec::new()
    }

    fn resize(&mut self, area: Rect) {
        DiffScreen::resize(self, area);
    }

    fn read_missing(&mut self) {
        self.judge_missing();
        if self.inside.is_some() {
            return;
        }
        let window = self.cursor.window(self.list.len());
        let Some((place, stretch, after)) = self.list.wants_inside(window) else { return };
        let pair = Arc::clone(&self.pair);
        let failed = move |why| DiffReply::Inside(place, Page { records: Vec::new(), reach: Reach::Failed(why) });
        self.inside = Some(self.shared.runner.run(failed, move |feed| {
            let page = inside::read(&pair, &stretch, after.as_deref(), inside::PART);
            let _ = feed.send(DiffReply::Inside(place, page));
        }));
    }

    fn draw(&self, buf: &mut Buffer) {
        draw::draw(self, buf);
    }

    #[cfg(test)]
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

impl DiffScreen {
    fn take(&mut self, ticket: u64, reply: DiffReply) {
        match reply {
            DiffReply::Batch(batch) if self.is_of_next(ticket) => self.take_next_batch(*batch),
            DiffReply::NotCompared(why) if self.is_of_next(ticket) => self.next_failed(&why),
            DiffReply::Batch(batch) if is_of(&self.comparison, ticket) => self.take_batch(*batch),
            DiffReply::NotCompared(why) if is_of(&self.comparison, ticket) => self.not_compared(&why),
            DiffReply::Noticed(side, notice) => self.noticed(ticket, side, *notice),
            DiffReply::Newest(newest) => self.found_newest(ticket, newest),
            DiffReply::Inside(place, page) if is_of(&self.inside, ticket) => {
                self.inside = None;
                self.list.take_inside(place, page);
                self.fit();
            }
            DiffReply::Progress(words) if is_of(&self.busy, ticket) => self.shared.say(words),
            DiffReply::NotSearched(why) if is_of(&self.busy, ticket) => {
                self.busy = None;
                self.shared.say(why);
            }
            DiffReply::Found(found) if is_of(&self.busy, ticket) => {
                self.busy = None;
                self.shared.input.message = None;
                self.searched(*found);
            }
            DiffReply::LookedUp(lookup) if is_of(&self.busy, ticket) => {
                self.busy = None;
                self.looked_up(&lookup);
            }
            DiffReply::Exported(name, refused, done) if is_of(&self.busy, ticket) => {
                self.busy = None;
                self.exported(&name, refused, done);
            }
            DiffReply::Judged(from, passes) if self.is_judged_by(ticket) => self.take_judged(from, passes),
            DiffReply::NotJudged(why) if self.is_judged_by(ticket) => self.not_judged(why),
            DiffReply::Sorted(order) if self.is_sorted_by(ticket) => self.take_sorted(order),
            DiffReply::NotSorted(why) if self.is_sorted_by(ticket) => self.not_sorted(why),
            // The task was replaced or cancelled.
            _ => {}
        }
    }

    pub(super) fn start_comparison(&mut self) {
        let pair = Arc::clone(&self.pair);
        self.comparison = Some(self.shared.runner.run(DiffReply::NotCompared, move |feed| {
            compare(&pair, Limits::default(), feed.cancelled(), &mut |batch| {
                feed.send(DiffReply::Batch(Box::new(batch))).is_continue()
            });
        }));
    }

    /// Writes the shown differences to a new file.
    pub(super) fn export(&mut self, name: String) {
        let (pair, export) = (Arc::clone(&self.pair), self.to_export());
        let refused = export.refused().filter(|_| !Export::is_report(Path::new(&name)));
        let named = name.clone();
        let failed = move |why: String| DiffReply::Exported(named, refused, Err(io::Error::other(why)));
        self.busy = Some(self.shared.runner.run(failed, move |feed| {
            let mut progress =
                |lines| feed.send(DiffReply::Progress(format!("{} differences written …", thousands(lines))));
            let done = export.write(Path::new(&name), &pair, &mut progress);
            let _ = feed.send(DiffReply::Exported(name, refused, done));
        }));
    }
}
