//! A view that a job computes: its title, how far it is, its lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::runtime::paint;
use crate::runtime::report::{Paper, ReportView, State};
use crate::runtime::theme::Role;
use crate::screens::browse::state::App;

/// From this width on there is room for two panes, in columns; and the width of the right one.
const TWO_PANES: u16 = 110;
const BESIDE: u16 = 62;

pub(crate) fn draw(app: &App, view: &ReportView, buf: &mut Buffer) {
    let inside = app.areas.overlay_inside();
    let App { theme, typing, key_format, value_format, .. } = app;
    let (key_format, value_format) = (*key_format, *value_format);
    let paper = Paper { theme: *theme, width: inside.width, typing, key_format, value_format };
    let name = || view.view.name.to_owned();
    let title = view.report.as_ref().map_or_else(name, |report| report.title());
    let state = match &view.state {
        State::Running(words) if view.report.is_some() => format!(" · {}", or(words, "goes on … Esc stops")),
        State::Stopped if view.report.is_some() => " · stopped: not all, r goes on".to_owned(),
        State::Failed(why) if view.report.is_some() => format!(" · {why}"),
        _ => String::new(),
    };
    let len = view.report.as_ref().map_or(1, |report| report.len());
    paint::overlay(app, &format!("{title}{state}"), &view.cursor, len, buf);
    let Some(report) = &view.report else {
        let (words, role) = match &view.state {
            State::Running(words) => (or(words, "being read …"), Role::Dim),
            State::Failed(why) => (why.as_str(), Role::Bad),
            State::Stopped => ("stopped; r goes on", Role::Doubtful),
            State::Done => ("nothing", Role::Dim),
        };
        buf.set_line(inside.x, inside.y, &Line::styled(format!(" {words}"), app.theme.style(role)), inside.width);
        return;
    };
    let (list, beside) = split(inside);
    let lines = beside.and_then(|beside| {
        let lines = report.beside(view.cursor.selected, usize::from(beside.height), paper)?;
        Some((lines, beside))
    });
    let (list, paper) = if lines.is_some() { (list, Paper { width: list.width, ..paper }) } else { (inside, paper) };
    if let Some((lines, beside)) = &lines {
        for (row, line) in (beside.y..beside.bottom()).zip(lines) {
            buf.set_line(beside.x, row, line, beside.width);
        }
    }
    for (row, at) in view.cursor.window(len).enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..list };
        let (left, right) = report.line(at, paper);
        paint::two_ends(area, left, right, buf);
        if at == view.cursor.selected {
            paint::cursor_line(app.theme, area, true, buf);
        }
    }
}

/// Room for lines, and for what stands beside them where there is enough.
fn split(inside: Rect) -> (Rect, Option<Rect>) {
    if inside.width < TWO_PANES {
        return (inside, None);
    }
    let width = inside.width - BESIDE - 1;
    let beside = Rect { x: inside.x + width + 1, width: BESIDE, ..inside };
    (Rect { width, ..inside }, Some(beside))
}

fn or<'a>(words: &'a str, instead: &'a str) -> &'a str {
    if words.is_empty() { instead } else { words }
}
