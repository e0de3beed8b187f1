//! The report of `salvage`, as text and as JSON.

use file_mst::inspect::node::Link;
use file_mst::salvage::{Fill, Hole, Interval, MAX_LISTED, MAX_VERSIONS, Origin, Report, StoredKey, Survey};
use mst_types::{ItemType, escape_text};
use serde_json::{Value as Json, json};

use crate::commands::support::proof_text::key_text;
use crate::model::text::{count, cut, offset, rfc3339, size, thousands};

/// The width at which keys and labels are cut, in columns.
const MAX_WIDTH: usize = 40;
/// The most parts, holes and losses that are listed as text.
const MAX_SHOWN: usize = 20;

/// The name of a version in messages.
pub(super) fn version_name(survey: &Survey, index: usize) -> String {
    let Some(version) = survey.versions.get(index) else { return format!("version {index}") };
    match version.commit() {
        Some(commit) if commit.label.is_empty() => format!("commit {}", commit.sequence),
        Some(commit) => format!("commit {} ({})", commit.sequence, cut(&escape_text(&commit.label), MAX_WIDTH)),
        None => format!("root {}", offset(version.root.offset)),
    }
}

/// A report on a survey, to be printed.
pub(super) struct Summary<'a> {
    pub(super) survey: &'a Survey,
    pub(super) report: &'a Report,
    pub(super) fill: Fill,
}

impl Summary<'_> {
    /// The number of versions that are searched if the newest one is damaged, including that one.
    fn searched(&self) -> usize {
        let max = if self.fill == Fill::Older { MAX_VERSIONS } else { 1 };
        max.min(self.survey.versions.len())
    }

    fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::Version(0) if !self.report.newest_lost => "the newest version".to_owned(),
            Origin::Version(index) => format!("{}, stale", version_name(self.survey, index)),
            Origin::Orphans(index) => format!("nodes of {} that lost their parent", version_name(self.survey, index)),
            Origin::Unfinished if self.report.newest_lost => {
                "nodes of the newest version that lost their parent".to_owned()
            }
            Origin::Unfinished => "nodes of a version that was not finished".to_owned(),
        }
    }

    fn key(&self, key: &StoredKey) -> String {
        cut(&key_text(&key.stored, self.survey.identity.key.as_ref()), MAX_WIDTH)
    }

    fn between(&self, interval: &Interval) -> String {
        match (&interval.after, &interval.before) {
            (None, None) => "all keys".to_owned(),
            (Some(after), None) => format!("after {}", self.key(after)),
            (None, Some(before)) => format!("before {}", self.key(before)),
            (Some(after), Some(before)) => format!("between {} and {}", self.key(after), self.key(before)),
        }
    }

    /// Lines of a name and a text.
    pub(super) fn text(&self) -> Vec<(&'static str, String)> {
        let Self { survey, report, .. } = self;
        let identity = &survey.identity;
        let mut rows = vec![
            ("file", format!("{}, {}", identity.codec.dialect, count(survey.file_len, "byte"))),
            ("sound", format!("{} with a matching hash", count(survey.nodes, "node"))),
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
            damaged
                .first
                .iter()
                .take(MAX_SHOWN)
                .map(|span| ("", format!("{} … {}", offset(span.start), offset(span.end)))),
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
                _ => format!("{}, hash {hash}: {state}", version_name(survey, 0)),
            },
        ));
        let unread = (survey.versions.len() - self.searched()) as u64;
        let part = if unread > 0 && self.fill == Fill::Older {
            format!(", of which the {} newest are searched", thousands(self.searched() as u64 - 1))
        } else {
            String::new()
        };
        let older = survey.versions.len().saturating_sub(usize::from(!report.newest_lost)) as u64;
        rows.push(("older", format!("{}{part}", count(older, "version"))));
        if survey.unfinished() > 0 {
            let nodes = count(survey.unfinished(), "node");
            rows.push(match report.newest_lost {
                true => ("left of it", format!("{nodes} without a parent, and what is below them")),
                false => ("after it", format!("{nodes} without a parent, of a version that was not finished")),
            });
        }
        rows.push(("records", format!("{} recovered{}", thousands(report.records), self.stale())));
        let by_name = |rows: &mut Vec<_>, name, texts: Vec<String>, all: u64| {
            for (index, text) in texts.into_iter().enumerate() {
                rows.push((if index == 0 { name } else { "" }, text));
            }
            if all > MAX_SHOWN as u64 {
                rows.push(("", format!("… {} more (--json lists them)", thousands(all - MAX_SHOWN as u64))));
            }
        };
        let holes = |holes: &[Hole]| holes.iter().take(MAX_SHOWN).map(|at| self.hole(at)).collect::<Vec<_>>();
        by_name(&mut rows, "holes", holes(&report.holes), report.hole_places);
        if !report.is_whole() {
            let parts = report.parts.iter().take(MAX_SHOWN).map(|part| {
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
        if report.lost_places > 0 && !part.is_empty() {
            let next = survey.versions.get(self.searched()).map_or(0, |version| version.root.offset);
            let unread = count(unread, "version");
            rows.push((
                "",
                format!("{unread} older than these may have some of it: salvage FILE@{next} to search them"),
            ));
        }
        if report.missing > 0 {
            rows.push(("missing", format!("at least {} of the newest version", count(report.missing, "record"))));
        } else if !report.is_whole() {
            let text = "an unknown number of records in the holes, which only the damaged nodes held";
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

    fn key_json(&self, key: Option<&StoredKey>) -> Json {
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

    /// JSON objects, each for one line.
    pub(super) fn json(&self, root: Option<Link>) -> Vec<Json> {
        let Self { survey, report, .. } = self;
        let versions = survey.versions.iter().enumerate().map(|(index, version)| {
            let commit = version.commit();
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
            "versions_looked_at": self.searched(),
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
            "listed_at_most": MAX_LISTED,
            "offset": root.map(|root| root.offset),
            "hash": root.map(|root| root.hash.to_string()),
        });
        versions.chain(damaged).chain(parts).chain(holes).chain(lost).chain([summary]).collect()
    }
}
