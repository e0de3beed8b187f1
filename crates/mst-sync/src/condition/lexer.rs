//! The words and signs of a condition.

use std::ops::Range;

use super::error::ConditionError;

/// A word or sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// A bare word: a keyword, or the name of a column.
    Word(String),
    /// The name of a column in double quotes or backticks.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number without sign.
    Number(String),
    /// A sign.
    Sign(&'static str),
}

/// The signs; a longer one stands before its beginning.
const SIGNS: [&str; 11] = ["<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", ",", "+"];
const MINUS: &str = "-";

/// Splits a condition, with the bytes of each token.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, ConditionError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = match first {
            '\'' => {
                let (inner, length) = quoted(rest, first)
                    .ok_or_else(|| ConditionError::new(text, at, "this text is not closed with a '"))?;
                (Token::Text(inner), length)
            }
            '"' | '`' => {
                let (inner, length) = quoted(rest, first)
                    .ok_or_else(|| ConditionError::new(text, at, format!("this name is not closed with a {first}")))?;
                (Token::Quoted(inner), length)
            }
            first if is_word(first) && !first.is_numeric() => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                (Token::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
            }
            '0'..='9' | '.' => match number(rest) {
                Some(length) => (Token::Number(rest.get(..length).unwrap_or_default().to_owned()), length),
                None => return Err(ConditionError::new(text, at, "a number has digits")),
            },
            _ => match SIGNS.iter().chain([&MINUS]).find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None => {
                    let message = format!("{first:?} has no meaning in a condition");
                    return Err(ConditionError::new(text, at, message));
                }
            },
        };
        tokens.push((token, at..at + length));
        at += length;
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text in quotes, with doubled quotes as one, and its length with the quotes.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            inner.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            inner.push(quote);
        } else {
            return Some((inner, at + quote.len_utf8()));
        }
    }
    None
}

/// The length of a number: digits with at most one point, and an exponent.
fn number(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut length = whole;
    if bytes.get(length) == Some(&b'.') {
        let after = digits(length + 1);
        if whole + after == 0 {
            return None;
        }
        length += 1 + after;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    Some(length)
}
