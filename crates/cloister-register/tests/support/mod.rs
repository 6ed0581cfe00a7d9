//! Inventories for the tests.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "tests read the example's files")]

use std::path::{Path, PathBuf};

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The inventory of texts, each with its file name.
pub fn inventory_of<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Inventory {
    let mut interner = Interner::default();
    let mut resources = Vec::new();
    for (file, text) in texts {
        let parsed = parse(text, &Origin::File(file.into()), 1, &mut interner);
        assert_eq!(parsed.diagnostics, [], "{file} does not parse");
        resources.extend(parsed.resources);
    }
    Inventory::new(resources, Inputs { files: true, ..Inputs::default() })
}

/// The inventory of one text, `test.yaml`.
pub fn inventory(text: &str) -> Inventory {
    inventory_of([("test.yaml", text)])
}

/// The YAML files right in a folder of the repository: names and texts.
pub fn manifests(folder: &str) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(root().join(folder)).expect("the example") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            texts.push((name, std::fs::read_to_string(&path).expect("a manifest")));
        }
    }
    texts
}

/// The clinic's manifests and register.
pub fn clinic() -> Inventory {
    let mut texts = manifests("examples/clinic/k8s");
    texts.extend(manifests("examples/clinic"));
    inventory_of(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}
