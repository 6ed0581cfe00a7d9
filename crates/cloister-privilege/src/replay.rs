//! The proof: what was used, put to the authoriser again.

use cloister_audit::Use;
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_rbac::{Policy, Verdict};

/// A cluster as it is born, with these manifests applied and nothing else.
pub fn born(manifests: &str) -> Inventory {
    let parsed = parse(manifests, &Origin::File("least.yaml".into()), 1, &mut Interner::default());
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

/// Those of the uses that a policy does not allow.
pub fn refused<'u>(policy: &Policy<'_>, uses: impl IntoIterator<Item = &'u Use>) -> Vec<&'u Use> {
    let is_allowed = |used: &Use| policy.decide(&used.request()).verdict() == Verdict::Allowed;
    uses.into_iter().filter(|used| !is_allowed(used)).collect()
}

/// Those of the uses that are refused where these manifests are all that is applied.
pub fn replay<'u>(manifests: &str, uses: impl IntoIterator<Item = &'u Use>) -> Vec<&'u Use> {
    let inventory = born(manifests);
    refused(&Policy::new(&inventory), uses)
}
