//! The search for rows in which options, lists and variants hold any number of fields, one in another, and values that hold
//! values of their own kind.
//!
//! It takes one field at a time, as [`super::search`] does, but may go into an option, a list or an enum: then only the lanes
//! that hold something go on, in the first item of a list, and in one variant after the other. When it comes out, all lanes are
//! read anew with what was found, so that every item of a list counts.

use std::collections::HashMap;
use std::rc::Rc;

use super::form::{Cursor, Form, MOST_VARIANTS, Row};
use super::menu::Lane;
use super::recursive::{holds_itself, list_of_itself, option_of_itself, unrolled};
use super::search::{Answer, Plain, Verdict, factor};

/// How far a search goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NestedBounds {
    /// How many rows are judged at most.
    pub(crate) answers: usize,
    /// How often a field is held against a lane at most.
    pub(crate) work: usize,
}

/// How many steps it takes at most: a field, a way in or out.
const STEPS: usize = 48;

/// How deep containers stand in one another.
const DEEPEST: u8 = 4;

/// Rows that have come as far as each other to so many bytes, equally deep, compete.
const STRIDE: usize = 1;

/// So many of these are kept.
const RIVALS: usize = 16;

/// How many rows are kept at each step.
const WIDTH: usize = 900;

/// How many rows with the same ends are kept.
const ALIKE: usize = 2;

/// The widths of runs of bytes that are tried.
const WIDTHS: [usize; 12] = [1, 2, 3, 4, 6, 8, 12, 16, 20, 32, 33, 64];

/// What a row costs beside what is done for each lane, in units of work.
const CHILD: usize = 10;

/// A bit for each lane.
type Lanes = u64;

/// The rows under which all lanes parse, the exact ones to their ends, and which `judge` keeps. See [`super::search::explain`].
pub(crate) fn explain_nested(
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

/// A row, or what an open container holds so far, and where each lane stands.
struct State {
    opening: Option<Rc<Opening>>,
    depth: u8,
    row: Vec<Form>,
    at: Vec<usize>,
    /// The lanes that go on.
    active: Lanes,
    /// Whether the last field is a value of the same kind, which cannot be read before its enum is closed.
    waits: bool,
    gain: f32,
}

/// A container that was gone into.
struct Opening {
    /// Before it.
    state: Rc<State>,
    kind: Kind,
}

enum Kind {
    Option,
    List,
    Variant {
        /// What those before hold; none for numbers that were not seen.
        before: Vec<Option<Row>>,
        highest: u8,
        /// Where each lane stood behind the number.
        behind: Rc<[usize]>,
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
        let at = vec![0; self.lanes.len()];
        let mut beam =
            vec![Rc::new(State { opening: None, depth: 0, row: Vec::new(), at, active, waits: false, gain: 0.0 })];
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

    /// The children that are looked into; those that come to the end are judged. None once one is proved, or enough are judged.
    fn selected(&mut self, children: Vec<State>) -> Option<Vec<Rc<State>>> {
        let mut kept = Vec::new();
        let mut rivals: HashMap<u64, usize, Plain> = HashMap::default();
        let mut alike: HashMap<u64, usize, Plain> = HashMap::default();
        for state in children {
            let reach = state.at.iter().sum::<usize>() / (STRIDE * self.lanes.len());
            let rivals = rivals.entry((reach as u64) << 8 | u64::from(state.depth)).or_insert(0);
            let (is_end, goes_on) = self.ends(&state);
            let is_kept = *rivals < RIVALS && kept.len() < WIDTH && goes_on;
            if !is_kept && !is_end {
                continue;
            }
            let alike = alike.entry(self.hash(&state)).or_insert(0);
            *alike += 1;
            if *alike > ALIKE {
                continue;
            }
            if is_end {
                let row: Row = state.row.as_slice().into();
                self.work += CHILD;
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
                kept.push(Rc::new(state));
            }
        }
        Some(kept)
    }

    /// Whether a row may be whole, and whether it may go on.
    fn ends(&self, state: &State) -> (bool, bool) {
        if state.opening.is_some() {
            return (false, true);
        }
        let mut lanes = self.lanes.iter().zip(&state.at);
        let has_exact = self.lanes.iter().any(|lane| lane.exact);
        let is_end = lanes.clone().all(|(lane, at)| !lane.exact || *at == lane.bytes.len());
        let goes_on = lanes.all(|(lane, at)| *at < lane.bytes.len());
        (is_end, goes_on && !(has_exact && is_end))
    }

    /// Another one for other places, other open containers and other lanes that go on.
    fn hash(&self, state: &State) -> u64 {
        let mut hash = factor(state.active ^ u64::from(state.waits));
        let mut opening = &state.opening;
        while let Some(outer) = opening {
            let kind = match &outer.kind {
                Kind::Option => 1,
                Kind::List => 2,
                // Those before that are not read yet go another way.
                Kind::Variant { before, .. } => {
                    let waiting = before.iter().flatten().filter(|row| holds_itself(row)).count();
                    3 + before.len() as u64 + 16 * waiting as u64
                }
            };
            let started: usize = outer.state.at.iter().sum();
            hash = factor(hash ^ kind << 48 ^ started as u64);
            opening = &outer.state.opening;
        }
        let ends = self.factors.iter().zip(&state.at).map(|(factor, at)| factor.wrapping_mul(*at as u64));
        ends.fold(hash, u64::wrapping_add)
    }

    fn push_children(&mut self, state: &Rc<State>, children: &mut Vec<State>) {
        self.work += CHILD;
        if !state.waits {
            for form in [Form::Varint, Form::Sized, Form::Float(8), Form::Float(4)] {
                children.extend(self.with(state, form, None));
            }
            // Two runs of bytes are one.
            if !matches!(state.row.last(), Some(Form::Fixed(_))) {
                children.extend(WIDTHS.iter().filter_map(|width| self.with(state, Form::Fixed(*width), None)));
            }
            if !state.row.is_empty() {
                // The cost is that of saying that the row holds itself.
                children.extend(self.with(state, list_of_itself(&state.row), Some(10.0)));
                children.extend(self.with(state, option_of_itself(&state.row), Some(10.0)));
            }
            if state.depth < DEEPEST {
                children.extend(self.into_option(state));
                children.extend(self.into_list(state));
                children.extend(self.into_enum(state));
            }
        }
        if is_in_enum(state) && (!state.waits || matches!(state.row.last(), Some(Form::Itself))) {
            let row = [state.row.as_slice(), &[Form::Itself]].concat();
            let gain = state.gain - Form::Itself.cost();
            children.push(State {
                row,
                gain,
                waits: true,
                active: 0,
                at: state.at.clone(),
                opening: state.opening.clone(),
                ..**state
            });
        }
        children.extend(self.out_of(state));
    }

    /// A state with one more field, if it fits all lanes that go on.
    fn with(&mut self, state: &State, form: Form, cost: Option<f32>) -> Option<State> {
        let mut at = state.at.clone();
        let mut gain = state.gain - cost.unwrap_or_else(|| form.cost());
        let mut work = 0;
        for (number, lane) in those(self.lanes, state.active) {
            work += 1;
            let place = at.get_mut(number)?;
            let mut cursor = Cursor::new(lane.bytes, *place, lane.exact);
            let taken = cursor.take(&form);
            if taken.is_none() {
                self.work += work;
                return None;
            }
            gain += cursor.gain;
            *place = cursor.at;
        }
        self.work += work;
        let row = [state.row.as_slice(), &[form]].concat();
        Some(State { row, at, gain, opening: state.opening.clone(), ..*state })
    }

    /// Goes into a container: `head` reads what announces it in a lane, and says whether that lane goes on.
    fn into(
        &self,
        state: &Rc<State>,
        kind: impl FnOnce(&[usize]) -> Kind,
        cost: f32,
        mut head: impl FnMut(&mut Cursor<'_>) -> Option<bool>,
    ) -> Option<State> {
        let (mut at, mut active, mut gain) = (state.at.clone(), 0, state.gain - cost);
        for (number, lane) in those(self.lanes, state.active) {
            let place = at.get_mut(number)?;
            let mut cursor = Cursor::new(lane.bytes, *place, lane.exact);
            if head(&mut cursor)? {
                active |= 1 << number;
            }
            gain += cursor.gain;
            *place = cursor.at;
        }
        let opening = Opening { state: Rc::clone(state), kind: kind(&at) };
        let depth = state.depth + 1;
        Some(State { opening: Some(Rc::new(opening)), depth, row: Vec::new(), at, active, waits: false, gain })
    }

    fn into_option(&self, state: &Rc<State>) -> Option<State> {
        let opened = self.into(
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

    fn into_list(&self, state: &Rc<State>) -> Option<State> {
        let opened = self.into(
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

    fn into_enum(&self, state: &Rc<State>) -> Option<State> {
        let tag = |(number, lane): (usize, &Lane<'_>)| lane.bytes.get(*state.at.get(number)?).copied();
        let highest = those(self.lanes, state.active).map(|lane| tag(lane).unwrap_or(u8::MAX)).max()?;
        if highest == 0 || u64::from(highest) >= MOST_VARIANTS {
            return None;
        }
        let kind = |behind: &[usize]| Kind::Variant { before: Vec::new(), highest, behind: behind.into() };
        let opened = self.into(state, kind, 20.0, |cursor| {
            let tag = cursor.rest().first().copied()?;
            cursor.at += 1;
            cursor.gain += 3.5;
            Some(tag == 0)
        })?;
        if opened.active == 0 { self.next_variant(&opened, None) } else { Some(opened) }
    }

    /// The state in the next variant that was seen, now that one holds this row, or none of that number was seen.
    fn next_variant(&self, state: &State, row: Option<Row>) -> Option<State> {
        let opening = state.opening.as_ref()?;
        let Kind::Variant { before, highest, behind } = &opening.kind else { return None };
        let mut before = before.clone();
        before.push(row);
        loop {
            let tag = before.len();
            if tag > usize::from(*highest) {
                return None;
            }
            let mut active = 0;
            for (number, lane) in those(self.lanes, opening.state.active) {
                let found = lane.bytes.get(behind.get(number)?.checked_sub(1)?)?;
                active |= Lanes::from(usize::from(*found) == tag) << number;
            }
            if active == 0 {
                before.push(None);
                continue;
            }
            let kind = Kind::Variant { before, highest: *highest, behind: Rc::clone(behind) };
            let opening = Opening { state: Rc::clone(&opening.state), kind };
            let gain = state.gain - 5.0;
            let (at, depth) = (state.at.clone(), state.depth);
            return Some(State {
                opening: Some(Rc::new(opening)),
                depth,
                row: Vec::new(),
                at,
                active,
                waits: false,
                gain,
            });
        }
    }

    /// Goes out of the innermost container, or on to its next variant.
    fn out_of(&mut self, state: &State) -> Option<State> {
        let opening = state.opening.as_ref()?;
        let outer = &opening.state;
        let row: Row = state.row.as_slice().into();
        let form = match &opening.kind {
            Kind::Option | Kind::List if row.is_empty() => return None,
            Kind::Option => Form::Option(row),
            Kind::List => Form::List(row),
            Kind::Variant { before, highest, .. } if before.len() < usize::from(*highest) => {
                return self.next_variant(state, Some(row));
            }
            Kind::Variant { before, .. } => {
                let variants: Vec<_> = before.iter().cloned().chain([Some(row)]).collect();
                match variants.as_slice() {
                    // That is an option, which is gone into as such.
                    [Some(none), Some(_)] if none.is_empty() => return None,
                    // And that a number.
                    all if all.iter().flatten().all(|row| row.is_empty()) => return None,
                    all => match all.iter().flatten().any(|row| holds_itself(row)) {
                        true => return self.with(outer, unrolled(all), Some(Form::Tagged(all.into()).cost())),
                        false => Form::Tagged(variants.into()),
                    },
                }
            }
        };
        if holds_itself(std::slice::from_ref(&form)) {
            // It is read when the enum is closed.
            let row = [outer.row.as_slice(), &[form]].concat();
            let (opening, at) = (outer.opening.clone(), state.at.clone());
            return Some(State { opening, depth: outer.depth, row, at, active: 0, waits: true, gain: state.gain });
        }
        self.with(outer, form, None)
    }
}

/// These of the lanes, each with its number.
fn those<'l, 'a>(lanes: &'l [Lane<'a>], these: Lanes) -> impl Iterator<Item = (usize, &'l Lane<'a>)> {
    lanes.iter().enumerate().filter(move |(number, _)| these >> number & 1 == 1)
}

/// Whether an enum is open, in which a value of the same kind may stand.
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
