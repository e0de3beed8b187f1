//! The line that is typed, and above it what can be meant.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::runtime::input::Input;
use crate::runtime::paint::{self, Look};
use crate::runtime::prompt::Prompt;
use crate::runtime::theme::Role;

/// The most choices that are shown at once.
const CHOICES: usize = 10;
/// The columns of a name and its argument.
const NAME: usize = 18;

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
    draw_line(look, prompt, line, buf);
    let (choices, chosen) = prompt.choices(look.keys());
    let shown = choices.len().min(CHOICES).min(usize::from(line.y - whole.y));
    // Those around the chosen one.
    let first = chosen.map_or(0, |at| (at + 1).saturating_sub(shown));
    for (row, at) in (first..choices.len()).take(shown).enumerate() {
        let choice = &choices[at];
        let area = Rect { y: line.y - shown as u16 + row as u16, height: 1, ..line };
        Clear.render(area, buf);
        let words = vec![
            Span::styled(format!("  {:width$}", choice.text, width = NAME + 1), look.theme().style(Role::Hint)),
            Span::raw(format!(" {}", choice.help)),
        ];
        paint::two_ends(area, words, Vec::new(), buf);
        if chosen == Some(at) {
            paint::cursor_line(look.theme(), area, true, buf);
        }
    }
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
