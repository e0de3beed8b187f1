//! The servers to try, and what they are told.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::Config;
use postgres::config::{ChannelBinding, TargetSessionAttrs};

use super::parameters::Parameters;
use super::pgpass;
use super::ssl::{self, SslMode};
use crate::source::connection_error::ConnectionError;
use crate::source::environment::{Environment, system_user};
use crate::source::tls::TlsSettings;

/// A server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    /// The name of the host, or the folder of its socket.
    pub(super) host: String,
    /// The address, if it is not looked up by the name.
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
}

impl Target {
    /// Whether it is reached through a socket in a folder, which is never encrypted.
    pub(super) fn is_socket(&self) -> bool {
        self.address.is_none() && self.host.starts_with('/')
    }
}

/// Everything that is needed for a connection.
#[derive(Debug)]
pub(super) struct Plan {
    /// The servers in the order in which they are tried.
    pub(super) targets: Vec<Target>,
    pub(super) database: String,
    pub(super) mode: SslMode,
    /// The settings of encrypted connections, unless there is no such connection.
    pub(super) tls: Option<TlsSettings>,
    user: String,
    password: Option<String>,
    passfile: Option<PathBuf>,
    config: Config,
}

impl Plan {
    /// The plan for a URL in an environment.
    ///
    /// # Errors
    /// A parameter cannot be fulfilled.
    pub(super) fn of(url: &str, env: &Environment) -> Result<Self, ConnectionError> {
        let parameters = Parameters::of(url, env)?;
        let targets = targets(&parameters)?;
        let user = match parameters.get("user") {
            Some(user) => user.to_owned(),
            None => system_user().ok_or_else(|| ConnectionError::Url("the URL names no user".to_owned()))?,
        };
        let database = parameters.get("dbname").unwrap_or(&user).to_owned();
        let mode = SslMode::of(&parameters, env)?;
        let negotiation = ssl::negotiation(&parameters, mode)?;
        let is_encrypted = mode != SslMode::Disable && !targets.iter().all(Target::is_socket);
        let tls = is_encrypted.then(|| ssl::settings(&parameters, mode, env)).transpose()?;
        let mut config = config(&parameters)?;
        config.ssl_negotiation(negotiation).user(&user).dbname(&database);
        let password = parameters.get("password").map(str::to_owned);
        let passfile = parameters.get("passfile").map(PathBuf::from).or_else(|| Some(env.home()?.join(".pgpass")));
        Ok(Self { targets, database, mode, tls, user, password, passfile, config })
    }

    /// The configuration for one server. Whether it is encrypted is not decided yet.
    pub(super) fn config(&self, target: &Target) -> Config {
        let mut config = self.config.clone();
        config.host(&target.host).port(target.port);
        if let Some(address) = target.address {
            config.hostaddr(address);
        }
        let host = if target.is_socket() && is_usual_folder(&target.host) { "localhost" } else { &target.host };
        let found = || pgpass::in_file(self.passfile.as_deref()?, host, target.port, &self.database, &self.user);
        if let Some(password) = self.password.clone().or_else(found) {
            config.password(password);
        }
        config
    }
}

/// The folders in which systems keep the sockets of PostgreSQL.
const FOLDERS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

fn is_usual_folder(folder: &str) -> bool {
    FOLDERS.contains(&folder.trim_end_matches('/'))
}

/// The server without a name: a socket on this machine, if there is one.
fn usual_host(port: u16) -> String {
    let has_socket = |folder: &&str| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
    FOLDERS.iter().find(|folder| cfg!(unix) && has_socket(folder)).map_or("localhost", |folder| folder).to_owned()
}

fn targets(parameters: &Parameters) -> Result<Vec<Target>, ConnectionError> {
    let list = |name| parameters.get(name).map(|text| text.split(',').map(str::trim).collect::<Vec<_>>());
    let hosts = list("host");
    let addresses = list("hostaddr");
    let ports = list("port").unwrap_or_default();
    let count = addresses.as_ref().or(hosts.as_ref()).map_or(1, Vec::len);
    if hosts.as_ref().is_some_and(|hosts| hosts.len() != count) {
        return Err(parameters.wrong("hostaddr", "host and hostaddr must have the same number of servers"));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(parameters.wrong("port", "there must be one port, or one for each host"));
    }
    let part = |parts: &Option<Vec<&str>>, index: usize| {
        parts.as_ref().and_then(|parts| parts.get(index).copied()).filter(|part| !part.is_empty()).map(str::to_owned)
    };
    let mut targets = Vec::new();
    for index in 0..count {
        let port = match ports.get(index).or_else(|| ports.first().filter(|_| ports.len() == 1)) {
            None | Some(&"") => 5432,
            Some(port) => match port.parse() {
                Ok(port) if port > 0 => port,
                _ => return Err(parameters.wrong("port", "a port is a number from 1 to 65535")),
            },
        };
        let address: Option<IpAddr> = match part(&addresses, index) {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| parameters.wrong("hostaddr", "this is not an IP address"))?),
        };
        let host = match (part(&hosts, index), address) {
            (Some(host), _) if host.starts_with('@') => {
                return Err(parameters.wrong("host", "abstract sockets are not supported"));
            }
            (Some(host), _) => host,
            // The certificate must then be for the address.
            (None, Some(address)) => address.to_string(),
            (None, None) => usual_host(port),
        };
        targets.push(Target { host, address, port });
    }
    Ok(targets)
}

fn config(parameters: &Parameters) -> Result<Config, ConnectionError> {
    let mut config = Config::new();
    let name = parameters.get("application_name").or_else(|| parameters.get("fallback_application_name"));
    config.application_name(name.unwrap_or("mst-tui"));
    if let Some(options) = parameters.get("options") {
        config.options(options);
    }
    // The numbers that libpq takes for "none".
    if let Some(seconds) = parameters.number::<i64>("connect_timeout")?
        && let Ok(seconds @ 1..) = u64::try_from(seconds)
    {
        config.connect_timeout(Duration::from_secs(seconds.max(2)));
    }
    if let Some(millis @ 1..) = parameters.number::<u64>("tcp_user_timeout")? {
        config.tcp_user_timeout(Duration::from_millis(millis));
    }
    if let Some(is_kept) = parameters.choice("keepalives", &[("1", true), ("0", false)])? {
        config.keepalives(is_kept);
    }
    if let Some(seconds @ 1..) = parameters.number::<u64>("keepalives_idle")? {
        config.keepalives_idle(Duration::from_secs(seconds));
    }
    if let Some(seconds @ 1..) = parameters.number::<u64>("keepalives_interval")? {
        config.keepalives_interval(Duration::from_secs(seconds));
    }
    if let Some(count @ 1..) = parameters.number::<u32>("keepalives_count")? {
        config.keepalives_retries(count);
    }
    let bindings = [
        ("disable", ChannelBinding::Disable),
        ("prefer", ChannelBinding::Prefer),
        ("require", ChannelBinding::Require),
    ];
    if let Some(binding) = parameters.choice("channel_binding", &bindings)? {
        config.channel_binding(binding);
    }
    let sessions = [
        ("any", TargetSessionAttrs::Any),
        ("read-write", TargetSessionAttrs::ReadWrite),
        ("read-only", TargetSessionAttrs::ReadOnly),
    ];
    if let Some(session) = parameters.choice("target_session_attrs", &sessions)? {
        config.target_session_attrs(session);
    }
    Ok(config)
}
