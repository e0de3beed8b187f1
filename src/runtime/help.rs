//! The keys, as the keymap has them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::runtime::commands;
use crate::runtime::keymap::{Group, Screen, bindings, shown};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;

/// A line of the help.
pub(crate) enum HelpLine {
    Title(&'static str),
    Keys(String, &'static str),
    Blank,
}

/// All lines of the help on a screen.
pub(crate) fn lines(screen: Screen) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        let mut rows = bindings().filter(|binding| binding.group == group && binding.is_on(screen)).peekable();
        if rows.peek().is_none() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(HelpLine::Blank);
        }
        lines.push(HelpLine::Title(group.title()));
        lines.extend(rows.map(|binding| {
            let keys: Vec<_> = binding.keys.iter().map(|keys| shown(keys)).collect();
            HelpLine::Keys(keys.join(", "), binding.help)
        }));
    }
    lines.extend([HelpLine::Blank, HelpLine::Title("Commands")]);
    lines.extend(
        commands::available(screen)
            .map(|(name, argument, help)| HelpLine::Keys(format!(":{name} {argument}").trim_end().to_owned(), help)),
    );
    lines
}

pub(crate) fn draw(look: &impl Look, cursor: &ListCursor, buf: &mut Buffer) {
    let lines = lines(look.screen());
    paint::overlay(look, "Keys", cursor, lines.len(), buf);
    let inside = overlay_inside(look.overlay(), look.framed());
    for (row, line) in lines[cursor.window(lines.len())].iter().enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        let spans = match line {
            HelpLine::Title(title) => vec![Span::styled(*title, look.theme().style(Role::Title))],
            HelpLine::Keys(keys, help) => {
                vec![Span::styled(format!("  {keys:20} "), look.theme().style(Role::Hint)), Span::raw(*help)]
            }
            HelpLine::Blank => Vec::new(),
        };
        paint::two_ends(area, spans, Vec::new(), buf);
    }
}
