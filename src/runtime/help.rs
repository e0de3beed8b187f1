//! The help: the keys and commands of a screen, as their tables have them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::runtime::action::{Action, Common, Motion};
use crate::runtime::commands;
use crate::runtime::keymap::{Group, Keys, shown};
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
    Keys(String, String),
    Blank,
}

/// The help over a screen.
#[derive(Debug)]
pub(crate) struct Help {
    lines: Vec<HelpLine>,
    cursor: ListCursor,
}

impl Help {
    pub(crate) fn new(keys: Keys) -> Self {
        Self { lines: lines(keys), cursor: ListCursor::default() }
    }
}

/// All lines of the help on a screen.
fn lines(keys: Keys) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        let mut rows = keys.bindings().filter(|binding| binding.group == group).peekable();
        if rows.peek().is_none() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(HelpLine::Blank);
        }
        lines.push(HelpLine::Title(group.title()));
        lines.extend(rows.map(|binding| {
            let sequences: Vec<_> = binding.keys().iter().map(|keys| shown(keys)).collect();
            HelpLine::Keys(sequences.join(", "), binding.help())
        }));
    }
    lines.extend([HelpLine::Blank, HelpLine::Title("Commands")]);
    lines.extend(
        commands::available(keys)
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
        vec![Action::Common(Common::Cancel), Action::Move(Motion::Down), Action::Move(Motion::Up)]
    }

    fn draw(&self, screen: &S, buf: &mut Buffer) {
        paint::overlay(screen, "Keys", &self.cursor, self.lines.len(), buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        for (row, line) in self.lines[self.cursor.window(self.lines.len())].iter().enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            let spans = match line {
                HelpLine::Title(title) => vec![Span::styled(*title, screen.theme().style(Role::Title))],
                HelpLine::Keys(keys, help) => {
                    vec![
                        Span::styled(format!("  {keys:20} "), screen.theme().style(Role::Hint)),
                        Span::raw(help.as_str()),
                    ]
                }
                HelpLine::Blank => Vec::new(),
            };
            paint::two_ends(area, spans, Vec::new(), buf);
        }
    }
}
