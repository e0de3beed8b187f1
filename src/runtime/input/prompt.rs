//! A line that is typed at the bottom of the screen: a command or a text to look for.

use crate::runtime::input::commands::{self, Command, Entry};
use crate::runtime::input::completion::{self, ArgumentKind, Completed, Wanted};
use crate::runtime::input::keymap::Keys;
use crate::runtime::input::line_edit::LineEdit;

/// The most lines that are remembered.
const REMEMBERED: usize = 100;
/// The matches that one key for a page goes on by.
const PAGE: isize = 10;

/// The purpose of the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    Command,
    Search,
    /// What is to be listed.
    Filter,
}

impl Purpose {
    /// The sign before the line.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Command => ":",
            Self::Search => "/",
            Self::Filter => "&",
        }
    }
}

/// The lines that were typed before, the last one last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    lines: Vec<(Purpose, String)>,
    /// What was cut out of a line last.
    killed: String,
}

impl Memory {
    fn keep(&mut self, purpose: Purpose, line: &str) {
        self.lines.retain(|(kind, known)| *kind != purpose || known != line);
        self.lines.push((purpose, line.to_owned()));
        if self.lines.len() > REMEMBERED {
            self.lines.remove(0);
        }
    }

    /// The lines of one kind, the last one first.
    fn of(&self, purpose: Purpose) -> impl Iterator<Item = &str> {
        self.lines.iter().rev().filter(move |(kind, _)| *kind == purpose).map(|(_, line)| line.as_str())
    }
}

/// A word that a screen offers to complete the line with.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) text: String,
    pub(crate) help: String,
}

/// The line.
#[derive(Clone, Debug)]
pub(crate) struct Prompt {
    pub(crate) purpose: Purpose,
    pub(crate) line: LineEdit,
    /// How far back in what was typed before it is, and what was typed until then.
    back: Option<(usize, String)>,
    /// The text before the first Tab, and the match that Tab is at.
    tabbed: Option<(String, usize)>,
    /// The words that fit here, where the screen knows them.
    offers: Vec<Offer>,
    /// The words for an argument, as far as they were read.
    words: Option<Completed>,
}

/// The effect of a key on the line.
#[derive(Debug)]
pub(crate) enum Typed {
    /// It goes on.
    Edited,
    /// It was given up.
    Cancelled,
    /// It is complete.
    Command(Command),
    /// It is complete and wrong: why.
    Wrong(String),
}

impl Prompt {
    /// A line that begins with `text`.
    pub(crate) fn new(purpose: Purpose, text: &str) -> Self {
        // The first word is the name of a command.
        let head = if purpose == Purpose::Command { text.find(' ').map_or(0, |at| at + 1) } else { 0 };
        let line = LineEdit::new(text).with_head(head);
        Self { purpose, line, back: None, tabbed: None, offers: Vec::new(), words: None }
    }

    /// The same line, which these words may complete.
    pub(crate) fn offering(self, offers: Vec<Offer>) -> Self {
        Self { offers, ..self }
    }

    /// Takes in a key by its name.
    pub(crate) fn key(&mut self, name: &str, keys: Keys, memory: &mut Memory) -> Typed {
        if !["Tab", "BackTab", "PageDown", "PageUp"].contains(&name) {
            self.tabbed = None;
        }
        match name {
            "Esc" | "Ctrl-c" | "Ctrl-g" => return Typed::Cancelled,
            "Backspace" | "Ctrl-h" if self.line.text.is_empty() => return Typed::Cancelled,
            "Enter" => return self.enter(keys, memory),
            "Up" | "Ctrl-p" => self.recall(true, memory),
            "Down" | "Ctrl-n" => self.recall(false, memory),
            "Tab" => self.complete(keys, 1),
            "BackTab" => self.complete(keys, -1),
            "PageDown" => self.complete(keys, PAGE),
            "PageUp" => self.complete(keys, -PAGE),
            name => _ = self.line.key(name, &mut memory.killed),
        }
        Typed::Edited
    }

    fn enter(&mut self, keys: Keys, memory: &mut Memory) -> Typed {
        let text = self.line.text.trim();
        if text.is_empty() {
            return match self.purpose {
                Purpose::Filter => Typed::Command(Command::Filter(String::new())),
                Purpose::Command | Purpose::Search => Typed::Cancelled,
            };
        }
        memory.keep(self.purpose, text);
        match self.purpose {
            Purpose::Search => Typed::Command(Command::Search(text.to_owned())),
            Purpose::Filter => Typed::Command(Command::Filter(text.to_owned())),
            Purpose::Command => match commands::parse(text, keys) {
                Ok(order) => Typed::Command(order),
                Err(why) => match self.best(keys) {
                    Some(entry) if entry.needs_argument() => {
                        self.line.set(format!("{} ", entry.name));
                        Typed::Edited
                    }
                    Some(entry) => commands::parse(entry.name, keys).map_or_else(Typed::Wrong, Typed::Command),
                    None => Typed::Wrong(why),
                },
            },
        }
    }

    /// Puts a text in that was pasted.
    pub(crate) fn paste(&mut self, text: &str) {
        self.tabbed = None;
        self.line.paste(text);
    }

    fn recall(&mut self, older: bool, memory: &Memory) {
        let (at, own) = self.back.clone().map_or_else(|| (None, self.line.text.clone()), |(at, own)| (Some(at), own));
        let wanted = match (at, older) {
            (None, true) => Some(0),
            (Some(at), true) => Some(at + 1),
            (Some(at), false) => at.checked_sub(1),
            (None, false) => return,
        };
        match wanted {
            Some(wanted) => {
                if let Some(line) = memory.of(self.purpose).nth(wanted) {
                    self.line.set(line.to_owned());
                    self.back = Some((wanted, own));
                }
            }
            None => {
                self.line.set(own);
                self.back = None;
            }
        }
    }

    /// Goes on by so many matches; one step leads around the ends.
    pub(crate) fn complete(&mut self, keys: Keys, by: isize) {
        let (typed, at) = match self.tabbed.take() {
            Some((typed, at)) => (typed, Some(at)),
            None => (self.line.text.clone(), None),
        };
        let known = self.completions(&typed, keys);
        let Some(last) = known.len().checked_sub(1) else { return };
        let at = match (at, by) {
            (None, 0..) => 0,
            (None, _) => last,
            (Some(at), 1) if at == last => 0,
            (Some(0), -1) => last,
            (Some(at), by) => at.saturating_add_signed(by).min(last),
        };
        if let Some(line) = known.into_iter().nth(at) {
            // The only word for a folder is taken, so that what is in it comes next.
            let is_taken = last == 0 && line.ends_with(completion::is_separator);
            self.line.set(line);
            self.tabbed = (!is_taken).then_some((typed, at));
        }
    }

    /// The lines that what was typed can become.
    fn completions(&self, typed: &str, keys: Keys) -> Vec<String> {
        match self.purpose {
            Purpose::Command if typed.contains(' ') => match self.words_for(typed, keys) {
                Some((from, words)) => words.iter().map(|word| format!("{}{word}", &typed[..from])).collect(),
                None => Vec::new(),
            },
            Purpose::Command => {
                let line = |entry: Entry| format!("{}{}", entry.name, if entry.argument.is_empty() { "" } else { " " });
                commands::matches(typed, keys).into_iter().map(line).collect()
            }
            Purpose::Search => Vec::new(),
            Purpose::Filter => {
                let fitting = self.offers.iter().filter_map(|offer| Some((offer, offer.fits(typed)?)));
                let line = |(offer, from): (&Offer, usize)| {
                    let more = if offer.text.ends_with([':', '"']) && !offer.text.contains(' ') { "" } else { " " };
                    format!("{}{}{more}", typed.get(..from).unwrap_or_default(), offer.text)
                };
                fitting.map(line).collect()
            }
        }
    }

    /// The matches to show, and the one that Tab is at.
    pub(crate) fn choices(&self, keys: Keys) -> (Vec<Choice>, Option<usize>) {
        let (typed, at) = match &self.tabbed {
            Some((typed, at)) => (typed, Some(*at)),
            None => (&self.line.text, None),
        };
        let choices = match self.purpose {
            Purpose::Search => Vec::new(),
            Purpose::Command => match self.words_for(typed, keys) {
                Some((_, words)) => words.iter().map(|word| Choice::new(word, "", "")).collect(),
                None => {
                    let matches = commands::matches(typed, keys).into_iter();
                    let choice = |entry: Entry| {
                        let text = format!("{} {}", entry.name, entry.argument);
                        Choice::new(text.trim_end(), &entry.key, &entry.help)
                    };
                    matches.map(choice).collect()
                }
            },
            Purpose::Filter => {
                let fitting = self.offers.iter().filter(|offer| offer.fits(typed).is_some());
                fitting.map(|offer| Choice::new(&offer.text, "", &offer.help)).collect()
            }
        };
        // What Enter would run.
        let at = at.or_else(|| self.best(keys).map(|_| 0));
        (choices, at)
    }

    /// The entry that is meant where what was typed is no command: the one that fits best.
    fn best(&self, keys: Keys) -> Option<Entry> {
        let typed = self.line.text.trim();
        let is_a_few_letters = typed.chars().nth(1).is_some() && !self.line.text.contains(' ');
        let begins = |entry: &Entry| entry.name.starts_with(typed);
        if self.purpose != Purpose::Command || !is_a_few_letters || commands::parse(typed, keys).is_ok() {
            return None;
        }
        let matches = commands::matches(typed, keys);
        // The user is told what is wrong with a command whose name begins so.
        let is_cut_short = commands::available(keys).any(|(name, ..)| name.starts_with(typed))
            || matches.iter().filter(|entry| begins(entry)).count() > 1;
        matches.into_iter().next().filter(|_| !is_cut_short)
    }

    /// The words for the argument that is typed.
    pub(crate) fn wanted(&self, keys: Keys) -> Option<Wanted> {
        let typed = self.tabbed.as_ref().map_or(self.line.text.as_str(), |(typed, _)| typed);
        let (_, wanted) = argument(typed, keys).filter(|_| self.purpose == Purpose::Command)?;
        let is_known = self.words.as_ref().is_some_and(|completed| completed.wanted == wanted);
        (!is_known).then_some(wanted)
    }

    /// Takes in words for an argument.
    pub(crate) fn complete_with(&mut self, completed: Completed) {
        self.words = Some(completed);
    }

    /// The words that complete the argument of a line, and where in it they begin.
    fn words_for(&self, typed: &str, keys: Keys) -> Option<(usize, &[String])> {
        let (from, wanted) = argument(typed, keys)?;
        let completed = self.words.as_ref().filter(|completed| completed.wanted == wanted)?;
        (!completed.words.is_empty()).then_some((from, completed.words.as_slice()))
    }
}

/// The argument that a line ends with, if its command takes one that can be completed, and where it begins.
fn argument(line: &str, keys: Keys) -> Option<(usize, Wanted)> {
    let (name, _) = line.split_once(' ')?;
    let kind = commands::argument_kind(name, keys)?;
    let from = match kind {
        ArgumentKind::Key | ArgumentKind::Theme => name.len() + 1,
        // Two names can be typed, with a blank between them.
        ArgumentKind::Path => line.rfind(' ')? + 1,
    };
    Some((from, Wanted { kind, word: line[from..].to_owned() }))
}

/// A line of the menu above the prompt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Choice {
    pub(crate) text: String,
    pub(crate) key: String,
    pub(crate) help: String,
}

impl Choice {
    fn new(text: &str, key: &str, help: &str) -> Self {
        Self { text: text.to_owned(), key: key.to_owned(), help: help.to_owned() }
    }
}

impl Offer {
    /// Where the word begins in a line that this one completes: at the first word from which on the line is its
    /// beginning, or at the last word if one of its words begins so.
    fn fits(&self, line: &str) -> Option<usize> {
        let starts = std::iter::once(0).chain(line.match_indices(' ').map(|(at, _)| at + 1));
        let is_start = |from: &usize| line.get(*from..).is_some_and(|rest| self.text.starts_with(rest));
        if let Some(from) = starts.clone().find(is_start) {
            return Some(from);
        }
        let last = starts.last()?;
        let word = line.get(last..)?;
        self.text.split([' ', ':']).any(|part| part.starts_with(word)).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Keys = Keys { screen: crate::runtime::input::keymap::ScreenKind::Tree, reports: &[] };

    fn typed(keys: &[&str], memory: &mut Memory) -> Prompt {
        let mut prompt = Prompt::new(Purpose::Command, "");
        for key in keys {
            let _ = prompt.key(key, KEYS, memory);
        }
        prompt
    }

    #[test]
    fn tab_goes_through_what_may_be_meant() {
        for (keys, text) in [
            (&["k", "Tab"][..], "key "),
            (&["h", "Tab"], "hash "),
            (&["h", "Tab", "Tab"], "help"),
            (&["h", "Tab", "Tab", "BackTab"], "hash "),
            (&["x", "y", "Tab"], "xy"),
            (&["k", "Tab", "7", "Tab"], "key 7"),
        ] {
            assert_eq!(typed(keys, &mut Memory::default()).line.text, text, "{keys:?}");
        }
    }

    #[test]
    fn tab_completes_the_last_word_with_what_a_screen_offers() {
        let offer = |text: &str| Offer { text: text.to_owned(), help: String::new() };
        let offers = ["changed", "only left", "only right", "field:status", "prefix:"].map(offer);
        for (line, tabs, expected) in [
            ("", 1, "changed "),
            ("ch", 1, "changed "),
            ("changed ", 2, "changed only left "),
            ("changed on", 1, "changed only left "),
            ("only r", 1, "only right "),
            ("le", 1, "only left "),
            ("sta", 1, "field:status "),
            ("only left field:s", 1, "only left field:status "),
            ("pre", 1, "prefix:"),
            ("xyz", 1, "xyz"),
        ] {
            let mut prompt = Prompt::new(Purpose::Filter, line).offering(offers.to_vec());
            for _ in 0..tabs {
                let _ = prompt.key("Tab", KEYS, &mut Memory::default());
            }
            assert_eq!(prompt.line.text, expected, "{line:?}");
        }
        let empty = Prompt::new(Purpose::Filter, "").key("Enter", KEYS, &mut Memory::default());
        assert!(matches!(empty, Typed::Command(Command::Filter(text)) if text.is_empty()));
    }

    #[test]
    fn what_was_typed_before_comes_back() {
        let mut memory = Memory::default();
        for line in [&["n", "t", "h", "Space", "1", "Enter"][..], &["h", "e", "l", "p", "Enter"]] {
            typed(line, &mut memory);
        }
        assert_eq!(typed(&["Up"], &mut memory).line.text, "help");
        assert_eq!(typed(&["Up", "Up"], &mut memory).line.text, "nth 1");
        assert_eq!(typed(&["Up", "Up", "Up", "Down"], &mut memory).line.text, "help");
        assert_eq!(typed(&["x", "Up", "Down"], &mut memory).line.text, "x");
    }

    #[test]
    fn lines_end() {
        let end =
            |keys: &[&str], last: &str| typed(keys, &mut Memory::default()).key(last, KEYS, &mut Memory::default());
        assert!(matches!(end(&["h", "e", "l", "p"], "Enter"), Typed::Command(Command::Do(_))));
        assert!(matches!(end(&["x"], "Enter"), Typed::Wrong(_)));
        assert!(matches!(end(&[], "Enter"), Typed::Cancelled));
        assert!(matches!(end(&["x"], "Esc"), Typed::Cancelled));
        assert!(matches!(end(&[], "Backspace"), Typed::Cancelled));
    }
}
