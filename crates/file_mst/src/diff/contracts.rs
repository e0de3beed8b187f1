//! The differences of two contracts, by the texts that their hashes cover (`docs/CONTRACT.md`).

use mst_types::escape_text;

/// Settings at the head of the text that do not affect the meaning of canonical values.
const WITHOUT_MEANING: [&str; 3] = ["name", "unicode", "tzdb"];

/// The differences of two contracts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Differing {
    /// Whether no difference affects canonical values.
    pub(super) same_meaning: bool,
    /// The differences in words.
    pub(super) words: Vec<String>,
}

/// A line of the text: the setting, or `key` or `field` with the name of the field, and its value.
type Line<'a> = (String, &'a str);

fn lines(text: &str) -> Vec<Line<'_>> {
    text.lines().map(line).collect()
}

fn line(line: &str) -> Line<'_> {
    let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
    // The name of a field is a JSON string and may hold blanks.
    let mut names = serde_json::Deserializer::from_str(rest).into_iter::<String>();
    match (what, names.next()) {
        ("key" | "field", Some(Ok(name))) => {
            (format!("{what} {name}"), rest.get(names.byte_offset()..).unwrap_or_default())
        }
        _ => (what.to_owned(), rest),
    }
}

/// The names of the fields besides the key in the text of a contract, each with its type and rules.
pub(super) fn fields(text: &str) -> Vec<(String, String)> {
    let field = |(what, rest): (String, &str)| Some((what.strip_prefix("field ")?.to_owned(), rest.to_owned()));
    lines(text).into_iter().filter_map(field).collect()
}

/// Whether a contract compares rows as how many there are of each, so that values are counts.
pub(super) fn is_multiset(text: &str) -> bool {
    lines(text).iter().any(|(what, says)| what == "multiset" && *says == "true")
}

/// Compares two texts.
pub(super) fn differing(left: &str, right: &str) -> Differing {
    let (left, right) = (lines(left), lines(right));
    let find =
        |lines: &'_ [Line<'_>], what: &str| lines.iter().find(|(it, _)| it == what).map(|(_, says)| (*says).to_owned());
    let mut found = Differing { same_meaning: true, words: Vec::new() };
    let only_right = right.iter().filter(|(what, _)| find(&left, what).is_none());
    for (what, _) in left.iter().chain(only_right) {
        let (a, b) = (find(&left, what), find(&right, what));
        if a == b {
            continue;
        }
        found.same_meaning &= WITHOUT_MEANING.contains(&what.as_str());
        let (a, b) = apart(a.as_deref().unwrap_or("none"), b.as_deref().unwrap_or("none"));
        found.words.push(escape_text(&format!("{what}: left {a}, right {b}")).into_owned());
    }
    let order = |lines: &[Line<'_>]| lines.iter().map(|(what, _)| what.clone()).collect::<Vec<_>>();
    let (a, b) = (order(&left), order(&right));
    if found.words.is_empty() && a != b {
        found.same_meaning = false;
        found.words.push("the order of fields".to_owned());
    }
    found
}

/// The words in which two texts differ, if they have the same number of words; otherwise both texts.
fn apart(left: &str, right: &str) -> (String, String) {
    let (a, b): (Vec<_>, Vec<_>) = (left.split_whitespace().collect(), right.split_whitespace().collect());
    if a.len() != b.len() {
        return (left.trim().to_owned(), right.trim().to_owned());
    }
    let (a, b): (Vec<_>, Vec<_>) = a.into_iter().zip(b).filter(|(a, b)| a != b).unzip();
    (a.join(" "), b.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "mst-tui contract 1\nname \"a\"\nunicode -\nvalues fields\n\
        key \"id\" i64 trim=false null=refuse\nfield \"the v\" decimal(2) trim=false null=refuse\n";

    #[test]
    fn differences_are_named_and_their_meaning_judged() {
        let against = |from: &str, to: &str| differing(ONE, &ONE.replace(from, to));
        let same =
            |words: &[&str]| Differing { same_meaning: true, words: words.iter().map(|it| (*it).to_owned()).collect() };
        let other = |words: &[&str]| Differing { same_meaning: false, ..same(words) };
        assert_eq!(against("", ""), same(&[]));
        assert_eq!(against("name \"a\"", "name \"b\""), same(&["name: left \"a\", right \"b\""]));
        assert_eq!(against("unicode -", "unicode 16.0.0"), same(&["unicode: left -, right 16.0.0"]));
        assert_eq!(against("values fields", "values blake3"), other(&["values: left fields, right blake3"]));
        assert_eq!(against("decimal(2)", "decimal(0)"), other(&["field the v: left decimal(2), right decimal(0)"]));
        assert_eq!(against("i64 trim=false", "i64 trim=true"), other(&["key id: left trim=false, right trim=true"]));
        let found = against("the v", "w");
        assert!(!found.same_meaning && found.words.len() == 2, "{found:?}");
        let (head, field) = ONE.split_at(ONE.find("field \"").unwrap_or_default());
        let two = format!("{head}field \"w\" u8\n{field}");
        let swapped = format!("{head}{field}field \"w\" u8\n");
        assert_eq!(differing(&two, &swapped), other(&["the order of fields"]));
    }
}
