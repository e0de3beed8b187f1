//! The bytes that a terminal sends for a key (xterm).

/// A key that is not plain text.
///
/// `Esc` is one byte that also begins other keys: wait for its effect before sending the next key, or the program
/// reads both as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "a key is what it is called")]
pub enum Key {
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Esc,
    Enter,
    Tab,
    BackTab,
    Backspace,
    Delete,
    /// A letter (or one of `@[\]^_`) with the control key held.
    Ctrl(char),
}

impl Key {
    /// The bytes of the key. Once a program has asked for application cursor keys, arrows, Home and End differ.
    pub(super) fn bytes(self, application_cursor: bool) -> Vec<u8> {
        let cursor = |last: u8| vec![0x1b, if application_cursor { b'O' } else { b'[' }, last];
        match self {
            Self::Up => cursor(b'A'),
            Self::Down => cursor(b'B'),
            Self::Right => cursor(b'C'),
            Self::Left => cursor(b'D'),
            Self::Home => cursor(b'H'),
            Self::End => cursor(b'F'),
            Self::PageUp => b"\x1b[5~".to_vec(),
            Self::PageDown => b"\x1b[6~".to_vec(),
            Self::Delete => b"\x1b[3~".to_vec(),
            Self::BackTab => b"\x1b[Z".to_vec(),
            Self::Esc => vec![0x1b],
            Self::Enter => vec![b'\r'],
            Self::Tab => vec![b'\t'],
            Self::Backspace => vec![0x7f],
            Self::Ctrl(letter) => vec![letter.to_ascii_uppercase() as u8 & 0x1f],
        }
    }
}
