//! The check of the tree: how far it is, and what it found so far.

use std::sync::Arc;
use std::time::Instant;

use file_mst::verify::{Finding, Progress, Severity, Verify, VerifyOptions};
use ratatui::text::Span;

use crate::tui::action::Action;
use crate::tui::jobs::PROGRESS;
use crate::tui::keymap;
use crate::tui::report::{Computed, Jump, Paper, Report, ReportFeed, Request, View, Words};
use crate::tui::theme::Role;
use crate::view::text::{count, offset};
use crate::view::verify::{Sieve, brief, checked, found, running, unchecked, verdict, way};

/// The most findings that are listed; behind that they are only counted.
const MOST: usize = 10_000;

pub(super) const VIEW: View = View {
    name: "verify",
    argument: "[all]",
    binding: keymap::view("verify", &["3"], "check every rule on every node; Enter goes to what is wrong"),
    compute,
};

fn compute(request: &Request, feed: &ReportFeed<'_>) -> Computed {
    let all_commits = match request.argument.trim() {
        "" => false,
        "all" => true,
        other => return Err(format!("{other:?}: all checks the trees of all commits, nothing only this one")),
    };
    let options = VerifyOptions { all_commits, ..VerifyOptions::default() };
    let mut verify = Verify::new(&request.opened, options);
    let (findings, sound) = (Arc::default(), Vec::new());
    let mut report = VerifyReport { findings, sound, progress: Progress::default(), over: false };
    let mut sieve = Sieve::new(&request.opened);
    let (started, mut told) = (Instant::now(), Instant::now());
    while let Some(found) = verify.step() {
        let listed = Arc::make_mut(&mut report.findings);
        let found = found.into_iter().filter(|finding| !sieve.is_misfit(finding));
        listed.extend(found.take(MOST.saturating_sub(listed.len())));
        if feed.is_cancelled() {
            break;
        }
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            report.progress = sieve.corrected(verify.progress());
            let words = running(&report.progress, started.elapsed());
            if feed.show(Box::new(report.clone())).is_break()
                || feed.progress(format!("{words} … Esc stops")).is_break()
            {
                break;
            }
        }
    }
    report.progress = sieve.corrected(verify.progress());
    report.sound = sieve.sound;
    report.over = true;
    Ok(Box::new(report))
}

#[derive(Clone, Debug)]
struct VerifyReport {
    /// Shared with what is on the screen while more is found.
    findings: Arc<Vec<Finding>>,
    /// The nodes that only the guessed types do not fit.
    sound: Vec<u64>,
    progress: Progress,
    over: bool,
}

impl VerifyReport {
    /// What stands above the findings.
    fn head(&self) -> Vec<(String, Role)> {
        let role = match (self.progress.is_valid(), self.progress.is_whole()) {
            (true, true) => Role::Good,
            (true, false) => Role::Doubtful,
            (false, _) => Role::Bad,
        };
        let mut head = Vec::new();
        if self.over {
            head.push((verdict(&self.progress), role));
        }
        head.push((checked(&self.progress), Role::Dim));
        head.extend(unchecked(&self.progress, &self.sound).into_iter().map(|line| (line, Role::Doubtful)));
        let told = self.progress.errors + self.progress.warnings + self.progress.notes;
        let more = told.saturating_sub(self.findings.len() as u64);
        if more > 0 {
            head.push((format!("{} more are counted, not listed", count(more, "finding")), Role::Doubtful));
        }
        head
    }
}

impl Report for VerifyReport {
    fn title(&self) -> String {
        let found = self.progress.errors + self.progress.warnings + self.progress.notes;
        format!("Verify · {}", count(found, "finding"))
    }

    fn len(&self) -> usize {
        self.head().len() + self.findings.len()
    }

    fn start(&self) -> usize {
        if self.findings.is_empty() { 0 } else { self.head().len() }
    }

    fn line(&self, at: usize, paper: Paper<'_>) -> Words {
        let style = |role| paper.theme.style(role);
        let head = self.head();
        if let Some((text, role)) = head.get(at) {
            return (vec![Span::styled(format!(" {text}"), style(*role))], Vec::new());
        }
        let Some(finding) = self.findings.get(at - head.len()) else { return Words::default() };
        let (glyph, role) = match finding.severity {
            Severity::Error => ("✗", Role::Bad),
            Severity::Warning => ("!", Role::Doubtful),
            Severity::Note => ("·", Role::Dim),
        };
        let left = vec![
            Span::styled(format!(" {glyph} {:<4}", finding.invariant), style(role)),
            Span::styled(format!("{:>14} ", offset(finding.offset)), style(Role::Offset)),
            Span::styled(format!(" {}: ", finding.rule.title()), style(Role::Strong)),
            Span::raw(brief(&found(finding, Some(paper.typing))).to_owned()),
            Span::styled(format!(", expected {}", brief(&finding.expected)), style(Role::Dim)),
        ];
        (left, vec![Span::styled(format!(" {} ", way(finding)), style(Role::Dim))])
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        let finding = self.findings.get(at.checked_sub(self.head().len())?)?;
        let is_in_tree = !finding.path.is_empty() || finding.rule.is_of_nodes();
        let offsets = finding.path.iter().copied().chain([finding.offset]).collect();
        is_in_tree.then_some(Jump::Path { offsets, key: None })
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Open]
    }
}
