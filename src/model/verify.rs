//! The findings of a check of a tree, in words and as JSON.

use std::time::Duration;

use file_mst::open::{Opened, TypeMismatch, Typing};
use file_mst::verify::{Finding, Progress, Rule, Severity};
use serde::Serialize;

use crate::model::text::{count, cut, offset, size, thousands};
use crate::model::{damage, item};

/// The most columns of a key that is named in a finding.
const KEY: usize = 60;

/// A finding as one JSON object.
#[derive(Serialize)]
pub(crate) struct FindingJson<'a> {
    offset: u64,
    invariant: &'a str,
    severity: &'static str,
    expected: &'a str,
    found: String,
    path: &'a [u64],
}

impl<'a> FindingJson<'a> {
    pub(crate) fn new(finding: &'a Finding, typing: Option<&Typing>) -> Self {
        Self {
            offset: finding.offset,
            invariant: finding.invariant,
            severity: finding.severity.name(),
            expected: &finding.expected,
            found: found(finding, typing),
            path: &finding.path,
        }
    }
}

/// A finding, with the key at fault.
pub(crate) fn found(finding: &Finding, typing: Option<&Typing>) -> String {
    match &finding.key {
        Some(key) => {
            let key = item::key(key, typing.and_then(|typing| typing.key.as_ref()));
            format!("{} ({})", finding.found, cut(&key, KEY))
        }
        None => finding.found.clone(),
    }
}

/// Tells findings in nodes that are sound, and that only the guessed types do not fit, from others.
#[derive(Debug)]
pub(crate) struct Sieve {
    opened: Opened,
    misfits: TypeMismatch,
    /// The offsets of these nodes.
    pub(crate) sound: Vec<u64>,
}

impl Sieve {
    pub(crate) fn new(opened: &Opened) -> Self {
        Self { opened: opened.clone(), misfits: TypeMismatch::new(opened), sound: Vec::new() }
    }

    /// Whether the finding says nothing of its node but that the guessed types do not fit it.
    pub(crate) fn is_misfit(&mut self, finding: &Finding) -> bool {
        let by_content =
            finding.severity == Severity::Error && matches!(finding.rule, Rule::Hash | Rule::Form | Rule::Count);
        let link = || self.opened.link_to(finding.offset, finding.path.last().copied());
        let is_misfit = by_content && link().is_some_and(|link| self.misfits.is_sound(&link));
        self.sound.extend(is_misfit.then_some(finding.offset));
        is_misfit
    }

    /// The progress without such nodes: nothing was found wrong with them, and nothing was checked.
    pub(crate) fn corrected(&self, progress: &Progress) -> Progress {
        let sound = self.sound.len() as u64;
        Progress { errors: progress.errors.saturating_sub(sound), opaque: progress.opaque + sound, ..*progress }
    }
}

/// A hash by its first digits, and anything else as it is: for a list.
pub(crate) fn brief(text: &str) -> &str {
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { text.get(..8).unwrap_or(text) } else { text }
}

/// The way to the node at fault: `below @689,494 ▸ @211,004`.
pub(crate) fn way(finding: &Finding) -> String {
    let path: Vec<_> = finding.path.iter().map(|at| offset(*at)).collect();
    if path.is_empty() { String::new() } else { format!("below {}", path.join(" ▸ ")) }
}

/// A finding as one line: `@4,264  error  I5 hash: expected ..., found ... (below @8,192)`.
pub(crate) fn line(finding: &Finding, typing: Option<&Typing>) -> String {
    let way = way(finding);
    let way = if way.is_empty() { way } else { format!(" ({way})") };
    format!(
        "{}  {}  {} {}: expected {}, found {}{way}",
        offset(finding.offset),
        finding.severity,
        finding.invariant,
        finding.rule.title(),
        finding.expected,
        found(finding, typing),
    )
}

/// The verdict, in one line.
pub(crate) fn verdict(progress: &Progress) -> String {
    let verdict = match (progress.is_valid(), progress.is_whole()) {
        (true, true) => "valid",
        (true, false) => "could not tell",
        (false, _) => "not valid",
    };
    format!("{verdict}: {}", findings(progress))
}

/// How much was found: `1 error, 0 warnings, 2 notes`.
pub(crate) fn findings(progress: &Progress) -> String {
    if progress.findings() == 0 {
        return "nothing found".to_owned();
    }
    let Progress { errors, warnings, notes, .. } = *progress;
    format!("{}, {}, {}", count(errors, "error"), count(warnings, "warning"), count(notes, "note"))
}

/// The checked parts, in one line.
pub(crate) fn checked(progress: &Progress) -> String {
    let mut parts = vec![count(progress.nodes, "node"), count(progress.records, "record"), size(progress.bytes)];
    if progress.commits > 0 {
        parts.push(count(progress.commits, "commit frame"));
    }
    if progress.shared > 0 {
        parts.push(format!("{} shared by commits", count(progress.shared, "subtree")));
    }
    format!("checked {}", parts.join(", "))
}

/// The parts that could not be checked, if there are any; `sound` are the nodes that guessed types do not fit.
pub(crate) fn unchecked(progress: &Progress, sound: &[u64]) -> Vec<String> {
    let mut lines: Vec<_> = sound.iter().map(|at| damage::misfit(*at)).collect();
    let opaque = progress.opaque.saturating_sub(sound.len() as u64);
    if opaque > 0 {
        lines.push(format!(
            "types are unknown: of {} the hash was only compared with the one that it carries, and unless the keys are known, \
             neither levels nor order of keys were checked; give --key and --value",
            count(opaque, "node")
        ));
    }
    if progress.unread > 0 {
        lines.push(format!("{} could not be read", count(progress.unread, "place")));
    }
    lines
}

/// The checked share: `12,345 of 62,500 nodes, 197,000 records, 3.0 MiB of 15 MiB`.
pub(crate) fn running(progress: &Progress) -> String {
    let nodes = match progress.nodes_expected {
        Some(nodes) => format!("{} of {} nodes", thousands(progress.nodes), thousands(nodes)),
        None => count(progress.nodes, "node"),
    };
    // Where nobody says how much there is, the file's length is only the most that it can be.
    let most = if progress.nodes_expected.is_some() { "" } else { "at most " };
    let bytes = format!("{} of {most}{}", size(progress.bytes), size(progress.bytes_expected));
    format!("{nodes}, {}, {bytes}", count(progress.records, "record"))
}

/// How much of a check is done, and how long it takes from here: `20 %, 4 s left`.
pub(crate) fn share(progress: &Progress, worked: Duration) -> String {
    if progress.bytes_expected == 0 || progress.bytes == 0 {
        return "begins".to_owned();
    }
    let share = (progress.bytes as f64 / progress.bytes_expected as f64).min(1.0);
    let (least, most) = if progress.nodes_expected.is_some() { ("", "") } else { ("at least ", "at most ") };
    let left = worked.as_secs_f64() * (1.0 - share) / share;
    let part = format!("{least}{:.0} %", share * 100.0);
    // The first moments tell nothing of the rest.
    if worked > Duration::from_secs(1) { format!("{part}, {most}{left:.0} s left") } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_has_nodes_bytes_and_the_time_left() {
        let known = Progress {
            nodes: 12_345,
            records: 200_000,
            bytes: 3 << 20,
            nodes_expected: Some(62_500),
            bytes_expected: 15 << 20,
            ..Progress::default()
        };
        assert_eq!(running(&known), "12,345 of 62,500 nodes, 200,000 records, 3 MiB of 15 MiB");
        assert_eq!(share(&known, Duration::from_secs(2)), "20 %, 8 s left");
        assert_eq!(share(&known, Duration::from_millis(300)), "20 %");
        let unknown = Progress { nodes_expected: None, ..known };
        assert_eq!(running(&unknown), "12,345 nodes, 200,000 records, 3 MiB of at most 15 MiB");
        assert_eq!(share(&unknown, Duration::from_secs(2)), "at least 20 %, at most 8 s left");
        assert_eq!(share(&Progress::default(), Duration::from_secs(2)), "begins");
    }
}
