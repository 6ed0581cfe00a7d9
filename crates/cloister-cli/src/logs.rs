//! Finds audit logs.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use cloister_model::Diagnostic;
use cloister_source::{missing, without_number};

/// Every log that these paths name, each once.
pub fn files(paths: &[PathBuf], diagnostics: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        find(path, &mut files, diagnostics);
    }
    // A file that is named twice counts once.
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    files
}

/// What is told of a file that cannot be opened.
pub fn unopened(path: &Path, error: &std::io::Error) -> Diagnostic {
    if error.kind() == std::io::ErrorKind::NotFound {
        return missing(path);
    }
    let cause = error.to_string();
    Diagnostic::error(path.display().to_string(), format!("cannot be read: {}", without_number(&cause)))
        .help("check who may read it; - reads standard input")
}

/// Files as they are named; of a folder every file, also below it, hidden ones left out.
fn find(path: &Path, files: &mut Vec<PathBuf>, diagnostics: &mut Vec<Diagnostic>) {
    if !path.is_dir() {
        return files.push(path.to_owned());
    }
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return diagnostics.push(unopened(path, &error)),
    };
    let mut below: Vec<PathBuf> = entries.flatten().filter(is_log).map(|entry| entry.path()).collect();
    below.sort();
    if below.is_empty() {
        let none =
            Diagnostic::error(path.display().to_string(), "holds no file").help("name the folder of the audit logs");
        return diagnostics.push(none);
    }
    below.iter().for_each(|path| find(path, files, diagnostics));
}

/// A file or a folder; links and pipes only where they are named.
fn is_log(entry: &fs::DirEntry) -> bool {
    let hidden = entry.file_name().to_string_lossy().starts_with('.');
    !hidden && entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_dir())
}
