//! The search of the screen of one tree: a task finds the hits, and keys go from one to another.

use std::time::Instant;

use file_mst::inspect::node::Link;
use mst_types::escape_text;

use super::TreeScreen;
use super::jobs::TreeReply;
use crate::model::jump::Jump;
use crate::model::outline::{Bound, NodeId};
use crate::model::search::hits::{Found, Hits, Progress};
use crate::model::search::query::Query;
use crate::model::search::scan::{Report, Search, scan};
use crate::runtime::input::action::Common;
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::Task;

/// A search.
#[derive(Debug)]
pub(crate) struct Searching {
    pub(crate) hits: Hits,
    /// The tree that is searched.
    root: Link,
    task: Option<Task>,
    started: Instant,
    /// The step that waits until the search has found its hit: so many hits forward, or back if it is negative.
    waiting: Option<isize>,
    /// The hit that was gone to last, and the direction if it was found from the other end on.
    at: Option<(Vec<u8>, Option<bool>)>,
}

impl TreeScreen {
    /// Searches for a text, or goes on by so many hits of the search before; back if it is negative.
    pub(crate) fn search(&mut self, text: Option<String>, steps: isize) {
        let is_new = text.is_some();
        let Some(text) = self.shared.search_text(text) else { return };
        let query = match Query::parse(&text, &[self.typing.value.as_ref()]) {
            Ok(query) => query,
            Err(why) => return self.shared.say(escape_text(&why)),
        };
        self.layers.clear();
        let root = self.shown.opened.tree.root_link();
        let is_same = |searching: &Searching| searching.hits.query.text() == query.text() && searching.root == root;
        if is_new || !self.searching.as_ref().is_some_and(is_same) {
            self.start_search(query, root);
        }
        self.step_to_hit(steps);
    }

    fn start_search(&mut self, query: Query, root: Link) {
        let opened = &self.shown.opened;
        let (tree, typing) = (opened.tree.clone(), self.typing.clone());
        let hits = Hits::new(query.clone(), tree.store().codec().clone());
        let search = Search { query, typing, from: self.key_here(), total: self.counted_records() };
        let failed = |why| TreeReply::NotSearched(why);
        let task = self.shared.runner.run(failed, move |feed| {
            scan(&tree, &search, &mut |report| feed.send(TreeReply::Searched(Box::new(report))));
        });
        self.searching =
            Some(Searching { hits, root, task: Some(task), started: Instant::now(), waiting: None, at: None });
    }

    /// Takes in what the search has found next.
    pub(super) fn searched(&mut self, ticket: u64, report: Report) {
        let Some(searching) = self.searching.as_mut().filter(|searching| is_of(searching, ticket)) else { return };
        searching.hits.take(report);
        if !searching.hits.is_running() {
            searching.task = None;
        }
        match searching.waiting {
            Some(steps) => self.step_to_hit(steps),
            None if !searching.hits.is_running() && self.shared.input.message.is_none() => self.say_hits(),
            None => {}
        }
    }

    /// Takes in that the search failed.
    pub(super) fn not_searched(&mut self, ticket: u64, why: String) {
        if let Some(searching) = self.searching.as_mut().filter(|searching| is_of(searching, ticket)) {
            searching.end(Some(why));
            self.say_hits();
        }
    }

    /// Stops the search, and keeps what it found. False if none runs.
    pub(super) fn stop_search(&mut self) -> bool {
        let Some(searching) = self.searching.as_mut().filter(|searching| searching.task.is_some()) else {
            return false;
        };
        searching.end(None);
        self.say_hits();
        true
    }

    /// Goes so many hits forward, or back if it is negative, now or once the search has found that hit.
    fn step_to_hit(&mut self, steps: isize) {
        let here = self.key_here();
        let Some(searching) = &mut self.searching else { return };
        searching.waiting = None;
        let forward = steps > 0;
        let mut found = searching.hits.step(here.as_deref(), forward);
        let mut has_wrapped = false;
        for _ in 1..steps.unsigned_abs() {
            let Found::Hit { key, wrapped } = &found else { break };
            has_wrapped |= wrapped;
            found = searching.hits.step(Some(key), forward);
        }
        match found {
            Found::Later => searching.waiting = Some(steps),
            Found::None => {
                let words = searching.hits.none_text();
                self.shared.say(escape_text(&words));
            }
            Found::Hit { key, wrapped } => {
                let is_over = !searching.hits.is_running();
                let wrapped = wrapped || has_wrapped;
                searching.at = Some((key.clone(), wrapped.then_some(forward)));
                self.jump(Jump::Key(key));
                // While the search runs, the last line says all that this would.
                if is_over {
                    self.say_hits();
                }
            }
        }
    }

    /// Says what was found.
    fn say_hits(&mut self) {
        let here = self.hit_here();
        let Some(searching) = &mut self.searching else { return };
        searching.waiting = None;
        let words = if searching.hits.len() == 0 {
            searching.hits.none_text()
        } else {
            let (hits, found) = (&searching.hits, hit_words(searching, here.as_deref()));
            format!("{found} for {:?}{}", hits.query.text(), hits.limits_text())
        };
        self.shared.say(escape_text(&words));
    }

    /// How far the search is, in words, while it runs.
    pub(crate) fn search_words(&self) -> Option<String> {
        let searching = self.searching.as_ref().filter(|searching| searching.task.is_some())?;
        let hits = &searching.hits;
        let found = match (hits.len(), searching.waiting) {
            (0, _) => "looking".to_owned(),
            (_, Some(_)) => format!("looking for another hit, {}", hits.position_text(None)),
            (_, None) => hit_words(searching, self.hit_here().as_deref()),
        };
        let stop = key_of(Common::Cancel);
        Some(format!("{found} … {}; {stop} stops", hits.progress_text(searching.started.elapsed())))
    }

    /// The query whose hits are marked in the lines.
    pub(crate) fn marked_query(&self) -> Option<&Query> {
        self.searching.as_ref().map(|searching| &searching.hits.query)
    }

    /// The key of the hit that the cursor is at, or on its way to.
    fn hit_here(&self) -> Option<Vec<u8>> {
        let is_on_its_way = self.seek.is_some() || self.going.is_some();
        let hit = self.searching.as_ref().filter(|_| is_on_its_way).and_then(|searching| searching.at.as_ref());
        hit.map(|(key, _)| key.clone()).or_else(|| self.key_here())
    }

    /// The key under the cursor, or the first one in the node under it.
    fn key_here(&self) -> Option<Vec<u8>> {
        if let Some(key) = self.selected_key() {
            return Some(key.stored().to_vec());
        }
        match self.selected_node() {
            NodeId::ROOT => None,
            id => match self.outline.first_key(id) {
                Bound::Key(key) => Some(key.stored().to_vec()),
                _ => None,
            },
        }
    }
}

impl Searching {
    fn end(&mut self, why: Option<String>) {
        self.task = None;
        self.hits.progress = Progress::Stopped(why);
    }
}

fn is_of(searching: &Searching, ticket: u64) -> bool {
    crate::runtime::jobs::is_of(&searching.task, ticket)
}

/// `hit 3 of 17`, and whether it was found from the other end on.
fn hit_words(searching: &Searching, here: Option<&[u8]>) -> String {
    let around = searching.at.as_ref().filter(|(key, _)| here == Some(key)).and_then(|(_, around)| *around);
    let around = match around {
        None => "",
        Some(true) => ", found from the start on",
        Some(false) => ", found from the end on",
    };
    format!("{}{around}", searching.hits.position_text(here))
}
