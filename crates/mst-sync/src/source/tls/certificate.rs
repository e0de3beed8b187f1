//! The hash of a certificate by which a password exchange is bound to the connection (`tls-server-end-point`, RFC 5929).

use sha2::{Digest, Sha256, Sha384, Sha512};

/// The hash of a certificate by the hash function of its signature. `None` if that has none, or is not known here.
pub(in crate::source) fn end_point_hash(certificate: &[u8]) -> Option<Vec<u8>> {
    let (SEQUENCE, certificate_body, _) = element(certificate)? else { return None };
    let (SEQUENCE, _, rest) = element(certificate_body)? else { return None };
    let (SEQUENCE, algorithm, _) = element(rest)? else { return None };
    let (OBJECT_IDENTIFIER, identifier, _) = element(algorithm)? else { return None };
    // Hash functions that are broken are replaced by SHA-256.
    Some(match identifier {
        MD5_RSA | SHA1_RSA | SHA256_RSA | SHA1_ECDSA | SHA256_ECDSA => Sha256::digest(certificate).to_vec(),
        SHA384_RSA | SHA384_ECDSA => Sha384::digest(certificate).to_vec(),
        SHA512_RSA | SHA512_ECDSA => Sha512::digest(certificate).to_vec(),
        _ => return None,
    })
}

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// 1.2.840.113549.1.1 (PKCS #1) and 1.2.840.10045.4 (ECDSA), each with its last numbers.
const MD5_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4];
const SHA1_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5];
const SHA256_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
const SHA384_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12];
const SHA512_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13];
const SHA1_ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
const SHA256_ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const SHA384_ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
const SHA512_ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];

/// The first element of DER: its tag, its content, and the bytes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}
