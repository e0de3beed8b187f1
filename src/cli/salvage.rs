//! `salvage`: what proves itself in a damaged file, as a new one.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::ValueEnum;
use file_mst::salvage::{
    End, Fill, Hole, Interval, Key, MOST_LISTED, MOST_VERSIONS, Origin, Report, Survey, list, salvage, survey,
};
use file_mst::schema::{ItemType, escape_text};
use file_mst::storage::ReadAt;
use serde_json::{Value as Json, json};

use super::Outcome;
use super::args::TreeArgs;
use super::output::Output;
use super::proof_text::key_text;
use super::told::Told;
use crate::model::text::{count, cut, offset, rfc3339, size, thousands};

/// The widest key in a line, in columns.
const KEY: usize = 40;
/// How many parts, holes and lost places are written out without `--json`.
const SHOWN: usize = 20;

#[derive(clap::Args, Debug)]
pub(super) struct SalvageArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// The new file, of this program's own format
    #[arg(long, short, value_name = "NEW", required_unless_present = "list")]
    pub(super) output: Option<PathBuf>,
    /// Only tell what could be salvaged
    #[arg(long, conflicts_with = "output")]
    pub(super) list: bool,
    /// What takes the place of what is damaged in the newest version
    #[arg(long, value_name = "WITH", default_value = "older")]
    pub(super) fill: FillChoice,
    /// Print one JSON object a line: versions, parts, holes, what is lost, then the summary
    #[arg(long)]
    pub(super) json: bool,
}

/// What takes the place of what is damaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum FillChoice {
    /// Nodes that lost their parent, then older versions
    Older,
    /// Nothing
    None,
}

pub(super) fn run(args: &SalvageArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let target = args.tree.tree.as_ref().context("no file is named")?;
    let (storage, options) = target.source(&args.tree.known)?;
    let name = target.path();
    let name = escape_text(&name);
    let file_len = storage.len().unwrap_or(0);
    let mut told = Told::new();
    let looked_at = |bytes: u64, nodes: u64| {
        told.tell(|_| format!("{} of {} looked at, {}", size(bytes), size(file_len), count(nodes, "sound node")));
    };
    let found = survey(Arc::new(storage), &options, looked_at);
    told.clear();
    let found = found.with_context(|| format!("nothing is salvaged from {name}"))?;
    let fill = match args.fill {
        FillChoice::Older => Fill::Older,
        FillChoice::None => Fill::Nothing,
    };
    let (report, root) = match &args.output {
        None => (list(&found, fill, |records| told.tell(|_| recovered(records))), None),
        Some(path) => {
            let what = if report_is_of_lost(&found) {
                "what is left of a lost version".to_owned()
            } else {
                version(&found, 0)
            };
            let label = format!("salvaged from {name}, {what}");
            let salvaged = salvage(&found, path, fill, &label, |records| told.tell(|_| recovered(records)))?;
            (salvaged.report, Some(salvaged.commit.root))
        }
    };
    told.clear();
    let told = Summary { survey: &found, report: &report, fill };
    if args.json {
        for line in told.json(root) {
            output.json(&line)?;
        }
    } else {
        for (name, text) in told.text() {
            output.line(&format!("{name:10} {text}"))?;
        }
        if let (Some(root), Some(path)) = (root, &args.output) {
            let path = escape_text(&path.to_string_lossy()).into_owned();
            output.line(&format!("{:10} {path}, root {} {}", "written", offset(root.offset), root.hash))?;
        }
    }
    let nothing_lost = report.is_whole() && report.lost_places == 0 && found.end.is_whole();
    Ok(if nothing_lost { Outcome::Good } else { Outcome::Bad })
}

fn recovered(records: u64) -> String {
    format!("{} recovered", count(records, "record"))
}

/// Whether the newest version is lost, so that none of those that are left is the newest.
fn report_is_of_lost(survey: &Survey) -> bool {
    matches!(survey.end, End::CutOff { .. } | End::Damaged { .. } | End::Missing)
}

/// What a version is called.
fn version(survey: &Survey, index: usize) -> String {
    let Some(version) = survey.versions.get(index) else { return format!("version {index}") };
    match &version.commit {
        Some(commit) if commit.label.is_empty() => format!("commit {}", commit.sequence),
        Some(commit) => format!("commit {} ({})", commit.sequence, cut(&escape_text(&commit.label), KEY)),
        None => format!("root {}", offset(version.root.offset)),
    }
}

struct Summary<'a> {
    survey: &'a Survey,
    report: &'a Report,
    fill: Fill,
}

impl Summary<'_> {
    /// How many versions are looked at where the newest one is damaged, itself among them.
    fn looked_at(&self) -> usize {
        let most = if self.fill == Fill::Older { MOST_VERSIONS } else { 1 };
        most.min(self.survey.versions.len())
    }

    fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::Version(0) if !self.report.newest_lost => "the newest version".to_owned(),
            Origin::Version(index) => format!("{}, stale", version(self.survey, index)),
            Origin::Orphans(index) => format!("nodes of {} that lost their parent", version(self.survey, index)),
            Origin::Unfinished if self.report.newest_lost => {
                "nodes of the newest version that lost their parent".to_owned()
            }
            Origin::Unfinished => "nodes of a version that was not finished".to_owned(),
        }
    }

    fn key(&self, key: &Key) -> String {
        cut(&key_text(&key.stored, self.survey.identity.key.as_ref()), KEY)
    }

    fn between(&self, interval: &Interval) -> String {
        match (&interval.after, &interval.before) {
            (None, None) => "all keys".to_owned(),
            (Some(after), None) => format!("behind {}", self.key(after)),
            (None, Some(before)) => format!("before {}", self.key(before)),
            (Some(after), Some(before)) => format!("between {} and {}", self.key(after), self.key(before)),
        }
    }

    fn text(&self) -> Vec<(&'static str, String)> {
        let Self { survey, report, .. } = self;
        let identity = &survey.identity;
        let mut rows = vec![
            ("file", format!("{}, {}", identity.codec.dialect, count(survey.file_len, "byte"))),
            ("sound", format!("{} that prove themselves", count(survey.nodes, "node"))),
        ];
        let damaged = &survey.damaged;
        rows.push((
            "damaged",
            match damaged.places {
                0 => "nothing: all of the file is nodes, commits or padding".to_owned(),
                places => format!("{} of {} in all", count(places, "place"), size(damaged.bytes)),
            },
        ));
        rows.extend(
            damaged.first.iter().take(SHOWN).map(|span| ("", format!("{} … {}", offset(span.start), offset(span.end)))),
        );
        let newest = survey.versions.first();
        let hash = newest.map_or_else(String::new, |version| version.root.hash.short());
        let state = match report.hole_places {
            0 => "whole".to_owned(),
            places => format!("damaged in {}", count(places, "place")),
        };
        let lost = survey.end.loss();
        rows.push((
            "newest",
            match &lost {
                Some(loss) if report.newest_lost => format!("lost: {loss}"),
                _ => format!("{}, hash {hash}: {state}", version(survey, 0)),
            },
        ));
        let unread = (survey.versions.len() - self.looked_at()) as u64;
        let most = if unread > 0 && self.fill == Fill::Older {
            format!(", of which the {} newest are looked at", thousands(self.looked_at() as u64 - 1))
        } else {
            String::new()
        };
        let older = survey.versions.len().saturating_sub(usize::from(!report.newest_lost)) as u64;
        rows.push(("older", format!("{}{most}", count(older, "version"))));
        if survey.unfinished() > 0 {
            let nodes = count(survey.unfinished(), "node");
            rows.push(match report.newest_lost {
                true => ("left of it", format!("{nodes} without a parent, and what is below them")),
                false => ("behind it", format!("{nodes} without a parent, of a version that was not finished")),
            });
        }
        rows.push(("records", format!("{} recovered{}", thousands(report.records), self.stale())));
        let by_name = |rows: &mut Vec<_>, name, texts: Vec<String>, all: u64| {
            for (index, text) in texts.into_iter().enumerate() {
                rows.push((if index == 0 { name } else { "" }, text));
            }
            if all > SHOWN as u64 {
                rows.push(("", format!("… {} more (--json lists them)", thousands(all - SHOWN as u64))));
            }
        };
        let holes = |holes: &[Hole]| holes.iter().take(SHOWN).map(|at| self.hole(at)).collect::<Vec<_>>();
        by_name(&mut rows, "holes", holes(&report.holes), report.hole_places);
        if !report.is_whole() {
            let parts = report.parts.iter().take(SHOWN).map(|part| {
                let (first, last) = (self.key(&part.first), self.key(&part.last));
                format!("{} from {first} to {last}: {}", count(part.records, "record"), self.origin(part.origin))
            });
            by_name(&mut rows, "parts", parts.collect(), report.all_parts);
        }
        match report.lost_places {
            0 if report.is_whole() && lost.is_none() => rows.push(("lost", "nothing".to_owned())),
            _ if lost.is_some() => {
                rows.extend(lost.iter().map(|loss| ("lost", loss.clone())));
                by_name(&mut rows, "", holes(&report.lost), report.lost_places);
            }
            0 => {}
            places => by_name(&mut rows, "lost", holes(&report.lost), places),
        }
        if report.lost_places > 0 && !most.is_empty() {
            let next = survey.versions.get(self.looked_at()).map_or(0, |version| version.root.offset);
            let unread = count(unread, "version");
            rows.push((
                "",
                format!("{unread} older than these may have some of it: FILE@{next} begins at the next one"),
            ));
        }
        if report.missing > 0 {
            rows.push(("missing", format!("at least {} of the newest version", count(report.missing, "record"))));
        } else if !report.is_whole() {
            let text = "what only the damaged nodes held is missing from the holes: nobody can tell how much it was";
            rows.push(("missing", text.to_owned()));
        }
        rows
    }

    fn stale(&self) -> String {
        match self.report.stale {
            0 => String::new(),
            stale => format!(
                ", {} not from the newest version ({} without a parent): they may be out of date",
                thousands(stale),
                thousands(self.report.orphaned)
            ),
        }
    }

    fn hole(&self, hole: &Hole) -> String {
        format!("{}: {}", self.between(&hole.interval), hole.why)
    }

    fn key_json(&self, key: Option<&Key>) -> Json {
        key.map_or(Json::Null, |key| {
            let shown = self.survey.identity.key.as_ref().and_then(|ty: &ItemType| ty.decode(&key.stored).ok());
            json!({ "key": shown, "key_hex": hex::encode(&key.common) })
        })
    }

    fn hole_json(&self, kind: &str, hole: &Hole) -> Json {
        json!({
            "kind": kind,
            "after": self.key_json(hole.interval.after.as_ref()),
            "before": self.key_json(hole.interval.before.as_ref()),
            "offset": hole.offset,
            "why": hole.why,
        })
    }

    fn json(&self, root: Option<file_mst::node::Link>) -> Vec<Json> {
        let Self { survey, report, .. } = self;
        let versions = survey.versions.iter().enumerate().map(|(index, version)| {
            let commit = version.commit.as_ref();
            json!({
                "kind": "version",
                "version": index,
                "offset": version.root.offset,
                "hash": version.root.hash.to_string(),
                "source": if commit.is_some() { "commit" } else { "scan" },
                "sequence": commit.map(|commit| commit.sequence),
                "label": commit.map(|commit| commit.label.as_str()),
                "time": commit.and_then(|commit| rfc3339(commit.time_ms)),
            })
        });
        let damaged = survey
            .damaged
            .first
            .iter()
            .map(|span| json!({ "kind": "damaged", "offset": span.start, "length": span.end - span.start }));
        let parts = report.parts.iter().map(|part| {
            let (from, index) = match part.origin {
                Origin::Version(index) => ("version", Some(index)),
                Origin::Orphans(index) => ("orphans", Some(index)),
                Origin::Unfinished => ("unfinished", None),
            };
            json!({
                "kind": "part",
                "from": from,
                "version": index,
                "first": self.key_json(Some(&part.first)),
                "last": self.key_json(Some(&part.last)),
                "records": part.records,
            })
        });
        let holes = report.holes.iter().map(|hole| self.hole_json("hole", hole));
        let lost = report.lost.iter().map(|hole| self.hole_json("lost", hole));
        let summary = json!({
            "kind": "summary",
            "dialect": survey.identity.codec.dialect.to_string(),
            "nodes": survey.nodes,
            "versions": survey.versions.len(),
            "versions_looked_at": self.looked_at(),
            "damaged_places": survey.damaged.places,
            "damaged_bytes": survey.damaged.bytes,
            "orphans": survey.orphans(),
            "unfinished": survey.unfinished(),
            "whole": report.is_whole(),
            "loss": survey.end.loss(),
            "missing_at_least": report.missing,
            "records": report.records,
            "stale": report.stale,
            "orphaned": report.orphaned,
            "holes": report.hole_places,
            "lost": report.lost_places,
            "listed_at_most": MOST_LISTED,
            "offset": root.map(|root| root.offset),
            "hash": root.map(|root| root.hash.to_string()),
        });
        versions.chain(damaged).chain(parts).chain(holes).chain(lost).chain([summary]).collect()
    }
}
