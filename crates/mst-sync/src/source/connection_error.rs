//! Why a connection to a database cannot be made as it was asked for.

use std::fmt;
use std::path::PathBuf;

use mst_types::{escape_path, escape_text};

/// Where a parameter of a connection was given.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Origin {
    /// In the URL.
    Url,
    /// In an environment variable.
    Variable(String),
    /// In a file of settings, on a line counted from 1.
    File(PathBuf, usize),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => f.write_str("in the URL"),
            Self::Variable(name) => write!(f, "in the environment variable {}", escape_text(name)),
            Self::File(path, line) => write!(f, "in {}, line {line}", escape_path(path)),
        }
    }
}

/// Why a connection cannot be made as it was asked for. It is never made with less.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// A parameter that does not exist.
    #[error("unknown parameter {} {origin}; the parameters are {known}", escape_text(name))]
    UnknownParameter {
        /// Where it is.
        origin: Origin,
        /// Its name.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A parameter that has a meaning elsewhere, but not here.
    #[error("{} {origin} is not supported: {why}", escape_text(name))]
    Unsupported {
        /// Where it is.
        origin: Origin,
        /// Its name.
        name: String,
        /// The reason, and what to do instead.
        why: &'static str,
    },
    /// A parameter that is given twice.
    #[error("{} is given twice {origin}", escape_text(name))]
    Twice {
        /// Where it is.
        origin: Origin,
        /// Its name.
        name: String,
    },
    /// The value of a parameter makes no sense.
    #[error("{}={} {origin}: {}", escape_text(name), escape_text(value), escape_text(expected))]
    Value {
        /// Where it is.
        origin: Origin,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
        /// The form that is allowed.
        expected: String,
    },
    /// The URL cannot be read. The message does not repeat it, since it may contain a password.
    #[error("{0}")]
    Url(String),
    /// A file of settings cannot be read.
    #[error("{}, line {line}: {}", escape_path(path), escape_text(problem))]
    Settings {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The fault there.
        problem: String,
    },
    /// A service has no definition.
    #[error("the service \"{}\" is in none of these files: {}", escape_text(name), paths(searched))]
    Service {
        /// Its name.
        name: String,
        /// The files that were searched.
        searched: Vec<PathBuf>,
    },
    /// A file that a parameter names, or that is in its usual place, cannot be used.
    #[error("{setting}: the file {} {}", escape_path(path), escape_text(problem))]
    File {
        /// The parameter.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Its fault.
        problem: String,
    },
    /// The server must be verified, but no authority is known.
    #[error("{setting} verifies the server's certificate, but no authority is given: {}", escape_text(advice))]
    NoAuthority {
        /// The parameter that asks for it.
        setting: String,
        /// The setting to change.
        advice: String,
    },
    /// The system has no list of authorities.
    #[error(
        "no certificate of an authority was found on this system: install its package (ca-certificates), or set \
         {setting} to a file with the authority's certificate"
    )]
    NoSystemRoots {
        /// The parameter for a file.
        setting: &'static str,
    },
    /// The server's name must be verified, but there is none.
    #[error("\"{}\" is not a host name that a certificate could be verified for", escape_text(host))]
    NoHostName {
        /// The value that is there instead.
        host: String,
    },
    /// The server does not encrypt connections.
    #[error("the server does not support TLS, which {} requires; enable TLS on the server", escape_text(setting))]
    NotEncrypted {
        /// The parameter and its value.
        setting: String,
    },
    /// The encrypted connection was refused, by either side.
    #[error("{0}")]
    Tls(TlsProblem),
    /// The mode allows connections with and without encryption, and neither could be made.
    #[error("without encryption: {}; encrypted: {}", escape_text(plain), escape_text(encrypted))]
    Both {
        /// The error without encryption.
        plain: String,
        /// The error with encryption.
        encrypted: String,
    },
}

fn paths(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| escape_path(path)).collect::<Vec<_>>().join(", ")
}

/// Why an encrypted connection was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsProblem {
    /// The certificate of the server is not signed by an authority that is trusted.
    #[error(
        "the server's certificate is not signed by an authority that is trusted here: set {setting} to the file with the \
         certificate of the authority that signed it"
    )]
    UnknownIssuer {
        /// The parameter for the file with the authorities.
        setting: &'static str,
    },
    /// The certificate of the server is for other names.
    #[error(
        "the server's certificate is not for the host {}, but {}: connect to a name that it is for, or set {setting}, \
         which accepts any name that the authority signed",
        escape_text(host),
        names(presented)
    )]
    OtherName {
        /// The host that was asked for.
        host: String,
        /// The names in the certificate.
        presented: Vec<String>,
        /// The setting that accepts any name.
        setting: &'static str,
    },
    /// The certificate of the server has expired.
    #[error("the server's certificate has expired{}: it must be renewed on the server, or this clock is wrong", on(at))]
    Expired {
        /// When, if it is known.
        at: Option<String>,
    },
    /// The certificate of the server is not valid yet.
    #[error("the server's certificate is not valid yet{}: this clock may be wrong", on(at))]
    NotYet {
        /// From when it is, if it is known.
        at: Option<String>,
    },
    /// The certificate of the server was revoked.
    #[error("the server's certificate has been revoked by its authority")]
    Revoked,
    /// The server asks for a certificate of the client.
    #[error("the server asks for a certificate of the client: set {certificate} and {key}")]
    ClientCertificateRequired {
        /// The parameter for its file.
        certificate: &'static str,
        /// The parameter for the file of its key.
        key: &'static str,
    },
    /// The server does not accept the certificate of the client.
    #[error(
        "the server does not accept the certificate of the client ({alert}): check {certificate} and the authorities \
         that the server trusts"
    )]
    ClientCertificateRefused {
        /// The parameter for its file.
        certificate: &'static str,
        /// The word of the protocol.
        alert: String,
    },
    /// Anything else, in the words of the library.
    #[error("the encrypted connection failed: {}", escape_text(.0))]
    Other(String),
}

fn on(at: &Option<String>) -> String {
    at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default()
}

fn names(names: &[String]) -> String {
    match names {
        [] => "names no host as subjectAltName (names elsewhere in a certificate do not count)".to_owned(),
        names => format!("for {}", names.iter().map(|name| escape_text(name)).collect::<Vec<_>>().join(", ")),
    }
}
