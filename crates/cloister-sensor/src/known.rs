//! What is known from files; a watch adds to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use cloister_detect::keyed::Keys;
use cloister_dlp::Knowledge;
use cloister_inventory::{Inputs, Inventory};
use cloister_model::{Diagnostic, DiagnosticLevel, Resource, clean};
use cloister_source::keys::KeyFile;

/// What was read from files.
pub struct Files {
    resources: Vec<Resource>,
    keys: Option<Arc<Keys>>,
}

impl Files {
    /// Reads them, and tells what cannot be read.
    pub fn read(inventory: &[PathBuf], policies: &[PathBuf], keys: Option<&Path>) -> anyhow::Result<Files> {
        let keys = keys.map(read_keys).transpose()?;
        let targets: Vec<PathBuf> = inventory.iter().chain(policies).cloned().collect();
        if targets.is_empty() {
            return Ok(Files { resources: Vec::new(), keys });
        }
        let request = cloister_source::Request { targets, ..cloister_source::Request::default() };
        let read = cloister_source::read(&request, &|_| {});
        read.diagnostics.iter().for_each(tell);
        if read.resources.is_empty() && read.diagnostics.iter().any(|it| it.level == DiagnosticLevel::Error) {
            bail!("nothing of --inventory and --policy could be read");
        }
        Ok(Files { resources: read.resources, keys })
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

/// A diagnostic on standard error, on one line.
pub fn tell(diagnostic: &Diagnostic) {
    let level = if diagnostic.level == DiagnosticLevel::Error { "error" } else { "warning" };
    let place = match (diagnostic.line, diagnostic.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}: ", diagnostic.file),
        _ if diagnostic.file.is_empty() => String::new(),
        _ => format!("{}: ", diagnostic.file),
    };
    let help = diagnostic.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    eprintln!("{level}: {}", clean(&format!("{place}{}{help}", diagnostic.message)));
}
