//! JSON laid out by lines, as it is shown.

use std::borrow::Cow;

use mst_types::{Value, escape_text};

/// JSON by lines, still JSON: what a terminal would obey or hide stands as an escape of JSON.
pub(super) fn lines(text: &str) -> Vec<String> {
    let line = |line: &str| {
        let mut shown = String::with_capacity(line.len());
        for c in line.chars() {
            if c != '\\' && matches!(escape_text(c.encode_utf8(&mut [0; 4])), Cow::Owned(_)) {
                shown.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
            } else {
                shown.push(c);
            }
        }
        shown
    };
    text.split('\n').map(line).collect()
}

#[expect(clippy::disallowed_methods, reason = "what is hidden is escaped in the page")]
pub(super) fn of_value(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

/// JSON laid out by its own order of members: its text is kept, only the white space between is set anew.
pub(super) fn of_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut chars = text.chars().peekable();
    let new_line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = chars.next() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                if chars.peek().is_some_and(|c| matches!(c, '}' | ']')) {
                    out.extend(chars.next());
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}
