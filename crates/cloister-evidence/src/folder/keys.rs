//! The file of a log's private keys: apart from the log, readable by its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};

use crate::seal::{SECRET, Sealer};
use crate::{Signer, Verifier};

/// A larger file is none of keys.
const MOST: u64 = 4096;
/// What the secret of payloads begins with.
const PAYLOADS: &str = "PAYLOAD+KEY+";

/// What signs, and what payloads are encrypted with.
#[derive(Debug)]
pub struct Keys {
    /// Signs heads.
    pub signer: Signer,
    /// Makes the keys of payloads; a witness has none.
    pub sealer: Option<Sealer>,
}

/// What is wrong with a file of keys, and the way out.
#[derive(Debug, thiserror::Error)]
#[error("{}: {cause}", path.display())]
pub struct KeyFault {
    /// Which.
    pub path: PathBuf,
    /// What.
    pub cause: String,
    /// The way out.
    pub help: String,
}

fn fault(path: &Path, cause: impl std::fmt::Display, help: impl Into<String>) -> KeyFault {
    KeyFault { path: path.to_owned(), cause: cause.to_string(), help: help.into() }
}

/// Random bytes from the system.
pub fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("the system has no random bytes"))?;
    Ok(bytes)
}

impl Keys {
    /// Makes the keys of a new log. There must be no file yet.
    pub fn create(path: &Path, origin: &str) -> Result<Keys, KeyFault> {
        Keys::make(path, |seed| Signer::log(origin, seed), true)
    }

    /// Makes the key of a witness. There must be no file yet.
    pub fn create_witness(path: &Path, name: &str) -> Result<Keys, KeyFault> {
        Keys::make(path, |seed| Signer::witness(name, seed), false)
    }

    fn make(
        path: &Path,
        signer: impl Fn(&[u8; SECRET]) -> Result<Signer, crate::NoKey>,
        seals: bool,
    ) -> Result<Keys, KeyFault> {
        let wrong = |error: io::Error| fault(path, error, "name another file");
        let (mut seed, mut secret) = (random().map_err(wrong)?, random().map_err(wrong)?);
        let signer = signer(&seed).map_err(|error| fault(path, error, "name it otherwise"))?;
        let mut text = signer.write(&seed) + "\n";
        if seals {
            text += &format!("{PAYLOADS}{}\n", STANDARD.encode(secret));
        }
        let sealer = seals.then(|| Sealer::new(&secret));
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(wrong)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(wrong)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(wrong)?;
        seed.fill(0);
        secret.fill(0);
        Ok(Keys { signer, sealer })
    }

    /// Reads them, if nobody else can.
    pub fn read(path: &Path) -> Result<Keys, KeyFault> {
        let wrong = |error: io::Error| fault(path, error, "name the file of private keys that was made with the log");
        let file = File::open(path).map_err(wrong)?;
        let about = file.metadata().map_err(wrong)?;
        if !about.is_file() {
            return Err(fault(path, "it is no ordinary file", "name the file of private keys"));
        }
        if about.mode() & 0o077 != 0 {
            let cause = format!("others may read or change it (mode {:o})", about.mode() & 0o777);
            let help = format!("chmod 600 {}; if others may have read it, begin a new log", path.display());
            return Err(fault(path, cause, help));
        }
        let mut text = String::new();
        file.take(MOST).read_to_string(&mut text).map_err(wrong)?;
        let form =
            |cause: &dyn std::fmt::Display| fault(path, cause, "name the file of private keys, as it was written");
        let mut lines = text.lines();
        let signer = lines.next().unwrap_or_default();
        let signer = Signer::read(signer).map_err(|error| form(&error))?;
        let sealer = match lines.next() {
            None => None,
            Some(line) => {
                let secret = line.strip_prefix(PAYLOADS).and_then(|text| STANDARD.decode(text).ok());
                let secret = secret.and_then(|bytes| <[u8; SECRET]>::try_from(bytes).ok());
                Some(Sealer::new(&secret.ok_or_else(|| form(&"its second line is no key"))?))
            }
        };
        Ok(Keys { signer, sealer })
    }
}

/// Reads a public key.
pub fn read_verifier(path: &Path) -> Result<Verifier, KeyFault> {
    let help = "name a file with the public key, NAME+ID+KEY on one line";
    let file = File::open(path).map_err(|error| fault(path, error, help))?;
    let mut text = String::new();
    file.take(MOST).read_to_string(&mut text).map_err(|error| fault(path, error, help))?;
    if text.starts_with("PRIVATE+KEY+") {
        return Err(fault(path, "this is a private key", "checking needs the public one; keep this one to yourself"));
    }
    text.trim().parse().map_err(|error| fault(path, error, help))
}
