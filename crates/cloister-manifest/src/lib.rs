//! Text to located resources: YAML as Kubernetes reads it, and JSON.
//!
//! Reading cannot fail: what is broken becomes a [`Diagnostic`] with file, line
//! and cause, and the other documents of the same text are still read.

mod brackets;
mod build;
mod document;
mod explain;
mod input;
mod intern;
mod json;
mod keys;
mod located_json;
mod mend;
mod object;
mod own;
mod scalar;
mod tags;
mod text;

use std::sync::Arc;

use cloister_model::{Diagnostic, DiagnosticLevel, Node, Origin, Resource};

pub use build::{MAX_DEPTH, MAX_EXPANDED};
pub use intern::Interner;
pub use json::{JsonObjects, list_from_json, objects_from_json};
pub use keys::{MASK, mask};
pub use text::{Decoded, decode};

/// What one text held.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Kubernetes objects, lists flattened, in written order.
    pub resources: Vec<Resource>,
    /// What could not be read, or reads otherwise than it looks.
    pub diagnostics: Vec<Diagnostic>,
    /// Documents that are no Kubernetes objects (no `apiVersion` and `kind`).
    pub others: usize,
}

/// Reads every document of `text`. Lines count from `first_line` (1 for a whole file).
pub fn parse(text: &str, origin: &Origin, first_line: u32, interner: &mut Interner) -> Parsed {
    let mut parsed = Parsed::default();
    let file = object::file_of(origin);
    let mut others = Others::default();
    for document in document::split(text, first_line) {
        let node = build::build(&document, &file, interner, &mut parsed.diagnostics);
        if let Some(node) = node {
            object::collect(node, origin, interner, &mut parsed);
        }
        others.hold_back(&mut parsed.diagnostics);
    }
    others.tell(&file, &mut parsed.diagnostics);
    parsed
}

/// So many diagnostics of one text are told one by one: a file of millions of
/// broken lines must not become a report of millions of messages.
pub const MAX_DIAGNOSTICS: usize = 100;

/// Diagnostics beyond that.
#[derive(Default)]
struct Others {
    number: usize,
    lost: bool,
}

impl Others {
    fn hold_back(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let others = diagnostics.get(MAX_DIAGNOSTICS..).unwrap_or_default();
        self.number += others.len();
        self.lost |= others.iter().any(|other| other.level == DiagnosticLevel::Error);
        diagnostics.truncate(MAX_DIAGNOSTICS);
    }

    fn tell(self, file: &Arc<str>, diagnostics: &mut Vec<Diagnostic>) {
        let level = if self.lost { DiagnosticLevel::Error } else { DiagnosticLevel::Warning };
        if self.number > 0 {
            let message = format!("{} more problems like these", self.number);
            diagnostics
                .push(Diagnostic::new(level, file.clone(), message).help("mend the first ones, then scan again"));
        }
    }
}

/// Reads every document of `text` as plain trees, for files of other kinds
/// (a Helm chart's `Chart.yaml`, a `kustomization.yaml`).
pub fn parse_trees(text: &str, file: &str, interner: &mut Interner) -> (Vec<Node>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let file = interner.get(file);
    let mut others = Others::default();
    let mut trees = Vec::new();
    for document in document::split(text, 1) {
        trees.extend(build::build(&document, &file, interner, &mut diagnostics));
        others.hold_back(&mut diagnostics);
    }
    others.tell(&file, &mut diagnostics);
    (trees, diagnostics)
}
