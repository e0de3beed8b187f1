//! A cursor in a list of lines, and the visible window of the list.

use std::ops::Range;

use crate::runtime::input::action::Motion;

/// Where in the window a line is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Top,
    Middle,
    Bottom,
}

/// Which line is selected and which is at the top of the window. The list itself lives elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct ListCursor {
    pub(crate) selected: usize,
    pub(crate) top: usize,
    height: usize,
}

impl ListCursor {
    /// Moves by `lines`, stopping at either end of `len` lines.
    pub(crate) fn move_by(&mut self, lines: isize, len: usize) {
        let selected = self.selected.saturating_add_signed(lines);
        self.select(selected, len);
    }

    pub(crate) fn select(&mut self, line: usize, len: usize) {
        self.selected = line.min(len.saturating_sub(1));
        self.keep_visible(len);
    }

    /// Selects the target of a jump. If it was not in the window, it comes to the middle of it.
    pub(crate) fn jump(&mut self, line: usize, len: usize) {
        let is_seen = self.window(len).contains(&line);
        self.select(line, len);
        if !is_seen {
            self.place(Place::Middle, len);
        }
    }

    /// Scrolls until the selected line is at a place in the window, as far as there are lines.
    pub(crate) fn place(&mut self, place: Place, len: usize) {
        let above = match place {
            Place::Top => 0,
            Place::Middle => self.height.saturating_sub(1) / 2,
            Place::Bottom => self.height.saturating_sub(1),
        };
        self.top = self.selected.saturating_sub(above).min(len.saturating_sub(self.height));
        self.keep_visible(len);
    }

    /// Scrolls without regard to a selection, as a text is read.
    pub(crate) fn scroll_by(&mut self, lines: isize, len: usize) {
        self.top = self.top.saturating_add_signed(lines).min(len.saturating_sub(self.height));
        self.selected = self.top;
    }

    /// Takes in the height of the window, in lines.
    pub(crate) fn set_height(&mut self, height: usize, len: usize) {
        self.height = height;
        self.keep_visible(len);
    }

    pub(crate) fn page(&self) -> isize {
        isize::try_from(self.height.max(1)).unwrap_or(isize::MAX)
    }

    /// The lines in the window, of `len`.
    pub(crate) fn window(&self, len: usize) -> Range<usize> {
        let top = self.top.min(len);
        top..len.min(top + self.height)
    }

    fn keep_visible(&mut self, len: usize) {
        self.selected = self.selected.min(len.saturating_sub(1));
        let lowest_top = (self.selected + 1).saturating_sub(self.height);
        self.top = self.top.clamp(lowest_top, self.selected.max(lowest_top)).min(len.saturating_sub(1));
    }
}

/// The lines that a motion moves by; none for a motion to an end.
fn steps(motion: Motion, cursor: &ListCursor) -> Option<isize> {
    Some(match motion {
        Motion::Down => 1,
        Motion::Up => -1,
        Motion::HalfPageDown => (cursor.page() / 2).max(1),
        Motion::HalfPageUp => -(cursor.page() / 2).max(1),
        Motion::PageDown => cursor.page(),
        Motion::PageUp => -cursor.page(),
        Motion::Lines(lines) => lines,
        Motion::First
        | Motion::Last
        | Motion::Number(_)
        | Motion::PlaceTop
        | Motion::PlaceMiddle
        | Motion::PlaceBottom => return None,
    })
}

/// Moves a cursor in a list.
pub(crate) fn move_cursor(cursor: &mut ListCursor, motion: Motion, len: usize) {
    match (steps(motion, cursor), motion) {
        (Some(lines), _) => cursor.move_by(lines, len),
        (None, Motion::First) => cursor.select(0, len),
        (None, Motion::Number(number)) => cursor.jump(number.saturating_sub(1), len),
        (None, Motion::PlaceTop) => cursor.place(Place::Top, len),
        (None, Motion::PlaceMiddle) => cursor.place(Place::Middle, len),
        (None, Motion::PlaceBottom) => cursor.place(Place::Bottom, len),
        (None, _) => cursor.select(usize::MAX, len),
    }
}

/// Scrolls a text.
pub(crate) fn scroll(cursor: &mut ListCursor, motion: Motion, len: usize) {
    match (steps(motion, cursor), motion) {
        (Some(lines), _) => cursor.scroll_by(lines, len),
        (None, Motion::First) => cursor.scroll_by(isize::MIN, len),
        (None, Motion::Number(number)) => {
            cursor.scroll_by(isize::MIN, len);
            cursor.scroll_by(isize::try_from(number.saturating_sub(1)).unwrap_or(isize::MAX), len);
        }
        (None, Motion::PlaceTop | Motion::PlaceMiddle | Motion::PlaceBottom) => {}
        (None, _) => cursor.scroll_by(isize::MAX, len),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_stays_in_the_window() {
        let mut cursor = ListCursor::default();
        cursor.set_height(3, 10);
        for (step, selected, window) in
            [(1, 1, 0..3), (2, 3, 1..4), (100, 9, 7..10), (-1, 8, 7..10), (-3, 5, 5..8), (-100, 0, 0..3)]
        {
            cursor.move_by(step, 10);
            assert_eq!((cursor.selected, cursor.window(10)), (selected, window), "after {step}");
        }
    }

    #[test]
    fn jumps_and_placed_lines() {
        let mut cursor = ListCursor::default();
        cursor.set_height(5, 100);
        for (motion, selected, window) in [
            (Motion::Number(3), 2, 0..5),
            (Motion::Number(50), 49, 47..52),
            (Motion::Lines(2), 51, 47..52),
            (Motion::PlaceTop, 51, 51..56),
            (Motion::PlaceBottom, 51, 47..52),
            (Motion::PlaceMiddle, 51, 49..54),
            (Motion::Number(usize::MAX), 99, 95..100),
            (Motion::PlaceTop, 99, 95..100),
            (Motion::Lines(isize::MIN), 0, 0..5),
            (Motion::PlaceMiddle, 0, 0..5),
        ] {
            move_cursor(&mut cursor, motion, 100);
            assert_eq!((cursor.selected, cursor.window(100)), (selected, window), "after {motion:?}");
        }
    }

    #[test]
    fn lists_and_windows_shrink_to_nothing() {
        let mut cursor = ListCursor::default();
        cursor.set_height(5, 20);
        cursor.select(19, 20);
        cursor.set_height(0, 20);
        assert_eq!(cursor.selected, 19);
        cursor.set_height(1, 20);
        assert_eq!(cursor.window(20), 19..20);
        cursor.set_height(5, 2);
        assert_eq!((cursor.selected, cursor.window(2)), (1, 1..2));
        cursor.select(0, 0);
        assert_eq!(cursor.window(0), 0..0);
    }
}
