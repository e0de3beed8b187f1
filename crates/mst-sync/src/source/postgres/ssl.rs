//! What is encrypted and verified, by the rules of libpq.

use std::path::{Path, PathBuf};

use postgres::config::SslNegotiation;

use super::parameters::Parameters;
use crate::source::connection_error::ConnectionError;
use crate::source::environment::Environment;
use crate::source::tls::{Identity, Roots, TlsSettings, Words};

pub(super) const WORDS: Words =
    Words { authority: "sslrootcert", certificate: "sslcert", key: "sslkey", any_name: "sslmode=verify-ca" };

/// How much protection a connection needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

const MODES: [(&str, SslMode); 6] = [
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

impl SslMode {
    /// The mode that was asked for.
    pub(super) fn of(parameters: &Parameters, env: &Environment) -> Result<Self, ConnectionError> {
        let given = parameters.choice("sslmode", &MODES)?;
        if parameters.get("sslrootcert") == Some("system") {
            return match given {
                None | Some(Self::VerifyFull) => Ok(Self::VerifyFull),
                // Anyone can have a certificate from an authority that systems trust, for a name of their own.
                Some(_) => Err(parameters.wrong("sslmode", "sslrootcert=system needs sslmode=verify-full")),
            };
        }
        // The variable of old versions of libpq.
        let is_required = env.text("PGREQUIRESSL")?.is_some_and(|value| value.starts_with('1'));
        Ok(given.unwrap_or(if is_required { Self::Require } else { Self::Prefer }))
    }

    /// The parameter as it is written.
    pub(super) fn setting(self) -> String {
        let word = MODES.iter().find(|(_, mode)| *mode == self).map_or("", |(word, _)| word);
        format!("sslmode={word}")
    }
}

/// How an encrypted connection begins.
pub(super) fn negotiation(parameters: &Parameters, mode: SslMode) -> Result<SslNegotiation, ConnectionError> {
    let ways = [("postgres", SslNegotiation::Postgres), ("direct", SslNegotiation::Direct)];
    match parameters.choice("sslnegotiation", &ways)? {
        Some(SslNegotiation::Direct) if mode < SslMode::Require => {
            Err(parameters.wrong("sslnegotiation", "this needs sslmode=require or more"))
        }
        way => Ok(way.unwrap_or_default()),
    }
}

/// The settings of encrypted connections.
pub(super) fn settings(
    parameters: &Parameters,
    mode: SslMode,
    env: &Environment,
) -> Result<TlsSettings, ConnectionError> {
    let roots = roots(parameters, mode, env)?;
    let revoked = match parameters.get("sslcrl") {
        Some(path) => Some(PathBuf::from(path)),
        None => usual(env, "root.crl"),
    };
    if parameters.get("sslcrl").is_some() && roots == Roots::Unverified {
        return Err(parameters.wrong("sslcrl", "without sslrootcert nothing is verified"));
    }
    Ok(TlsSettings {
        roots,
        checks_name: mode == SslMode::VerifyFull,
        revoked,
        identity: identity(parameters, env)?,
        sends_name: parameters.choice("sslsni", &[("1", true), ("0", false)])?.unwrap_or(true),
        versions: versions(parameters)?,
        protocol: Some(b"postgresql"),
        words: WORDS,
    })
}

/// A file in its usual place, if it is there.
fn usual(env: &Environment, name: &str) -> Option<PathBuf> {
    let path = env.home()?.join(".postgresql").join(name);
    // A file that cannot be looked at is there: it is better refused than ignored.
    (!matches!(path.try_exists(), Ok(false))).then_some(path)
}

/// The authorities. If there are any they are used in every mode, as in libpq.
fn roots(parameters: &Parameters, mode: SslMode, env: &Environment) -> Result<Roots, ConnectionError> {
    match parameters.get("sslrootcert") {
        Some("system") => Ok(Roots::System),
        Some(path) => Ok(Roots::File(PathBuf::from(path))),
        None => match usual(env, "root.crt") {
            Some(path) => Ok(Roots::File(path)),
            None if mode < SslMode::VerifyCa => Ok(Roots::Unverified),
            None => Err(ConnectionError::NoAuthority {
                setting: mode.setting(),
                advice:
                    "set sslrootcert to the file with the authority's certificate (~/.postgresql/root.crt does not \
                         exist), or use sslrootcert=system with sslmode=verify-full for the authorities that this \
                         system trusts"
                        .to_owned(),
            }),
        },
    }
}

fn identity(parameters: &Parameters, env: &Environment) -> Result<Option<Identity>, ConnectionError> {
    if !parameters.choice("sslcertmode", &[("disable", false), ("allow", true)])?.unwrap_or(true) {
        return Ok(None);
    }
    let given = parameters.get("sslcert").map(PathBuf::from);
    let Some(certificate) = given.or_else(|| usual(env, "postgresql.crt")) else {
        return match parameters.get("sslkey") {
            Some(_) => Err(parameters.wrong("sslkey", "a key needs its certificate: set sslcert")),
            None => Ok(None),
        };
    };
    match parameters.get("sslkey").map(PathBuf::from).or_else(|| usual(env, "postgresql.key")) {
        Some(key) => match readable_by_others(&key) {
            Some(problem) => Err(ConnectionError::File { setting: "sslkey", path: key, problem }),
            None => Ok(Some(Identity { certificate, key })),
        },
        None => Err(ConnectionError::File {
            setting: "sslcert",
            path: certificate,
            problem: "has no key: set sslkey (~/.postgresql/postgresql.key does not exist)".to_owned(),
        }),
    }
}

/// Advice for a key that others can read, by the rule of libpq: a key of root may be readable by its group.
#[cfg(unix)]
fn readable_by_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    let forbidden = if file.uid() == 0 { 0o037 } else { 0o077 };
    (file.is_file() && file.mode() & forbidden != 0)
        .then(|| format!("can be read by others (mode {:o}); use chmod 600", file.mode() & 0o777))
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> Option<String> {
    None
}

fn versions(parameters: &Parameters) -> Result<Vec<&'static rustls::SupportedProtocolVersion>, ConnectionError> {
    let names = [("TLSv1", 0), ("TLSv1.1", 1), ("TLSv1.2", 2), ("TLSv1.3", 3)];
    let least = parameters.choice("ssl_min_protocol_version", &names)?.unwrap_or(2);
    let most = parameters.choice("ssl_max_protocol_version", &names)?.unwrap_or(3);
    // Versions before 1.2 are never spoken, also if they are allowed.
    let both = [(2, &rustls::version::TLS12), (3, &rustls::version::TLS13)];
    let versions: Vec<_> =
        both.into_iter().filter(|(number, _)| (least..=most).contains(number)).map(|(_, version)| version).collect();
    if versions.is_empty() {
        return Err(parameters.wrong("ssl_max_protocol_version", "only TLSv1.2 and TLSv1.3 are spoken"));
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::super::plan::Plan;
    use super::SslMode;
    use crate::source::environment::Environment;
    use crate::source::tls::Roots;

    #[test]
    fn the_url_counts_before_the_service_and_the_environment() {
        use SslMode::{Allow, Disable, Prefer, Require, VerifyCa, VerifyFull};
        let home = tempfile::tempdir().unwrap();
        let service = home.path().join(".pg_service.conf");
        std::fs::write(service, "[s]\nsslmode=verify-ca\nsslrootcert=/s\n[t]\nuser=x\n").unwrap();
        let home = home.path().to_str().unwrap();
        for (url, variables, expected) in [
            ("", &[][..], Some((Prefer, Roots::Unverified))),
            ("sslmode=allow", &[], Some((Allow, Roots::Unverified))),
            ("sslmode=disable&sslrootcert=/u", &[("PGSSLMODE", "verify-full")], Some((Disable, Roots::Unverified))),
            ("", &[("PGSSLMODE", "require")], Some((Require, Roots::Unverified))),
            ("", &[("PGREQUIRESSL", "1")], Some((Require, Roots::Unverified))),
            ("", &[("PGREQUIRESSL", "0")], Some((Prefer, Roots::Unverified))),
            ("sslmode=verify-full", &[("PGSSLROOTCERT", "/e")], Some((VerifyFull, Roots::File("/e".into())))),
            ("sslrootcert=/u", &[("PGSSLROOTCERT", "/e")], Some((Prefer, Roots::File("/u".into())))),
            ("service=s", &[("PGSSLMODE", "disable")], Some((VerifyCa, Roots::File("/s".into())))),
            ("service=s&sslmode=verify-full", &[], Some((VerifyFull, Roots::File("/s".into())))),
            ("", &[("PGSERVICE", "s"), ("PGSSLROOTCERT", "/e")], Some((VerifyCa, Roots::File("/s".into())))),
            ("service=t", &[("PGSERVICE", "s"), ("PGSSLMODE", "allow")], Some((Allow, Roots::Unverified))),
            ("sslrootcert=system", &[], Some((VerifyFull, Roots::System))),
            ("", &[("PGSSLROOTCERT", "system")], Some((VerifyFull, Roots::System))),
            ("sslrootcert=system", &[("PGSSLMODE", "verify-full")], Some((VerifyFull, Roots::System))),
            // Less than what is asked for is refused.
            ("sslrootcert=system", &[("PGSSLMODE", "require")], None),
            ("sslmode=verify-ca", &[], None),
            ("sslmode=verify-full", &[], None),
            ("sslmode=VERIFY-FULL", &[], None),
            ("sslmode=", &[("PGSSLMODE", "verify-full")], None),
            ("sslcrl=/c", &[], None),
            ("sslcertmode=require", &[], None),
            ("sslkey=/k", &[], None),
            ("ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2", &[], None),
            ("ssl_max_protocol_version=TLSv1.1", &[], None),
            ("sslnegotiation=direct&sslmode=prefer", &[], None),
            ("", &[("PGSSLCRLDIR", "/c")], None),
        ] {
            let variables: Vec<_> = [("HOME", home)].into_iter().chain(variables.iter().copied()).collect();
            let found = Plan::of(&format!("postgres://ada@db.example/x?{url}"), &Environment::of(&variables));
            let mode = found.as_ref().ok().map(|plan| {
                let roots = plan.tls.as_ref().map_or(Roots::Unverified, |tls| tls.roots.clone());
                assert_eq!(plan.tls.is_some(), plan.mode != Disable);
                assert_eq!(plan.tls.as_ref().is_some_and(|tls| tls.checks_name), plan.mode == VerifyFull);
                (plan.mode, roots)
            });
            assert_eq!(mode, expected, "{url}, {variables:?}: {found:?}");
        }
    }
}
