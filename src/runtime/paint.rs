//! Drawing that all screens share: frames, lines with two ends, the cursor.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Scrollbar, ScrollbarOrientation, ScrollbarState, StatefulWidget, Widget};
use unicode_width::UnicodeWidthChar;

use crate::model::text::cut;
use crate::runtime::input::keymap::Keys;
use crate::runtime::list::ListCursor;
use crate::runtime::theme::{Role, Theme};

/// The looks of a screen that shared drawing needs.
pub(crate) trait Look {
    fn theme(&self) -> Theme;
    /// Whether there is room for frames.
    fn framed(&self) -> bool;
    /// The area of an overlay, with its frame.
    fn overlay(&self) -> Rect;
    fn keys(&self) -> Keys;
}

/// A frame with a title, if the screen has room for frames.
pub(crate) fn frame(look: &impl Look, area: Rect, title: &str, focused: bool, buf: &mut Buffer) {
    if !look.framed() || area.is_empty() {
        return;
    }
    let role = if focused { Role::FocusedBorder } else { Role::Border };
    let title_style = Style::reset().patch(look.theme().style(if focused { Role::Title } else { Role::Plain }));
    let title = cut(title, usize::from(area.width).saturating_sub(4));
    let title = Line::styled(format!(" {title} "), title_style);
    Block::bordered().border_style(look.theme().style(role)).title(title).render(area, buf);
}

/// A frame without a title, if the screen has room for frames.
pub(crate) fn plain_frame(look: &impl Look, area: Rect, focused: bool, buf: &mut Buffer) {
    if look.framed() && !area.is_empty() {
        let role = if focused { Role::FocusedBorder } else { Role::Border };
        Block::bordered().border_style(look.theme().style(role)).render(area, buf);
    }
}

/// An overlay: what is below is wiped out; where there is no room for a frame the title has a line of its own.
pub(crate) fn overlay(look: &impl Look, title: &str, cursor: &ListCursor, len: usize, buf: &mut Buffer) {
    let area = look.overlay();
    Clear.render(area, buf);
    frame(look, area, title, true, buf);
    if look.framed() {
        scrollbar(look, area, cursor, len, buf);
    } else if !area.is_empty() {
        buf.set_line(area.x, area.y, &Line::styled(title.to_owned(), look.theme().style(Role::Title)), area.width);
    }
}

/// A scroll bar on the right edge of a frame, where there is more than fits.
pub(crate) fn scrollbar(look: &impl Look, area: Rect, cursor: &ListCursor, len: usize, buf: &mut Buffer) {
    let height = usize::from(area.height.saturating_sub(2));
    if !look.framed() || len <= height || height == 0 {
        return;
    }
    let track = Rect { y: area.y + 1, height: area.height - 2, ..area };
    let mut state =
        ScrollbarState::new(len - height + 1).position(cursor.window(len).start).viewport_content_length(height);
    Scrollbar::new(ScrollbarOrientation::VerticalRight)
        .begin_symbol(None)
        .end_symbol(None)
        .track_symbol(None)
        .thumb_symbol("┃")
        .style(look.theme().style(Role::Plain))
        .render(track, buf, &mut state);
}

/// One line with text at both ends. The right end is left out where both do not fit; a left end that does not fit ends
/// with a sign, unless it ends with a whole word.
pub(crate) fn two_ends(area: Rect, left: Vec<Span<'_>>, right: Vec<Span<'_>>, buf: &mut Buffer) {
    let (left, right) = (Line::from(left), Line::from(right));
    let right_width = right.width() as u16;
    buf.set_line(area.x, area.y, &left, area.width);
    if area.width > 1 && is_cut_in_a_word(&left, area.width.into()) {
        buf[(area.right() - 1, area.y)].set_symbol("…");
    }
    if left.width() as u16 + right_width < area.width {
        buf.set_line(area.right() - right_width, area.y, &right, right_width);
    }
}

/// Whether a line of this width would end within a word or a number.
fn is_cut_in_a_word(line: &Line<'_>, width: usize) -> bool {
    let mut column = 0;
    let mut is_blank_before = true;
    for c in line.spans.iter().flat_map(|span| span.content.chars()) {
        column += c.width().unwrap_or(0);
        if column > width {
            return !c.is_whitespace() && !is_blank_before;
        }
        is_blank_before = c.is_whitespace();
    }
    false
}

/// The line under the cursor: in one style from edge to edge, whatever its parts look like.
pub(crate) fn cursor_line(theme: Theme, area: Rect, focused: bool, buf: &mut Buffer) {
    let style = theme.style(if focused { Role::Cursor } else { Role::IdleCursor });
    buf.set_style(area, Style::reset());
    buf.set_style(area, style);
}

/// A text with some places in it marked; these are in bytes, in order, and do not overlap.
pub(crate) fn marked(text: &str, places: &[Range<usize>], style: Style, theme: Theme) -> Vec<Span<'static>> {
    let mark = style.patch(theme.style(Role::Mark)).remove_modifier(Modifier::DIM);
    let mut spans = Vec::new();
    let mut end = 0;
    for place in places {
        let between = text.get(end..place.start).unwrap_or_default();
        spans.push(Span::styled(between.to_owned(), style));
        spans.push(Span::styled(text.get(place.clone()).unwrap_or_default().to_owned(), mark));
        end = place.end;
    }
    spans.push(Span::styled(text.get(end..).unwrap_or_default().to_owned(), style));
    spans.retain(|span| !span.content.is_empty());
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_cut_ends_with_a_sign() {
        for (text, width, drawn) in [
            ("12 keys", 7, "12 keys"),
            ("12 keys", 6, "12 ke…"),
            ("12 keys", 3, "12 "),
            ("12 keys", 2, "12"),
            ("123", 2, "1…"),
            ("123", 1, "1"),
            ("", 3, "   "),
        ] {
            let area = Rect::new(0, 0, width, 1);
            let mut buf = Buffer::empty(area);
            two_ends(area, vec![Span::raw(text)], vec![Span::raw("right")], &mut buf);
            let cells: String = buf.content().iter().map(|cell| cell.symbol()).collect();
            assert_eq!(cells, drawn, "{text:?} in {width}");
        }
    }
}
