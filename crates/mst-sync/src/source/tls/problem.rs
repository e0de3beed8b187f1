//! What the errors of the TLS library mean to the user.

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error};

use super::Words;
use crate::source::connection_error::TlsProblem;

impl TlsProblem {
    /// The meaning of an error in a connection to `host`.
    pub(super) fn of(error: &Error, host: &str, words: Words) -> Self {
        match error {
            Error::InvalidCertificate(error) => Self::of_certificate(error, host, words),
            Error::AlertReceived(alert) => Self::of_alert(*alert, words),
            other => Self::Other(other.to_string()),
        }
    }

    fn of_certificate(error: &CertificateError, host: &str, words: Words) -> Self {
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer { setting: words.authority },
            CertificateError::Expired => Self::Expired { at: None },
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired { at: moment(*not_after) },
            CertificateError::NotValidYet => Self::NotYet { at: None },
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYet { at: moment(*not_before) },
            CertificateError::NotValidForName => {
                Self::OtherName { host: host.to_owned(), presented: Vec::new(), setting: words.any_name }
            }
            CertificateError::NotValidForNameContext { presented, .. } => {
                let presented = presented.iter().map(|name| bare_name(name).to_owned()).collect();
                Self::OtherName { host: host.to_owned(), presented, setting: words.any_name }
            }
            CertificateError::Revoked => Self::Revoked,
            other => Self::Other(format!("the server's certificate is not accepted: {other}")),
        }
    }

    fn of_alert(alert: AlertDescription, words: Words) -> Self {
        use AlertDescription as Alert;
        match alert {
            Alert::CertificateRequired => {
                Self::ClientCertificateRequired { certificate: words.certificate, key: words.key }
            }
            Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::AccessDenied => {
                Self::ClientCertificateRefused { certificate: words.certificate, alert: format!("{alert:?}") }
            }
            other => Self::Other(format!("the server refused it ({other:?})")),
        }
    }
}

/// The name in the library's notation for a name of a certificate, such as `DnsName("localhost")`.
fn bare_name(name: &str) -> &str {
    name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).map_or(name, |name| name.trim_matches('"'))
}

fn moment(time: UnixTime) -> Option<String> {
    let seconds = i64::try_from(time.as_secs()).ok()?;
    jiff::Timestamp::from_second(seconds).ok().map(|moment| moment.to_string())
}
