//! Objects from a few words.
#![allow(dead_code, reason = "each test file uses a part")]

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};

/// The objects of a text.
pub fn resources(yaml: &str) -> Vec<Resource> {
    parse(yaml, &Origin::File("roles.yaml".into()), 1, &mut Interner::default()).resources
}

/// They, as files.
pub fn inventory(yaml: &str) -> Inventory {
    Inventory::new(resources(yaml), Inputs { files: true, ..Inputs::default() })
}

/// A role or binding in the namespace shop.
pub fn object(kind: &str, name: &str, rest: &str) -> String {
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n{rest}\n"
    )
}
