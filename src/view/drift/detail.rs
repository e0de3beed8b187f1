//! One difference in full: the fields that differ, and both values line by line, what they share only once.

use file_mst::diff::Side;

use super::entry::{Entry, Kind};
use super::pair::{Pair, Stored};
use crate::view::item::ItemFormat;
use crate::view::text::count;
use crate::view::value::Page;

/// More lines than this are not held against each other one by one, but only from both ends.
const MOST_COMPARED: usize = 1000;

/// A line of the page on one difference: whose it is, and what it says.
pub(crate) type Line = (Option<Kind>, String);

/// The page on a difference, in at most `width` columns.
pub(crate) fn detail(pair: &Pair, entry: &Entry, format: ItemFormat, width: usize) -> Vec<Line> {
    if let Entry::Damage(text) = entry {
        return texts(Page::Text(vec![text.clone()]).fit(width, true)).into_iter().map(|text| (None, text)).collect();
    }
    let (left, right) = entry.sides();
    let mut lines = vec![(None, sizes(left, right)), (None, String::new())];
    if format != ItemFormat::Redacted
        && let (Some((_, left)), Some((_, right))) = (left, right)
        && let Some(changes) = pair.fields(left, right)
        && changes.iter().any(|change| !change.path.is_empty())
    {
        let text = changes.iter().map(ToString::to_string).collect();
        lines.extend(texts(Page::Text(text).fit(width, true)).into_iter().map(|text| (Some(Kind::Changed), text)));
        lines.push((None, String::new()));
    }
    let page = |record: Option<Stored>, side| match record {
        Some((_, value)) => texts(Page::new(value, pair.typing(side).value.as_ref(), format).fit(width, true)),
        None => Vec::new(),
    };
    lines.extend(against(page(left, Side::Left), page(right, Side::Right)));
    lines
}

fn sizes(left: Option<Stored>, right: Option<Stored>) -> String {
    let bytes = |(_, value): Stored| count(value.len() as u64, "byte");
    match (left, right) {
        (Some(left), Some(right)) => format!("− left {}   + right {}", bytes(left), bytes(right)),
        (Some(left), None) => format!("− only left: {}", bytes(left)),
        (None, Some(right)) => format!("+ only right: {}", bytes(right)),
        (None, None) => String::new(),
    }
}

fn texts(page: Page) -> Vec<String> {
    match page {
        Page::Text(lines) => lines,
        page => (0..page.len()).filter_map(|at| page.line(at)).collect(),
    }
}

/// Two texts as one: lines of the left, of the right, and of both.
fn against(left: Vec<String>, right: Vec<String>) -> Vec<Line> {
    let most = left.len().min(right.len());
    let head = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let tail = left.iter().rev().zip(right.iter().rev()).take(most - head).take_while(|(a, b)| a == b).count();
    let (a, b) = (&left[head..left.len() - tail], &right[head..right.len() - tail]);
    let both = |lines: &[String]| lines.iter().map(|line| (None, line.clone())).collect::<Vec<_>>();
    let mut lines = both(&left[..head]);
    lines.extend(middle(a, b));
    lines.extend(both(&left[left.len() - tail..]));
    lines
}

/// What is between the common ends: the longest common row of lines is said once.
fn middle(a: &[String], b: &[String]) -> Vec<Line> {
    let old = |line: &String| (Some(Kind::OnlyLeft), line.clone());
    let new = |line: &String| (Some(Kind::OnlyRight), line.clone());
    if a.len().max(b.len()) > MOST_COMPARED {
        return a.iter().map(old).chain(b.iter().map(new)).collect();
    }
    // longest[i][j]: the length of the longest common row of a[i..] and b[j..].
    let mut longest = vec![vec![0_u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] =
                if a[i] == b[j] { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push((None, a[i].clone()));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && longest[i + 1][j] >= longest[i][j + 1] {
            lines.push(old(&a[i]));
            i += 1;
        } else {
            lines.push(new(&b[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_lines_are_said_once() {
        let text = |letters: &str| letters.chars().map(String::from).collect::<Vec<_>>();
        let shown = |left: &str, right: &str| -> String {
            let line = |(kind, text): &Line| kind.map_or(" ", Kind::glyph).to_owned() + text;
            against(text(left), text(right)).iter().map(line).collect()
        };
        assert_eq!(shown("abcd", "abcd"), " a b c d");
        assert_eq!(shown("abcde", "axcye"), " a−b+x c−d+y e");
        assert_eq!(shown("ab", ""), "−a−b");
        assert_eq!(shown("", "ab"), "+a+b");
        assert_eq!(shown("aab", "ab"), " a−a b");
    }
}
