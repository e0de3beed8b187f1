//! The part of a terminal that answers. The screen emulation only listens, and a program that asks and gets no answer
//! waits for its timeout.

use std::mem;

use vt100::{Callbacks, Screen};

/// Answers queries, and keeps what the screen emulation does not understand.
#[derive(Debug)]
pub(super) struct Answers {
    /// The background as the terminal reports it, such as `0000/0000/0000`; none if it does not answer.
    background: Option<String>,
    /// The bytes that the terminal has to send to the program.
    pending: Vec<u8>,
    /// Data of OSC 52, in base64 as sent.
    pub(super) clipboard: Vec<String>,
    /// Sequences that neither the emulation nor this module understands, with `ESC` written out.
    pub(super) unhandled: Vec<String>,
}

impl Answers {
    pub(super) fn new(background: Option<String>) -> Self {
        Self { background, pending: Vec::new(), clipboard: Vec::new(), unhandled: Vec::new() }
    }

    /// Takes the answers that wait to be sent.
    pub(super) fn take(&mut self) -> Vec<u8> {
        mem::take(&mut self.pending)
    }
}

impl Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut Screen, i1: Option<u8>, i2: Option<u8>, params: &[&[u16]], last: char) {
        let first = params.first().and_then(|param| param.first()).copied().unwrap_or(0);
        match (i1, first, last) {
            (None, 6, 'n') => {
                let (row, column) = screen.cursor_position();
                self.pending.extend(format!("\x1b[{};{}R", row + 1, column + 1).bytes());
            }
            // Device attributes: a VT220 with colour.
            (None, 0, 'c') => self.pending.extend(b"\x1b[?62;22c"),
            _ => self.unhandled.push(csi_text([i1, i2], params, last)),
        }
    }

    fn unhandled_osc(&mut self, _: &mut Screen, params: &[&[u8]]) {
        match params {
            // White on black.
            [b"10", b"?"] => self.pending.extend(b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
            [b"11", b"?"] => {
                if let Some(background) = &self.background {
                    self.pending.extend(format!("\x1b]11;rgb:{background}\x1b\\").bytes());
                }
            }
            _ => self.unhandled.push(format!("ESC]{}", String::from_utf8_lossy(&params.join(&b';')))),
        }
    }

    fn unhandled_escape(&mut self, _: &mut Screen, i1: Option<u8>, i2: Option<u8>, last: u8) {
        let text: String = [i1, i2, Some(last)].into_iter().flatten().map(char::from).collect();
        self.unhandled.push(format!("ESC{text}"));
    }

    fn copy_to_clipboard(&mut self, _: &mut Screen, _: &[u8], data: &[u8]) {
        self.clipboard.push(String::from_utf8_lossy(data).into_owned());
    }
}

/// A control sequence as text, such as `ESC[?2026h`.
fn csi_text(intermediates: [Option<u8>; 2], params: &[&[u16]], last: char) -> String {
    let params: Vec<String> =
        params.iter().map(|parts| parts.iter().map(u16::to_string).collect::<Vec<_>>().join(":")).collect();
    // A private marker comes before the numbers, any other intermediate after them.
    let (markers, others): (Vec<char>, Vec<char>) =
        intermediates.into_iter().flatten().map(char::from).partition(|byte| "<=>?".contains(*byte));
    format!("ESC[{}{}{}{last}", String::from_iter(markers), params.join(";"), String::from_iter(others))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(output: &[u8]) -> (String, Vec<String>, Vec<String>) {
        let size = |cells| std::num::NonZeroU16::new(cells).expect("not zero");
        let mut parser =
            vt100::Parser::new_with_callbacks(size(5), size(20), 0, Answers::new(Some("0000/0000/0000".to_owned())));
        parser.process(output);
        let answers = parser.callbacks_mut();
        let sent = String::from_utf8(answers.take()).expect("answers are ASCII");
        (sent, mem::take(&mut answers.clipboard), mem::take(&mut answers.unhandled))
    }

    #[test]
    fn queries_are_answered() {
        assert_eq!(after(b"a\r\nbc\x1b[6n").0, "\x1b[2;3R");
        assert_eq!(after(b"\x1b[c").0, after(b"\x1b[0c").0);
        assert_eq!(after(b"\x1b]11;?\x07").0, "\x1b]11;rgb:0000/0000/0000\x1b\\");
        assert_eq!(after(b"\x1b]10;?\x1b\\").0, "\x1b]10;rgb:ffff/ffff/ffff\x1b\\");
    }

    #[test]
    fn the_rest_is_kept() {
        let (sent, clipboard, unhandled) = after(b"\x1b[?2026h\x1b[2026$p\x1b]52;c;aGk=\x07\x1b]11;#000\x07");
        assert_eq!(sent, "");
        assert_eq!(clipboard, ["aGk="]);
        assert_eq!(unhandled, ["ESC[?2026h", "ESC[2026$p", "ESC]11;#000"]);
    }
}
