//! The last lines: the path from the root, and what keys can be pressed.

use ratatui::buffer::Buffer;
use ratatui::text::Span;

use crate::model::text::thousands;
use crate::runtime::action::Action;
use crate::runtime::input::Input;
use crate::runtime::paint;
use crate::runtime::status::line;
use crate::runtime::theme::Role;
use crate::screens::browse::draw::outline;
use crate::screens::browse::state::{App, Overlay, Pane, Seek};

pub(crate) fn draw(app: &App, buf: &mut Buffer) {
    draw_path(app, buf);
    if let (Seek::Running(words), None) = (&app.seek, &app.input.message) {
        let words = if words.is_empty() { "looking … Esc stops" } else { words };
        let input = Input { message: Some(words.to_owned()), ..app.input.clone() };
        return line(app, &input, &[], app.areas.status, buf);
    }
    line(app, &app.input, &actions(app), app.areas.status, buf);
}

fn draw_path(app: &App, buf: &mut Buffer) {
    let area = app.areas.path;
    if area.is_empty() {
        return;
    }
    let place = format!(
        "line {} of {} ",
        thousands(app.cursor.selected as u64 + 1),
        thousands(app.outline.rows().len() as u64)
    );
    let mut path: Vec<_> =
        app.outline.path(app.selected_node()).iter().skip(1).map(|id| outline::range(app, *id)).collect();
    path.insert(0, "root".to_owned());
    if let Some(key) = app.selected_key() {
        path.push(paint::key(app, &key, 24));
    }
    // The end of the path says most: the middle goes first where there is no room.
    let room = usize::from(area.width).saturating_sub(place.chars().count() + 3);
    let joined = |path: &[String]| path.join(" ▸ ");
    while path.len() > 2 && joined(&path).chars().count() > room {
        path.remove(1);
        if path[0] != "…" {
            path[0] = "…".to_owned();
        }
    }
    let left = vec![Span::raw(format!(" {}", joined(&path)))];
    paint::two_ends(area, left, vec![Span::styled(place, app.theme.style(Role::Dim))], buf);
}

/// What can be done now; help and quit before everything else.
fn actions(app: &App) -> Vec<Action> {
    let actions: &[Action] = match (app.over.get(), app.focus) {
        (Some(Overlay::Help(_)), _) => &[Action::Cancel, Action::Down, Action::Up],
        (Some(Overlay::Report(view)), _) => {
            let own = view.report.as_ref().map_or(&[][..], |report| report.hints());
            return [&[Action::Cancel], own, &[Action::Down, Action::Up]].concat();
        }
        (Some(Overlay::Value(_)), _) => &[
            Action::Cancel,
            Action::CycleAspect,
            Action::Down,
            Action::Up,
            Action::CycleValueFormat,
            Action::ToggleWrap,
        ],
        (None, Pane::Outline) => &[
            Action::Help,
            Action::Quit,
            Action::In,
            Action::Out,
            Action::Open,
            Action::NextPane,
            Action::CycleKeyFormat,
            Action::View("history"),
            Action::Type(""),
            Action::Search,
            Action::Count,
            Action::Down,
            Action::Up,
        ],
        (None, Pane::Records) => &[
            Action::Help,
            Action::Quit,
            Action::NextPane,
            Action::Open,
            Action::CycleKeyFormat,
            Action::Down,
            Action::Up,
        ],
    };
    actions.to_vec()
}
