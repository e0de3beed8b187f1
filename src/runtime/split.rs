//! Two panes in one area: a list, and beside or below it an inspector of what is under the cursor of the list.

use ratatui::layout::{Position, Rect};

use crate::runtime::input::mouse::{Mouse, MouseKind};

/// The least width of an inspector beside a list, in columns.
const NARROWEST: u16 = 36;
/// Where there is room the inspector has so many columns of a hundred, or so many lines.
const SHARE: u16 = 38;
/// From this height on an inspector stands below a list that is too narrow for one beside it, in lines.
const TALL: u16 = 26;
/// From this height on the list stays visible above the inspector that has the keys, in lines.
const HALVED: u16 = 14;
/// The least height of either pane, in lines.
const LOWEST: u16 = 5;
/// The columns, or lines, by which one key changes the inspector.
const STEP_COLUMNS: i16 = 4;
const STEP_LINES: i16 = 2;
/// The most steps in either direction.
const MAX_STEPS: i16 = 100;

/// How the user divides the area.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Split {
    /// Whether the inspector has the keys.
    pub(crate) inside: bool,
    /// Whether the pane that has the keys takes the whole area.
    pub(crate) zoomed: bool,
    /// The steps by which the inspector is larger than it would be by itself.
    steps: i16,
    /// Whether the mouse holds the divider.
    is_held: bool,
}

/// The areas of the two panes, with their frames. An area of width or height 0 is not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct SplitAreas {
    pub(crate) list: Rect,
    pub(crate) inspector: Rect,
}

impl Split {
    /// The panes of `body`, of which the list keeps at least `list_width` columns if the inspector stands beside it.
    /// Where there is no room for both, the pane that has the keys is shown.
    pub(crate) fn areas(&self, body: Rect, list_width: u16) -> SplitAreas {
        let nothing = Rect { width: 0, height: 0, ..body };
        let only = |inspector: bool| match inspector {
            true => SplitAreas { list: nothing, inspector: body },
            false => SplitAreas { list: body, inspector: nothing },
        };
        if self.zoomed {
            return only(self.inside);
        }
        let larger = |size: u16, step: i16| size.saturating_add_signed(self.steps.saturating_mul(step));
        if body.width >= list_width.saturating_add(NARROWEST) {
            let share = u16::try_from(u32::from(body.width) * u32::from(SHARE) / 100).unwrap_or(body.width);
            let share = share.min(body.width - list_width).max(NARROWEST);
            // The user may take more from the list than it has by itself.
            let width = larger(share, STEP_COLUMNS).clamp(NARROWEST / 2, body.width - NARROWEST / 2);
            let list = Rect { width: body.width - width, ..body };
            return SplitAreas { list, inspector: Rect { x: list.right(), width, ..body } };
        }
        if body.height >= TALL || self.inside && body.height >= HALVED {
            let share = if body.height >= TALL { body.height / 3 } else { body.height / 2 };
            let height = larger(share, STEP_LINES).clamp(LOWEST, body.height - LOWEST);
            let list = Rect { height: body.height - height, ..body };
            return SplitAreas { list, inspector: Rect { y: list.bottom(), height, ..body } };
        }
        only(self.inside)
    }

    /// Makes the inspector larger by so many steps, or smaller. False if it is as large, or as small, as it can be.
    pub(crate) fn enlarge(&mut self, steps: i16, body: Rect, list_width: u16) -> bool {
        let before = self.areas(body, list_width);
        let enlarged = Self { steps: (self.steps + steps).clamp(-MAX_STEPS, MAX_STEPS), zoomed: false, ..*self };
        if enlarged.areas(body, list_width) == before {
            return false;
        }
        *self = enlarged;
        true
    }
}

/// The divider between the panes, as the mouse moves it.
impl Split {
    /// Takes in what the mouse did. False if it had nothing to do with the divider.
    pub(crate) fn mouse(&mut self, mouse: Mouse, body: Rect, list_width: u16) -> bool {
        let was_held = self.is_held;
        match mouse.kind {
            MouseKind::Press => self.is_held = self.is_on_divider(mouse.at, body, list_width),
            MouseKind::Drag if was_held => self.drag(mouse.at, body, list_width),
            MouseKind::Release => self.is_held = false,
            _ => return false,
        }
        was_held || self.is_held
    }

    fn is_on_divider(&self, at: Position, body: Rect, list_width: u16) -> bool {
        let SplitAreas { list, inspector } = self.areas(body, list_width);
        if list.is_empty() || inspector.is_empty() || !body.contains(at) {
            return false;
        }
        // The frames of both panes.
        match inspector.x > list.x {
            true => at.x + 1 == inspector.x || at.x == inspector.x,
            false => at.y == inspector.y,
        }
    }

    /// Moves the divider to where the mouse is, as near as steps lead there.
    fn drag(&mut self, to: Position, body: Rect, list_width: u16) {
        let SplitAreas { inspector, list } = self.areas(body, list_width);
        let (wanted, here, step) = match inspector.x > list.x {
            true => (to.x, inspector.x, STEP_COLUMNS),
            false => (to.y, inspector.y, STEP_LINES),
        };
        let distance = i32::from(here) - i32::from(wanted);
        let steps = i16::try_from(distance / i32::from(step)).unwrap_or(0);
        if steps != 0 {
            self.enlarge(steps, body, list_width);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panes_fill_the_area_at_every_size() {
        for (width, height) in [(0, 0), (1, 1), (20, 5), (40, 10), (80, 19), (99, 40), (100, 8), (160, 45), (300, 90)] {
            for inside in [false, true] {
                for zoomed in [false, true] {
                    for steps in [-100, -3, 0, 3, 100] {
                        let body = Rect::new(0, 3, width, height);
                        let split = Split { inside, zoomed, steps, is_held: false };
                        let SplitAreas { list, inspector } = split.areas(body, 60);
                        assert_eq!(list.area() + inspector.area(), body.area(), "{split:?} {body:?}");
                        assert!(!list.intersects(inspector) || list.is_empty() || inspector.is_empty());
                        let focused = if inside { inspector } else { list };
                        assert_eq!(focused.is_empty(), body.is_empty(), "{split:?} {body:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_mouse_moves_the_divider() {
        let body = Rect::new(0, 3, 160, 40);
        let mut split = Split::default();
        let left = |split: &Split| split.areas(body, 60).inspector.x;
        let did = |split: &mut Split, kind, x| split.mouse(Mouse { kind, at: Position::new(x, 10) }, body, 60);
        let x = left(&split);
        assert!(!did(&mut split, MouseKind::Press, x + 1) && !did(&mut split, MouseKind::Drag, x - 20));
        assert_eq!(left(&split), x, "only the divider can be held");
        assert!(did(&mut split, MouseKind::Press, x));
        for to in [x - 20, x + 8, 60, 120] {
            assert!(did(&mut split, MouseKind::Drag, to));
            assert!(left(&split).abs_diff(to) < STEP_COLUMNS.unsigned_abs(), "{} at {to}", left(&split));
        }
        assert!(did(&mut split, MouseKind::Release, 120));
        assert!(!did(&mut split, MouseKind::Drag, 80));
    }

    #[test]
    fn the_inspector_stands_beside_a_list_that_keeps_its_width() {
        let split = Split::default();
        let at = |width, height| split.areas(Rect::new(0, 0, width, height), 60);
        assert_eq!((at(96, 20).list.width, at(96, 20).inspector.width), (60, 36));
        assert_eq!((at(95, 20).list.width, at(95, 20).inspector.width), (95, 0));
        assert_eq!((at(95, 30).list.height, at(95, 30).inspector.height), (20, 10));
        assert_eq!(at(160, 20).inspector.width, 60);
    }

    #[test]
    fn steps_end_where_nothing_changes_any_more() {
        let body = Rect::new(0, 0, 120, 30);
        let mut split = Split::default();
        let presses = (0..200).take_while(|_| split.enlarge(1, body, 60)).count();
        assert!((10..30).contains(&presses), "{presses}");
        assert!(split.enlarge(-1, body, 60), "the first step back counts");
        let before = split.areas(body, 60).inspector.width;
        assert!(split.enlarge(-1, body, 60) && split.areas(body, 60).inspector.width < before);
    }
}
