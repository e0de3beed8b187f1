//! The help: the keys and commands of a screen, as their tables have them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::runtime::action::Action;
use crate::runtime::commands;
use crate::runtime::keymap::{Group, ScreenKind, bindings, shown};
use crate::runtime::layers::Layer;
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;

/// The name of the layer.
pub(crate) const HELP: &str = "help";

/// A line of the help.
#[derive(Debug)]
enum HelpLine {
    Title(&'static str),
    Keys(String, &'static str),
    Blank,
}

/// The help over a screen.
#[derive(Debug)]
pub(crate) struct Help {
    lines: Vec<HelpLine>,
    cursor: ListCursor,
}

impl Help {
    pub(crate) fn new(screen: ScreenKind) -> Self {
        Self { lines: lines(screen), cursor: ListCursor::default() }
    }
}

/// All lines of the help on a screen.
fn lines(screen: ScreenKind) -> Vec<HelpLine> {
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

impl<S: Look> Layer<S> for Help {
    fn name(&self) -> &'static str {
        HELP
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Cancel, Action::Down, Action::Up]
    }

    fn draw(&self, screen: &S, buf: &mut Buffer) {
        paint::overlay(screen, "Keys", &self.cursor, self.lines.len(), buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        for (row, line) in self.lines[self.cursor.window(self.lines.len())].iter().enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            let spans = match line {
                HelpLine::Title(title) => vec![Span::styled(*title, screen.theme().style(Role::Title))],
                HelpLine::Keys(keys, help) => {
                    vec![Span::styled(format!("  {keys:20} "), screen.theme().style(Role::Hint)), Span::raw(*help)]
                }
                HelpLine::Blank => Vec::new(),
            };
            paint::two_ends(area, spans, Vec::new(), buf);
        }
    }
}
