//! Passwords in `~/.pgpass`.

use std::path::Path;

/// The password for a connection in a file such as `~/.pgpass`. A file that is not there has none.
pub(super) fn in_file(path: &Path, host: &str, port: u16, database: &str, user: &str) -> Option<String> {
    pgpass(&std::fs::read_to_string(path).ok()?, [host, &port.to_string(), database, user])
}

/// The password in the first line `host:port:database:user:password` that matches, where `*` matches everything.
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

#[cfg(test)]
mod tests {
    #[test]
    fn pgpass_lines_match_by_their_fields() {
        let text = "# mine\ndb:5432:orders:ada:one\n*:*:*:bob:tw\\:o:x\n";
        let of = |host, user| super::pgpass(text, [host, "5432", "orders", user]);
        assert_eq!(of("db", "ada").as_deref(), Some("one"));
        assert_eq!(of("elsewhere", "bob").as_deref(), Some("tw:o:x"));
        assert_eq!(of("elsewhere", "ada"), None);
    }
}
