//! The check of the tree: how far it is, and what it found so far.

use std::time::Instant;

use file_mst::verify::Severity;
use ratatui::text::Span;

use crate::model::check::SoFar;
use crate::model::jump::Jump;
use crate::model::places::finding_jump;
use crate::model::text::{count, offset};
use crate::model::verify::{brief, checked, findings as findings_text, found, running, share, unchecked, verdict, way};
use crate::runtime::input::action::{Action, Common, TreeAction};
use crate::runtime::input::keymap::{self, key_of};
use crate::runtime::jobs::PROGRESS;
use crate::runtime::report::{Computed, RenderContext, Report, ReportFeed, ReportRow, Request, Words};
use crate::runtime::theme::Role;

pub(crate) const ROW: ReportRow = ReportRow {
    name: "verify",
    argument: "[all]",
    binding: keymap::report(
        "verify",
        "verify",
        &["o v"],
        "check every rule on every node; {enter} goes to the finding",
    ),
    compute,
};

fn compute(request: &Request, feed: &ReportFeed<'_>) -> Computed {
    let all_commits = match request.argument.trim() {
        "" => false,
        "all" => true,
        other => return Err(format!("{other:?}: all checks the trees of all commits, nothing only this one")),
    };
    let check = &request.checked;
    check.begin(&request.opened, all_commits, request.anew);
    let report = || Box::new(VerifyReport { check: check.so_far().unwrap_or_default() });
    let tell = || {
        let report = report();
        let words =
            format!("{} … {} stops", share(&report.check.progress, report.check.worked), key_of(Common::Cancel));
        if feed.show(report).is_break() || feed.progress(words).is_break() { None } else { Some(Instant::now()) }
    };
    let before = check.so_far().unwrap_or_default();
    if before.over {
        return Ok(report());
    }
    // The findings from before a stop are there at once.
    let begun = if before.worked.is_zero() { begins(feed) } else { tell() };
    let Some(mut told) = begun else { return Ok(report()) };
    while !feed.is_cancelled() && check.step() {
        if told.elapsed() >= PROGRESS {
            match tell() {
                Some(now) => told = now,
                None => break,
            }
        }
    }
    Ok(report())
}

fn begins(feed: &ReportFeed<'_>) -> Option<Instant> {
    feed.progress(format!("begins … {} stops", key_of(Common::Cancel))).is_continue().then(Instant::now)
}

#[derive(Debug)]
struct VerifyReport {
    check: SoFar,
}

impl VerifyReport {
    /// The lines above the findings.
    fn head(&self) -> Vec<(String, Role)> {
        let SoFar { findings, sound, progress, over, .. } = &self.check;
        let role = match (progress.is_valid(), progress.is_whole()) {
            (true, true) => Role::Good,
            (true, false) => Role::Doubtful,
            (false, _) => Role::Bad,
        };
        let mut head = Vec::new();
        head.push(match over {
            true => (verdict(progress), role),
            false => (format!("so far: {}", findings_text(progress)), role),
        });
        head.push((if *over { checked(progress) } else { running(progress) }, Role::Dim));
        head.extend(unchecked(progress, sound).into_iter().map(|line| (line, Role::Doubtful)));
        let more = progress.findings().saturating_sub(findings.len() as u64);
        if more > 0 {
            head.push((format!("{} more are counted, not listed", count(more, "finding")), Role::Doubtful));
        }
        head
    }
}

impl Report for VerifyReport {
    fn title(&self) -> String {
        format!("Verify · {}", count(self.check.progress.findings(), "finding"))
    }

    fn len(&self) -> usize {
        self.head().len() + self.check.findings.len()
    }

    fn start(&self) -> usize {
        if self.check.findings.is_empty() { 0 } else { self.head().len() }
    }

    fn line(&self, at: usize, context: RenderContext<'_>) -> Words {
        let style = |role| context.theme.style(role);
        let head = self.head();
        if let Some((text, role)) = head.get(at) {
            return (vec![Span::styled(format!(" {text}"), style(*role))], Vec::new());
        }
        let Some(finding) = self.check.findings.get(at - head.len()) else { return Words::default() };
        let (glyph, role) = match finding.severity {
            Severity::Error => ("✗", Role::Bad),
            Severity::Warning => ("!", Role::Doubtful),
            Severity::Note => ("·", Role::Dim),
        };
        let left = vec![
            Span::styled(format!(" {glyph} {:<4}", finding.invariant), style(role)),
            Span::styled(format!("{:>14} ", offset(finding.offset)), style(Role::Offset)),
            Span::styled(format!(" {}: ", finding.rule.title()), style(Role::Strong)),
            Span::raw(brief(&found(finding, Some(context.typing))).to_owned()),
            Span::styled(format!(", expected {}", brief(&finding.expected)), style(Role::Dim)),
        ];
        (left, vec![Span::styled(format!(" {} ", way(finding)), style(Role::Dim))])
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        let finding = self.check.findings.get(at.checked_sub(self.head().len())?)?;
        let is_in_tree = !finding.path.is_empty() || finding.rule.is_of_nodes();
        is_in_tree.then(|| finding_jump(finding))
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Common(Common::Open), Action::Tree(TreeAction::Again)]
    }
}
