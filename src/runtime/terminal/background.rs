//! The terminal's answer about its background.
//!
//! The question is the control sequence OSC 11. The answer comes where keys come from, and the reader of keys takes it
//! apart: Alt-], then the text of the answer key by key, then Alt-\ or Ctrl-g. [`Replies`] puts it together again. So
//! there is one reader of the terminal, no key that is typed meanwhile is lost, and an answer that comes too late, or
//! twice, is taken out of the keys too.

use std::io::{IsTerminal, stdin};
use std::mem;
use std::time::{Duration, Instant};

use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers};

use crate::runtime::looks::Background;
use crate::runtime::terminal::depth::Environment;

/// How long an answer counts. A later one would change the colours under the reader's eyes.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// How long the first frame waits for the answer. Terminals on the same machine are faster.
pub(crate) const FIRST_FRAME: Duration = Duration::from_millis(20);

/// How long the rest of an answer may take that has begun. Then what came were keys.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// How long after the question an Esc may be the beginning of an answer that a slow line has torn.
const TORN: Duration = Duration::from_secs(2);

/// The longest answer, in keys.
const LONGEST: usize = 64;

/// The question in the form that this terminal takes; none where it must not be asked. Standard input and output must
/// both be terminals: a pipe would carry the question to another program.
pub(crate) fn question(stdout_is_terminal: bool, environment: Environment<'_>) -> Option<&'static str> {
    let term = environment("TERM").unwrap_or_default();
    if !stdout_is_terminal || !stdin().is_terminal() || term.is_empty() || term == "linux" || term == "dumb" {
        return None;
    }
    // GNU screen does not answer, but passes on what is wrapped so. tmux answers itself where it knows; what it would
    // pass on comes back as keys of whichever pane has the focus by then.
    let in_screen = environment("STY").is_some() && environment("TMUX").is_none();
    Some(if in_screen { "\x1bP\x1b]11;?\x07\x1b\\" } else { "\x1b]11;?\x1b\\" })
}

/// What the reader of keys passes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Passed {
    Event(TerminalEvent),
    Background(Background),
}

/// Takes answers out of the events of a terminal.
#[derive(Debug)]
pub(crate) struct Replies {
    /// When the program started to listen.
    since: Instant,
    /// The events that may be the beginning of an answer, and the text that they make.
    held: Vec<TerminalEvent>,
    text: String,
}

impl Replies {
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), held: Vec::new(), text: String::new() }
    }

    /// Whether something is held back that [`Self::give_up`] must release after a pause.
    pub(crate) fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes in an event; what is certain after it.
    pub(crate) fn take(&mut self, event: TerminalEvent) -> Vec<Passed> {
        let TerminalEvent::Key(key) = event else { return vec![Passed::Event(event)] };
        if !key.is_press() {
            return vec![Passed::Event(event)];
        }
        let bytes = bytes_of(&key);
        // An Esc by itself is a key, unless a line has torn an answer.
        if self.held.is_empty() && bytes.as_deref() == Some("\x1b") && self.since.elapsed() > TORN {
            return vec![Passed::Event(event)];
        }
        self.held.push(event);
        self.text.push_str(bytes.as_deref().unwrap_or("\0"));
        match progress(&self.text) {
            Progress::Possible if self.held.len() < LONGEST => Vec::new(),
            Progress::Complete(body) => {
                let background = parse(body);
                self.held.clear();
                self.text.clear();
                background.map(Passed::Background).into_iter().collect()
            }
            Progress::Possible | Progress::Impossible => {
                // The event that broke off one answer may begin the next.
                let last = self.held.pop();
                let mut passed = self.give_up();
                match last {
                    Some(last) if passed.is_empty() => passed.push(Passed::Event(last)),
                    Some(last) => passed.extend(self.take(last)),
                    None => {}
                }
                passed
            }
        }
    }

    /// Releases what is held back: no answer, but keys.
    pub(crate) fn give_up(&mut self) -> Vec<Passed> {
        self.text.clear();
        mem::take(&mut self.held).into_iter().map(Passed::Event).collect()
    }
}

/// The bytes that a terminal sends for a key, as far as answers have them.
fn bytes_of(key: &KeyEvent) -> Option<String> {
    let alt = if key.modifiers.contains(KeyModifiers::ALT) { "\x1b" } else { "" };
    match key.code {
        KeyCode::Esc => Some(format!("{alt}\x1b")),
        KeyCode::Char('g') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(format!("{alt}\x07")),
        KeyCode::Char(_) if key.modifiers.contains(KeyModifiers::CONTROL) => None,
        KeyCode::Char(c) => Some(format!("{alt}{c}")),
        _ => None,
    }
}

enum Progress<'a> {
    /// The beginning of an answer.
    Possible,
    /// An answer, with the colour that it names.
    Complete(&'a str),
    Impossible,
}

fn progress(text: &str) -> Progress<'_> {
    const BEGINNING: &str = "\x1b]11;";
    let Some(body) = text.strip_prefix(BEGINNING) else {
        return if BEGINNING.starts_with(text) { Progress::Possible } else { Progress::Impossible };
    };
    let end = body.find(['\x07', '\x1b']).unwrap_or(body.len());
    let (color, rest) = body.split_at(end);
    if !color.chars().all(|c| c.is_ascii_alphanumeric() || ":/#;".contains(c)) {
        return Progress::Impossible;
    }
    match rest {
        "\x07" | "\x1b\\" => Progress::Complete(color),
        "" | "\x1b" => Progress::Possible,
        _ => Progress::Impossible,
    }
}

/// The background of a colour such as `rgb:ffff/ffff/ffff`, `rgba:ff/ff/ff/ff` or `#ffffff`.
fn parse(color: &str) -> Option<Background> {
    let part = |digits: &str| -> Option<f64> {
        let most = 16_f64.powi(i32::try_from(digits.len()).ok()?) - 1.0;
        Some(f64::from(u32::from_str_radix(digits, 16).ok()?) / most)
    };
    let parts: Vec<f64> = if let Some((_, parts)) = color.split_once(':') {
        parts.split('/').map(part).collect::<Option<_>>()?
    } else {
        let digits = color.strip_prefix('#')?;
        let each = (digits.len() / 3).max(1);
        (0..3).map(|at| part(digits.get(at * each..(at + 1) * each)?)).collect::<Option<_>>()?
    };
    let [r, g, b, ..] = *parts else { return None };
    let brightness = 0.299 * r + 0.587 * g + 0.114 * b;
    Some(if brightness > 0.5 { Background::Light } else { Background::Dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char, modifiers: KeyModifiers) -> TerminalEvent {
        TerminalEvent::Key(KeyEvent::new(KeyCode::Char(c), modifiers))
    }

    fn esc() -> TerminalEvent {
        TerminalEvent::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE))
    }

    /// The events that the reader of keys makes of an answer; `end` is Alt-\ or Ctrl-g.
    fn reply(color: &str, end: TerminalEvent) -> Vec<TerminalEvent> {
        let text = format!("11;{color}");
        let letters = text.chars().map(|c| key(c, KeyModifiers::NONE));
        [key(']', KeyModifiers::ALT)].into_iter().chain(letters).chain([end]).collect()
    }

    fn st() -> TerminalEvent {
        key('\\', KeyModifiers::ALT)
    }

    fn taken(events: impl IntoIterator<Item = TerminalEvent>) -> Vec<Passed> {
        let mut replies = Replies::new();
        let mut passed: Vec<_> = events.into_iter().flat_map(|event| replies.take(event)).collect();
        passed.extend(replies.give_up());
        passed
    }

    #[test]
    fn answers_are_taken_out_of_the_keys() {
        let j = || key('j', KeyModifiers::NONE);
        for (color, expected) in [
            ("rgb:ffff/ffff/ffff", Background::Light),
            ("rgb:0000/0000/0000", Background::Dark),
            ("rgb:fd/f6/e3", Background::Light),
            ("rgba:1c1c/1c1c/1c1c/ffff", Background::Dark),
            ("#FDF6E3", Background::Light),
        ] {
            for end in [st(), key('g', KeyModifiers::CONTROL)] {
                let events = [j()].into_iter().chain(reply(color, end)).chain([j()]);
                let expected = [Passed::Event(j()), Passed::Background(expected), Passed::Event(j())];
                assert_eq!(taken(events), expected, "{color}");
            }
        }
        // An answer that says nothing is swallowed all the same.
        assert_eq!(taken(reply("rgb:", st())), []);
    }

    #[test]
    fn a_torn_answer_is_put_together() {
        let mut events = reply("rgb:ffff/ffff/ffff", esc());
        events.push(key('\\', KeyModifiers::NONE));
        events.splice(0..1, [esc(), key(']', KeyModifiers::NONE)]);
        assert_eq!(taken(events), [Passed::Background(Background::Light)]);
    }

    #[test]
    fn keys_are_never_lost() {
        let alt = |c| key(c, KeyModifiers::ALT);
        let plain = |c| key(c, KeyModifiers::NONE);
        for events in [
            vec![esc()],
            vec![esc(), esc(), plain('j')],
            vec![alt(']'), plain('1'), plain('j')],
            vec![alt(']'), alt(']'), plain('1')],
            vec![alt('b'), plain(']'), plain('1'), plain('1')],
            vec![alt(']'), plain('1'), plain('1'), plain(';'), plain(' ')],
            reply(&"f".repeat(80), st()),
        ] {
            let expected: Vec<_> = events.iter().cloned().map(Passed::Event).collect();
            assert_eq!(taken(events), expected);
        }
        // A new size does not disturb an answer.
        let mut events = reply("rgb:0/0/0", st());
        events.insert(4, TerminalEvent::Resize(80, 24));
        assert_eq!(taken(events), [Passed::Event(TerminalEvent::Resize(80, 24)), Passed::Background(Background::Dark)]);
    }
}
