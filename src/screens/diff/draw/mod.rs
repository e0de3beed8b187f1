//! The screen of two trees, one file a part. Drawing reads the state and nothing else.

mod doubts;
mod fields;
mod footer;
mod header;
mod list;
mod nodes;
mod record;
mod row;
mod strip;
mod why;

use ratatui::buffer::Buffer;

use crate::model::diff::entry::Kind;
use crate::runtime::action::Action;
use crate::runtime::theme::Role;
use crate::runtime::{help, prompt_line as prompt, status};
use crate::screens::diff::over::Overlay;
use crate::screens::diff::state::DriftApp;

/// Draws the whole screen.
pub(crate) fn draw(app: &DriftApp, buf: &mut Buffer) {
    header::draw(app, buf);
    strip::draw(app, buf);
    list::draw(app, buf);
    footer::draw(app, buf);
    match app.over.get() {
        Some(Overlay::Help(cursor)) => help::draw(app, cursor, buf),
        Some(Overlay::Record(view)) => record::draw(app, view, buf),
        Some(Overlay::Why(view)) => why::draw(app, view, buf),
        Some(Overlay::Fields(view)) => fields::draw(app, view, buf),
        Some(Overlay::Doubts(lines, cursor)) => doubts::draw(app, lines, cursor, buf),
        None => {}
    }
    status::line(app, &app.input, actions(app), app.areas.status, buf);
    prompt::draw(app, app.areas.status, &app.input, buf);
}

/// What can be done now; help and quit before everything else.
fn actions(app: &DriftApp) -> &'static [Action] {
    match app.over.get() {
        Some(Overlay::Help(_) | Overlay::Fields(_) | Overlay::Doubts(..)) => {
            &[Action::Cancel, Action::Down, Action::Up]
        }
        Some(Overlay::Why(_)) => &[Action::Cancel, Action::NextDifference, Action::PreviousDifference],
        Some(Overlay::Record(_)) => &[
            Action::Cancel,
            Action::NextDifference,
            Action::PreviousDifference,
            Action::ToggleUnified,
            Action::Down,
            Action::Up,
            Action::CycleValueFormat,
        ],
        None => &[
            Action::Help,
            Action::Quit,
            Action::NextDifference,
            Action::PreviousDifference,
            Action::Open,
            Action::ToggleFold,
            Action::ToggleNodes,
            Action::Why,
            Action::Search,
            Action::Filter,
            Action::Fields,
            Action::Export,
            Action::ToggleUnified,
            Action::ScrollRight,
            Action::CycleKeyFormat,
            Action::Doubts,
        ],
    }
}

/// How a kind of line looks.
fn role(kind: Kind) -> Role {
    match kind {
        Kind::Equal => Role::Dim,
        Kind::OnlyLeft => Role::OnlyLeft,
        Kind::OnlyRight => Role::OnlyRight,
        Kind::Changed => Role::Changed,
        Kind::Damage => Role::Bad,
        Kind::Misfit | Kind::NotCompared => Role::Doubtful,
        Kind::Node => Role::Changed,
    }
}
