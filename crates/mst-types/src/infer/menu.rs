//! What the next field may be: fields that explain what stands at a place in each lane.

use super::form::{Cursor, Form, MOST_VARIANTS, Row, row_cost};

/// Bytes that begin with a value.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether the value ends where the bytes end. Else others follow.
    pub exact: bool,
}

/// How many kinds of content an option, a list or a variant is tried with.
const PROPOSALS: usize = 14;

/// The same for a variant of an enum, of which there are several.
const HELD: usize = 8;

/// How many places are few.
const FEW: usize = 12;

/// How many ways to fill the variants of an enum are tried.
const FILLINGS: usize = 16;

/// A row, and what it costs to say it.
struct Dish {
    row: Row,
    cost: f32,
}

impl Dish {
    fn new(row: impl Into<Row>) -> Self {
        let row = row.into();
        Self { cost: row_cost(&row), row }
    }
}

/// What options, lists and variants are tried with.
pub(super) struct Menu {
    /// Fields that stand everywhere.
    common: Vec<Row>,
    /// Single fields.
    scalars: Vec<Dish>,
    /// What may follow an enum.
    followers: Vec<Row>,
    /// Fields of an option or a variant.
    inner: Vec<Dish>,
    /// Lists, each as a row of its own.
    lists: Vec<Dish>,
    /// No fields.
    nothing: [Dish; 1],
}

impl Menu {
    pub(super) fn new() -> Self {
        let fixed = [1, 2, 4, 8, 16, 20, 32].map(Form::Fixed);
        let common = [Form::Varint, Form::Sized, Form::Float(8), Form::Float(4)];
        let scalars: Vec<Form> = common.iter().cloned().chain(fixed).collect();
        let [varint, sized, ..] = &common;
        let mut inner: Vec<Vec<Form>> = scalars.iter().map(|form| vec![form.clone()]).collect();
        for one in &scalars {
            // Two runs of bytes are one.
            let is_run = |form: &Form| matches!(form, Form::Fixed(_));
            let others = scalars.iter().filter(|other| !(is_run(one) && is_run(other)));
            inner.extend(others.map(|other| vec![one.clone(), other.clone()]));
        }
        let list_of = |row: Vec<Form>| vec![Form::List(row.into())];
        let option_of = |form: &Form| vec![Form::Option([form.clone()].into())];
        let mut items = inner.clone();
        for one in [varint, sized] {
            items.push(option_of(one));
            items.push(list_of(vec![one.clone()]));
            for two in [varint, sized] {
                items.extend([varint, sized].map(|three| vec![one.clone(), two.clone(), three.clone()]));
            }
        }
        inner.extend([varint, sized].map(|form| list_of(vec![form.clone()])));
        let mut followers = vec![Row::default()];
        followers.extend(common.iter().map(|form| Row::from([form.clone()])));
        for one in [varint, sized] {
            followers.push(option_of(one).into());
            followers.push(list_of(vec![one.clone()]).into());
        }
        Self {
            common: common.into_iter().map(|form| Row::from([form])).collect(),
            scalars: scalars.into_iter().map(|form| Dish::new([form])).collect(),
            followers,
            inner: inner.into_iter().map(Dish::new).collect(),
            lists: items.into_iter().map(|row| Dish::new(list_of(row))).collect(),
            nothing: [Dish::new([])],
        }
    }

    /// What the next field may be that is no run of bytes: a row of one, or of an enum and what follows it.
    pub(super) fn rows(&self, places: &[Place<'_>], work: &mut usize) -> Vec<Row> {
        let mut rows = self.common.clone();
        let tags: Vec<Option<u8>> = places.iter().map(Place::tag).collect();
        if tags.iter().all(|tag| tag.is_some_and(|tag| tag <= 1)) {
            let present: Vec<_> = places.iter().filter(|place| place.tag() == Some(1)).map(Place::behind).collect();
            let held = propose(&self.inner, &[], &present, PROPOSALS, work);
            rows.extend(held.into_iter().map(|(row, _)| Row::from([Form::Option(row)])));
        }
        if tags.iter().any(|tag| tag.is_some_and(|tag| tag > 0)) {
            rows.extend(propose(&self.lists, &[], places, PROPOSALS, work).into_iter().map(|(row, _)| row));
        }
        self.push_enums(places, &mut rows, work);
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
                    let unit = propose(&self.nothing, follower, group, 1, work);
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
                for row in [Row::from([form]), with_follower] {
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
                for row in variants.iter_mut().flatten() {
                    *row = row.split_last().map_or_else(Row::default, |(_, before)| before.into());
                }
            }
            _ => break,
        }
    }
    match variants.as_slice() {
        [Some(none), Some(some)] if none.is_empty() => (!some.is_empty()).then(|| Form::Option(some.clone())),
        _ => variants.iter().flatten().any(|row| !row.is_empty()).then_some(Form::Tagged(variants.into())),
    }
}

/// Where the next field begins.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) lane: Lane<'a>,
    pub(super) at: usize,
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
fn propose(menu: &[Dish], follower: &[Form], places: &[Place<'_>], most: usize, work: &mut usize) -> Vec<(Row, f32)> {
    if places.is_empty() {
        return Vec::new();
    }
    // A variant that takes all that is left, where that has one length.
    let rests = || places.iter().map(|place| place.lane.bytes.len().saturating_sub(place.at));
    let rest = rests().next().filter(|rest| *rest > 0 && rests().all(|other| other == *rest));
    let is_last = follower.is_empty() && places.iter().all(|place| place.lane.exact);
    let all = rest.filter(|_| is_last).map(|rest| Dish::new([Form::Fixed(rest)]));
    let mut fits = |dish: &Dish| {
        let mut gain = -dish.cost;
        for place in places {
            *work += 1;
            let mut cursor = Cursor::new(place.lane.bytes, place.at, place.lane.exact);
            cursor.row(&dish.row)?;
            // Behind the last value of all nothing follows.
            if !place.lane.exact || cursor.at < place.lane.bytes.len() {
                cursor.row(follower)?;
            }
            gain += cursor.gain;
        }
        Some(gain)
    };
    let mut fitting: Vec<_> = menu.iter().chain(&all).filter_map(|dish| Some((dish, fits(dish)?))).collect();
    fitting.sort_by(|left, right| right.1.total_cmp(&left.1));
    // The fewer places there are, the less their order says.
    fitting.truncate(most * (FEW / places.len()).max(1));
    fitting.into_iter().map(|(dish, gain)| (dish.row.clone(), gain)).collect()
}
