//! The server, and what it is told.

use std::time::Duration;

use mysql::{Conn, OptsBuilder};

use super::parameters::{Place, Url, option_file, path, text, wrong};
use super::ssl::{self, SslMode, WORDS};
use super::tunnel::{Opened, Tunnel};
use crate::source::connection_error::ConnectionError;
use crate::source::environment::{Environment, system_user};
use crate::source::tls::{TlsClient, TlsSettings, problem};

/// The way to a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Endpoint {
    Tcp(String, u16),
    Socket(String),
}

impl Endpoint {
    /// The name that the server's certificate must be for.
    fn host(&self) -> &str {
        match self {
            Self::Tcp(host, _) => host,
            Self::Socket(_) => "localhost",
        }
    }
}

/// Everything that is needed for a connection.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) endpoint: Endpoint,
    pub(super) mode: SslMode,
    /// The settings of the encrypted connection, unless there is none.
    pub(super) tls: Option<TlsSettings>,
    timeout: Option<Duration>,
    user: Option<String>,
    password: Option<String>,
    database: Option<String>,
}

/// Why there is no connection.
pub(super) enum Failure {
    Server(mysql::Error),
    Connection(ConnectionError),
}

impl From<mysql::Error> for Failure {
    fn from(error: mysql::Error) -> Self {
        Self::Server(error)
    }
}

impl Plan {
    /// The plan for a URL in an environment.
    ///
    /// # Errors
    /// A parameter cannot be fulfilled.
    pub(super) fn of(url: &str, env: &Environment) -> Result<Self, ConnectionError> {
        let url = Url::parse(url)?;
        let file = option_file(env)?;
        let endpoint = endpoint(&url, &file)?;
        let mode = SslMode::of(&url.parameters, &file)?;
        // Nobody else listens on a socket: only what is asked for is encrypted.
        let is_encrypted = match endpoint {
            Endpoint::Tcp(..) => mode > SslMode::Disabled,
            Endpoint::Socket(_) => mode > SslMode::Preferred,
        };
        let tls = is_encrypted.then(|| ssl::settings(mode, &url.parameters, &file)).transpose()?;
        let password = match url.password {
            Some(password) => Some(password),
            None => env.text("MYSQL_PWD")?.or_else(|| text(&file, "password").map(str::to_owned)),
        };
        let from_file = |name| text(&file, name).map(str::to_owned);
        let timeout = match [&url.parameters, &file].into_iter().find(|place| text(place, "connect-timeout").is_some())
        {
            None => None,
            Some(place) => match text(place, "connect-timeout").unwrap_or_default().parse() {
                Ok(0) => None,
                Ok(seconds) => Some(Duration::from_secs(seconds)),
                Err(_) => return Err(wrong(place, "connect-timeout", "this is not a number of seconds")),
            },
        };
        Ok(Self {
            endpoint,
            mode,
            tls,
            timeout,
            user: url.user.or_else(|| from_file("user")).or_else(system_user),
            password,
            database: url.database.or_else(|| from_file("database")),
        })
    }

    /// The name of the server and the database in messages.
    pub(super) fn address(&self) -> String {
        let database = self.database.as_deref().unwrap_or_default();
        match &self.endpoint {
            Endpoint::Tcp(host, port) => format!("mysql {host}:{port}/{database}"),
            Endpoint::Socket(path) => format!("mysql {path}/{database}"),
        }
    }

    /// Connects. An encrypted connection goes through the tunnel, which must live as long.
    ///
    /// # Errors
    /// The server cannot be reached, refuses, or cannot be trusted.
    pub(super) fn connect(&self) -> Result<(Conn, Option<Tunnel>), Failure> {
        let options = OptsBuilder::new()
            .user(self.user.clone())
            .pass(self.password.clone())
            .db_name(self.database.clone())
            .tcp_connect_timeout(self.timeout)
            // The way to the server is the one that was asked for.
            .prefer_socket(false);
        let plain = || match &self.endpoint {
            Endpoint::Tcp(host, port) => options.clone().ip_or_hostname(Some(host)).tcp_port(*port),
            Endpoint::Socket(path) => options.clone().socket(Some(path)),
        };
        let Some(settings) = &self.tls else { return Ok((Conn::new(plain())?, None)) };
        let host = self.endpoint.host();
        let client = TlsClient::new(settings, host).map_err(Failure::Connection)?;
        match Tunnel::open(&self.endpoint, client, self.timeout).map_err(mysql::Error::IoError)? {
            Opened::NotEncrypted if self.mode == SslMode::Preferred => Ok((Conn::new(plain())?, None)),
            Opened::NotEncrypted => {
                Err(Failure::Connection(ConnectionError::NotEncrypted { setting: self.mode.setting() }))
            }
            Opened::Tunnel(mut tunnel) => {
                let connection = Conn::new(options.socket(Some(tunnel.path())));
                let failure = tunnel.opened(connection.is_err());
                match (connection, failure) {
                    (Ok(connection), _) => Ok((connection, Some(tunnel))),
                    // The server's own word says more than that the connection has ended.
                    (Err(error @ mysql::Error::MySqlError(_)), _) | (Err(error), None) => Err(error.into()),
                    (Err(_), Some(error)) => Err(match problem(&error, host, WORDS) {
                        Some(problem) => Failure::Connection(ConnectionError::Tls(problem)),
                        None => Failure::Server(mysql::Error::IoError(error)),
                    }),
                }
            }
        }
    }
}

/// The server: of the URL, or of the file if the URL names none.
fn endpoint(url: &Url, file: &Place) -> Result<Endpoint, ConnectionError> {
    let empty = Place::new();
    // What the file says of a server is about that server only.
    let file = if url.host.is_none() { file } else { &empty };
    let host = url.host.clone().or_else(|| text(file, "host").map(str::to_owned));
    let is_local = host.as_deref().is_none_or(|host| host == "localhost");
    if let Some(socket) = text(&url.parameters, "socket") {
        return match is_local {
            true => Ok(Endpoint::Socket(socket.to_owned())),
            false => Err(wrong(
                &url.parameters,
                "socket",
                "a socket is on this machine; leave out the host, or use localhost",
            )),
        };
    }
    if let Some(socket) = path([file, file], "socket").filter(|_| is_local && url.port.is_none()) {
        return Ok(Endpoint::Socket(socket.to_string_lossy().into_owned()));
    }
    let port = match (url.port, text(file, "port")) {
        (Some(port), _) => port,
        (None, Some(port)) => port.parse().map_err(|_| wrong(file, "port", "a port is a number from 1 to 65535"))?,
        (None, None) => 3306,
    };
    Ok(Endpoint::Tcp(host.unwrap_or_else(|| "localhost".to_owned()), port))
}
