//! CBOR written in the diagnostic notation of RFC 8949, section 8.

use std::fmt::Write;

use minicbor::data::Token;
use minicbor::decode::Tokenizer;

use crate::escape::write_quoted;

/// The deepest nesting shown; anything deeper is not treated as CBOR.
const MAX_NESTING: usize = 64;

/// One CBOR item on one line; `None` unless the bytes are exactly one well-formed item.
pub(crate) fn line(bytes: &[u8]) -> Option<String> {
    Notation::of(bytes, false)
}

/// One CBOR item, each item inside it on its own line and indented by two spaces per level. `None` if the bytes are not
/// exactly one well-formed item or nest deeper than 64 levels.
///
/// ```
/// use mst_types::cbor_pretty;
/// assert_eq!(cbor_pretty(&[0xa1, 0x61, b'a', 0xf5]).as_deref(), Some("{\n  \"a\": true\n}"));
/// ```
pub fn cbor_pretty(bytes: &[u8]) -> Option<String> {
    Notation::of(bytes, true)
}

/// An item that is not closed yet: a list, a map, a text or byte string in chunks, or a tag.
struct Open {
    close: char,
    is_map: bool,
    /// Whether its items are on lines of their own.
    broken: bool,
    /// The number of items, keys and values counted separately; `None` for an indefinite length, which ends with a
    /// break.
    count: Option<u64>,
    seen: u64,
}

struct Notation {
    out: String,
    open: Vec<Open>,
    pretty: bool,
    done: bool,
}

impl Notation {
    fn of(bytes: &[u8], pretty: bool) -> Option<String> {
        let mut notation = Self { out: String::new(), open: Vec::new(), pretty, done: false };
        for token in Tokenizer::new(bytes) {
            notation.token(token.ok()?)?;
        }
        notation.done.then_some(notation.out)
    }

    fn token(&mut self, token: Token<'_>) -> Option<()> {
        if self.done {
            return None;
        }
        if token == Token::Break {
            // A break ends only an item of indefinite length, and never a map between a key and its value.
            let innermost = self.open.last().filter(|open| open.count.is_none())?;
            if innermost.is_map && innermost.seen % 2 == 1 {
                return None;
            }
            self.close();
            self.complete();
            return Some(());
        }
        self.separate();
        match token {
            Token::Array(count) => self.begin("[", ']', Some(count)),
            Token::Map(count) => self.begin("{", '}', Some(count.checked_mul(2)?)),
            Token::BeginArray => self.begin("[_ ", ']', None),
            Token::BeginMap => self.begin("{_ ", '}', None),
            Token::BeginBytes | Token::BeginString => self.begin("(_ ", ')', None),
            Token::Tag(tag) => self.begin(&format!("{}(", tag.as_u64()), ')', Some(1)),
            scalar => {
                self.scalar(scalar).ok()?;
                self.complete();
                Some(())
            }
        }
    }

    fn scalar(&mut self, token: Token<'_>) -> std::fmt::Result {
        let out = &mut self.out;
        match token {
            Token::Bytes(bytes) => write!(out, "h'{}'", hex::encode(bytes)),
            Token::String(text) => write_quoted(out, text, '"'),
            Token::F16(v) | Token::F32(v) => write_float(out, v.into()),
            Token::F64(v) => write_float(out, v),
            // minicbor already writes the rest in diagnostic notation.
            other => write!(out, "{other}"),
        }
    }

    /// Writes the separator before an item.
    fn separate(&mut self) {
        let Some(innermost) = self.open.last_mut() else { return };
        let (first, is_value) = (innermost.seen == 0, innermost.is_map && innermost.seen % 2 == 1);
        innermost.seen += 1;
        if is_value {
            self.out.push_str(": ");
            return;
        }
        let broken = innermost.broken;
        if !first {
            self.out.push_str(if broken { "," } else { ", " });
        }
        if broken {
            self.new_line();
        }
    }

    fn new_line(&mut self) {
        let level = self.open.iter().filter(|open| open.broken).count();
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", level));
    }

    fn begin(&mut self, start: &str, close: char, count: Option<u64>) -> Option<()> {
        if self.open.len() >= MAX_NESTING {
            return None;
        }
        self.out.push_str(start);
        let broken = self.pretty && close != ')';
        self.open.push(Open { close, is_map: close == '}', broken, count, seen: 0 });
        self.complete();
        Some(())
    }

    /// Closes every item that is complete.
    fn complete(&mut self) {
        while self.open.last().is_some_and(|open| open.count == Some(open.seen)) {
            self.close();
        }
        self.done = self.open.is_empty();
    }

    fn close(&mut self) {
        if let Some(closed) = self.open.pop() {
            if closed.broken && closed.seen > 0 {
                self.new_line();
            }
            self.out.push(closed.close);
        }
    }
}

fn write_float(out: &mut String, v: f64) -> std::fmt::Result {
    if v.is_nan() {
        return out.write_str("NaN");
    }
    if v.is_infinite() {
        return out.write_str(if v > 0.0 { "Infinity" } else { "-Infinity" });
    }
    write!(out, "{v:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notation(digits: &str) -> Option<String> {
        line(&hex::decode(digits).unwrap())
    }

    /// Examples from RFC 8949, appendix A.
    #[test]
    fn examples_of_the_rfc() {
        for (digits, expected) in [
            ("00", "0"),
            ("1bffffffffffffffff", "18446744073709551615"),
            ("3bffffffffffffffff", "-18446744073709551616"),
            ("3903e7", "-1000"),
            ("f93e00", "1.5"),
            ("fb3ff199999999999a", "1.1"),
            ("f97e00", "NaN"),
            ("f9fc00", "-Infinity"),
            ("f5", "true"),
            ("f6", "null"),
            ("f7", "undefined"),
            ("f0", "simple(16)"),
            ("c11a514b67b0", "1(1363896240)"),
            ("4401020304", "h'01020304'"),
            ("62225c", r#""\"\\""#),
            ("80", "[]"),
            ("8301820203820405", "[1, [2, 3], [4, 5]]"),
            ("a0", "{}"),
            ("a26161016162820203", r#"{"a": 1, "b": [2, 3]}"#),
            ("5f42010243030405ff", "(_ h'0102', h'030405')"),
            ("9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]"),
            ("bf61610161629f0203ffff", r#"{_ "a": 1, "b": [_ 2, 3]}"#),
        ] {
            assert_eq!(notation(digits).as_deref(), Some(expected), "{digits}");
        }
    }

    #[test]
    fn anything_but_one_item_is_none() {
        for digits in ["", "0000", "82", "8201", "a101", "bf6161ff", "ff", "1c", "61", "61ff", "9f01", "c1"] {
            assert_eq!(notation(digits), None, "{digits}");
        }
        let deep = [&[0x81; 200][..], &[0]].concat();
        assert_eq!(line(&deep), None);
        // A count without the items after it allocates nothing.
        assert_eq!(notation("9bffffffffffffffff"), None);
        assert_eq!(notation("bbffffffffffffffff"), None);
    }

    #[test]
    fn pretty_breaks_lists_and_maps() {
        let bytes = hex::decode("a26161820102616280").unwrap();
        assert_eq!(cbor_pretty(&bytes).unwrap(), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": []\n}");
    }
}
