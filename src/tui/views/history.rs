//! The commits of the file.

use file_mst::hash::NodeHash;
use file_mst::store::Commit;
use ratatui::text::Span;

use crate::tui::action::Action;
use crate::tui::keymap;
use crate::tui::report::{Computed, Deed, Jump, Paper, Report, ReportFeed, Request, View, Words};
use crate::tui::theme::Role;
use crate::view::history::{History, bytes_added};
use crate::view::text::{count, cut, offset, size, thousands, time};

/// The columns of a label.
const LABEL: usize = 20;

pub(super) const VIEW: View = View {
    name: "history",
    argument: "",
    binding: keymap::view("history", &["2"], "the commits of the file; Enter opens one, d compares two"),
    compute,
};

fn compute(request: &Request, _: &ReportFeed<'_>) -> Computed {
    let shown = request.opened.tree.root_link().hash;
    Ok(Box::new(HistoryReport { history: History::read(&request.opened), shown, marked: None }))
}

#[derive(Debug)]
struct HistoryReport {
    history: History,
    /// The root that is shown.
    shown: NodeHash,
    /// The line that is marked.
    marked: Option<usize>,
}

impl Report for HistoryReport {
    fn title(&self) -> String {
        format!("History · {}", count(self.history.commits.len() as u64, "commit"))
    }

    fn len(&self) -> usize {
        self.history.commits.len() + usize::from(self.history.end.is_some())
    }

    fn start(&self) -> usize {
        self.history.commits.iter().position(|commit| commit.root.hash == self.shown).unwrap_or(0)
    }

    fn line(&self, at: usize, paper: Paper<'_>) -> Words {
        match (self.history.commits.get(at), &self.history.end) {
            (Some(commit), _) => self.commit(commit, at, paper),
            (None, Some(why)) => (vec![Span::styled(format!(" {why}"), paper.theme.style(Role::Doubtful))], Vec::new()),
            (None, None) => (Vec::new(), Vec::new()),
        }
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        self.history.commits.get(at).map(|commit| Jump::Commit(Box::new(commit.clone())))
    }

    fn act(&mut self, action: Action, at: usize) -> Option<Deed> {
        let commits = &self.history.commits;
        let here = commits.get(at)?;
        match action {
            Action::Mark | Action::ToggleFold => {
                self.marked = if self.marked == Some(at) { None } else { Some(at) };
                Some(Deed::Drawn)
            }
            Action::Compare => {
                let Some(other) = commits.get(self.marked.unwrap_or(at + 1)) else {
                    return Some(Deed::Say("there is no commit before this one: mark another with m".to_owned()));
                };
                // The older one is the left one, whichever was marked.
                let (old, new) = if other.sequence <= here.sequence { (other, here) } else { (here, other) };
                Some(Deed::Compare(Box::new(old.clone()), Box::new(new.clone())))
            }
            _ => None,
        }
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Open, Action::Mark, Action::Compare]
    }
}

impl HistoryReport {
    fn commit(&self, commit: &Commit, at: usize, paper: Paper<'_>) -> Words {
        let style = |role| paper.theme.style(role);
        let shown = if commit.root.hash == self.shown { "●" } else { " " };
        let marked = if self.marked == Some(at) { "◆" } else { " " };
        let before = self.history.commits.get(at + 1).map_or(0, |before| before.records() as i128);
        let label: String = cut(&file_mst::schema::escape_text(&commit.label), LABEL);
        let left = vec![
            Span::styled(shown, style(Role::Good)),
            Span::styled(marked, style(Role::Hint)),
            Span::styled(format!("#{:<5} ", commit.sequence), style(Role::Strong)),
            Span::raw(format!("{}  ", time(commit.time_ms))),
            Span::raw(format!("{label:LABEL$} ")),
            Span::raw(format!("{:>16} ", count(commit.records(), "record"))),
            Span::styled(format!("{:>10} ", signed(commit.records() as i128 - before)), style(Role::Dim)),
            Span::styled(format!("{:>9}", size(bytes_added(commit))), style(Role::Dim)),
        ];
        let right = vec![
            Span::styled(commit.root.hash.short(), style(Role::Hash)),
            Span::styled(format!(" {} ", offset(commit.root.offset)), style(Role::Offset)),
        ];
        (left, right)
    }
}

fn signed(number: i128) -> String {
    let sign = if number < 0 { "−" } else { "+" };
    format!("{sign}{}", thousands(number.unsigned_abs()))
}
