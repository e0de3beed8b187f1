//! The search for rows in which options, lists and variants hold any number of fields, nested in one another, and
//! values
//! that hold values of their own type.
//!
//! It takes one field at a time, as [`super::search`] does, but may enter an option, a list or an enum. Then only the
//! samples that hold something continue, in the first item of a list, and in one variant after the other. When it leaves
//! the container, all samples are read again with what was found, so that every item of a list counts.

use std::collections::HashMap;
use std::rc::Rc;

use super::form::{Cursor, FieldShape, MAX_VARIANTS, Row};
use super::menu::Lane;
use super::recursive::{holds_itself, list_of_itself, option_of_itself, unrolled};
use super::search::{Answer, Plain, Verdict, factor};

/// Limits of the search.
#[derive(Clone, Copy, Debug)]
pub struct NestedBounds {
    /// The maximum number of rows judged.
    pub answers: usize,
    /// The maximum number of times a field is tried on a sample.
    pub work: usize,
}

/// The maximum number of steps: a field, or entering or leaving a container.
const STEPS: usize = 48;

/// The maximum nesting of containers.
const MAX_CONTAINER_DEPTH: u8 = 4;

/// Rows compete if they are equally deep and have got equally far, to this fraction of a byte per sample. A variant
/// that takes a byte too many profits from it until the field after the enum is read.
const REACH_PARTS: usize = 4;

/// The number of competing rows that are kept.
const MAX_RIVALS: usize = 8;

/// The number of rows kept at each step.
const BEAM_WIDTH: usize = 1000;

/// The number of rows with the same ends that are kept.
const MAX_SAME_ENDS: usize = 2;

/// The widths of runs of bytes tried outside containers; inside, only the first of them.
const WIDTHS: [usize; 11] = [1, 4, 8, 16, 32, 20, 2, 6, 12, 33, 64];

/// The number of widths tried inside containers.
const WIDTHS_WITHIN: usize = 6;

/// The cost of stating that a run of bytes follows a container that may itself end with one.
const RUN_AFTER: f32 = 10.0;

/// The work of creating a row, besides the work for each sample.
const ROW_WORK: usize = 10;

/// A set of samples, one bit each.
type Lanes = u64;

/// The rows under which all samples parse (the exact ones to their ends) and which `judge` accepts. See
/// [`super::search::explain`].
pub fn explain_nested(
    lanes: &[Lane<'_>],
    bounds: NestedBounds,
    judge: impl FnMut(&Row, &mut usize) -> Verdict,
) -> Vec<Answer> {
    let lanes = lanes.get(..lanes.len().min(Lanes::BITS as usize)).unwrap_or_default();
    if lanes.is_empty() {
        return Vec::new();
    }
    let factors = (1..=lanes.len() as u64).map(factor).collect();
    Search { lanes, bounds, judge, factors, work: 0, answers: Vec::new() }.run()
}

/// A row, or the content of an open container so far, and the position in each sample.
struct State {
    opening: Option<Rc<Opening>>,
    depth: u8,
    row: Fields,
    at: Box<[u32]>,
    /// The samples that continue.
    active: Lanes,
    /// Whether the last field is a value of the enclosing enum, which cannot be read before that enum is closed.
    waits: bool,
    /// The number of such fields in the open containers.
    unread: u8,
    gain: f32,
}

impl State {
    /// The state at the beginning of the content of a container.
    fn inside(opening: Opening, at: Box<[u32]>, active: Lanes, unread: u8, gain: f32) -> Self {
        let depth = opening.state.depth + 1;
        let opening = Some(Rc::new(opening));
        Self { opening, depth, row: Fields::default(), at, active, waits: false, unread, gain }
    }
}

/// The fields of a row as a list that begins with the last one, so that rows with the same beginning share it.
#[derive(Clone, Default)]
struct Fields(Option<Rc<(Fields, FieldShape)>>);

impl Fields {
    fn with(&self, shape: FieldShape) -> Self {
        Self(Some(Rc::new((self.clone(), shape))))
    }

    fn last(&self) -> Option<&FieldShape> {
        self.0.as_ref().map(|last| &last.1)
    }

    fn row(&self) -> Row {
        let mut row = Vec::new();
        let mut fields = self;
        while let Some(last) = &fields.0 {
            row.push(last.1.clone());
            fields = &last.0;
        }
        row.into_iter().rev().collect()
    }
}

/// A container that was entered.
struct Opening {
    /// The state before it.
    state: Rc<State>,
    kind: Kind,
}

enum Kind {
    Option,
    List,
    Variant {
        /// The payloads of the previous variants; `None` for numbers that do not occur.
        before: Vec<Option<Row>>,
        highest: u8,
        /// The position after the number in each sample.
        after_tag: Rc<[u32]>,
    },
}

struct Search<'l, 'a, J> {
    lanes: &'l [Lane<'a>],
    bounds: NestedBounds,
    judge: J,
    factors: Vec<u64>,
    work: usize,
    answers: Vec<Answer>,
}

impl<J: FnMut(&Row, &mut usize) -> Verdict> Search<'_, '_, J> {
    fn run(mut self) -> Vec<Answer> {
        let active = Lanes::MAX >> (Lanes::BITS as usize - self.lanes.len());
        let at = vec![0; self.lanes.len()].into();
        let mut beam = vec![Rc::new(State {
            opening: None,
            depth: 0,
            row: Fields::default(),
            at,
            active,
            waits: false,
            unread: 0,
            gain: 0.0,
        })];
        for _ in 0..STEPS {
            let mut children = Vec::new();
            for state in &beam {
                if self.work > self.bounds.work {
                    break;
                }
                self.push_children(state, &mut children);
            }
            children.sort_by(|left, right| right.gain.total_cmp(&left.gain));
            match self.selected(children) {
                Some(kept) if !kept.is_empty() && self.work <= self.bounds.work => beam = kept,
                _ => break,
            }
        }
        self.answers
    }

    /// The children to continue with; those that reach the end are judged. `None` once one is proved, or enough are
    /// judged.
    fn selected(&mut self, children: Vec<State>) -> Option<Vec<Rc<State>>> {
        let mut kept: Vec<(usize, State)> = Vec::new();
        let mut rivals: HashMap<u64, usize, Plain> = HashMap::default();
        let mut same_ends: HashMap<u64, usize, Plain> = HashMap::default();
        for state in children {
            let reach = REACH_PARTS * state.at.iter().map(|at| *at as usize).sum::<usize>() / self.lanes.len();
            // Unread fields have no progress and no gain, so states with unread fields compete among themselves.
            let kind = u64::from(state.unread.min(3)) << 4 | u64::from(state.depth);
            let rivals = rivals.entry((reach as u64) << 8 | kind).or_insert(0);
            let (is_end, goes_on) = self.ends(&state);
            let is_kept = *rivals < MAX_RIVALS && goes_on;
            if !is_kept && !is_end {
                continue;
            }
            let same_ends = same_ends.entry(self.hash(&state)).or_insert(0);
            *same_ends += 1;
            if *same_ends > MAX_SAME_ENDS {
                continue;
            }
            if is_end {
                let row = state.row.row();
                self.work += ROW_WORK;
                let verdict = (self.judge)(&row, &mut self.work);
                if verdict != Verdict::No {
                    self.answers.push(Answer { row, gain: state.gain });
                }
                if verdict == Verdict::Proved || self.answers.len() >= self.bounds.answers {
                    return None;
                }
            }
            if is_kept {
                *rivals += 1;
                kept.push((*rivals, state));
            }
        }
        // If there are too many, keep the best of each kind first.
        kept.sort_by_key(|(rank, _)| *rank);
        kept.truncate(BEAM_WIDTH);
        Some(kept.into_iter().map(|(_, state)| Rc::new(state)).collect())
    }

    /// Whether a row may be complete, and whether it may continue.
    fn ends(&self, state: &State) -> (bool, bool) {
        if state.opening.is_some() {
            return (false, true);
        }
        let mut lanes = self.lanes.iter().zip(&state.at);
        let has_exact = self.lanes.iter().any(|lane| lane.exact);
        let is_end = lanes.clone().all(|(lane, at)| !lane.exact || *at as usize == lane.bytes.len());
        let goes_on = lanes.all(|(lane, at)| (*at as usize) < lane.bytes.len());
        (is_end, goes_on && !(has_exact && is_end))
    }

    /// A hash of the positions, the open containers and the samples that continue.
    fn hash(&self, state: &State) -> u64 {
        let mut hash = factor(state.active ^ u64::from(state.waits) ^ u64::from(state.unread) << 48);
        let mut opening = &state.opening;
        while let Some(outer) = opening {
            let kind = match &outer.kind {
                Kind::Option => 1,
                Kind::List => 2,
                Kind::Variant { before, .. } => 3 + before.len() as u64,
            };
            let started: u32 = outer.state.at.iter().sum();
            hash = factor(hash ^ kind << 48 ^ u64::from(started));
            opening = &outer.state.opening;
        }
        let ends = self.factors.iter().zip(&state.at).map(|(factor, at)| factor.wrapping_mul(*at as u64));
        ends.fold(hash, u64::wrapping_add)
    }

    fn push_children(&mut self, state: &Rc<State>, children: &mut Vec<State>) {
        self.work += ROW_WORK;
        if !state.waits {
            for shape in [FieldShape::Varint, FieldShape::Sized, FieldShape::Float(8), FieldShape::Float(4)] {
                children.extend(self.with(state, shape, None));
            }
            // Two adjacent runs of bytes are one run.
            if !matches!(state.row.last(), Some(FieldShape::Fixed(_))) {
                let cost = if state.row.last().is_some_and(ends_with_run) { RUN_AFTER } else { 0.0 };
                let widths = if state.depth == 0 { WIDTHS.len() } else { WIDTHS_WITHIN };
                for width in WIDTHS.iter().take(widths) {
                    let run = FieldShape::Fixed(*width);
                    let cost = cost + run.cost();
                    children.extend(self.with(state, run, Some(cost)));
                }
            }
            if state.row.last().is_some() {
                let row = state.row.row();
                // The cost of stating that the row contains itself.
                children.extend(self.with(state, list_of_itself(&row), Some(10.0)));
                children.extend(self.with(state, option_of_itself(&row), Some(10.0)));
            }
            if state.depth < MAX_CONTAINER_DEPTH {
                children.extend(self.open_option(state));
                children.extend(self.open_list(state));
                children.extend(self.open_enum(state));
            }
        }
        if is_in_enum(state) && (!state.waits || matches!(state.row.last(), Some(FieldShape::Itself))) {
            let row = state.row.with(FieldShape::Itself);
            let gain = state.gain - FieldShape::Itself.cost();
            children.push(State {
                row,
                gain,
                waits: true,
                unread: state.unread.saturating_add(1),
                active: 0,
                at: state.at.clone(),
                opening: state.opening.clone(),
                ..**state
            });
        }
        children.extend(self.leave(state));
    }

    /// The state with one more field, if it fits all samples that continue.
    fn with(&mut self, state: &State, shape: FieldShape, cost: Option<f32>) -> Option<State> {
        // Most fields do not fit, so nothing is allocated before the field has fitted all samples.
        let mut ends = [0_u32; Lanes::BITS as usize];
        let mut gain = state.gain - cost.unwrap_or_else(|| shape.cost());
        for (number, lane) in selected(self.lanes, state.active) {
            self.work += 1;
            let mut cursor = Cursor::new(lane.bytes, *state.at.get(number)? as usize, lane.exact);
            cursor.take(&shape)?;
            gain += cursor.gain;
            *ends.get_mut(number)? = cursor.at as u32;
        }
        let mut at = state.at.clone();
        for (number, position) in at.iter_mut().enumerate() {
            if state.active >> number & 1 == 1 {
                *position = *ends.get(number)?;
            }
        }
        self.work += ROW_WORK;
        Some(State { row: state.row.with(shape), at, gain, opening: state.opening.clone(), ..*state })
    }

    /// Enters a container: `head` reads its head in a sample, and returns whether that sample continues inside.
    fn enter(
        &self,
        state: &Rc<State>,
        kind: impl FnOnce(&[u32]) -> Kind,
        cost: f32,
        mut head: impl FnMut(&mut Cursor<'_>) -> Option<bool>,
    ) -> Option<State> {
        let (mut at, mut active, mut gain) = (state.at.clone(), 0, state.gain - cost);
        for (number, lane) in selected(self.lanes, state.active) {
            let position = at.get_mut(number)?;
            let mut cursor = Cursor::new(lane.bytes, *position as usize, lane.exact);
            if head(&mut cursor)? {
                active |= 1 << number;
            }
            gain += cursor.gain;
            *position = cursor.at as u32;
        }
        let opening = Opening { state: Rc::clone(state), kind: kind(&at) };
        Some(State::inside(opening, at, active, state.unread, gain))
    }

    fn open_option(&self, state: &Rc<State>) -> Option<State> {
        let opened = self.enter(
            state,
            |_| Kind::Option,
            4.0,
            |cursor| {
                let tag = cursor.rest().first().copied().filter(|tag| *tag <= 1)?;
                cursor.at += 1;
                cursor.gain += 6.0;
                Some(tag == 1)
            },
        )?;
        (opened.active != 0).then_some(opened)
    }

    fn open_list(&self, state: &Rc<State>) -> Option<State> {
        let opened = self.enter(
            state,
            |_| Kind::List,
            8.0,
            |cursor| {
                let count = cursor.varint()?;
                cursor.gain -= 0.5;
                (count <= cursor.rest().len() as u128).then_some(count > 0)
            },
        )?;
        (opened.active != 0).then_some(opened)
    }

    fn open_enum(&self, state: &Rc<State>) -> Option<State> {
        let tag = |(number, lane): (usize, &Lane<'_>)| lane.bytes.get(*state.at.get(number)? as usize).copied();
        let highest = selected(self.lanes, state.active).map(|lane| tag(lane).unwrap_or(u8::MAX)).max()?;
        if highest == 0 || u64::from(highest) >= MAX_VARIANTS {
            return None;
        }
        let kind = |positions: &[u32]| Kind::Variant { before: Vec::new(), highest, after_tag: positions.into() };
        let opened = self.enter(state, kind, 20.0, |cursor| {
            let tag = cursor.rest().first().copied()?;
            cursor.at += 1;
            cursor.gain += 3.5;
            Some(tag == 0)
        })?;
        if opened.active == 0 { self.next_variant(&opened, None) } else { Some(opened) }
    }

    /// The state in the next variant that occurs, after a variant with this payload, or after a number that does not
    /// occur.
    fn next_variant(&self, state: &State, row: Option<Row>) -> Option<State> {
        let opening = state.opening.as_ref()?;
        let Kind::Variant { before, highest, after_tag } = &opening.kind else { return None };
        let mut before = before.clone();
        before.push(row);
        loop {
            let tag = before.len();
            if tag > usize::from(*highest) {
                return None;
            }
            let mut active = 0;
            for (number, lane) in selected(self.lanes, opening.state.active) {
                let found = lane.bytes.get(after_tag.get(number)?.checked_sub(1)? as usize)?;
                active |= Lanes::from(usize::from(*found) == tag) << number;
            }
            if active == 0 {
                before.push(None);
                continue;
            }
            let kind = Kind::Variant { before, highest: *highest, after_tag: Rc::clone(after_tag) };
            let opening = Opening { state: Rc::clone(&opening.state), kind };
            return Some(State::inside(opening, state.at.clone(), active, state.unread, state.gain - 5.0));
        }
    }

    /// Leaves the innermost container, or moves on to its next variant.
    fn leave(&mut self, state: &State) -> Option<State> {
        let opening = state.opening.as_ref()?;
        let outer = &opening.state;
        let row = state.row.row();
        let shape = match &opening.kind {
            Kind::Option | Kind::List if row.is_empty() => return None,
            Kind::Option => FieldShape::Option(row),
            Kind::List => FieldShape::List(row),
            Kind::Variant { before, highest, .. } if before.len() < usize::from(*highest) => {
                return self.next_variant(state, Some(row));
            }
            Kind::Variant { before, .. } => {
                let variants: Vec<_> = before.iter().cloned().chain([Some(row)]).collect();
                match variants.as_slice() {
                    // This is an option, which has a state of its own.
                    [Some(none), Some(_)] if none.is_empty() => return None,
                    // This is a plain number.
                    all if all.iter().flatten().all(|row| row.is_empty()) => return None,
                    all => match all.iter().flatten().any(|row| holds_itself(row)) {
                        true => return self.with(outer, unrolled(all), Some(FieldShape::Tagged(all.into()).cost())),
                        false => FieldShape::Tagged(variants.into()),
                    },
                }
            }
        };
        if holds_itself(std::slice::from_ref(&shape)) {
            // It is read when the enum is closed.
            let row = outer.row.with(shape);
            let (opening, at) = (outer.opening.clone(), state.at.clone());
            let (unread, gain) = (state.unread, state.gain);
            return Some(State { opening, depth: outer.depth, row, at, active: 0, waits: true, unread, gain });
        }
        self.with(outer, shape, None)
    }
}

/// The samples in the set, each with its number.
fn selected<'l, 'a>(lanes: &'l [Lane<'a>], set: Lanes) -> impl Iterator<Item = (usize, &'l Lane<'a>)> {
    lanes.iter().enumerate().filter(move |(number, _)| set >> number & 1 == 1)
}

/// Whether a container may end with a run of bytes.
fn ends_with_run(shape: &FieldShape) -> bool {
    let row_ends = |row: &Row| matches!(row.last(), Some(FieldShape::Fixed(_)));
    match shape {
        FieldShape::Option(row) | FieldShape::List(row) => row_ends(row),
        FieldShape::Tagged(variants) => variants.iter().flatten().any(row_ends),
        _ => false,
    }
}

/// Whether an enum is open, whose own values may occur as fields.
fn is_in_enum(state: &State) -> bool {
    let mut opening = &state.opening;
    while let Some(outer) = opening {
        if matches!(outer.kind, Kind::Variant { .. }) {
            return true;
        }
        opening = &outer.state.opening;
    }
    false
}
