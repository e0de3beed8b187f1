//! `salvage`: the valid parts of a damaged file, as a new file.

mod summary;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::ValueEnum;
use file_mst::salvage::{End, Fill, Survey, list, salvage, survey};
use file_mst::storage::ReadAt;
use mst_types::{escape_path, escape_text};

use super::Outcome;
use super::support::output::Output;
use super::support::progress::Progress;
use super::support::tree_args::TreeArgs;
use crate::model::text::{count, offset, size};
use summary::{Summary, version_name};

#[derive(clap::Args, Debug)]
pub(super) struct SalvageArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// The new file, of this program's own format
    #[arg(long, short, value_name = "NEW", required_unless_present = "list")]
    output: Option<PathBuf>,
    /// Only report what could be recovered
    #[arg(long, conflicts_with = "output")]
    list: bool,
    /// The replacement for damaged parts of the newest version
    #[arg(long, value_name = "WITH", default_value = "older")]
    fill: FillChoice,
    /// Print one JSON object a line: versions, parts, holes, losses, then the summary
    #[arg(long)]
    json: bool,
}

/// The replacement for damaged parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum FillChoice {
    /// Nodes that lost their parent, then older versions
    Older,
    /// Nothing
    None,
}

pub(super) fn run(args: &SalvageArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let target = args.tree.target()?;
    let (storage, options) = target.source(&args.tree.options)?;
    let name = target.path();
    let name = escape_text(&name);
    let file_len = storage.len().unwrap_or(0);
    let mut progress = Progress::new();
    let scanned = |bytes: u64, nodes: u64| {
        progress.show(|_| format!("{} of {} scanned, {}", size(bytes), size(file_len), count(nodes, "valid node")));
    };
    let found = survey(Arc::new(storage), &options, scanned);
    progress.clear();
    let found = found.with_context(|| format!("nothing can be salvaged from {name}"))?;
    if let Some(sequence) = options.commit {
        check_commit(&found, sequence)?;
    }
    let fill = match args.fill {
        FillChoice::Older => Fill::Older,
        FillChoice::None => Fill::Nothing,
    };
    let recovered = |records: u64| progress.show(|_| format!("{} recovered", count(records, "record")));
    let (report, root) = match &args.output {
        None => (list(&found, fill, recovered), None),
        Some(path) => {
            let source = match newest_is_lost(&found) {
                true => "what is left of a lost version".to_owned(),
                false => version_name(&found, 0),
            };
            let label = format!("salvaged from {name}, {source}");
            let salvaged = salvage(&found, path, fill, &label, recovered)?;
            (salvaged.report, Some(salvaged.commit.root))
        }
    };
    progress.clear();
    let summary = Summary { survey: &found, report: &report, fill };
    if args.json {
        for line in summary.json(root) {
            output.json(&line)?;
        }
    } else {
        for (name, text) in summary.text() {
            output.line(&format!("{name:10} {text}"))?;
        }
        if let (Some(root), Some(path)) = (root, &args.output) {
            let path = escape_path(path);
            output.line(&format!("{:10} {path}, root {} {}", "written", offset(root.offset), root.hash))?;
        }
    }
    let nothing_lost = report.is_whole() && report.lost_places == 0 && found.end.is_whole();
    Ok(if nothing_lost { Outcome::Good } else { Outcome::Bad })
}

/// All of a file is salvaged, whichever commit is named; but one that is not there was named by mistake.
fn check_commit(found: &Survey, sequence: u64) -> anyhow::Result<()> {
    let sequences = || found.versions.iter().filter_map(|version| Some(version.commit()?.sequence));
    if sequences().any(|known| known == sequence) {
        return Ok(());
    }
    let (first, last) = (sequences().min().unwrap_or(0), sequences().max().unwrap_or(0));
    Err(file_mst::Error::NoCommit { sequence, first, last }.into())
}

/// Whether the newest version is lost, so that the newest remaining one is an older one.
fn newest_is_lost(survey: &Survey) -> bool {
    matches!(survey.end, End::CutOff { .. } | End::Damaged { .. } | End::Missing)
}
