//! The layer in which the columns of a table are chosen: shown or hidden, in which order, how wide.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::model::columns::{Column, Columns};
use crate::runtime::input::action::{Action, Common, Motion};
use crate::runtime::input::keymap::key_of;
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;

/// A screen with a table, while the list lies over it.
pub(crate) trait Tabular: Look {
    /// The actions of this screen that move a column to the left and to the right, and that show all columns again.
    const ACTIONS: ColumnActions;

    /// The columns of the table; none while there is no table.
    fn columns(&mut self) -> Option<&mut Columns>;

    /// The width of a column, in columns of the screen.
    fn column_width(&self, at: usize) -> usize;

    /// Columns were moved, hidden, shown or widened.
    fn columns_changed(&mut self);

    fn say(&mut self, message: &str);
}

/// The keys of a screen that the list takes for itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnActions {
    pub(crate) left: Action,
    pub(crate) right: Action,
    pub(crate) again: Action,
}

/// The columns, one a line.
#[derive(Debug)]
pub(crate) struct ColumnList {
    cursor: ListCursor,
    /// The columns as they are now, with their widths.
    lines: Vec<ColumnLine>,
}

#[derive(Debug)]
struct ColumnLine {
    title: String,
    is_hidden: bool,
    /// Whether the cells decide on the width.
    is_fitted: bool,
    width: usize,
}

impl ColumnList {
    /// The list of the columns of a screen, with the cursor on one of those that are shown. None without a table.
    pub(crate) fn open<S: Tabular>(screen: &mut S, shown: usize) -> Option<Self> {
        let columns = screen.columns()?;
        let (len, selected) = (columns.all().len(), columns.nth_shown(shown).unwrap_or(0));
        let mut cursor = ListCursor::default();
        // A cursor that knows no height would scroll the columns before its own away.
        cursor.set_height(len, len);
        cursor.select(selected, len);
        let mut list = Self { cursor, lines: Vec::new() };
        list.read_lines(screen);
        Some(list)
    }

    fn read_lines<S: Tabular>(&mut self, screen: &mut S) {
        let Some(columns) = screen.columns() else { return };
        let line = |column: &Column| ColumnLine {
            title: column.title().to_owned(),
            is_hidden: column.is_hidden,
            is_fitted: column.width.is_none(),
            width: 0,
        };
        self.lines = columns.all().iter().map(line).collect();
        for (at, line) in self.lines.iter_mut().enumerate() {
            line.width = screen.column_width(at);
        }
    }
}

impl<S: Tabular> Layer<S> for ColumnList {
    fn name(&self) -> &'static str {
        "columns"
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn selects(&self) -> bool {
        true
    }

    fn hints(&self) -> Vec<Action> {
        // The title says the others: elsewhere they fold, and their hints would say so.
        vec![Common::Cancel.into(), Motion::Down.into(), Motion::Up.into()]
    }

    fn update(&mut self, screen: &mut S, action: Action) -> After {
        let at = self.cursor.selected;
        let width = screen.column_width(at);
        let Some(columns) = screen.columns() else { return After::Close };
        let ColumnActions { left, right, again } = S::ACTIONS;
        let mut is_last = false;
        match action {
            Action::Common(Common::ToggleFold) => is_last = !columns.toggle(at),
            action if action == left || action == right => {
                let to = columns.shift(at, action == right);
                self.cursor.select(to, self.lines.len());
            }
            Action::Common(Common::NarrowerColumn | Common::WiderColumn) => {
                columns.widen(at, action == Action::Common(Common::WiderColumn), width);
            }
            action if action == again => columns.reset(),
            Action::Common(Common::Open | Common::Columns) => return After::Close,
            action => return steer::<S>(self, action),
        }
        if is_last {
            screen.say("one column stays");
        }
        screen.columns_changed();
        self.read_lines(screen);
        After::Stay
    }

    fn draw(&self, screen: &S, buf: &mut Buffer) {
        let (toggle, again) = (key_of(Common::ToggleFold), key_of(S::ACTIONS.again));
        let (left, right) = (key_of(S::ACTIONS.left), key_of(S::ACTIONS.right));
        let (less, more) = (key_of(Common::NarrowerColumn), key_of(Common::WiderColumn));
        let title = format!(
            "Columns · {toggle} shows or hides · {left} {right} move · {less} {more} width · {again} shows all again"
        );
        paint::overlay(screen, &title, &self.cursor, self.lines.len(), buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        let style = |role| screen.theme().style(role);
        for (row, at) in self.cursor.window(self.lines.len()).enumerate() {
            let Some(line) = self.lines.get(at) else { continue };
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            let (mark, of_mark, of_text) =
                if line.is_hidden { ("–", Role::Dim, Role::Dim) } else { ("✓", Role::Good, Role::Plain) };
            let words = vec![
                Span::styled(format!(" {mark} "), style(of_mark)),
                Span::styled(line.title.as_str(), style(of_text)),
            ];
            let by = if line.is_fitted { " by its cells" } else { "" };
            let width = Span::styled(format!("width {}{by} ", line.width), style(Role::Dim));
            paint::two_ends(area, words, vec![width], buf);
            if at == self.cursor.selected {
                paint::cursor_line(screen.theme(), area, true, buf);
            }
        }
    }
}
