//! Numbers and places as a person reads them.

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
    match jiff::Timestamp::from_millisecond(milliseconds) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => format!("{milliseconds} ms"),
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
}
