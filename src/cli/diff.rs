//! `diff`: which records differ in two trees.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use file_mst::dialect::Dialect;
use file_mst::diff::{Answer, Conclusion, Counts, Diff, Item, Reason, Side};
use file_mst::node::NodeError;
use file_mst::open::{Opened, Typing, TypingSource};
use file_mst::schema::{ItemType, Type};

use super::Outcome;
use super::args::{DiffArgs, Kind, KnownArgs};
use super::diff_text::Summary;
use super::output::Output;
use super::range;
#[cfg(feature = "mapping")]
use super::rows::Rows;
use super::target::{OpenTree, Target};
use crate::model::damage;
use crate::model::diff::pair::Pair;
use crate::model::diff::summary::Counter;
use crate::model::diff::verdict::{self, Compared};
#[cfg(feature = "mapping")]
use crate::model::item::ValueFormat;
use crate::screens::Shown;

/// How long what was found may wait to be seen.
const PATIENCE: Duration = Duration::from_millis(100);

pub(super) fn run(args: &DiffArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let pair = open_both(args).context("could not tell")?;
    let mut stream = pair.diff();
    if let Some(range) = &args.range {
        stream = stream.map(|stream| within(stream, &pair.left, range)).transpose()?;
    }
    if !args.json {
        if let Some(reason) = pair.comparison.unsettled() {
            output.line(&format!("could not tell: {reason}"))?;
        }
        let zones = |reason: &&Reason| matches!(reason, Reason::TimeZones { .. });
        for reason in pair.comparison.reasons.iter().filter(zones) {
            output.line(&reason.to_string())?;
        }
        for note in &pair.comparison.notes {
            output.line(note)?;
        }
        for types in &pair.comparison.types {
            output.line(&format!("types differ: {types}"))?;
        }
    }
    let mut fields = Counter::default();
    let mut misfits = 0;
    let (mut stopped, mut same_rule, mut counts) = (false, true, Counts { equal_is_exact: true, ..Counts::default() });
    if let Some(stream) = &mut stream {
        (stopped, counts) = list(args, &pair, stream, (&mut fields, &mut misfits), output)?;
        same_rule = stream.prunes();
    }
    let by_value = pair.comparison.is_by_value();
    let how = Compared { stopped, misfits, same_rule, by_value, ranged: args.range.is_some() };
    let conclusion = verdict::conclusion(&pair, &counts, how);
    let summary = Summary {
        counts: &counts,
        conclusion: conclusion.clone(),
        how,
        contracts: (pair.left.contract(), pair.right.contract()),
        fields: fields.summary(),
        with_fields: args.stat,
    };
    if args.json {
        output.json(&summary.json(&pair))?;
    } else {
        output.text(&summary.text(
            &pair,
            pair.comparison.unsettled().is_some() || !args.stat && !counts.rechecked && counts.drifted() > 0,
        ))?;
    }
    Ok(conclusion.into())
}

impl From<Conclusion> for Outcome {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion.answer {
            Answer::Same | Answer::SameRecords | Answer::AgreesNow => Self::Good,
            Answer::Drifted => Self::Bad,
            Answer::CouldNotTell => Self::Unknown,
        }
    }
}

/// Prints what is found as it is found; says whether it stopped at the limit, and what was counted.
fn list(
    args: &DiffArgs,
    pair: &Pair,
    stream: &mut Diff,
    counted: (&mut Counter, &mut u64),
    output: &mut Output,
) -> anyhow::Result<(bool, Counts)> {
    #[cfg(feature = "mapping")]
    if args.format_value == ValueFormat::Redacted && args.rows.left_mapping.is_some() {
        bail!(
            "rows of the sources show values: leave out --left-mapping and --right-mapping, or --format-value redacted"
        );
    }
    #[cfg(feature = "mapping")]
    if pair.comparison.has_keys_by_value() && args.rows.left_mapping.is_some() {
        bail!("rows of the sources are fetched by keys of one type: leave out --left-mapping and --right-mapping");
    }
    #[cfg(feature = "mapping")]
    let mut rows = Rows::open(&args.rows, pair, args.json, args.only)?;
    let (fields, misfits) = counted;
    let stopped = list_items(args, pair, stream, (&mut *fields, misfits), output, |item, output| {
        #[cfg(feature = "mapping")]
        if let Some(rows) = rows.as_mut().filter(|_| !matches!(item, Item::Damage(_))) {
            rows.hold(item, pair, output)?;
            return Ok(true);
        }
        let _ = (item, output);
        Ok(false)
    })?;
    #[cfg(feature = "mapping")]
    if let Some(mut rows) = rows {
        rows.flush(pair, output)?;
        let (counts, rechecked) = rows.finish(stream.counts());
        *fields = rechecked;
        return Ok((stopped, counts));
    }
    Ok((stopped, stream.counts()))
}

/// As [`list`], which counts fields and misfits; what `elsewhere` takes is printed there.
fn list_items(
    args: &DiffArgs,
    pair: &Pair,
    stream: &mut Diff,
    (fields, misfits): (&mut Counter, &mut u64),
    output: &mut Output,
    mut elsewhere: impl FnMut(&Item, &mut Output) -> anyhow::Result<bool>,
) -> anyhow::Result<bool> {
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut sieve = pair.misfits();
    // Rows that are fetched anew may agree: then what a record is in the trees is neither the verdict nor its kind.
    #[cfg(feature = "mapping")]
    let rechecks = args.rows.left_mapping.is_some();
    #[cfg(not(feature = "mapping"))]
    let rechecks = false;
    let unsettled = pair.comparison.unsettled().is_some();
    let (mut said, mut flushed) = (args.stat || args.json || rechecks || unsettled, None::<Instant>);
    while left > 0 {
        let Some(item) = stream.next() else { return Ok(false) };
        let kind = match &item {
            Item::OnlyLeft(_) => Some(Kind::Left),
            Item::OnlyRight(_) => Some(Kind::Right),
            Item::Changed(..) => Some(Kind::Changed),
            Item::Equal(_) => continue,
            Item::Damage(damage) if matches!(damage.error, NodeError::TypesUnknown { .. }) => {
                bail!("{} ({}); give --key and --value", damage.error, damage.side.name());
            }
            Item::NotCompared(_) => Some(Kind::NotCompared),
            Item::Damage(_) => None,
        };
        if kind.is_some_and(|kind| kind != Kind::NotCompared) && !said {
            said = true;
            output.line("drifted")?;
        }
        if let Item::Changed(left, right) = &item
            && (args.stat || args.json)
        {
            fields.add(pair, left.bytes().value, right.bytes().value);
        }
        // Damage is said whatever was asked for: it is what makes the rest uncertain.
        if kind.is_some() && (args.stat || !rechecks && args.only.is_some_and(|only| Some(only) != kind)) {
            continue;
        }
        left -= u64::from(kind.is_some());
        if let Item::Damage(damage) = &item
            && sieve.is_misfit(damage)
        {
            *misfits += 1;
            match args.json {
                true => output.json(&pair.damage_json(damage, true))?,
                false => {
                    let what = damage::misfit(damage.error.offset());
                    output.line(&format!("? {}: {what}", damage.side.name()))?;
                }
            }
            continue;
        }
        if elsewhere(&item, output)? {
            continue;
        }
        if args.json {
            if let Some(json) = pair.json(&item, args.format_value) {
                output.json(&json)?;
            }
        } else {
            output.text(&pair.text(&item, args.format_value))?;
        }
        if flushed.is_none_or(|flushed| flushed.elapsed() > PATIENCE) {
            output.finish()?;
            flushed = Some(Instant::now());
        }
    }
    Ok(true)
}

/// Opens both trees. Two trees of one published dialect are read with the same types, since guesses from different
/// records may differ where the records do not.
pub(super) fn open_both(args: &DiffArgs) -> anyhow::Result<Pair> {
    let right_known = KnownArgs {
        offset: args.right_offset,
        hash: args.right_hash,
        key: args.known.key.clone(),
        value: args.known.value.clone(),
        schema: args.known.schema.clone(),
        cache_mb: args.known.cache_mb,
    };
    let OpenTree { file: left_file, opened: mut left, .. } = args.left.open(&args.known)?.announced();
    let OpenTree { file: right_file, opened: mut right, .. } = args.right.open(&right_known)?.announced();
    let mut adopted = None;
    if is_alike(&left, &right) && types(&left) != types(&right) && !(is_named(&left) && is_named(&right)) {
        adopted = adopts(&left, &right);
        if let Some(fitting) = args.right.open(&with_types(&right_known, &left)).ok().filter(|it| fits(&it.opened)) {
            right = fitting.opened;
        } else if let Some(fitting) =
            args.left.open(&with_types(&args.known, &right)).ok().filter(|it| fits(&it.opened))
        {
            left = fitting.opened;
        } else {
            require_comparable(&left, &right)?;
        }
    }
    let named = [place(&args.left.path(), &left), place(&args.right.path(), &right)];
    let pair = Pair::new(left, right, [left_file, right_file], named);
    let mut pair = if args.bytes { pair.by_bytes() } else { pair };
    pair.comparison.notes.extend(adopted);
    Ok(pair)
}

/// The tree that is shown on the left, and another on its right, read with the types of the left one where it must be.
pub(super) fn open_beside(left: &Shown, target: &Target, known: &KnownArgs) -> anyhow::Result<Pair> {
    let OpenTree { file, opened: mut right, .. } = target.open(known)?;
    let mut adopted = None;
    if is_alike(&left.opened, &right)
        && types(&left.opened) != types(&right)
        && !(is_named(&left.opened) && is_named(&right))
    {
        adopted = adopts(&left.opened, &right);
        let same = target.open(&with_types(known, &left.opened)).ok().filter(|right| fits(&right.opened));
        match same {
            Some(same) => right = same.opened,
            None => require_comparable(&left.opened, &right)?,
        }
    }
    let named = [place(&left.path, &left.opened), place(&target.path(), &right)];
    let mut pair = Pair::new(left.opened.clone(), right, [left.file.clone(), file], named);
    pair.comparison.notes.extend(adopted);
    Ok(pair)
}

/// A tree as it can be named whole.
fn place(path: &str, opened: &Opened) -> String {
    let root = opened.tree.root_link();
    format!("{path}@{}:{}", root.offset, root.hash)
}

/// Whether both are of one dialect whose hashes do not see the types.
fn is_alike(left: &Opened, right: &Opened) -> bool {
    let dialect = |opened: &Opened| opened.tree.store().codec().dialect;
    dialect(left) == dialect(right) && dialect(left) != Dialect::Mst1
}

/// Whether the types are named by the user, by the file, or beside it.
fn is_named(opened: &Opened) -> bool {
    matches!(opened.typing.source, TypingSource::Given | TypingSource::File)
}

/// Says that the one side is read under the types that are named for the other.
fn adopts(left: &Opened, right: &Opened) -> Option<String> {
    let (side, other) = match (is_named(left), is_named(right)) {
        (true, false) => ("right", "left"),
        (false, true) => ("left", "right"),
        _ => return None,
    };
    Some(format!("types of the {side} are not named: read as those of the {other}, and compared by bytes"))
}

fn types(opened: &Opened) -> (Option<ItemType>, Option<ItemType>) {
    (opened.typing.key.clone(), opened.typing.value.clone())
}

fn with_types(known: &KnownArgs, like: &Opened) -> KnownArgs {
    KnownArgs {
        key: like.typing.key.as_ref().map(|key| key.ty.clone()),
        value: like.typing.value.as_ref().map(|value| value.ty.clone()),
        ..known.clone()
    }
}

/// Whether the types fit all that was looked at.
fn fits(opened: &Opened) -> bool {
    opened.typing.proved == opened.typing.sampled
}

fn require_comparable(left: &Opened, right: &Opened) -> anyhow::Result<()> {
    if !comparable(&left.typing, &right.typing) {
        let name = |opened: &Opened| opened.typing.key.as_ref().map_or("unknown".to_owned(), ToString::to_string);
        bail!("the keys of LEFT read as {}, those of RIGHT as {}: give --key and --value", name(left), name(right));
    }
    Ok(())
}

/// Whether two types of keys have the same bytes.
fn same_wire(left: &ItemType, right: &ItemType) -> bool {
    left.encoding == right.encoding && left.ty.to_wire() == right.ty.to_wire()
}

/// Whether keys of two typings of one dialect have a common order. Text and bytes have: that of their content.
fn comparable(left: &Typing, right: &Typing) -> bool {
    let is_content = |key: &ItemType| match key.ty.wire() {
        Type::String => true,
        Type::Vec(item) => **item == Type::U8,
        _ => false,
    };
    match (&left.key, &right.key) {
        (Some(left), Some(right)) => same_wire(left, right) || is_content(left) && is_content(right),
        // What cannot be read for want of types says so when it is read.
        _ => true,
    }
}

fn within(stream: Diff, opened: &Opened, range: &str) -> anyhow::Result<Diff> {
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key")?;
    let (start, end) = range::parse(range, ty)?;
    let common = |stored: Vec<u8>| stream.key_form(Side::Left, &stored).into_owned();
    let (start, end) = (start.map(common), end.map(common));
    Ok(stream.range(start.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice)))
}
