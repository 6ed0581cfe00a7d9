//! Reads audit logs on all threads.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cloister_audit::{Log, Window};
use cloister_model::Diagnostic;

use crate::logs::{files, unopened};

/// What was read, and how many logs.
pub struct Logs {
    pub log: Log,
    pub count: usize,
}

/// Reads everything that these paths name.
pub fn read(paths: &[PathBuf], window: Window) -> Logs {
    let mut all = Log::new(window);
    let files = files(paths, &mut all.diagnostics);
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
