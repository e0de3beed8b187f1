//! The gate to the terminal and to pictures: every cell passes here before it is shown. What a terminal would obey or
//! hide is taken out, and what it cannot show is replaced by the nearest that it can, so that no screen can forget it.

use mst_types::is_hidden;
use ratatui::buffer::Buffer;
use ratatui::style::Color;

use crate::runtime::looks::Looks;
use crate::runtime::terminal::charset::{self, Charset};
use crate::runtime::terminal::depth::Depth;

/// Replaces a cell with a character that a terminal would obey or hide. All text is escaped where it is
/// laid out, so this is seen only where that was forgotten.
const WRONG: &str = "\u{fffd}";

/// Lets the cells pass.
pub(crate) fn pass(buffer: &mut Buffer, looks: &Looks) {
    clean(buffer);
    if looks.charset == Charset::Ascii {
        charset::to_ascii(buffer);
    }
    color(buffer, looks);
}

/// Takes everything out of the cells that a terminal would obey or hide: a mark that follows a letter comes with its
/// cell.
fn clean(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        // Nearly all cells are one byte of a letter.
        if cell.symbol().len() > 1 && cell.symbol().contains(is_hidden) || cell.symbol().contains(char::is_control) {
            cell.set_symbol(WRONG);
        }
    }
}

/// Fills in the theme's own text and background, and brings all colours down to those that the terminal has.
fn color(buffer: &mut Buffer, looks: &Looks) {
    let ground = looks.theme().ground();
    if ground.is_none() && looks.depth == Depth::True {
        return;
    }
    let (text, background) = ground.unwrap_or((Color::Reset, Color::Reset));
    // A screen has few colours, and mostly the same as the cell before.
    let mut known = [(Color::Reset, Color::Reset); 2];
    for cell in &mut buffer.content {
        for (at, (color, default)) in [(&mut cell.fg, text), (&mut cell.bg, background)].into_iter().enumerate() {
            let wanted = if *color == Color::Reset { default } else { *color };
            if wanted != known[at].0 {
                known[at] = (wanted, looks.depth.nearest(wanted));
            }
            *color = known[at].1;
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;
    use crate::runtime::offscreen::text_of;
    use crate::runtime::theme::{Role, Theme};

    #[test]
    fn nothing_hidden_is_left_in_a_cell() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        // A tag, a variation selector and a joiner cling to the letter before them.
        buffer.set_string(0, 0, "a\u{e0041}b\u{fe0f}c\u{200d}d", Style::new());
        buffer.cell_mut((0, 1)).expect("a cell").set_symbol("\u{1b}");
        pass(&mut buffer, &Theme::Dark.into());
        let text = text_of(&buffer);
        assert!(!text.contains(|c: char| c != '\n' && is_hidden(c)), "{text:?}");
        assert!(text.starts_with(WRONG) && text.contains('d'), "{text:?}");
    }

    #[test]
    fn colours_are_those_of_the_terminal() {
        let drawn = |theme: Theme, depth| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
            buffer.set_string(0, 0, "+x", theme.style(Role::OnlyRight));
            pass(&mut buffer, &Looks { depth, ..theme.into() });
            [(buffer[(0, 0)].fg, buffer[(0, 0)].bg), (buffer[(3, 0)].fg, buffer[(3, 0)].bg)]
        };
        let plain = (Color::Reset, Color::Reset);
        assert_eq!(drawn(Theme::Dark, Depth::Ansi16), [(Color::LightGreen, Color::Reset), plain]);
        assert_eq!(drawn(Theme::ColourBlind, Depth::Ansi256), [(Color::Indexed(178), Color::Reset), plain]);
        let contrast = drawn(Theme::HighContrast, Depth::Ansi16);
        assert_eq!(contrast, [(Color::LightGreen, Color::Black), (Color::White, Color::Black)]);
        assert_eq!(drawn(Theme::Dark, Depth::None), [plain, plain]);
    }
}
