//! Which differences are shown: a filter as it is typed, and the differences that it lets through.

use std::fmt;
use std::ops::Bound;

use file_mst::diff::{Diff, Side, common_key};
use mst_types::escape_text;

use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::pair::{Pair, Stored};
use crate::model::diff::summary::without_indices;
use crate::model::item::{self, ItemFormat};
use crate::model::key::{KeyRange, read_range};
use crate::model::text::has;

/// The kinds that can be asked for, and how they can be written. The first form is the one that is shown.
pub(crate) const KINDS: [(Kind, &[&str]); 5] = [
    (Kind::Changed, &["changed", "~"]),
    (Kind::OnlyLeft, &["only left", "only-left", "left", "-", "−"]),
    (Kind::OnlyRight, &["only right", "only-right", "right", "+"]),
    (Kind::NotCompared, &["not compared", "not-compared", "?"]),
    (Kind::WithinTolerance, &["within tolerance", "within-tolerance", "≈"]),
];

/// The word before the name of a field, the beginning of a key, a range of keys, and a text.
pub(crate) const FIELD: &str = "field:";
pub(crate) const PREFIX: &str = "prefix:";
pub(crate) const KEYS: &str = "keys:";
const TEXT: &str = "text:";
/// The name that stands for the whole value, which has no name of its own.
pub(crate) const WHOLE_VALUE: &str = ".";

/// A filter. Kinds, prefixes and ranges of keys exclude each other, so that one of each sort must fit; fields and texts
/// can all be in one difference, and all must fit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Filter {
    kinds: Vec<Kind>,
    fields: Vec<String>,
    texts: Vec<String>,
    prefixes: Vec<String>,
    ranges: Vec<String>,
}

impl Filter {
    /// Reads a filter as it is typed: words with blanks between them, and quotes around what has blanks itself.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let words = words(text)?;
        let mut filter = Self::default();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let pair = words.get(at + 1).filter(|next| !next.is_quoted && !word.is_quoted);
            let pair = pair.and_then(|next| kind_of(&format!("{} {}", word.text, next.text)));
            at += if pair.is_some() { 2 } else { 1 };
            match pair.or_else(|| kind_of(&word.text).filter(|_| !word.is_quoted)) {
                Some(kind) if filter.kinds.contains(&kind) => {}
                Some(kind) => filter.kinds.push(kind),
                None => filter.add(word)?,
            }
        }
        Ok(filter)
    }

    fn add(&mut self, word: &Word) -> Result<(), String> {
        let heads = [FIELD, PREFIX, KEYS, TEXT];
        let head = heads.into_iter().find(|head| !word.is_quoted && word.text.starts_with(head));
        let rest = word.text.get(head.map_or(0, str::len)..).unwrap_or_default().to_owned();
        if rest.is_empty() {
            return Err(match head {
                Some(FIELD) => "field: needs the name of a field, as in field:status",
                Some(PREFIX) => "prefix: needs the beginning of a key, as in prefix:INV-2026",
                Some(KEYS) => "keys: needs a range of keys, as in keys:A..B",
                _ => "a text to look for cannot be empty",
            }
            .to_owned());
        }
        let list = match head {
            Some(FIELD) => &mut self.fields,
            Some(PREFIX) => &mut self.prefixes,
            Some(KEYS) => &mut self.ranges,
            _ => &mut self.texts,
        };
        if !list.contains(&rest) {
            list.push(rest);
        }
        Ok(())
    }

    /// The same filter, for one field only; an empty name is the whole value.
    pub(crate) fn with_field(self, name: &str) -> Self {
        let name = if name.is_empty() { WHOLE_VALUE } else { name };
        Self { fields: vec![name.to_owned()], ..self }
    }

    /// The same filter, for the keys that begin so.
    pub(crate) fn with_prefix(self, prefix: &str) -> Self {
        Self { prefixes: vec![prefix.to_owned()], ranges: Vec::new(), ..self }
    }

    /// The same filter, for a range of keys as it is typed.
    pub(crate) fn with_range(self, range: String) -> Self {
        Self { ranges: vec![range], prefixes: Vec::new(), ..self }
    }

    /// Whether nothing was asked for: all drift is shown.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the kind of a difference decides. Otherwise its record must be looked into.
    pub(crate) fn is_by_kind(&self) -> bool {
        self.fields.is_empty() && self.texts.is_empty() && self.prefixes.is_empty() && self.ranges.is_empty()
    }

    /// Whether differences of a kind may be let through.
    pub(crate) fn shows_kind(&self, kind: Kind) -> bool {
        match kind {
            Kind::Equal | Kind::Node => self.is_empty(),
            // Damage is shown whatever is asked for: it is what makes the rest uncertain.
            Kind::Damage | Kind::Misfit => true,
            // Records within tolerance are no drift, and shown on request.
            Kind::WithinTolerance => self.kinds.contains(&kind),
            kind => self.kinds.is_empty() || self.kinds.contains(&kind),
        }
    }

    /// The kinds that are asked for.
    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }
}

fn kind_of(text: &str) -> Option<Kind> {
    KINDS.into_iter().find(|(_, forms)| forms.contains(&text)).map(|(kind, _)| kind)
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.kinds.iter().filter_map(|kind| KINDS.into_iter().find(|(known, _)| known == kind));
        let kinds = kinds.filter_map(|(_, forms)| forms.first().map(|form| (*form).to_owned()));
        let with = |head: &str, list: &[String]| -> Vec<String> {
            list.iter().map(|word| format!("{head}{}", quoted(word))).collect()
        };
        let text = |text: &String| {
            let is_taken = kind_of(text).is_some() || [FIELD, PREFIX, KEYS, TEXT].iter().any(|it| text.starts_with(it));
            // A text that could be read as two words of a kind is in quotes as well.
            let is_half = KINDS.iter().flat_map(|(_, forms)| *forms).any(|form| form.split(' ').any(|it| it == text));
            if is_taken || is_half { in_quotes(text) } else { quoted(text) }
        };
        let words = kinds
            .chain(with(FIELD, &self.fields))
            .chain(with(PREFIX, &self.prefixes))
            .chain(with(KEYS, &self.ranges))
            .chain(self.texts.iter().map(text));
        f.write_str(&words.collect::<Vec<_>>().join(" "))
    }
}

/// A word of a filter.
struct Word {
    text: String,
    /// Whether it begins with a quote, so that it is a text whatever it reads like.
    is_quoted: bool,
}

/// Text with blanks or quotes as one word.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = !text.contains([' ', '"']);
    if is_plain { text.to_owned() } else { in_quotes(text) }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

/// The words of a filter. A quote within quotes is written `\"`; every other backslash is one.
fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words: Vec<Word> = Vec::new();
    let (mut is_inside, mut is_open) = (false, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' if !is_inside => is_open = false,
            letter => {
                if !is_open {
                    words.push(Word { text: String::new(), is_quoted: letter == '"' });
                    is_open = true;
                }
                let Some(word) = words.last_mut() else { continue };
                match letter {
                    '"' => is_inside = !is_inside,
                    '\\' if is_inside && letters.peek() == Some(&'"') => word.text.extend(letters.next()),
                    letter => word.text.push(letter),
                }
            }
        }
    }
    if is_inside { Err("a quote is not closed".to_owned()) } else { Ok(words) }
}

/// A filter on two trees, ready to judge their differences.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    filter: &'a Filter,
    pair: &'a Pair,
    /// How keys are shown, which is how prefixes are written.
    key_format: ItemFormat,
    diff: Option<Diff>,
    /// The ranges in the form in which keys are compared.
    ranges: Vec<KeyRange>,
}

/// Prefixes are held against so much of a key, in columns.
const KEY: usize = 4096;

impl<'a> Judge<'a> {
    /// The error says what is wrong with a range.
    pub(crate) fn new(filter: &'a Filter, pair: &'a Pair, key_format: ItemFormat) -> Result<Self, String> {
        let mut judge = Self { filter, pair, key_format, diff: pair.diff(), ranges: Vec::new() };
        for range in &filter.ranges {
            judge.ranges.push(judge.read_range(range)?);
        }
        Ok(judge)
    }

    fn read_range(&self, text: &str) -> Result<KeyRange, String> {
        let mut error = "the type of the keys is unknown".to_owned();
        for side in [Side::Left, Side::Right] {
            let Some(ty) = &self.pair.typing(side).key else { continue };
            match read_range(text, ty) {
                Ok((from, to)) => {
                    let form = |bound: Bound<Vec<u8>>| bound.map(|stored| self.form(&stored, side));
                    return Ok((form(from), form(to)));
                }
                Err(why) => error = why,
            }
        }
        Err(error)
    }

    /// A key in the form in which keys are compared.
    fn form(&self, stored: &[u8], side: Side) -> Vec<u8> {
        match &self.diff {
            Some(diff) => diff.key_form(side, stored).into_owned(),
            None => common_key(&self.pair.opened(side).tree, stored).into_owned(),
        }
    }

    /// Whether the filter lets a difference through. Decodes its values if fields or texts are asked for.
    pub(crate) fn passes(&self, entry: &Entry) -> bool {
        if matches!(entry, Entry::Damage(_) | Entry::Misfit(_)) {
            return true;
        }
        entry.kind() != Kind::Equal
            && self.filter.shows_kind(entry.kind())
            && self.has_key(entry)
            && self.has_content(entry)
    }

    fn has_key(&self, entry: &Entry) -> bool {
        let Filter { prefixes, .. } = self.filter;
        if !prefixes.is_empty() {
            let Some((stored, side)) = entry.first_key() else { return false };
            let printed = item::key(stored, self.pair.typing(side).key.as_ref());
            let shown = self.pair.shown_key(entry, self.key_format, KEY).unwrap_or_default();
            if !prefixes.iter().any(|prefix| shown.starts_with(prefix) || printed.starts_with(prefix)) {
                return false;
            }
        }
        if self.ranges.is_empty() {
            return true;
        }
        let Some((stored, side)) = entry.first_key() else { return false };
        let form = self.form(stored, side);
        self.ranges.iter().any(|range| std::ops::RangeBounds::contains(range, &form))
    }

    /// Whether the fields that are asked for differ, and all texts are in what differs.
    fn has_content(&self, entry: &Entry) -> bool {
        let Filter { fields, texts, .. } = self.filter;
        if fields.is_empty() && texts.is_empty() {
            return true;
        }
        let (left, right) = entry.sides();
        let mut parts: Vec<(String, Vec<String>)> = Vec::new();
        match (left, right) {
            (Some((_, left)), Some((_, right))) if texts.is_empty() => {
                let paths = self.pair.paths(left, right).unwrap_or_else(|| vec![String::new()]);
                parts.extend(paths.iter().map(|path| (without_indices(path), Vec::new())));
            }
            (Some((_, left)), Some((_, right))) => match self.pair.fields(left, right) {
                Some(changes) => parts.extend(changes.into_iter().map(|change| {
                    let texts = [&change.left, &change.right].into_iter().flatten();
                    (without_indices(&change.path), texts.map(plain_text).collect())
                })),
                None => parts.push((
                    String::new(),
                    [(left, Side::Left), (right, Side::Right)].map(|(value, side)| self.text(value, side)).into(),
                )),
            },
            // The fields of a record that only one side has do not differ: the record does.
            _ if !fields.is_empty() => return false,
            (left, right) => {
                let one = |record: Option<Stored>, side| record.map(|(_, value)| self.text(value, side));
                parts.push((
                    String::new(),
                    [one(left, Side::Left), one(right, Side::Right)].into_iter().flatten().collect(),
                ));
            }
        }
        if let Entry::NotCompared(found) = entry
            && fields.is_empty()
        {
            parts.push((String::new(), vec![found.why.clone()]));
        }
        let is_of = |name: &str, field: &String| {
            let below = name.strip_prefix(field.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']));
            name == field || below || name.is_empty() && field == WHOLE_VALUE
        };
        let asked = |name: &str| fields.is_empty() || fields.iter().any(|field| is_of(name, field));
        fields.iter().all(|field| parts.iter().any(|(name, _)| is_of(name, field)))
            && texts.iter().all(|text| {
                parts.iter().any(|(name, values)| asked(name) && values.iter().any(|value| has(value, text)))
            })
    }

    fn text(&self, value: &[u8], side: Side) -> String {
        item::plain(value, self.pair.typing(side).value.as_ref())
    }
}

/// The text of a value that differs, without the quotes of a text.
fn plain_text(value: &mst_types::Value) -> String {
    match value.kind.plain() {
        mst_types::ValueKind::String(text) => escape_text(text).into_owned(),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_and_written_alike() {
        for (typed, shown) in [
            ("", ""),
            ("   ", ""),
            ("changed", "changed"),
            ("~ + -", "changed only right only left"),
            ("only left", "only left"),
            ("only   left changed changed", "only left changed"),
            ("left right not compared ≈", "only left only right not compared within tolerance"),
            ("only", "\"only\""),
            ("\"changed\" text:left", "\"changed\" \"left\""),
            ("field:status", "field:status"),
            ("field:status ~ paid", "changed field:status paid"),
            ("field:\"a b\" \"two words\"", "field:\"a b\" \"two words\""),
            ("prefix:INV-20261 prefix:INV-20261", "prefix:INV-20261"),
            ("keys:A..=B", "keys:A..=B"),
            ("keys:\"A", "a quote is not closed"),
            ("keys:\"\\\"a..b\\\"..=c\"", "keys:\"\\\"a..b\\\"..=c\""),
            ("\"a\\\"b\"", "\"a\\\"b\""),
            ("a\\nb", "a\\nb"),
            ("\"field:x\"", "\"field:x\""),
            ("http://x", "http://x"),
            ("field:", "field: needs the name of a field, as in field:status"),
            ("\"\"", "a text to look for cannot be empty"),
        ] {
            let read = Filter::parse(typed);
            let text = read.as_ref().map_or_else(Clone::clone, ToString::to_string);
            assert_eq!(text, shown, "{typed:?}");
            if let Ok(filter) = read {
                assert_eq!(Filter::parse(&filter.to_string()), Ok(filter), "{typed:?}");
            }
        }
    }

    #[test]
    fn kinds_decide_alone_where_nothing_else_is_asked_for() {
        let all = [
            Kind::Equal,
            Kind::OnlyLeft,
            Kind::OnlyRight,
            Kind::Changed,
            Kind::WithinTolerance,
            Kind::NotCompared,
            Kind::Damage,
            Kind::Misfit,
            Kind::Node,
        ];
        for (typed, shown, by_kind) in [
            ("", "=−+~?✗?≠", true),
            ("changed", "~✗?", true),
            ("~ -", "−~✗?", true),
            ("≈", "≈✗?", true),
            ("?", "?✗?", true),
            ("field:a", "−+~?✗?", false),
            ("+ prefix:a", "+✗?", false),
        ] {
            let filter = Filter::parse(typed).unwrap();
            let glyphs: String = all.iter().filter(|kind| filter.shows_kind(**kind)).map(|kind| kind.glyph()).collect();
            assert_eq!((glyphs.as_str(), filter.is_by_kind()), (shown, by_kind), "{typed:?}");
        }
    }
}
