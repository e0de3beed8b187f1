//! Passwords from the usual places.

use std::path::PathBuf;

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

/// A password for PostgreSQL: from PGPASSWORD, or from the file PGPASSFILE or `~/.pgpass`.
#[cfg(feature = "postgres")]
pub(super) fn postgres(host: &str, port: u16, database: &str, user: &str) -> Option<String> {
    let from_file = || {
        let path = std::env::var_os("PGPASSFILE").map(PathBuf::from).or_else(|| Some(home()?.join(".pgpass")))?;
        pgpass(&std::fs::read_to_string(path).ok()?, [host, &port.to_string(), database, user])
    };
    std::env::var("PGPASSWORD").ok().or_else(from_file)
}

/// The password in the first line `host:port:database:user:password` that matches, where `*` matches everything.
#[cfg(feature = "postgres")]
fn pgpass(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut fields = vec![String::new()];
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            match (c, fields.len()) {
                ('\\', _) => fields.last_mut()?.extend(chars.next()),
                (':', 1..5) => fields.push(String::new()),
                (c, _) => fields.last_mut()?.push(c),
            }
        }
        let password = fields.get(4)?.clone();
        let fits = fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
        fits.then_some(password)
    })
}

/// A password for MySQL: from MYSQL_PWD, or from the section `[client]` of `~/.my.cnf`.
#[cfg(feature = "mysql")]
pub(super) fn mysql() -> Option<String> {
    let from_file = || my_cnf(&std::fs::read_to_string(home()?.join(".my.cnf")).ok()?);
    std::env::var("MYSQL_PWD").ok().or_else(from_file)
}

#[cfg(feature = "mysql")]
fn my_cnf(text: &str) -> Option<String> {
    let mut in_client = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_client = line == "[client]";
        } else if let Some((name, value)) = line.split_once('=').filter(|_| in_client)
            && name.trim() == "password"
        {
            let value = value.trim();
            let bare = value.strip_prefix(['"', '\'']).and_then(|value| value.strip_suffix(['"', '\'']));
            return Some(bare.unwrap_or(value).to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "postgres")]
    #[test]
    fn pgpass_lines_match_by_their_fields() {
        let text = "# mine\ndb:5432:orders:ada:one\n*:*:*:bob:tw\\:o:x\n";
        let of = |host, user| super::pgpass(text, [host, "5432", "orders", user]);
        assert_eq!(of("db", "ada").as_deref(), Some("one"));
        assert_eq!(of("elsewhere", "bob").as_deref(), Some("tw:o:x"));
        assert_eq!(of("elsewhere", "ada"), None);
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn my_cnf_has_a_section_for_clients() {
        assert_eq!(
            super::my_cnf("[mysqld]\npassword=no\n[client]\nuser=a\npassword = \"p#w\"\n").as_deref(),
            Some("p#w")
        );
        assert_eq!(super::my_cnf("[mysqld]\npassword=no\n"), None);
    }
}
