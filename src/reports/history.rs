//! The versions in the file: its commits, or roots found by scanning.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use file_mst::history::{Source, Version};
use file_mst::inspect::node::Link;
use ratatui::text::Span;

use crate::model::history::{History, bytes_added, changes_text, records_text};
use crate::model::jump::Jump;
use crate::model::text::{count, cut, offset, size, thousands, time};
use crate::runtime::input::action::{Action, Common, TreeAction};
use crate::runtime::input::keymap::{self, key_of};
use crate::runtime::jobs::PROGRESS;
use crate::runtime::report::{Computed, RenderContext, Report, ReportFeed, ReportOutcome, ReportRow, Request, Words};
use crate::runtime::theme::Role;

/// The columns of a label.
const LABEL: usize = 20;
/// The columns of a commit's line but for its label, up to the changes.
const WITHOUT_LABEL: usize = 67;
/// No line is marked.
const NONE: usize = usize::MAX;

pub(crate) const ROW: ReportRow = ReportRow {
    name: "history",
    argument: "",
    binding: keymap::report(
        "history",
        "history",
        &["o h"],
        "the versions in the file; {enter} opens one, {compare-commits} compares two",
    ),
    compute,
};

fn compute(request: &Request, feed: &ReportFeed<'_>) -> Computed {
    let told = Cell::new(Instant::now());
    // Whether it is time to say something.
    let is_time = || {
        let is_time = told.get().elapsed() >= PROGRESS;
        if is_time {
            told.set(Instant::now());
        }
        is_time
    };
    let go_on = || if feed.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let shown = request.opened.tree.root_link();
    let marked = Arc::new(AtomicUsize::new(NONE));
    let report = |history| HistoryReport { history: Arc::new(history), shown, marked: Arc::clone(&marked) };
    let read = History::read(
        &request.opened,
        |bytes| {
            go_on()?;
            if is_time() {
                feed.progress(format!("looking for roots, {} read … {} stops", size(bytes), key_of(Common::Cancel)))?;
            }
            ControlFlow::Continue(())
        },
        |history| {
            go_on()?;
            if is_time() {
                feed.show(Box::new(report(history.clone())))?;
                feed.progress(format!("older ones are being listed … {} stops", key_of(Common::Cancel)))?;
            }
            ControlFlow::Continue(())
        },
    );
    let mut report = report(read.map_err(|error| error.to_string())?);
    if feed.show(Box::new(report.clone())).is_break() {
        return Ok(Box::new(report));
    }
    while Arc::make_mut(&mut report.history).compare_next(&request.opened, || !feed.is_cancelled()) {
        if feed.is_cancelled() {
            break;
        }
        if is_time() {
            let (known, all) = (report.history.changes.len() as u64, report.history.versions.len() as u64);
            let stop = key_of(Common::Cancel);
            let words = format!("{} of {} compared … {stop} stops", thousands(known), thousands(all));
            if feed.show(Box::new(report.clone())).is_break() || feed.progress(words).is_break() {
                break;
            }
        }
    }
    Ok(Box::new(report))
}

#[derive(Clone, Debug)]
struct HistoryReport {
    history: Arc<History>,
    /// The root that is shown.
    shown: Link,
    /// The line that is marked; the same for all that is shown while changes are counted.
    marked: Arc<AtomicUsize>,
}

impl Report for HistoryReport {
    fn title(&self) -> String {
        let scanned = self.history.versions.iter().any(|version| version.commit().is_none());
        let thing = if scanned { "root found by scanning" } else { "commit" };
        let number = self.history.versions.len() as u64;
        match (scanned, number) {
            (true, 2..) => format!("History · {} found by scanning", count(number, "root")),
            _ => format!("History · {}", count(number, thing)),
        }
    }

    fn len(&self) -> usize {
        self.history.versions.len() + usize::from(self.history.end.is_some())
    }

    fn start(&self) -> usize {
        self.history.position(&self.shown).unwrap_or(0)
    }

    fn line(&self, at: usize, context: RenderContext<'_>) -> Words {
        match (self.history.versions.get(at), &self.history.end) {
            (Some(version), _) => self.version(version, at, context),
            (None, Some(why)) => {
                (vec![Span::styled(format!(" {why}"), context.theme.style(Role::Doubtful))], Vec::new())
            }
            (None, None) => (Vec::new(), Vec::new()),
        }
    }

    fn is_shown(&self, at: usize) -> bool {
        self.history.versions.get(at).is_some_and(|version| version.root.hash == self.shown.hash)
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        self.history.versions.get(at).map(|version| Jump::Version(Box::new(version.clone())))
    }

    fn act(&mut self, action: Action, at: usize) -> Option<ReportOutcome> {
        let versions = &self.history.versions;
        let here = versions.get(at)?;
        let marked = Some(self.marked.load(Ordering::Relaxed)).filter(|marked| *marked != NONE);
        match action {
            Action::Tree(TreeAction::Mark) | Action::Common(Common::ToggleFold) => {
                self.marked.store(if marked == Some(at) { NONE } else { at }, Ordering::Relaxed);
                Some(ReportOutcome::Redraw)
            }
            Action::Tree(TreeAction::Compare) => {
                let other_at = marked.unwrap_or(at + 1);
                let Some(other) = versions.get(other_at) else {
                    let thing = if here.commit().is_some() { "commit" } else { "root" };
                    return Some(ReportOutcome::Say(format!(
                        "there is no {thing} before this one: mark another with {}",
                        key_of(TreeAction::Mark)
                    )));
                };
                // The older one is the left one, whichever was marked.
                let (old, new) = if other_at >= at { (other, here) } else { (here, other) };
                Some(ReportOutcome::Compare(Box::new(old.clone()), Box::new(new.clone())))
            }
            _ => None,
        }
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Common(Common::Open), Action::Tree(TreeAction::Mark), Action::Tree(TreeAction::Compare)]
    }
}

impl HistoryReport {
    fn version(&self, version: &Version, at: usize, context: RenderContext<'_>) -> Words {
        let style = |role| context.theme.style(role);
        let is_shown = self.is_shown(at);
        let marked = if self.marked.load(Ordering::Relaxed) == at { "◆" } else { " " };
        let changes = match self.history.changes.get(at) {
            None => "…".to_owned(),
            Some(None) => "not known".to_owned(),
            Some(Some(changes)) => changes_text(changes),
        };
        let mut left = vec![
            Span::styled(if is_shown { "●" } else { " " }, style(Role::Good)),
            Span::styled(marked, style(Role::Hint)),
        ];
        match &version.source {
            Source::Commit(commit) => {
                // Numbers say more than a label, where there is not room for both.
                let room = usize::from(context.width).saturating_sub(WITHOUT_LABEL).min(LABEL);
                let label = cut(&mst_types::escape_text(&commit.label), room);
                left.extend([
                    Span::styled(format!("#{:<5} ", commit.sequence), style(Role::Strong)),
                    Span::raw(format!("{}  ", time(commit.time_ms))),
                    Span::raw(format!("{label:room$} ")),
                ]);
            }
            Source::Scan { proved } => {
                let how = if *proved { "found by scanning" } else { "found, not proved" };
                left.extend([Span::styled("?  ", style(Role::Doubtful)), Span::raw(format!("{how:20} "))]);
            }
        }
        left.push(Span::raw(format!("{:>16}  ", records_text(version.records))));
        left.push(Span::styled(format!("{changes:<18}"), style(Role::Changed)));
        if let Some(commit) = version.commit() {
            left.push(Span::styled(format!(" {:>9}", size(bytes_added(commit))), style(Role::Dim)));
        }
        let right = vec![
            Span::styled(version.root.hash.short(), style(Role::Hash)),
            Span::styled(format!(" {} ", offset(version.root.offset)), style(Role::Offset)),
        ];
        (left, right)
    }
}
