//! Encrypted connections to MySQL and MariaDB.
//!
//! The driver would trust the authorities that are built into it besides those that the user names. So it does not
//! encrypt: it speaks through a socket of this process with a thread, which encrypts and forwards.
//!
//! ```text
//!  driver ── socket in a private folder ── thread ── TLS ── server
//! ```
//!
//! The protocol turns to TLS after the server's greeting, by a packet that the driver knows nothing of. Packets are
//! numbered, so the thread changes the numbers until the login is over:
//!
//! ```text
//!  driver            thread            server
//!    ◀── 0 greeting ────────── 0 ────────
//!    ── 1 login ──▶    ── 1 to TLS ─────▶
//!                      ◀══ handshake ═══▶
//!                      ══ 2 login ══════▶
//!    ◀── 2 ─────────── ══ 3 ═════════════
//! ```

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use other::Tunnel;
#[cfg(unix)]
pub(super) use unix::Tunnel;

/// The result of asking a server for an encrypted connection.
pub(super) enum Opened {
    /// The server does not encrypt.
    NotEncrypted,
    Tunnel(Tunnel),
}
