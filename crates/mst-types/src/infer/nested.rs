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
pub struct NestedBounds {
    /// How many rows are judged at most.
    pub answers: usize,
    /// How often a field is held against a lane at most.
    pub work: usize,
}

/// How many steps it takes at most: a field, a way in or out.
const STEPS: usize = 48;

/// How deep containers stand in one another.
const DEEPEST: u8 = 4;

/// Rows compete that are equally deep and have come as far as each other, to a part of a byte for each lane: a variant that takes
/// a byte too many gains by it until what follows the enum is read.
const PARTS: usize = 4;

/// The number of competing rows that are kept.
const RIVALS: usize = 8;

/// How many rows are kept at each step.
const WIDTH: usize = 1000;

/// How many rows with the same ends are kept.
const ALIKE: usize = 2;

/// The widths of runs of bytes that are tried outside of containers; within, the first of them.
const WIDTHS: [usize; 11] = [1, 4, 8, 16, 32, 20, 2, 6, 12, 33, 64];

/// How many widths are tried within containers.
const WITHIN: usize = 6;

/// What it costs to say that a run of bytes follows a container that may end with one.
const RUN_AFTER: f32 = 10.0;

/// What a row costs beside what is done for each lane, in units of work.
const CHILD: usize = 10;

/// A bit for each lane.
type Lanes = u64;

/// The rows under which all lanes parse, the exact ones to their ends, and which `judge` keeps. See [`super::search::explain`].
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

/// A row, or what an open container holds so far, and where each lane stands.
struct State {
    opening: Option<Rc<Opening>>,
    depth: u8,
    row: Fields,
    at: Box<[u32]>,
    /// The lanes that go on.
    active: Lanes,
    /// Whether the last field is a value of the same kind, which cannot be read before its enum is closed.
    waits: bool,
    /// How many such fields there are in what is open.
    unread: u8,
    gain: f32,
}

/// The fields of a row, the last first, so that rows with the same beginning share it.
#[derive(Clone, Default)]
struct Fields(Option<Rc<(Fields, Form)>>);

impl Fields {
    fn with(&self, form: Form) -> Self {
        Self(Some(Rc::new((self.clone(), form))))
    }

    fn last(&self) -> Option<&Form> {
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
        behind: Rc<[u32]>,
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

    /// The children that are looked into; those that come to the end are judged. None once one is proved, or enough are judged.
    fn selected(&mut self, children: Vec<State>) -> Option<Vec<Rc<State>>> {
        let mut kept: Vec<(usize, State)> = Vec::new();
        let mut rivals: HashMap<u64, usize, Plain> = HashMap::default();
        let mut alike: HashMap<u64, usize, Plain> = HashMap::default();
        for state in children {
            let reach = PARTS * state.at.iter().map(|at| *at as usize).sum::<usize>() / self.lanes.len();
            // What is not read yet has come nowhere, and gains nothing.
            let kind = u64::from(state.unread.min(3)) << 4 | u64::from(state.depth);
            let rivals = rivals.entry((reach as u64) << 8 | kind).or_insert(0);
            let (is_end, goes_on) = self.ends(&state);
            let is_kept = *rivals < RIVALS && goes_on;
            if !is_kept && !is_end {
                continue;
            }
            let alike = alike.entry(self.hash(&state)).or_insert(0);
            *alike += 1;
            if *alike > ALIKE {
                continue;
            }
            if is_end {
                let row = state.row.row();
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
                kept.push((*rivals, state));
            }
        }
        // Where there are too many, the best of each kind come first.
        kept.sort_by_key(|(rank, _)| *rank);
        kept.truncate(WIDTH);
        Some(kept.into_iter().map(|(_, state)| Rc::new(state)).collect())
    }

    /// Whether a row may be whole, and whether it may go on.
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

    /// Another one for other places, other open containers and other lanes that go on.
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
        self.work += CHILD;
        if !state.waits {
            for form in [Form::Varint, Form::Sized, Form::Float(8), Form::Float(4)] {
                children.extend(self.with(state, form, None));
            }
            // Two runs of bytes are one.
            if !matches!(state.row.last(), Some(Form::Fixed(_))) {
                let cost = if state.row.last().is_some_and(ends_with_run) { RUN_AFTER } else { 0.0 };
                let widths = if state.depth == 0 { WIDTHS.len() } else { WITHIN };
                for width in WIDTHS.iter().take(widths) {
                    let run = Form::Fixed(*width);
                    let cost = cost + run.cost();
                    children.extend(self.with(state, run, Some(cost)));
                }
            }
            if state.row.last().is_some() {
                let row = state.row.row();
                // The cost is that of saying that the row holds itself.
                children.extend(self.with(state, list_of_itself(&row), Some(10.0)));
                children.extend(self.with(state, option_of_itself(&row), Some(10.0)));
            }
            if state.depth < DEEPEST {
                children.extend(self.open_option(state));
                children.extend(self.open_list(state));
                children.extend(self.open_enum(state));
            }
        }
        if is_in_enum(state) && (!state.waits || matches!(state.row.last(), Some(Form::Itself))) {
            let row = state.row.with(Form::Itself);
            let gain = state.gain - Form::Itself.cost();
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
        children.extend(self.out_of(state));
    }

    /// A state with one more field, if it fits all lanes that go on.
    fn with(&mut self, state: &State, form: Form, cost: Option<f32>) -> Option<State> {
        // Most fields do not fit: only for one that does something is allocated.
        let mut ends = [0_u32; Lanes::BITS as usize];
        let mut gain = state.gain - cost.unwrap_or_else(|| form.cost());
        for (number, lane) in those(self.lanes, state.active) {
            self.work += 1;
            let mut cursor = Cursor::new(lane.bytes, *state.at.get(number)? as usize, lane.exact);
            cursor.take(&form)?;
            gain += cursor.gain;
            *ends.get_mut(number)? = cursor.at as u32;
        }
        let mut at = state.at.clone();
        for (number, place) in at.iter_mut().enumerate() {
            if state.active >> number & 1 == 1 {
                *place = *ends.get(number)?;
            }
        }
        self.work += CHILD;
        Some(State { row: state.row.with(form), at, gain, opening: state.opening.clone(), ..*state })
    }

    /// Goes into a container: `head` reads what announces it in a lane, and says whether that lane goes on.
    fn into(
        &self,
        state: &Rc<State>,
        kind: impl FnOnce(&[u32]) -> Kind,
        cost: f32,
        mut head: impl FnMut(&mut Cursor<'_>) -> Option<bool>,
    ) -> Option<State> {
        let (mut at, mut active, mut gain) = (state.at.clone(), 0, state.gain - cost);
        for (number, lane) in those(self.lanes, state.active) {
            let place = at.get_mut(number)?;
            let mut cursor = Cursor::new(lane.bytes, *place as usize, lane.exact);
            if head(&mut cursor)? {
                active |= 1 << number;
            }
            gain += cursor.gain;
            *place = cursor.at as u32;
        }
        let opening = Opening { state: Rc::clone(state), kind: kind(&at) };
        let depth = state.depth + 1;
        Some(State {
            opening: Some(Rc::new(opening)),
            depth,
            row: Fields::default(),
            at,
            active,
            waits: false,
            unread: state.unread,
            gain,
        })
    }

    fn open_option(&self, state: &Rc<State>) -> Option<State> {
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

    fn open_list(&self, state: &Rc<State>) -> Option<State> {
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

    fn open_enum(&self, state: &Rc<State>) -> Option<State> {
        let tag = |(number, lane): (usize, &Lane<'_>)| lane.bytes.get(*state.at.get(number)? as usize).copied();
        let highest = those(self.lanes, state.active).map(|lane| tag(lane).unwrap_or(u8::MAX)).max()?;
        if highest == 0 || u64::from(highest) >= MOST_VARIANTS {
            return None;
        }
        let kind = |behind: &[u32]| Kind::Variant { before: Vec::new(), highest, behind: behind.into() };
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
                let found = lane.bytes.get(behind.get(number)?.checked_sub(1)? as usize)?;
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
                row: Fields::default(),
                at,
                active,
                waits: false,
                unread: state.unread,
                gain,
            });
        }
    }

    /// Goes out of the innermost container, or on to its next variant.
    fn out_of(&mut self, state: &State) -> Option<State> {
        let opening = state.opening.as_ref()?;
        let outer = &opening.state;
        let row = state.row.row();
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
            let row = outer.row.with(form);
            let (opening, at) = (outer.opening.clone(), state.at.clone());
            let (unread, gain) = (state.unread, state.gain);
            return Some(State { opening, depth: outer.depth, row, at, active: 0, waits: true, unread, gain });
        }
        self.with(outer, form, None)
    }
}

/// These of the lanes, each with its number.
fn those<'l, 'a>(lanes: &'l [Lane<'a>], these: Lanes) -> impl Iterator<Item = (usize, &'l Lane<'a>)> {
    lanes.iter().enumerate().filter(move |(number, _)| these >> number & 1 == 1)
}

/// Whether a container may end with a run of bytes.
fn ends_with_run(form: &Form) -> bool {
    let row_ends = |row: &Row| matches!(row.last(), Some(Form::Fixed(_)));
    match form {
        Form::Option(row) | Form::List(row) => row_ends(row),
        Form::Tagged(variants) => variants.iter().flatten().any(row_ends),
        _ => false,
    }
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
