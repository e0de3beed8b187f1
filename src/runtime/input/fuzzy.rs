//! How well a few typed letters fit a name.

/// The score of letters that stand in a name in this order, whatever is between them; higher is better. None if they do
/// not. Letters at the start of a word and letters next to each other count for more.
pub(crate) fn score(typed: &str, name: &str) -> Option<i32> {
    let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let typed: Vec<char> = typed.chars().flat_map(char::to_lowercase).collect();
    let Some(first) = typed.first() else { return Some(0) };
    let starts = letters.iter().enumerate().filter(|(_, letter)| *letter == first).map(|(at, _)| at);
    starts.filter_map(|start| score_from(&typed, &letters, start)).max()
}

fn score_from(typed: &[char], letters: &[char], start: usize) -> Option<i32> {
    let (mut at, mut last, mut score) = (start, None, 0);
    for wanted in typed {
        at += letters.get(at..)?.iter().position(|letter| letter == wanted)?;
        let begins_word = at == 0 || letters.get(at - 1).is_some_and(|before| !before.is_alphanumeric());
        let follows = last.is_some_and(|last| last + 1 == at);
        score += 1 + 8 * i32::from(begins_word) + 6 * i32::from(follows);
        last = Some(at);
        at += 1;
    }
    // Of two names that fit as well the shorter one is meant.
    Some(score * 64 - i32::try_from(letters.len().min(63)).unwrap_or(63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_fits_score_higher() {
        assert_eq!(score("xyz", "next"), None);
        assert_eq!(score("", "next"), Some(0));
        for (typed, better, worse) in [
            ("hp", "half-page-down", "hash-copy"),
            ("copy", "copy-key", "count-paths-by-year"),
            ("key", "go-key", "make-y"),
            ("gr", "go-root", "group-tree-of"),
            ("wid", "wider", "wider-column"),
            ("COL", "columns", "zcolumns"),
        ] {
            assert!(score(typed, better) > score(typed, worse), "{typed}: {better} before {worse}");
        }
    }
}
