//! From a target to its files, charts and overlays, each of them once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cloister_model::Diagnostic;
use ignore::{DirEntry, WalkBuilder};
use rayon::prelude::*;

use crate::roots::{Claims, Roots};
use crate::{Read, Request, concurrent, files, helm, kustomize, near};

/// One target of the command line.
pub fn target(target: &Path, request: &Request, progress: &(dyn Fn(&str) + Sync)) -> Read {
    if target == Path::new("-") {
        return files::standard_input();
    }
    if target.is_dir() {
        return folder(target, request, progress);
    }
    if target.exists() {
        return if helm::is_package(target) {
            helm::render(target, &request.helm, progress)
        } else {
            files::file(target)
        };
    }
    match glob(target) {
        Some(Ok(paths)) if paths.is_empty() => Read::failed(missing(target, "no file matches this pattern")),
        Some(Ok(paths)) => concurrent::each(&paths, |path| self::target(path, request, progress)).into_iter().fold(
            Read::default(),
            |mut read, one| {
                read.absorb(one);
                read
            },
        ),
        Some(Err(cause)) => Read::failed(missing(target, &cause)),
        None => Read::failed(near::missing(target)),
    }
}

pub fn missing(target: &Path, cause: &str) -> Diagnostic {
    Diagnostic::error(files::shown(target), cause).help("check the path; `-` reads standard input")
}

fn folder(folder: &Path, request: &Request, progress: &(dyn Fn(&str) + Sync)) -> Read {
    let (paths, diagnostics) = list(folder);
    let mut read = Read { diagnostics, ..Read::default() };
    let roots = Roots::find(&paths);
    for one in concurrent::each(&roots.charts, |chart| helm::render(chart, &request.helm, progress)) {
        read.absorb(one);
    }
    let claims = Claims::of(&roots, &mut read.diagnostics);
    let build = |overlay: &PathBuf| kustomize::build(overlay, request.kubectl.as_deref(), progress);
    for one in concurrent::each(&claims.overlays, build) {
        read.absorb(one);
    }
    let plain: Vec<&PathBuf> =
        paths.iter().filter(|path| files::is_manifest(path) && !roots.in_chart(path) && !claims.claims(path)).collect();
    let each: Vec<Read> = plain.par_iter().with_max_len(1).map(|path| files::file(path)).collect();
    for one in each {
        read.absorb(one);
    }
    if read.resources.is_empty() && read.diagnostics.is_empty() && read.others == 0 {
        read.diagnostics.push(nothing_in(folder, paths.is_empty()));
    }
    read
}

fn nothing_in(folder: &Path, no_file: bool) -> Diagnostic {
    if no_file
        && walk(folder, false, &Arc::new(Links::of(folder))).flatten().any(|entry| files::is_manifest(entry.path()))
    {
        return Diagnostic::warning(files::shown(folder), ".cloisterignore leaves out everything in this folder")
            .help("name less in it; a file that is named on the command line is always read");
    }
    Diagnostic::warning(files::shown(folder), "no manifest, chart or overlay in this folder")
        .help("manifests end in .yaml, .yml or .json; hidden folders and what .cloisterignore names are left out")
}

/// Every file of the folder in the order of their names. Links are followed
/// inside the folder; loops, links that lead out, what is no file though its
/// name says so, and unreadable folders are told.
pub fn list(folder: &Path) -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let links = Arc::new(Links::of(folder));
    if let Some(diagnostic) = unusable_ignore(folder) {
        return (Vec::new(), vec![diagnostic]);
    }
    let mut paths = Vec::new();
    let mut diagnostics = Vec::new();
    for entry in walk(folder, true, &links) {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => paths.push(entry.into_path()),
            Ok(entry) if entry.file_type().is_some_and(|kind| !kind.is_dir()) && files::is_manifest(entry.path()) => {
                diagnostics.push(files::no_file(&files::shown(entry.path())));
            }
            Ok(_) => {}
            Err(error) => diagnostics.push(unreadable(folder, &error)),
        }
    }
    diagnostics.extend(links.told());
    (paths, diagnostics)
}

const IGNORE: &str = ".cloisterignore";

/// What to leave out is read from an ordinary file of ordinary length: to open
/// a named pipe is to wait for its writer. A folder where it is none is not entered.
fn unusable_ignore(folder: &Path) -> Option<Diagnostic> {
    let file = folder.join(IGNORE);
    let metadata = std::fs::metadata(&file).ok()?;
    let usable = metadata.is_file() && metadata.len() <= MOST_IGNORED;
    let told = || {
        let message =
            format!("is no ordinary file of at most {} KiB, so that this folder was not read", MOST_IGNORED >> 10);
        Diagnostic::error(files::shown(&file), message).help("write into it what to leave out, or take it away")
    };
    (!usable).then(told)
}

/// A longer list of what to leave out is none: 1 MiB.
const MOST_IGNORED: u64 = 1 << 20;

/// Decides which links are followed.
struct Links {
    root: Option<PathBuf>,
    state: Mutex<(HashSet<PathBuf>, Vec<Diagnostic>)>,
}

impl Links {
    fn of(folder: &Path) -> Links {
        Links { root: folder.canonicalize().ok(), state: Mutex::default() }
    }

    /// A link that leads out of the folder is told; a folder is entered by one
    /// link only, since links to links to links would multiply.
    fn follow(&self, entry: &DirEntry) -> bool {
        if let Some(diagnostic) = Some(entry.path()).filter(|path| path.is_dir()).and_then(unusable_ignore) {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).1.push(diagnostic);
            return false;
        }
        if !entry.path_is_symlink() || entry.depth() == 0 {
            return true;
        }
        let (Some(root), Ok(target)) = (&self.root, entry.path().canonicalize()) else { return true };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !target.starts_with(root) {
            let told = Diagnostic::warning(
                files::shown(entry.path()),
                "this link leads out of the folder, and was not followed",
            );
            state.1.push(told.help("name what it leads to as a path of its own, if it is to be read"));
            return false;
        }
        // Loops are told by the walk itself.
        !target.is_dir() || root.starts_with(&target) || entry.path().starts_with(&target) || state.0.insert(target)
    }

    fn told(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).1)
    }
}

fn walk(folder: &Path, ignoring: bool, links: &Arc<Links>) -> ignore::Walk {
    let mut walk = WalkBuilder::new(folder);
    walk.standard_filters(false).hidden(true).follow_links(true).sort_by_file_path(Path::cmp);
    if ignoring {
        walk.add_custom_ignore_filename(IGNORE);
    }
    let links = links.clone();
    walk.filter_entry(move |entry| links.follow(entry));
    walk.build()
}

fn unreadable(folder: &Path, error: &ignore::Error) -> Diagnostic {
    let (path, cause) = describe(error);
    let file = path.map_or_else(|| files::shown(folder), |path| files::shown(&path));
    if cause.contains("loop") {
        return Diagnostic::warning(file, "this link leads back to a folder above it")
            .help("the folder was read once; name the link in .cloisterignore");
    }
    Diagnostic::error(file, format!("cannot be read: {cause}"))
        .help("grant reading, or name it in .cloisterignore; the rest was read")
}

fn describe(error: &ignore::Error) -> (Option<PathBuf>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path.clone()), describe(err).1),
        ignore::Error::WithDepth { err, .. } => describe(err),
        ignore::Error::Loop { child, .. } => (Some(child.clone()), "loop".to_owned()),
        ignore::Error::Io(error) => (None, error.to_string()),
        other => (None, other.to_string()),
    }
}

/// The files that a pattern with `*`, `?`, `[` or `{` names; `None` for a plain path.
pub fn glob(pattern: &Path) -> Option<Result<Vec<PathBuf>, String>> {
    let text = pattern.to_str()?;
    if !text.contains(['*', '?', '[', '{']) {
        return None;
    }
    let matcher = match globset::GlobBuilder::new(text).literal_separator(true).build() {
        Ok(glob) => glob.compile_matcher(),
        Err(error) => return Some(Err(format!("this pattern cannot be read: {}", error.kind()))),
    };
    let fixed: PathBuf = pattern
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let base = if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed };
    let (paths, _) = list(&base);
    let named = |path: &PathBuf| matcher.is_match(path.strip_prefix("./").unwrap_or(path));
    Some(Ok(paths.into_iter().filter(named).collect()))
}
