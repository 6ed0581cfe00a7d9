//! The clinic, with pods that have addresses.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "tests read the example's files")]

use std::sync::Arc;

use cloister_detect::keyed::Keys;
use cloister_detect::profile::Owners;
use cloister_detect::{Category, Confidence};
use cloister_dlp::{Knowledge, Names, Party, Tally, Where};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Diagnostic, Origin};

pub mod manifests;

#[allow(unused_imports, reason = "each test file uses a part of it")]
pub use manifests::{LOGGER, STRANGER, pods, policy, root, stranger};

/// Noon of a day, in microseconds.
pub const NOON: u64 = 1_790_000_000_000_000;

/// What is known of the clinic, with more documents besides.
pub fn clinic(more: &str) -> (Knowledge, Vec<Diagnostic>) {
    clinic_with(more, None)
}

/// The same, with keys by which allow-lists are compared.
pub fn clinic_with(more: &str, keys: Option<Arc<Keys>>) -> (Knowledge, Vec<Diagnostic>) {
    let mut texts = vec![("pods.yaml".to_owned(), pods()), ("policy.yaml".to_owned(), more.to_owned())];
    for folder in ["examples/clinic/k8s", "examples/clinic"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("the example") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = std::fs::read_to_string(&path).expect("a manifest");
                texts.push((path.file_name().expect("a name").to_string_lossy().into_owned(), text));
            }
        }
    }
    let mut interner = Interner::default();
    let parsed = texts.iter().map(|(name, text)| parse(text, &Origin::File(name.as_str().into()), 1, &mut interner));
    let resources = parsed.flat_map(|it| it.resources).collect();
    Knowledge::with_keys(&Inventory::new(resources, Inputs { files: true, ..Inputs::default() }), keys)
}

/// Whose address this is, called by this host.
pub fn party(knowledge: &Knowledge, address: &str, host: &str) -> Party {
    let address = address.parse().expect("an address");
    knowledge.directory.party(address, host, true, &Names::new(1), NOON)
}

/// So many values of a category in the body.
pub fn tally(category: Category, count: u64) -> Tally {
    Tally {
        category,
        kind: "test",
        confidence: Confidence::Certain,
        place: Where::Body,
        field: "value".into(),
        count,
        hashes: (0..count).collect(),
        counts_for: Owners::ALL,
        is_rule: false,
    }
}
