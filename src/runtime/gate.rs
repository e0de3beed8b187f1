//! The gate to the terminal and to pictures: every cell passes here before it is shown.

use mst_types::is_hidden;
use ratatui::buffer::Buffer;

/// Replaces a cell with a character that a terminal would obey or hide. All text is escaped where it is
/// laid out, so this is seen only where that was forgotten.
const WRONG: &str = "\u{fffd}";

/// Takes everything out of the cells that a terminal would obey or hide: a mark that follows a letter comes with its
/// cell.
pub(crate) fn clean(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        // Nearly all cells are one byte of a letter.
        if cell.symbol().len() > 1 && cell.symbol().contains(is_hidden) || cell.symbol().contains(char::is_control) {
            cell.set_symbol(WRONG);
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;
    use crate::runtime::offscreen::text_of;

    #[test]
    fn nothing_hidden_is_left_in_a_cell() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        // A tag, a variation selector and a joiner cling to the letter before them.
        buffer.set_string(0, 0, "a\u{e0041}b\u{fe0f}c\u{200d}d", Style::new());
        buffer.cell_mut((0, 1)).expect("a cell").set_symbol("\u{1b}");
        clean(&mut buffer);
        let text = text_of(&buffer);
        assert!(!text.contains(|c: char| c != '\n' && is_hidden(c)), "{text:?}");
        assert!(text.starts_with(WRONG) && text.contains('d'), "{text:?}");
    }
}
