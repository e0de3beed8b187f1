//! The last lines: the path from the root, and what keys can be pressed.

use ratatui::buffer::Buffer;
use ratatui::text::Span;

use super::outline;
use crate::model::text::thousands;
use crate::runtime::input::action::{Action, Common, TreeAction};
use crate::runtime::input::keymap::key_of;
use crate::runtime::paint;
use crate::runtime::status::{Hint, hints_of, line};
use crate::runtime::theme::Role;
use crate::screens::browse::table::Table;
use crate::screens::browse::{Pane, TreeScreen};

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    draw_path(screen, buf);
    if let (Some(seek), None) = (&screen.seek, &screen.shared.input.message) {
        let stops = format!("looking … {} stops", key_of(Common::Cancel));
        let words = if seek.words.is_empty() { &stops } else { &seek.words };
        let input = screen.shared.input.with_message(words);
        return line(screen, &input, &[], screen.areas.status, buf);
    }
    if let (Some(words), None) = (screen.search_words(), &screen.shared.input.message) {
        return line(screen, &screen.shared.input.with_message(&words), &[], screen.areas.status, buf);
    }
    line(screen, &screen.shared.input, &hints(screen), screen.areas.status, buf);
}

fn draw_path(screen: &TreeScreen, buf: &mut Buffer) {
    let area = screen.areas.path;
    if area.is_empty() {
        return;
    }
    if let Some(table) = &screen.table {
        return draw_place_in_table(screen, table, buf);
    }
    let place = format!(
        "line {} of {} ",
        thousands(screen.cursor.selected as u64 + 1),
        thousands(screen.outline.rows().len() as u64)
    );
    let mut path: Vec<_> =
        screen.outline.path(screen.selected_node()).iter().skip(1).map(|id| outline::range(screen, *id)).collect();
    path.insert(0, "root".to_owned());
    if let Some(key) = screen.selected_key() {
        path.push(super::key(screen, &key, 24));
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
    paint::two_ends(area, left, vec![Span::styled(place, screen.shared.theme.style(Role::Dim))], buf);
}

/// The record, its number, and the column under the cursor.
fn draw_place_in_table(screen: &TreeScreen, table: &Table, buf: &mut Buffer) {
    let dim = |text: String| Span::styled(text, screen.shared.theme.style(Role::Dim));
    let key = screen.selected_key().map(|key| super::key(screen, &key, 40)).unwrap_or_default();
    let column = table.columns.nth_shown(table.column).and_then(|column| table.columns.get(column));
    let column = column.map(|column| format!(" ▸ {}", column.title())).unwrap_or_default();
    let number = match (screen.inspected_number(), screen.total_records()) {
        (Some(number), Some(total)) => format!("record {} of {} ", thousands(number), thousands(total)),
        (Some(number), None) => format!("record {} ", thousands(number)),
        (None, _) => String::new(),
    };
    paint::two_ends(screen.areas.path, vec![Span::raw(format!(" {key}{column}"))], vec![dim(number)], buf);
}

/// The keys that mean something now: help and quit, and then the most useful ones.
fn hints(screen: &TreeScreen) -> Vec<Hint> {
    if let Some(layer) = screen.layers.top() {
        return hints_of(&layer.hints());
    }
    match screen.focus {
        Pane::Outline if screen.has_table() => IN_TABLE.to_vec(),
        Pane::Outline => IN_OUTLINE.to_vec(),
        Pane::Inspector => IN_INSPECTOR.to_vec(),
    }
}

const IN_OUTLINE: &[Hint] = &[
    Hint::Action(Action::Common(Common::Help)),
    Hint::Action(Action::Common(Common::Quit)),
    Hint::Action(Action::Common(Common::Open)),
    Hint::VIEWS,
    Hint::Action(Action::Search),
    Hint::COPY,
    Hint::Action(Action::Tree(TreeAction::ToggleTable)),
    Hint::Action(Action::Common(Common::NextPane)),
    Hint::Action(Action::Type("")),
    Hint::Action(Action::Tree(TreeAction::In)),
    Hint::Action(Action::Tree(TreeAction::Out)),
    Hint::Action(Action::Common(Common::CycleKeyFormat)),
    Hint::Action(Action::Tree(TreeAction::Count)),
];

const IN_TABLE: &[Hint] = &[
    Hint::Action(Action::Common(Common::Help)),
    Hint::Action(Action::Common(Common::Quit)),
    Hint::Action(Action::Common(Common::Open)),
    Hint::Action(Action::Common(Common::Filter)),
    Hint::Action(Action::Search),
    Hint::COPY,
    Hint::Action(Action::Tree(TreeAction::ToggleTable)),
    Hint::Action(Action::Common(Common::Columns)),
    Hint::Action(Action::Common(Common::NextPane)),
    Hint::VIEWS,
    Hint::Action(Action::Type("")),
    Hint::Action(Action::Common(Common::CycleKeyFormat)),
];

const IN_INSPECTOR: &[Hint] = &[
    Hint::Action(Action::Common(Common::Help)),
    Hint::Action(Action::Common(Common::Quit)),
    Hint::Action(Action::Common(Common::Open)),
    Hint::Action(Action::Common(Common::NextPane)),
    Hint::Action(Action::Common(Common::CycleRepresentation)),
    Hint::COPY,
    Hint::Action(Action::Common(Common::Zoom)),
    Hint::Action(Action::Common(Common::CycleKeyFormat)),
];
