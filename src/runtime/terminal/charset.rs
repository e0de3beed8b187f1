//! The characters that the program draws with, and their forms where only ASCII can be shown.

use ratatui::buffer::{Buffer, CellWidth};

use crate::runtime::terminal::depth::Environment;

/// The characters that can be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Charset {
    Unicode,
    Ascii,
}

/// Every character beyond ASCII that the program itself draws or writes, with the form that it has in one cell, and in
/// running text. In one cell, the signs of a drift differ from each other, and so do those of a map.
#[rustfmt::skip]
const FORMS: &[(char, char, &str)] = &[
    // Signs of differences: only left, not equal, equal within a tolerance or by now.
    ('−', '-', "-"), ('≠', '!', "!="), ('≈', '%', "~="),
    // Proved, wrong, marked, shown.
    ('✓', '*', "ok"), ('✗', 'x', "x"), ('◆', '&', "*"), ('●', 'o', "*"), ('○', '.', "o"),
    // Folds and directions.
    ('▸', '>', ">"), ('▾', 'v', "v"), ('▲', '^', "^"), ('▼', 'v', "v"), ('▶', '>', ">"), ('◀', '<', "<"),
    ('‹', '<', "<"), ('›', '>', ">"),
    ('→', '>', "->"), ('←', '<', "<-"), ('↑', '^', "^"), ('↓', 'v', "v"), ('↔', '|', "<->"), ('⇒', '>', "=>"),
    // Punctuation.
    ('…', '.', "..."), ('·', '.', "."), ('–', '-', "-"), ('—', '-', "--"), ('•', '*', "*"), ('×', 'x', "x"),
    ('≤', '<', "<="), ('≥', '>', ">="), ('∞', '8', "inf"), ('µ', 'u', "u"), ('°', 'o', "o"), ('±', '~', "+-"),
    ('“', '"', "\""), ('”', '"', "\""), ('‘', '\'', "'"), ('’', '\'', "'"), ('«', '<', "<<"), ('»', '>', ">>"),
    ('⏎', '<', "<-"), ('␣', '_', "_"), ('§', 'S', "S"),
    // Frames.
    ('─', '-', "-"), ('│', '|', "|"), ('┌', '+', "+"), ('┐', '+', "+"), ('└', '+', "+"), ('┘', '+', "+"),
    ('├', '+', "+"), ('┤', '+', "+"), ('┬', '+', "+"), ('┴', '+', "+"), ('┼', '+', "+"), ('╌', '-', "-"),
    ('╎', '|', "|"), ('┆', '|', "|"), ('┊', '|', "|"), ('┄', '-', "-"), ('┈', '-', "-"), ('━', '=', "="),
    ('┃', '#', "#"), ('═', '=', "="), ('║', '|', "|"), ('╭', '+', "+"), ('╮', '+', "+"), ('╰', '+', "+"),
    ('╯', '+', "+"), ('╴', '-', "-"), ('╶', '-', "-"), ('╵', '|', "|"), ('╷', '|', "|"),
    // Maps and strips, by how full they are.
    ('▁', '_', "_"), ('▂', '.', "."), ('▃', ':', ":"), ('▄', '-', "-"), ('▅', '=', "="), ('▆', '+', "+"),
    ('▇', '*', "*"), ('█', '#', "#"), ('░', '.', "."), ('▒', ':', ":"), ('▓', '%', "%"), ('▏', '|', "|"),
    ('▎', '|', "|"), ('▍', '|', "|"), ('▌', '|', "|"), ('▋', '|', "|"), ('▊', '#', "#"), ('▉', '#', "#"),
    ('▐', '|', "|"), ('▀', '"', "\""), ('▔', '-', "-"), ('■', '#', "#"), ('□', 'o', "o"), ('◫', '#', "#"),
];

/// A character of a text that is not the program's own, where it cannot be shown.
const UNKNOWN: &str = "?";

impl Charset {
    /// The characters that the environment says the terminal shows. A locale counts only if it is set: many containers
    /// set none, on terminals that show everything.
    pub(crate) fn detect(environment: Environment<'_>) -> Self {
        if environment("TERM").is_some_and(|term| term == "linux") {
            return Self::Ascii;
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(environment).unwrap_or_default();
        let encoding = locale.split_once('.').map(|(_, rest)| rest.split('@').next().unwrap_or(rest));
        let is_unicode = match encoding {
            None => locale != "C" && locale != "POSIX",
            Some(encoding) => encoding.replace('-', "").eq_ignore_ascii_case("utf8"),
        };
        if is_unicode { Self::Unicode } else { Self::Ascii }
    }

    /// The same, with the environment of this process.
    pub(crate) fn of_process() -> Self {
        Self::detect(&of_process)
    }
}

/// The variables of this process. An empty one counts as none.
pub(crate) fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The form of one of the program's own characters in one cell; none for other characters.
fn cell_form(c: char) -> Option<char> {
    FORMS.iter().find(|(known, ..)| *known == c).map(|(_, form, _)| *form)
}

/// Leaves only ASCII in the cells. Each stays as wide as it was.
pub(crate) fn to_ascii(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width).max(1);
    for at in 0..buffer.content.len() {
        let symbol = buffer.content[at].symbol();
        if symbol.is_ascii() {
            continue;
        }
        let mut chars = symbol.chars();
        if let (Some(form), None) = (chars.next().and_then(cell_form), chars.next()) {
            buffer.content[at].set_char(form);
            continue;
        }
        // The cells that a wide character covers are blank, and in the style of whatever they were before.
        let cells = usize::from(buffer.content[at].cell_width()).clamp(1, width - at % width);
        let (head, tail) = buffer.content[at..at + cells].split_at_mut(1);
        head[0].set_symbol(UNKNOWN);
        tail.fill(head[0].clone());
    }
}

/// A text in ASCII only. Characters that are not the program's own become escapes such as `\u{e9}`.
pub(crate) fn ascii_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match FORMS.iter().find(|(known, ..)| *known == c) {
            _ if c.is_ascii() => out.push(c),
            Some((_, _, form)) => out.push_str(form),
            None => out.extend(c.escape_unicode()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;

    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    use super::*;
    use crate::runtime::offscreen::text_of;

    #[test]
    fn each_character_stands_once_in_the_table() {
        let mut seen = HashSet::new();
        for (c, cell, text) in FORMS {
            assert!(seen.insert(c), "{c} twice");
            assert!(!c.is_ascii() && cell.is_ascii_graphic() && text.is_ascii() && !text.is_empty(), "{c}");
        }
    }

    /// Without colours and beyond ASCII too, the kinds of a difference are told apart by their signs.
    #[test]
    fn signs_that_must_differ_do() {
        for signs in ["−+~=≠≈", "▁▂▃▄▅▆▇█", "░▒▓█", "▸▾", "✓✗◆●"] {
            let forms: HashSet<_> = signs.chars().map(|c| cell_form(c).unwrap_or(c)).collect();
            assert_eq!(forms.len(), signs.chars().count(), "{signs}: {forms:?}");
        }
    }

    /// The text between quotes of a line of code, roughly: enough to find characters.
    fn literals(line: &str) -> String {
        let code = line.split(" // ").next().unwrap_or(line);
        if code.trim_start().starts_with("//") { String::new() } else { code.to_owned() }
    }

    fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_character_that_the_program_draws_has_a_form() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in ["src", "crates/file_mst/src", "crates/mst-types/src", "crates/mst-sync/src"] {
            sources(&root.join(folder), &mut files);
        }
        let mut missing = Vec::new();
        for path in files.iter().filter(|path| !path.components().any(|part| part.as_os_str() == "tests")) {
            let text = fs::read_to_string(path).expect("a source");
            // What follows is made of texts that stand for anybody's.
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for (line, code) in text.lines().enumerate() {
                // Full-width forms are looked for, and never drawn.
                let is_own = |c: &char| !c.is_ascii() && !c.is_alphabetic() && !('\u{ff00}'..'\u{ffef}').contains(c);
                let odd = |c: &char| is_own(c) && cell_form(*c).is_none();
                if let Some(c) = literals(code).chars().find(odd) {
                    missing.push(format!("{}:{}: {c}", path.display(), line + 1));
                }
            }
        }
        assert!(missing.is_empty(), "give these a form in FORMS:\n{}", missing.join("\n"));
    }

    #[test]
    fn cells_keep_their_width() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 16, 2));
        buffer.set_string(0, 0, "│▾ é日本e\u{301}x → …", Style::new().fg(Color::Red));
        buffer.set_string(0, 1, "▁▂▃▄▅▆▇█ ░▒▓", Style::new());
        to_ascii(&mut buffer);
        assert_eq!(text_of(&buffer), "|v ??????x > .\n_.:-=+*# .:%\n");
        assert_eq!(buffer[(5, 0)].fg, Color::Red, "the second half of a wide character looks like the first");
    }

    #[test]
    fn text_stays_readable() {
        assert_eq!(ascii_text("a → b … ✓ café 日"), "a -> b ... ok caf\\u{e9} \\u{65e5}");
    }

    #[test]
    fn the_locale_tells_what_can_be_shown() {
        for (variables, expected) in [
            (&[][..], Charset::Unicode),
            (&[("LANG", "C")], Charset::Ascii),
            (&[("LANG", "POSIX")], Charset::Ascii),
            (&[("LANG", "C.UTF-8")], Charset::Unicode),
            (&[("LANG", "de_DE.utf8")], Charset::Unicode),
            (&[("LANG", "de_DE.UTF-8@euro")], Charset::Unicode),
            (&[("LANG", "de_DE.ISO-8859-1")], Charset::Ascii),
            (&[("LANG", "en_US")], Charset::Unicode),
            (&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], Charset::Unicode),
            (&[("LANG", "C.UTF-8"), ("LC_ALL", "C")], Charset::Ascii),
            (&[("LC_CTYPE", "C.UTF-8"), ("LC_ALL", "POSIX")], Charset::Ascii),
            (&[("LANG", "C.UTF-8"), ("TERM", "linux")], Charset::Ascii),
        ] {
            let found = Charset::detect(&|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found, expected, "{variables:?}");
        }
    }
}
