//! The last line: what was typed of a sequence of keys, a message, or what can be done now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::runtime::action::{Action, Common};
use crate::runtime::input::Input;
use crate::runtime::keymap::key_of;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;
use crate::runtime::which_key;

/// The last line: keys of a sequence that is not complete, a message, or what can be done now, the most important
/// first.
pub(crate) fn line(look: &impl Look, input: &Input, actions: &[Action], area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let style = |role| look.theme().style(role);
    if let (Some(count), true) = (input.count, input.typed.is_empty()) {
        let line = vec![Span::styled(format!(" {count} "), style(Role::Hint)), Span::raw(" a motion is to follow")];
        paint::two_ends(area, line, Vec::new(), buf);
    } else if !input.typed.is_empty() {
        let count = input.count.map(|count| format!("{count} ")).unwrap_or_default();
        let typed = format!(" {count}{} ", input.typed.join(" "));
        let rest = format!("  {} gives it up", key_of(Common::Cancel));
        let left = vec![Span::styled(typed, style(Role::Hint)), Span::styled(rest, style(Role::Dim))];
        paint::two_ends(area, left, Vec::new(), buf);
        which_key::draw(look, input, area, buf);
    } else if let Some(message) = &input.message {
        let line = Line::styled(format!(" {message}"), style(Role::Doubtful));
        buf.set_line(area.x, area.y, &line, area.width);
    } else {
        let spans = hints(look, actions, usize::from(area.width));
        paint::two_ends(area, spans, Vec::new(), buf);
    }
}

/// The keys of actions, as far as they fit.
fn hints(look: &impl Look, actions: &[Action], width: usize) -> Vec<Span<'static>> {
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for binding in actions.iter().filter_map(|action| look.keys().binding_of(*action)) {
        let (key, word) = (binding.key(), binding.hint);
        let size = key.chars().count() + word.len() + 3;
        if used + size > width {
            break;
        }
        used += size;
        spans.push(Span::styled(key, look.theme().style(Role::Hint)));
        spans.push(Span::raw(format!(" {word}  ")));
    }
    spans
}
