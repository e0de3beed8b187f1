//! Servers of a test's own, which end with it.

use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::certificates::mode;

/// A server that is running, in a folder of its own.
pub(crate) struct PrivateServer {
    process: Child,
    pub(crate) port: u16,
    /// Its folder: `socket/` with its socket, `server.crt` and `server.key`.
    pub(crate) folder: TempDir,
    account: Option<(u32, u32)>,
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        // PostgreSQL ends at once and takes its processes along.
        let _ = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl PrivateServer {
    pub(crate) fn socket_folder(&self) -> String {
        self.folder.path().join("socket").to_str().unwrap().to_owned()
    }

    /// Writes a file that the server can read.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        mode(&path, 0o600);
        give(&path, self.account);
    }
}

/// The account in which a server can run. PostgreSQL refuses root.
fn account() -> Option<(u32, u32)> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let users = std::fs::read_to_string("/etc/passwd").ok().filter(|_| is_root)?;
    ["postgres", "mysql", "nobody"].iter().find_map(|wanted| {
        let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
        let mut numbers = line.split(':').skip(2);
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    })
}

fn give(path: &Path, account: Option<(u32, u32)>) {
    if let Some((user, group)) = account {
        std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
    }
}

fn command(program: &Path, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).env("LC_ALL", "C").current_dir("/");
    command
}

/// A folder that the account can use.
fn folder(account: Option<(u32, u32)>) -> TempDir {
    // The path of a socket must be short.
    let folder = tempfile::Builder::new().prefix("mst").tempdir_in("/tmp").unwrap();
    mode(folder.path(), 0o755);
    give(folder.path(), account);
    for name in ["socket", "data"] {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        mode(&path, if name == "data" { 0o700 } else { 0o755 });
        give(&path, account);
    }
    folder
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A program in one of these folders; otherwise prints that the test is skipped.
#[allow(clippy::print_stderr)]
fn program(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let found = folders.iter().map(|folder| folder.join(name)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: there is no {name} on this machine");
    }
    found
}

/// Waits until the port and the socket answer.
fn wait_for(port: u16, socket: &Path, process: &mut Child) {
    let end = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(("127.0.0.1", port)).is_err() || UnixStream::connect(socket).is_err() {
        assert!(Instant::now() < end && matches!(process.try_wait(), Ok(None)), "the server does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A server of PostgreSQL. `hba` are the lines of `pg_hba.conf` for connections with addresses.
#[cfg(feature = "postgres")]
pub(crate) fn postgres(hba: &str, authority: &str) -> Option<PrivateServer> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    versions.push(PathBuf::from("/usr/bin"));
    let initdb = program("initdb", &versions)?;
    let postgres = initdb.with_file_name("postgres");
    let account = account();
    let folder = folder(account);
    let data = folder.path().join("data");
    let status = command(&initdb, account)
        .args(["--no-sync", "-A", "trust", "-U", "owner", "-E", "UTF8", "--locale=C", "-D"])
        .arg(&data)
        .status()
        .unwrap();
    assert!(status.success(), "initdb failed");
    let give_text = |path: PathBuf, text: &str| {
        std::fs::write(&path, text).unwrap();
        mode(&path, 0o600);
        give(&path, account);
    };
    give_text(folder.path().join("ca.crt"), authority);
    let port = free_port();
    let settings = format!(
        "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{0}/socket'\nfsync = off\n\
         shared_buffers = 1MB\nmax_connections = 20\nautovacuum = off\nmax_wal_senders = 0\nwal_level = minimal\n\
         ssl_cert_file = '{0}/server.crt'\nssl_key_file = '{0}/server.key'\nssl_ca_file = '{0}/ca.crt'\n\
         include_if_exists = '{0}/tls.conf'\n",
        folder.path().display(),
    );
    give_text(data.join("postgresql.conf"), &settings);
    give_text(data.join("pg_hba.conf"), &format!("local all all trust\n{hba}"));
    let mut process = command(&postgres, account).arg("-D").arg(&data).spawn().unwrap();
    wait_for(port, &folder.path().join(format!("socket/.s.PGSQL.{port}")), &mut process);
    let is_ready = || std::fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready"));
    while !is_ready() {
        assert!(matches!(process.try_wait(), Ok(None)), "the server does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(PrivateServer { process, port, folder, account })
}

/// A server of MariaDB. It encrypts if it is given the name of a certificate's files.
#[cfg(feature = "mysql")]
pub(crate) fn mariadb(files: Option<[&str; 3]>) -> Option<PrivateServer> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/libexec"].map(PathBuf::from);
    let (install, server) = (program("mariadb-install-db", &folders)?, program("mariadbd", &folders)?);
    let account = account();
    let folder = folder(account);
    let data = folder.path().join("data");
    let status = command(&install, account)
        .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--datadir"])
        .arg(&data)
        .status()
        .unwrap();
    assert!(status.success(), "mariadb-install-db failed");
    let port = free_port();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut start = command(&server, account);
    start.arg("--no-defaults").args([
        format!("--datadir={}", at("data")),
        format!("--socket={}", at("socket/s")),
        format!("--pid-file={}", at("pid")),
        format!("--port={port}"),
    ]);
    start.args(["--bind-address=127.0.0.1", "--innodb-flush-method=nosync", "--innodb-buffer-pool-size=8M"]);
    start.args(["--skip-log-bin", "--max-allowed-packet=64M", "--skip-name-resolve"]);
    if let Some(texts) = files {
        for (name, text) in ["server.crt", "server.key", "ca.crt"].into_iter().zip(texts) {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            give(&path, account);
        }
        start.args([
            format!("--ssl-cert={}", at("server.crt")),
            format!("--ssl-key={}", at("server.key")),
            format!("--ssl-ca={}", at("ca.crt")),
        ]);
    }
    let mut process = start.spawn().unwrap();
    wait_for(port, &folder.path().join("socket/s"), &mut process);
    Some(PrivateServer { process, port, folder, account })
}
