//! Where a log's private keys and the last head that was seen are kept: never in the log's folder, which is copied, backed
//! up and handed to auditors.

use std::fs;
use std::path::{Path, PathBuf};

use cloister_source::keys::usual_place;

use crate::way_out::failure;

/// The file of a log's private keys where nobody names another: in the user's state folder, by the log's name.
pub fn usual(origin: &str) -> Option<PathBuf> {
    let name: String = origin.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
    Some(usual_place()?.with_file_name("evidence").join(format!("{name}.key")))
}

/// The private keys of this log.
pub fn private_key(origin: &str, named: Option<&Path>) -> anyhow::Result<PathBuf> {
    let none = || failure("there is no home for private keys", "name a file: --private-key FILE");
    let path = named.map(Path::to_owned).or_else(|| usual(origin)).ok_or_else(none)?;
    if path.is_file() {
        return Ok(path);
    }
    Err(failure(
        format!("the private key of this log is not here ({})", path.display()),
        "name its file, or run this where the log was begun; a log whose key is lost can be read and checked, and not added to",
    ))
}

/// Refuses a file for private keys in the folder of the log, or below it.
pub fn apart(key: &Path, log: &Path) -> anyhow::Result<()> {
    let whole = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        // What is not there yet cannot be resolved, but its folder may.
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        path.canonicalize()
            .ok()
            .or(folder.zip(path.file_name()).map(|(folder, name)| folder.join(name)))
            .unwrap_or(path)
    };
    if whole(key).starts_with(whole(log)) {
        let cause = format!("{} would be in the log's own folder", key.display());
        return Err(failure(cause, "keep the private key elsewhere: who gets the log must not get the key"));
    }
    Ok(())
}

/// The last head that was signed here: the log must go on from it, whatever happened to its folder.
pub fn last_head(key: &Path) -> Option<String> {
    fs::read_to_string(beside(key)).ok()
}

/// Remembers it.
pub fn remember(key: &Path, head: &str) -> std::io::Result<()> {
    let (path, new) = (beside(key), key.with_extension("head.new"));
    fs::write(&new, head)?;
    fs::rename(new, path)
}

fn beside(key: &Path) -> PathBuf {
    key.with_extension("head")
}
