//! Finding the key: columns that are unique and never null on both sides, whose joined rows agree in other columns too.
//!
//! That two columns hold the same values proves nothing: counters from 1 on are in every table.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::key_spelling::KeySpelling;
use super::model::{KeyCandidate, KeyError, KeyEvidence};
use super::reading::affix;
use super::sampler::{SampledRow, Sketch};
use super::spelling::key_text;
use super::table::Table;
use super::views::{SideViews, pair_up};
use crate::cell::Cell;

/// The share of the smaller side that two columns must have in common.
const MIN_OVERLAP: f64 = 0.5;
/// The joined rows that a key must have at least.
const MIN_JOINED: usize = 8;
/// The joined rows on which a candidate is verified.
const VERIFIED_ROWS: usize = 150;
/// The agreement that the columns outside a key must have, in bits above chance.
const MIN_BITS: f64 = 1.0;
/// Candidates whose overlaps differ by less than this are alike.
const TIE: f64 = 0.005;
/// The maximum number of links between columns from which keys of several columns are made.
const MAX_LINKS: usize = 16;

/// Whole numbers that may be seconds or milliseconds since 1970.
const PLAUSIBLE_SECONDS: std::ops::Range<i128> = 1_000_000_000..4_102_444_800_000;

/// Two columns that may be the same part of a key.
#[derive(Clone, Debug)]
pub(super) struct KeyLink {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) spelling: KeySpelling,
    is_coarse: bool,
    /// The different values that the sketches of both columns hold.
    values: usize,
}

/// Joined rows of both sides.
pub(super) type Joined = Vec<(Arc<SampledRow>, Arc<SampledRow>)>;

/// A key with its joined rows.
#[derive(Clone, Debug)]
pub(super) struct FoundKey {
    pub(super) links: Vec<KeyLink>,
    pub(super) joined: Joined,
    pub(super) evidence: KeyEvidence,
}

impl FoundKey {
    fn candidate(&self, left: &Table, right: &Table) -> KeyCandidate {
        KeyCandidate {
            left: self.links.iter().map(|link| left.column_name(link.left).to_owned()).collect(),
            right: self.links.iter().map(|link| right.column_name(link.right).to_owned()).collect(),
            evidence: self.evidence.clone(),
        }
    }

    fn overlap(&self) -> f64 {
        self.evidence.joined as f64 / self.evidence.of.max(1) as f64
    }

    /// Whether its values look like identifiers, and not like times, amounts, addresses or other text.
    fn looks_like_an_id(&self) -> bool {
        let is_id = |cells: &[Cell<'static>], column: usize| {
            cells.get(column).is_some_and(|cell| match cell {
                Cell::Int(number) => !PLAUSIBLE_SECONDS.contains(number),
                Cell::Text(text) => {
                    let is_time = text.parse().is_ok_and(|number: i128| PLAUSIBLE_SECONDS.contains(&number));
                    !is_time && !text.trim().contains([' ', '@', '.', ',']) && Cell::of_time(text).is_none()
                }
                Cell::Bytes(_) => true,
                _ => false,
            })
        };
        self.joined.iter().take(VERIFIED_ROWS).all(|(left, right)| {
            let both = |link: &KeyLink| is_id(&left.cells, link.left) && is_id(&right.cells, link.right);
            self.links.iter().all(both)
        })
    }

    /// On how many sides its columns are a declared key.
    fn declared(&self, left: &Table, right: &Table) -> usize {
        let is_declared = |table: &Table, columns: Vec<usize>| {
            let names: HashSet<&str> = columns.into_iter().map(|column| table.column_name(column)).collect();
            table.unique.iter().any(|key| key.columns.iter().map(String::as_str).collect::<HashSet<_>>() == names)
        };
        usize::from(is_declared(left, self.links.iter().map(|link| link.left).collect()))
            + usize::from(is_declared(right, self.links.iter().map(|link| link.right).collect()))
    }
}

/// The key that was named: pairs of columns.
///
/// # Errors
/// A column does not exist, or the columns join no rows.
pub(super) fn given_key(left: &Table, right: &Table, names: &[(String, String)]) -> Result<FoundKey, KeyError> {
    let mut links = Vec::new();
    for (left_name, right_name) in names {
        let l = left.column_index(left_name).ok_or_else(|| KeyError::Column(left_name.clone()))?;
        let r = right.column_index(right_name).ok_or_else(|| KeyError::Column(right_name.clone()))?;
        links.extend(link(left, right, l, r, 0.0));
    }
    let whole = links.len() == names.len();
    let mut key = whole.then(|| join(left, right, &links)).flatten().ok_or(KeyError::None { unproven: Vec::new() })?;
    key.evidence.bits = verified_bits(left, right, &key);
    key.evidence.reason = "it was given";
    Ok(key)
}

/// The key that the samples prove.
///
/// # Errors
/// There is none, or several are alike.
pub(super) fn find_key(left: &Table, right: &Table) -> Result<FoundKey, KeyError> {
    let mut keys = candidates(left, right);
    for key in &mut keys {
        key.evidence.bits = verified_bits(left, right, key);
    }
    let best_bits = keys.iter().map(|key| key.evidence.bits).fold(0.0, f64::max);
    let is_proven = |key: &FoundKey| key.evidence.bits >= MIN_BITS && key.evidence.bits >= best_bits / 2.0;
    let (mut proven, unproven): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_proven);
    let most = proven.iter().map(FoundKey::overlap).fold(0.0, f64::max);
    let rest: Vec<KeyCandidate> = unproven.iter().map(|key| key.candidate(left, right)).collect();
    proven.retain(|key| key.overlap() >= most - TIE);
    proven.sort_by_key(|key| (std::cmp::Reverse(key.declared(left, right)), key.links.len()));
    let declared: Vec<usize> = proven.iter().map(|key| key.declared(left, right)).collect();
    let reason = match declared.as_slice() {
        [] => return Err(KeyError::None { unproven: rest }),
        [_] => "it joins the most rows",
        [first, second, ..] if first > second => "it joins the most rows, and is a declared key",
        _ if proven.iter().filter(|key| key.looks_like_an_id()).count() == 1 => {
            proven.retain(FoundKey::looks_like_an_id);
            "it joins the most rows, and its values look like identifiers"
        }
        _ => {
            return Err(KeyError::Several {
                candidates: proven.iter().map(|key| key.candidate(left, right)).collect(),
            });
        }
    };
    let mut key = proven.into_iter().next().ok_or(KeyError::None { unproven: Vec::new() })?;
    key.evidence.reason = reason;
    Ok(key)
}

fn candidates(left: &Table, right: &Table) -> Vec<FoundKey> {
    let mut links = Vec::new();
    for l in left.sample.sketches.keys() {
        for r in right.sample.sketches.keys() {
            links.extend(link(left, right, *l, *r, MIN_OVERLAP));
        }
    }
    let overlaps = |key: &FoundKey| key.evidence.joined >= MIN_JOINED && key.overlap() >= MIN_OVERLAP;
    let mut keys: Vec<FoundKey> =
        links.iter().filter_map(|link| join(left, right, std::slice::from_ref(link))).filter(overlaps).collect();
    let is_single = |keys: &[FoundKey], link: &KeyLink| {
        keys.iter().any(|key| key.links.iter().any(|k| k.left == link.left || k.right == link.right))
    };
    links.retain(|link| !is_single(&keys, link));
    links.sort_by_key(|link| std::cmp::Reverse(link.values));
    links.truncate(MAX_LINKS);
    for size in [2, 3] {
        // A key of more columns would only add columns to one that identifies the rows already.
        if keys.iter().any(|key| key.links.len() < size && key.overlap() >= 0.8) && size > 2 {
            break;
        }
        let found: Vec<FoundKey> = combinations(&links, size)
            .into_iter()
            .filter(|combination| !keys.iter().any(|key| key.links.len() > 1 && covers(combination, &key.links)))
            .filter_map(|combination| join(left, right, &combination))
            .filter(overlaps)
            .collect();
        keys.extend(found);
    }
    keys
}

fn covers(combination: &[KeyLink], links: &[KeyLink]) -> bool {
    links.iter().all(|link| combination.iter().any(|other| other.left == link.left && other.right == link.right))
}

fn combinations(links: &[KeyLink], size: usize) -> Vec<Vec<KeyLink>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (index, link) in links.iter().enumerate() {
        for mut rest in combinations(links.get(index + 1..).unwrap_or_default(), size - 1) {
            if rest.iter().all(|other| other.left != link.left && other.right != link.right) {
                rest.insert(0, link.clone());
                all.push(rest);
            }
        }
    }
    all
}

/// The rows of two sketches up to the lower of both limits, so that both are complete.
fn complete<'s>(left: &'s Sketch, right: &'s Sketch) -> [Vec<&'s Arc<SampledRow>>; 2] {
    let limit = match (left.limit, right.limit) {
        (Some(left), Some(right)) => left.min(right),
        (limit, None) | (None, limit) => limit.unwrap_or(u64::MAX),
    };
    [left, right].map(|sketch| sketch.rows.range(..limit).flat_map(|(_, rows)| rows).collect())
}

fn texts<'r>(rows: &[&'r Arc<SampledRow>], column: usize) -> Vec<std::borrow::Cow<'r, str>> {
    rows.iter().filter_map(|row| key_text(row.cells.get(column)?)).collect()
}

/// The link between two columns whose values overlap at least so far.
fn link(left: &Table, right: &Table, l: usize, r: usize, min_overlap: f64) -> Option<KeyLink> {
    let (left, right) = (left.sample.sketches.get(&l)?, right.sample.sketches.get(&r)?);
    if left.without_key > 0 || right.without_key > 0 {
        return None;
    }
    [false, true].into_iter().find_map(|is_coarse| {
        let (left, right) = match is_coarse {
            false => (&left.fine, &right.fine),
            true => (&left.coarse, &right.coarse),
        };
        let common = left.rows.keys().filter(|hash| right.rows.contains_key(hash)).count();
        if (common as f64) < min_overlap * 0.5 * left.rows.len().min(right.rows.len()) as f64 || common == 0 {
            return None;
        }
        let [left_rows, right_rows] = complete(left, right);
        let (left_texts, right_texts) = (texts(&left_rows, l), texts(&right_rows, r));
        let left_texts: HashSet<&str> = left_texts.iter().map(|text| &**text).collect();
        let right_texts: HashSet<&str> = right_texts.iter().map(|text| &**text).collect();
        let (left_texts, right_texts): (Vec<&str>, Vec<&str>) =
            (left_texts.into_iter().collect(), right_texts.into_iter().collect());
        let ends = match is_coarse {
            true => [affix(left_texts.iter().copied()), affix(right_texts.iter().copied())],
            false => Default::default(),
        };
        let (spelling, both) = KeySpelling::of(&left_texts, &right_texts, &ends)?;
        let smaller = left_texts.len().min(right_texts.len());
        (both as f64 >= min_overlap * smaller as f64).then_some(KeyLink {
            left: l,
            right: r,
            spelling,
            is_coarse,
            values: smaller,
        })
    })
}

/// The rows that a key joins; `None` if it is not unique on both sides.
fn join(left: &Table, right: &Table, links: &[KeyLink]) -> Option<FoundKey> {
    let sampled = links.iter().max_by_key(|link| link.values)?;
    let (left_sketch, right_sketch) =
        (left.sample.sketches.get(&sampled.left)?, right.sample.sketches.get(&sampled.right)?);
    let [left_rows, right_rows] = match sampled.is_coarse {
        false => complete(&left_sketch.fine, &right_sketch.fine),
        true => complete(&left_sketch.coarse, &right_sketch.coarse),
    };
    let right_keys = unique(&right_rows, |row| token(row, links, |link| link.right, KeySpelling::right))?;
    let left_keys = unique(&left_rows, |row| token(row, links, |link| link.left, KeySpelling::left))?;
    let of = left_keys.len().min(right_keys.len());
    let mut joined: Joined =
        left_keys.iter().filter_map(|(key, row)| Some((Arc::clone(row), Arc::clone(right_keys.get(key)?)))).collect();
    joined.sort_by_key(|(left, _)| left.number);
    let evidence = KeyEvidence { joined: joined.len(), of, bits: 0.0, reason: "" };
    (!joined.is_empty()).then(|| FoundKey { links: links.to_vec(), joined, evidence })
}

fn token(
    row: &SampledRow,
    links: &[KeyLink],
    column: impl Fn(&KeyLink) -> usize,
    spell: impl Fn(&KeySpelling, &str) -> Option<String>,
) -> Option<Vec<String>> {
    links.iter().map(|link| spell(&link.spelling, &key_text(row.cells.get(column(link))?)?)).collect()
}

/// The rows by their keys; `None` if two rows have one key. Rows without a key are left out.
fn unique<'r>(
    rows: &[&'r Arc<SampledRow>],
    key: impl Fn(&SampledRow) -> Option<Vec<String>>,
) -> Option<HashMap<Vec<String>, &'r Arc<SampledRow>>> {
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let Some(key) = key(row) else { continue };
        if found.insert(key, *row).is_some() {
            return None;
        }
    }
    Some(found)
}

/// How far columns outside the key agree in some of the joined rows.
fn verified_bits(left: &Table, right: &Table, key: &FoundKey) -> f64 {
    let step = key.joined.len().div_ceil(VERIFIED_ROWS).max(1);
    let rows: Joined = key.joined.iter().step_by(step).cloned().collect();
    let left_views = SideViews::left(left, &rows, &key.links.iter().map(|link| link.left).collect::<Vec<_>>());
    let right_views = SideViews::right(right, &rows, &key.links.iter().map(|link| link.right).collect::<Vec<_>>());
    let mut bits: HashMap<usize, f64> = HashMap::new();
    for ((l, _), rule) in pair_up(&left_views, &right_views) {
        let agreement = &rule.agreement;
        let above = agreement.agreeing as f64 - agreement.by_chance;
        if agreement.share() >= 0.9 && agreement.kappa() >= 0.6 && above >= 4.0 && agreement.telling_agreeing >= 4 {
            let best = bits.entry(l).or_default();
            *best = best.max(agreement.bits());
        }
    }
    bits.values().sum()
}
