//! The files of an encrypted connection: certificates, keys and lists of revoked certificates, all in PEM.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use super::{Identity, Words};
use crate::source::connection_error::ConnectionError;

/// The certificates in a file; at least one.
pub(super) fn certificates(
    path: &Path,
    setting: &'static str,
) -> Result<Vec<CertificateDer<'static>>, ConnectionError> {
    all(path, setting, "certificate")
}

/// The lists of revoked certificates in a file; at least one.
pub(super) fn revocations(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, ConnectionError> {
    all(path, "the list of revoked certificates", "list of revoked certificates (X509 CRL)")
}

/// The authorities that the system trusts.
pub(super) fn system_roots() -> Result<Vec<CertificateDer<'static>>, ConnectionError> {
    Ok(rustls_native_certs::load_native_certs().certs)
}

/// The client's certificates, its own first, and its key.
pub(super) fn identity(
    identity: &Identity,
    words: Words,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), ConnectionError> {
    let chain = certificates(&identity.certificate, words.certificate)?;
    let path = &identity.key;
    let problem = |problem: String| ConnectionError::File { setting: words.key, path: path.clone(), problem };
    let bytes = read(path, words.key)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| {
        let is_encrypted = String::from_utf8_lossy(&bytes).contains("ENCRYPTED");
        problem(match is_encrypted {
            true => "is encrypted with a passphrase, which is not supported; decrypt it into a file of your own with \
                     openssl pkey -in KEY -out FILE"
                .to_owned(),
            false => format!("has no private key in PEM: {error}"),
        })
    })?;
    Ok((chain, key))
}

fn all<T: PemObject>(path: &Path, setting: &'static str, what: &str) -> Result<Vec<T>, ConnectionError> {
    let problem = |problem| ConnectionError::File { setting, path: path.to_owned(), problem };
    let bytes = read(path, setting)?;
    let items: Result<Vec<T>, _> = T::pem_slice_iter(&bytes).collect();
    match items {
        Ok(items) if items.is_empty() => Err(problem(format!("has no {what} in PEM"))),
        Ok(items) => Ok(items),
        Err(error) => Err(problem(format!("is damaged: {error}"))),
    }
}

fn read(path: &Path, setting: &'static str) -> Result<Vec<u8>, ConnectionError> {
    std::fs::read(path).map_err(|error| ConnectionError::File {
        setting,
        path: path.to_owned(),
        problem: format!("cannot be read: {error}"),
    })
}
