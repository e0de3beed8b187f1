//! The keys, as the keymap has them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::paint;
use crate::tui::app::App;
use crate::tui::keymap::{Group, KEYMAP, shown};
use crate::tui::list::ListCursor;
use crate::tui::theme::Role;

/// A line of the help.
pub(crate) enum HelpLine {
    Title(&'static str),
    Keys(String, &'static str),
    Blank,
}

/// All lines of the help.
pub(crate) fn lines() -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        if !lines.is_empty() {
            lines.push(HelpLine::Blank);
        }
        lines.push(HelpLine::Title(group.title()));
        let rows = KEYMAP.iter().filter(|binding| binding.group == group);
        lines.extend(rows.map(|binding| {
            let keys: Vec<_> = binding.keys.iter().map(|keys| shown(keys)).collect();
            HelpLine::Keys(keys.join(", "), binding.help)
        }));
    }
    lines
}

pub(super) fn draw(app: &App, cursor: &ListCursor, buf: &mut Buffer) {
    let lines = lines();
    paint::overlay(app, "Keys", cursor, lines.len(), buf);
    let inside = app.areas.overlay_inside();
    for (row, line) in lines[cursor.window(lines.len())].iter().enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        let spans = match line {
            HelpLine::Title(title) => vec![Span::styled(*title, app.theme.style(Role::Title))],
            HelpLine::Keys(keys, help) => {
                vec![Span::styled(format!("  {keys:20} "), app.theme.style(Role::Hint)), Span::raw(*help)]
            }
            HelpLine::Blank => Vec::new(),
        };
        paint::two_ends(area, spans, Vec::new(), buf);
    }
}
