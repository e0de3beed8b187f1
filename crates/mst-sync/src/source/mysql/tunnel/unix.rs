//! The tunnel on systems with sockets in folders.

use std::io::{self, Read};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::Opened;
use crate::source::mysql::plan::Endpoint;
use crate::source::tls::TlsClient;

/// The flag of a server or client that can encrypt, in the second byte of its capabilities.
const CLIENT_SSL: u8 = 0x08;
/// The beginning of a login that is also the request to encrypt.
const REQUEST: usize = 32;

type Failure = Arc<Mutex<Option<io::Error>>>;

/// The thread that encrypts, until its socket is closed.
pub(in crate::source::mysql) struct Tunnel {
    /// Only this user can enter the folder. It is removed when the driver is connected.
    folder: Option<TempDir>,
    path: PathBuf,
    failure: Failure,
    thread: Option<JoinHandle<()>>,
}

enum Server {
    Tcp(TcpStream),
    Socket(UnixStream),
}

impl Tunnel {
    /// Connects to the server and waits for the driver.
    pub(in crate::source::mysql) fn open(
        endpoint: &Endpoint,
        client: TlsClient,
        timeout: Option<Duration>,
    ) -> io::Result<Opened> {
        let (server, greeting) = greeted(endpoint, timeout)?;
        if !can_encrypt(&greeting) {
            return Ok(Opened::NotEncrypted);
        }
        let folder = tempfile::Builder::new().prefix("mst-").tempdir()?;
        let path = folder.path().join("s");
        let listener = UnixListener::bind(&path)?;
        let failure = Failure::default();
        let slot = Arc::clone(&failure);
        let thread = std::thread::Builder::new().name("tls".to_owned()).spawn(move || {
            if let Err(error) = run(&listener, server, greeting, client, &slot) {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        })?;
        Ok(Opened::Tunnel(Self { folder: Some(folder), path, failure, thread: Some(thread) }))
    }

    /// The socket for the driver.
    pub(in crate::source::mysql) fn path(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// Takes the socket away once the driver has used it. If the driver failed, returns the reason, if it is known.
    pub(in crate::source::mysql) fn opened(&mut self, has_failed: bool) -> Option<io::Error> {
        if has_failed {
            // The thread may still wait for the driver.
            drop(UnixStream::connect(&self.path));
            if let Some(thread) = self.thread.take() {
                let _ = thread.join();
            }
        }
        self.folder = None;
        self.failure()
    }

    /// The reason for which the connection ended, once.
    pub(in crate::source::mysql) fn failure(&self) -> Option<io::Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The server and its greeting, with the number of the packet.
fn greeted(endpoint: &Endpoint, timeout: Option<Duration>) -> io::Result<(Server, Vec<u8>)> {
    match endpoint {
        Endpoint::Tcp(host, port) => {
            let mut stream = connect(host, *port, timeout)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(timeout)?;
            let greeting = read_greeting(&mut stream)?;
            stream.set_read_timeout(None)?;
            Ok((Server::Tcp(stream), greeting))
        }
        Endpoint::Socket(path) => {
            let mut stream = UnixStream::connect(path)?;
            stream.set_read_timeout(timeout)?;
            let greeting = read_greeting(&mut stream)?;
            stream.set_read_timeout(None)?;
            Ok((Server::Socket(stream), greeting))
        }
    }
}

fn connect(host: &str, port: u16, timeout: Option<Duration>) -> io::Result<TcpStream> {
    let Some(timeout) = timeout else { return TcpStream::connect((host, port)) };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Room for the content of a packet, whose length in the header is less than 16 MiB.
fn room([a, b, c, _]: [u8; 4]) -> Vec<u8> {
    vec![0; usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16]
}

fn read_greeting(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut header = [0; 4];
    stream.read_exact(&mut header)?;
    let mut payload = room(header);
    stream.read_exact(&mut payload)?;
    Ok(payload)
}

/// Whether a greeting offers encryption. One that cannot be read does not: the driver will say what is wrong with it.
fn can_encrypt(greeting: &[u8]) -> bool {
    let flags = || {
        let (10, rest) = greeting.split_first()? else { return None };
        let version = rest.iter().position(|byte| *byte == 0)?;
        // After the version: the connection (4), random bytes (8), a zero (1), the lower capabilities (2).
        rest.get(version + 1 + 4 + 8 + 1 + 1).copied()
    };
    flags().is_some_and(|flags| flags & CLIENT_SSL != 0)
}

fn run(
    listener: &UnixListener,
    server: Server,
    greeting: Vec<u8>,
    client: TlsClient,
    failure: &Failure,
) -> io::Result<()> {
    let (local, _) = listener.accept()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let result = runtime.block_on(async {
        local.set_nonblocking(true)?;
        let mut local = tokio::net::UnixStream::from_std(local)?;
        let result = match server {
            Server::Tcp(stream) => {
                stream.set_nonblocking(true)?;
                forward(&mut local, tokio::net::TcpStream::from_std(stream)?, &greeting, &client).await
            }
            Server::Socket(stream) => {
                stream.set_nonblocking(true)?;
                forward(&mut local, tokio::net::UnixStream::from_std(stream)?, &greeting, &client).await
            }
        };
        // The reason must be known before the driver sees the end.
        if let Err(error) = result {
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
        drop(local);
        Ok(())
    });
    runtime.shutdown_background();
    result
}

async fn forward<S>(
    local: &mut tokio::net::UnixStream,
    mut server: S,
    greeting: &[u8],
    client: &TlsClient,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    write(local, 0, greeting).await?;
    let Some((_, mut login)) = read(local).await? else { return Ok(()) };
    let Some((request, _)) = login.split_at_mut_checked(REQUEST) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the login is too short"));
    };
    if let Some(flags) = request.get_mut(1) {
        *flags |= CLIENT_SSL;
    }
    write(&mut server, 1, request).await?;
    // The login is sent only when the server has proved who it is.
    let mut server = client.connect(server).await?;
    write(&mut server, 2, &login).await?;
    let is_in = AtomicBool::new(false);
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut from_local, mut to_local) = local.split();
    let down = async {
        // The server's answer to the login ends with success (0) or an error (255).
        while let Some((number, payload)) = read(&mut from_server).await? {
            let is_last = matches!(payload.first(), Some(0 | 255));
            is_in.store(is_last, Ordering::SeqCst);
            write(&mut to_local, number.wrapping_sub(1), &payload).await?;
            if is_last {
                tokio::io::copy(&mut from_server, &mut to_local).await?;
                break;
            }
        }
        Ok(())
    };
    let up = async {
        while let Some((number, payload)) = read(&mut from_local).await? {
            if is_in.load(Ordering::SeqCst) {
                write(&mut to_server, number, &payload).await?;
                break;
            }
            write(&mut to_server, number.wrapping_add(1), &payload).await?;
        }
        tokio::io::copy(&mut from_local, &mut to_server).await?;
        // The driver has closed its side.
        to_server.shutdown().await
    };
    first_of(down, up).await
}

/// Runs both until the first one fails, or until `down` is done; then nobody is there to answer `up`.
async fn first_of(
    down: impl Future<Output = io::Result<()>>,
    up: impl Future<Output = io::Result<()>>,
) -> io::Result<()> {
    let (mut down, mut up) = (std::pin::pin!(down), std::pin::pin!(up));
    let mut is_up_done = false;
    std::future::poll_fn(|cx| {
        use std::task::Poll;
        if !is_up_done && let Poll::Ready(result) = up.as_mut().poll(cx) {
            is_up_done = true;
            if result.is_err() {
                return Poll::Ready(result);
            }
        }
        down.as_mut().poll(cx)
    })
    .await
}

/// A packet: its number and its content. `None` at the end.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut header = [0; 4];
    if stream.read(header.split_at_mut(1).0).await? == 0 {
        return Ok(None);
    }
    stream.read_exact(header.split_at_mut(1).1).await?;
    let mut payload = room(header);
    stream.read_exact(&mut payload).await?;
    let [_, _, _, number] = header;
    Ok(Some((number, payload)))
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), number: u8, payload: &[u8]) -> io::Result<()> {
    let [a, b, c, ..] = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes();
    let packet = [&[a, b, c, number], payload].concat();
    stream.write_all(&packet).await?;
    stream.flush().await
}
