//! What is kept of a payload: as it is, or encrypted for whoever gets its key.
//!
//! The log commits to what is kept, so that a public key is enough to check every byte of it. Each payload that names
//! people has a key of its own, made of the log's secret and the payload's salt: an auditor is handed the keys of what
//! the audit is about, and no other. A hash of the key stands before the encrypted bytes: they cannot be read in two ways.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use sha2::{Digest, Sha256};

use crate::SALT;

/// Bytes of a key.
pub const SECRET: usize = 32;
/// Bytes of the hash of a key.
const CHECK: usize = 32;

const PLAIN: u8 = 0;
const SEALED: u8 = 1;

/// Keep what is derived and hashed here apart from everything else that is.
const DERIVES: &[u8] = b"cloister.dev/evidence/payload-key/v1\n";
const CHECKS: &[u8] = b"cloister.dev/evidence/key-check/v1\n";

/// The key of one payload.
pub type PayloadKey = [u8; SECRET];

/// A log's secret. It is shown nowhere.
pub struct Sealer(hmac::Key);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Sealer")
    }
}

impl Sealer {
    /// With this secret, which must be random.
    pub fn new(secret: &[u8; SECRET]) -> Sealer {
        Sealer(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The key of the payload with this salt.
    pub fn key(&self, salt: &[u8; SALT]) -> PayloadKey {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(DERIVES);
        context.update(salt);
        let mut key = [0; SECRET];
        key.copy_from_slice(context.sign().as_ref());
        key
    }
}

/// Why what is kept cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// It is encrypted, and there is no key.
    #[error("it is encrypted, and its key is not here")]
    Sealed,
    /// The key is that of something else.
    #[error("the key is not the one it was encrypted with")]
    OtherKey,
    /// It is neither plain nor encrypted.
    #[error("it is kept in no form that is known here")]
    Form,
}

/// Of something that names nobody.
pub fn plain(content: &[u8]) -> Vec<u8> {
    [&[PLAIN], content].concat()
}

/// Of something that names people. The key must be used for this alone.
pub fn sealed(key: &PayloadKey, content: &[u8]) -> Vec<u8> {
    let mut bytes = content.to_vec();
    // A key of 32 bytes is one, and nothing here is 64 GiB long: neither can fail.
    if let Some(cipher) = cipher(key) {
        let _ = cipher.seal_in_place_append_tag(once(), Aad::empty(), &mut bytes);
    }
    [&[SEALED], check(key).as_slice(), &bytes].concat()
}

/// Whether a key is needed to read it.
pub fn is_sealed(kept: &[u8]) -> bool {
    kept.first() == Some(&SEALED)
}

/// What was said.
pub fn open(kept: &[u8], key: Option<&PayloadKey>) -> Result<Vec<u8>, Closed> {
    let (form, rest) = kept.split_first().ok_or(Closed::Form)?;
    match *form {
        PLAIN => Ok(rest.to_vec()),
        SEALED => {
            let key = key.ok_or(Closed::Sealed)?;
            let (of_key, bytes) = rest.split_at_checked(CHECK).ok_or(Closed::Form)?;
            let cipher = cipher(key).filter(|_| of_key == check(key)).ok_or(Closed::OtherKey)?;
            let mut bytes = bytes.to_vec();
            let content = cipher.open_in_place(once(), Aad::empty(), &mut bytes).map_err(|_| Closed::OtherKey)?;
            Ok(content.to_vec())
        }
        _ => Err(Closed::Form),
    }
}

fn cipher(key: &PayloadKey) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

/// No key is used for two things, so that one number does for all of them.
fn once() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn check(key: &PayloadKey) -> [u8; CHECK] {
    Sha256::new().chain_update(CHECKS).chain_update(key).finalize().into()
}
