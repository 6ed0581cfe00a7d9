//! What stands in the log for what is kept beside it.

use sha2::{Digest, Sha256};

use crate::Hash;

/// Bytes of a salt. So many that nobody finds it by trying, however few the payloads are that one could guess.
pub const SALT: usize = 32;

/// Comes before what is hashed, so that a commitment is no hash of anything else.
const PURPOSE: &[u8] = b"cloister.dev/evidence/commitment/v1\n";

/// A hash of a payload and its salt: whoever has both can check it, whoever has neither learns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment(Hash);

impl Commitment {
    /// To this payload. The salt must be random, and used for this payload alone.
    pub fn new(salt: &[u8; SALT], payload: &[u8]) -> Commitment {
        let hash = Sha256::new().chain_update(PURPOSE).chain_update(salt).chain_update(payload).finalize();
        Commitment(Hash::from(<[u8; Hash::SIZE]>::from(hash)))
    }

    /// Whether it was made of these.
    pub fn opens(&self, salt: &[u8; SALT], payload: &[u8]) -> bool {
        *self == Commitment::new(salt, payload)
    }

    pub(crate) fn from_base64(text: &str) -> Option<Commitment> {
        Hash::from_base64(text).map(Commitment)
    }
}

/// In base64.
impl std::fmt::Display for Commitment {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(to)
    }
}
