//! The layout of the screen of two trees for a given size.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::runtime::layout::{has_frames, inside};

/// Below this width the two sides are shown as one unless asked for, in columns.
pub(crate) const TWO_SIDES: u16 = 110;
/// From this width on they can be shown as two at all.
const AT_LEAST: u16 = 12;
/// The column of glyphs between the sides.
const BETWEEN: u16 = 3;

/// The areas of the screen. An area of height or width 0 is not shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct DiffAreas {
    pub(crate) whole: Rect,
    pub(crate) header: Rect,
    /// What the comparison rests on beside the trees, where there is anything to say.
    pub(crate) basis: Rect,
    pub(crate) strip: Rect,
    pub(crate) body: Rect,
    /// The two sides; none where they are shown as one.
    pub(crate) sides: Option<(Rect, Rect)>,
    pub(crate) footer: Rect,
    pub(crate) status: Rect,
    pub(crate) framed: bool,
}

impl DiffAreas {
    /// The layout of `whole`; `unified` as the user wants it, if they said so. The line of the basis is there whenever
    /// the one of the verdict is, so that no verdict is seen without it.
    pub(crate) fn of(whole: Rect, unified: Option<bool>, has_basis: bool) -> Self {
        let line = |from: u16| Constraint::Length(u16::from(whole.height >= from));
        let basis = if has_basis { line(4) } else { Constraint::Length(0) };
        let rows = [line(4), basis, line(8), Constraint::Fill(1), line(7), line(3)];
        let [header, basis, strip, body, footer, status] = Layout::vertical(rows).areas(whole);
        let unified = unified.unwrap_or(whole.width < TWO_SIDES) || whole.width < AT_LEAST;
        let sides = (!unified).then(|| {
            let width = (whole.width - BETWEEN) / 2;
            (Rect { width, ..body }, Rect { width, x: body.right() - width, ..body })
        });
        Self { whole, header, basis, strip, body, sides, footer, status, framed: has_frames(whole) }
    }

    /// The inside of the list, of both sides together.
    pub(crate) fn list(&self) -> Rect {
        inside(self.body, self.framed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_a_layout_within_the_screen() {
        for width in 0..130 {
            for height in 0..30 {
                for (unified, has_basis) in [(None, true), (Some(true), false), (Some(false), true)] {
                    let whole = Rect::new(0, 0, width, height);
                    let areas = DiffAreas::of(whole, unified, has_basis);
                    assert!(!has_basis || areas.header.is_empty() || !areas.basis.is_empty(), "{width}x{height}");
                    let (left, right) = areas.sides.unwrap_or((areas.body, areas.body));
                    for area in [areas.header, areas.basis, areas.strip, areas.footer, areas.status, left, right] {
                        assert_eq!(area.intersection(whole).area(), area.area(), "{width}x{height}");
                    }
                    assert_eq!(left.width, right.width, "{width}x{height}");
                    if areas.sides.is_some() {
                        assert!(left.right() + BETWEEN <= right.x, "{width}x{height}");
                    }
                    if width > 0 && height > 0 {
                        assert!(areas.list().area() > 0, "{width}x{height}");
                    }
                }
            }
        }
    }
}
