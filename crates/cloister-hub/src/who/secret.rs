//! Secrets that are made here, and their hashes, which are all that is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloister_evidence::folder::random;
use sha2::{Digest, Sha256};

/// The hash of a secret: two secrets are compared by theirs, which tells nothing by the time it takes.
pub type Hash = [u8; 32];

/// 256 random bits, as text that stands in addresses.
pub fn new() -> std::io::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// The hash of a secret, for one use of it.
pub fn hash(purpose: &str, secret: &str) -> Hash {
    Sha256::new().chain_update(purpose).chain_update([0]).chain_update(secret).finalize().into()
}

/// What forms carry, made of the secret in the cookie: who cannot read the cookie cannot make it.
pub fn of_forms(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(hash("forms", secret))
}

/// Whether two texts are the same, whatever time it takes.
pub fn is_same(one: &str, other: &str) -> bool {
    hash("compare", one) == hash("compare", other)
}
