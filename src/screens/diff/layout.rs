//! The layout of the screen of two trees for a given size.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::runtime::layout::{has_frames, inside};
use crate::runtime::split::{Split, SplitAreas};

/// Below this width the two sides are shown as one unless asked for, in columns.
pub(crate) const TWO_SIDES: u16 = 110;
/// From this width on they can be shown as two at all.
const AT_LEAST: u16 = 12;
/// The column of glyphs between the sides.
const BETWEEN: u16 = 3;
/// The least width of the list beside the inspector, in columns.
const LIST: u16 = 62;
/// From this height on a list without a frame has a line for the heads of its columns, in lines.
const WITH_HEADS: u16 = 6;

/// The areas of the screen. An area of height or width 0 is not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct DiffAreas {
    pub(crate) whole: Rect,
    pub(crate) header: Rect,
    /// The line below the verdict, where there is anything to say: what the comparison rests on beside the trees, or
    /// what happens to their files.
    pub(crate) second_line: Rect,
    pub(crate) strip: Rect,
    /// The list and the inspector together; layers lie over both.
    pub(crate) body: Rect,
    pub(crate) list: Rect,
    pub(crate) inspector: Rect,
    /// The two sides of the list; none where they are shown as one.
    pub(crate) sides: Option<(Rect, Rect)>,
    /// Whether there is room for two sides of an open record.
    pub(crate) two: bool,
    /// Whether the list is a table with heads.
    table: bool,
    pub(crate) footer: Rect,
    pub(crate) status: Rect,
    pub(crate) framed: bool,
}

/// What the layout depends on besides the size.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Wanted {
    /// Whether both trees are one list, if the user said so.
    pub(crate) unified: Option<bool>,
    pub(crate) has_second_line: bool,
    /// Whether the list is the table of differences, not the trees.
    pub(crate) table: bool,
    pub(crate) split: Split,
}

impl Wanted {
    /// The least width of the list beside the inspector.
    pub(crate) fn list_width(self) -> u16 {
        // Two sides that are cut to half their width would say less than the inspector does.
        if self.table || self.unified == Some(true) { LIST } else { TWO_SIDES }
    }
}

impl DiffAreas {
    /// The layout of `whole`. The second line is there whenever the one of the verdict is, so that no verdict is
    /// seen without it.
    pub(crate) fn of(whole: Rect, wanted: Wanted) -> Self {
        let line = |from: u16| Constraint::Length(u16::from(whole.height >= from));
        let second_line = if wanted.has_second_line { line(4) } else { Constraint::Length(0) };
        let rows = [line(4), second_line, line(8), Constraint::Fill(1), line(7), line(3)];
        let [header, second_line, strip, body, footer, status] = Layout::vertical(rows).areas(whole);
        let SplitAreas { list, inspector } = wanted.split.areas(body, wanted.list_width());
        let is_two = |width: u16| !wanted.unified.unwrap_or(width < TWO_SIDES) && width >= AT_LEAST;
        let sides = (!wanted.table && is_two(list.width)).then(|| {
            let width = (list.width - BETWEEN) / 2;
            (Rect { width, ..list }, Rect { width, x: list.right() - width, ..list })
        });
        let (two, table, framed) = (is_two(whole.width), wanted.table, has_frames(whole));
        Self { whole, header, second_line, strip, body, list, inspector, sides, two, table, footer, status, framed }
    }

    /// The inside of the list with its heads.
    pub(crate) fn list_with_heads(&self) -> Rect {
        inside(self.list, self.framed)
    }

    /// The inside of the list, of both sides together, below its heads.
    pub(crate) fn list(&self) -> Rect {
        let inside = self.list_with_heads();
        let heads = u16::from(self.has_line_of_heads());
        Rect { y: inside.y + heads, height: inside.height - heads, ..inside }
    }

    fn has_line_of_heads(&self) -> bool {
        self.table && !self.framed && self.list.height >= WITH_HEADS
    }

    /// The line of the heads of the table: on its frame, or the first one of a list that has none.
    pub(crate) fn heads(&self) -> Option<Rect> {
        let inside = self.list_with_heads();
        match self.framed {
            true => (inside.height > 0).then_some(Rect { y: self.list.y, height: 1, ..inside }),
            false => self.has_line_of_heads().then_some(Rect { height: 1, ..inside }),
        }
    }

    /// The inside of the inspector.
    pub(crate) fn inspector(&self) -> Rect {
        inside(self.inspector, self.framed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_a_layout_within_the_screen() {
        for width in 0..130 {
            for height in 0..30 {
                for (unified, has_second_line) in [(None, true), (Some(true), false), (Some(false), true)] {
                    for (table, inside) in [(true, false), (false, false), (true, true), (false, true)] {
                        let whole = Rect::new(0, 0, width, height);
                        let mut split = Split::default();
                        split.inside = inside;
                        let areas = DiffAreas::of(whole, Wanted { unified, has_second_line, table, split });
                        assert!(
                            !has_second_line || areas.header.is_empty() || !areas.second_line.is_empty(),
                            "{width}x{height}"
                        );
                        let (left, right) = areas.sides.unwrap_or((areas.list, areas.list));
                        let heads = areas.heads().unwrap_or_default();
                        let both = [left, right, areas.inspector, heads];
                        for area in [areas.header, areas.second_line, areas.strip, areas.footer, areas.status]
                            .into_iter()
                            .chain(both)
                        {
                            assert_eq!(area.intersection(whole).area(), area.area(), "{width}x{height}");
                        }
                        assert_eq!(left.width, right.width, "{width}x{height}");
                        if areas.sides.is_some() {
                            assert!(left.right() + BETWEEN <= right.x, "{width}x{height}");
                        }
                        if width > 0 && height > 0 {
                            let focused = if inside { areas.inspector() } else { areas.list() };
                            assert!(focused.area() > 0 || inside && !areas.inspector.is_empty(), "{width}x{height}");
                        }
                    }
                }
            }
        }
    }
}
