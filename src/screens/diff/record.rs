//! The layer that shows a difference in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::DiffScreen;
use super::draw::{self, row};
use crate::model::diff::detail::{Detail, Manner, detail};
use crate::model::diff::entry::Entry;
use crate::model::diff::list::Row;
use crate::model::representation::Representation;
use crate::model::rows::page::{self, PageKeys, PageWidth, RowsState};
use crate::model::text::thousands;
use crate::runtime::input::action::{Action, Common, DiffAction, Motion};
use crate::runtime::input::keymap::key_of;
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};

/// The name of the layer.
pub(super) const RECORD: &str = "record";
/// The widest key in the title, in columns.
const KEY: usize = 48;

/// A difference in full.
#[derive(Debug)]
pub(super) struct RecordLayer {
    /// The line in the list.
    line: usize,
    detail: Detail,
    cursor: ListCursor,
    /// Whether its rows can be fetched.
    has_rows: bool,
}

impl RecordLayer {
    /// The difference of a line, still to be laid out.
    pub(super) fn new(line: usize) -> Self {
        Self { line, detail: Detail::default(), cursor: ListCursor::default(), has_rows: false }
    }

    /// Goes on to another difference.
    fn go(&mut self, screen: &mut DiffScreen, run: bool, forward: bool) -> After {
        screen.go(run, forward);
        if let Some(Row::Difference(_) | Row::Inside(..)) = screen.selected_row() {
            screen.fetch_rows(screen.cursor.selected, false);
            *self = Self::new(screen.cursor.selected);
            self.lay_out(screen);
        }
        After::Stay
    }
}

impl Layer<DiffScreen> for RecordLayer {
    fn name(&self) -> &'static str {
        RECORD
    }

    fn len(&self) -> usize {
        self.detail.lines.len()
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![
            Action::Common(Common::Cancel),
            Action::Diff(DiffAction::NextDifference),
            Action::Diff(DiffAction::PreviousDifference),
            Action::Common(Common::CycleRepresentation),
            Action::Move(Motion::Down),
            Action::Move(Motion::Up),
            Action::Common(Common::CycleValueFormat),
        ];
        if self.has_rows {
            hints.insert(3, Action::Diff(DiffAction::Rows));
        }
        hints
    }

    fn update(&mut self, screen: &mut DiffScreen, action: Action) -> After {
        match action {
            Action::Diff(DiffAction::NextDifference) => self.go(screen, false, true),
            Action::Diff(DiffAction::PreviousDifference) => self.go(screen, false, false),
            Action::Diff(DiffAction::NextRun) => self.go(screen, true, true),
            Action::Diff(DiffAction::PreviousRun) => self.go(screen, true, false),
            // The next representation that makes sense for both values.
            Action::Common(Common::CycleRepresentation) => {
                screen.shared.representation = self.detail.next;
                After::Stay
            }
            Action::Diff(DiffAction::Rows) => {
                if screen.mappings().is_none() {
                    screen.fetch_all_rows();
                }
                screen.fetch_rows(self.line, true);
                self.lay_out(screen);
                After::Stay
            }
            Action::Common(Common::Open) => After::Close,
            action => steer(self, action),
        }
    }

    fn lay_out(&mut self, screen: &DiffScreen) {
        let Some(entry) = screen.in_line(self.line) else { return };
        let width = usize::from(overlay_inside(screen.overlay(), screen.framed()).width).saturating_sub(2);
        let manner = (screen.shared.value_format, screen.shared.representation);
        let width = PageWidth { columns: width, two: screen.areas.two };
        self.has_rows = screen.rows_of(&entry).is_some();
        self.detail = page_of(screen, &entry, manner, width);
    }

    fn draw(&self, screen: &DiffScreen, buf: &mut Buffer) {
        let Some(entry) = screen.in_line(self.line) else { return };
        let lines = &self.detail.lines;
        let window = self.cursor.window(lines.len());
        let kind = entry.kind();
        let key = row::key_of(screen, &entry, KEY).map(|key| format!("{key} · ")).unwrap_or_default();
        let title = format!(
            "{} {key}{} · {} · line {}–{} of {}",
            kind.glyph(),
            kind.name(),
            self.detail.representation.map_or(screen.shared.value_format.name(), Representation::name),
            thousands(window.start as u64 + u64::from(!window.is_empty())),
            thousands(window.end as u64),
            thousands(lines.len() as u64),
        );
        paint::overlay(screen, &title, &self.cursor, lines.len(), buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        for (row, line) in lines[window].iter().enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            draw::detail::draw(screen.shared.theme, line, area, buf);
        }
    }
}

impl DiffScreen {
    /// The representation after the one in which the values of an entry are shown now.
    pub(super) fn next_representation(&self, entry: &Entry) -> Option<Representation> {
        let manner = (self.shared.value_format, self.shared.representation);
        detail(&self.pair, entry, manner, usize::from(self.areas.body.width), false).next
    }
}

/// The page on a difference: how its rows compare now, what the trees have of it, and its rows.
pub(super) fn page_of(screen: &DiffScreen, entry: &Entry, manner: Manner, width: PageWidth) -> Detail {
    let in_trees = detail(&screen.pair, entry, manner, width.columns, width.two);
    let (Some(mappings), Some(state)) = (screen.mappings(), screen.rows_of(entry)) else { return in_trees };
    let mut lines = page::head(state, mappings, manner.0, width, &page_keys());
    if let RowsState::Fetched(now) = state {
        lines.extend(page::fields(now, mappings, manner, width));
    }
    lines.extend(in_trees.lines);
    if let RowsState::Fetched(now) = state {
        lines.extend(page::foot(now, mappings, manner.0, width));
    }
    Detail { lines, ..in_trees }
}

/// The names of the keys that a page on rows speaks of.
pub(super) fn page_keys() -> PageKeys {
    PageKeys { fetch: key_of(DiffAction::Rows), stop: key_of(Common::Cancel), values: key_of(Common::CycleValueFormat) }
}
