//! Parsing conditions: recursive descent over the tokens.

use std::ops::Range;

use super::decimal::Decimal;
use super::error::ConditionError;
use super::lexer::{Token, tokens};
use super::like::Pattern;
use super::model::{Column, Comparison, Condition, Leaf, Literal, Operand, Reading, Test, Zone};
use crate::cell::Cell;
use crate::contract::Unit;
use crate::mapping::{Fold, TimeFormat, TimeRule, parse_zone};
use mst_types::civil::{DAY, NANOS};

/// The maximum depth of parentheses and `not`.
const MAX_DEPTH: usize = 64;

/// Words that are no names of columns unless they are in quotes. Those after `now` are not part of the language: they
/// are here so that a condition in SQL is not read as something else.
const KEYWORDS: [&str; 27] = [
    "and",
    "or",
    "not",
    "is",
    "null",
    "in",
    "like",
    "true",
    "false",
    "now",
    "all",
    "any",
    "between",
    "case",
    "cast",
    "collate",
    "current_date",
    "current_time",
    "current_timestamp",
    "escape",
    "exists",
    "ilike",
    "interval",
    "localtime",
    "localtimestamp",
    "select",
    "some",
];

const COMPARISONS: [(&str, Comparison); 7] = [
    ("=", Comparison::Equal),
    ("<>", Comparison::NotEqual),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Less),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    (">=", Comparison::GreaterOrEqual),
];

/// The units of ages, in nanoseconds.
const UNITS: [(&str, i128); 6] =
    [("s", NANOS), ("m", 60 * NANOS), ("min", 60 * NANOS), ("h", 3600 * NANOS), ("d", DAY), ("w", 7 * DAY)];

impl Condition {
    /// Parses a condition.
    ///
    /// # Errors
    /// The text is not in the language; the error has the position, and says what was expected.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        let tokens = tokens(text)?;
        let mut parser = Parser { text, tokens: &tokens, at: 0, columns: Vec::new(), uses_now: false };
        let test = parser.any(0)?;
        if parser.at < tokens.len() {
            return Err(parser.expected("and, or, or the end"));
        }
        let Parser { columns, uses_now, .. } = parser;
        // Positions in the text stay those of the whole text, so blanks around it are kept.
        Ok(Self { text: text.to_owned(), test, columns, uses_now })
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [(Token, Range<usize>)],
    at: usize,
    columns: Vec<String>,
    uses_now: bool,
}

type Parsed<T> = Result<T, ConditionError>;

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// The position of the next token, or of the end.
    fn offset(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.trim_end().len(), |(_, span)| span.start)
    }

    /// The end of the last token.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |(_, span)| span.end)
    }

    fn error<T>(&self, offset: usize, message: impl Into<String>) -> Parsed<T> {
        Err(ConditionError::new(self.text, offset, message))
    }

    fn expected(&self, what: &str) -> ConditionError {
        let found = match self.tokens.get(self.at) {
            Some((_, span)) => format!("found {}", self.text.get(span.clone()).unwrap_or_default()),
            None => "the condition ends here".to_owned(),
        };
        ConditionError::new(self.text, self.offset(), format!("expected {what}; {found}"))
    }

    /// Whether the next token is this keyword, whatever its case; then it is taken.
    fn takes(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(found);
        found
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn takes_text(&mut self) -> Option<&'t str> {
        let Some(Token::Text(text)) = self.peek() else { return None };
        self.at += 1;
        Some(text)
    }

    fn sign(&mut self, sign: &str) -> Parsed<()> {
        if self.takes_sign(sign) { Ok(()) } else { Err(self.expected(sign)) }
    }

    /// Tests joined by `or`.
    fn any(&mut self, depth: usize) -> Parsed<Test> {
        if depth > MAX_DEPTH {
            return self.error(self.offset(), format!("nested more than {MAX_DEPTH} deep"));
        }
        let first = self.all(depth)?;
        let mut tests = vec![first];
        while self.takes("or") {
            tests.push(self.all(depth)?);
        }
        Ok(if tests.len() > 1 { Test::Or(tests) } else { one_of(tests) })
    }

    /// Tests joined by `and`.
    fn all(&mut self, depth: usize) -> Parsed<Test> {
        let mut tests = vec![self.negated(depth)?];
        while self.takes("and") {
            tests.push(self.negated(depth)?);
        }
        Ok(if tests.len() > 1 { Test::And(tests) } else { one_of(tests) })
    }

    fn negated(&mut self, depth: usize) -> Parsed<Test> {
        if self.takes("not") {
            if depth > MAX_DEPTH {
                return self.error(self.offset(), format!("nested more than {MAX_DEPTH} deep"));
            }
            return Ok(Test::Not(Box::new(self.negated(depth + 1)?)));
        }
        if self.takes_sign("(") {
            let test = self.any(depth + 1)?;
            if !self.takes_sign(")") {
                return Err(self.expected("and, or, or )"));
            }
            return Ok(test);
        }
        self.leaf()
    }

    /// A test of values.
    fn leaf(&mut self) -> Parsed<Test> {
        let start = self.offset();
        let value = self.operand()?;
        if let Some(Token::Sign(sign)) = self.peek()
            && let Some((_, comparison)) = COMPARISONS.iter().find(|(known, _)| known == sign)
        {
            self.at += 1;
            let right = self.operand()?;
            return self.finish(start, Leaf::Compare { left: value, comparison: *comparison, right }, false);
        }
        if self.takes("is") {
            let negated = self.takes("not");
            if !self.takes("null") {
                return Err(self.expected(if negated { "null" } else { "null or not null" }));
            }
            return self.finish(start, Leaf::IsNull(value), negated);
        }
        let negated = self.takes("not");
        if self.takes("in") {
            self.sign("(")?;
            let mut list = vec![self.operand()?];
            while self.takes_sign(",") {
                list.push(self.operand()?);
            }
            if !self.takes_sign(")") {
                return Err(self.expected("a comma or )"));
            }
            return self.finish(start, Leaf::In { value, list }, negated);
        }
        if self.takes("like") {
            let offset = self.offset();
            let Some(pattern) = self.takes_text() else {
                return Err(self.expected("a pattern in quotes, such as 'A%'"));
            };
            let pattern = Pattern::parse(pattern).or_else(|message| self.error(offset, message))?;
            return self.finish(start, Leaf::Like { value, pattern }, negated);
        }
        Err(self.expected(if negated { "in or like" } else { "=, <>, <, <=, >, >=, is, in, like or not" }))
    }

    fn finish(&self, start: usize, leaf: Leaf, negated: bool) -> Parsed<Test> {
        let has_column = |operand: &Operand| matches!(operand, Operand::Column(_));
        let has_columns = match &leaf {
            Leaf::Compare { left, right, .. } => has_column(left) || has_column(right),
            Leaf::IsNull(value) | Leaf::Like { value, .. } => has_column(value),
            Leaf::In { value, list } => has_column(value) || list.iter().any(has_column),
        };
        if !has_columns {
            return self.error(start, "this has no column, so it is the same for every row");
        }
        let test = Test::Leaf(Box::new(leaf), start..self.end());
        Ok(if negated { Test::Not(Box::new(test)) } else { test })
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let offset = self.offset();
        let Some(token) = self.peek() else { return Err(self.expected("a column or a value")) };
        self.at += 1;
        match token {
            Token::Text(text) => Ok(Operand::Literal(Literal::text(text))),
            Token::Number(number) => self.number(number.clone(), offset),
            Token::Sign(sign @ ("-" | "+")) => match self.peek() {
                Some(Token::Number(number)) => {
                    self.at += 1;
                    self.number(format!("{sign}{number}"), offset)
                }
                _ => Err(self.expected("a number")),
            },
            Token::Quoted(name) => self.column(name),
            Token::Word(word) => self.word(word, offset),
            Token::Sign(_) => {
                self.at -= 1;
                Err(self.expected("a column or a value"))
            }
        }
    }

    fn number(&self, text: String, offset: usize) -> Parsed<Operand> {
        match Decimal::parse(&text, 0) {
            Some(number) => Ok(Operand::Literal(Literal {
                number: Some(number),
                time: None,
                cell: Cell::Number { text: text.into(), shift: 0 },
            })),
            None => self.error(offset, "the exponent of this number is too large"),
        }
    }

    fn word(&mut self, word: &'t str, offset: usize) -> Parsed<Operand> {
        let lower = word.to_ascii_lowercase();
        let literal = |cell| Ok(Operand::Literal(Literal { cell, number: None, time: None }));
        match lower.as_str() {
            "true" => literal(Cell::Bool(true)),
            "false" => literal(Cell::Bool(false)),
            "now" => self.now(),
            "null" => self.error(offset, "a comparison with null is never true: write is null, or is not null"),
            "date" | "timestamp" if matches!(self.peek(), Some(Token::Text(_))) => literal(self.time(&lower)?),
            keyword if KEYWORDS.contains(&keyword) => {
                let message = format!(
                    "expected a column or a value; found {word}, which is a keyword (a column of this name is written \
                     \"{word}\")"
                );
                self.error(offset, message)
            }
            _ if matches!(self.peek(), Some(Token::Sign("("))) => {
                self.error(offset, format!("a condition has no functions, so {word}(…) has no meaning"))
            }
            _ => self.column(word),
        }
    }

    /// The literal after `date` or `timestamp`.
    fn time(&mut self, kind: &str) -> Parsed<Cell<'static>> {
        let offset = self.offset();
        let text = self.takes_text().unwrap_or_default();
        let cell = match (kind, Cell::of_iso(text)) {
            ("date", Some(cell @ Cell::Date(_))) => cell,
            ("date", _) => return self.error(offset, "expected a day that exists, such as date '2026-03-29'"),
            (_, Some(Cell::Date(days))) => Cell::Local(i128::from(days) * DAY),
            (_, Some(cell)) => cell,
            (_, None) => {
                return self.error(offset, "expected a time that exists, such as timestamp '2026-03-29T10:00:00Z'");
            }
        };
        let offset = self.offset();
        match self.zone()? {
            Some(zone) => zone.moment(cell).or_else(|message| self.error(offset, message)),
            None => Ok(cell),
        }
    }

    /// The ages after `now`.
    fn now(&mut self) -> Parsed<Operand> {
        self.uses_now = true;
        if matches!(self.peek(), Some(Token::Sign("("))) {
            return self.error(self.offset(), "now is written without parentheses");
        }
        let mut total: i128 = 0;
        loop {
            let sign = match self.peek() {
                Some(Token::Sign("-")) => -1,
                Some(Token::Sign("+")) => 1,
                _ => return Ok(Operand::Now(total)),
            };
            self.at += 1;
            let offset = self.offset();
            let Some(Token::Number(number)) = self.peek() else { return Err(self.expected("an age such as 10m")) };
            self.at += 1;
            let Some(count) = number.parse::<u32>().ok() else {
                return self.error(offset, "an age is a whole number of s, m, h, d or w, such as 90m");
            };
            let unit = match self.peek() {
                Some(Token::Word(word)) => UNITS.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(word)),
                _ => None,
            };
            let Some((_, nanos)) = unit else { return Err(self.expected("a unit: s, m (or min), h, d or w")) };
            self.at += 1;
            total += sign * i128::from(count) * nanos;
        }
    }

    /// The rest of a column after its name.
    fn column(&mut self, name: &str) -> Parsed<Operand> {
        let index = match self.columns.iter().position(|known| known == name) {
            Some(index) => index,
            None => {
                self.columns.push(name.to_owned());
                self.columns.len() - 1
            }
        };
        let reading = if self.takes("as") { Some(self.reading()?) } else { None };
        let offset = self.offset();
        let zone = self.zone()?;
        if zone.is_some() && matches!(reading, Some(Reading::Text | Reading::Trimmed | Reading::Number)) {
            return self.error(offset, "a zone has a meaning for times only: remove as …, or write as timestamp");
        }
        if zone.is_some() && matches!(reading, Some(Reading::Unix(_))) {
            return self.error(offset, "a count since 1970 is a moment and needs no zone");
        }
        Ok(Operand::Column(Column { index, reading, zone }))
    }

    fn reading(&mut self) -> Parsed<Reading> {
        const READINGS: &str = "text, trimmed, number, timestamp, unix-s, unix-ms, unix-us or unix-ns";
        let offset = self.offset();
        if self.takes("unix") {
            let unit = match (self.takes_sign("-"), self.peek()) {
                (true, Some(Token::Word(word))) => {
                    Unit::ALL.into_iter().find(|unit| unit.name().eq_ignore_ascii_case(word))
                }
                _ => None,
            };
            let Some(unit) = unit else {
                return self.error(offset, format!("expected {READINGS}"));
            };
            self.at += 1;
            return Ok(Reading::Unix(TimeRule { format: TimeFormat::Unix(unit), zone: None, fold: Fold::Refuse }));
        }
        for (name, reading) in [
            ("text", Reading::Text),
            ("trimmed", Reading::Trimmed),
            ("number", Reading::Number),
            ("timestamp", Reading::Timestamp),
        ] {
            if self.takes(name) {
                return Ok(reading);
            }
        }
        Err(self.expected(READINGS))
    }

    /// A zone, if there is one.
    fn zone(&mut self) -> Parsed<Option<Zone>> {
        if !self.takes("at") {
            return Ok(None);
        }
        let offset = self.offset();
        let Some(name) = self.takes_text() else {
            return Err(self.expected("a zone in quotes, such as 'Europe/Berlin'"));
        };
        let zone = parse_zone(name).or_else(|message| self.error(offset, message))?;
        let fold = match (self.takes("earlier"), self.takes("later")) {
            (true, false) => Fold::Earlier,
            (false, true) => Fold::Later,
            (false, false) => Fold::Refuse,
            (true, true) => return self.error(offset, "either earlier or later, not both"),
        };
        Ok(Some(Zone { zone, fold }))
    }
}

/// The only test.
fn one_of(mut tests: Vec<Test>) -> Test {
    match tests.pop() {
        Some(test) if tests.is_empty() => test,
        Some(test) => {
            tests.push(test);
            Test::And(tests)
        }
        None => Test::And(tests),
    }
}

impl Literal {
    fn text(text: &str) -> Self {
        Self { cell: Cell::Text(text.to_owned().into()), number: None, time: Cell::of_time(text) }
    }
}
