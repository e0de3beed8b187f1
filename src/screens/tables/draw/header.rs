//! The names of both sides, and what the draft rests on.

use mst_types::escape_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::model::text::{count, cut};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::tables::{Phase, Stage, TablesScreen};

pub(super) fn draw(screen: &TablesScreen, buf: &mut Buffer) {
    let area = screen.areas.header;
    if area.is_empty() {
        return;
    }
    let style = |role| screen.shared.theme.style(role);
    let width = usize::from(area.width);
    let [left, right] = names(screen, width.saturating_sub(5));
    let spans = vec![
        Span::styled(format!(" {left}"), style(Role::Strong)),
        Span::styled(" ↔ ", style(Role::Dim)),
        Span::styled(right, style(Role::Strong)),
    ];
    let first = Rect { height: 1, ..area };
    let (words, role) = standing(screen);
    if area.height > 1 {
        paint::two_ends(first, spans, Vec::new(), buf);
        let line = Line::styled(cut(&format!(" {words}"), width), style(role));
        buf.set_line(area.x, area.y + 1, &line, area.width);
    } else {
        paint::two_ends(first, spans, vec![Span::styled(format!("{words} "), style(role))], buf);
    }
}

/// Both names in at most `width` columns together; the longer one is cut first.
pub(super) fn names(screen: &TablesScreen, width: usize) -> [String; 2] {
    let names = screen.work.names().each_ref().map(|name| escape_text(name).into_owned());
    let [left, right] = names.each_ref().map(|name| name.width());
    let half = width / 2;
    let rooms = match (left <= half, right <= half) {
        (true, _) => [left, width.saturating_sub(left)],
        (_, true) => [width.saturating_sub(right), right],
        (false, false) => [half, width - half],
    };
    let [left, right] = names;
    let [left_room, right_room] = rooms;
    [cut(&left, left_room), cut(&right, right_room)]
}

fn standing(screen: &TablesScreen) -> (String, Role) {
    match (&screen.phase, &screen.page) {
        (Phase::Working(Stage::Draft), _) => ("reading both tables to draft a contract".to_owned(), Role::Doubtful),
        (Phase::Working(Stage::Build), _) => ("building both trees".to_owned(), Role::Doubtful),
        (Phase::Failed(Stage::Draft, _), _) => ("no draft, nothing compared".to_owned(), Role::Bad),
        (Phase::Failed(Stage::Build, _), _) => ("not built, nothing compared".to_owned(), Role::Bad),
        (Phase::Stopped(_), _) => ("stopped, nothing compared".to_owned(), Role::Doubtful),
        (Phase::Page, Some(page)) => {
            let basis = match page.draft.is_multiset() {
                true => "equal rows are counted, there is no key".to_owned(),
                false => format!("drafted from {}", count(page.draft.key_evidence.joined as u64, "joined row")),
            };
            let open = page.draft.unconfirmed().count() as u64;
            let (rules, role) = match (open, page.draft.undecided.is_empty()) {
                (0, true) => ("nothing to confirm".to_owned(), Role::Good),
                (0, false) => (undecided(page.draft.undecided.len()), Role::Doubtful),
                (open, true) => (format!("{} to confirm", count(open, "rule")), Role::Doubtful),
                (open, false) => {
                    let undecided = undecided(page.draft.undecided.len());
                    (format!("{} to confirm, {undecided}", count(open, "rule")), Role::Doubtful)
                }
            };
            let written = match &page.written {
                None => "nothing is written yet".to_owned(),
                Some((folder, false)) => format!("written into {}", escape_text(folder)),
                Some((folder, true)) => format!("changed since it was written into {}", escape_text(folder)),
            };
            (format!("{basis} · {written} · {rules}"), role)
        }
        (Phase::Built | Phase::Page, _) => ("compared".to_owned(), Role::Good),
    }
}

fn undecided(pairs: usize) -> String {
    format!("{} not decided", count(pairs as u64, "pair"))
}
