//! The layout of the screen of one tree for a given size.

use ratatui::layout::{Constraint, Layout, Rect};

use super::Pane;
use crate::runtime::layout::{has_frames, inside, overlay_inside};

/// Below this width there is room for one pane only, in columns.
const TWO_PANES: u16 = 90;
/// From this height on the header has a line of its own for the root's whole hash, in lines.
const TALL: u16 = 12;
/// The lines of the box that describes a node, without its frame.
pub(crate) const NODE_LINES: u16 = 8;

/// The areas of the screen. An area of height or width 0 is not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Areas {
    pub(crate) whole: Rect,
    pub(crate) header: Rect,
    pub(crate) outline: Rect,
    pub(crate) node: Rect,
    pub(crate) records: Rect,
    pub(crate) path: Rect,
    pub(crate) status: Rect,
    pub(crate) overlay: Rect,
    pub(crate) framed: bool,
}

impl Areas {
    /// The layout of `whole` when `focus` has the keys.
    pub(crate) fn of(whole: Rect, focus: Pane) -> Self {
        let header = match whole.height {
            0..=3 => 0,
            4..TALL => 1,
            TALL.. => 2,
        };
        let status = u16::from(whole.height > 2);
        let path = u16::from(whole.height > 7);
        let [header, body, path, status] = Layout::vertical([
            Constraint::Length(header),
            Constraint::Fill(1),
            Constraint::Length(path),
            Constraint::Length(status),
        ])
        .areas(whole);
        let framed = has_frames(whole);
        let frame = if framed { 2 } else { 0 };
        let nothing = Rect { width: 0, height: 0, ..body };
        let (outline, details) = if whole.width >= TWO_PANES {
            let [outline, details] = Layout::horizontal([Constraint::Fill(11), Constraint::Fill(9)]).areas(body);
            (outline, details)
        } else {
            match focus {
                Pane::Outline => (body, nothing),
                Pane::Records => (nothing, body),
            }
        };
        let node = (NODE_LINES + frame).min(details.height / 2);
        let [node, records] = Layout::vertical([Constraint::Length(node), Constraint::Fill(1)]).areas(details);
        Self { whole, header, outline, node, records, path, status, overlay: body, framed }
    }

    pub(crate) fn outline_inside(&self) -> Rect {
        self.inside(self.outline)
    }

    pub(crate) fn node_inside(&self) -> Rect {
        self.inside(self.node)
    }

    pub(crate) fn records_inside(&self) -> Rect {
        self.inside(self.records)
    }

    pub(crate) fn overlay_inside(&self) -> Rect {
        overlay_inside(self.overlay, self.framed)
    }

    fn inside(&self, area: Rect) -> Rect {
        inside(area, self.framed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_a_layout_within_the_screen() {
        for width in 0..130 {
            for height in 0..45 {
                for focus in [Pane::Outline, Pane::Records] {
                    let whole = Rect::new(0, 0, width, height);
                    let areas = Areas::of(whole, focus);
                    for area in [areas.header, areas.outline, areas.node, areas.records, areas.path, areas.overlay] {
                        assert_eq!(area.intersection(whole).area(), area.area(), "{width}x{height}");
                    }
                    if width > 0 && height > 0 && focus == Pane::Outline {
                        assert!(areas.outline_inside().area() > 0, "{width}x{height}");
                    }
                }
            }
        }
    }
}
