//! The mouse: what it did and where, as events of the program.

use std::time::{Duration, Instant};

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::runtime::input::action::{Action, Common, Motion};
use crate::runtime::list::ListCursor;

/// Two presses in one place within this time are a double click.
const DOUBLE: Duration = Duration::from_millis(400);
/// The lines that one step of the wheel scrolls.
pub(crate) const WHEEL: isize = 3;

/// What the mouse did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MouseKind {
    /// The left button went down.
    Press,
    /// The left button went down twice in one place. A press comes before it.
    DoubleClick,
    /// The mouse moved while the left button was down.
    Drag,
    /// The left button went up.
    Release,
    /// The wheel turned: lines down, or up if negative.
    Wheel(isize),
    /// The wheel was pushed sideways: to the right, or to the left if negative.
    Sideways(isize),
}

/// Something that the mouse did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mouse {
    pub(crate) kind: MouseKind,
    pub(crate) at: Position,
}

impl Mouse {
    /// The line of an area that it is on, counted from 0.
    pub(crate) fn line_in(self, area: Rect) -> Option<usize> {
        area.contains(self.at).then(|| usize::from(self.at.y - area.y))
    }
}

/// A pane under the mouse: lines of which one is selected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct MousePane {
    /// The lines, without frame and heads.
    pub(crate) area: Rect,
    /// The line at the top of the area, and the one under the cursor.
    pub(crate) top: usize,
    pub(crate) selected: usize,
    /// Whether it has the keys.
    pub(crate) has_keys: bool,
    /// Whether a line can be selected; otherwise it is read as a text.
    pub(crate) selects: bool,
    /// What a double click does.
    pub(crate) opens: Action,
}

impl MousePane {
    /// A list with its cursor, whose lines a double click opens.
    pub(crate) fn new(area: Rect, cursor: &ListCursor, has_keys: bool) -> Self {
        let (top, selected) = (cursor.top, cursor.selected);
        Self { area, top, selected, has_keys, selects: true, opens: Common::Open.into() }
    }

    /// The actions by which the mouse has its effect, in order.
    pub(crate) fn actions(&self, mouse: Mouse) -> Vec<Action> {
        let Some(line) = mouse.line_in(self.area) else { return Vec::new() };
        let to_line = || {
            let by = (self.top + line) as isize - self.selected as isize;
            (by != 0 && self.selects).then_some(Motion::Lines(by).into())
        };
        let there = (!self.has_keys).then_some(Common::NextPane.into());
        match mouse.kind {
            MouseKind::Press => there.into_iter().chain(to_line()).collect(),
            MouseKind::DoubleClick if self.selects => there.into_iter().chain(to_line()).chain([self.opens]).collect(),
            // The pane under the mouse scrolls, and the keys stay where they are.
            MouseKind::Wheel(lines) => there.into_iter().chain([Motion::Lines(lines).into()]).chain(there).collect(),
            MouseKind::DoubleClick | MouseKind::Drag | MouseKind::Release | MouseKind::Sideways(_) => Vec::new(),
        }
    }
}

/// Tells double clicks from single ones.
#[derive(Debug, Default)]
pub(crate) struct Clicks {
    last: Option<(Instant, Position)>,
}

impl Clicks {
    /// What an event of the terminal is to the program; none for buttons and movements that have no meaning.
    pub(crate) fn read(&mut self, event: MouseEvent, now: Instant) -> Option<Mouse> {
        let at = Position::new(event.column, event.row);
        let kind = match event.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let is_second =
                    self.last.take().is_some_and(|(before, place)| place == at && now.duration_since(before) < DOUBLE);
                // A third press is a first one again.
                self.last = (!is_second).then_some((now, at));
                if is_second { MouseKind::DoubleClick } else { MouseKind::Press }
            }
            MouseEventKind::Drag(MouseButton::Left) => MouseKind::Drag,
            MouseEventKind::Up(MouseButton::Left) => MouseKind::Release,
            MouseEventKind::ScrollDown => MouseKind::Wheel(WHEEL),
            MouseEventKind::ScrollUp => MouseKind::Wheel(-WHEEL),
            MouseEventKind::ScrollRight => MouseKind::Sideways(1),
            MouseEventKind::ScrollLeft => MouseKind::Sideways(-1),
            _ => return None,
        };
        Some(Mouse { kind, at })
    }
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::KeyModifiers;

    use super::*;

    #[test]
    fn the_mouse_acts_on_the_pane_under_it() {
        let mut cursor = ListCursor::default();
        cursor.set_height(10, 100);
        cursor.select(20, 100);
        let mut pane = MousePane::new(Rect::new(2, 5, 30, 10), &cursor, true);
        let at = |kind, x, y| Mouse { kind, at: Position::new(x, y) };
        // The line at the top is 11.
        assert_eq!(pane.actions(at(MouseKind::Press, 2, 5)), [Motion::Lines(-9).into()]);
        assert_eq!(pane.actions(at(MouseKind::Press, 31, 14)), []);
        assert_eq!(pane.actions(at(MouseKind::Press, 1, 6)), []);
        assert_eq!(pane.actions(at(MouseKind::DoubleClick, 5, 14)), [Common::Open.into()]);
        pane.has_keys = false;
        let next = Common::NextPane.into();
        assert_eq!(pane.actions(at(MouseKind::Press, 5, 13)), [next, Motion::Lines(-1).into()]);
        assert_eq!(pane.actions(at(MouseKind::Wheel(3), 5, 13)), [next, Motion::Lines(3).into(), next]);
        pane.selects = false;
        assert_eq!(pane.actions(at(MouseKind::Press, 5, 13)), [next]);
    }

    #[test]
    fn two_presses_in_one_place_are_a_double_click() {
        let mut clicks = Clicks::default();
        let start = Instant::now();
        let mut press = |column, after| {
            let kind = MouseEventKind::Down(MouseButton::Left);
            let event = MouseEvent { kind, column, row: 1, modifiers: KeyModifiers::NONE };
            clicks.read(event, start + Duration::from_millis(after)).map(|mouse| mouse.kind)
        };
        for (column, after, kind) in [
            (3, 0, MouseKind::Press),
            (3, 200, MouseKind::DoubleClick),
            (3, 300, MouseKind::Press),
            (4, 400, MouseKind::Press),
            (4, 900, MouseKind::Press),
            (4, 1000, MouseKind::DoubleClick),
        ] {
            assert_eq!(press(column, after), Some(kind), "at {column} after {after}");
        }
    }
}
