//! The section `[client]` of an option file, `~/.my.cnf`.

/// The options of the section, each with its line, in their order. An option without a value has `None`.
pub(super) fn client_options(text: &str) -> Vec<(usize, String, Option<String>)> {
    let mut options = Vec::new();
    let mut in_client = false;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.starts_with('[') {
            in_client = line == "[client]";
            continue;
        }
        if !in_client || line.is_empty() || line.starts_with(['#', ';', '!']) {
            continue;
        }
        options.push(match line.split_once('=') {
            Some((name, text)) => (number, name.trim().to_owned(), Some(value(text.trim()))),
            None => (number, line.to_owned(), None),
        });
    }
    options
}

/// A value without its quotes, its escapes and a comment after it.
fn value(text: &str) -> String {
    if let Some(quote @ ('"' | '\'')) = text.chars().next()
        && let Some(inner) = text.get(1..)
    {
        // A quote ends the value only if nothing but a comment follows, so that a quote within it may stand alone.
        let end = inner.rfind(quote).filter(|end| {
            inner.get(end + 1..).is_some_and(|rest| rest.trim().is_empty() || rest.trim().starts_with('#'))
        });
        if let Some(inner) = end.and_then(|end| inner.get(..end)) {
            return unescaped(inner);
        }
    }
    // A # in a word without quotes begins a comment, as for the clients.
    unescaped(text.split('#').next().unwrap_or_default().trim_end())
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('s') => out.push(' '),
            Some(known @ ('\\' | '"' | '\'')) => out.push(known),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::client_options;

    #[test]
    fn only_the_section_for_clients_counts() {
        let text = "[mysqld]\npassword=no\n[client]\nuser=a\n# c\npassword = \"p#w\"\nssl\n[mysql]\nport=1\n[client]\n\
                    ssl-ca = '/a b' # c\nhost = db # c\nx=a\\sb\\q\n!include y\nz = it's\n";
        let found: Vec<_> = client_options(text)
            .into_iter()
            .map(|(line, name, value)| format!("{line} {name} {}", value.unwrap_or("-".to_owned())))
            .collect();
        let expected =
            ["4 user a", "6 password p#w", "7 ssl -", "11 ssl-ca /a b", "12 host db", "13 x a b\\q", "15 z it's"];
        assert_eq!(found, expected);
        assert!(client_options("[mysqld]\npassword=no\n").is_empty());
    }
}
