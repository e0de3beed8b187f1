//! Types found from nodes of unknown types: fields that explain the bytes are searched, the nodes' hashes decide.
//!
//! Keys stand first in a node and begin at a known place; a key's type explains all of them, leaves them rising, at the
//! level of their node, and in front of the value count. Then the values begin at a known place too, and in a node of
//! one record their end is known. What explains the values is tried under the hash of every sampled node, which covers
//! the length of each key and value: where it comes out, all boundaries are certain.

use std::cell::Cell;

use super::TypedForm;
use super::sample::Sample;
use super::typing::{RuledOut, forms};
use crate::node::dialect::Dialect;
use crate::node::level::level_of;
use crate::node::{Codec, KeyForm};
use mst_types::infer::{
    Answer, Bounds, Cursor, Lane, NestedBounds, Row, Taste, Verdict, explain, explain_nested, name_items, name_nested,
    name_row, row_cost, row_end,
};
use mst_types::{DecodeOptions, Type, compare, measure};

/// How many nodes the search looks at; all are held against what it finds.
const LANES: usize = 40;

/// How many types of keys are followed up.
const KEY_TYPES: usize = 5;

/// How many types of values are tried under the hashes.
const TRIALS: usize = 24;

/// How many failed guesses are told.
const TOLD: usize = 12;

/// How many alternatives are kept.
const ALTERNATIVES: usize = 8;

/// Types that explain the sample.
#[derive(Debug)]
pub(super) struct Guess {
    pub(super) dialect: Dialect,
    pub(super) key: Type,
    pub(super) value: Type,
    /// Other types with the same boundaries, the most plausible first.
    pub(super) alternatives: Vec<(Type, Type)>,
}

/// A node's keys and values, undivided.
struct Section<'a> {
    keys: usize,
    level: u8,
    /// From the first key on, up to the last place where the values may end.
    bytes: &'a [u8],
    /// The places where the values may end.
    ends: Vec<usize>,
}

/// Keys told apart under a type.
struct KeySplit<'a> {
    ty: Type,
    dialect: Dialect,
    keys: Vec<&'a [u8]>,
    /// For each node, where the values begin.
    starts: Vec<usize>,
    /// How plausible that is, in bits.
    weight: f32,
}

/// Where the next item ends, if there is one.
type End<'e> = &'e dyn Fn(&[u8]) -> Option<usize>;

/// What was looked for and what was tried in vain.
pub(super) struct Inference<'s> {
    samples: Vec<&'s Sample>,
    dialects: [Dialect; 2],
    key: Option<&'s Type>,
    value: Option<&'s Type>,
    pub(super) ruled_out: Vec<RuledOut>,
    /// How much work a search for values may be.
    work: usize,
}

/// How much work the first search for values may be, and each further one.
const WORK: [usize; 2] = [14_000_000, 2_000_000];

impl<'s> Inference<'s> {
    /// An inference from these nodes, which have keys, with what is known of the types.
    pub(super) fn new(
        samples: Vec<&'s Sample>,
        dialects: [Dialect; 2],
        key: Option<&'s Type>,
        value: Option<&'s Type>,
    ) -> Self {
        Self { samples, dialects, key, value, ruled_out: Vec::new(), work: WORK[0] }
    }

    /// The types that prove every node; where there are none, those that prove most of the keys.
    pub(super) fn run(&mut self) -> Option<Guess> {
        let all: Vec<&Sample> = self.samples.clone();
        if let Some(guess) = self.guess_of(&all) {
            return Some(guess);
        }
        // Perhaps a node is damaged: what the others show may still be true of most.
        self.work = WORK[1];
        let part = |fits: &dyn Fn(usize) -> bool| {
            all.iter().enumerate().filter(|(at, _)| fits(*at)).map(|(_, sample)| *sample).collect::<Vec<_>>()
        };
        let half = all.len() / 2;
        let parts = [part(&|at| at < half), part(&|at| at >= half)];
        parts.iter().filter(|part| !part.is_empty() && part.len() < all.len()).find_map(|part| self.guess_of(part))
    }

    /// The types of keys that all nodes agree with, whatever the values are, and the dialects under whose rules they may be
    /// proved: the most plausible first.
    pub(super) fn key_types(&self) -> Vec<(Dialect, Type)> {
        let sections: Option<Vec<_>> = self.samples.iter().map(|sample| Section::of(sample)).collect();
        let splits = self.key_splits(&sections.unwrap_or_default());
        let ranked = |split: &KeySplit<'_>| {
            let mut dialects = self.dialects;
            dialects.sort_by_key(|dialect| *dialect != split.dialect);
            dialects.map(|dialect| (dialect, split.ty.clone()))
        };
        splits.iter().take(KEY_TYPES).flat_map(ranked).collect()
    }

    /// Types that prove every node, found with little work or not at all.
    pub(super) fn briefly(mut self) -> Option<Guess> {
        self.work = WORK[1];
        let all = self.samples.clone();
        self.guess_of(&all)
    }

    fn guess_of(&mut self, nodes: &[&Sample]) -> Option<Guess> {
        let mut sections: Vec<_> = nodes.iter().map(|sample| Section::of(sample)).collect::<Option<_>>()?;
        // What is wrong shows soonest where there is little.
        sections.sort_by_key(|section| (section.keys, section.bytes.len()));
        let splits = self.key_splits(&sections);
        for split in splits.iter().take(KEY_TYPES) {
            if let Some(guess) = self.with_keys(nodes, &sections, split) {
                return Some(guess);
            }
            self.work = WORK[1];
        }
        None
    }

    /// The types of keys that all nodes agree with, the most plausible first.
    fn key_splits<'a>(&self, sections: &[Section<'a>]) -> Vec<KeySplit<'a>> {
        let mut splits: Vec<KeySplit<'a>> = match self.key {
            Some(ty) => {
                let end = |bytes: &[u8]| measure(ty, bytes, &DecodeOptions::default()).ok();
                self.split_keys(sections, &end, |_| vec![ty.clone()], 0.0).into_iter().collect()
            }
            None => {
                let lanes: Vec<_> =
                    spread(sections).map(|section| Lane { bytes: section.bytes, exact: false }).collect();
                let fits = |row: &Row, work: &mut usize| {
                    let taken = Cell::new(0);
                    let end = counted_end(row, &taken);
                    let fits = sections.iter().all(|section| section.values_from(&end, None).is_some());
                    *work += taken.get();
                    Verdict::maybe(fits)
                };
                let rows = explain(&lanes, Bounds { fields: 4, beam: 160, answers: 48, work: 2_000_000 }, fits);
                let split = |answer: &Answer| {
                    let end = |bytes: &[u8]| row_end(&answer.row, bytes);
                    let names = |keys: &[&[u8]]| {
                        [Taste::default(), Taste { signed: true, ..Taste::default() }]
                            .map(|taste| name_row(&answer.row, keys, taste))
                            .to_vec()
                    };
                    self.split_keys(sections, &end, names, -row_cost(&answer.row))
                };
                rows.iter().filter_map(split).collect()
            }
        };
        splits.sort_by(|left, right| right.weight.total_cmp(&left.weight));
        // One of those with the same boundaries is enough.
        let mut seen: Vec<Vec<usize>> = Vec::new();
        splits.retain(|split| {
            let lengths: Vec<usize> = split.keys.iter().map(|key| key.len()).collect();
            !seen.contains(&lengths) && {
                seen.push(lengths);
                true
            }
        });
        splits
    }

    fn split_keys<'a>(
        &self,
        sections: &[Section<'a>],
        end: End<'_>,
        names: impl Fn(&[&[u8]]) -> Vec<Type>,
        weight: f32,
    ) -> Option<KeySplit<'a>> {
        let mut keys = Vec::new();
        let mut starts = Vec::new();
        for section in sections {
            starts.push(section.values_from(end, Some(&mut keys))?);
        }
        let mut best: Option<KeySplit<'a>> = None;
        for ty in names(&keys) {
            let form = TypedForm::shared(ty.clone());
            for dialect in self.dialects {
                let weight = weight + plausibility(sections, &keys, &form, dialect);
                if best.as_ref().is_none_or(|best| weight > best.weight) {
                    best =
                        Some(KeySplit { ty: ty.clone(), dialect, keys: keys.clone(), starts: starts.clone(), weight });
                }
            }
        }
        best
    }

    /// The types with these keys that prove all of `nodes`.
    fn with_keys(&mut self, nodes: &[&Sample], sections: &[Section<'_>], split: &KeySplit<'_>) -> Option<Guess> {
        let mut dialects = self.dialects;
        dialects.sort_by_key(|dialect| *dialect != split.dialect);
        let proving = |value: &Type| {
            let mut proving = dialects.into_iter().map(|dialect| (dialect, value)).filter(|(dialect, value)| {
                let codec = Codec { dialect: *dialect, items: Some(forms(&split.ty, Some(value))) };
                nodes.iter().all(|node| node.is_proved(&codec))
            });
            proving.next().map(|(dialect, _)| dialect)
        };
        let pairs = || sections.iter().zip(split.starts.iter().copied());
        let items = |end: End<'_>| {
            let items: Option<Vec<_>> = pairs().map(|(section, start)| section.items_from(start, end)).collect();
            Some(items?.concat())
        };

        let nothing_there = pairs().all(|(section, start)| section.ends.contains(&start));
        if let Some(value) = self.value.or(nothing_there.then_some(&Type::Unit)) {
            let items = items(&|bytes: &[u8]| measure(value, bytes, &DecodeOptions::default()).ok())?;
            return Some(self.refined(nodes, split, proving(value)?, (value.clone(), None), &items));
        }
        let lanes: Vec<_> = spread(sections)
            .filter_map(|section| {
                let (_, start) = pairs().find(|(other, _)| std::ptr::eq(*other, section))?;
                let bytes = section.bytes.get(start..)?;
                match (section.keys, section.ends.len()) {
                    (1, 1) => Some(Lane { bytes, exact: true }),
                    // What stands behind the only value is no value, and where it ends is not certain.
                    (1, _) => None,
                    _ => Some(Lane { bytes, exact: false }),
                }
            })
            .collect();
        let mut proved = None;
        let mut in_vain = Vec::new();
        let is_found = Cell::new(false);
        let mut judge = |row: &Row, work: &mut usize| {
            let taken = Cell::new(0);
            let items = items(&counted_end(row, &taken));
            *work += taken.get();
            let Some(items) = items else { return Verdict::No };
            let value = name_row(row, &items, Taste::default());
            match proving(&value) {
                Some(dialect) => {
                    proved = Some((dialect, value, row.clone(), items));
                    is_found.set(true);
                    Verdict::Proved
                }
                None => {
                    in_vain.push(value);
                    Verdict::Maybe
                }
            }
        };
        let work = self.work * lanes.len().clamp(8, LANES) / LANES;
        explain(&lanes, Bounds { fields: 12, beam: 480, answers: TRIALS, work }, &mut judge);
        let is_nested = !is_found.get();
        if is_nested {
            explain_nested(&lanes, NestedBounds { answers: TRIALS, work: work / 2 }, &mut judge);
        }
        for value in in_vain {
            self.rule_out(&split.ty, &value, "the nodes' hashes do not come out");
        }
        let (dialect, value, row, items) = proved?;
        Some(self.refined(nodes, split, dialect, (value, Some((&row, is_nested))), &items))
    }

    /// Names anew what is proved, now that all ends are known, and adds the other names. Beside the row stands whether it took the
    /// search for nested fields to find it.
    fn refined(
        &self,
        nodes: &[&Sample],
        split: &KeySplit<'_>,
        dialect: Dialect,
        (value, row): (Type, Option<(&Row, bool)>),
        items: &[&[u8]],
    ) -> Guess {
        let options = DecodeOptions::default();
        // With the same boundaries the same hashes come out.
        let fits = |ty: &Type, items: &[&[u8]]| items.iter().all(|item| measure(ty, item, &options) == Ok(item.len()));
        let mut values = match row {
            None if self.value.is_some() => Vec::new(),
            None => name_items(items, None),
            Some((row, false)) => name_items(items, Some(row)),
            // A search for others would not find it again.
            Some((row, true)) => name_nested(items, row),
        };
        values.retain(|value| fits(value, items));
        if !values.contains(&value) {
            values.push(value);
        }
        let head = values.first().cloned().unwrap_or(Type::Unit);
        let mut pairs: Vec<(Type, Type)> = values.into_iter().map(|value| (split.ty.clone(), value)).collect();
        pairs.truncate(ALTERNATIVES);
        if self.key.is_none() {
            // Which bytes of a key are hashed depends on its type.
            let proves = |key: &Type| {
                let codec = Codec { dialect, items: Some(forms(key, Some(&head))) };
                nodes.iter().all(|node| node.is_proved(&codec))
            };
            let keys = name_items(&split.keys, None).into_iter().filter(|key| *key != split.ty);
            pairs.extend(keys.take(2).filter(proves).map(|key| (key, head.clone())));
        }
        let (key, value) = pairs.remove(0);
        Guess { dialect, key, value, alternatives: pairs }
    }

    fn rule_out(&mut self, key: &Type, value: &Type, why: &str) {
        if self.ruled_out.len() < TOLD {
            self.ruled_out.push(RuledOut { key: key.clone(), value: value.clone(), why: why.to_owned() });
        }
    }
}

impl<'a> Section<'a> {
    fn of(sample: &'a Sample) -> Option<Self> {
        let places = &sample.found.skeleton.items;
        let start = places.first()?.start;
        let last = places.iter().map(|place| place.end).max()?;
        Some(Self {
            keys: sample.keys(),
            level: sample.found.skeleton.level,
            bytes: sample.found.frame.bytes().get(start..last)?,
            ends: places.iter().map(|place| place.end - start).collect(),
        })
    }

    /// Where the values begin, if the keys end as `end` says: behind a value count that is that of the keys.
    fn values_from(&self, end: End<'_>, mut keys: Option<&mut Vec<&'a [u8]>>) -> Option<usize> {
        let mut at = 0;
        for _ in 0..self.keys {
            let rest = self.bytes.get(at..)?;
            let length = end(rest)?;
            if let Some(keys) = &mut keys {
                keys.push(rest.get(..length)?);
            }
            at += length;
        }
        let mut count = Cursor::new(self.bytes, at, false);
        (count.varint()? == self.keys as u128).then_some(count.at)
    }

    /// The values from `start` on, if they end as `end` says and the last where values may end.
    fn items_from(&self, start: usize, end: End<'_>) -> Option<Vec<&'a [u8]>> {
        let mut items = Vec::with_capacity(self.keys);
        let mut at = start;
        for _ in 0..self.keys {
            let rest = self.bytes.get(at..)?;
            let length = end(rest)?;
            items.push(rest.get(..length)?);
            at += length;
        }
        self.ends.contains(&at).then_some(items)
    }
}

/// Finds where rows end, and counts their fields.
fn counted_end(row: &Row, taken: &Cell<usize>) -> impl Fn(&[u8]) -> Option<usize> {
    |bytes| {
        taken.set(taken.get() + row.len());
        row_end(row, bytes)
    }
}

/// A bounded number of nodes: those with the fewest records, whose values' ends are known or nearly so, and others.
fn spread<'s, 'a>(sections: &'s [Section<'a>]) -> impl Iterator<Item = &'s Section<'a>> {
    let mut order: Vec<&Section<'a>> = sections.iter().collect();
    order.sort_by_key(|section| section.keys);
    let (few, many) = order.split_at(order.len().min(LANES / 2));
    let step = many.len().div_ceil(LANES / 2).max(1);
    let chosen: Vec<_> = few.iter().chain(many.iter().step_by(step)).copied().collect();
    chosen.into_iter()
}

/// How much speaks for keys of this form, in bits: what they gain over bytes is counted elsewhere; here, that they rise
/// within each node and stand at the level of their hashes, which wrong keys do by chance only.
fn plausibility(sections: &[Section<'_>], keys: &[&[u8]], form: &TypedForm, dialect: Dialect) -> f32 {
    const AGAINST: f32 = -10.0;
    let mut bits = 0.0;
    let mut keys = keys.iter();
    for section in sections {
        let own: Vec<_> = keys.by_ref().take(section.keys).collect();
        // A key of a higher level is the rarer by 16.
        let level_bits = if section.level == 0 { 0.1 } else { 4.0 * f32::from(section.level) };
        for key in &own {
            let framing = if dialect == Dialect::FileMst02 { form.framing(key) } else { 0 };
            let at_its_level = level_of(key.get(framing..).unwrap_or_default()) == section.level;
            bits += if at_its_level { level_bits } else { AGAINST };
        }
        for pair in own.windows(2) {
            let rises = matches!(pair, [left, right] if form.compare(left, right).is_lt());
            bits += if rises { 1.0 } else { AGAINST };
        }
    }
    bits
}

/// Whether keys of this type fit a node: they end in front of the value count, and rise.
pub(super) fn keys_fit(sample: &Sample, ty: &Type) -> bool {
    let options = DecodeOptions::default();
    let end = |bytes: &[u8]| measure(ty, bytes, &options).ok();
    let mut keys = Vec::new();
    let fits = Section::of(sample).and_then(|section| section.values_from(&end, Some(&mut keys))).is_some();
    let rises = |pair: &[&[u8]]| matches!(pair, [left, right] if compare(ty, left, right, &options) == Ok(std::cmp::Ordering::Less));
    fits && keys.windows(2).all(rises)
}
