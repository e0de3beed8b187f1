//! The line that is typed, and above it what can be meant.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::model::text::cut;
use crate::runtime::input::Input;
use crate::runtime::input::prompt::{Choice, Prompt, Purpose};
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;

/// The choices that are shown at once, if there is room; on a high screen more.
const CHOICES: usize = 10;
/// The most columns of a name and its argument, and of a key.
const NAME: usize = 24;
const KEY: usize = 8;

pub(crate) fn draw(look: &impl Look, status: Rect, input: &Input, buf: &mut Buffer) {
    let Some(prompt) = &input.prompt else { return };
    let whole = buf.area;
    // Where there is no status line the last line of all is used.
    let line = if status.is_empty() {
        Rect { y: whole.bottom().saturating_sub(1), height: whole.height.min(1), ..whole }
    } else {
        status
    };
    if line.is_empty() {
        return;
    }
    let (choices, chosen) = prompt.choices(look.keys());
    draw_line(look, prompt, line, buf);
    let name = prompt.line.text.as_str();
    if prompt.purpose == Purpose::Command && choices.is_empty() && !name.is_empty() && !name.contains(' ') {
        let width = line.width.saturating_sub(name.width() as u16 + 4);
        let rest = Rect { x: line.right() - width, width, ..line };
        let words = vec![Span::styled("no command fits ", look.theme().style(Role::Doubtful))];
        paint::two_ends(rest, Vec::new(), words, buf);
    }
    let above = usize::from(line.y - whole.y);
    let shown = choices.len().min(above.min((above * 2 / 3).max(CHOICES)));
    // Those around the chosen one.
    let first = chosen.map_or(0, |at| (at + 1).saturating_sub(shown));
    let width = usize::from(line.width);
    let columns = |text: fn(&Choice) -> &str, most: usize| {
        choices.iter().map(|choice| text(choice).width()).max().unwrap_or(0).min(most)
    };
    let has_help = choices.iter().any(|choice| !choice.help.is_empty());
    let names = columns(|choice| &choice.text, if has_help { NAME.min(width / 2) } else { width });
    let keys = columns(|choice| &choice.key, KEY);
    for (row, at) in (first..choices.len()).take(shown).enumerate() {
        let choice = &choices[at];
        let area = Rect { y: line.y - shown as u16 + row as u16, height: 1, ..line };
        Clear.render(area, buf);
        let words = vec![
            Span::raw(" "),
            Span::styled(fit(&choice.text, names), look.theme().style(Role::Strong)),
            Span::styled(format!("  {}", fit(&choice.key, keys)), look.theme().style(Role::Hint)),
            Span::raw(format!("  {}", cut(&choice.help, width.saturating_sub(names + keys + 5)))),
        ];
        paint::two_ends(area, words, Vec::new(), buf);
        if chosen == Some(at) {
            paint::cursor_line(look.theme(), area, true, buf);
        }
    }
}

/// A text in exactly so many columns.
fn fit(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let rest = width.saturating_sub(text.width());
    text + &" ".repeat(rest)
}

fn draw_line(look: &impl Look, prompt: &Prompt, area: Rect, buf: &mut Buffer) {
    Clear.render(area, buf);
    let (before, after) = prompt.line.text.split_at(prompt.line.at);
    let mut letters = after.chars();
    let under = letters.next().map_or_else(|| " ".to_owned(), String::from);
    // The cursor stays in sight: what is far before it goes first.
    let room = usize::from(area.width).saturating_sub(2);
    let mut start = before;
    while start.width() > room.saturating_sub(1) {
        let Some(first) = start.chars().next() else { break };
        start = &start[first.len_utf8()..];
    }
    let line = Line::from(vec![
        Span::styled(prompt.purpose.sign(), look.theme().style(Role::Hint)),
        Span::raw(start.to_owned()),
        Span::styled(under, look.theme().style(Role::Plain).add_modifier(Modifier::REVERSED)),
        Span::raw(letters.as_str().to_owned()),
    ]);
    buf.set_line(area.x, area.y, &line, area.width);
}
