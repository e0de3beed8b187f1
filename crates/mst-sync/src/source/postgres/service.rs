//! Services: named connections in `~/.pg_service.conf`.

use std::path::{Path, PathBuf};

use crate::source::connection_error::ConnectionError;
use crate::source::environment::Environment;

/// A line of a service: its number from 1, the parameter and its value.
pub(super) type Line = (usize, String, String);

/// The parameters of a service, each with its line, and the file that defines it.
///
/// # Errors
/// No file defines it, or a line cannot be read.
pub(super) fn find(name: &str, env: &Environment) -> Result<(PathBuf, Vec<Line>), ConnectionError> {
    let own = env.path("PGSERVICEFILE").or_else(|| Some(env.home()?.join(".pg_service.conf")));
    let shared = match env.path("PGSYSCONFDIR") {
        Some(folder) => vec![folder],
        None => ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/etc"].map(PathBuf::from).to_vec(),
    };
    let shared = shared.into_iter().map(|folder| folder.join("pg_service.conf"));
    let searched: Vec<PathBuf> = own.into_iter().chain(shared).collect();
    for path in &searched {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                let problem = format!("cannot be read: {error}");
                return Err(ConnectionError::File { setting: "service", path: path.clone(), problem });
            }
        };
        if let Some(found) = section(&text, name, path)? {
            return Ok((path.clone(), found));
        }
    }
    Err(ConnectionError::Service { name: name.to_owned(), searched })
}

fn section(text: &str, name: &str, path: &Path) -> Result<Option<Vec<Line>>, ConnectionError> {
    let mut found: Option<Vec<Line>> = None;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            if found.is_some() {
                break;
            }
            found = (line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) == Some(name)).then(Vec::new);
            continue;
        }
        let Some(found) = &mut found else { continue };
        let wrong = |problem: &str| ConnectionError::Settings {
            path: path.to_owned(),
            line: number,
            problem: problem.to_owned(),
        };
        match line.split_once('=') {
            _ if line.starts_with("ldap") => return Err(wrong("services in LDAP are not supported")),
            Some(("service", _)) => return Err(wrong("a service cannot name another service")),
            Some((name, value)) => found.push((number, name.to_owned(), value.to_owned())),
            None => return Err(wrong("a line of a service is PARAMETER=VALUE")),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::section;
    use std::path::Path;

    #[test]
    fn a_service_is_the_lines_below_its_name() {
        let text = "# c\n[a]\nhost=x\n\n  [b]  \n# c\nhost=y z \nuser=u=v\n[b]\nhost=no\n[c]\nservice=a\n[d]\nhost\n";
        let of = |name| section(text, name, Path::new("f"));
        assert_eq!(of("a").unwrap().unwrap(), [(3, "host".to_owned(), "x".to_owned())]);
        assert_eq!(
            of("b").unwrap().unwrap(),
            [(7, "host".to_owned(), "y z".to_owned()), (8, "user".to_owned(), "u=v".to_owned())]
        );
        assert_eq!(of("e").unwrap(), None);
        assert_eq!(of("c").unwrap_err().to_string(), "f, line 12: a service cannot name another service");
        assert_eq!(of("d").unwrap_err().to_string(), "f, line 14: a line of a service is PARAMETER=VALUE");
    }
}
