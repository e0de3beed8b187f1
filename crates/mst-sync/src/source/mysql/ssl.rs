//! What is encrypted and verified, in the words of the clients of MySQL and MariaDB.

use super::parameters::{Place, path, text, wrong};
use crate::source::connection_error::ConnectionError;
use crate::source::tls::{Identity, Roots, TlsSettings, Words};

pub(super) const WORDS: Words =
    Words { authority: "ssl-ca", certificate: "ssl-cert", key: "ssl-key", any_name: "ssl-mode=VERIFY_CA" };

/// How much protection a connection needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum SslMode {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

const MODES: [(&str, SslMode); 5] = [
    ("DISABLED", SslMode::Disabled),
    ("PREFERRED", SslMode::Preferred),
    ("REQUIRED", SslMode::Required),
    ("VERIFY_CA", SslMode::VerifyCa),
    ("VERIFY_IDENTITY", SslMode::VerifyIdentity),
];

impl SslMode {
    /// The mode that was asked for: in the URL, else in the file, else by naming an authority.
    pub(super) fn of(url: &Place, file: &Place) -> Result<Self, ConnectionError> {
        let (from_url, from_file) = (Self::in_place(url)?, Self::in_place(file)?);
        let authority_in = |place| text(place, "ssl-ca").is_some();
        let without_effect = |place| {
            wrong(place, "ssl-ca", "it has no effect with this ssl-mode; use ssl-mode=VERIFY_CA or VERIFY_IDENTITY")
        };
        // A file with an authority counts more than a mode that is further away.
        Ok(match (from_url, from_file) {
            (Some(mode), _) if authority_in(url) && mode < Self::Required => return Err(without_effect(url)),
            (Some(Self::Required), _) if authority_in(url) || authority_in(file) => Self::VerifyCa,
            (Some(mode), _) => mode,
            (None, Some(mode)) if authority_in(url) => mode.max(Self::VerifyCa),
            (None, Some(mode)) if authority_in(file) && mode < Self::Required => return Err(without_effect(file)),
            (None, Some(Self::Required)) if authority_in(file) => Self::VerifyCa,
            (None, Some(mode)) => mode,
            (None, None) if authority_in(url) || authority_in(file) => Self::VerifyCa,
            (None, None) => Self::Preferred,
        })
    }

    /// The mode by the parameters of one place; the strictest of several.
    fn in_place(place: &Place) -> Result<Option<Self>, ConnectionError> {
        let mode = match place.get("ssl-mode") {
            None => None,
            Some((_, value)) => {
                let value = value.as_deref().unwrap_or_default();
                let found = MODES.iter().find(|(word, _)| word.eq_ignore_ascii_case(value)).map(|(_, mode)| *mode);
                Some(found.ok_or_else(|| {
                    let words = MODES.map(|(word, _)| word).join(", ");
                    wrong(place, "ssl-mode", &format!("the values are {words}"))
                })?)
            }
        };
        let verifies = flag(place, "ssl-verify-server-cert")?.and_then(|is_on| is_on.then_some(Self::VerifyIdentity));
        let is_on = match (flag(place, "ssl")?, flag(place, "skip-ssl")?) {
            (Some(true), Some(true)) => return Err(wrong(place, "ssl", "this contradicts skip-ssl")),
            (_, Some(true)) => Some(Self::Disabled),
            (Some(true), _) => Some(Self::Required),
            (Some(false), _) => Some(Self::Disabled),
            (None, _) => None,
        };
        let strictest = [mode, verifies, is_on].into_iter().flatten().max();
        if is_on == Some(Self::Disabled) && strictest > Some(Self::Preferred) {
            let name = if place.contains_key("ssl") { "ssl" } else { "skip-ssl" };
            return Err(wrong(place, name, "this contradicts the encryption that is asked for beside it"));
        }
        Ok(strictest)
    }

    /// The parameter as it is written.
    pub(super) fn setting(self) -> String {
        let word = MODES.iter().find(|(_, mode)| *mode == self).map_or("", |(word, _)| word);
        format!("ssl-mode={word}")
    }
}

/// Whether an option that can be turned on or off is on.
fn flag(place: &Place, name: &str) -> Result<Option<bool>, ConnectionError> {
    let Some((_, value)) = place.get(name) else { return Ok(None) };
    match value.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("1" | "on" | "true") => Ok(Some(true)),
        Some("0" | "off" | "false") => Ok(Some(false)),
        Some(_) => Err(wrong(place, name, "the values are 1, on, true, 0, off, false")),
    }
}

/// The settings of encrypted connections.
pub(super) fn settings(mode: SslMode, url: &Place, file: &Place) -> Result<TlsSettings, ConnectionError> {
    let places = [url, file];
    let roots = match (path(places, "ssl-ca"), mode) {
        (_, SslMode::Disabled | SslMode::Preferred | SslMode::Required) => Roots::Unverified,
        (Some(path), _) => Roots::File(path),
        (None, SslMode::VerifyIdentity) => Roots::System,
        // Anyone can have a certificate from an authority that systems trust, for a name of their own.
        (None, SslMode::VerifyCa) => {
            return Err(ConnectionError::NoAuthority {
                setting: mode.setting(),
                advice:
                    "set ssl-ca to the file with the authority's certificate, or use ssl-mode=VERIFY_IDENTITY for the \
                         authorities that this system trusts"
                        .to_owned(),
            });
        }
    };
    let revoked = path(places, "ssl-crl");
    if revoked.is_some() && roots == Roots::Unverified && text(url, "ssl-crl").is_some() {
        return Err(wrong(url, "ssl-crl", "with this ssl-mode nothing is verified"));
    }
    // A key belongs to the certificate of the same place. Without one it is in the file of the certificate.
    let identity_in = |place: &Place| {
        let certificate = path([place, place], "ssl-cert")?;
        let key = path([place, place], "ssl-key").unwrap_or_else(|| certificate.clone());
        Some(Identity { certificate, key })
    };
    if text(url, "ssl-key").is_some() && text(url, "ssl-cert").is_none() {
        return Err(wrong(url, "ssl-key", "a key needs its certificate: set ssl-cert"));
    }
    Ok(TlsSettings {
        roots,
        checks_name: mode == SslMode::VerifyIdentity,
        revoked,
        identity: identity_in(url).or_else(|| identity_in(file)),
        sends_name: true,
        versions: versions(places)?,
        protocol: None,
        words: WORDS,
    })
}

fn versions(places: [&Place; 2]) -> Result<Vec<&'static rustls::SupportedProtocolVersion>, ConnectionError> {
    let both = [("tlsv1.2", &rustls::version::TLS12), ("tlsv1.3", &rustls::version::TLS13)];
    let Some(place) = places.iter().find(|place| text(place, "tls-version").is_some()) else {
        return Ok(both.map(|(_, version)| version).to_vec());
    };
    let wanted = text(place, "tls-version").unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = wanted.split(',').map(str::trim).collect();
    let versions: Vec<_> =
        both.into_iter().filter(|(word, _)| words.contains(word)).map(|(_, version)| version).collect();
    let is_known = |word: &&str| ["tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"].contains(word);
    match versions.is_empty() || !words.iter().all(is_known) {
        true => Err(wrong(place, "tls-version", "the values are TLSv1.2, TLSv1.3, or both with a comma between")),
        false => Ok(versions),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::Plan;
    use super::SslMode;
    use crate::source::environment::Environment;
    use crate::source::tls::Roots;

    /// The mode for the parameters of a URL and the lines of the option file, or an error.
    fn plan(url: &str, file: &str) -> Result<Plan, String> {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(".my.cnf"), format!("[client]\n{file}\n")).unwrap();
        let env = Environment::of(&[("HOME", home.path().to_str().unwrap())]);
        Plan::of(&format!("mysql://db.example/x?{url}"), &env).map_err(|error| error.to_string())
    }

    #[test]
    fn the_url_counts_before_the_file_and_an_authority_is_always_used() {
        use SslMode::{Disabled, Preferred, Required, VerifyCa, VerifyIdentity};
        for (url, file, expected) in [
            ("", "", Some(Preferred)),
            ("ssl", "", Some(Required)),
            ("ssl=0", "", Some(Disabled)),
            ("ssl-verify-server-cert=on", "", Some(VerifyIdentity)),
            ("ssl-verify-server-cert=off", "", Some(Preferred)),
            ("ssl-ca=/a", "", Some(VerifyCa)),
            ("", "ssl_ca=/a", Some(VerifyCa)),
            ("ssl-mode=REQUIRED&ssl-ca=/a", "", Some(VerifyCa)),
            ("ssl-mode=REQUIRED", "ssl-ca=/a", Some(VerifyCa)),
            ("ssl-ca=/a", "ssl-mode=REQUIRED", Some(VerifyCa)),
            ("ssl-ca=/a", "ssl-mode=DISABLED", Some(VerifyCa)),
            ("ssl-ca=/a", "ssl-mode=VERIFY_IDENTITY", Some(VerifyIdentity)),
            ("ssl-mode=VERIFY_IDENTITY", "skip-ssl", Some(VerifyIdentity)),
            ("ssl-mode=DISABLED", "ssl-mode=VERIFY_IDENTITY", Some(Disabled)),
            ("ssl-mode=disabled", "ssl-ca=/a", Some(Disabled)),
            ("", "ssl-mode=verify_identity\nssl-ca=/a", Some(VerifyIdentity)),
            ("", "loose-ssl-mode=VERIFY_IDENTITY\nssl", Some(VerifyIdentity)),
            ("", "ssl\nssl-verify-server-cert", Some(VerifyIdentity)),
            // What contradicts itself is refused.
            ("ssl-mode=PREFERRED&ssl-ca=/a", "", None),
            ("", "ssl-mode=PREFERRED\nssl-ca=/a", None),
            ("ssl&skip-ssl", "", None),
            ("skip-ssl&ssl-mode=REQUIRED", "", None),
            ("ssl=0&ssl-verify-server-cert", "", None),
            ("ssl=maybe", "", None),
            ("ssl-mode", "", None),
            // No authority is known, and anyone can have a certificate of those that systems trust.
            ("ssl-mode=VERIFY_CA", "", None),
            ("ssl-mode=REQUIRED&ssl-crl=/a", "", None),
        ] {
            let found = plan(url, file);
            assert_eq!(found.as_ref().ok().map(|plan| plan.mode), expected, "{url}, {file:?}: {found:?}");
            let Ok(Plan { tls, mode, .. }) = found else { continue };
            assert_eq!(tls.is_some(), mode != Disabled);
            let Some(tls) = tls else { continue };
            assert_eq!(tls.roots == Roots::Unverified, mode < VerifyCa, "{url}, {file:?}");
            assert_eq!(tls.checks_name, mode == VerifyIdentity);
        }
        assert_eq!(plan("ssl-mode=VERIFY_IDENTITY", "").unwrap().tls.unwrap().roots, Roots::System);
    }

    #[test]
    fn a_key_belongs_to_the_certificate_of_its_place() {
        let identity = |url: &str, file: &str| {
            let identity = plan(url, file).unwrap().tls.unwrap().identity.unwrap();
            format!("{} {}", identity.certificate.display(), identity.key.display())
        };
        assert_eq!(identity("ssl-cert=/a&ssl-key=/b", "ssl-cert=/c\nssl-key=/d"), "/a /b");
        assert_eq!(identity("ssl-cert=/a", "ssl-cert=/c\nssl-key=/d"), "/a /a");
        assert_eq!(identity("", "ssl-cert=/c\nssl-key=/d"), "/c /d");
    }
}
