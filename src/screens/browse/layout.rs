//! The layout of the screen of one tree for a given size.

use ratatui::layout::{Constraint, Layout, Margin, Rect};

use crate::runtime::layout::{has_frames, inside, overlay_inside};
use crate::runtime::split::{Split, SplitAreas};

/// The least width of the list beside an inspector, in columns.
const LIST: u16 = 56;
/// From this height on the header has a line of its own for the root's whole hash, in lines.
const TALL: u16 = 12;
/// From these heights on there are heads over the outline, those of fields too, and a legend below it, in lines.
const HEADED: u16 = 12;
const FIELDS_HEADED: u16 = 16;
const TABLE_HEADED: u16 = 5;
const LEGEND: u16 = 20;
/// Below this width there are no heads, in columns.
const HEADED_WIDTH: u16 = 40;
/// The lines of the box that describes a node, without its frame.
pub(crate) const NODE_LINES: u16 = 8;

/// What the list is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ListKind {
    Outline,
    /// With heads for the fields of records.
    OutlineWithFields,
    Table,
}

/// The areas of the screen. An area of height or width 0 is not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Areas {
    pub(crate) whole: Rect,
    pub(crate) header: Rect,
    /// The list with its inspector.
    pub(crate) body: Rect,
    pub(crate) outline: Rect,
    /// The lines of heads at the top of the outline.
    heads: u16,
    pub(crate) legend: Rect,
    pub(crate) inspector: Rect,
    /// The inspector of a node: its facts, and its records.
    pub(crate) node: Rect,
    pub(crate) records: Rect,
    pub(crate) path: Rect,
    pub(crate) status: Rect,
    pub(crate) overlay: Rect,
    pub(crate) framed: bool,
}

impl Areas {
    /// The layout of `whole`.
    pub(crate) fn of(whole: Rect, split: Split, list: ListKind) -> Self {
        let header = match whole.height {
            0..=3 => 0,
            4..TALL => 1,
            TALL.. => 2,
        };
        let status = u16::from(whole.height > 2);
        let path = u16::from(whole.height > 7);
        let is_headed = whole.width >= HEADED_WIDTH && whole.height >= HEADED;
        let heads = match list {
            ListKind::Table => u16::from(whole.height >= TABLE_HEADED),
            ListKind::OutlineWithFields if is_headed && whole.height >= FIELDS_HEADED => 2,
            ListKind::Outline | ListKind::OutlineWithFields => u16::from(is_headed),
        };
        let legend = u16::from(is_headed && whole.height >= LEGEND && list != ListKind::Table);
        let [header, body, legend, path, status] = Layout::vertical([
            Constraint::Length(header),
            Constraint::Fill(1),
            Constraint::Length(legend),
            Constraint::Length(path),
            Constraint::Length(status),
        ])
        .areas(whole);
        let framed = has_frames(whole);
        let frame = if framed { 2 } else { 0 };
        let SplitAreas { list: outline, inspector } = split.areas(body, LIST);
        let node = (NODE_LINES + frame).min(inspector.height / 2);
        let [node, records] = Layout::vertical([Constraint::Length(node), Constraint::Fill(1)]).areas(inspector);
        let overlay = Rect { height: body.height + legend.height, ..body };
        Self { whole, header, body, outline, heads, legend, inspector, node, records, path, status, overlay, framed }
    }

    pub(crate) fn list_width(&self) -> u16 {
        LIST
    }

    /// The rows of the table below its head, which are in the place of the outline.
    pub(crate) fn table_inside(&self) -> Rect {
        self.outline_inside()
    }

    pub(crate) fn table_head(&self) -> Rect {
        self.outline_heads()
    }

    /// The lines of the outline below its heads.
    pub(crate) fn outline_inside(&self) -> Rect {
        let inside = self.inside(self.outline);
        let heads = self.heads.min(inside.height);
        Rect { y: inside.y + heads, height: inside.height - heads, ..inside }
    }

    pub(crate) fn outline_heads(&self) -> Rect {
        let inside = self.inside(self.outline);
        Rect { height: self.heads.min(inside.height), ..inside }
    }

    /// The fields of a record.
    pub(crate) fn fields(&self) -> Rect {
        let inside = self.inspector_inside();
        Rect { height: inside.height - self.record_facts().height, ..inside }.inner(Margin::new(1, 0))
    }

    /// The last lines of the inspector of a record: where the record is.
    pub(crate) fn record_facts(&self) -> Rect {
        let inside = self.inspector_inside();
        let lines = match inside.height {
            0..=5 => 0,
            6..=9 => 1,
            10.. => 3,
        };
        Rect { y: inside.bottom() - lines, height: lines, ..inside }.inner(Margin::new(1, 0))
    }

    pub(crate) fn inspector_inside(&self) -> Rect {
        self.inside(self.inspector)
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
                for focused in [false, true] {
                    let whole = Rect::new(0, 0, width, height);
                    let mut split = Split::default();
                    split.inside = focused;
                    let areas = Areas::of(whole, split, ListKind::OutlineWithFields);
                    for area in [
                        areas.header,
                        areas.outline,
                        areas.legend,
                        areas.fields(),
                        areas.record_facts(),
                        areas.node,
                        areas.records,
                        areas.path,
                        areas.overlay,
                    ] {
                        assert_eq!(area.intersection(whole).area(), area.area(), "{width}x{height}");
                    }
                    if width > 0 && height > 0 && !focused {
                        assert!(areas.outline_inside().area() > 0, "{width}x{height}");
                    }
                }
            }
        }
    }
}
