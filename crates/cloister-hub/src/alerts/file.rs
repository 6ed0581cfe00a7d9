//! The configuration's file: read again when it changes.

use std::fs;
use std::path::{Path, PathBuf};

use cloister_alert::Config;
use cloister_alert::config::MOST;
use sha2::{Digest, Sha256};

/// A configuration with the file that it was read from.
#[derive(Debug)]
pub struct AlertsFile {
    path: PathBuf,
    /// What it says.
    pub config: Config,
    /// Of what was read last, good or broken.
    digest: [u8; 32],
}

impl AlertsFile {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it, with places and ways out.
    pub fn read(path: &Path) -> Result<AlertsFile, String> {
        let text = text(path)?;
        let config = config(&text, path)?;
        Ok(AlertsFile { path: path.to_owned(), config, digest: digest(&text) })
    }

    /// What it says now, where that is something else than what was read last. A file that is gone for a moment, as while a
    /// mounted one is replaced, is what it was.
    pub fn changed(&mut self) -> Option<Result<Config, String>> {
        let text = text(&self.path).ok()?;
        let digest = digest(&text);
        if digest == self.digest {
            return None;
        }
        self.digest = digest;
        Some(config(&text, &self.path))
    }
}

fn text(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let about = fs::metadata(path).map_err(|error| format!("{shown}: {error}"))?;
    if !about.is_file() || about.len() > MOST as u64 {
        return Err(format!("{shown} is no file of at most 1 MiB"));
    }
    fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))
}

fn config(text: &str, path: &Path) -> Result<Config, String> {
    let told = |faults: Vec<cloister_alert::config::Fault>| {
        let all: Vec<String> = faults.iter().map(|fault| format!("{fault} ({})", fault.help)).collect();
        all.join("; ")
    };
    Config::read(text, &path.display().to_string()).map_err(told)
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
