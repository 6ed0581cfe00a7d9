//! Opens a log to add to it, or begins one.

use std::fs;
use std::path::{Path, PathBuf};

use cloister_evidence::folder::{Fault, Folder, Item, Keys, Reader, random};
use cloister_evidence::verify::{Outcome, With};
use cloister_evidence::{Checkpoint, Kind, Note, Verifier, seal};
use jiff::Timestamp;

use super::place;
use crate::way_out::failure;

/// A log that is added to.
#[derive(Debug)]
pub struct Open {
    pub folder: Folder,
    pub keys: Keys,
    /// The folder.
    pub path: PathBuf,
    /// The file of private keys.
    pub key: PathBuf,
    /// Whether it was begun just now.
    pub new: bool,
}

/// Whether there is a log.
pub fn is_log(path: &Path) -> bool {
    path.join("checkpoint").is_file()
}

/// The head of a log, whoever has signed it.
pub fn head(path: &Path) -> anyhow::Result<(String, Checkpoint)> {
    let file = path.join("checkpoint");
    let help = "name the folder of a log, as cloister scan --record writes it";
    let text = fs::read_to_string(&file).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(format!("{} is no log: {}: {why}", path.display(), file.display()), help)
    })?;
    let head = Note::read(&text).ok().and_then(|note| note.text().parse().ok());
    let cause = || failure(format!("{} is no head of a log", file.display()), help);
    head.map(|head| (text, head)).ok_or_else(cause)
}

impl Open {
    /// One that is there.
    pub fn existing(path: &Path, key: Option<&Path>) -> anyhow::Result<Open> {
        let key = key_of(path, key)?;
        let (keys, signer) = (read(&key)?, read(&key)?.signer);
        let folder = Folder::open(path, signer).map_err(|fault| told(&fault))?;
        goes_on(path, &key, keys.signer.verifier())?;
        Ok(Open { folder, keys, path: path.to_owned(), key, new: false })
    }

    /// One that is there, or a new one.
    pub fn or_new(path: &Path, key: Option<&Path>) -> anyhow::Result<Open> {
        if is_log(path) {
            return Open::existing(path, key);
        }
        let is_empty = fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
        if !is_empty {
            let cause = format!("{} holds other files, and no log", path.display());
            return Err(failure(cause, "name an empty folder, or one that is not there yet"));
        }
        let number: [u8; 8] = random()?;
        let origin = format!("cloister-log/{}", number.map(|byte| format!("{byte:02x}")).concat());
        let none = || failure("there is no home for a private key", "name a file for it: --record-key FILE");
        let key = key.map(Path::to_owned).or_else(|| place::usual(&origin)).ok_or_else(none)?;
        place::apart(&key, path)?;
        // A key that is there already, such as one of an image or a secret, begins the log under its own name.
        let keys =
            if key.is_file() { read(&key)? } else { Keys::create(&key, &origin).map_err(|fault| wrong(&fault))? };
        let public = keys.signer.verifier().to_string();
        let folder = Folder::create(path, read(&key)?.signer, Timestamp::now()).map_err(|fault| told(&fault))?;
        fs::write(path.join("key.pub"), format!("{public}\n"))?;
        Ok(Open { folder, keys, path: path.to_owned(), key, new: true })
    }

    /// Adds these, together, and remembers the head.
    pub fn append(&mut self, entries: &[(Kind, Vec<u8>)]) -> anyhow::Result<u64> {
        let now = Timestamp::now();
        let mut payloads = Vec::new();
        for (kind, content) in entries {
            let salt = random()?;
            let sealer = self.keys.sealer.as_ref().filter(|_| kind.can_be_erased());
            let payload = seal::keep(*kind, content, sealer.map(|sealer| sealer.key(&salt)).as_ref());
            payloads.push((*kind, salt, payload));
        }
        let items: Vec<Item<'_>> = payloads
            .iter()
            .map(|(kind, salt, payload)| Item { kind: *kind, time: now, salt: *salt, payload })
            .collect();
        let first = self.folder.append(&items, now).map_err(|fault| told(&fault))?;
        self.remember()?;
        Ok(first)
    }

    /// Remembers the head outside of the log.
    pub fn remember(&self) -> anyhow::Result<()> {
        let (text, _) = head(&self.path)?;
        place::remember(&self.key, &text).map_err(|error| {
            let why = cloister_source::without_number(&error.to_string()).to_owned();
            let cause = format!("what was signed cannot be kept beside {}: {why}", self.key.display());
            failure(cause, "it is recorded; make the folder of the key writable, so that a cut log is noticed")
        })
    }
}

/// The private keys of a log that is there, for whoever does not add to it: another process may.
pub fn keys(path: &Path, key: Option<&Path>) -> anyhow::Result<Keys> {
    let key = key_of(path, key)?;
    let keys = read(&key)?;
    goes_on(path, &key, keys.signer.verifier())?;
    Ok(keys)
}

/// Whether the log goes on from the last head that was signed with this key here: a folder that was restored from an
/// older copy does not, and adding to it would be a fork.
fn goes_on(log: &Path, key: &Path, verifier: &Verifier) -> anyhow::Result<()> {
    let Some(last) = place::last_head(key) else { return Ok(()) };
    let (text, now) = head(log)?;
    if text == last {
        return Ok(());
    }
    let older = [("the head that was signed last".to_owned(), last)];
    let with = With { key: verifier, witnesses: &[], older: &older };
    let mut outcome = Outcome::default();
    cloister_evidence::verify::goes_on(&Reader::new(log), with, &now, &mut outcome);
    match outcome.faults.first() {
        None => Ok(()),
        Some(found) => Err(failure(
            format!("{}: {}: {}", log.display(), found.place, found.what),
            format!(
                "restore the newest copy of the log; or begin a new one in another folder. {} says what was signed last",
                key.with_extension("head").display()
            ),
        )),
    }
}

fn key_of(path: &Path, key: Option<&Path>) -> anyhow::Result<PathBuf> {
    let (_, head) = head(path)?;
    let key = place::private_key(&head.origin, key)?;
    place::apart(&key, path)?;
    Ok(key)
}

fn read(key: &Path) -> anyhow::Result<Keys> {
    Keys::read(key).map_err(|fault| wrong(&fault))
}

/// A fault of a file of keys, with its way out.
pub fn wrong(fault: &cloister_evidence::folder::KeyFault) -> anyhow::Error {
    failure(cloister_source::without_number(&fault.to_string()), &fault.help)
}

/// A fault of a log, with its way out.
pub fn told(fault: &Fault) -> anyhow::Error {
    let help = match fault {
        Fault::InUse(_) => "wait for it, and try again",
        Fault::Exists(_) => "name a folder that is not there yet",
        Fault::Head { .. } => {
            "name the private key that was made with this log: --private-key FILE, for a scan --record-key FILE"
        }
        Fault::Changed(_) => {
            "cloister evidence verify tells which; restore it from a copy, since nothing is added to a broken log"
        }
        Fault::Report(_) => "the program without the feature pdf writes the bundle without it",
        Fault::Large(_) => "export a shorter period",
        Fault::Entry(..) => "cloister evidence list shows what there is",
        Fault::Io { .. } | Fault::Unknown(_) => {
            "make the folder writable, with room, and try again: what was recorded is kept"
        }
    };
    failure(cloister_source::without_number(&fault.to_string()), help)
}
