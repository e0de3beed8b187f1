//! Connecting to the first server that answers, encrypted as it was asked for.

use postgres::config::SslMode as DriverMode;
use postgres::{Client, NoTls};

use super::plan::{Plan, Target};
use super::ssl::{SslMode, WORDS};
use super::stream::PostgresTls;
use super::{database, message};
use crate::source::connection_error::ConnectionError;
use crate::source::sql::name;
use crate::source::tls::{TlsClient, problem};
use crate::source::{Select, SourceError};

/// Why one attempt failed.
enum Failure {
    /// The server, or the way to it.
    Server(postgres::Error),
    /// What was asked for cannot be had.
    Connection(ConnectionError),
}

impl Failure {
    fn of(error: postgres::Error, target: &Target) -> Self {
        match problem(&error, &target.host, WORDS) {
            Some(problem) => Self::Connection(ConnectionError::Tls(problem)),
            None => Self::Server(error),
        }
    }

    /// Whether the server refused this user, perhaps because of the encryption.
    fn is_refusal(&self) -> bool {
        matches!(self, Self::Server(error) if error.code().is_some_and(|code| code.code().starts_with("28")))
    }

    /// Whether another server may be tried: this one could not be reached, or is not the one that is looked for.
    fn allows_next_server(&self) -> bool {
        const CANNOT_CONNECT_NOW: &str = "57P03";
        match self {
            Self::Server(error) => error.code().is_none_or(|code| code.code() == CANNOT_CONNECT_NOW),
            Self::Connection(_) => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Server(error) => message(error),
            Self::Connection(error) => error.to_string(),
        }
    }
}

impl Plan {
    /// Connects, and gives the server's name in messages.
    ///
    /// # Errors
    /// No server can be reached, or the first that answers refuses or cannot be trusted.
    pub(super) fn connect(&self, select: &Select) -> Result<(Client, String), SourceError> {
        let mut failed = None;
        for target in &self.targets {
            let name = name(&self.address(target), select);
            match self.connect_to(target) {
                Ok(client) => return Ok((client, name)),
                Err(failure) => {
                    let is_last = !failure.allows_next_server();
                    failed = Some((name, failure));
                    if is_last {
                        break;
                    }
                }
            }
        }
        Err(match failed {
            Some((name, Failure::Server(error))) => database(&name, &error),
            Some((name, Failure::Connection(error))) => SourceError::Connection { name, error: error.into() },
            None => SourceError::Connection {
                name: "postgres".to_owned(),
                error: ConnectionError::Url("the URL names no server".to_owned()).into(),
            },
        })
    }

    /// The name of a server and the database in messages.
    fn address(&self, target: &Target) -> String {
        format!("postgres {}:{}/{}", target.host, target.port, self.database)
    }

    /// One server, with the attempts that libpq makes in each mode.
    fn connect_to(&self, target: &Target) -> Result<Client, Failure> {
        if target.is_socket() {
            return self.plain(target);
        }
        match self.mode {
            SslMode::Disable => self.plain(target),
            SslMode::Allow => self.plain(target).or_else(|first| match first.is_refusal() {
                true => self.encrypted(target, DriverMode::Require).map_err(|(second, _)| both(first, second)),
                false => Err(first),
            }),
            SslMode::Prefer => self.encrypted(target, DriverMode::Prefer).or_else(|(first, is_encrypted)| {
                let is_tls = matches!(&first, Failure::Connection(ConnectionError::Tls(_)));
                match is_tls || (is_encrypted && first.is_refusal()) {
                    true => self.plain(target).map_err(|second| both(second, first)),
                    false => Err(first),
                }
            }),
            // These never fall back to anything.
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                self.encrypted(target, DriverMode::Require).map_err(|(failure, _)| failure)
            }
        }
    }

    fn plain(&self, target: &Target) -> Result<Client, Failure> {
        let mut config = self.config(target);
        config.ssl_mode(DriverMode::Disable).ssl_negotiation(postgres::config::SslNegotiation::Postgres);
        config.connect(NoTls).map_err(|error| Failure::of(error, target))
    }

    /// An encrypted connection; in the mode `Prefer` one that is not encrypted if the server cannot do it. An error
    /// comes with whether the connection was encrypted.
    fn encrypted(&self, target: &Target, mode: DriverMode) -> Result<Client, (Failure, bool)> {
        let failure = |error| (Failure::Connection(error), false);
        let Some(settings) = &self.tls else {
            return Err(failure(ConnectionError::NotEncrypted { setting: self.mode.setting() }));
        };
        let tls = TlsClient::new(settings, &target.host).map_err(failure)?;
        let mut config = self.config(target);
        config.ssl_mode(mode);
        config.connect(PostgresTls::new(tls.clone())).map_err(|error| {
            let is_encrypted = tls.has_succeeded();
            // The driver has no other word for it.
            let text = error.to_string();
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            if text.contains(NO_TLS) || source.contains(NO_TLS) {
                return failure(ConnectionError::NotEncrypted { setting: self.mode.setting() });
            }
            (Failure::of(error, target), is_encrypted)
        })
    }
}

const NO_TLS: &str = "server does not support TLS";

/// The reason for which both attempts failed: that of the connection without encryption, then the other.
fn both(plain: Failure, encrypted: Failure) -> Failure {
    let (first, second) = (plain.text(), encrypted.text());
    if first == second {
        return plain;
    }
    Failure::Connection(ConnectionError::Both { plain: first, encrypted: second })
}
