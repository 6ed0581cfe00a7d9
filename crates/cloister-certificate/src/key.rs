//! Kinds of public keys, and which are too short.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use x509_parser::oid_registry::Oid;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// What a public key is; written as `RSA 2048`, `EC P-256`, `Ed25519`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Key {
    /// RSA, bits of the modulus.
    Rsa(u32),
    /// DSA, bits of the prime (0 where it stands elsewhere).
    Dsa(u32),
    /// An elliptic curve, by NIST's name or that of its standard.
    Ec(String),
    /// Edwards curves, ML-DSA: kinds of one size, by name.
    Fixed(String),
    /// Anything else, by its object identifier.
    Other(String),
}

/// Curves by their object identifiers (RFC 5480 section 2.1.1.1, RFC 5639), with bits.
const CURVES: &[(&str, &str, u32)] = &[
    ("1.2.840.10045.3.1.1", "P-192", 192),
    ("1.3.132.0.33", "P-224", 224),
    ("1.2.840.10045.3.1.7", "P-256", 256),
    ("1.3.132.0.34", "P-384", 384),
    ("1.3.132.0.35", "P-521", 521),
    ("1.3.132.0.10", "secp256k1", 256),
    ("1.3.132.0.8", "secp160r1", 160),
    ("1.3.36.3.3.2.8.1.1.1", "brainpoolP160r1", 160),
    ("1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1", 192),
    ("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1", 224),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1", 320),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512),
];

/// Kinds of one size (RFC 8410, RFC 9881).
const FIXED: &[(&str, &str)] = &[
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

const DSA: &str = "1.2.840.10040.4.1";
const EC: &str = "1.2.840.10045.2.1";
/// What 112 bits of security ask for (NIST SP 800-57 part 1, table 2).
const LEAST_MODULUS: u32 = 2048;
const LEAST_CURVE: u32 = 224;

impl Key {
    /// Whether it gives less than 112 bits of security: RSA and DSA below 2048 bits, curves below 224. A curve that
    /// is not known is not called weak.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        match self {
            Self::Rsa(bits) | Self::Dsa(bits) => *bits < LEAST_MODULUS,
            Self::Ec(name) => CURVES.iter().any(|(_, known, bits)| known == name && *bits < LEAST_CURVE),
            Self::Fixed(_) | Self::Other(_) => false,
        }
    }

    pub(crate) fn of(info: &SubjectPublicKeyInfo<'_>) -> Result<Self, String> {
        let kind = info.algorithm.algorithm.to_id_string();
        if let Some((_, name)) = FIXED.iter().find(|(id, _)| *id == kind) {
            return Ok(Self::Fixed((*name).to_owned()));
        }
        match kind.as_str() {
            EC => Ok(Self::Ec(curve(info).unwrap_or_else(|| "unknown".to_owned()))),
            DSA => Ok(Self::Dsa(prime(info))),
            _ => match info.parsed() {
                Ok(PublicKey::RSA(rsa)) => Ok(Self::Rsa(bits(rsa.modulus))),
                Ok(_) => Ok(Self::Other(kind)),
                Err(_) => Err("its public key cannot be read".to_owned()),
            },
        }
    }
}

fn curve(info: &SubjectPublicKeyInfo<'_>) -> Option<String> {
    let id = Oid::try_from(info.algorithm.parameters.as_ref()?.clone()).ok()?.to_id_string();
    Some(CURVES.iter().find(|(known, ..)| *known == id).map_or(id.clone(), |(_, name, _)| (*name).to_owned()))
}

/// The prime is the first number of the parameters (RFC 3279 section 2.3.2).
fn prime(info: &SubjectPublicKeyInfo<'_>) -> u32 {
    use x509_parser::der_parser::asn1_rs::{FromDer, Integer};
    let parameters = info.algorithm.parameters.as_ref();
    parameters.and_then(|any| Integer::from_der(any.data).ok()).map_or(0, |(_, prime)| bits(prime.as_ref()))
}

/// Bits of a big-endian number.
fn bits(number: &[u8]) -> u32 {
    let mut rest = number.iter().skip_while(|byte| **byte == 0);
    let Some(first) = rest.next() else { return 0 };
    let others = u32::try_from(rest.count()).unwrap_or(u32::MAX / 16);
    (8 - first.leading_zeros()) + others * 8
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::Dsa(bits) => write!(f, "DSA {bits}"),
            Self::Ec(curve) => write!(f, "EC {curve}"),
            Self::Fixed(name) => f.write_str(name),
            Self::Other(id) => write!(f, "unknown {id}"),
        }
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no kind of key: RSA 2048, EC P-256 or Ed25519 are");
        match text.split_once(' ') {
            Some(("RSA", bits)) => bits.parse().map(Self::Rsa).map_err(|_| wrong()),
            Some(("DSA", bits)) => bits.parse().map(Self::Dsa).map_err(|_| wrong()),
            Some(("EC", curve)) => Ok(Self::Ec(curve.to_owned())),
            Some(("unknown", id)) => Ok(Self::Other(id.to_owned())),
            None if !text.is_empty() => Ok(Self::Fixed(text.to_owned())),
            _ => Err(wrong()),
        }
    }
}
