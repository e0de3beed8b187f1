//! Certificates for tests: an authority, and what it and others have signed.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};

/// A folder with these files, each `NAME.crt` with its `NAME.key`:
///
/// | name | signed by | for |
/// |---|---|---|
/// | `ca` | itself | an authority |
/// | `good` | `ca` | localhost, 127.0.0.1 |
/// | `other` | `ca` | db.example |
/// | `expired` | `ca` | localhost, until 2001 |
/// | `future` | `ca` | localhost, from 2090 |
/// | `nameless` | `ca` | localhost as common name, which is no subject alternative name |
/// | `revoked` | `ca` | localhost; `revoked.crl` lists it |
/// | `stranger` | another authority | localhost |
/// | `self` | itself | localhost; also an authority, as `openssl req -x509` makes it |
/// | `selfold` | itself | the same, until 2001 |
/// | `client` | `ca` | the user `cert_user` |
/// | `thief` | another authority | the user `cert_user` |
pub(crate) struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    pub(crate) fn create(folder: &Path) -> Self {
        let made = Self { folder: folder.to_owned() };
        let authority = |name: &str| {
            let mut params = params(name, &[]);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            let key = KeyPair::generate().unwrap();
            (params.self_signed(&key).unwrap().pem(), Issuer::new(params, key))
        };
        let (pem, ca) = authority("the authority");
        made.write("ca.crt", &pem);
        let (_, other) = authority("another authority");
        let signed = |name: &str, params: CertificateParams, issuer: &Issuer<'_, KeyPair>| {
            let key = KeyPair::generate().unwrap();
            made.write(&format!("{name}.crt"), &params.signed_by(&key, issuer).unwrap().pem());
            made.write(&format!("{name}.key"), &key.serialize_pem());
        };
        let local = || params("server", &["localhost", "127.0.0.1"]);
        signed("good", local(), &ca);
        signed("other", params("server", &["db.example"]), &ca);
        signed("expired", dated(local(), 2000, 2001), &ca);
        signed("future", dated(local(), 2090, 2091), &ca);
        signed("nameless", params("localhost", &[]), &ca);
        let mut revoked = local();
        revoked.serial_number = Some(SerialNumber::from(4711_u64));
        signed("revoked", revoked, &ca);
        signed("stranger", local(), &other);
        signed("client", params("cert_user", &[]), &ca);
        signed("thief", params("cert_user", &[]), &other);
        for (name, params) in [("self", local()), ("selfold", dated(local(), 2000, 2001))] {
            let mut params = params;
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let key = KeyPair::generate().unwrap();
            made.write(&format!("{name}.crt"), &params.self_signed(&key).unwrap().pem());
            made.write(&format!("{name}.key"), &key.serialize_pem());
        }
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(2090, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from(4711_u64),
                revocation_time: date_time_ymd(2021, 1, 1),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        made.write("revoked.crl", &list.signed_by(&ca).unwrap().pem().unwrap());
        made.write("both.pem", &(made.text("client.crt") + &made.text("client.key")));
        made.write("empty.crt", "nothing\n");
        made
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        mode(&path, if name.ends_with(".key") { 0o600 } else { 0o644 });
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }
}

/// Sets the permissions of a file or folder.
pub(crate) fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn params(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

fn dated(mut params: CertificateParams, from: i32, to: i32) -> CertificateParams {
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}
