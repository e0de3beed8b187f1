//! Clusters whose width terminals disagree on: flags, emoji with a tone of skin, letters with marks, whatever came with
//! a new version of Unicode. One terminal draws them in two cells, another in four.
//!
//! A line with such a cluster, now or in the last frame, is drawn anew as a whole when it changes: it is wiped, and what
//! follows a cluster is put at its column. So a cluster that is drawn too wide is cut by what follows it, one that is
//! drawn too narrow leaves a blank, and neither leaves a ghost.

use ratatui::buffer::{Buffer, Cell, CellWidth};

/// The lines with such clusters that the terminal shows.
#[derive(Debug, Default)]
pub(crate) struct Repaint {
    width: u16,
    /// By line; none for a line without.
    shown: Vec<Option<Vec<Cell>>>,
}

impl Repaint {
    /// The lines of the next frame that are to be drawn as a whole.
    pub(crate) fn lines(&mut self, buffer: &Buffer) -> Vec<(u16, Vec<Cell>)> {
        let width = usize::from(buffer.area.width);
        if self.width != buffer.area.width {
            self.forget();
            self.width = buffer.area.width;
        }
        self.shown.resize(usize::from(buffer.area.height), None);
        let mut lines = Vec::new();
        if width == 0 {
            return lines;
        }
        for ((y, cells), shown) in (0..).zip(buffer.content.chunks(width)).zip(&mut self.shown) {
            let is_uncertain = cells.iter().any(|cell| is_uncertain(cell.symbol()));
            if !is_uncertain && shown.is_none() {
                continue;
            }
            if shown.as_deref() != Some(cells) {
                lines.push((y, cells.to_vec()));
            }
            *shown = is_uncertain.then(|| cells.to_vec());
        }
        lines
    }

    /// Forgets what the terminal shows, since something else was there.
    pub(crate) fn forget(&mut self) {
        self.shown.clear();
    }
}

/// Whether terminals disagree on the width of a cluster. They agree on single characters that are older than emoji.
fn is_uncertain(symbol: &str) -> bool {
    if symbol.len() == 1 {
        return false;
    }
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => only > '\u{ffff}' && !matches!(only, '\u{20000}'..='\u{3ffff}'),
        _ => true,
    }
}

/// The cells of a line with their columns, in parts of which each begins at a column of its own: a new one begins after
/// each cluster that is uncertain.
pub(crate) fn parts(cells: &[Cell]) -> Vec<Vec<(u16, &Cell)>> {
    let mut parts = vec![Vec::new()];
    let mut x = 0;
    while let Some(cell) = cells.get(x) {
        if let Some(part) = parts.last_mut() {
            part.push((x as u16, cell));
        }
        if is_uncertain(cell.symbol()) {
            parts.push(Vec::new());
        }
        x += usize::from(cell.cell_width()).max(1);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn buffer(lines: [&str; 2]) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        for (y, line) in (0..).zip(lines) {
            buffer.set_string(0, y, line, Style::new());
        }
        buffer
    }

    #[test]
    fn lines_with_uncertain_clusters_are_drawn_anew_when_they_change() {
        const NONE: [u16; 0] = [];
        let mut repaint = Repaint::default();
        let mut lines = |lines| repaint.lines(&buffer(lines)).into_iter().map(|(y, _)| y).collect::<Vec<_>>();
        assert_eq!(lines(["plain", "日本é"]), NONE);
        assert_eq!(lines(["plain", "a🇩🇪b"]), [1]);
        assert_eq!(lines(["other", "a🇩🇪b"]), NONE, "nothing has changed in it");
        assert_eq!(lines(["e\u{301}", "a🇩🇪c"]), [0, 1]);
        assert_eq!(lines(["e\u{301}", "plain"]), [1], "what it was is wiped");
        assert_eq!(lines(["plain", "plain"]), [0]);
        assert_eq!(lines(["other", "plain"]), NONE);
    }

    #[test]
    fn what_follows_an_uncertain_cluster_has_a_column_of_its_own() {
        let buffer = buffer(["a👍🏽b日e\u{301}c", ""]);
        let columns: Vec<Vec<u16>> =
            parts(&buffer.content[..8]).iter().map(|part| part.iter().map(|(x, _)| *x).collect()).collect();
        assert_eq!(columns, [vec![0, 1], vec![3, 4, 6], vec![7]]);
    }
}
