//! The search for the fields that explain bytes: a beam over rows, widened field by field.
//!
//! Wrong rows soon fail to parse, run over the end, or need more bits than the bytes themselves; a bounded number of
//! the best is kept at each length. Nothing is proved here: what comes out is held against the nodes' hashes.

use std::collections::HashMap;

use super::form::{Cursor, Form, MOST_VARIANTS, Row, row_cost};

/// Bytes that begin with a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether the value ends where the bytes end. Else others follow.
    pub(crate) exact: bool,
}

/// How far a search goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How many fields a row has at most.
    pub(crate) fields: usize,
    /// How many rows of one length are kept where there are many lanes; more where there are few.
    pub(crate) beam: usize,
    /// How many rows are given back at most.
    pub(crate) answers: usize,
    /// How often a field is held against a lane at most. Counted, so that the same bytes always have the same answer.
    pub(crate) work: usize,
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

/// How many kinds of content an option, a list or a variant is tried with.
const PROPOSALS: usize = 14;

/// The same for a variant of an enum, of which there are several.
const HELD: usize = 8;

/// How many places are few.
const FEW: usize = 12;

/// How many ways to fill the variants of an enum are tried.
const FILLINGS: usize = 16;

/// A row that explains the lanes as far as they are known.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) row: Row,
    /// How many bits shorter a description in these fields is.
    pub(crate) gain: f32,
}

/// What is thought of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It is none.
    No,
    /// It may be one.
    Maybe,
    /// It is one, and no other needs to be looked for.
    Proved,
}

impl Verdict {
    /// What may be, if it fits.
    pub(crate) fn maybe(fits: bool) -> Self {
        if fits { Self::Maybe } else { Self::No }
    }
}

#[derive(Clone)]
struct State {
    row: Row,
    ends: Vec<usize>,
    gain: f32,
}

/// The rows under which all lanes parse, the exact ones to their ends, and which `judge` keeps; the best first.
pub(crate) fn explain(lanes: &[Lane<'_>], bounds: Bounds, mut judge: impl FnMut(&Row) -> Verdict) -> Vec<Answer> {
    if lanes.is_empty() {
        return Vec::new();
    }
    let menu = Menu::new();
    let mut work = 0;
    // With few lanes each row costs little, and little speaks for the right one before its end.
    let width = (bounds.beam * FULL / lanes.len()).clamp(bounds.beam, 16 * bounds.beam);
    // Rows with the same ends differ in nothing that is to come, unless so few ends are chance.
    let alike = match lanes.len() {
        0..=1 => 48,
        2..=3 => 8,
        4..=6 => 3,
        _ => 2,
    };
    let has_exact = lanes.iter().any(|lane| lane.exact);
    let mut answers: Vec<Answer> = Vec::new();
    let mut beam = vec![State { row: Row::new(), ends: vec![0; lanes.len()], gain: 0.0 }];
    for _ in 0..bounds.fields {
        let mut next: HashMap<Vec<usize>, Vec<State>> = HashMap::new();
        // The best come first, should the work end before all had their turn.
        for state in &beam {
            if work > bounds.work {
                break;
            }
            for fields in menu.extensions(state, lanes, &mut work) {
                let Some(child) = state.extended(&fields, lanes, &mut work) else { continue };
                let rivals = next.entry(child.ends.clone()).or_default();
                let place = rivals.partition_point(|rival| rival.gain >= child.gain);
                if place < alike {
                    rivals.insert(place, child);
                    rivals.truncate(alike);
                }
            }
        }
        let mut children: Vec<State> = next.into_values().flatten().collect();
        children.sort_by(|left, right| right.gain.total_cmp(&left.gain).then_with(|| left.ends.cmp(&right.ends)));
        beam = Vec::new();
        let mut kept_at: HashMap<usize, usize> = HashMap::new();
        for child in children {
            let ended = lanes.iter().zip(&child.ends).filter(|(lane, _)| lane.exact);
            let is_end = ended.clone().all(|(lane, end)| *end == lane.bytes.len());
            if is_end && answers.len() < bounds.answers {
                work += CHILD;
                let verdict = judge(&child.row);
                if verdict != Verdict::No {
                    answers.push(Answer { row: child.row.clone(), gain: child.gain });
                }
                if verdict == Verdict::Proved {
                    return answers;
                }
            }
            let goes_on = lanes.iter().zip(&child.ends).all(|(lane, end)| *end < lane.bytes.len());
            // Who has come further has gained more, and is not the better for it: rows compete with those that have come
            // as far.
            let kept = kept_at.entry(child.ends.iter().sum::<usize>() / (STRIDE * lanes.len())).or_insert(0);
            if *kept < bounds.beam / PLACES && beam.len() < width && goes_on && !(has_exact && is_end) {
                *kept += 1;
                beam.push(child);
            }
        }
    }
    answers.sort_by(|left, right| right.gain.total_cmp(&left.gain));
    answers
}

impl State {
    fn extended(&self, fields: &[Form], lanes: &[Lane<'_>], work: &mut usize) -> Option<Self> {
        let mut gain = self.gain - row_cost(fields);
        let mut ends = Vec::with_capacity(lanes.len());
        *work += CHILD;
        for (lane, at) in lanes.iter().zip(&self.ends) {
            let mut cursor = Cursor::new(lane.bytes, *at, lane.exact);
            *work += 1;
            cursor.row(fields)?;
            gain += cursor.gain;
            ends.push(cursor.at);
        }
        let row = self.row.iter().chain(fields).cloned().collect();
        Some(Self { row, ends, gain })
    }
}

/// What options, lists and variants are tried with.
struct Menu {
    /// Single fields.
    scalars: Vec<Row>,
    /// What may follow an enum.
    followers: Vec<Row>,
    /// Fields of an option or a variant.
    inner: Vec<Row>,
    /// Lists, each as a row of its own.
    lists: Vec<Row>,
}

impl Menu {
    fn new() -> Self {
        let fixed = [1, 2, 4, 8, 16, 20, 32].map(Form::Fixed);
        let scalars: Vec<Form> =
            [Form::Varint, Form::Sized, Form::Float(8), Form::Float(4)].into_iter().chain(fixed).collect();
        let [varint, sized] = [Form::Varint, Form::Sized];
        let mut inner: Vec<Row> = scalars.iter().map(|form| vec![form.clone()]).collect();
        for one in &scalars {
            // Two runs of bytes are one.
            let is_run = |form: &Form| matches!(form, Form::Fixed(_));
            let others = scalars.iter().filter(|other| !(is_run(one) && is_run(other)));
            inner.extend(others.map(|other| vec![one.clone(), other.clone()]));
        }
        let lists_of = |form: &Form| vec![Form::List(vec![form.clone()])];
        let mut items = inner.clone();
        for one in [&varint, &sized] {
            items.push(vec![Form::Option(vec![one.clone()])]);
            items.push(lists_of(one));
            for two in [&varint, &sized] {
                items.extend([&varint, &sized].map(|three| vec![one.clone(), two.clone(), three.clone()]));
            }
        }
        inner.extend([&varint, &sized].map(lists_of));
        let lists = items.into_iter().map(|row| vec![Form::List(row)]).collect();
        let scalars: Vec<Row> = scalars.into_iter().map(|form| vec![form]).collect();
        let mut followers = vec![Row::new()];
        followers.extend(scalars.iter().take(4).cloned());
        for one in [&varint, &sized] {
            followers.push(vec![Form::Option(vec![one.clone()])]);
            followers.push(lists_of(one));
        }
        Self { scalars, followers, inner, lists }
    }

    /// What the next field may be: a row of one, or of an enum and what follows it.
    fn extensions(&self, state: &State, lanes: &[Lane<'_>], work: &mut usize) -> Vec<Row> {
        let places: Vec<Place<'_>> =
            lanes.iter().zip(&state.ends).map(|(lane, at)| Place { lane: *lane, at: *at }).collect();
        let mut forms = vec![Form::Varint, Form::Sized, Form::Float(8), Form::Float(4)];
        // Two runs of bytes are one.
        if !matches!(state.row.last(), Some(Form::Fixed(_))) {
            let room = places.iter().map(|place| place.lane.bytes.len() - place.at).min().unwrap_or_default();
            forms.extend((1..=WIDEST.min(room)).map(Form::Fixed));
            forms.extend((room > WIDEST && places.iter().all(|place| place.lane.exact)).then_some(Form::Fixed(room)));
        }
        let tags: Vec<Option<u8>> = places.iter().map(Place::tag).collect();
        if tags.iter().all(|tag| tag.is_some_and(|tag| tag <= 1)) {
            let present: Vec<_> = places.iter().filter(|place| place.tag() == Some(1)).map(Place::behind).collect();
            let held = propose(&self.inner, &[], &present, PROPOSALS, work);
            forms.extend(held.into_iter().map(|(row, _)| Form::Option(row)));
        }
        let mut rows: Vec<Row> = forms.into_iter().map(|form| vec![form]).collect();
        if tags.iter().any(|tag| tag.is_some_and(|tag| tag > 0)) {
            rows.extend(propose(&self.lists, &[], &places, PROPOSALS, work).into_iter().map(|(row, _)| row));
        }
        self.push_enums(&places, &mut rows, work);
        rows
    }

    /// Adds enums of which some variant holds something. Without any the number alone is a varint.
    ///
    /// What the variants hold shows best in what follows it, which is the same for all of them.
    fn push_enums(&self, places: &[Place<'_>], rows: &mut Vec<Row>, work: &mut usize) {
        let highest = places.iter().map(|place| place.tag().map_or(u64::MAX, u64::from)).max().unwrap_or_default();
        if highest == 0 || highest >= MOST_VARIANTS {
            return;
        }
        let groups: Vec<Vec<Place<'_>>> = (0..=highest as u8)
            .map(|tag| places.iter().filter(|place| place.tag() == Some(tag)).map(Place::behind).collect())
            .collect();
        for follower in &self.followers {
            let menu = if follower.is_empty() { &self.inner } else { &self.scalars };
            let mut fillings: Vec<(Vec<Option<Row>>, f32)> = vec![(Vec::new(), 0.0)];
            for group in &groups {
                let mut choices: Vec<(Option<Row>, f32)> = vec![(None, 0.0)];
                if !group.is_empty() {
                    let unit = propose(&[Row::new()], follower, group, 1, work);
                    let held = propose(menu, follower, group, HELD, work);
                    choices = unit.into_iter().chain(held).map(|(row, gain)| (Some(row), gain)).collect();
                }
                fillings = fillings
                    .iter()
                    .flat_map(|(filled, gain)| {
                        choices.iter().map(move |(row, more)| {
                            let filled = filled.iter().cloned().chain([row.clone()]).collect::<Vec<_>>();
                            (filled, gain + more)
                        })
                    })
                    .collect();
                fillings.sort_by(|left, right| right.1.total_cmp(&left.1));
                fillings.truncate(FILLINGS);
            }
            for (variants, _) in fillings {
                let Some(form) = factored(variants) else { continue };
                // What follows may be the next value.
                let with_follower: Row = [form.clone()].into_iter().chain(follower.iter().cloned()).collect();
                for row in [vec![form], with_follower] {
                    if !rows.contains(&row) {
                        rows.push(row);
                    }
                }
            }
        }
    }
}

/// The enum of these variants without the last fields that all of them share, which rather stand behind the enum. None if
/// no variant holds anything then.
fn factored(mut variants: Vec<Option<Row>>) -> Option<Form> {
    loop {
        let mut lasts = variants.iter().flatten().map(|row| row.last());
        match lasts.next()? {
            Some(shared) if lasts.all(|last| last == Some(shared)) => {
                variants.iter_mut().flatten().for_each(|row| drop(row.pop()));
            }
            _ => break,
        }
    }
    match variants.as_slice() {
        [Some(none), Some(some)] if none.is_empty() => (!some.is_empty()).then(|| Form::Option(some.clone())),
        _ => variants.iter().flatten().any(|row| !row.is_empty()).then_some(Form::Tagged(variants)),
    }
}

/// Where the next field begins.
#[derive(Clone, Copy)]
struct Place<'a> {
    lane: Lane<'a>,
    at: usize,
}

impl Place<'_> {
    fn tag(&self) -> Option<u8> {
        self.lane.bytes.get(self.at).copied()
    }

    fn behind(&self) -> Self {
        Self { lane: self.lane, at: self.at + 1 }
    }
}

/// The rows of `menu` that fit at all places in front of `follower`, the best first, with what both gain.
fn propose(menu: &[Row], follower: &[Form], places: &[Place<'_>], most: usize, work: &mut usize) -> Vec<(Row, f32)> {
    if places.is_empty() {
        return Vec::new();
    }
    // A variant that takes all that is left, where that has one length.
    let rests = || places.iter().map(|place| place.lane.bytes.len().saturating_sub(place.at));
    let rest = rests().next().filter(|rest| *rest > 0 && rests().all(|other| other == *rest));
    let is_last = follower.is_empty() && places.iter().all(|place| place.lane.exact);
    let all = rest.filter(|_| is_last).map(|rest| vec![Form::Fixed(rest)]);
    let mut fits = |row: &Row| {
        let mut gain = -row_cost(row);
        for place in places {
            *work += 1;
            let mut cursor = Cursor::new(place.lane.bytes, place.at, place.lane.exact);
            cursor.row(row)?;
            // Behind the last value of all nothing follows.
            if !place.lane.exact || cursor.at < place.lane.bytes.len() {
                cursor.row(follower)?;
            }
            gain += cursor.gain;
        }
        Some(gain)
    };
    let mut fitting: Vec<_> = menu.iter().chain(&all).filter_map(|row| Some((row, fits(row)?))).collect();
    fitting.sort_by(|left, right| right.1.total_cmp(&left.1));
    // The fewer places there are, the less their order says.
    fitting.truncate(most * (FEW / places.len()).max(1));
    fitting.into_iter().map(|(row, gain)| (row.clone(), gain)).collect()
}
