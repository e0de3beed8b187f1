//! Whether a server is who it should be.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

/// Verifies the certificate of a server, as far as it was asked for.
#[derive(Debug)]
pub(super) struct Verifier {
    /// `None` accepts every certificate.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are trusted as they are, without an authority.
    pinned: Vec<CertificateDer<'static>>,
    checks_name: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// A verifier for encryption only.
    pub(super) fn accepting_all(algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { chain: None, pinned: Vec::new(), checks_name: false, algorithms }
    }

    pub(super) fn new(
        chain: Arc<WebPkiServerVerifier>,
        pinned: Vec<CertificateDer<'static>>,
        checks_name: bool,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Self {
        Self { chain: Some(chain), pinned, checks_name, algorithms }
    }

    pub(super) fn checks_name(&self) -> bool {
        self.checks_name
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is the last thing that is checked.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.checks_name => Ok(ServerCertVerified::assertion()),
            // A server that signed its own certificate is its own authority. Its dates have been checked by then.
            Err(error) if is_authority(&error) => {
                if !self.pinned.iter().any(|pinned| pinned == end_entity) {
                    return Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
                }
                if self.checks_name {
                    verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.chain {
            Some(_) => rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms),
            // Whoever owns the certificate is unknown, so the signature proves nothing; old certificates are accepted.
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.chain {
            Some(_) => rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Whether the only problem is that the server's certificate is that of an authority.
fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}
