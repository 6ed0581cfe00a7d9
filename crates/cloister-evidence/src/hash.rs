//! Hashes of the tree (RFC 9162, section 2.1.1).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A SHA-256 hash of a leaf, a node or a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; Hash::SIZE]);

impl Hash {
    /// In bytes.
    pub const SIZE: usize = 32;

    /// What an empty tree hashes to.
    pub fn empty() -> Hash {
        Hash(Sha256::digest([]).into())
    }

    /// Of an entry. Leaves and nodes begin differently, so that no entry can pass for a node.
    pub fn leaf(entry: &[u8]) -> Hash {
        Hash(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// Of two nodes that stand beside each other.
    pub fn node(left: Hash, right: Hash) -> Hash {
        Hash(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// As it is stored.
    pub fn bytes(&self) -> &[u8; Hash::SIZE] {
        &self.0
    }

    /// From standard base64; `None` where it is no hash, or is not written the one way that there is.
    pub fn from_base64(text: &str) -> Option<Hash> {
        STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(Hash)
    }
}

impl From<[u8; Hash::SIZE]> for Hash {
    fn from(bytes: [u8; Hash::SIZE]) -> Hash {
        Hash(bytes)
    }
}

/// In base64, as checkpoints say it.
impl fmt::Display for Hash {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}
