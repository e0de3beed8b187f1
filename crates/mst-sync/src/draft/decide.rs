//! Which columns are paired, which pairs are not decided, and which columns are left over.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assign::{Edge, assign, parts};
use super::decimal::Decimal;
use super::evaluate::{JoinedSample, broken};
use super::key::FoundKey;
use super::key_field::{field_name, key_fields};
use super::model::{Draft, DraftedField, Evidence, Mark, MarkKind, Pair, Steps, Undecided};
use super::options::DraftOptions;
use super::room::{finer, float_digits, most_digits, unit_room};
use super::rule::TriedRule;
use super::sampler::SampledRow;
use super::table::{Column, Table};
use super::try_rules::text_rule;
use super::views::{SideViews, pair_up};
use crate::cell::Cell;
use crate::contract::{Field, FieldType, Floats, Rounding, Rules};
use crate::source::EmptyValue;

/// The agreement and kappa from which on two columns are likely to be a pair.
const MIN_SHARE: f64 = 0.9;
const MIN_LIKELY_KAPPA: f64 = 0.5;
/// The kappa from which on a pair is decided.
const MIN_KAPPA: f64 = 0.75;
/// The rows that must agree beyond chance, and outside the most common value.
const MIN_TELLING: usize = 8;
/// The share of the rows outside the most common value that must agree.
const MIN_TELLING_SHARE: f64 = 0.7;
/// A pair wins over another partner by so many rows, and so many standard deviations.
const MIN_LEAD: usize = 4;
const MIN_DEVIATIONS: f64 = 2.5;
/// The agreement of columns of one name in tables whose other names are right.
const MIN_NAMED_SHARE: f64 = 0.5;

/// Rows outside the most common value count from this part of the rows on.
const MAX_TELLING_PART: usize = 100;

/// Pairs the columns of two tables under a key.
pub(super) fn decide(left: &Table, right: &Table, key: &FoundKey, options: &DraftOptions) -> Draft {
    let rows = key.joined.len();
    let left_key: Vec<usize> = key.links.iter().map(|link| link.left).collect();
    let right_key: Vec<usize> = key.links.iter().map(|link| link.right).collect();
    let left_views = SideViews::left(left, &key.joined, &left_key);
    let right_views = SideViews::right(right, &key.joined, &right_key);
    let mut tried = pair_up(&left_views, &right_views);
    tried.retain(|(l, r), _| options.allows_pair(left.column_name(*l), right.column_name(*r)));
    let likely: BTreeMap<Edge, &TriedRule> = tried
        .iter()
        .filter(|(_, rule)| rule.agreement.share() >= MIN_SHARE && rule.agreement.kappa() >= MIN_LIKELY_KAPPA)
        .map(|(edge, rule)| (*edge, rule))
        .collect();
    // One pair more is worth more than any agreement. Names decide where agreements differ by less than two rows.
    let weight = |(l, r): Edge, rule: &TriedRule| {
        let agreeing = ((rows + rule.agreement.agreeing) as f64 * WEIGHT) as u64;
        let kappa = (rule.agreement.kappa().max(0.0) * WEIGHT) as u64;
        let is_named_alike = folded(left.column_name(l)) == folded(right.column_name(r));
        agreeing + kappa + if is_named_alike { NAME_WEIGHT } else { 0 }
    };
    let weights: BTreeMap<Edge, u64> = likely.iter().map(|(edge, rule)| (*edge, weight(*edge, rule))).collect();
    let (chosen, _) = assign(&weights);
    let parts = parts(&weights);
    let key_fields = key_fields(left, right, key);
    let columns = [left, right].map(|table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
    let mut draft = Draft {
        tables: [left.name.clone(), right.name.clone()],
        sample: JoinedSample::new(&key.joined, columns.clone(), &key_fields),
        key: key_fields,
        key_evidence: key.evidence.clone(),
        pairs: Vec::new(),
        undecided: Vec::new(),
        left_only: Vec::new(),
        right_only: Vec::new(),
        left_out: Vec::new(),
        excluded: Default::default(),
        csv_empty: [left, right].map(|table| table.empty_is_open.then_some(EmptyValue::Null)),
        columns,
    };
    let tables = Tables { left, right, rows: [left.rows(), right.rows()] };
    for (l, r) in &chosen {
        let Some(rule) = likely.get(&(*l, *r)) else { continue };
        let mut reasons = rule.doubts.clone();
        reasons.extend(weak_evidence(rule));
        reasons.extend(
            parts
                .iter()
                .filter(|part| part.contains_key(&(*l, *r)))
                .flat_map(|part| rivals(&tables, (*l, *r), part, &likely, &chosen, rows)),
        );
        let proposal = tables.pair((*l, *r), rule);
        match reasons.is_empty() {
            true => draft.pairs.push(proposal),
            false => draft.undecided.push(Undecided { proposal, reasons }),
        }
    }
    if rows < FEW_ROWS {
        by_name_in_few_rows(&tables, &mut draft, &tried, [&left_views, &right_views], options);
    } else {
        by_name(&tables, &mut draft, &tried, &chosen);
    }
    tables.list_the_rest(&mut draft, &left_key, &right_key, options);
    unique_names(&mut draft);
    draft.sort();
    count(&mut draft);
    super::uniform::mark(&mut draft);
    draft
}

/// Counts the evidence as a comparison will see it. A pair that then agrees in fewer rows than a pair must is not
/// decided.
fn count(draft: &mut Draft) {
    let sample = draft.sample.clone();
    for undecided in &mut draft.undecided {
        sample.refresh(&mut undecided.proposal);
    }
    for mut pair in std::mem::take(&mut draft.pairs) {
        let is_by_name = pair.field.marks.iter().any(|mark| mark.kind == MarkKind::Name);
        let is_evaluated = sample.refresh(&mut pair);
        let Evidence { agreeing, of, broken, .. } = pair.evidence;
        let is_likely = is_by_name || agreeing as f64 >= of as f64 * MIN_SHARE;
        if is_evaluated && is_likely {
            draft.pairs.push(pair);
        } else {
            let reasons = vec![format!("only {agreeing} of {of} rows agree, and {broken} rows cannot be read")];
            draft.undecided.push(Undecided { proposal: pair, reasons });
        }
    }
}

/// From this number of joined rows on, pairs are decided by their values.
const FEW_ROWS: usize = 30;

/// The weight of a row that agrees.
const WEIGHT: f64 = 1000.0;
/// The weight of one name on both sides: more than that of a kappa, less than that of two rows.
const NAME_WEIGHT: u64 = 1500;

fn weak_evidence(rule: &TriedRule) -> Vec<String> {
    let agreement = &rule.agreement;
    let mut reasons = Vec::new();
    if agreement.kappa() < MIN_KAPPA {
        reasons.push(format!("by chance {:.0} of the rows would agree too", agreement.by_chance));
    }
    let beyond = agreement.agreeing as f64 - agreement.by_chance;
    if beyond < MIN_TELLING as f64 || agreement.telling_agreeing < MIN_TELLING {
        reasons.push(format!("only {} rows outside the most common value agree", agreement.telling_agreeing));
    } else if (agreement.telling_agreeing as f64) < agreement.telling as f64 * MIN_TELLING_SHARE {
        let (agreeing, all) = (agreement.telling_agreeing, agreement.telling);
        reasons.push(format!("of {all} rows outside the most common value only {agreeing} agree"));
    }
    let overlooks = |mark: &Mark| matches!(mark.kind, MarkKind::Case | MarkKind::Trim | MarkKind::NormalForm);
    // Noise and drift look alike if only some rows need the rule.
    if let Some(gain) = rule.gain.filter(|gain| gain * 2 < agreement.of && rule.marks.iter().any(overlooks)) {
        reasons.push(format!("{gain} rows agree only as {}, which may be drift", rule.description()));
    }
    reasons
}

/// Whether rows in which only one of two partners agrees are clearly more than those of the other partner.
fn is_clear(ahead: usize, behind: usize) -> bool {
    ahead >= behind + MIN_LEAD && (ahead - behind) as f64 >= MIN_DEVIATIONS * ((ahead + behind) as f64).sqrt()
}

/// Other partners of two columns that fit nearly as well.
fn rivals(
    tables: &Tables<'_>,
    (l, r): Edge,
    part: &BTreeMap<Edge, u64>,
    likely: &BTreeMap<Edge, &TriedRule>,
    chosen: &BTreeMap<usize, usize>,
    rows: usize,
) -> Vec<String> {
    let mut reasons = Vec::new();
    let Some(own) = likely.get(&(l, r)) else { return reasons };
    let is_named_alike = |(l, r): Edge| folded(tables.left.column_name(l)) == folded(tables.right.column_name(r));
    // A pair of one name stands unless another partner fits clearly better.
    let has_name = is_named_alike((l, r));
    for (other, rule) in likely.iter().filter(|(other, _)| (other.0 == l) != (other.1 == r)) {
        // A column with a partner of its own is no rival here; exchanging partners is tried below.
        let is_free =
            if other.0 == l { !chosen.values().any(|r| *r == other.1) } else { !chosen.contains_key(&other.0) };
        let differ = |one: &TriedRule, other: &TriedRule| {
            one.equal.iter().zip(&other.equal).filter(|(one, other)| **one && !**other).count()
        };
        let (ahead, behind) = (differ(own, rule), differ(rule, own));
        let doubts = match is_free {
            true if has_name && !is_named_alike(*other) => is_clear(behind, ahead),
            true => !is_clear(ahead, behind),
            // Another partner that fits better has been given away, perhaps because the true partner of that one cannot
            // be expressed.
            false => is_clear(behind, ahead),
        };
        if doubts {
            let (left, right) = (tables.left.column_name(other.0), tables.right.column_name(other.1));
            reasons.push(format!("{left} and {right} agree in {} rows", rule.agreement.agreeing));
        }
    }
    if part.len() > 1 && reasons.is_empty() && !has_name {
        let (with, total) = assign(part);
        let mut without = part.clone();
        without.remove(&(l, r));
        let (other, rest) = assign(&without);
        let lost = total.saturating_sub(rest) as f64 / WEIGHT;
        if other.len() == with.len() && lost < (rows as f64 * 0.005).max(MIN_LEAD as f64 + 1.0) {
            let changed: Vec<String> = other
                .iter()
                .filter(|(l, r)| with.get(l) != Some(r))
                .map(|(l, r)| format!("{} = {}", tables.left.column_name(*l), tables.right.column_name(*r)))
                .collect();
            reasons.push(format!("nearly as many rows agree with {}", changed.join(", ")));
        }
    }
    reasons
}

/// Pairs columns of one name whose values do not tell, such as constants, if the other names proved right.
fn by_name(tables: &Tables<'_>, draft: &mut Draft, tried: &BTreeMap<Edge, TriedRule>, chosen: &BTreeMap<usize, usize>) {
    let same = |left: &str, right: &str| folded(left) == folded(right);
    let decided = || draft.pairs.iter().map(|pair| (&pair.field.left, &pair.field.right));
    let named_alike = decided().filter(|(left, right)| same(left, right)).count();
    let is_elsewhere = |(left, right): (&String, &String)| {
        !same(left, right)
            && (tables.right.columns.iter().any(|column| same(left, &column.name))
                || tables.left.columns.iter().any(|column| same(right, &column.name)))
    };
    if named_alike < 3 || named_alike * 5 < decided().count() * 4 || decided().any(is_elsewhere) {
        return;
    }
    for ((l, r), rule) in tried {
        let (left, right) = (tables.left.column_name(*l), tables.right.column_name(*r));
        let is_free = !chosen.contains_key(l) && !chosen.values().any(|chosen| chosen == r);
        let agreement = &rule.agreement;
        let is_strict = rule.marks.is_empty() && agreement.share() >= MIN_NAMED_SHARE;
        // Constants tell nothing; two rare flags that are never set together tell that they differ.
        let is_contradicted = agreement.telling * MAX_TELLING_PART > agreement.of
            && (agreement.telling_agreeing as f64) < agreement.telling as f64 * MIN_TELLING_SHARE;
        let is_unique = |table: &Table| table.columns.iter().filter(|column| same(&column.name, left)).count() == 1;
        if is_free
            && is_strict
            && !is_contradicted
            && same(left, right)
            && is_unique(tables.left)
            && is_unique(tables.right)
        {
            let mut pair = tables.pair((*l, *r), rule);
            let text = "paired because the names are the same; the values do not prove it".to_owned();
            pair.field.marks.push(Mark::new(MarkKind::Name, text, rule.agreement.agreeing));
            draft.pairs.push(pair);
        }
    }
}

/// Pairs columns of one name in tables of so few rows that their values prove nothing, if most names are on both sides.
/// That such a pair rests on its name is marked.
fn by_name_in_few_rows(
    tables: &Tables<'_>,
    draft: &mut Draft,
    tried: &BTreeMap<Edge, TriedRule>,
    [left_views, right_views]: [&SideViews; 2],
    options: &DraftOptions,
) {
    let (left_columns, right_columns) = (left_views.columns(), right_views.columns());
    let only = |table: &Table, columns: &[usize], name: &str| {
        let found = columns.iter().filter(|column| folded(table.column_name(**column)) == folded(name));
        let found: Vec<usize> = found.copied().collect();
        if let [column] = found.as_slice() { Some(*column) } else { None }
    };
    let named: Vec<Edge> = left_columns
        .iter()
        .filter_map(|l| {
            let name = tables.left.column_name(*l);
            only(tables.left, &left_columns, name).zip(only(tables.right, &right_columns, name))
        })
        .collect();
    let names = |(l, r): &Edge| (tables.left.column_name(*l), tables.right.column_name(*r));
    let is_contradicted = draft.pairs.iter().any(|pair| {
        let (left, right) = (&pair.field.left, &pair.field.right);
        folded(left) != folded(right) && named.iter().map(names).any(|(l, r)| l == left || r == right)
    });
    if is_contradicted || named.len() * 2 < left_columns.len().min(right_columns.len()) {
        return;
    }
    for edge in named.iter().filter(|edge| options.allows_pair(names(edge).0, names(edge).1)) {
        let (left, right) = names(edge);
        if draft.pairs.iter().any(|pair| pair.field.left == left || pair.field.right == right) {
            continue;
        }
        // A rule that makes more equal than the values themselves needs more rows to be believed.
        let found = tried.get(edge).filter(|rule| rule.marks.is_empty() && rule.doubts.is_empty()).cloned();
        let Some(rule) = found.or_else(|| text_rule(left_views.view(edge.0)?, right_views.view(edge.1)?)) else {
            continue;
        };
        let mut pair = tables.pair(*edge, &rule);
        let text = format!("paired because the names are the same; {} rows do not prove it", rule.agreement.of);
        pair.field.marks.push(Mark::new(MarkKind::Name, text, rule.agreement.agreeing));
        draft.undecided.retain(|it| it.proposal.field.left != left && it.proposal.field.right != right);
        draft.pairs.push(pair);
    }
}

/// A name without case and `_`.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

struct Tables<'t> {
    left: &'t Table,
    right: &'t Table,
    /// Sampled rows of both, joined or not.
    rows: [Vec<Arc<SampledRow>>; 2],
}

impl Tables<'_> {
    fn pair(&self, (l, r): Edge, rule: &TriedRule) -> Pair {
        let (left, right) = (self.left.column_name(l), self.right.column_name(r));
        let (left_steps, right_steps) = (rule.left.clone(), rule.right.clone());
        let mut rules = rule.rules.clone();
        let is_never_null = |table: &Table, column: usize| table.columns.get(column).is_some_and(|c| c.not_null);
        rules.nullable = !(is_never_null(self.left, l) && is_never_null(self.right, r));
        let marks = rule.marks.clone();
        // An empty value of a CSV file is no value, whether the sample has one or not.
        rules.nullable |= self.left.empty_is_open || self.right.empty_is_open;
        rules.nullable |= !(left_steps.null.is_empty() && right_steps.null.is_empty());
        let name = field_name(left, &left_steps, right, &right_steps);
        let ty = self.roomy((l, r), &rule.ty, &mut rules, &left_steps, &right_steps);
        let evidence = Evidence {
            agreeing: rule.agreement.agreeing,
            of: rule.agreement.of,
            by_chance: rule.agreement.by_chance,
            runner_up: rule.runner_up.clone(),
            notes: rule.notes.clone(),
            proposed: rule.proposed.clone(),
            broken: 0,
            examples: Vec::new(),
        };
        let field = Field { name, ty, rules };
        let (left, right) = (left.to_owned(), right.to_owned());
        let mut field =
            DraftedField { left, right, field, left_steps, right_steps, marks, turned_off: Vec::new(), drafted: None };
        self.choose_folds((l, r), &mut field);
        Pair { field, evidence }
    }

    /// Chooses between the two moments of a clock that is put back, if no joined row needed it but another row may: one
    /// such time would stop the comparison.
    fn choose_folds(&self, (l, r): Edge, drafted: &mut DraftedField) {
        for (side, table, rows, column) in [(0, self.left, &self.rows[0], l), (1, self.right, &self.rows[1], r)] {
            let cells = || rows.iter().filter_map(|row| row.cells.get(column));
            let before = drafted.steps_mut(side).clone();
            if before.zone.is_none() || before.fold.is_some() || before.cast.is_some() {
                continue;
            }
            let without = broken(drafted, side, cells());
            drafted.steps_mut(side).fold = Some("earlier");
            // In a zone whose clocks are never put back the setting is refused.
            let with = broken(drafted, side, cells());
            let is_complete = rows.len() as u64 == table.sample.count;
            match (without, with) {
                (Some(without), Some(with)) if without > with || !is_complete => {
                    let rows = without.saturating_sub(with);
                    let text = "a time that clocks showed twice is the earlier one; no joined row tells which it is";
                    drafted.marks.push(Mark::new(MarkKind::Fold, text, rows));
                }
                _ => drafted.steps_mut(side).fold = None,
            }
        }
    }

    /// The type with room for values that were not joined: those of the other sampled rows, and those that the declared
    /// types and the notations of times allow.
    fn roomy(&self, (l, r): Edge, ty: &FieldType, rules: &mut Rules, left: &Steps, right: &Steps) -> FieldType {
        let [left_rows, right_rows] = &self.rows;
        let sides = [(self.left, left_rows, l, left), (self.right, right_rows, r, right)];
        let cells = |rows: &'_ [Arc<SampledRow>], column: usize| -> Vec<Cell<'static>> {
            rows.iter().filter_map(|row| row.cells.get(column)).cloned().collect()
        };
        let units = || {
            sides.map(|(table, rows, column, steps)| {
                unit_room(table.columns.get(column), steps, cells(rows, column).iter())
            })
        };
        match ty {
            FieldType::Int { .. } | FieldType::Decimal { .. } => {
                let mut digits = if let FieldType::Decimal { scale } = ty { *scale } else { 0 };
                let mut fits = true;
                for (table, rows, column, steps) in sides {
                    let cells = cells(rows, column);
                    let has_floats = cells.iter().any(|cell| matches!(cell, Cell::Float32(_) | Cell::Float64(_)));
                    let mut seen = most_digits(cells.iter());
                    if has_floats {
                        rules.floats = Floats::Shortest;
                        seen = float_digits(seen);
                    }
                    let declared = table.columns.get(column).and_then(Column::declared_scale).unwrap_or(0);
                    let shift = steps.scale.min(0).unsigned_abs();
                    let most = seen.max(declared);
                    digits = digits.max(if most > 0 || shift > 0 { most + shift } else { 0 });
                    fits &= cells.iter().filter_map(Decimal::of).all(Decimal::fits_i64);
                }
                match (ty, digits) {
                    (FieldType::Int { .. }, 0) if fits => ty.clone(),
                    (_, digits) => FieldType::Decimal { scale: digits.min(38) },
                }
            }
            // A rule that cuts off digits says in its unit where.
            ty if rules.rounding != Rounding::Refuse => ty.clone(),
            FieldType::Timestamp(unit) => FieldType::Timestamp(units().into_iter().fold(*unit, finer)),
            FieldType::Time(unit) => FieldType::Time(units().into_iter().fold(*unit, finer)),
            FieldType::Duration(unit) => FieldType::Duration(units().into_iter().fold(*unit, finer)),
            ty => ty.clone(),
        }
    }

    fn list_the_rest(&self, draft: &mut Draft, left_key: &[usize], right_key: &[usize], options: &DraftOptions) {
        let undecided = draft.undecided.iter().map(|undecided| &undecided.proposal);
        let fields: Vec<DraftedField> = draft.pairs.iter().chain(undecided).map(|pair| pair.field.clone()).collect();
        let rest = |table: &Table, key: &[usize], is_paired: &dyn Fn(&str) -> bool| {
            let columns = table.columns.iter().enumerate();
            let rest = columns.filter(|(index, column)| !key.contains(index) && !is_paired(&column.name));
            let rest = rest.map(|(_, column)| column.name.clone());
            rest.partition::<Vec<_>, _>(|name| options.excludes(name))
        };
        let (excluded_left, left_only) =
            rest(self.left, left_key, &|name| fields.iter().any(|field| field.left == name));
        let (excluded_right, right_only) =
            rest(self.right, right_key, &|name| fields.iter().any(|field| field.right == name));
        (draft.left_only, draft.right_only) = (left_only, right_only);
        draft.excluded = [excluded_left, excluded_right];
    }
}

/// Gives each field a name of its own.
pub(super) fn unique_names(draft: &mut Draft) {
    let mut names: Vec<String> = Vec::new();
    let undecided = draft.undecided.iter_mut().map(|undecided| &mut undecided.proposal);
    let pairs = draft.pairs.iter_mut().chain(undecided).map(|pair| &mut pair.field);
    for drafted in draft.key.iter_mut().chain(pairs) {
        let base = drafted.field.name.clone();
        let mut number = 2;
        while drafted.field.name.is_empty() || names.contains(&drafted.field.name) {
            drafted.field.name = format!("{base}_{number}");
            number += 1;
        }
        names.push(drafted.field.name.clone());
    }
}
