//! What is known from files; a watch adds to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::bail;
use cloister_detect::keyed::Keys;
use cloister_dlp::Knowledge;
use cloister_inventory::{Inputs, Inventory};
use cloister_model::{Diagnostic, DiagnosticLevel, Resource};
use cloister_source::keys::KeyFile;

use crate::say;

/// Folders are looked into so deep, and so many files of them are watched.
const DEPTH: usize = 8;
const MOST: usize = 10_000;

/// What was read from files.
pub struct Files {
    targets: Vec<PathBuf>,
    resources: Vec<Resource>,
    looks: Looks,
    keys: Option<Arc<Keys>>,
}

/// Paths, when they were written, and how long they are.
type Looks = Vec<(PathBuf, Option<SystemTime>, u64)>;

impl Files {
    /// Reads them, and tells what cannot be read.
    ///
    /// # Errors
    /// Nothing of them can be.
    pub fn read(inventory: &[PathBuf], policies: &[PathBuf], keys: Option<&Path>) -> anyhow::Result<Files> {
        let keys = keys.map(read_keys).transpose()?;
        let targets: Vec<PathBuf> = inventory.iter().chain(policies).cloned().collect();
        let looks = looks(&targets);
        let resources = resources(&targets)?;
        Ok(Files { targets, resources, looks, keys })
    }

    /// Reads what has changed since, as a ConfigMap does that is mounted; whether something has. What cannot be read stays
    /// as it was known.
    pub fn renew(&mut self) -> bool {
        let looks = looks(&self.targets);
        if looks == self.looks {
            return false;
        }
        self.looks = looks;
        match resources(&self.targets) {
            Ok(read) => {
                self.resources = read;
                true
            }
            Err(error) => {
                say::warning(&format!("{error:#}: what was read before stays in force"));
                false
            }
        }
    }

    /// What they alone say.
    pub fn knowledge(&self) -> Arc<Knowledge> {
        let (knowledge, diagnostics) = self.with(Vec::new());
        diagnostics.iter().for_each(tell);
        Arc::new(knowledge)
    }

    /// What they say together with more resources.
    pub fn with(&self, mut more: Vec<Resource>) -> (Knowledge, Vec<Diagnostic>) {
        more.extend(self.resources.iter().cloned());
        let inventory = Inventory::new(more, Inputs { files: true, ..Inputs::default() });
        Knowledge::with_keys(&inventory, self.keys.clone())
    }
}

fn read_keys(file: &Path) -> anyhow::Result<Arc<Keys>> {
    let today = jiff::Zoned::now().date();
    match KeyFile::read(file).and_then(|keys| keys.keys(file, today)) {
        Ok(keys) => Ok(Arc::new(keys)),
        Err(error) => bail!("{}; {}", error.cause, error.help),
    }
}

fn resources(targets: &[PathBuf]) -> anyhow::Result<Vec<Resource>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let request = cloister_source::Request { targets: targets.to_vec(), ..cloister_source::Request::default() };
    let read = cloister_source::read(&request, &|_| {});
    read.diagnostics.iter().for_each(tell);
    if read.resources.is_empty() && read.diagnostics.iter().any(|it| it.level == DiagnosticLevel::Error) {
        bail!("nothing of --inventory and --policy could be read");
    }
    Ok(read.resources)
}

/// How files look from outside.
fn looks(targets: &[PathBuf]) -> Looks {
    let mut looks = Vec::new();
    targets.iter().for_each(|target| look(target, DEPTH, &mut looks));
    looks.sort();
    looks
}

fn look(path: &Path, depth: usize, looks: &mut Looks) {
    // Links are followed: that is how a mounted ConfigMap changes.
    let Ok(seen) = std::fs::metadata(path) else { return };
    if looks.len() < MOST {
        looks.push((path.to_owned(), seen.modified().ok(), seen.len()));
    }
    if seen.is_dir() && depth > 0 {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| look(&entry.path(), depth - 1, looks));
    }
}

/// A diagnostic on standard error, on one line.
pub fn tell(diagnostic: &Diagnostic) {
    let tell = if diagnostic.level == DiagnosticLevel::Error { say::error } else { say::warning };
    let place = match (diagnostic.line, diagnostic.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}: ", diagnostic.file),
        _ if diagnostic.file.is_empty() => String::new(),
        _ => format!("{}: ", diagnostic.file),
    };
    let help = diagnostic.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    tell(&format!("{place}{}{help}", diagnostic.message));
}
