//! Candidates for the next field: shapes that explain the bytes at a position in every sample.

use super::form::{Cursor, FieldShape, MAX_VARIANTS, Row, row_cost};

/// Sample bytes that begin with a value.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    /// The bytes of the item.
    pub bytes: &'a [u8],
    /// Whether the value ends where the bytes end. Otherwise other values follow.
    pub exact: bool,
}

/// The number of contents kept for an option or a list.
const MAX_PROPOSALS: usize = 14;

/// The number of contents kept for a variant of an enum, lower because there are several variants.
const MAX_VARIANT_PROPOSALS: usize = 8;

/// Below this number of positions, more proposals are kept.
const FEW_POSITIONS: usize = 12;

/// The number of combinations kept while filling the variants of an enum.
const MAX_FILLINGS: usize = 16;

/// A candidate row and the cost of stating it.
struct Candidate {
    row: Row,
    cost: f32,
}

impl Candidate {
    fn new(row: impl Into<Row>) -> Self {
        let row = row.into();
        Self { cost: row_cost(&row), row }
    }
}

/// The candidate rows for options, lists and variants.
pub(super) struct CandidateSet {
    /// Single fields that are candidates everywhere.
    common: Vec<Row>,
    /// Single fields, including runs of bytes.
    scalars: Vec<Candidate>,
    /// Rows that may follow an enum.
    followers: Vec<Row>,
    /// Rows inside an option or a variant.
    inner: Vec<Candidate>,
    /// Lists, each as a row of one field.
    lists: Vec<Candidate>,
    /// The empty row.
    nothing: [Candidate; 1],
}

impl CandidateSet {
    pub(super) fn new() -> Self {
        let fixed = [1, 2, 4, 8, 16, 20, 32].map(FieldShape::Fixed);
        let common = [FieldShape::Varint, FieldShape::Sized, FieldShape::Float(8), FieldShape::Float(4)];
        let scalars: Vec<FieldShape> = common.iter().cloned().chain(fixed).collect();
        let [varint, sized, ..] = &common;
        let mut inner: Vec<Vec<FieldShape>> = scalars.iter().map(|shape| vec![shape.clone()]).collect();
        for one in &scalars {
            // Two adjacent runs of bytes are one run.
            let is_run = |shape: &FieldShape| matches!(shape, FieldShape::Fixed(_));
            let others = scalars.iter().filter(|other| !(is_run(one) && is_run(other)));
            inner.extend(others.map(|other| vec![one.clone(), other.clone()]));
        }
        let list_of = |row: Vec<FieldShape>| vec![FieldShape::List(row.into())];
        let option_of = |shape: &FieldShape| vec![FieldShape::Option([shape.clone()].into())];
        let mut items = inner.clone();
        for one in [varint, sized] {
            items.push(option_of(one));
            items.push(list_of(vec![one.clone()]));
            for two in [varint, sized] {
                items.extend([varint, sized].map(|three| vec![one.clone(), two.clone(), three.clone()]));
            }
        }
        inner.extend([varint, sized].map(|shape| list_of(vec![shape.clone()])));
        let mut followers = vec![Row::default()];
        followers.extend(common.iter().map(|shape| Row::from([shape.clone()])));
        for one in [varint, sized] {
            followers.push(option_of(one).into());
            followers.push(list_of(vec![one.clone()]).into());
        }
        Self {
            common: common.into_iter().map(|shape| Row::from([shape])).collect(),
            scalars: scalars.into_iter().map(|shape| Candidate::new([shape])).collect(),
            followers,
            inner: inner.into_iter().map(Candidate::new).collect(),
            lists: items.into_iter().map(|row| Candidate::new(list_of(row))).collect(),
            nothing: [Candidate::new([])],
        }
    }

    /// Candidates for the next field other than runs of bytes: a row of one field, or of an enum and the field after
    /// it.
    pub(super) fn rows(&self, positions: &[SamplePosition<'_>], work: &mut usize) -> Vec<Row> {
        let mut rows = self.common.clone();
        let tags: Vec<Option<u8>> = positions.iter().map(SamplePosition::tag).collect();
        if tags.iter().all(|tag| tag.is_some_and(|tag| tag <= 1)) {
            let present: Vec<_> =
                positions.iter().filter(|position| position.tag() == Some(1)).map(SamplePosition::after_tag).collect();
            let held = propose(&self.inner, &[], &present, MAX_PROPOSALS, work);
            rows.extend(held.into_iter().map(|(row, _)| Row::from([FieldShape::Option(row)])));
        }
        if tags.iter().any(|tag| tag.is_some_and(|tag| tag > 0)) {
            rows.extend(propose(&self.lists, &[], positions, MAX_PROPOSALS, work).into_iter().map(|(row, _)| row));
        }
        self.push_enums(positions, &mut rows, work);
        rows
    }

    /// Adds enums with at least one variant that has a payload. Without any payload, the number alone is a varint.
    ///
    /// The field after the enum is the best evidence for the payloads, because it is the same for all variants.
    fn push_enums(&self, positions: &[SamplePosition<'_>], rows: &mut Vec<Row>, work: &mut usize) {
        let highest =
            positions.iter().map(|position| position.tag().map_or(u64::MAX, u64::from)).max().unwrap_or_default();
        if highest == 0 || highest >= MAX_VARIANTS {
            return;
        }
        let groups: Vec<Vec<SamplePosition<'_>>> = (0..=highest as u8)
            .map(|tag| {
                positions.iter().filter(|position| position.tag() == Some(tag)).map(SamplePosition::after_tag).collect()
            })
            .collect();
        for follower in &self.followers {
            let candidates = if follower.is_empty() { &self.inner } else { &self.scalars };
            let mut fillings: Vec<(Vec<Option<Row>>, f32)> = vec![(Vec::new(), 0.0)];
            for group in &groups {
                let mut choices: Vec<(Option<Row>, f32)> = vec![(None, 0.0)];
                if !group.is_empty() {
                    let unit = propose(&self.nothing, follower, group, 1, work);
                    let held = propose(candidates, follower, group, MAX_VARIANT_PROPOSALS, work);
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
                fillings.truncate(MAX_FILLINGS);
            }
            for (variants, _) in fillings {
                let Some(shape) = factored(variants) else { continue };
                // The field that follows may also belong to the next value.
                let with_follower: Row = [shape.clone()].into_iter().chain(follower.iter().cloned()).collect();
                for row in [Row::from([shape]), with_follower] {
                    if !rows.contains(&row) {
                        rows.push(row);
                    }
                }
            }
        }
    }
}

/// The enum of these variants without the trailing fields that all of them share: such fields more likely follow the
/// enum. `None` if no variant has a payload then.
fn factored(mut variants: Vec<Option<Row>>) -> Option<FieldShape> {
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
        [Some(none), Some(some)] if none.is_empty() => (!some.is_empty()).then(|| FieldShape::Option(some.clone())),
        _ => variants.iter().flatten().any(|row| !row.is_empty()).then_some(FieldShape::Tagged(variants.into())),
    }
}

/// A position in a sample where the next field begins.
#[derive(Clone, Copy)]
pub(super) struct SamplePosition<'a> {
    pub(super) lane: Lane<'a>,
    pub(super) at: usize,
}

impl SamplePosition<'_> {
    fn tag(&self) -> Option<u8> {
        self.lane.bytes.get(self.at).copied()
    }

    fn after_tag(&self) -> Self {
        Self { lane: self.lane, at: self.at + 1 }
    }
}

/// The candidates that fit before `follower` at all positions, best first, with the gain of both together.
fn propose(
    candidates: &[Candidate],
    follower: &[FieldShape],
    positions: &[SamplePosition<'_>],
    most: usize,
    work: &mut usize,
) -> Vec<(Row, f32)> {
    if positions.is_empty() {
        return Vec::new();
    }
    // If the same number of bytes is left everywhere, the field may take all of them.
    let rests = || positions.iter().map(|position| position.lane.bytes.len().saturating_sub(position.at));
    let rest = rests().next().filter(|rest| *rest > 0 && rests().all(|other| other == *rest));
    let is_last = follower.is_empty() && positions.iter().all(|position| position.lane.exact);
    let all = rest.filter(|_| is_last).map(|rest| Candidate::new([FieldShape::Fixed(rest)]));
    let mut fits = |candidate: &Candidate| {
        let mut gain = -candidate.cost;
        for position in positions {
            *work += 1;
            let mut cursor = Cursor::new(position.lane.bytes, position.at, position.lane.exact);
            cursor.row(&candidate.row)?;
            // Nothing follows the last value of a sample.
            if !position.lane.exact || cursor.at < position.lane.bytes.len() {
                cursor.row(follower)?;
            }
            gain += cursor.gain;
        }
        Some(gain)
    };
    let mut fitting: Vec<_> =
        candidates.iter().chain(&all).filter_map(|candidate| Some((candidate, fits(candidate)?))).collect();
    fitting.sort_by(|left, right| right.1.total_cmp(&left.1));
    // The fewer positions there are, the less reliable the order is, so more candidates are kept.
    fitting.truncate(most * (FEW_POSITIONS / positions.len()).max(1));
    fitting.into_iter().map(|(candidate, gain)| (candidate.row.clone(), gain)).collect()
}
