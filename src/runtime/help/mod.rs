//! The help: what a tree is, then the keys and commands of a screen, as their tables have them. It can be searched.

mod find;
mod picture;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr;

use self::find::Needle;
use crate::model::text::wrap;
use crate::runtime::input::action::{Action, Common, Motion, TreeAction};
use crate::runtime::input::commands;
use crate::runtime::input::keymap::{Group, Keys, shown};
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;

/// The name of the layer.
pub(crate) const HELP: &str = "help";

/// The columns before a name, and those of the names.
const MARGIN: usize = 2;
const NAME: usize = 20;
/// The narrowest room for a help text beside a name, in columns.
const NARROWEST: usize = 24;

/// A line of the help.
#[derive(Debug)]
enum HelpLine {
    Title(&'static str),
    Keys(String, String),
    Text(String),
    Blank,
}

impl HelpLine {
    /// The parts of the line, each with the way it looks.
    fn parts(&self) -> Vec<(String, Role)> {
        match self {
            Self::Title(title) => vec![((*title).to_owned(), Role::Title)],
            Self::Keys(keys, help) => {
                vec![(format!("{:MARGIN$}{keys:NAME$} ", ""), Role::Hint), (help.clone(), Role::Plain)]
            }
            Self::Text(text) => vec![(text.clone(), Role::Plain)],
            Self::Blank => Vec::new(),
        }
    }
}

/// The help over a screen.
#[derive(Debug)]
pub(crate) struct Help {
    keys: Keys,
    /// The width that the lines are laid out for.
    width: u16,
    lines: Vec<HelpLine>,
    cursor: ListCursor,
    search: Option<Search>,
}

/// What is looked for, and the line of the hit that was gone to.
#[derive(Debug)]
struct Search {
    needle: Needle,
    hit: Option<usize>,
}

impl Help {
    /// The help over a screen with these looks.
    pub(crate) fn over(look: &impl Look) -> Self {
        let (keys, width) = (look.keys(), inside(look).width);
        Self { keys, width, lines: lines(keys, width), cursor: ListCursor::default(), search: None }
    }

    /// The lines that have the text.
    fn hits(&self, needle: &Needle) -> Vec<usize> {
        let has = |line: &HelpLine| line.parts().iter().any(|(text, _)| !needle.places(text).is_empty());
        self.lines.iter().enumerate().filter(|(_, line)| has(line)).map(|(at, _)| at).collect()
    }

    /// Goes to the next or previous line that has the text, around the ends. A new search begins at the first line in
    /// sight.
    fn step(&mut self, forward: bool) {
        let Some(search) = &self.search else { return };
        let hits = self.hits(&search.needle);
        let top = self.cursor.top;
        let hit = match (search.hit, forward) {
            (None, true) => hits.iter().find(|line| **line >= top).or(hits.first()),
            (Some(at), true) => hits.iter().find(|line| **line > at).or(hits.first()),
            (at, false) => hits.iter().rev().find(|line| **line < at.unwrap_or(top)).or(hits.last()),
        }
        .copied();
        if let Some(search) = &mut self.search {
            search.hit = hit;
        }
        if let Some(line) = hit {
            self.cursor.jump(line, self.lines.len());
        }
    }

    fn title(&self) -> String {
        let Some(Search { needle, hit }) = &self.search else { return "Help".to_owned() };
        let hits = self.hits(needle);
        let text = mst_types::escape_text(&needle.text);
        match hit.and_then(|hit| hits.iter().position(|line| *line == hit)) {
            Some(at) => format!("Help: line {} of {} with {text}", at + 1, hits.len()),
            None => format!("Help: no line has {text}"),
        }
    }
}

/// The area of the lines.
fn inside(look: &impl Look) -> Rect {
    overlay_inside(look.overlay(), look.framed())
}

/// The first page: what a tree is, with a picture where there is room for it.
fn first_page(keys: Keys, width: u16) -> Vec<HelpLine> {
    let mut lines = vec![HelpLine::Title(picture::TITLE)];
    for sentences in picture::sentences(keys.screen) {
        let wrapped = wrap(sentences, usize::from(width.clamp(10, picture::WIDTH) - 2));
        lines.extend(wrapped.into_iter().map(|line| HelpLine::Text(format!("  {line}"))));
    }
    if width >= picture::WIDTH {
        lines.push(HelpLine::Blank);
        lines.extend(picture::picture(keys.screen).iter().map(|line| HelpLine::Text((*line).to_owned())));
    }
    lines
}

/// All lines of the help on a screen.
fn lines(keys: Keys, width: u16) -> Vec<HelpLine> {
    let mut lines = first_page(keys, width);
    for group in Group::ALL {
        let mut rows = keys.bindings().filter(|binding| binding.group == group).peekable();
        if rows.peek().is_none() {
            continue;
        }
        lines.push(HelpLine::Blank);
        lines.push(HelpLine::Title(group.title()));
        lines.extend(rows.flat_map(|binding| {
            let sequences: Vec<_> = binding.keys().iter().map(|keys| shown(keys)).collect();
            with_help(&sequences.join(", "), &binding.help(), width)
        }));
    }
    lines.extend([HelpLine::Blank, HelpLine::Title("Commands")]);
    lines.extend(
        commands::available(keys)
            .flat_map(|(name, argument, help)| with_help(format!(":{name} {argument}").trim_end(), &help, width)),
    );
    lines
}

/// A key or a command with its help: beside it, in as many lines as it takes, or below it on a narrow screen.
fn with_help(name: &str, help: &str, width: u16) -> Vec<HelpLine> {
    let width = usize::from(width);
    let beside = width.saturating_sub(MARGIN + NAME + 1);
    if beside < NARROWEST {
        let below = wrap(help, width.saturating_sub(2 * MARGIN)).into_iter();
        let below = below.map(|line| HelpLine::Text(format!("{:1$}{line}", "", 2 * MARGIN)));
        return std::iter::once(HelpLine::Keys(name.to_owned(), String::new())).chain(below).collect();
    }
    // A name that is longer than its column takes room from the first line.
    let longer = "\u{a0}".repeat(name.width().saturating_sub(NAME));
    let mut lines = wrap(&format!("{longer}{help}"), beside).into_iter();
    let first = lines.next().unwrap_or_default().trim_start_matches('\u{a0}').to_owned();
    let rest = lines.map(|line| HelpLine::Keys(String::new(), line));
    std::iter::once(HelpLine::Keys(name.to_owned(), first)).chain(rest).collect()
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
        let (search, next) = (Action::Search, Action::Common(Common::SearchNext));
        vec![Action::Common(Common::Cancel), Action::Move(Motion::Down), Action::Move(Motion::Up), search, next]
    }

    fn update(&mut self, _screen: &mut S, action: Action) -> After {
        match action {
            Action::Common(Common::Open) | Action::Tree(TreeAction::Out) => After::Close,
            Action::Common(Common::SearchNext | Common::SearchPrevious | Common::Hits(_)) if self.search.is_none() => {
                After::Ignored
            }
            Action::Common(step @ (Common::SearchNext | Common::SearchPrevious)) => {
                self.step(step == Common::SearchNext);
                After::Stay
            }
            Action::Common(Common::Hits(steps)) => {
                (0..steps.unsigned_abs()).for_each(|_| self.step(steps > 0));
                After::Stay
            }
            action => steer::<S>(self, action),
        }
    }

    fn search(&mut self, text: &str) -> bool {
        self.search = Some(Search { needle: Needle::new(text), hit: None });
        self.step(true);
        true
    }

    fn lay_out(&mut self, screen: &S) {
        let width = inside(screen).width;
        if width != self.width {
            // Lines move with the width, and a hit with them.
            (self.width, self.lines) = (width, lines(self.keys, width));
            if let Some(search) = &mut self.search {
                search.hit = None;
            }
            self.step(true);
        }
    }

    fn draw(&self, screen: &S, buf: &mut Buffer) {
        paint::overlay(screen, &self.title(), &self.cursor, self.lines.len(), buf);
        let (inside, theme) = (inside(screen), screen.theme());
        let window = self.cursor.window(self.lines.len());
        for (row, at) in window.enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            let spans = self.lines[at].parts().into_iter().flat_map(|(text, role)| self.spans(screen, &text, role));
            paint::two_ends(area, spans.collect(), Vec::new(), buf);
            if self.search.as_ref().is_some_and(|search| search.hit == Some(at)) {
                paint::cursor_line(theme, area, true, buf);
            }
        }
    }
}

impl Help {
    /// A part of a line, with what is looked for marked.
    fn spans(&self, look: &impl Look, text: &str, role: Role) -> Vec<Span<'static>> {
        let style = if role == Role::Plain { Style::default() } else { look.theme().style(role) };
        let places = self.search.as_ref().map(|search| search.needle.places(text)).unwrap_or_default();
        paint::marked(text, &places, style, look.theme())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::input::keymap::ScreenKind;

    #[test]
    fn no_line_is_cut() {
        for screen in [ScreenKind::Tree, ScreenKind::Diff, ScreenKind::Tables] {
            let keys = Keys { screen, reports: &[] };
            for width in 36..140 {
                for line in lines(keys, width) {
                    let text: String = line.parts().into_iter().map(|(text, _)| text).collect();
                    assert!(text.trim_end().width() <= usize::from(width), "{width}: {text:?}");
                }
            }
        }
    }
}
