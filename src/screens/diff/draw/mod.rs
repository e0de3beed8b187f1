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

use super::DiffScreen;
use crate::model::diff::entry::Kind;
use crate::runtime::action::{Action, Common, DiffAction};
use crate::runtime::theme::Role;
use crate::runtime::{prompt_line, status};

/// Draws the whole screen.
pub(super) fn draw(screen: &DiffScreen, buf: &mut Buffer) {
    header::draw(screen, buf);
    header::draw_basis(screen, buf);
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
        Some(layer) => layer.hints(),
        None if screen.split.inside => INSPECTOR_HINTS.to_vec(),
        None => hints(screen),
    };
    status::line(screen, &screen.shared.input, &hints, screen.areas.status, buf);
    prompt_line::draw(screen, screen.areas.status, &screen.shared.input, buf);
}

/// The keys that mean something on the list. That of rows stands behind that which opens a difference.
fn hints(screen: &DiffScreen) -> Vec<Action> {
    if screen.strip_cursor.is_some() {
        return IN_STRIP.to_vec();
    }
    let mut hints = HINTS.to_vec();
    if screen.records.is_some() {
        hints.splice(2..2, IN_RECORDS.iter().copied());
        hints.dedup();
    }
    if screen.mappings().is_some() {
        let after_open = hints.iter().position(|hint| *hint == Action::Common(Common::Open)).map_or(0, |at| at + 1);
        hints.insert(after_open, Action::Diff(DiffAction::Rows));
    }
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

/// The keys that mean something on the list of any two trees; help and quit come first.
const HINTS: &[Action] = &[
    Action::Common(Common::Help),
    Action::Common(Common::Quit),
    Action::Diff(DiffAction::NextDifference),
    Action::Diff(DiffAction::PreviousDifference),
    Action::Common(Common::Open),
    Action::Common(Common::NextPane),
    Action::Diff(DiffAction::ToggleNodes),
    Action::Common(Common::ToggleFold),
    Action::Diff(DiffAction::Why),
    Action::Search,
    Action::Common(Common::Filter),
    Action::Diff(DiffAction::Fields),
    Action::Diff(DiffAction::Export),
    Action::Diff(DiffAction::ToggleUnified),
    Action::Diff(DiffAction::ScrollRight),
    Action::Common(Common::CycleKeyFormat),
    Action::Diff(DiffAction::Doubts),
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
    Action::Common(Common::Open),
];

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
