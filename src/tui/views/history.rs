//! The commits of the file.

use file_mst::store::Commit;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint;
use crate::tui::app::{App, HistoryView};
use crate::tui::theme::Role;
use crate::view::history::{History, bytes_added};
use crate::view::text::{count, cut, offset, size, thousands, time};

/// The columns of a label.
const LABEL: usize = 20;

pub(super) fn draw(app: &App, view: &HistoryView, buf: &mut Buffer) {
    let len = view.history.len();
    let title = match &view.history {
        History::Loading => "History".to_owned(),
        History::Loaded(commits, _) => format!("History · {}", count(commits.len() as u64, "commit")),
    };
    paint::overlay(app, &title, &view.cursor, len, buf);
    let inside = app.areas.overlay_inside();
    for (row, at) in view.cursor.window(len).enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        match (&view.history, view.history.commits().get(at)) {
            (_, Some(commit)) => draw_commit(app, commit, view.history.commits().get(at + 1), area, buf),
            (History::Loaded(_, Some(why)), None) => {
                buf.set_line(
                    area.x,
                    area.y,
                    &Line::styled(format!(" {why}"), app.theme.style(Role::Doubtful)),
                    area.width,
                );
            }
            _ => {
                buf.set_line(area.x, area.y, &Line::styled(" being read …", app.theme.style(Role::Dim)), area.width);
            }
        }
        if at == view.cursor.selected {
            paint::cursor_line(app.theme, area, true, buf);
        }
    }
}

fn draw_commit(app: &App, commit: &Commit, before: Option<&Commit>, area: Rect, buf: &mut Buffer) {
    let style = |role| app.theme.style(role);
    let shown = if commit.root.hash == app.header.root_hash { "●" } else { " " };
    let more = commit.records() as i128 - before.map_or(0, |before| before.records() as i128);
    let label: String = cut(&file_mst::schema::escape_text(&commit.label), LABEL);
    let left = vec![
        Span::styled(format!("{shown} "), style(Role::Good)),
        Span::styled(format!("#{:<5} ", commit.sequence), style(Role::Strong)),
        Span::raw(format!("{}  ", time(commit.time_ms))),
        Span::raw(format!("{label:LABEL$} ")),
        Span::raw(format!("{:>16} ", count(commit.records(), "record"))),
        Span::styled(format!("{:>10} ", signed(more)), style(Role::Dim)),
        Span::styled(format!("{:>9}", size(bytes_added(commit))), style(Role::Dim)),
    ];
    let right = vec![
        Span::styled(commit.root.hash.short(), style(Role::Hash)),
        Span::styled(format!(" {} ", offset(commit.root.offset)), style(Role::Offset)),
    ];
    paint::two_ends(area, left, right, buf);
}

fn signed(number: i128) -> String {
    let sign = if number < 0 { "−" } else { "+" };
    format!("{sign}{}", thousands(number.unsigned_abs()))
}
