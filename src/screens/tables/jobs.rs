//! The tasks of the screen of two tables: drafting, building, and writing the draft.

#[cfg(test)]
use std::any::Any;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use mst_sync::draft::Draft;
use mst_types::escape_path;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::page::Page;
use super::progress::{Meter, Progress};
use super::{Phase, Stage, TablesScreen, draw};
use crate::model::diff::pair::Pair;
use crate::runtime::input::action::TablesAction;
use crate::runtime::input::commands::Command;
use crate::runtime::input::mouse::MousePane;
use crate::runtime::jobs::{Feed, PROGRESS, Reply, is_of};
use crate::runtime::layers::{After, Layers};
use crate::runtime::layout::overlay_inside;
use crate::runtime::screen::{Destination, Effect, NoMeaning, Screen, Shared};
use crate::tables::SideProgress;

/// A reply of a task of this screen.
#[derive(Debug)]
enum TablesReply {
    Progress(Progress),
    Drafted(anyhow::Result<Box<Draft>>),
    Built(anyhow::Result<Box<Pair>>),
    /// The draft was written into a folder.
    Written(String, anyhow::Result<[PathBuf; 3]>),
}

impl Screen for TablesScreen {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut Shared {
        &mut self.shared
    }

    fn panes(&mut self) -> Vec<MousePane> {
        let overlay = overlay_inside(self.areas.body, self.areas.framed);
        if let Some(pane) = self.layers.pane(overlay) {
            return vec![pane];
        }
        let (areas, opens) = (self.areas, TablesAction::Details.into());
        let (Phase::Page, Some(page)) = (&self.phase, &self.page) else { return Vec::new() };
        let pane = |area, cursor, has_keys| MousePane { opens, ..MousePane::new(area, cursor, has_keys) };
        let list = pane(areas.list_inside(), &page.cursor, !page.is_in_details);
        let details = pane(areas.details_inside(), &page.details_cursor, page.is_in_details);
        // Where there is room for one, both have the same area.
        match areas.details {
            Some(_) => vec![list, details],
            None if page.is_in_details => vec![details],
            None => vec![list],
        }
    }

    fn execute(&mut self, command: Command) -> Result<Vec<Effect>, NoMeaning> {
        let outcome = self.execute_command(command);
        self.fit();
        Ok(outcome?.into_iter().collect())
    }

    fn reply(&mut self, ticket: u64, reply: Reply) -> Vec<Effect> {
        let effect = match Layers::reply(self, ticket, reply) {
            Ok(After::Do(effect)) => Some(effect),
            Ok(After::Ignored | After::Stay | After::Close) => None,
            Err(reply) => reply.take().and_then(|reply| self.take(ticket, reply)),
        };
        self.fit();
        effect.into_iter().collect()
    }

    fn resize(&mut self, area: Rect) {
        TablesScreen::resize(self, area);
    }

    fn read_missing(&mut self) {}

    fn draw(&self, buf: &mut Buffer) {
        draw::draw(self, buf);
    }

    #[cfg(test)]
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

impl TablesScreen {
    fn take(&mut self, ticket: u64, reply: TablesReply) -> Option<Effect> {
        match reply {
            TablesReply::Progress(progress) if is_of(&self.task, ticket) => self.take_progress(progress),
            TablesReply::Drafted(drafted) if is_of(&self.task, ticket) => {
                self.task = None;
                match drafted {
                    Ok(draft) => self.take_draft(*draft),
                    Err(error) => self.failed(Stage::Draft, &error),
                }
            }
            TablesReply::Built(built) if is_of(&self.task, ticket) => {
                self.task = None;
                match built {
                    Ok(pair) => {
                        self.phase = if self.page.is_some() { Phase::Page } else { Phase::Built };
                        return Some(Effect::Show(Destination::Pair(pair)));
                    }
                    Err(error) => self.failed(Stage::Build, &error),
                }
            }
            TablesReply::Written(folder, written) if is_of(&self.writing, ticket) => {
                self.writing = None;
                match written {
                    Ok(files) => self.written(folder, &files),
                    Err(error) => self.shared.say(one_line(&error)),
                }
            }
            // The task was replaced or cancelled.
            _ => {}
        }
        None
    }

    /// Shows a draft, unless nothing in it needs a look: then both trees are built at once.
    fn take_draft(&mut self, draft: Draft) {
        let page = Page::new(draft);
        let needs_look = page.needs_look();
        self.page = Some(page);
        self.phase = Phase::Page;
        if !needs_look {
            self.start_stage(Stage::Build);
        }
    }

    fn failed(&mut self, stage: Stage, error: &anyhow::Error) {
        self.text.select(0, 0);
        self.phase = Phase::Failed(stage, format!("{error:#}"));
    }

    pub(super) fn start_stage(&mut self, stage: Stage) {
        self.meters = [Meter::default(); 2];
        self.phase = Phase::Working(stage);
        let work = Arc::clone(&self.work);
        let failed = move |why: String| match stage {
            Stage::Draft => TablesReply::Drafted(Err(anyhow::Error::msg(why))),
            Stage::Build => TablesReply::Built(Err(anyhow::Error::msg(why))),
        };
        let draft = self.page.as_ref().map(|page| Arc::clone(&page.draft));
        self.task = Some(self.shared.runner.run(failed, move |feed| {
            let teller = Teller::new(feed);
            let tell = |side, progress| teller.tell(side, progress);
            let reply = match stage {
                Stage::Draft => TablesReply::Drafted(work.draft(&tell).map(Box::new)),
                Stage::Build => TablesReply::Built(work.build(draft.as_deref(), &tell).map(Box::new)),
            };
            let _ = feed.send(reply);
        }));
    }

    /// Writes the draft into a folder.
    pub(super) fn write(&mut self, folder: String) -> Result<(), NoMeaning> {
        let draft = Arc::clone(&self.page.as_ref().ok_or(NoMeaning)?.draft);
        let work = Arc::clone(&self.work);
        let named = folder.clone();
        let failed = |why: String| TablesReply::Written(named, Err(anyhow::Error::msg(why)));
        self.writing = Some(self.shared.runner.run(failed, move |feed| {
            let written = work.write(&draft, Path::new(&folder));
            let _ = feed.send(TablesReply::Written(folder, written));
        }));
        Ok(())
    }

    fn written(&mut self, folder: String, files: &[PathBuf; 3]) {
        if let Some(page) = &mut self.page {
            page.written = Some((folder, false));
        }
        let [contract, left, right] = files;
        let names = [left, right].map(|path| escape_path(path));
        let words = format!("wrote {}; mst-tui {} {} compares under them", escape_path(contract), names[0], names[1]);
        self.shared.say(words);
    }
}

fn one_line(error: &anyhow::Error) -> String {
    mst_types::escape_text(&format!("{error:#}").replace('\n', " ")).into_owned()
}

/// Passes the progress of both sides on, so seldom that the screen does not flicker.
struct Teller<'a> {
    feed: &'a Feed,
    start: Instant,
    told: Mutex<(Progress, Option<Instant>)>,
}

impl<'a> Teller<'a> {
    fn new(feed: &'a Feed) -> Self {
        Self { feed, start: Instant::now(), told: Mutex::default() }
    }

    fn tell(&self, side: usize, progress: SideProgress) -> ControlFlow<()> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (sides, sent) = &mut *told;
        let Some(known) = sides.sides.get_mut(side) else { return ControlFlow::Continue(()) };
        let has_ended = progress.is_done && !known.is_done;
        *known = progress;
        let is_due = sent.is_none_or(|sent| sent.elapsed() >= PROGRESS);
        if !is_due && !has_ended {
            return if self.feed.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        }
        *sent = Some(Instant::now());
        sides.at = self.start.elapsed();
        self.feed.send(TablesReply::Progress(*sides))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::runtime::event::Event;
    use crate::runtime::jobs::Runner;

    #[test]
    fn both_sides_together_are_told_at_most_ten_times_a_second() {
        let (sender, events) = channel();
        let (task, feed) = Runner::at_once(sender).task();
        let teller = Teller::new(&feed);
        let start = Instant::now();
        let mut told = 0_u64;
        while start.elapsed() < Duration::from_millis(350) {
            told += 1;
            let side = (told % 2) as usize;
            assert!(teller.tell(side, SideProgress { rows: told, share: None, is_done: false }).is_continue());
        }
        let most = start.elapsed().as_millis() / PROGRESS.as_millis() + 1;
        let sent = events.try_iter().count();
        assert!(sent >= 2 && sent as u128 <= most, "{sent} of {told}");
        // The end of a side is told at once, and only once.
        let done = SideProgress { rows: told, share: None, is_done: true };
        let before = Instant::now();
        let _ = teller.tell(0, done);
        let _ = teller.tell(0, done);
        let last: Vec<_> = events.try_iter().collect();
        assert!(before.elapsed() >= PROGRESS || last.len() == 1, "{last:?}");
        let Some(Event::Reply { reply, .. }) = last.into_iter().next() else { panic!("no reply") };
        let Some(TablesReply::Progress(progress)) = reply.take() else { panic!("no progress") };
        assert!(progress.sides[0].is_done && progress.sides[1].rows > 0);
        drop(task);
        assert!(teller.tell(1, SideProgress::default()).is_break(), "nobody waits any more");
    }
}
