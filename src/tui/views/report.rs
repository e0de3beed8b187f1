//! A view that a job computes: its title, how far it is, its lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::paint;
use crate::tui::app::App;
use crate::tui::report::{Paper, ReportView, State};
use crate::tui::theme::Role;

pub(super) fn draw(app: &App, view: &ReportView, buf: &mut Buffer) {
    let inside = app.areas.overlay_inside();
    let paper = Paper {
        theme: app.theme,
        width: inside.width,
        typing: &app.typing,
        key_format: app.key_format,
        value_format: app.value_format,
    };
    let name = || view.view.name.to_owned();
    let title = view.report.as_ref().map_or_else(name, |report| report.title());
    let state = match &view.state {
        State::Running(words) if view.report.is_some() => format!(" · {}", or(words, "goes on … Esc stops")),
        State::Stopped if view.report.is_some() => " · stopped: not all".to_owned(),
        State::Failed(why) if view.report.is_some() => format!(" · {why}"),
        _ => String::new(),
    };
    let len = view.report.as_ref().map_or(1, |report| report.len());
    paint::overlay(app, &format!("{title}{state}"), &view.cursor, len, buf);
    let Some(report) = &view.report else {
        let (words, role) = match &view.state {
            State::Running(words) => (or(words, "being read …"), Role::Dim),
            State::Failed(why) => (why.as_str(), Role::Bad),
            State::Stopped => ("stopped", Role::Doubtful),
            State::Done => ("nothing", Role::Dim),
        };
        buf.set_line(inside.x, inside.y, &Line::styled(format!(" {words}"), app.theme.style(role)), inside.width);
        return;
    };
    for (row, at) in view.cursor.window(len).enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        let (left, right) = report.line(at, paper);
        paint::two_ends(area, left, right, buf);
        if at == view.cursor.selected {
            paint::cursor_line(app.theme, area, true, buf);
        }
    }
}

fn or<'a>(words: &'a str, instead: &'a str) -> &'a str {
    if words.is_empty() { instead } else { words }
}
