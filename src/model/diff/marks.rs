//! Two values on a line each, with what differs marked.

/// A piece of a line, and whether the other side has something else there.
pub(crate) type MarkedText = (String, bool);

/// Two lines whose beginnings and ends are alike: what stands between is marked.
pub(crate) fn by_middle(left: &str, right: &str) -> (Vec<MarkedText>, Vec<MarkedText>) {
    let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let most = a.len().min(b.len());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take(most - head).take_while(|(a, b)| a == b).count();
    // A few letters alike by chance in two long values are no likeness.
    let (head, tail) = if (head + tail) * 4 < most { (0, 0) } else { (head, tail) };
    let pieces = |chars: &[char]| {
        let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let end = chars.len() - tail;
        vec![(part(0..head), false), (part(head..end), true), (part(end..chars.len()), false)]
    };
    (pieces(&a), pieces(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[MarkedText]) -> String {
        pieces.iter().map(|(text, differs)| if *differs { format!("[{text}]") } else { text.clone() }).collect()
    }

    #[test]
    fn what_stands_between_is_marked() {
        for (left, right, expected) in [
            ("paid in full", "paid half", ("paid [in full]", "paid [half]")),
            ("10", "100", ("10[]", "10[0]")),
            ("aaa", "aa", ("aa[a]", "aa[]")),
            ("abcd", "zyxd", ("[abc]d", "[zyx]d")),
            ("abcdefghijkl", "zyxwvutsrqpl", ("[abcdefghijkl]", "[zyxwvutsrqpl]")),
            ("", "x", ("[]", "[x]")),
        ] {
            let (a, b) = by_middle(left, right);
            assert_eq!((shown(&a).as_str(), shown(&b).as_str()), expected);
        }
    }
}
