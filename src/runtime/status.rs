//! The last line: what was typed of a sequence of keys, a message, or what can be done now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::runtime::input::Input;
use crate::runtime::input::action::{Action, Common, Part, TreeAction};
use crate::runtime::input::keymap::{Keys, key_of};
use crate::runtime::input::which_key;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;

/// Something to press that the last line names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hint {
    Action(Action),
    /// The first key of a longer sequence, which opens the menu of all that begin with it; and a word for the menu.
    Menu(Action, &'static str),
    /// An action that does something else here than its word says.
    As(Action, &'static str),
}

impl Hint {
    /// The menu of what can be copied.
    pub(crate) const COPY: Self = Self::Menu(Action::Common(Common::Copy(Part::Key)), "copy");

    /// The menu of the views on one tree, as its history and its check.
    pub(crate) const VIEWS: Self = Self::Menu(Action::Tree(TreeAction::Report("history")), "views");

    /// The key and the word.
    fn shown(self, keys: Keys) -> Option<(String, &'static str)> {
        match self {
            Self::Action(action) => keys.binding_of(action).map(|binding| (binding.key(), binding.hint)),
            Self::As(action, word) => keys.binding_of(action).map(|binding| (binding.key(), word)),
            Self::Menu(action, word) => {
                let binding = keys.binding_of(action)?;
                // The user may have chosen one key for it, which opens no menu.
                match binding.keys().first()?.split_once(' ') {
                    Some((prefix, _)) => Some((prefix.to_owned(), word)),
                    None => Some((binding.key(), binding.hint)),
                }
            }
        }
    }
}

impl<A: Into<Action>> From<A> for Hint {
    fn from(action: A) -> Self {
        Self::Action(action.into())
    }
}

/// The hints for these actions.
pub(crate) fn hints_of(actions: &[Action]) -> Vec<Hint> {
    actions.iter().copied().map(Hint::Action).collect()
}

/// The last line: keys of a sequence that is not complete, a message, or what can be done now, the most important
/// first.
pub(crate) fn line(look: &impl Look, input: &Input, hints: &[Hint], area: Rect, buf: &mut Buffer) {
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
        let spans = spans(look, hints, usize::from(area.width));
        paint::two_ends(area, spans, Vec::new(), buf);
    }
}

/// The keys of hints, as far as they fit.
fn spans(look: &impl Look, hints: &[Hint], width: usize) -> Vec<Span<'static>> {
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (key, word) in hints.iter().filter_map(|hint| hint.shown(look.keys())) {
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
