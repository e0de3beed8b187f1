//! The layer in which the columns of the table are chosen: shown or hidden, in which order, how wide.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::TreeScreen;
use crate::runtime::action::{Action, Common, Motion, TreeAction};
use crate::runtime::keymap::key_of;
use crate::runtime::layers::{After, Layer, Layers, steer};
use crate::runtime::list::ListCursor;
use crate::runtime::paint;
use crate::runtime::theme::Role;

/// The name of the layer.
const COLUMNS: &str = "columns";

/// The columns, one a line.
#[derive(Debug)]
struct Choosing {
    cursor: ListCursor,
    len: usize,
}

impl TreeScreen {
    pub(super) fn choose_columns(&mut self) {
        let Some(table) = &self.table else { return };
        let mut cursor = ListCursor::default();
        let len = table.columns.all().len();
        // A cursor that knows no height would scroll the columns before its own away.
        cursor.set_height(len, len);
        cursor.select(table.columns.nth_shown(table.column).unwrap_or(0), len);
        self.layers.push(Choosing { cursor, len });
        Layers::lay_out(self);
    }
}

impl Layer<TreeScreen> for Choosing {
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
        vec![Common::Cancel.into(), Motion::Down.into(), Motion::Up.into()]
    }

    fn update(&mut self, screen: &mut TreeScreen, action: Action) -> After {
        let Some(table) = &mut screen.table else { return After::Close };
        let at = self.cursor.selected;
        match action {
            Action::Common(Common::ToggleFold) => {
                if !table.columns.toggle(at) {
                    screen.shared.say("one column stays");
                }
            }
            Action::Tree(TreeAction::In | TreeAction::Out) => {
                let to = table.columns.shift(at, action == Action::Tree(TreeAction::In));
                table.widest.swap(at, to);
                self.cursor.select(to, self.len);
            }
            Action::Common(Common::NarrowerColumn | Common::WiderColumn) => {
                let width = table.columns.width(at, table.widest.get(at).copied().unwrap_or(0));
                table.columns.widen(at, action == Action::Common(Common::WiderColumn), width);
            }
            Action::Tree(TreeAction::Again) => table.columns.reset(),
            Action::Common(Common::Open | Common::Columns) => return After::Close,
            action => return steer(self, action),
        }
        if let Some(table) = &mut screen.table {
            table.first = 0;
            table.column = table.column.min(table.columns.count_shown().saturating_sub(1));
        }
        screen.keep_table();
        After::Stay
    }

    fn draw(&self, screen: &TreeScreen, buf: &mut Buffer) {
        let Some(table) = &screen.table else { return };
        let (toggle, again) = (key_of(Common::ToggleFold), key_of(TreeAction::Again));
        let (out, into) = (key_of(TreeAction::Out), key_of(TreeAction::In));
        let (less, more) = (key_of(Common::NarrowerColumn), key_of(Common::WiderColumn));
        let title = format!(
            "Columns · {toggle} shows or hides · {out} {into} move · {less} {more} width · {again} shows all again"
        );
        paint::overlay(screen, &title, &self.cursor, self.len, buf);
        let inside = screen.areas.overlay_inside();
        let style = |role| screen.shared.theme.style(role);
        for (row, at) in self.cursor.window(self.len).enumerate() {
            let Some(column) = table.columns.get(at) else { continue };
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            let (mark, role) = if column.is_hidden { ("–", Role::Dim) } else { ("✓", Role::Good) };
            let width = table.columns.width(at, table.widest.get(at).copied().unwrap_or(0));
            let text = if column.is_hidden { Role::Dim } else { Role::Plain };
            let left = vec![
                Span::styled(format!(" {mark} "), style(role)),
                Span::styled(column.title().to_owned(), style(text)),
            ];
            let chosen = if column.width.is_some() { "" } else { " by its cells" };
            paint::two_ends(area, left, vec![Span::styled(format!("width {width}{chosen} "), style(Role::Dim))], buf);
            if at == self.cursor.selected {
                paint::cursor_line(screen.shared.theme, area, true, buf);
            }
        }
    }
}
