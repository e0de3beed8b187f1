//! A line that is typed, with the keys that readline has.

/// The most bytes that a line takes in.
const LONGEST: usize = 1 << 16;

/// A line and its cursor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct LineEdit {
    pub(crate) text: String,
    /// The position of the cursor, in bytes; always between two characters.
    pub(crate) at: usize,
    /// The bytes at the start that a key has typed. To erase back to the start erases them only after the rest.
    head: usize,
}

/// What a word ends at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Whatever is no letter or digit.
    Letters,
    /// Blanks only.
    Blanks,
}

impl Word {
    fn has(self, c: char) -> bool {
        match self {
            Self::Letters => c.is_alphanumeric(),
            Self::Blanks => !c.is_whitespace(),
        }
    }
}

impl LineEdit {
    /// A line with the cursor at its end.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), at: text.len(), head: 0 }
    }

    /// The same line, which begins with the name of a command that a key has typed.
    pub(crate) fn with_head(self, head: usize) -> Self {
        Self { head, ..self }
    }

    pub(crate) fn set(&mut self, text: String) {
        self.at = text.len();
        self.text = text;
        self.head = 0;
    }

    /// The text before the cursor.
    pub(crate) fn before(&self) -> &str {
        &self.text[..self.at]
    }

    /// Takes in a key by its name; `killed` is what was cut out last. False if the key edits nothing.
    pub(crate) fn key(&mut self, name: &str, killed: &mut String) -> bool {
        match name {
            "Backspace" | "Ctrl-h" => self.remove(self.char_left(), self.at),
            "Delete" | "Ctrl-d" => self.remove(self.at, self.char_right()),
            "Left" | "Ctrl-b" => self.at = self.char_left(),
            "Right" | "Ctrl-f" => self.at = self.char_right(),
            "Home" | "Ctrl-a" => self.at = 0,
            "End" | "Ctrl-e" => self.at = self.text.len(),
            "Alt-b" | "Alt-Left" | "Ctrl-Left" => self.at = self.word_left(Word::Letters),
            "Alt-f" | "Alt-Right" | "Ctrl-Right" => self.at = self.word_right(),
            "Ctrl-u" => self.kill(if self.at > self.head { self.head } else { 0 }, self.at, killed),
            "Ctrl-k" => self.kill(self.at, self.text.len(), killed),
            "Ctrl-w" => self.kill(self.word_left(Word::Blanks), self.at, killed),
            "Alt-Backspace" | "Ctrl-Backspace" => self.kill(self.word_left(Word::Letters), self.at, killed),
            "Alt-d" | "Ctrl-Delete" => self.kill(self.at, self.word_right(), killed),
            "Ctrl-y" => self.insert(&killed.clone()),
            "Ctrl-t" => self.transpose(),
            "Space" => self.insert(" "),
            name => {
                let mut letters = name.chars();
                match (letters.next(), letters.next()) {
                    (Some(_), None) => self.insert(name),
                    _ => return false,
                }
            }
        }
        true
    }

    /// Puts text in at the cursor. A line stays one line: line ends and other control characters become blanks, and
    /// none are left at the end.
    pub(crate) fn paste(&mut self, text: &str) {
        let plain: String = text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.insert(&plain);
    }

    fn insert(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.len());
        let end = (0..=text.len().min(room)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.head = if self.at < self.head { 0 } else { self.head };
        self.text.insert_str(self.at, &text[..end]);
        self.at += end;
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.drain(from..to);
        self.head = if from < self.head { 0 } else { self.head };
        self.at = from;
    }

    /// Cuts a part out, to be put in again later.
    fn kill(&mut self, from: usize, to: usize, killed: &mut String) {
        if from < to {
            *killed = self.text[from..to].to_owned();
            self.remove(from, to);
        }
    }

    /// Exchanges the characters around the cursor, or the last two at the end of the line.
    fn transpose(&mut self) {
        let at = if self.at == self.text.len() { self.char_left() } else { self.at };
        let (before, after) = self.text.split_at(at);
        if let (Some(left), Some(right)) = (before.chars().next_back(), after.chars().next()) {
            let from = at - left.len_utf8();
            self.at = at + right.len_utf8();
            self.text.replace_range(from..self.at, &format!("{right}{left}"));
        }
    }

    fn char_left(&self) -> usize {
        self.at - self.before().chars().next_back().map_or(0, char::len_utf8)
    }

    fn char_right(&self) -> usize {
        self.at + self.text[self.at..].chars().next().map_or(0, char::len_utf8)
    }

    /// The beginning of the word before the cursor.
    fn word_left(&self, word: Word) -> usize {
        let trimmed = self.before().trim_end_matches(|c| !word.has(c));
        trimmed.trim_end_matches(|c| word.has(c)).len()
    }

    /// The end of the word after the cursor.
    fn word_right(&self) -> usize {
        let trimmed = self.text[self.at..].trim_start_matches(|c| !Word::Letters.has(c));
        self.text.len() - trimmed.trim_start_matches(|c| Word::Letters.has(c)).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, keys: &[&str]) -> LineEdit {
        let mut line = LineEdit::new(text);
        let mut killed = String::new();
        keys.iter().for_each(|key| _ = line.key(key, &mut killed));
        line
    }

    #[test]
    fn keys_edit_the_line() {
        for (text, keys, edited, at) in [
            ("", &["a", "b", "Space", "ü"][..], "ab ü", 5),
            ("", &["a", "ü", "Left", "x"], "axü", 2),
            ("", &["a", "ü", "Backspace", "Backspace"], "", 0),
            ("", &["a", "b", "Home", "Delete"], "b", 0),
            ("a bc", &["Ctrl-w"], "a ", 2),
            ("abc", &["Left", "Ctrl-u"], "c", 0),
            ("abc", &["Home", "Right", "Ctrl-k", "End"], "a", 1),
            ("", &["Left", "Right", "Delete", "Down", "F1", "Ctrl-y", "Ctrl-t", "Alt-b", "Alt-d"], "", 0),
            ("open a/b.mst", &["Alt-b"], "open a/b.mst", 9),
            ("open a/b.mst", &["Alt-b", "Alt-b", "Alt-b", "Ctrl-Left"], "open a/b.mst", 0),
            ("open a/b.mst", &["Ctrl-a", "Alt-f", "Alt-f"], "open a/b.mst", 6),
            ("open a/b.mst", &["Alt-Backspace", "Alt-Backspace"], "open a/", 7),
            ("open a/b.mst", &["Home", "Alt-d", "Alt-d"], "/b.mst", 0),
            ("open a/b.mst", &["Ctrl-w", "Home", "Ctrl-y", "Space"], "a/b.mst open ", 8),
            ("ab", &["Ctrl-t"], "ba", 2),
            ("aü", &["Left", "Ctrl-t", "x"], "üax", 4),
            ("a", &["Home", "Ctrl-t"], "a", 0),
        ] {
            let line = typed(text, keys);
            assert_eq!((line.text.as_str(), line.at), (edited, at), "{text:?} {keys:?}");
        }
    }

    /// The name of a command is not lost with the argument that was proposed for it.
    #[test]
    fn erasing_back_to_the_start_keeps_the_head() {
        let mut killed = String::new();
        let mut line = LineEdit::new("export a.json").with_head("export ".len());
        for left in ["export ", ""] {
            line.key("Ctrl-u", &mut killed);
            assert_eq!(line.text, left);
        }
        let mut line = LineEdit::new("key 7").with_head("key ".len());
        ["Home", "x", "End", "Ctrl-u"].iter().for_each(|key| _ = line.key(key, &mut killed));
        assert_eq!(line.text, "", "the head was edited");
    }

    #[test]
    fn what_is_pasted_stays_one_line_of_bounded_length() {
        let mut line = LineEdit::new("key ");
        line.paste("INV-1\r\nINV-2\u{1b}[2J\n");
        assert_eq!(line.text, "key INV-1  INV-2 [2J");
        line.paste(&"ü".repeat(LONGEST));
        assert!(line.text.len() <= LONGEST && line.at == line.text.len());
    }
}
