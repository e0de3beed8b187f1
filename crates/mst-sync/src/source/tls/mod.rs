//! Encrypted connections to servers: what is verified, with which files, and what went wrong.

#[cfg(feature = "postgres")]
mod certificate;
mod files;
mod problem;
mod verifier;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::connection_error::{ConnectionError, TlsProblem};
#[cfg(feature = "postgres")]
pub(super) use certificate::end_point_hash;
use verifier::Verifier;

/// The names that a kind of server gives to the settings, for advice in messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Words {
    /// The file with the authorities that are trusted.
    pub(super) authority: &'static str,
    /// The file with the client's certificate.
    pub(super) certificate: &'static str,
    /// The file with the key of the client's certificate.
    pub(super) key: &'static str,
    /// The setting that accepts any name in the certificate.
    pub(super) any_name: &'static str,
}

/// The authorities that may have signed the server's certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Roots {
    /// The certificate is not verified.
    Unverified,
    /// The authorities that the system trusts.
    System,
    /// The authorities in this file.
    File(PathBuf),
}

/// The certificate that the client shows, and its key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Identity {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// What a connection must fulfil. Nothing here is ever weakened.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TlsSettings {
    pub(super) roots: Roots,
    /// Whether the certificate must be for the host's name. Without roots this has no effect.
    pub(super) checks_name: bool,
    /// A file with certificates that are revoked.
    pub(super) revoked: Option<PathBuf>,
    pub(super) identity: Option<Identity>,
    /// Whether the host's name is sent to the server.
    pub(super) sends_name: bool,
    /// The versions of the protocol that are allowed.
    pub(super) versions: Vec<&'static SupportedProtocolVersion>,
    /// The name of the protocol that is spoken inside (ALPN).
    pub(super) protocol: Option<&'static [u8]>,
    pub(super) words: Words,
}

/// Makes the encrypted connections to one host.
#[derive(Clone, Debug)]
pub(super) struct TlsClient {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    succeeded: Arc<AtomicBool>,
}

impl TlsClient {
    /// Reads the files of the settings.
    ///
    /// # Errors
    /// A file cannot be read, or the host has no name that a certificate could be for.
    pub(super) fn new(settings: &TlsSettings, host: &str) -> Result<Self, ConnectionError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = verifier(settings, &provider)?;
        let (name, sends_name) = match ServerName::try_from(host.to_owned()) {
            Ok(name) => (name, settings.sends_name),
            Err(_) if verifier.checks_name() => return Err(ConnectionError::NoHostName { host: host.to_owned() }),
            // The name is neither sent nor checked.
            Err(_) => (ServerName::IpAddress(std::net::Ipv4Addr::LOCALHOST.into()), false),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&settings.versions)
            .map_err(|error| ConnectionError::Tls(TlsProblem::Other(error.to_string())))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &settings.identity {
            None => config.with_no_client_auth(),
            Some(identity) => {
                let (chain, key) = files::identity(identity, settings.words)?;
                config.with_client_auth_cert(chain, key).map_err(|error| ConnectionError::File {
                    setting: settings.words.certificate,
                    path: identity.certificate.clone(),
                    problem: format!("does not go with the key {}: {error}", identity.key.display()),
                })?
            }
        };
        config.enable_sni = sends_name;
        config.alpn_protocols = settings.protocol.map(<[u8]>::to_vec).into_iter().collect();
        Ok(Self { config: Arc::new(config), name, succeeded: Arc::default() })
    }

    /// Encrypts a stream, after the server has been verified.
    ///
    /// # Errors
    /// Those of the stream, and those that [`problem`] finds in them.
    pub(super) async fn connect<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = TlsConnector::from(Arc::clone(&self.config)).connect(self.name.clone(), stream).await?;
        self.succeeded.store(true, Ordering::SeqCst);
        Ok(stream)
    }

    /// Whether an encrypted connection was made.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    pub(super) fn has_succeeded(&self) -> bool {
        self.succeeded.load(Ordering::SeqCst)
    }
}

fn verifier(settings: &TlsSettings, provider: &Arc<CryptoProvider>) -> Result<Verifier, ConnectionError> {
    let algorithms = provider.signature_verification_algorithms;
    let certificates = match &settings.roots {
        Roots::Unverified => return Ok(Verifier::accepting_all(algorithms)),
        Roots::System => files::system_roots()?,
        Roots::File(path) => files::certificates(path, settings.words.authority)?,
    };
    let mut roots = rustls::RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if added == 0 {
        return Err(match &settings.roots {
            Roots::File(path) => ConnectionError::File {
                setting: settings.words.authority,
                path: path.clone(),
                problem: "has no certificate that can be used".to_owned(),
            },
            _ => ConnectionError::NoSystemRoots { setting: settings.words.authority },
        });
    }
    let mut builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    if let Some(path) = &settings.revoked {
        builder = builder.with_crls(files::revocations(path)?);
    }
    let chain = builder.build().map_err(|error| ConnectionError::Tls(TlsProblem::Other(error.to_string())))?;
    // Only a file that was chosen for this can make a certificate trusted without an authority.
    let pinned = if matches!(settings.roots, Roots::File(_)) { certificates } else { Vec::new() };
    Ok(Verifier::new(chain, pinned, settings.checks_name, algorithms))
}

/// The problem with the encryption that is the reason for an error, if it is one.
pub(super) fn problem(error: &(dyn std::error::Error + 'static), host: &str, words: Words) -> Option<TlsProblem> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<rustls::Error>() {
            return Some(TlsProblem::of(error, host, words));
        }
        next = match error.downcast_ref::<io::Error>() {
            // The error inside is not the source of an error of this type.
            Some(error) => error.get_ref().map(|inner| inner as &(dyn std::error::Error + 'static)),
            None => error.source(),
        };
    }
    None
}
