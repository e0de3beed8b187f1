//! Numbers, places and times as a person reads them.

use mst_types::{is_hidden, moment_text};

/// A number with thousands separators: `4,997`.
pub(crate) fn thousands(number: impl Into<u128>) -> String {
    group(&number.into().to_string())
}

/// A string of digits with thousands separators.
pub(crate) fn group(digits: &str) -> String {
    let first = digits.len() % 3;
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == first {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An offset in a file: `@689,494`.
pub(crate) fn offset(bytes: u64) -> String {
    format!("@{}", thousands(bytes))
}

/// A count of things: `1 key`, `2 keys`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(number))
}

/// A time in milliseconds since 1970, in UTC, to the second: `2026-11-20 09:00:00`.
pub(crate) fn time(milliseconds: i64) -> String {
    match rfc3339(milliseconds) {
        Some(time) => time.chars().take("2026-11-20T09:00:00".len()).collect::<String>().replace('T', " "),
        None => format!("{milliseconds} ms"),
    }
}

/// The milliseconds since 1970 of the years 0 to 9999, which RFC 3339 can express.
const RFC_3339: std::ops::Range<i64> = -62_167_219_200_000..253_402_300_800_000;

/// A time in milliseconds since 1970 in RFC 3339, in UTC; `None` before the year 0 and after 9999.
pub(crate) fn rfc3339(milliseconds: i64) -> Option<String> {
    RFC_3339.contains(&milliseconds).then(|| moment_text(i128::from(milliseconds) * 1_000_000))
}

/// A number of bytes as a person reads it: `44 KiB`.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut scaled = bytes as f64;
    let mut unit = "bytes";
    for larger in units {
        if scaled < 1024.0 {
            break;
        }
        scaled /= 1024.0;
        unit = larger;
    }
    // A decimal where it says something.
    if unit == "bytes" || scaled >= 10.0 || scaled.fract() == 0.0 {
        format!("{scaled:.0} {unit}")
    } else {
        format!("{scaled:.1} {unit}")
    }
}

/// `text` in at most `width` columns, with `…` where something is cut off.
pub(crate) fn cut(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut out: String = text
        .chars()
        .take_while(|c| {
            let fits = c.width().unwrap_or(0) <= left;
            left = left.saturating_sub(c.width().unwrap_or(0));
            fits
        })
        .collect();
    if width > 0 {
        out.push('…');
    }
    out
}

/// `text` in lines of at most `width` columns, broken at blanks where there are any, and at its own line ends.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let text = paragraph.trim_start_matches(' ');
        let indent = " ".repeat((paragraph.len() - text.len()).min(width / 2));
        let mut line = indent.clone();
        let mut gap = 0;
        for word in text.split(' ') {
            if word.is_empty() {
                // Several blanks in a row keep columns apart.
                gap += 1;
                continue;
            }
            let is_first = line.len() == indent.len();
            if !is_first && line.width() + gap + word.width() > width {
                lines.push(std::mem::replace(&mut line, indent.clone()));
            } else if !is_first {
                line.push_str(&" ".repeat(gap));
            }
            for c in word.chars() {
                // A word that is longer than a line is cut anywhere.
                if line.len() > indent.len() && line.width() + c.width().unwrap_or(0) > width {
                    lines.push(std::mem::replace(&mut line, indent.clone()));
                }
                line.push(c);
            }
            gap = 1;
        }
        lines.push(line);
    }
    lines
}

/// Whether `text` holds `wanted`, capitals or not unless `wanted` has capitals.
pub(crate) fn has(text: &str, wanted: &str) -> bool {
    if wanted.chars().any(char::is_uppercase) { text.contains(wanted) } else { text.to_lowercase().contains(wanted) }
}

/// A word as a shell takes it. One in which something is hidden is written as bash and zsh take it, with nothing
/// hidden.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@:,+=%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else if word.contains(is_hidden) {
        let escaped = |c: char| match c {
            '\'' | '\\' => format!("\\{c}"),
            c if is_hidden(c) => c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
            c => c.to_string(),
        };
        // A shell takes no more than two digits.
        format!("$'{}'", word.chars().map(escaped).collect::<String>())
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in
            [(0_u64, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(number), text);
        }
        assert_eq!(count(1, "key"), "1 key");
        assert_eq!(count(2000, "key"), "2,000 keys");
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (45_056, "44 KiB"),
            (5 << 20, "5 MiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn times_are_rfc_3339_where_they_can_be() {
        assert_eq!(rfc3339(1_795_165_200_000).as_deref(), Some("2026-11-20T09:00:00Z"));
        assert_eq!(rfc3339(-1).as_deref(), Some("1969-12-31T23:59:59.999Z"));
        assert_eq!(rfc3339(-62_167_219_200_000).as_deref(), Some("0000-01-01T00:00:00Z"));
        assert_eq!(rfc3339(253_402_300_799_999).as_deref(), Some("9999-12-31T23:59:59.999Z"));
        for outside in [-62_167_219_200_001, 253_402_300_800_000, i64::MIN, i64::MAX] {
            assert_eq!(rfc3339(outside), None);
        }
    }

    #[test]
    fn times_are_shown_in_utc_whatever_they_are() {
        assert_eq!(time(0), "1970-01-01 00:00:00");
        assert_eq!(time(1_795_219_200_123), "2026-11-21 00:00:00");
        assert_eq!(time(-1), "1969-12-31 23:59:59");
        assert_eq!(time(i64::MAX), "9223372036854775807 ms");
    }

    #[test]
    fn cuts_are_marked_and_counted_in_columns() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 1), "…");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn text_is_wrapped_at_blanks_and_loses_nothing() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one\n\n  two three", 7), ["one", "", "  two", "  three"]);
        assert_eq!(wrap("a   b  cd", 7), ["a   b", "cd"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("日本語", 5), ["日本", "語"]);
        assert_eq!(wrap("", 5), [""; 0]);
        for width in 0..20 {
            let wrapped = wrap("a word, abcdefghijklm  and\nmore words", width);
            let packed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(packed(&wrapped.join(" ")), "aword,abcdefghijklmandmorewords", "{width}");
            assert!(wrapped.iter().all(|line| line.chars().count() <= width.max(1)), "{width}: {wrapped:?}");
        }
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_split_or_read_them() {
        for (word, expected) in [
            ("a.mst@7:ab", "a.mst@7:ab"),
            ("two words", "'two words'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
            ("$x", "'$x'"),
            ("a\n'\u{1b}c\\", r"$'a\x0a\'\x1bc\\'"),
            ("\u{202e}", r"$'\xe2\x80\xae'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
