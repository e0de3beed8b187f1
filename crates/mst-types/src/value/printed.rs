//! LogicalType values from the text that [`Value`] displays: `{a: 1, b: "A"}`, `(7, 2026-11-21)`, `Paid(12.50)`.

use std::sync::Arc;

use crate::escape::{is_name_part, is_name_start};
use crate::json::read::single_char;
use crate::postcard_bytes::options::MAX_DEPTH;
use crate::type_text::cursor::TextCursor;
use crate::types::logical_type::LogicalType;
use crate::types::ty::{Field, Shape, Type, Variant};
use crate::value::kinds::{Payload, Value, ValueKind};
use crate::value::literal::{LiteralError, float, hex_bytes, integer};
use crate::value::logical;

/// Reads a value of a type from its displayed text; nothing may follow it.
pub(crate) fn from_printed(ty: &Type, text: &str) -> Result<Value, LiteralError> {
    let mut reader = Reader::new(text);
    let value = reader.value(ty)?;
    reader.end()?;
    Ok(value)
}

/// The content of a whole text in quotes, with the escapes that values are displayed with and those of JSON.
pub(crate) fn quoted_text(text: &str) -> Result<String, LiteralError> {
    let mut reader = Reader::new(text);
    let content = reader.quoted("a text in quotes")?;
    reader.end()?;
    Ok(content)
}

/// Removes the escapes that [`escape_text`](crate::escape_text) writes.
pub(crate) fn unescaped(text: &str) -> Result<String, LiteralError> {
    let mut reader = Reader::new(text);
    let mut content = String::with_capacity(text.len());
    while let Some(c) = reader.cursor.bump() {
        content.push(if c == '\\' { reader.escape()? } else { c });
    }
    Ok(content)
}

struct Reader<'t> {
    cursor: TextCursor<'t>,
    depth: usize,
    /// Whether the next value is the key of a map entry, which a colon follows.
    is_map_key: bool,
}

type Parsed<T> = Result<T, LiteralError>;

/// The longest excerpt of a text in a message, in characters.
const MAX_EXCERPT: usize = 40;

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { cursor: TextCursor::new(text), depth: 0, is_map_key: false }
    }

    fn value(&mut self, ty: &Type) -> Parsed<Value> {
        if self.depth > MAX_DEPTH {
            return Err(self.unexpected(&format!("at most {MAX_DEPTH} levels of nesting")));
        }
        self.depth += 1;
        let is_map_key = std::mem::take(&mut self.is_map_key);
        let kind = self.kind(ty, is_map_key)?;
        self.depth -= 1;
        Ok(Value::new(kind))
    }

    fn kind(&mut self, ty: &Type, is_map_key: bool) -> Parsed<ValueKind> {
        let first = self.cursor.peek();
        let start = self.cursor.offset;
        if let Some(int) = ty.int() {
            let token = self.token(false);
            return integer(int.signed, token).ok_or_else(|| self.error_at(start, &ty.to_string()));
        }
        Ok(match ty {
            Type::Named(_, ty) => return self.kind(ty, is_map_key),
            Type::As(_, LogicalType::Json) => {
                let text = ValueKind::String(self.quoted("JSON in quotes")?);
                ValueKind::As(Box::new(text), LogicalType::Json)
            }
            Type::As(wire, logical) => {
                let text = match first {
                    Some('"') => self.quoted("")?,
                    _ => self.token_with_colons(is_map_key).to_owned(),
                };
                let known = Some(text).filter(|text| !text.is_empty());
                let kind = known.and_then(|text| logical::parse(*logical, wire, &text));
                ValueKind::As(Box::new(kind.ok_or_else(|| self.error_at(start, &ty.to_string()))?), *logical)
            }
            Type::Bool => match self.token(false) {
                "true" => ValueKind::Bool(true),
                "false" => ValueKind::Bool(false),
                _ => return Err(self.error_at(start, "true or false")),
            },
            Type::F32 | Type::F64 => {
                let token = self.token(false);
                float(ty, token).ok_or_else(|| self.error_at(start, &ty.to_string()))?
            }
            Type::Char => {
                let text = self.quoted("a character in quotes")?;
                ValueKind::Char(single_char(&text).ok_or_else(|| self.error_at(start, "one character in quotes"))?)
            }
            Type::String => ValueKind::String(self.quoted("a text in quotes")?),
            Type::Unit => {
                self.unit()?;
                ValueKind::Unit
            }
            ty if ty.is_bytes() => {
                let digits = match first {
                    Some('"') => self.quoted("")?,
                    _ => self.token(false).to_owned(),
                };
                if digits.is_empty() && first != Some('"') {
                    return Err(self.error_at(start, "hex digits"));
                }
                ValueKind::Bytes(hex_bytes(&digits).map_err(|_| self.error_at(start, "pairs of hex digits"))?)
            }
            Type::Vec(item) | Type::Array(item, _) => ValueKind::Seq(self.list(('[', ']'), |it| it.value(item))?),
            Type::Option(inner) => match self.word() {
                Some("None" | "null") => ValueKind::None,
                Some("Some") => {
                    self.expect('(')?;
                    let inner = self.value(inner)?;
                    self.expect(')')?;
                    ValueKind::Some(Box::new(inner))
                }
                // A field's value is displayed without `Some`.
                _ => {
                    self.cursor.offset = start;
                    ValueKind::Some(Box::new(self.value(inner)?))
                }
            },
            Type::Tuple(types) => ValueKind::Tuple(self.items(types, first)?),
            Type::Struct(fields) => ValueKind::Struct(self.fields(fields)?),
            Type::Enum(variants) => self.variant(variants)?,
            Type::Map(key, value) => ValueKind::Map(self.list(('{', '}'), |it| {
                it.is_map_key = true;
                let key = it.value(key)?;
                it.expect(':')?;
                Ok((key, it.value(value)?))
            })?),
            _ => return Err(self.unexpected(&ty.to_string())),
        })
    }

    fn unit(&mut self) -> Parsed<()> {
        if self.word() == Some("null") {
            return Ok(());
        }
        self.expect('(')?;
        self.expect(')')
    }

    /// Reads the items of a tuple, in parentheses or in brackets.
    fn items(&mut self, types: &[Type], first: Option<char>) -> Parsed<Vec<Value>> {
        let (open, close) = if first == Some('[') { ('[', ']') } else { ('(', ')') };
        let start = self.cursor.offset;
        let mut types_left = types.iter();
        let items = self.list((open, close), |it| match types_left.next() {
            Some(ty) => it.value(ty),
            None => Err(it.unexpected(&format!("only {} items", types.len()))),
        })?;
        if items.len() == types.len() {
            Ok(items)
        } else {
            Err(self.error_at(start, &format!("{} items", types.len())))
        }
    }

    /// Reads the fields by name, in any order.
    fn fields(&mut self, fields: &[Field]) -> Parsed<Vec<(Arc<str>, Value)>> {
        let start = self.cursor.offset;
        let mut found: Vec<Option<Value>> = vec![None; fields.len()];
        self.list(('{', '}'), |it| {
            it.cursor.peek();
            let start = it.cursor.offset;
            let name = it.name("the name of a field")?;
            let slot = fields.iter().zip(&mut found).find(|(field, slot)| *field.name == *name && slot.is_none());
            let Some((field, slot)) = slot else {
                let names: Vec<_> = fields.iter().map(|field| &*field.name).collect();
                return Err(it.error_at(start, &format!("the fields {}, each once", names.join(", "))));
            };
            it.expect(':')?;
            *slot = Some(it.value(&field.ty)?);
            Ok(())
        })?;
        let named = fields.iter().zip(found).map(|(field, value)| match value {
            Some(value) => Ok((field.name.clone(), value)),
            None => Err(self.error_at(start, &format!("the field {}", field.name))),
        });
        named.collect()
    }

    fn variant(&mut self, variants: &[Variant]) -> Parsed<ValueKind> {
        let start = self.cursor.offset;
        let name = self.name("the name of a variant")?;
        let found = variants.iter().zip(0..).find(|(variant, _)| *variant.name == *name);
        let Some((variant, index)) = found else {
            let names: Vec<_> = variants.iter().map(|variant| &*variant.name).collect();
            return Err(self.error_at(start, &format!("one of {}", names.join(", "))));
        };
        let payload = match &variant.shape {
            Shape::Unit => Payload::Unit,
            Shape::Tuple(types) => Payload::Tuple(self.items(types, None)?),
            Shape::Struct(fields) => Payload::Struct(self.fields(fields)?),
        };
        Ok(ValueKind::Variant { index, name: variant.name.clone(), payload })
    }

    /// Reads items separated by commas; a trailing comma is allowed.
    fn list<T>(&mut self, (open, close): (char, char), mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.expect(open)?;
        let mut items = Vec::new();
        loop {
            if self.cursor.eat(close) {
                return Ok(items);
            }
            items.push(item(self)?);
            if !self.cursor.eat(',') && self.cursor.peek() != Some(close) {
                return Err(self.unexpected(&format!("`,` or `{close}`")));
            }
        }
    }

    /// Reads a name, bare or in quotes.
    fn name(&mut self, expected: &str) -> Parsed<String> {
        match self.cursor.peek() {
            Some('"') => self.quoted(expected),
            _ => match self.word() {
                Some(name) => Ok(name.to_owned()),
                None => Err(self.unexpected(expected)),
            },
        }
    }

    fn word(&mut self) -> Option<&'t str> {
        if !self.cursor.peek().is_some_and(is_name_start) {
            return None;
        }
        Some(self.cursor.take_while(is_name_part))
    }

    /// Reads a number, a word or hex digits.
    fn token(&mut self, colons: bool) -> &'t str {
        self.cursor.take_while(|c| !(c.is_whitespace() || ",()[]{}\"".contains(c) || c == ':' && !colons))
    }

    /// Reads a value of a logical type, which may contain colons: `2001:db8::1`. The colon after a map key does not
    /// belong to it.
    fn token_with_colons(&mut self, is_map_key: bool) -> &'t str {
        let token = self.token(true);
        match token.strip_suffix(':') {
            Some(without) if is_map_key => {
                self.cursor.offset -= 1;
                without
            }
            _ => token,
        }
    }

    /// Reads the content of quotes of either kind.
    fn quoted(&mut self, expected: &str) -> Parsed<String> {
        let Some(quote @ ('"' | '\'')) = self.cursor.peek() else { return Err(self.unexpected(expected)) };
        self.cursor.bump();
        let mut content = String::new();
        loop {
            match self.cursor.bump() {
                None => return Err(self.unexpected("a closing quote")),
                Some(c) if c == quote => return Ok(content),
                Some('\\') => content.push(self.escape()?),
                Some(c) => content.push(c),
            }
        }
    }

    /// Reads the rest of an escape after its backslash.
    fn escape(&mut self) -> Parsed<char> {
        let start = self.cursor.offset.saturating_sub(1);
        let escaped = match self.cursor.bump() {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some(c @ ('\\' | '"' | '\'' | '/')) => Some(c),
            Some('u') => self.unicode(),
            _ => None,
        };
        escaped.ok_or_else(|| self.error_at(start, r"an escape \n, \r, \t, \u{…}, or \\ for a backslash"))
    }

    /// Reads the rest of `\u{1f600}`, or of `\u00e4` and `\ud83d\ude00` as in JSON.
    fn unicode(&mut self) -> Option<char> {
        if self.cursor.rest().starts_with('{') {
            self.cursor.bump();
            let digits = self.cursor.take_while(|c| c.is_ascii_hexdigit());
            let code = u32::from_str_radix(digits, 16).ok()?;
            return (self.cursor.bump()? == '}').then(|| char::from_u32(code))?;
        }
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(u32::from(first));
        }
        if self.cursor.bump()? != '\\' || self.cursor.bump()? != 'u' {
            return None;
        }
        let second = self.four_digits()?;
        char::decode_utf16([first, second]).next()?.ok()
    }

    fn four_digits(&mut self) -> Option<u16> {
        let digits =
            self.cursor.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.cursor.offset += 4;
        u16::from_str_radix(digits, 16).ok()
    }

    fn expect(&mut self, wanted: char) -> Parsed<()> {
        if self.cursor.eat(wanted) { Ok(()) } else { Err(self.unexpected(&format!("`{wanted}`"))) }
    }

    fn end(&mut self) -> Parsed<()> {
        if self.cursor.peek().is_none() { Ok(()) } else { Err(self.unexpected("the end")) }
    }

    /// The error for the text at `start`.
    fn error_at(&mut self, start: usize, expected: &str) -> LiteralError {
        self.cursor.offset = start;
        self.unexpected(expected)
    }

    /// The error for the text at the cursor.
    fn unexpected(&self, expected: &str) -> LiteralError {
        let rest = self.cursor.rest();
        let mut found: String = rest.chars().take(MAX_EXCERPT).collect();
        if found.len() < rest.len() {
            found.push('…');
        }
        let before = self.cursor.before(self.cursor.offset);
        LiteralError::Printed {
            column: before.chars().count() + 1,
            expected: expected.to_owned(),
            found: if found.is_empty() { "the end".to_owned() } else { format!("{found:?}") },
        }
    }
}
