//! A place in a text that is read from left to right.

/// A text, and how far it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextCursor<'t> {
    text: &'t str,
    /// The bytes that were read, a whole number of characters.
    pub(super) offset: usize,
}

impl<'t> TextCursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, offset: 0 }
    }

    /// The text before an offset.
    pub(super) fn before(&self, offset: usize) -> &'t str {
        self.text.get(..offset).unwrap_or_default()
    }

    /// The text that was not read yet.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }

    /// The next character whatever it is.
    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.offset += c.len_utf8();
        Some(c)
    }

    /// The next character after white space, which is skipped.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.take_while(char::is_whitespace);
        self.rest().chars().next()
    }

    /// Passes a character after white space, if it is the next one.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.offset += wanted.len_utf8();
        }
        found
    }
}
