//! `diff`: which records differ in two trees.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use file_mst::dialect::Dialect;
use file_mst::diff::{Counts, Diff, Item, common_key, diff};
use file_mst::node::NodeError;
use file_mst::open::{Opened, Typing};
use file_mst::schema::{ItemType, Type};

use super::Outcome;
use super::args::{DiffArgs, Kind, KnownArgs};
use super::diff_text::Summary;
use super::output::{Output, complain};
use super::range;
use super::target::OpenTree;
use crate::view::drift::pair::Pair;

/// How long what was found may wait to be seen.
const PATIENCE: Duration = Duration::from_millis(100);

pub(super) fn run(args: &DiffArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let pair = open_both(args)?;
    let (left, right) = (&pair.left.tree, &pair.right.tree);
    let mut stream = diff(left, right);
    let roots_equal = pair.roots_equal(stream.prunes());
    if let Some(range) = &args.range {
        stream = within(stream, &pair.left, range)?;
    }
    let stopped = list(args, &pair, &mut stream, output)?;
    let counts = stream.counts();
    let summary =
        Summary { counts: &counts, roots_equal, stopped, same_rule: stream.prunes(), ranged: args.range.is_some() };
    if args.json {
        output.json(&summary.json())?;
    } else {
        output.text(&summary.text(&pair, !args.stat && counts.drifted() > 0))?;
    }
    Ok(outcome(&counts))
}

fn outcome(counts: &Counts) -> Outcome {
    match counts.damaged {
        0 if counts.drifted() == 0 => Outcome::Good,
        0 => Outcome::Bad,
        places => {
            let places = if places == 1 { "a place that".to_owned() } else { format!("{places} places that") };
            complain(&format!("could not tell whole: there is {places} cannot be read"));
            Outcome::Unknown
        }
    }
}

/// Prints what is found as it is found; says whether it stopped at the limit.
fn list(args: &DiffArgs, pair: &Pair, stream: &mut Diff, output: &mut Output) -> anyhow::Result<bool> {
    let mut left = args.limit.unwrap_or(u64::MAX);
    let (mut said, mut flushed) = (args.stat || args.json, None::<Instant>);
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
            Item::Damage(_) => None,
        };
        if kind.is_some() && !said {
            said = true;
            output.line("drifted")?;
        }
        // Damage is said whatever was asked for: it is what makes the rest uncertain.
        if kind.is_some() && (args.stat || args.only.is_some_and(|only| Some(only) != kind)) {
            continue;
        }
        left -= u64::from(kind.is_some());
        if args.json {
            if let Some(json) = pair.json(&item) {
                output.json(&json)?;
            }
        } else {
            output.text(&pair.text(&item))?;
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
        cache_mb: args.known.cache_mb,
    };
    let OpenTree { file: left_file, opened: mut left } = args.left.open(&args.known)?;
    let OpenTree { file: right_file, opened: mut right } = args.right.open(&right_known)?;
    let dialect = |opened: &Opened| opened.tree.store().codec().dialect;
    let types = |opened: &Opened| (opened.typing.key.clone(), opened.typing.value.clone());
    let alike = dialect(&left) == dialect(&right) && dialect(&left) != Dialect::Mst1;
    if alike && types(&left) != types(&right) {
        let with = |known: &KnownArgs, like: &Opened| KnownArgs {
            offset: known.offset,
            hash: known.hash,
            key: like.typing.key.as_ref().map(|key| key.ty.clone()),
            value: like.typing.value.as_ref().map(|value| value.ty.clone()),
            cache_mb: known.cache_mb,
        };
        let fits = |opened: &Opened| opened.typing.proved == opened.typing.sampled;
        if let Some(fitting) = args.right.open(&with(&right_known, &left)).ok().filter(|right| fits(&right.opened)) {
            right = fitting.opened;
        } else if let Some(fitting) = args.left.open(&with(&args.known, &right)).ok().filter(|left| fits(&left.opened))
        {
            left = fitting.opened;
        } else if !comparable(&left.typing, &right.typing) {
            let name = |opened: &Opened| opened.typing.key.as_ref().map_or("unknown".to_owned(), ToString::to_string);
            bail!(
                "the keys of LEFT read as {}, those of RIGHT as {}: give --key and --value",
                name(&left),
                name(&right)
            );
        }
    }
    Ok(Pair { left, right, files: [left_file, right_file] })
}

/// Whether keys of two typings of one dialect have a common order. Text and bytes have: that of their content.
fn comparable(left: &Typing, right: &Typing) -> bool {
    let is_content = |key: &ItemType| match &key.ty {
        Type::String => true,
        Type::Vec(item) => **item == Type::U8,
        _ => false,
    };
    match (&left.key, &right.key) {
        (Some(left), Some(right)) => left == right || is_content(left) && is_content(right),
        // What cannot be read for want of types says so when it is read.
        _ => true,
    }
}

fn within(stream: Diff, opened: &Opened, range: &str) -> anyhow::Result<Diff> {
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key")?;
    let (start, end) = range::parse(range, ty)?;
    let common = |stored: Vec<u8>| common_key(&opened.tree, &stored).into_owned();
    let (start, end) = (start.map(common), end.map(common));
    Ok(stream.range(start.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice)))
}
