//! The issuer's public keys (JWK, RFC 7517), and signatures by them. What may sign is listed here: nothing that is made with a
//! secret (`HS256`), and not nothing (`none`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// More keys are not looked at.
const MOST: usize = 100;

/// Keys, as the issuer publishes them. One that is of no use here is passed over.
#[derive(Debug, Deserialize)]
pub struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// What signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

impl Algorithm {
    pub fn named(name: &str) -> Option<Algorithm> {
        Some(match name {
            "RS256" => Algorithm::Rs256,
            "RS384" => Algorithm::Rs384,
            "RS512" => Algorithm::Rs512,
            "PS256" => Algorithm::Ps256,
            "PS384" => Algorithm::Ps384,
            "PS512" => Algorithm::Ps512,
            "ES256" => Algorithm::Es256,
            "ES384" => Algorithm::Es384,
            "EdDSA" => Algorithm::EdDsa,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Algorithm::Rs256 => "RS256",
            Algorithm::Rs384 => "RS384",
            Algorithm::Rs512 => "RS512",
            Algorithm::Ps256 => "PS256",
            Algorithm::Ps384 => "PS384",
            Algorithm::Ps512 => "PS512",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
            Algorithm::EdDsa => "EdDSA",
        }
    }

    /// The kind of key that it takes, and its curve.
    fn takes(self) -> (&'static str, Option<&'static str>) {
        match self {
            Algorithm::Es256 => ("EC", Some("P-256")),
            Algorithm::Es384 => ("EC", Some("P-384")),
            Algorithm::EdDsa => ("OKP", Some("Ed25519")),
            _ => ("RSA", None),
        }
    }
}

impl Keys {
    /// Whether one of them signed this with the algorithm; the one of this name, where one is named.
    pub fn signed(&self, (algorithm, kid): (Algorithm, Option<&str>), signed: &[u8], signature: &[u8]) -> bool {
        let known = self.keys.iter().take(MOST).filter_map(|key| Key::deserialize(key).ok());
        known
            .filter(|key| key.is_for(algorithm) && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid)))
            .any(|key| key.signed(algorithm, signed, signature) == Some(true))
    }

    /// Whether there is one of this name.
    pub fn has(&self, kid: Option<&str>) -> bool {
        kid.is_none_or(|kid| self.keys.iter().any(|key| key.get("kid").and_then(|it| it.as_str()) == Some(kid)))
    }
}

impl Key {
    fn is_for(&self, algorithm: Algorithm) -> bool {
        let (kind, curve) = algorithm.takes();
        self.kty == kind
            && (curve.is_none() || self.crv.as_deref() == curve)
            && self.r#use.as_deref().is_none_or(|what| what == "sig")
            && self.alg.as_deref().is_none_or(|name| name == algorithm.name())
    }

    fn signed(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> Option<bool> {
        let part = |part: &Option<String>| URL_SAFE_NO_PAD.decode(part.as_deref()?).ok();
        let rsa = |parameters| {
            let components = RsaPublicKeyComponents { n: part(&self.n)?, e: part(&self.e)? };
            Some(components.verify(parameters, signed, signature).is_ok())
        };
        let curve = |parameters, width: usize| {
            let (x, y) = (part(&self.x)?, part(&self.y)?);
            let point = [&[4], x.as_slice(), y.as_slice()].concat();
            let is_whole = x.len() == width && y.len() == width;
            Some(is_whole && UnparsedPublicKey::new(parameters, point).verify(signed, signature).is_ok())
        };
        match algorithm {
            Algorithm::Rs256 => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            Algorithm::Rs384 => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            Algorithm::Rs512 => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            Algorithm::Ps256 => rsa(&signature::RSA_PSS_2048_8192_SHA256),
            Algorithm::Ps384 => rsa(&signature::RSA_PSS_2048_8192_SHA384),
            Algorithm::Ps512 => rsa(&signature::RSA_PSS_2048_8192_SHA512),
            Algorithm::Es256 => curve(&signature::ECDSA_P256_SHA256_FIXED, 32),
            Algorithm::Es384 => curve(&signature::ECDSA_P384_SHA384_FIXED, 48),
            Algorithm::EdDsa => {
                Some(UnparsedPublicKey::new(&signature::ED25519, part(&self.x)?).verify(signed, signature).is_ok())
            }
        }
    }
}
