//! A record as a list of its fields: of one tree, or of two held against each other.

use mst_types::{ItemType, Type, Value, ValueKind, escape_text};
use unicode_width::UnicodeWidthStr;

use crate::model::diff::detail::broken;
use crate::model::diff::marks::MarkedText;
use crate::model::item::{self, ItemFormat};
use crate::model::text::{count, cut, group};

/// The most fields that are listed; a further line says how many there are besides.
pub(crate) const MAX_FIELDS: usize = 500;
/// The most columns of a field's text; the whole of it is in the view of the value.
pub(crate) const MAX_TEXT: usize = 4096;
/// Replaces a part of a value that is not to be seen. Its length alone could tell a short value.
pub(crate) const HIDDEN: &str = "(hidden)";
/// Stands for a part that a side does not have.
pub(crate) const ABSENT: &str = "·";
/// The widest column of types, the width from which on there is one, and the width that has room for a wider one, in
/// columns.
const MAX_TYPE: usize = 14;
const WITH_TYPES: usize = 56;
const WITH_LONG_TYPES: usize = 70;
const MAX_LONG_TYPE: usize = 22;
/// The narrowest room for values beside their names, in columns.
const NARROWEST: usize = 12;
/// Between the value on the left and the one on the right.
const ARROW: &str = " → ";

/// A field of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    /// Its path, escaped: `status`, `items[3].price`; empty for the whole of a value without fields.
    pub(crate) path: String,
    /// Its type; empty if it is unknown.
    pub(crate) ty: String,
    pub(crate) text: FieldText,
}

/// What a field holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum FieldText {
    /// The value of one tree.
    One(String),
    /// The value that both sides have.
    Same(String),
    /// The values of the sides, with what differs marked; none where a side has no such field.
    Differs(Option<Vec<MarkedText>>, Option<Vec<MarkedText>>),
}

/// A line of the list of fields.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct FieldLine {
    /// The index of its field.
    pub(crate) field: usize,
    pub(crate) pieces: Vec<(String, Tone)>,
    /// What stands at the right edge.
    pub(crate) end: Option<(&'static str, Tone)>,
}

/// How a piece of a line is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    /// The name of a field, and of one that differs.
    Name,
    DiffersName,
    Value,
    /// A value that both sides have, a type, a sign between values.
    Dim,
    /// The sign of the left or the right side.
    Left,
    Right,
    /// The part that differs.
    Mark,
    /// The sign that values differ.
    Differs,
}

impl Field {
    pub(crate) fn differs(&self) -> bool {
        matches!(self.text, FieldText::Differs(..))
    }
}

/// The fields of a stored value; a value without fields is one field without a name.
pub(crate) fn fields(stored: &[u8], ty: Option<&ItemType>, format: ItemFormat) -> Vec<Field> {
    let whole = || {
        let name = ty.map(|ty| ty.ty.to_string()).unwrap_or_default();
        let text = FieldText::One(item::line(stored, ty, format, MAX_TEXT));
        vec![Field { path: String::new(), ty: name, text }]
    };
    let Some(value) = ty.and_then(|ty| ty.decode(stored).ok()) else { return whole() };
    let Some(parts) = parts(&value) else { return whole() };
    let field = |(path, value): (String, &Value)| {
        let ty = ty.and_then(|ty| type_of(&ty.ty, &path)).unwrap_or_default();
        Field { path, ty, text: FieldText::One(part_text(value, format)) }
    };
    bounded(parts.into_iter().map(field))
}

/// Not more fields than can be listed, and how many there are besides.
pub(crate) fn bounded(fields: impl ExactSizeIterator<Item = Field>) -> Vec<Field> {
    let more = fields.len().saturating_sub(MAX_FIELDS);
    let mut listed: Vec<_> = fields.take(MAX_FIELDS).collect();
    if more > 0 {
        let text = FieldText::One(format!("{} more", count(more as u64, "field")));
        listed.push(Field { path: "…".to_owned(), ty: String::new(), text });
    }
    listed
}

/// The named parts of a value: the fields of a struct, the items of a tuple; none for any other value.
pub(crate) fn parts(value: &Value) -> Option<Vec<(String, &Value)>> {
    match &value.kind {
        ValueKind::Struct(fields) if !fields.is_empty() => {
            Some(fields.iter().map(|(name, value)| (escape_text(name).into_owned(), value)).collect())
        }
        ValueKind::Tuple(items) if !items.is_empty() => {
            Some(items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect())
        }
        _ => None,
    }
}

/// The type of a named part.
pub(crate) fn type_of(ty: &Type, path: &str) -> Option<String> {
    match ty.wire() {
        Type::Struct(fields) => {
            fields.iter().find(|field| escape_text(&field.name) == path).map(|field| field.ty.to_string())
        }
        Type::Tuple(items) => path.parse::<usize>().ok().and_then(|index| items.get(index)).map(ToString::to_string),
        _ => None,
    }
}

/// A part of a value on one line of at most [`MAX_TEXT`] columns.
pub(crate) fn part_text(value: &Value, format: ItemFormat) -> String {
    cut(&whole_text(value, format), MAX_TEXT)
}

/// A part of a value on one line, however long. Text stands without quotes unless it would be invisible.
pub(crate) fn whole_text(value: &Value, format: ItemFormat) -> String {
    if format == ItemFormat::Redacted {
        return HIDDEN.to_owned();
    }
    if format == ItemFormat::Auto
        && let Some(text) = value.kind.logical_text()
    {
        return text;
    }
    match (format, value.kind.plain()) {
        (_, ValueKind::Some(inner)) => whole_text(inner, format),
        (ItemFormat::Auto | ItemFormat::Text, ValueKind::String(text)) if is_visible(text) => {
            escape_text(text).into_owned()
        }
        (ItemFormat::Number | ItemFormat::Hex | ItemFormat::Text, ValueKind::String(text)) => {
            item::bytes_as(text.as_bytes(), format)
        }
        (_, ValueKind::Bytes(bytes)) => item::bytes_as(bytes, format),
        (ItemFormat::Hex, ValueKind::Uint(number)) => format!("{number:#x}"),
        (_, ValueKind::Uint(number)) => group(&number.to_string()),
        (_, ValueKind::Int(number)) => item::signed(*number),
        _ => value.as_field().to_string(),
    }
}

/// Whether one sees where a text begins and ends.
fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.trim() == text
}

/// The fields in lines of at most `width` columns, long values in several.
pub(crate) fn lay_out(fields: &[Field], width: usize) -> Vec<FieldLine> {
    let widest = fields.iter().map(|field| field.path.width()).max().unwrap_or(0);
    // Where there are no names the values begin at the left edge.
    let gap = if widest == 0 { 0 } else { 2 };
    let names = widest.min(width / 3);
    let types = match fields.iter().map(|field| field.ty.width()).max() {
        Some(widest) if width >= WITH_LONG_TYPES => widest.min(MAX_LONG_TYPE) + 2,
        Some(widest) if width >= WITH_TYPES => widest.min(MAX_TYPE) + 2,
        _ => 0,
    };
    // The sign at the right edge has a gap before it.
    let room = width.saturating_sub(names + gap + types + 2);
    let columns = Columns { names, gap, types, room };
    let lines = |(at, field)| columns.lines(at, field, width);
    fields.iter().enumerate().flat_map(lines).collect()
}

/// The widths of the columns of the list.
struct Columns {
    names: usize,
    gap: usize,
    types: usize,
    room: usize,
}

impl Columns {
    fn lines(&self, at: usize, field: &Field, width: usize) -> Vec<FieldLine> {
        // Too narrow for two columns: the name has a line of its own.
        let stacked = self.room < NARROWEST && !field.path.is_empty();
        let room = if stacked { width.saturating_sub(4).max(1) } else { self.room.max(1) };
        let values = values(&field.text, room);
        let name = if field.differs() { Tone::DiffersName } else { Tone::Name };
        let end = match field.text {
            FieldText::One(_) => None,
            FieldText::Same(_) => Some(("=", Tone::Dim)),
            FieldText::Differs(..) => Some(("≠", Tone::Differs)),
        };
        let mut lines = Vec::new();
        if stacked {
            lines.push(FieldLine { field: at, pieces: vec![(cut(&field.path, width.saturating_sub(2)), name)], end });
        }
        for (line, pieces) in values.into_iter().enumerate() {
            let is_first = line == 0 && !stacked;
            let mut all = Vec::new();
            if stacked {
                all.push(("  ".to_owned(), Tone::Dim));
            } else {
                let shown = if is_first { cut(&field.path, self.names) } else { String::new() };
                let pad = (self.names + self.gap).saturating_sub(shown.width());
                all.push((shown + &" ".repeat(pad), name));
                if self.types > 0 {
                    let shown = if is_first { cut(&field.ty, self.types - 2) } else { String::new() };
                    let pad = self.types.saturating_sub(shown.width());
                    all.push((shown + &" ".repeat(pad), Tone::Dim));
                }
            }
            all.extend(pieces);
            lines.push(FieldLine { field: at, pieces: all, end: end.filter(|_| is_first) });
        }
        lines
    }
}

type Pieces = Vec<(String, Tone)>;

/// The value or values of a field in lines of at most `room` columns; at least one.
fn values(text: &FieldText, room: usize) -> Vec<Pieces> {
    let toned = |pieces: Vec<MarkedText>| -> Pieces {
        pieces.into_iter().map(|(text, differs)| (text, if differs { Tone::Mark } else { Tone::Value })).collect()
    };
    let plain = |text: &String, tone: Tone| -> Vec<Pieces> {
        let one = |pieces: Vec<MarkedText>| pieces.into_iter().map(|(text, _)| (text, tone)).collect();
        broken(vec![(text.clone(), false)], room).into_iter().map(one).collect()
    };
    match text {
        FieldText::One(text) => plain(text, Tone::Value),
        FieldText::Same(text) => plain(text, Tone::Dim),
        FieldText::Differs(left, right) => {
            let side = |side: &Option<Vec<MarkedText>>| side.clone().unwrap_or(vec![(ABSENT.to_owned(), false)]);
            let (left, right) = (side(left), side(right));
            let long = |pieces: &[MarkedText]| pieces.iter().map(|(text, _)| text.width()).sum::<usize>();
            if long(&left) + ARROW.width() + long(&right) <= room {
                let mut line = toned(left);
                line.push((ARROW.to_owned(), Tone::Dim));
                line.extend(toned(right));
                return vec![line];
            }
            let below = |sign: &str, tone: Tone, pieces: Vec<MarkedText>| {
                let lines = broken(pieces, room.saturating_sub(2).max(1)).into_iter().enumerate();
                let sign = |at: usize| (if at == 0 { format!("{sign} ") } else { "  ".to_owned() }, tone);
                lines.map(|(at, pieces)| [vec![sign(at)], toned(pieces)].concat()).collect::<Vec<_>>()
            };
            [below("−", Tone::Left, left), below("+", Tone::Right, right)].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(ty: &str, literal: &str, format: ItemFormat, width: usize) -> Vec<String> {
        let ty = ItemType::postcard(ty.parse().unwrap());
        let fields = fields(&ty.parse(literal).unwrap(), Some(&ty), format);
        shown(&lay_out(&fields, width))
    }

    fn shown(lines: &[FieldLine]) -> Vec<String> {
        let text = |line: &FieldLine| {
            let pieces = line.pieces.iter().map(|(text, tone)| match tone {
                Tone::Mark => format!("[{text}]"),
                _ => text.clone(),
            });
            let end = line.end.map(|(end, _)| format!(" {end}")).unwrap_or_default();
            (pieces.collect::<String>() + &end).trim_end().to_owned()
        };
        lines.iter().map(text).collect()
    }

    #[test]
    fn fields_stand_one_below_the_other() {
        let (ty, literal) =
            ("{name: String, amount: u64, note: String}", r#"{"name": "Ann", "amount": 12345, "note": ""}"#);
        assert_eq!(listed(ty, literal, ItemFormat::Auto, 40), ["name    Ann", "amount  12,345", "note    \"\""]);
        assert_eq!(
            listed(ty, literal, ItemFormat::Auto, 60),
            ["name    String  Ann", "amount  u64     12,345", "note    String  \"\""]
        );
        assert_eq!(
            listed(ty, literal, ItemFormat::Redacted, 40),
            ["name    (hidden)", "amount  (hidden)", "note    (hidden)"]
        );
        assert_eq!(listed(ty, literal, ItemFormat::Hex, 40)[..2], ["name    416e6e", "amount  0x3039"]);
        assert_eq!(listed("String", "hello", ItemFormat::Auto, 40), ["hello"]);
        assert_eq!(listed("(u8, bool)", "[7, true]", ItemFormat::Auto, 40), ["0  7", "1  true"]);
    }

    #[test]
    fn long_values_and_narrow_panes_take_more_lines() {
        let (ty, literal) = ("{title: String}", r#"{"title": "abcdefghijklmnopqrstuvwxyz"}"#);
        assert_eq!(listed(ty, literal, ItemFormat::Auto, 29), ["title  abcdefghijklmnopqrst", "       uvwxyz"]);
        assert_eq!(listed(ty, literal, ItemFormat::Auto, 16), ["title", "  abcdefghijkl", "  mnopqrstuvwx", "  yz"]);
        for width in 0..60 {
            assert!(!listed(ty, literal, ItemFormat::Auto, width).is_empty(), "{width}");
        }
    }

    #[test]
    fn two_values_stand_beside_or_below_each_other() {
        let marked = |text: &str| Some(vec![("12".to_owned(), false), (text.to_owned(), true)]);
        let field =
            |left, right| Field { path: "amount".to_owned(), ty: String::new(), text: FieldText::Differs(left, right) };
        let lines = |field, width| shown(&lay_out(&[field], width));
        assert_eq!(lines(field(marked("3"), marked("45")), 40), ["amount  12[3] → 12[45] ≠"]);
        assert_eq!(lines(field(marked("3"), marked("456789")), 23), ["amount  − 12[3] ≠", "        + 12[456789]"]);
        assert_eq!(lines(field(None, marked("3")), 40), ["amount  · → 12[3] ≠"]);
    }

    #[test]
    fn more_fields_than_can_be_listed_are_counted() {
        let items = vec!["1"; MAX_FIELDS + 7].join(", ");
        let ty = format!("({})", vec!["u8"; MAX_FIELDS + 7].join(", "));
        let lines = listed(&ty, &format!("[{items}]"), ItemFormat::Auto, 40);
        assert_eq!((lines.len(), lines[MAX_FIELDS].as_str()), (MAX_FIELDS + 1, "…    7 fields more"));
    }
}
