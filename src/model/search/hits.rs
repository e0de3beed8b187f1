//! The hits of a search so far, and the steps from one to another.

use std::cmp::Ordering;
use std::time::Duration;

use file_mst::inspect::node::Codec;

use super::query::Query;
use super::scan::Report;
use crate::model::text::{count, thousands};

/// The shortest time after which the time left is estimated.
const ESTIMATED_AFTER: Duration = Duration::from_secs(1);

/// How a search ended, or that it goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    Running,
    /// All was searched but for what could not be read, in words.
    Done(Option<String>),
    /// The user stopped it, or it failed for this reason.
    Stopped(Option<String>),
}

/// The hits of a search.
#[derive(Clone, Debug)]
pub(crate) struct Hits {
    pub(crate) query: Query,
    /// Compares keys in the order of the tree.
    codec: Codec,
    /// The hits from the origin on, and those before it, each in key order.
    after: Vec<Vec<u8>>,
    before: Vec<Vec<u8>>,
    uncounted: u64,
    /// The key at which the search began.
    origin: Option<Vec<u8>>,
    wrapped: bool,
    reached: Option<Vec<u8>>,
    records: u64,
    share: f64,
    pub(crate) progress: Progress,
}

/// A step from a key to a hit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// The key of the hit, and whether it was found from the other end on.
    Hit { key: Vec<u8>, wrapped: bool },
    /// The search must go on to tell.
    Later,
    /// There is no hit.
    None,
}

impl Hits {
    pub(crate) fn new(query: Query, codec: Codec) -> Self {
        Self {
            query,
            codec,
            after: Vec::new(),
            before: Vec::new(),
            uncounted: 0,
            origin: None,
            wrapped: false,
            reached: None,
            records: 0,
            share: 0.0,
            progress: Progress::Running,
        }
    }

    /// Takes in what was found next.
    pub(crate) fn take(&mut self, report: Report) {
        let Report { hits, uncounted, origin, wrapped, reached, records, share, end } = report;
        (if wrapped { &mut self.before } else { &mut self.after }).extend(hits);
        self.uncounted += uncounted;
        (self.wrapped, self.records, self.share) = (wrapped, records, share);
        self.origin = origin.or(self.origin.take());
        self.reached = reached.or(self.reached.take());
        if let Some(end) = end {
            self.progress = Progress::Done(end.unread);
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.progress == Progress::Running
    }

    /// How many hits there are so far.
    pub(crate) fn len(&self) -> u64 {
        (self.after.len() + self.before.len()) as u64 + self.uncounted
    }

    fn is_less(&self, a: &[u8], b: &[u8]) -> bool {
        self.codec.compare(a, b) == Some(Ordering::Less)
    }

    /// The nearest hit after a key, or before it; with no key, the first or the last one. In the tree's order the hits
    /// are those before the origin, then those after it; while the search goes on, some of them are still missing.
    pub(crate) fn step(&self, from: Option<&[u8]>, forward: bool) -> Found {
        let hit = |key: &Vec<u8>, wrapped| Found::Hit { key: key.clone(), wrapped };
        let first = |list: &[Vec<u8>]| {
            let at = from.map_or(0, |from| list.partition_point(|key| !self.is_less(from, key)));
            list.get(at).map(|key| hit(key, false))
        };
        let last = |list: &[Vec<u8>]| {
            let end = from.map_or(list.len(), |from| list.partition_point(|key| self.is_less(key, from)));
            list.get(end.checked_sub(1)?).map(|key| hit(key, false))
        };
        let (before, after) = (&self.before[..], &self.after[..]);
        if !self.is_running() {
            let found = if forward {
                let around = || before.first().or(after.first()).map(|key| hit(key, true));
                first(before).or_else(|| first(after)).or_else(around)
            } else {
                let around = || after.last().or(before.last()).map(|key| hit(key, true));
                last(after).or_else(|| last(before)).or_else(around)
            };
            return found.unwrap_or(Found::None);
        }
        let is_in_front = self.origin.as_ref().zip(from).is_some_and(|(origin, from)| self.is_less(from, origin));
        let has_passed = from.zip(self.reached.as_ref()).is_some_and(|(from, reached)| !self.is_less(reached, from));
        let found = match (forward, self.wrapped, is_in_front) {
            (true, false, false) => first(after),
            (true, true, false) => first(after).or_else(|| before.first().map(|key| hit(key, true))),
            (true, true, true) => first(before),
            (false, true, false) => last(after),
            (false, false, false) if has_passed => last(after),
            (false, true, true) if has_passed => last(before).or_else(|| after.last().map(|key| hit(key, true))),
            _ => None,
        };
        found.unwrap_or(Found::Later)
    }

    /// `hit 3 of 17`; only how many there are if the key is not one of them.
    pub(crate) fn position_text(&self, key: Option<&[u8]>) -> String {
        let place = |list: &[Vec<u8>]| {
            let at = list.partition_point(|hit| key.is_some_and(|key| self.is_less(hit, key)));
            Some(at).filter(|at| list.get(*at).map(Vec::as_slice) == key && key.is_some())
        };
        let at = place(&self.before).or_else(|| Some(place(&self.after)? + self.before.len()));
        let least = if matches!(self.progress, Progress::Done(None)) { "" } else { "at least " };
        match at {
            Some(at) => format!("hit {} of {least}{}", thousands(at as u64 + 1), thousands(self.len())),
            None => format!("{least}{}", count(self.len(), "hit")),
        }
    }

    /// How far the search is: `41 % of 3,000,000 records, 12 s left`.
    pub(crate) fn progress_text(&self, elapsed: Duration) -> String {
        let percent = (self.share * 100.0).clamp(0.0, 99.0) as u64;
        let left = (elapsed >= ESTIMATED_AFTER && self.share > 0.001)
            .then(|| elapsed.as_secs_f64() * (1.0 / self.share.min(1.0) - 1.0));
        let left = left.map_or_else(String::new, |left| format!(", {} s left", thousands(left.ceil() as u64)));
        format!("{} looked through, {percent} %{left}", count(self.records, "record"))
    }

    /// The answer where there is no hit.
    pub(crate) fn none_text(&self) -> String {
        let text = self.query.text();
        match &self.progress {
            Progress::Done(None) => format!("no record has {text:?}"),
            Progress::Done(Some(unread)) => format!("{text:?} was not found in what could be read; {unread}"),
            Progress::Stopped(Some(why)) => format!("not all was searched: {why}"),
            Progress::Stopped(None) | Progress::Running => {
                format!("{text:?} was not found so far; not all was searched")
            }
        }
    }

    /// What limits the hits, to be said after them; empty if nothing does.
    pub(crate) fn limits_text(&self) -> String {
        let mut text = match &self.progress {
            Progress::Done(Some(unread)) => format!("; {unread}"),
            Progress::Stopped(Some(why)) => format!("; not all was searched: {why}"),
            Progress::Stopped(None) => "; stopped: not all was searched".to_owned(),
            Progress::Done(None) | Progress::Running => String::new(),
        };
        if self.uncounted > 0 {
            text.push_str(&format!(
                "; only the first {} can be gone to",
                thousands((self.after.len() + self.before.len()) as u64)
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::search::scan::End;

    fn keys(keys: &str) -> Vec<Vec<u8>> {
        keys.chars().map(|key| vec![key as u8]).collect()
    }

    fn running(origin: &str, after: &str, before: Option<&str>, reached: &str) -> Hits {
        let mut hits = Hits::new(Query::parse("x", &[]).unwrap(), Codec::MST1);
        let report = |hits: &str, wrapped| Report {
            hits: keys(hits),
            wrapped,
            origin: Some(origin.as_bytes().to_vec()),
            reached: Some(reached.as_bytes().to_vec()),
            ..Report::default()
        };
        hits.take(report(after, false));
        if let Some(before) = before {
            hits.take(report(before, true));
        }
        hits
    }

    fn step(hits: &Hits, from: &str, forward: bool) -> String {
        match hits.step(Some(from.as_bytes()), forward) {
            Found::Hit { key, wrapped } => format!("{}{}", key[0] as char, if wrapped { " around" } else { "" }),
            Found::Later => "later".to_owned(),
            Found::None => "none".to_owned(),
        }
    }

    /// Hits are at b, d, m, p, s; the search begins at k.
    #[test]
    fn steps_lead_only_where_nothing_can_be_missed() {
        for (hits, from, next, previous) in [
            // The search has reached q.
            (running("k", "mp", None, "q"), "k", "m", "later"),
            (running("k", "mp", None, "q"), "m", "p", "later"),
            (running("k", "mp", None, "q"), "p", "later", "m"),
            (running("k", "mp", None, "q"), "t", "later", "later"),
            (running("k", "mp", None, "q"), "c", "later", "later"),
            // It came to the end, and went on up to c.
            (running("k", "mps", Some("b"), "c"), "p", "s", "m"),
            (running("k", "mps", Some("b"), "c"), "s", "b around", "p"),
            (running("k", "mps", Some("b"), "c"), "a", "b", "s around"),
            (running("k", "mps", Some("b"), "c"), "b", "later", "s around"),
            (running("k", "mps", Some("b"), "c"), "e", "later", "later"),
            (running("k", "mps", Some("b"), "c"), "m", "p", "later"),
        ] {
            assert_eq!(
                (step(&hits, from, true).as_str(), step(&hits, from, false).as_str()),
                (next, previous),
                "{from}"
            );
        }
        let mut all = running("k", "mps", Some("bd"), "k");
        all.take(Report { wrapped: true, end: Some(End { unread: None }), ..Report::default() });
        for (from, next, previous) in
            [("a", "b", "s around"), ("d", "m", "b"), ("k", "m", "d"), ("s", "b around", "p"), ("z", "b around", "s")]
        {
            assert_eq!((step(&all, from, true).as_str(), step(&all, from, false).as_str()), (next, previous), "{from}");
        }
        assert_eq!(all.position_text(Some(b"m")), "hit 3 of 5");
        assert_eq!(all.position_text(Some(b"k")), "5 hits");
    }

    #[test]
    fn a_stopped_search_keeps_what_it_found() {
        let mut hits = running("k", "mp", None, "q");
        assert_eq!(hits.position_text(Some(b"p")), "hit 2 of at least 2");
        hits.progress = Progress::Stopped(None);
        assert_eq!(step(&hits, "p", true), "m around");
        assert_eq!(hits.position_text(Some(b"p")), "hit 2 of at least 2");
        assert_eq!(hits.limits_text(), "; stopped: not all was searched");
    }

    #[test]
    fn the_time_left_follows_from_the_share() {
        let mut hits = running("k", "", None, "q");
        hits.take(Report { share: 0.25, records: 1000, ..Report::default() });
        assert_eq!(hits.progress_text(Duration::from_secs(3)), "1,000 records looked through, 25 %, 9 s left");
        assert_eq!(hits.progress_text(Duration::from_millis(3)), "1,000 records looked through, 25 %");
    }
}
