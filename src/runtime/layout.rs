//! Frames, and what is left within them.

use ratatui::layout::{Margin, Rect};

/// Below these sizes a frame around a pane costs more than it gives.
const FRAMED_WIDTH: u16 = 40;
const FRAMED_HEIGHT: u16 = 10;

/// Whether a screen of this size has room for frames.
pub(crate) fn has_frames(whole: Rect) -> bool {
    whole.width >= FRAMED_WIDTH && whole.height >= FRAMED_HEIGHT
}

/// The part of an area within its frame, if it has one.
pub(crate) fn inside(area: Rect, framed: bool) -> Rect {
    if framed { area.inner(Margin::new(1, 1)) } else { area }
}

/// The inside of an overlay, which keeps a title line where it has no frame.
pub(crate) fn overlay_inside(area: Rect, framed: bool) -> Rect {
    if framed {
        return inside(area, framed);
    }
    let title = 1.min(area.height);
    Rect { y: area.y + title, height: area.height - title, ..area }
}
