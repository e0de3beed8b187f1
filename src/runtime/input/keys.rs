//! What keys mean: sequences of keys looked up in the table of the keymap, and the names of keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::runtime::input::action::Action;
use crate::runtime::input::keymap::{Binding, KEYMAP, ScreenKind};
use crate::runtime::report::ReportRow;

/// The last key of a sequence that any letter completes, as the letter of a mark.
pub(crate) const LETTER: &str = "LETTER";

/// A sequence of keys as it is shown: `gg`, `Ctrl-d`.
pub(crate) fn shown(keys: &str) -> String {
    keys.replace(LETTER, "a…z").replace(' ', "")
}

/// The key of an action, as it is shown. Messages that name a key call this, so that they cannot name a wrong one.
pub(crate) fn key_of(action: impl Into<Action>) -> String {
    let action = action.into();
    KEYMAP.iter().find(|binding| binding.action == action).map(Binding::key).unwrap_or_default()
}

/// A text with the keys that it names: `{quit}` becomes the key of the row of that name.
pub(crate) fn with_keys(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(a, b)| Some((a, b.split_once('}')?))) {
        filled += before;
        match KEYMAP.iter().find(|binding| binding.name == name) {
            Some(binding) => filled += &binding.key(),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled + rest
}

/// The meaning of the keys typed so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Meaning {
    Action(Action),
    /// More keys must follow.
    Prefix,
    Nothing,
}

/// The keys of a screen. The reports bring theirs along, so that this module knows no report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    pub(crate) screen: ScreenKind,
    pub(crate) reports: &'static [ReportRow],
}

impl Keys {
    /// The rows of all screens.
    fn all(self) -> impl Iterator<Item = &'static Binding> + Clone {
        KEYMAP.iter().chain(self.reports.iter().map(|report| &report.binding))
    }

    /// The rows that count on this screen.
    pub(crate) fn bindings(self) -> impl Iterator<Item = &'static Binding> + Clone {
        self.all().filter(move |binding| binding.is_on(self.screen))
    }

    /// The row of an action.
    pub(crate) fn binding_of(self, action: Action) -> Option<&'static Binding> {
        self.all().find(|binding| binding.action == action)
    }

    /// The sequences of keys of this screen, and the rows that they belong to.
    fn sequences(self) -> impl Iterator<Item = (&'static str, &'static Binding)> {
        let own = self.bindings().filter(|binding| !binding.is_said_again);
        own.flat_map(|binding| binding.keys().iter().map(move |keys| (*keys, binding)))
    }

    /// The meaning of a sequence of key names.
    pub(crate) fn meaning(self, typed: &[String]) -> Meaning {
        let joined = typed.join(" ");
        if let Some((_, binding)) = self.sequences().find(|(keys, _)| *keys == joined) {
            return Meaning::Action(binding.action);
        }
        if let Some((letter, before)) = typed.split_last()
            && let Some(letter) = a_letter(letter)
        {
            let before = before.join(" ");
            let takes_letter = |keys: &str| keys.strip_suffix(LETTER).is_some_and(|keys| keys.trim_end() == before);
            if let Some((_, binding)) = self.sequences().find(|(keys, _)| takes_letter(keys)) {
                return Meaning::Action(binding.action.with_letter(letter));
            }
        }
        let is_prefix = |keys: &str| keys.strip_prefix(joined.as_str()).is_some_and(|rest| rest.starts_with(' '));
        if self.sequences().any(|(keys, _)| is_prefix(keys)) { Meaning::Prefix } else { Meaning::Nothing }
    }

    /// The keys of an action before the letter that it takes, if it takes one.
    pub(crate) fn before_letter(self, action: Action) -> Option<Vec<String>> {
        let keys = self.binding_of(action)?.keys().first()?.strip_suffix(LETTER)?;
        Some(keys.split_whitespace().map(str::to_owned).collect())
    }

    /// The continuations of a half-typed sequence: the next keys, and the row of the whole.
    pub(crate) fn continuations(self, typed: &[String]) -> Vec<(String, &'static Binding)> {
        let typed = typed.join(" ") + " ";
        self.sequences()
            .filter_map(|(keys, binding)| Some((shown(keys.strip_prefix(typed.as_str())?), binding)))
            .collect()
    }

    /// Whether a key of this name is in the table, on any screen.
    pub(crate) fn has_key(self, name: &str) -> bool {
        self.all().flat_map(Binding::keys).flat_map(|keys| keys.split(' ')).any(|key| key == name)
    }
}

/// The letter that a key is, if it is one of the Latin alphabet.
fn a_letter(name: &str) -> Option<char> {
    let mut letters = name.chars();
    letters.next().filter(|letter| letter.is_ascii_alphabetic() && letters.next().is_none())
}

/// The name of a key as the table spells it; none for keys that have no name there.
pub(crate) fn key_name(key: &KeyEvent) -> Option<String> {
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let name = match key.code {
        KeyCode::Char(c) if alt && !control => format!("Alt-{}", c.to_ascii_lowercase()),
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) if control => format!("Ctrl-{}", c.to_ascii_lowercase()),
        code @ (KeyCode::Left | KeyCode::Right | KeyCode::Backspace | KeyCode::Delete) if alt || control => {
            format!("{}-{code:?}", if alt { "Alt" } else { "Ctrl" })
        }
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::BackTab => "BackTab".to_owned(),
        KeyCode::PageDown => "PageDown".to_owned(),
        KeyCode::PageUp => "PageUp".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Delete => "Delete".to_owned(),
        code @ (KeyCode::Up
        | KeyCode::Down
        | KeyCode::Left
        | KeyCode::Right
        | KeyCode::Home
        | KeyCode::End
        | KeyCode::Tab
        | KeyCode::Enter) => format!("{code:?}"),
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::input::action::{Common, Motion, TreeAction};

    fn typed(keys: &str) -> Meaning {
        let keys: Vec<_> = keys.split(' ').map(str::to_owned).collect();
        Keys { screen: ScreenKind::Tree, reports: &[] }.meaning(&keys)
    }

    #[test]
    fn sequences_are_told_apart() {
        assert_eq!(typed("j"), Meaning::Action(Action::Move(Motion::Down)));
        assert_eq!(typed("g"), Meaning::Prefix);
        assert_eq!(typed("g g"), Meaning::Action(Action::Move(Motion::First)));
        assert_eq!(typed("g x"), Meaning::Nothing);
        assert_eq!(typed("G"), Meaning::Action(Action::Move(Motion::Last)));
        assert_eq!(typed("y"), Meaning::Prefix);
        assert_eq!(typed("K"), Meaning::Nothing);
        assert_eq!(typed("m q"), Meaning::Action(Action::Common(Common::SetMark('q'))));
        assert_eq!(typed("m Tab"), Meaning::Nothing);
        assert_eq!(typed("' q"), Meaning::Action(Action::Common(Common::GoMark('q'))));
        assert_eq!(typed("' '"), Meaning::Action(Action::Tree(TreeAction::Back)));
    }

    #[test]
    fn texts_name_the_keys_of_the_table() {
        assert_eq!(key_of(Common::Quit), "q");
        assert_eq!(key_of(TreeAction::GoParent), "gp");
        assert_eq!(
            with_keys("{quit} leaves, {first} goes up; {no such row} stays"),
            "q leaves, gg goes up; {no such row} stays"
        );
    }

    #[test]
    fn events_have_the_names_of_the_table() {
        let name = |code, modifiers| key_name(&KeyEvent::new(code, modifiers)).unwrap();
        for (code, modifiers, expected) in [
            (KeyCode::Char('d'), KeyModifiers::CONTROL, "Ctrl-d"),
            (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char(' '), KeyModifiers::NONE, "Space"),
            (KeyCode::PageDown, KeyModifiers::NONE, "PageDown"),
            (KeyCode::Char('B'), KeyModifiers::ALT, "Alt-b"),
            (KeyCode::Backspace, KeyModifiers::ALT, "Alt-Backspace"),
            (KeyCode::Left, KeyModifiers::CONTROL, "Ctrl-Left"),
            (KeyCode::Left, KeyModifiers::SHIFT, "Left"),
            (KeyCode::Down, KeyModifiers::NONE, "Down"),
            (KeyCode::Enter, KeyModifiers::NONE, "Enter"),
            (KeyCode::F(1), KeyModifiers::NONE, "F1"),
        ] {
            assert_eq!(name(code, modifiers), expected);
        }
    }
}
