//! Secrets, where they are needed.

use std::fs::File;
use std::io::Read;

use super::failure::Failure;
use crate::config::Secret;

/// A longer file is no secret.
const MOST: u64 = 64 << 10;

/// Something that is never shown.
pub struct Revealed(String);

impl std::fmt::Debug for Revealed {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Revealed(…)")
    }
}

impl Revealed {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Looks it up: a file anew each time, so that it can be changed for another.
pub fn reveal(secret: &Secret, what: &str) -> Result<Revealed, Failure> {
    let text = match secret {
        Secret::File(path) => read(path).map_err(|error| {
            let why = error.to_string();
            let why = why.split(" (os error").next().unwrap_or_default().to_owned();
            Failure::lasting(
                format!("{what} cannot be read from {path}: {why}"),
                "put it there, readable for this program alone",
            )
        })?,
        Secret::Env(name) => std::env::var(name).map_err(|_| {
            Failure::lasting(
                format!("{what} is not in the environment as {name}"),
                "set it, or name a file: {file: PATH}",
            )
        })?,
    };
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    if text.is_empty() {
        return Err(Failure::lasting(format!("{what} is empty"), "put it where the configuration says that it is"));
    }
    Ok(Revealed(text))
}

fn read(path: &str) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MOST).read_to_string(&mut text)?;
    Ok(text)
}
