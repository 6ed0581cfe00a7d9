//! Policies and the register from files, read again when one of them changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Result, bail};
use cloister_detect::keyed::Keys;
use cloister_dlp::Knowledge;
use cloister_inventory::{Inputs, Inventory};
use cloister_model::{Diagnostic, DiagnosticLevel};
use cloister_source::{Request, read};

/// Folders deeper than this are not looked into for changes.
const DEPTH: usize = 8;

/// What was read from where, and when it last changed.
pub struct Policies {
    from: Vec<PathBuf>,
    keys: Option<Arc<Keys>>,
    seen: Vec<(PathBuf, Option<SystemTime>, u64)>,
}

impl Policies {
    /// Of these files and folders.
    pub fn new(from: Vec<PathBuf>, keys: Option<Arc<Keys>>) -> Policies {
        Policies { from, keys, seen: Vec::new() }
    }

    /// Reads them; what cannot be read is told.
    ///
    /// # Errors
    /// Nothing could be read.
    pub fn read(&mut self) -> Result<Knowledge> {
        self.seen = stamps(&self.from);
        let read = read(&Request { targets: self.from.clone(), ..Request::default() }, &|_| ());
        let lost = read.resources.is_empty();
        let inventory = Inventory::new(read.resources, Inputs { files: true, ..Inputs::default() });
        let (knowledge, more) = Knowledge::with_keys(&inventory, self.keys.clone());
        for diagnostic in read.diagnostics.iter().chain(&more) {
            tell(diagnostic);
        }
        if lost {
            bail!("nothing could be read of what --from names: there is no policy to go by");
        }
        Ok(knowledge)
    }

    /// Reads them again where one changed. What cannot be read leaves what was known in force.
    pub fn changed(&mut self) -> Option<Knowledge> {
        if stamps(&self.from) == self.seen {
            return None;
        }
        match self.read() {
            Ok(knowledge) => {
                eprintln!("policies were read again");
                Some(knowledge)
            }
            Err(error) => {
                eprintln!("error: {error:#}; the policies from before stay in force");
                None
            }
        }
    }
}

fn tell(diagnostic: &Diagnostic) {
    let place = [diagnostic.line, diagnostic.column].into_iter().flatten().map(|number| format!(":{number}"));
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    let level = match diagnostic.level {
        DiagnosticLevel::Note => "note",
        DiagnosticLevel::Warning => "warning",
        DiagnosticLevel::Error => "error",
    };
    eprintln!("{level}: {}{}: {}{help}", diagnostic.file, place.collect::<String>(), diagnostic.message);
}

fn stamps(from: &[PathBuf]) -> Vec<(PathBuf, Option<SystemTime>, u64)> {
    let mut all = Vec::new();
    from.iter().for_each(|path| stamp(path, DEPTH, &mut all));
    all.sort();
    all
}

fn stamp(path: &Path, depth: usize, all: &mut Vec<(PathBuf, Option<SystemTime>, u64)>) {
    let Ok(metadata) = std::fs::metadata(path) else {
        all.push((path.to_owned(), None, 0));
        return;
    };
    all.push((path.to_owned(), metadata.modified().ok(), metadata.len()));
    if depth > 0
        && let Ok(entries) = std::fs::read_dir(path)
    {
        entries.flatten().for_each(|entry| stamp(&entry.path(), depth - 1, all));
    }
}
