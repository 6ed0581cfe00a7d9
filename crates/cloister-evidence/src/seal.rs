//! What is kept of a payload: as it is, or encrypted for whoever gets its key.
//!
//! The log commits to what is kept, so that a public key is enough to check every byte of it. Each payload that names
//! people has a key of its own, made of the log's secret and the payload's salt: an auditor is handed the keys of what
//! the audit is about, and no other. A hash of the key stands before the encrypted bytes: they cannot be read in two ways.
//!
//! Long texts are packed by gzip before that, so that what is recorded often does not fill the disk. What was packed is what
//! is committed to: packing again need not give the same bytes.

use std::io::{self, Read as _, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use sha2::{Digest, Sha256};

use crate::{Kind, SALT};

/// Bytes of a key.
pub const SECRET: usize = 32;
/// Bytes of the hash of a key.
const CHECK: usize = 32;

const PLAIN: u8 = 0;
const SEALED: u8 = 1;
const PACKED: u8 = 2;
const SEALED_PACKED: u8 = 3;

/// Shorter texts are not packed.
const SHORTEST: usize = 1024;
/// Nothing that is packed is longer: what says so was made to exhaust who reads it.
pub const LONGEST: usize = 256 << 20;

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
    /// It is packed, and cannot be unpacked.
    #[error("it is packed, and damaged")]
    Damaged,
    /// It is packed, and would be longer than anything that is recorded.
    #[error("it is packed, and would be larger than {} MiB: nothing that is recorded is", LONGEST >> 20)]
    Bomb,
}

/// As what a text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Whole,
    /// Packed by gzip.
    Packed,
}

/// Packs a text; none where that is of no use, or nobody could read it again.
pub fn pack(content: &[u8]) -> Option<Vec<u8>> {
    if !(SHORTEST..=LONGEST).contains(&content.len()) {
        return None;
    }
    let mut packing = GzEncoder::new(Vec::new(), Compression::default());
    packing.write_all(content).ok()?;
    packing.finish().ok().filter(|packed| packed.len() < content.len())
}

/// Packs what is written, as it is written: it is nowhere as a whole. As it is, where nobody could read it again.
///
/// # Errors
/// Those of `write`.
pub fn packed(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<(Form, Vec<u8>)> {
    let mut packing = Counting { to: GzEncoder::new(Vec::new(), Compression::default()), bytes: 0 };
    write(&mut packing)?;
    if (SHORTEST..=LONGEST).contains(&packing.bytes) {
        return Ok((Form::Packed, packing.to.finish()?));
    }
    let mut whole = Vec::new();
    write(&mut whole)?;
    Ok((Form::Whole, whole))
}

struct Counting<W> {
    to: W,
    bytes: usize,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.bytes = self.bytes.saturating_add(written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The text that was packed.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, Closed> {
    let mut content = Vec::new();
    let most = LONGEST as u64 + 1;
    GzDecoder::new(packed).take(most).read_to_end(&mut content).map_err(|_| Closed::Damaged)?;
    if content.len() > LONGEST { Err(Closed::Bomb) } else { Ok(content) }
}

/// What an entry of this kind says, as it is kept: assessments and reports are long, and made often, and so packed.
pub fn keep(kind: Kind, content: &[u8], key: Option<&PayloadKey>) -> Vec<u8> {
    match Some(content).filter(|_| matches!(kind, Kind::Assessment | Kind::Report)).and_then(pack) {
        Some(packed) => kept(Form::Packed, &packed, key),
        None => kept(Form::Whole, content, key),
    }
}

/// A text of this form, plain or encrypted. The same gives the same: a key is used for one text.
pub fn kept(form: Form, text: &[u8], key: Option<&PayloadKey>) -> Vec<u8> {
    match (form, key) {
        (Form::Whole, None) => plain(text),
        (Form::Whole, Some(key)) => sealed(key, text),
        (Form::Packed, None) => [&[PACKED], text].concat(),
        (Form::Packed, Some(key)) => {
            let sealed = sealed(key, text);
            [&[SEALED_PACKED], sealed.get(1..).unwrap_or_default()].concat()
        }
    }
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
    matches!(kept.first(), Some(&(SEALED | SEALED_PACKED)))
}

/// What was said.
pub fn open(kept: &[u8], key: Option<&PayloadKey>) -> Result<Vec<u8>, Closed> {
    match opened(kept, key)? {
        (Form::Whole, text) => Ok(text),
        (Form::Packed, text) => unpack(&text),
    }
}

/// What was said, in the form in which it is kept.
pub fn opened(kept: &[u8], key: Option<&PayloadKey>) -> Result<(Form, Vec<u8>), Closed> {
    let (form, rest) = kept.split_first().ok_or(Closed::Form)?;
    match *form {
        PLAIN => Ok((Form::Whole, rest.to_vec())),
        PACKED => Ok((Form::Packed, rest.to_vec())),
        SEALED | SEALED_PACKED => {
            let key = key.ok_or(Closed::Sealed)?;
            let (of_key, bytes) = rest.split_at_checked(CHECK).ok_or(Closed::Form)?;
            let cipher = cipher(key).filter(|_| of_key == check(key)).ok_or(Closed::OtherKey)?;
            let mut bytes = bytes.to_vec();
            let content = cipher.open_in_place(once(), Aad::empty(), &mut bytes).map_err(|_| Closed::OtherKey)?;
            Ok((if *form == SEALED { Form::Whole } else { Form::Packed }, content.to_vec()))
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
