//! The menu above the last line while keys of a sequence are typed: what can follow, in columns, cut nowhere.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

use crate::model::text::wrap;
use crate::runtime::input::Input;
use crate::runtime::paint::Look;
use crate::runtime::theme::Role;

/// The columns between two columns of the menu.
const GAP: usize = 2;

/// A key that can follow, and the lines of what it does.
struct Item {
    key: String,
    lines: Vec<String>,
}

/// Draws the menu above the line `status`.
pub(crate) fn draw(look: &impl Look, input: &Input, status: Rect, buf: &mut Buffer) {
    if input.typed.is_empty() {
        return;
    }
    let room = usize::from(status.y.saturating_sub(buf.area.y));
    let following: Vec<_> = look.keys().continuations(&input.typed);
    let help = following.iter().map(|(key, binding)| (key.clone(), binding.help())).collect();
    let mut rows = laid_out(help, usize::from(status.width));
    if rows.iter().map(|row| height(row)).sum::<usize>() > room {
        // Names say enough where there is no room for sentences.
        let names = following.iter().map(|(key, binding)| (key.clone(), binding.name.replace('-', " "))).collect();
        rows = laid_out(names, usize::from(status.width));
    }
    let lines = rows.iter().map(|row| height(row)).sum::<usize>().min(room);
    let mut area = Rect { y: status.y - lines as u16, height: 1, ..status };
    for row in &rows {
        for line in 0..height(row) {
            if area.y >= status.y {
                return;
            }
            Clear.render(area, buf);
            buf.set_line(area.x, area.y, &drawn(look, row, line, column_width(&rows)), area.width);
            area.y += 1;
        }
    }
}

/// The items in rows of as many columns as there is room for; a lone item that is wider than the screen is wrapped.
fn laid_out(entries: Vec<(String, String)>, width: usize) -> Vec<Vec<Item>> {
    let key_width = entries.iter().map(|(key, _)| key.width()).max().unwrap_or(0);
    let widest = entries.iter().map(|(_, help)| help.width()).max().unwrap_or(0);
    let column = 1 + key_width + 1 + widest + GAP;
    let columns = (width / column).max(1);
    let text_width = width.saturating_sub(key_width + 2).max(1);
    let item = |(key, help): (String, String)| {
        let key = format!("{key}{}", " ".repeat(key_width - key.width()));
        Item { key, lines: if columns == 1 { wrap(&help, text_width) } else { vec![help] } }
    };
    let items: Vec<_> = entries.into_iter().map(item).collect();
    // The order of the table goes down a column, and then on in the next.
    let rows = items.len().div_ceil(columns);
    let mut table: Vec<Vec<Item>> = (0..rows).map(|_| Vec::new()).collect();
    for (at, item) in items.into_iter().enumerate() {
        table[at % rows].push(item);
    }
    table
}

fn height(row: &[Item]) -> usize {
    row.iter().map(|item| item.lines.len()).max().unwrap_or(0)
}

fn column_width(rows: &[Vec<Item>]) -> usize {
    let items = rows.iter().flatten();
    let width = |item: &Item| item.lines.iter().map(|line| line.width()).max().unwrap_or(0);
    items.map(width).max().unwrap_or(0)
}

/// One line of a row.
fn drawn(look: &impl Look, row: &[Item], line: usize, width: usize) -> Line<'static> {
    let mut spans = Vec::new();
    for item in row {
        let key = if line == 0 { item.key.clone() } else { " ".repeat(item.key.width()) };
        let text = item.lines.get(line).cloned().unwrap_or_default();
        let rest = (width + GAP).saturating_sub(text.width());
        spans.push(Span::styled(format!(" {key} "), look.theme().style(Role::Hint)));
        spans.push(Span::raw(text + &" ".repeat(rest)));
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_somewhere_at_every_width() {
        let entries = || {
            let help = ["to the first line", "to the node above", "copy the path: the offsets from the root", "back"];
            ["g", "p", "PageDown", "x"].map(str::to_owned).into_iter().zip(help.map(str::to_owned)).collect()
        };
        for width in 20..200 {
            let rows = laid_out(entries(), width);
            let text: Vec<_> = rows.iter().flatten().flat_map(|item| item.lines.iter()).cloned().collect();
            for word in ["first", "above", "offsets", "root", "back"] {
                assert!(text.iter().any(|line| line.contains(word)), "{word} at {width}: {text:?}");
            }
            let widest = rows.iter().map(|row| row.len() * (10 + column_width(&rows) + GAP)).max().unwrap_or(0);
            assert!(widest <= width + GAP || rows[0].len() == 1, "{widest} at {width}");
        }
    }
}
