//! A cursor in a text that is read from left to right.

/// A text, and how far it has been read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextCursor<'t> {
    text: &'t str,
    /// The number of bytes read, at a character boundary.
    pub(crate) offset: usize,
}

impl<'t> TextCursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, offset: 0 }
    }

    /// The text before an offset.
    pub(crate) fn before(&self, offset: usize) -> &'t str {
        self.text.get(..offset).unwrap_or_default()
    }

    /// The text that is still unread.
    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.offset += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Takes the next character.
    pub(crate) fn bump(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.offset += c.len_utf8();
        Some(c)
    }

    /// Skips white space and returns the next character without taking it.
    pub(crate) fn peek(&mut self) -> Option<char> {
        self.take_while(char::is_whitespace);
        self.rest().chars().next()
    }

    /// Skips white space and takes `wanted` if it is the next character.
    pub(crate) fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.offset += wanted.len_utf8();
        }
        found
    }
}
