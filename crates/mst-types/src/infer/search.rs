//! The search for the fields that explain bytes: a beam search over rows, one field at a time.
//!
//! Wrong rows soon fail to parse, run past the end, or need more bits than the bytes themselves; a bounded number of
//! the best rows is kept at each length. Nothing is proved here: the results are checked against the hashes of nodes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::form::{Commonness, Cursor, FieldShape, Row, row_cost};
use super::menu::{CandidateSet, Lane, SamplePosition};

/// Limits of the search.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The maximum number of fields in a row.
    pub fields: usize,
    /// The number of rows of one length that are kept if there are many samples; more are kept if there are few.
    pub beam: usize,
    /// The maximum number of rows returned.
    pub answers: usize,
    /// The maximum number of times a field is tried on a sample. It is a count rather than a time, so that the same
    /// bytes always have the same answer.
    pub work: usize,
}

/// The widest field of fixed size that is tried, in bytes.
const MAX_RUN_WIDTH: usize = 96;

/// The work of creating a row, besides the work for each sample.
const ROW_WORK: usize = 20;

/// From this number of samples on, the beam is not widened.
const MANY_SAMPLES: usize = 40;

/// Rows compete if they reach equally far, to this number of bytes per sample.
const REACH_STRIDE: usize = 3;

/// The beam is divided among at least this number of distances.
const MIN_DISTANCES: usize = 8;

/// A row that explains the samples.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The fields that were found.
    pub row: Row,
    /// How many bits shorter a description as these fields is.
    pub gain: f32,
}

/// The judgement of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The row is wrong.
    No,
    /// The row is possible.
    Maybe,
    /// The row is right, and the search can stop.
    Proved,
}

impl Verdict {
    /// `Maybe` if the row fits, else `No`.
    pub fn maybe(fits: bool) -> Self {
        if fits { Self::Maybe } else { Self::No }
    }
}

/// The rows under which all samples parse (the exact ones to their ends) and which `judge` accepts, best first. `judge`
/// adds to the count it is given each time it tries a row on a value.
pub fn explain(lanes: &[Lane<'_>], bounds: Bounds, judge: impl FnMut(&Row, &mut usize) -> Verdict) -> Vec<Answer> {
    if lanes.is_empty() {
        return Vec::new();
    }
    Search::new(lanes, bounds, judge).run()
}

/// A row, and the end of its last field in each sample.
struct State {
    row: Vec<FieldShape>,
    ends: Ends,
    gain: f32,
}

/// A position in each sample.
struct Ends {
    at: Vec<usize>,
    /// A hash of the positions. A collision, which is extremely unlikely, costs no more than one row.
    hash: u64,
}

/// Fields that may follow at the ends of a row.
struct Extension {
    row: Row,
    gain: f32,
    reach: Reach,
}

/// How far a row reaches.
#[derive(Clone, Copy)]
struct Reach {
    hash: u64,
    /// The sum of all ends.
    sum: usize,
    /// Whether the row ends at the end of every exact sample.
    is_end: bool,
    /// Whether more bytes follow in every sample.
    goes_on: bool,
}

/// A row that extends a row of the beam.
#[derive(Clone, Copy)]
struct Child {
    /// The index of the extended row in the beam.
    parent: usize,
    gain: f32,
    fields: Fields,
}

#[derive(Clone, Copy)]
enum Fields {
    /// Runs of bytes of any width that is so common: each width is a child, and all have the same gain.
    Runs(Commonness),
    /// A run of this many bytes.
    Run(usize),
    /// The extension of this index.
    Listed(usize),
}

/// The children selected so far.
#[derive(Default)]
struct Selection {
    kept: Vec<(Child, u64)>,
    /// The number of kept children for each reach.
    kept_at: HashMap<usize, usize, Plain>,
    /// The number of children with the same ends.
    same_ends: HashMap<u64, usize, Plain>,
}

struct Search<'l, 'a, J> {
    lanes: &'l [Lane<'a>],
    bounds: Bounds,
    judge: J,
    candidates: CandidateSet,
    work: usize,
    /// The number of rows of one length that are kept.
    width: usize,
    /// The number of rows with the same ends that are kept.
    max_same_ends: usize,
    has_exact: bool,
    /// For each sample, the factor of its end in the hash of all ends.
    factors: Vec<u64>,
    /// The extensions already computed, by the hash of the ends.
    known: HashMap<u64, Arc<[Extension]>, Plain>,
    answers: Vec<Answer>,
}

impl<'l, 'a, J: FnMut(&Row, &mut usize) -> Verdict> Search<'l, 'a, J> {
    fn new(lanes: &'l [Lane<'a>], bounds: Bounds, judge: J) -> Self {
        // Rows with the same ends continue in the same way, so few of them are kept, unless there are so few samples
        // that
        // equal ends are likely by chance.
        let max_same_ends = match lanes.len() {
            0..=1 => 48,
            2..=3 => 8,
            4..=6 => 3,
            _ => 2,
        };
        Self {
            lanes,
            bounds,
            judge,
            candidates: CandidateSet::new(),
            work: 0,
            // With few samples each row is cheap, and there is little evidence for the right row before its end.
            width: (bounds.beam * MANY_SAMPLES / lanes.len()).clamp(bounds.beam, 16 * bounds.beam),
            max_same_ends,
            has_exact: lanes.iter().any(|lane| lane.exact),
            factors: (1..=lanes.len() as u64).map(factor).collect(),
            known: HashMap::default(),
            answers: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Answer> {
        let start = Ends { at: vec![0; self.lanes.len()], hash: 0 };
        let mut beam = vec![State { row: Vec::new(), ends: start, gain: 0.0 }];
        for _ in 0..self.bounds.fields {
            let (children, lists) = self.children(&beam);
            let Some(kept) = self.selected(&beam, &lists, children) else { return self.answers };
            beam = kept.iter().filter_map(|(child, hash)| self.state(&beam, &lists, child, *hash)).collect();
        }
        self.answers.sort_by(|left, right| right.gain.total_cmp(&left.gain));
        self.answers
    }

    /// The children of the rows of a beam, best first, and the extensions of each row.
    fn children(&mut self, beam: &[State]) -> (Vec<Child>, Vec<Arc<[Extension]>>) {
        let mut children = Vec::new();
        let mut lists = Vec::with_capacity(beam.len());
        // The best rows come first, in case the work limit is reached.
        for (parent, state) in beam.iter().enumerate() {
            if self.work > self.bounds.work {
                break;
            }
            let list = self.extensions(&state.ends);
            children.extend(list.iter().enumerate().map(|(number, extension)| Child {
                parent,
                gain: state.gain + extension.gain,
                fields: Fields::Listed(number),
            }));
            lists.push(list);
            // Two adjacent runs of bytes are one run.
            if !matches!(state.row.last(), Some(FieldShape::Fixed(_))) {
                children.extend(Commonness::ALL.map(|common| Child {
                    parent,
                    gain: state.gain - common.cost(),
                    fields: Fields::Runs(common),
                }));
            }
        }
        children.sort_by(|left, right| right.gain.total_cmp(&left.gain));
        (children, lists)
    }

    /// The widths of runs that may follow, and the reach of each.
    fn runs(&self, ends: &Ends, common: Commonness) -> impl Iterator<Item = (usize, Reach)> + use<J> {
        let rests = || self.lanes.iter().zip(&ends.at).map(|(lane, at)| (lane.exact, lane.bytes.len() - at));
        let room = rests().map(|(_, rest)| rest).min().unwrap_or_default();
        let all_exact = rests().all(|(is_exact, _)| is_exact);
        let mut exact_rests = rests().filter(|(is_exact, _)| *is_exact).map(|(_, rest)| rest);
        let rest = exact_rests.next();
        let one_rest = exact_rests.all(|other| Some(other) == rest);
        let (lanes, sum, hash) = (self.lanes.len(), ends.at.iter().sum::<usize>(), ends.hash);
        let step = self.factors.iter().fold(0_u64, |sum, factor| sum.wrapping_add(*factor));
        let widest = (room > MAX_RUN_WIDTH && all_exact).then_some(room);
        let widths = (1..=MAX_RUN_WIDTH.min(room)).chain(widest).filter(move |width| Commonness::of(*width) == common);
        widths.map(move |width| {
            let reach = Reach {
                hash: hash.wrapping_add(step.wrapping_mul(width as u64)),
                sum: sum + width * lanes,
                is_end: one_rest && rest.is_none_or(|rest| rest == width),
                goes_on: width < room,
            };
            (width, reach)
        })
    }

    /// The extensions at these ends, except runs of bytes.
    fn extensions(&mut self, ends: &Ends) -> Arc<[Extension]> {
        if let Some(known) = self.known.get(&ends.hash) {
            self.work += ROW_WORK;
            return Arc::clone(known);
        }
        let positions: Vec<_> =
            self.lanes.iter().zip(&ends.at).map(|(lane, at)| SamplePosition { lane: *lane, at: *at }).collect();
        let rows = self.candidates.rows(&positions, &mut self.work);
        let list: Arc<[Extension]> = rows.into_iter().filter_map(|row| self.extension(row, &positions)).collect();
        self.known.insert(ends.hash, Arc::clone(&list));
        list
    }

    fn extension(&mut self, row: Row, positions: &[SamplePosition<'_>]) -> Option<Extension> {
        let mut gain = -row_cost(&row);
        let mut reach = Reach { hash: 0, sum: 0, is_end: true, goes_on: true };
        self.work += ROW_WORK;
        for (position, factor) in positions.iter().zip(&self.factors) {
            let mut cursor = Cursor::new(position.lane.bytes, position.at, position.lane.exact);
            self.work += 1;
            cursor.row(&row)?;
            gain += cursor.gain;
            let ends = cursor.at == position.lane.bytes.len();
            reach.hash = reach.hash.wrapping_add(factor.wrapping_mul(cursor.at as u64));
            reach.sum += cursor.at;
            reach.is_end &= ends || !position.lane.exact;
            reach.goes_on &= !ends;
        }
        Some(Extension { row, gain, reach })
    }

    /// The children to continue with, each with the hash of its ends; those that reach the end are judged. `None` once
    /// one is proved.
    fn selected(
        &mut self,
        beam: &[State],
        lists: &[Arc<[Extension]>],
        children: Vec<Child>,
    ) -> Option<Vec<(Child, u64)>> {
        let mut selection = Selection::default();
        for child in children {
            let Some(parent) = beam.get(child.parent) else { continue };
            match child.fields {
                Fields::Runs(common) => {
                    for (width, reach) in self.runs(&parent.ends, common) {
                        self.work += 1;
                        let child = Child { fields: Fields::Run(width), ..child };
                        self.select(parent, lists, child, reach, &mut selection)?;
                    }
                }
                Fields::Listed(number) => {
                    let Some(extension) = lists.get(child.parent).and_then(|list| list.get(number)) else { continue };
                    self.select(parent, lists, child, extension.reach, &mut selection)?;
                }
                Fields::Run(_) => {}
            }
        }
        Some(selection.kept)
    }

    /// Judges a child that reaches the end, and keeps it if it may continue. `None` if it is proved.
    fn select(
        &mut self,
        parent: &State,
        lists: &[Arc<[Extension]>],
        child: Child,
        reach: Reach,
        selection: &mut Selection,
    ) -> Option<()> {
        // Longer prefixes score higher without being better, so rows compete only with those that reach as far.
        let kept_here = selection.kept_at.entry(reach.sum / (REACH_STRIDE * self.lanes.len())).or_insert(0);
        let is_kept = *kept_here < self.bounds.beam / MIN_DISTANCES
            && selection.kept.len() < self.width
            && reach.goes_on
            && !(self.has_exact && reach.is_end);
        let is_judged = reach.is_end && self.answers.len() < self.bounds.answers && self.work <= self.bounds.work;
        if !is_kept && !is_judged {
            return Some(());
        }
        let same_ends = selection.same_ends.entry(reach.hash).or_insert(0);
        *same_ends += 1;
        if *same_ends > self.max_same_ends {
            return Some(());
        }
        if is_kept {
            *kept_here += 1;
            selection.kept.push((child, reach.hash));
        }
        if is_judged {
            self.work += ROW_WORK;
            let Some(row) = row_of(parent, lists, &child).map(Row::from) else { return Some(()) };
            let verdict = (self.judge)(&row, &mut self.work);
            if verdict != Verdict::No {
                self.answers.push(Answer { row, gain: child.gain });
            }
            if verdict == Verdict::Proved {
                return None;
            }
        }
        Some(())
    }

    fn state(&self, beam: &[State], lists: &[Arc<[Extension]>], child: &Child, hash: u64) -> Option<State> {
        let parent = beam.get(child.parent)?;
        let at = match child.fields {
            Fields::Run(width) => parent.ends.at.iter().map(|at| at + width).collect(),
            Fields::Listed(number) => {
                let extension = lists.get(child.parent)?.get(number)?;
                let end = |(lane, at): (&Lane<'_>, &usize)| {
                    let mut cursor = Cursor::new(lane.bytes, *at, lane.exact);
                    cursor.row(&extension.row)?;
                    Some(cursor.at)
                };
                self.lanes.iter().zip(&parent.ends.at).map(end).collect::<Option<_>>()?
            }
            Fields::Runs(_) => return None,
        };
        let row = row_of(parent, lists, child)?;
        Some(State { row, ends: Ends { at, hash }, gain: child.gain })
    }
}

fn row_of(parent: &State, lists: &[Arc<[Extension]>], child: &Child) -> Option<Vec<FieldShape>> {
    let run;
    let fields: &[FieldShape] = match child.fields {
        Fields::Run(width) => {
            run = [FieldShape::Fixed(width)];
            &run
        }
        Fields::Listed(number) => &lists.get(child.parent)?.get(number)?.row,
        Fields::Runs(_) => return None,
    };
    Some([&parent.row, fields].concat())
}

/// A pseudo-random factor for each number.
pub(super) fn factor(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A hasher for numbers that are already hashes, or few.
#[derive(Default)]
pub(super) struct PlainHasher(u64);

pub(super) type Plain = BuildHasherDefault<PlainHasher>;

impl Hasher for PlainHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = factor(self.0 ^ number);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
