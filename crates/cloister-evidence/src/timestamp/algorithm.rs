//! Digests and signatures that are known.

use ring::digest;
use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::ring as by;

use super::der::{self, Values};
use super::{NoTimestamp, objects};

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// What an `AlgorithmIdentifier` names.
    pub(super) fn read(algorithm: &[u8]) -> Result<Digest, NoTimestamp> {
        match object(algorithm).ok_or(NoTimestamp::Form("the name of a digest cannot be read"))? {
            objects::SHA256 => Ok(Digest::Sha256),
            objects::SHA384 => Ok(Digest::Sha384),
            objects::SHA512 => Ok(Digest::Sha512),
            other => Err(unknown("digest", other)),
        }
    }

    /// Of these bytes.
    pub(super) fn of(self, bytes: &[u8]) -> digest::Digest {
        let algorithm = match self {
            Digest::Sha256 => &digest::SHA256,
            Digest::Sha384 => &digest::SHA384,
            Digest::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes)
    }
}

/// The algorithms by which a signer may have signed: an `AlgorithmIdentifier` of ECDSA does not say the curve.
pub(super) fn signature(
    algorithm: &[u8],
    digest: Digest,
) -> Result<Vec<&'static dyn SignatureVerificationAlgorithm>, NoTimestamp> {
    let object = object(algorithm).ok_or(NoTimestamp::Form("the name of the signature's algorithm cannot be read"))?;
    Ok(match (object, digest) {
        (objects::RSA | objects::RSA_SHA256, Digest::Sha256) => vec![by::RSA_PKCS1_2048_8192_SHA256],
        (objects::RSA | objects::RSA_SHA384, Digest::Sha384) => vec![by::RSA_PKCS1_2048_8192_SHA384],
        (objects::RSA | objects::RSA_SHA512, Digest::Sha512) => vec![by::RSA_PKCS1_2048_8192_SHA512],
        (objects::ECDSA_SHA256, Digest::Sha256) => vec![by::ECDSA_P256_SHA256, by::ECDSA_P384_SHA256],
        (objects::ECDSA_SHA384, Digest::Sha384) => vec![by::ECDSA_P256_SHA384, by::ECDSA_P384_SHA384],
        (other, _) => return Err(unknown("signature", other)),
    })
}

/// Its object identifier, where its parameters are left out or are NULL.
fn object(algorithm: &[u8]) -> Option<&[u8]> {
    let mut values = Values::new(algorithm);
    let object = values.take(der::OBJECT)?;
    let is_bare = values.is_empty();
    (is_bare || algorithm.strip_prefix(object.whole) == Some(&[5, 0])).then_some(object.content)
}

fn unknown(what: &str, object: &[u8]) -> NoTimestamp {
    let name = der::read_object(object).unwrap_or_else(|| "without a name".to_owned());
    NoTimestamp::Algorithm(format!("{what} {name}"))
}
