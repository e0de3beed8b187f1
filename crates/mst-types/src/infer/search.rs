//! The search for the fields that explain bytes: a beam over rows, widened field by field.
//!
//! Wrong rows soon fail to parse, run over the end, or need more bits than the bytes themselves; a bounded number of
//! the best is kept at each length. Nothing is proved here: what comes out is held against the nodes' hashes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::form::{Commonness, Cursor, Form, Row, row_cost};
use super::menu::{Lane, Menu, Place};

/// How far a search goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many fields a row has at most.
    pub fields: usize,
    /// How many rows of one length are kept where there are many lanes; more where there are few.
    pub beam: usize,
    /// How many rows are given back at most.
    pub answers: usize,
    /// How often a field is held against a lane at most. Counted, so that the same bytes always have the same answer.
    pub work: usize,
}

/// The widest field of fixed size that is tried, in bytes.
const WIDEST: usize = 96;

/// What a row costs beside what is done for each lane, in units of work.
const CHILD: usize = 20;

/// How many lanes are many.
const FULL: usize = 40;

/// Rows that have come as far as each other to so many bytes compete.
const STRIDE: usize = 3;

/// A beam is shared by rows of so many distances at least.
const PLACES: usize = 8;

/// A row that explains the lanes as far as they are known.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The fields found.
    pub row: Row,
    /// How many bits shorter a description in these fields is.
    pub gain: f32,
}

/// What is thought of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is none.
    No,
    /// It may be one.
    Maybe,
    /// It is one, and no other needs to be looked for.
    Proved,
}

impl Verdict {
    /// What may be, if it fits.
    pub fn maybe(fits: bool) -> Self {
        if fits { Self::Maybe } else { Self::No }
    }
}

/// The rows under which all lanes parse, the exact ones to their ends, and which `judge` keeps; the best first. It counts
/// how often it holds a row against a value.
pub fn explain(lanes: &[Lane<'_>], bounds: Bounds, judge: impl FnMut(&Row, &mut usize) -> Verdict) -> Vec<Answer> {
    if lanes.is_empty() {
        return Vec::new();
    }
    Search::new(lanes, bounds, judge).run()
}

/// A row, and where its last field ends in each lane.
struct State {
    row: Vec<Form>,
    ends: Ends,
    gain: f32,
}

/// A place in each lane.
struct Ends {
    at: Vec<usize>,
    /// Another one for other places, but for the unlikeliest chance, which costs no more than a row.
    hash: u64,
}

/// Fields that may stand at the ends of a row.
struct Extension {
    row: Row,
    gain: f32,
    reach: Reach,
}

/// How far a row comes.
#[derive(Clone, Copy)]
struct Reach {
    hash: u64,
    /// All ends together.
    sum: usize,
    /// Whether all exact lanes end there.
    is_end: bool,
    /// Whether more may follow in all lanes.
    goes_on: bool,
}

/// What comes out of a row of the beam.
#[derive(Clone, Copy)]
struct Child {
    /// The place of that row in the beam.
    parent: usize,
    gain: f32,
    fields: Fields,
}

#[derive(Clone, Copy)]
enum Fields {
    /// Any number of bytes that is so common: each number is a child, and all gain alike.
    Runs(Commonness),
    /// So many bytes.
    Run(usize),
    /// The extension of this number.
    Listed(usize),
}

/// What a selection has kept so far.
#[derive(Default)]
struct Selection {
    kept: Vec<(Child, u64)>,
    /// How many, by how far they come.
    kept_at: HashMap<usize, usize, Plain>,
    /// How many came to the same ends.
    alike: HashMap<u64, usize, Plain>,
}

struct Search<'l, 'a, J> {
    lanes: &'l [Lane<'a>],
    bounds: Bounds,
    judge: J,
    menu: Menu,
    work: usize,
    /// How many rows of one length are kept.
    width: usize,
    /// How many rows with the same ends are kept.
    alike: usize,
    has_exact: bool,
    /// For each lane, what its end adds to the hash of all of them.
    factors: Vec<u64>,
    /// What may follow, by where.
    known: HashMap<u64, Arc<[Extension]>, Plain>,
    answers: Vec<Answer>,
}

impl<'l, 'a, J: FnMut(&Row, &mut usize) -> Verdict> Search<'l, 'a, J> {
    fn new(lanes: &'l [Lane<'a>], bounds: Bounds, judge: J) -> Self {
        // Rows with the same ends differ in nothing that is to come, unless so few ends are chance.
        let alike = match lanes.len() {
            0..=1 => 48,
            2..=3 => 8,
            4..=6 => 3,
            _ => 2,
        };
        Self {
            lanes,
            bounds,
            judge,
            menu: Menu::new(),
            work: 0,
            // With few lanes each row costs little, and little speaks for the right one before its end.
            width: (bounds.beam * FULL / lanes.len()).clamp(bounds.beam, 16 * bounds.beam),
            alike,
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

    /// What comes out of the rows of a beam, the best first, and for each of these what its extensions are.
    fn children(&mut self, beam: &[State]) -> (Vec<Child>, Vec<Arc<[Extension]>>) {
        let mut children = Vec::new();
        let mut lists = Vec::with_capacity(beam.len());
        // The best come first, should the work end before all had their turn.
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
            // Two runs of bytes are one.
            if !matches!(state.row.last(), Some(Form::Fixed(_))) {
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

    /// How many bytes may follow, and how far each number comes.
    fn runs(&self, ends: &Ends, common: Commonness) -> impl Iterator<Item = (usize, Reach)> + use<J> {
        let rests = || self.lanes.iter().zip(&ends.at).map(|(lane, at)| (lane.exact, lane.bytes.len() - at));
        let room = rests().map(|(_, rest)| rest).min().unwrap_or_default();
        let all_exact = rests().all(|(is_exact, _)| is_exact);
        let mut exact_rests = rests().filter(|(is_exact, _)| *is_exact).map(|(_, rest)| rest);
        let rest = exact_rests.next();
        let one_rest = exact_rests.all(|other| Some(other) == rest);
        let (lanes, sum, hash) = (self.lanes.len(), ends.at.iter().sum::<usize>(), ends.hash);
        let step = self.factors.iter().fold(0_u64, |sum, factor| sum.wrapping_add(*factor));
        let widest = (room > WIDEST && all_exact).then_some(room);
        let widths = (1..=WIDEST.min(room)).chain(widest).filter(move |width| Commonness::of(*width) == common);
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

    /// What may follow at these ends, but for runs of bytes.
    fn extensions(&mut self, ends: &Ends) -> Arc<[Extension]> {
        if let Some(known) = self.known.get(&ends.hash) {
            self.work += CHILD;
            return Arc::clone(known);
        }
        let places: Vec<_> = self.lanes.iter().zip(&ends.at).map(|(lane, at)| Place { lane: *lane, at: *at }).collect();
        let rows = self.menu.rows(&places, &mut self.work);
        let list: Arc<[Extension]> = rows.into_iter().filter_map(|row| self.extension(row, &places)).collect();
        self.known.insert(ends.hash, Arc::clone(&list));
        list
    }

    fn extension(&mut self, row: Row, places: &[Place<'_>]) -> Option<Extension> {
        let mut gain = -row_cost(&row);
        let mut reach = Reach { hash: 0, sum: 0, is_end: true, goes_on: true };
        self.work += CHILD;
        for (place, factor) in places.iter().zip(&self.factors) {
            let mut cursor = Cursor::new(place.lane.bytes, place.at, place.lane.exact);
            self.work += 1;
            cursor.row(&row)?;
            gain += cursor.gain;
            let ends = cursor.at == place.lane.bytes.len();
            reach.hash = reach.hash.wrapping_add(factor.wrapping_mul(cursor.at as u64));
            reach.sum += cursor.at;
            reach.is_end &= ends || !place.lane.exact;
            reach.goes_on &= !ends;
        }
        Some(Extension { row, gain, reach })
    }

    /// The children that are looked into, each with the hash of its ends; those that come to the end are judged. None once
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

    /// Judges a child that comes to the end, and keeps it if it may go on. None if it is proved.
    fn select(
        &mut self,
        parent: &State,
        lists: &[Arc<[Extension]>],
        child: Child,
        reach: Reach,
        selection: &mut Selection,
    ) -> Option<()> {
        // Who has come further has gained more, and is not the better for it: rows compete with those that have come
        // as far.
        let kept_here = selection.kept_at.entry(reach.sum / (STRIDE * self.lanes.len())).or_insert(0);
        let is_kept = *kept_here < self.bounds.beam / PLACES
            && selection.kept.len() < self.width
            && reach.goes_on
            && !(self.has_exact && reach.is_end);
        let is_judged = reach.is_end && self.answers.len() < self.bounds.answers && self.work <= self.bounds.work;
        if !is_kept && !is_judged {
            return Some(());
        }
        let alike = selection.alike.entry(reach.hash).or_insert(0);
        *alike += 1;
        if *alike > self.alike {
            return Some(());
        }
        if is_kept {
            *kept_here += 1;
            selection.kept.push((child, reach.hash));
        }
        if is_judged {
            self.work += CHILD;
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

fn row_of(parent: &State, lists: &[Arc<[Extension]>], child: &Child) -> Option<Vec<Form>> {
    let run;
    let fields: &[Form] = match child.fields {
        Fields::Run(width) => {
            run = [Form::Fixed(width)];
            &run
        }
        Fields::Listed(number) => &lists.get(child.parent)?.get(number)?.row,
        Fields::Runs(_) => return None,
    };
    Some([&parent.row, fields].concat())
}

/// A factor without a pattern, another one for each number.
pub(super) fn factor(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Numbers that are hashes themselves, or few.
#[derive(Default)]
pub(super) struct AsIs(u64);

pub(super) type Plain = BuildHasherDefault<AsIs>;

impl Hasher for AsIs {
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
