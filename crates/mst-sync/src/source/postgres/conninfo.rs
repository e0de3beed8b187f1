//! The two spellings of a connection: a URL, and `host=db user=ada`.

use std::iter::Peekable;
use std::str::Chars;

use crate::source::connection_error::ConnectionError;
use crate::source::percent::decoded;

/// The parameters in the order in which they are written.
pub(super) type Pairs = Vec<(String, String)>;

/// Reads a URL, or words such as `host=db user=ada`.
///
/// # Errors
/// The text is neither. A message never repeats a value, since it may be a password.
pub(super) fn parse(text: &str) -> Result<Pairs, ConnectionError> {
    match text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")) {
        Some(rest) => url(rest),
        None => words(text),
    }
}

fn wrong(message: &str) -> ConnectionError {
    ConnectionError::Url(message.to_owned())
}

const SHAPE: &str = "not a URL such as postgres://user@host:5432/database?sslmode=verify-full";

fn url(rest: &str) -> Result<Pairs, ConnectionError> {
    let text =
        |part: &str| decoded(part).ok_or_else(|| wrong("a percent sign in the URL is not followed by two digits"));
    let mut pairs = Pairs::new();
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    // A slash in a user or password must be written as %2F.
    let (authority, database) = rest.split_once('/').map_or((rest, ""), |(authority, database)| (authority, database));
    let hosts = match authority.rsplit_once('@') {
        Some((login, hosts)) => {
            let (user, password) = login.split_once(':').map_or((login, ""), |(user, password)| (user, password));
            pairs.push(("user".to_owned(), text(user)?));
            pairs.push(("password".to_owned(), text(password)?));
            hosts
        }
        None => authority,
    };
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = match host.strip_prefix('[') {
            Some(rest) => {
                let (name, port) = rest.split_once(']').ok_or_else(|| wrong("a [ in the URL has no ]"))?;
                if !port.is_empty() && !port.starts_with(':') {
                    return Err(wrong(SHAPE));
                }
                (name, port.strip_prefix(':').unwrap_or_default())
            }
            None => host.split_once(':').unwrap_or((host, "")),
        };
        names.push(text(name)?);
        ports.push(text(port)?);
    }
    pairs.push(("host".to_owned(), names.join(",")));
    if ports.iter().any(|port| !port.is_empty()) {
        pairs.push(("port".to_owned(), ports.join(",")));
    }
    pairs.push(("dbname".to_owned(), text(database)?));
    // Without a value, what is in the environment counts.
    pairs.retain(|(_, value)| value.chars().any(|c| c != ','));
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| wrong("a parameter in the URL has no value"))?;
        match (text(name)?.as_str(), text(value)?) {
            // As in URLs for Java.
            ("ssl", value) if value == "true" => pairs.push(("sslmode".to_owned(), "require".to_owned())),
            (name, value) => pairs.push((name.to_owned(), value)),
        }
    }
    Ok(pairs)
}

fn words(text: &str) -> Result<Pairs, ConnectionError> {
    let mut pairs = Pairs::new();
    let mut chars = text.chars().peekable();
    loop {
        skip_blanks(&mut chars);
        if chars.peek().is_none() {
            return Ok(pairs);
        }
        let mut name = String::new();
        while let Some(c) = chars.next_if(|c| !c.is_whitespace() && *c != '=') {
            name.push(c);
        }
        skip_blanks(&mut chars);
        if chars.next() != Some('=') {
            return Err(wrong(SHAPE));
        }
        skip_blanks(&mut chars);
        let is_quoted = chars.next_if_eq(&'\'').is_some();
        let mut value = String::new();
        loop {
            match chars.next() {
                Some('\\') => value.extend(chars.next()),
                Some('\'') if is_quoted => break,
                Some(c) if !is_quoted && c.is_whitespace() => break,
                Some(c) => value.push(c),
                None if is_quoted => return Err(wrong("a value in quotes has no end")),
                None => break,
            }
        }
        pairs.push((name, value));
    }
}

fn skip_blanks(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| c.is_whitespace()).is_some() {}
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn urls_and_words_have_the_same_parts() {
        for (text, expected) in [
            ("postgres://", ""),
            ("postgresql://db", "host=db"),
            ("postgres:///", ""),
            ("postgres:///orders?host=/run/postgresql", "dbname=orders host=/run/postgresql"),
            ("postgres://ada@db:5433/orders", "user=ada host=db port=5433 dbname=orders"),
            ("postgres://a%40b:p%3Aw@db", "user=a@b password=p:w host=db"),
            ("postgres://a@x:1,[::1]:2,z/o", "user=a host=x,::1,z port=1,2, dbname=o"),
            ("postgres://%2Frun%2Fpg/o", "host=/run/pg dbname=o"),
            (
                "postgres://db/o?sslmode=verify-full&sslrootcert=a%20b",
                "host=db dbname=o sslmode=verify-full sslrootcert=a b",
            ),
            ("postgres://db/o?ssl=true", "host=db dbname=o sslmode=require"),
            ("postgres://db/o?ssl=false", "host=db dbname=o ssl=false"),
            ("host=db  user = ada password='a \\'b\\\\' port=1", "host=db user=ada password=a 'b\\ port=1"),
            ("service=x", "service=x"),
        ] {
            let pairs = parse(text).unwrap();
            let found: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
        for text in
            ["postgres://[::1", "postgres://[::1]x", "postgres://a%4", "postgres://db?x", "db", "a='b", "mysql://db"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
