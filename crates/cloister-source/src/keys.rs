//! The file of keys for keyed hashes: kept apart from what they hash, readable by its owner only, with the day until
//! which each key may be kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloister_detect::keyed::{Key, Keys};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A larger file is none of keys.
const MOST: u64 = 256 << 10;
/// How many bytes a new key has.
const LENGTH: usize = 32;

/// The file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyFile {
    api_version: String,
    kind: String,
    /// The newest first.
    pub keys: Vec<Kept>,
}

/// A key, with its days.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kept {
    /// Its name, which stands in every hash.
    pub id: String,
    /// Since when.
    pub created: Date,
    /// Until when it may be kept: from then on, it must be destroyed.
    pub retain_until: Date,
    /// The secret, in Base64.
    secret: String,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} until {}", self.id, self.retain_until)
    }
}

/// What is wrong with a file of keys: the cause and the way out.
#[derive(Debug)]
pub struct KeyError {
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: String,
}

fn error(file: &Path, cause: impl std::fmt::Display, help: impl Into<String>) -> KeyError {
    KeyError { cause: format!("{}: {cause}", file.display()), help: help.into() }
}

fn failed(file: &Path, failure: &io::Error) -> KeyError {
    let cause = failure.to_string();
    error(file, crate::without_number(&cause), "name another file: --hash-key FILE")
}

/// Where keys are kept that the user did not place: below `$XDG_STATE_HOME`, else `~/.local/state`.
pub fn usual_place() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("cloister/hash-keys.yaml"))
}

impl KeyFile {
    /// Reads it, if nobody else can.
    pub fn read(file: &Path) -> Result<KeyFile, KeyError> {
        let opened = File::open(file).map_err(|failure| failed(file, &failure))?;
        let about = opened.metadata().map_err(|failure| failed(file, &failure))?;
        if !about.is_file() {
            return Err(error(file, "is no ordinary file", "name the file that `cloister detect key create` wrote"));
        }
        if about.mode() & 0o077 != 0 {
            let cause = format!("others may read or change it (mode {:o})", about.mode() & 0o777);
            let help = format!(
                "chmod 600 {}; if others may have read it, make another: cloister detect key rotate",
                file.display()
            );
            return Err(error(file, cause, help));
        }
        let mut text = String::new();
        opened.take(MOST).read_to_string(&mut text).map_err(|failure| failed(file, &failure))?;
        let help = "`cloister detect key create` writes such a file; keep its form";
        // The parser's own words may quote a line, and with it a secret.
        let read: KeyFile = serde_saphyr::from_str(&text).map_err(|failure| {
            let line = failure.location().map_or(String::new(), |at| format!(" (line {})", at.line()));
            error(file, format!("is no file of keys{line}"), help)
        })?;
        if read.keys.is_empty() {
            return Err(error(file, "holds no key", help));
        }
        Ok(read)
    }

    /// The keys that may still be kept on this day. That the newest may not is an error.
    pub fn keys(&self, file: &Path, today: Date) -> Result<Keys, KeyError> {
        if let Some(over) = self.keys.first().filter(|key| key.retain_until < today) {
            let cause = format!("the key \"{}\" was to be kept until {}", over.id, over.retain_until);
            return Err(error(file, cause, "cloister detect key rotate makes a new one, and destroys what is over"));
        }
        let kept = self.keys.iter().filter(|key| key.retain_until >= today);
        let ready = kept.map(|kept| {
            let mut secret = STANDARD.decode(&kept.secret).unwrap_or_default();
            let key = Key::new(&kept.id, &secret)
                .map_err(|fault| error(file, fault, "cloister detect key create writes good ones"));
            secret.fill(0);
            key
        });
        Ok(Keys::new(ready.collect::<Result<Vec<Key>, KeyError>>()?))
    }

    /// A file with one new key; there must be none yet.
    pub fn create(file: &Path, today: Date, days: u32) -> Result<KeyFile, KeyError> {
        if file.symlink_metadata().is_ok() {
            return Err(error(file, "is there already", "cloister detect key rotate adds a new key to it"));
        }
        let mut new =
            KeyFile { api_version: "cloister.dev/v1alpha1".to_owned(), kind: "HashKeys".to_owned(), keys: Vec::new() };
        new.add(file, today, days)?;
        new.write(file)?;
        Ok(new)
    }

    /// A new key before the others; those whose day is over are destroyed. Says which.
    pub fn rotate(&mut self, file: &Path, today: Date, days: u32) -> Result<Vec<String>, KeyError> {
        let (kept, over): (Vec<Kept>, Vec<Kept>) =
            std::mem::take(&mut self.keys).into_iter().partition(|key| key.retain_until >= today);
        self.keys = kept;
        self.add(file, today, days)?;
        self.write(file)?;
        Ok(over.into_iter().map(|key| key.id).collect())
    }

    fn add(&mut self, file: &Path, today: Date, days: u32) -> Result<(), KeyError> {
        let mut secret = [0; LENGTH];
        getrandom::fill(&mut secret)
            .map_err(|failure| error(file, format!("no random bytes: {failure}"), "try again"))?;
        let until = today.checked_add(jiff::Span::new().days(days));
        let retain_until = until.map_err(|_| error(file, "no such day", "keep keys for fewer days"))?;
        let base = today.strftime("%Y-%m-%d").to_string();
        let taken = |id: &String| self.keys.iter().any(|key| key.id == *id);
        let numbered = (2..).map(|number: u32| format!("{base}.{number}"));
        let id = std::iter::once(base.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or_default();
        self.keys.insert(0, Kept { id, created: today, retain_until, secret: STANDARD.encode(secret) });
        Ok(())
    }

    /// Beside the file first, so that it is there whole or as it was.
    fn write(&self, file: &Path) -> Result<(), KeyError> {
        let wrong = |failure: io::Error| failed(file, &failure);
        let text = serde_saphyr::to_string(self).map_err(|failure| error(file, failure, "name another file"))?;
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(wrong)?;
        }
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", std::process::id()));
        let beside = file.with_file_name(name);
        let mut to = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(wrong)?;
        let written =
            to.write_all(text.as_bytes()).and_then(|()| to.sync_all()).and_then(|()| fs::rename(&beside, file));
        written.map_err(|failure| {
            let _ = fs::remove_file(&beside);
            wrong(failure)
        })
    }
}
