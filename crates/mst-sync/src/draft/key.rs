//! Finding the key: columns that are unique and never null on both sides, whose joined rows agree in other columns too.
//!
//! That two columns hold the same values proves nothing: counters from 1 on are in every table.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::key_fault::KeyFault;
use super::key_spelling::KeySpelling;
use super::model::{KeyCandidate, KeyError, KeyEvidence};
use super::options::no_column;
use super::reading::affix;
use super::sampler::{SampledRow, Sketch, key_candidates};
use super::spelling::{KeyHashes, key_text};
use super::table::Table;
use super::views::{SideViews, pair_up};
use crate::cell::Cell;

/// The share of the smaller side that two columns must have in common.
const MIN_OVERLAP: f64 = 0.5;
/// A key of one column that joins this share of the smaller side makes the search for longer keys unnecessary.
const GOOD_OVERLAP: f64 = 0.8;
/// The joined rows that a key must have at least.
const MIN_JOINED: usize = 8;
/// The joined rows on which a candidate is verified.
const VERIFIED_ROWS: usize = 150;
/// The agreement that the columns outside a key must have, in bits above chance.
const MIN_BITS: f64 = 1.0;
/// Candidates whose overlaps differ by less than this are alike.
const TIE: f64 = 0.005;
/// The maximum number of links by which rows are sampled for keys of several columns.
const MAX_SAMPLED_LINKS: usize = 4;
/// The maximum number of other parts of such keys.
const MAX_PARTS: usize = 16;

/// The columns of which it is said why they are no key.
const MAX_EXPLAINED: usize = 3;

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

/// The key that was named: pairs of columns. A pair of one name twice is a column of the left table; if the right table
/// has no such column, or one that proves nothing, its partner is found by evidence.
///
/// # Errors
/// A column does not exist, the columns join no rows, or several partners fit alike.
pub(super) fn given_key(left: &Table, right: &Table, names: &[(String, String)]) -> Result<FoundKey, KeyError> {
    let mut columns = Vec::new();
    for (left_name, right_name) in names {
        let l = left.column_index(left_name).ok_or_else(|| no_column(left_name, &[left]))?;
        let r = right.column_index(right_name);
        if r.is_none() && left_name != right_name {
            return Err(no_column(right_name, &[right]));
        }
        columns.push((l, r, left_name == right_name));
    }
    let named = if columns.iter().all(|(_, r, _)| r.is_some()) { Some(exact_key(left, right, names)) } else { None };
    let is_proven = |key: &FoundKey| key.evidence.bits >= MIN_BITS;
    match named {
        Some(Ok(key)) if is_proven(&key) || columns.iter().all(|(.., is_one_name)| !is_one_name) => Ok(key),
        Some(Err(error)) if columns.iter().all(|(.., is_one_name)| !is_one_name) => Err(error),
        named => {
            let parts: Vec<_> = columns.iter().map(|(l, r, is_one_name)| (*l, r.filter(|_| !is_one_name))).collect();
            match (partners(left, right, &parts), named) {
                (Err(KeyError::None { .. }), Some(Ok(key))) => Ok(key),
                (Err(KeyError::None { unproven, .. }), _) => {
                    let faults = columns.iter().flat_map(|(l, r, _)| faults(left, right, *l, *r)).collect();
                    Err(KeyError::None { unproven, faults })
                }
                (found, _) => found,
            }
        }
    }
}

/// The key of these columns of the left table, whose partners are found by evidence where none is given.
fn partners(left: &Table, right: &Table, parts: &[(usize, Option<usize>)]) -> Result<FoundKey, KeyError> {
    let is_allowed = |link: &KeyLink| parts.iter().any(|(l, r)| *l == link.left && r.is_none_or(|r| r == link.right));
    let mut sampled: Vec<KeyLink> = Vec::new();
    for (l, given) in parts {
        let candidates = right.sample.sketches.keys().filter(|r| given.is_none_or(|given| given == **r));
        sampled.extend(candidates.filter_map(|r| link(left, right, *l, *r, MIN_OVERLAP)));
    }
    sampled.sort_by_key(|link| std::cmp::Reverse(link.values));
    sampled.truncate(if parts.len() == 1 { MAX_PARTS } else { MAX_SAMPLED_LINKS });
    let mut keys: Vec<FoundKey> = Vec::new();
    for sampled in sampled {
        let mut others = if parts.len() == 1 { Vec::new() } else { self::parts(left, right, &sampled) };
        others.retain(|link| link.left != sampled.left && is_allowed(link));
        others.truncate(MAX_PARTS);
        for mut links in combinations(&others, parts.len() - 1) {
            links.push(sampled.clone());
            // In the order in which the key was named.
            links.sort_by_key(|link| parts.iter().position(|(l, _)| *l == link.left));
            if !keys.iter().any(|key| covers(&links, &key.links)) {
                keys.extend(join(left, right, &sampled, &links).filter(is_joined));
            }
        }
    }
    verify(left, right, &mut keys);
    let (mut proven, unproven): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.evidence.bits >= MIN_BITS);
    let most = proven.iter().map(FoundKey::overlap).fold(0.0, f64::max);
    proven.retain(|key| key.overlap() >= most - TIE);
    let candidates = |keys: &[FoundKey]| keys.iter().map(|key| key.candidate(left, right)).collect();
    match proven.as_slice() {
        [] => Err(KeyError::None { unproven: candidates(&unproven), faults: Vec::new() }),
        [key] => {
            let mut key = key.clone();
            key.evidence.reason = "its left columns were given, and these columns join them";
            Ok(key)
        }
        several => Err(KeyError::Several { candidates: candidates(several) }),
    }
}

/// Why two columns are no key: what is wrong with either, or that they have no value in common.
fn faults(left: &Table, right: &Table, l: usize, r: Option<usize>) -> Vec<KeyFault> {
    let mut faults: Vec<KeyFault> = KeyFault::of(left, l).into_iter().collect();
    faults.extend(r.and_then(|r| KeyFault::of(right, r)));
    if let (true, Some(r)) = (faults.is_empty(), r)
        && link(left, right, l, r, 0.0).is_none()
    {
        faults.push(KeyFault::Disjoint {
            tables: [&left.name, &right.name].map(Clone::clone),
            columns: [left.column_name(l).to_owned(), right.column_name(r).to_owned()],
        });
    }
    faults
}

/// Why columns are no key that have one name in both tables and look as if they were meant to be one.
fn faults_of_names(left: &Table, right: &Table) -> Vec<KeyFault> {
    let names: Vec<String> = left.columns.iter().map(|column| column.name.clone()).collect();
    let likely = key_candidates(&names, &[]).into_iter().take(MAX_EXPLAINED);
    let found = likely.filter_map(|l| Some(faults(left, right, l, Some(right.column_index(names.get(l)?)?))));
    found.flatten().collect()
}

/// The key of these pairs of columns.
fn exact_key(left: &Table, right: &Table, names: &[(String, String)]) -> Result<FoundKey, KeyError> {
    let mut columns = Vec::new();
    for (left_name, right_name) in names {
        let l = left.column_index(left_name).ok_or_else(|| no_column(left_name, &[left]))?;
        let r = right.column_index(right_name).ok_or_else(|| no_column(right_name, &[right]))?;
        columns.push((l, r));
    }
    let sampled = columns.iter().filter_map(|(l, r)| link(left, right, *l, *r, 0.0)).max_by_key(|link| link.values);
    let found = sampled.and_then(|sampled| {
        let [left_rows, right_rows] = sampled_rows(left, right, &sampled)?;
        let part = |(l, r): &(usize, usize)| match (*l, *r) == (sampled.left, sampled.right) {
            true => Some(sampled.clone()),
            false => spelled(&left_rows, *l, &right_rows, *r, true, 0.0),
        };
        let links: Vec<KeyLink> = columns.iter().map(part).collect::<Option<_>>()?;
        join(left, right, &sampled, &links)
    });
    let mut key = found.ok_or_else(|| {
        let faults = columns.iter().flat_map(|(l, r)| faults(left, right, *l, Some(*r))).collect();
        KeyError::None { unproven: Vec::new(), faults }
    })?;
    key.evidence.bits = verified_bits(left, right, &key);
    key.evidence.reason = "it was given";
    Ok(key)
}

/// The key that the samples prove.
///
/// # Errors
/// There is none, or several are alike.
pub(super) fn find_key(left: &Table, right: &Table) -> Result<FoundKey, KeyError> {
    let (links, mut keys) = single_keys(left, right);
    verify(left, right, &mut keys);
    // Keys of several columns are tried only where they are needed, since they are many.
    let is_good = |key: &FoundKey| key.evidence.bits >= MIN_BITS && key.overlap() >= GOOD_OVERLAP;
    let declares_several = [left, right].iter().any(|table| table.unique.iter().any(|key| key.columns.len() > 1));
    if declares_several || !keys.iter().any(is_good) {
        let mut more: Vec<FoundKey> = composite(left, right, links, &keys).into_iter().filter(is_joined).collect();
        verify(left, right, &mut more);
        keys.extend(more);
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
        [] => return Err(KeyError::None { unproven: rest, faults: faults_of_names(left, right) }),
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
    let mut key = proven.into_iter().next().ok_or(KeyError::None { unproven: Vec::new(), faults: Vec::new() })?;
    key.evidence.reason = reason;
    Ok(key)
}

fn verify(left: &Table, right: &Table, keys: &mut [FoundKey]) {
    for key in keys {
        key.evidence.bits = verified_bits(left, right, key);
    }
}

fn is_joined(key: &FoundKey) -> bool {
    key.evidence.joined >= MIN_JOINED && key.overlap() >= MIN_OVERLAP
}

/// The links between all columns, and the keys of one column.
fn single_keys(left: &Table, right: &Table) -> (Vec<KeyLink>, Vec<FoundKey>) {
    let mut links = Vec::new();
    for l in left.sample.sketches.keys() {
        for r in right.sample.sketches.keys() {
            links.extend(link(left, right, *l, *r, MIN_OVERLAP));
        }
    }
    let keys = links.iter().filter_map(|link| join(left, right, link, std::slice::from_ref(link)));
    let keys = keys.filter(is_joined).collect();
    (links, keys)
}

/// Keys of two or three columns. The rows are sampled by one of them; the others may have few values.
fn composite(left: &Table, right: &Table, mut links: Vec<KeyLink>, singles: &[FoundKey]) -> Vec<FoundKey> {
    let is_single =
        |l: usize, r: usize| singles.iter().any(|key| key.links.iter().any(|link| link.left == l || link.right == r));
    links.retain(|link| !is_single(link.left, link.right));
    links.sort_by_key(|link| std::cmp::Reverse(link.values));
    links.truncate(MAX_SAMPLED_LINKS);
    let mut keys: Vec<FoundKey> = Vec::new();
    for sampled in links {
        let mut parts = parts(left, right, &sampled);
        parts.retain(|part| !is_single(part.left, part.right));
        parts.truncate(MAX_PARTS);
        for size in [1, 2] {
            for mut combination in combinations(&parts, size) {
                combination.insert(0, sampled.clone());
                if !keys.iter().any(|key| covers(&combination, &key.links)) {
                    combination.sort_by_key(|link| link.left);
                    keys.extend(join(left, right, &sampled, &combination));
                }
            }
        }
    }
    keys
}

/// The links between other columns in the rows that are sampled by one link.
fn parts(left: &Table, right: &Table, sampled: &KeyLink) -> Vec<KeyLink> {
    let Some([left_rows, right_rows]) = sampled_rows(left, right, sampled) else { return Vec::new() };
    let hashes = |rows: &[&Arc<SampledRow>], column: usize| -> Option<HashSet<u64>> {
        rows.iter().map(|row| KeyHashes::of_cell(row.cells.get(column)?).map(|hashes| hashes.coarse)).collect()
    };
    let all = |table: &Table, rows: &[&Arc<SampledRow>]| -> Vec<(usize, HashSet<u64>)> {
        table.sample.sketches.keys().filter_map(|column| Some((*column, hashes(rows, *column)?))).collect()
    };
    let (of_left, of_right) = (all(left, &left_rows), all(right, &right_rows));
    let mut parts = Vec::new();
    for (l, left_hashes) in of_left.iter().filter(|(l, _)| *l != sampled.left) {
        for (r, right_hashes) in of_right.iter().filter(|(r, _)| *r != sampled.right) {
            let smaller = left_hashes.len().min(right_hashes.len());
            if left_hashes.intersection(right_hashes).count() * 2 >= smaller {
                parts.extend(spelled(&left_rows, *l, &right_rows, *r, true, MIN_OVERLAP));
            }
        }
    }
    parts
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

fn texts<'r>(rows: &[&'r Arc<SampledRow>], column: usize) -> Vec<Cow<'r, str>> {
    rows.iter().filter_map(|row| key_text(row.cells.get(column)?)).collect()
}

/// The link between two columns whose values overlap at least so far, and by which rows can be sampled.
fn link(left: &Table, right: &Table, l: usize, r: usize, min_overlap: f64) -> Option<KeyLink> {
    let (left, right) = (left.sample.sketches.get(&l)?, right.sample.sketches.get(&r)?);
    if left.without_key > 0 || right.without_key > 0 {
        return None;
    }
    [false, true].into_iter().find_map(|is_coarse| {
        let (left, right) = if is_coarse { (&left.coarse, &right.coarse) } else { (&left.fine, &right.fine) };
        let common = left.rows.keys().filter(|hash| right.rows.contains_key(hash)).count();
        if (common as f64) < min_overlap * 0.5 * left.rows.len().min(right.rows.len()) as f64 || common == 0 {
            return None;
        }
        let [left_rows, right_rows] = complete(left, right);
        spelled(&left_rows, l, &right_rows, r, is_coarse, min_overlap)
    })
}

/// The link between two columns in these rows.
fn spelled(
    left_rows: &[&Arc<SampledRow>],
    l: usize,
    right_rows: &[&Arc<SampledRow>],
    r: usize,
    is_coarse: bool,
    min_overlap: f64,
) -> Option<KeyLink> {
    let (left_texts, right_texts) = (texts(left_rows, l), texts(right_rows, r));
    let distinct = |texts: &[Cow<'_, str>]| -> HashSet<String> { texts.iter().map(|text| text.to_string()).collect() };
    let (left_texts, right_texts) = (distinct(&left_texts), distinct(&right_texts));
    let left_texts: Vec<&str> = left_texts.iter().map(String::as_str).collect();
    let right_texts: Vec<&str> = right_texts.iter().map(String::as_str).collect();
    let ends = match is_coarse {
        true => [affix(left_texts.iter().copied()), affix(right_texts.iter().copied())],
        false => Default::default(),
    };
    let (spelling, both) = KeySpelling::of(&left_texts, &right_texts, &ends)?;
    let smaller = left_texts.len().min(right_texts.len());
    let overlaps = both as f64 >= min_overlap * smaller as f64;
    overlaps.then_some(KeyLink { left: l, right: r, spelling, is_coarse, values: smaller })
}

/// The rows of both sides that a link samples.
fn sampled_rows<'t>(left: &'t Table, right: &'t Table, link: &KeyLink) -> Option<[Vec<&'t Arc<SampledRow>>; 2]> {
    let (left, right) = (left.sample.sketches.get(&link.left)?, right.sample.sketches.get(&link.right)?);
    Some(match link.is_coarse {
        false => complete(&left.fine, &right.fine),
        true => complete(&left.coarse, &right.coarse),
    })
}

/// The rows that a key joins, sampled by one of its links; `None` if it is not unique on both sides.
fn join(left: &Table, right: &Table, sampled: &KeyLink, links: &[KeyLink]) -> Option<FoundKey> {
    let [left_rows, right_rows] = sampled_rows(left, right, sampled)?;
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
