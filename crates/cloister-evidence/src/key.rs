//! Keys of a log and of witnesses (C2SP `signed-note`, `tlog-cosignature`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use crate::Hash;

/// Bytes of an Ed25519 seed or public key.
const KEY: usize = 32;
/// Bytes of an Ed25519 signature.
const SIGNATURE: usize = 64;
/// What a private key begins with.
const PRIVATE: &str = "PRIVATE+KEY+";
/// Bytes of a witness's time.
const TIME: usize = 8;

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Algorithm {
    /// The text, by the log.
    Log,
    /// The text and the time at which it was seen, by a witness.
    Witness,
}

impl Algorithm {
    fn number(self) -> u8 {
        match self {
            Algorithm::Log => 1,
            Algorithm::Witness => 4,
        }
    }
}

/// A public key and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    algorithm: Algorithm,
    key: [u8; KEY],
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// It is not `NAME+ID+KEY`.
    #[error("not a key of the form NAME+ID+KEY")]
    Form,
    /// A name has no spaces and no +.
    #[error("a key's name is not empty, and holds no space and no +")]
    Name,
    /// Signed by something else than Ed25519.
    #[error("a key of a kind that is not known here: only Ed25519 is")]
    Kind,
    /// The number does not follow from the name and the key.
    #[error("the key does not fit its own name and number: a part of it was changed")]
    Id,
}

impl Verifier {
    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a witness's, whose signatures say when.
    pub fn is_witness(&self) -> bool {
        self.algorithm == Algorithm::Witness
    }

    /// By which a signature says whose it is: the first bytes of a hash of name and key.
    pub(crate) fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', self.algorithm.number()])
            .chain_update(self.key)
            .finalize();
        let [a, b, c, d, ..] = <[u8; Hash::SIZE]>::from(hash);
        [a, b, c, d]
    }

    /// Whether this is its signature of the text, and the time that a witness has said.
    pub(crate) fn verify(&self, text: &[u8], signature: &[u8]) -> Option<Option<Timestamp>> {
        let key = UnparsedPublicKey::new(&ED25519, &self.key);
        match self.algorithm {
            Algorithm::Log => key.verify(text, signature).ok().map(|()| None),
            Algorithm::Witness => {
                let (time, signature) = signature.split_first_chunk::<TIME>()?;
                let time = Timestamp::from_second(i64::try_from(u64::from_be_bytes(*time)).ok()?).ok()?;
                key.verify(&witnessed(text, time), signature).ok().map(|()| Some(time))
            }
        }
    }
}

/// What a witness signs.
fn witnessed(text: &[u8], time: Timestamp) -> Vec<u8> {
    [format!("cosignature/v1\ntime {}\n", time.as_second()).as_bytes(), text].concat()
}

/// `NAME+ID+KEY`, as it is given to whoever checks.
impl fmt::Display for Verifier {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = [&[self.algorithm.number()], self.key.as_slice()].concat();
        write!(to, "{}+{id:08x}+{}", self.name, STANDARD.encode(key))
    }
}

impl FromStr for Verifier {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Verifier, NoKey> {
        let mut parts = text.trim_end().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoKey::Form);
        };
        let key = STANDARD.decode(key).map_err(|_| NoKey::Form)?;
        let (number, key) = key.split_first().ok_or(NoKey::Form)?;
        let algorithm = [Algorithm::Log, Algorithm::Witness].into_iter().find(|one| one.number() == *number);
        let verifier = Verifier {
            name: checked(name)?.to_owned(),
            algorithm: algorithm.ok_or(NoKey::Kind)?,
            key: key.try_into().map_err(|_| NoKey::Form)?,
        };
        if format!("{:08x}", u32::from_be_bytes(verifier.id())) == id { Ok(verifier) } else { Err(NoKey::Id) }
    }
}

fn checked(name: &str) -> Result<&str, NoKey> {
    let is_fit = !name.is_empty() && !name.chars().any(|sign| sign.is_whitespace() || sign.is_control() || sign == '+');
    if is_fit { Ok(name) } else { Err(NoKey::Name) }
}

/// A private key. It is shown nowhere.
pub struct Signer {
    verifier: Verifier,
    pair: Ed25519KeyPair,
}

impl fmt::Debug for Signer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Signer({})", self.verifier.name)
    }
}

impl Signer {
    /// A log's key, from a random seed.
    pub fn log(name: &str, seed: &[u8; KEY]) -> Result<Signer, NoKey> {
        Signer::new(name, seed, Algorithm::Log)
    }

    /// A witness's key, from a random seed.
    pub fn witness(name: &str, seed: &[u8; KEY]) -> Result<Signer, NoKey> {
        Signer::new(name, seed, Algorithm::Witness)
    }

    fn new(name: &str, seed: &[u8; KEY], algorithm: Algorithm) -> Result<Signer, NoKey> {
        let name = checked(name)?.to_owned();
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NoKey::Form)?;
        let key = pair.public_key().as_ref().try_into().map_err(|_| NoKey::Form)?;
        Ok(Signer { verifier: Verifier { name, algorithm, key }, pair })
    }

    /// Reads what [`Signer::write`] has written.
    pub fn read(text: &str) -> Result<Signer, NoKey> {
        let rest = text.trim_end().strip_prefix(PRIVATE).ok_or(NoKey::Form)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoKey::Form);
        };
        let key = STANDARD.decode(key).map_err(|_| NoKey::Form)?;
        let (number, seed) = key.split_first().ok_or(NoKey::Form)?;
        let algorithm = [Algorithm::Log, Algorithm::Witness].into_iter().find(|one| one.number() == *number);
        let seed = seed.try_into().map_err(|_| NoKey::Form)?;
        let signer = Signer::new(name, seed, algorithm.ok_or(NoKey::Kind)?)?;
        if format!("{:08x}", u32::from_be_bytes(signer.verifier.id())) == id { Ok(signer) } else { Err(NoKey::Id) }
    }

    /// As it is kept, in the form of `signed-note`: it must be made of this seed. For its owner's eyes only.
    pub fn write(&self, seed: &[u8; KEY]) -> String {
        let id = u32::from_be_bytes(self.verifier.id());
        let key = [&[self.verifier.algorithm.number()], seed.as_slice()].concat();
        format!("{PRIVATE}{}+{id:08x}+{}", self.verifier.name, STANDARD.encode(key))
    }

    /// What others check its signatures with.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Its signature of a text. A witness says that it saw it at this time; a log says no time.
    pub(crate) fn sign(&self, text: &[u8], time: Timestamp) -> Vec<u8> {
        match self.verifier.algorithm {
            Algorithm::Log => self.pair.sign(text).as_ref().to_vec(),
            Algorithm::Witness => {
                let mut signature = Vec::with_capacity(TIME + SIGNATURE);
                signature.extend_from_slice(&time.as_second().unsigned_abs().to_be_bytes());
                signature.extend_from_slice(self.pair.sign(&witnessed(text, time)).as_ref());
                signature
            }
        }
    }
}
