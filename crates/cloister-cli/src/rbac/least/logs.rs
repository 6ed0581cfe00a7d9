//! Finds and opens audit logs, and reads them on all threads.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cloister_audit::{Log, Window};
use cloister_model::Diagnostic;
use cloister_source::{missing, without_number};

/// What was read, and how many logs.
pub struct Logs {
    pub log: Log,
    pub count: usize,
}

/// Reads everything that these paths name.
pub fn read(paths: &[PathBuf], window: Window) -> Logs {
    let mut all = Log::new(window);
    let mut files = Vec::new();
    for path in paths {
        find(path, &mut files, &mut all.diagnostics);
    }
    // A file that is named twice counts once.
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    let threads = thread::available_parallelism().map_or(1, usize::from).min(files.len()).max(1);
    let (next, merged) = (AtomicUsize::new(0), Mutex::new(all));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut log = Log::new(window);
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    one(&mut log, file);
                }
                if let Ok(mut merged) = merged.lock() {
                    merged.merge(log);
                }
            });
        }
    });
    let mut log = merged.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    // Threads end in any order.
    // What is told of a whole file comes behind what is told of its lines.
    let place = |one: &Diagnostic| (one.file.clone(), one.line.is_none(), one.line);
    log.diagnostics.sort_by_key(place);
    Logs { log, count: files.len() }
}

fn one(log: &mut Log, path: &Path) {
    if path == Path::new("-") {
        return log.read("standard input", std::io::stdin().lock());
    }
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => log.read(&name, file),
        Err(error) => log.diagnostics.push(unopened(path, &error)),
    }
}

fn unopened(path: &Path, error: &std::io::Error) -> Diagnostic {
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
