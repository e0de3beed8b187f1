//! The screen of two trees, one file a part. Drawing reads the state and nothing else.

pub(super) mod detail;
mod footer;
mod header;
mod inspector;
mod list;
mod nodes;
mod records;
pub(super) mod row;
pub(super) mod strip;
mod table;

use ratatui::buffer::Buffer;

pub(super) use self::list::put;

use super::DiffScreen;
use crate::model::diff::entry::Kind;
use crate::runtime::input::action::{Action, Common, DiffAction};
use crate::runtime::input::prompt_line;
use crate::runtime::status;
use crate::runtime::status::{Hint, hints_of};
use crate::runtime::theme::Role;

/// Draws the whole screen.
pub(super) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    header::draw(screen, buf);
    header::draw_second_line(screen, buf);
    strip::draw(screen, buf);
    match &screen.records {
        Some(table) => records::draw(screen, table, screen.areas.list, buf),
        None => list::draw(screen, buf),
    }
    inspector::draw(screen, buf);
    footer::draw(screen, buf);
    if let Some(layer) = screen.layers.top() {
        layer.draw(screen, buf);
    }
    let hints = match screen.layers.top() {
        Some(layer) => hints_of(&layer.hints()),
        None if screen.split.inside => inspector_hints(screen),
        None => hints(screen),
    };
    status::line(screen, &screen.shared.input, &hints, screen.areas.status, buf);
    prompt_line::draw(screen, screen.areas.status, &screen.shared.input, buf);
}

/// The keys that mean something on the list. That of rows stands after that which opens a difference.
fn hints(screen: &DiffScreen) -> Vec<Hint> {
    if screen.strip_cursor.is_some() {
        return hints_of(IN_STRIP);
    }
    let mut hints = HINTS.to_vec();
    if screen.records.is_some() {
        let own = hints_of(IN_RECORDS);
        hints.retain(|hint| !own.contains(hint));
        hints.splice(2..2, own);
    }
    if screen.mappings().is_some() {
        let open = Hint::from(Common::Open);
        let after_open = hints.iter().position(|hint| *hint == open).map_or(0, |at| at + 1);
        hints.insert(after_open, Hint::from(DiffAction::Rows));
    }
    hints
}

/// The keys that mean something in the inspector. What Enter does depends on the line.
fn inspector_hints(screen: &DiffScreen) -> Vec<Hint> {
    let mut hints = hints_of(INSPECTOR_HINTS);
    let enter = if screen.is_on_field() { TO_FIELD } else { Hint::from(Common::Open) };
    hints.insert(2, enter);
    hints
}

/// The keys that mean something in the table of records alone.
const IN_RECORDS: &[Action] =
    &[Action::Diff(DiffAction::Sort), Action::Common(Common::Columns), Action::Common(Common::Filter)];

/// The keys that mean something in the strip.
const IN_STRIP: &[Action] = &[
    Action::Common(Common::Cancel),
    Action::Common(Common::Open),
    Action::Diff(DiffAction::ScrollRight),
    Action::Diff(DiffAction::NextDifference),
    Action::Diff(DiffAction::PreviousDifference),
];

/// The keys that mean something on the list of any two trees: help and quit, and then the most useful ones.
const HINTS: &[Hint] = &[
    Hint::Action(Action::Common(Common::Help)),
    Hint::Action(Action::Common(Common::Quit)),
    Hint::Action(Action::Diff(DiffAction::NextDifference)),
    Hint::Action(Action::Diff(DiffAction::PreviousDifference)),
    Hint::Action(Action::Common(Common::Open)),
    Hint::Action(Action::Common(Common::NextPane)),
    Hint::Action(Action::Common(Common::Filter)),
    Hint::Action(Action::Diff(DiffAction::ToggleNodes)),
    Hint::Action(Action::Diff(DiffAction::Fields)),
    Hint::Action(Action::Search),
    Hint::COPY,
    Hint::Action(Action::Diff(DiffAction::Why)),
    Hint::Action(Action::Diff(DiffAction::Export)),
    Hint::Action(Action::Common(Common::ToggleFold)),
    Hint::Action(Action::Diff(DiffAction::ToggleUnified)),
    Hint::Action(Action::Diff(DiffAction::ScrollRight)),
    Hint::Action(Action::Common(Common::CycleKeyFormat)),
    Hint::Action(Action::Diff(DiffAction::Doubts)),
    Hint::Action(Action::Common(Common::Follow)),
];

/// The keys that mean something in the inspector.
const INSPECTOR_HINTS: &[Action] = &[
    Action::Common(Common::Help),
    Action::Common(Common::Cancel),
    Action::Diff(DiffAction::NextDifference),
    Action::Diff(DiffAction::PreviousDifference),
    Action::Common(Common::NextPane),
    Action::Common(Common::Zoom),
    Action::Common(Common::CycleRepresentation),
    Action::Common(Common::CycleValueFormat),
];

/// What Enter does on a field of the inspector, and on its other lines.
const TO_FIELD: Hint = Hint::As(Action::Common(Common::Open), "filter");

/// How a kind of line looks.
pub(super) fn role(kind: Kind) -> Role {
    match kind {
        Kind::Equal | Kind::WithinTolerance => Role::Dim,
        Kind::OnlyLeft => Role::OnlyLeft,
        Kind::OnlyRight => Role::OnlyRight,
        Kind::Changed => Role::Changed,
        Kind::Damage => Role::Bad,
        Kind::Misfit | Kind::NotCompared => Role::Doubtful,
        Kind::Node => Role::Changed,
    }
}
