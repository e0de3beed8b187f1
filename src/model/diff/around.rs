//! Two values that are too long for their room, cut around the part in which they differ.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::diff::marks::MarkedText;

/// The most columns of what both have alike that are kept before the part that differs.
const CONTEXT: usize = 12;

/// The columns that pieces take.
pub(crate) fn width(pieces: &[MarkedText]) -> usize {
    pieces.iter().map(|(text, _)| text.width()).sum()
}

/// Both values in at most so many columns each. Both lose the same from their common beginning, so that the parts that
/// differ stay beside each other.
pub(crate) fn around(
    left: Vec<MarkedText>,
    right: Vec<MarkedText>,
    (left_room, right_room): (usize, usize),
) -> (Vec<MarkedText>, Vec<MarkedText>) {
    let excess = |pieces: &[MarkedText], room: usize| match width(pieces) {
        all if all > room => all + 1 - room,
        _ => 0,
    };
    let needed = excess(&left, left_room).max(excess(&right, right_room));
    if needed == 0 {
        return (left, right);
    }
    let common = common_columns(&left, &right);
    // Where there is little room all of it is for what differs.
    let context = match left_room.min(right_room) {
        0..8 => 0,
        room => (room / 4).min(CONTEXT),
    };
    let columns = needed.min(common.saturating_sub(context));
    // The mark takes a column itself, so that one column is not worth it.
    let columns = if columns <= 1 { 0 } else { columns };
    (fit(left, columns, left_room), fit(right, columns, right_room))
}

/// The columns that two values have in common at their beginnings.
fn common_columns(left: &[MarkedText], right: &[MarkedText]) -> usize {
    let chars = |pieces: &[MarkedText]| pieces.iter().flat_map(|(text, _)| text.chars()).collect::<Vec<_>>();
    let (left, right) = (chars(left), chars(right));
    let common = left.iter().zip(&right).take_while(|(a, b)| a == b);
    common.map(|(c, _)| c.width().unwrap_or(0)).sum()
}

/// The pieces without their first columns, in at most `room` columns, with a mark where something is cut off.
fn fit(pieces: Vec<MarkedText>, columns: usize, room: usize) -> Vec<MarkedText> {
    let mut kept = skipped(pieces, columns);
    if columns > 0 {
        kept.insert(0, ("…".to_owned(), false));
    }
    cut_to(kept, room)
}

/// The pieces without their first columns.
pub(crate) fn skipped(pieces: Vec<MarkedText>, columns: usize) -> Vec<MarkedText> {
    let mut gone = 0;
    let rest = |(text, differs): MarkedText| {
        let is_gone = |c: &char| {
            let is_gone = gone < columns;
            gone += if is_gone { c.width().unwrap_or(0) } else { 0 };
            is_gone
        };
        (text.chars().skip_while(is_gone).collect(), differs)
    };
    pieces.into_iter().map(rest).collect()
}

/// The pieces in at most `room` columns, with a mark where something is cut off.
pub(crate) fn cut_to(pieces: Vec<MarkedText>, room: usize) -> Vec<MarkedText> {
    if width(&pieces) <= room {
        return pieces;
    }
    let mut left = room.saturating_sub(1);
    let mut kept = Vec::new();
    for (text, differs) in pieces {
        let fits = |c: &char| {
            let columns = c.width().unwrap_or(0);
            let fits = columns <= left;
            left = if fits { left - columns } else { 0 };
            fits
        };
        let part: String = text.chars().take_while(fits).collect();
        let is_cut = part.len() < text.len();
        kept.push((part, differs));
        if is_cut {
            if room > 0 {
                kept.push(("…".to_owned(), differs));
            }
            break;
        }
    }
    kept
}

/// A key in at most `room` columns: of neighbours the ends tell them apart, since they begin alike.
pub(crate) fn cut_front(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut left = room.saturating_sub(1);
    let mut kept: Vec<char> = Vec::new();
    for c in text.chars().rev() {
        let columns = c.width().unwrap_or(0);
        if columns > left {
            break;
        }
        left -= columns;
        kept.push(c);
    }
    let mark = if room > 0 { "…" } else { "" };
    mark.chars().chain(kept.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::diff::marks::by_middle;

    fn shown(pieces: &[MarkedText]) -> String {
        pieces.iter().map(|(text, differs)| if *differs { format!("[{text}]") } else { text.clone() }).collect()
    }

    fn both(left: &str, right: &str, room: usize) -> (String, String) {
        let (left, right) = by_middle(left, right);
        let (left, right) = around(left, right, (room, room));
        assert!(width(&left) <= room && width(&right) <= room);
        (shown(&left), shown(&right))
    }

    #[test]
    fn what_differs_is_kept() {
        let long = |letter: char, end: usize| "a".repeat(500) + &String::from(letter) + &"z".repeat(end);
        for (left, right, room, expected) in [
            ("206,031".to_owned(), "206,131".to_owned(), 7, ("206,[0]31", "206,[1]31")),
            ("206,031".to_owned(), "206,131".to_owned(), 5, ("…,[0]31", "…,[1]31")),
            (long('x', 40), long('y', 40), 10, ("…aa[x]zzzzz…", "…aa[y]zzzzz…")),
            (long('x', 2), long('y', 2), 10, ("…aaaaaa[x]zz", "…aaaaaa[y]zz")),
            ("short".to_owned(), long('y', 2), 10, ("[short]", "[aaaaaaaaa][…]")),
            ("日本語日本語x".to_owned(), "日本語日本語y".to_owned(), 6, ("…本語[x]", "…本語[y]")),
        ] {
            let (a, b) = both(&left, &right, room);
            assert_eq!((a.as_str(), b.as_str()), expected);
        }
        // What is alike at the beginning is skipped even if it is too little of all to count as a likeness.
        let (a, b) = both(&("a".repeat(50) + &"x".repeat(900)), &("a".repeat(50) + &"y".repeat(900)), 12);
        assert!(a.contains('x') && b.contains('y'), "{a} {b}");
        for room in 0..8 {
            both("206,031", "206,131", room);
        }
    }

    #[test]
    fn keys_keep_their_ends() {
        assert_eq!(cut_front("INV-2026142", 6), "…26142");
        assert_eq!(cut_front("abc", 3), "abc");
        assert_eq!(cut_front("日本語", 5), "…本語");
        assert_eq!((cut_front("abc", 1).as_str(), cut_front("abc", 0).as_str()), ("…", ""));
    }
}
