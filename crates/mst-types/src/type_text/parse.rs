//! Parsing the text form of types.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;

use crate::escape::{escape_text, is_name_part, is_name_start};
use crate::type_text::cursor::TextCursor;
use crate::type_text::error::{MAX_ARRAY, MAX_NESTING, MAX_PARTS, Position, TypeParseError};
use crate::types::logical_type::{LogicalType, MAX_SCALE, TimeUnit};
use crate::types::ty::{Field, Shape, Type, Variant};

impl FromStr for Type {
    type Err = TypeParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parser = Parser { cursor: TextCursor::new(text), depth: 0, parts: 0 };
        let ty = parser.ty()?;
        match parser.cursor.peek() {
            None => Ok(ty),
            Some(_) => Err(parser.unexpected("the end of the type")),
        }
    }
}

/// The names of logical types that can be used in place of a type.
const LOGICAL_TYPES: [&str; 10] =
    ["timestamp", "date", "uuid", "decimal", "hash", "json", "cbor", "ip", "ipv4", "ipv6"];

/// Whether a word already denotes a type, so that a struct cannot be named by it without quotes.
pub(crate) fn is_reserved(word: &str) -> bool {
    const TYPES: [&str; 27] = [
        "bool", "u8", "u16", "u32", "u64", "usize", "u128", "i8", "i16", "i32", "i64", "isize", "i128", "f32", "f64",
        "char", "String", "str", "bytes", "Vec", "Option", "Box", "Map", "HashMap", "BTreeMap", "enum", "as",
    ];
    TYPES.contains(&word) || LOGICAL_TYPES.contains(&word)
}

struct Parser<'a> {
    cursor: TextCursor<'a>,
    depth: usize,
    parts: usize,
}

type Parsed<T> = Result<T, TypeParseError>;

impl<'a> Parser<'a> {
    fn ty(&mut self) -> Parsed<Type> {
        self.cursor.peek();
        if self.depth > MAX_NESTING {
            return Err(TypeParseError::TooDeep { position: self.position(self.cursor.offset) });
        }
        self.count_part()?;
        self.depth += 1;
        let mut ty = self.ty_within()?;
        while self.eat_word("as") {
            ty = self.logical_type_of(ty)?;
        }
        self.depth -= 1;
        Ok(ty)
    }

    fn ty_within(&mut self) -> Parsed<Type> {
        match self.cursor.peek() {
            Some('(') => self.tuple(),
            Some('[') => self.array(),
            Some('{') => Ok(Type::Struct(self.fields()?)),
            Some('"') => {
                let name = self.quoted()?;
                self.named_struct(&name)
            }
            Some('&') => {
                self.cursor.eat('&');
                self.cursor.peek();
                let start = self.cursor.offset;
                if self.word() == Some("str") {
                    return Ok(Type::String);
                }
                self.cursor.offset = start;
                Err(self.unexpected("`str`"))
            }
            Some(c) if is_name_start(c) => self.named(),
            _ => Err(self.unexpected("a type")),
        }
    }

    fn named(&mut self) -> Parsed<Type> {
        let start = self.cursor.offset;
        Ok(match self.word().unwrap_or_default() {
            "bool" => Type::Bool,
            "u8" => Type::U8,
            "u16" => Type::U16,
            "u32" => Type::U32,
            "u64" | "usize" => Type::U64,
            "u128" => Type::U128,
            "i8" => Type::I8,
            "i16" => Type::I16,
            "i32" => Type::I32,
            "i64" | "isize" => Type::I64,
            "i128" => Type::I128,
            "f32" => Type::F32,
            "f64" => Type::F64,
            "char" => Type::Char,
            "String" | "str" => Type::String,
            "bytes" => Type::Vec(Box::new(Type::U8)),
            "Vec" => Type::Vec(Box::new(self.argument()?)),
            "Option" => Type::Option(Box::new(self.argument()?)),
            "Box" => self.argument()?,
            "Map" | "HashMap" | "BTreeMap" => {
                self.expect('<', "`<`")?;
                let key = self.ty()?;
                self.expect(',', "`,` and the type of the map's values")?;
                let value = self.ty()?;
                self.expect('>', "`>`")?;
                Type::Map(Box::new(key), Box::new(value))
            }
            "enum" => match self.cursor.peek() {
                Some('{') => Type::Enum(self.variants()?),
                _ => {
                    let name = self.name("`{` or the name of the enum", &mut HashSet::new())?;
                    Type::Named(name, Box::new(Type::Enum(self.variants()?)))
                }
            },
            // "time" and "duration" were allowed as names of structs before they were types, and still are if fields
            // follow.
            "time" | "duration" if self.cursor.peek() == Some('(') => {
                self.cursor.offset = start;
                self.short_logical_type()?
            }
            word if LOGICAL_TYPES.contains(&word) => {
                self.cursor.offset = start;
                self.short_logical_type()?
            }
            name if self.cursor.peek() == Some('{') => self.named_struct(name)?,
            found => {
                return Err(TypeParseError::UnknownType { position: self.position(start), found: shorten(found) });
            }
        })
    }

    fn named_struct(&mut self, name: &str) -> Parsed<Type> {
        Ok(Type::Named(name.into(), Box::new(Type::Struct(self.fields()?))))
    }

    /// Parses a logical type without its underlying type.
    fn short_logical_type(&mut self) -> Parsed<Type> {
        let start = self.cursor.offset;
        match self.word() {
            Some("ip") => Ok(Type::ip()),
            Some("ipv4") => Ok(LogicalType::Ip.default_wire().with_logical(LogicalType::Ip)),
            Some("ipv6") => Ok(Type::Array(Box::new(Type::U8), 16).with_logical(LogicalType::Ip)),
            _ => {
                self.cursor.offset = start;
                let logical = self.logical_type()?;
                Ok(logical.default_wire().with_logical(logical))
            }
        }
    }

    /// Gives `ty` the logical type that follows `as`.
    fn logical_type_of(&mut self, ty: Type) -> Parsed<Type> {
        self.count_part()?;
        self.cursor.peek();
        let start = self.cursor.offset;
        let logical = self.logical_type()?;
        if logical.fits(&ty) {
            return Ok(ty.with_logical(logical));
        }
        Err(TypeParseError::NotReadable {
            position: self.position(start),
            logical: logical.to_string(),
            expected: logical.wires(),
            found: shorten(&ty.to_string()),
        })
    }

    fn logical_type(&mut self) -> Parsed<LogicalType> {
        self.cursor.peek();
        let start = self.cursor.offset;
        Ok(match self.word() {
            Some("timestamp") => LogicalType::Timestamp(self.unit(start, "timestamp(s), (ms), (us) or (ns)")?),
            Some("time") => LogicalType::Time(self.unit(start, "time(s), (ms), (us) or (ns)")?),
            Some("duration") => LogicalType::Duration(self.unit(start, "duration(s), (ms), (us) or (ns)")?),
            Some("decimal") => match self.parenthesis()?.parse() {
                Ok(scale) if scale <= MAX_SCALE => LogicalType::Decimal(scale),
                _ => {
                    self.cursor.offset = start;
                    return Err(self.unexpected("decimal(N) with at most 38 digits after the point"));
                }
            },
            Some("date") => LogicalType::Date,
            Some("uuid") => LogicalType::Uuid,
            Some("hash") => LogicalType::Hash,
            Some("json") => LogicalType::Json,
            Some("cbor") => LogicalType::Cbor,
            Some("ip") => LogicalType::Ip,
            _ => {
                self.cursor.offset = start;
                return Err(self.unexpected(
                    "timestamp(UNIT), date, time(UNIT), duration(UNIT), uuid, decimal(N), hash, json, cbor or ip",
                ));
            }
        })
    }

    /// Parses a unit of time in parentheses.
    fn unit(&mut self, start: usize, expected: &'static str) -> Parsed<TimeUnit> {
        let unit = self.parenthesis()?;
        match TimeUnit::ALL.into_iter().find(|known| known.name() == unit) {
            Some(unit) => Ok(unit),
            None => {
                self.cursor.offset = start;
                Err(self.unexpected(expected))
            }
        }
    }

    /// Parses a word or digits in parentheses.
    fn parenthesis(&mut self) -> Parsed<&'a str> {
        self.expect('(', "`(`")?;
        self.cursor.peek();
        let inner = self.cursor.take_while(is_name_part);
        self.expect(')', "`)`")?;
        Ok(inner)
    }

    /// Takes `wanted` if it is the next word.
    fn eat_word(&mut self, wanted: &str) -> bool {
        self.cursor.peek();
        let start = self.cursor.offset;
        if self.word() == Some(wanted) {
            return true;
        }
        self.cursor.offset = start;
        false
    }

    /// Parses the type between `<` and `>`.
    fn argument(&mut self) -> Parsed<Type> {
        self.expect('<', "`<`")?;
        let ty = self.ty()?;
        self.expect('>', "`>`")?;
        Ok(ty)
    }

    fn tuple(&mut self) -> Parsed<Type> {
        let (mut types, comma) = self.list('(', ')', "`,` or `)`", Self::ty)?;
        Ok(match types.pop() {
            None => Type::Unit,
            // As in Rust, only a comma makes a tuple of one item.
            Some(only) if types.is_empty() && !comma => only,
            Some(last) => {
                types.push(last);
                Type::Tuple(types)
            }
        })
    }

    fn array(&mut self) -> Parsed<Type> {
        self.expect('[', "`[`")?;
        let item = self.ty()?;
        self.expect(';', "`;` and the length of the array")?;
        self.cursor.peek();
        let start = self.cursor.offset;
        let digits = self.cursor.take_while(|c| c.is_ascii_digit() || c == '_');
        let plain = digits.replace('_', "");
        if plain.is_empty() {
            self.cursor.offset = start;
            return Err(self.unexpected("the length of the array"));
        }
        let count = plain.parse::<u64>().ok().filter(|n| *n <= MAX_ARRAY);
        let Some(count) = count.and_then(|n| usize::try_from(n).ok()) else {
            return Err(TypeParseError::ArrayTooLong { position: self.position(start), found: shorten(digits) });
        };
        self.expect(']', "`]`")?;
        Ok(Type::Array(Box::new(item), count))
    }

    fn fields(&mut self) -> Parsed<Vec<Field>> {
        let mut seen = HashSet::new();
        let (fields, _) = self.list('{', '}', "`,` or `}`", |parser| {
            let name = parser.name("the name of a field", &mut seen)?;
            parser.expect(':', "`:` and the type of the field")?;
            Ok(Field::new(name, parser.ty()?))
        })?;
        Ok(fields)
    }

    fn variants(&mut self) -> Parsed<Vec<Variant>> {
        let mut seen = HashSet::new();
        let (variants, _) = self.list('{', '}', "`,` or `}`", |parser| {
            parser.count_part()?;
            let name = parser.name("the name of a variant", &mut seen)?;
            let shape = match parser.cursor.peek() {
                Some('(') => Shape::Tuple(parser.list('(', ')', "`,` or `)`", Self::ty)?.0),
                Some('{') => Shape::Struct(parser.fields()?),
                _ => Shape::Unit,
            };
            Ok(Variant::new(name, shape))
        })?;
        Ok(variants)
    }

    /// Parses items separated by commas; also returns whether a comma follows the last.
    fn list<T>(
        &mut self,
        open: char,
        close: char,
        expected: &'static str,
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<(Vec<T>, bool)> {
        self.expect(open, if open == '{' { "`{`" } else { "`(`" })?;
        let mut items = Vec::new();
        let mut comma = false;
        while !self.cursor.eat(close) {
            if !items.is_empty() && !comma {
                return Err(self.unexpected(expected));
            }
            items.push(item(self)?);
            comma = self.cursor.eat(',');
        }
        Ok((items, comma))
    }

    /// Parses a name, bare or in quotes, that has not been seen before.
    fn name(&mut self, expected: &'static str, seen: &mut HashSet<Arc<str>>) -> Parsed<Arc<str>> {
        let first = self.cursor.peek();
        let start = self.cursor.offset;
        let name: Arc<str> = match first {
            Some('"') => self.quoted()?.into(),
            _ => self.word().ok_or_else(|| self.unexpected(expected))?.into(),
        };
        if !seen.insert(name.clone()) {
            return Err(TypeParseError::DuplicateName { position: self.position(start), found: shorten(&name) });
        }
        Ok(name)
    }

    /// Parses a name in quotes, with the escapes that [`escape_text`] writes.
    fn quoted(&mut self) -> Parsed<String> {
        const ESCAPE: &str = r#"one of the escapes \n \r \t \\ \" \u{...}"#;
        self.cursor.eat('"');
        let mut name = String::new();
        loop {
            let start = self.cursor.offset;
            match self.cursor.bump() {
                None => return Err(self.unexpected("a closing quote")),
                Some('"') => return Ok(name),
                Some('\\') => {
                    let escaped = match self.cursor.bump() {
                        Some('n') => Some('\n'),
                        Some('r') => Some('\r'),
                        Some('t') => Some('\t'),
                        Some(c @ ('\\' | '"')) => Some(c),
                        Some('u') => self.unicode_escape(),
                        _ => None,
                    };
                    name.push(escaped.ok_or_else(|| {
                        self.cursor.offset = start;
                        self.unexpected(ESCAPE)
                    })?);
                }
                Some(c) => name.push(c),
            }
        }
    }

    /// Parses the rest of `\u{...}`.
    fn unicode_escape(&mut self) -> Option<char> {
        if self.cursor.bump()? != '{' {
            return None;
        }
        let digits = self.cursor.take_while(|c| c.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok()?;
        (self.cursor.bump()? == '}').then(|| char::from_u32(code))?
    }

    fn word(&mut self) -> Option<&'a str> {
        if !self.cursor.peek().is_some_and(is_name_start) {
            return None;
        }
        Some(self.cursor.take_while(is_name_part))
    }

    fn expect(&mut self, wanted: char, expected: &'static str) -> Parsed<()> {
        if self.cursor.eat(wanted) {
            return Ok(());
        }
        Err(self.unexpected(expected))
    }

    fn count_part(&mut self) -> Parsed<()> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(TypeParseError::TooLarge { position: self.position(self.cursor.offset) });
        }
        Ok(())
    }

    fn position(&self, offset: usize) -> Position {
        let before = self.cursor.before(offset);
        Position { offset, column: before.chars().count() + 1 }
    }

    fn unexpected(&self, expected: &'static str) -> TypeParseError {
        let rest = self.cursor.rest();
        let word = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
        let found = match rest.chars().next() {
            None => "the end of the text".to_owned(),
            Some(c) => {
                let end = word.max(c.len_utf8());
                format!("`{}`", shorten(rest.get(..end).unwrap_or_default()))
            }
        };
        TypeParseError::Unexpected { position: self.position(self.cursor.offset), expected, found }
    }
}

/// The beginning of a text, cut to a length that fits a message.
fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 40;
    let mut short: String = text.chars().take(MAX_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    escape_text(&short).into_owned()
}
