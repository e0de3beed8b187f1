//! The keys in a file of settings: read, checked for conflicts with each other and with the keys that stay.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::problem::meant;
use super::settings::Problems;
use crate::runtime::input::key_choice::KeyChoice;
use crate::runtime::input::keymap::{Binding, ScreenKind};
use crate::runtime::input::keys::{LETTER, shown};
use crate::screens::keys_of;

const SCREENS: [ScreenKind; 3] = [ScreenKind::Tree, ScreenKind::Diff, ScreenKind::Tables];

/// The keys by name that are no single character.
const NAMED: &[&str] = &[
    "Space",
    "Enter",
    "Tab",
    "BackTab",
    "Esc",
    "Backspace",
    "Delete",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Up",
    "Down",
    "Left",
    "Right",
];

/// The rows of the keymap, each name once, in the order of the help.
pub(super) fn rows() -> impl Iterator<Item = &'static Binding> {
    let all = SCREENS.into_iter().flat_map(|screen| keys_of(screen).bindings());
    let mut seen = Vec::new();
    all.filter(move |row| {
        let is_new = !row.is_said_again && !seen.contains(&row.name);
        seen.push(row.name);
        is_new
    })
}

/// Reads the keys of a file.
pub(super) struct KeyReader<'p, 'a> {
    problems: &'p mut Problems<'a>,
    /// The keys that the file gives to actions by their names, and where it does.
    given: BTreeMap<&'static str, Vec<(&'static str, Range<usize>)>>,
}

impl<'p, 'a> KeyReader<'p, 'a> {
    pub(super) fn new(problems: &'p mut Problems<'a>) -> Self {
        Self { problems, given: BTreeMap::new() }
    }

    pub(super) fn read(mut self, table: &DeTable<'_>) -> KeyChoice {
        for (name, value) in table {
            let Some(row) = rows().find(|row| row.name == name.get_ref().as_ref()) else {
                let meant = meant(name.get_ref(), rows().map(|row| row.name));
                let meant = meant.map(|name| format!("; did you mean {name:?}?")).unwrap_or_else(|| ";".to_owned());
                let name_of = name.get_ref();
                self.problems.add(
                    name.span(),
                    format!("no action is called {name_of:?}{meant} mst-tui config --default lists all"),
                );
                continue;
            };
            let texts: Vec<_> = match value.get_ref() {
                DeValue::Array(items) => items.iter().map(|item| (item.get_ref(), item.span())).collect(),
                single => vec![(single, value.span())],
            };
            if texts.is_empty() {
                let message = format!("{} needs a key: \"F2\", or several: [\"F2\", \"g h\"]", row.name);
                self.problems.add(value.span(), message);
            }
            let keys = texts.into_iter().filter_map(|(item, span)| match item {
                DeValue::String(text) => match sequence(text, row) {
                    // The keys stay until the program ends, like those of the table.
                    Ok(()) => Some((&*text.to_string().leak(), span)),
                    Err(message) => {
                        self.problems.add(span, message);
                        None
                    }
                },
                _ => {
                    self.problems.add(span, format!("a key is a text in quotes, such as {:?}", row.default_keys()[0]));
                    None
                }
            });
            let keys: Vec<_> = keys.collect();
            self.given.insert(row.name, keys);
        }
        self.find_conflicts();
        let choice = self.given.into_iter().map(|(name, keys)| {
            let keys: Vec<_> = keys.into_iter().map(|(keys, _)| keys).collect();
            (name, &*keys.leak())
        });
        choice.collect()
    }

    /// Names the keys of the file that another action has too, or begins with.
    fn find_conflicts(&mut self) {
        let mut named = Vec::new();
        for screen in SCREENS {
            let on: Vec<_> = keys_of(screen).bindings().filter(|row| !row.is_said_again).collect();
            for row in &on {
                for (keys, span) in self.given.get(row.name).into_iter().flatten() {
                    let other = on.iter().filter(|other| other.name != row.name).find_map(|other| {
                        self.keys_of(other)
                            .into_iter()
                            .find_map(|theirs| Some((other.name, theirs, clash(keys, theirs)?)))
                    });
                    let Some((other, theirs, clash)) = other else { continue };
                    let (own, theirs) = (shown(keys), shown(theirs));
                    let what = match clash {
                        Clash::Same => format!("{} has the key {own}, but so has {other}", row.name),
                        Clash::Begins => {
                            format!("{} has the key {own}, but {other} begins with it ({theirs})", row.name)
                        }
                        Clash::Continues => format!("{} begins with the key of {other} ({theirs})", row.name),
                    };
                    if !named.contains(&span.start) {
                        named.push(span.start);
                        self.problems.add(span.clone(), format!("{what}; give one of them another key"));
                    }
                }
            }
        }
    }

    fn keys_of(&self, row: &Binding) -> Vec<&'static str> {
        match self.given.get(row.name) {
            Some(keys) => keys.iter().map(|(keys, _)| *keys).collect(),
            None => row.default_keys().to_vec(),
        }
    }
}

enum Clash {
    Same,
    /// The other sequence begins with this one.
    Begins,
    /// This sequence begins with the other one.
    Continues,
}

fn clash(own: &str, theirs: &str) -> Option<Clash> {
    let begins = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '));
    if own == theirs {
        Some(Clash::Same)
    } else if begins(theirs, own) {
        Some(Clash::Begins)
    } else {
        begins(own, theirs).then_some(Clash::Continues)
    }
}

/// Checks a sequence of keys for an action; says what to write instead.
fn sequence(text: &str, row: &Binding) -> Result<(), String> {
    let keys: Vec<_> = text.split(' ').collect();
    for (at, key) in keys.iter().enumerate() {
        if *key == LETTER && at > 0 && at + 1 == keys.len() {
            continue;
        }
        if !is_key(key) {
            return Err(match instead(key) {
                Some(instead) => format!("{text:?} is no key; write {instead}"),
                None => format!("{text:?} is no key; a key is a character, Ctrl-x, F1 or one of {}", NAMED.join(", ")),
            });
        }
    }
    if keys[0].chars().all(|c| c.is_ascii_digit()) {
        return Err(format!("a digit is a count for the key after it, so {text:?} cannot begin with one"));
    }
    let takes_letter = row.default_keys().iter().any(|keys| keys.ends_with(LETTER));
    if takes_letter != text.ends_with(LETTER) {
        return Err(match takes_letter {
            true => format!("{} is followed by any letter: write {:?}", row.name, format!("{text} {LETTER}")),
            false => format!("{} is not followed by any letter: leave {LETTER} out", row.name),
        });
    }
    Ok(())
}

fn is_key(key: &str) -> bool {
    let mut chars = key.chars();
    let is_character = matches!((chars.next(), chars.next()), (Some(c), None) if !c.is_control());
    let control = key.strip_prefix("Ctrl-").is_some_and(|rest| rest.len() == 1 && !rest.contains(char::is_uppercase));
    let function =
        key.strip_prefix('F').and_then(|number| number.parse::<u8>().ok()).is_some_and(|n| (1..=24).contains(&n));
    is_character || control || function || NAMED.contains(&key)
}

/// What was probably meant by a text that is no key.
fn instead(key: &str) -> Option<String> {
    let lower = key.to_lowercase();
    let rest = ["ctrl-", "ctrl+", "c-", "^"].into_iter().find_map(|prefix| lower.strip_prefix(prefix));
    if let Some(rest) = rest.filter(|rest| rest.chars().count() == 1) {
        return Some(format!("\"Ctrl-{rest}\""));
    }
    let named = match lower.as_str() {
        "escape" => Some("Esc"),
        "return" => Some("Enter"),
        "shift-tab" => Some("BackTab"),
        "pgup" => Some("PageUp"),
        "pgdn" | "pgdown" => Some("PageDown"),
        "del" => Some("Delete"),
        _ => NAMED.iter().copied().find(|name| name.to_lowercase() == lower),
    };
    if let Some(name) = named {
        return Some(format!("{name:?}"));
    }
    let apart: Vec<_> = key.chars().map(String::from).collect();
    (2..=3).contains(&apart.len()).then(|| format!("{:?} for one key after the other", apart.join(" ")))
}
