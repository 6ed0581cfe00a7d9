//! A path that is not there, and what was perhaps meant.

use std::path::{Path, PathBuf};

use cloister_model::Diagnostic;
use cloister_model::spelling::nearest;

use crate::files;

/// Larger folders are not searched for a similar name.
const MOST_ENTRIES: usize = 10_000;

/// Says that nothing is at `target`.
pub fn missing(target: &Path) -> Diagnostic {
    let told = Diagnostic::error(files::shown(target), "no such file or folder");
    match similar(target) {
        Some(path) => told.help(format!("did you mean {}?", files::shown(&path))),
        None => told.help("check the path; `-` reads standard input"),
    }
}

/// The path with its mistyped parts replaced by what is there.
fn similar(target: &Path) -> Option<PathBuf> {
    let mut found = PathBuf::new();
    for part in target.components() {
        let exact = found.join(part);
        found = if exact.exists() { exact } else { beside(&found, part.as_os_str().to_str()?)? };
    }
    Some(found)
}

/// What lies in `folder` under a name near to `asked`. Names that cannot be shown on a line are not proposed.
fn beside(folder: &Path, asked: &str) -> Option<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(here).ok()?.take(MOST_ENTRIES).filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<String> = names.filter(|name| !name.contains(char::is_control)).collect();
    nearest(asked, names.iter().map(String::as_str)).first().map(|name| folder.join(name))
}
