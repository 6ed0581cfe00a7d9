//! Where resources come from: files, charts, overlays and clusters. Sources
//! read and never judge; whatever cannot be read becomes a diagnostic.
#![allow(clippy::disallowed_methods, reason = "below the I/O line: this crate reads files and runs programs")]

pub mod cluster;
mod concurrent;
pub mod data;
mod files;
mod helm;
pub mod keys;
mod kustomize;
mod near;
pub mod node;
mod program;
mod roots;
mod walk;

use std::path::PathBuf;

use cloister_model::{Diagnostic, Resource};

pub use files::{MAX_FILE, without_number};
pub use helm::HelmOptions;
pub use near::missing;
pub use program::TIMEOUT;

/// What to read, as the user said it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files, folders, globs, charts, or `-` for standard input.
    pub targets: Vec<PathBuf>,
    /// How charts are rendered.
    pub helm: HelmOptions,
    /// The program that builds overlays; `kubectl` when empty.
    pub kubectl: Option<PathBuf>,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Read {
    /// Resources, in the order of the targets and of file names.
    pub resources: Vec<Resource>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// Files that were read.
    pub files: usize,
    /// Charts and overlays that were rendered.
    pub rendered: usize,
    /// Documents that hold no Kubernetes objects.
    pub others: usize,
}

impl Read {
    fn absorb(&mut self, other: Read) {
        self.resources.extend(other.resources);
        self.diagnostics.extend(other.diagnostics);
        self.files += other.files;
        self.rendered += other.rendered;
        self.others += other.others;
    }

    fn failed(diagnostic: Diagnostic) -> Read {
        Read { diagnostics: vec![diagnostic], ..Read::default() }
    }
}

/// Reads everything that was asked for. `progress` hears a name before each
/// piece of work that may take long.
pub fn read(request: &Request, progress: &(dyn Fn(&str) + Sync)) -> Read {
    let mut read = Read::default();
    for one in concurrent::each(&request.targets, |target| walk::target(target, request, progress)) {
        read.absorb(one);
    }
    read
}
