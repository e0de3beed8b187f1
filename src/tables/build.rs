//! Both trees, built at once and opened for the comparison.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use file_mst::open::{OpenOptions, Opened, open};
use file_mst::storage::FileStorage;
use mst_sync::condition::Now;
use mst_sync::draft::Draft;
use mst_sync::ingest::{BuildError, BuildOptions, Event, OnError, Reading, build};
use mst_sync::mapping::Mapping;

use super::{Report, Side, SideProgress, TableOptions, Tables, Tell, keep};
use crate::model::diff::basis::Basis;
use crate::model::diff::pair::Pair;

/// A tree of the comparison: its file and the mapping that it is built with, if it is not there yet.
enum Part<'a> {
    Tree(&'a super::TreeSide),
    Build { mapping: &'a Mapping, tree: PathBuf, is_drafted: bool, is_kept: bool },
}

pub(super) fn both(tables: &Tables, draft: Option<&Draft>, tell: Tell<'_>, report: Report<'_>) -> anyhow::Result<Pair> {
    let folder = tables.options.keep.as_deref().unwrap_or(tables.folder.path());
    // Mappings that are not kept need no folder: their paths are those that the user named.
    let mapping_folder = tables.options.keep.as_deref().unwrap_or(Path::new(""));
    let (mappings, basis) = match draft {
        Some(draft) => {
            let basis = Basis::of_draft(draft);
            if tables.options.keep.is_some() {
                keep::write(&tables.rendered(draft, folder)?, folder)?;
                keep::write_basis(&basis, &tables.options, folder)?;
            }
            (Some(tables.mappings(draft, mapping_folder)?), basis)
        }
        None => (None, tables.kept.clone().unwrap_or_default()),
    };
    let part = |index: usize, file: &str| -> anyhow::Result<Part<'_>> {
        let own = tables.options.trees.get(index).cloned().flatten();
        let is_kept = own.is_some() || tables.options.keep.is_some();
        let tree = own.unwrap_or_else(|| folder.join(file));
        let side = tables.sides.get(index).context("there are two sides")?;
        Ok(match (mappings.as_ref().and_then(|mappings| mappings.get(index)), side) {
            (Some(mapping), _) => Part::Build { mapping, tree, is_drafted: true, is_kept },
            (None, Side::Mapping(mapping)) => Part::Build { mapping, tree, is_drafted: tables.kept.is_some(), is_kept },
            (None, Side::Tree(tree)) => Part::Tree(tree),
            (None, Side::Table(_)) => bail!("there is no mapping for {}", tables.names[index]),
        })
    };
    let parts = [part(0, "left.mst")?, part(1, "right.mst")?];
    let opened = in_two_threads(|index| parts[index].opened(tables, index, tell, report))?;
    let pair = Pair { basis, mappings: built_with(&parts), ..pair(tables, &parts, opened) };
    let mut pair = if tables.options.bytes { pair.by_bytes() } else { pair };
    if let Some(given) = &tables.options.tolerance {
        pair.comparison.set_tolerances(&pair.left, &pair.right, given).context("--tolerance")?;
    }
    Ok(pair)
}

fn in_two_threads(side: impl Fn(usize) -> anyhow::Result<Opened> + Sync) -> anyhow::Result<[Opened; 2]> {
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| side(0));
        let right = side(1);
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    Ok([left?, right?])
}

/// The mappings of both sides, if both were built.
fn built_with(parts: &[Part<'_>; 2]) -> Option<Arc<[Mapping; 2]>> {
    match parts {
        [Part::Build { mapping: left, .. }, Part::Build { mapping: right, .. }] => {
            Some(Arc::new([(*left).clone(), (*right).clone()]))
        }
        _ => None,
    }
}

fn pair(tables: &Tables, parts: &[Part<'_>; 2], [left, right]: [Opened; 2]) -> Pair {
    let mut files = without_folders(&tables.names);
    let mut named = tables.names.clone();
    for (index, part) in parts.iter().enumerate() {
        if let Part::Tree(tree) = part {
            files[index] = tree.file.clone();
            named[index] = tree.path.clone();
        }
    }
    Pair::new(left, right, files, named)
}

/// The names without the folders of their files, which say the least and take the most room; as they are if that would
/// make them equal. The name of a database stays whole, since its host tells it from others.
fn without_folders(names: &[String; 2]) -> [String; 2] {
    let short = names.each_ref().map(|name| {
        let file = name.split('#').next().unwrap_or_default();
        match file.rfind(std::path::is_separator).filter(|_| !name.contains("://")) {
            Some(at) => name[at + 1..].to_owned(),
            None => name.clone(),
        }
    });
    if short[0] == short[1] { names.clone() } else { short }
}

impl Part<'_> {
    fn opened(&self, tables: &Tables, index: usize, tell: Tell<'_>, report: Report<'_>) -> anyhow::Result<Opened> {
        match self {
            Self::Tree(tree) => Ok(tree.opened.clone()),
            Self::Build { mapping, tree, is_drafted, is_kept } => {
                let options = Options {
                    is_drafted: *is_drafted,
                    now: tables.now,
                    memory: tables.options.memory / 2,
                    // A tree that is not kept cannot be compared with the next state of its file.
                    reading: if *is_kept { tables.options.reading } else { Reading::Always },
                    ..Options::of(&tables.options)
                };
                let name = tables.names.get(index).map_or("", |name| name);
                one(name, mapping, tree, &options, &|told| tell(index, told), report)
            }
        }
    }
}

/// How one tree is built.
pub(super) struct Options {
    pub(super) memory: usize,
    pub(super) on_error: Option<OnError>,
    pub(super) label: String,
    /// The moment that `now` stands for in the condition on rows.
    pub(super) now: Now,
    /// Whether the mapping was drafted: rows that break its contract are then left out by default.
    pub(super) is_drafted: bool,
    /// Whether a file is read that has not changed since its tree was built.
    pub(super) reading: Reading,
}

impl Options {
    pub(super) fn of(options: &TableOptions) -> Self {
        Self {
            memory: options.memory,
            on_error: options.on_error,
            label: options.label.clone(),
            now: Now::default(),
            is_drafted: false,
            reading: Reading::Always,
        }
    }
}

/// Builds one tree and opens it.
pub(super) fn one(
    name: &str,
    mapping: &Mapping,
    path: &Path,
    options: &Options,
    tell: &dyn Fn(SideProgress) -> ControlFlow<()>,
    report: Report<'_>,
) -> anyhow::Result<Opened> {
    let stopped = Arc::new(AtomicBool::new(false));
    let on_error = options.on_error.unwrap_or(if options.is_drafted { OnError::Skip } else { OnError::Stop });
    let build_options = BuildOptions {
        memory: options.memory,
        on_error,
        label: options.label.clone(),
        stop: Arc::clone(&stopped),
        now: options.now,
        reading: options.reading,
    };
    let told = |progress: SideProgress| {
        if tell(progress).is_break() {
            stopped.store(true, Ordering::Relaxed);
        }
    };
    let mut rows = 0;
    let built = build(mapping, path, &build_options, &mut |event| match event {
        Event::Rows(read, gauge) => {
            rows = read;
            told(SideProgress { rows, share: gauge.part(), is_done: false });
        }
        Event::Sorted => told(SideProgress { rows, share: Some(1.0), is_done: false }),
        Event::Problem(problem) => report(problem),
        _ => {}
    });
    let built = built.map_err(|error| with_advice(error, name))?;
    told(SideProgress { rows: built.rows, share: Some(1.0), is_done: true });
    opened(path)
}

/// Names the side, and what can be done about rows that break the contract.
fn with_advice(error: BuildError, name: &str) -> anyhow::Error {
    let advice = match &error {
        BuildError::Problem(_) | BuildError::Broken { .. } => " (--on-error skip leaves such rows out and names them)",
        _ => "",
    };
    anyhow::Error::from(error).context(format!("cannot build the tree of {name}{advice}"))
}

/// Opens a tree that was built.
fn opened(path: &Path) -> anyhow::Result<Opened> {
    let storage = FileStorage::open(path)?;
    Ok(open(Arc::new(storage), &OpenOptions::default())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders_unless_they_need_them() {
        for (names, short) in [
            (["a/orders.sqlite#db_orders", "a/billing.csv"], ["orders.sqlite#db_orders", "billing.csv"]),
            (["orders.csv", "ndjson:-"], ["orders.csv", "ndjson:-"]),
            (["old/orders.csv", "new/orders.csv"], ["old/orders.csv", "new/orders.csv"]),
            (["postgres://r@db1/shop#a/b", "x/y.csv"], ["postgres://r@db1/shop#a/b", "y.csv"]),
        ] {
            assert_eq!(without_folders(&names.map(str::to_owned)), short.map(str::to_owned));
        }
    }
}
