//! The layout of the screen of two tables for a given size.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::runtime::layout::{has_frames, inside};

/// From this width on the details are beside the list, in columns.
const BESIDE: u16 = 120;
/// From this height and width on they are below it otherwise.
const BELOW: (u16, u16) = (60, 20);

/// The areas of the screen. An area of height or width 0 is not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct TablesAreas {
    pub(crate) whole: Rect,
    /// The names of both sides, and what the draft rests on.
    pub(crate) header: Rect,
    pub(crate) body: Rect,
    pub(crate) list: Rect,
    /// The details of the line under the cursor. Where there is no room for both they take the place of the list.
    pub(crate) details: Option<Rect>,
    pub(crate) footer: Rect,
    pub(crate) status: Rect,
    pub(crate) framed: bool,
}

impl TablesAreas {
    pub(crate) fn of(whole: Rect) -> Self {
        let header = match whole.height {
            0..=3 => 0,
            4..=9 => 1,
            _ => 2,
        };
        let line = |from: u16| Constraint::Length(u16::from(whole.height >= from));
        let rows = [Constraint::Length(header), Constraint::Fill(1), line(5), line(3)];
        let [header, body, footer, status] = Layout::vertical(rows).areas(whole);
        let (list, details) = if whole.width >= BESIDE {
            let [list, details] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(body);
            (list, Some(details))
        } else if whole.width >= BELOW.0 && whole.height >= BELOW.1 {
            let [list, details] = Layout::vertical([Constraint::Fill(5), Constraint::Fill(4)]).areas(body);
            (list, Some(details))
        } else {
            (body, None)
        };
        Self { whole, header, body, list, details, footer, status, framed: has_frames(whole) }
    }

    /// The inside of the body where it is not divided.
    pub(crate) fn inside(&self) -> Rect {
        inside(self.body, self.framed)
    }

    /// The inside of the list.
    pub(crate) fn list_inside(&self) -> Rect {
        inside(self.list, self.framed)
    }

    /// The area of the details, with its frame.
    pub(crate) fn details_area(&self) -> Rect {
        self.details.unwrap_or(self.body)
    }

    /// The inside of the details.
    pub(crate) fn details_inside(&self) -> Rect {
        inside(self.details_area(), self.framed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_a_layout_within_the_screen() {
        for width in [0..14, 38..42, 58..62, 118..122, 169..170].into_iter().flatten() {
            for height in 0..24 {
                let whole = Rect::new(0, 0, width, height);
                let areas = TablesAreas::of(whole);
                let details = areas.details.unwrap_or_default();
                assert_eq!(areas.list.intersection(details).area(), 0, "{width}x{height}");
                for area in [areas.header, areas.list, details, areas.footer, areas.status] {
                    assert_eq!(area.intersection(whole).area(), area.area(), "{width}x{height}");
                }
                if width > 0 && height > 0 {
                    assert!(areas.list_inside().area() > 0 && areas.details_inside().area() > 0, "{width}x{height}");
                }
            }
        }
    }
}
