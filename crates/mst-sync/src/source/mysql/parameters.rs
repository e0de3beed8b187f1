//! The parameters of a connection to MySQL or MariaDB, under the names of their clients, from the URL and `~/.my.cnf`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::option_file::client_options;
use crate::source::connection_error::{ConnectionError, Origin};
use crate::source::environment::Environment;
use crate::source::percent::decoded;

/// The parameters that have an effect, besides user, password, host, port and database.
const KNOWN: [&str; 11] = [
    "socket",
    "connect-timeout",
    "ssl-mode",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-crl",
    "tls-version",
    // The words of MariaDB for `ssl-mode`.
    "ssl",
    "skip-ssl",
    "ssl-verify-server-cert",
];

/// Parameters of the clients that are not supported, and what to do instead.
const UNSUPPORTED: [(&str, &str); 6] = [
    ("ssl-capath", "use ssl-ca with one file"),
    ("ssl-crlpath", "use ssl-crl with one file"),
    ("ssl-cipher", "only ciphers that count as secure are used; restrict the versions with tls-version"),
    ("tls-ciphersuites", "only ciphers that count as secure are used; restrict the versions with tls-version"),
    ("ssl-fips-mode", "the encryption is not certified"),
    ("password", "use the environment variable MYSQL_PWD, or [client] in ~/.my.cnf"),
];

/// The parameters of one place, and where each of them is. A parameter without a value has `None`.
pub(super) type Place = BTreeMap<String, (Origin, Option<String>)>;

/// The parts of a URL.
#[derive(Debug, Default)]
pub(super) struct Url {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) database: Option<String>,
    pub(super) parameters: Place,
}

impl Url {
    /// Reads a URL.
    ///
    /// # Errors
    /// It is none, or one of its parameters is unknown, not supported or given twice. A message never repeats the login.
    pub(super) fn parse(url: &str) -> Result<Self, ConnectionError> {
        let wrong = || ConnectionError::Url("not a URL such as mysql://user@host:3306/database".to_owned());
        let text = |part: &str| match part {
            "" => Ok(None),
            part => decoded(part).map(Some).ok_or_else(wrong),
        };
        let rest = url.strip_prefix("mysql://").ok_or_else(wrong)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, server) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (host, port) = match server.strip_prefix('[') {
            Some(server) => {
                let (host, port) = server.split_once(']').ok_or_else(wrong)?;
                (host, if port.is_empty() { "" } else { port.strip_prefix(':').ok_or_else(wrong)? })
            }
            None => server.split_once(':').unwrap_or((server, "")),
        };
        let port = match port {
            "" => None,
            port => Some(port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?),
        };
        let mut parameters = Place::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match pair.split_once('=') {
                Some((name, value)) => (name, Some(text(value)?.unwrap_or_default())),
                None => (pair, None),
            };
            let name = canonical(&text(name)?.unwrap_or_default());
            if !KNOWN.contains(&name.as_str()) {
                return Err(refused(name, Origin::Url));
            }
            if parameters.insert(name.clone(), (Origin::Url, value)).is_some() {
                return Err(ConnectionError::Twice { origin: Origin::Url, name });
            }
        }
        let database = text(database.split('/').next().unwrap_or_default())?;
        Ok(Self { user: text(user)?, password: text(password)?, host: text(host)?, port, database, parameters })
    }
}

/// Options may be written with `_` instead of `-`.
fn canonical(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace('_', "-")
}

fn refused(name: String, origin: Origin) -> ConnectionError {
    match UNSUPPORTED.iter().find(|(known, _)| *known == name) {
        Some((_, why)) => ConnectionError::Unsupported { origin, name, why },
        None => ConnectionError::UnknownParameter { origin, name, known: KNOWN.join(", ") },
    }
}

/// The options for clients in `~/.my.cnf`. A file that is not there has none.
///
/// # Errors
/// An option about encryption is unknown or not supported. Other options that are unknown are for other programs.
pub(super) fn option_file(env: &Environment) -> Result<Place, ConnectionError> {
    let Some(path) = env.home().map(|home| home.join(".my.cnf")) else { return Ok(Place::new()) };
    match std::fs::read_to_string(&path) {
        Ok(text) => options(&text, &path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Place::new()),
        Err(error) => {
            let problem = format!("cannot be read: {error}");
            Err(ConnectionError::File { setting: "[client]", path, problem })
        }
    }
}

fn options(text: &str, path: &Path) -> Result<Place, ConnectionError> {
    const LOGIN: [&str; 5] = ["user", "password", "host", "port", "database"];
    let mut place = Place::new();
    for (line, name, value) in client_options(text) {
        let name = canonical(&name);
        let origin = || Origin::File(path.to_owned(), line);
        let (name, is_optional) = match name.strip_prefix("loose-") {
            Some(name) => (name.to_owned(), true),
            None => (name, false),
        };
        let name = if name == "disable-ssl" { "skip-ssl".to_owned() } else { name };
        if KNOWN.contains(&name.as_str()) || LOGIN.contains(&name.as_str()) {
            // As for the clients, the last one counts.
            place.insert(name, (origin(), value));
        } else if !is_optional
            && ["ssl", "tls", "skip-ssl", "disable-ssl", "enable-ssl"].iter().any(|word| name.starts_with(word))
        {
            return Err(refused(name, origin()));
        }
    }
    Ok(place)
}

/// The text of a parameter, if it has one.
pub(super) fn text<'a>(place: &'a Place, name: &str) -> Option<&'a str> {
    place.get(name).and_then(|(_, value)| value.as_deref()).filter(|value| !value.is_empty())
}

/// The path that a parameter has in the first of the places where it is given.
pub(super) fn path(places: [&Place; 2], name: &str) -> Option<PathBuf> {
    places.iter().find_map(|place| text(place, name)).map(PathBuf::from)
}

/// The error for a parameter of a place with a value that makes no sense.
pub(super) fn wrong(place: &Place, name: &str, expected: &str) -> ConnectionError {
    let (origin, value) = place.get(name).cloned().unwrap_or((Origin::Url, None));
    ConnectionError::Value {
        origin,
        name: name.to_owned(),
        value: value.unwrap_or_default(),
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Url, options};
    use std::path::Path;

    #[test]
    fn urls_have_parts() {
        let none = |text: Option<String>| text.unwrap_or("-".to_owned());
        for (text, expected) in [
            ("mysql://", "- - - - -"),
            ("mysql:///shop", "- - - - shop"),
            ("mysql://ada@db:3307/shop", "ada - db 3307 shop"),
            ("mysql://a%40b:p%3Aw@[::1]:1/", "a@b p:w ::1 1 -"),
            ("mysql://[::1]/s?socket=%2Frun%2Fx&ssl_mode=required", "- - ::1 - s"),
        ] {
            let url = Url::parse(text).unwrap();
            let port = url.port.map(|port| port.to_string());
            let found = [url.user, url.password, url.host, port, url.database].map(none).join(" ");
            assert_eq!(found, expected, "{text}");
        }
        for text in
            ["", "postgres://x", "mysql://a:x", "mysql://[::1", "mysql://[::1]x", "mysql://%4/x", "mysql://a:0/x"]
        {
            let error = Url::parse(text).unwrap_err().to_string();
            assert_eq!(error, "not a URL such as mysql://user@host:3306/database", "{text}");
        }
    }

    #[test]
    fn parameters_that_are_not_known_are_refused_by_name() {
        for (query, expected) in [
            (
                "sslmode=require",
                "unknown parameter sslmode in the URL; the parameters are socket, connect-timeout, ssl-mode,",
            ),
            ("ssl-modes=x", "unknown parameter ssl-modes in the URL"),
            ("secure_auth=false", "unknown parameter secure-auth in the URL"),
            ("require_ssl=true", "unknown parameter require-ssl in the URL"),
            ("ssl_capath=/x", "ssl-capath in the URL is not supported: use ssl-ca with one file"),
            ("password=geheim", "password in the URL is not supported: use the environment variable MYSQL_PWD"),
            ("ssl-mode=REQUIRED&ssl_mode=DISABLED", "ssl-mode is given twice in the URL"),
        ] {
            let error = Url::parse(&format!("mysql://db/x?{query}")).unwrap_err().to_string();
            assert!(error.starts_with(expected) && !error.contains("geheim"), "{query}: {error}");
        }
    }

    #[test]
    fn a_file_for_all_clients_may_have_other_options_but_none_about_encryption() {
        let of = |text: &str| options(&format!("[client]\n{text}\n"), Path::new("f"));
        for text in ["default-character-set=latin1", "loose-ssl-magic=1", "pager=less", "ssl_ca=x", "loose-ssl-mode=x"]
        {
            assert!(of(text).is_ok(), "{text}");
        }
        for (text, expected) in [
            ("ssl-capath=/x", "ssl-capath in f, line 2 is not supported"),
            ("tls_ciphersuites=x", "tls-ciphersuites in f, line 2 is not supported"),
            ("ssl-magic", "unknown parameter ssl-magic in f, line 2"),
            ("skip-ssl-verify-server-cert", "unknown parameter skip-ssl-verify-server-cert in f, line 2"),
        ] {
            let error = of(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
