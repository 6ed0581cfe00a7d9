//! Data in files: found in folders, taken out of archives, read as streams of UTF-8. Nothing is ever written, so that
//! names in archives lead nowhere; what is taken out is bounded.

mod archive;
mod meter;
mod parquet;
mod unpack;
mod utf16;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloister_model::Diagnostic;

use crate::{files, walk};
use meter::Budget;
use unpack::{Input, Unpack};

pub use meter::DEFAULT_EXPANDED;

/// One file to read, or standard input.
#[derive(Clone, Debug)]
pub struct Target {
    /// As the user wrote it, or as it was found.
    pub path: PathBuf,
    /// The user named it, so that it must be readable.
    pub named: bool,
}

/// One text: a file, or a file in an archive.
pub struct Part<'a> {
    /// `file`, or `archive!file`.
    pub name: Arc<str>,
    /// How it begins.
    pub head: &'a [u8],
    /// All of it, as UTF-8 where the original says how it is written.
    pub reader: &'a mut dyn Read,
    /// The original is UTF-16.
    pub wide: bool,
    /// The original is Parquet, and these are its rows as JSON, one a line.
    pub rows: bool,
}

/// What came of a target.
#[derive(Debug, Default)]
pub struct Opened {
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// What is no text, and was not looked into.
    pub skipped: Vec<String>,
}

/// Who looks at parts. An error of the reader is given back.
pub type Visit<'v> = dyn FnMut(Part<'_>) -> io::Result<()> + 'v;

/// The files that paths, folders and patterns name, each once and in order; `-` is standard input.
pub fn targets(paths: &[PathBuf]) -> (Vec<Target>, Vec<Diagnostic>) {
    let (mut all, mut diagnostics) = (Vec::new(), Vec::new());
    for path in paths {
        if path == Path::new("-") || path.is_file() {
            all.push(Target { path: path.clone(), named: true });
        } else if path.is_dir() {
            let (found, told) = walk::list(path);
            if found.is_empty() && told.is_empty() {
                let help =
                    "hidden files and what .cloisterignore names are left out; a file that is named is always read";
                diagnostics.push(Diagnostic::error(files::shown(path), "no file in this folder").help(help));
            }
            all.extend(found.into_iter().map(|path| Target { path, named: false }));
            diagnostics.extend(told);
        } else if path.exists() {
            diagnostics.push(files::no_file(&files::shown(path)).help("pipe it in: `cloister detect -`"));
        } else {
            matching(path, &mut all, &mut diagnostics);
        }
    }
    let mut seen = std::collections::HashSet::new();
    all.retain(|target| seen.insert(target.path.clone()));
    (all, diagnostics)
}

fn matching(path: &Path, all: &mut Vec<Target>, diagnostics: &mut Vec<Diagnostic>) {
    match walk::glob(path) {
        Some(Ok(found)) if !found.is_empty() => {
            all.extend(found.into_iter().map(|path| Target { path, named: false }));
        }
        Some(Ok(_)) => diagnostics.push(walk::missing(path, "no file matches this pattern")),
        Some(Err(cause)) => diagnostics.push(walk::missing(path, &cause)),
        None => diagnostics.push(crate::missing(path)),
    }
}

/// Reads a target, part by part; no more than `expanded` bytes come out of what is packed.
pub fn open(target: &Target, expanded: u64, visit: &mut Visit<'_>) -> Opened {
    let mut opened = Opened::default();
    let name = if target.path == Path::new("-") { Arc::from("-") } else { files::shown(&target.path) };
    let input = match input(target) {
        Ok(input) => input,
        Err(error) => {
            let cause = format!("cannot be read: {}", files::without_number(&error.to_string()));
            let help = "grant reading, or name it in .cloisterignore; the rest was read";
            opened.diagnostics.push(Diagnostic::error(name, cause).help(help));
            return opened;
        }
    };
    let size = match &input {
        Input::File(file) => file.metadata().map(|about| about.len()).ok(),
        _ => None,
    };
    let budget = Budget::new(expanded, size);
    Unpack { budget, opened: &mut opened, visit, named: target.named }.open(&name, input, 0);
    opened
}

fn input(target: &Target) -> io::Result<Input<'static>> {
    if target.path == Path::new("-") {
        return Ok(Input::Stream(Box::new(io::stdin())));
    }
    // Asked before opening: to open a named pipe is to wait for its writer.
    if !std::fs::metadata(&target.path)?.is_file() {
        return Err(io::Error::other("it is no ordinary file"));
    }
    File::open(&target.path).map(Input::File)
}
