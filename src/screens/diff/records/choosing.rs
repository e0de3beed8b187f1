//! The layer in which the columns of the table of records are chosen: shown or hidden, in which order, how wide.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::DiffScreen;
use crate::runtime::action::{Action, Common, DiffAction, Motion};
use crate::runtime::keymap::key_of;
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;

/// The name of the layer.
const COLUMNS: &str = "columns";

/// The columns, one a line.
#[derive(Debug)]
struct Choosing {
    cursor: ListCursor,
    len: usize,
}

impl DiffScreen {
    pub(super) fn choose_columns(&mut self) {
        let Some(table) = &self.records else { return };
        let mut cursor = ListCursor::default();
        let len = table.columns.all().len();
        // A cursor that knows no height would scroll the columns before its own away.
        cursor.set_height(len, len);
        cursor.select(table.columns.nth_shown(table.column).unwrap_or(0), len);
        self.layers.push(Choosing { cursor, len });
        self.lay_out();
    }
}

impl Layer<DiffScreen> for Choosing {
    fn name(&self) -> &'static str {
        COLUMNS
    }

    fn len(&self) -> usize {
        self.len
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn selects(&self) -> bool {
        true
    }

    fn hints(&self) -> Vec<Action> {
        vec![
            Common::Cancel.into(),
            Common::ToggleFold.into(),
            DiffAction::ScrollLeft.into(),
            DiffAction::ScrollRight.into(),
            Common::NarrowerColumn.into(),
            Common::WiderColumn.into(),
            Motion::Down.into(),
            Motion::Up.into(),
        ]
    }

    fn update(&mut self, screen: &mut DiffScreen, action: Action) -> After {
        let Some(table) = &mut screen.records else { return After::Close };
        let at = self.cursor.selected;
        match action {
            Action::Common(Common::ToggleFold) => {
                if !table.columns.toggle(at) {
                    screen.shared.say("one column stays");
                }
            }
            Action::Diff(DiffAction::ScrollRight | DiffAction::ScrollLeft) => {
                let to = table.columns.shift(at, action == Action::Diff(DiffAction::ScrollRight));
                self.cursor.select(to, self.len);
            }
            Action::Common(Common::NarrowerColumn | Common::WiderColumn) => {
                let width = table.columns.width(at, table.widest(at));
                table.columns.widen(at, action == Action::Common(Common::WiderColumn), width);
            }
            Action::Diff(DiffAction::Rows) => table.columns.reset(),
            Action::Common(Common::Open | Common::Columns) => return After::Close,
            action => return steer(self, action),
        }
        if let Some(table) = &mut screen.records {
            // The cells are in the order of the columns.
            table.cells.clear();
            table.first = 0;
        }
        screen.show_column();
        screen.fit_records();
        screen.keep_table();
        After::Stay
    }

    fn draw(&self, screen: &DiffScreen, buf: &mut Buffer) {
        let Some(table) = &screen.records else { return };
        let (toggle, again) = (key_of(Common::ToggleFold), key_of(DiffAction::Rows));
        let (left, right) = (key_of(DiffAction::ScrollLeft), key_of(DiffAction::ScrollRight));
        let title = format!("Columns · {toggle} shows or hides · {left} {right} move · {again} shows all again");
        paint::overlay(screen, &title, &self.cursor, self.len, buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        let style = |role| screen.shared.theme.style(role);
        for (row, at) in self.cursor.window(self.len).enumerate() {
            let Some(column) = table.columns.get(at) else { continue };
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            let (mark, role) = if column.is_hidden { ("–", Role::Dim) } else { ("✓", Role::Good) };
            let text = if column.is_hidden { Role::Dim } else { Role::Plain };
            let words = vec![
                Span::styled(format!(" {mark} "), style(role)),
                Span::styled(column.title().to_owned(), style(text)),
            ];
            let chosen = if column.width.is_some() { "" } else { " by its cells" };
            let width = table.columns.width(at, table.widest(at));
            paint::two_ends(area, words, vec![Span::styled(format!("width {width}{chosen} "), style(Role::Dim))], buf);
            if at == self.cursor.selected {
                paint::cursor_line(screen.shared.theme, area, true, buf);
            }
        }
    }
}
