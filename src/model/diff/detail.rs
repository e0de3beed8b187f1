//! One difference in full: the fields that differ, and both values line by line, side by side where there is room.

use file_mst::diff::Side;
use unicode_width::UnicodeWidthChar;

use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::marks::{MarkedText, by_middle};
use crate::model::diff::pair::{Pair, Stored};
use crate::model::item::ItemFormat;
use crate::model::representation::{Item, RenderedValue, Representation};
use crate::model::text::count;
use crate::model::value::Page;

/// More lines than this are not held against each other one by one, but only from both ends.
const MAX_COMPARED: usize = 1000;
/// The space between the two sides, in columns.
pub(crate) const BETWEEN: usize = 3;
/// The columns of a line of hex besides four for each byte.
const HEX_MARGIN: usize = 11;

/// A line of the page on one difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Line {
    /// A line across both sides; its kind, if it belongs to one side.
    Whole(Option<Kind>, Vec<MarkedText>),
    /// Left and right.
    Sides(Vec<MarkedText>, Vec<MarkedText>),
    /// A statement across both sides.
    Said(Tone, String),
}

/// How a statement is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    Good,
    /// Not finished, or not as it was.
    Doubtful,
    Bad,
    /// A heading.
    Title,
}

pub(crate) fn plain(text: String) -> Vec<MarkedText> {
    vec![(text, false)]
}

/// A difference laid out.
#[derive(Debug, Default)]
pub(crate) struct Detail {
    pub(crate) lines: Vec<Line>,
    /// How values are laid out, and what is next; none where they are not to be seen.
    pub(crate) representation: Option<Representation>,
    pub(crate) next: Option<Representation>,
}

/// How values are to be shown: in a format, and in the way that was chosen, if one was.
pub(crate) type Manner = (ItemFormat, Option<Representation>);

/// The page on a difference, in at most `width` columns; the values side by side if `two`.
pub(crate) fn detail(pair: &Pair, entry: &Entry, (format, wanted): Manner, width: usize, two: bool) -> Detail {
    let whole =
        |kind, pieces: Vec<MarkedText>| broken(pieces, width).into_iter().map(move |pieces| Line::Whole(kind, pieces));
    if let Entry::Damage(text) | Entry::Misfit(text) = entry {
        return Detail { lines: whole(None, plain(text.clone())).collect(), ..Detail::default() };
    }
    if let (Entry::NotCompared(found), (None, None)) = (entry, entry.sides()) {
        return Detail { lines: whole(None, plain(found.why.clone())).collect(), ..Detail::default() };
    }
    let (left, right) = entry.sides();
    let is_same = matches!(entry, Entry::Same(_));
    let mut lines = vec![Line::Whole(None, plain(sizes(left, right))), Line::Whole(None, Vec::new())];
    if let Entry::NotCompared(found) = entry {
        lines.extend(whole(Some(Kind::NotCompared), plain(found.why.clone())));
        lines.push(Line::Whole(None, Vec::new()));
    }
    if let (Some((_, left)), Some((_, right)), false) = (left, right, is_same || format == ItemFormat::Redacted)
        && let Some(changes) = pair.fields(left, right)
        && changes.iter().any(|change| !change.path.is_empty())
    {
        lines.extend(changes.iter().flat_map(|change| whole(Some(Kind::Changed), plain(change.to_string()))));
        lines.push(Line::Whole(None, Vec::new()));
    }
    // Under two types equal values have two forms, of which that of the left was read.
    let right_type = if is_same && pair.comparison.is_by_value() { Side::Left } else { Side::Right };
    let item = |(_, value), side| (value, pair.typing(side).value.as_ref());
    let (left, right) = (left.map(|left| item(left, Side::Left)), right.map(|right| item(right, right_type)));
    let values = values(left, right, (format, wanted), width, two);
    lines.extend(values.lines);
    Detail { lines, ..values }
}

/// Two values line by line, side by side if `two`.
pub(crate) fn values(
    left: Option<Item<'_>>,
    right: Option<Item<'_>>,
    manner: Manner,
    width: usize,
    two: bool,
) -> Detail {
    let mut lines = Vec::new();
    let (left, right) = rendered(left, right, manner);
    let one = left.as_ref().or(right.as_ref());
    let (representation, next) = (one.and_then(|rendered| rendered.representation), one.and_then(RenderedValue::next));
    for (side, rendered) in [(Side::Left, &left), (Side::Right, &right)] {
        let notes = rendered.iter().flat_map(|rendered| &rendered.notes);
        let notes = notes.flat_map(|note| broken(plain(format!("{}: {note}", side.name())), width));
        lines.extend(notes.map(|note| Line::Whole(Some(Kind::Damage), note)));
    }
    let half = if two { width.saturating_sub(BETWEEN) / 2 } else { width };
    let rows = match (left.map(|rendered| rendered.page), right.map(|rendered| rendered.page)) {
        (Some(Page::Hex(left)), Some(Page::Hex(right))) => hex(&left, &right, half),
        (left, right) => against(texts(left, half), texts(right, half)),
    };
    for row in rows {
        lines.extend(if two { side_by_side(row, half) } else { one_below_the_other(row, half) });
    }
    Detail { lines, representation, next }
}

/// The values of both sides, looked at in the same way.
fn rendered(
    left: Option<Item<'_>>,
    right: Option<Item<'_>>,
    (format, wanted): Manner,
) -> (Option<RenderedValue>, Option<RenderedValue>) {
    match (left, right) {
        (Some(left), Some(right)) => {
            let (left, right) = RenderedValue::both(left, right, format, wanted);
            (Some(left), Some(right))
        }
        (left, right) => {
            let one = |(stored, ty)| RenderedValue::new(stored, ty, format, wanted);
            (left.map(one), right.map(one))
        }
    }
}

fn sizes(left: Option<Stored>, right: Option<Stored>) -> String {
    let bytes = |(_, value): Stored| count(value.len() as u64, "byte");
    match (left, right) {
        (Some(left), Some(right)) if left == right => format!("= both {}", bytes(left)),
        (Some(left), Some(right)) => format!("− left {}   + right {}", bytes(left), bytes(right)),
        (Some(left), None) => format!("− only left: {}", bytes(left)),
        (None, Some(right)) => format!("+ only right: {}", bytes(right)),
        (None, None) => String::new(),
    }
}

fn texts(page: Option<Page>, width: usize) -> Vec<String> {
    match page {
        None => Vec::new(),
        Some(Page::Text(lines)) => lines,
        Some(Page::Hex(bytes)) => {
            let text = |row: Row| row.left.unwrap_or_default().into_iter().map(|(text, _)| text).collect();
            hex(&bytes, &bytes, width).into_iter().map(text).collect()
        }
    }
}

/// A line of either value, with what differs marked; none where that value has no such line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) left: Option<Vec<MarkedText>>,
    pub(crate) right: Option<Vec<MarkedText>>,
}

impl Row {
    fn both(line: &str) -> Self {
        Self { left: Some(plain(line.to_owned())), right: Some(plain(line.to_owned())) }
    }

    fn is_same(&self) -> bool {
        self.left == self.right
    }
}

pub(crate) fn side_by_side(row: Row, half: usize) -> Vec<Line> {
    let lines = |side: Option<Vec<MarkedText>>| side.map(|pieces| broken(pieces, half)).unwrap_or_default();
    let (left, right) = (lines(row.left), lines(row.right));
    let at = |lines: &[Vec<MarkedText>], index: usize| lines.get(index).cloned().unwrap_or_default();
    (0..left.len().max(right.len())).map(|index| Line::Sides(at(&left, index), at(&right, index))).collect()
}

fn one_below_the_other(row: Row, width: usize) -> Vec<Line> {
    let lines = |side: Option<Vec<MarkedText>>, kind: Option<Kind>| {
        let lines = side.map(|pieces| broken(pieces, width)).unwrap_or_default();
        lines.into_iter().map(move |pieces| Line::Whole(kind, pieces))
    };
    if row.is_same() {
        return lines(row.left, None).collect();
    }
    lines(row.left, Some(Kind::OnlyLeft)).chain(lines(row.right, Some(Kind::OnlyRight))).collect()
}

/// Pieces in lines of at most `width` columns, broken between words or fields where there are any; at least one line.
/// A blank at which a line is broken is left out.
pub(crate) fn broken(pieces: Vec<MarkedText>, width: usize) -> Vec<Vec<MarkedText>> {
    let letters: Vec<(char, bool)> =
        pieces.iter().flat_map(|(text, differs)| text.chars().map(|c| (c, *differs))).collect();
    let mut lines = Vec::new();
    let mut rest = letters.as_slice();
    loop {
        let end = end_of_line(rest, width);
        let (line, after) = rest.split_at(end);
        // The blank that did not fit, or the one that the line ends with.
        let (line, after) = match (line, after) {
            (line, [(' ', _), after @ ..]) => (line, after),
            ([line @ .., (' ', _)], after @ [_, ..]) => (line, after),
            parts => parts,
        };
        lines.push(pieces_of(line));
        if after.is_empty() {
            return lines;
        }
        rest = after;
    }
}

/// How many letters the first line of a text takes: all that fit, or those up to the last border between words or fields.
fn end_of_line(letters: &[(char, bool)], width: usize) -> usize {
    let mut used = 0;
    let fits = |(c, _): &&(char, bool)| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    let fitting = letters.iter().take_while(fits).count().max(1).min(letters.len());
    if fitting == letters.len() || letters[fitting].0 == ' ' {
        return fitting;
    }
    // A border is after a blank, or after a comma that is none between digits; blanks at the start indent the line.
    let indent = letters.iter().take_while(|(c, _)| *c == ' ').count();
    let is_border = |end: &usize| match (letters[*end - 1].0, letters[*end].0) {
        (' ', _) => true,
        (',' | ';', after) => !after.is_ascii_digit(),
        _ => false,
    };
    (indent + 1..=fitting).rev().find(is_border).unwrap_or(fitting)
}

/// Letters as pieces, neighbours alike in one.
fn pieces_of(letters: &[(char, bool)]) -> Vec<MarkedText> {
    let mut pieces: Vec<MarkedText> = Vec::new();
    for (c, differs) in letters {
        match pieces.last_mut() {
            Some((text, same)) if same == differs => text.push(*c),
            _ => pieces.push((c.to_string(), *differs)),
        }
    }
    pieces
}

/// Two values as hex, every byte marked that the other has not in the same place.
fn hex(left: &[u8], right: &[u8], width: usize) -> Vec<Row> {
    let per_line = if width >= HEX_MARGIN + 4 * 16 { 16 } else { 8 };
    let lines = left.len().max(right.len()).div_ceil(per_line).max(1);
    let line = |own: &[u8], other: &[u8], at: usize| {
        let from = at * per_line;
        let bytes = own.get(from..own.len().min(from + per_line)).filter(|bytes| !bytes.is_empty() || from == 0)?;
        let mut pieces = vec![(format!("{from:08x}  "), false)];
        let differs = |index: usize| own.get(from + index) != other.get(from + index);
        for index in 0..per_line {
            let (digits, mark) = match bytes.get(index) {
                Some(byte) => (format!("{byte:02x}"), differs(index)),
                None => ("  ".to_owned(), false),
            };
            pieces.extend([(digits, mark), (" ".to_owned(), false)]);
        }
        pieces.push((" ".to_owned(), false));
        let shown = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '·' };
        pieces.extend(bytes.iter().enumerate().map(|(index, byte)| (shown(byte).to_string(), differs(index))));
        Some(joined(pieces))
    };
    (0..lines).map(|at| Row { left: line(left, right, at), right: line(right, left, at) }).collect()
}

/// Neighbours alike as one piece.
fn joined(pieces: Vec<MarkedText>) -> Vec<MarkedText> {
    let mut out: Vec<MarkedText> = Vec::new();
    for (text, differs) in pieces {
        match out.last_mut() {
            Some((last, same)) if *same == differs => last.push_str(&text),
            _ => out.push((text, differs)),
        }
    }
    out
}

/// Two texts line by line, lines that both have beside each other.
fn against(left: Vec<String>, right: Vec<String>) -> Vec<Row> {
    let most = left.len().min(right.len());
    let head = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let tail = left.iter().rev().zip(right.iter().rev()).take(most - head).take_while(|(a, b)| a == b).count();
    let (a, b) = (&left[head..left.len() - tail], &right[head..right.len() - tail]);
    let mut rows: Vec<_> = left[..head].iter().map(|line| Row::both(line)).collect();
    rows.extend(middle(a, b));
    rows.extend(left[left.len() - tail..].iter().map(|line| Row::both(line)));
    rows
}

/// Aligns the lines between the common ends: the longest common run of lines stands beside itself, and the lines
/// between are compared in turn.
fn middle(a: &[String], b: &[String]) -> Vec<Row> {
    if a.len().max(b.len()) > MAX_COMPARED {
        return beside(a, b);
    }
    // longest[i][j]: the length of the longest common row of a[i..] and b[j..].
    let mut longest = vec![vec![0_u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] =
                if a[i] == b[j] { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut rows) = (0, 0, Vec::new());
    let (mut from_a, mut from_b) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            rows.extend(beside(&a[from_a..i], &b[from_b..j]));
            rows.push(Row::both(&a[i]));
            (i, j) = (i + 1, j + 1);
            (from_a, from_b) = (i, j);
        } else if j == b.len() || i < a.len() && longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    rows.extend(beside(&a[from_a..], &b[from_b..]));
    rows
}

/// Lines of which none is in the other text, in turn beside each other.
fn beside(a: &[String], b: &[String]) -> Vec<Row> {
    let row = |at: usize| match (a.get(at), b.get(at)) {
        (Some(a), Some(b)) => {
            let (left, right) = by_middle(a, b);
            Row { left: Some(left), right: Some(right) }
        }
        (left, right) => {
            // Where one side has nothing at all every line differs, and a mark would say nothing.
            let marks = !a.is_empty() && !b.is_empty();
            let marked = |line: &String| vec![(line.clone(), marks)];
            Row { left: left.map(marked), right: right.map(marked) }
        }
    };
    (0..a.len().max(b.len())).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[MarkedText]) -> String {
        pieces.iter().map(|(text, differs)| if *differs { format!("[{text}]") } else { text.clone() }).collect()
    }

    fn rows(rows: &[Row]) -> Vec<String> {
        let side = |side: &Option<Vec<MarkedText>>| side.as_ref().map_or("-".to_owned(), |pieces| shown(pieces));
        rows.iter().map(|row| format!("{}|{}", side(&row.left), side(&row.right))).collect()
    }

    #[test]
    fn long_lines_are_broken_between_words_and_fields() {
        for (text, width, lines) in [
            ("", 5, &[""][..]),
            ("one two three", 9, &["one two", "three"]),
            ("one two three", 7, &["one two", "three"]),
            ("one two three", 8, &["one two", "three"]),
            ("abcdefgh ij", 4, &["abcd", "efgh", "ij"]),
            ("{a:1,b:[2,3],c:4}", 9, &["{a:1,", "b:[2,3],", "c:4}"]),
            ("a 12,345,678", 9, &["a", "12,345,67", "8"]),
            ("  indented", 6, &["  inde", "nted"]),
            ("日本 語", 4, &["日本", "語"]),
            ("ab", 0, &["a", "b"]),
        ] {
            let broken: Vec<_> = broken(plain(text.to_owned()), width).iter().map(|line| shown(line)).collect();
            assert_eq!(broken, lines, "{text:?} in {width}");
        }
        let marked = broken(vec![("one tw".to_owned(), false), ("o thr".to_owned(), true)], 8);
        assert_eq!(marked.iter().map(|line| shown(line)).collect::<Vec<_>>(), ["one tw[o]", "[thr]"]);
    }

    #[test]
    fn common_lines_stand_beside_each_other() {
        let text = |letters: &str| letters.chars().map(String::from).collect::<Vec<_>>();
        let shown = |left: &str, right: &str| rows(&against(text(left), text(right))).join(" ");
        assert_eq!(shown("abcd", "abcd"), "a|a b|b c|c d|d");
        assert_eq!(shown("abcde", "axcye"), "a|a [b]|[x] c|c [d]|[y] e|e");
        assert_eq!(shown("ab", ""), "a|- b|-");
        assert_eq!(shown("", "ab"), "-|a -|b");
        assert_eq!(shown("aab", "ab"), "a|a a|- b|b");
    }

    #[test]
    fn parts_of_lines_and_bytes_are_marked() {
        let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            rows(&against(lines("{\n  \"status\": \"Open\"\n}"), lines("{\n  \"status\": \"Paid\"\n}"))),
            ["{|{", "  \"status\": \"[Open]\"|  \"status\": \"[Paid]\"", "}|}"]
        );
        assert_eq!(
            rows(&hex(b"abcdefghi", b"aXcdefgh", 56)),
            [
                "00000000  61 [62] 63 64 65 66 67 68  a[b]cdefgh|00000000  61 [58] 63 64 65 66 67 68  a[X]cdefgh",
                "00000008  [69]                       [i]|-",
            ]
        );
        assert_eq!(rows(&hex(b"", b"", 80)).len(), 1);
    }

    #[test]
    fn long_lines_are_broken_with_their_marks() {
        let pieces = vec![("abc".to_owned(), false), ("defg".to_owned(), true), ("日".to_owned(), false)];
        let lines: Vec<_> = broken(pieces.clone(), 4).iter().map(|line| shown(line)).collect();
        assert_eq!(lines, ["abc[d]", "[efg]", "日"]);
        assert_eq!(broken(Vec::new(), 4).len(), 1);
        assert_eq!(broken(pieces, 0).concat().iter().map(|(text, _)| text.chars().count()).sum::<usize>(), 8);
    }
}
