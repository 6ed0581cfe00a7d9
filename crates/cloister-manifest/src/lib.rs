//! Text to located resources: YAML as Kubernetes reads it, and JSON.
//!
//! Reading cannot fail: what is broken becomes a [`Diagnostic`] with file, line
//! and cause, and the other documents of the same text are still read.

mod build;
mod document;
mod explain;
mod intern;
mod json;
mod mend;
mod object;
mod scalar;
mod tags;
mod text;

use cloister_model::{Diagnostic, Node, Origin, Resource};

pub use build::{MAX_DEPTH, MAX_EXPANDED};
pub use intern::Interner;
pub use json::{JsonObjects, list_from_json};
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
    for document in document::split(text, first_line) {
        let node = build::build(&document, &file, interner, &mut parsed.diagnostics);
        if let Some(node) = node {
            object::collect(node, origin, interner, &mut parsed);
        }
    }
    parsed
}

/// Reads every document of `text` as plain trees, for files of other kinds
/// (a Helm chart's `Chart.yaml`, a `kustomization.yaml`).
pub fn parse_trees(text: &str, file: &str, interner: &mut Interner) -> (Vec<Node>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let file = interner.get(file);
    let trees = document::split(text, 1)
        .filter_map(|document| build::build(&document, &file, interner, &mut diagnostics))
        .collect();
    (trees, diagnostics)
}
